"""The detector of lists with bullets or numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.markup.hidden_lists.candidates import MOST_ATTEMPTS, Candidate, Item, item_starts
from manualgen.markup.hidden_lists.markers import numbering_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.markup.hidden_lists.layout import Layout
    from manualgen.markup.hidden_lists.markers import Marker

_PLAIN_BULLETS = frozenset("•‣◦▪●○∙")
"""Bullets that mean nothing else. The others can be dashes, stars and signs in prose."""


def find_marked(layout: Layout) -> Candidate | None:
    """Find lines that start with bullets, or with numbers or letters that count up."""
    markers = layout.markers
    index = attempts = 0
    while index < len(markers) and attempts < MOST_ATTEMPTS:
        marker = markers[index]
        if marker is None:
            index += 1
            continue
        attempts += 1
        candidate = _marked_from(layout, index, marker)
        if candidate is not None:
            return candidate
        index += 1
    return None


def _marked_from(layout: Layout, start: int, marker: Marker) -> Candidate | None:
    counted: list[str] = []

    def is_item(index: int) -> bool:
        other = layout.markers[index]
        if other is None or other.family != marker.family:
            return False
        if marker.family == "bullet":
            return {marker.text, other.text} != {"-", "+"}  # a patch
        if index > start and numbering_of([marker.text, *counted, other.text]) is None:
            return False
        if index > start:
            counted.append(other.text)
        return True

    *starts, stop = item_starts(layout, start, is_item)
    numbering = ("arabic", 1)
    if marker.family != "bullet":
        counts = numbering_of([marker.text, *counted])
        if counts is None:
            return None
        numbering = counts
    if not _is_marked_list(layout, starts, marker, numbering[1]):
        return None
    items = []
    for begin, end in zip(starts, [*starts[1:], stop], strict=True):
        item_marker = layout.markers[begin]
        assert item_marker is not None
        items.append(Item(begin, end, item_marker.width))
    kind = "bullet" if marker.family == "bullet" else "enumerated"
    return Candidate(kind, layout.lines[start].indent, tuple(items), numbering)


def _is_marked_list(layout: Layout, starts: Sequence[int], marker: Marker, number: int) -> bool:
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
