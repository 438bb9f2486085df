"""Lists that plain lines hide: what reads as a list in the source becomes one.

A paragraph keeps its author's lines: its ``rawsource`` with the indentation,
and a newline in its Text for each. Here a reader's eye is imitated on those
lines:

1. One quick test sends nearly every paragraph away (:data:`_MAYBE`).
2. The rest is cut into lines (:func:`_lines_of`).
3. Four judges each look for the first run of lines that they take for a list:
   lines with bullets or numbers (:func:`_marked`), lines ``term: text``
   (:func:`_defined`), lines indented under a lead-in (:func:`_indented`), and
   bare terms, one a line, under a lead-in (:func:`_bare`).
4. The outermost of these runs parts the lines into a lead-in, a list, and what
   follows; each part is looked at again (:func:`_blocks`).

What the judges weigh above all is how a line breaks off. In wrapped prose it
ends because the next word did not fit; in a list it ends because the item does
(:meth:`_Layout.chosen`). Where in doubt, the paragraph stays.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.markup import nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Part = str | docutils_nodes.Node


class Recovered(msgspec.Struct, frozen=True):
    """One list that was recovered.

    Attributes:
        kind: ``bullet``, ``enumerated`` or ``definition``.
        line: the line of the paragraph's source where the list starts, from 1.
        source: that line, as the author wrote it.
        markup: the Markdown that would say it explicitly.
    """

    kind: str
    line: int
    source: str
    markup: str


def recover(blocks: list[docutils_nodes.Node]) -> list[Recovered]:
    """Replace each paragraph that hides a list by its lead-in, the list, and what follows.

    Args:
        blocks: block nodes; changed in place, as is whatever lies below them
            (admonitions, items, definitions, quotes). Inline nodes are moved,
            never copied.

    Returns:
        The lists that were recovered, in the order of the text.
    """
    found: list[Recovered] = []
    _recover_in(blocks, None, found)
    return found


# ─── the walk ───

_HOLDERS = (
    docutils_nodes.Admonition,
    docutils_nodes.bullet_list,
    docutils_nodes.enumerated_list,
    docutils_nodes.list_item,
    docutils_nodes.definition_list,
    docutils_nodes.definition_list_item,
    docutils_nodes.definition,
    docutils_nodes.block_quote,
    docutils_nodes.container,
    docutils_nodes.footnote,
    nodes.footnotes,
)

_BULLETS = "-*+o•‣◦▪●○∙·–—"
_MARKER = rf"(?:[{_BULLETS}]|---?|\(?(?:\d{{1,3}}|[a-zA-Z]|[ivxIVX]{{1,5}})[.)])[ \t]"
_STARTS_MARKED = re.compile(rf"\s*{_MARKER}")
_MAYBE = re.compile(
    rf"""
      \n[ \t]*{_MARKER}                             # a bullet or number
    | (?:^|\n)[^\n]{{1,48}}?(?:                     # a short term and a separator
          [:=>–—→⇒][*"'”’]*[ \t] | [ ]--?-?[ ] | [^\s.!?;:,][ ][ ] | \t )
    | :[ \t]*\n                                     # a lead-in
    """,
    re.VERBOSE,
)

# Before that, a test that costs next to nothing: below the first line there is a marker, or
# what may be a separator in reach of the line's start, or a run of spaces or dashes anywhere.
_HINT = re.compile(
    rf"\n(?:[^\n:=>\t–—→⇒]{{0,48}}+[:=>\t–—→⇒]|[ \t]*+(?:[{_BULLETS}]|\(?\w{{1,5}}+[.)])[ \t])"
)


def _may_hide(source: str) -> bool:
    return (
        _HINT.search(source) is not None
        or " - " in source
        or "--" in source
        or "  " in source
        or ":\n" in source
    ) and _MAYBE.search(source) is not None


# No description has paragraphs of more lines, or with more lists: such a text stays as it is.
_MOST_LINES = 400
_MOST_LISTS = 40


def _recover_in(
    blocks: list[docutils_nodes.Node],
    parent: docutils_nodes.Element | None,
    found: list[Recovered],
) -> None:
    position = 0
    while position < len(blocks):
        block = blocks[position]
        count = 1
        if isinstance(block, docutils_nodes.paragraph):
            count, new = _recovered(blocks, position, found)
            if new is not None:
                blocks[position : position + count] = new
                for node in new:
                    node.parent = parent
                count = len(new)
        elif isinstance(block, _HOLDERS):
            _recover_in(block.children, block, found)
        position += count


def _recovered(
    blocks: Sequence[docutils_nodes.Node], position: int, found: list[Recovered]
) -> tuple[int, list[docutils_nodes.Node] | None]:
    """Return how many paragraphs from here on were looked at, and what stands in their place."""
    paragraph = blocks[position]
    assert isinstance(paragraph, docutils_nodes.paragraph)
    source = paragraph.rawsource
    lead = ""
    if "\n" in source:
        lead = _lead_above(blocks, position)
        if not lead and not _may_hide(source) and _STARTS_MARKED.match(source) is None:
            return 1, None
    elif _STARTS_MARKED.match(source) is None:
        return 1, None
    # Items with blank lines between them are paragraphs of their own, but in Markdown's lists.
    group = [paragraph]
    for following in itertools.islice(blocks, position + 1, None):
        if not isinstance(following, docutils_nodes.paragraph) or not _STARTS_MARKED.match(
            following.rawsource
        ):
            break
        group.append(following)
    new = _replaced(group, lead, found)
    if new is not None or len(group) == 1:
        return len(group), new
    # No list together: then each for itself.
    blocks_for_each = [_replaced([member], "", found) for member in group]
    if not any(blocks_for_each):
        return len(group), None
    return len(group), [
        block
        for member, replaced in zip(group, blocks_for_each, strict=True)
        for block in replaced or [member]
    ]


def _replaced(
    paragraphs: list[docutils_nodes.paragraph], lead: str, found: list[Recovered]
) -> list[docutils_nodes.Node] | None:
    """Return what stands in the place of paragraphs that together hide a list."""
    lines = _lines_of(paragraphs)
    hidden: list[Recovered] = []
    new = _parted(lines, lead, hidden)
    if new is None:
        return None
    first = new[0]
    assert isinstance(first, docutils_nodes.Element)
    first["ids"].extend(paragraphs[0]["ids"])
    first["classes"].extend(paragraphs[0]["classes"])
    found.extend(sorted(hidden, key=lambda recovered: recovered.line))
    return new


_LEAD = 200
"""How much of a lead-in says what it leads in."""


def _lead_above(blocks: Sequence[docutils_nodes.Node], position: int) -> str:
    """Return the last line of the paragraph above, where it ends with a colon."""
    above = blocks[position - 1] if position else None
    if not isinstance(above, docutils_nodes.paragraph):
        return ""
    last = above.rawsource.rstrip().rpartition("\n")[2]
    return last[-_LEAD:] if last.endswith(":") else ""


# ─── lines ───

_INLINE = "￼"
"""What stands for an inline node in a line's text."""
_TAGS = len("<literal></literal>")


class _Line(msgspec.Struct, frozen=True):
    """One line of a paragraph.

    Attributes:
        number: its line in the source, from 1.
        indent: the column where it starts.
        text: what is visible of it, an inline node being one character.
        parts: the same as strings and nodes.
        source: what the author wrote, without the indentation.
        tags: how much longer the author's line was than ``source`` shows.
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
        return len(word) + (self.tags if self.text.startswith(_INLINE) else 0)

    def part(self, start: int, stop: int | None = None) -> tuple[Part, ...]:
        """Return what stands between two positions of the text."""
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

    def after(self, start: int) -> _Line:
        """Return the line without what stands before a position of its text."""
        source = _source_after(self, start)
        return msgspec.structs.replace(
            self,
            indent=self.indent + len(self.source) - len(source),
            text=self.text[start:],
            parts=self.part(start),
            source=source,
        )


_CODE_SPAN = re.compile(r"(?:\{\w+\})?(`+)[^`\n]+\1(?!`)")


def _shown(parts: Sequence[Part]) -> str:
    return "".join(part if isinstance(part, str) else part.astext() for part in parts)


def _source_after(line: _Line, start: int) -> str:
    """Return the source of what follows a position of the visible text."""
    source, position = line.source, 0
    for part in line.part(0, start):
        if isinstance(part, str):
            # Typographic replacement and folded white space keep the number of words.
            for _ in part.split():
                position = _AFTER_WORD.match(source, position).end()  # type: ignore[union-attr]
        else:
            position = _AFTER_SPACE.match(source, position).end()  # type: ignore[union-attr]
            shown = part.astext()
            if source.startswith(shown, position):
                position += len(shown)
            elif found := _CODE_SPAN.match(source, position):
                position = found.end()
            else:
                return _shown(line.part(start)).strip()
    return source[position:].lstrip()


_AFTER_SPACE = re.compile(r"\s*")
_AFTER_WORD = re.compile(r"\s*\S*")


def _lines_of(paragraphs: Sequence[docutils_nodes.Node]) -> list[_Line]:
    """Return the lines of paragraphs, a blank one between; none where they cannot be told."""
    lines: list[_Line] = []
    for paragraph in paragraphs:
        assert isinstance(paragraph, docutils_nodes.paragraph)
        shown = _shown_lines(paragraph)
        sources = _source_lines(paragraph.rawsource, [count for _, _, count in shown])
        if sources is None or len(lines) + len(sources) > _MOST_LINES:
            return []
        if lines:
            lines.append(_Line(lines[-1].number + 1, 0, "", (), ""))
        first = lines[-1].number + 1 if lines else 1
        for (parts, broken, _), (number, source) in zip(shown, sources, strict=True):
            lines.append(_line(first + number, parts, broken, source))
    return lines


def _line(number: int, parts: list[Part], broken: docutils_nodes.Node | None, source: str) -> _Line:
    bare = source.strip()
    indented = source[: len(source) - len(source.lstrip())].expandtabs()
    trimmed = _trimmed(parts)
    inline = sum(not isinstance(part, str) for part in trimmed)
    return _Line(
        number,
        len(indented),
        "".join(part if isinstance(part, str) else _INLINE for part in trimmed),
        tuple(trimmed),
        bare,
        # Where the source shows nothing of the markup, there were tags (DocBook).
        inline * _TAGS if inline and _shown(trimmed) == bare else 0,
        broken,
    )


def _trimmed(parts: list[Part]) -> list[Part]:
    parts = [part for part in parts if part != ""]
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0].lstrip()
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return [part for part in parts if part != ""]


def _shown_lines(
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
    while len(lines) > 1 and not _shown(lines[0][0]).strip():
        del lines[0]
    while len(lines) > 1 and not _shown(lines[-1][0]).strip():
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
    open_run = 0
    runs = list(re.finditer(r"\n|`+", source))
    left: dict[int, int] = {}
    for found in runs:
        if found[0] != "\n":
            left[len(found[0])] = left.get(len(found[0]), 0) + 1
    for found in runs:
        if found[0] == "\n":
            if open_run:
                lengths[-1] += 1
            else:
                lengths.append(1)
            continue
        length = len(found[0])
        left[length] -= 1
        if open_run == length:
            open_run = 0
        elif not open_run and left[length]:  # a run that nothing closes is plain text
            open_run = length
    return None if open_run else lengths


# ─── what a reader sees in the lines ───

_CLOSED = re.compile(r"[.!?:;][\"')\]”’*_]*$")
_PERIOD = re.compile(r"[.!?][\"')\]”’*_]*$")
# No line of a list ends with one of these: its sentence goes on.
_DANGLES = re.compile(
    r"(?:^|\s)(?:an?|the|this|that|these|those|(?<!one )(?<!any )of|to|by|for|from|into?|at|as|with"
    r"|without|is|are|was|were|be|been|has|have|will|would|can|should|must|may|if|when|than|which"
    r"|who|whose|its|their|your|our|between|via|per|about)$",
    re.IGNORECASE,
)
_ANAPHOR = re.compile(r"This (?:is|will be) the default\b|It (?:is|will|can)\b")
# Narrower than this, nobody wraps prose; so a break after a shorter line was chosen.
_NARROWEST = 40


class _Layout:
    """Lines as a reader sees them, and the lead-in above them ("" if there is none)."""

    def __init__(self, lines: list[_Line], lead: str, *, nested: bool) -> None:
        self.lines = lines
        self.nested = nested
        # A few lines stick out of wrapped prose, for an address that could not be broken.
        widths = sorted((line.width for line in lines if line.text), reverse=True)
        narrowest = _NARROWEST + max(line.tags for line in lines)
        self.width = max(narrowest, widths[len(widths) // 6])
        self.markers = [_marker(line) for line in lines]
        self.terms = [_term(line) for line in lines]
        self.lead_above = lead
        self._mend_first_indent()

    def _mend_first_indent(self) -> None:
        # The first line's own indentation is lost where a whole paragraph was indented: when
        # it is an item, it stands where the next such item stands.
        first, *others = self.lines
        if first.indent or not others:
            return
        if self.markers[0] is not None:
            alike = [
                line.indent
                for line, marker in zip(others, self.markers[1:], strict=True)
                if marker is not None and marker.family == self.markers[0].family
            ]
        elif (term := self.terms[0]) is not None and (term.strong or self.lead_above):
            alike = [
                line.indent
                for line, other in zip(others, self.terms[1:], strict=True)
                if other is not None and other.separator == term.separator
            ]
        elif self.lead_above:
            alike = [line.indent for line in others if line.text]
        else:
            return
        nearest = min(alike, default=0)
        self.lines[0] = msgspec.structs.replace(first, indent=nearest)

    def blank(self, index: int) -> bool:
        return not self.lines[index].text

    def chosen(self, index: int) -> bool:
        """Whether the break before a line was chosen: its first word had fitted above."""
        if index == 0:
            return True
        above = self.lines[index - 1]
        if not above.text or above.broken is not None:
            return True
        if self.lines[index].indent <= above.indent and _DANGLES.search(above.text):
            return False
        return above.width + 1 + self.lines[index].first_width <= self.width

    def closed(self, index: int) -> bool:
        """Whether what stands before a line is complete: a sentence, a lead-in, nothing."""
        if index == 0:
            return True
        above = self.lines[index - 1]
        return not above.text or _CLOSED.search(above.text) is not None

    def opens(self, index: int) -> bool:
        """Whether something new can start at a line."""
        return self.closed(index) or self.chosen(index)

    def wraps(self, index: int) -> bool:
        """Whether a line goes on with what stands above it."""
        if index == 0 or not self.lines[index - 1].text:
            return False
        text, above = self.lines[index].text, self.lines[index - 1].text
        if _PERIOD.search(above):
            return not self.chosen(index) or _ANAPHOR.match(text) is not None
        return not self.chosen(index) or text[0].islower() or text[0] in "(,;[&/" + _INLINE

    def lead(self, index: int) -> str:
        """Return the line above which leads in what starts at a line; "" if none does."""
        if index == 0:
            return self.lead_above
        above = next((line for line in reversed(self.lines[:index]) if line.text), None)
        return above.text[-_LEAD:] if above is not None and above.text.endswith(":") else ""


# ─── bullets and numbers ───

_BULLET = re.compile(rf"(?:([{_BULLETS}])|(---?))[ \t]+(?=\S)")
_ENUMERATOR = re.compile(r"(\(?)(\d{1,3}|[ivx]{1,5}|[IVX]{1,5}|[a-zA-Z])([.)])[ \t]+(?=\S)")
_PLAIN_BULLETS = frozenset("•‣◦▪●○∙")
"""Bullets that mean nothing else. The others can be dashes, stars and signs in prose."""


class _Marker(msgspec.Struct, frozen=True):
    """The marker that a line starts with: what it is, and where the text after it starts."""

    family: str
    text: str
    width: int
    prefix: str = ""
    suffix: str = ""


def _marker(line: _Line) -> _Marker | None:
    if line.source[:1] == "\\":
        return None  # its author said that it is none
    found = _BULLET.match(line.text)
    if found is not None:
        return _Marker("bullet", found[1] or found[2], found.end())
    found = _ENUMERATOR.match(line.text)
    if (
        found is None
        or (found[1] and found[3] == ".")
        or not line.source.startswith(found[0].rstrip())
    ):
        return None
    return _Marker(f"{found[1]}{found[3]}", found[2], found.end(), found[1], found[3])


_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


def _numbering(texts: Sequence[str]) -> tuple[str, int] | None:
    """Return how enumerators count (``arabic``, …) and from where; None if they don't count up."""
    if texts[0].isdigit():
        values, kind = [int(text) if text.isdigit() else -1 for text in texts], "arabic"
    else:
        lower = [text.lower() for text in texts]
        case = "lower" if texts[0].islower() else "upper"
        if any(text.islower() != texts[0].islower() for text in texts):
            return None
        if lower[:2] == ["i", "ii"]:
            kind = f"{case}roman"
            values = [_ROMAN.index(text) if text in _ROMAN else -1 for text in lower]
        else:
            kind = f"{case}alpha"
            values = [ord(text) - 96 if len(text) == 1 else -1 for text in lower]
    if any(value != values[0] + index for index, value in enumerate(values)):
        return None
    return kind, values[0]


class _Item(msgspec.Struct, frozen=True):
    """An item of a run: its lines, where its term ends and its text starts in the first."""

    start: int
    stop: int
    body: int
    term: int = 0


class _Run(msgspec.Struct, frozen=True):
    """Lines that one judge takes for a list."""

    kind: str
    indent: int
    items: tuple[_Item, ...]
    numbering: tuple[str, int] = ("arabic", 1)

    @property
    def start(self) -> int:
        return self.items[0].start

    @property
    def stop(self) -> int:
        return self.items[-1].stop


# How often a judge starts again below a run that it has refused: prose of some length
# holds a few false starts; trying all of them would take time that grows with their square.
_ATTEMPTS = 12


def _run_of_lines(layout: _Layout, start: int, is_item: Callable[[int], bool]) -> list[int]:
    """Return where the items of a run start, and last where the run ends.

    Lines that hang under an item belong to it. So do lines that its wrapped
    text goes on in; and lines between two items, unless a lead-in stands there.

    Args:
        layout: the lines.
        start: the first item.
        is_item: whether a line at the items' indentation is an item.
    """
    lines = layout.lines
    indent = lines[start].indent
    starts = [start]
    stop = index = start + 1
    hangs = False  # wrapped lines hang deeper than the items: others belong to none
    loose = False  # lines at the items' own indentation that only a next item would bring in
    while index < len(lines):
        line = lines[index]
        if not line.text:
            index += 1
            continue
        if line.indent == indent and is_item(index):
            starts.append(index)
            stop, loose = index + 1, False
        elif line.indent > indent:
            if layout.blank(index - 1) and layout.markers[index] is None:
                break
            hangs = True
            if not loose:
                stop = index + 1
        elif line.indent < indent or layout.blank(index - 1) or _is_label(line.text):
            break
        elif layout.wraps(index) and not loose and not hangs:
            stop = index + 1
        elif line.text.endswith(":"):
            break
        else:
            loose = True
        index += 1
    return [*starts, stop]


def _marked(layout: _Layout) -> _Run | None:
    """Find lines that start with bullets, or with numbers or letters that count up."""
    markers = layout.markers
    index = attempts = 0
    while index < len(markers) and attempts < _ATTEMPTS:
        marker = markers[index]
        if marker is None:
            index += 1
            continue
        attempts += 1
        run = _marked_from(layout, index, marker)
        if run is not None:
            return run
        index += 1
    return None


def _marked_from(layout: _Layout, start: int, marker: _Marker) -> _Run | None:
    counted: list[str] = []

    def is_item(index: int) -> bool:
        other = layout.markers[index]
        if other is None or other.family != marker.family:
            return False
        if marker.family == "bullet":
            return {marker.text, other.text} != {"-", "+"}  # a patch
        if index > start and _numbering([marker.text, *counted, other.text]) is None:
            return False
        if index > start:
            counted.append(other.text)
        return True

    *starts, stop = _run_of_lines(layout, start, is_item)
    numbering = ("arabic", 1)
    if marker.family != "bullet":
        counts = _numbering([marker.text, *counted])
        if counts is None:
            return None
        numbering = counts
    if not _is_marked_list(layout, starts, marker, numbering[1]):
        return None
    items = []
    for begin, end in zip(starts, [*starts[1:], stop], strict=True):
        own = layout.markers[begin]
        assert own is not None
        items.append(_Item(begin, end, own.width))
    kind = "bullet" if marker.family == "bullet" else "enumerated"
    return _Run(kind, layout.lines[start].indent, tuple(items), numbering)


def _is_marked_list(layout: _Layout, starts: Sequence[int], marker: _Marker, number: int) -> bool:
    start = starts[0]
    if len(starts) < 2:
        # Inside an item, a marker that stands deeper is a list within the list.
        return layout.nested and start > 0 and marker.family == "bullet"
    if marker.text in _PLAIN_BULLETS:
        return True
    if marker.family != "bullet" and number > 1 and not (start == 0 or layout.lead(start)):
        # "… prior to\n10. Traffic Server": a list that does not start at 1 needs a lead-in.
        return False
    if not layout.opens(start) or (marker.text in {"+", "o"} and not layout.closed(start)):
        return False
    if layout.closed(start) or layout.lines[start].indent > layout.lines[start - 1].indent:
        return True
    # After an unfinished sentence a dash may be prose: every break must have been chosen.
    return all(layout.opens(index) for index in starts)


# ─── term and text ───

_SEPARATOR = re.compile(
    r"""
      (?P<colon>[ \t]*:)(?=\s|$)
    | [ \t]+(?P<dash>---?|[-–—])(?=\s)
    | [ \t]+(?P<arrow>-+>|=+>|→|⇒)(?=\s)
    | [ \t]+(?P<equals>=)(?=\s)
    | (?P<gap>\t[ \t]*|[ ]{2,})(?=\S)
    """,
    re.VERBOSE,
)
# Longer than this is no term: the longest real ones are paths and addresses.
_LONGEST_TERM = 48
_MOST_WORDS = 4
_WORD = re.compile(r"[A-Za-z][a-z]*(?:-[a-z]+)*$")
_LABEL = re.compile(
    r"(?:n\.?b\.?|p\.?s\.?|e\.g\.|i\.e\.|(?:notes?|warnings?|caution|important|attention|danger"
    r"|tips?|hints?|info|remarks?|beware|disclaimer|security|caveats?"
    r"|defaults?(?: values?| to| is)?|recommended|examples?|usage|syntax|see(?: also)?|cf|refs?|references?"
    r"|sources?|docs|documentation|links?|urls?|homepage|website|upstream"
    r"|todo|fixme|deprecated|deprecation|known bugs?|requires|since"
    r"|for (?:example|instance|more|further|details|reference|a)\b[\w ]*"
    r"|more (?:info|information|details|about)\b[\w ]*|in (?:short|particular|addition)"
    r"|that is|in other words))[ \t]*:",
    re.IGNORECASE,
)
_LONGEST_LABEL = 60
_LEVEL = re.compile(
    r"(?:info|warnings?|notice|hint|default|deprecated|security|sources?|urls?|links?)\b"
)
"""Labels that are names as well, in lower case: of log levels, of values."""
_PROSE = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "it",
        "its",
        "they",
        "he",
        "she",
        "we",
        "you",
        "i",
        "which",
        "who",
        "what",
        "where",
        "when",
        "while",
        "and",
        "or",
        "but",
        "nor",
        "so",
        "if",
        "unless",
        "because",
        "since",
        "until",
        "then",
        "than",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "off",
        "on",
        "onto",
        "out",
        "over",
        "to",
        "up",
        "with",
        "without",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "will",
        "would",
        "can",
        "could",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "not",
        "also",
        "only",
        "either",
        "neither",
        "both",
        "whether",
        "however",
        "therefore",
        "thus",
        "here",
        "there",
        "see",
        "use",
        "uses",
        "using",
        "used",
        "set",
        "sets",
    ]
)
_CODE_END = re.compile(r"(?:[;{\\]|[=(\[,]\s*\[|[=(]|\blet)$")
_CODE_START = re.compile(r"[}\])$#]|//|let\b|in\b\s*$|In \[|Out\[")
_VALUE = re.compile(
    r"(?:true|false|yes|no|null|nil|none|on|off|undefined|[-+]?[\d.:/_-]+\w{0,3}|[\"'“‘].*[\"'”’]"
    r"|[\[{(].*[\]})]|[\w.+-]*[/_$\\@=<>{}\[\]].*);?$",
    re.IGNORECASE,
)
_NATURAL = re.compile(r"[^\W\d_]{2,}")


