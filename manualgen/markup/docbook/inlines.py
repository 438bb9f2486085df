"""Inline elements that show their own text: code, emphasis, quotes, keys, footnotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
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
from manualgen.markup.docbook.tree import Running, phrase

if TYPE_CHECKING:
    from lxml.etree import _Element as XmlElement

    from manualgen.markup.docbook.tree import Handler, Tree

_REFERRING = frozenset(
    {"link", "ulink", "xref", "olink", "citerefentry", "footnote", "footnoteref", "anchor", "email"}
)


def _code(*classes: str) -> Handler:
    def handle(tree: Tree, element: XmlElement) -> None:
        if len(element) and any(name_of(inner) in _REFERRING for inner in elements_in(element)):
            _code_with_references(tree, element, classes)
            return
        text = text_of(element)
        if text.isspace() and "\n" not in text:
            tree.append(docutils_nodes.literal(text, text, classes=[*classes]), text)
        else:
            literal(tree, text, classes)

    return handle


def literal(tree: Tree, text: str, classes: tuple[str, ...] = ()) -> None:
    """Add a text as code of these classes, on one line; the space at its ends stands beside it."""
    content = folded(text)
    if text[:1] in WHITE:
        tree.running.raw.append(" ")
        tree.space(" ")
    if content:
        node = docutils_nodes.literal(content, content, classes=[*classes])
        tree.append(node, LINE_ENDS.sub(" ", text.strip(SPACE)))
        if text[-1] in WHITE:
            tree.running.raw.append(" ")
            tree.space(" ")


def _code_with_references(tree: Tree, element: XmlElement, classes: tuple[str, ...]) -> None:
    literal(tree, element.text or "", classes)
    for child in element:
        tree.element(child)
        literal(tree, child.tail or "", classes)


def _inline(kind: type[docutils_nodes.Element]) -> Handler:
    def handle(tree: Tree, element: XmlElement) -> None:
        if is_blank(element):
            tree.content(element)
            return
        tree.open(kind())
        tree.content(element)
        tree.close()

    return handle


_emphasized = _inline(docutils_nodes.emphasis)
strong = _inline(docutils_nodes.strong)
"""Shows what is inside an element in bold."""


def _emphasis(tree: Tree, element: XmlElement) -> None:
    handler = strong if element.get("role") in {"strong", "bold"} else _emphasized
    handler(tree, element)


_QUOTES = (("“", "”"), ("\u2018", "\u2019"))


def _quote(tree: Tree, element: XmlElement) -> None:
    opening, closing = _QUOTES[tree.quotes % 2]
    tree.quotes += 1
    tree.run(opening)
    phrase(tree, element)
    tree.run(closing)
    tree.quotes -= 1


def _key(tree: Tree, element: XmlElement) -> None:
    label = folded(text_of(element))
    if label:
        tree.append(nodes.key("", label), label)


def _joined(separator: str) -> Handler:
    def handle(tree: Tree, element: XmlElement) -> None:
        for number, (_, part) in enumerate(parts_of(element)):
            if number:
                tree.run(separator)
            tree.show(part)

    return handle


def _anchor(tree: Tree, _element: XmlElement) -> None:
    if tree.ids:
        node = docutils_nodes.target()
        tree.identify(node)
        tree.append(node, "")


def footnote(tree: Tree, element: XmlElement) -> None:
    """Add a footnote, and its number where the element stands."""
    label = str(len(tree.footnotes) + 1)
    note = docutils_nodes.footnote(names=[label])
    tree.footnotes.append(note)
    for identifier in tree.ids:
        tree.footnote_labels[identifier] = label
    if tree.ids:
        tree.identify(note)
    tree.append(docutils_nodes.footnote_reference(refid=label), "")
    outside = (tree.flow, tree.running, tree.linked)
    tree.flow, tree.running, tree.linked = note, Running(), False
    tree.content(element)
    tree.end_paragraph()
    tree.flow, tree.running, tree.linked = outside


def _footnote_again(tree: Tree, element: XmlElement) -> None:
    label = tree.footnote_labels.get(element.get("linkend") or "")
    if label:
        tree.append(docutils_nodes.footnote_reference(refid=label), "")


def _nothing(_tree: Tree, _element: XmlElement) -> None:
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
"""Inline elements that lead nowhere else, and what shows each."""
