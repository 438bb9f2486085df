"""The structure of a manual: divisions, included option sets and targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.book.labels import DIVISION_LABELS

if TYPE_CHECKING:
    from docutils import nodes as docutils_nodes

    from manualgen.book.documents import Document, OptionSource
    from manualgen.markup import nodes
    from manualgen.markup.chapter import Located


class Division(msgspec.Struct, eq=False):
    """A part of a manual with a title: the book itself, a part, chapter, section, …

    Attributes:
        kind: ``book``, ``preface``, ``part``, ``chapter``, ``section`` or ``appendix``.
        document: the file that it stands in.
        line: the line of its title.
        identifier: as written, or made by ``auto-id-prefix``.
        title: a docutils ``title``.
        parent: the division that it is in; None for the book.
        subtitle: a second title; the book's alone.
        requested_page: the name of the page that its include asks for; may be empty.
        footnote_scope: what tells the footnotes of its file from those of others: the
            identifier of the file's first division.
        blocks: what stands before the divisions in it.
        tail: the option lists that stand after them.
        children: the divisions in it.
        numbered_blocks, images, anchors, references: what stands in the blocks and in the title.
        number: ``I``, ``1``, ``A`` or ``A.1``; may be empty. Set when the outline is made.
    """

    kind: str
    document: Document
    line: int
    identifier: str
    title: docutils_nodes.title
    parent: Division | None = None
    subtitle: docutils_nodes.subtitle | None = None
    requested_page: str = ""
    footnote_scope: str = ""
    blocks: list[docutils_nodes.Node | OptionList] = msgspec.field(default_factory=list)
    tail: list[OptionList] = msgspec.field(default_factory=list)
    children: list[Division] = msgspec.field(default_factory=list)
    numbered_blocks: list[Located[nodes.numbered_block]] = msgspec.field(default_factory=list)
    images: list[Located[docutils_nodes.image]] = msgspec.field(default_factory=list)
    anchors: list[Located[docutils_nodes.Element]] = msgspec.field(default_factory=list)
    references: list[Located[nodes.Reference]] = msgspec.field(default_factory=list)
    number: str = ""

    @property
    def label(self) -> str:
        """The text before the title: ``Chapter 1``, ``Appendix A``; may be empty."""
        return f"{DIVISION_LABELS[self.kind]}\u00a0{self.number}" if self.number else ""

    @property
    def holds_options(self) -> bool:
        """Whether it includes an option set."""
        return bool(self.tail) or any(isinstance(block, OptionList) for block in self.blocks)

    def walk(self) -> list[Division]:
        """Return this division and all below it, in the order of reading."""
        divisions = [self]
        for child in self.children:
            divisions.extend(child.walk())
        return divisions


class OptionList(msgspec.Struct, eq=False):
    """An option set that is included in a manual.

    Attributes:
        index: its position among the option lists of the manual.
        source: the include.
        division: the division that it stands in.
        identifier: that of the list as a whole; empty where it has none, or where something
            else has it already. Set when the outline is made.
    """

    index: int
    source: OptionSource
    division: Division
    identifier: str = ""


class Identified(msgspec.Struct, frozen=True):
    """Where an identifier is.

    Attributes:
        division: the division that has it, or in which it stands.
        line: the line where it is given.
        node: the numbered block, the anchor or the option list that has it; None where a
            division itself has it.
    """

    division: Division
    line: int
    node: docutils_nodes.Element | OptionList | None = None

    @property
    def location(self) -> str:
        """Where it is given, for messages: ``file:line``."""
        return f"{self.division.document.name}:{self.line}"
