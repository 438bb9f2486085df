"""The table of handlers, and what they share.

A handler writes one class of nodes: it appends strings to what it is given. The
modules beside this one say which handler is whose; the package puts them together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from manualgen.writers.html.escaping import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from docutils import nodes as docutils_nodes

    from manualgen.writers.html import HtmlWriter

    Parts = list[Any]
    Handler = Callable[[HtmlWriter, Any, Parts], object]

HANDLERS: dict[type[docutils_nodes.Node], Handler] = {}
"""A node's class → what writes it."""


def children(writer: HtmlWriter, node: docutils_nodes.Node, out: Parts) -> None:
    """Write the children of a node."""
    for child in node.children:
        HANDLERS[child.__class__](writer, child, out)


def write_all(writer: HtmlWriter, nodes: Iterable[docutils_nodes.Node], out: Parts) -> None:
    """Write nodes, one after the other."""
    for node in nodes:
        HANDLERS[node.__class__](writer, node, out)


def between(before: str, after: str) -> Handler:
    """Return what writes a node's children between two tags."""

    def write(writer: HtmlWriter, node: docutils_nodes.Element, out: Parts) -> None:
        out.append(before)
        for child in node.children:
            HANDLERS[child.__class__](writer, child, out)
        out.append(after)

    return write


def nothing(_writer: HtmlWriter, _node: docutils_nodes.Node, _out: Parts) -> None:
    """Write nothing."""


def attributes(writer: HtmlWriter, node: docutils_nodes.Element, *classes: str) -> str:
    """Return a node's classes and its identifier, if the page has not got it yet, for a tag."""
    names = [*classes, *node["classes"]]
    html = f' class="{escape(" ".join(names))}"' if names else ""
    for anchor in node["ids"]:
        writer._page_bound = True
        name = identifier(anchor)
        if name not in writer._ids:
            writer._ids.add(name)
            return f'{html} id="{escape(name)}"'
    return html


def identifier(anchor: str) -> str:
    """Return an author's anchor as HTML can have it: white space alone cannot stand in an id."""
    return re.sub(r"\s", "_", anchor)
