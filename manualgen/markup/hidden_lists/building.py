"""Lines → nodes: each list that a detector finds, the text around it, and its markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.markup.hidden_lists.brackets import code_text, find_code
from manualgen.markup.hidden_lists.defined import find_defined, with_first_item_apart
from manualgen.markup.hidden_lists.layout import Layout
from manualgen.markup.hidden_lists.lines import lines_of, trimmed_parts
from manualgen.markup.hidden_lists.marked import find_marked
from manualgen.markup.hidden_lists.markers import marker_of
from manualgen.markup.hidden_lists.recovered import Recovered
from manualgen.markup.hidden_lists.unmarked import find_bare, find_indented

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.markup.hidden_lists.brackets import CodeLines
    from manualgen.markup.hidden_lists.candidates import Candidate, Item
    from manualgen.markup.hidden_lists.lines import Line, Part

# No real description has paragraphs with more lists: what follows stays as it is.
_MOST_LISTS = 40
# Of two lists that start at the same line, that of the first detector is taken.
_DETECTORS = (find_marked, find_bare, find_defined, find_indented)


def replaced(
    paragraphs: list[docutils_nodes.paragraph], lead: str, recovered: list[Recovered]
) -> list[docutils_nodes.Node] | None:
    """Return what replaces paragraphs that together hide a list; None if they don't.

    Args:
        paragraphs: paragraphs that follow each other; their inline nodes are moved.
        lead: the lead-in above them; "" if there is none.
        recovered: the lists so far; those that are recovered here are added.
    """
    lines = lines_of(paragraphs)
    found_here: list[Recovered] = []
    new = _divided(lines, lead, found_here)
    if new is None:
        return None
    first = new[0]
    assert isinstance(first, docutils_nodes.Element)
    first["ids"].extend(paragraphs[0]["ids"])
    first["classes"].extend(paragraphs[0]["classes"])
    recovered.extend(sorted(found_here, key=lambda one: one.line))
    return new


def _divided(
    lines: list[Line], lead: str, recovered: list[Recovered], *, nested: bool = False
) -> list[docutils_nodes.Node] | None:
    """Return blocks for lines that hide a list; None if they don't."""
    blocks: list[docutils_nodes.Node] = []
    while len(recovered) < _MOST_LISTS:
        layout = Layout(list(lines), lead, nested=nested) if len(lines) > 1 else None
        if layout is None:
            break
        layout = _with_first_item_apart(layout) or layout
        code = find_code(layout)
        candidates = [
            one
            for detector in _DETECTORS
            if (one := detector(layout)) is not None and not _is_inside(one, code)
        ]
        if (
            code is not None
            and code.laid_out
            and not any(one.start <= code.start for one in candidates)
        ):
            blocks.extend(_code(layout.lines, code, lead, recovered, nested=nested))
            lines, lead = _without_blank_ends(_lines_after(layout.lines, code)), ""
            continue
        if not candidates:
            break
        outermost = min(candidates, key=lambda one: (one.indent, one.start))
        blocks.extend(blocks_of(layout.lines[: outermost.start], lead, recovered, nested=nested))
        blocks.append(_list(layout.lines, outermost, recovered))
        lines, lead = _without_blank_ends(layout.lines[outermost.stop :]), ""
    if not blocks:
        return None
    blocks.extend(_paragraphs(lines))
    return blocks


def _with_first_item_apart(layout: Layout) -> Layout | None:
    """Return a layout whose first item stood behind a sentence; None if there is no such list."""
    lines = with_first_item_apart(layout)
    if lines is None:
        return None
    apart = Layout(lines, layout.lead_above, nested=layout.nested)
    candidate = find_defined(apart)
    if candidate is None or candidate.kind != "definition":
        return None
    # It is the line that the others do not have.
    before, first = lines[: candidate.start], lines[candidate.start]
    return apart if before and before[-1].number == first.number else None


def _is_inside(candidate: Candidate, code: CodeLines | None) -> bool:
    """Whether items of a candidate are lines of code."""
    return code is not None and any(
        code.start < item.start < code.stop or (item.term and item.start == code.start)
        for item in candidate.items
    )


def _code(
    lines: list[Line],
    code: CodeLines,
    lead: str,
    recovered: list[Recovered],
    *,
    nested: bool = False,
) -> list[docutils_nodes.Node]:
    """Return blocks for what stands before lines of code, and for the code."""
    first, before = lines[code.start], lines[: code.start]
    if code.body:
        rest = first.after(code.body)
        parts = tuple(trimmed_parts(list(first.part(0, code.body))))
        source = first.source[: len(first.source) - len(rest.source)].rstrip()
        text = first.text[: code.body].rstrip()
        before.append(msgspec.structs.replace(first, text=text, parts=parts, source=source))
    blocks = blocks_of(before, lead, recovered, nested=nested)
    text = code_text(lines, code)
    blocks.append(docutils_nodes.literal_block(text, text, language=""))
    recovered.append(Recovered("code", first.number, first.source, f"```\n{text}\n```"))
    return blocks


