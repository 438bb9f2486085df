"""Which removed option lives on as which added one.

A set does not say so, except by an alias (``mkAliasOptionModule``). Otherwise the options'
own words tell: two options of different names that say the same, in enough words, and are
alone in saying it. What many options say (``Whether to enable this.``) proves nothing, but
where a prefix is renamed, what is below it goes with it.
"""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import msgspec

from manualgen.options.tree import DEEPEST, SortKey, sort_key
from manualgen.options.type_changes import TypeChange, change_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from manualgen.options.model import Option

    Path = tuple[str, ...]

_SIBLING_WORDS = 3
_RELATED_WORDS = 5
_UNRELATED_WORDS = 10
"""How many words two options must share that have one parent, that have another sign of being
related, or that have nothing else in common."""

_PREFIX_WORDS = 6
"""How many words the options must share below two prefixes of which one replaces the other."""

_MOST_PAIRS = 64
"""A text that would make more pairs than this tells nothing."""

_ALIAS = re.compile(
    r"\s*Alias of (?:\{option\}`(?P<role>[^`\n]+)`|<option>(?P<element>[^<\n]+)</option>"
    r"|`(?P<code>[^`\n]+)`)\.?\s*"
)


def alias_target(option: Option) -> str | None:
    """Return the name of the option that an option is an alias of; None if it is none.

    ``mkRenamedOptionModule`` and ``mkAliasOptionModule`` describe an option so, and in no
    other way.

    Args:
        option: the option.
    """
    text = option.description
    match = _ALIAS.fullmatch(text.text) if text is not None and "Alias of" in text.text else None
    return next(filter(None, match.groups())) if match is not None else None


class RenamedPrefix(msgspec.Struct, frozen=True):
    """A prefix that has replaced another.

    Attributes:
        old, new: the prefixes.
        options: the number of options that were below the old one and are below the new one.
    """

    old: Path
    new: Path
    options: int


class Renames(msgspec.Struct, frozen=True):
    """What :func:`find` returns.

    Attributes:
        names: old name → new name.
        prefixes: the prefixes that were replaced, in order.
    """

    names: Mapping[str, str]
    prefixes: tuple[RenamedPrefix, ...] = ()


def find(
    removed: Sequence[Option],
    added: Sequence[Option],
    old: Iterable[Option],
    new: Iterable[Option],
) -> Renames:
    """Return which of the removed options are which of the added ones.

    Args:
        removed: the options that only the old set has.
        added: the options that only the new set has.
        old: all options of the old set.
        new: all options of the new set.
    """
    if not removed or not added:
        return Renames({})
    return _Finder(removed, added).find(old, new)


_MARKUP = re.compile(r"</?[a-z]+[^<>]*>|\{[a-z]+\}(?=`)")
_WORD = re.compile(r"\w+")


@functools.lru_cache(maxsize=65536)
def _words_of(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(_MARKUP.sub(" ", text).lower()))


def _said(words: tuple[str, ...]) -> int:
    """Return how many words say something beside what ``mkEnableOption`` and such add."""
    count = len(words)
    if words[:3] == ("whether", "to", "enable"):
        count -= 3
    if words[-3:] == ("package", "to", "use"):
        count -= 3 + (words[0] == "the")
    return count


def _words(option: Option) -> tuple[str, ...]:
    """Return the words of an option's description, without its markup."""
    return () if option.description is None else _words_of(option.description.text)


