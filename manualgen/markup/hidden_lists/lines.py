"""A paragraph as lines: the source and the visible text of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.markup import nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    Part = str | docutils_nodes.Node

INLINE = "￼"
"""The character that represents an inline node in a line's text."""
_TAGS = len("<literal></literal>")


class Line(msgspec.Struct, frozen=True):
    """One line of a paragraph.

    Attributes:
        number: its line in the source, from 1.
        indent: the column where it starts.
        text: the visible text, an inline node being one character.
        parts: the same as strings and nodes.
        source: what the author wrote, without the indentation.
        tags: how much longer the author's line was than ``source``.
        broken: it ends in a hard line break.
    """

    number: int
    indent: int
    text: str
    parts: tuple[Part, ...]
    source: str
    tags: int = 0
    broken: docutils_nodes.Node | None = None

    @property
    def width(self) -> int:
        """The column where the author's line ended."""
        return self.indent + len(self.source) + self.tags

    @property
    def first_width(self) -> int:
        """The width of the first word, as the author wrote it."""
        word = self.source.partition(" ")[0]
        return len(word) + (self.tags if self.text.startswith(INLINE) else 0)

    def part(self, start: int, stop: int | None = None) -> tuple[Part, ...]:
        """Return the parts between two positions of the text."""
        stop = len(self.text) if stop is None else stop
        taken: list[Part] = []
        position = 0
        for part in self.parts:
            length = len(part) if isinstance(part, str) else 1
            if position < stop and position + length > start:
                if isinstance(part, str):
                    part = part[max(0, start - position) : stop - position]  # noqa: PLW2901
                taken.append(part)
            position += length
        return tuple(taken)

    def after(self, start: int) -> Line:
        """Return the line from a position of its text on."""
        source = source_after(self, start)
        return msgspec.structs.replace(
            self,
            indent=self.indent + len(self.source) - len(source),
            text=self.text[start:],
            parts=self.part(start),
            source=source,
        )


_AFTER_SPACE = re.compile(r"\s*")
AFTER_WORD = re.compile(r"\s*\S*")
"""Matches from a position to the end of the next word."""
_CODE_SPAN = re.compile(r"(?:\{\w+\})?(`+)[^`\n]+\1(?!`)")


def shown_text(parts: Sequence[Part]) -> str:
    """Return the visible text of the parts of a line: strings, and the text of nodes."""
    return "".join(part if isinstance(part, str) else part.astext() for part in parts)


def source_after(line: Line, start: int) -> str:
    """Return the source from a position of a line's visible text on."""
    source, position = line.source, 0
    for part in line.part(0, start):
        if isinstance(part, str):
            # Typographic replacement and folded white space keep the number of words.
            for _ in part.split():
                position = AFTER_WORD.match(source, position).end()  # type: ignore[union-attr]
        else:
            position = _AFTER_SPACE.match(source, position).end()  # type: ignore[union-attr]
            text = part.astext()
            if source.startswith(text, position):
                position += len(text)
            elif match := _CODE_SPAN.match(source, position):
                position = match.end()
            else:
                return shown_text(line.part(start)).strip()
    return source[position:].lstrip()


# No real description has paragraphs of more lines: such a text stays as it is.
_MOST_LINES = 400


def lines_of(paragraphs: Sequence[docutils_nodes.Node]) -> list[Line]:
    """Return the lines of paragraphs, a blank one between; none where source and text differ."""
    lines: list[Line] = []
    for paragraph in paragraphs:
        assert isinstance(paragraph, docutils_nodes.paragraph)
        visible = _visible_lines(paragraph)
        sources = _source_lines(paragraph.rawsource, [count for _, _, count in visible])
        if sources is None or len(lines) + len(sources) > _MOST_LINES:
            return []
        if lines:
            lines.append(Line(lines[-1].number + 1, 0, "", (), ""))
        first = lines[-1].number + 1 if lines else 1
        for (parts, broken, _), (number, source) in zip(visible, sources, strict=True):
            lines.append(_line(first + number, parts, broken, source))
    return lines


