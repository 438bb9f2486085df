"""Chinese and Japanese text: lines break between its characters, and it has no spaces.

Korean has spaces between its words, and is written as any other text.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple

_OPENING = "〈《「『【〔〖〘〚（［｛｢"
_CLOSING = (
    "、。〉》」』】〕〗〙〛〜〟！），．：；？］｝～｡｣､･・ー々〻ゝゞヽヾ゛゜ｰﾞﾟ"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰ-ㇿｧ-ｯ"
)
"""What no line begins with: closing punctuation, small kana, marks that belong to a letter."""

_WIDE = (
    f"{_OPENING}{_CLOSING}"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
# These are as wide as the text around them. They belong to Chinese text beside an ideograph.
_AFTER = "”’…—"
_BEFORE = "“‘"

_MAY_BE_WIDE = re.compile("[\u2e80-\U0003ffff]")
"""Matches at all that :data:`_WIDE` has, and at little that European texts have."""


class _Patterns(NamedTuple):
    """Patterns with all wide characters: compiling them takes as long as many options do."""

    line_break: re.Pattern[str]
    soft_break: re.Pattern[str]
    last: re.Pattern[str]
    first: re.Pattern[str]


@functools.cache
def _patterns() -> _Patterns:
    return _Patterns(
        re.compile(
            rf"(?:(?<=[{_WIDE}])(?<![{_OPENING}])|(?<=[{_WIDE}][{_AFTER}]))"
            rf"(?=[{_WIDE}{_BEFORE}(0-9A-Za-z])(?![{_CLOSING}])"
            rf"|(?<=[)0-9A-Za-z])(?=[{_WIDE}])(?![{_CLOSING}])"
        ),
        re.compile(
            rf"(?:(?<=[{_WIDE}])|(?<=[{_WIDE}][{_AFTER}]))"
            rf"[ \t]*\r?\n[ \t]*(?=[{_BEFORE}]?[{_WIDE}])"
        ),
        re.compile(rf"[{_WIDE}][{_AFTER}]?\Z"),
        re.compile(rf"[{_BEFORE}]?[{_WIDE}]"),
    )


def breakable(text: str) -> str:
    """Return a text with a zero-width space wherever a line may break beside an ideograph."""
    if text.isascii() or _MAY_BE_WIDE.search(text) is None:
        return text
    return _patterns().line_break.sub("\u200b", text)


def joined(text: str, before: str, after: str) -> str:
    """Return a text without the line breaks of its source that stand between ideographs.

    Args:
        text: the text.
        before: the text right before it in its paragraph.
        after: the text right after it.
    """
    if _MAY_BE_WIDE.search(f"{before[-2:]}{text}{after[:2]}") is None:
        return text
    patterns = _patterns()
    text = patterns.soft_break.sub("", text)
    first, last = text.lstrip(), text.rstrip()
    ends_wide, begins_wide = patterns.last.search, patterns.first.match
    if "\n" in text[len(last) :] and ends_wide(last or before[-2:]) and begins_wide(after):
        text = last
    elif "\n" in text[: len(text) - len(first)] and begins_wide(first) and ends_wide(before):
        text = first
    return text


def columns(text: str) -> int:
    """Return how many columns of a terminal a line takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
