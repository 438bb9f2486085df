"""Paragraphs, lists, tables and other blocks, and what only chapters have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes as docutils_nodes
from sphinx import addnodes

from manualgen.markup import nodes
from manualgen.markup.parsed import adopt
from manualgen.writers import highlight, shapes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.sphinxext.lowering import Handler, Lowering, Nodes


DEEPEST = 10
"""How many lists and quotes stand within each other; the builder of texts allows few more."""


def _nested(lowering: Lowering, new: docutils_nodes.Element, node: Any, out: Nodes) -> None:
    """Write a list or a quote as a new node; what is too deep in others, without it."""
    if lowering.depth == DEEPEST:
        blocks = node.children
        if not isinstance(node, docutils_nodes.block_quote):
            blocks = [block for item in blocks for block in item.children]
        lowering.write(blocks, out)
        return
    lowering.depth += 1
    out.append(lowering.fill(new, node.children))
    lowering.depth -= 1


def _block_quote(lowering: Lowering, node: docutils_nodes.block_quote, out: Nodes) -> None:
    _nested(lowering, docutils_nodes.block_quote("", ids=lowering.ids(node)), node, out)


def _block(lowering: Lowering, node: docutils_nodes.Element, out: Nodes) -> None:
    """Write a node as one of its own class."""
    classes = [name for name in node["classes"] if name != "tight"]
    new = node.__class__("", ids=lowering.ids(node), classes=classes)
    out.append(lowering.fill(new, node.children))


def _paragraph(lowering: Lowering, node: docutils_nodes.paragraph, out: Nodes) -> None:
    if any(child.__class__ is nodes.line_break for child in node.children):
        out.append(_lines(lowering, node))
        return
    new = docutils_nodes.paragraph("", ids=lowering.ids(node), classes=list(node["classes"]))
    out.append(lowering.text_of(new, node))


def _lines(lowering: Lowering, node: docutils_nodes.paragraph) -> docutils_nodes.line_block:
    """Return a paragraph whose author has broken its lines."""
    block = docutils_nodes.line_block("", ids=lowering.ids(node), classes=list(node["classes"]))
    lines: list[Nodes] = [[]]
    for child in node.children:
        if child.__class__ is nodes.line_break:
            lines.append([])
        else:
            lines[-1].append(child)
    for children in lines:
        line = docutils_nodes.line("", support_smartquotes=False)
        line.rawsource = "".join(child.astext() for child in children).strip()
        adopt(block, lowering.fill(line, children))
    block.source, block.line = lowering.source, lowering.line
    return block


def _notice(lowering: Lowering, node: nodes.notice, out: Nodes) -> None:
    new = docutils_nodes.paragraph("", classes=["notice"])
    inner = docutils_nodes.emphasis("", support_smartquotes=False)
    adopt(new, lowering.fill(inner, node.children))
    new.rawsource = node.astext()
    new.source, new.line = lowering.source, lowering.line
    out.append(new)


def code_block(lowering: Lowering, text: str, language: str) -> docutils_nodes.literal_block:
    """Return code; it is highlighted where the language is known."""
    new = docutils_nodes.literal_block(
        text,
        text,
        # Sphinx warns of languages that Pygments does not know.
        language=highlight.lexer_name(text, language) or "none",
        force=True,
        linenos=False,
    )
    new["xml:space"] = "preserve"
    new.source, new.line = lowering.source, lowering.line
    return new


def _literal_block(lowering: Lowering, node: docutils_nodes.literal_block, out: Nodes) -> None:
    if all(child.__class__ is docutils_nodes.Text for child in node.children):
        out.append(code_block(lowering, node.astext(), node.get("language", "")))
        return
    # With markup in it, as Sphinx's `parsed-literal`: its source differs from its text.
    new = docutils_nodes.literal_block("", language="none")
    new["xml:space"] = "preserve"
    out.append(lowering.fill(new, node.children))


def _bullet_list(lowering: Lowering, node: docutils_nodes.bullet_list, out: Nodes) -> None:
    new = docutils_nodes.bullet_list("", bullet="-", ids=lowering.ids(node))
    _nested(lowering, new, node, out)


_ENUMERATIONS = {
    "1": "arabic",
    "a": "loweralpha",
    "A": "upperalpha",
    "i": "lowerroman",
    "I": "upperroman",
}


def _enumerated_list(lowering: Lowering, node: docutils_nodes.enumerated_list, out: Nodes) -> None:
    numbering = shapes.numbering(node, lowering.ordered_depth)
    new = docutils_nodes.enumerated_list(
        "", enumtype=_ENUMERATIONS[numbering], prefix="", suffix=".", ids=lowering.ids(node)
    )
    if node.get("start", 1) != 1:
        new["start"] = node["start"]
    lowering.ordered_depth += 1
    _nested(lowering, new, node, out)
    lowering.ordered_depth -= 1


def _definition_list(lowering: Lowering, node: docutils_nodes.definition_list, out: Nodes) -> None:
    new = docutils_nodes.definition_list("", ids=lowering.ids(node))
    for entry in shapes.entries(node):
        item = docutils_nodes.definition_list_item("")
        for term in entry.terms:
            assert isinstance(term, docutils_nodes.Element)
            adopt(item, lowering.text_of(docutils_nodes.term("", ids=lowering.ids(term)), term))
        blocks = [block for definition in entry.definitions for block in definition.children]
        adopt(item, lowering.fill(docutils_nodes.definition(""), blocks))
        adopt(new, item)
    new.source, new.line = lowering.source, lowering.line
    out.append(new)


def _title(lowering: Lowering, node: docutils_nodes.title, out: Nodes) -> None:
    # A title that stands alone, as DocBook's `title` in a text.
    new = docutils_nodes.rubric("", ids=lowering.ids(node))
    out.append(lowering.text_of(new, node))


def _footnotes(lowering: Lowering, node: nodes.footnotes, out: Nodes) -> None:
    notes = [(lowering.footnote(note["names"][0]), note) for note in node.children]  # type: ignore[index]
    for new, note in notes:
        lowering.fill(new, note.children)
    # In the order of their numbers: notes may be referred to in another order.
    out += sorted((new for new, _ in notes), key=lambda new: int(new.children[0].astext()))


# ─── tables ───


def _table(lowering: Lowering, node: docutils_nodes.table, out: Nodes) -> None:
    grid = shapes.grid(node)
    if not grid.columns:
        return
    new = docutils_nodes.table("", ids=lowering.ids(node), classes=["colwidths-auto"])
    if isinstance(grid.title, docutils_nodes.Element):
        adopt(new, lowering.text_of(docutils_nodes.title(""), grid.title))
    group = docutils_nodes.tgroup("", cols=grid.columns)
    for _ in range(grid.columns):
        adopt(group, docutils_nodes.colspec("", colwidth=1))
    for kind, rows in ((docutils_nodes.thead, grid.heads), (docutils_nodes.tbody, grid.bodies)):
        if rows or kind is docutils_nodes.tbody:
            part = kind("")
            for row in rows:
                adopt(part, _row(lowering, row, grid.columns))
            adopt(group, part)
    adopt(new, group)
    new.source, new.line = lowering.source, lowering.line
    out.append(new)


def _row(
    lowering: Lowering, entries: Iterable[docutils_nodes.Node], columns: int
) -> docutils_nodes.row:
    """Return a row of a table, with as many columns as all others have."""
    row = docutils_nodes.row("")
    width = 0
    for entry in entries:
        assert isinstance(entry, docutils_nodes.Element)
        new = docutils_nodes.entry(
            "",
            ids=lowering.ids(entry),
            classes=[_CLASSES.get(name, name) for name in entry["classes"]],
        )
        span = min(shapes.span(entry), columns - width)
        if span > 1:
            new["morecols"] = span - 1
        width += span
        adopt(row, lowering.fill(new, entry.children))
    for _ in range(columns - width):
        adopt(row, docutils_nodes.entry(""))
    return row


_CLASSES = {f"align-{side}": f"text-{side}" for side in ("left", "center", "right")}
"""docutils' `align-…` is about figures; themes have `text-…` for texts."""