def _lines_after(lines: list[Line], code: CodeLines) -> list[Line]:
    last, following = lines[code.stop - 1], lines[code.stop :]
    return [last.after(code.end), *following] if code.end < len(last.text) else following


def blocks_of(
    lines: list[Line], lead: str, recovered: list[Recovered], *, nested: bool = False
) -> list[docutils_nodes.Node]:
    """Return blocks for lines: paragraphs, and the lists that they hide.

    Args:
        lines: the lines.
        lead: the lead-in above them; "" if there is none.
        recovered: the lists so far; those that are recovered here are added.
        nested: whether the lines are part of an item of a list.
    """
    lines = _without_blank_ends(lines)
    divided = _divided(lines, lead, recovered, nested=nested)
    return _paragraphs(lines) if divided is None else divided


def _without_blank_ends(lines: list[Line]) -> list[Line]:
    start, stop = 0, len(lines)
    while start < stop and not lines[start].text:
        start += 1
    while stop > start and not lines[stop - 1].text:
        stop -= 1
    return lines[start:stop]


def _paragraphs(lines: Sequence[Line]) -> list[docutils_nodes.Node]:
    blocks: list[docutils_nodes.Node] = []
    start = 0
    for index in range(len(lines) + 1):
        if index == len(lines) or not lines[index].text:
            if index > start:
                blocks.append(paragraph_of(lines[start:index]))
            start = index + 1
    return blocks


def paragraph_of(lines: Sequence[Line]) -> docutils_nodes.paragraph:
    """Return a paragraph of lines, whose inline nodes are moved."""
    source = "\n".join(" " * line.indent + line.source for line in lines)
    paragraph = docutils_nodes.paragraph(source)
    parts: list[Part] = []
    for line in lines:
        parts.extend(line.parts)
        if line is not lines[-1]:
            parts.append(line.broken if line.broken is not None else "\n")
    _fill(paragraph, parts)
    return paragraph


def _fill(element: docutils_nodes.Element, parts: Sequence[Part]) -> None:
    text: list[str] = []
    for part in parts:
        if isinstance(part, str):
            text.append(part)
            continue
        if text:
            element.append(docutils_nodes.Text("".join(text)))
            text.clear()
        element.append(part)
    if text:
        element.append(docutils_nodes.Text("".join(text)))


def _list(
    lines: list[Line], candidate: Candidate, recovered: list[Recovered]
) -> docutils_nodes.Element:
    first = lines[candidate.start]
    recovered.append(
        Recovered(candidate.kind, first.number, first.source, _markup(lines, candidate))
    )
    if candidate.kind == "definition":
        return docutils_nodes.definition_list(
            "", *(_definition(lines, item, recovered) for item in candidate.items)
        )
    node: docutils_nodes.Element
    if candidate.kind == "bullet":
        node = docutils_nodes.bullet_list(bullet="-")
    else:
        marker = marker_of(first)
        assert marker is not None
        node = docutils_nodes.enumerated_list(
            enumtype=candidate.numbering[0],
            prefix=marker.prefix,
            suffix=marker.suffix,
            start=candidate.numbering[1],
        )
    if all(line.text for line in lines[candidate.start : candidate.stop]):
        node["classes"].append("tight")
    for item in candidate.items:
        content = [lines[item.start].after(item.body), *lines[item.start + 1 : item.stop]]
        node.append(item_of(content, recovered))
    return node


def item_of(lines: list[Line], recovered: list[Recovered]) -> docutils_nodes.list_item:
    """Return an item of a list.

    Args:
        lines: its lines, without the marker.
        recovered: the lists so far; those that are recovered here are added.
    """
    return docutils_nodes.list_item("", *blocks_of(lines, "", recovered, nested=True))


def _definition(
    lines: list[Line], item: Item, recovered: list[Recovered]
) -> docutils_nodes.definition_list_item:
    first = lines[item.start]
    rest = first.after(item.body)
    source = first.source[: len(first.source) - len(rest.source)].rstrip()
    term = docutils_nodes.term(source)
    _fill(term, trimmed_parts(list(first.part(0, item.term))))
    content = [rest, *lines[item.start + 1 : item.stop]]
    definition = docutils_nodes.definition("", *blocks_of(content, "", recovered, nested=True))
    return docutils_nodes.definition_list_item("", term, definition)


def _markup(lines: list[Line], candidate: Candidate) -> str:
    """Return the explicit Markdown for a list."""
    entries = []
    for number, item in enumerate(candidate.items, candidate.numbering[1]):
        first = lines[item.start]
        text = " ".join(
            line.source
            for line in [first.after(item.body), *lines[item.start + 1 : item.stop]]
            if line.source
        )
        if candidate.kind == "bullet":
            entries.append(f"- {text}")
        elif candidate.kind == "enumerated":
            entries.append(f"{number}. {text}")
        else:
            term = first.source[: len(first.source) - len(first.after(item.body).source)]
            entries.append(f"{_WITHOUT_SEPARATOR.sub('', term)}\n: {text}\n")
    return "\n".join(entries).rstrip()


_WITHOUT_SEPARATOR = re.compile(r"\s*(?::|---?|[-–—]|-+>|=+>|→|⇒|=)?\s*$")
