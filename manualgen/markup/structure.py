"""The structure of a doctree: its blocks and their text, without presentation.

For tests, reports and comparisons: two documents have the same content when
their outlines are equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

Block = list[Any]
"""``["p", text]``, ``["ul", [item, …]]``, ``["ol", …]``, ``["dl", [[term, blocks], …]]``,
``["pre", text]``, ``["quote", blocks]``, ``["note", blocks]`` and the other admonitions,
``["table", rows]``, ``["hr"]``; an item is a list of blocks. Text has its white space folded,
but in ``pre``."""


def outline(blocks: Iterable[docutils_nodes.Node]) -> list[Block]:
    """Return the outline of block nodes."""
    outlines: list[Block] = []
    for block in blocks:
        outlines.extend(_block(block))
    return outlines


def fold(text: str) -> str:
    """Return a text with single spaces for white space, and none at its ends."""
    return " ".join(text.split())


def visible_text(node: docutils_nodes.Node) -> str:
    """Return the text of a node as a reader sees it."""
    if isinstance(node, docutils_nodes.Text):
        return str(node)
    if isinstance(node, nodes.line_break):
        return ""  # as in the outlines that these are compared with
    if isinstance(node, docutils_nodes.image):
        return str(node.get("alt", ""))
    if isinstance(node, docutils_nodes.footnote_reference):
        return ""
    return "".join(visible_text(child) for child in node.children)


def _block(node: docutils_nodes.Node) -> list[Block]:
    if isinstance(node, (docutils_nodes.paragraph, nodes.notice)):
        text = fold(visible_text(node))
        return [["p", text]] if text else []
    if isinstance(node, docutils_nodes.literal_block):
        return [["pre", visible_text(node).rstrip()]]
    if isinstance(node, docutils_nodes.definition_list):
        return [["dl", [_definition(item) for item in node.children]]]
    if isinstance(node, docutils_nodes.table):
        return [["table", [_row(row) for row in node.findall(docutils_nodes.row)]]]
    if isinstance(node, docutils_nodes.transition):
        return [["hr"]]
    name = _LISTS.get(node.__class__)
    if name is not None:
        return [[name, [outline(item.children) for item in node.children]]]
    name = _CONTAINERS.get(node.__class__)
    return [[name, outline(node.children)]] if name is not None else outline(node.children)


_LISTS: dict[type[docutils_nodes.Node], str] = {
    docutils_nodes.bullet_list: "ul",
    docutils_nodes.enumerated_list: "ol",
    nodes.footnotes: "footnotes",
}
_CONTAINERS: dict[type[docutils_nodes.Node], str] = {
    docutils_nodes.block_quote: "quote",
    **{kind: name for name, kind in nodes.ADMONITIONS.items()},
}


def _definition(item: docutils_nodes.Node) -> list[Any]:
    terms = [child for child in item.children if isinstance(child, docutils_nodes.term)]
    definitions = [
        block
        for child in item.children
        if isinstance(child, docutils_nodes.definition)
        for block in child.children
    ]
    return [fold(" ".join(visible_text(term) for term in terms)), outline(definitions)]


def _row(row: docutils_nodes.Node) -> list[str]:
    return [fold(visible_text(entry)) for entry in row.children]
