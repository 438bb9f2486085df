"""The names of options level by level, each with its address: the index of front and parent pages.

A page lists the names at the level below its prefix. A name leads to its page where it has
one, else to its first option on the page of its parent.
"""

from __future__ import annotations

import functools
import itertools
import re
from typing import TYPE_CHECKING

from markupsafe import Markup

from manualgen.options import tree
from manualgen.options.model import join
from manualgen.site.navigation import Entry
from manualgen.writers.html import escape, fragment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from manualgen.options.model import Option
    from manualgen.options.tree import Page

MOST_FLOWING = 12
"""Up to this number, names follow each other in a line; more stand in columns."""

_MOST_IN_COLUMNS = 100
"""More names stand in columns for each initial, so that the columns stay short."""
_FITTING = 20
"""Names of up to this number of letters fit a column; longer ones can break before a word."""
_BEFORE_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class OptionNames:
    """The names of the options of a set, for the pages that it is split into."""

    def __init__(
        self, root: Page, options: Sequence[Option], ids: Sequence[str], folder: str
    ) -> None:
        """Make the names of a set.

        Args:
            root: the page of the top level.
            options: the options of the set, in order.
            ids: their identifiers.
            folder: the folder of the pages, below the site's.
        """
        self._root = root
        self._options = options
        self._ids = ids
        self._folder = folder

    def on(self, page: Page) -> list[Entry]:
        """Return the names at the level below the prefix of a page, as this page links them."""
        return self._below(page, "", "")

    @functools.cached_property
    def all(self) -> list[Entry]:
        """The names of the first level, with those of the second as their children.

        Addresses are relative to the site's folder.
        """
        folder = f"{self._folder}/"
        entries = {
            page.prefix[0]: Entry(
                join(page.prefix[:1]),
                f"{folder}{page.stem}.html",
                page.total,
                tuple(
                    self._below(page, folder, f"{folder}{page.stem}.html")
                    if len(page.prefix) == 1
                    else self._names((), 1, (page,), folder, "")
                ),
            )
            for page in self._root.children
        }
        # The options of the top level, and what has no page of its own since there are too many.
        own = f"{folder}{self._root.stem}.html"
        for part, indices in self._groups(self._root.options, 0).items():
            below = [index for index in indices if len(self._options[index].loc) > 1]
            entries[part] = Entry(
                join((part,)),
                self._address(own, indices),
                len(indices) if below else None,
                tuple(self._names(below, 1, (), folder, own)),
            )
        return _ordered(entries)

    def _below(self, page: Page, folder: str, own: str) -> list[Entry]:
        return self._names(page.options, len(page.prefix), page.children, folder, own)

    def _names(
        self,
        indices: Iterable[int],
        depth: int,
        children: Iterable[Page],
        folder: str,
        own: str,
    ) -> list[Entry]:
        """Return the names at one level.

        Args:
            indices: the options on the page whose address is ``own``.
            depth: the number of components before the names.
            children: the pages of those names that have one.
            folder: the folder of the pages with a slash at its end, as the page that shows the
                names writes it; "" on the pages themselves.
            own: the address of the options' page; "" on the page itself.
        """
        entries = {
            child.prefix[depth]: Entry(
                join(child.prefix[depth : depth + 1]), f"{folder}{child.stem}.html", child.total
            )
            for child in children
        }
        for part, group in self._groups(indices, depth).items():
            is_option = all(len(self._options[index].loc) == depth + 1 for index in group)
            entries[part] = Entry(
                join((part,)), self._address(own, group), None if is_option else len(group)
            )
        return _ordered(entries)

    def _groups(self, indices: Iterable[int], depth: int) -> dict[str, list[int]]:
        """Return the options by one component of their paths; shorter ones are left out."""
        groups: dict[str, list[int]] = {}
        for index in indices:
            loc = self._options[index].loc
            if len(loc) > depth:
                groups.setdefault(loc[depth], []).append(index)
        return groups

    def _address(self, page: str, indices: Sequence[int]) -> str:
        return f"{page}#{fragment(self._ids[indices[0]])}"


def _ordered(entries: dict[str, Entry]) -> list[Entry]:
    return [entries[part] for part in sorted(entries, key=lambda part: tree.sort_key((part,)))]


def first_names(options: Iterable[Option], ids: Iterable[str], page: str = "") -> list[Entry]:
    """Return the first components of options' paths, each with the address of its first option.

    Args:
        options: the options, in order, which are all on one page.
        ids: their identifiers.
        page: the address of the page; "" on the page itself.
    """
    top: dict[str, Entry] = {}
    for option, name in zip(options, ids, strict=True):
        first = option.loc[0] if option.loc else option.name
        entry = top.get(first)
        top[first] = Entry(
            first,
            entry.href if entry else f"{page}#{fragment(name)}",
            (entry.count or 0) + 1 if entry else 1,
        )
    return list(top.values())


def index_html(groups: Sequence[Entry]) -> Markup:
    """Return the names of two levels as HTML, as the front page shows them.

    Args:
        groups: the names of the first level, with those of the second as children. Options of
            the top level come first, groups of few names next, those of many last.
    """
    options = [group for group in groups if not group.children]
    small = [group for group in groups if 0 < len(group.children) <= MOST_FLOWING]
    large = [group for group in groups if len(group.children) > MOST_FLOWING]
    parts = [_list(options)] if options else []
    if small:
        parts.append('<ul class="small-groups">\n')
        parts += [
            f"<li><span>{_link(group)}</span>\n{_list(group.children)}</li>\n" for group in small
        ]
        parts.append("</ul>\n")
    parts += [
        f"<section>\n<h2>{_link(group)}</h2>\n{_foldable(group.children)}</section>\n"
        for group in large
    ]
    return _wrapped("".join(parts))


def names_html(names: Sequence[Entry]) -> Markup:
    """Return the names of one level as HTML, as parent pages show them."""
    return _wrapped(_foldable(names) if len(names) > MOST_FLOWING else _list(names))


def _wrapped(html: str) -> Markup:
    return Markup(f'<div class="index">\n{html}</div>\n')  # noqa: S704 - names are escaped


def _foldable(names: Sequence[Entry]) -> str:
    """Return names in columns, which a small screen folds."""
    summary = f"<summary>{len(names):,} names</summary>"
    blocks = [names]
    if len(names) > _MOST_IN_COLUMNS:
        blocks = [list(block) for _, block in itertools.groupby(names, _initial)]
    lists = "".join([_list(block, "columns") for block in blocks])
    return f'<details class="names">{summary}\n{lists}</details>\n'


def _initial(name: Entry) -> str:
    return name.title[:1].lower()


def _list(names: Iterable[Entry], kind: str = "flowing") -> str:
    lines = "".join([f"<li>{_link(name)}</li>\n" for name in names])
    return f'<ul class="{kind}">\n{lines}</ul>\n'


def _link(entry: Entry) -> str:
    count = f" <small>{entry.count:,}</small>" if entry.count is not None else ""
    title = escape(entry.title)
    if len(entry.title) > _FITTING:
        title = _BEFORE_WORD.sub("<wbr>", title)
    return f'<a href="{escape(entry.href or "")}">{title}</a>{count}'
