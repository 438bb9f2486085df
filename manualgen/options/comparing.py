"""Two option sets → what a user of the options would want to know has changed."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Literal

import msgspec

from manualgen.options import nix, renames, type_changes
from manualgen.options.model import Markup, Option, split
from manualgen.options.renames import RenamedPrefix, alias_target, pattern_of
from manualgen.options.tree import sort_key
from manualgen.options.type_changes import TypeChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from manualgen.options.model import Declaration, Text


class Impact(enum.IntEnum):
    """What a change means to configurations that use the option; the worst first."""

    BREAKING = 0
    """A configuration that worked may fail."""
    NOTABLE = 1
    """A configuration may mean something else."""
    COMPATIBLE = 2
    """Every configuration works as before; more is possible."""
    DOCUMENTATION = 3
    """Only what is said about the option has changed."""

    @property
    def label(self) -> str:
        """The name in lower case."""
        return self.name.lower()


Part = Literal[
    "type",
    "default",
    "example",
    "read-only",
    "visibility",
    "description",
    "related-packages",
    "declared-in",
]
"""What of an option has changed."""


class Difference(msgspec.Struct, frozen=True):
    """A part of an option that has changed.

    Attributes:
        part: the part.
        impact: what that means to configurations.
        reason: what has become of it, in a few words: ``narrowed``, ``removed``.
    """

    part: Part
    impact: Impact
    reason: str


class OptionChange(msgspec.Struct, frozen=True):
    """An option that has changed.

    Attributes:
        kind: how.
        old: the option as it was; None if it is new.
        new: the option as it is; None if it is gone.
        impact: the worst that this means to configurations.
        reason: why, in a few words; "" if the differences say it.
        differences: what has changed, the worst first; for a renamed option beside its name.
        has_alias: whether a renamed option can still be set by its old name.
        alias_of: the name of the option that an added or removed one is, or was, an alias of.
        takes_place: whether a renamed option is new by its name, and not one that the old set had.
    """

    kind: Literal["added", "removed", "renamed", "changed"]
    old: Option | None
    new: Option | None
    impact: Impact
    reason: str = ""
    differences: tuple[Difference, ...] = ()
    has_alias: bool = False
    alias_of: str | None = None
    takes_place: bool = True

    @property
    def option(self) -> Option:
        """The option as it is or, if it is gone, as it was."""
        option = self.new or self.old
        assert option is not None
        return option


class SetComparison(msgspec.Struct, frozen=True):
    """What has changed between two option sets.

    Attributes:
        changes: the options that have changed, the worst changes first, then in the order of
            options.
        prefixes: prefixes that have replaced others; each of their options is a change, too.
        unchanged: the number of options that have not changed.
    """

    changes: tuple[OptionChange, ...]
    prefixes: tuple[RenamedPrefix, ...] = ()
    unchanged: int = 0


def compare(old: Iterable[Option], new: Iterable[Option]) -> SetComparison:
    """Compare two option sets.

    The order of their options does not matter. Of options with the same name, the last counts.

    Args:
        old: the options as they were.
        new: the options as they are.
    """
    old_options = {option.name: option for option in old}
    new_options = {option.name: option for option in new}
    changes: list[OptionChange] = []
    removed: list[Option] = []
    replaced: dict[str, str] = {}
    unchanged = 0
    for name, before in old_options.items():
        after = new_options.get(name)
        if after is None:
            removed.append(before)
        elif before == after:
            unchanged += 1
        elif (target := _new_alias(before, after, new_options)) is not None:
            replaced[name] = target
        elif differences := _sorted_differences(before, after):
            changes.append(
                OptionChange("changed", before, after, differences[0].impact, "", differences)
            )
        else:
            unchanged += 1
    replaced |= _below_aliases(removed, replaced, new_options)
    removed = [option for option in removed if option.name not in replaced]
    known = {*old_options, *replaced.values()}
    added = [option for name, option in new_options.items() if name not in known]
    found = renames.find(
        [option for option in removed if alias_target(option) is None],
        [option for option in added if alias_target(option) is None],
        old_options.values(),
        new_options.values(),
    )
    for name, target in (*replaced.items(), *found.names.items()):
        had_target = target in old_options
        changes.append(
            _renamed(
                old_options[name],
                new_options[target],
                had_target=had_target,
                alias=name in replaced,
            )
        )
    changes += [_removed(option) for option in removed if option.name not in found.names]
    taken = set(found.names.values())
    changes += [_added(option) for option in added if option.name not in taken]
    changes.sort(key=lambda one: (one.impact, sort_key(one.option.loc), one.option.name))
    return SetComparison(tuple(changes), found.prefixes, unchanged)


def _new_alias(before: Option, after: Option, options: dict[str, Option]) -> str | None:
    """Return the name of the option that an option has become an alias of, or None."""
    target = alias_target(after)
    if target is None or target == after.name or target not in options:
        return None
    return target if alias_target(before) is None else None


def _below_aliases(
    removed: Iterable[Option], aliases: dict[str, str], options: dict[str, Option]
) -> dict[str, str]:
    """Return the new names of removed options below an option that is an alias now.

    Args:
        removed: the options that the new set does not have.
        aliases: the options that have become aliases, and what they are aliases of.
        options: the new set.
    """
    if not aliases:
        return {}
    targets = {split(name): options[target].loc for name, target in aliases.items()}
    lengths = sorted({len(loc) for loc in targets})
    patterns: dict[tuple[str, ...], str] = {}
    for name, option in options.items():
        patterns.setdefault(pattern_of(option.loc), name)
    found = {}
    for option in removed:
        for length in lengths:
            start = targets.get(option.loc[:length])
            target = patterns.get(pattern_of((*(start or ()), *option.loc[length:])))
            if start is not None and target is not None and length < len(option.loc):
                found[option.name] = target
                break
    return found


def _removed(option: Option) -> OptionChange:
    impact = _for_users(option, Impact.BREAKING)
    return OptionChange("removed", option, None, impact, "removed", alias_of=alias_target(option))


def _added(option: Option) -> OptionChange:
    return OptionChange(
        "added", None, option, Impact.COMPATIBLE, "added", alias_of=alias_target(option)
    )


def _renamed(old: Option, new: Option, *, had_target: bool, alias: bool) -> OptionChange:
    """Return the change of an option that has another name now.

    Args:
        old: the option as it was.
        new: the option that it is now.
        had_target: whether the old set had that, too.
        alias: whether the old name is an alias.
    """
    if alias:
        impact, reason = Impact.NOTABLE, "renamed, with an alias of the old name"
    elif _is_same_place(old.loc, new.loc):
        impact, reason = Impact.DOCUMENTATION, "only a placeholder is named otherwise"
    else:
        impact = _for_users(old, Impact.BREAKING)
        reason = "renamed, without an alias of the old name"
    differences = () if had_target else _sorted_differences(old, new)
    impact = min([impact, *(one.impact for one in differences)])
    return OptionChange(
        "renamed",
        old,
        new,
        impact,
        reason,
        differences,
        has_alias=alias,
        takes_place=not had_target,
    )


def _is_same_place(old: Sequence[str], new: Sequence[str]) -> bool:
    """Return whether definitions of an option mean another one, too, with other placeholders.

    ``<name?>`` stands for a list as well as for an attribute set, ``*`` for a list alone.
    """
    parts = zip(pattern_of(tuple(old)), pattern_of(tuple(new)), new, strict=False)
    return len(old) == len(new) and all(
        before == after or (before == "*" and part.endswith("?>")) for before, after, part in parts
    )


def _for_users(option: Option, impact: Impact) -> Impact:
    """Return what a change means, given that no configuration is to set internal options."""
    return max(impact, Impact.NOTABLE) if option.internal else impact


_ORDER: dict[str, int] = {
    name: index
    for index, name in enumerate(
        ("type", "default", "read-only", "visibility", "example", "description")
    )
}


def _sorted_differences(old: Option, new: Option) -> tuple[Difference, ...]:
    return tuple(
        sorted(
            _differences(old, new),
            key=lambda one: (one.impact, _ORDER.get(one.part, len(_ORDER))),
        )
    )


def _differences(old: Option, new: Option) -> Iterator[Difference]:
    """Yield what has changed of an option, beside its name."""
    if old.type != new.type:
        yield _type_difference(old, new)
    if not _equal(old.default, new.default):
        yield _default_difference(old, new)
    if old.read_only != new.read_only:
        yield (
            Difference("read-only", _for_users(old, Impact.BREAKING), "became read-only")
            if new.read_only
            else Difference("read-only", Impact.COMPATIBLE, "can be set now")
        )
    if (old.visible, old.internal) != (new.visible, new.internal):
        is_hidden = new.internal > old.internal or (not new.visible and bool(old.visible))
        yield Difference(
            "visibility", Impact.NOTABLE if is_hidden else Impact.COMPATIBLE, _visibility(old, new)
        )
    texts: tuple[tuple[Part, Text | None, Text | None], ...] = (
        ("example", old.example, new.example),
        ("description", old.description, new.description),
        ("related-packages", old.related_packages, new.related_packages),
    )
    for part, before, after in texts:
        if not _equal(before, after):
            yield Difference(part, Impact.DOCUMENTATION, _became(before, after))
    files, new_files = _files(old.declarations), _files(new.declarations)
    if files != new_files:
        reason = "changed" if files and new_files else "removed" if files else "added"
        yield Difference("declared-in", Impact.DOCUMENTATION, reason)


_TYPE_IMPACTS = {
    TypeChange.REWORDED: (Impact.DOCUMENTATION, "reworded"),
    TypeChange.WIDENED: (Impact.COMPATIBLE, "widened"),
    TypeChange.NARROWED: (Impact.BREAKING, "narrowed"),
    TypeChange.REPLACED: (Impact.BREAKING, "changed"),
    TypeChange.UNKNOWN: (Impact.NOTABLE, "changed"),
}


def _type_difference(old: Option, new: Option) -> Difference:
    if not old.type or not new.type:
        return Difference("type", Impact.DOCUMENTATION, "added" if new.type else "removed")
    impact, reason = _TYPE_IMPACTS[type_changes.change_of(old.type, new.type)]
    return Difference("type", _for_users(old, impact), reason)


def _default_difference(old: Option, new: Option) -> Difference:
    if old.default is None:
        return Difference("default", Impact.COMPATIBLE, "added")
    if new.default is not None:
        if _is_same_code(old.default, new.default):
            return Difference("default", Impact.DOCUMENTATION, "laid out otherwise")
        return Difference("default", Impact.NOTABLE, "changed")
    if new.read_only or type_changes.has_empty_value(new.type):
        return Difference("default", Impact.NOTABLE, "removed")
    return Difference("default", _for_users(old, Impact.BREAKING), "removed; it has to be set now")


def _is_same_code(old: Text, new: Text) -> bool:
    """Return whether two texts are the same Nix expression but for the white space in it."""
    if {old.markup, new.markup} - {Markup.NIX, Markup.AUTO}:
        return False
    return nix.without_layout(old.text) == nix.without_layout(new.text)


def _visibility(old: Option, new: Option) -> str:
    if old.internal != new.internal:
        return "became internal" if new.internal else "is no longer internal"
    if bool(old.visible) != bool(new.visible):
        return "became visible" if new.visible else "became hidden"
    return "changed"


def _became(old: Text | None, new: Text | None) -> str:
    if old is None:
        return "added"
    return "removed" if new is None else "changed"


def _equal(old: Text | None, new: Text | None) -> bool:
    """Return whether two texts are equal but for white space around them.

    A text whose markup is not stated may have that of the other.
    """
    if old is None or new is None:
        return old is new
    if old.markup is not new.markup and Markup.AUTO not in {old.markup, new.markup}:
        return False
    return old.text == new.text or old.text.strip() == new.text.strip()


_STORE = re.compile(r"(?:file://)?/nix/store/[0-9a-z]{32}-")


def _files(declarations: Iterable[Declaration]) -> list[str]:
    """Return the files of declarations, without what differs with each evaluation."""
    return sorted(_STORE.sub("", declaration.name) for declaration in declarations)
