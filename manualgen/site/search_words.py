"""The words by which the search finds options beside their names, as the browser reads them.

``docs/search.md`` describes the format.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SEPARATOR = "\x7f"
"""Stands between lines. No text has it, and JSON does not escape it."""

_COMMON = 20
"""A word that is in the sentences of one option in so many tells nothing."""
_FEW = 50
"""A word in the sentences of no more options than this is never common."""


def columns(words_of: Sequence[str]) -> dict[str, str]:
    """Return the words of descriptions, and for each the options that have it.

    Args:
        words_of: the words of each option, in order, with spaces between them.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for index, words in enumerate(words_of):
        if words:
            for word in words.split(" "):
                found[word].append(index)
    most = _most(words_of)
    return _columns(
        {word: _differences(indices) for word, indices in found.items() if len(indices) <= most}
    )


def updated(
    earlier: Mapping[str, str], words_of: Sequence[str], affected: Iterable[str]
) -> dict[str, str]:
    """Return what :func:`columns` returns, of what it returned for the options before a change.

    Args:
        earlier: what it returned; the number of options was the same.
        words_of: the words of each option, in order, with spaces between them.
        affected: the words that an option has got or lost.
    """
    known: dict[str, str] = {}
    if earlier["words"]:
        options = earlier["options"].split(SEPARATOR)
        known.update(zip(_words_in(earlier["words"]), options, strict=True))
    most = _most(words_of)
    for word in affected:
        indices = [
            index
            for index, words in enumerate(words_of)
            # Few texts have the letters, so few are divided.
            if word in words and word in words.split(" ")
        ]
        if 0 < len(indices) <= most:
            known[word] = _differences(indices)
        else:
            known.pop(word, None)
    return _columns(known)


def _most(words_of: Sequence[str]) -> int:
    return max(_FEW, len(words_of) // _COMMON)


def _columns(options_of: Mapping[str, str]) -> dict[str, str]:
    # In the order in which JavaScript compares.
    words = sorted(options_of, key=lambda word: word.encode("utf-16-be", "surrogatepass"))
    return {
        "words": SEPARATOR.join(front_coded(words)),
        "options": SEPARATOR.join(map(options_of.__getitem__, words)),
    }


def _words_in(column: str) -> Iterator[str]:
    """Yield the words that :func:`front_coded` has written."""
    before = ""
    for line in column.split(SEPARATOR):
        before = before[: ord(line[0]) - _FIRST] + line[1:]
        yield before


def front_coded(words: Iterable[str]) -> Iterator[str]:
    """Yield each word without what it has in common with the one before, after its length.

    Args:
        words: the words, sorted.
    """
    before = ""
    for word in words:
        common = 0
        for old, new in zip(before, word, strict=False):
            if old != new:
                break
            common += 1
        common = min(common, _DIGITS - 1)
        if max(before[:common], default="") > "\uffff":
            common = 0  # JavaScript counts such a letter as two
        yield NUMBERS[common] + word[common:]
        before = word


def _differences(indices: Sequence[int]) -> str:
    return "".join(
        [NUMBERS[index - before - 1] for before, index in itertools.pairwise((-1, *indices))]
    )


_FIRST = 0x30
_DIGITS = 44
"""Characters from ``0`` to ``[`` end a number; those from ``]`` to ``~`` continue it."""
_FIRST_MORE = 0x5D
_MORE = 34


class Numbers(dict[int, str]):
    """Memoizes numbers as characters: the first ones base 34, the last one base 44."""

    def __missing__(self, number: int) -> str:
        value, digits = number, ""
        while value >= _DIGITS:
            value -= _DIGITS
            digits += chr(_FIRST_MORE + value % _MORE)
            value //= _MORE
        self[number] = text = digits + chr(_FIRST + value)
        return text


NUMBERS = Numbers()
"""Number → the characters that it is written as."""
