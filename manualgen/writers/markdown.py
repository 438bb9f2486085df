"""Doctree → CommonMark, with the dialect's own constructs where Markdown has none.

What is written, read again, is the same tree: no text becomes markup, no
straight quote a curly one, no line a list. A character is escaped only where it
would mean something, so that the result reads as an author's own source does.
Where two pieces of markup may not touch (``*a**b*``), an empty comment parts
them, which every reader of Markdown drops.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.writers import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Block = Callable[["MarkdownWriter", Any], str]
    Inline = Callable[["MarkdownWriter", Any], str]


class Admonitions(enum.Enum):
    """How notes, warnings and the like are written."""

    PLAIN = "plain"
    """``**Note:** text``: Markdown alone, which nothing can tell from a paragraph."""
    PANDOC = "pandoc"
    """``::: {.note}`` … ``:::``."""
    GFM = "gfm"
    """``> [!NOTE]``, as GitHub has it."""


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How what Markdown lacks is written.

    Attributes:
        admonitions: how notes and the like are written.
        anchors: whether headings and spans carry identifiers (``{#id}``), and options are
            linked to by them.
    """

    admonitions: Admonitions = Admonitions.GFM
    anchors: bool = False

    @property
    def attributes(self) -> bool:
        """Whether the reader is one that knows ``[text]{#id .class}``."""
        return self.anchors or self.admonitions is Admonitions.PANDOC


APART = "<!-- -->"
"""Stands between what would otherwise be read as one."""


class MarkdownWriter:
    """Writes nodes as Markdown. One writer serves one option after the other."""

    def __init__(self, style: Style, anchors: Mapping[str, str] | None = None) -> None:
        """Take the style, and which identifiers are written otherwise: those of options."""
        self.style = style
        self._anchors = anchors or {}
        self._shared: dict[docutils_nodes.Node, str] = {}
        self._notes = ""
        self._in_link = False
        self._in_cell = False
        self._straight = False
        self._emphasis: tuple[type[docutils_nodes.Node], ...] = ()

    def section(self, section: nodes.option) -> str:
        """Return an option as a section of the second level, ending in a blank line."""
        (identifier,) = section["ids"]
        heading = f"## {_line(escape(section['name'], straight=True))}"
        # What ends as an identifier does would be taken for it.
        heading = _HEADING_ID.sub(r"\1\\}", heading)
        if self.style.anchors:
            heading += f" {{#{identifier}}}"
        parts = [heading]
        for child in section.children:
            known = self._shared.get(child)
            if known is None:
                # Footnotes are known by a name that no other option's have.
                place = child["fact"] if isinstance(child, nodes.option_fact) else ""
                self._notes = f"{identifier}.{place}." if place else f"{identifier}."
                known = _BLOCKS[child.__class__](self, child)
                if f"[^{self._notes}" not in known:
                    self._shared[child] = known
            if child.__class__ is nodes.option_fact and child["fact"] == "type":
                known += " *(read only)*" if section["read_only"] else ""
            if known:
                parts.append(known)
        if section["read_only"] and not any(_is_type(child) for child in section.children):
            parts.append("*(read only)*")
        self._notes = ""
        return "\n\n".join(parts) + "\n\n"

    def blocks(self, blocks: Sequence[docutils_nodes.Node], *, tight: bool = False) -> str:
        """Return blocks as Markdown, without a newline at the end.

        Args:
            blocks: the nodes.
            tight: they stand in an item of a list whose items follow each other closely.
        """
        out: list[str] = []
        previous: docutils_nodes.Node | None = None
        for block in blocks:
            shown = _BLOCKS[block.__class__](self, block)
            if not shown:
                continue
            if previous is not None:
                close = tight and _may_follow(block, previous)
                if _would_join(previous, block):
                    out.append(f"\n\n{APART}\n\n")
                else:
                    out.append("\n" if close else "\n\n")
            out.append(shown)
            previous = block
        return "".join(out)

    def paragraph(self, node: docutils_nodes.Node) -> str:
        """Return the text of a node as lines that start no block of another sort."""
        text = self.inline(node)
        if "\n" in text or not text or text[0] in " \t":
            text = _BREAKS.sub("\n", text).strip(" \t\n")
        text = _unbroken(text)
        if text and (text[0].isspace() or text[-1].isspace()):
            text = _with_edges(text)
        if _MAY_START_BLOCK.search(text) is None:
            return text
        return "\n".join([_safe_start(line) for line in text.split("\n")])

    def line(self, node: docutils_nodes.Node) -> str:
        """Return the text of a node as one line."""
        return _line(self.paragraph(node))

    def inline(self, node: docutils_nodes.Node) -> str:
        """Return what stands in a node as Markdown."""
        children = node.children
        if len(children) == 1:
            return _INLINES[children[0].__class__](self, children[0])
        pieces = [(child, _INLINES[child.__class__](self, child)) for child in _merged(children)]
        return _joined([(child, text) for child, text in pieces if text])


