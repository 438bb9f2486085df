"""The name that somebody may have meant, among many."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class SimilarNames:
    """Finds the name that is most similar to an unknown one, among any number of names.

    Only names that begin or end most like it are compared: those next to it in order, read
    from either end.
    """

    _NEXT = 4
    """How many names before and after an unknown one are compared, in each order."""

    _LONGEST = 100
    """Longer names are not compared, as that takes a time that grows with their square."""

    def __init__(self, names: Iterable[str]) -> None:
        """Prepare to search names."""
        keys = [(_letters(name), name) for name in names if len(name) <= self._LONGEST]
        self._orders = (sorted(keys), sorted((letters[::-1], name) for letters, name in keys))

    def nearest(self, name: str, least: float = 0.6) -> str | None:
        """Return the name that is most similar to an unknown one; None if none is similar.

        Args:
            name: the unknown name.
            least: how similar they must be, from 0 to 1.
        """
        return next(iter(self.most_similar(name, 1, least)), None)

    def most_similar(self, name: str, count: int, least: float = 0.6) -> list[str]:
        """Return the names that are most similar to an unknown one, the most similar first.

        Args:
            name: the unknown name.
            count: the most names to return.
            least: how similar they must be, from 0 to 1.
        """
        if len(name) > self._LONGEST:
            return []
        import difflib  # noqa: PLC0415 - slow to import, and only needed where something is wrong

        letters = _letters(name)
        candidates: dict[str, None] = {}
        for order, key in zip(self._orders, (letters, letters[::-1]), strict=True):
            position = bisect.bisect_left(order, (key, name))
            near = order[max(0, position - self._NEXT) : position + self._NEXT]
            candidates |= dict.fromkeys(candidate for _, candidate in near)
        return difflib.get_close_matches(name, list(candidates), count, least)


def _letters(name: str) -> str:
    """Return a name without what is between its words, in lower case."""
    return "".join(filter(str.isalnum, name.lower()))


def nearest(name: str, known: Iterable[str], least: float = 0.6) -> str | None:
    """Return the known name that is most similar to an unknown one; None if none is similar.

    Args:
        name: the unknown name.
        known: the known names.
        least: how similar they must be, from 0 to 1 (:func:`difflib.get_close_matches`).
    """
    import difflib  # noqa: PLC0415 - only where something is wrong

    return next(iter(difflib.get_close_matches(name, list(known), 1, least)), None)
