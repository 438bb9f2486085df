"""A report as one self-contained page of HTML, in the look of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from manualgen.comparison import wording, words
from manualgen.comparison.report import OptionReport
from manualgen.site.theme import GENERATOR, asset, templates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from manualgen.comparison.report import DiffReport, Entry, PartReport
    from manualgen.comparison.sections import SectionReport
    from manualgen.comparison.words import Words

_CONTEXT = 12
_LINES_OF_CONTEXT = 3


def html(
    report: DiffReport,
    title: str = "",
    theme: Path | None = None,
    *,
    pages: Sequence[tuple[str, str]] | None = None,
    gone: Sequence[str] = (),
) -> str:
    """Return a report as a page.

    Args:
        report: the report.
        title: the heading of the page; the names of what was compared where empty.
        theme: a folder whose files replace the templates.
        pages: if this is the start page of a preview, the titles and addresses of its pages.
        gone: the paths of pages that are no longer there.

    Raises:
        ManualError: if a template of the theme has an error.
    """
    title = title or f"{report.old.name} → {report.new.name}"
    ids: set[str] = set()
    groups = [
        {
            "id": impact,
            "title": wording.HEADINGS[impact],
            "meaning": wording.MEANINGS[impact],
            "count": report.counts[impact],
            "modules": [
                {"title": module, "options": [_entry(entry, ids) for entry in entries]}
                for module, entries in modules
            ],
        }
        for impact, modules in report.by_module()
    ]
    return (
        templates(theme)
        .get_template("changes.html")
        .render(
            title=title,
            generator=GENERATOR,
            inline_style=asset("style.css", theme),
            summary=wording.summary(report),
            groups=groups,
            sections=[_section(section) for section in report.sections],
            is_preview=pages is not None,
            pages=[{"title": name, "href": href} for name, href in pages or ()],
            gone=gone,
        )
    )


def _entry(entry: Entry, ids: set[str]) -> dict[str, Any]:
    """Return an entry for the template.

    Args:
        entry: the entry.
        ids: the identifiers that the page has; several options may have become one.
    """
    if not isinstance(entry, OptionReport):
        return {
            "kind": "renamed",
            "name": f"{entry.new}.…",
            "old_name": f"{entry.old}.…",
            "url": None,
            "id": None,
            "reason": wording.moved(entry),
            "alias_of": None,
            "type": "",
            "parts": [],
        }
    identifier = f"{'old-' if entry.kind == 'removed' else ''}{entry.id}"
    is_first = identifier not in ids
    ids.add(identifier)
    return {
        "kind": entry.kind,
        "name": entry.name,
        "old_name": entry.old_name,
        "url": entry.url,
        "id": identifier if is_first else None,
        "reason": entry.reason,
        "alias_of": entry.alias_of,
        "type": entry.type if entry.kind == "added" else "",
        "parts": [_part(part) for part in entry.parts],
    }


def _part(part: PartReport) -> dict[str, Any]:
    is_formatting = part.reason == "formatting"
    old, new = ("", "") if is_formatting else (part.old or "", part.new or "")
    has_lines = "\n" in f"{old}{new}"
    return {
        "label": wording.PARTS[part.part],
        "reason": part.reason,
        "old": old,
        "new": new,
        "words": _runs(words.abridged(part.words, "word", _CONTEXT)),
        "lines": _runs(
            words.abridged(words.compare_lines(old, new), "line", _LINES_OF_CONTEXT)
            if has_lines and not part.words
            else []
        ),
    }


def _runs(runs: list[Words]) -> list[dict[str, str]]:
    return [{"kind": run.kind, "text": run.text} for run in runs]


def _section(section: SectionReport) -> dict[str, Any]:
    return {
        "kind": section.kind,
        "title": section.title,
        "old_title": section.old_title,
        "id": section.id,
        "old_id": section.old_id,
        "url": section.url,
        "reason": wording.section(section),
        "words": _runs(words.abridged(section.words, "word", _CONTEXT)),
    }