_HEADING_ID = re.compile(r"(\{#[\w.-]+)\}\Z")


def _is_type(node: docutils_nodes.Node) -> bool:
    return isinstance(node, nodes.option_fact) and bool(node["fact"] == "type")


# ─── text ───

_PUNCTUATION = r"!-/:-@\[-`{-~"
_ESCAPED = re.compile(
    rf"""
      \\(?=[{_PUNCTUATION}]|\s*(?:\n|\Z))     # would escape what follows
    | `
    | \*+
    | _+
    | \[
    | <(?=[A-Za-z/!?]|\Z)                    # a tag or an address
    | &(?=\#?[0-9A-Za-z]+;)                  # a character by its name
    | ~(?=~)|(?<=~)~                         # struck out, to some readers
    | \((?=(?:c|r|tm)\))                     # typographic replacements, from here on
    | \+(?=-)
    | \.(?=\.)
    | ,(?=,)
    | [?!](?=…)
    | [?](?=[?!]{{3}})|(?<=[?!]{{3}})[?!]|[!](?=[?!]{{3}})
    | -+
    | '
    | "
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Every character that may have to be escaped: most texts have none.
_MAY_NEED = re.compile(r"""[\\`*_\[<&~'"]|\([crtCRT]|\+-|\.\.|,,|[?!]…|[?!]{4}|--""")

_BRACKET_IS_TEXT = re.compile(r"\[[^\[\]]*\](?![(\[{:])")


def escape(text: str, *, straight: bool = False, in_link: bool = False) -> str:
    """Return text that Markdown shows as it is, anywhere but at a line's start.

    Args:
        text: the text.
        straight: its straight quotes might pair up and become typographic ones.
        in_link: brackets would end the link that it stands in.
    """
    if _MAY_NEED.search(text) is None and not (in_link and "]" in text):
        return text
    shown = _ESCAPED.sub(lambda found: _escape_of(found, straight, in_link), text)
    if in_link and "]" in shown:
        shown = shown.replace("]", "\\]")
    return shown


def _escape_of(found: re.Match[str], straight: bool, in_link: bool) -> str:
    mark, text = found[0], found.string
    before = text[found.start() - 1] if found.start() else ""
    after = text[found.end()] if found.end() < len(text) else ""
    kind = mark[0]
    if kind == "*":
        return mark if before.isspace() and after.isspace() else "\\*" * len(mark)
    if kind == "_":
        inside = before.isalnum() and after.isalnum()
        alone = before.isspace() and after.isspace()
        return mark if inside or alone else "\\_" * len(mark)
    if kind == "[":
        plain = not in_link and not text.startswith(("^", "!"), found.end())
        return mark if plain and _BRACKET_IS_TEXT.match(text, found.start()) else "\\["
    if kind == "-":
        return _dashes(mark, text, found.start(), found.end())
    if kind == '"':
        within = before.isalnum() and after.isalnum()
        return '\\"' if straight and not within else mark
    return "\\" + mark


_BEHIND_WORD = re.compile(r"\w[ ]\Z")
_BEFORE_WORD = re.compile(r"[ ]\w")


def _dashes(mark: str, text: str, start: int, end: int) -> str:
    """Escape two or three hyphens where they would become one dash."""
    if len(mark) == 3:
        return "\\-\\--"
    if len(mark) == 2:
        before, after = text[max(0, start - 2) : start], text[end : end + 2]
        # As in "an option --all", with a space on one side only.
        option = _BEHIND_WORD.search(before) is not None and after[:1].isalnum()
        other = before[-1:].isalnum() and _BEFORE_WORD.match(after) is not None
        return mark if option or other else "\\--"
    return mark


_BREAKS = re.compile(r"(?<![ \t])[ \t]*+\n[ \t\n]*")


def _line(text: str) -> str:
    return text.replace("\\\n", " ").replace("\n", " ") if "\n" in text else text


def _unbroken(text: str) -> str:
    """Return text without the breaks at its end: a break needs a line to follow it."""
    while (len(text) - len(text.rstrip("\\"))) % 2:
        text = text[:-1].rstrip(" \t\n")
    return text


def _with_edges(text: str) -> str:
    # A parser strips every sort of white space from a paragraph, but none that is named.
    # Nobody sees that of ASCII there.
    inner = text.strip()
    start = text.index(inner) if inner else len(text)
    edges = text[:start], text[start + len(inner) :]
    named = ["".join(f"&#{ord(space)};" for space in edge if space >= "\u00a0") for edge in edges]
    return named[0] + inner + named[1]


_BLOCK_START = re.compile(
    r"""
      (?P<first> [-+*>] | \#{1,6} | [:~] ) (?: [ \t] | \Z )   # a list, a heading, a definition
    | > | ::: | ~~~
    | (?P<number> \d{1,9} ) [.)] (?: [ \t] | \Z )
    | ([-_*]) [ \t]* (?: \3 [ \t]* ){2,} \Z                    # a rule
    | =+ [ \t]* \Z                                             # what underlines a heading
    | -+ [ \t]* \Z
    | [|:-] [|: \t-]+ \Z                                       # the second line of a table
    """,
    re.VERBOSE,
)
_MAY_START_BLOCK = re.compile(r"^[-+*>#:~\d_=|]", re.MULTILINE)


def _safe_start(line: str) -> str:
    """Return a line of text that starts no list, heading, rule, quote, fence or table."""
    found = _BLOCK_START.match(line)
    if found is None:
        return line
    if line.startswith("----") and line[4:5] != "-":
        # Three hyphens after an escaped one would become a dash.
        return f"\\-\\-\\-{line[3:]}"
    number = found["number"]
    return f"{number}\\{line[len(number) :]}" if number else f"\\{line}"


# ─── pieces of a line ───


def _merged(children: Iterable[docutils_nodes.Node]) -> list[docutils_nodes.Node]:
    """Return the nodes with neighbouring texts as one: what they mean depends on both."""
    merged: list[docutils_nodes.Node] = []
    for child in children:
        last = merged[-1] if merged else None
        if isinstance(child, docutils_nodes.Text) and isinstance(last, docutils_nodes.Text):
            merged[-1] = docutils_nodes.Text(str(last) + str(child))
        else:
            merged.append(child)
    return merged


_ROLE = re.compile(r"(?<!\\)\{[\w+:-]+\}\Z")


def _joined(pieces: list[tuple[docutils_nodes.Node, str]]) -> str:
    out: list[str] = []
    last: docutils_nodes.Node | None = None
    for node, text in pieces:
        if last is not None:
            before = out[-1]
            role = _ROLE.search(before) if text[0] == "`" else None
            if role is not None and isinstance(last, docutils_nodes.Text):
                out[-1] = f"{before[: role.start()]}\\{role[0]}"
            elif text[0] == "[" and before[-1] == "!" and not before.endswith("\\!"):
                out[-1] = before[:-1] + "\\!"
            elif _must_be_apart(last, before, node, text):
                out.append(APART)
        out.append(text)
        last = node
    return "".join(out)


_EMPHASIS = (docutils_nodes.emphasis, docutils_nodes.strong)


def _must_be_apart(
    last: docutils_nodes.Node, before: str, node: docutils_nodes.Node, text: str
) -> bool:
    if isinstance(last, docutils_nodes.footnote_reference):
        return text[0] in "({["
    if text[0] == "`" and before[-1] == "`":
        return not isinstance(last, docutils_nodes.Text)
    # Asterisks open before a word and close behind one; beside punctuation, only if
    # there is no word on their other side.
    if isinstance(node, _EMPHASIS) and text[0] == "*":
        if isinstance(last, _EMPHASIS):
            return True
        first = text.lstrip("*")[:1]
        return _is_punctuation(first) and not _is_boundary(before[-1])
    if isinstance(last, _EMPHASIS) and before[-1] == "*":
        end = before.rstrip("*")[-1:]
        return _is_punctuation(end) and not _is_boundary(text[0])
    return False


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS" if character else False


def _is_boundary(character: str) -> bool:
    return character.isspace() or _is_punctuation(character)


def _plain(writer: MarkdownWriter, node: docutils_nodes.Text) -> str:
    return escape(str(node), straight=writer._straight, in_link=writer._in_link)


def code(text: str) -> str:
    """Return text as a span of code; "" for none."""
    text = text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
    if not text:
        return ""
    longest = max(map(len, re.findall("`+", text)), default=0) if "`" in text else 0
    fence = "`" * (longest + 1)
    padded = text[0] == " " == text[-1] and not text.isspace()
    if padded or text[0] == "`" or text[-1] == "`":
        text = f" {text} "
    return f"{fence}{text}{fence}"


def _literal(_writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
    return code(node.astext())


def _emphasised(mark: str) -> Inline:
    def write(writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
        around = writer._emphasis
        if node.__class__ in around:
            return writer.inline(node)
        writer._emphasis = (*around, node.__class__)
        text = writer.inline(node)
        writer._emphasis = around
        inner = _unbroken(text.strip(" \t\n"))
        if not inner:
            return text
        before, _, after = text.partition(inner)
        if inner[0].isspace() or inner[-1].isspace():
            inner = _with_edges(inner)
        return f"{before}{mark}{inner}{mark}{after}"

    return write


def _as_it_is(writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
    return writer.inline(node)


_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:[!#-;=?-Z_a-z~]*")
_MAIL = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def _reference(writer: MarkdownWriter, node: docutils_nodes.reference) -> str:
    address = str(node["refuri"])
    text = node.astext()
    if text == address and _ADDRESS.fullmatch(address) and "..." not in address:
        return f"<{address}>"
    if address == f"mailto:{text}" and _MAIL.fullmatch(text):
        return f"<{text}>"
    return _link(writer, node, address)


def _link(writer: MarkdownWriter, node: docutils_nodes.Element, address: str) -> str:
    if writer._in_link:
        return writer.inline(node)
    writer._in_link = True
    text = writer.inline(node)
    writer._in_link = False
    return f"[{text}]({destination(address)})"


_HARMLESS = re.compile(
    r"[^\s\x00-\x1f\x7f<>()]+(?:\([^\s\x00-\x1f\x7f<>()]*\)[^\s\x00-\x1f\x7f<>()]*)*"
)
_MEANING = re.compile(rf"\\(?=[{_PUNCTUATION}])|&(?=#?[0-9A-Za-z]+;)|[<>]")


def destination(address: str) -> str:
    """Return an address as Markdown's links hold it: bare, or in angle brackets if it has to be."""
    shown = _MEANING.sub(r"\\\g<0>", re.sub(r"[\r\n]+", "%0A", address))
    return shown if _HARMLESS.fullmatch(shown) else f"<{shown}>"


def _option_reference(writer: MarkdownWriter, node: nodes.option_reference) -> str:
    text = code(node.astext())
    identifier = node.get("refid")
    if identifier is None or writer._in_link or not writer.style.anchors:
        return text
    return f"[{text}]({destination('#' + writer._anchors.get(identifier, identifier))})"


def _cross_reference(writer: MarkdownWriter, node: nodes.cross_reference) -> str:
    identifier = node.get("refid") or node["target"]
    return _link(writer, node, f"#{writer._anchors.get(identifier, identifier)}")


def _manpage_reference(writer: MarkdownWriter, node: nodes.manpage_reference) -> str:
    text = code(node.astext())
    address = node.get("refuri")
    return f"[{text}]({destination(address)})" if address and not writer._in_link else text


def _target(writer: MarkdownWriter, node: docutils_nodes.target) -> str:
    if not writer.style.attributes or not node["ids"]:
        return writer.inline(node)
    return _span(writer, node, f"#{node['ids'][0]}")


def _key(writer: MarkdownWriter, node: nodes.key) -> str:
    if not writer.style.attributes:
        return code(node.astext())
    return _span(writer, node, ".keycap")


def _span(writer: MarkdownWriter, node: docutils_nodes.Element, attribute: str) -> str:
    around, writer._in_link = writer._in_link, True
    text = writer.inline(node)
    writer._in_link = around
    return f"[{text}]{{{attribute}}}"


def _footnote_reference(writer: MarkdownWriter, node: docutils_nodes.footnote_reference) -> str:
    return f"[^{writer._notes}{node['refid']}]"


def _image(_writer: MarkdownWriter, node: docutils_nodes.image) -> str:
    text = escape(str(node.get("alt", "")), straight=True, in_link=True)
    return f"![{_line(text)}]({destination(str(node['uri']))})"


_INLINES: dict[type[docutils_nodes.Node], Inline] = {
    docutils_nodes.Text: _plain,
    docutils_nodes.literal: _literal,
    docutils_nodes.emphasis: _emphasised("*"),
    docutils_nodes.strong: _emphasised("**"),
    nodes.key: _key,
    nodes.line_break: lambda _writer, _node: "\\\n",
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

_STRING = re.compile(r'("[^"`]*")')


def _fact(writer: MarkdownWriter, node: nodes.option_fact) -> str:
    label = f"*{words.FACTS_OF_TODAY[node['fact']]}:*"
    children = node.children
    if children and isinstance(children[0], nodes.option_declaration):
        return "\n".join([label, *(f"- {_declaration(child)}" for child in children)])
    if len(children) == 1:
        (only,) = children
        if isinstance(only, docutils_nodes.paragraph):
            return f"{label}\n{_paragraph(writer, only)}"
        if isinstance(only, nodes.option_value) and "\n" not in only.rawsource:
            if only["language"] == "text":
                return f"{label}\n{_type(only.rawsource)}".rstrip()
            return f"{label}\n{code(only.rawsource)}".rstrip()
    blocks = writer.blocks(children)
    return f"{label}\n\n{blocks}" if blocks else label


def _type(text: str) -> str:
    # The strings that a type lists are code, and quotes in code stay straight.
    pieces = _STRING.split(" ".join(text.split()))
    shown = "".join(
        [
            code(piece) if index % 2 else escape(piece, straight=True)
            for index, piece in enumerate(pieces)
        ]
    )
    return _safe_start(shown)


def _declaration(node: Any) -> str:
    text = _line(escape(node.astext(), straight=True, in_link=bool(node["refuri"])))
    return f"[{text}]({destination(node['refuri'])})" if node["refuri"] else _safe_start(text)


def _value(_writer: MarkdownWriter, node: nodes.option_value) -> str:
    return fenced(node.rawsource, node["language"])


# ─── blocks ───


def _paragraph(writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
    around = writer._straight
    # One straight quote has none to pair up with.
    writer._straight = node.astext().count('"') > 1
    text = writer.paragraph(node)
    writer._straight = around
    if writer.style.attributes and node["ids"]:
        text = "".join(f"[]{{#{name}}}" for name in node["ids"]) + text
    return text


def fenced(text: str, language: str = "") -> str:
    """Return text as a block of code, its fence longer than any in it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    mark = "~" if "`" in language else "`"
    runs = re.findall(rf"^[ \t]*({mark}{{3,}})", text, re.MULTILINE)
    fence = mark * max(3, 1 + max(map(len, runs), default=0))
    language = " ".join(language.split())
    if language.startswith(mark):
        language = f" {language}"
    return f"{fence}{language}\n{text}\n{fence}" if text else f"{fence}{language}\n{fence}"


def _literal_block(_writer: MarkdownWriter, node: docutils_nodes.literal_block) -> str:
    return fenced(node.astext(), node.get("language", ""))


def _indented(text: str, first: str, rest: str) -> str:
    """Return lines with something before each: before those that are empty, what of it shows."""
    lines = text.split("\n")
    empty = rest.rstrip()
    shown = [
        (first if index == 0 else rest) + line if line else "" for index, line in enumerate(lines)
    ]
    return "\n".join(
        [line or (empty if index else first.rstrip()) for index, line in enumerate(shown)]
    )


def _bullet_list(writer: MarkdownWriter, node: docutils_nodes.bullet_list) -> str:
    return _items(writer, node, ["- "] * len(node.children))


def _enumerated_list(writer: MarkdownWriter, node: docutils_nodes.enumerated_list) -> str:
    start = node.get("start", 1)
    mark = ")" if node.get("suffix") == ")" else "."
    numbers = range(start, start + len(node.children))
    return _items(writer, node, [f"{max(0, number)}{mark} " for number in numbers])


def _items(writer: MarkdownWriter, node: docutils_nodes.Element, marks: list[str]) -> str:
    tight = "tight" in node["classes"]
    items = [
        _indented(writer.blocks(item.children, tight=tight), mark, " " * len(mark))
        for item, mark in zip(node.children, marks, strict=True)
    ]
    return ("\n" if tight else "\n\n").join(items)


def _may_follow(block: docutils_nodes.Node, previous: docutils_nodes.Node) -> bool:
    """Whether a block is seen as one even where no blank line is before it."""
    if isinstance(previous, _LISTS):
        return False
    if isinstance(block, docutils_nodes.literal_block):
        return True
    starts = isinstance(block, docutils_nodes.bullet_list) or (
        isinstance(block, docutils_nodes.enumerated_list) and block.get("start", 1) == 1
    )
    return starts and bool(block.children and block.children[0].children)


_LISTS = (
    docutils_nodes.bullet_list,
    docutils_nodes.enumerated_list,
    docutils_nodes.definition_list,
)


def _would_join(previous: docutils_nodes.Node, block: docutils_nodes.Node) -> bool:
    if not isinstance(previous, _LISTS) or previous.__class__ is not block.__class__:
        return False
    return not (
        isinstance(block, docutils_nodes.enumerated_list)
        and (previous.get("suffix") == ")") != (block.get("suffix") == ")")
    )


def _definition_list(writer: MarkdownWriter, node: docutils_nodes.definition_list) -> str:
    items = []
    for item in node.children:
        terms = [child for child in item.children if isinstance(child, docutils_nodes.term)]
        lines = [", ".join(writer.line(term) for term in terms)]
        lines.extend(
            _indented(writer.blocks(child.children) or APART, ":   ", "    ")
            for child in item.children
            if isinstance(child, docutils_nodes.definition)
        )
        items.append("\n".join(lines))
    return "\n\n".join(items)


def _block_quote(writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
    return _indented(writer.blocks(node.children), "> ", "> ")


_ADMONITIONS: dict[type[docutils_nodes.Node], str] = {
    docutils_nodes.note: "note",
    docutils_nodes.tip: "tip",
    docutils_nodes.important: "important",
    docutils_nodes.warning: "warning",
    docutils_nodes.caution: "caution",
}


def _admonition(writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
    name = _ADMONITIONS[node.__class__]
    style = writer.style.admonitions
    inner = writer.blocks(node.children)
    starts_with_text = bool(node.children) and isinstance(
        node.children[0], docutils_nodes.paragraph
    )
    if style is Admonitions.PANDOC:
        # The end of a block is the first line of as many colons, whatever it stands in.
        runs = re.findall(r"^[ \t>]*(:{3,})", inner, re.MULTILINE)
        fence = ":" * max(3, 1 + max(map(len, runs), default=0))
        named = "".join(f" #{identifier}" for identifier in node["ids"][:1])
        return f"{fence} {{.{name}{named}}}\n{inner}\n{fence}"
    if writer.style.attributes and node["ids"]:
        inner = f"[]{{#{node['ids'][0]}}}" + ("" if starts_with_text else "\n\n") + inner
        starts_with_text = True
    if style is Admonitions.GFM:
        gap = "\n" if starts_with_text else "\n\n"
        return _indented(f"[!{name.upper()}]{gap}{inner}".rstrip("\n"), "> ", "> ")
    gap = " " if starts_with_text else "\n\n"
    return f"**{name.capitalize()}:**{gap}{inner}".rstrip()


def _container(writer: MarkdownWriter, node: docutils_nodes.Element) -> str:
    return writer.blocks(node.children)


def _footnotes(writer: MarkdownWriter, node: nodes.footnotes) -> str:
    notes = []
    for note in node.children:
        assert isinstance(note, docutils_nodes.Element)
        mark = f"[^{writer._notes}{note['names'][0]}]: "
        notes.append(_indented(writer.blocks(note.children), mark, "    "))
    return "\n\n".join(notes)


# ─── tables ───

_RULES = {"align-left": ":--", "align-center": ":-:", "align-right": "--:"}


def _table(writer: MarkdownWriter, node: docutils_nodes.table) -> str:
    heads = [row for head in node.findall(docutils_nodes.thead) for row in head.children]
    rows = [row for body in node.findall(docutils_nodes.tbody) for row in body.children]
    if not heads and not rows:
        return ""
    columns = max(len(row.children) for row in [*heads, *rows])
    # There is one row of headings, and always one.
    first, *others = [*heads, *rows] if heads else [docutils_nodes.row(), *rows]
    rules = [
        next((_RULES[name] for name in entry["classes"] if name in _RULES), "---")
        for entry in (first.children or rows[0].children)
        if isinstance(entry, docutils_nodes.Element)
    ]
    lines = [
        _row([_cell(writer, entry) for entry in first.children], columns),
        _row(rules, columns, "---"),
        *(_row([_cell(writer, entry) for entry in row.children], columns) for row in others),
    ]
    title = next(iter(node.findall(docutils_nodes.title)), None)
    if title is not None:
        lines[:0] = [f"**{writer.line(title)}**", ""]
    return "\n".join(lines)


def _row(cells: list[str], columns: int, empty: str = "") -> str:
    cells = cells + [empty] * (columns - len(cells))
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def _cell(writer: MarkdownWriter, entry: docutils_nodes.Node) -> str:
    around, writer._straight = writer._straight, True
    parts = [
        code(block.astext())
        if isinstance(block, docutils_nodes.literal_block)
        else writer.inline(block)
        for block in entry.findall(_holds_text)
    ]
    writer._straight = around
    text = _line(_BREAKS.sub("\n", " ".join(parts).strip()))
    return text.replace("|", "\\|")


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
    docutils_nodes.transition: lambda _writer, _node: "***",
    docutils_nodes.container: _container,
    nodes.footnotes: _footnotes,
}
