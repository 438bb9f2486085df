"""Single files on disk, written completely or not at all."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.site import locking, overwriting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from manualgen.site.locking import Waiting

STANDARD_OUTPUT = Path("-")
"""The path that stands for standard output."""

_DESCRIPTOR = re.compile(r"(?:/dev/fd|/proc/self/fd)/([0-9]{1,4})")
_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn an ``OSError`` into a ``ManualError``.

    Args:
        path: the output, for errors that name no file.
    """
    try:
        yield
    except BrokenPipeError:
        # The reader of the output has exited, as in "manualgen … | head".
        raise
    except OSError as error:
        output = "standard output" if path == STANDARD_OUTPUT else str(path)
        name = str(error.filename or output)
        raise ManualError(
            Diagnostic(
                code=Code.WRITE_FAILED,
                message=f"cannot write the output: {error.strerror or error}",
                # Nobody knows the files of a work folder.
                file=output if f"/{locking.PREFIX}" in name else name,
                help="name another output with -o, or remove what is in the way",
            )
        ) from error


def write(
    path: Path, data: bytes, *, inputs: Iterable[Path] = (), waiting: Waiting | None = None
) -> bool:
    """Write a file completely, or leave the old one.

    Args:
        path: the file; ``-`` is standard output. If it exists and is not an ordinary file, it is
            written to in place.
        data: its content.
        inputs: the files that the content is made from, which are not replaced.
        waiting: called with the path if another build that writes it is waited for.

    Returns:
        Whether the content differs from that of the old file.

    Raises:
        ManualError: if it cannot be written, or would replace an input.
    """
    with explained(path):
        if path == STANDARD_OUTPUT:
            check(path, inputs)
            if sys.stdout is None:
                raise OSError(errno.EBADF, "it is closed")
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            return True
        descriptor = _descriptor(path)
        if descriptor is not None:
            check(path, inputs)
            with os.fdopen(os.dup(descriptor), "wb") as file:
                file.write(data)
            return True
        if path.exists() and not path.is_dir() and not path.is_file():
            # A pipe or a device is written to and never replaced.
            path.write_bytes(data)
            return True
        if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
        check(path, inputs)
        # A symbolic link is kept; the file that it points to is replaced.
        _replace(Path(os.path.realpath(path)), data, waiting)
    return True


def check(path: Path, inputs: Iterable[Path]) -> None:
    """Refuse an output that would replace an input, or a folder.

    Args:
        path: the file to write; ``-`` is standard output.
        inputs: the files that its content is made from.

    Raises:
        ManualError: if it would.
    """
    with explained(path):
        if path == STANDARD_OUTPUT:
            with contextlib.suppress(
                io.UnsupportedOperation
            ):  # Where something else stands for it.
                overwriting.Inputs(inputs).check(-1 if sys.stdout is None else sys.stdout.fileno())
            return
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a directory", str(path))
        descriptor = _descriptor(path)
        overwriting.Inputs(inputs).check(path if descriptor is None else descriptor)
        overwriting.check_module(path)


def _descriptor(path: Path) -> int | None:
    """Return the descriptor of an open file that a path means; None for other paths."""
    found = _DESCRIPTOR.fullmatch(str(path))
    return int(found[1]) if found else _STREAMS.get(str(path))


def _replace(path: Path, data: bytes, waiting: Waiting | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    work = locking.beside(path)
    with locking.locked(work, path, waiting):
        try:
            locking.empty(work)
            new = work / "new"
            new.write_bytes(data)
            new.replace(path)
        finally:
            with contextlib.suppress(OSError):
                locking.empty(work)
