"""A manual in order: the numbers and identifiers of its divisions.

Each is a pass over the finished tree. Which pages it is divided into is not known
here: that is a choice of each output (:mod:`manualgen.book.pages`).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from manualgen.book.labels import NUMBER_FORMATS, NUMBERED_BLOCK_LABELS
from manualgen.book.model import Division, Identified, OptionList
from manualgen.errors import Code, Severity

if TYPE_CHECKING:
    from docutils import nodes as docutils_nodes

    from manualgen.book.nesting import Nested
    from manualgen.errors import Diagnostic
    from manualgen.markup import nodes

RESERVED_IDS = frozenset({"page-content", "page-tree", "routes"})
"""The identifiers that templates use on every page, so that a manual cannot use them."""


class Outline(msgspec.Struct, frozen=True):
    """A manual in order.

    Attributes:
        book: the first division.
        divisions: all divisions, in the order of reading.
        targets: identifier → where it is; those of options are not here.
        numbers: example, figure or table → its number.
        numbered_blocks: examples, figures and tables by kind, in order, each with its division.
        option_lists: the included option sets, in order.
        diagnostics: what is wrong with the structure.
    """

    book: Division
    divisions: list[Division]
    targets: dict[str, Identified]
    numbers: dict[docutils_nodes.Node, int]
    numbered_blocks: dict[str, list[tuple[Division, nodes.numbered_block]]]
    option_lists: list[OptionList]
    diagnostics: list[Diagnostic]


def make_outline(nested: Nested) -> Outline:
    """Number and identify the divisions of a manual.

    Args:
        nested: the manual as a tree. Its divisions and option lists get what they lack.
    """
    divisions = nested.book.walk()
    numbered_blocks = number(divisions)
    targets, identifier_diagnostics = identify(divisions, nested.option_lists)
    return Outline(
        nested.book,
        divisions,
        targets,
        {
            node: position
            for blocks in numbered_blocks.values()
            for position, (_, node) in enumerate(blocks, 1)
        },
        numbered_blocks,
        nested.option_lists,
        [*nested.diagnostics, *identifier_diagnostics],
    )


# ─── numbers ───


def number(divisions: list[Division]) -> dict[str, list[tuple[Division, nodes.numbered_block]]]:
    """Give divisions their numbers; return the numbered blocks by kind, in order."""
    counts = dict.fromkeys(NUMBER_FORMATS, 0)
    within: dict[Division, int] = defaultdict(int)
    blocks: dict[str, list[tuple[Division, nodes.numbered_block]]] = {
        kind: [] for kind in NUMBERED_BLOCK_LABELS
    }
    for division in divisions:
        kind = division.kind
        appendix = _ancestor(division, "appendix")
        if kind == "chapter" and appendix is not None:
            within[appendix] += 1
            division.number = f"{appendix.number}.{within[appendix]}"
        elif kind in counts:
            counts[kind] += 1
            division.number = NUMBER_FORMATS[kind](counts[kind])
        for located in division.numbered_blocks:
            blocks[located.node["kind"]].append((division, located.node))
    return blocks


def _ancestor(division: Division, kind: str) -> Division | None:
    ancestor = division.parent
    while ancestor is not None and ancestor.kind != kind:
        ancestor = ancestor.parent
    return ancestor


# ─── identifiers ───


def identify(
    divisions: list[Division], option_lists: list[OptionList]
) -> tuple[dict[str, Identified], list[Diagnostic]]:
    """Find the identifiers of divisions, numbered blocks and anchors; give option lists theirs.

    Returns:
        identifier → where it is, and a diagnostic for each that exists already.
    """
    targets: dict[str, Identified] = {}
    diagnostics: list[Diagnostic] = []

    def claim(identifier: str, identified: Identified) -> None:
        known = targets.get(identifier)
        if known is None and identifier not in RESERVED_IDS:
            targets[identifier] = identified
            return
        diagnostics.append(_duplicate(identifier, identified, known))

    for division in divisions:
        if division.identifier:
            claim(division.identifier, Identified(division, division.line))
        located = (*division.numbered_blocks, *division.anchors)
        for line, node in sorted(((at.line, at.node) for at in located), key=lambda at: at[0]):
            for identifier in node["ids"]:
                claim(identifier, Identified(division, line, node))
    for option_list in option_lists:
        # Several lists may have one identifier, as nixos-render-docs has it; the first gets it.
        name = option_list.source.list_id
        if name and name not in RESERVED_IDS and name not in targets:
            option_list.identifier = name
            targets[name] = Identified(option_list.division, option_list.source.line, option_list)
    return targets, diagnostics


def _duplicate(identifier: str, identified: Identified, known: Identified | None) -> Diagnostic:
    other = known.location if known is not None else "the shell of every page"
    return identified.division.document.diagnostic(
        Code.DUPLICATE_ID,
        f"the identifier `{identifier}` exists already, at {other}",
        identified.line,
        "give one of the two another identifier",
        f"#{identifier}",
        Severity.ERROR,
    )
