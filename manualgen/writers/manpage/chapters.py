"""What only the chapters of a manual have: sections, numbered blocks, lists of options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.writers import shapes
from manualgen.writers.manpage.blocks import indented, line_in_bold
from manualgen.writers.manpage.escaping import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.writers.manpage import Block, ManpageWriter


def _section(writer: ManpageWriter, node: docutils_nodes.section) -> None:
    title, blocks = shapes.titled(node)
    text = writer._inline(title, "B").replace("\n", " ").strip()
    if node["label"]:
        text = f"{escape(node['label'])}. {text}"
    level = node["level"]
    if level <= len(_HEADINGS):
        # What was numbered so far is to be looked up near to where it was read.
        writer._list_links()
        writer._lines.append(f".{_HEADINGS[level - 1]} {text or chr(92) + '&'}")
        writer._first = True
    else:
        writer._paragraph_break()
        writer._text(f"\\fB{text}\\fR")
    for block in blocks:
        writer._write(block)


_HEADINGS = ("SH", "SS")


def _option_list(writer: ManpageWriter, node: nodes.option_list) -> None:
    writer._list_links()
    sections: Iterable[nodes.option] = node.get("sections", ())
    links, writer.links = writer.links, node.get("links", writer.links)
    for section in sections:
        writer._write(section)
    writer.links = links


def _numbered_block(writer: ManpageWriter, node: nodes.numbered_block) -> None:
    title, blocks = shapes.titled(node)
    label = escape(shapes.caption_label(node, writer.numbers))
    writer._paragraph_break()
    writer._text(f"\\fB{label}. {line_in_bold(writer, title)}\\fR")
    if node["kind"] == "example":
        writer._first = True
        group = docutils_nodes.container()
        # Their parents stay as they are: parsed trees are not changed.
        group.children.extend(blocks)
        indented(writer, group)
        return
    for block in blocks:
        writer._write(block)


def _title(writer: ManpageWriter, node: docutils_nodes.title) -> None:
    writer._paragraph_break()
    writer._text(f"\\fB{line_in_bold(writer, node)}\\fR")


def _subtitle(writer: ManpageWriter, node: docutils_nodes.subtitle) -> None:
    writer._paragraph_break()
    writer._text(f"\\fI{writer._inline(node, 'I')}\\fR")


TABLE: dict[type[docutils_nodes.Node], Block] = {
    docutils_nodes.section: _section,
    docutils_nodes.title: _title,
    docutils_nodes.subtitle: _subtitle,
    nodes.option_list: _option_list,
    nodes.local_contents: lambda _writer, _node: None,
    nodes.numbered_block: _numbered_block,
}
