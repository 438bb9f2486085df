"""What all writers have to know of a node's parts: tables, definition lists, facts, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.options.model import name_of
from manualgen.writers import labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from manualgen.markup.links import Target

    Nodes = Sequence[docutils_nodes.Node]


class Picture(Protocol):
    """An image's file in the output."""

    @property
    def name(self) -> str:
        """Its path below the site's folder."""
        ...

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height in CSS pixels; None where the file does not say."""
        ...


# ─── tables ───


class Grid(msgspec.Struct, frozen=True):
    """A table as rows of ``entry`` nodes.

    Attributes:
        title: its ``title``, or None.
        heads, bodies: the rows of its head and of its body.
        columns: how many entries the longest row has.
        alignments: of each column ``left``, ``center`` or ``right``, or "" where it has none.
    """

    title: docutils_nodes.Node | None
    heads: list[Nodes]
    bodies: list[Nodes]
    columns: int
    alignments: list[str]


def grid(table: docutils_nodes.table) -> Grid:
    """Return the rows and columns of a table; no columns where it has no rows."""
    heads = [row.children for head in table.findall(docutils_nodes.thead) for row in head.children]
    bodies = [row.children for body in table.findall(docutils_nodes.tbody) for row in body.children]
    rows = [*heads, *bodies]
    columns = max(map(len, rows), default=0)
    first = next((row for row in rows if row), ())
    alignments = [_alignment(entry) for entry in first]
    return Grid(
        next(iter(table.findall(docutils_nodes.title)), None),
        heads,
        bodies,
        columns,
        alignments + [""] * (columns - len(alignments)),
    )


def _alignment(entry: docutils_nodes.Node) -> str:
    assert isinstance(entry, docutils_nodes.Element)
    return next((name[6:] for name in entry["classes"] if name in _ALIGNMENTS), "")


_ALIGNMENTS = frozenset({"align-left", "align-center", "align-right"})


def span(entry: docutils_nodes.Element) -> int:
    """Return how many columns an entry of a table takes."""
    return int(entry.get("morecols", 0)) + 1


def holds_text(node: docutils_nodes.Node) -> bool:
    """Return whether a node holds a line of text, or code: what a simple cell can show."""
    return isinstance(
        node, (docutils_nodes.paragraph, docutils_nodes.literal_block, docutils_nodes.term)
    )


# ─── lists ───


class Entry(msgspec.Struct, frozen=True):
    """An entry of a definition list: its ``term`` and ``definition`` nodes."""

    terms: list[docutils_nodes.Node]
    definitions: list[docutils_nodes.Node]


def entries(node: docutils_nodes.definition_list) -> list[Entry]:
    """Return the entries of a definition list."""
    return [
        Entry(
            [child for child in item.children if isinstance(child, docutils_nodes.term)],
            [child for child in item.children if isinstance(child, docutils_nodes.definition)],
        )
        for item in node.children
    ]


_NUMBERINGS = ("1", "a", "i", "A", "I")
_NUMBERING_OF = {
    "arabic": "1",
    "loweralpha": "a",
    "upperalpha": "A",
    "lowerroman": "i",
    "upperroman": "I",
}


def numbering(node: docutils_nodes.enumerated_list, depth: int) -> str:
    """Return how an ordered list is numbered, as HTML's list types name it: ``1 a i A I``.

    Args:
        node: the list.
        depth: how many ordered lists it stands in; a list that its author numbered with
            digits has the numbering of its depth.
    """
    kind = _NUMBERING_OF[node.get("enumtype", "arabic")]
    return _NUMBERINGS[depth % len(_NUMBERINGS)] if kind == "1" else kind


def enumerator(number: int, kind: str) -> str:
    """Return a number as HTML's list types ``1 a A i I`` write it."""
    if kind in "aA" and number > 0:
        letters = ""
        while number > 0:
            number, digit = divmod(number - 1, 26)
            letters = chr(ord(kind) + digit) + letters
        return letters
    if kind in "iI" and 0 < number < 4000:
        roman = ""
        for value, digits in _ROMAN:
            count, number = divmod(number, value)
            roman += digits * count
        return roman if kind == "I" else roman.lower()
    return str(number)


_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


# ─── facts ───


def declarations(fact: nodes.option_fact) -> Nodes:
    """Return the declarations that a fact about an option consists of, if it does."""
    children = fact.children
    return children if children and isinstance(children[0], nodes.option_declaration) else ()


def only_paragraph(fact: nodes.option_fact) -> docutils_nodes.paragraph | None:
    """Return the paragraph that is all that a fact says, if it is."""
    (only, *others) = fact.children or (None,)
    return only if isinstance(only, docutils_nodes.paragraph) and not others else None


def short_value(fact: nodes.option_fact) -> nodes.option_value | None:
    """Return the value of one line that is all that a fact says, if it is."""
    (only, *others) = fact.children or (None,)
    if isinstance(only, nodes.option_value) and not others and "\n" not in only.rawsource:
        return only
    return None


# ─── chapters ───


def caption_label(
    node: nodes.numbered_block, numbers: Mapping[docutils_nodes.Node, int], space: str = "\u00a0"
) -> str:
    """Return what stands before the title of a numbered block: ``Example 1``.

    Args:
        node: the block.
        numbers: its number, if it has one.
        space: what stands between the word and the number.
    """
    label = labels.NUMBERED_BLOCKS[node["kind"]]
    return f"{label}{space}{numbers[node]}" if node in numbers else label


def titled(node: docutils_nodes.Element) -> tuple[docutils_nodes.Node, Nodes]:
    """Return the title of a section or of a numbered block, and its other nodes."""
    title, *blocks = node.children or (docutils_nodes.title(),)
    return title, blocks


def shown_text(reference: nodes.cross_reference, target: Target | None) -> Nodes:
    """Return the inline nodes that a reference shows.

    Args:
        reference: the reference; a text of its own is shown.
        target: where it leads, whose text is shown otherwise; None if it leads nowhere.
    """
    if reference.children:
        return reference.children
    name = reference["target"]
    if target is None:
        if name.startswith("opt-"):
            option = name_of(name)
            return [docutils_nodes.literal(option, option, classes=["option"])]
        return [docutils_nodes.literal("", f"#{name}")]
    return target.text or [docutils_nodes.literal(name, name, classes=["option"])]
