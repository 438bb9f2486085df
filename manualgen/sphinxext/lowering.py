"""manualgen's doctree → the nodes of docutils and Sphinx that every builder knows.

Parsed trees share their nodes and are never changed, while Sphinx changes the trees that it is
given and stores them. So what goes to Sphinx is a copy, made here: each node gets one parent, and
the nodes that docutils lacks become standard ones. As in the writers, a table says for each class
of node what it becomes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes as docutils_nodes
from sphinx import addnodes

from manualgen.markup.parsed import adopt
from manualgen.sphinxext import lowered_blocks, lowered_options, lowered_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from manualgen.markup.links import Links

    Nodes = list[docutils_nodes.Node]
    Handler = Callable[["Lowering", Any, Nodes], object]

HANDLERS: dict[type[docutils_nodes.Node], Handler] = {}
"""A node's class → what lowers it."""

for _module in (lowered_text, lowered_blocks, lowered_options):
    HANDLERS.update(_module.TABLE)


class Lowering:
    """Lowers nodes for one document of Sphinx. Its footnotes are numbered through.

    Attributes:
        document: the document.
        links: what references lead to; None where Sphinx is to find it.
        numbers: the number of each example, figure and table.
        picture: image → the path of its file, as Sphinx's ``image`` has it; "" for a link.
        source: the file that the nodes come from.
        line: the line of nodes that know none.
        docname: the name of the document; "" outside of Sphinx.
        in_link: whether what is written is the text of a link.
        ordered_depth: how many ordered lists it stands in.
        depth: how many lists and quotes it stands in.
    """

    def __init__(
        self,
        document: docutils_nodes.document,
        *,
        links: Links | None = None,
        numbers: Mapping[docutils_nodes.Node, int] | None = None,
        picture: Callable[[docutils_nodes.image], str] | None = None,
        source: str = "",
        line: int = 1,
    ) -> None:
        """Prepare to lower nodes.

        Args:
            document: the document that they will stand in.
            links: what references lead to. Without them, references to options become
                ``pending_xref`` of the domain ``nix``, and others of the role ``ref``.
            numbers: the number of each example, figure and table.
            picture: image → the path of its file, as Sphinx's ``image`` has it; "" for a link.
            source: the file that the nodes come from; that of the document where empty.
            line: the line of nodes that know none.
        """
        self.document = document
        self.links = links
        self.numbers = {} if numbers is None else numbers
        self.picture = picture or (lambda _: "")
        self.source = source or document.get("source") or ""
        self.line = line
        env = getattr(document.settings, "env", None)
        self.docname: str = env.current_document.docname if env is not None else ""
        self.in_link = False
        self.ordered_depth = 0
        self.depth = 0
        self._footnotes: dict[str, docutils_nodes.footnote] = {}
        self._footnotes_of: dict[str, dict[str, docutils_nodes.footnote]] = {}
        self._footnote_count = 0
        self._env = env
        self._taken: set[str] = set()

    def lowered(self, given: Iterable[docutils_nodes.Node]) -> Nodes:
        """Return what nodes become. They have no parent yet, and belong to the document."""
        out: Nodes = []
        self.write(given, out)
        for node in out:
            node.document = self.document
        return out

    def write(self, given: Iterable[docutils_nodes.Node], out: Nodes) -> None:
        """Append what nodes become to a list."""
        for node in given:
            HANDLERS[node.__class__](self, node, out)

    def fill(
        self, new: docutils_nodes.Element, given: Iterable[docutils_nodes.Node]
    ) -> docutils_nodes.Element:
        """Put what nodes become into a new node; return that."""
        out: Nodes = []
        self.write(given, out)
        for node in out:
            adopt(new, node)
        new.source, new.line = self.source, new.line or self.line
        return new

    def text_of(
        self, new: docutils_nodes.TextElement, given: docutils_nodes.Element
    ) -> docutils_nodes.Element:
        """Put the inline nodes of a text into a new node; return that.

        The text is typographic already, and is what translators are shown.
        """
        new["support_smartquotes"] = False
        new.rawsource = given.astext()
        new.line = given.line
        return self.fill(new, given.children)

    def ids(self, node: docutils_nodes.Element) -> list[str]:
        """Return the identifiers of a node that nothing else in the document has."""
        free = [name for name in node["ids"] if name not in self._taken]
        self._taken.update(free)
        return free

    def enter_scope(self, name: str) -> dict[str, docutils_nodes.footnote]:
        """Begin, or go on, with the footnotes of another text; return those until now.

        Args:
            name: what tells the text from others, such as its identifier.
        """
        outer = self._footnotes
        self._footnotes = self._footnotes_of.setdefault(name, {})
        return outer

    def leave_scope(self, outer: dict[str, docutils_nodes.footnote]) -> None:
        """Go on with the footnotes that :meth:`enter_scope` returned."""
        self._footnotes = outer

    def footnote(self, label: str) -> docutils_nodes.footnote:
        """Return the footnote with a label of the current text; it is made when first asked for."""
        note = self._footnotes.get(label)
        if note is None:
            if self._env is not None:
                # Others may lower nodes for the same document.
                self._footnote_count = self._env.new_serialno("manualgen-footnote")
            self._footnote_count += 1
            number = str(self._footnote_count)
            note = docutils_nodes.footnote(ids=[f"footnote-{number}"], names=[])
            adopt(note, docutils_nodes.label("", number))
            self._footnotes[label] = note
        return note

    def pending(
        self,
        domain: str,
        kind: str,
        target: str,
        content: Iterable[docutils_nodes.Node],
        **more: Any,
    ) -> addnodes.pending_xref:
        """Return a reference that Sphinx resolves when a document is written.

        Args:
            domain: the domain of the reference; may be empty.
            kind: its type.
            target: what it refers to.
            content: what it shows, lowered.
            **more: further attributes.
        """
        node = addnodes.pending_xref(
            "",
            refdomain=domain,
            reftype=kind,
            reftarget=target,
            refdoc=self.docname,
            **{"refexplicit": True, "refwarn": True, **more},
        )
        # Sphinx keeps only one child of what it resolves.
        shown = list(content)
        inner: docutils_nodes.Element = node
        if len(shown) != 1 or isinstance(shown[0], docutils_nodes.Text):
            inner = docutils_nodes.inline("", support_smartquotes=False)
            adopt(node, inner)
        for child in shown:
            adopt(inner, child)
        node.source, node.line = self.source, self.line
        return node


def lowered(
    given: Iterable[docutils_nodes.Node],
    document: docutils_nodes.document,
    *,
    links: Links | None = None,
    **settings: Any,
) -> Nodes:
    """Return what nodes of manualgen become in Sphinx: a deep copy, with parents and document.

    Args:
        given: any nodes of a text, or sections of options.
        document: the document that they will stand in.
        links: what references lead to; None where Sphinx is to find it.
        **settings: further arguments of :class:`Lowering`.
    """
    return Lowering(document, links=links, **settings).lowered(given)
