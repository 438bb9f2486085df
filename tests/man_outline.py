r"""The outline of a man page: what ``mandoc -T tree`` understands of it, as blocks.

``-T tree`` is mandoc's own syntax tree. Its HTML loses what is compared here (an indented block
below an item stands beside the list, a lone ``.PD`` vanishes), and its text needs guessing from
columns. The tree has each macro's scope, each text line as roff has it, and code lines with every
space. What it does not have is the meaning of the macros, which is read here, by man(7) and the
conventions that LOOK.md shows:

* ``.TP`` begins an option, ``.RS`` right after it holds its blocks;
* ``.PP`` begins a paragraph, ``.br`` is a line break in it;
* ``.IP`` is an item, its mark says of what: a bullet, an enumerator, a footnote's ``(1)``, a link's
  ``[1]``, or a term, which starts with ``\:\fB``. Each ``.RS`` right
  after it holds more of the item's blocks;
* ``.RS`` with nothing but ``.EX`` to ``.EE`` is code, one below a bold ``Note`` an admonition, any
  other a quotation;
* ``.PD 0`` takes the space before items: that is what makes a list tight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

BREAK = "\ue00b"
"""Stands for a line break in a paragraph's text."""

LABELS = ("Type", "Default", "Example", "Related packages", "Declared in", "Defined in")


def fold(text: str) -> str:
    """Return a text with its white space folded, and none beside a break."""
    return re.sub(f" ?{BREAK} ?", BREAK, " ".join(text.split()))


@dataclass(slots=True)
class Node:
    """A node of mandoc's tree; the heads and bodies of blocks are nodes below them."""

    text: str
    kind: str
    children: list[Node] = field(default_factory=list)

    def part(self, kind: str) -> Node:
        (found,) = (child for child in self.children if child.kind == kind)
        return found


class List(NamedTuple):
    """A list as it is shown; whether it is tight is None where one item alone cannot tell."""

    kind: str
    tight: bool | None
    start: str


@dataclass(slots=True)
class Section:
    """An option of a man page: its parts by label, ``""`` for its description."""

    name: str
    parts: dict[str, list[Any]] = field(default_factory=dict)
    lists: dict[str, list[List]] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)


# ─── mandoc's tree ───

_LINE = re.compile(
    r"( *)(.*) \((block|head|body|elem|text|comment|tbl options|tbl)\)"
    r" \*?\d+:\d+\.?(?: ID\S*)*( NOFILL)?"
)


def parsed(tree: str) -> list[Node]:
    """Return the top of a page as ``mandoc -T tree`` prints it."""
    root = Node("", "root")
    path = [(-1, root)]
    code = 0
    for line in tree.split("\n"):
        found = _LINE.fullmatch(line)
        if found is None:
            # Beside nodes there is the page's title, and tables' rules.
            assert re.fullmatch(r"(?:[a-z]+ += .*)?", line), line
            continue
        spaces, text, kind, unfilled = found.groups()
        indent = len(spaces)
        if unfilled and kind == "text":
            # Spaces belong to the code; it stands beside the .EX that it follows.
            text, indent = line[code : found.end(2)], code
        node = Node(text, kind)
        while path[-1][0] >= indent:
            path.pop()
        path[-1][1].children.append(node)
        if kind != "text":
            path.append((indent, node))
        if text == "EX" and kind == "elem":
            code = indent
    return root.children


_ESCAPE = re.compile(r"\\(?:(e)|\[u([0-9A-F]{4,6})\]|\((..)|f([RBI])|([&:])|([ -])|.?)")
_NAMED = {"aq": "'", "dq": '"', "ga": "`", "ha": "^", "ti": "~", "bu": "•"}
# Round single quotes by name are the writer's own, around code that bold does not show; those of
# an author are numbers.
_NAMED |= {"oq": "", "cq": ""}


def decoded(roff: str) -> str:
    """Return what a line of roff prints, its fonts and the quotes around code aside."""
    roff = roff.replace("\x1e", "-")  # a hyphen where mandoc may break a line
    return _ESCAPE.sub(_character, roff) if "\\" in roff else roff


