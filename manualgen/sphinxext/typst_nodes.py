"""The handlers that write nodes as source of Typst, and the table of them.

The functions that they call are in ``book_files/book.typ``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes

from manualgen.sphinxext.typst_escaping import breakable, escape, string

if TYPE_CHECKING:
    from collections.abc import Callable

    from manualgen.sphinxext.typst_writer import TypstWriter

    Parts = list[str]
    Handler = Callable[[TypstWriter, Any, Parts], object]


# ─── text ───


def _nothing(_writer: TypstWriter, _node: nodes.Node, _out: Parts) -> None:
    """Write nothing."""


def _children(writer: TypstWriter, node: nodes.Node, out: Parts) -> None:
    writer.write(node.children, out)


def _text(_writer: TypstWriter, node: nodes.Text, out: Parts) -> None:
    out.append(escape(breakable(str(node))))


def _between(before: str, after: str) -> Handler:
    def write(writer: TypstWriter, node: nodes.Element, out: Parts) -> None:
        out.append(before)
        writer.write(node.children, out)
        out.append(after)

    return write


def _literal(_writer: TypstWriter, node: nodes.literal, out: Parts) -> None:
    out.append(code(node.astext(), "k" if "kbd" in node["classes"] else "m"))


def code(text: str, function: str = "m") -> str:
    """Return inline code."""
    return f"#{function}({string(breakable(text))});"


def _span(writer: TypstWriter, node: nodes.Element, out: Parts) -> None:
    out.append(writer.anchors(node))
    if "division-number" in node["classes"] or "caption-label" in node["classes"]:
        out.append(f"#n[{writer.text(node.children)}];")
    else:
        writer.write(node.children, out)


def _reference(writer: TypstWriter, node: nodes.reference, out: Parts) -> None:
    content = writer.text(node.children)
    address = node.get("refuri", "")
    label = writer.label_of(node)
    if label:
        out.append(f"#l({string(label)})[{content}];")
    elif address and not address.startswith(("%", "#")):
        out.append(f"#u({string(address)})[{content}];")
    else:
        out.append(content)


def _footnote_reference(writer: TypstWriter, node: nodes.footnote_reference, out: Parts) -> None:
    label, note, is_new = writer.footnote(node["refid"])
    if note is None:
        out.append(f"#super[{escape(node.astext())}];")
    elif is_new:
        body = writer.text([child for child in note.children if not isinstance(child, nodes.label)])
        out.append(f"#footnote[{body.strip()}]#label({string(label)});")
    else:
        out.append(f"#footnote(label({string(label)}));")


def _image(writer: TypstWriter, node: nodes.image, out: Parts) -> None:
    path = writer.pictures.get(node["uri"])
    if path is None:
        out.append(escape(node.get("alt", "")))
        return
    out.append(f"#pic({string(path)}, {string(node.get('alt', ''))});")


# ─── blocks ───


def _paragraph(writer: TypstWriter, node: nodes.Element, out: Parts) -> None:
    content = writer.text(node.children)
    if "transition" in node["classes"]:
        content = "#rule();"
    elif "notice" in node["classes"]:
        content = f"#emph[{content}]"
    out.append(f"\n\n{writer.anchors(node)}{content}\n\n")


def _literal_block(writer: TypstWriter, node: nodes.literal_block, out: Parts) -> None:
    language = node.get("language", "none")
    lang = f", lang: {string(language)}" if language in _HIGHLIGHTED else ""
    text = string(breakable(node.astext()))
    out.append(f"\n\n{writer.anchors(node)}#raw({text}, block: true{lang});\n\n")


_HIGHLIGHTED = frozenset(
    {"bash", "c", "cpp", "css", "diff", "go", "haskell", "html", "java", "javascript", "json"}
    | {"lua", "make", "markdown", "perl", "php", "python", "ruby", "rust", "sql", "toml", "yaml"}
)
"""The languages that Typst highlights."""


def _items(writer: TypstWriter, node: nodes.Element) -> str:
    """Return the items of a list as arguments."""
    items = [f"[{writer.text(item.children).strip()}]" for item in node.children]
    is_tight = all(
        len(item.children) < 2 and isinstance(next(iter(item.children), None), nodes.paragraph)
        for item in node.children
    )
    return ", ".join([f"tight: {str(is_tight).lower()}", *items])


def _bullet_list(writer: TypstWriter, node: nodes.bullet_list, out: Parts) -> None:
    out.append(f"\n\n{writer.anchors(node)}#list({_items(writer, node)});\n\n")


_NUMBERINGS = {"arabic": "1", "loweralpha": "a", "upperalpha": "A", "lowerroman": "i"}


def _enumerated_list(writer: TypstWriter, node: nodes.enumerated_list, out: Parts) -> None:
    numbering = _NUMBERINGS.get(node.get("enumtype", "arabic"), "I")
    settings = f"numbering: {string(numbering + '.')}, start: {node.get('start', 1)}"
    out.append(f"\n\n{writer.anchors(node)}#enum({settings}, {_items(writer, node)});\n\n")


def _definition_list(writer: TypstWriter, node: nodes.Element, out: Parts) -> None:
    out.append(f"\n\n{writer.anchors(node)}")
    for item in node.children:
        assert isinstance(item, nodes.Element)
        body = [child for child in item.children if isinstance(child, nodes.definition)]
        terms = [child for child in item.children if isinstance(child, nodes.term)]
        names = "#linebreak();".join(
            writer.anchors(term) + writer.text(term.children) for term in terms
        )
        out.append(f"#entry[{names}][{writer.text(body).strip()}];\n")
    out.append("\n")


def _lines(writer: TypstWriter, node: nodes.line_block, out: Parts) -> None:
    lines = [
        f"#pad(left: 1em)[{writer.text([child])}]"
        if isinstance(child, nodes.line_block)
        else writer.text(child.children)
        for child in node.children
    ]
    out.append(f"\n\n{writer.anchors(node)}{'#linebreak();'.join(lines)}\n\n")


def _admonition(title: str) -> Handler:
    def write(writer: TypstWriter, node: nodes.Element, out: Parts) -> None:
        blocks = list(node.children)
        name = escape(title)
        if blocks and isinstance(blocks[0], nodes.title):
            name = writer.text(blocks.pop(0).children)
        kind = next(iter(node["classes"]), "") or node.__class__.__name__
        out.append(
            f"\n\n{writer.anchors(node)}"
            f"#note({string(kind)})[{name}][{writer.text(blocks).strip()}];\n\n"
        )

    return write


def _block(function: str) -> Handler:
    def write(writer: TypstWriter, node: nodes.Element, out: Parts) -> None:
        content = writer.text(node.children).strip()
        out.append(f"\n\n{writer.anchors(node)}#{function}[{content}];\n\n")

    return write


def _container(writer: TypstWriter, node: nodes.Element, out: Parts) -> None:
    out.append(f"\n\n{writer.anchors(node)}")
    writer.write(node.children, out)


def _figure(writer: TypstWriter, node: nodes.figure, out: Parts) -> None:
    out.append(f"\n\n{writer.anchors(node)}#fig[{writer.text(node.children).strip()}];\n\n")


def _table(writer: TypstWriter, node: nodes.table, out: Parts) -> None:
    out.append(f"\n\n{writer.anchors(node)}")
    for child in node.children:
        if isinstance(child, nodes.title):
            out.append(f"#cap[{writer.text(child.children)}];\n\n")
        elif isinstance(child, nodes.tgroup):
            out.append(_group(writer, child))
    out.append("\n\n")


def _group(writer: TypstWriter, group: nodes.tgroup) -> str:
    columns = sum(isinstance(child, nodes.colspec) for child in group.children)
    parts = [f"columns: {columns}"]
    for child in group.children:
        if isinstance(child, nodes.thead):
            parts.append(f"table.header({', '.join(_cells(writer, child))})")
        elif isinstance(child, nodes.tbody):
            parts += _cells(writer, child)
    return f"#table({', '.join(parts)});"


def _cells(writer: TypstWriter, rows: nodes.Element) -> list[str]:
    cells = []
    is_head = isinstance(rows, nodes.thead)
    for row in rows.children:
        assert isinstance(row, nodes.Element)
        for cell in row.children:
            assert isinstance(cell, nodes.Element)
            content = writer.text(cell.children).strip()
            settings = [
                f"{name}: {cell.get(key, 0) + 1}"
                for name, key in (("colspan", "morecols"), ("rowspan", "morerows"))
                if cell.get(key)
            ]
            settings += [
                f"align: {side}"
                for side in ("left", "center", "right")
                if f"text-{side}" in cell["classes"]
            ]
            shown = f"#strong[{content}]" if is_head and content else content
            settings.append(f"[{writer.anchors(cell)}{shown}]")
            cells.append(f"table.cell({', '.join(settings)})")
    return cells


# ─── sections ───


def _start_of_file(writer: TypstWriter, node: addnodes.start_of_file, out: Parts) -> None:
    outer, writer.docname = writer.docname, node["docname"]
    writer.write(node.children, out)
    writer.docname = outer


def _section(writer: TypstWriter, node: nodes.section, out: Parts) -> None:
    blocks = list(node.children)
    title = blocks.pop(0) if blocks and isinstance(blocks[0], nodes.title) else None
    if writer.level:
        heading = writer.text(title.children) if isinstance(title, nodes.Element) else ""
        # The contents repeat what is in a heading, but not its label.
        out.append(f"\n\n#heading(level: {writer.level})[{heading}]{writer.own_label(node)}\n\n")
    else:
        out.append(writer.anchors(node))
        blocks = [block for block in blocks if not isinstance(block, nodes.rubric)]
    writer.level += 1
    writer.write(blocks, out)
    writer.level -= 1


def _compound(writer: TypstWriter, node: nodes.Element, out: Parts) -> None:
    writer.write(node.children, out)


# ─── options and other objects ───


def _signature(writer: TypstWriter, node: addnodes.desc_signature, out: Parts) -> None:
    last = "".join(part.astext() for part in node.children if isinstance(part, addnodes.desc_name))
    before = "".join(
        part.astext() for part in node.children if isinstance(part, addnodes.desc_addname)
    )
    known = (addnodes.desc_name, addnodes.desc_addname)
    rest = writer.text([part for part in node.children if not isinstance(part, known)])
    if node.get("fullname") and node["ids"] and node.parent.get("objtype") == "option":
        writer.options.append((node["fullname"], f"{writer.docname}#{node['ids'][0]}"))
    names = f"{string(breakable(before))}, {string(breakable(last))}"
    out.append(f"\n\n#sig({names})[{writer.anchors(node)}][{rest}];\n\n")


def _field(writer: TypstWriter, node: nodes.field, out: Parts) -> None:
    name, body = node.children
    assert isinstance(body, nodes.Element)
    label = escape(name.astext())
    (only, *others) = body.children or (None,)
    if isinstance(only, nodes.paragraph) and not others:
        out.append(f"\n\n#f[{label}][{writer.text(only.children)}];\n\n")
    else:
        out.append(f"\n\n#fb[{label}][{writer.text(body.children).strip()}];\n\n")


def _parameters(writer: TypstWriter, node: nodes.Element, out: Parts) -> None:
    shown = escape(", ").join([writer.text([child]) for child in node.children])
    out += (escape("("), shown, escape(")"))


def _choice(writer: TypstWriter, node: nodes.option_list_item, out: Parts) -> None:
    group, description = node.children
    out.append(f"#entry[{code(group.astext())}][{writer.text([description]).strip()}];\n")


def _code_as_text(_writer: TypstWriter, node: nodes.Element, out: Parts) -> None:
    out.append(code(node.astext()))


def _code_block_as_text(_writer: TypstWriter, node: nodes.Element, out: Parts) -> None:
    out.append(f"\n\n#raw({string(breakable(node.astext()))}, block: true);\n\n")


HANDLERS: dict[type[nodes.Node], Handler] = {
    nodes.Text: _text,
    nodes.literal: _literal,
    nodes.emphasis: _between("#emph[", "];"),
    addnodes.literal_emphasis: _between("#emph[", "];"),
    nodes.title_reference: _between("#emph[", "];"),
    addnodes.manpage: _between("#emph[", "];"),
    nodes.strong: _between("#strong[", "];"),
    addnodes.literal_strong: _between("#strong[", "];"),
    nodes.superscript: _between("#super[", "];"),
    nodes.subscript: _between("#sub[", "];"),
    nodes.inline: _span,
    nodes.target: _span,
    nodes.generated: _children,
    nodes.abbreviation: _children,
    nodes.reference: _reference,
    addnodes.pending_xref: _children,
    nodes.footnote_reference: _footnote_reference,
    nodes.footnote: _nothing,
    nodes.image: _image,
    nodes.paragraph: _paragraph,
    addnodes.compact_paragraph: _paragraph,
    nodes.literal_block: _literal_block,
    nodes.doctest_block: _literal_block,
    nodes.bullet_list: _bullet_list,
    nodes.enumerated_list: _enumerated_list,
    nodes.definition_list: _definition_list,
    addnodes.glossary: _children,
    nodes.definition: _children,
    nodes.line_block: _lines,
    nodes.block_quote: _block("quoted"),
    nodes.attribution: _block("align(right)"),
    **{
        kind: _admonition(kind.__name__.capitalize())
        for kind in (
            *(nodes.attention, nodes.caution, nodes.danger, nodes.error, nodes.hint),
            *(nodes.important, nodes.note, nodes.tip, nodes.warning, nodes.admonition),
        )
    },
    addnodes.seealso: _admonition("See also"),
    addnodes.versionmodified: _container,
    nodes.topic: _admonition(""),
    nodes.sidebar: _admonition(""),
    nodes.container: _container,
    nodes.compound: _compound,
    nodes.figure: _figure,
    nodes.caption: _block("cap"),
    nodes.legend: _container,
    nodes.rubric: _block("rubric"),
    nodes.title: _block("rubric"),
    nodes.subtitle: _block("rubric"),
    nodes.table: _table,
    nodes.transition: lambda _writer, _node, out: out.append("\n\n#rule();\n\n"),
    nodes.document: _children,
    nodes.section: _section,
    addnodes.start_of_file: _start_of_file,
    addnodes.desc: _block("object"),
    addnodes.desc_signature: _signature,
    addnodes.desc_annotation: _between("#emph[", "];"),
    addnodes.desc_parameterlist: _parameters,
    addnodes.desc_returns: _between(" → ", ""),
    **dict.fromkeys(
        (
            *(addnodes.desc_parameter, addnodes.desc_type, addnodes.desc_content),
            *addnodes.SIG_ELEMENTS,
            *(addnodes.hlist, addnodes.hlistcol, nodes.option_list, nodes.description),
        ),
        _children,
    ),
    nodes.option_list_item: _choice,
    nodes.math: _code_as_text,
    nodes.math_block: _code_block_as_text,
    addnodes.productionlist: _code_block_as_text,
    nodes.citation: _container,
    nodes.label: _between("\\[", "\\] "),
    nodes.field_list: _block("facts"),
    nodes.field: _field,
    **dict.fromkeys(
        (
            *(nodes.comment, nodes.raw, nodes.substitution_definition, nodes.meta),
            *(nodes.system_message, nodes.colspec, addnodes.index, addnodes.toctree),
            *(addnodes.tabular_col_spec, addnodes.highlightlang),
        ),
        _nothing,
    ),
}
"""A node's class → what writes it."""
