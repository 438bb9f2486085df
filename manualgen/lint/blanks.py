"""Tabs, and blanks at the ends of lines, in code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.errors import Code, Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Lines of blanks alone are what Nix makes of empty lines in strings that it prints.
_TRAILING = re.compile(r"(?<=\S)[ \t]+$")
_TRAILING_IN_TEXT = re.compile(r"\S[ \t]+\n")
_NEEDS_TABS = frozenset({"makefile", "make", "go", "tsv", "diff", "patch"})
"""The languages in which a tab or a blank at the end of a line has a meaning."""


def may_trail(text: str) -> bool:
    """Return whether a line of a text ends with blanks."""
    return _TRAILING_IN_TEXT.search(text) is not None


def in_blocks(blocks: Iterable[docutils_nodes.Node], lines: Sequence[str]) -> Iterator[Diagnostic]:
    """Yield the diagnostics of the blocks of code below some blocks.

    Args:
        blocks: the blocks.
        lines: the lines of the text that they were parsed from.
    """
    start = 0
    for block in blocks:
        for code in block.findall(docutils_nodes.literal_block):
            language = str(code.get("language", "")).lower()
            written = code.astext().rstrip("\n").split("\n")
            found = _line_of(written, lines, start)
            start = found + len(written) if found >= 0 else start
            if language not in _NEEDS_TABS:
                yield from in_code(written, lines, found)


def in_code(
    code: Sequence[str], lines: Sequence[str] | None = None, first: int = 0
) -> Iterator[Diagnostic]:
    """Yield at most one diagnostic for tabs in some lines of code, and one for trailing blanks.

    Args:
        code: the lines of the code.
        lines: the lines of the text that the code stands in; None if it is all of it.
        first: the index of the line of the text that the code begins at; below 0 where that is
            not known.
    """
    source = code if lines is None else lines
    for position, line in enumerate(code):
        if "\t" in line.rstrip():
            yield _found(
                Code.TAB_IN_CODE,
                "a line of code has a tab, which readers see with other widths",
                "write spaces",
                source,
                first + position if first >= 0 else None,
                line,
                "\t",
            )
            break
    for position, line in enumerate(code):
        trailing = _TRAILING.search(line)
        if trailing is not None:
            yield _found(
                Code.TRAILING_BLANKS,
                "a line of code ends with blanks",
                "remove them",
                source,
                first + position if first >= 0 else None,
                line,
                trailing[0],
            )
            break


def _line_of(code: Sequence[str], lines: Sequence[str], start: int) -> int:
    """Return the index of the line at which code begins, from one on; -1 if it is not found."""
    wanted = next((line.strip() for line in code if line.strip()), "")
    offset = next((index for index, line in enumerate(code) if line.strip()), 0)
    for index in range(start, len(lines)):
        if lines[index].strip() == wanted:
            return max(0, index - offset)
    return -1


def _found(
    code: Code,
    message: str,
    help_text: str,
    source: Sequence[str],
    index: int | None,
    line: str,
    blank: str,
) -> Diagnostic:
    if index is None or index >= len(source) or line.strip() not in source[index]:
        return Diagnostic(code=code, message=message, excerpt=line.strip(), help=help_text)
    text = source[index]
    column = text.rfind(blank) if code is Code.TRAILING_BLANKS else text.find(blank)
    return Diagnostic(
        code=code,
        message=message,
        line=index + 1,
        column=max(0, column) + 1,
        excerpt=text,
        width=len(blank),
        help=help_text,
    )
