"""Two sides → a report: every change with what its readers need to judge it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from manualgen.comparison import sections, words
from manualgen.comparison.sections import SectionReport  # noqa: TC001 - msgspec evaluates annotations
from manualgen.comparison.sides import ComparedSet
from manualgen.comparison.words import Words  # noqa: TC001 - likewise
from manualgen.options import comparing
from manualgen.options.comparing import Part  # noqa: TC001 - likewise
from manualgen.options.model import identifier, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from manualgen.comparison.sides import ComparedTexts, Rendered, Side
    from manualgen.options.comparing import Difference, OptionChange
    from manualgen.options.model import Option

FORMAT = 1
"""The version of the report's form, which changes if programs that read it have to."""

ImpactName = Literal["breaking", "notable", "compatible", "documentation"]
IMPACTS: tuple[ImpactName, ...] = ("breaking", "notable", "compatible", "documentation")
"""What changes mean, the worst first."""


class PartReport(msgspec.Struct, frozen=True):
    """A part of an option that has changed.

    Attributes:
        part: the part.
        impact: what that means to configurations.
        reason: what has become of it, in a few words. ``formatting``: the text is the same.
        old: the part as readers saw it, as plain text; None if there was none.
        new: the part as they see it; None if there is none.
        words: how one text becomes the other, if the part is prose.
    """

    part: Part
    impact: ImpactName
    reason: str
    old: str | None = None
    new: str | None = None
    words: tuple[Words, ...] = ()


class OptionReport(msgspec.Struct, frozen=True, kw_only=True):
    """An option that has changed.

    Attributes:
        kind: how.
        impact: the worst that it means to configurations.
        reason: why, in a few words; "" if the parts say it.
        name: its name; if it is gone, the one that it had.
        old_name: the name of a renamed option before.
        has_alias: whether a renamed option can still be set by its old name.
        alias_of: the name of the option that an added or removed one is, or was, an alias of.
        id: its public identifier; if it is gone, the one that it had.
        module: the file that declares it, or the start of its name if that is not known.
        url: its address in a preview; None if it has none.
        type: the description of its type, which may be empty.
        default: its default, as plain text; None if it has none.
        parts: what has changed, the worst first; nothing for added and removed options.
    """

    kind: Literal["added", "removed", "renamed", "changed"]
    impact: ImpactName
    reason: str
    name: str
    old_name: str | None = None
    has_alias: bool = False
    alias_of: str | None = None
    id: str
    module: str
    url: str | None = None
    type: str
    default: str | None = None
    parts: tuple[PartReport, ...] = ()


class PrefixReport(msgspec.Struct, frozen=True):
    """A prefix that has replaced another; each of its options is reported, too.

    Attributes:
        old: the prefix as it was.
        new: the prefix as it is.
        options: the number of options that moved.
    """

    old: str
    new: str
    options: int


class SideReport(msgspec.Struct, frozen=True):
    """What was compared.

    Attributes:
        name: the name that the caller gave it.
        options: the number of its options.
        sections: the number of sections of its chapters; 0 for option sets.
    """

    name: str
    options: int
    sections: int = 0


class DiffReport(msgspec.Struct, frozen=True, kw_only=True):
    """What has changed between two option sets or manuals.

    Attributes:
        format: the version of this form.
        old, new: what was compared.
        unchanged: the number of options that have not changed.
        counts: the number of changed options by impact.
        prefixes: prefixes that have replaced others.
        options: the changed options, the worst changes first.
        sections: the changed sections of chapters, in the order of reading.
    """

    format: int = FORMAT
    old: SideReport
    new: SideReport
    unchanged: int
    counts: dict[ImpactName, int]
    prefixes: tuple[PrefixReport, ...] = ()
    options: tuple[OptionReport, ...] = ()
    sections: tuple[SectionReport, ...] = ()

    @property
    def is_breaking(self) -> bool:
        """Whether a configuration that worked may fail."""
        return self.counts["breaking"] > 0

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON has it, in plain dictionaries and lists."""
        data = _with_lists(msgspec.to_builtins(self))
        assert isinstance(data, dict)
        return data

    @property
    def is_empty(self) -> bool:
        """Whether nothing has changed."""
        return not self.options and not self.sections

    def render(
        self,
        output_format: Literal["text", "markdown", "json", "html"] = "text",
        *,
        width: int = 80,
        largest: int | None = None,
    ) -> str:
        """Return the report in a format.

        Args:
            output_format: the format.
            width: of text, the columns of a line.
            largest: of Markdown, the most bytes in UTF-8.

        Raises:
            ValueError: if there is no such format.
        """
        from manualgen.comparison import formats  # noqa: PLC0415 - the formats need this module

        return formats.render(self, output_format, width=width, largest=largest)

    def by_module(self) -> list[tuple[ImpactName, list[tuple[str, list[Entry]]]]]:
        """Return the changed options by impact, the worst first, and by module within it.

        Where only a prefix of several options has changed, that stands for them.
        """
        stands_for = self._moved_with_prefixes()
        groups: dict[ImpactName, dict[str, list[Entry]]] = {}
        for option in self.options:
            entries = groups.setdefault(option.impact, {}).setdefault(option.module, [])
            prefix = stands_for.get(option.name)
            if prefix is None:
                entries.append(option)
            elif prefix not in entries:
                entries.append(prefix)
        return [(impact, list(modules.items())) for impact, modules in groups.items()]

    def _moved_with_prefixes(self) -> dict[str, PrefixReport]:
        """Return the options of which only a prefix has changed, and which prefix that is."""
        known = {(prefix.old, prefix.new): prefix for prefix in self.prefixes}
        moved: dict[PrefixReport, list[OptionReport]] = {}
        for option in self.options:
            if option.old_name is None or option.has_alias or _is_changed(option):
                continue
            for pair in _prefixes(option.old_name, option.name):
                if pair in known:
                    moved.setdefault(known[pair], []).append(option)
                    break
        return {
            option.name: PrefixReport(prefix.old, prefix.new, len(options))
            for prefix, options in moved.items()
            if len(options) > 1
            for option in options
        }


Entry = OptionReport | PrefixReport
"""What a report lists below a module."""


def _prefixes(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Yield the prefixes of two names after which these are equal, the longest first."""
    end = len(new)
    while (end := new.rfind(".", 0, end)) >= 0 and old.endswith(new[end:]):
        yield old[: len(old) - len(new) + end], new[:end]