def _character(found: re.Match[str]) -> str:
    backslash, number, name, font, nothing, itself = found.groups()
    if backslash:
        return "\\"
    if number:
        return chr(int(number, 16))
    if name:
        return _NAMED[name]
    if font or nothing:
        return ""
    assert itself, f"an escape that the writer does not use: {found[0]} in {found.string}"
    return itself


# ─── options ───


def sections(tree: str) -> list[Section]:
    """Return the options of a page."""
    below = next(node for node in reversed(parsed(tree)) if node.text == "SH").part("body").children
    reader = _Reader()
    found = []
    for tag, body in zip(below[::2], below[1::2], strict=True):
        assert (tag.text, body.text) == ("TP", "RS")
        assert not reader.tight, "space between items is still off where an option begins"
        (name,) = tag.part("head").children
        section = Section(decoded(name.children[0].text))
        _read(reader, section, body.part("body").children)
        found.append(section)
    return found


def blocks(tree: str) -> tuple[list[Any], list[List]]:
    """Return the blocks of a page's last section, and their lists."""
    below = next(node for node in reversed(parsed(tree)) if node.text == "SH").part("body").children
    reader = _Reader()
    return reader.flow(below), reader.lists


def _read(reader: _Reader, section: Section, nodes: list[Node]) -> None:
    label, part = "", list[Node]()
    for node in nodes:
        text = _first_text(node)
        found = _LABEL.match(text.text) if text is not None else None
        if found is None:
            part.append(node)
            continue
        assert text is not None
        _add(reader, section, label, part)
        label, part = found[1], [node]
        text.text = text.text[found.end() :]
    _add(reader, section, label, part)


_LABEL = re.compile(
    rf"\\fI({'|'.join(LABELS)}|Links):\\fR ?|\\fI(?=This option is read only\.\\fR$)"
)


def _first_text(node: Node) -> Node | None:
    if node.text == "PP" and node.kind == "block":
        return next(iter(node.part("body").children), None)
    return node if node.kind == "text" else None


def _add(reader: _Reader, section: Section, label: str | None, nodes: list[Node]) -> None:
    assert label not in section.parts, f"{label} twice in {section.name}"
    if label in {"Declared in", "Defined in"}:
        return
    reader.lists = []
    found = reader.flow(nodes)
    if label == "Links":
        ((_, items),) = found
        section.links = [text for ((_, text),) in items]
        assert reader.lists == [("links", True if len(items) > 1 else None, "[1]")]
    elif label is not None:
        section.parts[label] = found
        section.lists[label] = reader.lists


# ─── blocks ───

_TITLES = {f"\\fB{name.capitalize()}\\fR": name for name in (
    "note", "tip", "important", "warning", "caution"
)}  # fmt: skip
_CELL = re.compile(r" \d+[A-Za-z]b?\[\\&")


class _Reader:
    """Reads blocks in the order of the page: space between items is on until it is put off."""

    def __init__(self) -> None:
        self.tight = False
        self.lists: list[List] = []

    def flow(self, nodes: list[Node]) -> list[Any]:
        """Return the outline of nodes that stand beside each other."""
        return _Flow(self).of(nodes)


