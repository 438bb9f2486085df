"""A manual without chapters as one HTML page, rendered by several processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.site import building, workers
from manualgen.site.building import Rendered
from manualgen.site.navigation import listed
from manualgen.site.option_names import first_names
from manualgen.site.submodules import PageSubmodules
from manualgen.site.theme import GENERATOR, SHELL_IDS, asset, templates
from manualgen.writers.html import HtmlWriter, fragment

if TYPE_CHECKING:
    from manualgen.book.manual import Manual
    from manualgen.errors import Diagnostic
    from manualgen.site.building import BuildOptions
    from manualgen.site.plan import SitePlan

_FEWEST_OPTIONS = 50
"""The fewest options that a shard has."""

_CONTENT = "<!--manualgen-content-->"
"""The place of the options in the page that the template makes."""


def render_options(plan: SitePlan, options: BuildOptions, diagnostics: list[Diagnostic]) -> bytes:
    """Return all options of a manual without chapters as one page.

    Args:
        plan: the plan of the site.
        options: how the build runs.
        diagnostics: the problems of the texts are added to this list.
    """
    manual, theme = plan.manual, plan.settings.theme
    (included,) = manual.sets
    catalog = included.catalog
    # Footnotes are numbered through the page, and an anchor is written once on a page. A set
    # that has them, which is rare, is one shard.
    is_one_shard = bool(catalog.anchors) or catalog.may_have_footnotes
    count = len(catalog.options)
    shards = workers.make_shards(count, 1 if is_one_shard else options.jobs, _FEWEST_OPTIONS)
    sections = _Sections(manual)
    with building.render(sections.write, shards, count, options, diagnostics) as results:
        parts = list(results)
    page = (
        templates(theme)
        .get_template("page.html")
        .render(
            title=manual.title,
            site_title=manual.title,
            version=manual.settings.version,
            stylesheet=None,
            inline_style=asset("style.css", theme),
            inline_script=asset("single-page.js", theme),
            generator=plan.settings.generator or GENERATOR,
            root="",
            breadcrumbs=[],
            tree=listed(first_names(catalog.options, catalog.ids)),
            previous=None,
            next=None,
            up=None,
            heading=manual.title,
            heading_is_path=False,
            count=count,
            total=count,
            on_this_page="",
            content=_CONTENT,
        )
    )
    before, _, after = page.partition(_CONTENT)
    return b"".join([part.encode(errors="replace") for part in (before, *parts, after)])


def _address(identifier: str) -> str:
    return f"#{fragment(identifier)}"


class _Sections:
    """Renders shards: ranges of options."""

    def __init__(self, manual: Manual) -> None:
        (self._included,) = manual.sets
        self._writer = HtmlWriter(compact=True)
        links = manual.links(_address, self._included)
        catalog = self._included.catalog
        self._writer.start_page([*SHELL_IDS, *catalog.ids], links)
        self._submodules = PageSubmodules(catalog, range(len(catalog.options)), _address)

    def write(self, part: range) -> Rendered:
        """Return the sections of a range of options as HTML."""
        catalog, sections = self._included.catalog, self._included.sections
        html = "".join(
            [
                self._writer.section(
                    self._submodules.mark(
                        index, sections.section(catalog.options[index], catalog.ids[index])
                    )
                )
                for index in part
            ]
        )
        return Rendered(html, len(part), sections.take_diagnostics())
