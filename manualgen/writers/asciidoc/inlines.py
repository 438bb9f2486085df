"""What stands in a line: text, code, links and footnotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.markup.links import is_remote
from manualgen.options.addresses import is_safe
from manualgen.writers import shapes
from manualgen.writers.asciidoc.escaping import (
    ANCHOR,
    BREAK,
    RUN_OF_BREAKS,
    UNSAFE_IN_ADDRESS,
    bracketed,
    code,
    escape,
    link,
    one_line,
)

if TYPE_CHECKING:
    from manualgen.writers.asciidoc import AsciidocWriter, Inline


def _plain(_writer: AsciidocWriter, node: docutils_nodes.Text) -> str:
    return escape(str(node))


def _literal(_writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
    roles: list[str] = node.get("classes", [])
    return code(node.astext(), next(filter(str.isalnum, roles), ""))


def _formatted(mark: str) -> Inline:
    def write(writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
        outer = writer._formats
        writer._formats = outer | {node.__class__}
        text = RUN_OF_BREAKS.sub(BREAK, writer.inline(node))
        writer._formats = outer
        inner = text.strip().removeprefix("+\n").removesuffix(" +")
        if not inner or node.__class__ in outer:
            return text
        before, _, after = text.partition(inner)
        return f"{before}{mark}{inner}{mark}{after}"

    return write


def _as_it_is(writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
    return writer.inline(node)


def _reference(writer: AsciidocWriter, node: docutils_nodes.reference) -> str:
    address = str(node["refuri"])
    return link(address, writer.inline(node) or escape(address))


def _role(name: str) -> Inline:
    """Return what writes a role that refers to something by its name, such as an option."""

    def write(writer: AsciidocWriter, node: nodes.option_reference) -> str:
        text = code(node.astext(), name)
        target = writer.links.target(node)
        address = writer.links.href(target) if target is not None else None
        return text if address is None else link(address, text)

    return write


def _cross_reference(writer: AsciidocWriter, node: nodes.cross_reference) -> str:
    target = writer.links.target(node)
    text = writer.inline_of(shapes.shown_text(node, target))
    address = writer.links.href(target) if target is not None else None
    return text if address is None else link(address, text)


def _manpage_reference(writer: AsciidocWriter, node: nodes.manpage_reference) -> str:
    text = code(node.astext(), "manpage")
    address = writer.links.manpage(node.astext())
    return link(address, text) if address else text


def _target(writer: AsciidocWriter, node: docutils_nodes.target) -> str:
    anchors = "".join(f"[[{name}]]" for name in node["ids"] if ANCHOR.fullmatch(name))
    return anchors + writer.inline(node)


def _key(_writer: AsciidocWriter, node: nodes.key) -> str:
    return code(node.astext(), "keycap")


def _footnote_reference(writer: AsciidocWriter, node: docutils_nodes.footnote_reference) -> str:
    note = writer._notes.get(node["refid"])
    if note is None or node["refid"] in writer._noted:
        return f"^{escape(node['refid'])}^"
    writer._noted.add(node["refid"])
    text = " ".join(writer.line(block) for block in note.findall(shapes.holds_text))
    writer._noted.discard(node["refid"])
    return f"footnote:[{bracketed(text)}]"


def _image(writer: AsciidocWriter, node: docutils_nodes.image) -> str:
    return image_macro(writer, node, "image:")


def image_macro(writer: AsciidocWriter, node: docutils_nodes.image, name: str) -> str:
    """Return an image.

    Args:
        writer: the writer, which knows the file.
        node: the image.
        name: ``image:`` in a line, ``image::`` as a block.
    """
    picture = writer.pictures.get(node)
    uri = str(node["uri"]) if picture is None else picture.name
    if picture is None and is_remote(uri):
        # A manual does not fetch pictures from where strangers say; it links to them.
        text = escape(str(node.get("alt", "")) or uri)
        return link(uri, text) if is_safe(uri) and not _is_in_link(node) else text
    address = UNSAFE_IN_ADDRESS.sub(lambda match: f"%{ord(match[0]):02X}", uri)
    text = one_line(escape(str(node.get("alt", "")))).replace(",", "&#44;").replace("=", "&#61;")
    return f"{name}{address}[{text}]"


def _is_in_link(node: docutils_nodes.Node) -> bool:
    parent = node.parent
    while parent is not None and not isinstance(parent, docutils_nodes.reference):
        parent = parent.parent
    return parent is not None


TABLE: dict[type[docutils_nodes.Node], Inline] = {
    docutils_nodes.Text: _plain,
    docutils_nodes.literal: _literal,
    docutils_nodes.emphasis: _formatted("__"),
    docutils_nodes.strong: _formatted("**"),
    nodes.key: _key,
    nodes.line_break: lambda _writer, _node: BREAK,
    docutils_nodes.reference: _reference,
    docutils_nodes.image: _image,
    docutils_nodes.target: _target,
    docutils_nodes.inline: _as_it_is,
    **{node: _role(name) for name, node in nodes.REFERRING_ROLES.items()},
    nodes.manpage_reference: _manpage_reference,
    nodes.cross_reference: _cross_reference,
    docutils_nodes.footnote_reference: _footnote_reference,
    docutils_nodes.paragraph: _as_it_is,
}
