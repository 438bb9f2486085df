"""Lists of the markup itself: lines after them that CommonMark takes for their last item's.

CommonMark lets a paragraph of an item continue at the margin ("lazy continuation lines"). Where
such a line is a sentence of its own, the reader sees that it belongs to none of the items.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup.hidden_lists.building import paragraph_of
from manualgen.markup.hidden_lists.layout import DANGLES, continues, usual_width
from manualgen.markup.hidden_lists.lines import lines_of
from manualgen.markup.hidden_lists.recovered import Recovered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.markup.hidden_lists.lines import Line

_MARKERS = re.compile(r"[ \t]*(?:(?:[-*+]|(\d{1,9})[.)])[ \t]+)+")
_QUOTE = re.compile(r"^[ \t]*(?:> ?)+")
"""Matches the markers of block quotes at the start of a line."""
_LINE_END = re.compile(r"\r\n?|\n")
# Where more rows than these start alike, a paragraph is not looked for.
_MOST_ALIKE = 20
_ENDS = re.compile(r"[.!?:][\"')\]”’*_]*$")


class LazyLines:
    """Finds the lazy continuation lines of lists in the source of a text."""

    def __init__(self, source: str) -> None:
        """Prepare to look into a text.

        Args:
            source: the Markdown of the text.
        """
        rows = _LINE_END.split(source)
        if ">" in source:
            rows = [_QUOTE.sub("", row) for row in rows]
        self._rows = [row.expandtabs(4) for row in rows]
        self._rows_by_text: dict[str, list[int]] = {}
        for index, row in enumerate(self._rows):
            for text in {row.strip(), _without_markers(row)}:
                self._rows_by_text.setdefault(text, []).append(index)
        self._width = usual_width([len(row.rstrip()) for row in self._rows if row.strip()])

    def separated(
        self, listed: docutils_nodes.Element, recovered: list[Recovered]
    ) -> list[docutils_nodes.Node]:
        """Return what replaces a list: the list, and the paragraphs that are none of its items.

        Args:
            listed: a bullet or enumerated list; changed in place.
            recovered: what was recovered so far; what is here is added.
        """
        column = self._column(listed)
        if column is None or sum(1 for _ in listed.findall(docutils_nodes.list_item)) < 2:
            return [listed]
        cuts: list[tuple[int, docutils_nodes.paragraph, list[Line], int]] = []
        last = len(listed.children) - 1
        for index, item in enumerate(listed.children):
            paragraph = _last_paragraph(item)
            if paragraph is None or "\n" not in paragraph.rawsource:
                continue
            lines = lines_of([paragraph])
            cut = self._cut(lines, column)
            if cut is None:
                continue
            # Where items go on at the margin, so may the last one.
            if not cut or (index < last and not lines[-1].text.endswith(":")):
                return [listed]
            cuts.append((index, paragraph, lines, cut))
        blocks = [listed]
        for index, paragraph, lines, cut in reversed(cuts):
            blocks[1:1] = self._divide(listed, index, paragraph, lines, cut, recovered)
        return list(blocks)

    def _column(self, listed: docutils_nodes.Element) -> int | None:
        """Return the column of a list's first marker; None where the source does not show it."""
        item = listed.children[0]
        first = item.children[0] if item.children else None
        if not isinstance(first, docutils_nodes.paragraph):
            return None
        row = self._row_of(first.rawsource.split("\n"))
        if row is None or _MARKERS.match(self._rows[row]) is None:
            return None
        return _indent(self._rows[row])

    def _row_of(self, sources: Sequence[str]) -> int | None:
        """Return the row where the lines of a paragraph start; None if there is not one."""
        wanted = [source.strip() for source in sources]
        if not wanted:
            return None
        rows = self._rows_by_text.get(wanted[0], [])
        if len(rows) > _MOST_ALIKE:
            return None
        matches = [
            row
            for row in rows
            if row + len(wanted) <= len(self._rows)
            and all(
                self._rows[row + offset].strip() == one for offset, one in enumerate(wanted[1:], 1)
            )
        ]
        return matches[0] if len(matches) == 1 else None

    def _cut(self, lines: list[Line], column: int) -> int | None:
        """Return the line where a paragraph leaves its list; None if no line is at the margin.

        It is 0 if the first line at the margin continues the item, or may do so.
        """
        row = self._row_of([part for line in lines for part in line.source.split("\n")])
        if row is None:
            return 0
        for index, line in enumerate(lines[1:], 1):
            if _indent(self._rows[row + line.number - 1]) <= column:
                return index if self._is_apart(lines, index, row) else 0
        return None

    def _is_apart(self, lines: list[Line], index: int, row: int) -> bool:
        above, line = lines[index - 1], lines[index]
        if above.broken is not None:
            return False
        # A word that starts with a capital letter is no sentence.
        sentence = _ENDS.search(lines[-1].text) and (len(lines) > index + 1 or " " in line.text)
        if not sentence and not line.text.endswith(":"):
            return False
        width = len(self._rows[row + line.number - 2].rstrip())
        fits = width + 1 + line.first_width <= self._width
        return fits and not DANGLES.search(above.text) and not continues(above.text, line.text)

    def _divide(
        self,
        listed: docutils_nodes.Element,
        index: int,
        paragraph: docutils_nodes.paragraph,
        lines: list[Line],
        cut: int,
        recovered: list[Recovered],
    ) -> list[docutils_nodes.Element]:
        kept, apart = paragraph_of(lines[:cut]), paragraph_of(lines[cut:])
        row = self._row_of([part for line in lines for part in line.source.split("\n")]) or 0
        number = row + lines[cut].number
        recovered.append(
            Recovered(
                "paragraph",
                number,
                lines[cut].source,
                f"{self._rows[number - 2].strip()}\n\n{apart.rawsource}",
            )
        )
        paragraph.rawsource = kept.rawsource
        paragraph.children = kept.children
        for child in paragraph.children:
            child.parent = paragraph
        others = listed.children[index + 1 :]
        if not others:
            return [apart]
        following = listed.copy()
        following["ids"] = []
        following.extend(others)
        del listed.children[index + 1 :]
        first = others[0].children[0] if others[0].children else None
        if isinstance(following, docutils_nodes.enumerated_list) and first is not None:
            next_row = self._row_of(getattr(first, "rawsource", "").split("\n"))
            match = None if next_row is None else _MARKERS.match(self._rows[next_row])
            following["start"] = int(match[1]) if match is not None and match[1] else 1
        return [apart, following]


@functools.lru_cache(maxsize=1)
def lazy_lines(source: str) -> LazyLines:
    """Return what finds lazy continuation lines in a text; kept for one text."""
    return LazyLines(source)


def _last_paragraph(item: docutils_nodes.Node) -> docutils_nodes.paragraph | None:
    """Return the paragraph that an item ends with, be it that of an item of its last list."""
    while item.children:
        item = item.children[-1]
        if isinstance(item, docutils_nodes.paragraph):
            return item
        if not isinstance(
            item,
            (
                docutils_nodes.bullet_list,
                docutils_nodes.enumerated_list,
                docutils_nodes.list_item,
            ),
        ):
            return None
    return None


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())


def _without_markers(row: str) -> str:
    match = _MARKERS.match(row)
    return row[match.end() :].strip() if match is not None else row.strip()
