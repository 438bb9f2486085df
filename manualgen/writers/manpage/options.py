"""An option: what stands below its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.markup import nodes
from manualgen.writers import labels, shapes
from manualgen.writers.manpage import escaping
from manualgen.writers.manpage.blocks import code, paragraph_text
from manualgen.writers.manpage.escaping import SPACE, safe_start, tag

if TYPE_CHECKING:
    from docutils import nodes as docutils_nodes

    from manualgen.writers.manpage import Block, ManpageWriter


def _option(writer: ManpageWriter, node: nodes.option) -> None:
    outer = writer._links, writer._indent
    lines = writer._lines
    writer._links = []
    lines += [".TP", tag(node["name"]), ".RS 7"]
    writer._first = True
    writer._indent = 14
    for child in node.children:
        writer._share(child)
    if node["read_only"]:
        writer._paragraph_break()
        lines.append("\\fIThis option is read only.\\fR")
    writer._list_links()
    writer._end_indent()
    writer._links, writer._indent = outer
    writer._first = False


def _fact(writer: ManpageWriter, node: nodes.option_fact) -> None:
    label = f"\\fI{labels.FACTS[node['fact']]}:\\fR"
    writer._paragraph_break()
    lines = writer._lines
    only = shapes.short_value(node)
    if only is not None:
        text = escaping.value(SPACE.sub(" ", only.rawsource))
        lines.append(f"{label} {text}".rstrip())
        return
    paragraph = shapes.only_paragraph(node)
    if paragraph is not None:
        writer._text(f"{label} {paragraph_text(writer, paragraph)}")
        return
    declarations = [
        escaping.value(declaration.astext().strip()) for declaration in shapes.declarations(node)
    ]
    if len(declarations) == 1:
        lines.append(f"{label} {declarations[0]}")
    elif declarations:
        lines.extend([label, ".RS 4"])
        for declaration in declarations:
            lines.extend([".br", safe_start(declaration) or "\\&"])
        lines.append(".RE")
    else:
        lines.append(label)
        writer._children(node)


def _description(writer: ManpageWriter, node: nodes.option_description) -> None:
    writer._children(node)


def _value(writer: ManpageWriter, node: nodes.option_value) -> None:
    code(writer, node.rawsource)


TABLE: dict[type[docutils_nodes.Node], Block] = {
    nodes.option: _option,
    nodes.option_description: _description,
    nodes.option_fact: _fact,
    nodes.option_value: _value,
}
