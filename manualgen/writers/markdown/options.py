"""An option as a section, its facts as paragraphs with a label."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from manualgen.markup import nodes
from manualgen.writers import labels, shapes
from manualgen.writers.markdown.escaping import (
    HEADING_ID,
    code,
    destination,
    escape,
    fenced,
    one_line,
    safe_start,
)

if TYPE_CHECKING:
    from docutils import nodes as docutils_nodes

    from manualgen.writers.markdown import Block, MarkdownWriter


_STRING = re.compile(r'("[^"`]*")')


def option(writer: MarkdownWriter, node: nodes.option) -> str:
    """Return an option as a section, without white space at its end."""
    (identifier,) = node["ids"]
    title = HEADING_ID.sub(r"\1\\}", one_line(escape(node["name"], straight=True)))
    heading = f"{'#' * min(writer._level, 6)} {title}"
    if writer.style.anchors:
        heading += f" {{#{identifier}}}"
    parts = [heading]
    outer = writer._notes
    for child in node.children:
        text = writer._shared.get(child)
        if text is None:
            # Footnotes are known by a name that no other option's have.
            part = child["fact"] if isinstance(child, nodes.option_fact) else ""
            writer._notes = f"{identifier}.{part}." if part else f"{identifier}."
            text = writer._block(child)
            if f"[^{writer._notes}" not in text:
                writer._shared[child] = text
        if node["read_only"] and _is_type(child):
            text += " *(read only)*"
        if text:
            parts.append(text)
    if node["read_only"] and not any(_is_type(child) for child in node.children):
        parts.append("*(read only)*")
    writer._notes = outer
    return "\n\n".join(parts)


def _is_type(node: docutils_nodes.Node) -> bool:
    return isinstance(node, nodes.option_fact) and bool(node["fact"] == "type")


def _description(writer: MarkdownWriter, node: nodes.option_description) -> str:
    return writer.blocks(node.children)


def _fact(writer: MarkdownWriter, node: nodes.option_fact) -> str:
    label = f"*{labels.FACTS_OF_NIXOS_RENDER_DOCS[node['fact']]}:*"
    declarations = shapes.declarations(node)
    if declarations:
        return "\n".join(
            [label, *(f"- {_declaration(declaration)}" for declaration in declarations)]
        )
    paragraph = shapes.only_paragraph(node)
    if paragraph is not None:
        return f"{label}\n{writer._block(paragraph)}"
    value = shapes.short_value(node)
    if value is not None:
        text = value.rawsource
        return f"{label}\n{_type(text) if value['language'] == 'text' else code(text)}".rstrip()
    blocks = writer.blocks(node.children)
    return f"{label}\n\n{blocks}" if blocks else label


def _type(text: str) -> str:
    # The strings that a type lists are code, and quotes in code stay straight.
    pieces = _STRING.split(" ".join(text.split()))
    text = "".join(
        [
            code(piece) if index % 2 else escape(piece, straight=True)
            for index, piece in enumerate(pieces)
        ]
    )
    return safe_start(text)


def _declaration(node: Any) -> str:
    text = one_line(escape(node.astext(), straight=True, in_link=bool(node["refuri"])))
    return f"[{text}]({destination(node['refuri'])})" if node["refuri"] else safe_start(text)


def _value(_writer: MarkdownWriter, node: nodes.option_value) -> str:
    return fenced(node.rawsource, node["language"])


TABLE: dict[type[docutils_nodes.Node], Block] = {
    nodes.option: option,
    nodes.option_description: _description,
    nodes.option_fact: _fact,
    nodes.option_value: _value,
}
