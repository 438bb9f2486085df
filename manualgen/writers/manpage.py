r"""Doctree → man(7), for mandoc and for groff.

Why it is written the way it is:

* An option is a ``.TP``: mandoc makes an identifier of its name (for HTML and
  for a pager's jumps), as long as no escape stands in it. So names are plain,
  and hyphens in them too; the page's header tells groff to print those as
  minus signs. Inner terms start with ``\:``, which keeps them from becoming
  identifiers as well.
* The body stands in ``.RS``, where paragraphs are ``.PP`` and lists ``.IP``:
  nothing hangs, so that any block can follow any other.
* A paragraph is one line of roff. A sentence's end at a line's end would be
  followed by two spaces, and a line's start might be a request.
* Everything that is not markup of ours passes :func:`escape`, and every line
  that starts with text passes :func:`_safe_start`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.writers import words
from manualgen.writers.numbering import NUMBERING, NUMBERING_OF, enumerator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Block = Callable[["ManpageWriter", Any], None]
    Inline = Callable[["ManpageWriter", Any, str], str]

_ESCAPES = {
    "\\": "\\e",
    "'": "\\(aq",
    '"': "\\(dq",
    "`": "\\(ga",
    "^": "\\(ha",
    "~": "\\(ti",
    "\u00a0": "\\ ",
    "\u200b": "\\:",
}
_SPECIAL = re.compile(r"""[\\'"`^~]|[^\x20-\x7e]""")
_SPACE = re.compile(r"[ \t\r\n\f\v]+")


def escape(text: str) -> str:
    """Return one line of text that roff prints as it is, anywhere but at a line's start.

    What a terminal would obey, and what Unicode does not have as a character,
    becomes U+FFFD.
    """
    return _SPECIAL.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    known = _ESCAPES.get(character)
    if known is None:
        known = _ESCAPES[character] = _escape_of(character)
    return known


def _escape_of(character: str) -> str:
    if unicodedata.category(character) in {"Cc", "Cs", "Cn"} and not _is_new(character):
        return "\\[uFFFD]"
    # A character that is only another name for one of ASCII (the Kelvin sign): groff
    # would look for an escape by that one's name.
    same = unicodedata.normalize("NFD", character)
    if same.isascii():
        return _ESCAPES.get(same, same)
    return f"\\[u{ord(character):04X}]"


def _is_new(character: str) -> bool:
    # Unassigned in Python's Unicode may be assigned in the terminal's; non-characters never are.
    number = ord(character)
    return (
        unicodedata.category(character) == "Cn"
        and not 0xFDD0 <= number <= 0xFDEF
        and number & 0xFFFE != 0xFFFE
    )


_LONG_WORD = 24


def _breakable(escaped: str) -> str:
    """Let long paths and addresses break after their slashes, where they have to."""
    if len(escaped) < _LONG_WORD or "/" not in escaped:
        return escaped
    return re.sub(r"(?<=[^/\s])/(?=[^/\s])", "/\\:", escaped)


def _unbreakable(escaped: str) -> str:
    """Make spaces stay as they are; some are escaped already."""
    return re.sub(r"(?<!\\) ", r"\\ ", escaped)


def _safe_start(line: str) -> str:
    return "\\&" + line if line.startswith((".", "'")) else line


_PLACEHOLDER = re.compile(r"<[^<>]*>")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.<>*+@%:,/()\[\]{}#&!?=;|$-]+")


class ManpageWriter:
    """Writes nodes as man(7). One writer serves one option after the other."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._shared: dict[docutils_nodes.Node, list[str]] = {}
        self._links: list[str] = []
        self._numbered = False
        self._footnotes: list[str] = []
        self._first = True
        self._indent = 0
        self._tight = False
        self._ordered_depth = 0
        self.has_tables = False
        """Whether a table was written; such a page says on its first line that it needs tbl."""

    def section(self, section: nodes.option) -> str:
        """Return an option as a tagged paragraph, ending in a newline."""
        self._lines = []
        self._links = []
        self._lines.append(".TP")
        self._lines.append(_tag(section["name"]))
        self._lines.append(".RS 7")
        self._first = True
        self._indent = 14
        for child in section.children:
            self._share(child)
        if section["read_only"]:
            self._paragraph_break()
            self._lines.append("\\fIThis option is read only.\\fR")
        if self._links:
            self._paragraph_break()
            self._lines.append("\\fILinks:\\fR")
            self._lines.append(".PD 0")
            for number, address in enumerate(self._links, 1):
                self._lines.append(f".IP [{number}] 5")
                self._lines.append(_safe_start(address))
            self._lines.append(".PD")
        self._end_indent()
        return "\n".join(self._lines) + "\n"

    def blocks(self, blocks: Iterable[docutils_nodes.Node]) -> str:
        """Return any blocks as man(7), as they stand below a heading."""
        self._lines, self._links, self._first, self._indent = [], [], True, 7
        for block in blocks:
            _BLOCKS[block.__class__](self, block)
        return "\n".join(self._lines) + "\n" if self._lines else ""

    def _share(self, node: docutils_nodes.Node) -> None:
        """Write a part of a section; parts that sections share are written once."""
        if not self._first:
            known = self._shared.get(node)
            if known is not None:
                self._lines.extend(known)
                return
        start, first, self._numbered = len(self._lines), self._first, False
        _BLOCKS[node.__class__](self, node)
        # Links are numbered by option, and a first block has no space before it.
        if not self._numbered and not first:
            self._shared[node] = self._lines[start:]

    def _paragraph_break(self) -> None:
        """Part what follows from what stands before it, if anything does."""
        if self._first:
            self._first = False
        else:
            self._space_after_table()
            self._lines.append(".PP")

    def _space_after_table(self) -> None:
        """Neither mandoc nor groff parts a paragraph from a table right before it."""
        if self._lines and self._lines[-1] == ".TE":
            self._lines.append(".sp")

    def _end_indent(self) -> None:
        """End an indented block; mandoc complains of one that has nothing in it."""
        self._space_after_table()
        if self._lines[-1].startswith(".RS "):
            self._lines.pop()
        else:
            self._lines.append(".RE")

    def _set_tight(self, *, tight: bool) -> None:
        """Let paragraphs and items follow without a space between, or with one again."""
        if tight != self._tight:
            self._lines.append(".PD 0" if tight else ".PD")
            self._tight = tight

    def _text(self, text: str) -> None:
        """Add a paragraph's lines: a newline in it is a break."""
        for index, line in enumerate(text.split("\n")):
            if index:
                self._lines.append(".br")
            self._lines.append(_safe_start(line) or "\\&")

    def _children(self, node: docutils_nodes.Node) -> None:
        for child in node.children:
            _BLOCKS[child.__class__](self, child)

    def _inline(self, node: docutils_nodes.Node, font: str = "R") -> str:
        return "".join([_INLINES[child.__class__](self, child, font) for child in node.children])

    def _number(self, address: str) -> int:
        self._numbered = True
        if address not in self._links:
            self._links.append(address)
        return self._links.index(address) + 1


MACROS = r"""
.de option-name
.ie \\n(.x .B \\$2
.el .B \\$1
..
"""[1:]
"""What a header must define: a name with placeholders, plain for mandoc, which tags it."""


def _tag(name: str) -> str:
    if _PLAIN_NAME.fullmatch(name) and not name.startswith((".", "'")):
        if "<" in name:
            styled = _PLACEHOLDER.sub(lambda found: f"\\fI{found[0]}\\fB", name)
            # Macro of the header: groff sets the second form, mandoc the first, which it can tag.
            return f".option-name {name} {_safe_start(styled)}"
        return f".B {name}"
    shown = _unbreakable(_safe_start(escape(_SPACE.sub(" ", name))))
    if _PLACEHOLDER.search(shown):
        styled = _PLACEHOLDER.sub(lambda found: f"\\fI{found[0]}\\fB", shown)
        return f".option-name {shown} {_safe_start(styled)}"
    return f".B {shown or chr(92) + '(dq' + chr(92) + '(dq'}"


def styled_name(name: str, font: str) -> str:
    """Return an option's name in running text: bold, its placeholders italic, then ``font``."""
    shown = escape(_SPACE.sub(" ", name))
    if "<" in shown:
        shown = _PLACEHOLDER.sub(lambda found: f"\\fI{found[0]}\\fB", shown)
    return f"\\fB{shown}\\f{font}"


# ─── options ───


def _fact(writer: ManpageWriter, node: nodes.option_fact) -> None:
    label = f"\\fI{words.FACTS[node['fact']]}:\\fR"
    writer._paragraph_break()
    children = node.children
    lines = writer._lines
    if len(children) == 1:
        (only,) = children
        if isinstance(only, nodes.option_value) and "\n" not in only.rawsource:
            shown = _breakable(escape(_SPACE.sub(" ", only.rawsource)))
            lines.append(f"{label} {shown}".rstrip())
            return
        if isinstance(only, docutils_nodes.paragraph):
            writer._text(f"{label} {_paragraph_text(writer, only)}")
            return
    if children and isinstance(children[0], nodes.option_declaration):
        places = [_breakable(escape(child.astext().strip())) for child in children]
        if len(places) == 1:
            lines.append(f"{label} {places[0]}")
            return
        lines.extend([label, ".RS 4"])
        for place in places:
            lines.extend([".br", _safe_start(place) or "\\&"])
        lines.append(".RE")
        return
    lines.append(label)
    writer._children(node)


def _description(writer: ManpageWriter, node: nodes.option_description) -> None:
    writer._children(node)


def _value(writer: ManpageWriter, node: nodes.option_value) -> None:
    _code(writer, node.rawsource)


# ─── blocks ───


def _paragraph(writer: ManpageWriter, node: docutils_nodes.Element) -> None:
    text = _paragraph_text(writer, node)
    if text:
        writer._paragraph_break()
        writer._text(text)


def _paragraph_text(writer: ManpageWriter, node: docutils_nodes.Node) -> str:
    return re.sub(r" *\n *", "\n", writer._inline(node)).strip(" ")


def _literal_block(writer: ManpageWriter, node: docutils_nodes.literal_block) -> None:
    _code(writer, node.astext())


def _code(writer: ManpageWriter, text: str) -> None:
    writer._paragraph_break()
    lines = writer._lines
    lines.extend([".RS 4", ".EX"])
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        shown = escape(line.expandtabs(8).rstrip())
        lines.append(_safe_start(shown) or "\\&")
    lines.extend([".EE", ".RE"])


def _bullet_list(writer: ManpageWriter, node: docutils_nodes.bullet_list) -> None:
    _list(writer, node, ["\\(bu"] * len(node.children), 3)


def _enumerated_list(writer: ManpageWriter, node: docutils_nodes.enumerated_list) -> None:
    numbering = NUMBERING_OF[node.get("enumtype", "arabic")]
    if numbering == "1":
        numbering = NUMBERING[writer._ordered_depth % len(NUMBERING)]
    start = node.get("start", 1)
    marks = [
        escape(enumerator(number, numbering)) + (")" if node.get("suffix") == ")" else ".")
        for number in range(start, start + len(node.children))
    ]
    width = max(map(len, marks), default=2) + 2
    # mandoc would make an identifier of a letter.
    marks = [mark if mark[0].isdigit() else f"\\:{mark}" for mark in marks]
    writer._ordered_depth += 1
    _list(writer, node, marks, width)
    writer._ordered_depth -= 1


def _list(
    writer: ManpageWriter, node: docutils_nodes.Element, marks: list[str], width: int
) -> None:
    tight = "tight" in node["classes"]
    around = writer._tight
    # The first item of a tight list is parted from what stands before it, the others are not;
    # that of any list is not where nothing stands before it.
    writer._set_tight(tight=(tight and around) or writer._first)
    for item, mark in zip(node.children, marks, strict=True):
        _item(writer, item, mark, width, tight=tight)
        writer._set_tight(tight=tight)
    writer._set_tight(tight=around)
    writer._first = False


def _item(
    writer: ManpageWriter, item: docutils_nodes.Node, mark: str, width: int, *, tight: bool
) -> None:
    """Write a tagged paragraph: its first paragraph beside the mark, the other blocks below it."""
    lines = writer._lines
    children = list(item.children)
    writer._space_after_table()
    lines.append(f".IP {mark} {width}")
    if children and isinstance(children[0], docutils_nodes.paragraph):
        writer._text(_paragraph_text(writer, children.pop(0)) or "\\&")
    else:
        # The mark needs a line of its own before a block.
        lines.append("\\&")
    if children:
        writer._set_tight(tight=tight and all(isinstance(child, _LISTS) for child in children))
        _below(writer, children, width)


def _below(writer: ManpageWriter, blocks: Iterable[docutils_nodes.Node], width: int) -> None:
    """Write blocks that belong to an item, where its text stands."""
    writer._lines.append(f".RS {width}")
    indent = writer._indent
    writer._indent, writer._first = indent + width, False
    for block in blocks:
        _BLOCKS[block.__class__](writer, block)
    writer._indent = indent
    writer._end_indent()


_LISTS = (docutils_nodes.bullet_list, docutils_nodes.enumerated_list)


def _definition_list(writer: ManpageWriter, node: docutils_nodes.definition_list) -> None:
    around = writer._tight
    for item in node.children:
        writer._set_tight(tight=writer._first and item is node.children[0])
        terms = [child for child in item.children if isinstance(child, docutils_nodes.term)]
        definitions = [
            child for child in item.children if isinstance(child, docutils_nodes.definition)
        ]
        shown = ", ".join(_paragraph_text_in_bold(writer, term) for term in terms)
        first = definitions[0] if definitions else docutils_nodes.definition()
        _item(writer, first, f'"\\:\\fB{shown}\\fR"', 7, tight=False)
        for other in definitions[1:]:
            writer._set_tight(tight=False)
            _below(writer, other.children, 7)
    writer._set_tight(tight=around)
    writer._first = False


def _paragraph_text_in_bold(writer: ManpageWriter, node: docutils_nodes.Node) -> str:
    # A macro's argument is one line; its quotes are doubled by escape() already.
    return writer._inline(node, "B").replace("\n", " ").strip()


def _indented(writer: ManpageWriter, node: docutils_nodes.Element) -> None:
    lines = writer._lines
    writer._paragraph_break()
    lines.append(".RS 4")
    indent = writer._indent
    writer._indent, writer._first = indent + 4, True
    writer._children(node)
    writer._indent, writer._first = indent, False
    writer._end_indent()


def _admonition(writer: ManpageWriter, node: docutils_nodes.Element) -> None:
    writer._paragraph_break()
    writer._lines.append(f"\\fB{words.ADMONITIONS[node.__class__]}\\fR")
    writer._first = True
    _indented(writer, node)


def _transition(writer: ManpageWriter, _node: docutils_nodes.transition) -> None:
    writer._paragraph_break()
    writer._lines.append("* * *")


def _container(writer: ManpageWriter, node: docutils_nodes.Element) -> None:
    writer._children(node)


def _footnotes(writer: ManpageWriter, node: nodes.footnotes) -> None:
    for note in node.children:
        assert isinstance(note, docutils_nodes.Element)
        mark = f"({escape(note['names'][0])})"
        _item(writer, note, mark, max(len(mark) + 1, 4), tight=False)
    writer._first = False


# ─── tables ───

_NARROWEST_LINE = 59
"""The text width of a terminal of 60 columns: the narrowest that a table must fit."""


def _table(writer: ManpageWriter, node: docutils_nodes.table) -> None:
    title = next(iter(node.findall(docutils_nodes.title)), None)
    if title is not None:
        writer._paragraph_break()
        writer._text(f"\\fB{_paragraph_text_in_bold(writer, title)}\\fR")
    heads = [row for head in node.findall(docutils_nodes.thead) for row in head.children]
    bodies = [row for body in node.findall(docutils_nodes.tbody) for row in body.children]
    rows = [*heads, *bodies]
    if not rows:
        return
    columns = max(len(row.children) for row in rows)
    widths = [0] * columns
    simple = True
    for row in rows:
        for index, entry in enumerate(row.children):
            widths[index] = max(widths[index], len(entry.astext()))
            simple = simple and len(entry.children) <= 1 and not _has_blocks(entry)
            simple = simple and "\n" not in entry.astext()
    fits = sum(widths) + 3 * columns + 1 <= _NARROWEST_LINE - writer._indent
    if simple and fits:
        _drawn_table(writer, heads, bodies, columns)
    else:
        _listed_table(writer, heads, bodies)


def _has_blocks(entry: docutils_nodes.Node) -> bool:
    return not all(isinstance(block, docutils_nodes.paragraph) for block in entry.children)


def _cell(writer: ManpageWriter, entry: docutils_nodes.Node, font: str = "R") -> str:
    parts = [
        writer._inline(block, font).replace("\n", " ").strip()
        if isinstance(block, docutils_nodes.paragraph)
        else escape(_SPACE.sub(" ", block.astext()))
        for block in entry.children
    ]
    return " ".join(parts)


_ALIGNMENT = {"align-left": "l", "align-center": "c", "align-right": "r"}


def _drawn_table(
    writer: ManpageWriter,
    heads: list[docutils_nodes.Node],
    bodies: list[docutils_nodes.Node],
    columns: int,
) -> None:
    writer.has_tables = True
    writer._paragraph_break()
    lines = writer._lines
    lines.append(".TS")
    lines.append("allbox;")
    marks = []
    for entry in (heads or bodies)[0].children:
        assert isinstance(entry, docutils_nodes.Element)
        marks.append(next((_ALIGNMENT[c] for c in entry["classes"] if c in _ALIGNMENT), "l"))
    marks += ["l"] * (columns - len(marks))
    lines.extend([" ".join(f"{mark}b" for mark in marks)] * len(heads))
    lines.append(" ".join(marks) + ".")
    for row in heads:
        cells = [_cell(writer, entry, "B") for entry in row.children]
        lines.append("\t".join(f"\\&{cell}" for cell in cells))
    for row in bodies:
        cells = [_cell(writer, entry) for entry in row.children]
        cells += [""] * (columns - len(cells))
        # What stands first in a cell could be a request, a rule or a text block to tbl.
        lines.append("\t".join(f"\\&{cell}" for cell in cells))
    lines.append(".TE")
    writer._first = False


def _listed_table(
    writer: ManpageWriter, heads: list[docutils_nodes.Node], bodies: list[docutils_nodes.Node]
) -> None:
    """Write each row as an item: its first cell the term, the others by their column's name."""
    names = [_cell(writer, entry) for entry in heads[0].children] if heads else []
    lines = writer._lines
    if bodies and names and names[0]:
        writer._paragraph_break()
        lines.append(f"\\fI{names[0]}:\\fR")
    for row in [*heads[1:], *bodies]:
        term, *others = row.children
        writer._space_after_table()
        lines.append(f'.IP "\\:\\fB{_cell(writer, term, "B")}\\fR" 7')
        shown = []
        below: list[docutils_nodes.Node] = []
        for index, entry in enumerate(others, 1):
            name = names[index] if index < len(names) else ""
            if below or _has_blocks(entry):
                if name and entry.children:
                    label = f"{heads[0].children[index].astext()}:"
                    emphasis = docutils_nodes.emphasis("", label)
                    below.append(docutils_nodes.paragraph("", "", emphasis))
                below.extend(entry.children)
            elif text := _cell(writer, entry):
                shown.append(f"\\fI{name}:\\fR {text}" if name else text)
        lines.append("\n.br\n".join(map(_safe_start, shown)) if shown else "\\&")
        if below:
            _below(writer, below, 7)
    if not bodies:
        lines.append(f'.IP "\\:\\fB{" | ".join(names)}\\fR" 7')
        lines.append("\\&")
    writer._first = False


_BLOCKS: dict[type[docutils_nodes.Node], Block] = {
    nodes.option_description: _description,
    nodes.option_fact: _fact,
    nodes.option_value: _value,
    nodes.notice: _paragraph,
    docutils_nodes.paragraph: _paragraph,
    docutils_nodes.literal_block: _literal_block,
    docutils_nodes.bullet_list: _bullet_list,
    docutils_nodes.enumerated_list: _enumerated_list,
    docutils_nodes.definition_list: _definition_list,
    docutils_nodes.block_quote: _indented,
    docutils_nodes.note: _admonition,
    docutils_nodes.tip: _admonition,
    docutils_nodes.important: _admonition,
    docutils_nodes.warning: _admonition,
    docutils_nodes.caution: _admonition,
    docutils_nodes.table: _table,
    docutils_nodes.transition: _transition,
    docutils_nodes.container: _container,
    nodes.footnotes: _footnotes,
}


# ─── inlines ───


def _plain(_writer: ManpageWriter, node: docutils_nodes.Text, _font: str) -> str:
    text = escape(_SPACE.sub(" ", node))
    return _breakable(text) if "/" in text else text


_HAS_WORD = re.compile(r"\w")


def _literal(_writer: ManpageWriter, node: docutils_nodes.literal, font: str) -> str:
    classes = node["classes"]
    text = node.astext()
    shown = _breakable(escape(re.sub(r"[\t\r\n\f\v]", " ", text)))
    if "  " in shown or shown != shown.strip():
        shown = _unbreakable(shown)
    if "file" in classes or "var" in classes:
        return f"\\fI{shown}\\f{font}"
    if "option" in classes:
        return styled_name(text, font)
    # Bold says "code" where a reader can see it: not within bold, and not on a mere comma.
    if font == "B" and not isinstance(node.parent, docutils_nodes.term):
        return f"\\(oq{shown}\\(cq"
    if _HAS_WORD.search(text) is None or text != text.strip():
        return f"\\(oq\\fB{shown}\\f{font}\\(cq"
    return f"\\fB{shown}\\f{font}"


def _in_font(letter: str) -> Inline:
    def write(writer: ManpageWriter, node: docutils_nodes.Node, font: str) -> str:
        return f"\\f{letter}{writer._inline(node, letter)}\\f{font}"

    return write


def _as_it_is(writer: ManpageWriter, node: docutils_nodes.Node, font: str) -> str:
    return writer._inline(node, font)


def _reference(writer: ManpageWriter, node: docutils_nodes.reference, font: str) -> str:
    address = node["refuri"]
    if node.astext() in {address, address.removeprefix("mailto:")}:
        # An address that is its own text needs no number.
        return writer._inline(node, font)
    text = _link_text(writer, node, font)
    return f"{text}[{writer._number(_breakable(escape(address)))}]"


def _link_text(writer: ManpageWriter, node: docutils_nodes.Element, font: str) -> str:
    if all(isinstance(child, docutils_nodes.literal) for child in node.children):
        return writer._inline(node, font)
    return f"\\fB{writer._inline(node, 'B')}\\f{font}"


def _option_reference(_writer: ManpageWriter, node: nodes.option_reference, font: str) -> str:
    return styled_name(node.astext(), font)


def _cross_reference(writer: ManpageWriter, node: nodes.cross_reference, font: str) -> str:
    name = node.get("name")
    if name is None or node.get("takes_name"):
        return writer._inline(node, font)
    text = _link_text(writer, node, font)
    number = writer._number(f"the option {styled_name(name, 'R')}")
    return f"{text}[{number}]"


_MANPAGE = re.compile(r"(.+?)(\([^()]*\))", re.DOTALL)


def _manpage_reference(_writer: ManpageWriter, node: nodes.manpage_reference, font: str) -> str:
    text = _SPACE.sub(" ", node.astext())
    found = _MANPAGE.fullmatch(text)
    if found is None:
        return f"\\fB{escape(text)}\\f{font}"
    return f"\\fB{escape(found[1])}\\fR{escape(found[2])}\\f{font}"


def _footnote_reference(
    _writer: ManpageWriter, node: docutils_nodes.footnote_reference, _font: str
) -> str:
    return f"\\ ({escape(node['refid'])})"


def _image(writer: ManpageWriter, node: docutils_nodes.image, font: str) -> str:
    text = escape(_SPACE.sub(" ", node.get("alt", "") or "image"))
    number = writer._number(_breakable(escape(node["uri"])))
    return f"\\fB{text}\\f{font}[{number}]"


_INLINES: dict[type[docutils_nodes.Node], Inline] = {
    docutils_nodes.Text: _plain,
    docutils_nodes.literal: _literal,
    docutils_nodes.emphasis: _in_font("I"),
    docutils_nodes.strong: _in_font("B"),
    nodes.key: _in_font("B"),
    nodes.line_break: lambda _writer, _node, _font: "\n",
    docutils_nodes.reference: _reference,
    docutils_nodes.image: _image,
    docutils_nodes.target: _as_it_is,
    docutils_nodes.inline: _as_it_is,
    nodes.option_reference: _option_reference,
    nodes.cross_reference: _cross_reference,
    nodes.manpage_reference: _manpage_reference,
    docutils_nodes.footnote_reference: _footnote_reference,
    docutils_nodes.paragraph: _as_it_is,
    nodes.option_declaration: _as_it_is,
}
