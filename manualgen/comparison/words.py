"""Two texts → the words that one lacks, and those that the other adds."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Words(msgspec.Struct, frozen=True):
    """Successive words of a text that are in both texts, or only in one.

    Attributes:
        kind: ``equal``, ``removed`` or ``added``.
        text: the words, with the white space after each.
    """

    kind: Literal["equal", "removed", "added"]
    text: str


_WORD = re.compile(r"\S+\s*")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")

_MOST_PAIRS = 250_000
"""Where a comparison of words would be of more pairs of words than these, lines are compared."""


def compare(old: str, new: str) -> tuple[Words, ...]:
    """Return how one text becomes another, word by word; white space does not count.

    Args:
        old: the text as it was.
        new: the text as it is. What is in both is returned as it is in this.
    """
    return tuple(_joined(_compared(old, new, _words_of)))


def compare_lines(old: str, new: str) -> tuple[Words, ...]:
    """Return how one text becomes another, line by line; white space at their ends does not count.

    Args:
        old: the text as it was.
        new: the text as it is.
    """
    return tuple(_joined(_compared(f"{old}\n", f"{new}\n", _LINE.findall)))


def abridged(words: Sequence[Words], unit: Literal["word", "line"], context: int) -> list[Words]:
    """Return a comparison without most of what is equal; ``…`` stands for it.

    Args:
        words: the comparison.
        unit: what is counted.
        context: how many words or lines before and after each change are kept.
    """
    divided = _words_of if unit == "word" else _LINE.findall
    omission = "… " if unit == "word" else "…\n"
    result = []
    for index, run in enumerate(words):
        units = divided(run.text)
        first = context if index else 0
        last = context if index < len(words) - 1 else 0
        if run.kind == "equal" and len(units) > first + last + 1:
            kept = [*units[:first], omission, *units[len(units) - last :]]
            result.append(Words("equal", "".join(kept)))
        else:
            result.append(run)
    return result


_SENTENCE_END = re.compile(r"(?<=[.!?:;])[ \t]+(?=\S)")


def sentences(text: str) -> str:
    """Return a text with each sentence on a line of its own."""
    return _SENTENCE_END.sub("\n", text)


def _words_of(text: str) -> list[str]:
    """Return the words of a text; the punctuation after one is a word of its own."""
    words = []
    for match in _WORD.findall(text):
        stem = match.rstrip().rstrip(_PUNCTUATION)
        words += [stem, match[len(stem) :]] if 0 < len(stem) < len(match.rstrip()) else [match]
    return words


_PUNCTUATION = '.,;:!?)"”’'


def _compared(old: str, new: str, divide: Callable[[str], list[str]]) -> Iterator[Words]:
    before, after = divide(old), divide(new)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    yield Words("equal", "".join(after[:start]))
    middle_of_old = before[start : len(before) - end]
    middle_of_new = after[start : len(after) - end]
    if len(middle_of_old) * len(middle_of_new) <= _MOST_PAIRS:
        yield from _matched(middle_of_old, middle_of_new)
    elif divide is _words_of:
        yield from _compared("".join(middle_of_old), "".join(middle_of_new), _LINE.findall)
    else:
        yield Words("removed", "".join(middle_of_old))
        yield Words("added", "".join(middle_of_new))
    yield Words("equal", "".join(after[len(after) - end :]))


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return the number of equal units that two texts begin with."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one.rstrip() != other.rstrip():
            break
        count += 1
    return count


def _matched(old: Sequence[str], new: Sequence[str]) -> Iterator[Words]:
    matcher = difflib.SequenceMatcher(
        None, [unit.rstrip() for unit in old], [unit.rstrip() for unit in new], autojunk=False
    )
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            yield Words("equal", "".join(new[new_start:new_end]))
        else:
            yield Words("removed", "".join(old[old_start:old_end]))
            yield Words("added", "".join(new[new_start:new_end]))


def _joined(words: Iterator[Words]) -> Iterator[Words]:
    """Yield runs without empty ones, and successive ones of a kind as one."""
    previous: Words | None = None
    for run in words:
        if not run.text:
            continue
        if previous is not None and previous.kind == run.kind:
            previous = Words(run.kind, previous.text + run.text)
            continue
        if previous is not None:
            yield previous
        previous = run
    if previous is not None:
        yield previous
