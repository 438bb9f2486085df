"""Inline elements that lead elsewhere: links, addresses, options, manual pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.errors import Code
from manualgen.markup import nodes
from manualgen.markup.docbook.diagnostics import short
from manualgen.markup.docbook.elements import folded, is_blank, line_of, manpage_name, text_of
from manualgen.markup.docbook.inlines import literal
from manualgen.markup.docbook.tree import content, phrase
from manualgen.options.addresses import is_safe

if TYPE_CHECKING:
    from lxml.etree import _Element as XmlElement

    from manualgen.markup.docbook.tree import Handler, Tree

# `a.b`, `users.users.<name>.home`, `fileSystems."/".device`, `services.x.*`
_OPTION = re.compile(
    r"""[A-Za-z_][\w'-]*(?:\.(?:[\w'-]+|<[^<>\s]+>|\*|"[^"\n]*"|\$\{[^{}\s]+\}))+"""
)


def _option(tree: Tree, element: XmlElement) -> None:
    # Authors marked command-line options of programs the same way: those are code.
    text = folded(text_of(element))
    if tree.linked or _OPTION.fullmatch(text) is None:
        literal(tree, text_of(element))
        return
    _refer(tree, nodes.option_reference(text, text), text)


def _refer(tree: Tree, node: nodes.Reference, raw: str) -> None:
    tree.append(node, raw)
    tree.parsed.references.append(node)


def _manpage(tree: Tree, element: XmlElement) -> None:
    text = manpage_name(element)
    if not text:
        return
    if tree.linked:
        tree.run(text)
    else:
        _refer(tree, nodes.manpage_reference(text, text), text)


def _volume(tree: Tree, element: XmlElement) -> None:
    tree.run(f"({folded(text_of(element))})")


def address_of(element: XmlElement) -> str:
    """Return the address that an element links to; "" if it has none."""
    for name, value in element.attrib.items():
        if str(name).rpartition("}")[2] in {"href", "url"}:
            return str(value).strip()
    return ""


def _link(tree: Tree, element: XmlElement) -> None:
    linked(tree, element, content)


def linked(tree: Tree, element: XmlElement, inner: Handler) -> None:
    """Add an element as a link to its address or target, if it has any that is safe.

    Args:
        tree: where the link goes.
        element: the element.
        inner: what shows the element itself, inside the link.
    """
    address = address_of(element)
    target = element.get("linkend") or (address[1:] if address.startswith("#") else "")
    if tree.linked or not (address or target):
        phrase(tree, element) if inner is content else inner(tree, element)
        return
    if target:
        reference = nodes.cross_reference(target=target)
        tree.parsed.references.append(reference)
        _open_link(tree, element, inner, reference, "")
    elif is_safe(address):
        _open_link(tree, element, inner, docutils_nodes.reference(refuri=address), address)
    else:
        _refuse_link(tree, element, inner, address)


def _open_link(
    tree: Tree,
    element: XmlElement,
    inner: Handler,
    node: docutils_nodes.Element,
    shown: str,
) -> None:
    """Add a link; where the element has no text, it shows what is given, or nothing yet."""
    tree.open(node)
    tree.linked = True
    if not is_blank(element):
        inner(tree, element)
    elif shown:
        tree.run(shown)
    else:
        tree.running.raw.append(node["target"])
        tree.running.spaced = False
    tree.linked = False
    tree.close()


def _refuse_link(tree: Tree, element: XmlElement, inner: Handler, address: str) -> None:
    scheme = address.partition(":")[0]
    tree.diagnostics.add(
        Code.UNSAFE_LINK,
        f"`{short(scheme)}:` is no scheme that manuals link to",
        line_of(element),
        address,
        f"write `<literal>{short(address)}</literal>`, or link with https:",
    )
    tree.open(docutils_nodes.inline(classes=["unsafe-link"]))
    inner(tree, element)
    tree.run(address if is_blank(element) else f" ({address})")
    tree.close()


def _cross_reference(tree: Tree, element: XmlElement) -> None:
    target = element.get("linkend") or element.get("targetptr") or ""
    if not target:
        linked(tree, element, content)
    elif not tree.linked:
        node = nodes.cross_reference(target=target)
        tree.parsed.references.append(node)
        _open_link(tree, element, content, node, "")
    elif is_blank(element):
        tree.run(target)
    else:
        tree.content(element)


def _uri(tree: Tree, element: XmlElement) -> None:
    address = folded(text_of(element))
    if re.match(r"[A-Za-z][\w+.-]*:", address) and is_safe(address):
        _autolink(tree, address, address)
    else:
        literal(tree, address)


def _email(tree: Tree, element: XmlElement) -> None:
    address = folded(text_of(element))
    _autolink(tree, f"mailto:{address}", address)


def _autolink(tree: Tree, address: str, shown: str) -> None:
    if not shown:
        return
    if tree.linked:
        tree.run(shown)
        return
    tree.open(docutils_nodes.reference(refuri=address))
    tree.run(shown)
    tree.close()


REFERENCES: dict[str, Handler] = {
    "option": _option,
    **dict.fromkeys(("link", "ulink"), _link),
    **dict.fromkeys(("xref", "olink"), _cross_reference),
    "citerefentry": _manpage,
    "manvolnum": _volume,
    "uri": _uri,
    "email": _email,
}
"""Inline elements that lead elsewhere, and what shows each."""

LINKS = frozenset({_link, _cross_reference})
"""What makes links itself, of whatever address an element has."""
