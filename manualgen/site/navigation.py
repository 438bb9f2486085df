"""The ways between a site's pages: its tree, neighbours, breadcrumbs.

Addresses are as pages in :data:`OPTIONS_FOLDER` write them, but for
:meth:`Navigation.branches`, which are for pages above it.
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
"""The folder, below the site's root, of all pages of options."""
FRONT = "../index.html"

_NEAR = 8
_FEW_PAGES = 100


class Entry(msgspec.Struct, frozen=True):
    """A line of a table of contents: an address without one is only shown."""

    title: str
    href: str | None
    count: int | None = None
    children: tuple[Entry, ...] = ()


def title_of(page: Page) -> str:
    """Return a page's title."""
    return page.title or "Top level"


def relative_title(page: Page) -> str:
    """Return a page's title without its parent's."""
    above = page.parent.title if page.parent is not None else ""
    return title_of(page).removeprefix(f"{above}.") if above else title_of(page)


def listed(entries: Iterable[Entry], current: str | None = None) -> str:
    """Return entries as a nested HTML list; ``current`` is the address of the page itself."""
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
    """Return an entry as an item of a list: its title, and HTML that stands below it."""
    shown = escape(entry.title).replace(".", ".<wbr>")
    if entry.count is not None:
        shown += f" <small>{entry.count:,}</small>"
    if entry.href is None:
        return f"<li><span>{shown}</span>{below}</li>\n"
    mark = ' aria-current="page"' if current else ""
    return f'<li><a href="{escape(entry.href)}"{mark}>{shown}</a>{below}</li>\n'


class MountPoint(msgspec.Struct, frozen=True):
    """Where a split reference stands in a site.

    Attributes:
        folder: the folder, below the site's root, of its pages.
        above: the pages above it, the site's front page first; the last one is its own index.
            Addresses are as pages in the folder write them.
        around: HTML that stands before and after its pages in the tree.
    """

    folder: str
    above: tuple[Entry, ...]
    around: tuple[str, str] = ("", "")


