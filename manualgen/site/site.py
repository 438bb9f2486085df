"""Sites on disk: every page of a plan, and what stands beside them, or one file with it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen import resources
from manualgen.book import inventory as inventory_format
from manualgen.site import building, files, inventory, routes, workers
from manualgen.site.building import BuildOptions, BuildResult, Rendered
from manualgen.site.html import PageRenderer, with_pictures
from manualgen.site.plan import ChapterBody, OptionBody, SitePlan
from manualgen.site.single_page import render_options
from manualgen.site.theme import ASSETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from manualgen.book.manual import Manual
    from manualgen.book.settings import SiteSettings
    from manualgen.site.building import Failing
    from manualgen.site.plan import SitePage

_FEWEST_CHAPTERS = 8
_FEWEST_OPTION_PAGES = 4
"""So many pages are worth a shard of their own."""


def build(
    plan: SitePlan, folder: Path, failing: Failing, options: BuildOptions | None = None
) -> BuildResult:
    """Write a site into a folder; what was there stays until all of it is built.

    Args:
        plan: the plan of the site.
        folder: created if need be. Files of the same names are replaced; only files of an
            earlier build are removed.
        failing: whether diagnostics make a build fail. Then nothing is written, if the
            manual has chapters; options alone are written all the same, since one bad
            description never costs the others.
        options: how the work is done.

    Raises:
        ManualError: if the folder cannot be written.
    """
    options = options or BuildOptions()
    diagnostics = [*plan.manual.diagnostics, *plan.diagnostics]
    all_or_nothing = plan.manual.outline is not None
    if all_or_nothing and failing(diagnostics):
        return BuildResult(0, 0, diagnostics)
    with files.Staging(folder) as staging:
        renderer = _Renderer(plan, staging)
        shards = _shards(plan, options.jobs)
        total = sum(map(len, shards))
        results = building.render(renderer.write, shards, total, options, diagnostics)
        beside = list(_beside(plan, renderer))
        size = 0
        dependencies: dict[str, frozenset[str]] = {}
        for written in results:
            for name, new, length, asked in written:
                staging.register(name, new=new)
                size += length
                dependencies[name] = asked
        if all_or_nothing and failing(diagnostics):
            staging.abandon()
            return BuildResult(0, 0, diagnostics)
        for name in ASSETS:
            size += staging.add(name, resources.text(name, plan.settings.theme).encode())
        for picture in plan.manual.picture_files:
            size += staging.add(picture.name, picture.data)
        for name, data in beside:
            size += staging.add(name, data)
    count = total if all_or_nothing else total + 2
    return BuildResult(count, size, diagnostics, dependencies)


class _Renderer:
    """Renders pages into a stage."""

    def __init__(self, plan: SitePlan, staging: files.Staging) -> None:
        self.pages = PageRenderer(plan)
        self._staging = staging

    def write(self, shard: Sequence[SitePage]) -> Rendered:
        """Write pages; the data is path, newness, size and dependencies of each."""
        written = []
        for page in shard:
            data = self.pages.page(page)
            new = self._staging.put(page.path, data)
            written.append((page.path, new, len(data), self.pages.asked))
        return Rendered(written, len(shard), self.pages.take_diagnostics())


def _shards(plan: SitePlan, jobs: int) -> list[Sequence[SitePage]]:
    """Return the pages, cut into pieces of work; those of chapters first."""
    chapters = [page for page in plan.pages if isinstance(page.body, ChapterBody)]
    # The front page may hold most of the manual.
    shards: list[Sequence[SitePage]] = [chapters[:1]] if chapters else []
    shards += _cut(chapters[1:], jobs, _FEWEST_CHAPTERS)
    for number in range(len(plan.placements)):
        pages = [
            page
            for page in plan.pages
            if isinstance(page.body, OptionBody) and page.body.number == number
        ]
        shards += _cut(pages, jobs, _FEWEST_OPTION_PAGES)
    return shards


def _cut(pages: Sequence[SitePage], jobs: int, least: int) -> Iterator[Sequence[SitePage]]:
    for part in workers.make_shards(len(pages), jobs, least):
        yield pages[part.start : part.stop]


def _beside(plan: SitePlan, renderer: _Renderer) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of what stands beside the pages."""
    if plan.manual.outline is None:
        yield plan.front, renderer.pages.index()
    yield from routes.old_pages(plan)
    yield inventory_format.NAME, inventory.encoded(plan)


def build_single_page(
    plan: SitePlan, path: Path, failing: Failing, options: BuildOptions | None = None
) -> BuildResult:
    """Write a manual as one self-contained file; arguments as of :func:`build`.

    Raises:
        ManualError: if the file cannot be written.
    """
    options = options or BuildOptions()
    diagnostics = [*plan.manual.diagnostics, *plan.diagnostics]
    if plan.manual.outline is None:
        data = render_options(plan, options, diagnostics)
    else:
        if failing(diagnostics):
            return BuildResult(0, 0, diagnostics)
        renderer = PageRenderer(plan, alone=True)
        data = with_pictures(renderer.page(plan.pages[0]), plan)
        diagnostics += renderer.take_diagnostics()
        if failing(diagnostics):
            return BuildResult(0, 0, diagnostics)
    files.write(path, data)
    return BuildResult(1, len(data), diagnostics)


def plan_of_one_page(manual: Manual, settings: SiteSettings | None = None) -> SitePlan:
    """Return the plan of a manual as one page, which has no old places.

    Args:
        manual: the manual.
        settings: what the page is made with; by default the manual's own.
    """
    settings = settings or manual.settings.site
    return SitePlan(manual, msgspec.structs.replace(settings, chunk="one"), with_redirects=False)
