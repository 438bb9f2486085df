"""The detector of definition lists: lines ``term: text``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.markup.hidden_lists.candidates import MOST_ATTEMPTS, Candidate, Item, item_starts
from manualgen.markup.hidden_lists.lines import trimmed_parts
from manualgen.markup.hidden_lists.programs import looks_like_code
from manualgen.markup.hidden_lists.terms import PROSE, is_label, term_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.markup.hidden_lists.layout import Layout
    from manualgen.markup.hidden_lists.lines import Line
    from manualgen.markup.hidden_lists.terms import Term


def find_defined(layout: Layout) -> Candidate | None:
    """Find lines that say ``term: text`` or the like."""
    attempts = 0
    for index, term in enumerate(layout.terms):
        if term is None or not _is_entry(layout, index):
            continue
        attempts += 1
        if attempts > MOST_ATTEMPTS:
            break
        candidate = _defined_from(layout, index)
        if candidate is not None and not _is_cut(layout, candidate.start):
            return candidate
    return None


_SENTENCE_END = re.compile(r"(?:[.!?][\"')\]”’]*+|(?<=\w):) +(?=\S)")
_VALUES = frozenset({"null", "true", "false", "none", "yes", "no"})
"""Plain words that are values."""


def with_first_item_apart(layout: Layout) -> list[Line] | None:
    """Return lines with a first item that stands behind a sentence on a line of its own.

    In ``The limit. null = none,`` above ``0 = nothing.`` the list starts in the middle of a line.

    Returns:
        The lines; None if no line is such.
    """
    lines = layout.lines
    for index, below in enumerate(layout.terms[1:]):
        line = lines[index]
        if (
            below is None
            or below.separator == "gap"
            or not _is_value(below)
            or lines[index + 1].indent > line.indent
            or not _ends_item(layout, index)
        ):
            continue
        for match in _SENTENCE_END.finditer(line.text):
            item = line.after(match.end())
            term = term_of(item) if item.source else None
            if (
                term is not None
                and term.separator == below.separator
                and _is_value(term)
                and term.body < len(item.text)
            ):
                sentence = msgspec.structs.replace(
                    line,
                    text=line.text[: match.end()].rstrip(),
                    parts=tuple(trimmed_parts(list(line.part(0, match.end())))),
                    source=line.source[: len(line.source) - len(item.source)].rstrip(),
                    broken=None,
                )
                item = msgspec.structs.replace(item, indent=lines[index + 1].indent)
                return [*lines[:index], sentence, item, *lines[index + 1 :]]
    return None


_ITEM_END = re.compile(r"[.,;!?][\"')\]”’]*+$")
_SHORT = 50


def _ends_item(layout: Layout, index: int) -> bool:
    """Whether a line may end an item; in prose it ends because the next word did not fit."""
    line = layout.lines[index]
    if "{" in line.text or "[" in line.text or not layout.chosen(index + 1):
        return False
    if _ITEM_END.search(line.text) is not None:
        return True
    return line.width < _SHORT and line.text.split()[-1].lower() not in PROSE - {"on", "off"}


def _is_value(term: Term) -> bool:
    return term.strong or term.text in _VALUES


def _is_cut(layout: Layout, start: int) -> bool:
    """Whether the line above the first item is an item as well, which alone is no list."""
    above, first = layout.terms[start - 1] if start else None, layout.terms[start]
    return (
        above is not None
        and first is not None
        and above.separator == first.separator
        and above.strong == first.strong
        and layout.lines[start - 1].indent == layout.lines[start].indent
        and _is_entry(layout, start - 1)
        and bool(layout.lead(start - 1))
    )


def _is_entry(layout: Layout, index: int) -> bool:
    """Whether a line can be an item ``term: text``; its text may also be indented below it."""
    term = layout.terms[index]
    if term is None:
        return False
    if is_label(layout.lines[index].text):
        return False
    if term.body < len(layout.lines[index].text):
        return True
    below = index + 1
    return (
        term.separator == "colon"
        and (term.strong or len(term.text.split()) == 1)
        and below < len(layout.lines)
        and layout.lines[below].indent > layout.lines[index].indent
    )


def _defined_from(layout: Layout, start: int) -> Candidate | None:
    def is_item(index: int) -> bool:
        if _is_entry(layout, index):
            return True
        # A label between two terms is a term: "Debug: …", "Warning: …", "Error: …".
        return (
            layout.terms[index] is not None
            and index + 1 < len(layout.lines)
            and layout.lines[index + 1].indent == layout.lines[start].indent
            and _is_entry(layout, index + 1)
        )

    *starts, stop = item_starts(layout, start, is_item)
    terms = [term for index in starts if (term := layout.terms[index]) is not None]
    texts = [
        layout.lines[index].text[term.body :] or layout.lines[index + 1].text
        for index, term in zip(starts, terms, strict=True)
    ]
    if not _is_definition_list(layout, starts, stop, terms, texts):
        return None
    bounds = zip(starts, [*starts[1:], stop], terms, strict=True)
    indent = layout.lines[start].indent
    if len({term.separator for term in terms}) > 1:
        # Lines of one sort, but not of one form: items, shown as they were written.
        return Candidate("bullet", indent, tuple(Item(begin, end, 0) for begin, end, _ in bounds))
    items = tuple(Item(begin, end, term.body, term.stop) for begin, end, term in bounds)
    return Candidate("definition", indent, items)


def _is_definition_list(
    layout: Layout,
    starts: Sequence[int],
    stop: int,
    terms: Sequence[Term],
    texts: Sequence[str],
) -> bool:
    if len(terms) < 2 or len({term.text for term in terms}) < len(terms):
        return False
    if not layout.opens(starts[0]):
        return False
    separators = [term.separator for term in terms]
    usual = max(separators, key=separators.count)
    if separators.count(usual) * 3 < len(separators) * 2:
        return False
    if usual == "gap" and not _is_column(layout, starts, terms):
        return False
    if looks_like_code(layout, starts, terms, texts):
        return False
    # In prose that happens to wrap before such words, lines start in mid-sentence.
    doubtful = sum(not layout.opens(index) for index in starts)
    strong = all(term.strong for term in terms)
    whole = starts[0] == 0 and stop == len(layout.lines)
    if doubtful * (2 if strong or whole else 3) > len(terms):
        return False
    if not strong and _has_clauses(layout, starts, stop, terms):
        return False
    return strong or whole or _is_laid_out(layout, starts, stop, terms)


def _has_clauses(layout: Layout, starts: Sequence[int], stop: int, terms: Sequence[Term]) -> bool:
    """Whether what precedes the colons may be clauses of sentences rather than terms."""
    start = starts[0]
    if layout.lead(start) or layout.lines[start].indent > layout.lines[max(start - 1, 0)].indent:
        return False
    longest = max(_plain_words(term) for term in terms)
    # Text that wraps below such words, at the margin, is that of a paragraph.
    wrapped = any(
        index not in starts and layout.lines[index].indent == layout.lines[start].indent
        for index in range(start, stop)
    )
    return longest > (1 if wrapped else 2)


def _plain_words(term: Term) -> int:
    """Return the number of words of a term of plain words that is not written as a name is."""
    words = term.text.split()
    if term.strong or term.separator not in {"colon", "dash"}:
        return 1
    return len(words) if any(word[0].islower() for word in words[1:]) else 1


def _is_laid_out(layout: Layout, starts: Sequence[int], stop: int, terms: Sequence[Term]) -> bool:
    """Whether plain words are terms: no line between them is a sentence of running text."""
    start = starts[0]
    if layout.lead(start) or layout.lines[start].indent > layout.lines[max(start - 1, 0)].indent:
        return True
    if any(len(term.text.split()) > 1 for term in terms) and len(terms) == 2:
        return False
    return stop - start < 3 * len(starts)


def _is_column(layout: Layout, starts: Sequence[int], terms: Sequence[Term]) -> bool:
    """Whether the texts stand below each other, in one column and no more."""
    columns = {term.column for term in terms}
    tabbed = all("\t" in layout.lines[index].source for index in starts)
    if len(columns) > 1 and not tabbed:
        return False
    if len({len(term.text) for term in terms}) == 1 and not all(term.strong for term in terms):
        return False  # two spaces after a word, twice by accident
    return not all(
        re.search(r"\S(?: {2,}|\t)\S", layout.lines[index].text[term.body :])
        for index, term in zip(starts, terms, strict=True)
    )
