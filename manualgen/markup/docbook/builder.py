"""The builder of DocBook's doctrees: the paragraph that is open, and the blocks around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.markup.docbook.diagnostics import Diagnostics
from manualgen.markup.docbook.elements import BLANK_LINES, LINE_ENDS, RUNS, SPACE, WHITE
from manualgen.markup.parsed import Parsed

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element as XmlElement

    Handler = Callable[["DocbookBuilder", XmlElement], None]

# No real text comes near this (the deepest description has elements eight deep), and writers
# cannot walk much deeper trees.
_DEEPEST = 60


class TooComplexError(Exception):
    """Elements are nested deeper, or tables are larger, than is read."""


class OpenParagraph:
    """The paragraph, or term, that text is added to.

    Attributes:
        node: its node; None until something visible is added.
        current: the inline node that text is added to, or ``node``.
        depth: how many inline nodes are open.
        raw: pieces of its source.
        texts: pieces of text that become one Text node.
        pending: white space that is added if something visible follows.
        started: whether it has anything visible.
        spaced: whether its source ends with white space.
    """

    __slots__ = ("current", "depth", "node", "pending", "raw", "spaced", "started", "texts")

    def __init__(self) -> None:
        self.node: docutils_nodes.Element | None = None
        self.current: docutils_nodes.Element | None = None
        self.depth = 0
        self.raw: list[str] = []
        self.texts: list[str] = []
        self.pending = ""
        self.started = False
        self.spaced = False


class DocbookBuilder:
    """Builds the doctree of one DocBook text.

    Blocks go to ``flow``; text and inline nodes to the open ``paragraph``, which
    the first of them opens and the next block ends. White space waits in the
    paragraph's ``pending`` until something visible follows, so that no
    paragraph or line has any at its ends.

    Attributes:
        parsed: the result.
        diagnostics: collects the diagnostics.
        flow: the node that blocks are appended to.
        paragraph: the paragraph that text and inline nodes are appended to.
        ids: identifiers for the next node.
        depth: how many elements are open.
        in_link: whether a link is open.
        quotes: how many quotes are open.
        footnotes: the footnotes so far.
        footnote_labels: identifier → label of a footnote.
        unknown: the unknown elements that are reported already.
    """

    def __init__(
        self, text: str, handler_of: Callable[[DocbookBuilder, XmlElement], Handler]
    ) -> None:
        """Prepare the doctree of a text.

        Args:
            text: the text as its author wrote it, for diagnostics.
            handler_of: returns the handler of an element.
        """
        self._handler_of = handler_of
        self.parsed = Parsed([])
        self.diagnostics = Diagnostics(text, self.parsed.diagnostics)
        self.flow: docutils_nodes.Element = docutils_nodes.container()
        self.paragraph = OpenParagraph()
        self.ids: list[str] = []
        self.depth = 0
        self.in_link = False
        self.quotes = 0
        self.footnotes: list[docutils_nodes.Element] = []
        self.footnote_labels: dict[str, str] = {}
        self.unknown: set[str] = set()

    def build(self, root: XmlElement) -> None:
        """Build the blocks of everything inside an element."""
        self.content(root)
        self.end_paragraph()
        if self.footnotes:
            self.flow.append(nodes.footnotes("", *self.footnotes))
        blocks = self.flow.children
        if self.ids and blocks and isinstance(blocks[-1], docutils_nodes.Element):
            self.identify(blocks[-1])
        for block in blocks:
            block.parent = None
        self.parsed.blocks = blocks

    # Walking.

    def content(self, element: XmlElement) -> None:
        """Add what is inside an element."""
        if element.text:
            self.characters(element.text)
        for child in element:
            self.element(child)
            if child.tail:
                self.characters(child.tail)

    def element(self, element: XmlElement) -> None:
        """Add an element by its handler."""
        if not isinstance(element.tag, str):
            return  # a comment or a processing instruction
        if self.depth >= _DEEPEST:
            raise TooComplexError
        handler = self._handler_of(self, element)
        self.depth += 1
        handler(self, element)
        self.depth -= 1

    def show(self, part: XmlElement | str) -> None:
        """Add an element or a text."""
        if isinstance(part, str):
            self.characters(part)
        else:
            self.element(part)

    # Text.

    def characters(self, text: str) -> None:
        """Add text of the source; its blank lines separate paragraphs, unless an inline node is open."""
        if self.paragraph.depth or "\n" not in text:
            self.run(text)
            return
        first, *others = BLANK_LINES.split(text)
        self.run(first)
        for part in others:
            self.end_paragraph()
            self.run(part)

    def run(self, text: str) -> None:
        """Add text to the open paragraph, and to its source."""
        paragraph = self.paragraph
        paragraph.raw.append(text.lstrip(SPACE) if paragraph.spaced else text)
        self.words(text)

    def words(self, text: str) -> None:
        """Add visible text with its white space folded; newlines are kept."""
        words = text.strip(SPACE)
        if not words:
            if text:
                self.space(text)
            return
        if text[0] in WHITE:
            self.space(text[: text.index(words[0])])
        paragraph = self.opened()
        if paragraph.pending:
            paragraph.texts.append(paragraph.pending)
            paragraph.pending = ""
        if "\n" in words:
            words = LINE_ENDS.sub("\n", words)
        paragraph.texts.append(RUNS.sub(" ", words))
        paragraph.started = True
        paragraph.spaced = False
        if text[-1] in WHITE:
            self.space(text[text.rindex(words[-1]) + 1 :])

    def space(self, white: str) -> None:
        """Add white space, which is shown if something visible follows in its paragraph."""
        paragraph = self.paragraph
        if paragraph.started and not paragraph.spaced and paragraph.pending != "\n":
            paragraph.pending = "\n" if "\n" in white else " "

    def opened(self) -> OpenParagraph:
        """Return the open paragraph, with its node."""
        paragraph = self.paragraph
        if paragraph.node is None:
            paragraph.node = paragraph.current = docutils_nodes.paragraph()
            if self.ids:
                self.identify(paragraph.node)
        return paragraph

    def flush(self) -> None:
        """Append the text that waits, as one Text node."""
        paragraph = self.paragraph
        if paragraph.texts and paragraph.current is not None:
            paragraph.current.append(docutils_nodes.Text("".join(paragraph.texts)))
            paragraph.texts.clear()

    def end_paragraph(self) -> None:
        """Append the open paragraph to the blocks, if it shows anything, and start another."""
        paragraph = self.paragraph
        node = paragraph.node
        if node is not None and (paragraph.started or isinstance(node, docutils_nodes.term)):
            self.flush()
            _trim(node)
            lines = "".join(paragraph.raw).split("\n")
            node.rawsource = "\n".join([line for line in lines if line.strip(" \t")])
            self.flow.append(node)
        if paragraph.raw or node is not None:
            self.paragraph = OpenParagraph()

    # Inline nodes.

    def append(self, node: docutils_nodes.Element, raw: str) -> None:
        """Append an inline node.

        Args:
            node: the node.
            raw: its part of the paragraph's source.
        """
        paragraph = self.opened()
        paragraph.spaced = False
        if paragraph.pending:
            paragraph.texts.append(paragraph.pending)
            paragraph.pending = ""
        self.flush()
        assert paragraph.current is not None
        paragraph.current.append(node)
        paragraph.raw.append(raw)
        paragraph.started = True
        if self.ids:
            self.identify(node)

    def open(self, node: docutils_nodes.Element) -> None:
        """Append an inline node that the next nodes go into, until it is closed."""
        paragraph = self.paragraph
        spaced = bool(paragraph.pending) or not paragraph.started or paragraph.spaced
        self.append(node, "")
        self.paragraph.spaced = spaced
        self.paragraph.current = node
        self.paragraph.depth += 1

    def close(self) -> None:
        """Close the inline node that was opened last."""
        self.flush()
        paragraph = self.paragraph
        assert paragraph.current is not None
        paragraph.current = paragraph.current.parent
        paragraph.depth -= 1

    # Blocks.

    def enter(self, node: docutils_nodes.Element) -> None:
        """Append a block that the next nodes go into, until it is left."""
        self.end_paragraph()
        self.flow.append(node)
        if self.ids:
            self.identify(node)
        self.flow = node

    def leave(self) -> None:
        """Leave the block that was entered last."""
        self.end_paragraph()
        parent = self.flow.parent
        assert isinstance(parent, docutils_nodes.Element)
        self.flow = parent

    def block(self, node: docutils_nodes.Element, element: XmlElement) -> None:
        """Append a block with the content of an element."""
        self.enter(node)
        self.content(element)
        self.leave()

    # Identifiers.

    def identify(self, node: docutils_nodes.Element) -> None:
        """Give a node the identifiers that wait for the next node."""
        node["ids"].extend(self.ids)
        self.parsed.anchors.extend(self.ids)
        self.ids.clear()


def content(builder: DocbookBuilder, element: XmlElement) -> None:
    """Show the content of an element, and nothing of the element itself."""
    builder.content(element)


def phrase(builder: DocbookBuilder, element: XmlElement) -> None:
    """Show the content of an inline element as plain text, with its identifier."""
    if builder.ids:
        node = docutils_nodes.target()
        builder.identify(node)
        builder.open(node)
        builder.content(element)
        builder.close()
    else:
        builder.content(element)


def flattened(builder: DocbookBuilder, element: XmlElement) -> None:
    """Show the content of a block as text, where only inline content is possible."""
    builder.space(" ")
    builder.content(element)
    builder.space(" ")


def _trim(element: docutils_nodes.Element) -> None:
    """Remove space that only elements without text follow, as in ``a <emphasis/>``."""
    for child in reversed(element.children):
        if isinstance(child, docutils_nodes.Text):
            if child[-1] in WHITE:
                element.replace(child, docutils_nodes.Text(child.rstrip(SPACE)))
            return
        if isinstance(child, docutils_nodes.footnote_reference):
            return
        if isinstance(child, docutils_nodes.Element) and child.astext():
            _trim(child)
            return
