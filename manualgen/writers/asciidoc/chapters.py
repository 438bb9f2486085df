"""What only the chapters of a manual have: sections, numbered blocks, lists of options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.writers import shapes
from manualgen.writers.asciidoc.blocks import delimited
from manualgen.writers.asciidoc.escaping import ANCHOR, anchor_line, escape, heading, unstarted
from manualgen.writers.asciidoc.inlines import image_macro

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.writers.asciidoc import AsciidocWriter, Block

    FootnotesByScope = dict[str, dict[str, docutils_nodes.Element]]


def _section(writer: AsciidocWriter, node: docutils_nodes.section) -> str:
    title, blocks = shapes.titled(node)
    outer = writer._level, writer._notes, writer._top
    scope = node.get("footnote_scope")
    if scope is not None:
        writer._notes = writer._notes_of.get(scope, {})
    if "book" in node["classes"]:
        # The title of a document, of which there is one, is a level above its sections.
        writer._top = 0
    level = node["level"] + writer._top - 1
    writer._level = level + 1
    text = unstarted(writer.line(title))
    if node["label"]:
        text = f"{escape(node['label'])}. {text}"
    named = anchor_line(node["ids"][0]) if node["ids"] else ""
    parts = [f"{named}{heading(level, text)}", writer._blocks(blocks)]
    writer._level, writer._notes, writer._top = outer
    return "\n\n".join(filter(None, parts))


def footnotes(blocks: Iterable[docutils_nodes.Node]) -> FootnotesByScope:
    """Return the footnotes in blocks: scope → label → footnote.

    A file with several sections has its footnotes in the last one: all of them are in one scope.
    The scope of what stands in no section is "".
    """
    notes: FootnotesByScope = {}
    _gather_footnotes(blocks, "", notes)
    return notes


def _gather_footnotes(
    blocks: Iterable[docutils_nodes.Node], scope: str, notes: FootnotesByScope
) -> None:
    for block in blocks:
        if isinstance(block, docutils_nodes.section):
            _gather_footnotes(block.children, block.get("footnote_scope", scope), notes)
        elif isinstance(block, docutils_nodes.Element):
            for group in block.findall(nodes.footnotes):
                for note in group.children:
                    assert isinstance(note, docutils_nodes.Element)
                    notes.setdefault(scope, {})[note["names"][0]] = note


def _option_list(writer: AsciidocWriter, node: nodes.option_list) -> str:
    anchors = "".join(f"[[{name}]]" for name in node["ids"] if ANCHOR.fullmatch(name))
    sections: Iterable[nodes.option] = node.get("sections", ())
    links, writer.links = writer.links, node.get("links", writer.links)
    parts = [f"{anchors}{{empty}}" if anchors else "", *map(writer._block, sections)]
    writer.links = links
    return "\n\n".join(filter(None, parts))


def _numbered_block(writer: AsciidocWriter, node: nodes.numbered_block) -> str:
    title, blocks = shapes.titled(node)
    # Asciidoctor would count by itself, from 1 in each document.
    label = escape(shapes.caption_label(node, writer.numbers))
    named = anchor_line(node["ids"][0]) if node["ids"] else ""
    text = unstarted(writer.line(title)) or "{empty}"
    if text.startswith((".", " ")):
        text = f"{{empty}}{text}"
    caption = f'{named}[caption="{label}. "]\n.{text}\n'
    if len(blocks) == 1:
        only = blocks[0]
        if isinstance(only, docutils_nodes.table) and shapes.grid(only).title is None:
            table = writer._block(only)
            if table:
                return f"{caption}{table}"
        if isinstance(only, docutils_nodes.paragraph) and len(only.children) == 1:
            image = only.children[0]
            if isinstance(image, docutils_nodes.image):
                return f"{caption}{image_macro(writer, image, 'image::')}"
    return f"{caption}{delimited(writer, '=', blocks)}"


def _title(writer: AsciidocWriter, node: docutils_nodes.title) -> str:
    text = unstarted(writer.line(node))
    return f"**{text}**" if text else ""


def _subtitle(writer: AsciidocWriter, node: docutils_nodes.subtitle) -> str:
    text = unstarted(writer.line(node))
    return f"__{text}__" if text else ""


TABLE: dict[type[docutils_nodes.Node], Block] = {
    docutils_nodes.section: _section,
    docutils_nodes.title: _title,
    docutils_nodes.subtitle: _subtitle,
    nodes.option_list: _option_list,
    nodes.local_contents: lambda _writer, _node: "",
    nodes.numbered_block: _numbered_block,
}
