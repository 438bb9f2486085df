"""Lists: of items, of steps, of terms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup.docbook.blocks import TITLES, paragraph, titles
from manualgen.markup.docbook.elements import BLANK_LINES, parts_of

if TYPE_CHECKING:
    from lxml.etree import _Element as XmlElement

    from manualgen.markup.docbook.builder import DocbookBuilder, Handler

_ITEMS = frozenset({"listitem", "step", "member"})


def _bullet_list(builder: DocbookBuilder, element: XmlElement) -> None:
    _list(builder, element, docutils_nodes.bullet_list(bullet="-"))


_NUMERATIONS = frozenset({"arabic", "loweralpha", "upperalpha", "lowerroman", "upperroman"})


def _ordered_list(builder: DocbookBuilder, element: XmlElement) -> None:
    numeration = element.get("numeration") or "arabic"
    start = element.get("startingnumber") or "1"
    node = docutils_nodes.enumerated_list(
        enumtype=numeration if numeration in _NUMERATIONS else "arabic",
        prefix="",
        suffix=".",
        start=int(start) if re.fullmatch("[0-9]{1,9}", start) else 1,
    )
    _list(builder, element, node)


def _list(builder: DocbookBuilder, element: XmlElement, node: docutils_nodes.Element) -> None:
    titles(builder, element)
    builder.enter(node)
    for name, part in parts_of(element):
        if name in _ITEMS and not isinstance(part, str):
            builder.element(part)
        elif name not in TITLES:
            # Not allowed by DocBook, but authors write it: it is shown as an item.
            builder.enter(docutils_nodes.list_item())
            builder.show(part)
            builder.leave()
    builder.leave()
    if not node.children:
        builder.flow.remove(node)
    elif element.get("spacing") == "compact" or _is_tight(element, node):
        node["classes"].append("tight")


def _is_tight(element: XmlElement, node: docutils_nodes.Element) -> bool:
    """Whether a list was written without blank lines: each item one paragraph, line by line."""
    between = [child.tail or "" for child in element][:-1]
    return not any(BLANK_LINES.search(white) for white in between) and all(
        sum(isinstance(block, docutils_nodes.paragraph) for block in item.children) <= 1
        for item in node.children
    )


def _item(builder: DocbookBuilder, element: XmlElement) -> None:
    if isinstance(builder.flow, (docutils_nodes.bullet_list, docutils_nodes.enumerated_list)):
        builder.block(docutils_nodes.list_item(), element)
    else:
        paragraph(builder, element)


def _simple_list(builder: DocbookBuilder, element: XmlElement) -> None:
    if element.get("type") != "inline":
        _list(builder, element, docutils_nodes.bullet_list(bullet="-"))
        return
    for number, (_, part) in enumerate(parts_of(element)):
        if number:
            builder.run(", ")
        if isinstance(part, str):
            builder.run(part)
        else:
            builder.content(part)


def _definition_list(builder: DocbookBuilder, element: XmlElement) -> None:
    titles(builder, element)
    node = docutils_nodes.definition_list()
    builder.enter(node)
    for name, part in parts_of(element):
        if name == "varlistentry":
            builder.show(part)
        elif name not in TITLES:
            builder.enter(docutils_nodes.definition_list_item("", docutils_nodes.term()))
            builder.enter(docutils_nodes.definition())
            builder.show(part)
            builder.leave()
            builder.leave()
    builder.leave()
    if not node.children:
        builder.flow.remove(node)


def _entry(builder: DocbookBuilder, element: XmlElement) -> None:
    """Add an entry of a definition list: terms, then their definition."""
    if not isinstance(builder.flow, docutils_nodes.definition_list):
        paragraph(builder, element)
        return
    item = docutils_nodes.definition_list_item()
    builder.enter(item)
    definition = []
    for name, part in parts_of(element):
        if name == "term":
            builder.show(part)
        else:
            definition.append(part)
    if not item.children:
        item.append(docutils_nodes.term())
    builder.enter(docutils_nodes.definition())
    for part in definition:
        builder.show(part)
    builder.leave()
    builder.leave()


def _term(builder: DocbookBuilder, element: XmlElement) -> None:
    if not isinstance(builder.flow, docutils_nodes.definition_list_item):
        paragraph(builder, element)
        return
    builder.end_paragraph()
    term = builder.paragraph
    term.node = term.current = docutils_nodes.term()
    term.depth = 1
    term.raw.append("")
    if builder.ids:
        builder.identify(term.node)
    builder.content(element)
    term.depth = 0
    builder.end_paragraph()


LISTS: dict[str, Handler] = {
    "itemizedlist": _bullet_list,
    "simplelist": _simple_list,
    **dict.fromkeys(("orderedlist", "procedure", "substeps"), _ordered_list),
    **dict.fromkeys(sorted(_ITEMS), _item),
    "variablelist": _definition_list,
    "varlistentry": _entry,
    "term": _term,
}
"""The handlers of lists and their parts."""