class _Finder:
    def __init__(self, removed: Sequence[Option], added: Sequence[Option]) -> None:
        self._removed = {option.name: option for option in sorted(removed, key=_order)}
        self._added = {option.name: option for option in sorted(added, key=_order)}
        self._below_old = _by_prefix(self._removed.values())
        self._below_new = _by_prefix(self._added.values())
        self._names: dict[str, str] = {}
        self._prefixes: list[RenamedPrefix] = []

    def find(self, old: Iterable[Option], new: Iterable[Option]) -> Renames:
        self._rename_placeholders()
        for prefixes in self._prefix_candidates():
            self._rename_prefix(*prefixes)
        self._rename_siblings()
        if self._removed and self._added:
            self._rename_others(Counter(map(_words, old)), Counter(map(_words, new)))
        self._prefixes.sort(key=lambda one: (sort_key(one.old), one.new))
        return Renames(self._names, tuple(self._prefixes))

    def _pair(self, old: Option, new: Option) -> None:
        self._names[old.name] = new.name
        del self._removed[old.name], self._added[new.name]

    def _same_words(self) -> list[tuple[tuple[str, ...], list[Option], list[Option]]]:
        """Return what both removed and added options say, and the options that say it."""
        removed, added = _by_words(self._removed.values()), _by_words(self._added.values())
        return [
            (words, options, added[words])
            for words, options in removed.items()
            if words in added and len(words) >= _SIBLING_WORDS
        ]

    def _rename_placeholders(self) -> None:
        """Pair options whose names differ in the names of placeholders only."""
        removed, added = _by_pattern(self._removed.values()), _by_pattern(self._added.values())
        for pattern, options in removed.items():
            others = added.get(pattern, ())
            if len(options) == len(others) == 1:
                self._pair(options[0], others[0])

    # ─── prefixes ───

    def _prefix_candidates(self) -> list[tuple[Path, Path]]:
        """Return pairs of prefixes below which options say the same, the best first."""
        shared: dict[tuple[Path, Path], set[tuple[str, ...]]] = defaultdict(set)
        for words, removed, added in self._same_words():
            if len(removed) * len(added) > _MOST_PAIRS:
                continue
            for old in removed:
                for new in added:
                    if _may_replace(old, new):
                        for prefixes in _prefixes(old.loc, new.loc):
                            shared[prefixes].add(words)
        scores = {
            prefixes: len(texts)
            for prefixes, texts in shared.items()
            if len(texts) >= 2 and sum(map(_said, texts)) >= _PREFIX_WORDS
        }
        # Only one prefix can replace another: where two would do as well, none is taken.
        best_of_old, best_of_new = _best(scores, 0), _best(scores, 1)
        candidates = [
            (old, new)
            for old, new in scores
            if best_of_old[old] == [new] and best_of_new[new] == [old]
        ]
        # `programs.x` → `services.x` says more than `programs` → `services`.
        candidates.sort(
            key=lambda pair: (min(map(len, pair)) < 2, -scores[pair], -len(pair[0]), pair)
        )
        return candidates

    def _rename_prefix(self, old: Path, new: Path) -> None:
        below_old = _below(old, self._below_old, self._removed)
        below_new = _below(new, self._below_new, self._added)
        pairs = [
            (option, below_new[rest])
            for rest, option in below_old.items()
            if rest in below_new and _may_replace(option, below_new[rest])
        ]
        same = [_words(before) for before, after in pairs if _words(before) == _words(after)]
        texts = {words for words in same if len(words) >= _SIBLING_WORDS}
        if (
            len(texts) < 2
            or sum(map(_said, texts)) < _PREFIX_WORDS
            or len(pairs) * 2 < len(below_old)
            or len(same) * 2 < len(pairs)
        ):
            return
        for before, after in pairs:
            self._pair(before, after)
        self._prefixes.append(RenamedPrefix(old, new, len(pairs)))

    # ─── single options ───

    def _rename_siblings(self) -> None:
        for _, removed, added in self._same_words():
            parents_of_removed = Counter(option.loc[:-1] for option in removed)
            siblings = defaultdict(list)
            for option in added:
                siblings[option.loc[:-1]].append(option)
            for option in removed:
                parent = option.loc[:-1]
                others = siblings.get(parent, ())
                if len(others) == parents_of_removed[parent] == 1 and _may_replace(
                    option, others[0]
                ):
                    self._pair(option, others[0])

    def _rename_others(
        self, count_in_old: Counter[tuple[str, ...]], count_in_new: Counter[tuple[str, ...]]
    ) -> None:
        for words, removed, added in self._same_words():
            if count_in_old[words] != 1 or count_in_new[words] != 1:
                continue
            (old,), (new,) = removed, added
            needed = _RELATED_WORDS if _are_related(old, new) else _UNRELATED_WORDS
            if len(words) >= needed and _may_replace(old, new):
                self._pair(old, new)


def _order(option: Option) -> tuple[SortKey, str]:
    return sort_key(option.loc), option.name


_PLACEHOLDER = re.compile(r"<.*>", re.DOTALL)


def pattern_of(loc: Path) -> Path:
    """Return a path with ``<>`` for each placeholder, whatever its name is.

    Args:
        loc: the path.
    """
    return tuple("<>" if _PLACEHOLDER.fullmatch(part) else part for part in loc)


def _by_pattern(options: Iterable[Option]) -> dict[Path, list[Option]]:
    groups: dict[Path, list[Option]] = {}
    for option in options:
        if "<" in option.name:
            groups.setdefault(pattern_of(option.loc), []).append(option)
    return groups


def _by_words(options: Iterable[Option]) -> dict[tuple[str, ...], list[Option]]:
    groups: dict[tuple[str, ...], list[Option]] = {}
    for option in options:
        groups.setdefault(_words(option), []).append(option)
    return groups


_CERTAIN = frozenset({TypeChange.REWORDED, TypeChange.WIDENED, TypeChange.NARROWED})


def _may_replace(old: Option, new: Option) -> bool:
    """Return whether the type of an option lets it be another option's new form."""
    return old.type == new.type or change_of(old.type, new.type) in _CERTAIN


def _are_related(old: Option, new: Option) -> bool:
    """Return whether two options are declared in one file, or have two leading components."""
    return old.loc[:2] == new.loc[:2] or not {*old.declared_in}.isdisjoint(new.declared_in)


def _prefixes(old: Path, new: Path) -> list[tuple[Path, Path]]:
    """Return the pairs of prefixes of two paths after which these are equal."""
    pairs = []
    for length in range(1, min(len(old), len(new), DEEPEST)):
        if old[-length] != new[-length]:
            break
        pairs.append((old[:-length], new[:-length]))
    return [pair for pair in pairs if pair[0] != pair[1]]


def _best(scores: Mapping[tuple[Path, Path], int], side: int) -> dict[Path, list[Path]]:
    """Return for each prefix of a side those of the other side with the highest score."""
    best: dict[Path, tuple[int, list[Path]]] = {}
    for pair, score in scores.items():
        prefix, other = pair[side], pair[1 - side]
        highest, others = best.get(prefix, (0, []))
        if score > highest:
            best[prefix] = (score, [other])
        elif score == highest:
            others.append(other)
    return {prefix: others for prefix, (_, others) in best.items()}


def _by_prefix(options: Iterable[Option]) -> dict[Path, list[Option]]:
    """Return the options below each prefix of their paths."""
    groups: dict[Path, list[Option]] = {}
    for option in options:
        loc = option.loc
        for length in range(1, min(len(loc), DEEPEST)):
            groups.setdefault(loc[:length], []).append(option)
    return groups


def _below(
    prefix: Path, options: Mapping[Path, list[Option]], remaining: Mapping[str, Option]
) -> dict[Path, Option]:
    """Return the remaining options below a prefix, by the rest of their paths."""
    length = len(prefix)
    return {
        option.loc[length:]: option
        for option in options.get(prefix, ())
        if option.name in remaining
    }
