"""The option sets of earlier releases → what each option of a set has been through."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.options import comparing
from manualgen.options.comparing import Impact
from manualgen.options.model import HistoryEvent, Option, OptionHistory
from manualgen.options.renames import pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from manualgen.options.comparing import Difference, OptionChange, SetComparison

_LONGEST_DEFAULT = 60
"""The most characters of a default that is shown after it has changed."""

_VERSION = re.compile(r"v?\d+(?:\.\d+)*")


def in_order(releases: Iterable[str]) -> list[str]:
    """Return releases in their order, the oldest first.

    Args:
        releases: their names. If all are version numbers, such as ``25.05``, the numbers say the
            order; else it is that of the names.
    """
    names = list(releases)
    if not all(_VERSION.fullmatch(name) for name in names):
        return names
    return sorted(names, key=lambda name: [int(part) for part in re.findall(r"\d+", name)])


def with_history(
    options: Sequence[Option], releases: Mapping[str, Sequence[Option]]
) -> list[Option]:
    """Return options with what earlier releases say about each.

    Args:
        options: the options.
        releases: the name of each release and its options.

    Returns:
        The options in the same order. They are as they were if no release has any of them: then
        the releases are not theirs.
    """
    names = {option.name for option in options}
    if not any(option.name in names for old in releases.values() for option in old):
        return list(options)
    histories = _histories(options, [(name, releases[name]) for name in in_order(releases)])
    return [msgspec.structs.replace(option, history=histories[option.name]) for option in options]


class _Known:
    """What is known of an option, from the newest release backwards."""

    __slots__ = ("events", "name", "names", "since")

    def __init__(self, name: str) -> None:
        """Begin with the option as it is.

        Args:
            name: its name.
        """
        self.name = name
        self.names: list[str] = []
        self.since: str | None = None
        self.events: list[HistoryEvent] = []


def _histories(
    options: Sequence[Option], releases: Sequence[tuple[str, Sequence[Option]]]
) -> dict[str, OptionHistory]:
    known = {option.name: _Known(option.name) for option in options}
    newer: tuple[str, Sequence[Option]] = ("", options)
    for older in reversed(releases):
        _go_back(known.values(), newer[0], comparing.compare(older[1], newer[1]))
        newer = older
    oldest, newest = releases[0][0], releases[-1][0]
    return {
        name: OptionHistory(
            oldest if one.since is None else one.since,
            one.since is None,
            newest,
            tuple(reversed(one.events)),
            tuple(one.names),
        )
        for name, one in known.items()
    }


def _go_back(options: Iterable[_Known], release: str, comparison: SetComparison) -> None:
    """Add what a release has changed.

    Args:
        options: what is known of the options of the newest set.
        release: the name of the release; "" for the newest set.
        comparison: how it differs from the release before.
    """
    changes = _by_new_name(comparison)
    for option in options:
        if option.since is not None:
            continue
        name = option.name
        for change in changes.get(name, ()):
            if change.old is None:
                option.since = release
            elif change.kind == "changed":
                option.events += reversed(list(_events(change, release)))
            else:
                option.names.append(change.old.name)
                # Of several options that have become one, the history of one goes on.
                if change.takes_place and option.name == name:
                    option.name = change.old.name
                    option.events += reversed(list(_events(change, release)))


def _by_new_name(comparison: SetComparison) -> dict[str, list[OptionChange]]:
    """Return the changes by the name that an option has after them.

    Several options may have become one.
    """
    changes: dict[str, list[OptionChange]] = {}
    for change in comparison.changes:
        if change.new is not None:
            changes.setdefault(change.new.name, []).append(change)
    for several in changes.values():
        several.sort(key=lambda one: (one.has_alias, one.option.name))
    return changes


def _events(change: OptionChange, release: str) -> Iterator[HistoryEvent]:
    old, new = change.old, change.new
    assert old is not None
    assert new is not None
    if change.kind == "renamed" and pattern_of(old.loc) != pattern_of(new.loc):
        yield HistoryEvent("renamed", release, old.name)
    for difference in change.differences:
        if difference.part == "default" and difference.impact is not Impact.DOCUMENTATION:
            text = "" if old.default is None else old.default.text.strip()
            is_short = len(text) <= _LONGEST_DEFAULT and "\n" not in text
            yield HistoryEvent("default", release, text if is_short else "")
        elif difference.part == "type" and _tells_something(old, difference):
            yield HistoryEvent(
                "type", release, old.type if len(old.type) <= _LONGEST_DEFAULT else ""
            )
        elif difference.part == "read-only" and new.read_only:
            yield HistoryEvent("read-only", release)


def _tells_something(old: Option, difference: Difference) -> bool:
    """Return whether a type has become another one, and was one before."""
    is_known = not old.type.startswith("unspecified")
    return is_known and difference.impact is not Impact.DOCUMENTATION
