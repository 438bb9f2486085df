"""Reading files: bounded in size, with a record of what was read.

Files that a manual includes are ordinary files, each read once
(:class:`InputFiles`). A file that the command line or a configuration names may
also be standard input, a pipe or a device (:func:`contents`).
"""

from __future__ import annotations

import errno
import os
import select
import stat
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError

if TYPE_CHECKING:
    import io
    from collections.abc import Iterable, Iterator


LARGEST = 256 * 1024 * 1024
"""The largest file that is read by itself, in bytes: ten times all of NixOS."""


_NAMES = ("manual.toml", "manual.md", "options.json")
"""What a folder that is named may hold to be named instead, the most likely first."""


def contents(path: str) -> bytes:
    """Return the bytes of a file that the command line or a configuration names.

    Args:
        path: the file; ``-`` is standard input.

    Raises:
        ManualError: if it cannot be read, or is too large.
    """
    try:
        if path == "-":
            return _bounded(_standard_input(), "standard input")
        file, start = _opened(path)
        with file:
            return _bounded(file, path, start)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        help_text = "name a file that exists and that you may read"
        if isinstance(error, IsADirectoryError):
            there = [name for name in _NAMES if Path(path, name).is_file()]
            help_text = f"name the {there[0] if there else 'options.json'} inside it"
        raise ManualError(
            Diagnostic(
                code=Code.UNREADABLE,
                message=f"cannot read the file: {reason}",
                file=path,
                help=help_text,
            )
        ) from error


