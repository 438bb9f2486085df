r"""Doctree → man(7), for mandoc and for groff.

Why it is written the way it is:

* An option is a ``.TP``: mandoc makes an identifier of its name (for HTML and
  for a pager's jumps), as long as no escape stands in it. So names are plain,
  and hyphens in them too; the page's header tells groff to print those as
  minus signs. Inner terms start with ``\:``, which keeps them from becoming
  identifiers as well.
* The body stands in ``.RS``, where paragraphs are ``.PP`` and lists ``.IP``:
  nothing hangs, so that any block can follow any other.
* A paragraph is one line of roff. A sentence's end at a line's end would be
  followed by two spaces, and a line's start might be a request.
* Everything that is not markup of ours passes :func:`escape`, and every line
  that starts with text passes :func:`safe_start`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from manualgen.markup.links import NoLinks
from manualgen.writers.manpage import blocks as _blocks
from manualgen.writers.manpage import chapters as _chapters
from manualgen.writers.manpage import inlines as _inlines
from manualgen.writers.manpage import options as _options
from manualgen.writers.manpage import tables as _tables
from manualgen.writers.manpage.escaping import escape, safe_start, styled_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from docutils import nodes as docutils_nodes

    from manualgen.markup import nodes
    from manualgen.markup.links import Links
    from manualgen.writers.shapes import Picture

    Block = Callable[["ManpageWriter", Any], None]
    Inline = Callable[["ManpageWriter", Any, str], str]

__all__ = ["BLOCKS", "INLINES", "MACROS", "ManpageWriter", "escape", "styled_name"]

BLOCKS: dict[type[docutils_nodes.Node], Block] = {
    **_blocks.TABLE,
    **_chapters.TABLE,
    **_options.TABLE,
    **_tables.TABLE,
}
"""A block's class → what writes it."""

INLINES: dict[type[docutils_nodes.Node], Inline] = _inlines.TABLE
"""The class of what stands in a line → what writes it, in a font."""


class ManpageWriter:
    """Writes nodes as man(7). One writer serves one option after the other.

    Attributes:
        links: what references lead to.
        numbers: the number of each numbered block.
        pictures: the file of each image that has one; the addresses of others are listed.
        has_tables: whether a table was written; such a page says on its first line that it
            needs tbl.
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
        self.has_tables = False
        self._lines: list[str] = []
        self._shared: dict[docutils_nodes.Node, list[str]] = {}
        self._links: list[str] = []
        self._numbered = False
        self._first = True
        self._indent = 0
        self._tight = False
        self._ordered_depth = 0

    def section(self, section: nodes.option) -> str:
        """Return an option as a tagged paragraph, ending in a newline."""
        self._lines = []
        _options.TABLE[section.__class__](self, section)
        return "\n".join(self._lines) + "\n"

    def chapter(self, blocks: Iterable[docutils_nodes.Node], *, after_heading: bool = True) -> str:
        """Return blocks of a manual as man(7), ending in a newline; "" for nothing.

        Sections of the first level become ``.SH``, those of the second ``.SS``; deeper ones
        have a bold paragraph as their title. The links of a section are listed at its end.

        Args:
            blocks: sections, and what stands in none of them.
            after_heading: whether a heading stands before them, not a paragraph.
        """
        self._lines, self._links, self._first, self._indent = [], [], after_heading, 7
        for block in blocks:
            self._write(block)
        self._list_links()
        return "\n".join(self._lines) + "\n" if self._lines else ""

    def blocks(self, blocks: Iterable[docutils_nodes.Node]) -> str:
        """Return any blocks as man(7), as they stand below a heading, without their links."""
        self._lines, self._links, self._first, self._indent = [], [], True, 7
        for block in blocks:
            self._write(block)
        return "\n".join(self._lines) + "\n" if self._lines else ""

    def _write(self, block: docutils_nodes.Node) -> None:
        BLOCKS[block.__class__](self, block)

    def _share(self, node: docutils_nodes.Node) -> None:
        """Write a part of a section; parts that sections share are written once."""
        if not self._first:
            # Before the lines that are kept, as only some of the options have a table there.
            if self._lines[-1] == ".TE":
                self._lines.append(".sp")
            lines = self._shared.get(node)
            if lines is not None:
                self._lines.extend(lines)
                return
        start, first, self._numbered = len(self._lines), self._first, False
        BLOCKS[node.__class__](self, node)
        # Links are numbered by option, and a first block has no space before it.
        if not self._numbered and not first:
            self._shared[node] = self._lines[start:]

    def _paragraph_break(self) -> None:
        """Part what follows from what stands before it, if anything does."""
        if self._first:
            self._first = False
        else:
            self._space_after_table()
            self._lines.append(".PP")

    def _space_after_table(self) -> None:
        """Neither mandoc nor groff parts a paragraph from a table right before it."""
        if self._lines and self._lines[-1] == ".TE":
            self._lines.append(".sp")

    def _end_indent(self) -> None:
        """End an indented block; mandoc complains of one that has nothing in it."""
        self._space_after_table()
        if self._lines[-1].startswith(".RS "):
            self._lines.pop()
            if self._lines and self._lines[-1] == ".PP":
                self._lines.pop()
        else:
            self._lines.append(".RE")

    def _set_tight(self, *, tight: bool) -> None:
        """Let paragraphs and items follow without a space between, or with one again."""
        if tight != self._tight:
            self._lines.append(".PD 0" if tight else ".PD")
            self._tight = tight

    def _text(self, text: str) -> None:
        """Add a paragraph's lines: a newline in it is a break."""
        for index, line in enumerate(text.split("\n")):
            if index:
                self._lines.append(".br")
            self._lines.append(safe_start(line) or "\\&")

    def _children(self, node: docutils_nodes.Node) -> None:
        for child in node.children:
            BLOCKS[child.__class__](self, child)

    def _list_links(self) -> None:
        """Write the addresses that were numbered since the last such list."""
        if not self._links:
            return
        self._paragraph_break()
        self._lines.append("\\fILinks:\\fR")
        self._lines.append(".PD 0")
        for number, address in enumerate(self._links, 1):
            self._lines.append(f".IP [{number}] 5")
            self._lines.append(safe_start(address))
        self._lines.append(".PD")
        self._links = []

    def _inline(self, node: docutils_nodes.Node, font: str = "R") -> str:
        return "".join([INLINES[child.__class__](self, child, font) for child in node.children])

    def _inline_of(self, nodes: Iterable[docutils_nodes.Node], font: str) -> str:
        return "".join([INLINES[child.__class__](self, child, font) for child in nodes])

    def _number(self, address: str) -> int:
        self._numbered = True
        if address not in self._links:
            self._links.append(address)
        return self._links.index(address) + 1


MACROS = r"""
.de option-name
.ie \\n(.x .B \\$2
.el .B \\$1
..
"""[1:]
"""What a header must define: a name with placeholders, plain for mandoc, which tags it."""
