"""Reading an options.json again and again: only the options that have changed are decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.options import reading
from manualgen.options.reading import OptionSet
from manualgen.options.records import Record, option_of

if TYPE_CHECKING:
    from manualgen.errors import Diagnostic
    from manualgen.options.model import Option


class Rereader:
    """Reads one file as it changes. What does not change is the same object as before."""

    def __init__(self) -> None:
        self._data: bytes | None = None
        self._set = OptionSet(())
        self._raw: dict[str, bytes] = {}
        self._options: dict[str, Option] = {}

    def decode(self, data: bytes, file: str) -> OptionSet:
        """Return the options in the bytes of the file, as :func:`reading.decode` does.

        Args:
            data: the bytes.
            file: the name of the file, for diagnostics.

        Raises:
            ManualError: if it is not JSON, or holds no option set.
        """
        if data == self._data:
            return self._set
        raw = _members(data)
        found = self._changed(raw) if raw is not None and self._raw else None
        if found is None:
            option_set = reading.decode(data, file)
            found = {option.name: option for option in option_set.options}
            # With problems, a file is decoded as a whole each time, to report all of them.
            if raw is None or option_set.diagnostics or found.keys() != raw.keys():
                raw = {}
        else:
            option_set = OptionSet(tuple(found.values()))
        self._data, self._set, self._raw, self._options = data, option_set, raw or {}, found
        return option_set

    def _changed(self, raw: dict[str, bytes]) -> dict[str, Option] | None:
        """Return the options by name; None if one that has changed may have a problem."""
        known, options = self._raw, self._options
        found: dict[str, Option] = {}
        diagnostics: list[Diagnostic] = []
        for name, record in raw.items():
            if known.get(name) == record:
                found[name] = options[name]
                continue
            try:
                decoded = msgspec.json.decode(record, type=Record)
            except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
                return None
            found[name] = option_of(name, decoded, diagnostics)
        return None if diagnostics else found


def _members(data: bytes) -> dict[str, bytes] | None:
    """Return name → the JSON of its record; None if the file is none of these or repeats a name."""
    count = 0

    class Counted(msgspec.Struct, gc=False):
        def __post_init__(self) -> None:
            nonlocal count
            count += 1

    try:
        raw = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        msgspec.json.decode(data, type=dict[str, Counted])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    return {name: bytes(record) for name, record in raw.items()} if count == len(raw) else None
