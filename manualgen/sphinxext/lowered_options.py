"""The sections of options → descriptions of objects, as Sphinx's own domains make them.

An option is a ``desc`` of the domain ``nix``: its name is the signature, its description the
content, its facts a field list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes as docutils_nodes
from sphinx import addnodes

from manualgen.markup import nodes
from manualgen.markup.parsed import adopt
from manualgen.options.addresses import is_safe
from manualgen.options.model import join, split
from manualgen.sphinxext.lowered_blocks import code_block
from manualgen.writers import labels, shapes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.sphinxext.lowering import Handler, Lowering, Nodes


def _option(lowering: Lowering, node: nodes.option, out: Nodes) -> None:
    outer = lowering.enter_scope(f"option {node['ids'][0]}")
    description = addnodes.desc(
        "", domain="nix", objtype="option", desctype="option", classes=["nix", "option"]
    )
    for name in ("no-index", "no-index-entry", "no-contents-entry", "no-typesetting"):
        description[name] = False
    adopt(description, signature(node["name"], lowering.ids(node), read_only=node["read_only"]))
    content = addnodes.desc_content("")
    facts = docutils_nodes.field_list("")
    for child in node.children:
        if isinstance(child, nodes.option_fact):
            adopt(facts, _field(lowering, child))
        else:
            lowering.fill(content, child.children)
    if facts.children:
        adopt(content, facts)
    adopt(description, content)
    for made in (description, content, facts):
        made.source, made.line = lowering.source, lowering.line
    out.append(description)
    lowering.leave_scope(outer)


def signature(name: str, ids: Iterable[str], *, read_only: bool = False) -> addnodes.desc_signature:
    """Return the name of an option as the signature of its description.

    Args:
        name: the name.
        ids: its identifiers.
        read_only: whether it can only be read.
    """
    path = split(name)
    new = addnodes.desc_signature(name, "", ids=list(ids), fullname=name, is_multiline=False)
    # A table of contents is no list of all options.
    new["_toc_name"], new["_toc_parts"] = "", ()
    last = join(path[-1:])
    if len(path) > 1 and name.endswith(f".{last}"):
        before = name[: -len(last)]
        adopt(new, addnodes.desc_addname(before, before))
        adopt(new, addnodes.desc_name(last, last))
    else:
        adopt(new, addnodes.desc_name(name, name))
    if read_only:
        adopt(new, addnodes.desc_annotation("", " (read only)"))
    return new


def _field(lowering: Lowering, fact: nodes.option_fact) -> docutils_nodes.field:
    """Return a fact about an option as a field."""
    kind = fact["fact"]
    field = docutils_nodes.field("", classes=[kind])
    label = labels.FACTS[kind]
    name = docutils_nodes.field_name(label, label)
    name.source, name.line = lowering.source, lowering.line
    adopt(field, name)
    body = docutils_nodes.field_body("")
    places = shapes.declarations(fact)
    adopt(
        field, _declared(lowering, body, places) if places else lowering.fill(body, fact.children)
    )
    return field


def _declared(
    lowering: Lowering, body: docutils_nodes.field_body, places: Iterable[Any]
) -> docutils_nodes.Element:
    """Put the places where an option is declared into a field; return that."""
    paragraphs = []
    for place in places:
        paragraph = docutils_nodes.paragraph("")
        paragraph.line = lowering.line
        adopt(paragraph, _declaration(place))
        paragraphs.append(paragraph)
    if len(paragraphs) == 1:
        adopt(body, paragraphs[0])
        return body
    several = docutils_nodes.bullet_list("", bullet="-", classes=["declarations"])
    for paragraph in paragraphs:
        item = docutils_nodes.list_item("")
        adopt(item, paragraph)
        adopt(several, item)
    adopt(body, several)
    return body


def _declaration(node: nodes.option_declaration) -> docutils_nodes.Node:
    text = node.astext().strip("<>")
    code = docutils_nodes.literal(text, text, classes=["file"])
    address = node["refuri"]
    if not address or not is_safe(address):
        return code
    link = docutils_nodes.reference("", "", refuri=address, internal=False)
    adopt(link, code)
    return link


def _value(lowering: Lowering, node: nodes.option_value, out: Nodes) -> None:
    text = node.rawsource
    if "\n" in text and node["language"] != "text":
        out.append(code_block(lowering, text, node["language"]))
        return
    kind = "option-type" if node["language"] == "text" else "option-value"
    paragraph = docutils_nodes.paragraph("")
    paragraph.line = lowering.line
    adopt(paragraph, docutils_nodes.literal(text, text, classes=[kind]))
    out.append(paragraph)


def _option_list(lowering: Lowering, node: nodes.option_list, out: Nodes) -> None:
    outer, lowering.links = lowering.links, node.get("links", lowering.links)
    lowering.write(node.get("sections", ()), out)
    lowering.links = outer


def _index(_lowering: Lowering, node: addnodes.index, out: Nodes) -> None:
    out.append(node.deepcopy())


def _children(lowering: Lowering, node: docutils_nodes.Element, out: Nodes) -> None:
    lowering.write(node.children, out)


def _declaration_alone(_lowering: Lowering, node: nodes.option_declaration, out: Nodes) -> None:
    out.append(_declaration(node))


def _fact_alone(lowering: Lowering, node: nodes.option_fact, out: Nodes) -> None:
    facts = docutils_nodes.field_list("")
    adopt(facts, _field(lowering, node))
    out.append(facts)


TABLE: dict[type[docutils_nodes.Node], Handler] = {
    nodes.option: _option,
    nodes.option_description: _children,
    nodes.option_fact: _fact_alone,
    nodes.option_value: _value,
    nodes.option_declaration: _declaration_alone,
    nodes.option_list: _option_list,
    addnodes.index: _index,
}
