"""Inline elements: code, emphasis, quotes, keys, anchors, footnotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.markup.docbook.builder import OpenParagraph, phrase
from manualgen.markup.docbook.elements import (
    LINE_ENDS,
    SPACE,
    WHITE,
    elements_in,
    folded,
    is_blank,
    name_of,
    parts_of,
    text_of,
)

if TYPE_CHECKING:
    from lxml.etree import _Element as XmlElement

    from manualgen.markup.docbook.builder import DocbookBuilder, Handler

_REFERRING = frozenset(
    {"link", "ulink", "xref", "olink", "citerefentry", "footnote", "footnoteref", "anchor", "email"}
)


def _code(*classes: str) -> Handler:
    def handle(builder: DocbookBuilder, element: XmlElement) -> None:
        if len(element) and any(name_of(inner) in _REFERRING for inner in elements_in(element)):
            _code_with_references(builder, element, classes)
            return
        text = text_of(element)
        if text.isspace() and "\n" not in text:
            builder.append(docutils_nodes.literal(text, text, classes=[*classes]), text)
        else:
            literal(builder, text, classes)

    return handle


def literal(builder: DocbookBuilder, text: str, classes: tuple[str, ...] = ()) -> None:
    """Add a text as code of these classes, on one line; space at its ends is put outside."""
    content = folded(text)
    if text[:1] in WHITE:
        builder.paragraph.raw.append(" ")
        builder.space(" ")
    if content:
        node = docutils_nodes.literal(content, content, classes=[*classes])
        builder.append(node, LINE_ENDS.sub(" ", text.strip(SPACE)))
        if text[-1] in WHITE:
            builder.paragraph.raw.append(" ")
            builder.space(" ")


def _code_with_references(
    builder: DocbookBuilder, element: XmlElement, classes: tuple[str, ...]
) -> None:
    literal(builder, element.text or "", classes)
    for child in element:
        builder.element(child)
        literal(builder, child.tail or "", classes)


def _inline(kind: type[docutils_nodes.Element]) -> Handler:
    def handle(builder: DocbookBuilder, element: XmlElement) -> None:
        if is_blank(element):
            builder.content(element)
            return
        builder.open(kind())
        builder.content(element)
        builder.close()

    return handle


_emphasized = _inline(docutils_nodes.emphasis)
strong = _inline(docutils_nodes.strong)
"""Shows the content of an element in bold."""


def _emphasis(builder: DocbookBuilder, element: XmlElement) -> None:
    handler = strong if element.get("role") in {"strong", "bold"} else _emphasized
    handler(builder, element)


_QUOTES = (("“", "”"), ("\u2018", "\u2019"))


def _quote(builder: DocbookBuilder, element: XmlElement) -> None:
    opening, closing = _QUOTES[builder.quotes % 2]
    builder.quotes += 1
    builder.run(opening)
    phrase(builder, element)
    builder.run(closing)
    builder.quotes -= 1


def _key(builder: DocbookBuilder, element: XmlElement) -> None:
    label = folded(text_of(element))
    if label:
        builder.append(nodes.key("", label), label)


def _joined(separator: str) -> Handler:
    def handle(builder: DocbookBuilder, element: XmlElement) -> None:
        for number, (_, part) in enumerate(parts_of(element)):
            if number:
                builder.run(separator)
            builder.show(part)

    return handle


def _anchor(builder: DocbookBuilder, _element: XmlElement) -> None:
    if builder.ids:
        node = docutils_nodes.target()
        builder.identify(node)
        builder.append(node, "")


def footnote(builder: DocbookBuilder, element: XmlElement) -> None:
    """Add a footnote, and a reference to it here."""
    label = str(len(builder.footnotes) + 1)
    note = docutils_nodes.footnote(names=[label])
    builder.footnotes.append(note)
    for identifier in builder.ids:
        builder.footnote_labels[identifier] = label
    if builder.ids:
        builder.identify(note)
    builder.append(docutils_nodes.footnote_reference(refid=label), "")
    outside = (builder.flow, builder.paragraph, builder.in_link)
    builder.flow, builder.paragraph, builder.in_link = note, OpenParagraph(), False
    builder.content(element)
    builder.end_paragraph()
    builder.flow, builder.paragraph, builder.in_link = outside


def _footnote_again(builder: DocbookBuilder, element: XmlElement) -> None:
    label = builder.footnote_labels.get(element.get("linkend") or "")
    if label:
        builder.append(docutils_nodes.footnote_reference(refid=label), "")


def _nothing(_builder: DocbookBuilder, _element: XmlElement) -> None:
    pass


INLINES: dict[str, Handler] = {
    **dict.fromkeys(("literal", "code", "constant", "function", "type", "symbol"), _code()),
    **dict.fromkeys(("userinput", "computeroutput", "prompt", "package"), _code()),
    **dict.fromkeys(("systemitem", "classname", "markup", "tag", "sgmltag"), _code()),
    **dict.fromkeys(("property", "token", "errorname", "errortext", "hardware"), _code()),
    "command": _code("command"),
    "filename": _code("file"),
    **dict.fromkeys(("varname", "parameter", "replaceable"), _code("var")),
    "envar": _code("env"),
    "emphasis": _emphasis,
    **dict.fromkeys(("firstterm", "citetitle", "foreignphrase", "wordasword"), _emphasized),
    "quote": _quote,
    **dict.fromkeys(("keycap", "keycode", "keysym", "mousebutton"), _key),
    "keycombo": _joined("+"),
    "menuchoice": _joined(" → "),
    **dict.fromkeys(("phrase", "application", "productname", "productnumber"), phrase),
    **dict.fromkeys(("acronym", "abbrev", "trademark", "refentrytitle"), phrase),
    **dict.fromkeys(("guibutton", "guiicon", "guilabel", "guimenu"), phrase),
    **dict.fromkeys(("guimenuitem", "guisubmenu", "database", "date", "orgname"), phrase),
    **dict.fromkeys(("superscript", "subscript"), phrase),
    "footnote": footnote,
    "footnoteref": _footnote_again,
    "anchor": _anchor,
    **dict.fromkeys(("titleabbrev", "indexterm"), _nothing),
}
"""The handlers of inline elements that do not refer to anything."""
