"""Paragraphs, lists and other blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.writers import labels, shapes
from manualgen.writers.manpage.escaping import escape, safe_start

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.writers.manpage import Block, ManpageWriter


def _paragraph(writer: ManpageWriter, node: docutils_nodes.Element) -> None:
    text = paragraph_text(writer, node)
    if text:
        writer._paragraph_break()
        writer._text(text)


def paragraph_text(writer: ManpageWriter, node: docutils_nodes.Node) -> str:
    """Return the text of a node; a newline in it is a break."""
    text = writer._inline(node)
    if "\n" in text:
        text = _AROUND_BREAK.sub("\n", text)
    return text.strip(" ")


_AROUND_BREAK = re.compile(r" *\n *")


def _literal_block(writer: ManpageWriter, node: docutils_nodes.literal_block) -> None:
    code(writer, node.astext())


def code(writer: ManpageWriter, text: str) -> None:
    """Write a block of code."""
    writer._paragraph_break()
    lines = writer._lines
    lines.extend([".RS 4", ".EX"])
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        escaped = escape(line.expandtabs(8).rstrip())
        lines.append(safe_start(escaped) or "\\&")
    lines.extend([".EE", ".RE"])


def _bullet_list(writer: ManpageWriter, node: docutils_nodes.bullet_list) -> None:
    _list(writer, node, ["\\(bu"] * len(node.children), 3)


def _enumerated_list(writer: ManpageWriter, node: docutils_nodes.enumerated_list) -> None:
    numbering = shapes.numbering(node, writer._ordered_depth)
    start = node.get("start", 1)
    marks = [
        escape(shapes.enumerator(number, numbering)) + (")" if node.get("suffix") == ")" else ".")
        for number in range(start, start + len(node.children))
    ]
    width = max(map(len, marks), default=2) + 2
    # mandoc would make an identifier of a letter.
    marks = [mark if mark[0].isdigit() else f"\\:{mark}" for mark in marks]
    writer._ordered_depth += 1
    _list(writer, node, marks, width)
    writer._ordered_depth -= 1


def _list(
    writer: ManpageWriter, node: docutils_nodes.Element, marks: list[str], width: int
) -> None:
    tight = "tight" in node["classes"]
    outer = writer._tight
    # The first item of a tight list is parted from what stands before it, the others are not;
    # that of any list is not where nothing stands before it.
    writer._set_tight(tight=(tight and outer) or writer._first)
    for item, mark in zip(node.children, marks, strict=True):
        _item(writer, item, mark, width, tight=tight)
        writer._set_tight(tight=tight)
    writer._set_tight(tight=outer)
    writer._first = False


def _item(
    writer: ManpageWriter, item: docutils_nodes.Node, mark: str, width: int, *, tight: bool
) -> None:
    """Write a tagged paragraph: its first paragraph beside the mark, the other blocks below it."""
    lines = writer._lines
    children = list(item.children)
    writer._space_after_table()
    lines.append(f".IP {mark} {width}")
    if children and isinstance(children[0], docutils_nodes.paragraph):
        writer._text(paragraph_text(writer, children.pop(0)) or "\\&")
    else:
        # The mark needs a line of its own before a block.
        lines.append("\\&")
    if children:
        writer._set_tight(tight=tight and all(isinstance(child, _LISTS) for child in children))
        write_below(writer, children, width)


def write_below(writer: ManpageWriter, blocks: Iterable[docutils_nodes.Node], width: int) -> None:
    """Write blocks that belong to an item, where its text stands."""
    writer._lines.append(f".RS {width}")
    indent = writer._indent
    writer._indent, writer._first = indent + width, False
    for block in blocks:
        writer._write(block)
    writer._indent = indent
    writer._end_indent()


_LISTS = (docutils_nodes.bullet_list, docutils_nodes.enumerated_list)


def _definition_list(writer: ManpageWriter, node: docutils_nodes.definition_list) -> None:
    outer = writer._tight
    for index, entry in enumerate(shapes.entries(node)):
        writer._set_tight(tight=writer._first and index == 0)
        terms = ", ".join(line_in_bold(writer, term) for term in entry.terms)
        first, *others = entry.definitions or [docutils_nodes.definition()]
        _item(writer, first, f'"\\:\\fB{terms}\\fR"', 7, tight=False)
        for other in others:
            writer._set_tight(tight=False)
            write_below(writer, other.children, 7)
    writer._set_tight(tight=outer)
    writer._first = False


def line_in_bold(writer: ManpageWriter, node: docutils_nodes.Node) -> str:
    """Return the text of a node as one line, for bold."""
    # A macro's argument is one line; its quotes are doubled by escape() already.
    return writer._inline(node, "B").replace("\n", " ").strip()


def indented(writer: ManpageWriter, node: docutils_nodes.Element) -> None:
    """Write what stands in a node further to the right."""
    lines = writer._lines
    writer._paragraph_break()
    lines.append(".RS 4")
    indent = writer._indent
    writer._indent, writer._first = indent + 4, True
    writer._children(node)
    writer._indent, writer._first = indent, False
    writer._end_indent()


def _admonition(writer: ManpageWriter, node: docutils_nodes.Element) -> None:
    writer._paragraph_break()
    writer._lines.append(f"\\fB{labels.ADMONITION_TITLES[node.__class__]}\\fR")
    writer._first = True
    indented(writer, node)


def _transition(writer: ManpageWriter, _node: docutils_nodes.transition) -> None:
    writer._paragraph_break()
    writer._lines.append("* * *")


def _container(writer: ManpageWriter, node: docutils_nodes.Element) -> None:
    writer._children(node)


def _footnotes(writer: ManpageWriter, node: nodes.footnotes) -> None:
    for note in node.children:
        assert isinstance(note, docutils_nodes.Element)
        mark = f"({escape(note['names'][0])})"
        _item(writer, note, mark, max(len(mark) + 1, 4), tight=False)
    writer._first = False


TABLE: dict[type[docutils_nodes.Node], Block] = {
    nodes.notice: _paragraph,
    docutils_nodes.paragraph: _paragraph,
    docutils_nodes.literal_block: _literal_block,
    docutils_nodes.bullet_list: _bullet_list,
    docutils_nodes.enumerated_list: _enumerated_list,
    docutils_nodes.definition_list: _definition_list,
    docutils_nodes.block_quote: indented,
    **dict.fromkeys(nodes.ADMONITIONS.values(), _admonition),
    docutils_nodes.transition: _transition,
    docutils_nodes.container: _container,
    nodes.footnotes: _footnotes,
}
