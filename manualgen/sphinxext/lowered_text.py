"""What stands in a line: text, code, links and references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes
from sphinx import addnodes

from manualgen.markup import nodes
from manualgen.markup.links import is_remote
from manualgen.markup.parsed import adopt
from manualgen.options.addresses import is_safe
from manualgen.options.model import name_of
from manualgen.writers import shapes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.markup.links import Target
    from manualgen.sphinxext.lowering import Handler, Lowering, Nodes

LINK_TYPE = "manualgen"
"""The ``reftype`` of a ``pending_xref`` to an identifier of a manual: its ``reftarget``."""


def _text(_lowering: Lowering, node: docutils_nodes.Text, out: Nodes) -> None:
    out.append(docutils_nodes.Text(str(node)))


def _literal(_lowering: Lowering, node: docutils_nodes.literal, out: Nodes) -> None:
    text = node.astext()
    out.append(docutils_nodes.literal(text, text, classes=list(node["classes"])))


def _key(_lowering: Lowering, node: nodes.key, out: Nodes) -> None:
    # As Sphinx's own role `kbd`.
    text = node.astext()
    out.append(docutils_nodes.literal(text, text, classes=["kbd"]))


def _inline(kind: type[docutils_nodes.TextElement]) -> Handler:
    """Return what makes an inline node of a class."""

    def write(lowering: Lowering, node: docutils_nodes.TextElement, out: Nodes) -> None:
        ids = lowering.ids(node)
        # docutils takes a target without identifiers for one that refers to another.
        actual = kind if ids or kind is not docutils_nodes.target else docutils_nodes.inline
        new = actual("", ids=ids, classes=list(node["classes"]))
        new["support_smartquotes"] = False
        out.append(lowering.fill(new, node.children))

    return write


def _line_break(_lowering: Lowering, _node: nodes.line_break, out: Nodes) -> None:
    # Within a paragraph there are lines instead; elsewhere nothing can break one.
    out.append(docutils_nodes.Text(" "))


def _image(lowering: Lowering, node: docutils_nodes.image, out: Nodes) -> None:
    path = lowering.picture(node)
    alternative = node.get("alt", "")
    if path:
        new = docutils_nodes.image(uri=path, alt=alternative)
        new.source, new.line = lowering.source, lowering.line
        out.append(new)
        return
    # A manual does not fetch pictures from where strangers say; it links to them.
    text = docutils_nodes.Text(alternative or node["uri"])
    if lowering.in_link or not (is_remote(node["uri"]) and is_safe(node["uri"])):
        out.append(text)
    else:
        out.append(_external(node["uri"], [text], "image-link"))


def _external(address: str, content: Nodes, *classes: str) -> docutils_nodes.reference:
    new = docutils_nodes.reference("", "", refuri=address, internal=False, classes=list(classes))
    for child in content:
        adopt(new, child)
    return new


# ─── references ───


def _in_link(lowering: Lowering, given: Iterable[docutils_nodes.Node]) -> Nodes:
    """Return what the text of a link becomes: nothing in it can be another link."""
    outer, lowering.in_link = lowering.in_link, True
    content: Nodes = []
    lowering.write(given, content)
    lowering.in_link = outer
    return content


def _reference(lowering: Lowering, node: docutils_nodes.reference, out: Nodes) -> None:
    content = _in_link(lowering, node.children)
    if lowering.in_link:
        out += content
    else:
        out.append(_external(node["refuri"], content))


def _option_code(name: str) -> docutils_nodes.literal:
    return docutils_nodes.literal(name, name, classes=["xref", "nix", "nix-option"])


def _named_reference(lowering: Lowering, node: nodes.option_reference, out: Nodes) -> None:
    name = node.astext()
    code = _option_code(name)
    target = lowering.links.target(node) if lowering.links is not None else None
    if lowering.in_link or not (target or isinstance(node, nodes.option_reference)):
        out.append(code)
    elif target is not None:
        out.append(lowering.pending("", LINK_TYPE, target.id, [code]))
    else:
        # Another project may have it. A manual says itself which of its references lead nowhere.
        reports = lowering.links is None
        out.append(
            lowering.pending("nix", "option", name, [code], refexplicit=False, refwarn=reports)
        )


def _cross_reference(lowering: Lowering, node: nodes.cross_reference, out: Nodes) -> None:
    written: str = node["target"]
    target = lowering.links.target(node) if lowering.links is not None else None
    content = _in_link(lowering, shapes.shown_text(node, target))
    if lowering.in_link:
        out += content
    elif lowering.links is None:
        out.append(_found_by_sphinx(lowering, node, written, content))
    elif target is None:
        # It has a diagnostic of its own.
        out += content
    else:
        out.append(_link(lowering, target, content))


def _link(lowering: Lowering, target: Target, content: Nodes) -> docutils_nodes.Node:
    return lowering.pending("", LINK_TYPE, target.id, content, reftitle=target.hint)


def _found_by_sphinx(
    lowering: Lowering, node: nodes.cross_reference, written: str, content: Nodes
) -> docutils_nodes.Node:
    explicit = bool(node.children)
    if written.startswith("opt-"):
        name = name_of(written)
        if not explicit:
            content = [_option_code(name)]
        return lowering.pending("nix", "option", name, content, refexplicit=explicit)
    # Sphinx keeps labels in small letters.
    shown = content if explicit else [docutils_nodes.inline("", f"#{written}")]
    return lowering.pending("std", "ref", written.lower(), shown, refexplicit=explicit)


def _manpage_reference(lowering: Lowering, node: nodes.manpage_reference, out: Nodes) -> None:
    name = node.astext()
    address = lowering.links.manpage(name) if lowering.links is not None else None
    if address and not lowering.in_link:
        text = docutils_nodes.inline("", name, classes=["manpage"])
        out.append(_external(address, [text]))
    else:
        # Sphinx links it, if the project says where man pages are.
        out.append(addnodes.manpage(name, name, classes=["manpage"]))


def _footnote_reference(
    lowering: Lowering, node: docutils_nodes.footnote_reference, out: Nodes
) -> None:
    note = lowering.footnote(node["refid"])
    number = note.children[0].astext()
    if lowering.in_link:
        out.append(docutils_nodes.superscript("", number))
        return
    identifier = f"{note['ids'][0]}-reference-{len(note['backrefs']) + 1}"
    note["backrefs"].append(identifier)
    out.append(
        docutils_nodes.footnote_reference("", number, ids=[identifier], refid=note["ids"][0])
    )


TABLE: dict[type[docutils_nodes.Node], Handler] = {
    docutils_nodes.Text: _text,
    docutils_nodes.literal: _literal,
    docutils_nodes.emphasis: _inline(docutils_nodes.emphasis),
    docutils_nodes.strong: _inline(docutils_nodes.strong),
    docutils_nodes.inline: _inline(docutils_nodes.inline),
    docutils_nodes.target: _inline(docutils_nodes.target),
    docutils_nodes.reference: _reference,
    docutils_nodes.image: _image,
    docutils_nodes.footnote_reference: _footnote_reference,
    nodes.key: _key,
    nodes.line_break: _line_break,
    **dict.fromkeys(nodes.REFERRING_ROLES.values(), _named_reference),
    nodes.manpage_reference: _manpage_reference,
    nodes.cross_reference: _cross_reference,
}
