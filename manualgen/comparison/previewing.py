"""A preview: the pages of a site that have changed, and a start page that lists the changes."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.book.catalog import OptionSettings
from manualgen.book.manual import Manual
from manualgen.book.settings import from_arguments
from manualgen.comparison import addresses, comparing, page
from manualgen.comparison.changed_pages import ChangedPages, shards_of_pages
from manualgen.comparison.marking import START, Marking, start_address
from manualgen.comparison.report import DiffReport, OptionReport
from manualgen.errors import Diagnostic, failing
from manualgen.site import building, overwriting, staging
from manualgen.site.building import BuildOptions
from manualgen.site.html import PageRenderer
from manualgen.site.navigation import Entry
from manualgen.site.plan import SitePlan
from manualgen.site.theme import asset
from manualgen.writers import control_characters
from manualgen.writers.html import fragment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.options.reading import OptionSet
    from manualgen.site.plan import SitePage

FOLDER = "manual"
"""The folder of the changed pages, beside the start page."""

_SCRIPTS = ("manual.js", "options.js")
"""The scripts of pages; there is no search, and there are no old addresses."""


class PreviewResult(msgspec.Struct, frozen=True):
    """The result of building a preview.

    Attributes:
        report: what has changed.
        pages: the paths of the changed pages below the folder; empty if nothing was written.
        size: the bytes of all files; 0 if nothing was written.
        diagnostics: the problems of the new manual, of its options those on changed pages.
    """

    report: DiffReport
    pages: tuple[str, ...]
    size: int
    diagnostics: list[Diagnostic]


def build_preview(
    old: OptionSet | Manual,
    new: OptionSet | Manual,
    folder: str | Path,
    *,
    names: tuple[str, str] = ("old", "new"),
    base_url: str = "",
    strict: bool = False,
    options: BuildOptions | None = None,
    **settings: Any,
) -> PreviewResult:
    """Write the pages that have changed, and a start page that lists the changes.

    Args:
        old: the option set or manual as it was.
        new: the option set or manual as it is.
        folder: created if need be; what was there stays until all of the preview is built.
        names: what the start page calls them.
        base_url: the address of the published site, to which links lead whose page has not
            changed; "" to write them as plain text.
        strict: whether warnings, too, keep the preview of a manual with chapters from being
            written.
        options: how the build runs.
        **settings: of option sets, attributes of :class:`OptionSettings`; a manual has its own.

    Raises:
        ManualError: if one is an option set, and the other a manual with chapters, or the folder
            cannot be written.
        TypeError: if there is no such attribute, or a value has another type.
        ValueError: if an attribute cannot have this value, or the address is none of the web.
    """
    given = from_arguments(OptionSettings, settings)
    if base_url:
        addresses.check_url(base_url)
    before, after = (
        one if isinstance(one, Manual) else addresses.manual_of(one, given) for one in (old, new)
    )
    built = _Preview(before, after, names, base_url)
    options = options or BuildOptions()
    diagnostics = built.render(options)
    is_refused = after.outline is not None and failing(diagnostics, strict=strict)
    folder = Path(folder)
    if is_refused:
        staging.complete_interrupted(folder)
        return PreviewResult(built.report, (), 0, diagnostics)
    inputs = {path for one in (before, after) for path in overwriting.inputs_of(one)}
    with staging.Staging(folder, inputs=sorted(inputs), waiting=options.waiting) as staged:
        size = sum(staged.add(name, data) for name, data in built.files())
    paths = tuple(f"{FOLDER}/{one.path}" for one in built.pages)
    return PreviewResult(built.report, paths, size, diagnostics)


class _Preview:
    """A preview that is being built.

    Attributes:
        report: what has changed.
        pages: the pages that have.
    """

    def __init__(self, old: Manual, new: Manual, names: tuple[str, str], base_url: str) -> None:
        self._new = new
        self._base_url = base_url
        # The published site and its own builds answer for old addresses.
        self._plan = SitePlan(new, with_redirects=False)
        before = SitePlan(old, with_redirects=False)
        self.report = comparing.compare_with_addresses(old, new, names, self._address)
        self._renderer = PageRenderer(self._plan)
        moved = SitePlan(new).served.pages if new.settings.site.redirects is not None else {}
        renderers = (PageRenderer(before), self._renderer)
        self._changed = ChangedPages(before, self._plan, renderers, moved)
        self.pages: list[SitePage] = []
        self._contents: dict[str, str] = {}

    def _address(self, identifier: str) -> str | None:
        path = self._plan.page_paths.get(identifier)
        return None if path is None else f"{FOLDER}/{path}#{fragment(identifier)}"

    def render(self, options: BuildOptions) -> list[Diagnostic]:
        """Render the changed pages; return the problems of the manual and of their texts.

        Args:
            options: how they are rendered.
        """
        pages, found = self._changed.find(self.report, options)
        self.pages = pages
        marking = Marking(
            pages,
            _entries(self.report),
            {one.id: one for one in self.report.sections if one.kind != "removed"},
            self._base_url,
        )
        with building.render(
            functools.partial(self._marked, marking),
            shards_of_pages(len(pages), options.jobs),
            len(pages),
            options,
            found,
        ) as results:
            for contents in results:
                self._contents.update(contents)
        return list(dict.fromkeys([*self._new.diagnostics, *self._plan.diagnostics, *found]))

    def _marked(self, marking: Marking, shard: range) -> building.Rendered:
        """Render pages; the data is path → page of the preview."""
        contents: dict[str, str] = {}
        for index in shard:
            one = self.pages[index]
            neighbours = msgspec.structs.replace(
                one,
                breadcrumbs=(Entry("All changes", start_address(one)), *one.breadcrumbs),
                previous=_entry(one, self.pages[index - 1]) if index else None,
                next=_entry(one, self.pages[index + 1]) if index + 1 < len(self.pages) else None,
                up=None,
            )
            html = self._renderer.page(neighbours).decode()
            self._renderer.take_entries()
            contents[one.path] = marking.marked(one, html)
        return building.Rendered(contents, len(shard), self._renderer.take_diagnostics())

    def files(self) -> Sequence[tuple[str, bytes]]:
        """Return the names and contents of all files."""
        theme = self._plan.settings.theme
        start = page.html(
            self.report,
            theme=theme,
            pages=[(one.title, f"{FOLDER}/{one.path}") for one in self.pages],
            gone=self._changed.gone,
        )
        files = [(START, _encoded(start))]
        if not self.pages:
            return files
        files += [(f"{FOLDER}/{path}", _encoded(html)) for path, html in self._contents.items()]
        style = asset("style.css", theme) + asset("preview.css", theme)
        files.append((f"{FOLDER}/style.css", style.encode()))
        files += [(f"{FOLDER}/{name}", asset(name, theme).encode()) for name in _SCRIPTS]
        everything = "\n".join(self._contents.values())
        files += [
            (f"{FOLDER}/{picture.name}", picture.data)
            for picture in self._new.picture_files
            if picture.name in everything
        ]
        return files


def _entries(report: DiffReport) -> dict[str, tuple[OptionReport, str]]:
    """Return identifier → report and identifier on the start page, of options still there."""
    listed = {
        entry.id
        for _, modules in report.by_module()
        for _, entries in modules
        for entry in entries
        if isinstance(entry, OptionReport) and entry.kind != "removed"
    }
    # Options that moved with a prefix share an entry, so their marks lead to its heading.
    return {
        one.id: (one, one.id if one.id in listed else one.impact)
        for one in report.options
        if one.kind != "removed"
    }


def _entry(page: SitePage, other: SitePage) -> Entry:
    return Entry(other.title, f"{page.root}{other.path}")


def _encoded(html: str) -> bytes:
    return control_characters.replaced(html.encode("utf-8", "replace"))
