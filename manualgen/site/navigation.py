"""The navigation of option pages: tree, previous and next page, breadcrumbs.

Addresses are relative to :data:`OPTIONS_FOLDER`, except those of
:meth:`Navigation.branches`, which are relative to the folder above it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.options.model import join
from manualgen.writers.html import escape, fragment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from manualgen.options.model import Option
    from manualgen.options.tree import Page

OPTIONS_FOLDER = "options"
"""The folder, below the site's, of all option pages."""
FRONT = "../index.html"
"""The address of the front page, relative to that folder."""

_SIBLINGS = 8
"""The number of siblings before and after a page that its tree shows."""

_MOST_AT_TOP = 500
"""Up to this number, the tree of each page shows all pages at the top level."""

_FEW_PAGES = 100
"""Up to this number of pages, the index also shows groups of options on the pages."""


class Entry(msgspec.Struct, frozen=True):
    """An entry of a table of contents or of the tree.

    Attributes:
        title: its text.
        href: its address; without one, it is not a link.
        count: the number of options below it, shown after the title, or None.
        children: the entries below it.
    """

    title: str
    href: str | None
    count: int | None = None
    children: tuple[Entry, ...] = ()


def title_of(page: Page) -> str:
    """Return a page's title."""
    return page.title or "Top level"


def relative_title(page: Page) -> str:
    """Return a page's title without its parent's."""
    parent = page.parent.title if page.parent is not None else ""
    return title_of(page).removeprefix(f"{parent}.") if parent else title_of(page)


def listed(entries: Iterable[Entry], current: str | None = None) -> str:
    """Return entries as a nested HTML list.

    Args:
        entries: the entries.
        current: the address of the page that the list is on.
    """
    return (
        "<ul>\n"
        + "".join(
            [
                line(
                    entry,
                    listed(entry.children, current) if entry.children else "",
                    current=entry.href is not None and entry.href == current,
                )
                for entry in entries
            ]
        )
        + "</ul>\n"
    )


def line(entry: Entry, below: str = "", *, current: bool = False) -> str:
    """Return an entry as an item of an HTML list, without its children.

    Args:
        entry: the entry.
        below: the HTML of what is below it.
        current: whether it is the page that the list is on.
    """
    html = escape(entry.title).replace(".", ".<wbr>")
    if entry.count is not None:
        html += f" <small>{entry.count:,}</small>"
    if entry.href is None:
        return f"<li><span>{html}</span>{below}</li>\n"
    attribute = ' aria-current="page"' if current else ""
    return f'<li><a href="{escape(entry.href)}"{attribute}>{html}</a>{below}</li>\n'


class MountPoint(msgspec.Struct, frozen=True):
    """Where option pages are in a site.

    Attributes:
        folder: their folder, below the site's.
        ancestors: the pages above them, the site's front page first; the last one has their
            index. Addresses are relative to the folder.
        tree_halves: the HTML before and after them in the tree.
    """

    folder: str
    ancestors: tuple[Entry, ...]
    tree_halves: tuple[str, str] = ("", "")


