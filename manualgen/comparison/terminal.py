"""A report as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.comparison import wording, words
from manualgen.comparison.report import OptionReport
from manualgen.errors import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from manualgen.comparison.report import DiffReport, Entry, PartReport, PrefixReport
    from manualgen.comparison.sections import SectionReport
    from manualgen.comparison.words import Words

    Segments = list[tuple[str, str]]

_STYLES = {"removed": "red", "added": "green", "equal": ""}
_SIGNS = {"added": "+", "removed": "-", "renamed": ">", "changed": "~"}
_SIGN_STYLES = {"added": "green", "removed": "red", "renamed": "yellow", "changed": "yellow"}
_HEADING_STYLES = {"breaking": "bold red", "notable": "bold yellow"}
_INDENT = " " * 6
_CONTEXT = 8
_LABEL = 18
"""The columns of a part's label."""


def segments(report: DiffReport, width: int = 80, *, marked: bool = True) -> Segments:
    """Return a report as pieces of text, each with its style as rich names it.

    Args:
        report: the report.
        width: the columns of the terminal.
        marked: whether what is removed and added in a sentence is marked by ``[-…-]`` and
            ``{+…+}``: where there is no colour.
    """
    return list(_Terminal(width, marked=marked).report(report))


class _Terminal:
    def __init__(self, width: int, *, marked: bool) -> None:
        self._width = max(40, width)
        self._marked = marked

    def report(self, report: DiffReport) -> Iterator[tuple[str, str]]:
        yield f"{_capital(wording.summary(report))}.\n", "bold"
        for impact, modules in report.by_module():
            count = report.counts[impact]
            style = _HEADING_STYLES.get(impact, "bold")
            yield f"\n{wording.HEADINGS[impact]} ({count:,})", style
            yield f"  {wording.MEANINGS[impact]}\n", "dim"
            for module, entries in modules:
                yield f"\n  {visible(module)}\n", "dim"
                for entry in entries:
                    yield from self._entry(entry)
        if report.sections:
            yield f"\nSections ({len(report.sections):,})\n\n", "bold"
            for section in report.sections:
                yield from self._section(section)

    def _entry(self, entry: Entry) -> Iterator[tuple[str, str]]:
        if not isinstance(entry, OptionReport):
            yield from self._prefix(entry)
            return
        yield f"  {_SIGNS[entry.kind]} ", _SIGN_STYLES[entry.kind]
        if entry.old_name is not None:
            yield f"{visible(entry.old_name)} → ", ""
        yield visible(entry.name), "bold"
        details = [] if entry.kind in {"added", "removed"} else [entry.reason]
        if entry.alias_of is not None:
            verb = "is" if entry.kind == "added" else "was"
            details.append(f"{verb} an alias of {visible(entry.alias_of)}")
        elif entry.kind == "added":
            details.append(visible(entry.type))
        text = "; ".join(filter(None, details))
        yield f"{'  ' if text else ''}{text}\n", "dim"
        for part in entry.parts:
            yield from self._part(part)

    def _prefix(self, prefix: PrefixReport) -> Iterator[tuple[str, str]]:
        yield "  > ", "yellow"
        yield f"{visible(prefix.old)}.… → ", ""
        yield f"{visible(prefix.new)}.…", "bold"
        yield f"  {wording.moved(prefix)}\n", "dim"

    def _part(self, part: PartReport) -> Iterator[tuple[str, str]]:
        yield f"{_INDENT}{wording.PARTS[part.part]:<{_LABEL}}", "dim"
        yield part.reason, ""
        if part.words:
            yield "\n", ""
            yield from self._prose(part.words)
            return
        old, new = _shown(part.old), _shown(part.new)
        line = f": {old or ''}{' → ' if old and new else ''}{new or ''}"
        used = len(_INDENT) + _LABEL + len(part.reason)
        if part.reason == "formatting" or part.part == "description":
            yield "\n", ""
        elif "\n" not in line and used + len(line) <= self._width:
            yield f"{line if old or new else ''}\n", ""
        else:
            yield "\n", ""
            yield from self._lines(old or "", new or "")

    def _lines(self, old: str, new: str) -> Iterator[tuple[str, str]]:
        """Yield two values: side by side if that fits, else one below the other."""
        compared = words.abridged(words.compare_lines(old, new), "line", 2)
        half = (self._width - len(_INDENT) - 7) // 2
        longest = max(map(len, f"{old}\n{new}".split("\n")))
        if old and new and longest <= half:
            for kind, left, right in _rows(compared):
                yield f"{_INDENT}  ", ""
                yield f"{left:<{longest}}", "red" if kind == "changed" else ""
                yield " │ ", "dim"
                yield f"{right}\n", "green" if kind == "changed" else ""
            return
        for run in compared:
            sign = {"removed": "- ", "added": "+ ", "equal": "  "}[run.kind]
            for line in run.text.rstrip("\n").split("\n"):
                yield f"{_INDENT}  {sign}{line}".rstrip() + "\n", _STYLES[run.kind]

    def _prose(self, compared: Sequence[Words]) -> Iterator[tuple[str, str]]:
        """Yield a text with its changes marked, wrapped."""
        pieces: Segments = []
        for run in words.abridged(compared, "word", _CONTEXT):
            text = visible(" ".join(f"|{run.text}|".split())[1:-1])
            if self._marked and run.kind != "equal":
                start, end = ("[-", "-]") if run.kind == "removed" else ("{+", "+}")
                text = f"{start}{text.rstrip()}{end}{' ' if text.endswith(' ') else ''}"
            pieces.append((text, _STYLES[run.kind]))
        room = self._width - len(_INDENT) - 2
        column = 0
        for word in _words(pieces):
            length = sum(len(text) for text, _ in word)
            if not column or column + 1 + length > room:
                yield ("\n" if column else "") + f"{_INDENT}  ", ""
                column = length
            else:
                yield " ", ""
                column += 1 + length
            yield from word
        yield "\n", ""

    def _section(self, section: SectionReport) -> Iterator[tuple[str, str]]:
        sign = _SIGNS.get(section.kind, "~")
        yield f"  {sign} ", _SIGN_STYLES.get(section.kind, "yellow")
        if section.old_title is not None:
            yield f"{visible(section.old_title)} → ", ""
        yield visible(section.title), "bold"
        ids = f"#{section.old_id} → #{section.id}" if section.old_id else f"#{section.id}"
        yield f"  {visible(ids)}", "dim"
        yield f"  {wording.section(section)}\n", "dim"
        if section.words:
            yield from self._prose(section.words)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown(text: str | None) -> str | None:
    return None if text is None else "\n".join(map(visible, text.split("\n")))


def _words(pieces: Segments) -> Iterator[Segments]:
    """Yield what stands between the spaces of some pieces of text, which may divide words."""
    word: Segments = []
    for text, style in pieces:
        for index, part in enumerate(text.split(" ")):
            if index and word:
                yield word
                word = []
            if part:
                word.append((part, style))
    if word:
        yield word


def _rows(compared: Iterable[Words]) -> Iterator[tuple[str, str, str]]:
    """Yield the lines of two values that stand beside each other."""
    removed: list[str] = []
    for run in compared:
        lines = run.text.rstrip("\n").split("\n")
        if run.kind == "removed":
            removed = lines
            continue
        if run.kind == "added":
            count = max(len(removed), len(lines))
            padded = [[*some, *([""] * (count - len(some)))] for some in (removed, lines)]
            yield from (("changed", left, right) for left, right in zip(*padded, strict=True))
        else:
            yield from (("changed", line, "") for line in removed)
            yield from (("equal", line, line) for line in lines)
        removed = []
    yield from (("changed", line, "") for line in removed)


def plain(report: DiffReport, width: int = 80) -> str:
    """Return a report as text without colour.

    Args:
        report: the report.
        width: the columns of the terminal.
    """
    return "".join(text for text, _ in segments(report, width))
