"""The files of the host that programs read: ``index.json`` and ``status.json``.

They are written piece by piece as bytes, since a host can have very many versions.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from manualgen.book import inventory
from manualgen.publication.model import (
    FORMAT,
    INDEX,
    STATUS,
    Index,
    PublishedProject,
    PublishedVersion,
    Record,
    Status,
    VersionStatus,
)
from manualgen.publication.versions import LATEST
from manualgen.site import overwriting
from manualgen.site.records import record_of
from manualgen.site.theme import GENERATOR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from manualgen.publication.stores import Store

_FEW = 5
"""The diagnostics of a version that was built; one that was not has all that its record has."""


def recorded(files: Mapping[str, bytes]) -> dict[str, tuple[bytes, int]]:
    """Return the records of files, by their paths.

    Args:
        files: path → content.
    """
    return {name: record_of(data) for name, data in files.items()}


def check(store: Store) -> None:
    """Refuse a store that has files of others in the place of ours.

    Args:
        store: the store.

    Raises:
        ManualError: if it has.
    """
    for name, kind in ((INDEX, Index), (STATUS, Status)):
        data = store.read(name)
        try:
            if data is not None:
                msgspec.json.decode(data, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise overwriting.refuse_foreign(Path(store.address, name)) from error


class Files:
    """The files, made of one project after another."""

    def __init__(self) -> None:
        self._projects = bytearray()
        self._versions = bytearray()

    def add_status(self, status: VersionStatus) -> None:
        """Add the status of a version of a project.

        Args:
            status: its status.
        """
        _append(self._versions, status)

    def add(self, project: PublishedProject) -> None:
        """Add a project.

        Args:
            project: the project.
        """
        _append(self._projects, project)

    def index(self) -> bytes:
        """Return the content of ``index.json``."""
        return _filled(Index(FORMAT, GENERATOR, ()), self._projects)

    def status(self) -> bytes:
        """Return the content of ``status.json``."""
        return _filled(Status(FORMAT, GENERATOR, ()), self._versions)


def project_of(name: str, records: Sequence[tuple[str, Record]]) -> PublishedProject:
    """Return what readers and programs get to know of a project.

    Args:
        name: its name.
        records: the versions that are published, the newest first, and their records.
    """
    published = tuple(_published(name, version, record) for version, record in records)
    newest = published[0]
    return PublishedProject(name, newest.title, newest.version, f"{name}/{LATEST}/", published)


def _append(array: bytearray, entry: msgspec.Struct) -> None:
    if array:
        array += b",\n"
    array += msgspec.json.encode(entry)


def _filled(empty: msgspec.Struct, entries: bytearray) -> bytes:
    """Return an object as JSON, whose last field is an array, with the entries of that."""
    start = msgspec.json.encode(empty).removesuffix(b"[]}")
    return b"%s[\n%s\n]}\n" % (start, bytes(entries))


def _published(name: str, version: str, record: Record) -> PublishedVersion:
    address = f"{name}/{version}/"
    site = record.site
    return PublishedVersion(
        version, site.title, site.options, site.pages, address, f"{address}{inventory.NAME}"
    )


def status_of(name: str, version: str, record: Record) -> VersionStatus:
    """Return the status of a version of a project.

    Args:
        name: the name of the project.
        version: the version.
        record: its record.
    """
    is_there = bool(record.site.files)
    errors, warnings, hints = record.findings.counts
    worst = record.findings.worst
    return VersionStatus(
        name,
        version,
        "failed" if record.failed else "built",
        record.built if is_there else "",
        f"{name}/{version}/" if is_there else "",
        errors,
        warnings,
        hints,
        worst if record.failed else worst[:_FEW],
    )
