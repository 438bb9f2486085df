"""Doctree → AsciiDoc, as Asciidoctor reads it.

AsciiDoc replaces much in every line: quotes, attributes, macros, dashes,
arrows. So a character that could begin any of it is written as a character
reference, which is replaced last and by nothing but the character. Formatting
is always of the unconstrained kind (``**bold**``), which works inside words too.
A line that could begin a block of another sort begins with ``{empty}``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from manualgen.markup.links import NoLinks
from manualgen.writers.asciidoc import blocks as _blocks
from manualgen.writers.asciidoc import chapters as _chapters
from manualgen.writers.asciidoc import inlines as _inlines
from manualgen.writers.asciidoc import options as _options
from manualgen.writers.asciidoc.escaping import (
    BRACKET_BEFORE_FORMAT,
    BREAK,
    BREAKS,
    RUN_OF_BREAKS,
    WHITE_SPACE,
    escape,
    listing,
    one_line,
    parted,
    safe_start,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from docutils import nodes as docutils_nodes

    from manualgen.markup import nodes
    from manualgen.markup.links import Links
    from manualgen.writers.shapes import Picture

    Block = Callable[["AsciidocWriter", Any], str]
    Inline = Callable[["AsciidocWriter", Any], str]

__all__ = ["BLOCKS", "INLINES", "AsciidocWriter", "escape", "listing"]

BLOCKS: dict[type[docutils_nodes.Node], Block] = {
    **_blocks.TABLE,
    **_chapters.TABLE,
    **_options.TABLE,
}
"""A block's class → what writes it."""

INLINES: dict[type[docutils_nodes.Node], Inline] = _inlines.TABLE
"""The class of what stands in a line → what writes it."""


class AsciidocWriter:
    """Writes nodes as AsciiDoc. One writer serves one option after the other.

    Attributes:
        links: what references lead to.
        numbers: the number of each numbered block.
        pictures: the file of each image that has one; others keep their addresses.
    """

    def __init__(
        self,
        links: Links | None = None,
        *,
        numbers: Mapping[docutils_nodes.Node, int] | None = None,
        pictures: Mapping[docutils_nodes.Node, Picture] | None = None,
    ) -> None:
        """Make a writer.

        Args:
            links: what references lead to; None if nowhere.
            numbers: the number of each numbered block.
            pictures: the file of each image that has one.
        """
        self.links: Links = NoLinks() if links is None else links
        self.numbers = {} if numbers is None else numbers
        self.pictures = {} if pictures is None else pictures
        self._shared: dict[docutils_nodes.Node, str] = {}
        self._level = 1
        self._top = 1
        self._notes_of: dict[str, dict[str, docutils_nodes.Element]] = {}
        self._notes: dict[str, docutils_nodes.Element] = {}
        self._noted: set[str] = set()
        self._formats: frozenset[type[docutils_nodes.Node]] = frozenset()
        self._list_depth = 0
        self._open = False

    def section(self, section: nodes.option) -> str:
        """Return an option as a section of the first level, ending in a blank line."""
        return f"{_options.option(self, section)}\n\n"

    def chapter(self, blocks: Iterable[docutils_nodes.Node]) -> str:
        """Return blocks of a manual as AsciiDoc, ending in a newline; "" for nothing."""
        text = self.blocks(list(blocks))
        return f"{text}\n" if text else ""

    def blocks(self, blocks: Sequence[docutils_nodes.Node]) -> str:
        """Return blocks as AsciiDoc, without a newline at the end."""
        self._notes_of = _chapters.footnotes(blocks)
        self._notes = self._notes_of.get("", {})
        return self._blocks(blocks)

    def _blocks(self, blocks: Iterable[docutils_nodes.Node]) -> str:
        out: list[str] = []
        previous: docutils_nodes.Node | None = None
        for block in blocks:
            text = BLOCKS[block.__class__](self, block)
            if not text:
                continue
            if previous is not None:
                # A comment parts two lists, of which the second is not part of the first.
                apart = isinstance(previous, _blocks.LISTS) and isinstance(block, _blocks.LISTS)
                out.append("\n\n//-\n\n" if apart else "\n\n")
            out.append(text)
            previous = block
        return "".join(out)

    def _block(self, block: docutils_nodes.Node) -> str:
        return BLOCKS[block.__class__](self, block)

    def inline(self, node: docutils_nodes.Node) -> str:
        """Return what stands in a node as AsciiDoc."""
        return self.inline_of(node.children)

    def inline_of(self, nodes: Iterable[docutils_nodes.Node]) -> str:
        """Return what stands in a line as AsciiDoc."""
        text = "".join([INLINES[node.__class__](self, node) for node in nodes])
        # A macro's bracket before a format would be taken for its attributes.
        return BRACKET_BEFORE_FORMAT.sub(parted, text) if "]" in text else text

    def paragraph(self, node: docutils_nodes.Node) -> str:
        """Return the text of a node as lines that start no block of another sort."""
        text = BREAKS.sub("\n", RUN_OF_BREAKS.sub(BREAK, self.inline(node)))
        # A break needs lines on both sides. A plus sign of the text is a reference.
        text = text.strip(WHITE_SPACE).removeprefix("+\n").removesuffix(" +")
        return "\n".join(map(safe_start, text.split("\n"))) if text else ""

    def line(self, node: docutils_nodes.Node) -> str:
        """Return the text of a node as one line."""
        return one_line(self.paragraph(node))

    def enclosed(self, blocks: Iterable[docutils_nodes.Node]) -> str:
        """Return blocks as they stand in a delimited block: lists count anew in it."""
        depth, self._list_depth = self._list_depth, 0
        text = self._blocks(blocks)
        self._list_depth = depth
        return text
