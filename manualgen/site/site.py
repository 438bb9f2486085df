"""Sites on disk: a folder with every page of a plan and all further files, or one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.book import inventory
from manualgen.evaluation.settings import is_module
from manualgen.site import (
    building,
    checks,
    files,
    incremental,
    intersphinx,
    overwriting,
    records,
    routes,
    search_index,
    staging,
    workers,
)
from manualgen.site.building import BuildOptions, BuildResult, Rendered
from manualgen.site.html import PageRenderer, with_pictures
from manualgen.site.incremental import LastBuild, PageWriter, option_ids
from manualgen.site.page_inputs import PageInputs
from manualgen.site.plan import ChapterBody, OptionBody, SitePlan
from manualgen.site.records import RECORDS, Summary
from manualgen.site.single_page import render_options
from manualgen.site.theme import ASSETS, asset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from manualgen.book.manual import Manual
    from manualgen.book.settings import SiteSettings
    from manualgen.errors import Diagnostic
    from manualgen.site.building import Failing
    from manualgen.site.incremental import WrittenPage
    from manualgen.site.plan import SitePage
    from manualgen.site.records import FileRecord, PageRecord

_FEWEST_CHAPTERS = 8
"""The fewest pages of chapters that a shard has."""

_FEWEST_OPTION_PAGES = 4
"""The fewest option pages that a shard has."""

_MOST_WORDS = 40
"""If more words are affected, the words of all options are collected anew."""

_PAGES_PER_PROCESS = 20
"""Rendering this number of pages takes longer than starting another process."""


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
        site = _Site(plan, staged)
        rendered = site.write_pages(options)
        diagnostics += site.diagnostics
        if all_or_nothing and failing(diagnostics):
            staged.abandon()
            return BuildResult(0, 0, diagnostics)
        site.write_other_files()
        count = len(site.pages) + (0 if all_or_nothing else 1 + plan.has_index)
        site.write_records(count, diagnostics, options)
    return BuildResult(
        count,
        site.size,
        diagnostics,
        {path: frozenset(record.asked) for path, record in site.pages.items()},
        rendered,
        site.last.reason,
        sum(name.endswith(".html") for name in staged.removed),
    )


class _Site:
    """The site of a plan that is being built.

    Attributes:
        last: the last build of the folder.
        pages: path → record, of all pages in their order.
        diagnostics: the problems of the texts on them.
        size: the bytes of all files so far.
    """

    def __init__(self, plan: SitePlan, staged: staging.Staging) -> None:
        self._plan = plan
        self._staged = staged
        self._renderer = PageRenderer(plan)
        self._inputs = PageInputs(plan)
        self._index = search_index.SearchIndex(plan)
        self._files: dict[str, FileRecord] = {}
        self.last = LastBuild(staged.stage.folder, plan, self._renderer, self._inputs)
        self.pages: dict[str, PageRecord] = {}
        self.diagnostics: list[Diagnostic] = []

    @property
    def size(self) -> int:
        return sum([size for _, size in self._files.values()])

    def write_pages(self, options: BuildOptions) -> int:
        """Write the pages whose inputs have changed; return their number."""
        plan = self._plan
        kept: dict[str, tuple[FileRecord, PageRecord, list[Diagnostic]]] = {}
        changed = []
        for page in plan.pages:
            known = self.last.page(page)
            if known is None:
                changed.append(page)
            else:
                kept[page.path] = known
        written: dict[str, WrittenPage] = {}
        jobs = options.jobs
        if kept:
            jobs = min(jobs, 1 + len(changed) // _PAGES_PER_PROCESS)
        writer = _ShardWriter(PageWriter(plan, self._renderer, self._inputs, self._staged.stage))
        with building.render(
            writer.write, _shards(changed, jobs), len(changed), options, []
        ) as results:
            if jobs > 1 and not self.last.has_structure:
                # While other processes render.
                self._index.columns  # noqa: B018 - a cached property
            for shard in results:
                written.update((page.path, page) for page in shard)
        for page in plan.pages:
            path = page.path
            if path in kept:
                file, self.pages[path], diagnostics = kept[path]
                self._register(path, file, new=False)
            else:
                done = written[path]
                self.pages[path], diagnostics = done.record, done.diagnostics
                self._register(path, done.file, new=done.new)
            self.diagnostics += diagnostics
        return len(changed)

    def write_other_files(self) -> None:
        """Write all files but the pages."""
        plan = self._plan
        for name in ASSETS:
            self._add(name, asset(name, plan.settings.theme).encode())
        for picture in plan.manual.picture_files:
            self._add(picture.name, picture.data)
        if not self._keep_search():
            names = self._content(search_index.NAMES)
            words = self._content(search_index.WORDS)
            affected = None if words is None else self._affected_words()
            for name, data in self._index.files(self._entries(), names, words, affected):
                self._add(name, data)
        if not self._keep_names():
            for name, data in _other_files(plan, self._renderer):
                self._add(name, data)

    def _keep_search(self) -> bool:
        """Keep the data of the search, if it is the same; return whether it is."""
        if not self.last.has_structure:
            return False
        if any(self.last.entries(path) != page.entries for path, page in self.pages.items()):
            return False
        return self._keep(name for name in self.last.names() if _is_of_search(name))

    def _content(self, name: str) -> bytes | None:
        """Return a file of the last build; None if it is not as it was, or names have changed."""
        if not self.last.has_structure or self.last.file(name) is None:
            return None
        return records.content(f"{self._staged.stage.folder}/{name}")

    def _affected_words(self) -> set[str] | None:
        """Return the words that an option has got or lost for the search; None if it is many."""
        found: set[str] = set()
        for path, page in self.pages.items():
            before = self.last.entries(path)
            if before == page.entries:
                continue
            if before is None or len(before) != len(page.entries):
                return None
            for (_, old), (_, new) in zip(before, page.entries, strict=True):
                found |= set(old.split()) ^ set(new.split())
            if len(found) > _MOST_WORDS:
                return None
        return found

    def _keep_names(self) -> bool:
        """Keep the files that are made of names alone, if they are the same."""
        if not self.last.has_structure:
            return False
        return self._keep(
            name
            for name in self.last.names().difference(self._files)
            if not _is_of_search(name) and name not in self.pages
        )

    def _keep(self, names: Iterable[str]) -> bool:
        found = {name: self.last.file(name) for name in names}
        if not found:
            return False
        for record in found.values():
            if record is None:
                return False
        for name, record in found.items():
            assert record is not None
            self._register(name, record, new=False)
        return True

    def _entries(self) -> dict[str, tuple[str, str]]:
        """Return identifier of an option → what the search knows of it."""
        return {
            name: entry
            for page in self._plan.pages
            for name, entry in zip(
                option_ids(self._plan, page), self.pages[page.path].entries, strict=True
            )
        }

    def _add(self, name: str, data: bytes) -> None:
        self._register(name, records.record_of(data), new=self._staged.stage.put(name, data))

    def _register(self, name: str, file: FileRecord, *, new: bool) -> None:
        self._staged.register(name, new=new)
        self._files[name] = file

    def write_records(
        self, count: int, diagnostics: list[Diagnostic], options: BuildOptions
    ) -> None:
        """Write the records of this build.

        Args:
            count: the number of pages.
            diagnostics: all that is wrong with the input.
            options: how the build runs.
        """
        manual = self._plan.manual
        outline = manual.outline
        snapshot = options.snapshot
        if outline is not None and any(
            is_module(option_list.source.path) for option_list in outline.option_lists
        ):
            # Nobody knows what modules have read.
            snapshot = None
        summary = Summary(
            *(snapshot.digests(manual.files) if snapshot is not None else (b"", ())),
            environment=self._inputs.environment,
            structure=self._inputs.structure,
            files=dict(sorted(self._files.items())),
            pages=count,
            counts=(
                len(outline.divisions) if outline is not None else -1,
                sum(len(included.catalog.options) for included in manual.sets),
            ),
        )
        data = incremental.encoded(summary, self.pages, diagnostics)
        if data is not None:
            self._staged.add(RECORDS, data)


class _ShardWriter:
    """Writes the pages of a shard."""

    def __init__(self, writer: PageWriter) -> None:
        self._writer = writer

    def write(self, shard: Sequence[SitePage]) -> Rendered:
        """Write pages; the data is a list of what :meth:`PageWriter.write` returns."""
        return Rendered([self._writer.write(page) for page in shard], len(shard), [])


def _is_of_search(name: str) -> bool:
    return name.startswith(f"{search_index.FOLDER}/")


def _shards(pages: Sequence[SitePage], jobs: int) -> list[Sequence[SitePage]]:
    """Return pages as shards, those of chapters first."""
    chapters = [page for page in pages if isinstance(page.body, ChapterBody)]
    # The front page may have most of the manual on it, so it is a shard of its own.
    shards: list[Sequence[SitePage]] = [chapters[:1]] if chapters else []
    shards += _shards_of(chapters[1:], jobs, _FEWEST_CHAPTERS)
    options: dict[int, list[SitePage]] = {}
    for page in pages:
        if isinstance(page.body, OptionBody):
            options.setdefault(page.body.number, []).append(page)
    for group in options.values():
        shards += _shards_of(group, jobs, _FEWEST_OPTION_PAGES)
    return shards


def _shards_of(pages: Sequence[SitePage], jobs: int, least: int) -> Iterator[Sequence[SitePage]]:
    for part in workers.make_shards(len(pages), jobs, least):
        yield pages[part.start : part.stop]


def _other_files(plan: SitePlan, renderer: PageRenderer) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the index of options, old pages and the inventory."""
    if plan.has_index:
        yield plan.front, renderer.index()
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
