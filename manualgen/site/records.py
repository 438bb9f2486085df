"""The records of a build: what each page of a site was made from, kept for the next build.

They lie in the output folder, beside the manifest, and are published with the site. They hold
digests of what was read, never its path, and are the same for the same input.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zlib
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.errors import Diagnostic
from manualgen.inputs import LARGEST
from manualgen.site import manifest

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = ".manualgen-records"
"""The name of the file in the output folder."""

DIGEST = 16
"""The bytes of a digest: half of SHA-256."""

_MARK = b"manualgen records 1\n"
_LENGTH = 4

FileRecord = tuple[bytes, int]
"""The digest and the size of a file."""

Entries = tuple[tuple[str, str], ...]
"""For each option of a page, its sentence and its words for the search."""


class PageRecord(msgspec.Struct, frozen=True, array_like=True):
    """What a page was made from, and what was found when it was rendered.

    Attributes:
        texts: the digest of the texts on it.
        surroundings: the digest of what stands around them, and of what their references lead to.
        asked: what its references name, and the identifiers that they lead to.
        entries: those of its options for the search.
        diagnostics: the number of its diagnostics.
    """

    texts: bytes
    surroundings: bytes
    asked: tuple[str, ...] = ()
    entries: Entries = ()
    diagnostics: int = 0


class Summary(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a site without its pages.

    Attributes:
        inputs: the digest of all that the site was made from; empty if that is not known.
        sources: the files of the manual's chapters and their digests, for :attr:`inputs`.
        environment: the digest of the program, of the settings and of the theme.
        structure: the digest of all names, titles and identifiers.
        files: the files of the site, but for the records and the manifest.
        pages: the number of pages.
        counts: the number of divisions, or -1 without chapters, and that of options.
        diagnostics: the problems of the input: those of the manual first, then those of pages.
    """

    inputs: bytes = b""
    sources: tuple[tuple[str, bytes], ...] = ()
    environment: bytes = b""
    structure: bytes = b""
    files: dict[str, FileRecord] = {}
    pages: int = 0
    counts: tuple[int, int] = (-1, 0)
    diagnostics: tuple[dict[str, Any], ...] = ()

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum([size for _, size in self.files.values()])

    def found(self) -> list[Diagnostic]:
        """Return the diagnostics.

        Raises:
            ValueError: if one of them is none.
        """
        return [Diagnostic.from_dict(entry) for entry in self.diagnostics]


class Records(msgspec.Struct, frozen=True):
    """The records of a build.

    Attributes:
        summary: what is known of the site as a whole.
        pages: path of a page → its record.
    """

    summary: Summary
    pages: dict[str, PageRecord]


class DamagedError(Exception):
    """The records of a build cannot be read."""


def digest(data: bytes) -> bytes:
    """Return the digest of bytes."""
    return hashlib.sha256(data).digest()[:DIGEST]


def encoded(records: Records) -> bytes | None:
    """Return the content of the file of records; None if a text in them is no Unicode."""
    try:
        summary = msgspec.msgpack.encode(records.summary)
        pages = zlib.compress(msgspec.msgpack.encode(records.pages), 1)
    except UnicodeEncodeError:
        return None
    body = len(summary).to_bytes(_LENGTH, "big") + summary + pages
    return _MARK + digest(body) + body


def read(folder: Path) -> Records | None:
    """Return the records of a folder; None if it has none.

    Args:
        folder: the output folder.

    Raises:
        DamagedError: if they are damaged, or of another version.
    """
    body = _body(folder)
    if body is None:
        return None
    summary, rest = _divided(body)
    try:
        pages = msgspec.msgpack.decode(zlib.decompress(rest), type=dict[str, PageRecord])
    except (msgspec.MsgspecError, zlib.error, UnicodeDecodeError) as error:
        raise DamagedError from error
    return Records(summary, pages)


def read_summary(folder: Path) -> Summary | None:
    """Return the summary in the records of a folder; None if it has no readable ones.

    Args:
        folder: the output folder.
    """
    try:
        body = _body(folder)
        return None if body is None else _divided(body)[0]
    except DamagedError:
        return None


def _body(folder: Path) -> bytes | None:
    data = content(f"{folder}/{RECORDS}")
    if data is None:
        return None
    start = len(_MARK) + DIGEST
    body = data[start:]
    if data[: len(_MARK)] != _MARK or data[len(_MARK) : start] != digest(body):
        raise DamagedError
    return body


def _divided(body: bytes) -> tuple[Summary, bytes]:
    end = _LENGTH + int.from_bytes(body[:_LENGTH], "big")
    try:
        return msgspec.msgpack.decode(body[_LENGTH:end], type=Summary), body[end:]
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DamagedError from error


def content(path: str) -> bytes | None:
    """Return the bytes of an ordinary file; None if there is none that can be read whole.

    Args:
        path: the file. A symbolic link is not followed, and a pipe is not waited for.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError):
        return None
    with open(descriptor, "rb") as file:  # noqa: PTH123 - for each page
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return None
        try:
            return file.read()
        except OSError:
            return None


def record_of(data: bytes) -> FileRecord:
    """Return the record of a file with some content."""
    return digest(data), len(data)


def is_intact(folder: Path, name: str, record: FileRecord | None) -> bool:
    """Return whether a folder has a file as it was recorded.

    Args:
        folder: the folder.
        name: the path of the file below it.
        record: its record; None if there is none.
    """
    data = None if record is None else content(f"{folder}/{name}")
    return data is not None and record_of(data) == record


def written(folder: Path) -> set[str]:
    """Return the files of a folder that are as the records say that a build has written them.

    Args:
        folder: the output folder.
    """
    summary = read_summary(folder)
    if summary is None:
        return set()
    files = summary.files.items()
    names = {name for name, one in files if manifest.is_name(name) and is_intact(folder, name, one)}
    return names | {RECORDS}
