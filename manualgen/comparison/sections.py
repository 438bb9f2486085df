"""The chapters of two manuals → their sections that have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.comparison import words
from manualgen.comparison.words import Words  # noqa: TC001 - msgspec evaluates annotations
from manualgen.writers.plain import PlainWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from manualgen.book.manual import Manual
    from manualgen.book.model import Division


class SectionReport(msgspec.Struct, frozen=True, kw_only=True):
    """A section of a chapter that has changed, without the sections in it.

    Attributes:
        kind: how. ``renamed``: its identifier has changed, so that old links lead nowhere
            unless redirects.json says where; ``moved``: it is in another section.
        id: its identifier; if it is gone, the one that it had.
        title: its title; likewise.
        url: its address in a preview; None if it has none.
        old_id: its identifier before, if that has changed.
        old_title: its title before, if that has changed.
        words: how its text has changed.
    """

    kind: Literal["added", "removed", "renamed", "moved", "changed"]
    id: str
    title: str
    url: str | None = None
    old_id: str | None = None
    old_title: str | None = None
    words: tuple[Words, ...] = ()


class _Section(msgspec.Struct, frozen=True):
    """A division as it is compared."""

    id: str
    parent: str
    title: str
    text: str


def count(manual: Manual | None) -> int:
    """Return the number of sections of a manual's chapters."""
    return 0 if manual is None or manual.outline is None else len(manual.outline.divisions)


def compare(
    old: Manual | None,
    new: Manual | None,
    address: Callable[[str], str | None] | None = None,
) -> tuple[SectionReport, ...]:
    """Return the sections that have changed, in the order of reading; removed ones last.

    Args:
        old: the manual as it was; None for an option set.
        new: the manual as it is; None for an option set.
        address: the address in a preview of what has an identifier in the new manual.
    """
    before, after = _sections(old), _sections(new)
    gone = {name: section for name, section in before.items() if name not in after}
    by_content = {(section.title, section.text): section for section in gone.values()}
    reports = []
    for name, section in after.items():
        known = before.get(name)
        report: SectionReport | None
        if known is not None:
            report = _changed(known, section)
        else:
            report = SectionReport(kind="added", id=name, title=section.title)
            same = by_content.pop((section.title, section.text), None) if section.text else None
            if same is not None:
                del gone[same.id]
                report = msgspec.structs.replace(report, kind="renamed", old_id=same.id)
        if report is not None:
            url = None if address is None else address(name)
            reports.append(msgspec.structs.replace(report, url=url))
    reports += [
        SectionReport(kind="removed", id=name, title=section.title)
        for name, section in gone.items()
    ]
    return tuple(reports)


def _changed(old: _Section, new: _Section) -> SectionReport | None:
    compared = words.compare(old.text, new.text) if old.text != new.text else ()
    if all(run.kind == "equal" for run in compared) and old.title == new.title:
        if old.parent == new.parent:
            return None
        return SectionReport(kind="moved", id=new.id, title=new.title)
    return SectionReport(
        kind="changed",
        id=new.id,
        title=new.title,
        old_title=None if old.title == new.title else old.title,
        words=compared,
    )


def _sections(manual: Manual | None) -> dict[str, _Section]:
    if manual is None or manual.outline is None or manual.labels is None:
        return {}
    writer = PlainWriter(manual.links(lambda _: None), manual.outline.numbers)
    found = {}
    for division in manual.outline.divisions:
        found[division.identifier] = _Section(
            division.identifier,
            division.parent.identifier if division.parent is not None else "",
            manual.labels.plain(division.title, division.identifier),
            _text(writer, division),
        )
    return found


def _text(writer: PlainWriter, division: Division) -> str:
    return writer.blocks(
        [block for block in division.blocks if isinstance(block, docutils_nodes.Node)]
    )
