"""The record of a list that was recovered."""

from __future__ import annotations

import msgspec


class Recovered(msgspec.Struct, frozen=True):
    """One list that was recovered.

    Attributes:
        kind: ``bullet``, ``enumerated`` or ``definition``.
        line: the line of the paragraph's source where the list starts, from 1.
        source: that line, as the author wrote it.
        markup: the explicit Markdown for it.
    """

    kind: str
    line: int
    source: str
    markup: str
