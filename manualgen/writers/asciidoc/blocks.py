"""Paragraphs, lists, tables and other blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.writers import labels, shapes
from manualgen.writers.asciidoc.escaping import code, listing, unstarted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.writers.asciidoc import AsciidocWriter, Block


def _paragraph(writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
    return writer.paragraph(node)


def _literal_block(_writer: AsciidocWriter, node: docutils_nodes.literal_block) -> str:
    return listing(node.astext(), node.get("language", ""))


def _bullet_list(writer: AsciidocWriter, node: docutils_nodes.bullet_list) -> str:
    return _items(writer, node, "*")


def _enumerated_list(writer: AsciidocWriter, node: docutils_nodes.enumerated_list) -> str:
    start = node.get("start", 1)
    return (f"[start={start}]\n" if start != 1 else "") + _items(writer, node, ".")


def _items(writer: AsciidocWriter, node: docutils_nodes.Element, mark: str) -> str:
    writer._list_depth += 1
    # A mark of its own for each depth: one that was seen further out would end this list.
    mark *= writer._list_depth
    items = [f"{mark} {_item(writer, item.children)}" for item in node.children]
    writer._list_depth -= 1
    return "\n".join(items)


def _item(writer: AsciidocWriter, children: Iterable[docutils_nodes.Node]) -> str:
    """Return an item: its first paragraph, and its other blocks attached to it."""
    rest = list(children)
    text = ""
    if rest and isinstance(rest[0], docutils_nodes.paragraph):
        text = unstarted(writer.paragraph(rest.pop(0)))
    text = text or "{empty}"
    rest = [block for block in rest if not isinstance(block, nodes.footnotes)]
    if not rest:
        return text
    if len(rest) == 1 and isinstance(rest[0], _COUNTED_LISTS):
        inner = writer._block(rest[0])
        # An attribute line needs a blank one before it, or it would be text of the item.
        return f"{text}\n\n{inner}" if inner.startswith("[") else f"{text}\n{inner}"
    if not any(isinstance(block, LISTS) for block in rest):
        attached = [writer._block(block) for block in rest]
        return "\n+\n".join([text, *filter(None, attached)])
    return f"{text}\n+\n{_grouped(writer, rest)}"


def _grouped(writer: AsciidocWriter, blocks: list[docutils_nodes.Node]) -> str:
    """Return blocks as one. An open block cannot stand in another; a framed one can."""
    if writer._open:
        return delimited(writer, "=", blocks)
    writer._open = True
    inner = writer.enclosed(blocks)
    writer._open = False
    return f"--\n{inner}\n--"


_COUNTED_LISTS = (docutils_nodes.bullet_list, docutils_nodes.enumerated_list)
LISTS = (*_COUNTED_LISTS, docutils_nodes.definition_list)


def _definition_list(writer: AsciidocWriter, node: docutils_nodes.definition_list) -> str:
    items = []
    for entry in shapes.entries(node):
        term = ", ".join(writer.line(term) for term in entry.terms) or "{empty}"
        blocks = [block for definition in entry.definitions for block in definition.children]
        depth, writer._list_depth = writer._list_depth, 0
        if len(blocks) == 1 and isinstance(blocks[0], docutils_nodes.paragraph):
            items.append(f"{term}:: {unstarted(writer.paragraph(blocks[0])) or '{empty}'}")
        elif blocks:
            items.append(f"{term}:: {{empty}}\n+\n{_grouped(writer, blocks)}")
        else:
            items.append(f"{term}:: {{empty}}")
        writer._list_depth = depth
    return "\n".join(items)


def delimited(writer: AsciidocWriter, mark: str, blocks: Iterable[docutils_nodes.Node]) -> str:
    """Return blocks between lines of marks, longer than those of any block inside."""
    inner = writer.enclosed(blocks)
    runs = re.findall(rf"^{mark}{{4,}}$", inner, re.MULTILINE)
    fence = mark * max(4, 1 + max(map(len, runs), default=0))
    return f"{fence}\n{inner}\n{fence}"


def _block_quote(writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
    return f"[quote]\n{delimited(writer, '_', node.children)}"


def _admonition(writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
    return f"[{labels.ADMONITION_NAMES[node.__class__].upper()}]\n{delimited(writer, '=', node.children)}"


def _container(writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
    return writer._blocks(node.children)


_MARKS = {"": "<", "left": "<", "center": "^", "right": ">"}


def _table(writer: AsciidocWriter, node: docutils_nodes.table) -> str:
    grid = shapes.grid(node)
    if not grid.heads and not grid.bodies:
        return ""
    marks = ",".join(_MARKS[alignment] for alignment in grid.alignments)
    lines = [f'[cols="{marks}"{",options=header" if grid.heads else ""}]', "|==="]
    for row in (*grid.heads, *grid.bodies):
        cells = [_cell(writer, entry) for entry in row]
        lines.extend(f"|{cell}".rstrip() for cell in cells + [""] * (grid.columns - len(cells)))
        lines.append("")
    lines[-1] = "|==="
    if grid.title is not None:
        lines.insert(0, f"**{unstarted(writer.line(grid.title))}**\n")
    return "\n".join(lines)


def _cell(writer: AsciidocWriter, entry: docutils_nodes.Node) -> str:
    return " ".join(
        code(block.astext())
        if isinstance(block, docutils_nodes.literal_block)
        else writer.line(block)
        for block in entry.findall(shapes.holds_text)
    )


TABLE: dict[type[docutils_nodes.Node], Block] = {
    nodes.notice: _paragraph,
    docutils_nodes.paragraph: _paragraph,
    docutils_nodes.literal_block: _literal_block,
    docutils_nodes.bullet_list: _bullet_list,
    docutils_nodes.enumerated_list: _enumerated_list,
    docutils_nodes.definition_list: _definition_list,
    docutils_nodes.block_quote: _block_quote,
    **dict.fromkeys(nodes.ADMONITIONS.values(), _admonition),
    docutils_nodes.table: _table,
    docutils_nodes.transition: lambda _writer, _node: "'''",
    docutils_nodes.container: _container,
    # Each stands where it is referred to.
    nodes.footnotes: lambda _writer, _node: "",
}
