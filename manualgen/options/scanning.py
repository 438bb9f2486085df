"""Reads JSON one member of the outermost object or list at a time.

Python's decoder reads each value. This adds what it cannot do: give every
member, including those of a repeated name, and continue after a value that is
nested too deeply for it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from manualgen.errors import Code, Diagnostic, ManualError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOO_DEEP: Any = object()
"""In the place of a value that is nested too deeply to be read."""

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_CLOSED = re.compile(r"[\]},:]")
_DIGITS = 4000
"""Python refuses to convert integers with more digits than about this."""


class Member(NamedTuple):
    """A member of an object or list.

    Attributes:
        key: its key; None in a list.
        value: its value.
        path: the JSON path of the object that holds it, or in a list its own.
    """

    key: str | None
    value: Any
    path: str


def members(text: str, file: str) -> Iterator[Member]:
    """Yield the members of the object or list in a text.

    Args:
        text: the JSON.
        file: its name, for diagnostics.

    Raises:
        ManualError: if the text is not JSON, is cut short, or is another kind of value.
    """
    yield from _Scanner(text, file).members()


class _NotJsonError(Exception):
    """The text is not JSON at a position."""

    def __init__(self, position: int) -> None:
        """Create the error.

        Args:
            position: the index in the text.
        """
        super().__init__(position)
        self.position = position


class _Scanner:
    """Reads a text from its beginning to its end."""

    def __init__(self, text: str, file: str) -> None:
        """Start at the beginning of a text.

        Args:
            text: the JSON.
            file: its name, for diagnostics.
        """
        self._text = text
        self._file = file
        self._position = 0
        self._decoder = json.JSONDecoder(strict=False, parse_int=_integer)

    def members(self) -> Iterator[Member]:
        count = 0
        try:
            opening = self._opening()
            for key, value in self._entries(opening, self._value):
                yield Member(key, value, "$" if opening == "{" else f"$[{count}]")
                count += 1
            self._skip()
        except _NotJsonError as error:
            raise self._broken(self._reason(error.position, count), error.position) from None
        if self._position < len(self._text):
            msg = "something follows the end of the JSON value"
            raise self._broken(msg, self._position)

    def _opening(self) -> str:
        self._skip()
        opening = self._peek()
        if not opening:
            msg = "the file is empty"
            raise self._broken(msg, 0)
        if opening not in "{[":
            try:
                self._decoded(self._position)
            except _NotJsonError:
                msg = "the file is not JSON"
                raise self._broken(msg, self._position) from None
            msg = "the file is neither an object nor a list"
            raise self._broken(msg, 0, code=Code.NOT_OPTIONS)
        return opening

    def _entries(self, opening: str, value: Callable[[], Any]) -> Iterator[tuple[str | None, Any]]:
        """Yield keys and values up to the closing bracket, and move behind it.

        Args:
            opening: the opening bracket, at the current position.
            value: reads a value, and moves behind it.
        """
        closing = "}" if opening == "{" else "]"
        self._position += 1
        self._skip()
        if self._peek() != closing:
            while True:
                key = self._key() if opening == "{" else None
                yield key, value()
                self._skip()
                if self._peek() != ",":
                    break
                self._position += 1
                self._skip()
            if self._peek() != closing:
                raise _NotJsonError(self._position)
        self._position += 1

    def _key(self) -> str:
        match = _STRING.match(self._text, self._position)
        if match is None:
            raise _NotJsonError(len(self._text) if self._peek() == '"' else self._position)
        key: str = self._decoded(self._position)
        self._position = match.end()
        self._skip()
        if self._peek() != ":":
            raise _NotJsonError(self._position)
        self._position += 1
        self._skip()
        return key

    def _value(self) -> Any:
        start = self._position
        value = self._field()
        if value is TOO_DEEP and self._text[start] == "{":
            # Of a record, only the fields that are too deep are lost.
            self._position = start
            return dict(self._entries("{", self._field))
        return value

    def _field(self) -> Any:
        try:
            return self._decoded(self._position)
        except RecursionError:
            self._position = self._end()
            return TOO_DEEP

    def _decoded(self, start: int) -> Any:
        try:
            value, self._position = self._decoder.raw_decode(self._text, start)
        except json.JSONDecodeError as error:
            # The error of an unterminated string is at the end, not where the string begins.
            unterminated = error.msg.startswith("Unterminated")
            raise _NotJsonError(len(self._text) if unterminated else error.pos) from None
        return value

    def _end(self) -> int:
        """Return where the value at the current position ends, by counting brackets."""
        depth = 0
        for match in _STRUCTURE.finditer(self._text, self._position):
            bracket = match[0]
            if bracket in "[{":
                depth += 1
            elif bracket in "]}":
                depth -= 1
                if depth == 0:
                    return match.end()
        raise _NotJsonError(len(self._text))

    def _peek(self) -> str:
        return self._text[self._position : self._position + 1]

    def _skip(self) -> None:
        match = _SPACE.match(self._text, self._position)
        self._position = match.end() if match else self._position

    def _reason(self, position: int, count: int) -> str:
        if _CLOSED.search(self._text, position) is None:
            return f"the file ends in the middle, after {count:,} option{'' if count == 1 else 's'}"
        return "the file is not JSON"

    def _broken(self, message: str, position: int, code: Code = Code.NOT_JSON) -> ManualError:
        text = self._text
        position = min(position, len(text))
        start = text.rfind("\n", 0, position) + 1
        end = text.find("\n", position)
        line = text[start : len(text) if end < 0 else end]
        column = position - start
        # The file may be one line: only a part around the position is shown.
        left = max(0, column - 40)
        help_text = "give the options.json that a build wrote to its end"
        if self._file.endswith(".nix"):
            help_text = "for a module, give the options.json that `manualgen extract` makes of it"
        return ManualError(
            Diagnostic(
                code=code,
                message=message,
                file=self._file,
                line=text.count("\n", 0, position) + 1,
                column=column - left + 1,
                excerpt=line[left : left + 76],
                help=help_text,
            )
        )


def _integer(digits: str) -> int | float:
    # Nix prints no numbers of such length.
    return int(digits) if len(digits) <= _DIGITS else float("inf")
