"""How what Markdown lacks is written."""

from __future__ import annotations

import enum

import msgspec


class Admonitions(enum.Enum):
    """How notes, warnings and the like are written."""

    PLAIN = "plain"
    """``**Note:** text``: Markdown alone, which nothing can tell from a paragraph."""
    PANDOC = "pandoc"
    """``::: {.note}`` … ``:::``."""
    GFM = "gfm"
    """``> [!NOTE]``, as GitHub has it."""


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How what Markdown lacks is written.

    Attributes:
        admonitions: how notes and the like are written.
        anchors: whether headings and spans carry identifiers (``{#id}``), and options are
            linked to by them.
    """

    admonitions: Admonitions = Admonitions.GFM
    anchors: bool = False

    @property
    def attributes(self) -> bool:
        """Whether the reader is one that knows ``[text]{#id .class}``."""
        return self.anchors or self.admonitions is Admonitions.PANDOC


APART = "<!-- -->"
"""Stands between what would otherwise be read as one."""
