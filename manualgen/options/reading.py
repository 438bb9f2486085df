"""options.json → options.

There are two ways to the same records. The fast path decodes a file without
errors at once, by a typed decoder. Any other file (an unknown key, a wrong
type, a repeated name, bad encoding) is read again by ``tolerant.py``, one option
at a time, so that an error affects only the field that has it. The form is what
NixOS's ``optionsJSON`` and ``lib.optionAttrSetToDocList`` print.
"""

from __future__ import annotations

import contextlib
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.options.records import Record, option_of

if TYPE_CHECKING:
    import io

    from manualgen.options.model import Option

LARGEST = 256 * 1024 * 1024
"""The largest file that is read, in bytes: ten times all of NixOS."""


class OptionSet(msgspec.Struct, frozen=True):
    """Options in the order of the input, and the diagnostics about them."""

    options: tuple[Option, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def read(path: str) -> OptionSet:
    """Read an option set from a file; ``-`` is standard input.

    Raises:
        ManualError: if the file cannot be read, is too large, or is no option set at all.
    """
    return decode(contents(path), "standard input" if path == "-" else path)


def contents(path: str) -> bytes:
    """Return the bytes of a file, ``-`` being standard input; raises as :func:`read` does."""
    try:
        if path == "-":
            return _bounded(_standard_input(), "standard input")
        with Path(path).open("rb") as file:
            if stat.S_ISDIR(Path(path).stat().st_mode):
                raise IsADirectoryError(21, "is a directory", path)
            return _bounded(file, path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        help_text = "name a file that exists and that you may read"
        if isinstance(error, IsADirectoryError):
            help_text = "name the options.json inside it"
        raise ManualError(
            Diagnostic(
                code=Code.UNREADABLE,
                message=f"cannot read the file: {reason}",
                file=path,
                help=help_text,
            )
        ) from error


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise OSError(9, "standard input is closed")
    return sys.stdin.buffer


def _bounded(file: io.BufferedIOBase | Any, name: str) -> bytes:
    # Devices and pipes have no size. So one byte more than the limit is read.
    data: bytes = file.read(LARGEST + 1)
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


def decode(data: bytes, file: str = "options.json") -> OptionSet:
    """Return the options in the bytes of a file.

    Args:
        data: JSON, as an object ``{name: option}`` or a list of objects with a ``name``.
        file: the file's name, for diagnostics.

    Raises:
        ManualError: if it is not JSON, or neither such an object nor such a list.
    """
    options = fast_path(data)
    if options is not None:
        return options
    # Most files have no errors; so this is imported only for those that have.
    from manualgen.options import tolerant  # noqa: PLC0415

    return OptionSet(*tolerant.decode(data, file))


def fast_path(data: bytes) -> OptionSet | None:
    """Return the options in a file without errors; None if it may have any.

    Args:
        data: as :func:`decode` takes it.
    """
    count = 0

    class Counted(Record, frozen=True, forbid_unknown_fields=True, rename="camel"):
        def __post_init__(self) -> None:
            nonlocal count
            count += 1

    diagnostics: list[Diagnostic] = []
    with contextlib.suppress(msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        if data[:1] == b"[":
            records = msgspec.json.decode(data, type=tuple[Counted, ...])
            if any(not record.name for record in records):
                return None
            named = {record.name or "": record for record in records}
        else:
            named = msgspec.json.decode(data, type=dict[str, Counted])
        # Fewer names than records: a name is repeated, and one of its records is missing here.
        if len(named) == count:
            options = [option_of(name, record, diagnostics) for name, record in named.items()]
            if not diagnostics:
                return OptionSet(tuple(options))
    return None