class _Term(msgspec.Struct, frozen=True):
    """The term that a line starts with.

    Attributes:
        separator: what follows the term: ``colon``, ``dash``, ``arrow``, ``equals``, ``gap``.
        text: the term.
        stop, body: where the term ends and the text after the separator starts.
        column: where that text starts in the source.
        strong: the term is no plain word: code, a number, a flag, a path, in quotes.
        coded: the term is one inline node.
    """

    separator: str
    text: str
    stop: int
    body: int
    column: int
    strong: bool
    coded: bool = False


def _term(line: _Line) -> _Term | None:
    text = line.text
    if not text or line.source[:1] == "\\":
        return None
    if isinstance(line.parts[0], docutils_nodes.Node) and text[1:2] == " ":
        shown = line.parts[0].astext()
        if shown.endswith(":") and not _is_label(shown) and "\n" not in shown:
            return _Term("colon", shown, 1, 2, line.indent, strong=True)
    found = _SEPARATOR.search(text, 0, _LONGEST_TERM + 2)
    if found is None:
        return _term_of_column(line)
    separator = found.lastgroup or ""
    own = text[: found.start()]
    if not _can_be_term(own):
        return None
    body = len(text) - len(text[found.end() :].lstrip())
    if separator == "dash" and _SEPARATOR_AGAIN.search(text, body):
        return None  # a pair of dashes is a parenthesis
    shown = _shown(line.part(0, found.start()))
    return _Term(
        separator,
        shown,
        found.start(),
        body,
        _column(line, body),
        strong=_is_strong(own),
        coded=own == _INLINE,
    )


