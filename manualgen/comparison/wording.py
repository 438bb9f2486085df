"""The words of reports, the same in every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from manualgen.comparison.report import DiffReport, ImpactName, OptionReport, PrefixReport
    from manualgen.comparison.sections import SectionReport
    from manualgen.options.comparing import Part

HEADINGS: Mapping[ImpactName, str] = {
    "breaking": "Breaking",
    "notable": "Notable",
    "compatible": "Compatible",
    "documentation": "Documentation only",
}
"""The impact of changes → the heading above them."""

MEANINGS: Mapping[ImpactName, str] = {
    "breaking": "Configurations that worked may fail.",
    "notable": "Configurations may mean something else.",
    "compatible": "Every configuration works as before.",
    "documentation": "Only what is said about the options has changed.",
}
"""The impact of changes → what that means."""

PARTS: Mapping[Part, str] = {
    "type": "Type",
    "default": "Default",
    "example": "Example",
    "read-only": "Read only",
    "visibility": "Visibility",
    "description": "Description",
    "related-packages": "Related packages",
    "declared-in": "Declared in",
}
"""A part of an option → its label."""


def counted(number: int, noun: str) -> str:
    """Return a number and a noun, in the plural unless the number is 1."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def summary(report: DiffReport) -> str:
    """Return one sentence, without a full stop, that says how much has changed."""
    counts = [f"{number:,} {name}" for name, number in report.counts.items() if number]
    if not counts and not report.sections:
        sides = [counted(report.new.options, "option")] if report.new.options else []
        if report.new.sections:
            sides.append(counted(report.new.sections, "section"))
        return f"nothing has changed in {' and '.join(sides) or '0 options'}"
    changes = counted(len(report.options), "changed option")
    text = f"{changes}: {', '.join(counts)}" if counts else "no option has changed"
    if report.sections:
        text += f"; {counted(len(report.sections), 'changed section')}"
    return text


def moved(prefix: PrefixReport) -> str:
    """Return what has become of the options below a prefix, without names."""
    return f"{counted(prefix.options, 'option')} renamed, without aliases of the old names"


def section(change: SectionReport) -> str:
    """Return what has become of a section, without its names."""
    if change.kind == "renamed":
        return "has another identifier"
    if change.kind == "moved":
        return "stands in another section"
    if change.kind == "changed" and change.old_title is not None:
        return "has another title" + (" and text" if change.words else "")
    return change.kind


def option(change: OptionReport) -> tuple[str, str]:
    """Return a word for what has become of an option, and details, which may be empty.

    Args:
        change: the option, which is still there.
    """
    if change.kind == "added":
        return "Added", "" if change.alias_of is None else f"alias of {change.alias_of}"
    parts = ", ".join(PARTS[part.part].lower() for part in change.parts)
    if change.kind == "renamed":
        return "Renamed", f"before, {change.old_name}" + (f"; {parts} changed" if parts else "")
    return "Changed", parts or change.reason
