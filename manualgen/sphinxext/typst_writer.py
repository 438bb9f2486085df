"""docutils' nodes → the source text of Typst, by a table of handlers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging

from manualgen.sphinxext.typst_escaping import string
from manualgen.sphinxext.typst_nodes import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from manualgen.sphinxext.typst_nodes import Parts

logger = logging.getLogger(__name__)


class TypstWriter:
    """Writes one tree of all documents.

    Attributes:
        docname: the document that is written.
        level: how many sections it stands in.
        pictures: the address of an image → its file.
        asked: the labels that links lead to.
        options: name and label of each option, in the order of the book.
    """

    def __init__(self, tree: nodes.document, root: str, pictures: Mapping[str, str]) -> None:
        """Prepare to write a tree.

        Args:
            tree: the tree.
            root: the name of its first document.
            pictures: the address of an image → its file.
        """
        self.docname = root
        self.level = 0
        self.pictures = pictures
        self.asked: set[str] = set()
        self.options: list[tuple[str, str]] = []
        self._labels, self._footnotes = _named(tree, root)
        self._written: set[str] = set()

    def write(self, given: Iterable[nodes.Node], out: Parts) -> None:
        """Append what nodes become to a list."""
        for node in given:
            handler = HANDLERS.get(node.__class__)
            if handler is None:
                handler = HANDLERS[nodes.generated]
                logger.warning(
                    "the PDF shows only the text of %s",
                    node.__class__.__name__,
                    location=node,
                    type="typst",
                )
            handler(self, node, out)

    def text(self, given: Iterable[nodes.Node]) -> str:
        """Return what nodes become."""
        out: Parts = []
        self.write(given, out)
        return "".join(out)

    def anchors(self, node: nodes.Element) -> str:
        """Return the labels of a node, each once."""
        new = [f"{self.docname}#{name}" for name in node["ids"]]
        fresh = [label for label in new if label not in self._written]
        self._written.update(fresh)
        return "".join(f"#a({string(label)})" for label in fresh)

    def own_label(self, node: nodes.Element) -> str:
        """Return the labels of a node, the first of them as that of the element before it."""
        return self.anchors(node).replace("#a(", "#label(", 1)

    def label_of(self, node: nodes.Element) -> str:
        """Return the label that a reference leads to; "" if it leads to none."""
        if node.get("refid"):
            label = f"{self.docname}#{node['refid']}"
        else:
            address = node.get("refuri", "")
            label = address[1:] if address.startswith("%") else ""
        if label and "#" not in label:
            label = self._labels.get(label, "")
        if label not in self._labels:
            return ""
        self.asked.add(label)
        return label

    @property
    def missing(self) -> list[str]:
        """The labels that links lead to, but that nothing has which has been written."""
        return sorted(self.asked - self._written)

    def footnote(self, identifier: str) -> tuple[str, nodes.footnote | None, bool]:
        """Return the label of a footnote, the note, and whether it has not been written yet."""
        label = f"{self.docname}#{identifier}"
        is_new = label not in self._written
        self._written.add(label)
        return label, self._footnotes.get(label), is_new


def _named(tree: nodes.document, root: str) -> tuple[dict[str, str], dict[str, nodes.footnote]]:
    """Return what a tree names.

    Returns:
        The labels; the name of a document leads to its first label. And label → footnote.
    """
    labels: dict[str, str] = {}
    notes: dict[str, nodes.footnote] = {}

    def visit(node: nodes.Element, docname: str) -> None:
        # Nodes of a document do not know that they stand in a larger tree: only children do.
        if isinstance(node, addnodes.start_of_file):
            docname = node["docname"]
        for name in node["ids"]:
            label = f"{docname}#{name}"
            if isinstance(node, nodes.footnote):
                notes[label] = node
            elif not isinstance(node, nodes.footnote_reference):
                labels[label] = ""
                labels.setdefault(docname, label)
        for child in node.children:
            if isinstance(child, nodes.Element):
                visit(child, docname)

    visit(tree, root)
    return labels, notes
