"""What only the chapters of a manual have: sections, numbered blocks, lists of options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.writers import shapes
from manualgen.writers.markdown.blocks import div
from manualgen.writers.markdown.escaping import escape, heading
from manualgen.writers.markdown.style import Admonitions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.writers.markdown import Block, MarkdownWriter


def _section(writer: MarkdownWriter, node: docutils_nodes.section) -> str:
    title, blocks = shapes.titled(node)
    outer = writer._level, writer._notes
    writer._level = node["level"] + 1
    scope = node.get("footnote_scope")
    if scope is not None:
        writer._notes = f"{scope}."
    text = _title_text(writer, title)
    if node["label"]:
        text = f"{escape(node['label'])}. {text}"
    opening = heading(node["level"], text, node["ids"] if writer.style.anchors else ())
    inner = writer.blocks(blocks)
    writer._level, writer._notes = outer
    return f"{opening}\n\n{inner}" if inner else opening


def _title_text(writer: MarkdownWriter, title: docutils_nodes.Node) -> str:
    outer = writer._straight
    writer._straight = title.astext().count('"') > 1
    text = writer.line(title)
    writer._straight = outer
    return text


def _option_list(writer: MarkdownWriter, node: nodes.option_list) -> str:
    sections: Iterable[nodes.option] = node.get("sections", ())
    links, writer.links = writer.links, node.get("links", writer.links)
    parts = [writer._block(section) for section in sections]
    writer.links = links
    if writer.style.attributes and node["ids"]:
        parts.insert(0, "".join(f"[]{{#{name}}}" for name in node["ids"]))
    return "\n\n".join(parts)


def _numbered_block(writer: MarkdownWriter, node: nodes.numbered_block) -> str:
    title, blocks = shapes.titled(node)
    text = _title_text(writer, title)
    inner = writer.blocks(blocks)
    if writer.style.admonitions is Admonitions.PANDOC:
        # The dialect numbers such a block itself; a heading as its first line is its title.
        caption = heading(min(writer._level, 6), text)
        return div(node["kind"], node["ids"], f"{caption}\n\n{inner}" if inner else caption)
    label = shapes.caption_label(node, writer.numbers)
    caption = f"**{label}. {text}**" if text else f"**{label}.**"
    if writer.style.attributes and node["ids"]:
        caption = f"[]{{#{node['ids'][0]}}}{caption}"
    return f"{caption}\n\n{inner}" if inner else caption


def _emphasised(mark: str) -> Block:
    def write(writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
        text = _title_text(writer, node)
        return f"{mark}{text}{mark}" if text else ""

    return write


TABLE: dict[type[docutils_nodes.Node], Block] = {
    docutils_nodes.section: _section,
    docutils_nodes.title: _emphasised("**"),
    docutils_nodes.subtitle: _emphasised("*"),
    nodes.option_list: _option_list,
    nodes.local_contents: lambda _writer, _node: "",
    nodes.numbered_block: _numbered_block,
}
