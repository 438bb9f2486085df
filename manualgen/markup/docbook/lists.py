"""Lists: of items, of steps, of terms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup.docbook.blocks import TITLES, paragraph, titles
from manualgen.markup.docbook.elements import BLANK_LINES, parts_of

if TYPE_CHECKING:
    from lxml.etree import _Element as XmlElement

    from manualgen.markup.docbook.tree import Handler, Tree

_ITEMS = frozenset({"listitem", "step", "member"})


def _bullet_list(tree: Tree, element: XmlElement) -> None:
    _list(tree, element, docutils_nodes.bullet_list(bullet="-"))


_NUMERATIONS = frozenset({"arabic", "loweralpha", "upperalpha", "lowerroman", "upperroman"})


def _ordered_list(tree: Tree, element: XmlElement) -> None:
    numeration = element.get("numeration") or "arabic"
    start = element.get("startingnumber") or "1"
    node = docutils_nodes.enumerated_list(
        enumtype=numeration if numeration in _NUMERATIONS else "arabic",
        prefix="",
        suffix=".",
        start=int(start) if re.fullmatch("[0-9]{1,9}", start) else 1,
    )
    _list(tree, element, node)


def _list(tree: Tree, element: XmlElement, node: docutils_nodes.Element) -> None:
    titles(tree, element)
    tree.enter(node)
    for name, part in parts_of(element):
        if name in _ITEMS and not isinstance(part, str):
            tree.element(part)
        elif name not in TITLES:
            # Not allowed, but an author has written it: it is as good as an item.
            tree.enter(docutils_nodes.list_item())
            tree.show(part)
            tree.leave()
    tree.leave()
    if not node.children:
        tree.flow.remove(node)
    elif element.get("spacing") == "compact" or _is_tight(element, node):
        node["classes"].append("tight")


def _is_tight(element: XmlElement, node: docutils_nodes.Element) -> bool:
    """Whether a list was written without blank lines: each item one paragraph, line by line."""
    between = [child.tail or "" for child in element][:-1]
    return not any(BLANK_LINES.search(white) for white in between) and all(
        sum(isinstance(block, docutils_nodes.paragraph) for block in item.children) <= 1
        for item in node.children
    )


def _item(tree: Tree, element: XmlElement) -> None:
    if isinstance(tree.flow, (docutils_nodes.bullet_list, docutils_nodes.enumerated_list)):
        tree.block(docutils_nodes.list_item(), element)
    else:
        paragraph(tree, element)


def _simple_list(tree: Tree, element: XmlElement) -> None:
    if element.get("type") != "inline":
        _list(tree, element, docutils_nodes.bullet_list(bullet="-"))
        return
    for number, (_, part) in enumerate(parts_of(element)):
        if number:
            tree.run(", ")
        if isinstance(part, str):
            tree.run(part)
        else:
            tree.content(part)


def _definition_list(tree: Tree, element: XmlElement) -> None:
    titles(tree, element)
    node = docutils_nodes.definition_list()
    tree.enter(node)
    for name, part in parts_of(element):
        if name == "varlistentry":
            tree.show(part)
        elif name not in TITLES:
            tree.enter(docutils_nodes.definition_list_item("", docutils_nodes.term()))
            tree.enter(docutils_nodes.definition())
            tree.show(part)
            tree.leave()
            tree.leave()
    tree.leave()
    if not node.children:
        tree.flow.remove(node)


def _entry(tree: Tree, element: XmlElement) -> None:
    """Add an entry of a definition list: terms, then what they mean."""
    if not isinstance(tree.flow, docutils_nodes.definition_list):
        paragraph(tree, element)
        return
    item = docutils_nodes.definition_list_item()
    tree.enter(item)
    meaning = []
    for name, part in parts_of(element):
        if name == "term":
            tree.show(part)
        else:
            meaning.append(part)
    if not item.children:
        item.append(docutils_nodes.term())
    tree.enter(docutils_nodes.definition())
    for part in meaning:
        tree.show(part)
    tree.leave()
    tree.leave()


def _term(tree: Tree, element: XmlElement) -> None:
    if not isinstance(tree.flow, docutils_nodes.definition_list_item):
        paragraph(tree, element)
        return
    tree.end_paragraph()
    running = tree.running
    running.node = running.current = docutils_nodes.term()
    running.depth = 1
    running.raw.append("")
    if tree.ids:
        tree.identify(running.node)
    tree.content(element)
    running.depth = 0
    tree.end_paragraph()


LISTS: dict[str, Handler] = {
    "itemizedlist": _bullet_list,
    "simplelist": _simple_list,
    **dict.fromkeys(("orderedlist", "procedure", "substeps"), _ordered_list),
    **dict.fromkeys(sorted(_ITEMS), _item),
    "variablelist": _definition_list,
    "varlistentry": _entry,
    "term": _term,
}
"""Lists and what they are made of, and what shows each."""
