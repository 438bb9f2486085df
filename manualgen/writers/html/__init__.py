"""Doctree → HTML5, by the DOM contract.

A table says for each node class what it becomes; there is no visitor. Text is
escaped here and nowhere else, and nothing in a doctree can make a tag: raw
HTML does not pass.

There is no white space between tags but after a section: in a reference of
twenty thousand options each such newline is a quarter of a million nodes that a
browser has to make before the last option can be shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup.links import NoLinks
from manualgen.writers.html import blocks as _blocks
from manualgen.writers.html import chapters as _chapters
from manualgen.writers.html import footnotes as _footnotes
from manualgen.writers.html import inlines as _inlines
from manualgen.writers.html import options as _options
from manualgen.writers.html import submodules as _submodules
from manualgen.writers.html.escaping import escape, fragment, link_to, option_name
from manualgen.writers.html.handlers import HANDLERS, write_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from manualgen.markup import nodes
    from manualgen.markup.links import Links, Target
    from manualgen.writers.html.footnotes import Footnote
    from manualgen.writers.html.handlers import Parts
    from manualgen.writers.html.heights import Height
    from manualgen.writers.shapes import Picture

__all__ = ["HANDLERS", "HtmlWriter", "escape", "fragment", "link_to", "option_name"]

for _module in (_blocks, _chapters, _footnotes, _inlines, _options):
    HANDLERS.update(_module.TABLE)


class HtmlWriter:
    """Writes nodes as HTML. One writer serves one page after the other.

    Attributes:
        links: what the references on the page lead to.
        numbers: the number of each numbered block.
        pictures: the file of each image that has one; others are links.
    """

    def __init__(
        self,
        links: Links | None = None,
        *,
        numbers: Mapping[docutils_nodes.Node, int] | None = None,
        pictures: Mapping[docutils_nodes.Node, Picture] | None = None,
        compact: bool = False,
    ) -> None:
        """Make a writer.

        Args:
            links: what references lead to, until :meth:`start_page` is given others.
            numbers: the number of each numbered block.
            pictures: the file of each image that has one.
            compact: whether options are written with as few elements as can be, for a page of
                many thousands.
        """
        self.links: Links = NoLinks() if links is None else links
        self.numbers = {} if numbers is None else numbers
        self.pictures = {} if pictures is None else pictures
        self._compact = compact
        self._shared: dict[docutils_nodes.Node, tuple[str, Height]] = {}
        self._linked: dict[docutils_nodes.Node, tuple[tuple[str, Height], set[str]]] = {}
        self._highlighted: dict[tuple[str, str], str] = {}
        self._ordered_depth = 0
        self._footnote_number = 0
        self._footnote_prefix = ""
        self._footnotes: dict[str, Footnote] = {}
        self._footnotes_of: dict[str, dict[str, Footnote]] = {}
        self._in_option = False
        self._in_link = False
        self._ids: set[str] = set()
        self._page_bound = False
        self._uses_links = False
        self._asked: set[str] = set()

    def start_page(self, ids: Iterable[str] = (), links: Links | None = None) -> None:
        """Begin a new page: footnotes are numbered from 1 again.

        Args:
            ids: the identifiers of the page's sections, which no anchor in a text may take.
            links: what references on this page lead to; None for the same as before. What
                several options share is written once for each such object.
        """
        self._footnote_number = 0
        self._footnotes_of = {}
        self._ids = set(ids)
        self._asked = set()
        if links is not None and links is not self.links:
            self.links = links
            self._linked = {}

    @property
    def asked(self) -> frozenset[str]:
        """What the page depends on beyond itself.

        The identifiers and option names that its references were written with, whether they
        lead anywhere or not, and the identifiers of the targets that they lead to.
        """
        return frozenset(self._asked)

    def section(self, section: nodes.option) -> str:
        """Return an option's section as the DOM contract has it, and the ends of submodules."""
        out: Parts = []
        _options.option(self, section, out)
        attributes = section.attributes
        if "submodule" in attributes or "ends" in attributes:
            out.append(_submodules.after(section))
        return "".join(out)

    def parts(
        self, blocks: Iterable[docutils_nodes.Node], scope: str | None = None
    ) -> list[str | docutils_nodes.Element]:
        """Return blocks of a manual as HTML, cut where the page has something to put in.

        Args:
            blocks: sections, and what stands in none of them.
            scope: what the identifiers of footnotes outside any section begin with.

        Returns:
            HTML and, between, the nodes that stand for what the page puts there: each
            ``option_list`` without options of its own and each ``local_contents``.
        """
        out = self._written(blocks, scope)
        parts: list[str | docutils_nodes.Element] = []
        start = 0
        for index, part in enumerate(out):
            if isinstance(part, docutils_nodes.Element):
                if start < index:
                    parts.append("".join(out[start:index]))
                parts.append(part)
                start = index + 1
        if start < len(out):
            parts.append("".join(out[start:]))
        return parts

    def chapter(self, blocks: Iterable[docutils_nodes.Node], scope: str | None = None) -> str:
        """Return blocks of a manual as HTML, as :meth:`parts` does, without what goes between."""
        return "".join([part for part in self._written(blocks, scope) if isinstance(part, str)])

    def blocks(self, blocks: Iterable[docutils_nodes.Node]) -> str:
        """Return any nodes as HTML, in whatever they stand."""
        out: Parts = []
        write_all(self, blocks, out)
        return "".join([part for part in out if isinstance(part, str)])

    def _written(self, blocks: Iterable[docutils_nodes.Node], scope: str | None) -> Parts:
        out: Parts = []
        outer = _footnotes.enter(self, scope)
        write_all(self, blocks, out)
        _footnotes.leave(self, outer)
        return out

    def _href(
        self, reference: nodes.option_reference | nodes.cross_reference, written: str
    ) -> tuple[Target | None, str | None]:
        """Return what a reference leads to and its address; remember that the page asked."""
        self._uses_links = True
        self._asked.add(written)
        target = self.links.target(reference)
        if target is None:
            return None, None
        self._asked.add(target.id)
        return target, self.links.href(target)
