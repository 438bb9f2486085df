"""The record of a list, or of code, that was recovered."""

from __future__ import annotations

import msgspec


class Recovered(msgspec.Struct, frozen=True):
    """One list that was recovered, lines of code, or a paragraph below a list.

    Attributes:
        kind: ``bullet``, ``enumerated``, ``definition``, ``code`` or
            ``paragraph``.
        line: the line of the paragraph's source where it starts, from 1.
        source: that line, as the author wrote it.
        markup: the explicit Markdown for it.
    """

    kind: str
    line: int
    source: str
    markup: str
