"""Candidates: lines that a detector takes for a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.markup.hidden_lists.terms import is_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from manualgen.markup.hidden_lists.layout import Layout


class Item(msgspec.Struct, frozen=True):
    """An item of a candidate.

    Attributes:
        start, stop: its lines.
        body: where its text starts in the first line.
        term: where its term ends in the first line.
    """

    start: int
    stop: int
    body: int
    term: int = 0


class Candidate(msgspec.Struct, frozen=True):
    """Lines that a detector takes for a list.

    Attributes:
        kind: ``bullet``, ``enumerated`` or ``definition``.
        indent: the column where the items start.
        items: the items.
        numbering: how enumerators count (``arabic``, …), and from where.
    """

    kind: str
    indent: int
    items: tuple[Item, ...]
    numbering: tuple[str, int] = ("arabic", 1)

    @property
    def start(self) -> int:
        """The first line."""
        return self.items[0].start

    @property
    def stop(self) -> int:
        """The line after the last."""
        return self.items[-1].stop


MOST_ATTEMPTS = 12
"""How many candidates a detector examines.

Prose of some length holds a few lines that look like an item; examining all of them would take
time that grows with their square.
"""


def item_starts(layout: Layout, start: int, is_item: Callable[[int], bool]) -> list[int]:
    """Return the lines where the items of a list start, and last the line after its end.

    Lines that are indented below an item belong to it. So do lines that its
    wrapped text continues in; and lines between two items, unless a lead-in is
    among them.

    Args:
        layout: the lines.
        start: the first item.
        is_item: whether a line at the items' indentation is an item.
    """
    lines = layout.lines
    indent = lines[start].indent
    starts = [start]
    stop = index = start + 1
    # Whether wrapped lines are indented below the items: then other lines belong to no item.
    hangs = False
    # Whether there are lines at the items' own indentation that belong to the list only if
    # another item follows.
    loose = False
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
        elif line.indent < indent or layout.blank(index - 1) or is_label(line.text):
            break
        elif layout.wraps(index) and not loose and not hangs:
            stop = index + 1
        elif line.text.endswith(":"):
            break
        else:
            loose = True
        index += 1
    return [*starts, stop]
