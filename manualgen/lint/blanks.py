"""Tabs, and blanks at the ends of lines, in code."""

from __future__ import annotations

import collections
import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.errors import Code, Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Lines of blanks alone are what Nix makes of empty lines in strings that it prints.
_TRAILING = re.compile(r"(?<=\S)[ \t]+$")
_TRAILING_IN_TEXT = re.compile(r"\S[ \t]+\n")
# A value that is a tab: the delimiter of a table, for example.
_QUOTED_TAB = re.compile(r"""(["'])\t+\1""")
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
    suspects: dict[str, collections.deque[int]] = {}
    for index, line in enumerate(lines):
        if "\t" in line or _TRAILING.search(line) is not None:
            suspects.setdefault(line.strip(), collections.deque()).append(index)
    for block in blocks:
        for code in block.findall(docutils_nodes.literal_block):
            if str(code.get("language", "")).lower() in _NEEDS_TABS:
                continue
            places: dict[str, int | None] = {}
            for kind, line, blank in _problems(code.astext().split("\n")):
                key = line.strip()
                if key not in places:
                    # Of several equal lines, each block has its own.
                    found = suspects.get(key)
                    places[key] = found.popleft() if found else None
                yield _diagnostic(kind, lines, places[key], line, blank)


def in_code(code: Sequence[str]) -> Iterator[Diagnostic]:
    """Yield at most one diagnostic for tabs in lines of code, and one for trailing blanks.

    Args:
        code: the lines, which are a text of their own.
    """
    for kind, line, blank in _problems(code):
        yield _diagnostic(kind, code, code.index(line), line, blank)


def _problems(code: Sequence[str]) -> Iterator[tuple[Code, str, str]]:
    """Yield code, line and blanks of the first line with a tab, and of the first that ends with any."""
    for line in code:
        if "\t" in _QUOTED_TAB.sub("", line).rstrip():
            yield Code.TAB_IN_CODE, line, "\t"
            break
    for line in code:
        trailing = _TRAILING.search(line)
        if trailing is not None:
            yield Code.TRAILING_BLANKS, line, trailing[0]
            break


_TEXTS = {
    Code.TAB_IN_CODE: (
        "a line of code has a tab, which readers see with other widths",
        "write spaces",
    ),
    Code.TRAILING_BLANKS: ("a line of code ends with blanks", "remove them"),
}
"""Code → what the diagnostic says, and what to write instead."""


def _diagnostic(
    kind: Code, source: Sequence[str], index: int | None, line: str, blank: str
) -> Diagnostic:
    message, help_text = _TEXTS[kind]
    if index is None:
        return Diagnostic(code=kind, message=message, excerpt=line.strip(), help=help_text)
    text = source[index]
    column = text.rfind(blank) if kind is Code.TRAILING_BLANKS else text.find(blank)
    return Diagnostic(
        code=kind,
        message=message,
        line=index + 1,
        column=max(0, column) + 1,
        excerpt=text,
        width=len(blank),
        help=help_text,
    )
