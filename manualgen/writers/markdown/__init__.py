"""Doctree → CommonMark, with the dialect's own constructs where Markdown has none.

What is written, read again, is the same tree: no text becomes markup, no
straight quote a curly one, no line a list. A character is escaped only where it
would mean something, so that the result reads as an author's own source does.
Where two pieces of markup may not touch (``*a**b*``), an empty comment parts
them, which every reader of Markdown drops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from manualgen.markup.links import NoLinks
from manualgen.writers.markdown import blocks as _blocks
from manualgen.writers.markdown import chapters as _chapters
from manualgen.writers.markdown import inlines as _inlines
from manualgen.writers.markdown import options as _options
from manualgen.writers.markdown.escaping import (
    BREAKS,
    MAY_START_BLOCK,
    code,
    destination,
    escape,
    fenced,
    one_line,
    safe_start,
    unbroken,
    with_edges,
)
from manualgen.writers.markdown.style import APART, Admonitions, Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from docutils import nodes as docutils_nodes

    from manualgen.markup import nodes
    from manualgen.markup.links import Links
    from manualgen.writers.shapes import Picture

    Block = Callable[["MarkdownWriter", Any], str]
    Inline = Callable[["MarkdownWriter", Any], str]

__all__ = [
    "BLOCKS",
    "INLINES",
    "Admonitions",
    "MarkdownWriter",
    "Style",
    "code",
    "destination",
    "escape",
    "fenced",
]

BLOCKS: dict[type[docutils_nodes.Node], Block] = {
    **_blocks.TABLE,
    **_chapters.TABLE,
    **_options.TABLE,
}
"""A block's class → what writes it."""

INLINES: dict[type[docutils_nodes.Node], Inline] = _inlines.TABLE
"""The class of what stands in a line → what writes it."""


class MarkdownWriter:
    """Writes nodes as Markdown. One writer serves one option after the other.

    Attributes:
        style: how what Markdown lacks is written.
        links: what references lead to.
        numbers: the number of each numbered block.
        pictures: the file of each image that has one; others keep their addresses.
    """

    def __init__(
        self,
        style: Style | None = None,
        links: Links | None = None,
        *,
        numbers: Mapping[docutils_nodes.Node, int] | None = None,
        pictures: Mapping[docutils_nodes.Node, Picture] | None = None,
    ) -> None:
        """Make a writer.

        Args:
            style: how what Markdown lacks is written; None for GitHub's way, without anchors.
            links: what references lead to; None if nowhere.
            numbers: the number of each numbered block.
            pictures: the file of each image that has one.
        """
        self.style = Style() if style is None else style
        self.links: Links = NoLinks() if links is None else links
        self.numbers = {} if numbers is None else numbers
        self.pictures = {} if pictures is None else pictures
        self._shared: dict[docutils_nodes.Node, str] = {}
        self._level = 2
        self._notes = ""
        self._in_link = False
        self._straight = False
        self._emphasis: tuple[type[docutils_nodes.Node], ...] = ()

    def section(self, section: nodes.option) -> str:
        """Return an option as a section of the second level, ending in a blank line."""
        return f"{_options.option(self, section)}\n\n"

    def chapter(self, blocks: Iterable[docutils_nodes.Node], scope: str | None = None) -> str:
        """Return blocks of a manual as Markdown, ending in a newline; "" for nothing.

        Args:
            blocks: sections, and what stands in none of them.
            scope: what the names of footnotes outside any section begin with.
        """
        self._notes = "" if scope is None else f"{scope}."
        text = self.blocks(list(blocks))
        self._notes = ""
        return f"{text}\n" if text else ""

    def blocks(self, blocks: Sequence[docutils_nodes.Node], *, tight: bool = False) -> str:
        """Return blocks as Markdown, without a newline at the end.

        Args:
            blocks: the nodes.
            tight: they stand in an item of a list whose items follow each other closely.
        """
        out: list[str] = []
        previous: docutils_nodes.Node | None = None
        for block in blocks:
            text = BLOCKS[block.__class__](self, block)
            if not text:
                continue
            if previous is not None:
                close = tight and _blocks.may_follow(block, previous)
                if _blocks.would_join(previous, block):
                    out.append(f"\n\n{APART}\n\n")
                else:
                    out.append("\n" if close else "\n\n")
            out.append(text)
            previous = block
        return "".join(out)

    def paragraph(self, node: docutils_nodes.Node) -> str:
        """Return the text of a node as lines that start no block of another sort."""
        text = self.inline(node)
        if "\n" in text or not text or text[0] in " \t":
            text = BREAKS.sub("\n", text).strip(" \t\n")
        text = unbroken(text)
        if text and (text[0].isspace() or text[-1].isspace()):
            text = with_edges(text)
        if MAY_START_BLOCK.search(text) is None:
            return text
        return "\n".join([safe_start(line) for line in text.split("\n")])

    def line(self, node: docutils_nodes.Node) -> str:
        """Return the text of a node as one line."""
        return one_line(self.paragraph(node))

    def inline(self, node: docutils_nodes.Node) -> str:
        """Return what stands in a node as Markdown."""
        return self.inline_of(node.children)

    def inline_of(self, nodes: Sequence[docutils_nodes.Node]) -> str:
        """Return what stands in a line as Markdown."""
        if len(nodes) == 1:
            return INLINES[nodes[0].__class__](self, nodes[0])
        pieces = [(node, INLINES[node.__class__](self, node)) for node in _inlines.merged(nodes)]
        return _inlines.joined([(node, text) for node, text in pieces if text])

    def _block(self, block: docutils_nodes.Node) -> str:
        return BLOCKS[block.__class__](self, block)
