"""A report as Markdown for a comment on a change: inert, and cut to a size.

Names and texts come from strangers. They stand in code only, where GitHub and GitLab look
neither for markup nor for mentions (``@name``) and references (``#1``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.comparison import wording, words
from manualgen.comparison.report import IMPACTS, OptionReport
from manualgen.errors import visible
from manualgen.writers.markdown.escaping import code, destination, fenced

if TYPE_CHECKING:
    from manualgen.comparison.report import DiffReport, Entry, ImpactName, PartReport
    from manualgen.comparison.sections import SectionReport
    from manualgen.comparison.words import Words

_FOLDED = frozenset({"compatible", "documentation"})
"""The impacts whose changes a reader has to unfold."""

_LONGEST_VALUE = 60
"""The most characters of two values that stand in one line."""

_CONTEXT = 2
_SIGNS = {"equal": " ", "removed": "-", "added": "+"}


def markdown(report: DiffReport, largest: int | None = None) -> str:
    """Return a report as Markdown.

    Args:
        report: the report.
        largest: the most bytes that the result may have in UTF-8; the most important changes
            come first, and what is left out is counted. None for no limit.
    """
    return _Document(report, largest).text()


class _Document:
    def __init__(self, report: DiffReport, largest: int | None) -> None:
        self._report = report
        self._room = None if largest is None else largest - _ROOM_OF_NOTE
        self._parts: list[str] = []
        self._is_full = False

    def text(self) -> str:
        summary = wording.summary(self._report)
        self._add(f"### {summary[:1].upper()}{summary[1:]}\n")
        left_out: dict[ImpactName, int] = dict.fromkeys(IMPACTS, 0)
        for impact, modules in self._report.by_module():
            left_out[impact] = self._impact(impact, modules)
        sections_left_out = self._sections()
        counts = [f"{count:,} {name}" for name, count in left_out.items() if count]
        if sections_left_out:
            counts.append(wording.counted(sections_left_out, "section"))
        if counts:
            self._parts.append(f"\nNot shown, for want of space: {', '.join(counts)}.\n")
        return "".join(self._parts)

    def _impact(self, impact: ImpactName, modules: list[tuple[str, list[Entry]]]) -> int:
        """Write the changes of an impact; return the number of options that have no room."""
        count = self._report.counts[impact]
        heading = f"{wording.HEADINGS[impact]} ({count:,})"
        is_folded = impact in _FOLDED
        head = f"\n#### {heading}\n"
        if is_folded:
            head = f"\n<details><summary>{heading}</summary>\n"
        end = "\n</details>\n" if is_folded else ""
        left_out = 0
        is_open = False
        for module, entries in modules:
            title = f"\n**{_code(module)}**\n\n"
            for entry in entries:
                number = 1 if isinstance(entry, OptionReport) else entry.options
                before = f"{'' if is_open else head}{title}"
                texts = [_entry(entry)]
                if isinstance(entry, OptionReport) and entry.parts:
                    texts.append(_entry(entry, in_full=False))
                if any(self._add(f"{before}{text}", len(end.encode())) for text in texts):
                    is_open, title = True, ""
                else:
                    self._is_full = True
                    left_out += number
        if is_open:
            self._parts.append(end)
        return left_out

    def _sections(self) -> int:
        head = f"\n#### Sections ({len(self._report.sections):,})\n\n"
        left_out = 0
        for section in self._report.sections:
            if any(self._add(head + text) for text in (_section(section), _section_line(section))):
                head = ""
            else:
                self._is_full = True
                left_out += 1
        return left_out

    def _add(self, text: str, reserve: int = 0) -> bool:
        """Add a text if there is room for it, and nothing has been left out before.

        Args:
            text: the text.
            reserve: the bytes that have to follow it.
        """
        if self._room is None:
            self._parts.append(text)
            return True
        size = len(text.encode("utf-8", "replace"))
        if self._is_full or size + reserve > self._room:
            return False
        self._room -= size
        self._parts.append(text)
        return True


_ROOM_OF_NOTE = 160
"""The bytes of the longest line that says what is left out."""


def _entry(entry: Entry, *, in_full: bool = True) -> str:
    if not isinstance(entry, OptionReport):
        names = f"{_code(entry.old + '.…')} → {_code(entry.new + '.…')}"
        return f"- {names}: {wording.moved(entry)}\n"
    name = _linked(_code(entry.name), entry.url)
    if entry.old_name is not None:
        name = f"{_code(entry.old_name)} → {name}"
    details = [entry.reason] if entry.reason else []
    if entry.alias_of is not None:
        details.append(
            f"{'an' if entry.kind == 'added' else 'it was an'} alias of {_code(entry.alias_of)}"
        )
    elif entry.kind == "added" and entry.type and len(entry.type) <= _LONGEST_VALUE:
        details.append(_code(entry.type))
    if not in_full:
        details += [f"{wording.PARTS[part.part].lower()} {part.reason}" for part in entry.parts]
    line = f"- {name}{': ' if details else ''}{', '.join(details)}\n"
    return line + ("".join(map(_part, entry.parts)) if in_full else "")


def _part(part: PartReport) -> str:
    line = f"  - {wording.PARTS[part.part]} {part.reason}"
    old, new = part.old, part.new
    if part.reason == "formatting" or (old is None and new is None):
        return f"{line}\n"
    if part.part in {"description", "related-packages"}:
        compared = words.compare_lines(words.sentences(old or ""), words.sentences(new or ""))
        return f"{line}\n\n{_difference(compared)}\n"
    values = [_code(value) for value in (old, new) if value]
    is_short = "\n" not in f"{old}{new}" and len(f"{old}{new}") <= _LONGEST_VALUE
    if is_short or (part.part == "type" and sum(map(len, values)) <= 2 * _LONGEST_VALUE):
        return f"{line}: {' → '.join(values)}\n"
    return f"{line}\n\n{_difference(words.compare_lines(old or '', new or ''))}\n"


def _difference(compared: tuple[Words, ...], indent: str = "    ") -> str:
    """Return a comparison of lines as a block of code that shows what is removed and added."""
    lines = []
    for run in words.abridged(compared, "line", _CONTEXT):
        text = run.text.strip("\n")
        if text or run.kind == "equal":
            lines += [f"{_SIGNS[run.kind]} {visible(line)}".rstrip() for line in text.split("\n")]
    block = fenced("\n".join(lines), "diff")
    return "".join(f"{indent}{line}\n" if line else "\n" for line in block.split("\n"))


def _section(section: SectionReport) -> str:
    line = _section_line(section)
    if not section.words:
        return line
    old = "".join(run.text for run in section.words if run.kind != "added")
    new = "".join(run.text for run in section.words if run.kind != "removed")
    compared = words.compare_lines(words.sentences(old), words.sentences(new))
    return f"{line}\n{_difference(compared, '  ')}\n"


def _section_line(section: SectionReport) -> str:
    title = _linked(_code(section.title), section.url)
    if section.old_title is not None:
        title = f"{_code(section.old_title)} → {title}"
    ids = [f"#{name}" for name in (section.old_id, section.id) if name is not None]
    return f"- {title} ({' → '.join(map(_code, ids))}): {wording.section(section)}\n"


def _code(text: str) -> str:
    """Return a text as a span of code, whatever is in it."""
    return code(visible(" ".join(text.split()))) or "` `"


def _linked(text: str, url: str | None) -> str:
    return text if url is None else f"[{text}]({destination(url)})"
