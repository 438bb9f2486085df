"""The list "On this page": the options of a page, or its sections, each a link on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.options import tree
from manualgen.options.model import join
from manualgen.site.navigation import Entry, common, line
from manualgen.writers.html import fragment, link_to, option_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from manualgen.book.model import Division
    from manualgen.options.model import Option
    from manualgen.site.plan import OptionPlacement, SitePlan


def options_html(
    options: Sequence[Option],
    ids: Sequence[str],
    indices: Iterable[int],
    prefix: tuple[str, ...] = (),
) -> str:
    """Return the options of a page as an HTML list; "" without any.

    Args:
        options: the options of the set, in order.
        ids: their identifiers.
        indices: the options on the page.
        prefix: the prefix of the page, which names are shown without.
    """
    start = f"{join(prefix)}." if prefix else ""
    length = len(start)
    paths: dict[str, str] = {}
    lines = []
    for index in indices:
        name = options[index].name
        if start and name.startswith(start):
            name = name[length:]
        elif prefix and options[index].loc == prefix:
            name = join(prefix[-1:])
        path, dot, last = name.rpartition(".")
        if last.isidentifier() and '"' not in path:
            # Nearly all of a page have few paths, so these are written once.
            html = paths.get(path)
            if html is None:
                html = paths[path] = option_name(f"{path}{dot}")
            html += last
        else:
            html = option_name(name)
        lines.append(f'<li><a href="#{link_to(ids[index])}">{html}</a>')
    # Without end tags and white space: the browser has a node less for each.
    return f'<ul class="option-names">{"".join(lines)}</ul>\n' if lines else ""


def chapter_html(plan: SitePlan, path: str, divisions: Sequence[Division]) -> str:
    """Return the sections of a page of chapters as an HTML list, with the options in them.

    Args:
        plan: the plan of the site.
        path: the path of the page.
        divisions: the divisions on the page, without those below them.
    """
    first, *others = divisions
    sections = _Sections(plan, path)
    return sections.below(first, others)


class _Sections:
    """Writes the divisions of a page as lists."""

    def __init__(self, plan: SitePlan, path: str) -> None:
        self._plan = plan
        self._path = path
        self._placements: dict[Division | None, list[OptionPlacement]] = {}
        for placement in plan.placements:
            count = len(placement.included.catalog.options)
            if not placement.folder and count <= tree.LARGEST_PAGE:
                division = placement.included.division
                self._placements.setdefault(division, []).append(placement)

    def below(self, division: Division, others: Sequence[Division] = ()) -> str:
        """Return what is on the page below a division; "" if that is nothing.

        Args:
            division: the division.
            others: further divisions to list.
        """
        contents, page_of = self._plan.contents, self._plan.page_of
        assert contents is not None
        html = ""
        for placement in self._placements.get(division, ()):
            catalog = placement.included.catalog
            prefix = common([option.loc for option in catalog.options]) if catalog.options else ()
            if prefix:
                html += f'<div class="option-names">{option_name(join(prefix))}</div>\n'
            html += options_html(catalog.options, catalog.ids, range(len(catalog.options)), prefix)
        lines = [
            line(
                Entry(contents.numbered(child), f"#{fragment(child.identifier)}"),
                self.below(child),
            )
            for child in (*division.children, *others)
            if child.identifier and page_of(child).name == self._path
        ]
        return html + (f"<ul>\n{''.join(lines)}</ul>\n" if lines else "")