def path_problem(path: Path) -> str:
    """Return why no file can be opened at a path, whether there is one or not; "" if one can.

    That is so if it is longer than the system allows, has a NUL in it, or is in a folder that
    cannot be searched.

    Args:
        path: the path.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    return ""


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise OSError(9, "standard input is closed")
    return sys.stdin.buffer


def _opened(path: str) -> tuple[BinaryIO, bytes]:
    """Open a file for reading; a pipe, once a program has opened it for writing.

    Returns:
        The file, and what has been read of a pipe already.

    Raises:
        OSError: if it is a directory, or a pipe that no program writes into.
    """
    # Opening a pipe would wait for a program that may never come.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        start = _start(descriptor)
        os.set_blocking(descriptor, True)
        return open(descriptor, "rb"), start  # noqa: PTH123 - a descriptor
    except BaseException:
        os.close(descriptor)
        raise


def _start(descriptor: int) -> bytes:
    """Wait until a program writes into a pipe, or has it open; return what was read meanwhile.

    Raises:
        OSError: if it is a directory, or a pipe that no program writes into.
    """
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "is a directory")
    if not stat.S_ISFIFO(mode):
        return b""
    pipe = select.poll()
    pipe.register(descriptor, select.POLLIN)
    end = time.monotonic() + LONGEST_WAIT
    # There is an event if there is data, or if the program that wrote has ended.
    while not pipe.poll(_LOOK * 1000):
        try:
            start = os.read(descriptor, 1)
        except BlockingIOError:
            break
        if start:
            return start
        if time.monotonic() > end:
            raise TimeoutError(errno.ETIMEDOUT, "no program writes into the pipe")
    return b""


LONGEST_WAIT = 5.0
"""The seconds after which nobody is expected to write into a pipe any more."""

_LOOK = 0.05


def _bounded(file: io.BufferedIOBase | Any, name: str, start: bytes = b"") -> bytes:
    data = start + _read(file, LARGEST)
    if len(data) > LARGEST:
        raise ManualError(
            Diagnostic(
                code=Code.TOO_LARGE,
                message=f"the file is larger than {LARGEST // 1024**2} MiB",
                file=name,
                help="give the option set alone; all of NixOS takes about 20 MiB",
            )
        )
    return data


_VERSION_CONTROL = frozenset({".bzr", ".git", ".hg", ".jj", ".pijul", ".svn", "_darcs"})


def refusal(path: Path, folders: Iterable[Path]) -> str:
    """Return why a manual may not use a file that it names; "" if it may.

    Data of version control systems may hold passwords, and commands that they run.

    Args:
        path: the file, all symbolic links followed.
        folders: the folders that files of the manual may be in, likewise.
    """
    inside = [path.relative_to(folder) for folder in folders if path.is_relative_to(folder)]
    if not inside:
        return f"lies outside the manual's folder, at {path}"
    if all(any(part.lower() in _VERSION_CONTROL for part in one.parts) for one in inside):
        return "is part of a version control system's data"
    return ""


def _read(file: io.BufferedIOBase | Any, largest: int) -> bytes:
    """Return the bytes of a file; if it is larger than it may be, more bytes than that.

    Devices and pipes have no size, and a file may grow while it is read. Memory is asked for
    as there is something to read: the system may not have as much as the largest file needs.
    """
    parts: list[bytes] = []
    size = 0
    while size <= largest and (part := file.read(_PART)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


_PART = 4 * 1024**2
"""The bytes that are read at once."""


class InputFiles:
    """Reads the input files of an output, and keeps their content.

    A file is read once: a second call returns the same bytes, even if the file has
    changed since.
    """

    def __init__(self, largest: int) -> None:
        """Begin without any file.

        Args:
            largest: how large a file may be, in bytes.
        """
        self._largest = largest
        self._contents: dict[Path, bytes] = {}
        self._digests: dict[Path, str] = {}
        self._noted: set[Path] = set()

    def read(self, path: Path, name: str) -> bytes:
        """Return the bytes of an ordinary file.

        Args:
            path: the file.
            name: its name for messages.

        Raises:
            ManualError: if it cannot be read, is not an ordinary file or is too large.
        """
        if path not in self._contents:
            self._contents[path] = self._bounded(path, name)
        return self._contents[path]

    def record(self, path: Path, data: bytes) -> None:
        """Record the digest of a file that was read by other means; its bytes are not kept."""
        self._digests[path] = _digest(data)

    def note(self, path: Path) -> None:
        """Record a file that was read by other means, without its digest."""
        self._noted.add(path)

    @property
    def paths(self) -> set[Path]:
        """All files that have been read or recorded; ``-`` is standard input."""
        return {*self._contents, *self._digests, *self._noted}

    def digests(self) -> dict[Path, str]:
        """Return each file that has been read with the SHA-256 digest of its bytes, in hex."""
        for path, data in self._contents.items():
            if path not in self._digests:
                self._digests[path] = _digest(data)
        return dict(self._digests)

    def _bounded(self, path: Path, name: str) -> bytes:
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                raise ManualError(unreadable(name, "it is a folder"))
            # Reading a pipe or a device might never end.
            if not stat.S_ISREG(status.st_mode):
                raise ManualError(unreadable(name, "it is not an ordinary file"))
            with path.open("rb") as file:
                data = _read(file, self._largest)
        except OSError as error:
            raise ManualError(unreadable(name, error.strerror or str(error))) from error
        if len(data) > self._largest:
            size = max(len(data), status.st_size)
            raise ManualError(
                Diagnostic(
                    code=Code.TOO_LARGE,
                    message=f"the file has {size / 1e6:,.0f} MB; "
                    f"{self._largest / 1e6:,.0f} MB are the most",
                    file=name,
                    help="divide it, or leave it out",
                )
            )
        return data


def paths_in(settings: object) -> Iterator[Path]:
    """Yield all paths that a record of settings has, in records, tuples and mappings too.

    Args:
        settings: a ``msgspec.Struct``, or a value of one.
    """
    if isinstance(settings, Path):
        yield settings
    elif isinstance(settings, msgspec.Struct):
        for name in settings.__struct_fields__:
            yield from paths_in(getattr(settings, name))
    elif isinstance(settings, tuple):
        for entry in settings:
            yield from paths_in(entry)
    elif isinstance(settings, Mapping):
        for entry in settings.values():
            if isinstance(entry, str):
                return
            yield from paths_in(entry)


def unreadable(name: str, reason: str) -> Diagnostic:
    """Return the diagnostic for a file that cannot be read."""
    return Diagnostic(
        code=Code.UNREADABLE,
        message=f"cannot read the file: {reason}",
        file=name,
        help="name another file, or make this one readable",
    )


def _digest(data: bytes) -> str:
    from hashlib import sha256  # noqa: PLC0415 - slow to import

    return sha256(data).hexdigest()