_GAP = re.compile(r"(\S(?:.{0,46}?\S)??)(?:\t[ \t]*|[ ]{2,})(?=\S)")


def _is_label(text: str) -> bool:
    """Whether a line starts with a label such as ``Note:``, which is no term of a list."""
    return _LABEL.match(text, 0, _LONGEST_LABEL) is not None and _LEVEL.match(text) is None


def _term_of_column(line: _Line) -> _Term | None:
    """Return a term that stands apart from its text in the source, where what is shown is folded."""
    found = _GAP.match(line.source)
    if found is None:
        return None
    words = len(found[1].split())
    body = 0
    for _ in range(words):
        body = _AFTER_WORD.match(line.text, body).end()  # type: ignore[union-attr]
    own = line.text[:body]
    shown = _shown(line.part(0, body))
    if " ".join(shown.split()) != " ".join(found[1].split()) or not _can_be_term(own):
        return None
    body = len(line.text) - len(line.text[body:].lstrip())
    return _Term("gap", shown, len(own), body, line.indent + found.end(), _is_strong(own))


def _column(line: _Line, position: int) -> int:
    """Return the column in the source where what stands at a position of the text starts."""
    return line.indent + len(line.source) - len(_source_after(line, position))


_SEPARATOR_AGAIN = re.compile(r"\S (?:---?|[-–—])(?: |$)")
_QUOTED = re.compile(r"""["'“‘].+["'”’]$""")


