"""Plain JSON values → the Nix expressions for them."""

from __future__ import annotations

import math
import re
from typing import Any

_IDENTIFIER = re.compile(r"[a-zA-Z_][a-zA-Z0-9_'-]*")
_KEYWORDS = frozenset({"assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"})
_LINE_START = re.compile(r"^(?=[^\n])", re.MULTILINE)
_LINE = 60
_DEPTH = 100


def expression(value: Any) -> str:
    """Return a JSON value (as Python has it) as a Nix expression.

    Lists and attribute sets that fit on a line stay on it; longer ones have one
    element a line, indented by two, as ``nixfmt`` does. Strings of several lines are
    indented strings.

    Raises:
        ValueError: for a number that is not finite, or a value nested deeper than 100.
    """
    return _expression(value, 0)


def _expression(value: Any, depth: int) -> str:
    if depth > _DEPTH:
        message = f"nested deeper than {_DEPTH}"
        raise ValueError(message)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            message = "not a finite number"
            raise ValueError(message)
        return repr(value)
    if isinstance(value, (list, tuple)):
        return _group("[", "]", [_element(item, depth + 1) for item in value])
    if isinstance(value, dict):
        return _group(
            "{",
            "}",
            [f"{_key(name)} = {_expression(item, depth + 1)};" for name, item in value.items()],
        )
    return str(value)


def string(text: str) -> str:
    """Return a Nix string literal on one line that evaluates to the text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
    escaped = escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return f'"{escaped}"'


def block(text: str) -> str | None:
    """Return a text of several lines as an indented Nix string, ``''`` to ``''``.

    Args:
        text: the text.

    Returns:
        A literal that evaluates to the text, as ``lib.generators.toPretty`` writes it. None for
        a text that is better written on one line, because it is only one, or because Nix would
        take some of its spaces for indentation, or some of its apostrophes for an escape.
    """
    *lines, last = text.split("\n")
    filled = [line for line in (*lines, last) if line.strip(" ")]
    if (
        not lines
        or not filled
        or all(line[0] == " " for line in filled)
        or (last and (not last.strip(" ") or last[-1] == "'"))
        or "'${" in text
        or "'\r" in text
    ):
        return None
    escaped = text.replace("''", "'''").replace("${", "''${").replace("\r", "''\\r")
    body = _LINE_START.sub("  ", escaped)
    return f"''\n{body}''"


def _string(text: str) -> str:
    literal = block(text) if "\n" in text else None
    return string(text) if literal is None else literal


def _key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) and name not in _KEYWORDS else string(name)


def _element(item: Any, depth: int) -> str:
    # A negative number in a list would be read as a function application.
    element = _expression(item, depth)
    return f"({element})" if element.startswith("-") else element


def _group(opening: str, closing: str, items: list[str]) -> str:
    line = " ".join([opening, *items, closing])
    if len(line) <= _LINE and "\n" not in line:
        return line
    body = _LINE_START.sub("  ", "\n".join(items))
    return f"{opening}\n{body}\n{closing}"


_QUOTED = re.compile(r'("(?:[^"\\]|\\.)*")', re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND_MARKS = re.compile(r"\s*([][{}();=,])\s*")


def without_layout(expression: str) -> str:
    """Return an expression without the white space that is no part of its value.

    Expressions with comments, or with strings in pairs of apostrophes, only lose what is around
    them: line ends and indentation mean something there.

    Args:
        expression: the expression, as Nix or an author has written it.
    """
    expression = expression.strip()
    pieces = _QUOTED.split(expression)
    # Strings are every other piece.
    if any("''" in piece or "#" in piece for piece in pieces[::2]):
        return expression
    for index in range(0, len(pieces), 2):
        pieces[index] = _AROUND_MARKS.sub(r"\1", _SPACE.sub(" ", pieces[index]))
    return "".join(pieces)
