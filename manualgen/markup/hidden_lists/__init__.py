"""Lists that plain lines hide: what reads as a list in the source becomes one.

A paragraph keeps its author's lines: its ``rawsource`` with the indentation,
and a newline in its Text for each. Lists are detected in those lines as a reader
detects them:

1. One quick test rules out nearly every paragraph (:data:`_MAYBE`).
2. The rest is split into lines (``lines.py``), each with the marker (``markers.py``)
   or the term (``terms.py``) that it starts with (``layout.py``).
3. Four detectors each look for the first lines that may be a list, a candidate
   (``candidates.py``): lines with bullets or numbers (``marked.py``), lines
   ``term: text`` (``defined.py``), lines indented under a lead-in, and bare terms,
   one a line, under a lead-in (``unmarked.py``). Code is not a list (``programs.py``);
   lines inside brackets that were opened above them become a block of code (``brackets.py``).
4. The outermost candidate divides the lines into a lead-in, a list, and what
   follows; each part is searched again (``building.py``).

Of the lists that the markup says, two things are corrected: a first item that is part of the
text above (``first_items.py``), and lines at the margin that are part of the last item
(``lazy_lines.py``).

The most important criterion is why a line ends. In wrapped prose it ends because
the next word did not fit; in a list it ends because the item does
(:meth:`.layout.Layout.chosen`). Where in doubt, the paragraph stays.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.markup.hidden_lists.lines import lead_in
from manualgen.markup.hidden_lists.markers import BULLETS
from manualgen.markup.hidden_lists.recovered import Recovered

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Recovered", "recover"]


def recover(blocks: list[docutils_nodes.Node], source: str = "") -> list[Recovered]:
    """Replace each paragraph that hides a list by its lead-in, the list, and what follows.

    Args:
        blocks: block nodes; changed in place, as is whatever lies below them
            (admonitions, items, definitions, quotes). Inline nodes are moved,
            never copied.
        source: the text that the blocks were parsed from, if that is Markdown: in it is seen
            which lines of an item stand at the margin.

    Returns:
        The lists that were recovered, in the order of the text.
    """
    recovered: list[Recovered] = []
    _recover_in(blocks, None, source, recovered)
    return recovered


_HOLDERS = (
    docutils_nodes.Admonition,
    docutils_nodes.bullet_list,
    docutils_nodes.enumerated_list,
    docutils_nodes.list_item,
    docutils_nodes.definition_list,
    docutils_nodes.definition_list_item,
    docutils_nodes.definition,
    docutils_nodes.block_quote,
    docutils_nodes.container,
    docutils_nodes.footnote,
    nodes.footnotes,
)

_MARKER = rf"(?:[{BULLETS}]|---?|\(?(?:\d{{1,3}}|[a-zA-Z]|[ivxIVX]{{1,5}})[.)])[ \t]"
_STARTS_MARKED = re.compile(rf"\s*{_MARKER}")
_MAYBE = re.compile(
    rf"""
      \n[ \t]*{_MARKER}                             # a bullet or number
    | (?:^|\n)[^\n]{{1,48}}?(?:                     # a short term and a separator
          [:=>–—→⇒][*"'”’]*[ \t] | [ ]--?-?[ ] | [^\s.!?;:,][ ][ ] | \t )
    | :[ \t]*\n                                     # a lead-in
    """,
    re.VERBOSE,
)

# A cheaper test before that: below the first line there is a marker, or what may be a separator
# near the start of a line, or several spaces or dashes anywhere.
_HINT = re.compile(
    rf"\n(?:[^\n:=>\t–—→⇒]{{0,48}}+[:=>\t–—→⇒]|[ \t]*+(?:[{BULLETS}]|\(?\w{{1,5}}+[.)])[ \t])"
)


def _may_hide(source: str) -> bool:
    if "{\n" in source or "[\n" in source or "(\n" in source:
        return True
    return (
        _HINT.search(source) is not None
        or " - " in source
        or "--" in source
        or "  " in source
        or ":\n" in source
    ) and _MAYBE.search(source) is not None


def _recover_in(
    blocks: list[docutils_nodes.Node],
    parent: docutils_nodes.Element | None,
    source: str,
    recovered: list[Recovered],
) -> None:
    position = 0
    while position < len(blocks):
        block = blocks[position]
        count = 1
        if isinstance(block, docutils_nodes.paragraph):
            if len(blocks) == 1 and "\n" not in block.rawsource:
                return  # two items take two lines
            count, new = _replacement(blocks, position, recovered)
            if new is not None:
                blocks[position : position + count] = new
                for node in new:
                    node.parent = parent
                count = len(new)
        elif isinstance(block, _HOLDERS):
            if source and isinstance(block, _LISTS) and _may_continue_lazily(block):
                # Few lists get here.
                from manualgen.markup.hidden_lists.lazy_lines import lazy_lines  # noqa: PLC0415

                blocks[position : position + 1] = lazy_lines(source).separated(block, recovered)
                for node in blocks[position:]:
                    node.parent = parent
            _recover_in(block.children, block, source, recovered)
        position += count


_LISTS = (docutils_nodes.bullet_list, docutils_nodes.enumerated_list)


def _may_continue_lazily(listed: docutils_nodes.Element) -> bool:
    """Whether an item of a list ends with a paragraph of several lines."""
    for item in listed.children:
        last: docutils_nodes.Node = item
        while last.children and not isinstance(last, docutils_nodes.paragraph):
            last = last.children[-1]
        if isinstance(last, docutils_nodes.paragraph) and "\n" in last.rawsource:
            return True
    return False


def _replacement(
    blocks: Sequence[docutils_nodes.Node], position: int, recovered: list[Recovered]
) -> tuple[int, list[docutils_nodes.Node] | None]:
    """Return how many paragraphs from a position on were searched, and what replaces them.

    Args:
        blocks: block nodes.
        position: the index of a paragraph.
        recovered: the lists so far; those that are recovered here are added.
    """
    paragraph = blocks[position]
    assert isinstance(paragraph, docutils_nodes.paragraph)
    source = paragraph.rawsource
    lead = ""
    following = blocks[position + 1] if position + 1 < len(blocks) else None
    if isinstance(following, docutils_nodes.enumerated_list) and (
        f"{following['start'] - 1}{following['suffix']}" in source
    ):
        from manualgen.markup.hidden_lists.first_items import moved_into  # noqa: PLC0415

        before = moved_into(paragraph, following, _lead_above(blocks, position), recovered)
        if before is not None:
            return 1, before
    if "\n" in source:
        lead = _lead_above(blocks, position)
        if not lead and not _may_hide(source) and _STARTS_MARKED.match(source) is None:
            return 1, None
    elif _STARTS_MARKED.match(source) is None:
        return 1, None
    # One description in a hundred gets here, and the detectors are slow to import.
    from manualgen.markup.hidden_lists.building import replaced  # noqa: PLC0415

    # Items with blank lines between them are separate paragraphs, except in lists of Markdown.
    group = [paragraph]
    for following in itertools.islice(blocks, position + 1, None):
        if not isinstance(following, docutils_nodes.paragraph) or not _STARTS_MARKED.match(
            following.rawsource
        ):
            break
        group.append(following)
    new = replaced(group, lead, recovered)
    if new is not None or len(group) == 1:
        return len(group), new
    # They are not one list together: each is searched alone.
    blocks_for_each = [replaced([member], "", recovered) for member in group]
    if not any(blocks_for_each):
        return len(group), None
    return len(group), [
        block
        for member, replacement in zip(group, blocks_for_each, strict=True)
        for block in replacement or [member]
    ]


def _lead_above(blocks: Sequence[docutils_nodes.Node], position: int) -> str:
    """Return the last line of the paragraph above, where it ends with a colon."""
    above = blocks[position - 1] if position else None
    if not isinstance(above, docutils_nodes.paragraph):
        return ""
    return lead_in(above.rawsource.rstrip().rpartition("\n")[2])