class Navigation:
    """The ways between the pages of a split reference."""

    def __init__(
        self,
        pages: Sequence[Page],
        title: str,
        options: Sequence[Option],
        ids: Sequence[str],
        mount_point: MountPoint | None = None,
    ) -> None:
        """Take all pages, parents first, the site's title, the ordered options and their ids.

        ``mount_point`` is needed where the reference is not the whole site.
        """
        self._mount_point = mount_point or MountPoint(OPTIONS_FOLDER, (Entry(title, FRONT),))
        self._index = self._mount_point.above[-1].href or FRONT
        self._options = options
        self._ids = ids
        self._few_pages = len(pages) <= _FEW_PAGES
        self._root = pages[0]
        self._order = [page for page in pages if page.options]
        self._position = {id(page): index for index, page in enumerate(self._order)}
        self._among = {
            id(child): index for page in pages for index, child in enumerate(page.children)
        }
        self._lines = {id(page): line(self._entry(page)) for page in pages[1:]}
        self._top = [self._lines[id(page)] for page in self._root.children]

    def neighbours(self, page: Page) -> tuple[Entry | None, Entry | None]:
        """Return the pages before and after a page."""
        position = self._position[id(page)]
        before = self._order[position - 1] if position else None
        after = self._order[position + 1] if position + 1 < len(self._order) else None
        return self._link(before), self._link(after)

    def up(self, page: Page) -> Entry:
        """Return the page above, the front page at last."""
        above = self._above(page)
        return (
            self._mount_point.above[-1] if not above else Entry(title_of(above[0]), _href(above[0]))
        )

    def breadcrumbs(self, page: Page) -> list[Entry]:
        """Return the way from the front page to the page above this one."""
        crumbs = [Entry(relative_title(above), _href(above)) for above in self._above(page)]
        return [*self._mount_point.above, *reversed(crumbs)]

    def branches(self) -> list[Entry]:
        """Return the whole tree, with addresses as the front page writes them."""
        branches = [self._branch(page) for page in self._root.children]
        if self._root.options:
            address = f"{self._mount_point.folder}/{_href(self._root)}"
            branches.insert(0, Entry(title_of(self._root), address, len(self._root.options)))
        return branches

    def tree(self, page: Page) -> str:
        """Return the tree around a page: the top level, the way to the page, what is near it."""
        before, after = self._mount_point.around
        return f"{before}{self._tree(page)}{after}"

    def _tree(self, page: Page) -> str:
        if page.parent is None:
            return f"<ul>\n{''.join(self._top)}</ul>\n"
        below = self._lines_of(page)
        current = page
        while current.parent is not None:
            parent = current.parent
            siblings = parent.children
            own = line(self._entry(current), below, current=current is page)
            if parent.parent is None:
                position = self._among[id(current)]
                lines = [*self._top[:position], own, *self._top[position + 1 :]]
                return f"<ul>\n{''.join(lines)}</ul>\n"
            below = self._around(siblings, current, own)
            current = parent
        return ""

    def _around(self, siblings: Sequence[Page], here: Page, own: str) -> str:
        # A level of a thousand pages, on each of them, would be most of the site's size.
        position = self._among[id(here)]
        start = max(0, min(position - _NEAR, len(siblings) - 2 * _NEAR - 1))
        end = min(len(siblings), start + 2 * _NEAR + 1)
        lines = [self._lines[id(sibling)] for sibling in siblings[start:end]]
        lines[position - start] = own
        more = (
            _href(here.parent) if here.parent is not None and here.parent.options else self._index
        )
        if start:
            lines.insert(0, line(Entry(f"… {start:,} before", more)))
        if end < len(siblings):
            lines.append(line(Entry(f"… {len(siblings) - end:,} more", more)))
        return f"<ul>\n{''.join(lines)}</ul>\n"

    def _lines_of(self, page: Page) -> str:
        """Return what lies below a page: pages of their own, and groups of options on it."""
        lines = [self._lines[id(child)] for child in page.children]
        lines.extend(line(entry) for entry in self._groups(page, ""))
        return f"<ul>\n{''.join(lines)}</ul>\n" if lines else ""

    def _groups(self, page: Page, href: str) -> list[Entry]:
        """Return the prefixes below a page that have options on it, two at the least."""
        depth = len(page.prefix)
        below: dict[str, list[int]] = {}
        for index in page.options:
            loc = self._options[index].loc
            if len(loc) > depth + 1:
                below.setdefault(loc[depth], []).append(index)
        found = []
        for indices in below.values():
            if 1 < len(indices) < len(page.options) or (len(below) == 1 and len(indices) > 1):
                common = self._options[indices[0]].loc[:-1]
                for index in indices:
                    loc = self._options[index].loc
                    while loc[: len(common)] != common:
                        common = common[:-1]
                title = join(common[depth:])
                address = f"{href}#{fragment(self._ids[indices[0]])}"
                found.append(Entry(title, address, len(indices)))
        return found

    def _entry(self, page: Page) -> Entry:
        return Entry(relative_title(page), _href(page) if page.options else None, page.total)

    def _branch(self, page: Page) -> Entry:
        address = f"{self._mount_point.folder}/{_href(page)}"
        children = [self._branch(child) for child in page.children]
        # In a small reference the index can show what the pages hold, too.
        if self._few_pages:
            children.extend(self._groups(page, address))
        return Entry(
            relative_title(page), address if page.options else None, page.total, tuple(children)
        )

    def _link(self, page: Page | None) -> Entry | None:
        return None if page is None else Entry(title_of(page), _href(page))

    def _above(self, page: Page) -> list[Page]:
        """Return the pages above a page that exist, the nearest first, without the root."""
        found = []
        above = page.parent
        while above is not None and above.parent is not None:
            if above.options:
                found.append(above)
            above = above.parent
        return found


def _href(page: Page) -> str:
    return f"{page.stem}.html"
