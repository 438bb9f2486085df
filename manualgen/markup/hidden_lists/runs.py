"""Runs: lines that together are a list, as a judge tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.markup.hidden_lists.terms import is_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from manualgen.markup.hidden_lists.layout import Layout


class Item(msgspec.Struct, frozen=True):
    """An item of a run: its lines, where its term ends and its text starts in the first."""

    start: int
    stop: int
    body: int
    term: int = 0


class Run(msgspec.Struct, frozen=True):
    """Lines that one judge takes for a list."""

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


ATTEMPTS = 12
"""How often a judge starts again below a run that it has refused.

Prose of some length holds a few false starts; trying all of them would take time that grows
with their square.
"""


def run_of_lines(layout: Layout, start: int, is_item: Callable[[int], bool]) -> list[int]:
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