class _Flow:
    def __init__(self, reader: _Reader) -> None:
        self._reader = reader
        self._found: list[Any] = []
        self._lines: list[str] = []
        self._open: _Items | None = None

    def of(self, nodes: list[Node]) -> list[Any]:
        following = iter(nodes)
        for node in following:
            self._node(node, following)
        self._end_list()
        return self._found

    def _node(self, node: Node, following: Iterator[Node]) -> None:
        if node.kind == "text":
            if self._open is not None:
                self._end_list()
            self._lines.append(node.text)
        elif node.kind.startswith("tbl"):
            self._row(node)
        else:
            _MACROS[node.text](self, node, following)

    def _break(self, _node: Node, _following: Iterator[Node]) -> None:
        self._lines.append(BREAK)

    def _space(self, _node: Node, _following: Iterator[Node]) -> None:
        assert self._found[-1][0] == "table", "space that is not below a table"

    def _distance(self, node: Node, _following: Iterator[Node]) -> None:
        self._reader.tight = [child.text for child in node.children] == ["0"]

    def _paragraph(self, node: Node, following: Iterator[Node]) -> None:
        self._end_list()
        for child in node.part("body").children:
            self._node(child, following)

    def _row(self, node: Node) -> None:
        self._end_list()
        if node.kind == "tbl options":
            self._found.append(["table", []])
            return
        kind, rows = self._found[-1]
        assert kind == "table"
        assert node.text.endswith("]")
        cells = _CELL.split(f" {node.text[:-1]}")[1:]
        rows.append([fold(decoded(cell.removesuffix("]"))) for cell in cells])

    def _end_paragraph(self) -> None:
        text = fold(decoded(" ".join(self._lines)))
        self._lines = []
        if text:
            self._found.append(["hr"] if text == "* * *" else ["p", text])

    def _end_list(self) -> None:
        self._end_paragraph()
        if self._open is not None:
            index, tight = self._open.index, self._open.tight
            self._reader.lists[index] = self._reader.lists[index]._replace(tight=tight)
            self._open = None

    def _code(self, _node: Node, following: Iterator[Node]) -> None:
        self._end_list()
        lines = []
        for node in following:
            if node.text == "EE" and node.kind == "elem":
                break
            assert node.kind == "text"
            lines.append(decoded(node.text))
        self._found.append(["pre", "\n".join(lines)])

    def _indented(self, node: Node, _following: Iterator[Node]) -> None:
        inside = node.part("body").children
        is_code = inside[0].text == "EX" and inside[-1].text == "EE" and all(
            child.kind == "text" for child in inside[1:-1]
        )  # fmt: skip
        if self._open is not None:
            # Right below an item: the rest of it.
            self._open.blocks.extend(self._reader.flow(inside))
        elif self._lines:
            (title,) = self._lines
            self._lines = []
            self._found.append([_TITLES[title], self._reader.flow(inside)])
        elif is_code:
            self._found.extend(self._reader.flow(inside))
        else:
            self._found.append(["quote", self._reader.flow(inside)])

    def _item(self, node: Node, _following: Iterator[Node]) -> None:
        self._end_paragraph()
        mark = node.part("head").children[0].text
        kind = _kind(mark)
        shown = decoded(mark)
        if self._open is not None and self._open.goes_on(kind, shown):
            self._open.spaces.append(self._reader.tight)
        else:
            self._end_list()
            self._begin(kind, shown)
        assert self._open is not None
        self._open.last = shown
        blocks = self._open.blocks = self._reader.flow(node.part("body").children)
        items = self._open.items
        items.append([fold(shown), blocks] if kind == "dl" else blocks)

    def _begin(self, kind: str, mark: str) -> None:
        items: list[Any] = []
        self._found.append([kind, items])
        self._open = _Items(kind, items, len(self._reader.lists))
        self._reader.lists.append(List(kind, None, "" if kind in {"ul", "dl"} else mark))


_MACROS = {
    "br": _Flow._break,
    "sp": _Flow._space,
    "PD": _Flow._distance,
    "PP": _Flow._paragraph,
    "IP": _Flow._item,
    "RS": _Flow._indented,
    "EX": _Flow._code,
}


@dataclass(slots=True)
class _Items:
    """The list that the last items were of."""

    kind: str
    items: list[Any]
    index: int
    spaces: list[bool] = field(default_factory=list)
    blocks: list[Any] = field(default_factory=list)
    last: str = ""

    @property
    def tight(self) -> bool | None:
        assert len(set(self.spaces)) <= 1, f"space between some items only: {self.items}"
        return self.spaces[0] if self.spaces else None

    def goes_on(self, kind: str, mark: str) -> bool:
        """Whether an item is one of these, not the first of a list after them."""
        return kind == self.kind and (kind != "ol" or _follows(mark, self.last))


def _kind(mark: str) -> str:
    if mark == "\\(bu":
        return "ul"
    if mark.startswith("\\:\\f"):
        return "dl"
    mark = decoded(mark)
    if mark.startswith("("):
        return "footnotes"
    if mark.startswith("["):
        return "links"
    assert re.fullmatch(r"-?\w+[.)]", mark), f"an item of what? {mark}"
    return "ol"


def _follows(mark: str, last: str) -> bool:
    if mark[-1] != last[-1]:
        return False
    if mark[:-1].isdecimal() and last[:-1].isdecimal():
        return int(mark[:-1]) == int(last[:-1]) + 1
    # Letters: a list that begins anew begins at its first.
    return mark[:-1].lower() not in {"a", "i"} or last[:-1].lower() == "h"