# ─── chapters ───


def _section(lowering: Lowering, node: docutils_nodes.section, out: Nodes) -> None:
    title, blocks = shapes.titled(node)
    assert isinstance(title, docutils_nodes.Element)
    ids = lowering.ids(node)
    new = docutils_nodes.section("", ids=ids, names=list(ids), classes=list(node["classes"]))
    outer = lowering.enter_scope(node.get("footnote_scope") or "")
    outer_source = lowering.source
    lowering.source, lowering.line = node.source or outer_source, node.line or lowering.line
    heading = lowering.text_of(docutils_nodes.title(""), title)
    if not heading.astext().strip():
        # Sphinx cannot name a document without a title.
        heading.append(docutils_nodes.Text("Untitled"))
    if node["label"]:
        number = docutils_nodes.inline("", f"{node['label']}. ", classes=["division-number"])
        heading.insert(0, number)
    adopt(new, heading)
    lowering.fill(new, blocks)
    _add_transitions(new)
    out.append(new)
    lowering.leave_scope(outer)
    lowering.source = outer_source


def _add_transitions(section: docutils_nodes.section) -> None:
    """Make transitions of the paragraphs that stand for them, where docutils allows them."""
    blocks = section.children
    for index in range(2, len(blocks) - 1):
        before, node, after = blocks[index - 1 : index + 2]
        if _is_transition(node) and not (
            isinstance(before, docutils_nodes.transition)
            or isinstance(after, docutils_nodes.section)
        ):
            section.replace(node, docutils_nodes.transition(""))


