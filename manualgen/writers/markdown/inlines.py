"""What stands in a line, and what must stand between its pieces."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.markup.links import is_remote
from manualgen.options.addresses import is_safe
from manualgen.writers import shapes
from manualgen.writers.markdown.escaping import (
    code,
    destination,
    escape,
    one_line,
    unbroken,
    with_edges,
)
from manualgen.writers.markdown.style import APART

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from manualgen.writers.markdown import Inline, MarkdownWriter


def merged(children: Iterable[docutils_nodes.Node]) -> list[docutils_nodes.Node]:
    """Return the nodes with neighbouring texts as one: what they mean depends on both."""
    merged: list[docutils_nodes.Node] = []
    for child in children:
        last = merged[-1] if merged else None
        if isinstance(child, docutils_nodes.Text) and isinstance(last, docutils_nodes.Text):
            merged[-1] = docutils_nodes.Text(str(last) + str(child))
        else:
            merged.append(child)
    return merged


_ROLE = re.compile(r"(?<!\\)\{[\w+:-]+\}\Z")


def joined(pieces: list[tuple[docutils_nodes.Node, str]]) -> str:
    """Return nodes as they were written, parted where they would be read as one."""
    out: list[str] = []
    last: docutils_nodes.Node | None = None
    for node, text in pieces:
        if last is not None:
            before = out[-1]
            role = _ROLE.search(before) if text[0] == "`" else None
            if role is not None and isinstance(last, docutils_nodes.Text):
                out[-1] = f"{before[: role.start()]}\\{role[0]}"
            elif text[0] == "[" and before[-1] == "!" and not before.endswith("\\!"):
                out[-1] = before[:-1] + "\\!"
            elif _must_be_apart(last, before, node, text):
                out.append(APART)
        out.append(text)
        last = node
    return "".join(out)


_EMPHASIS = (docutils_nodes.emphasis, docutils_nodes.strong)


def _must_be_apart(
    last: docutils_nodes.Node, before: str, node: docutils_nodes.Node, text: str
) -> bool:
    if isinstance(last, docutils_nodes.footnote_reference):
        return text[0] in "({["
    if text[0] == "`" and before[-1] == "`":
        return not isinstance(last, docutils_nodes.Text)
    # Asterisks open before a word and close behind one; beside punctuation, only if
    # there is no word on their other side.
    if isinstance(node, _EMPHASIS) and text[0] == "*":
        if isinstance(last, _EMPHASIS):
            return True
        first = text.lstrip("*")[:1]
        return _is_punctuation(first) and not _is_boundary(before[-1])
    if isinstance(last, _EMPHASIS) and before[-1] == "*":
        end = before.rstrip("*")[-1:]
        return _is_punctuation(end) and not _is_boundary(text[0])
    return False


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS" if character else False


def _is_boundary(character: str) -> bool:
    return character.isspace() or _is_punctuation(character)


def _plain(writer: MarkdownWriter, node: docutils_nodes.Text) -> str:
    return escape(str(node), straight=writer._straight, in_link=writer._in_link)


def _literal(_writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
    return code(node.astext())


def _emphasised(mark: str) -> Inline:
    def write(writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
        outer = writer._emphasis
        if node.__class__ in outer:
            return writer.inline(node)
        writer._emphasis = (*outer, node.__class__)
        text = writer.inline(node)
        writer._emphasis = outer
        inner = unbroken(text.strip(" \t\n"))
        if not inner:
            return text
        before, _, after = text.partition(inner)
        if inner[0].isspace() or inner[-1].isspace():
            inner = with_edges(inner)
        return f"{before}{mark}{inner}{mark}{after}"

    return write


def _as_it_is(writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
    return writer.inline(node)


_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:[!#-;=?-Z_a-z~]*")
_MAIL = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def _reference(writer: MarkdownWriter, node: docutils_nodes.reference) -> str:
    address = str(node["refuri"])
    text = node.astext()
    if text == address and _ADDRESS.fullmatch(address) and "..." not in address:
        return f"<{address}>"
    if address == f"mailto:{text}" and _MAIL.fullmatch(text):
        return f"<{text}>"
    return _link(writer, node.children, address)


def _link(writer: MarkdownWriter, content: Sequence[docutils_nodes.Node], address: str) -> str:
    if writer._in_link:
        return writer.inline_of(content)
    writer._in_link = True
    text = writer.inline_of(content)
    writer._in_link = False
    return f"[{text}]({destination(address)})"


def _role(writer: MarkdownWriter, node: nodes.option_reference) -> str:
    """Write a role that refers to something by its name, such as an option."""
    text = code(node.astext())
    if writer._in_link or not writer.style.anchors:
        return text
    target = writer.links.target(node)
    address = writer.links.href(target) if target is not None else None
    return text if address is None else f"[{text}]({destination(address)})"


def _cross_reference(writer: MarkdownWriter, node: nodes.cross_reference) -> str:
    target = writer.links.target(node)
    content = shapes.shown_text(node, target)
    address = f"#{node['target']}" if target is None else writer.links.href(target)
    return writer.inline_of(content) if address is None else _link(writer, content, address)


def _manpage_reference(writer: MarkdownWriter, node: nodes.manpage_reference) -> str:
    text = code(node.astext())
    address = writer.links.manpage(node.astext())
    return f"[{text}]({destination(address)})" if address and not writer._in_link else text


def _target(writer: MarkdownWriter, node: docutils_nodes.target) -> str:
    if not writer.style.attributes or not node["ids"]:
        return writer.inline(node)
    return _span(writer, node, f"#{node['ids'][0]}")


def _key(writer: MarkdownWriter, node: nodes.key) -> str:
    if not writer.style.attributes:
        return code(node.astext())
    return _span(writer, node, ".keycap")


def _span(writer: MarkdownWriter, node: docutils_nodes.Element, attribute: str) -> str:
    outer, writer._in_link = writer._in_link, True
    text = writer.inline(node)
    writer._in_link = outer
    return f"[{text}]{{{attribute}}}"


def _footnote_reference(writer: MarkdownWriter, node: docutils_nodes.footnote_reference) -> str:
    return f"[^{writer._notes}{node['refid']}]"


def _image(writer: MarkdownWriter, node: docutils_nodes.image) -> str:
    text = escape(str(node.get("alt", "")), straight=True, in_link=True)
    picture = writer.pictures.get(node)
    address = str(node["uri"]) if picture is None else picture.name
    if picture is None and is_remote(address):
        # A manual does not fetch pictures from where strangers say; it links to them.
        alternative = [docutils_nodes.Text(node.get("alt", "") or address)]
        return (
            _link(writer, alternative, address)
            if is_safe(address)
            else writer.inline_of(alternative)
        )
    return f"![{one_line(text)}]({destination(address)})"


TABLE: dict[type[docutils_nodes.Node], Inline] = {
    docutils_nodes.Text: _plain,
    docutils_nodes.literal: _literal,
    docutils_nodes.emphasis: _emphasised("*"),
    docutils_nodes.strong: _emphasised("**"),
    nodes.key: _key,
    nodes.line_break: lambda _writer, _node: "\\\n",
    docutils_nodes.reference: _reference,
    docutils_nodes.image: _image,
    docutils_nodes.target: _target,
    docutils_nodes.inline: _as_it_is,
    **dict.fromkeys(nodes.REFERRING_ROLES.values(), _role),
    nodes.manpage_reference: _manpage_reference,
    nodes.cross_reference: _cross_reference,
    docutils_nodes.footnote_reference: _footnote_reference,
    docutils_nodes.paragraph: _as_it_is,
}
