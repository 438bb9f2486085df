"""Doctree → plain text, as a reader sees it: for comparing and quoting, not for reading back.

Paragraphs are one line each. What a link leads to stands behind its text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.markup.links import NoLinks
from manualgen.markup.structure import fold
from manualgen.writers import labels, shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from manualgen.markup.links import Links

    Block = Callable[["PlainWriter", Any], str]
    Inline = Callable[["PlainWriter", Any], str]


class PlainWriter:
    """Writes nodes as plain text.

    Attributes:
        links: what references lead to, whose texts are shown.
        numbers: the number of each numbered block.
    """

    def __init__(
        self,
        links: Links | None = None,
        numbers: Mapping[docutils_nodes.Node, int] | None = None,
    ) -> None:
        """Make a writer.

        Args:
            links: what references lead to; None if nowhere.
            numbers: the number of each numbered block.
        """
        self.links: Links = NoLinks() if links is None else links
        self.numbers = {} if numbers is None else numbers

    def blocks(self, blocks: Iterable[docutils_nodes.Node]) -> str:
        """Return blocks with empty lines between them, without a newline at the end."""
        return "\n\n".join(filter(None, [BLOCKS[block.__class__](self, block) for block in blocks]))

    def line(self, node: docutils_nodes.Node) -> str:
        """Return what stands in a node as one line."""
        return fold(self.inline(node.children))

    def inline(self, nodes: Iterable[docutils_nodes.Node]) -> str:
        """Return what stands in a line."""
        return "".join([INLINES[node.__class__](self, node) for node in nodes])


def _line(writer: PlainWriter, node: docutils_nodes.Element) -> str:
    return writer.line(node)


def _code(_writer: PlainWriter, node: docutils_nodes.Element) -> str:
    return _indented(node.astext().rstrip("\n"), "    ", "    ")


def _children(writer: PlainWriter, node: docutils_nodes.Element) -> str:
    return writer.blocks(node.children)


def _indented(text: str, first: str, rest: str = "  ") -> str:
    lines = text.split("\n")
    return "\n".join(
        [first + lines[0], *(rest + line if line else "" for line in lines[1:])]
    ).rstrip()


def _bullet_list(writer: PlainWriter, node: docutils_nodes.bullet_list) -> str:
    return _items(node, [(writer.blocks(item.children), "- ") for item in node.children])


def _enumerated_list(writer: PlainWriter, node: docutils_nodes.enumerated_list) -> str:
    kind = shapes.numbering(node, 0)
    return _items(
        node,
        [
            (writer.blocks(item.children), f"{shapes.enumerator(number, kind)}. ")
            for number, item in enumerate(node.children, node.get("start", 1))
        ],
    )


def _items(node: docutils_nodes.Element, items: Sequence[tuple[str, str]]) -> str:
    texts = [_indented(text, mark, " " * len(mark)) for text, mark in items]
    return ("\n" if "tight" in node["classes"] else "\n\n").join(texts)


def _definition_list(writer: PlainWriter, node: docutils_nodes.definition_list) -> str:
    items = []
    for entry in shapes.entries(node):
        terms = ", ".join(writer.line(term) for term in entry.terms)
        text = writer.blocks(
            block for definition in entry.definitions for block in definition.children
        )
        items.append(f"{terms}\n{_indented(text, '  ')}".rstrip())
    return ("\n" if "tight" in node["classes"] else "\n\n").join(items)


def _block_quote(writer: PlainWriter, node: docutils_nodes.Element) -> str:
    return _indented(writer.blocks(node.children), "  ")


def _admonition(writer: PlainWriter, node: docutils_nodes.Element) -> str:
    title = labels.ADMONITION_TITLES[node.__class__]
    return f"{title}:\n{_indented(writer.blocks(node.children), '  ')}"


def _table(writer: PlainWriter, node: docutils_nodes.table) -> str:
    grid = shapes.grid(node)
    lines = [writer.line(grid.title)] if grid.title is not None else []
    for row in (*grid.heads, *grid.bodies):
        cells = [fold(writer.blocks(entry.children)) for entry in row]
        lines.append(" | ".join(cells).rstrip())
    return "\n".join(lines)


def _footnotes(writer: PlainWriter, node: nodes.footnotes) -> str:
    return "\n".join(
        _indented(writer.blocks(note.children), f"[{note['names'][0]}] ", "    ")
        for note in node.findall(docutils_nodes.footnote)
    )


def _numbered_block(writer: PlainWriter, node: nodes.numbered_block) -> str:
    title, blocks = shapes.titled(node)
    label = shapes.caption_label(node, writer.numbers, " ")
    return f"{label}. {writer.line(title)}\n{_indented(writer.blocks(blocks), '  ')}".rstrip()


def _declarations(writer: PlainWriter, node: nodes.option_fact) -> str:
    names = [declaration.astext() for declaration in shapes.declarations(node)]
    text = "\n".join(names) if names else writer.blocks(node.children)
    return f"{labels.FACTS[node['fact']]}:\n{_indented(text, '  ')}"


def _section(writer: PlainWriter, node: docutils_nodes.Element) -> str:
    title, blocks = shapes.titled(node)
    return "\n\n".join(filter(None, (writer.line(title), writer.blocks(blocks))))


def _option(writer: PlainWriter, node: nodes.option) -> str:
    return f"{node['name']}\n{_indented(writer.blocks(node.children), '  ')}".rstrip()


def _option_list(writer: PlainWriter, node: nodes.option_list) -> str:
    return writer.blocks(node.get("sections", ()))


BLOCKS: Mapping[type[docutils_nodes.Node], Block] = {
    **dict.fromkeys(
        (docutils_nodes.paragraph, docutils_nodes.title, docutils_nodes.subtitle, nodes.notice),
        _line,
    ),
    **dict.fromkeys((docutils_nodes.literal_block, nodes.option_value), _code),
    **dict.fromkeys((docutils_nodes.container, nodes.option_description), _children),
    **dict.fromkeys(nodes.ADMONITIONS.values(), _admonition),
    docutils_nodes.bullet_list: _bullet_list,
    docutils_nodes.enumerated_list: _enumerated_list,
    docutils_nodes.definition_list: _definition_list,
    docutils_nodes.block_quote: _block_quote,
    docutils_nodes.table: _table,
    docutils_nodes.transition: lambda _writer, _node: "* * *",
    docutils_nodes.section: _section,
    nodes.footnotes: _footnotes,
    nodes.numbered_block: _numbered_block,
    nodes.option: _option,
    nodes.option_fact: _declarations,
    nodes.option_list: _option_list,
    nodes.local_contents: lambda _writer, _node: "",
}
"""A block's class → what writes it."""


