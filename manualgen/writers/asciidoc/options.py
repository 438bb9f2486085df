"""An option as a section, its facts as paragraphs with a label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from manualgen.markup import nodes
from manualgen.writers import labels, shapes
from manualgen.writers.asciidoc.escaping import (
    anchor_line,
    code,
    escape,
    heading,
    link,
    listing,
    one_line,
    unstarted,
)

if TYPE_CHECKING:
    from docutils import nodes as docutils_nodes

    from manualgen.writers.asciidoc import AsciidocWriter, Block


def option(writer: AsciidocWriter, node: nodes.option) -> str:
    """Return an option as a section, without white space at its end."""
    (identifier,) = node["ids"]
    title = one_line(escape(node["name"]))
    parts = [f"{anchor_line(identifier)}{heading(writer._level, title)}"]
    outer = writer._notes_of, writer._notes
    for child in node.children:
        text = writer._shared.get(child)
        if text is None:
            text = writer._shared[child] = writer.blocks([child])
        if text:
            parts.append(text)
    writer._notes_of, writer._notes = outer
    if node["read_only"]:
        parts.append("__This option is read only.__")
    return "\n\n".join(parts)


def _fact(writer: AsciidocWriter, node: nodes.option_fact) -> str:
    label = f"__{labels.FACTS_OF_NIXOS_RENDER_DOCS[node['fact']]}:__"
    declarations = shapes.declarations(node)
    if declarations:
        return "\n".join(
            [label, "", *(f"* {_declaration(declaration)}" for declaration in declarations)]
        )
    paragraph = shapes.only_paragraph(node)
    if paragraph is not None:
        return f"{label} {unstarted(writer.paragraph(paragraph))}"
    value = shapes.short_value(node)
    if value is not None:
        text = value.rawsource
        text = escape(" ".join(text.split())) if value["language"] == "text" else code(text)
        return f"{label} {text}".rstrip()
    return f"{label}\n\n{writer._blocks(node.children)}".rstrip()


def _declaration(node: Any) -> str:
    text = code(node.astext())
    return link(node["refuri"], text) if node["refuri"] else text


def _value(_writer: AsciidocWriter, node: nodes.option_value) -> str:
    return listing(node.rawsource, node["language"])


TABLE: dict[type[docutils_nodes.Node], Block] = {
    nodes.option: option,
    nodes.option_description: lambda writer, node: writer._blocks(node.children),
    nodes.option_fact: _fact,
    nodes.option_value: _value,
}
