"""Texts as source of Typst.

Every character of ASCII that is not a letter, digit or space gets a backslash before it, so that
nothing an author writes is markup.
"""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")
_LONG = re.compile(r"[^\s\u200b]{60,}")
_BREAKS = re.compile(r"([./_:,=-])(?=\w)")


def escape(text: str) -> str:
    """Return a text as markup of Typst that shows it."""
    return _SPECIAL.sub(r"\\\1", text.replace("\n", " "))


def string(text: str) -> str:
    """Return a text as a string of Typst."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + escaped.replace("\r", "\\r").replace("\t", "\\t") + '"'


def breakable(text: str) -> str:
    """Return a text with places where words can break that are longer than a line may be."""
    return _LONG.sub(lambda match: _broken(match[0]), text)


def _broken(word: str) -> str:
    word = _BREAKS.sub("\\1\u200b", word)
    return "\u200b".join(
        piece[at : at + 60] for piece in word.split("\u200b") for at in range(0, len(piece), 60)
    )
