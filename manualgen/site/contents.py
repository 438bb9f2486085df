"""What pages of chapters show of the manual: contents, the tree beside the text, lists of figures.

All pages of chapters lie in one folder, so addresses are the same on each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.site.navigation import Entry, line
from manualgen.writers.html import fragment

if TYPE_CHECKING:
    from manualgen.book.labels import Labels
    from manualgen.book.model import Division
    from manualgen.book.outline import Outline
    from manualgen.book.pages import Page, Pages

_END = "</li>\n"
_PLURALS = {"figure": "Figures", "table": "Tables", "example": "Examples"}


class Contents:
    """Entries of tables of contents, for any page of chapters."""

    def __init__(
        self, outline: Outline, labels: Labels, pages: Pages, *, alone: bool = False
    ) -> None:
        """Make the entries of a manual.

        Args:
            outline: the manual in order.
            labels: the words and numbers of its divisions.
            pages: the pages that it is divided into.
            alone: whether one page is all of it, whatever its name.
        """
        self._alone = alone
        self._outline = outline
        self._page_of = pages.page_of
        self._labels = labels
        self._titles = {
            id(division): labels.plain(division.title) for division in outline.divisions
        }
        self._top = pages.pages[0]

    def title(self, division: Division) -> str:
        """Return a division's title as plain text."""
        return self._titles[id(division)] or "Untitled"

    def numbered(self, division: Division) -> str:
        """Return a division's title behind its number, if it has one."""
        title = self.title(division)
        return f"{division.number}. {title}" if division.number else title

    def address(self, division: Division) -> str:
        """Return where a division stands; the first on a page is the page itself."""
        if self._alone:
            return f"#{fragment(division.identifier)}"
        page = self._page_of[division]
        if division is page.divisions[0]:
            return page.name
        return self._place(division, division.identifier)

    def _place(self, division: Division, identifier: str) -> str:
        return f"{'' if self._alone else self._page_of[division].name}#{fragment(identifier)}"

    def below(self, division: Division, depth: int) -> tuple[Entry, ...]:
        """Return what is in a division, so many levels deep. Parts are no level of their own."""
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

    def tree(self, page: Page, near: int = 2) -> list[Entry]:
        """Return the book around a page: the top level, the way to the page, what is on it."""
        way = set()
        for division in page.divisions:
            above: Division | None = division
            while above is not None:
                way.add(id(above))
                above = above.parent
        return [self._branch(child, page, way, near) for child in self._outline.book.children]

    def _branch(self, division: Division, page: Page, way: set[int], near: int) -> Entry:
        children: list[Entry] = []
        if id(division) in way or (
            self._page_of[division] is page and near > 1 and page is not self._top
        ):
            children = [
                self._branch(child, page, way, near - (self._page_of[division] is page))
                for child in division.children
                if self._page_of[child] is not page or near > 0
            ]
        return Entry(self.numbered(division), self.address(division), None, tuple(children))

    def tree_halves(self, division: Division, root: str) -> tuple[str, str]:
        """Return the tree around what lies below a division, cut where that would stand.

        Of the top level it has everything, of those below the way alone. ``root`` is
        how the book's own folder is written where the tree is shown.
        """
        before = after = ""
        here = division
        while here.parent is not None:
            top = here.parent.parent is None
            siblings = here.parent.children if top else [here]
            lines = [
                line(Entry(self.numbered(sibling), f"{root}{self.address(sibling)}"))
                for sibling in siblings
            ]
            position = next(i for i, sibling in enumerate(siblings) if sibling is here)
            own, end = lines[position].removesuffix(_END), _END
            before = "".join(["<ul>\n", *lines[:position], own, before])
            after = "".join([after, end, *lines[position + 1 :], "</ul>\n"])
            here = here.parent
        return before, after

    def numbered_blocks(self) -> list[tuple[str, list[Entry]]]:
        """Return the lists of figures, tables and examples that there are."""
        found = []
        for kind, title in _PLURALS.items():
            entries = [
                Entry(
                    f"{self._outline.numbers[node]}. {self._labels.plain(node.children[0])}",
                    self._place(division, node["ids"][0])
                    if node["ids"]
                    else self.address(division),
                )
                for division, node in self._outline.numbered_blocks.get(kind, ())
            ]
            if entries:
                found.append((title, entries))
        return found
