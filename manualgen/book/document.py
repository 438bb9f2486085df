"""Divisions of a manual → the docutils sections that writers take.

Parsed blocks are put into new ``section`` nodes and are not changed: neither
their attributes nor their parents. So a manual can be written in several
formats, or cut into pages in several ways, one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.book.model import OptionList
from manualgen.markup.parsed import adopt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from manualgen.book.model import Division
    from manualgen.markup import nodes

    FillOptions = Callable[[OptionList], nodes.option_list]
    MakeContents = Callable[[Division], docutils_nodes.Node | None]


def section(
    division: Division,
    level: int,
    *,
    holds: Callable[[Division], bool],
    fill: FillOptions,
    contents: MakeContents,
) -> docutils_nodes.section:
    """Return a division as a docutils ``section`` with its ``title``.

    Its attributes ``level`` (its depth on the page), ``label`` and ``footnote_scope`` are
    for the writer.

    Args:
        division: the division.
        level: its depth on the page; a page's title has 1.
        holds: whether a division below it stands in it, not on a page of its own.
        fill: the place of an option set → a node with its options, or for them.
        contents: a division → the table of contents below its title, or None.
    """
    made = docutils_nodes.section(
        "",
        ids=[division.identifier] if division.identifier else [],
        classes=[division.kind],
        level=level,
        label=division.label,
        footnote_scope=division.footnote_scope,
    )
    # The parents of parsed nodes stay as they are: only the lists of children are new.
    children = made.children
    children.append(division.title)
    # The contents of what a page begins with are the page's own.
    local = contents(division) if level > 1 else None
    if local is not None:
        adopt(made, local)
    children.extend(blocks_of(division.blocks, fill))
    for child in division.children:
        if holds(child):
            adopt(
                made,
                section(child, level + 1, holds=holds, fill=fill, contents=contents),
            )
    children.extend(blocks_of(division.tail, fill))
    return made


def blocks_of(
    blocks: Iterable[docutils_nodes.Node | OptionList], fill: FillOptions
) -> Iterable[docutils_nodes.Node]:
    """Yield blocks, the places of option sets filled in."""
    for block in blocks:
        yield fill(block) if isinstance(block, OptionList) else block
