"""The layout of lines: where one was wrapped, where something new can start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.markup.hidden_lists.lines import INLINE, lead_in
from manualgen.markup.hidden_lists.markers import marker_of
from manualgen.markup.hidden_lists.terms import term_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.markup.hidden_lists.lines import Line

_CLOSED = re.compile(r"[.!?:;][\"')\]”’*_]*$")
PERIOD = re.compile(r"[.!?][\"')\]”’*_]*$")
"""Matches the end of a sentence."""
DANGLES = re.compile(
    r"(?:^|\s)(?:an?|the|this|that|these|those|(?<!one )(?<!any )of|to|by|for|from|into?|at|as|with"
    r"|without|is|are|was|were|be|been|has|have|will|would|can|should|must|may|if|when|than|which"
    r"|who|whose|its|their|your|our|between|via|per|about)$",
    re.IGNORECASE,
)
"""Matches a line whose sentence continues in the next: no line of a list ends so."""
_ANAPHOR = re.compile(r"This (?:is|will be) the default\b|It (?:is|will|can)\b")
# Nobody wraps prose narrower than this; so a break after a shorter line was chosen.
_NARROWEST = 40


def usual_width(widths: Iterable[int], tags: int = 0) -> int:
    """Return the column at which lines were wrapped.

    Args:
        widths: the widths of the lines.
        tags: how much wider a line can be because of tags that are not shown.
    """
    # A few lines of wrapped prose are wider, because of an address that could not be broken.
    falling = sorted(widths, reverse=True)
    return max(_NARROWEST + tags, falling[len(falling) // 6] if falling else 0)


def continues(above: str, text: str) -> bool:
    """Whether a line that could have been joined to the one above continues its text."""
    if PERIOD.search(above):
        return _ANAPHOR.match(text) is not None
    return text[0].islower() or text[0] in "(,;[&/" + INLINE


class Layout:
    """Lines with their markers and terms, and the lead-in above them.

    Attributes:
        lines: the lines.
        width: the column at which the author wrapped lines.
        markers: of each line the marker that it starts with.
        terms: of each line the term that it starts with.
        lead_above: the lead-in above the first line; "" if there is none.
        nested: whether the lines are part of an item of a list.
    """

    def __init__(self, lines: list[Line], lead: str, *, nested: bool) -> None:
        """Determine the layout of lines.

        Args:
            lines: the lines; the first one's indentation is corrected.
            lead: the lead-in above the first line; "" if there is none.
            nested: whether the lines are part of an item of a list.
        """
        self.lines = lines
        self.nested = nested
        self.width = usual_width(
            [line.width for line in lines if line.text], max(line.tags for line in lines)
        )
        self.markers = [marker_of(line) for line in lines]
        self.terms = [term_of(line) for line in lines]
        self.lead_above = lead
        self._correct_first_indent()

    def _correct_first_indent(self) -> None:
        # The first line's own indentation is lost where a whole paragraph was indented: if it is
        # an item, it is indented as the next such item.
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
        """Whether a line is empty."""
        return not self.lines[index].text

    def chosen(self, index: int) -> bool:
        """Whether the author chose the break before a line: its first word would have fitted above."""
        if index == 0:
            return True
        above = self.lines[index - 1]
        if not above.text or above.broken is not None:
            return True
        if self.lines[index].indent <= above.indent and DANGLES.search(above.text):
            return False
        return above.width + 1 + self.lines[index].first_width <= self.width

    def closed(self, index: int) -> bool:
        """Whether the text before a line is complete: a sentence, a lead-in, nothing."""
        if index == 0:
            return True
        above = self.lines[index - 1]
        return not above.text or _CLOSED.search(above.text) is not None

    def opens(self, index: int) -> bool:
        """Whether something new can start at a line."""
        return self.closed(index) or self.chosen(index)

    def wraps(self, index: int) -> bool:
        """Whether a line continues the text above it."""
        if index == 0 or not self.lines[index - 1].text:
            return False
        return not self.chosen(index) or continues(
            self.lines[index - 1].text, self.lines[index].text
        )

    def lead(self, index: int) -> str:
        """Return the lead-in above a line; "" if there is none."""
        if index == 0:
            return self.lead_above
        above = next((line for line in reversed(self.lines[:index]) if line.text), None)
        return "" if above is None else lead_in(above.text)