class Navigation:
    """The navigation of the option pages of a set."""

    def __init__(
        self,
        pages: Sequence[Page],
        title: str,
        options: Sequence[Option],
        ids: Sequence[str],
        mount_point: MountPoint | None = None,
    ) -> None:
        """Make the navigation of pages.

        Args:
            pages: all pages of the set, parents first.
            title: the site's title.
            options: the options of the set, in order.
            ids: their identifiers.
            mount_point: where the pages are in the site; by default they are all of it.
        """
        self._mount_point = mount_point or MountPoint(OPTIONS_FOLDER, (Entry(title, FRONT),))
        self._index = self._mount_point.ancestors[-1].href or FRONT
        self._options = options
        self._ids = ids
        self._few_pages = len(pages) <= _FEW_PAGES
        self._root = pages[0]
        self._order = [page for page in pages if page.options]
        self._position = {page: index for index, page in enumerate(self._order)}
        self._sibling_position = {
            child: index for page in pages for index, child in enumerate(page.children)
        }
        self._lines = {page: line(self._entry(page)) for page in pages[1:]}
        self._top = [self._lines[page] for page in self._root.children]

    def neighbours(self, page: Page) -> tuple[Entry | None, Entry | None]:
        """Return the previous and the next page, in the order of the options."""
        position = self._position[page]
        previous = self._order[position - 1] if position else None
        following = self._order[position + 1] if position + 1 < len(self._order) else None
        return self._link(previous), self._link(following)

    def up(self, page: Page) -> Entry:
        """Return the nearest ancestor of a page; for those at the top, the index."""
        ancestors = self._ancestors(page)
        return (
            Entry(title_of(ancestors[0]), _href(ancestors[0]))
            if ancestors
            else self._mount_point.ancestors[-1]
        )

    def breadcrumbs(self, page: Page) -> list[Entry]:
        """Return the ancestors of a page, the front page first."""
        crumbs = [
            Entry(relative_title(ancestor), _href(ancestor)) for ancestor in self._ancestors(page)
        ]
        return [*self._mount_point.ancestors, *reversed(crumbs)]

    def branches(self) -> list[Entry]:
        """Return the whole tree, with addresses relative to the front page."""
        branches = [self._branch(page) for page in self._root.children]
        if self._root.options:
            address = f"{self._mount_point.folder}/{_href(self._root)}"
            branches.insert(0, Entry(title_of(self._root), address, len(self._root.options)))
        return branches

    def tree(self, page: Page) -> str:
        """Return the tree of a page as HTML.

        It has the top level, the ancestors of the page, its siblings and its children.
        """
        before, after = self._mount_point.tree_halves
        return f"{before}{self._tree(page)}{after}"

    def _tree(self, page: Page) -> str:
        if page.parent is None:
            return f"<ul>\n{''.join(self._top)}</ul>\n"
        below = self._lines_of(page)
        current = page
        while current.parent is not None:
            parent = current.parent
            siblings = parent.children
            item = line(self._entry(current), below, current=current is page)
            if parent.parent is None and len(siblings) <= _MOST_AT_TOP:
                position = self._sibling_position[current]
                lines = [*self._top[:position], item, *self._top[position + 1 :]]
                return f"<ul>\n{''.join(lines)}</ul>\n"
            below = self._siblings(siblings, current, item)
            current = parent
        return below

    def _siblings(self, siblings: Sequence[Page], current: Page, item: str) -> str:
        """Return a page with the siblings before and after it.

        All siblings of a thousand, on each of their pages, would be most of the site's size.
        """
        position = self._sibling_position[current]
        start = max(0, min(position - _SIBLINGS, len(siblings) - 2 * _SIBLINGS - 1))
        end = min(len(siblings), start + 2 * _SIBLINGS + 1)
        lines = [self._lines[sibling] for sibling in siblings[start:end]]
        lines[position - start] = item
        more = (
            _href(current.parent)
            if current.parent is not None and current.parent.options
            else self._index
        )
        if start:
            lines.insert(0, line(Entry(f"… {start:,} before", more)))
        if end < len(siblings):
            lines.append(line(Entry(f"… {len(siblings) - end:,} more", more)))
        return f"<ul>\n{''.join(lines)}</ul>\n"

    def _lines_of(self, page: Page) -> str:
        """Return the tree below a page: its children, and groups of options on it."""
        lines = [self._lines[child] for child in page.children]
        lines.extend(line(entry) for entry in self._groups(page, ""))
        return f"<ul>\n{''.join(lines)}</ul>\n" if lines else ""

    def _groups(self, page: Page, href: str) -> list[Entry]:
        """Return the groups of options on a page that share a prefix, of two options or more.

        Args:
            page: the page.
            href: its address; "" on the page itself.
        """
        depth = len(page.prefix)
        indices_of: dict[str, list[int]] = {}
        for index in page.options:
            loc = self._options[index].loc
            if len(loc) > depth + 1:
                indices_of.setdefault(loc[depth], []).append(index)
        groups = []
        for indices in indices_of.values():
            if 1 < len(indices) < len(page.options) or (len(indices_of) == 1 and len(indices) > 1):
                title = join(_common([self._options[index].loc for index in indices])[depth:])
                address = f"{href}#{fragment(self._ids[indices[0]])}"
                groups.append(Entry(title, address, len(indices)))
        return groups

    def _entry(self, page: Page) -> Entry:
        return Entry(relative_title(page), _href(page) if page.options else None, page.total)

    def _branch(self, page: Page) -> Entry:
        address = f"{self._mount_point.folder}/{_href(page)}"
        children = [self._branch(child) for child in page.children]
        # An index of few pages has space for the groups of options on them.
        if self._few_pages:
            children.extend(self._groups(page, address))
        return Entry(
            relative_title(page), address if page.options else None, page.total, tuple(children)
        )

    def _link(self, page: Page | None) -> Entry | None:
        return None if page is None else Entry(title_of(page), _href(page))

    def _ancestors(self, page: Page) -> list[Page]:
        """Return the ancestors that have options, the nearest first, without the root."""
        ancestors = []
        ancestor = page.parent
        while ancestor is not None and ancestor.parent is not None:
            if ancestor.options:
                ancestors.append(ancestor)
            ancestor = ancestor.parent
        return ancestors


def _common(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the components that paths of options begin with, without the last of the first."""
    first, *others = paths
    length = len(first) - 1
    for other in others:
        pairs = zip(first[:length], other, strict=False)
        length = next((n for n, (a, b) in enumerate(pairs) if a != b), min(length, len(other)))
    return first[:length]


def _href(page: Page) -> str:
    return f"{page.stem}.html"
