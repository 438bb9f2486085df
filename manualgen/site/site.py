"""Sites on disk: a folder with every page of a plan and all further files, or one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.book import inventory
from manualgen.site import (
    building,
    checks,
    files,
    intersphinx,
    overwriting,
    routes,
    search_index,
    staging,
    workers,
)
from manualgen.site.building import BuildOptions, BuildResult, Rendered
from manualgen.site.html import PageRenderer, with_pictures
from manualgen.site.plan import ChapterBody, OptionBody, SitePlan
from manualgen.site.single_page import render_options
from manualgen.site.theme import ASSETS, asset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from manualgen.book.manual import Manual
    from manualgen.book.settings import SiteSettings
    from manualgen.site.building import Failing
    from manualgen.site.plan import SitePage

_FEWEST_CHAPTERS = 8
"""The fewest pages of chapters that a shard has."""

_FEWEST_OPTION_PAGES = 4
"""The fewest option pages that a shard has."""


def build(
    plan: SitePlan,
    folder: Path,
    failing: Failing,
    options: BuildOptions | None = None,
    *,
    replaceable: Iterable[str] = (),
) -> BuildResult:
    """Write a site into a folder, which is not changed until the site is complete.

    Args:
        plan: the plan of the site.
        folder: the folder; created if it does not exist. Only files of an earlier build are
            replaced or removed.
        failing: returns the diagnostics for which the build fails. If there are any, a manual
            with chapters is not written; options alone are, so that one bad description does
            not keep the others from being published.
        options: how the build runs.
        replaceable: the names of other files in the folder that may be replaced.

    Raises:
        ManualError: if the folder cannot be written, or a file in it would be replaced that is
            an input or not of an earlier build.
    """
    options = options or BuildOptions()
    diagnostics = [*plan.manual.diagnostics, *plan.diagnostics, *checks.names_in_inventory(plan)]
    all_or_nothing = plan.manual.outline is not None
    if all_or_nothing and failing(diagnostics):
        staging.complete_interrupted(folder)
        return BuildResult(0, 0, diagnostics)
    inputs = overwriting.inputs_of(plan.manual, plan.settings.theme, plan.settings.redirects)
    with staging.Staging(
        folder, inputs=inputs, replaceable=replaceable, waiting=options.waiting
    ) as staged:
        renderer = _Renderer(plan, staged.stage)
        shards = _shards(plan, options.jobs)
        total = sum(map(len, shards))
        size = 0
        dependencies: dict[str, frozenset[str]] = {}
        entries: dict[str, tuple[str, str]] = {}
        with building.render(renderer.write, shards, total, options, diagnostics) as results:
            other_files = list(_other_files(plan, renderer))
            index = search_index.SearchIndex(plan)
            for written, found in results:
                entries.update(found)
                for name, new, length, asked in written:
                    staged.register(name, new=new)
                    size += length
                    dependencies[name] = asked
        if all_or_nothing and failing(diagnostics):
            staged.abandon()
            return BuildResult(0, 0, diagnostics)
        for name in ASSETS:
            size += staged.add(name, asset(name, plan.settings.theme).encode())
        for picture in plan.manual.picture_files:
            size += staged.add(picture.name, picture.data)
        for name, data in (*other_files, *index.files(entries)):
            size += staged.add(name, data)
    count = total if all_or_nothing else total + 1 + plan.has_index
    return BuildResult(count, size, diagnostics, dependencies)


class _Renderer:
    """Renders pages and stages their files."""

    def __init__(self, plan: SitePlan, stage: staging.Stage) -> None:
        self.pages = PageRenderer(plan)
        self._stage = stage

    def write(self, shard: Sequence[SitePage]) -> Rendered:
        """Write pages.

        The data is a pair: for each page its path, whether it is new, its size, and the
        identifiers that its references name; and the entries of its options for the search.
        """
        written = []
        for page in shard:
            data = self.pages.page(page)
            new = self._stage.put(page.path, data)
            written.append((page.path, new, len(data), self.pages.asked))
        result = (written, self.pages.take_entries())
        return Rendered(result, len(shard), self.pages.take_diagnostics())


def _shards(plan: SitePlan, jobs: int) -> list[Sequence[SitePage]]:
    """Return the pages as shards, those of chapters first."""
    chapters = [page for page in plan.pages if isinstance(page.body, ChapterBody)]
    # The front page may have most of the manual on it, so it is a shard of its own.
    shards: list[Sequence[SitePage]] = [chapters[:1]] if chapters else []
    shards += _shards_of(chapters[1:], jobs, _FEWEST_CHAPTERS)
    for number in range(len(plan.placements)):
        pages = [
            page
            for page in plan.pages
            if isinstance(page.body, OptionBody) and page.body.number == number
        ]
        shards += _shards_of(pages, jobs, _FEWEST_OPTION_PAGES)
    return shards


def _shards_of(pages: Sequence[SitePage], jobs: int, least: int) -> Iterator[Sequence[SitePage]]:
    for part in workers.make_shards(len(pages), jobs, least):
        yield pages[part.start : part.stop]


def _other_files(plan: SitePlan, renderer: _Renderer) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the index of options, old pages and the inventory."""
    if plan.has_index:
        yield plan.front, renderer.pages.index()
    yield from routes.old_pages(plan)
    yield inventory.NAME, intersphinx.encoded(plan)


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
        data, problems = with_pictures(renderer.page(plan.pages[0]), plan)
        diagnostics += problems
        diagnostics += renderer.take_diagnostics()
        if failing(diagnostics):
            return BuildResult(0, 0, diagnostics)
    inputs = overwriting.inputs_of(plan.manual, plan.settings.theme)
    files.write(path, data, inputs=inputs, waiting=options.waiting)
    return BuildResult(1, len(data), diagnostics)


def plan_of_one_page(manual: Manual, settings: SiteSettings | None = None) -> SitePlan:
    """Return the plan of a manual as one page, which has no old addresses.

    Args:
        manual: the manual.
        settings: the settings of the page; by default those of the manual.
    """
    settings = settings or manual.settings.site
    return SitePlan(manual, msgspec.structs.replace(settings, chunk="one"), with_redirects=False)
