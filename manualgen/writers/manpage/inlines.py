"""What stands in a line: text in its fonts, links by number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.writers import shapes
from manualgen.writers.manpage import ideographs
from manualgen.writers.manpage.escaping import (
    SPACE,
    escape,
    prose,
    styled_name,
    unbreakable,
    value,
)

if TYPE_CHECKING:
    from manualgen.writers.manpage import Inline, ManpageWriter


def _plain(_writer: ManpageWriter, node: docutils_nodes.Text, _font: str) -> str:
    text = str(node)
    if "\n" in text and (not text.isascii() or text.isspace()):
        text = ideographs.joined(text, _beside(node, -1), _beside(node, 1))
    return prose(SPACE.sub(" ", text))


def _beside(node: docutils_nodes.Text, step: int) -> str:
    """Return the text of the node right before (-1) or after (1) another one."""
    siblings = node.parent.children
    index = next(index for index, sibling in enumerate(siblings) if sibling is node) + step
    return siblings[index].astext() if 0 <= index < len(siblings) else ""


_HAS_WORD = re.compile(r"\w")
_OTHER_SPACE = re.compile(r"[\t\r\n\f\v]")


def _literal(_writer: ManpageWriter, node: docutils_nodes.literal, font: str) -> str:
    classes = node["classes"]
    text = node.astext()
    escaped = value(_OTHER_SPACE.sub(" ", text))
    if "  " in escaped or escaped != escaped.strip():
        escaped = unbreakable(escaped)
    if "file" in classes or "var" in classes:
        return f"\\fI{escaped}\\f{font}"
    if "option" in classes:
        return styled_name(text, font)
    # Bold says "code" where a reader can see it: not within bold, and not on a mere comma.
    if font == "B" and not isinstance(node.parent, docutils_nodes.term):
        return f"\\(oq{escaped}\\(cq"
    if _HAS_WORD.search(text) is None or text != text.strip():
        return f"\\(oq\\fB{escaped}\\f{font}\\(cq"
    return f"\\fB{escaped}\\f{font}"


def _in_font(letter: str) -> Inline:
    def write(writer: ManpageWriter, node: docutils_nodes.Node, font: str) -> str:
        return f"\\f{letter}{writer._inline(node, letter)}\\f{font}"

    return write


def _as_it_is(writer: ManpageWriter, node: docutils_nodes.Node, font: str) -> str:
    return writer._inline(node, font)


def _reference(writer: ManpageWriter, node: docutils_nodes.reference, font: str) -> str:
    address = node["refuri"]
    if node.astext() in {address, address.removeprefix("mailto:")}:
        # An address that is its own text needs no number.
        return writer._inline(node, font)
    text = _link_text(writer, node, font)
    return f"{text}[{writer._number(value(address))}]"


def _link_text(writer: ManpageWriter, node: docutils_nodes.Element, font: str) -> str:
    if all(isinstance(child, docutils_nodes.literal) for child in node.children):
        return writer._inline(node, font)
    return f"\\fB{writer._inline(node, 'B')}\\f{font}"


def _name(_writer: ManpageWriter, node: docutils_nodes.TextElement, font: str) -> str:
    """Write a role that refers to something by its name, such as an option."""
    return styled_name(node.astext(), font)


def _cross_reference(writer: ManpageWriter, node: nodes.cross_reference, font: str) -> str:
    target = writer.links.target(node)
    if target is None or target.kind != "option" or not node.children:
        return writer._inline_of(shapes.shown_text(node, target), font)
    text = _link_text(writer, node, font)
    name = "".join(part.astext() for part in target.text)
    number = writer._number(f"the option {styled_name(name, 'R')}")
    return f"{text}[{number}]"


_MANPAGE = re.compile(r"(.+?)(\([^()]*\))", re.DOTALL)


def _manpage_reference(_writer: ManpageWriter, node: nodes.manpage_reference, font: str) -> str:
    text = SPACE.sub(" ", node.astext())
    match = _MANPAGE.fullmatch(text)
    if match is None:
        return f"\\fB{value(text)}\\f{font}"
    return f"\\fB{value(match[1])}\\fR{escape(match[2])}\\f{font}"


def _footnote_reference(
    _writer: ManpageWriter, node: docutils_nodes.footnote_reference, _font: str
) -> str:
    return f"\\ ({escape(node['refid'])})"


def _image(writer: ManpageWriter, node: docutils_nodes.image, font: str) -> str:
    text = escape(SPACE.sub(" ", node.get("alt", "") or "image"))
    if node in writer.pictures:
        # The file is not where a reader of the page could look for it.
        return f"\\fI{text}\\f{font}"
    number = writer._number(value(node["uri"]))
    return f"\\fB{text}\\f{font}[{number}]"


TABLE: dict[type[docutils_nodes.Node], Inline] = {
    docutils_nodes.Text: _plain,
    docutils_nodes.literal: _literal,
    docutils_nodes.emphasis: _in_font("I"),
    docutils_nodes.strong: _in_font("B"),
    nodes.key: _in_font("B"),
    nodes.line_break: lambda _writer, _node, _font: "\n",
    docutils_nodes.reference: _reference,
    docutils_nodes.image: _image,
    docutils_nodes.target: _as_it_is,
    docutils_nodes.inline: _as_it_is,
    **dict.fromkeys(nodes.REFERRING_ROLES.values(), _name),
    nodes.manpage_reference: _manpage_reference,
    nodes.cross_reference: _cross_reference,
    docutils_nodes.footnote_reference: _footnote_reference,
    docutils_nodes.paragraph: _as_it_is,
    nodes.option_declaration: _as_it_is,
}