def _can_be_term(text: str) -> bool:
    words = text.split()
    if not words:
        return False
    if text in {"on", "off", "in", "out", "up", "both"}:
        return True
    if len(words) > _MOST_WORDS or (text[-1] in ".!?;,([" and not text.endswith(("..", "…"))):
        return False
    if text.count("(") != text.count(")"):
        return False
    if _is_strong(text):
        return True
    if words[0].lower() in _PROSE or words[-1].lower() in _PROSE:
        return False
    return not re.search(r"[.!?;,]\s", text)


def _is_strong(text: str) -> bool:
    if _QUOTED.match(text):
        return True
    pieces = re.split(r"(?:,|\||/| or| and)\s+", text)
    return bool(pieces[0]) and all(_is_strong_piece(piece.split()) for piece in pieces if piece)


def _is_strong_piece(words: Sequence[str]) -> bool:
    # "-f FILE", "<name> (default)": the second word is no plain word either.
    return (
        len(words) <= 2
        and words[0][0] != "("
        and (len(words[0]) == 1 or not _WORD.match(words[0]))
        and (len(words) == 1 or not _WORD.match(words[1]) or words[1].isupper())
    )


def _defined(layout: _Layout) -> _Run | None:
    """Find lines that say ``term: text`` or the like."""
    attempts = 0
    for index, term in enumerate(layout.terms):
        if term is None or not _is_entry(layout, index):
            continue
        attempts += 1
        if attempts > _ATTEMPTS:
            break
        run = _defined_from(layout, index)
        if run is not None:
            return run
    return None


