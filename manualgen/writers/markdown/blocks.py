"""Paragraphs, lists, tables and other blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.writers import labels, shapes
from manualgen.writers.markdown.escaping import (
    BREAKS,
    code,
    fenced,
    indented,
    one_line,
)
from manualgen.writers.markdown.style import APART, Admonitions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.writers.markdown import Block, MarkdownWriter


def _paragraph(writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
    outer = writer._straight
    # One straight quote has none to pair up with.
    writer._straight = node.astext().count('"') > 1
    text = writer.paragraph(node)
    writer._straight = outer
    if writer.style.attributes and node["ids"]:
        text = "".join(f"[]{{#{name}}}" for name in node["ids"]) + text
    return text


def _literal_block(_writer: MarkdownWriter, node: docutils_nodes.literal_block) -> str:
    return fenced(node.astext(), node.get("language", ""))


def _bullet_list(writer: MarkdownWriter, node: docutils_nodes.bullet_list) -> str:
    return _items(writer, node, ["- "] * len(node.children))


def _enumerated_list(writer: MarkdownWriter, node: docutils_nodes.enumerated_list) -> str:
    start = node.get("start", 1)
    mark = ")" if node.get("suffix") == ")" else "."
    numbers = range(start, start + len(node.children))
    return _items(writer, node, [f"{max(0, number)}{mark} " for number in numbers])


def _items(writer: MarkdownWriter, node: docutils_nodes.Element, marks: list[str]) -> str:
    tight = "tight" in node["classes"]
    items = [
        indented(writer.blocks(item.children, tight=tight), mark, " " * len(mark))
        for item, mark in zip(node.children, marks, strict=True)
    ]
    return ("\n" if tight else "\n\n").join(items)


def may_follow(block: docutils_nodes.Node, previous: docutils_nodes.Node) -> bool:
    """Return whether a block is seen as one even where no blank line is before it."""
    if isinstance(previous, _LISTS):
        return False
    if isinstance(block, docutils_nodes.literal_block):
        return True
    starts = isinstance(block, docutils_nodes.bullet_list) or (
        isinstance(block, docutils_nodes.enumerated_list) and block.get("start", 1) == 1
    )
    return starts and bool(block.children and block.children[0].children)


_LISTS = (
    docutils_nodes.bullet_list,
    docutils_nodes.enumerated_list,
    docutils_nodes.definition_list,
)


def would_join(previous: docutils_nodes.Node, block: docutils_nodes.Node) -> bool:
    """Return whether a list would be read as more items of the one before it."""
    if not isinstance(previous, _LISTS) or previous.__class__ is not block.__class__:
        return False
    return not (
        isinstance(block, docutils_nodes.enumerated_list)
        and (previous.get("suffix") == ")") != (block.get("suffix") == ")")
    )


def _definition_list(writer: MarkdownWriter, node: docutils_nodes.definition_list) -> str:
    items = []
    for entry in shapes.entries(node):
        lines = [", ".join(writer.line(term) for term in entry.terms)]
        lines.extend(
            indented(writer.blocks(definition.children) or APART, ":   ", "    ")
            for definition in entry.definitions
        )
        items.append("\n".join(lines))
    return "\n\n".join(items)


def _block_quote(writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
    return indented(writer.blocks(node.children), "> ", "> ")


def div(name: str, ids: Sequence[str], inner: str) -> str:
    """Return a block of colons of a class, with the first of the identifiers."""
    # The end of a block is the first line of as many colons, whatever it stands in.
    runs = re.findall(r"^[ \t>]*(:{3,})", inner, re.MULTILINE)
    fence = ":" * max(3, 1 + max(map(len, runs), default=0))
    named = "".join(f" #{identifier}" for identifier in ids[:1])
    return f"{fence} {{.{name}{named}}}\n{inner}\n{fence}"


def _admonition(writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
    name = labels.ADMONITION_NAMES[node.__class__]
    style = writer.style.admonitions
    inner = writer.blocks(node.children)
    starts_with_text = bool(node.children) and isinstance(
        node.children[0], docutils_nodes.paragraph
    )
    if style is Admonitions.PANDOC:
        return div(name, node["ids"], inner)
    if writer.style.attributes and node["ids"]:
        inner = f"[]{{#{node['ids'][0]}}}" + ("" if starts_with_text else "\n\n") + inner
        starts_with_text = True
    if style is Admonitions.GFM:
        gap = "\n" if starts_with_text else "\n\n"
        return indented(f"[!{name.upper()}]{gap}{inner}".rstrip("\n"), "> ", "> ")
    gap = " " if starts_with_text else "\n\n"
    return f"**{labels.ADMONITION_TITLES[node.__class__]}:**{gap}{inner}".rstrip()


def _container(writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
    return writer.blocks(node.children)


def _footnotes(writer: MarkdownWriter, node: nodes.footnotes) -> str:
    notes = []
    for note in node.children:
        assert isinstance(note, docutils_nodes.Element)
        mark = f"[^{writer._notes}{note['names'][0]}]: "
        notes.append(indented(writer.blocks(note.children), mark, "    "))
    return "\n\n".join(notes)


_RULES = {"": "---", "left": ":--", "center": ":-:", "right": "--:"}


def _table(writer: MarkdownWriter, node: docutils_nodes.table) -> str:
    grid = shapes.grid(node)
    if not grid.heads and not grid.bodies:
        return ""
    # There is one row of headings, and always one.
    first, *others = [*grid.heads, *grid.bodies] if grid.heads else [(), *grid.bodies]
    lines = [
        _row([_cell(writer, entry) for entry in first], grid.columns),
        _row([_RULES[alignment] for alignment in grid.alignments], grid.columns),
        *(_row([_cell(writer, entry) for entry in row], grid.columns) for row in others),
    ]
    if grid.title is not None:
        lines[:0] = [f"**{writer.line(grid.title)}**", ""]
    return "\n".join(lines)


def _row(cells: list[str], columns: int) -> str:
    cells = cells + [""] * (columns - len(cells))
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def _cell(writer: MarkdownWriter, entry: docutils_nodes.Node) -> str:
    outer, writer._straight = writer._straight, True
    parts = [
        code(block.astext())
        if isinstance(block, docutils_nodes.literal_block)
        else writer.inline(block)
        for block in entry.findall(shapes.holds_text)
    ]
    writer._straight = outer
    text = one_line(BREAKS.sub("\n", " ".join(parts).strip()))
    return text.replace("|", "\\|")


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
    docutils_nodes.transition: lambda _writer, _node: "***",
    docutils_nodes.container: _container,
    nodes.footnotes: _footnotes,
}
