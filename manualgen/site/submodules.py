"""Options that stand below others on a page: indented, with a heading, and linked both ways."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.markup.option import enumerated
from manualgen.writers.html import fragment
from manualgen.writers.html.submodules import title

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from manualgen.book.catalog import OptionCatalog
    from manualgen.options.tree import Page


class PageSubmodules:
    """The submodules of the options on one page."""

    def __init__(
        self,
        catalog: OptionCatalog,
        indices: Sequence[int],
        address: Callable[[str], str],
    ) -> None:
        """Find the submodules of a page.

        Args:
            catalog: the options of the set.
            indices: those on the page, in order.
            address: identifier → its address, for options that are on another page.
        """
        self._catalog = catalog
        self._address = address
        self._found = catalog.submodules
        # The first of the options below that is on the page, or None.
        self._first: dict[int, int | None] = {}
        self._ends: Counter[int] = Counter()
        for position, index in enumerate(indices):
            below = self._found.get(index)
            if below is None:
                continue
            end = bisect_left(indices, below.end)
            is_here = position + 1 < end
            self._first[index] = indices[position + 1] if is_here else None
            if is_here:
                self._ends[indices[end - 1]] += 1

    def mark(self, index: int, section: nodes.option) -> nodes.option:
        """Give the section of an option what the writer has to know of submodules; return it.

        Args:
            index: the option.
            section: its section, whose type is made a link to the options below it.
        """
        if index in self._ends:
            section["ends"] = self._ends[index]
        if index in self._first:
            below, first = self._found[index], self._first[index]
            options, ids = self._catalog.options, self._catalog.ids
            if first is None:
                # They have a page of their own.
                above = href = self._address(ids[below.first]).partition("#")[0]
            else:
                above, href = f"#{fragment(ids[index])}", f"#{fragment(ids[first])}"
            section["submodule"] = nodes.Submodule(
                below.placeholder,
                options[index].loc[-1],
                below.end - below.first,
                above,
                is_here=first is not None,
            )
            _link_type(section, href)
        return section


def title_above(catalog: OptionCatalog, page: Page) -> str:
    """Return the heading of a page whose options are all below an option on its parent page.

    Args:
        catalog: the options of the set.
        page: the page; it has a parent.

    Returns:
        HTML; "" if there is no such option.
    """
    parent = page.parent
    assert parent is not None
    if not parent.options or not parent.prefix:
        return ""
    index = parent.options[0]
    below = catalog.submodules.get(index)
    option = catalog.options[index]
    if below is None or option.loc != parent.prefix:
        return ""
    href = f"{parent.stem}.html#{fragment(catalog.ids[index])}"
    count = below.end - below.first
    submodule = nodes.Submodule(below.placeholder, option.loc[-1], count, href, is_here=False)
    return title(submodule, option.name)


def _link_type(section: nodes.option, address: str) -> None:
    """Make the type of an option a link; of one that enumerates values, what names submodules."""
    for position, child in enumerate(section.children):
        if isinstance(child, nodes.option_fact) and child["fact"] == "type":
            type_text = child.children[0].astext()
            # The fact is shared by all options of this type.
            text = nodes.option_value(type_text, type_text, language="text")
            if enumerated(type_text) is None:
                link = docutils_nodes.reference("", "", text, refuri=address)
                section.children[position] = nodes.option_fact("", link, fact="type")
            else:
                # A list of values stands in no link.
                text["submodule_href"] = address
                section.children[position] = nodes.option_fact("", text, fact="type")
            return