def _is_entry(layout: _Layout, index: int) -> bool:
    """Whether a line can be an item ``term: text``; its text may also hang below it."""
    term = layout.terms[index]
    if term is None:
        return False
    if _is_label(layout.lines[index].text):
        return False
    if term.body < len(layout.lines[index].text):
        return True
    below = index + 1
    return (
        term.separator == "colon"
        and (term.strong or len(term.text.split()) == 1)
        and below < len(layout.lines)
        and layout.lines[below].indent > layout.lines[index].indent
    )


def _defined_from(layout: _Layout, start: int) -> _Run | None:
    def is_item(index: int) -> bool:
        if _is_entry(layout, index):
            return True
        # A label between two terms is a term: "Debug: …", "Warning: …", "Error: …".
        return (
            layout.terms[index] is not None
            and index + 1 < len(layout.lines)
            and layout.lines[index + 1].indent == layout.lines[start].indent
            and _is_entry(layout, index + 1)
        )

    *starts, stop = _run_of_lines(layout, start, is_item)
    terms = [term for index in starts if (term := layout.terms[index]) is not None]
    texts = [
        layout.lines[index].text[term.body :] or layout.lines[index + 1].text
        for index, term in zip(starts, terms, strict=True)
    ]
    if not _is_definition_list(layout, starts, stop, terms, texts):
        return None
    bounds = zip(starts, [*starts[1:], stop], terms, strict=True)
    indent = layout.lines[start].indent
    if len({term.separator for term in terms}) > 1:
        # Lines of one sort, but not of one form: items, shown as they were written.
        return _Run("bullet", indent, tuple(_Item(begin, end, 0) for begin, end, _ in bounds))
    items = tuple(_Item(begin, end, term.body, term.stop) for begin, end, term in bounds)
    return _Run("definition", indent, items)


