"""Divisions of a manual → docutils ``section`` nodes for the writers.

Parsed blocks become children of new ``section`` nodes; neither their attributes nor
their parents are changed. So one parse serves several formats and several ways of
splitting a manual into pages.
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
        holds: whether a child of the division is part of the section, and not on another page.
        fill: included option set → the node in its place, with or without its options.
        contents: division → the table of contents below its title, or None.
    """
    result = docutils_nodes.section(
        "",
        ids=[division.identifier] if division.identifier else [],
        classes=[division.kind],
        level=level,
        label=division.label,
        footnote_scope=division.footnote_scope,
    )
    # Appending to the node itself would change the parents of parsed nodes.
    children = result.children
    children.append(division.title)
    # A template writes the contents of the division that a page begins with.
    local = contents(division) if level > 1 else None
    if local is not None:
        adopt(result, local)
    children.extend(blocks_of(division.blocks, fill))
    for child in division.children:
        if holds(child):
            adopt(
                result,
                section(child, level + 1, holds=holds, fill=fill, contents=contents),
            )
    children.extend(blocks_of(division.tail, fill))
    return result


def blocks_of(
    blocks: Iterable[docutils_nodes.Node | OptionList], fill: FillOptions
) -> Iterable[docutils_nodes.Node]:
    """Yield blocks, with nodes in the place of included option sets.

    Args:
        blocks: the blocks of a division.
        fill: included option set → the node in its place.
    """
    for block in blocks:
        yield fill(block) if isinstance(block, OptionList) else block
