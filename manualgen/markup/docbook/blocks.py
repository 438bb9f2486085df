"""Block elements: paragraphs, titles, verbatim text, synopses, quotes, admonitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup.docbook.builder import content
from manualgen.markup.docbook.elements import children_of, folded, is_blank, text_of
from manualgen.markup.docbook.inlines import strong
from manualgen.markup.nodes import ADMONITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as XmlElement

    from manualgen.markup.docbook.builder import DocbookBuilder, Handler

TITLES = frozenset({"title", "subtitle", "titleabbrev", "caption", "info", "blockinfo"})
"""The elements that are shown above the block that contains them."""


def paragraph(builder: DocbookBuilder, element: XmlElement) -> None:
    """Show the content of an element as separate paragraphs."""
    builder.end_paragraph()
    builder.content(element)
    builder.end_paragraph()


def _title(builder: DocbookBuilder, element: XmlElement) -> None:
    """Show a block's title as a line in bold above it."""
    builder.end_paragraph()
    if is_blank(element):
        return
    builder.opened()
    assert builder.paragraph.node is not None
    builder.paragraph.node["classes"].append("heading")
    strong(builder, element)
    builder.end_paragraph()


def titles(builder: DocbookBuilder, element: XmlElement) -> None:
    """Show the titles of a block above it."""
    builder.end_paragraph()
    for name, child in children_of(element):
        if name in TITLES:
            builder.element(child)


def _opens(kind: type[docutils_nodes.Element]) -> Handler:
    def handle(builder: DocbookBuilder, element: XmlElement) -> None:
        builder.block(kind(), element)

    return handle


def _verbatim(builder: DocbookBuilder, element: XmlElement) -> None:
    _show_verbatim(builder, text_of(element), element.get("language") or "")


def _show_verbatim(builder: DocbookBuilder, text: str, language: str) -> None:
    lines = text.split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    while lines and not lines[-1].strip():
        del lines[-1]
    if lines:
        code = "\n".join(lines).rstrip()
        builder.enter(docutils_nodes.literal_block(code, code, language=language))
        builder.leave()


def _command_synopsis(builder: DocbookBuilder, element: XmlElement) -> None:
    _show_verbatim(builder, " ".join(_synopsis(element)), "")


_CHOICES = {"req": "{{{}}}", "plain": "{}", "opt": "[{}]"}


def _synopsis(element: XmlElement) -> Iterator[str]:
    """Yield the words of a command's synopsis, in the notation of manual pages."""
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
"""The handlers of block elements other than lists and tables."""
