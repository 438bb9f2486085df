"""A doctree in the making: the paragraph that is being written, and the blocks around it."""

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

    Handler = Callable[["Tree", XmlElement], None]

# No author's text comes near this (the deepest real description has elements eight deep);
# a tree that deep is more than any writer can walk.
_DEEPEST = 60


class TooComplexError(Exception):
    """Elements stand in elements deeper, or tables are larger, than is read."""


class Running:
    """The paragraph, or other line of text, that is being written."""

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


class Tree:
    """A doctree in the making: where the next node goes, and what was found on the way.

    Blocks go to ``flow``; text and inline nodes to the ``running`` paragraph,
    which is opened by the first of them and ended by the next block. White
    space waits in ``pending`` until something visible follows, so that no
    paragraph or line has any at its ends.
    """

    def __init__(self, text: str, handler_of: Callable[[Tree, XmlElement], Handler]) -> None:
        """Take the text, for what is said of it, and what tells which handler an element has."""
        self._handler_of = handler_of
        self.parsed = Parsed([])
        self.diagnostics = Diagnostics(text, self.parsed.diagnostics)
        self.flow: docutils_nodes.Element = docutils_nodes.container()
        self.running = Running()
        self.ids: list[str] = []
        self.depth = 0
        self.linked = False
        self.quotes = 0
        self.footnotes: list[docutils_nodes.Element] = []
        self.footnote_labels: dict[str, str] = {}
        self.unknown: set[str] = set()

    def build(self, root: XmlElement) -> None:
        """Make blocks of all that is inside an element."""
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
        """Add what an element stands for, as the handler does that is for it here."""
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
        """Add text of the source; its blank lines part paragraphs, where one can end."""
        if self.running.depth or "\n" not in text:
            self.run(text)
            return
        first, *others = BLANK_LINES.split(text)
        self.run(first)
        for part in others:
            self.end_paragraph()
            self.run(part)

    def run(self, text: str) -> None:
        """Add text to the running paragraph, and to its source."""
        running = self.running
        running.raw.append(text.lstrip(SPACE) if running.spaced else text)
        self.words(text)

    def words(self, text: str) -> None:
        """Add visible text, its white space folded; a line's end stays one."""
        words = text.strip(SPACE)
        if not words:
            if text:
                self.space(text)
            return
        if text[0] in WHITE:
            self.space(text[: text.index(words[0])])
        running = self.opened()
        if running.pending:
            running.texts.append(running.pending)
            running.pending = ""
        if "\n" in words:
            words = LINE_ENDS.sub("\n", words)
        running.texts.append(RUNS.sub(" ", words))
        running.started = True
        running.spaced = False
        if text[-1] in WHITE:
            self.space(text[text.rindex(words[-1]) + 1 :])

    def space(self, white: str) -> None:
        """Add white space, which is shown if something visible follows in its paragraph."""
        running = self.running
        if running.started and not running.spaced and running.pending != "\n":
            running.pending = "\n" if "\n" in white else " "

    def opened(self) -> Running:
        """Return the running paragraph; begin one if there is none."""
        running = self.running
        if running.node is None:
            running.node = running.current = docutils_nodes.paragraph()
            if self.ids:
                self.identify(running.node)
        return running

    def flush(self) -> None:
        """Make a node of the text that waits to be one."""
        running = self.running
        if running.texts and running.current is not None:
            running.current.append(docutils_nodes.Text("".join(running.texts)))
            running.texts.clear()

    def end_paragraph(self) -> None:
        """Add the running paragraph to the blocks, if it shows anything, and begin anew."""
        running = self.running
        node = running.node
        if node is not None and (running.started or isinstance(node, docutils_nodes.term)):
            self.flush()
            _trim(node)
            lines = "".join(running.raw).split("\n")
            node.rawsource = "\n".join([line for line in lines if line.strip(" \t")])
            self.flow.append(node)
        if running.raw or node is not None:
            self.running = Running()

    # Inline nodes.

    def append(self, node: docutils_nodes.Element, raw: str) -> None:
        """Add an inline node, and what it adds to the paragraph's source."""
        running = self.opened()
        running.spaced = False
        if running.pending:
            running.texts.append(running.pending)
            running.pending = ""
        self.flush()
        assert running.current is not None
        running.current.append(node)
        running.raw.append(raw)
        running.started = True
        if self.ids:
            self.identify(node)

    def open(self, node: docutils_nodes.Element) -> None:
        """Add an inline node that what follows goes into, until it is closed."""
        running = self.running
        spaced = bool(running.pending) or not running.started or running.spaced
        self.append(node, "")
        self.running.spaced = spaced
        self.running.current = node
        self.running.depth += 1

    def close(self) -> None:
        """Close the inline node that was opened last."""
        self.flush()
        running = self.running
        assert running.current is not None
        running.current = running.current.parent
        running.depth -= 1

    # Blocks.

    def enter(self, node: docutils_nodes.Element) -> None:
        """Add a block that what follows goes into, until it is left."""
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
        """Add a block, and what is inside an element as its content."""
        self.enter(node)
        self.content(element)
        self.leave()

    # Identifiers.

    def identify(self, node: docutils_nodes.Element) -> None:
        """Give a node the identifiers that wait for one."""
        node["ids"].extend(self.ids)
        self.parsed.anchors.extend(self.ids)
        self.ids.clear()


def content(tree: Tree, element: XmlElement) -> None:
    """Show what is inside an element, and nothing of the element itself."""
    tree.content(element)


def phrase(tree: Tree, element: XmlElement) -> None:
    """Show the text of an inline element that has no looks of its own."""
    if tree.ids:
        node = docutils_nodes.target()
        tree.identify(node)
        tree.open(node)
        tree.content(element)
        tree.close()
    else:
        tree.content(element)


def flattened(tree: Tree, element: XmlElement) -> None:
    """Show the text of a block that stands where only a line of text can."""
    tree.space(" ")
    tree.content(element)
    tree.space(" ")


def _trim(element: docutils_nodes.Element) -> None:
    """Take away the space that only elements without any text follow, ``a <emphasis/>``."""
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
