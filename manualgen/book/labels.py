"""The words and numbers of divisions and numbered blocks, and the texts of references to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.markup.links import Target
from manualgen.markup.structure import fold, visible_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from manualgen.book.model import Identified

DIVISION_LABELS = {"part": "Part", "chapter": "Chapter", "appendix": "Appendix"}
"""The kinds of divisions that are numbered → the word before the number."""

NUMBERED_BLOCK_LABELS = {"example": "Example", "figure": "Figure", "table": "Table"}
"""The kinds of numbered blocks → the word before the number."""


def roman(number: int) -> str:
    """Return a number as a Roman numeral: ``IV``."""
    numeral = ""
    for value, digits in _ROMAN:
        while number >= value:
            numeral += digits
            number -= value
    return numeral


_ROMAN = (
    *((100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


def letters(number: int) -> str:
    """Return a number as letters: ``A`` to ``Z``, then ``AA``."""
    text = ""
    while number:
        number, digit = divmod(number - 1, 26)
        text = chr(65 + digit) + text
    return text


NUMBER_FORMATS: dict[str, Callable[[int], str]] = {
    "part": roman,
    "chapter": str,
    "appendix": letters,
}
"""The kinds of divisions that are numbered → how their numbers are written."""


_ROLES = tuple(nodes.REFERRING_ROLES.values())


class Labels:
    """The texts of references to the divisions, numbered blocks and anchors of a manual."""

    def __init__(
        self,
        targets: Mapping[str, Identified],
        numbers: Mapping[docutils_nodes.Node, int],
        option: Callable[[nodes.cross_reference], Target | None] | None = None,
    ) -> None:
        """Make the labels of a manual.

        Args:
            targets: identifier → where it is, as :class:`manualgen.book.outline.Outline` has it.
            numbers: numbered block → its number.
            option: what a reference in a title means that leads to no division, numbered block
                or anchor: an option, or nothing. Without it, such references show what they
                are written with.
        """
        self._targets = targets
        self._numbers = numbers
        self._option = option
        self._known: dict[str, Target] = {}
        self._in_progress: set[str] = set()

    def target(self, identifier: str) -> Target | None:
        """Return the target with an identifier, with its text; None if the outline has none."""
        identified = self._targets.get(identifier)
        if identified is None:
            return None
        known = self._known.get(identifier)
        if known is None:
            if identifier in self._in_progress:
                # A title that refers to itself.
                return Target(identifier, "anchor", (docutils_nodes.Text(f"#{identifier}"),))
            self._in_progress.add(identifier)
            known = self._known[identifier] = self._make(identifier, identified)
            self._in_progress.discard(identifier)
        return known

    def plain(self, title: docutils_nodes.Node) -> str:
        """Return a title as plain text."""
        return fold("".join(visible_text(node) for node in self._link_text(title)))

    def _make(self, identifier: str, identified: Identified) -> Target:
        node = identified.node
        if isinstance(node, nodes.numbered_block):
            label = f"{NUMBERED_BLOCK_LABELS[node['kind']]}\u00a0{self._numbers[node]}"
            hint = f"{label}. {self.plain(node.children[0])}"
            return Target(identifier, node["kind"], (docutils_nodes.Text(label),), hint)
        if isinstance(node, docutils_nodes.target) and node.children:
            return Target(identifier, "anchor", tuple(self._link_text(node)))
        division = identified.division
        kind = division.kind if node is None else "anchor"
        text = tuple(self._link_text(division.title))
        hint = self.plain(division.title)
        if division.kind == "appendix":
            text = (docutils_nodes.Text(division.label),)
            hint = f"{division.label}. {hint}"
        elif division.kind == "chapter":
            text = (docutils_nodes.emphasis("", "", *text),)
        elif division.kind not in {"book", "part"}:
            text = (
                docutils_nodes.Text("the section called “"),
                *text,
                docutils_nodes.Text("”"),
            )
        return Target(identifier, kind, text, hint)

    def _link_text(self, node: docutils_nodes.Node) -> Iterator[docutils_nodes.Node]:
        """Yield inline nodes that may be in a link: without links and footnotes.

        They are copies, but for images: those are the keys of a manual's pictures.
        """
        for child in node.children:
            if isinstance(child, docutils_nodes.Text):
                yield docutils_nodes.Text(child)
            elif isinstance(child, nodes.cross_reference) and not child.children:
                yield from self._reference_text(child)
            elif isinstance(child, _ROLES):
                yield docutils_nodes.literal("", child.astext())
            elif isinstance(
                child, (nodes.cross_reference, docutils_nodes.reference, docutils_nodes.target)
            ):
                yield from self._link_text(child)
            elif isinstance(child, docutils_nodes.image):
                yield child
            elif isinstance(child, docutils_nodes.Element) and not isinstance(
                child, docutils_nodes.footnote_reference
            ):
                copy = child.copy()
                copy["ids"] = []
                copy.extend(self._link_text(child))
                yield copy

    def _reference_text(self, reference: nodes.cross_reference) -> Iterator[docutils_nodes.Node]:
        name = reference["target"]
        target = self.target(name)
        if target is None and self._option is not None:
            target = self._option(reference)
            if target is None:
                yield docutils_nodes.literal("", f"#{name}")
                return
        if target is None:
            yield docutils_nodes.literal("", name.removeprefix("opt-"))
            return
        for node in target.text:
            yield node if isinstance(node, docutils_nodes.image) else node.deepcopy()
