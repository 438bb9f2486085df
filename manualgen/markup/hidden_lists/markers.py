"""Bullets and numbers: the marker that a line starts with, and how markers count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.markup.hidden_lists.lines import Line

BULLETS = "-*+o•‣◦▪●○∙·–—"
"""Every character that is a bullet to some author; as part of a character class."""

_BULLET = re.compile(rf"(?:([{BULLETS}])|(---?))[ \t]+(?=\S)")
_ENUMERATOR = re.compile(r"(\(?)(\d{1,3}|[ivx]{1,5}|[IVX]{1,5}|[a-zA-Z])([.)])[ \t]+(?=\S)")


class Marker(msgspec.Struct, frozen=True):
    """The marker that a line starts with.

    Attributes:
        family: ``bullet``, or for an enumerator what stands around it: ``.``, ``)``, ``()``.
        text: the bullet, number or letter.
        width: where the text after the marker starts.
        prefix, suffix: what stands around an enumerator.
    """

    family: str
    text: str
    width: int
    prefix: str = ""
    suffix: str = ""


def marker_of(line: Line) -> Marker | None:
    """Return the marker that a line starts with; None if there is none."""
    if line.source[:1] == "\\":
        return None  # the author escaped it
    match = _BULLET.match(line.text)
    if match is not None:
        return Marker("bullet", match[1] or match[2], match.end())
    match = _ENUMERATOR.match(line.text)
    if (
        match is None
        or (match[1] and match[3] == ".")
        or not line.source.startswith(match[0].rstrip())
    ):
        return None
    return Marker(f"{match[1]}{match[3]}", match[2], match.end(), match[1], match[3])


_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


def numbering_of(texts: Sequence[str]) -> tuple[str, int] | None:
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
