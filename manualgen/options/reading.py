"""options.json → options.

There are two ways to the same records. The fast path decodes a file without
errors at once, by a typed decoder. Any other file (an unknown key, a wrong
type, a repeated name, bad encoding) is read again by ``tolerant.py``, one option
at a time, so that an error affects only the field that has it. The form is what
NixOS's ``optionsJSON`` and ``lib.optionAttrSetToDocList`` print.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from manualgen.inputs import contents
from manualgen.options.records import Record, option_of

if TYPE_CHECKING:
    from manualgen.errors import Diagnostic
    from manualgen.options.model import Option


class OptionSet(msgspec.Struct, frozen=True):
    """The options of an input.

    Attributes:
        options: the options, in the order of the input.
        diagnostics: what is wrong with them.
        files: the files that they were read from; ``-`` is standard input.
        sources: the files and folders that modules may have been read from, but for the library
            and the Nix store.
    """

    options: tuple[Option, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    files: tuple[Path, ...] = ()
    sources: tuple[Path, ...] = ()


def read(path: str) -> OptionSet:
    """Read an option set from a file; ``-`` is standard input.

    Raises:
        ManualError: if the file cannot be read, is too large, or is not an option set.
    """
    options = decode(contents(path), "standard input" if path == "-" else path)
    return msgspec.structs.replace(options, files=(Path(path),))


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
