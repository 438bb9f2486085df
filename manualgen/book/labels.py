"""The words and numbers of divisions and numbered blocks, and the texts of references to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.markup.links import Target
from manualgen.markup.structure import fold, visible_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from manualgen.book.model import Identified
    from manualgen.book.outline import Outline

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

    def target(self, identifier: str) -> Target | None:
        """Return the target with an identifier, with its text; None if the outline has none."""
        identified = self._targets.get(identifier)
        if identified is None:
            return None
        known = self._known.get(identifier)
        if known is None:
            known = self._known[identifier] = self._make(identifier, identified)
        return known

    def plain(self, title: docutils_nodes.Node, identifier: str = "") -> str:
        """Return a title as plain text, up to :data:`LONGEST` characters.

        Args:
            title: the title.
            identifier: its own identifier, which references in it are not to repeat.
        """
        return fold("".join(visible_text(node) for node in self._text(title, identifier)))

    def is_cut(self, title: docutils_nodes.Node) -> bool:
        """Return whether a title is too long to be shown in full elsewhere than in its place."""
        room = _Room()
        for _ in self._link_text(title, room, ()):
            pass
        return room.is_full

    def _make(self, identifier: str, identified: Identified) -> Target:
        node = identified.node
        if isinstance(node, nodes.numbered_block):
            label = self._number(node)
            hint = f"{label}. {self.plain(node.children[0])}"
            return Target(identifier, node["kind"], (docutils_nodes.Text(label),), hint)
        if isinstance(node, docutils_nodes.target) and node.children:
            return Target(identifier, "anchor", self._text(node))
        division = identified.division
        kind = division.kind if node is None else "anchor"
        hint = self.plain(division.title, identifier)
        if division.kind == "appendix":
            hint = f"{division.label}. {hint}"
        room = _Room()
        text = tuple(self._target_text(identified, room, (identifier,)))
        return Target(identifier, kind, _with_mark(text, room), hint)

    def _number(self, node: nodes.numbered_block) -> str:
        return f"{NUMBERED_BLOCK_LABELS[node['kind']]}\u00a0{self._numbers[node]}"

    def _text(
        self, node: docutils_nodes.Node, identifier: str = ""
    ) -> tuple[docutils_nodes.Node, ...]:
        room = _Room()
        return _with_mark(tuple(self._link_text(node, room, (identifier,))), room)

    def _target_text(
        self, identified: Identified, room: _Room, ancestors: tuple[str, ...]
    ) -> Iterator[docutils_nodes.Node]:
        """Yield the text of a reference to a division, numbered block or anchor."""
        node, division = identified.node, identified.division
        if isinstance(node, nodes.numbered_block):
            yield docutils_nodes.Text(self._number(node))
        elif isinstance(node, docutils_nodes.target) and node.children:
            yield from self._link_text(node, room, ancestors)
        elif division.kind == "appendix":
            yield docutils_nodes.Text(division.label)
        elif division.kind == "chapter":
            text = self._link_text(division.title, room, ancestors)
            yield docutils_nodes.emphasis("", "", *text)
        elif division.kind in {"book", "part"}:
            yield from self._link_text(division.title, room, ancestors)
        elif room.take(len(_SECTION)):
            yield docutils_nodes.Text(_SECTION)
            yield from self._link_text(division.title, room, ancestors)
            yield docutils_nodes.Text("”")

    def _link_text(
        self, node: docutils_nodes.Node, room: _Room, ancestors: tuple[str, ...]
    ) -> Iterator[docutils_nodes.Node]:
        """Yield inline nodes that may be in a link: without links and footnotes.

        They are copies, but for images: those are the keys of a manual's pictures.

        Args:
            node: the title or anchor.
            room: what may still be yielded.
            ancestors: the identifiers whose text it is part of, the outermost first.
        """
        for child in node.children:
            if not room.take():
                return
            if isinstance(child, docutils_nodes.Text):
                yield docutils_nodes.Text(room.cut(child))
            elif isinstance(child, nodes.cross_reference) and not child.children:
                yield from self._reference_text(child, room, ancestors)
            elif isinstance(child, _ROLES):
                yield docutils_nodes.literal("", room.cut(child.astext()))
            elif isinstance(
                child, (nodes.cross_reference, docutils_nodes.reference, docutils_nodes.target)
            ):
                yield from self._link_text(child, room, ancestors)
            elif isinstance(child, docutils_nodes.image):
                yield child
            elif isinstance(child, docutils_nodes.Element) and not isinstance(
                child, docutils_nodes.footnote_reference
            ):
                copy = child.copy()
                copy["ids"] = []
                copy.extend(self._link_text(child, room, ancestors))
                yield copy

    def _reference_text(
        self, reference: nodes.cross_reference, room: _Room, ancestors: tuple[str, ...]
    ) -> Iterator[docutils_nodes.Node]:
        name = reference["target"]
        if name in ancestors:
            # A title that refers to itself.
            yield docutils_nodes.Text(room.cut(f"#{name}"))
            return
        identified = self._targets.get(name)
        if identified is not None:
            if len(ancestors) < DEEPEST:
                yield from self._target_text(identified, room, (*ancestors, name))
            else:
                room.is_full = True
            return
        if self._option is None:
            yield docutils_nodes.literal("", room.cut(name.removeprefix("opt-")))
            return
        target = self._option(reference)
        if target is None:
            yield docutils_nodes.literal("", room.cut(f"#{name}"))
            return
        for node in target.text:
            if room.take(len(node.astext())):
                yield node if isinstance(node, docutils_nodes.image) else node.deepcopy()


_SECTION = "the section called “"

LONGEST = 300
"""How many characters of a title are shown where it is referred to, or in a table of contents."""

MOST_NODES = 100
"""How many inline nodes of it are."""

DEEPEST = 8
"""How many titles may refer to a title each, the text of one being part of that of the next."""


class _Room:
    """How much of a title may still be shown.

    Attributes:
        is_full: whether something has been left out.
    """

    def __init__(self) -> None:
        self._characters = LONGEST
        self._nodes = MOST_NODES
        self.is_full = False

    def take(self, characters: int = 0) -> bool:
        """Take the room of a node and of its characters; return False if there is none."""
        if self.is_full or self._nodes <= 0 or characters > self._characters:
            self.is_full = True
            return False
        self._nodes -= 1
        self._characters -= characters
        return True

    def cut(self, text: str) -> str:
        """Return a text, or its beginning if there is no room for all of it."""
        if len(text) > self._characters:
            text, self.is_full = text[: self._characters], True
        self._characters -= len(text)
        return text


def _with_mark(
    text: tuple[docutils_nodes.Node, ...], room: _Room
) -> tuple[docutils_nodes.Node, ...]:
    """Return the text of a title, with dots at its end if it is not all of it."""
    return (*text, docutils_nodes.Text("…")) if room.is_full else text


class Titles(Mapping[str, "Target"]):
    """Identifier → target, for the targets of an outline; made on demand."""

    def __init__(self, outline: Outline, labels: Labels) -> None:
        self._outline = outline
        self._labels = labels

    def __getitem__(self, identifier: str) -> Target:
        target = self._labels.target(identifier)
        if target is None:
            raise KeyError(identifier)
        return target

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._outline.targets

    def __iter__(self) -> Iterator[str]:
        return iter(self._outline.targets)

    def __len__(self) -> int:
        return len(self._outline.targets)