def _is_definition_list(
    layout: _Layout,
    starts: Sequence[int],
    stop: int,
    terms: Sequence[_Term],
    texts: Sequence[str],
) -> bool:
    if len(terms) < 2 or len({term.text for term in terms}) < len(terms):
        return False
    if not layout.opens(starts[0]):
        return False
    separators = [term.separator for term in terms]
    usual = max(separators, key=separators.count)
    if separators.count(usual) * 3 < len(separators) * 2:
        return False
    if usual == "gap" and not _is_column(layout, starts, terms):
        return False
    if _looks_like_code(layout, starts, terms, texts):
        return False
    # In a run of prose that wrapped by accident, lines start in mid-sentence.
    doubtful = sum(not layout.opens(index) for index in starts)
    strong = all(term.strong for term in terms)
    whole = starts[0] == 0 and stop == len(layout.lines)
    if doubtful * (2 if strong or whole else 3) > len(terms):
        return False
    return strong or whole or _is_laid_out(layout, starts, stop, terms)


def _is_laid_out(layout: _Layout, starts: Sequence[int], stop: int, terms: Sequence[_Term]) -> bool:
    """Whether plain words are terms: no line between them is a sentence of running text."""
    start = starts[0]
    if layout.lead(start) or layout.lines[start].indent > layout.lines[max(start - 1, 0)].indent:
        return True
    if any(len(term.text.split()) > 1 for term in terms) and len(terms) == 2:
        return False
    return stop - start < 3 * len(starts)


def _is_column(layout: _Layout, starts: Sequence[int], terms: Sequence[_Term]) -> bool:
    """Whether the texts stand below each other, in one column and no more."""
    columns = {term.column for term in terms}
    tabbed = all("\t" in layout.lines[index].source for index in starts)
    if len(columns) > 1 and not tabbed:
        return False
    if len({len(term.text) for term in terms}) == 1 and not all(term.strong for term in terms):
        return False  # two spaces after a word, twice by accident
    return not all(
        re.search(r"\S(?: {2,}|\t)\S", layout.lines[index].text[term.body :])
        for index, term in zip(starts, terms, strict=True)
    )


_EXAMPLE = re.compile(
    r"\b(?:examples?|usage|synopsis|syntax|e\.g|for instance|like (?:this|so)|looks? like|snippet|such as"
    r"|(?:run|execute|add|generated?|install|put|paste|using|write|invoke|call)\b)[^.]*:$",
    re.IGNORECASE,
)


def _looks_like_code(
    layout: _Layout, starts: Sequence[int], terms: Sequence[_Term], texts: Sequence[str]
) -> bool:
    lines = [layout.lines[index].text for index in starts]
    if any(_CODE_START.match(line) for line in lines):
        return True
    # A semicolon may part the items of a list, but does not end it.
    if _CODE_END.search(texts[-1]) or any(_CODE_END.search(text.rstrip(";")) for text in texts):
        return True
    if any(term.separator == "equals" for term in terms) and not _explains_values(terms, texts):
        return True
    if all(term.separator == "arrow" or _NUMBER.match(term.text) for term in terms):
        return False
    natural = [_is_natural(text) for text in texts]
    if _EXAMPLE.search(layout.lead(starts[0])):
        return not all(len(text.split()) > 1 for text in texts) or not all(natural)
    return sum(natural) * 2 < len(natural)