def _is_transition(node: docutils_nodes.Node) -> bool:
    return isinstance(node, docutils_nodes.paragraph) and "transition" in node["classes"]


def _transition(lowering: Lowering, _node: docutils_nodes.transition, out: Nodes) -> None:
    # A transition of docutils can stand between the blocks of a section alone.
    new = docutils_nodes.paragraph("", "* * *", classes=["transition"])
    new.source, new.line = lowering.source, lowering.line
    out.append(new)


def _numbered_block(lowering: Lowering, node: nodes.numbered_block, out: Nodes) -> None:
    title, blocks = shapes.titled(node)
    assert isinstance(title, docutils_nodes.Element)
    kind = node["kind"]
    label = f"{shapes.caption_label(node, lowering.numbers)}. "
    number = docutils_nodes.inline("", label, classes=["caption-label"])
    ids = lowering.ids(node)
    new: docutils_nodes.Element
    if kind == "figure":
        new = docutils_nodes.figure("", ids=ids)
        caption = lowering.text_of(docutils_nodes.caption(""), title)
        _fill_figure(lowering, new, blocks, caption)
    elif kind == "table" and len(blocks) == 1 and isinstance(blocks[0], docutils_nodes.table):
        (new,) = lowering.lowered(blocks)  # type: ignore[assignment]
        caption = lowering.text_of(docutils_nodes.title(""), title)
        new["ids"] = ids
        new.insert(0, caption)
    else:
        new = docutils_nodes.admonition("", ids=ids, classes=[kind])
        caption = lowering.text_of(docutils_nodes.title(""), title)
        adopt(new, caption)
        lowering.fill(new, blocks)
    caption.insert(0, number)
    new["names"] = list(ids)
    new.source, new.line = lowering.source, lowering.line
    out.append(new)


def _fill_figure(
    lowering: Lowering,
    figure: docutils_nodes.Element,
    blocks: Iterable[docutils_nodes.Node],
    caption: docutils_nodes.Element,
) -> None:
    """Put blocks into a figure: its image, the caption, and a legend of all others."""
    content = lowering.lowered(blocks)
    image = next((found for one in content for found in one.findall(docutils_nodes.image)), None)
    if image is not None:
        paragraph = image.parent
        paragraph.remove(image)
        if not paragraph.children:
            content.remove(paragraph)
        adopt(figure, image)
    adopt(figure, caption)
    if content:
        legend = docutils_nodes.legend("")
        for node in content:
            adopt(legend, node)
        adopt(figure, legend)


def _toctree(lowering: Lowering, node: nodes.local_contents, out: Nodes) -> None:
    """Write a table of contents whose entries are documents."""
    if node["entries"]:
        new = toctree(lowering.docname, node["entries"], depth=node["depth"])
        for made in (new, *new.children):
            made.source, made.line = lowering.source, lowering.line
        out.append(new)


def toctree(
    docname: str, children: Iterable[str], *, depth: int = 1, titles_only: bool = False
) -> docutils_nodes.Element:
    """Return a toctree of documents, as Sphinx's directive makes it.

    Args:
        docname: the document that it stands in.
        children: the documents.
        depth: how many levels of them it shows.
        titles_only: whether it shows only documents, and no sections of them.
    """
    names = list(children)
    node = addnodes.toctree(
        "",
        parent=docname,
        entries=[(None, name) for name in names],
        includefiles=names,
        maxdepth=depth,
        caption=None,
        glob=False,
        hidden=False,
        includehidden=False,
        numbered=0,
        titlesonly=titles_only,
    )
    wrapper = docutils_nodes.compound("", classes=["toctree-wrapper"])
    adopt(wrapper, node)
    return wrapper


TABLE: dict[type[docutils_nodes.Node], Handler] = {
    docutils_nodes.paragraph: _paragraph,
    docutils_nodes.literal_block: _literal_block,
    docutils_nodes.bullet_list: _bullet_list,
    docutils_nodes.enumerated_list: _enumerated_list,
    docutils_nodes.list_item: _block,
    docutils_nodes.definition_list: _definition_list,
    docutils_nodes.block_quote: _block_quote,
    **dict.fromkeys(nodes.ADMONITIONS.values(), _block),
    docutils_nodes.table: _table,
    docutils_nodes.transition: _transition,
    docutils_nodes.container: _block,
    docutils_nodes.section: _section,
    docutils_nodes.title: _title,
    docutils_nodes.subtitle: _title,
    nodes.notice: _notice,
    nodes.footnotes: _footnotes,
    nodes.numbered_block: _numbered_block,
    nodes.local_contents: _toctree,
}
