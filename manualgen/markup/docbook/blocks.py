"""Block elements: paragraphs, titles, verbatim text, synopses, quotes, admonitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup.docbook.elements import children_of, folded, is_blank, text_of
from manualgen.markup.docbook.inlines import strong
from manualgen.markup.docbook.tree import content
from manualgen.markup.nodes import ADMONITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as XmlElement

    from manualgen.markup.docbook.tree import Handler, Tree

TITLES = frozenset({"title", "subtitle", "titleabbrev", "caption", "info", "blockinfo"})
"""The elements that are shown above the block that they stand in."""


def paragraph(tree: Tree, element: XmlElement) -> None:
    """Show what is inside an element as paragraphs of their own."""
    tree.end_paragraph()
    tree.content(element)
    tree.end_paragraph()


def _title(tree: Tree, element: XmlElement) -> None:
    """Show a block's title as a line in bold above it."""
    tree.end_paragraph()
    if is_blank(element):
        return
    tree.opened()
    assert tree.running.node is not None
    tree.running.node["classes"].append("heading")
    strong(tree, element)
    tree.end_paragraph()


def titles(tree: Tree, element: XmlElement) -> None:
    """Show the titles of a block, wherever in it they stand, above it."""
    tree.end_paragraph()
    for name, child in children_of(element):
        if name in TITLES:
            tree.element(child)


def _opens(kind: type[docutils_nodes.Element]) -> Handler:
    def handle(tree: Tree, element: XmlElement) -> None:
        tree.block(kind(), element)

    return handle


def _verbatim(tree: Tree, element: XmlElement) -> None:
    _show_verbatim(tree, text_of(element), element.get("language") or "")


def _show_verbatim(tree: Tree, text: str, language: str) -> None:
    lines = text.split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    while lines and not lines[-1].strip():
        del lines[-1]
    if lines:
        shown = "\n".join(lines).rstrip()
        tree.enter(docutils_nodes.literal_block(shown, shown, language=language))
        tree.leave()


def _command_synopsis(tree: Tree, element: XmlElement) -> None:
    _show_verbatim(tree, " ".join(_synopsis(element)), "")


_CHOICES = {"req": "{{{}}}", "plain": "{}", "opt": "[{}]"}


def _synopsis(element: XmlElement) -> Iterator[str]:
    """Yield the words of a command's synopsis, as a manual page writes them."""
    if element.text and element.text.strip():
        yield folded(element.text)
    for name, child in children_of(element):
        if name in {"arg", "group"}:
            words = (" | " if name == "group" else " ").join(_synopsis(child))
            choice = _CHOICES.get(child.get("choice") or "opt", "[{}]")
            yield choice.format(words) + ("..." if child.get("rep") == "repeat" else "")
        elif name == "sbr":
            yield "\n"
        else:
            yield folded(text_of(child))
        if child.tail and child.tail.strip():
            yield folded(child.tail)


BLOCKS: dict[str, Handler] = {
    **dict.fromkeys(("para", "simpara", "formalpara"), paragraph),
    **dict.fromkeys(("example", "informalexample", "figure", "informalfigure"), paragraph),
    **dict.fromkeys(("title", "subtitle", "caption"), _title),
    **dict.fromkeys(("info", "blockinfo"), content),
    **dict.fromkeys(("programlisting", "screen", "literallayout", "synopsis"), _verbatim),
    "cmdsynopsis": _command_synopsis,
    "blockquote": _opens(docutils_nodes.block_quote),
    "attribution": paragraph,
    **{name: _opens(kind) for name, kind in ADMONITIONS.items()},
}
"""Block elements that are no lists or tables, and what shows each."""
