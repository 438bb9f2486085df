"""Writing what a host has beside the sites: its pages, its search, and what programs read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Self

from manualgen.book import inventory
from manualgen.publication import host, host_versions, latest
from manualgen.publication.host_pages import FOLDER, FRONT, STATUS_PAGE, HostPages, HostSettings
from manualgen.publication.host_search import HostSearch
from manualgen.publication.model import INDEX, STATUS, Record, Site
from manualgen.publication.stores import is_as_recorded, read_record, write_record
from manualgen.publication.versions import LATEST
from manualgen.site import overwriting, records
from manualgen.site.theme import asset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from manualgen.publication.stores import Store

ASSETS = ("style.css", "host.css", "manual.js", "search.js", "host-search.js", "search-field.js")
"""The files that the pages of a host load."""

_VERSION = 8
"""The characters of the version that the address of the data of the search ends in."""


_OWN = "_pages"
"""Where the records are of files that are no site's; no project or version has this name."""

_EARLIER = "~"
"""What follows the name of a file in such a record, for what was there before."""


def check(store: Store) -> None:
    """Refuse a store that has pages of others in the place of ours.

    Args:
        store: the store.

    Raises:
        ManualError: if it has.
    """
    _refuse_foreign(store, _OWN, {path: store.read(path) for path in (FRONT, STATUS_PAGE)})


def _refuse_foreign(store: Store, folder: str, written: Mapping[str, bytes | None]) -> None:
    known = read_record(store, folder).site.files
    for path, data in written.items():
        if data is not None:
            found = records.record_of(data)
            if found not in (known.get(path), known.get(f"{path}{_EARLIER}")):
                raise overwriting.refuse_foreign(Path(store.address, path))


class HostWriter:
    """Writes a host, one project after another: a context manager."""

    def __init__(self, store: Store, settings: HostSettings, now: str) -> None:
        """Begin.

        Args:
            store: where the sites are published.
            settings: what the pages of the host are made with.
            now: the time, as records have it.
        """
        self._store = store
        self._theme = settings.theme
        self._now = now
        self._files = host.Files()
        self._pages = HostPages(settings)
        self._search = HostSearch()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._search.close()

    def add(self, name: str, records: Sequence[tuple[str, Record]]) -> None:
        """Add a project, and write its own files.

        Args:
            name: its name.
            records: its versions, the newest first, and their records.

        Raises:
            ManualError: if something cannot be written.
        """
        for version, record in records:
            status = host.status_of(name, version, record)
            self._files.add_status(status)
            self._pages.add_status(status, record.seconds)
        published = [entry for entry in records if entry[1].site.files]
        if not published:
            return
        project = host.project_of(name, published)
        self._files.add(project)
        self._pages.add(project)
        sites = [(version, record.site) for version, record in published]
        self._search.add(project, [site for _, site in sites])
        self._write_latest(name, sites)
        files = host_versions.files(sites, self._theme)
        files[FRONT] = self._pages.project(project, [record.built for _, record in published])
        self._write_own(f"{name}/{_OWN}", {f"{name}/{path}": data for path, data in files.items()})

    def finish(self) -> None:
        """Write what all projects have in common.

        Raises:
            ManualError: if something cannot be written.
        """
        files = {name: asset(name, self._theme).encode() for name in ASSETS}
        files |= self._search.files()
        content = hashlib.sha256(b"".join(files.values())).digest()
        self._replace(FOLDER, content, files)
        self._write_own(_OWN, dict(self._pages.files(content.hex()[:_VERSION])))
        self._write_if_changed(INDEX, self._files.index())
        self._write_if_changed(STATUS, self._files.status())

    def _write_latest(self, name: str, sites: Sequence[tuple[str, Site]]) -> None:
        """Write the folder that leads to the newest version."""
        version, newest = sites[0]
        folder = f"{name}/{LATEST}"
        paths = set[str]().union(*(latest.pages_of(site) for _, site in sites))
        content = latest.digest(version, newest, paths)
        if not self._is_written(folder, content, read_record(self._store, folder)):
            targets = self._store.read(f"{name}/{version}/{inventory.NAME}") or b""
            files = latest.files(version, newest, paths, targets)
            self._replace(folder, content, files, newest.title)

    def _is_written(self, folder: str, content: bytes, record: Record) -> bool:
        """Return whether a folder is there, made from some content."""
        return record.site.content == content and is_as_recorded(self._store, folder, record)

    def _replace(
        self, folder: str, content: bytes, files: Mapping[str, bytes], title: str = ""
    ) -> None:
        """Replace a folder, unless it is there."""
        old = read_record(self._store, folder)
        if not self._is_written(folder, content, old):
            site = Site(content, host.recorded(files), title)
            self._store.replace(folder, files, old, Record(site, self._now))

    def _write_own(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Write files that are no site's, but none in the place of files of others.

        Args:
            folder: where the record says what has been written.
            files: path → content.
        """
        written = {path: self._store.read(path) for path in files}
        if written == files:
            return
        _refuse_foreign(self._store, folder, written)
        new = host.recorded(files)
        old = {
            f"{path}{_EARLIER}": records.record_of(data)
            for path, data in written.items()
            if data is not None
        }
        # If this is killed, each file is as it was or as it is to be.
        write_record(self._store, folder, Record(Site(files=new | old), self._now))
        for path, data in files.items():
            if written[path] != data:
                self._store.write(path, data)

    def _write_if_changed(self, path: str, data: bytes) -> None:
        if self._store.read(path) != data:
            self._store.write(path, data)
