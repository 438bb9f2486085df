"""Inline elements that refer to something: links, addresses, options, manual pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.errors import Code
from manualgen.markup import nodes
from manualgen.markup.docbook.builder import content, phrase
from manualgen.markup.docbook.diagnostics import short
from manualgen.markup.docbook.elements import folded, is_blank, line_of, manpage_name, text_of
from manualgen.markup.docbook.inlines import literal
from manualgen.options.addresses import is_safe

if TYPE_CHECKING:
    from lxml.etree import _Element as XmlElement

    from manualgen.markup.docbook.builder import DocbookBuilder, Handler

# `a.b`, `users.users.<name>.home`, `fileSystems."/".device`, `services.x.*`
_OPTION = re.compile(
    r"""[A-Za-z_][\w'-]*(?:\.(?:[\w'-]+|<[^<>\s]+>|\*|"[^"\n]*"|\$\{[^{}\s]+\}))+"""
)


def _option(builder: DocbookBuilder, element: XmlElement) -> None:
    # Authors also use this element for command-line options of programs: those are code.
    text = folded(text_of(element))
    if builder.in_link or _OPTION.fullmatch(text) is None:
        literal(builder, text_of(element))
        return
    _add_reference(builder, nodes.option_reference(text, text), text)


def _add_reference(builder: DocbookBuilder, node: nodes.Reference, raw: str) -> None:
    builder.append(node, raw)
    builder.parsed.references.append(node)


def _manpage(builder: DocbookBuilder, element: XmlElement) -> None:
    text = manpage_name(element)
    if not text:
        return
    if builder.in_link:
        builder.run(text)
    else:
        _add_reference(builder, nodes.manpage_reference(text, text), text)


def _volume(builder: DocbookBuilder, element: XmlElement) -> None:
    builder.run(f"({folded(text_of(element))})")


def address_of(element: XmlElement) -> str:
    """Return the address that an element links to; "" if it has none."""
    for name, value in element.attrib.items():
        if str(name).rpartition("}")[2] in {"href", "url"}:
            return str(value).strip()
    return ""


def _link(builder: DocbookBuilder, element: XmlElement) -> None:
    build_link(builder, element, content)


def build_link(builder: DocbookBuilder, element: XmlElement, inner: Handler) -> None:
    """Add an element as a link to its address or target, if it has any that is safe.

    Args:
        builder: where the link goes.
        element: the element.
        inner: what shows the element itself, inside the link.
    """
    address = address_of(element)
    target = element.get("linkend") or (address[1:] if address.startswith("#") else "")
    if builder.in_link or not (address or target):
        phrase(builder, element) if inner is content else inner(builder, element)
        return
    if target:
        reference = nodes.cross_reference(target=target)
        builder.parsed.references.append(reference)
        _open_link(builder, element, inner, reference, "")
    elif is_safe(address):
        _open_link(builder, element, inner, docutils_nodes.reference(refuri=address), address)
    else:
        _refuse_link(builder, element, inner, address)


def _open_link(
    builder: DocbookBuilder,
    element: XmlElement,
    inner: Handler,
    node: docutils_nodes.Element,
    text: str,
) -> None:
    """Add a link.

    Args:
        builder: where the link goes.
        element: the element.
        inner: what shows the element itself, inside the link.
        node: the link's node.
        text: what is shown where the element has no text; "" for the text of the target.
    """
    builder.open(node)
    builder.in_link = True
    if not is_blank(element):
        inner(builder, element)
    elif text:
        builder.run(text)
    else:
        builder.paragraph.raw.append(node["target"])
        builder.paragraph.spaced = False
    builder.in_link = False
    builder.close()


def _refuse_link(
    builder: DocbookBuilder, element: XmlElement, inner: Handler, address: str
) -> None:
    scheme = address.partition(":")[0]
    builder.diagnostics.report(
        Code.UNSAFE_LINK,
        f"`{short(scheme)}:` is not a scheme that manuals link to",
        line_of(element),
        address,
        f"write `<literal>{short(address)}</literal>`, or link with https:",
    )
    builder.open(docutils_nodes.inline(classes=["unsafe-link"]))
    inner(builder, element)
    builder.run(address if is_blank(element) else f" ({address})")
    builder.close()


def _cross_reference(builder: DocbookBuilder, element: XmlElement) -> None:
    target = element.get("linkend") or element.get("targetptr") or ""
    if not target:
        build_link(builder, element, content)
    elif not builder.in_link:
        node = nodes.cross_reference(target=target)
        builder.parsed.references.append(node)
        _open_link(builder, element, content, node, "")
    elif is_blank(element):
        builder.run(target)
    else:
        builder.content(element)


def _uri(builder: DocbookBuilder, element: XmlElement) -> None:
    address = folded(text_of(element))
    if re.match(r"[A-Za-z][\w+.-]*:", address) and is_safe(address):
        _autolink(builder, address, address)
    else:
        literal(builder, address)


def _email(builder: DocbookBuilder, element: XmlElement) -> None:
    address = folded(text_of(element))
    _autolink(builder, f"mailto:{address}", address)


def _autolink(builder: DocbookBuilder, address: str, text: str) -> None:
    if not text:
        return
    if builder.in_link:
        builder.run(text)
        return
    builder.open(docutils_nodes.reference(refuri=address))
    builder.run(text)
    builder.close()


REFERENCES: dict[str, Handler] = {
    "option": _option,
    **dict.fromkeys(("link", "ulink"), _link),
    **dict.fromkeys(("xref", "olink"), _cross_reference),
    "citerefentry": _manpage,
    "manvolnum": _volume,
    "uri": _uri,
    "email": _email,
}
"""The handlers of inline elements that refer to something."""

LINKS = frozenset({_link, _cross_reference})
"""The handlers that make a link of an element's address themselves."""
