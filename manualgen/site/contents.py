"""Tables of contents, the navigation tree and lists of figures, for pages of chapters.

All pages of chapters are in one folder, so addresses are the same on each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.site.navigation import Entry, line
from manualgen.writers.html import fragment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.book.labels import Labels
    from manualgen.book.model import Division
    from manualgen.book.outline import Outline
    from manualgen.book.pages import Page, Pages

_END = "</li>\n"
_PLURALS = {"figure": "Figures", "table": "Tables", "example": "Examples"}


class Contents:
    """The entries of tables of contents and of the navigation tree."""

    def __init__(
        self, outline: Outline, labels: Labels, pages: Pages, *, alone: bool = False
    ) -> None:
        """Make the entries of a manual.

        Args:
            outline: the outline of the manual.
            labels: the titles and numbers of its divisions.
            pages: the pages that it is split into.
            alone: whether the manual is one page, so that addresses are fragments alone.
        """
        self._alone = alone
        self._outline = outline
        self._page_of = pages.page_of
        self._labels = labels
        self._titles = {division: labels.plain(division.title) for division in outline.divisions}

    def title(self, division: Division) -> str:
        """Return a division's title as plain text."""
        return self._titles[division] or "Untitled"

    def numbered(self, division: Division) -> str:
        """Return a division's title, after its number if it has one."""
        title = self.title(division)
        return f"{division.number}. {title}" if division.number else title

    def address(self, division: Division) -> str:
        """Return the address of a division; for the first on a page, that of the page."""
        if self._alone:
            return f"#{fragment(division.identifier)}"
        page = self._page_of[division]
        if division is page.divisions[0]:
            return page.name
        return self._anchor_address(division, division.identifier)

    def _anchor_address(self, division: Division, identifier: str) -> str:
        return f"{'' if self._alone else self._page_of[division].name}#{fragment(identifier)}"

    def below(self, division: Division, depth: int) -> tuple[Entry, ...]:
        """Return the entries below a division.

        Args:
            division: the division.
            depth: the number of levels; parts do not count as one.
        """
        if depth <= 0:
            return ()
        return tuple(
            Entry(
                self.numbered(child),
                self.address(child),
                None,
                self.below(child, depth if child.kind == "part" else depth - 1),
            )
            for child in division.children
        )

    def tree(self, page: Page) -> list[Entry]:
        """Return the navigation tree of a page that is not the first.

        It has the top level, the ancestors of the page and their children, of which one is the
        page itself. What is on the page or below it is in the page's own contents.

        Args:
            page: the page.
        """
        above: set[Division] = set()
        for division in page.divisions:
            ancestor = division.parent
            while ancestor is not None:
                above.add(ancestor)
                ancestor = ancestor.parent
        return self._branches(self._outline.book, page, above)

    def _branches(self, parent: Division, page: Page, above: set[Division]) -> list[Entry]:
        """Return the entries of the children of a division."""
        shown = above.union(page.divisions)
        start, end = _shown_of(parent.children, shown)
        entries = [
            Entry(
                self.numbered(child),
                self.address(child),
                None,
                tuple(self._branches(child, page, above)) if child in above else (),
            )
            for child in parent.children[start:end]
        ]
        if start:
            entries.insert(0, Entry(f"… {start:,} before", self.address(parent)))
        if end < len(parent.children):
            more = len(parent.children) - end
            entries.append(Entry(f"… {more:,} more", self.address(parent)))
        return entries

    def tree_halves(self, division: Division, root: str) -> tuple[str, str]:
        """Return the navigation tree of a division's option pages, as HTML, in two halves.

        The entries of the option pages go between the halves, below that of the division.
        The tree has the whole top level, and of the levels below the ancestors alone.

        Args:
            division: the division that includes the options.
            root: the site's folder, relative to the pages that show the tree.
        """
        before = after = ""
        current = division
        while current.parent is not None:
            is_top = current.parent.parent is None
            siblings = current.parent.children if is_top else [current]
            start, end = _shown_of(siblings, {current})
            siblings = siblings[start:end]
            lines = [
                line(Entry(self.numbered(sibling), f"{root}{self.address(sibling)}"))
                for sibling in siblings
            ]
            position = next(i for i, sibling in enumerate(siblings) if sibling is current)
            item = lines[position].removesuffix(_END)
            before = "".join(["<ul>\n", *lines[:position], item, before])
            after = "".join([after, _END, *lines[position + 1 :], "</ul>\n"])
            current = current.parent
        return before, after

    def numbered_blocks(self) -> list[tuple[str, list[Entry]]]:
        """Return the lists of figures, tables and examples: pairs of a title and entries."""
        lists = []
        for kind, title in _PLURALS.items():
            entries = [
                Entry(
                    f"{self._outline.numbers[node]}. {self._labels.plain(node.children[0])}",
                    self._anchor_address(division, node["ids"][0])
                    if node["ids"]
                    else self.address(division),
                )
                for division, node in self._outline.numbered_blocks.get(kind, ())
            ]
            if entries:
                lists.append((title, entries))
        return lists


_MOST_SIBLINGS = 100
"""Up to this number, the tree shows all siblings of an ancestor of the page."""
_NEXT = 20
"""How many of more than that it shows before and after the ancestor."""


def _shown_of(siblings: Sequence[Division], ancestors: set[Division]) -> tuple[int, int]:
    """Return the range of siblings that the tree shows.

    All of a thousand, on each of their pages, would be most of the site's size.
    """
    if len(siblings) > _MOST_SIBLINGS:
        for position, sibling in enumerate(siblings):
            if sibling in ancestors:
                return max(0, position - _NEXT), position + _NEXT + 1
    return 0, len(siblings)
