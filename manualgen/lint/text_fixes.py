"""Texts with the markup that they lack: hidden lists written as lists, tags of DocBook as Markdown.

A text is changed only if the new one is shown exactly as the old one was: their doctrees are
compared.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from docutils import nodes as docutils_nodes

from manualgen.errors import Code
from manualgen.markup import chapter, description, docbook_blocks, hidden_lists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from manualgen.markup.hidden_lists import Recovered
    from manualgen.markup.parsed import DocbookTag, Parsed

FIXABLE = frozenset({Code.HIDDEN_LIST, Code.DOCBOOK_TAGS})
"""The codes of what can be put right."""

_MOST_ROUNDS = 40
_MOST_LINES = 80
_MOST_TRIES = 2_000
"""How many ways to write the lists of a text are tried: each is parsed."""
_MOST_PARSED = 5_000_000
"""How many characters of a chapter are parsed for that."""


class Fixed(NamedTuple):
    """A text that has been put right.

    Attributes:
        text: the text.
        left: the codes of what is left in it that could be put right.
    """

    text: str
    left: frozenset[Code]


def fixed_description(text: str, shown: Parsed, codes: frozenset[Code] = FIXABLE) -> Fixed:
    """Return a text of an option with its markup put right.

    Args:
        text: the text, with LF as line ends.
        shown: the text as it is shown.
        codes: the codes of what is put right.
    """
    target = shape(shown.blocks)
    left = {one.code for one in shown.diagnostics} & codes
    without_blocks = docbook_blocks.as_markdown(text) if Code.DOCBOOK_TAGS in left else None
    started = text if without_blocks is None else _with_ending_of(text, without_blocks)
    new = _without_tags(started, description.docbook_tags) if Code.DOCBOOK_TAGS in left else text
    if Code.HIDDEN_LIST in left:
        new = _with_lists(new, target, _shown, _MOST_TRIES)
    blocks, recovered = _parsed(new)
    if shape(blocks) != target:
        return Fixed(text, frozenset(left))
    still = set()
    if recovered:
        still.add(Code.HIDDEN_LIST)
    if description.docbook_tags(new):
        still.add(Code.DOCBOOK_TAGS)
    return Fixed(new, frozenset(left & still))


def fixed_chapter(text: str, codes: frozenset[Code] = FIXABLE) -> Fixed:
    """Return a file of a manual with Markdown for its tags of DocBook, and its hidden lists as lists.

    A chapter shows hidden lists as paragraphs. Where they are written as lists, only these
    paragraphs are shown otherwise.

    Args:
        text: the file, with LF as line ends.
        codes: the codes of what is put right.
    """
    new = _without_tags(text, chapter.docbook_tags) if Code.DOCBOOK_TAGS in codes else text
    if _shape_of_chapter(new) != _shape_of_chapter(text):
        new = text
    target, recovered = _chapter_with_lists(new)
    if recovered and Code.HIDDEN_LIST in codes:
        tries = min(_MOST_TRIES, _MOST_PARSED // max(1, len(new)))
        new = _with_lists(new, target, _chapter_with_lists, tries)
    left = {Code.DOCBOOK_TAGS} if chapter.docbook_tags(new) else set()
    if _chapter_with_lists(new)[1]:
        left.add(Code.HIDDEN_LIST)
    return Fixed(new, frozenset(left))


def _with_ending_of(text: str, new: str) -> str:
    return new.rstrip("\n") + text[len(text.rstrip("\n")) :]


def _parsed(text: str) -> tuple[list[docutils_nodes.Node], list[Recovered]]:
    """Return a text as it is shown, and the lists that its markup does not say."""
    parsed = description.parse(text)
    recovered = hidden_lists.recover(parsed.blocks, text)
    return parsed.blocks, recovered


# ─── DocBook ───


def _without_tags(text: str, tags_in: Callable[[str], list[DocbookTag]]) -> str:
    """Return a text with Markdown for its tags; those inside others are replaced after these."""
    for _ in range(_MOST_ROUNDS):
        tags = tags_in(text)
        new = _replaced(text, tags)
        if new == text:
            break
        text = new
    return text


def _replaced(text: str, tags: Iterable[DocbookTag]) -> str:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    pieces: list[str] = []
    position = 0
    for tag in tags:
        if not tag.source:
            continue
        start = starts[min(tag.span.line, len(starts) - 1) - 1] + tag.span.column - 1
        start = max(start, position)
        start = text.find(tag.source, start)
        if start < 0:
            continue
        pieces += [text[position:start], tag.markdown]
        position = start + len(tag.source)
    return "".join([*pieces, text[position:]])


# ─── hidden lists ───


_Shown = tuple[object, "list[Recovered]"]
"""The shape of a text as it is shown with its hidden lists as lists, and these."""


def _shown(text: str) -> _Shown:
    blocks, recovered = _parsed(text)
    return shape(blocks), recovered


def _with_lists(text: str, target: object, shown: Callable[[str], _Shown], most_tries: int) -> str:
    """Return a text in which lists are written as such, as far as they can be.

    Args:
        text: the text.
        target: the shape that it has to have.
        shown: returns what a text is shown as.
        most_tries: how many ways to write the lists are tried.
    """
    _, recovered = shown(text)
    tries = 0
    while recovered:
        for candidate in (new for one in recovered for new in _candidates(text, one)):
            tries += 1
            if tries > most_tries:
                return text
            found, rest = shown(candidate)
            if len(rest) < len(recovered) and found == target:
                text, recovered = candidate, rest
                break
        else:
            break
    return text


def _candidates(text: str, recovered: Recovered) -> Iterator[str]:
    """Yield texts with the markup of a list where it may belong."""
    lines = text.split("\n")
    first = recovered.source.strip()
    for start, line in enumerate(lines):
        if not first or line.strip() != first:
            continue
        if recovered.kind == "paragraph":
            yield "\n".join([*lines[:start], "", *lines[start:]])
            continue
        margins = dict.fromkeys(["", line[: len(line) - len(line.lstrip())]])
        for end in range(start + 1, min(len(lines), start + _MOST_LINES) + 1):
            if not lines[end - 1].strip():
                continue
            for margin in margins:
                markup = [margin + part if part else "" for part in recovered.markup.split("\n")]
                yield from _placed(lines, markup, start, end)


def _placed(lines: Sequence[str], markup: list[str], start: int, end: int) -> Iterator[str]:
    """Yield lines with others in their place, and blank lines around them as may be needed."""
    before = [[], [""]] if start and lines[start - 1].strip() else [[]]
    after = [[], [""]] if end < len(lines) and lines[end].strip() else [[]]
    for above in before:
        for below in after:
            yield "\n".join([*lines[:start], *above, *markup, *below, *lines[end:]])


# ─── comparing ───

_NOT_SHOWN = frozenset({"bullet", "place", "line", "backrefs", "dupnames", "source", "names"})
"""Attributes of nodes that no reader sees."""


def shape(blocks: Iterable[docutils_nodes.Node]) -> tuple[object, ...]:
    """Return what blocks show, for comparing: nodes with attributes and text.

    Args:
        blocks: the blocks.
    """
    shapes: list[object] = []
    for block in blocks:
        if isinstance(block, docutils_nodes.Text):
            # Adjoining texts are one; a line of prose may end anywhere.
            before = shapes.pop() if shapes and isinstance(shapes[-1], str) else ""
            shapes.append(f"{before}{block}")
            continue
        assert isinstance(block, docutils_nodes.Element)
        attributes = {
            name: value
            for name, value in block.attributes.items()
            if name not in _NOT_SHOWN and value not in ([], "", None)
        }
        is_code = isinstance(block, (docutils_nodes.literal_block, docutils_nodes.literal))
        children = shape(block.children)
        if isinstance(block, docutils_nodes.literal_block):
            children = tuple(str(child).rstrip("\n") for child in children)
        elif not is_code:
            children = _folded(children)
        shapes.append((type(block).__name__, sorted(map(repr, attributes.items())), children))
    return tuple(shapes)


def _folded(children: tuple[object, ...]) -> tuple[object, ...]:
    """Return the contents of a node with single spaces for white space, none at its ends."""
    folded = [_SPACE.sub(" ", child) if isinstance(child, str) else child for child in children]
    if folded and isinstance(folded[0], str):
        folded[0] = folded[0].lstrip()
    if folded and isinstance(folded[-1], str):
        folded[-1] = folded[-1].rstrip()
    return tuple(child for child in folded if child != "")


_SPACE = re.compile(r"\s+")


def _shape_of_chapter(text: str) -> object:
    return _shape_of_segments(chapter.parse(text).segments)


def _shape_of_segments(segments: Iterable[chapter.Segment]) -> object:
    return [
        (shape([segment.heading] if segment.heading is not None else []), shape(segment.blocks))
        for segment in segments
    ]


def _chapter_with_lists(text: str) -> _Shown:
    segments = chapter.parse(text).segments
    recovered = recovered_in(segments, text)
    return _shape_of_segments(segments), recovered


def recovered_in(segments: Iterable[chapter.Segment], text: str) -> list[Recovered]:
    """Write the hidden lists of a chapter as lists; return them, in order.

    Args:
        segments: the segments of the chapter, which nothing else uses: they are changed.
        text: what the file holds.
    """
    return [one for segment in segments for one in hidden_lists.recover(segment.blocks, text)]