def _inner(writer: PlainWriter, node: docutils_nodes.Element) -> str:
    return writer.inline(node.children)


def _reference(writer: PlainWriter, node: docutils_nodes.reference) -> str:
    text = writer.inline(node.children)
    address = node.get("refuri", "")
    if not address or fold(text) in {address, address.removeprefix("mailto:")}:
        return text
    return f"{text} ({address})"


def _cross_reference(writer: PlainWriter, node: nodes.cross_reference) -> str:
    return writer.inline(shapes.shown_text(node, writer.links.target(node)))


INLINES: Mapping[type[docutils_nodes.Node], Inline] = {
    **dict.fromkeys(
        (
            docutils_nodes.literal,
            docutils_nodes.emphasis,
            docutils_nodes.strong,
            docutils_nodes.target,
            docutils_nodes.inline,
            nodes.key,
            *nodes.REFERRING_ROLES.values(),
        ),
        _inner,
    ),
    docutils_nodes.Text: lambda _writer, node: str(node),
    docutils_nodes.reference: _reference,
    docutils_nodes.image: lambda _writer, node: node.get("alt", ""),
    docutils_nodes.footnote_reference: lambda _writer, node: f"[{node['refid']}]",
    nodes.line_break: lambda _writer, _node: " ",
    nodes.cross_reference: _cross_reference,
}
"""The class of what stands in a line → what writes it."""
