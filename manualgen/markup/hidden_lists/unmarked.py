"""The detectors of lists without marker, below a lead-in: indented lines, and bare terms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from manualgen.markup.hidden_lists.candidates import Candidate, Item
from manualgen.markup.hidden_lists.layout import DANGLES, PERIOD
from manualgen.markup.hidden_lists.lines import INLINE
from manualgen.markup.hidden_lists.programs import EXAMPLE, is_program
from manualgen.markup.hidden_lists.terms import PROSE, WORD, is_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.markup.hidden_lists.layout import Layout
    from manualgen.markup.hidden_lists.lines import Line

_LABELLED_LEAD = re.compile(
    r"(?:^|[.!?] )(?:notes?|warnings?|caution|important|attention|tips?|hints?|n\.?b\.?):$",
    re.IGNORECASE,
)
_CONJUNCTION = re.compile(r"\s(?:and|or)$")


def find_indented(layout: Layout) -> Candidate | None:
    """Find lines that are indented under a line that ends with a colon."""
    lines = layout.lines
    for index in range(1, len(lines)):
        above, line = lines[index - 1], lines[index]
        if above.text.endswith(":") and line.text and line.indent > above.indent:
            starts = [index]
            stop = index + 1
            while stop < len(lines) and lines[stop].indent >= line.indent and lines[stop].text:
                if lines[stop].indent == line.indent:
                    starts.append(stop)
                stop += 1
            if _is_indented_list(layout, starts, stop):
                return _unmarked(line.indent, starts, stop)
    return None


def _unmarked(indent: int, starts: Sequence[int], stop: int) -> Candidate:
    bounds = zip(starts, [*starts[1:], stop], strict=True)
    return Candidate("bullet", indent, tuple(Item(begin, end, 0) for begin, end in bounds))


def _is_indented_list(layout: Layout, starts: Sequence[int], stop: int) -> bool:
    lead = layout.lead(starts[0])
    if len(starts) < 2 or _LABELLED_LEAD.search(lead):
        return False
    texts = [layout.lines[index].text for index in starts]
    if is_program(layout, starts, stop, lead) or _is_wrapped_run(texts):
        return False
    if all(_is_bare(text) for text in texts):
        return True
    if any(_runs_on(layout, index) for index in starts[1:]):
        return False
    # "a, or" before the last item is usual; any other conjunction joins lines to one sentence.
    if any(_CONJUNCTION.search(text) for text in texts[:-2]):
        return False
    if any(
        text.endswith(":") and index + 1 in {*starts, stop}
        for index, text in zip(starts, texts, strict=True)
    ):
        return False
    if all(_starts_like_a_term(text) for text in texts):
        return True
    # Plain words: lines that could have been joined, and were not; no running sentences.
    return all(layout.chosen(index) for index in starts[1:]) and not all(
        PERIOD.search(text) for text in texts
    )


_ONE_VALUE = re.compile(r""""[^"]*"|“[^”]*”|'[^']*'|‘[^’]*’|\([^()]*\)|\[[^][]*\]""")
_BETWEEN_VALUES = re.compile(r"\s*[,|]\s*(?:(?:or|and)\s+)?")
_RUN_GOES_ON = re.compile(r"(?:[,|]|\s(?:or|and))$")


def _is_wrapped_run(texts: Sequence[str]) -> bool:
    """Whether lines are one run of values, several a line, that was wrapped."""
    several = [_has_several_values(text) for text in texts]
    goes_on = all(_RUN_GOES_ON.search(text) for text in texts[:-1])
    return goes_on and sum(several) * 2 >= len(texts[:-1])


_LONGEST_RUN = 200


def _has_several_values(text: str) -> bool:
    if len(text) > _LONGEST_RUN:
        return False
    values = _BETWEEN_VALUES.split(_RUN_GOES_ON.sub("", _ONE_VALUE.sub(INLINE, text)).rstrip(", "))
    return len(values) > 1 and all(
        value and len(words := value.split()) <= 3 and words[0].lower() not in PROSE
        for value in values
    )


def _runs_on(layout: Layout, index: int) -> bool:
    """Whether a line continues the sentence above, which was wrapped."""
    text, above = layout.lines[index].text, layout.lines[index - 1].text
    first = text.split()[0]
    if DANGLES.search(above):
        return True
    if first.lower() in PROSE and not layout.closed(index):
        return True
    return bool(WORD.match(first)) and first.islower() and not layout.opens(index)


def _starts_like_a_term(text: str) -> bool:
    first = text.split(maxsplit=1)[0].rstrip(",;")
    return bool(first) and (not WORD.match(first) or (first.isupper() and len(first) > 1))


def _is_bare(text: str) -> bool:
    """Whether a line is a lone term: one word or node, perhaps with a comma."""
    text = text.rstrip(",;")
    if text.endswith((" or", " and")):
        text = text.rpartition(" ")[0].rstrip(",;")
    return bool(text) and not re.search(r"\s", text) and not text.endswith((":", "{", "(", "["))


def find_bare(layout: Layout) -> Candidate | None:
    """Find bare terms, one a line, under a line that ends with a colon; some may have a remark."""
    lines = layout.lines
    for index in range(len(lines)):
        lead = layout.lead(index)
        if not lead or not lines[index].text or EXAMPLE.search(lead) or _LABELLED_LEAD.search(lead):
            continue
        stop = index
        while stop < len(lines) and (_is_lone_term(lines[stop]) or _is_remarked(layout, stop)):
            stop += 1
        starts = range(index, stop)
        if len(starts) < 2 or (stop < len(lines) and not layout.opens(stop)):
            continue
        lone = sum(_is_lone_term(lines[start]) for start in starts)
        if is_program(layout, starts, stop, lead):
            continue
        if lone < len(starts):
            if (
                lone * 3 >= len(starts)
                and all(layout.opens(start) for start in starts[1:])
                and len({lines[start].indent for start in starts}) == 1
            ):
                return _unmarked(lines[index].indent, starts, stop)
            continue
        # Two long words can come to stand alone in prose; three in a row don't.
        if len(starts) > 2 or layout.chosen(starts[1]):
            return _unmarked(lines[index].indent, starts, stop)
    return None


_REMARK = re.compile(r"\S+ \([^()]*\)$")
_GAP = re.compile(r"\S(?: {2,}|\t)\S")


def _is_remarked(layout: Layout, index: int) -> bool:
    """Whether a line is a term of one word with a remark: set apart, or in parentheses."""
    line, term = layout.lines[index], layout.terms[index]
    if is_label(line.text):
        return False
    if term is None or term.separator == "equals":
        return _REMARK.match(line.text) is not None
    return (
        not re.search(r"\s", term.text)
        and term.body < len(line.text)
        and _GAP.search(line.text, term.body) is None
    )


def _is_lone_term(line: Line) -> bool:
    return (
        bool(line.text)
        and not re.search(r"\s", line.text)
        and line.text[-1] not in ".,;:!?{(["
        and not (line.text == INLINE and re.search(r"\s", line.parts[0].astext()))  # type: ignore[union-attr]
    )
