"""The string literals of a Nix file: where each stands, and the text that it evaluates to.

A scanner of Nix's lexical grammar, not a parser: it knows strings, comments, names and braces.
Whoever changes a file by it lets Nix verify the result.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Literal(msgspec.Struct, frozen=True):
    """A string literal.

    Attributes:
        start, end: where it stands in the file's text, with its quotation marks.
        indented: whether it is one between ``''`` and ``''``.
        value: the text that it evaluates to; None if it has an interpolation.
    """

    start: int
    end: int
    indented: bool
    value: str | None


def literals(text: str) -> list[Literal]:
    """Return the string literals of a Nix file, those inside interpolations too.

    Args:
        text: the file.
    """
    return sorted(_scan(text), key=lambda literal: literal.start)


def code_of(text: str, strings: Iterable[Literal]) -> str:
    """Return a Nix file with spaces for its strings and comments, of the same length.

    Args:
        text: the file.
        strings: its string literals.
    """
    pieces: list[str] = []
    position = 0
    for literal in strings:
        if literal.start >= position:
            pieces += [text[position : literal.start], " " * (literal.end - literal.start)]
            position = literal.end
    code = "".join([*pieces, text[position:]])
    return _COMMENT.sub(lambda match: " " * len(match[0]), code)


_COMMENT = re.compile(r"#[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)


def binding_end(code: str, start: int) -> int:
    """Return where the value of a binding ends: its semicolon, or the end of the braces.

    Args:
        code: what :func:`code_of` returns.
        start: the position after the equals sign.
    """
    depth = 0
    for match in re.compile(r"[()\[\]{};]").finditer(code, start):
        if match[0] in "([{":
            depth += 1
        elif match[0] in ")]}":
            depth -= 1
        if depth < 0 or (depth == 0 and match[0] == ";"):
            return match.start()
    return len(code)


_SKIPPED = re.compile(
    r"#[^\n]*|/\*.*?(?:\*/|\Z)|[a-zA-Z_][\w'-]*|[^\"'#/{}$a-zA-Z_]+|\$(?!\{)", re.DOTALL | re.ASCII
)


class _Open:
    """A string that is being read; the code around it, or in it, is a number of open braces."""

    def __init__(self, start: int, *, indented: bool) -> None:
        self.start = start
        self.indented = indented
        self.content = start + (2 if indented else 1)
        self.is_constant = True


def _scan(text: str) -> Iterator[Literal]:
    # A string that is read; or for code, how many braces are open in it.
    stack: list[_Open | int] = [0]
    position = 0
    while position < len(text):
        top = stack[-1]
        if not isinstance(top, _Open):
            position = _read_code(text, position, stack, top)
            continue
        found = _END[top.indented].search(text, position)
        if found is None:
            return
        position = found.end()
        if found[0] == "${":
            top.is_constant = False
            stack.append(0)
        elif found[0] in {'"', "''"}:
            stack.pop()
            raw = text[top.content : found.start()]
            value = evaluated(raw, indented=top.indented) if top.is_constant else None
            yield Literal(top.start, position, top.indented, value)


def _read_code(text: str, position: int, stack: list[_Open | int], braces: int) -> int:
    """Read a piece of code; return where it ends.

    Args:
        text: the file.
        position: where the piece begins.
        stack: what is open; changed where a string begins, or a brace opens or closes.
        braces: how many braces are open in this code.
    """
    skipped = _SKIPPED.match(text, position)
    if skipped is not None:
        return skipped.end()
    if text.startswith(("''", '"'), position):
        opened = _Open(position, indented=text[position] == "'")
        stack.append(opened)
        return opened.content
    if text.startswith("${", position):
        position += 1
    if text[position] == "{":
        stack[-1] = braces + 1
    elif text[position] == "}" and not braces and len(stack) > 1:
        stack.pop()
    elif text[position] == "}":
        stack[-1] = braces - 1
    return position + 1


_END = {
    False: re.compile(r'\\.|\$\$|\$\{|"', re.DOTALL),
    True: re.compile(r"'''|''\$|''\\.|\$\$|\$\{|''", re.DOTALL),
}
r"""Whether a string is indented → what is looked for in it: escapes, ``${``, its end."""


def evaluated(raw: str, *, indented: bool) -> str | None:
    """Return the text of a literal without interpolations.

    Args:
        raw: what stands between the quotation marks.
        indented: whether they are ``''``.

    Returns:
        The text; None if it has escaped white space in an indented string, which versions of Nix
        indent differently.
    """
    if not indented:
        return re.sub(
            r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), raw, flags=re.DOTALL
        )
    if "''\\" in raw:
        return None
    # Escapes change nothing about the indentation.
    return re.sub(r"'''|''\$", lambda match: _INDENTED_ESCAPES[match[0]], _stripped(raw))


_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_INDENTED_ESCAPES = {"'''": "''", "''$": "$"}


def _stripped(raw: str) -> str:
    """Return an indented string without the indentation of its lines, as Nix strips it."""
    first, newline, rest = raw.partition("\n")
    lines = (rest if newline and not first.strip(" ") else raw).split("\n")
    indentations = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")]
    least = min(indentations, default=1_000_000)
    last = lines.pop()
    stripped = [line[min(least, len(line) - len(line.lstrip(" "))) :] for line in lines]
    if last.strip(" ") or not lines:
        last = last[min(least, len(last) - len(last.lstrip(" "))) :]
    else:
        last = ""
    return "\n".join([*stripped, last])