def _is_natural(text: str) -> bool:
    """Whether a text is said in words, not a value of code."""
    if " " not in text and _VALUE.match(text, 0, _LONGEST_LABEL):
        return False
    return len(_NATURAL.findall(text)) > 0


_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?%?$")


def _explains_values(terms: Sequence[_Term], texts: Sequence[str]) -> bool:
    """Whether ``x = y`` lines explain values; assignments of a language look the same."""
    if any(text.endswith((";", "{", "[")) for text in texts):
        return False
    equals = [term for term in terms if term.separator == "equals"]
    if all(_NUMBER.match(term.text) for term in equals):
        return all(_NATURAL.search(text) for text in texts)
    if all(term.coded or len(term.text) == 1 or _QUOTED.match(term.text) for term in equals):
        return all(_is_natural(text) for text in texts)
    return all(len(text.split()) > 2 and _is_natural(text) for text in texts)


# ─── lines without any mark ───

_LABELLED_LEAD = re.compile(
    r"(?:^|[.!?] )(?:notes?|warnings?|caution|important|attention|tips?|hints?|n\.?b\.?):$",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"(?:[$#%>] |sudo |cat |echo |export |nix(?:os)?-\w+ |ssh |systemctl |\./)")


def _indented(layout: _Layout) -> _Run | None:
    """Find lines that stand indented under a line that ends with a colon."""
    lines = layout.lines
    for index in range(1, len(lines)):
        above, line = lines[index - 1], lines[index]
        if above.text.endswith(":") and line.text and line.indent > above.indent:
            starts = [index]
            stop = index + 1
            while stop < len(lines) and lines[stop].indent >= line.indent and lines[stop].text:
                if lines[stop].indent == line.indent:
                    starts.append(stop)
                stop += 1
            if _is_indented_list(layout, starts, stop):
                return _unmarked(line.indent, starts, stop)
    return None


def _unmarked(indent: int, starts: Sequence[int], stop: int) -> _Run:
    bounds = zip(starts, [*starts[1:], stop], strict=True)
    return _Run("bullet", indent, tuple(_Item(begin, end, 0) for begin, end in bounds))


def _is_indented_list(layout: _Layout, starts: Sequence[int], stop: int) -> bool:
    lead = layout.lead(starts[0])
    if len(starts) < 2 or _LABELLED_LEAD.search(lead):
        return False
    texts = [layout.lines[index].text for index in starts]
    if _is_program(layout, starts, stop, lead):
        return False
    if all(_is_bare(text) for text in texts):
        return True
    if any(_runs_on(layout, index) for index in starts[1:]):
        return False
    # "a, or" before the last item is usual; any other conjunction joins lines to one sentence.
    if any(_CONJUNCTION.search(text) for text in texts[:-2]):
        return False
    if any(
        text.endswith(":") and index + 1 in {*starts, stop}
        for index, text in zip(starts, texts, strict=True)
    ):
        return False
    if all(_starts_like_a_term(text) for text in texts):
        return True
    # Plain words: lines that could have been joined, and were not; no running sentences.
    return all(layout.chosen(index) for index in starts[1:]) and not all(
        _PERIOD.search(text) for text in texts
    )


def _runs_on(layout: _Layout, index: int) -> bool:
    """Whether a line goes on with the sentence above: that broke off because it was full."""
    text, above = layout.lines[index].text, layout.lines[index - 1].text
    first = text.split()[0]
    if _DANGLES.search(above):
        return True
    if first.lower() in _PROSE and not layout.closed(index):
        return True
    return bool(_WORD.match(first)) and first.islower() and not layout.opens(index)


def _starts_like_a_term(text: str) -> bool:
    first = text.split(maxsplit=1)[0].rstrip(",;")
    return bool(first) and (not _WORD.match(first) or (first.isupper() and len(first) > 1))


def _is_bare(text: str) -> bool:
    """Whether a line is a lone term: one word or node, perhaps with a comma."""
    text = text.rstrip(",;")
    if text.endswith((" or", " and")):
        text = text.rpartition(" ")[0].rstrip(",;")
    return bool(text) and not re.search(r"\s", text) and not text.endswith((":", "{", "(", "["))


_TABLE_ROW = re.compile(r"\S+(?: \S+)*(?: {2,}|\t)\S+(?: \S+)*(?: {2,}|\t)")
_CONJUNCTION = re.compile(r"\s(?:and|or)$")
_ASSIGNMENT = re.compile(r"[\w.\"￼-]+ ?= ?\S")


def _is_program(layout: _Layout, starts: Sequence[int], stop: int, lead: str) -> bool:
    """Whether lines are code, commands or configuration rather than things that are listed."""
    texts = [line.text for line in layout.lines[starts[0] : stop]]
    if any(
        _CODE_START.match(text) or _COMMAND.match(text) or _CODE_END.search(text) for text in texts
    ):
        return True
    if all(_ASSIGNMENT.match(_shown(line.parts)) for line in layout.lines[starts[0] : stop]):
        return True
    if all(_TABLE_ROW.match(line.source) for line in layout.lines[starts[0] : stop]):
        return True
    return _EXAMPLE.search(lead) is not None


def _bare(layout: _Layout) -> _Run | None:
    """Find bare terms, one a line, under a line that ends with a colon."""
    lines = layout.lines
    for index in range(len(lines)):
        lead = layout.lead(index)
        if (
            not lead
            or not lines[index].text
            or _EXAMPLE.search(lead)
            or _LABELLED_LEAD.search(lead)
        ):
            continue
        stop = index
        while stop < len(lines) and _is_lone_term(lines[stop]):
            stop += 1
        starts = range(index, stop)
        if len(starts) < 2 or (stop < len(lines) and not layout.opens(stop)):
            continue
        if _is_program(layout, starts, stop, lead):
            continue
        # Two long words can come to stand alone in prose; three in a row don't.
        if len(starts) > 2 or layout.chosen(starts[1]):
            return _unmarked(lines[index].indent, starts, stop)
    return None