def _is_changed(option: OptionReport) -> bool:
    return any(part.part != "declared-in" for part in option.parts)


def _with_lists(value: object) -> object:
    if isinstance(value, dict):
        return {key: _with_lists(entry) for key, entry in value.items()}
    return [_with_lists(entry) for entry in value] if isinstance(value, tuple) else value


def compare(old: Side, new: Side, address: Callable[[str], str | None] | None = None) -> DiffReport:
    """Compare two sides.

    Args:
        old: the option set or manual as it was.
        new: the option set or manual as it is.
        address: the address in a preview of what has an identifier in the new one; None if
            there is no preview.
    """
    options: list[OptionReport] = []
    prefixes: list[PrefixReport] = []
    unchanged = 0
    for before, after in _pairs(old, new):
        comparison = comparing.compare(before.options, after.options)
        unchanged += comparison.unchanged
        prefixes += [
            PrefixReport(join(one.old), join(one.new), one.options) for one in comparison.prefixes
        ]
        for change in comparison.changes:
            report = _option(change, before, after, address)
            if report is None:
                unchanged += 1
            else:
                options.append(report)
    # Sorting keeps the order of options within an impact.
    options.sort(key=lambda one: IMPACTS.index(one.impact))
    counts: dict[ImpactName, int] = dict.fromkeys(IMPACTS, 0)
    for option in options:
        counts[option.impact] += 1
    return DiffReport(
        old=SideReport(old.name, old.count, sections.count(old.manual)),
        new=SideReport(new.name, new.count, sections.count(new.manual)),
        unchanged=unchanged,
        counts=counts,
        prefixes=tuple(prefixes),
        options=tuple(options),
        sections=sections.compare(old.manual, new.manual, address),
    )


def _pairs(old: Side, new: Side) -> Iterable[tuple[ComparedSet, ComparedSet]]:
    """Yield which set of a side is to be compared with which of the other.

    Sets of one prefix belong together, and the only sets of both sides do.
    """
    if len(old.sets) == len(new.sets) == 1:
        yield old.sets[0], new.sets[0]
        return
    old_sets = {one.prefix: one for one in old.sets}
    new_sets = {one.prefix: one for one in new.sets}
    for prefix in {**new_sets, **old_sets}:
        nothing = ComparedSet(prefix)
        yield old_sets.get(prefix, nothing), new_sets.get(prefix, nothing)


def _option(
    change: OptionChange,
    old: ComparedSet,
    new: ComparedSet,
    address: Callable[[str], str | None] | None,
) -> OptionReport | None:
    """Return the report of a changed option; None if no reader could see a change."""
    option = change.option
    owner = old if change.new is None else new
    parts = []
    if change.old is not None and change.new is not None:
        for difference in change.differences:
            part = _part(difference, change.old, change.new, old, new)
            if part is not None:
                parts.append(part)
        if change.kind == "changed" and not parts:
            return None
    public_id = identifier(option.name, owner.prefix)
    return OptionReport(
        kind=change.kind,
        impact=IMPACTS[change.impact],
        reason=change.reason,
        name=option.name,
        old_name=change.old.name if change.kind == "renamed" and change.old else None,
        has_alias=change.has_alias,
        alias_of=change.alias_of,
        id=public_id,
        module=owner.texts(option).module(option),
        url=address(public_id) if address is not None and change.new is not None else None,
        type=option.type,
        default=None if option.default is None else owner.texts(option).value(option.default).plain,
        parts=tuple(parts),
    )


def _part(
    difference: Difference, before: Option, after: Option, old: ComparedSet, new: ComparedSet
) -> PartReport | None:
    impact = IMPACTS[difference.impact]
    part = difference.part
    if part == "type":
        return PartReport(part, impact, difference.reason, before.type, after.type)
    if part == "declared-in":
        return PartReport(
            part,
            impact,
            difference.reason,
            old.texts(before).declared(before),
            new.texts(after).declared(after),
        )
    if part in {"read-only", "visibility"}:
        return PartReport(part, impact, difference.reason)
    return _text_part(
        difference, _shown(before, part, old.texts(before)), _shown(after, part, new.texts(after))
    )


def _shown(option: Option, part: Part, texts: ComparedTexts) -> Rendered | None:
    """Return a text of an option as readers see it."""
    if part in {"default", "example"}:
        value = option.default if part == "default" else option.example
        return None if value is None else texts.value(value)
    text = option.description if part == "description" else option.related_packages
    return None if text is None else texts.rendered(text)


def _text_part(
    difference: Difference, before: Rendered | None, after: Rendered | None
) -> PartReport | None:
    part, impact = difference.part, IMPACTS[difference.impact]
    old = None if before is None else before.plain
    new = None if after is None else after.plain
    if old is None or new is None:
        return PartReport(part, impact, difference.reason, old, new)
    if old == new:
        if before == after:
            return None
        return PartReport(part, "documentation", "formatting", old, new)
    compared = words.compare(old, new) if part in _PROSE else ()
    return PartReport(part, impact, difference.reason, old, new, compared)


_PROSE = frozenset({"description", "related-packages"})