def _line(number: int, parts: list[Part], broken: docutils_nodes.Node | None, source: str) -> Line:
    bare = source.strip()
    indented = source[: len(source) - len(source.lstrip())].expandtabs()
    trimmed = trimmed_parts(parts)
    inline = sum(not isinstance(part, str) for part in trimmed)
    return Line(
        number,
        len(indented),
        "".join(part if isinstance(part, str) else INLINE for part in trimmed),
        tuple(trimmed),
        bare,
        # Where the source shows nothing of the markup, there were tags (DocBook).
        inline * _TAGS if inline and shown_text(trimmed) == bare else 0,
        broken,
    )


def trimmed_parts(parts: list[Part]) -> list[Part]:
    """Return the parts of a line without white space at its ends, and without empty strings."""
    parts = [part for part in parts if part != ""]
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0].lstrip()
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return [part for part in parts if part != ""]


def _visible_lines(
    paragraph: docutils_nodes.paragraph,
) -> list[tuple[list[Part], docutils_nodes.Node | None, int]]:
    """Return a paragraph's visible lines: parts, hard break at the end, newlines within."""
    lines: list[tuple[list[Part], docutils_nodes.Node | None, int]] = []
    parts: list[Part] = []
    within = 0
    after_break = False
    for child in paragraph.children:
        if isinstance(child, docutils_nodes.Text):
            first, *others = str(child).split("\n")
            if after_break and not first.strip() and others:
                first, *others = others  # the break and the newline are one line's end
            parts.append(first)
            for text in others:
                lines.append((parts, None, within))
                parts, within = [text], 0
        elif isinstance(child, nodes.line_break):
            lines.append((parts, child, within))
            parts, within = [], 0
        else:
            parts.append(child)
            within += child.astext().count("\n") + sum(1 for _ in child.findall(nodes.line_break))
        after_break = isinstance(child, nodes.line_break)
    lines.append((parts, None, within))
    while len(lines) > 1 and not shown_text(lines[0][0]).strip():
        del lines[0]
    while len(lines) > 1 and not shown_text(lines[-1][0]).strip():
        del lines[-1]
    return lines


def _source_lines(source: str, within: list[int]) -> list[tuple[int, str]] | None:
    """Return the number (from 0) and the source of each visible line; None if they don't fit.

    Args:
        source: a paragraph's source.
        within: of each visible line, how many newlines its inline nodes hold.
    """
    lines = source.split("\n")
    skipped = 0
    while len(lines) > 1 and not lines[0].strip():
        del lines[0]
        skipped += 1
    while len(lines) > 1 and not lines[-1].strip():
        del lines[-1]
    lengths = [count + 1 for count in within]
    if sum(lengths) != len(lines):
        joined = _lengths_by_code_spans("\n".join(lines))
        if joined is None or len(joined) != len(within):
            return None
        lengths = joined
    numbered: list[tuple[int, str]] = []
    start = 0
    for length in lengths:
        numbered.append((skipped + start, "\n".join(lines[start : start + length])))
        start += length
    return numbered


def _lengths_by_code_spans(source: str) -> list[int] | None:
    """Return how many source lines each visible line has: in code spans, newlines became spaces."""
    lengths = [1]
    open_length = 0  # of the backticks that have opened a code span
    matches = list(re.finditer(r"\n|`+", source))
    left: dict[int, int] = {}
    for match in matches:
        if match[0] != "\n":
            left[len(match[0])] = left.get(len(match[0]), 0) + 1
    for match in matches:
        if match[0] == "\n":
            if open_length:
                lengths[-1] += 1
            else:
                lengths.append(1)
            continue
        length = len(match[0])
        left[length] -= 1
        if open_length == length:
            open_length = 0
        elif not open_length and left[length]:  # backticks that nothing closes are plain text
            open_length = length
    return None if open_length else lengths


_LEAD = 200
"""How much of the end of a lead-in is looked at."""


def lead_in(text: str) -> str:
    """Return the end of a line that leads in what is below it (with a colon); "" of another line."""
    return text[-_LEAD:] if text.endswith(":") else ""
