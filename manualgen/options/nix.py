"""Plain JSON values → the Nix expressions for them."""

from __future__ import annotations

import math
import re
from typing import Any

_IDENTIFIER = re.compile(r"[a-zA-Z_][a-zA-Z0-9_'-]*")
_KEYWORDS = frozenset({"assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"})
_LINE = 60
_DEPTH = 100


def expression(value: Any) -> str:
    """Return a JSON value (as Python has it) as a Nix expression.

    Lists and attribute sets that fit on a line stay on it; longer ones have one
    element a line, indented by two, as ``nixfmt`` does.

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
        return string(value)
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
    """Return a Nix string literal that evaluates to the text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
    escaped = escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return f'"{escaped}"'


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
    body = "\n".join(items).replace("\n", "\n  ")
    return f"{opening}\n  {body}\n{closing}"
