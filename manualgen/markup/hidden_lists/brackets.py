"""The detector of code: lines inside brackets that were opened above them."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.markup.hidden_lists.candidates import MOST_ATTEMPTS
from manualgen.markup.hidden_lists.terms import PROSE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from manualgen.markup.hidden_lists.layout import Layout
    from manualgen.markup.hidden_lists.lines import Line


class CodeLines(msgspec.Struct, frozen=True):
    """Lines of code.

    Attributes:
        start, stop: its lines.
        body: where the code starts in the first line's text.
        end: where the code ends in the last line's text.
        laid_out: whether the lines are the author's, rather than those of a text that was wrapped.
    """

    start: int
    stop: int
    body: int
    end: int
    laid_out: bool


_CLOSERS = {"]": "[", "}": "{", ")": "("}
_QUOTES = '"“”'
_BRACKETS = re.compile(rf"[][{{}}(){_QUOTES}]")
# What belongs to the bracket that it stands before: `"key": {`, `services.foo = {`, `f({`, and
# where it starts the line, `server {`.
_KEY = re.compile(
    rf"(?:(?:[{_QUOTES}][^{_QUOTES}]{{1,48}}[{_QUOTES}][ \t]*:|(?<!\S)[\w.-]{{1,48}}[ \t]*=)[ \t]*"
    r"|^(?:[^\s:,]{1,48}[ \t]+){1,2}"
    r"|(?<!\S)\S{0,48}(?<![\s:]))$"
)
_BEFORE = 100
"""How much of what stands before a bracket is looked at."""
_CODE_LINE = re.compile(
    r"""
      [\s\]\[{}(),;]+$                                  # brackets
    | ["'\[{\]})]                                       # a string, a bracket
    | //|\#|--\s|/\*|\.\.\.                             # a comment
    | [\w./:@<>$*+-]+,?$                                # one word
    | [\w.$@/-]+\s*(?:=>|[:=])\s*["'\[{(\d$./-]         # a key with a value
    | [\w.$@/-]+\s*(?:=>|[:=])\s*[\w.$@/-]+[\s\]}),;]*$
    | .{0,200}[;{\[(]$
    """,
    re.VERBOSE,
)
_MEMBER = re.compile(r"""[:=;"']""")


def find_code(layout: Layout) -> CodeLines | None:
    """Find lines inside brackets that look like code."""
    for start, position in itertools.islice(_openings(layout.lines), MOST_ATTEMPTS):
        found = _code_from(layout, start, position)
        if found is not None:
            return found
    return None


def _openings(lines: list[Line]) -> Iterator[tuple[int, int]]:
    """Yield the line and position of the first bracket of a line that does not close there."""
    for index, line in enumerate(lines[:-1]):
        opened = _opened_in(line.text)
        if opened:
            yield index, opened[0][0]


def _opened_in(text: str) -> list[tuple[int, str]]:
    """Return the brackets that a line opens and does not close. A sentence may wrap in (…)."""
    opened: list[tuple[int, str]] = []
    in_string = False
    for match in _BRACKETS.finditer(text):
        character = match[0]
        if character in _QUOTES:
            in_string = not in_string
        elif in_string:
            continue
        elif character in "[{(":
            opened.append((match.start(), character))
        elif opened and opened[-1][1] == _CLOSERS[character]:
            opened.pop()
    tail = len(text.rstrip("[{( "))
    return [one for one in opened if one[1] != "(" or one[0] >= tail]


def _code_from(layout: Layout, start: int, position: int) -> CodeLines | None:
    lines = layout.lines
    first = lines[start]
    before = first.text[max(0, position - _BEFORE) : position]
    key = _KEY.search(before)
    body = position
    if key is not None and key[0].partition(" ")[0].lower() not in PROSE:
        body += key.start() - len(before)
    stop, end = _closing(lines, start, position)
    # Brackets that nothing closes may be of a sentence.
    at_end = len(first.text.rstrip("[{( ")) < len(first.text)
    if stop - start < (2 if end or at_end else 3):
        return None
    end = end or len(lines[stop - 1].text)
    inner = [line.source for line in lines[start + 1 : stop]]
    if not all(_CODE_LINE.match(source) for source in inner):
        return None
    if any(not isinstance(part, str) for line in lines[start + 1 : stop] for part in line.parts):
        return None
    if any(not isinstance(part, str) for part in first.part(body)):
        return None
    if not any(_MEMBER.search(source) for source in inner) and inner[-1][0] not in _CLOSERS:
        return None
    return CodeLines(start, stop, body, end, _is_laid_out(layout, start, stop, body))


def _is_laid_out(layout: Layout, start: int, stop: int, body: int) -> bool:
    if stop - start < 3 and body:
        return False
    chosen = sum(
        layout.chosen(index) or layout.lines[index].indent != layout.lines[index - 1].indent
        for index in range(start + 1, stop)
    )
    return chosen * 2 >= stop - start - 1


def _closing(lines: list[Line], start: int, position: int) -> tuple[int, int]:
    """Return the line after the one that closes the brackets of a line, and where it does so.

    If none does, the code ends with the paragraph, and the second value is 0.
    """
    stack: list[str] = []
    for index in range(start, len(lines)):
        in_string = False
        text = lines[index].text
        if not text:
            return index, 0
        for match in _BRACKETS.finditer(text, position if index == start else 0):
            character = match[0]
            if character in _QUOTES:
                in_string = not in_string
            elif in_string:
                continue
            elif character in "[{(":
                stack.append(character)
            elif stack and stack[-1] == _CLOSERS[character]:
                stack.pop()
                if not stack:
                    end = len(text) - len(text[match.end() :].lstrip("]}),;."))
                    return index + 1, end
    return len(lines), 0


_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def code_text(lines: list[Line], code: CodeLines) -> str:
    """Return lines of code as their author wrote them."""
    first, last = lines[code.start], lines[code.stop - 1]
    others = lines[code.start + 1 : code.stop]
    indent = first.indent
    if code.body or code.start == 0:
        # It is lost, or that of the sentence before the code.
        if last.text[0] in _CLOSERS:
            indent = last.indent
        elif code.body:
            indent = min(line.indent for line in others)
    margin = min(indent, *(line.indent for line in others))
    sources = [_source(first.after(code.body)), *map(_source, others)]
    if code.end < len(last.text):
        rest = last.after(code.end).source
        sources[-1] = sources[-1][: len(sources[-1]) - len(rest)].rstrip()
    indents = [indent, *(line.indent for line in others)]
    return "\n".join(
        " " * (column - margin) + source for column, source in zip(indents, sources, strict=True)
    )


def _source(line: Line) -> str:
    """Return a line's source, without the backslashes that Markdown needs and does not show."""
    if line.source.count("\\") > line.text.count("\\"):
        return _ESCAPED.sub(r"\1", line.source)
    return line.source
