"""What a build takes over from the last one: the pages whose inputs have not changed.

Their files stay as they are; their problems, and what the search knows of them, are in the
records of the last build (:mod:`manualgen.site.records`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import Code, Diagnostic
from manualgen.site import records
from manualgen.site.plan import ChapterBody
from manualgen.site.records import PageRecord, Records, Summary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from manualgen.site.html import PageRenderer
    from manualgen.site.page_inputs import PageInputs
    from manualgen.site.plan import SitePage, SitePlan
    from manualgen.site.records import FileRecord
    from manualgen.site.staging import Stage


class WrittenPage(msgspec.Struct, frozen=True):
    """A page that has been rendered.

    Attributes:
        path: its path.
        new: whether its file has changed.
        file: the record of its file.
        record: its record.
        diagnostics: the problems of the texts on it.
    """

    path: str
    new: bool
    file: FileRecord
    record: PageRecord
    diagnostics: list[Diagnostic]


class PageWriter:
    """Renders pages, stages their files and makes their records."""

    def __init__(
        self, plan: SitePlan, pages: PageRenderer, inputs: PageInputs, stage: Stage
    ) -> None:
        """Prepare to write pages of a plan.

        Args:
            plan: the plan.
            pages: renders the pages.
            inputs: the digests of what the pages are made from.
            stage: where the files are written.
        """
        self._plan = plan
        self._pages = pages
        self._inputs = inputs
        self._stage = stage

    def write(self, page: SitePage) -> WrittenPage:
        """Render a page and stage its file."""
        shell = self._pages.shell(page)
        data = self._pages.page(page, shell)
        diagnostics = self._pages.take_diagnostics()
        asked = self._pages.take_asked()
        found = self._pages.take_entries()
        record = PageRecord(
            self._inputs.texts(page),
            self._inputs.surroundings(
                page,
                shell,
                asked,
                is_dangling=any(one.code is Code.DANGLING_REFERENCE for one in diagnostics),
            ),
            tuple(sorted(asked)),
            tuple(found.get(name, _NO_ENTRY) for name in option_ids(self._plan, page)),
            len(diagnostics),
        )
        new = self._stage.put(page.path, data)
        return WrittenPage(page.path, new, records.record_of(data), record, diagnostics)


_NO_ENTRY = ("", "")


def option_ids(plan: SitePlan, page: SitePage) -> Sequence[str]:
    """Return the identifiers of the options on a page, in order."""
    if not isinstance(page.body, ChapterBody):
        return page.ids
    return [
        name
        for placement in plan.placements
        if not placement.folder and placement.home == page.path
        for name in placement.included.catalog.ids
    ]


class LastBuild:
    """The last build of a folder: which of its files a plan would write again as they are.

    Attributes:
        reason: why nothing of it is used, if it left records that cannot be.
    """

    def __init__(
        self, folder: Path, plan: SitePlan, pages: PageRenderer, inputs: PageInputs
    ) -> None:
        """Read the records of a folder.

        Args:
            folder: the output folder, whose lock the caller holds.
            plan: the plan of the site that is built now.
            pages: renders its pages.
            inputs: the digests of what they are made from.
        """
        self._folder = folder
        self._plan = plan
        self._pages = pages
        self._inputs = inputs
        self.reason = ""
        self._records = Records(Summary(), {})
        try:
            found = records.read(folder)
        except records.DamagedError:
            self.reason = "the records of the last build are damaged or of another version"
        else:
            if found is not None and found.summary.environment == inputs.environment:
                self._records = found
        self._diagnostics = self._divided()

    @property
    def has_structure(self) -> bool:
        """Whether all names, titles and identifiers are those of the last build."""
        # Without records, the structure need not be known yet.
        known = self._records.summary.structure
        return bool(known) and known == self._inputs.structure

    def file(self, name: str) -> FileRecord | None:
        """Return the record of a file of the last build that is still there, unchanged.

        Args:
            name: its path below the folder; None if there is no such file.
        """
        record = self._records.summary.files.get(name)
        return record if records.is_intact(self._folder, name, record) else None

    def names(self) -> set[str]:
        """Return the files of the last build, but for the records and the manifest."""
        return set(self._records.summary.files)

    def page(self, page: SitePage) -> tuple[FileRecord, PageRecord, list[Diagnostic]] | None:
        """Return what is known of a page whose inputs are those of the last build; else None.

        Args:
            page: the page.
        """
        record = self._records.pages.get(page.path)
        if record is None or record.texts != self._inputs.texts(page):
            return None
        diagnostics = self._diagnostics[page.path]
        if not self.has_structure:
            surroundings = self._inputs.surroundings(
                page,
                self._pages.shell(page),
                record.asked,
                is_dangling=any(one.code is Code.DANGLING_REFERENCE for one in diagnostics),
            )
            if surroundings != record.surroundings:
                return None
        file = self.file(page.path)
        return None if file is None else (file, record, diagnostics)

    def entries(self, path: str) -> records.Entries | None:
        """Return what the search knew of the options on a page; None if there was no such page."""
        record = self._records.pages.get(path)
        return None if record is None else record.entries

    def _divided(self) -> dict[str, list[Diagnostic]]:
        """Return the diagnostics of each page; if they are damaged, forget the records."""
        found: dict[str, list[Diagnostic]] = {}
        entries = self._records.summary.diagnostics
        end = len(entries)
        try:
            for path, record in reversed(self._records.pages.items()):
                start = end - record.diagnostics
                found[path] = [Diagnostic.from_dict(entry) for entry in entries[start:end]]
                end = start
        except ValueError:
            self._records = Records(Summary(), {})
        return found


def encoded(
    summary: Summary, pages: dict[str, PageRecord], diagnostics: Sequence[Diagnostic]
) -> bytes | None:
    """Return the content of the file of records; None if there is a text that is no Unicode.

    Args:
        summary: the summary, without its diagnostics.
        pages: path → record, for all pages, in their order.
        diagnostics: those of the manual, then those of each page.
    """
    found = tuple([one.to_dict() for one in diagnostics])
    return records.encoded(Records(msgspec.structs.replace(summary, diagnostics=found), pages))
