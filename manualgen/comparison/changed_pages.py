"""Which pages of a site show a change."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.site import building, workers
from manualgen.site.page_inputs import PageInputs, encoded
from manualgen.site.plan import ChapterBody

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from manualgen.comparison.report import DiffReport
    from manualgen.errors import Diagnostic
    from manualgen.site.building import BuildOptions
    from manualgen.site.html import PageRenderer
    from manualgen.site.plan import SitePage, SitePlan

_MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)
_AROUND = re.compile(
    # What stands around the texts: the way to other pages, and numbers that others have moved.
    r'<nav class="(?:breadcrumbs|page-nav|toc)\b.*?</nav>|<span class="number">[^<]*</span>',
    re.DOTALL,
)
_NAME = re.compile(rb"[\w.<>*@+/-]{2,}")


class ChangedPages:
    """The pages of the new site that differ from the old one.

    A page has changed if it is new, if something that the report lists is on it, or was on the
    page of this path, or if its texts look otherwise: links that lead nowhere now, for example.

    Attributes:
        pages: the pages, in the order of the site.
        gone: the paths of pages that the new site no longer has, and that lead nowhere.
    """

    def __init__(
        self,
        old: SitePlan,
        new: SitePlan,
        renderers: tuple[PageRenderer, PageRenderer],
        moved: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare for two plans.

        Args:
            old: the plan of the site as it was.
            new: the plan of the site as it is.
            renderers: what renders their pages.
            moved: path of a page of the old site → where it is now.
        """
        self._old, self._new = old, new
        self._renderers = renderers
        self._inputs = PageInputs(old), PageInputs(new)
        self._known = {page.path: page for page in old.pages}
        present = {page.path for page in new.pages}
        gone = self._known.keys() - present
        for path in sorted(gone & (moved or {}).keys()):
            target = (moved or {})[path].partition("#")[0]
            if target in present:
                self._known.setdefault(target, self._known[path])
                gone = gone - {path}
        self.gone = sorted(gone)

    def find(
        self, report: DiffReport, options: BuildOptions
    ) -> tuple[list[SitePage], list[Diagnostic]]:
        """Return the changed pages, in the order of the site, and the problems of their texts.

        Args:
            report: what has changed.
            options: how pages are rendered.
        """
        reported = set(_paths(self._old, self._new, report))
        names = {name.encode("utf-8", "replace") for name in _names(report)}
        changed: set[str] = set()
        doubtful: list[tuple[SitePage, SitePage]] = []
        for page in self._new.pages:
            before = self._known.get(page.path)
            if page.path in reported or before is None:
                changed.add(page.path)
            elif self._may_differ(before, page, names):
                doubtful.append((before, page))
        diagnostics: list[Diagnostic] = []
        with building.render(
            functools.partial(self._compared, doubtful),
            shards_of_pages(len(doubtful), options.jobs),
            len(doubtful),
            msgspec.structs.replace(options, progress=None),
            diagnostics,
        ) as results:
            for paths in results:
                changed.update(paths)
        return [page for page in self._new.pages if page.path in changed], diagnostics

    def _compared(
        self, pairs: Sequence[tuple[SitePage, SitePage]], shard: range
    ) -> building.Rendered:
        """Render pages of both sites; the data are the paths of those that differ."""
        differing: list[str] = []
        diagnostics: list[Diagnostic] = []
        for before, page in pairs[shard.start : shard.stop]:
            is_same = self._content(0, before) == self._content(1, page)
            found = self._renderers[1].take_diagnostics()
            if not is_same:
                differing.append(page.path)
                diagnostics += found
        return building.Rendered(differing, len(shard), diagnostics)

    def _may_differ(self, before: SitePage, page: SitePage, names: set[bytes]) -> bool:
        """Return whether pages need to be rendered to know whether they differ."""
        if isinstance(page.body, ChapterBody) or isinstance(before.body, ChapterBody):
            return True
        if self._inputs[0].texts(before) != self._inputs[1].texts(page):
            return True
        if not names:
            return False
        options = self._new.placements[page.body.number].included.catalog.options
        texts = encoded([options[index] for index in page.body.page.options])
        return not names.isdisjoint(_NAME.findall(texts))

    def _content(self, side: int, page: SitePage) -> str:
        """Return what is on a page, without the frame."""
        renderer = self._renderers[side]
        html = renderer.page(page).decode()
        renderer.take_entries()
        main = _MAIN.search(html)
        return _AROUND.sub("", html if main is None else main[0])


def shards_of_pages(count: int, jobs: int) -> list[range]:
    """Return the positions of pages as shards, for as many processes as that is worth.

    Args:
        count: the number of pages.
        jobs: the most processes.
    """
    jobs = min(jobs, 1 + count // _PAGES_PER_PROCESS)
    if jobs <= 1:
        # Each is a step of the progress.
        return [range(position, position + 1) for position in range(count)]
    return workers.make_shards(count, jobs, _FEWEST_PAGES)


_PAGES_PER_PROCESS = 20
"""Rendering this number of pages takes longer than starting another process."""

_FEWEST_PAGES = 4


def _paths(old: SitePlan, new: SitePlan, report: DiffReport) -> Iterator[str]:
    """Yield the paths of the pages that have, or had, what a report lists."""
    changes = [
        *((one.id, one.kind) for one in report.options),
        *((one.id, one.kind) for one in report.sections),
    ]
    for identifier, kind in changes:
        plan = old if kind == "removed" else new
        path = plan.page_paths.get(identifier)
        if path is not None:
            yield path


def _names(report: DiffReport) -> Iterator[str]:
    """Yield the names to which references may lead now, or no longer."""
    for option in report.options:
        if option.kind != "changed":
            yield from (option.name, option.id)
            if option.old_name is not None:
                yield option.old_name
    for section in report.sections:
        if section.kind != "changed":
            yield section.id