def _is_lone_term(line: _Line) -> bool:
    return (
        bool(line.text)
        and not re.search(r"\s", line.text)
        and line.text[-1] not in ".,;:!?{(["
        and not (line.text == _INLINE and re.search(r"\s", line.parts[0].astext()))  # type: ignore[union-attr]
    )


# ─── lines to nodes ───

_JUDGES = (_marked, _defined, _indented, _bare)


def _parted(
    lines: list[_Line], lead: str, found: list[Recovered], *, nested: bool = False
) -> list[docutils_nodes.Node] | None:
    """Return blocks for lines that hide a list; None if they don't."""
    blocks: list[docutils_nodes.Node] = []
    while len(found) < _MOST_LISTS:
        layout = _Layout(list(lines), lead, nested=nested) if len(lines) > 1 else None
        runs = [run for judge in _JUDGES if layout and (run := judge(layout)) is not None]
        if layout is None or not runs:
            break
        run = min(runs, key=lambda run: (run.indent, run.start))
        blocks.extend(_blocks(layout.lines[: run.start], lead, found, nested=nested))
        blocks.append(_list(layout.lines, run, found))
        lines, lead = _without_blank_ends(layout.lines[run.stop :]), ""
    if not blocks:
        return None
    blocks.extend(_paragraphs(lines))
    return blocks


def _blocks(
    lines: list[_Line], lead: str, found: list[Recovered], *, nested: bool = False
) -> list[docutils_nodes.Node]:
    """Return blocks for lines: paragraphs, and the lists that they hide."""
    lines = _without_blank_ends(lines)
    parted = _parted(lines, lead, found, nested=nested)
    return _paragraphs(lines) if parted is None else parted


def _without_blank_ends(lines: list[_Line]) -> list[_Line]:
    start, stop = 0, len(lines)
    while start < stop and not lines[start].text:
        start += 1
    while stop > start and not lines[stop - 1].text:
        stop -= 1
    return lines[start:stop]


def _paragraphs(lines: Sequence[_Line]) -> list[docutils_nodes.Node]:
    blocks: list[docutils_nodes.Node] = []
    start = 0
    for index in range(len(lines) + 1):
        if index == len(lines) or not lines[index].text:
            if index > start:
                blocks.append(_paragraph(lines[start:index]))
            start = index + 1
    return blocks


def _paragraph(lines: Sequence[_Line]) -> docutils_nodes.paragraph:
    source = "\n".join(" " * line.indent + line.source for line in lines)
    paragraph = docutils_nodes.paragraph(source)
    parts: list[Part] = []
    for line in lines:
        parts.extend(line.parts)
        if line is not lines[-1]:
            parts.append(line.broken if line.broken is not None else "\n")
    _fill(paragraph, parts)
    return paragraph


def _fill(element: docutils_nodes.Element, parts: Sequence[Part]) -> None:
    text: list[str] = []
    for part in parts:
        if isinstance(part, str):
            text.append(part)
            continue
        if text:
            element.append(docutils_nodes.Text("".join(text)))
            text.clear()
        element.append(part)
    if text:
        element.append(docutils_nodes.Text("".join(text)))


def _list(lines: list[_Line], run: _Run, found: list[Recovered]) -> docutils_nodes.Element:
    first = lines[run.start]
    found.append(Recovered(run.kind, first.number, first.source, _markup(lines, run)))
    if run.kind == "definition":
        return docutils_nodes.definition_list(
            "", *(_definition(lines, item, found) for item in run.items)
        )
    made: docutils_nodes.Element
    if run.kind == "bullet":
        made = docutils_nodes.bullet_list(bullet="-")
    else:
        marker = _marker(first)
        assert marker is not None
        made = docutils_nodes.enumerated_list(
            enumtype=run.numbering[0],
            prefix=marker.prefix,
            suffix=marker.suffix,
            start=run.numbering[1],
        )
    if all(line.text for line in lines[run.start : run.stop]):
        made["classes"].append("tight")
    for item in run.items:
        own = [lines[item.start].after(item.body), *lines[item.start + 1 : item.stop]]
        made.append(docutils_nodes.list_item("", *_blocks(own, "", found, nested=True)))
    return made


def _definition(
    lines: list[_Line], item: _Item, found: list[Recovered]
) -> docutils_nodes.definition_list_item:
    first = lines[item.start]
    rest = first.after(item.body)
    source = first.source[: len(first.source) - len(rest.source)].rstrip()
    term = docutils_nodes.term(source)
    _fill(term, _trimmed(list(first.part(0, item.term))))
    own = [rest, *lines[item.start + 1 : item.stop]]
    definition = docutils_nodes.definition("", *_blocks(own, "", found, nested=True))
    return docutils_nodes.definition_list_item("", term, definition)


def _markup(lines: list[_Line], run: _Run) -> str:
    """Return Markdown that says a list explicitly."""
    said = []
    for number, item in enumerate(run.items, run.numbering[1]):
        first = lines[item.start]
        text = " ".join(
            line.source
            for line in [first.after(item.body), *lines[item.start + 1 : item.stop]]
            if line.source
        )
        if run.kind == "bullet":
            said.append(f"- {text}")
        elif run.kind == "enumerated":
            said.append(f"{number}. {text}")
        else:
            term = first.source[: len(first.source) - len(first.after(item.body).source)]
            said.append(f"{_WITHOUT_SEPARATOR.sub('', term)}\n: {text}\n")
    return "\n".join(said).rstrip()


_WITHOUT_SEPARATOR = re.compile(r"\s*(?::|---?|[-–—]|-+>|=+>|→|⇒|=)?\s*$")
