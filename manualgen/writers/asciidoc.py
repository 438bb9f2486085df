"""Doctree → AsciiDoc, as Asciidoctor reads it.

AsciiDoc replaces much in every line: quotes, attributes, macros, dashes,
arrows. So a character that could begin any of it is written as a character
reference, which is replaced last and by nothing but the character. Formatting
is always of the unconstrained kind (``**bold**``), which works inside words too.
A line that could begin a block of another sort begins with ``{empty}``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.writers import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Block = Callable[["AsciidocWriter", Any], str]
    Inline = Callable[["AsciidocWriter", Any], str]


class AsciidocWriter:
    """Writes nodes as AsciiDoc. One writer serves one option after the other."""

    def __init__(self, anchors: Mapping[str, str] | None = None) -> None:
        """Take which identifiers of options are written otherwise."""
        self._anchors = anchors or {}
        self._shared: dict[docutils_nodes.Node, str] = {}
        self._notes: dict[str, docutils_nodes.Element] = {}
        self._noted: set[str] = set()
        self._formats: frozenset[type[docutils_nodes.Node]] = frozenset()
        self._list_depth = 0
        self._block_depth = 0
        self._open = False

    def section(self, section: nodes.option) -> str:
        """Return an option as a section of the second level, ending in a blank line."""
        (identifier,) = section["ids"]
        parts = [f"{_anchor_line(identifier)}== {_line(escape(section['name']))}"]
        for child in section.children:
            known = self._shared.get(child)
            if known is None:
                known = self._shared[child] = self.blocks([child])
            if known:
                parts.append(known)
        if section["read_only"]:
            parts.append("__This option is read only.__")
        return "\n\n".join(parts) + "\n\n"

    def blocks(self, blocks: Iterable[docutils_nodes.Node]) -> str:
        """Return blocks as AsciiDoc, without a newline at the end."""
        out: list[str] = []
        previous: docutils_nodes.Node | None = None
        for block in blocks:
            if isinstance(block, docutils_nodes.Element):
                for notes in block.findall(nodes.footnotes):
                    for note in notes.children:
                        assert isinstance(note, docutils_nodes.Element)
                        self._notes[note["names"][0]] = note
        for block in blocks:
            shown = _BLOCKS[block.__class__](self, block)
            if not shown:
                continue
            if previous is not None:
                # A comment parts two lists, of which the second is no part of the first.
                apart = isinstance(previous, _LISTS) and isinstance(block, _LISTS)
                out.append("\n\n//-\n\n" if apart else "\n\n")
            out.append(shown)
            previous = block
        return "".join(out)

    def inline(self, node: docutils_nodes.Node) -> str:
        """Return what stands in a node as AsciiDoc."""
        text = "".join([_INLINES[child.__class__](self, child) for child in node.children])
        # A macro's bracket before a format would be taken for its attributes.
        return _BRACKET_BEFORE_FORMAT.sub(_parted, text) if "]" in text else text

    def paragraph(self, node: docutils_nodes.Node) -> str:
        """Return the text of a node as lines that start no block of another sort."""
        text = _BREAKS.sub("\n", _RUN_OF_BREAKS.sub(_BREAK, self.inline(node)))
        # A break needs lines on both sides. A plus sign of the text is a reference.
        text = text.strip(_WHITE_SPACE).removeprefix("+\n").removesuffix(" +")
        return "\n".join(map(_safe_start, text.split("\n"))) if text else ""

    def line(self, node: docutils_nodes.Node) -> str:
        """Return the text of a node as one line."""
        return _line(self.paragraph(node))

    def enclosed(self, blocks: Iterable[docutils_nodes.Node]) -> str:
        """Return blocks as they stand in a delimited block: lists count anew in it."""
        depth, self._list_depth = self._list_depth, 0
        text = self.blocks(blocks)
        self._list_depth = depth
        return text


# ─── text ───

_MACROS = (
    "link", "mailto", "image", "icon", "xref", "pass", "footnote", "anchor", "kbd", "btn", "menu",
    "stem", "math", "term",
)  # fmt: skip
_MACRO_BEFORE = "|".join(f"(?<={name}:)" for name in _MACROS)

# The characters that always mean something, and those that do in some places.
_ALWAYS = r"*`\#^~+\[\]{}<>&|;'\"@\\\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029"
_SPECIAL = re.compile(
    rf"""
    [{_ALWAYS}_:().$-]
    (?: (?<=[{_ALWAYS}])
      | (?<=_) (?: (?<![^\W_]_) | (?![^\W_]) )     # within a word it means nothing
      | (?<=:) (?: (?<=::) | (?=:|//) | (?:{_MACRO_BEFORE}) (?=\S|\Z) )
      | (?<=\() (?: (?<=\(\() | (?=\(|(?:C|R|TM)\)) )
      | (?<=\)) (?=\))
      | (?<=-) (?: (?<=--) | (?=-) )
      | (?<=\.\.)
      | (?<=\$) (?: (?<=\$\$) | (?=\$) )
    )
    """,
    re.VERBOSE,
)


def escape(text: str) -> str:
    """Return text that AsciiDoc shows as it is, anywhere but at a line's start."""
    return _SPECIAL.sub(_reference_of, text)


def _reference_of(found: re.Match[str]) -> str:
    number = ord(found[0])
    return "\ufffd" if number < 32 or number == 127 else f"&#{number};"


_BRACKET_BEFORE_FORMAT = re.compile(r"\[\.\w+\](?=``)|\](?=``|\*\*|__)")
_WHITE_SPACE = " \t\n\r\f\v"
_BREAK = " +\n"
_RUN_OF_BREAKS = re.compile(r"(?<!\s)\s*+(?:\+\n\s*+)+")
_BREAKS = re.compile(r"(?<![ \t\r\f\v])[ \t\r\f\v]*+\n[ \t\n\r\f\v]*")
_PLAIN_START = re.compile(
    r"(?!(?:\d+|[A-Za-z]|[ivxlcdmIVXLCDM]+)[.)](?:\s|\Z)|[A-Z]+:\s)[\w&(“‘]|\*\*|__|``|\[\.|link:|footnote:|image:"
)


def _parted(found: re.Match[str]) -> str:
    return found[0] if found[0][0] == "[" else f"{found[0]}{{empty}}"


def _safe_start(line: str) -> str:
    """Return a line of text that starts no block: no list, title, comment, rule, macro."""
    if _PLAIN_START.match(line) and not (line[0] == "[" and line.endswith("]")):
        return line
    return f"{{empty}}{line}"


def _line(text: str) -> str:
    return text.replace(_BREAK, " ").replace("\n", " ")


# ─── inlines ───


def _plain(_writer: AsciidocWriter, node: docutils_nodes.Text) -> str:
    return escape(str(node))


def _literal(_writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
    roles: list[str] = node.get("classes", [])
    return code(node.astext(), next(filter(str.isalnum, roles), ""))


def code(text: str, role: str = "") -> str:
    """Return text as monospaced, with a role where one is named; "" for none."""
    shown = escape(re.sub(r"[\t\r\n\f\v]", " ", text))
    if not shown:
        return ""
    # A space at an end would be part of no word, and runs of them would be one.
    shown = re.sub(r"^ | $|(?<= ) ", "&#160;", shown)
    marked = f"``{shown}``"
    return f"[.{role}]{marked}" if role else marked


def _formatted(mark: str) -> Inline:
    def write(writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
        around = writer._formats
        writer._formats = around | {node.__class__}
        text = _RUN_OF_BREAKS.sub(_BREAK, writer.inline(node))
        writer._formats = around
        inner = text.strip().removeprefix("+\n").removesuffix(" +")
        if not inner or node.__class__ in around:
            return text
        before, _, after = text.partition(inner)
        return f"{before}{mark}{inner}{mark}{after}"

    return write


def _as_it_is(writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
    return writer.inline(node)


_UNSAFE_IN_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f\[\]<>\"\\^`{|}]")


def _link(address: str, text: str) -> str:
    """Return a link; its address passes all that AsciiDoc would do to it."""
    shown = _UNSAFE_IN_ADDRESS.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")),
        address,
    )
    passed = f"pass:c[{shown}]" if "+" in shown else f"++{shown}++"
    return f"link:{passed}[{_bracketed(text)}]"


def _bracketed(text: str) -> str:
    """Return text as a macro's brackets hold it: one line, and neither attributes nor roles.

    A role's own bracket would be taken for the macro's, and an equals sign for an attribute.
    """
    return re.sub(r"\[\.\w+\](?=``)", "", _line(text).strip()).replace("=", "&#61;")


def _reference(writer: AsciidocWriter, node: docutils_nodes.reference) -> str:
    address = str(node["refuri"])
    return _link(address, writer.inline(node) or escape(address))


def _option_reference(writer: AsciidocWriter, node: nodes.option_reference) -> str:
    text = code(node.astext(), "option")
    identifier = node.get("refid")
    return _link(f"#{writer._anchors.get(identifier, identifier)}", text) if identifier else text


def _cross_reference(writer: AsciidocWriter, node: nodes.cross_reference) -> str:
    identifier = node.get("refid")
    if identifier is None:
        return writer.inline(node) or code(f"#{node['target']}")
    return _link(f"#{writer._anchors.get(identifier, identifier)}", writer.inline(node))


def _manpage_reference(_writer: AsciidocWriter, node: nodes.manpage_reference) -> str:
    text = code(node.astext(), "manpage")
    address = node.get("refuri")
    return _link(address, text) if address else text


def _target(writer: AsciidocWriter, node: docutils_nodes.target) -> str:
    anchors = "".join(f"[[{name}]]" for name in node["ids"] if _ANCHOR.fullmatch(name))
    return anchors + writer.inline(node)


_ANCHOR = re.compile(r"[A-Za-z:][\w:.-]*", re.ASCII)


def _key(_writer: AsciidocWriter, node: nodes.key) -> str:
    return code(node.astext(), "keycap")


def _footnote_reference(writer: AsciidocWriter, node: docutils_nodes.footnote_reference) -> str:
    note = writer._notes.get(node["refid"])
    if note is None or node["refid"] in writer._noted:
        return f"^{escape(node['refid'])}^"
    writer._noted.add(node["refid"])
    text = " ".join(writer.line(block) for block in note.findall(_holds_text))
    writer._noted.discard(node["refid"])
    return f"footnote:[{_bracketed(text)}]"


def _image(_writer: AsciidocWriter, node: docutils_nodes.image) -> str:
    address = _UNSAFE_IN_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", str(node["uri"]))
    alternative = _line(escape(str(node.get("alt", "")))).replace(",", "&#44;")
    return f"image:{address}[{alternative.replace('=', '&#61;')}]"


_INLINES: dict[type[docutils_nodes.Node], Inline] = {
    docutils_nodes.Text: _plain,
    docutils_nodes.literal: _literal,
    docutils_nodes.emphasis: _formatted("__"),
    docutils_nodes.strong: _formatted("**"),
    nodes.key: _key,
    nodes.line_break: lambda _writer, _node: _BREAK,
    docutils_nodes.reference: _reference,
    docutils_nodes.image: _image,
    docutils_nodes.target: _target,
    docutils_nodes.inline: _as_it_is,
    nodes.option_reference: _option_reference,
    nodes.cross_reference: _cross_reference,
    nodes.manpage_reference: _manpage_reference,
    docutils_nodes.footnote_reference: _footnote_reference,
    docutils_nodes.paragraph: _as_it_is,
}


# ─── options ───


def _anchor_line(identifier: str) -> str:
    if re.search(r'["{\\\s]', identifier):
        return ""
    return f'[id="{identifier}"]\n'


def _fact(writer: AsciidocWriter, node: nodes.option_fact) -> str:
    label = f"__{words.FACTS_OF_TODAY[node['fact']]}:__"
    children = node.children
    if children and isinstance(children[0], nodes.option_declaration):
        return "\n".join([label, "", *(f"* {_declaration(child)}" for child in children)])
    if len(children) == 1:
        (only,) = children
        if isinstance(only, docutils_nodes.paragraph):
            return f"{label} {_unstarted(writer.paragraph(only))}"
        if isinstance(only, nodes.option_value) and "\n" not in only.rawsource:
            text = only.rawsource
            shown = escape(" ".join(text.split())) if only["language"] == "text" else code(text)
            return f"{label} {shown}".rstrip()
    return f"{label}\n\n{writer.blocks(children)}".rstrip()


def _unstarted(text: str) -> str:
    return text.removeprefix("{empty}")


def _declaration(node: Any) -> str:
    text = code(node.astext())
    return _link(node["refuri"], text) if node["refuri"] else text


def _value(_writer: AsciidocWriter, node: nodes.option_value) -> str:
    return listing(node.rawsource, node["language"])


# ─── blocks ───


def _paragraph(writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
    return writer.paragraph(node)


# What is replaced even in a listing: callouts, and what the preprocessor sees in any line.
_REPLACED_IN_LISTING = re.compile(
    r"<!?(?:--)?(?:\d+|\.)(?:--)?>|^\\?(?:include|ifdef|ifndef|ifeval|endif)::", re.MULTILINE
)


def listing(text: str, language: str = "") -> str:
    """Return text as a listing; nothing in it is replaced."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    attributes = ["source"]
    if re.fullmatch(r"[\w+#.-]+", language, re.ASCII):
        attributes.append(language)
    if _REPLACED_IN_LISTING.search(text):
        attributes.append("subs=normal")
        text = escape(text)
    runs = re.findall(r"^(-{4,})[ \t]*$", text, re.MULTILINE)
    fence = "-" * max(4, 1 + max(map(len, runs), default=0))
    return f"[{','.join(attributes)}]\n{fence}\n{text}\n{fence}"


def _literal_block(_writer: AsciidocWriter, node: docutils_nodes.literal_block) -> str:
    return listing(node.astext(), node.get("language", ""))


def _bullet_list(writer: AsciidocWriter, node: docutils_nodes.bullet_list) -> str:
    return _items(writer, node, "*")


def _enumerated_list(writer: AsciidocWriter, node: docutils_nodes.enumerated_list) -> str:
    start = node.get("start", 1)
    return (f"[start={start}]\n" if start != 1 else "") + _items(writer, node, ".")


def _items(writer: AsciidocWriter, node: docutils_nodes.Element, mark: str) -> str:
    writer._list_depth += 1
    # A mark of its own for each depth: one that was seen further out would end this list.
    mark *= writer._list_depth
    items = [f"{mark} {_item(writer, item.children)}" for item in node.children]
    writer._list_depth -= 1
    return "\n".join(items)


def _item(writer: AsciidocWriter, children: Iterable[docutils_nodes.Node]) -> str:
    """Return an item: its first paragraph, and its other blocks attached to it."""
    rest = list(children)
    text = ""
    if rest and isinstance(rest[0], docutils_nodes.paragraph):
        text = _unstarted(writer.paragraph(rest.pop(0)))
    text = text or "{empty}"
    rest = [block for block in rest if not isinstance(block, nodes.footnotes)]
    if not rest:
        return text
    if len(rest) == 1 and isinstance(rest[0], _COUNTED_LISTS):
        inner = _BLOCKS[rest[0].__class__](writer, rest[0])
        # An attribute line needs a blank one before it, or it would be text of the item.
        return f"{text}\n\n{inner}" if inner.startswith("[") else f"{text}\n{inner}"
    if not any(isinstance(block, _LISTS) for block in rest):
        attached = [_BLOCKS[block.__class__](writer, block) for block in rest]
        return "\n+\n".join([text, *filter(None, attached)])
    return f"{text}\n+\n{_grouped(writer, rest)}"


def _grouped(writer: AsciidocWriter, blocks: list[docutils_nodes.Node]) -> str:
    """Return blocks as one. An open block cannot stand in another; a framed one can."""
    if writer._open:
        return _delimited(writer, "=", blocks)
    writer._open = True
    inner = writer.enclosed(blocks)
    writer._open = False
    return f"--\n{inner}\n--"


_COUNTED_LISTS = (docutils_nodes.bullet_list, docutils_nodes.enumerated_list)
_LISTS = (*_COUNTED_LISTS, docutils_nodes.definition_list)


def _definition_list(writer: AsciidocWriter, node: docutils_nodes.definition_list) -> str:
    items = []
    for item in node.children:
        terms = [child for child in item.children if isinstance(child, docutils_nodes.term)]
        term = ", ".join(writer.line(term) for term in terms) or "{empty}"
        blocks = [
            block
            for child in item.children
            if isinstance(child, docutils_nodes.definition)
            for block in child.children
        ]
        depth, writer._list_depth = writer._list_depth, 0
        if len(blocks) == 1 and isinstance(blocks[0], docutils_nodes.paragraph):
            items.append(f"{term}:: {_unstarted(writer.paragraph(blocks[0])) or '{empty}'}")
        elif blocks:
            items.append(f"{term}:: {{empty}}\n+\n{_grouped(writer, blocks)}")
        else:
            items.append(f"{term}:: {{empty}}")
        writer._list_depth = depth
    return "\n".join(items)


def _delimited(writer: AsciidocWriter, mark: str, blocks: Iterable[docutils_nodes.Node]) -> str:
    """Return blocks between lines of marks, longer than those of any block inside."""
    inner = writer.enclosed(blocks)
    runs = re.findall(rf"^{mark}{{4,}}$", inner, re.MULTILINE)
    fence = mark * max(4, 1 + max(map(len, runs), default=0))
    return f"{fence}\n{inner}\n{fence}"


def _block_quote(writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
    return f"[quote]\n{_delimited(writer, '_', node.children)}"


_ADMONITIONS: dict[type[docutils_nodes.Node], str] = {
    docutils_nodes.note: "NOTE",
    docutils_nodes.tip: "TIP",
    docutils_nodes.important: "IMPORTANT",
    docutils_nodes.warning: "WARNING",
    docutils_nodes.caution: "CAUTION",
}


def _admonition(writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
    return f"[{_ADMONITIONS[node.__class__]}]\n{_delimited(writer, '=', node.children)}"


def _container(writer: AsciidocWriter, node: docutils_nodes.Element) -> str:
    return writer.blocks(node.children)


# ─── tables ───

_ALIGNMENT = {"align-left": "<", "align-center": "^", "align-right": ">"}


def _table(writer: AsciidocWriter, node: docutils_nodes.table) -> str:
    heads = [row for head in node.findall(docutils_nodes.thead) for row in head.children]
    rows = [row for body in node.findall(docutils_nodes.tbody) for row in body.children]
    if not heads and not rows:
        return ""
    columns = max(len(row.children) for row in [*heads, *rows])
    first = [*heads, *rows][0]
    marks = [
        next((_ALIGNMENT[name] for name in entry["classes"] if name in _ALIGNMENT), "<")
        for entry in first.children
        if isinstance(entry, docutils_nodes.Element)
    ]
    marks += ["<"] * (columns - len(marks))
    lines = [f'[cols="{",".join(marks)}"{",options=header" if heads else ""}]', "|==="]
    for row in [*heads, *rows]:
        cells = [_cell(writer, entry) for entry in row.children]
        lines.extend(f"|{cell}".rstrip() for cell in cells + [""] * (columns - len(cells)))
        lines.append("")
    lines[-1] = "|==="
    title = next(iter(node.findall(docutils_nodes.title)), None)
    if title is not None:
        lines.insert(0, f"**{_unstarted(writer.line(title))}**\n")
    return "\n".join(lines)


def _cell(writer: AsciidocWriter, entry: docutils_nodes.Node) -> str:
    return " ".join(
        code(block.astext())
        if isinstance(block, docutils_nodes.literal_block)
        else writer.line(block)
        for block in entry.findall(_holds_text)
    )


def _holds_text(node: docutils_nodes.Node) -> bool:
    return isinstance(
        node, (docutils_nodes.paragraph, docutils_nodes.literal_block, docutils_nodes.term)
    )


_BLOCKS: dict[type[docutils_nodes.Node], Block] = {
    nodes.option_description: _container,
    nodes.option_fact: _fact,
    nodes.option_value: _value,
    nodes.notice: _paragraph,
    docutils_nodes.paragraph: _paragraph,
    docutils_nodes.literal_block: _literal_block,
    docutils_nodes.bullet_list: _bullet_list,
    docutils_nodes.enumerated_list: _enumerated_list,
    docutils_nodes.definition_list: _definition_list,
    docutils_nodes.block_quote: _block_quote,
    docutils_nodes.note: _admonition,
    docutils_nodes.tip: _admonition,
    docutils_nodes.important: _admonition,
    docutils_nodes.warning: _admonition,
    docutils_nodes.caution: _admonition,
    docutils_nodes.table: _table,
    docutils_nodes.transition: lambda _writer, _node: "'''",
    docutils_nodes.container: _container,
    # Each stands where it is referred to.
    nodes.footnotes: lambda _writer, _node: "",
}
