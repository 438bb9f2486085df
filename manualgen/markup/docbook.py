"""DocBook → doctree: the elements of a description as docutils nodes.

A description is the inside of a ``<para>``: text and elements mixed, blocks
between the text, ``</para><para>`` where a new paragraph starts. Elements are
known by their names, in DocBook's namespace or in none.

What XML leaves open, and how it is decided here:

* **Blank lines start a paragraph** where they stand in the text of a paragraph
  itself. They are mere white space in XML; but authors wrote them to be seen:
  of the descriptions with elements in NixOS 16.09, one in eight has some. A
  blank line inside an inline element or beside a comment does not count.
* **Text stands as it is**: no typographic replacement. A new line in the source
  is a new line in the Text, runs of white space are one space, a paragraph's
  ``rawsource`` is its visible text with the source's own white space: line *i*
  of the one is line *i* of the other, and columns are the author's.
* **Verbatim elements** (``screen``, ``programlisting``, ``literallayout``, …)
  keep every space and line; only the blank lines around them go. Elements
  inside them, and inside code such as ``<filename>``, show their text.
* **Nothing from outside**: no entity but XML's five and characters by number,
  no document type, no inclusion, no address is ever opened.
"""

from __future__ import annotations

import functools
import html.entities
import re
import sys
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes
from lxml import etree

from manualgen.errors import Code, Diagnostic, nearest
from manualgen.markup import nodes
from manualgen.markup.form import VOCABULARY
from manualgen.markup.markdown import ADMONITIONS, SCHEMES
from manualgen.markup.parsed import Parsed, literally, plain_paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element as XmlElement

    Handler = Callable[["_Tree", XmlElement], None]

NAMESPACE = "http://docbook.org/ns/docbook"
"""DocBook 5's namespace; DocBook 4 has none."""

_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"

# No author's text comes near these (the longest real description has 14 kB and
# elements eight deep); a tree that deep is more than any writer can walk.
_LONGEST = 100_000
_DEEPEST = 60
_MOST_CELLS = 20_000
_MOST_SAID = 50
_LONGEST_SHOWN = 80


def parse(text: str) -> Parsed:
    """Return a DocBook text as blocks of a doctree. Never raises for any text.

    What is not well-formed is shown as it is written, below a notice.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<" not in text and "&" not in text:
        return Parsed(plain_paragraphs(text))
    if len(text) > _LONGEST:
        return _too_complex(text)
    tree = _Tree(text)
    source = _without_entities(tree, _without_control_characters(tree, text))
    try:
        root = _read(source)
    except etree.XMLSyntaxError as error:
        if _kind(error) == _RESOURCE_LIMIT:
            return _too_complex(text)
        return _ill_formed(text, error)
    try:
        tree.build(root)
    except _TooComplexError:
        return _too_complex(text)
    return tree.parsed


class _TooComplexError(Exception):
    """Elements stand in elements deeper, or tables are larger, than is read."""


# ─── text to elements ───

_PREFIXES = {
    "xlink": _XLINK,
    "xi": "http://www.w3.org/2001/XInclude",
    "db": NAMESPACE,
}
_UNDECLARED = "urn:manualgen:undeclared:"

# What libxml2 says: elements too deep or texts too long, a prefix that nothing declares.
_RESOURCE_LIMIT = 114
_UNDEFINED_PREFIX = 201

_PREFIX = re.compile(r"[</\s]([A-Za-z_][\w.-]*):", re.ASCII)


@functools.cache
def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        # Neither twice the same identifier nor one with a space is a reason to show nothing.
        collect_ids=False,
    )


def _read(source: str) -> XmlElement:
    try:
        return _wrapped(source, _PREFIXES)
    except etree.XMLSyntaxError as error:
        if _kind(error) != _UNDEFINED_PREFIX:
            raise
    used = {*_PREFIX.findall(source)} - {"xml", "xmlns"}
    declared = {prefix: _UNDECLARED + prefix for prefix in sorted(used)}
    return _wrapped(source, declared | _PREFIXES)


def _kind(error: etree.XMLSyntaxError) -> int:
    return int(getattr(error, "code", 0))


def _wrapped(source: str, prefixes: dict[str, str]) -> XmlElement:
    declarations = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in prefixes.items())
    whole = f"<root {declarations}><para>{source}</para></root>"
    return etree.fromstring(whole.encode(), _parser())


_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _without_control_characters(tree: _Tree, text: str) -> str:
    """Return the text with U+FFFD for each character that XML does not have."""
    found = _NO_CHARACTER.search(text)
    if found is None:
        return text
    tree.diagnose(
        Code.BAD_ENCODING,
        f"U+{ord(found[0]):04X} is not a character of a text; it is shown as U+FFFD",
        text.count("\n", 0, found.start()),
        found[0],
        "remove it",
    )
    return _NO_CHARACTER.sub("\ufffd", text)


_SKIPPED = r"<!--(?:.*?-->|.*)|<!\[CDATA\[(?:.*?\]\]>|.*)|<\?(?:.*?\?>|.*)"
_ENTITY = re.compile(
    rf"{_SKIPPED}|&(?:\#([0-9]+)|\#x([0-9a-fA-F]+)|([A-Za-z_][\w.-]*+));", re.DOTALL
)
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_LAST_DIGITS = 8


def _without_entities(tree: _Tree, text: str) -> str:
    """Return the text so that entities which XML alone does not have are shown as written."""
    if "&" not in text:
        return text
    said = set()

    def replace(found: re.Match[str]) -> str:
        decimal, hexadecimal, name = found.groups()
        entity = found[0]
        if found.lastindex is None or name in _OF_XML or _is_character(decimal, hexadecimal):
            return entity
        if entity not in said:
            said.add(entity)
            tree.diagnose(
                Code.REFUSED_ENTITY,
                f"`{_short(entity)}` is not an entity of XML; it is shown as it is written",
                text.count("\n", 0, found.start()) if len(said) < _MOST_SAID else 0,
                entity,
                _instead_of_entity(_short(entity)),
            )
        return f"&amp;{entity[1:]}"

    return _ENTITY.sub(replace, text)


def _is_character(decimal: str | None, hexadecimal: str | None) -> bool:
    digits = (decimal or hexadecimal or "").lstrip("0")
    if not digits or len(digits) > _LAST_DIGITS:
        return False
    number = int(digits, 10 if decimal else 16)
    return number <= sys.maxunicode and _NO_CHARACTER.match(chr(number)) is None


def _instead_of_entity(entity: str) -> str:
    character = html.entities.html5.get(entity[1:])
    if character is None:
        return f"write `&amp;{entity[1:]}` if it is text"
    numbers = "".join(f"&#{ord(part)};" for part in character)
    if character.isprintable() and not character.isspace():
        return f"write the character itself, {character}, or `{numbers}`"
    return f"write `{numbers}`"


# ─── what cannot be read ───


def _short(text: str) -> str:
    """Return a text as a message shows it: no author writes names of a thousand letters."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _too_complex(text: str) -> Parsed:
    return Parsed(
        literally(text, "This text is too long or too deeply nested to be read as markup."),
        diagnostics=[
            Diagnostic(
                code=Code.TOO_COMPLEX,
                message="the text is too long or too deeply nested to be read as DocBook",
                line=1,
                column=1,
                excerpt=text[:60].partition("\n")[0],
                help="write it shorter; long material belongs into a chapter or a file of its own",
            )
        ],
    )


_TAG_START = re.compile(r"<[A-Za-z_/!?]")


def _ill_formed(text: str, error: etree.XMLSyntaxError) -> Parsed:
    position, width, message, cure = _fault(text) or _said_by_parser(text, error)
    line = text.count("\n", 0, position)
    start = text.rfind("\n", 0, position) + 1
    why = f"This description is not well-formed DocBook (line {line + 1}); it is shown as written."
    if _TAG_START.search(text):
        blocks = literally(text, why)
    else:
        # A sentence with a bare & or <: it has no markup that could be lost.
        blocks = [nodes.notice("", why), *plain_paragraphs(text)]
    found = Diagnostic(
        code=Code.NOT_WELL_FORMED,
        message=message,
        line=line + 1,
        column=position - start + 1,
        excerpt=text[start:].partition("\n")[0],
        width=width,
        help=cure,
    )
    return Parsed(blocks, diagnostics=[found])


_Fault = tuple[int, int, str, str]
"""Where it is, how many characters wide, what is wrong, what to write instead."""

_MARKUP = re.compile(
    rf"""
      (?P<skipped> {_SKIPPED} )
    | </ (?P<end> [\w:.-]++ ) \s*+ >
    | < (?P<start> [A-Za-z_] [\w:.-]*+ )
        (?: \s++ [\w:.-]++ \s*+ = \s*+ (?: "[^"<]*+" | '[^'<]*+' ) )*+ \s*+ (?P<empty> /? ) >
    | (?P<ampersand> & (?! [\w:.-]++ ; | \#[0-9]++; | \#x[0-9a-fA-F]++; ) )
    | (?P<bare> < /? [^<>\s]*+ )
    """,
    re.VERBOSE | re.DOTALL,
)


def _fault(text: str) -> _Fault | None:
    """Return the first place where the tags of a text do not fit together.

    The parser says where it noticed, such as the end of the text; this says
    where the author has to look.
    """
    opened: list[tuple[str, int]] = [("para", -1)]
    closed = 0
    for found in _MARKUP.finditer(text):
        at, name = found.start(), found["end"]
        if found["skipped"]:
            ending = _open_ended(found["skipped"])
            if ending:
                return (at, 2, f"`{ending}` is missing", f"write `{ending}` where it ends")
        elif found["ampersand"]:
            return (at, 1, "a bare `&`", "write `&amp;` for the character &")
        elif found["bare"]:
            return _bare(at, found["bare"])
        elif found["start"] and not found["empty"]:
            opened.append((found["start"], at))
        elif name and opened and opened[-1][0] == name:
            opened.pop()
            closed = at if name == "para" and not opened else closed
        elif name:
            return _mismatch(at, found[0], name, opened)
    if not opened:
        return (
            closed,
            len("</para>"),
            "`</para>` ends the description's own paragraph, and nothing opens another",
            "remove it, or write `<para>` before what follows",
        )
    return _unclosed(*opened[-1]) if len(opened) > 1 or opened[0][0] != "para" else None


def _bare(at: int, tag: str) -> _Fault:
    shown = _short(tag)
    if tag.startswith("<!"):
        cure = "remove it: a description is the inside of a paragraph, and declares nothing"
        return (at, len(shown), f"`{shown}` declares something", cure)
    if re.match("</?[A-Za-z_]", tag):
        cure = 'write attributes as name="value", with straight quotes, or `&lt;` if it is text'
        return (at, len(shown), f"the tag that `{shown}` starts is not complete", cure)
    return (at, 1, "a bare `<`", "write `&lt;` for the character <")


def _mismatch(at: int, tag: str, name: str, opened: list[tuple[str, int]]) -> _Fault:
    if any(name == other for other, _ in opened):
        return _unclosed(*opened[-1])
    name = _short(name)
    return (
        at,
        len(tag),
        f"`</{name}>` closes nothing that is open",
        f"remove it, or open `<{name}>`",
    )


def _unclosed(name: str, at: int) -> _Fault:
    shown = _short(name)
    cure = f"write `</{shown}>` where it ends"
    if name not in VOCABULARY:
        cure = f"write `&lt;{shown}&gt;` if it is text"
    return (at, len(name) + 2, f"`<{shown}>` is not closed", cure)


_ENDINGS = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}


def _open_ended(skipped: str) -> str:
    """Return how a comment or the like should have ended, if it does not."""
    ending = next(end for start, end in _ENDINGS.items() if skipped.startswith(start))
    return "" if skipped.endswith(ending) else ending


def _said_by_parser(text: str, error: etree.XMLSyntaxError) -> _Fault:
    line = max(error.lineno or 1, 1) - 1
    lines = text.split("\n")
    position = sum(len(part) + 1 for part in lines[:line])
    message = (error.msg or "not XML").partition("\n")[0]
    message = _short(re.sub(r", line \d+, column \d+.*", "", message))
    return (
        min(position, len(text)),
        1,
        f"not well-formed XML: {message}",
        "write `&lt;` for the character <, `&amp;` for &, and close each element that is opened",
    )


# ─── elements to nodes ───

_SPACE = " \t\n"
_WHITE = frozenset(_SPACE)
_BLANK_LINES = re.compile(r"\n(?:[ \t]*+\n)++")
_LINE_ENDS = re.compile(r"[ \t]*\n[ \t\n]*")
_RUNS = re.compile(r"[ \t]{2,}|\t")


class _Running:
    """The paragraph, or other line of text, that is being written."""

    __slots__ = ("current", "depth", "node", "pending", "raw", "spaced", "started", "texts")

    def __init__(self) -> None:
        self.node: docutils_nodes.Element | None = None
        self.current: docutils_nodes.Element | None = None
        self.depth = 0
        self.raw: list[str] = []
        self.texts: list[str] = []
        self.pending = ""
        self.started = False
        self.spaced = False


class _Tree:
    """A doctree in the making: where the next node goes, and what was found on the way.

    Blocks go to ``flow``; text and inline nodes to the ``running`` paragraph,
    which is opened by the first of them and ended by the next block. White
    space waits in ``pending`` until something visible follows, so that no
    paragraph or line has any at its ends.
    """

    def __init__(self, text: str) -> None:
        self.parsed = Parsed([])
        self.lines = text.split("\n")
        self.flow: docutils_nodes.Element = docutils_nodes.container()
        self.running = _Running()
        self.ids: list[str] = []
        self.depth = 0
        self.linked = False
        self.quotes = 0
        self.footnotes: list[docutils_nodes.Element] = []
        self.footnote_labels: dict[str, str] = {}
        self.unknown: set[str] = set()

    def build(self, root: XmlElement) -> None:
        self.content(root)
        self.end_paragraph()
        if self.footnotes:
            self.flow.append(nodes.footnotes("", *self.footnotes))
        blocks = self.flow.children
        if self.ids and blocks and isinstance(blocks[-1], docutils_nodes.Element):
            self.identify(blocks[-1])
        for block in blocks:
            block.parent = None
        self.parsed.blocks = blocks

    # Walking.

    def content(self, element: XmlElement) -> None:
        if element.text:
            self.characters(element.text)
        for child in element:
            self.element(child)
            if child.tail:
                self.characters(child.tail)

    def element(self, element: XmlElement) -> None:
        tag = element.tag
        if not isinstance(tag, str):
            return  # a comment or a processing instruction
        if self.depth >= _DEEPEST:
            raise _TooComplexError
        handler = _HANDLERS.get(tag, _unknown)
        if element.attrib:
            handler = self.attributes(element, handler)
        if tag in _BLOCK_TAGS:
            if self.running.depth:
                handler = _flattened
        elif (
            len(element)
            and tag in _INLINE_TAGS
            and not self.running.depth
            and any(inner.tag in _BLOCK_TAGS for inner in element.iterdescendants())
            and handler is not _footnote
        ):
            # Not allowed, but a list inside an <emphasis> is a list.
            handler = _content
        self.depth += 1
        handler(self, element)
        self.depth -= 1

    def attributes(self, element: XmlElement, handler: Handler) -> Handler:
        identifier = element.get(f"{{{_XML}}}id") or element.get("id")
        if identifier:
            self.ids.append(identifier)
        if element.tag in _INLINE_TAGS and handler not in _LINKS and _address(element):
            # DocBook 5: any inline element can be a link.
            return lambda tree, linking: _linked(tree, linking, handler)
        return handler

    # Text.

    def characters(self, text: str) -> None:
        if self.running.depth or "\n" not in text:
            self.run(text)
            return
        first, *others = _BLANK_LINES.split(text)
        self.run(first)
        for part in others:
            self.end_paragraph()
            self.run(part)

    def run(self, text: str) -> None:
        running = self.running
        running.raw.append(text.lstrip(_SPACE) if running.spaced else text)
        self.words(text)

    def words(self, text: str) -> None:
        """Add visible text, its white space folded; a line's end stays one."""
        words = text.strip(_SPACE)
        if not words:
            if text:
                self.space(text)
            return
        if text[0] in _WHITE:
            self.space(text[: text.index(words[0])])
        running = self.opened()
        if running.pending:
            running.texts.append(running.pending)
            running.pending = ""
        if "\n" in words:
            words = _LINE_ENDS.sub("\n", words)
        running.texts.append(_RUNS.sub(" ", words))
        running.started = True
        running.spaced = False
        if text[-1] in _WHITE:
            self.space(text[text.rindex(words[-1]) + 1 :])

    def space(self, white: str) -> None:
        running = self.running
        if running.started and not running.spaced and running.pending != "\n":
            running.pending = "\n" if "\n" in white else " "

    def opened(self) -> _Running:
        running = self.running
        if running.node is None:
            running.node = running.current = docutils_nodes.paragraph()
            if self.ids:
                self.identify(running.node)
        return running

    def flush(self) -> None:
        running = self.running
        if running.texts and running.current is not None:
            running.current.append(docutils_nodes.Text("".join(running.texts)))
            running.texts.clear()

    def end_paragraph(self) -> None:
        running = self.running
        node = running.node
        if node is not None and (running.started or isinstance(node, docutils_nodes.term)):
            self.flush()
            _trim(node)
            lines = "".join(running.raw).split("\n")
            node.rawsource = "\n".join([line for line in lines if line.strip(" \t")])
            self.flow.append(node)
        if running.raw or node is not None:
            self.running = _Running()

    # Inline nodes.

    def append(self, node: docutils_nodes.Element, raw: str) -> None:
        """Add an inline node, and what it adds to the paragraph's source."""
        running = self.opened()
        running.spaced = False
        if running.pending:
            running.texts.append(running.pending)
            running.pending = ""
        self.flush()
        assert running.current is not None
        running.current.append(node)
        running.raw.append(raw)
        running.started = True
        if self.ids:
            self.identify(node)

    def open(self, node: docutils_nodes.Element) -> None:
        running = self.running
        spaced = bool(running.pending) or not running.started or running.spaced
        self.append(node, "")
        self.running.spaced = spaced
        self.running.current = node
        self.running.depth += 1

    def close(self) -> None:
        self.flush()
        running = self.running
        assert running.current is not None
        running.current = running.current.parent
        running.depth -= 1

    # Blocks.

    def enter(self, node: docutils_nodes.Element) -> None:
        self.end_paragraph()
        self.flow.append(node)
        if self.ids:
            self.identify(node)
        self.flow = node

    def leave(self) -> None:
        self.end_paragraph()
        parent = self.flow.parent
        assert isinstance(parent, docutils_nodes.Element)
        self.flow = parent

    def block(self, node: docutils_nodes.Element, element: XmlElement) -> None:
        self.enter(node)
        self.content(element)
        self.leave()

    # What is said.

    def identify(self, node: docutils_nodes.Element) -> None:
        """Give a node the identifiers that wait for one."""
        node["ids"].extend(self.ids)
        self.parsed.anchors.extend(self.ids)
        self.ids.clear()

    def diagnose(self, code: Code, message: str, line: int, excerpt: str, cure: str) -> None:
        """Add a diagnostic about the last place at or before a line where the excerpt stands."""
        if len(self.parsed.diagnostics) >= _MOST_SAID:
            return
        line = min(line, len(self.lines) - 1)
        at = next((n for n in range(line, -1, -1) if excerpt in self.lines[n]), line)
        shown = self.lines[at]
        column = max(shown.find(excerpt), 0)
        self.parsed.diagnostics.append(
            Diagnostic(
                code=code,
                message=message,
                line=at + 1,
                column=column + 1,
                excerpt=shown,
                width=max(1, min(len(excerpt), len(shown) - column)),
                help=cure,
            )
        )


def _name(element: XmlElement) -> str:
    """Return an element's name as it was written, but for DocBook's own prefix."""
    tag = str(element.tag)
    namespace, _, local = tag.rpartition("}")
    if not namespace or namespace[1:] == NAMESPACE:
        return local
    return f"{element.prefix}:{local}" if element.prefix else local


def _line(element: XmlElement) -> int:
    """Return the number of the line where an element's tag ends, counted from 0."""
    return int(getattr(element, "sourceline", None) or 1) - 1


def _children(element: XmlElement) -> Iterator[tuple[str, XmlElement]]:
    for child in element:
        if isinstance(child.tag, str):
            yield _name(child), child


def _text(element: XmlElement) -> str:
    """Return the text of an element and those inside it, as it stands."""
    if not len(element):
        return element.text or ""
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            pieces.append(_manpage_name(child) if _name(child) == "citerefentry" else _text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _folded(text: str) -> str:
    return _RUNS.sub(" ", _LINE_ENDS.sub(" ", text.strip(_SPACE)))


def _blank(element: XmlElement) -> bool:
    return not len(element) and not (element.text or "").strip(_SPACE)


def _content(tree: _Tree, element: XmlElement) -> None:
    tree.content(element)


def _phrase(tree: _Tree, element: XmlElement) -> None:
    """Show the text of an inline element that has no looks of its own."""
    if tree.ids:
        node = docutils_nodes.target()
        tree.identify(node)
        tree.open(node)
        tree.content(element)
        tree.close()
    else:
        tree.content(element)


def _trim(element: docutils_nodes.Element) -> None:
    """Take away the space that only elements without any text follow, ``a <emphasis/>``."""
    for child in reversed(element.children):
        if isinstance(child, docutils_nodes.Text):
            if child[-1] in _WHITE:
                element.replace(child, docutils_nodes.Text(child.rstrip(_SPACE)))
            return
        if isinstance(child, docutils_nodes.footnote_reference):
            return
        if isinstance(child, docutils_nodes.Element) and child.astext():
            _trim(child)
            return


def _flattened(tree: _Tree, element: XmlElement) -> None:
    """Show the text of a block that stands where only a line of text can."""
    tree.space(" ")
    tree.content(element)
    tree.space(" ")


def _nothing(_tree: _Tree, _element: XmlElement) -> None:
    pass


# Elements that are not of DocBook, and what to write instead.
_INSTEAD = {
    "a": '<link xlink:href="…">',
    "b": '<emphasis role="strong">',
    "strong": '<emphasis role="strong">',
    "i": "<emphasis>",
    "em": "<emphasis>",
    "tt": "<literal>",
    "pre": "<programlisting>",
    "kbd": "<keycap>",
    "p": "</para><para>",
    "br": "</para><para>",
    "ul": "<itemizedlist>",
    "ol": "<orderedlist>",
    "dl": "<variablelist>",
    "li": "<listitem><para>",
    "env": "<envar>",
    "file": "<filename>",
    "path": "<filename>",
    "var": "<varname>",
    "manpage": "<citerefentry>",
    "string": "<literal>",
}


def _unknown(tree: _Tree, element: XmlElement) -> None:
    name = _name(element)
    if name not in tree.unknown:
        tree.unknown.add(name)
        if len(tree.parsed.diagnostics) < _MOST_SAID:
            tree.diagnose(
                Code.UNKNOWN_ELEMENT,
                f"`<{_short(name)}>` is not an element for a description; its text is shown",
                _line(element),
                f"<{name}",
                _instead_of_element(_short(name)),
            )
    if tree.running.depth:
        _phrase(tree, element)
    else:
        tree.content(element)


def _instead_of_element(name: str) -> str:
    likely = _INSTEAD.get(name.lower())
    if likely is None:
        close = nearest(name.lower(), sorted(VOCABULARY), 0.75)
        likely = f"<{close}>" if close else None
    if likely is not None:
        return f"write `{likely}`, or `&lt;{name}&gt;` if it is text"
    return f"remove its tags, or write `&lt;{name}&gt;` if it is text"


# Code, and references.


def _code(*classes: str) -> Handler:
    def handle(tree: _Tree, element: XmlElement) -> None:
        if len(element) and any(_name(inner) in _REFERRING for inner in _elements(element)):
            _code_with_references(tree, element, classes)
            return
        text = _text(element)
        if text.isspace() and "\n" not in text:
            tree.append(docutils_nodes.literal(text, text, classes=[*classes]), text)
        else:
            _literal(tree, text, classes)

    return handle


def _elements(element: XmlElement) -> Iterator[XmlElement]:
    return (inner for inner in element.iterdescendants() if isinstance(inner.tag, str))


def _literal(tree: _Tree, text: str, classes: tuple[str, ...] = ()) -> None:
    content = _folded(text)
    if text[:1] in _WHITE:
        tree.running.raw.append(" ")
        tree.space(" ")
    if content:
        node = docutils_nodes.literal(content, content, classes=[*classes])
        tree.append(node, _LINE_ENDS.sub(" ", text.strip(_SPACE)))
        if text[-1] in _WHITE:
            tree.running.raw.append(" ")
            tree.space(" ")


def _code_with_references(tree: _Tree, element: XmlElement, classes: tuple[str, ...]) -> None:
    _literal(tree, element.text or "", classes)
    for child in element:
        tree.element(child)
        _literal(tree, child.tail or "", classes)


# `a.b`, `users.users.<name>.home`, `fileSystems."/".device`, `services.x.*`
_OPTION = re.compile(
    r"""[A-Za-z_][\w'-]*(?:\.(?:[\w'-]+|<[^<>\s]+>|\*|"[^"\n]*"|\$\{[^{}\s]+\}))+"""
)


def _option(tree: _Tree, element: XmlElement) -> None:
    # Authors marked command-line options of programs the same way: those are code.
    text = _folded(_text(element))
    if tree.linked or _OPTION.fullmatch(text) is None:
        _literal(tree, _text(element))
        return
    _refer(tree, nodes.option_reference(text, text), text)


def _refer(tree: _Tree, node: nodes.Reference, raw: str) -> None:
    tree.append(node, raw)
    tree.parsed.references.append(node)


def _manpage_name(element: XmlElement) -> str:
    parts = {name: _folded(_text(child)) for name, child in _children(element)}
    title, volume = parts.get("refentrytitle", ""), parts.get("manvolnum", "")
    if not title:
        return _folded(_text(element))
    return f"{title}({volume})" if volume else title


def _manpage(tree: _Tree, element: XmlElement) -> None:
    text = _manpage_name(element)
    if not text:
        return
    if tree.linked:
        tree.run(text)
    else:
        _refer(tree, nodes.manpage_reference(text, text), text)


def _volume(tree: _Tree, element: XmlElement) -> None:
    tree.run(f"({_folded(_text(element))})")


def _address(element: XmlElement) -> str:
    for name, value in element.attrib.items():
        if str(name).rpartition("}")[2] in {"href", "url"}:
            return str(value).strip()
    return ""


def _link(tree: _Tree, element: XmlElement) -> None:
    _linked(tree, element, _content)


def _linked(tree: _Tree, element: XmlElement, inner: Handler) -> None:
    address = _address(element)
    target = element.get("linkend") or (address[1:] if address.startswith("#") else "")
    if tree.linked or not (address or target):
        _phrase(tree, element) if inner is _content else inner(tree, element)
        return
    if target:
        reference = nodes.cross_reference(target=target)
        tree.parsed.references.append(reference)
        _open_link(tree, element, inner, reference, "")
    elif _is_safe(address):
        _open_link(tree, element, inner, docutils_nodes.reference(refuri=address), address)
    else:
        _refuse_link(tree, element, inner, address)


_SCHEME = re.compile(r"[^/?#]*?:")


def _is_safe(address: str) -> bool:
    found = _SCHEME.match(address)
    return found is None or found[0][:-1].lower() in SCHEMES


def _open_link(
    tree: _Tree,
    element: XmlElement,
    inner: Handler,
    node: docutils_nodes.Element,
    shown: str,
) -> None:
    """Add a link; where the element has no text, it shows what is given, or nothing yet."""
    tree.open(node)
    tree.linked = True
    if not _blank(element):
        inner(tree, element)
    elif shown:
        tree.run(shown)
    else:
        tree.running.raw.append(node["target"])
        tree.running.spaced = False
    tree.linked = False
    tree.close()


def _refuse_link(tree: _Tree, element: XmlElement, inner: Handler, address: str) -> None:
    scheme = address.partition(":")[0]
    tree.diagnose(
        Code.UNSAFE_LINK,
        f"`{_short(scheme)}:` is no scheme that manuals link to",
        _line(element),
        address,
        f"write `<literal>{_short(address)}</literal>`, or link with https:",
    )
    tree.open(docutils_nodes.inline(classes=["unsafe-link"]))
    inner(tree, element)
    tree.run(address if _blank(element) else f" ({address})")
    tree.close()


def _cross_reference(tree: _Tree, element: XmlElement) -> None:
    target = element.get("linkend") or element.get("targetptr") or ""
    if not target:
        _linked(tree, element, _content)
    elif not tree.linked:
        node = nodes.cross_reference(target=target)
        tree.parsed.references.append(node)
        _open_link(tree, element, _content, node, "")
    elif _blank(element):
        tree.run(target)
    else:
        tree.content(element)


def _uri(tree: _Tree, element: XmlElement) -> None:
    address = _folded(_text(element))
    if re.match(r"[A-Za-z][\w+.-]*:", address) and _is_safe(address):
        _autolink(tree, address, address)
    else:
        _literal(tree, address)


def _email(tree: _Tree, element: XmlElement) -> None:
    address = _folded(_text(element))
    _autolink(tree, f"mailto:{address}", address)


def _autolink(tree: _Tree, address: str, shown: str) -> None:
    if not shown:
        return
    if tree.linked:
        tree.run(shown)
        return
    tree.open(docutils_nodes.reference(refuri=address))
    tree.run(shown)
    tree.close()


# Other inline elements.


def _inline(kind: type[docutils_nodes.Element]) -> Handler:
    def handle(tree: _Tree, element: XmlElement) -> None:
        if _blank(element):
            tree.content(element)
            return
        tree.open(kind())
        tree.content(element)
        tree.close()

    return handle


_emphasized = _inline(docutils_nodes.emphasis)
_strong = _inline(docutils_nodes.strong)


def _emphasis(tree: _Tree, element: XmlElement) -> None:
    handler = _strong if element.get("role") in {"strong", "bold"} else _emphasized
    handler(tree, element)


_QUOTES = (("“", "”"), ("\u2018", "\u2019"))


def _quote(tree: _Tree, element: XmlElement) -> None:
    opening, closing = _QUOTES[tree.quotes % 2]
    tree.quotes += 1
    tree.run(opening)
    _phrase(tree, element)
    tree.run(closing)
    tree.quotes -= 1


def _key(tree: _Tree, element: XmlElement) -> None:
    label = _folded(_text(element))
    if label:
        tree.append(nodes.key("", label), label)


def _joined(separator: str) -> Handler:
    def handle(tree: _Tree, element: XmlElement) -> None:
        for number, (_, part) in enumerate(_parts(element)):
            if number:
                tree.run(separator)
            _show(tree, part)

    return handle


def _anchor(tree: _Tree, _element: XmlElement) -> None:
    if tree.ids:
        node = docutils_nodes.target()
        tree.identify(node)
        tree.append(node, "")


def _footnote(tree: _Tree, element: XmlElement) -> None:
    label = str(len(tree.footnotes) + 1)
    note = docutils_nodes.footnote(names=[label])
    tree.footnotes.append(note)
    for identifier in tree.ids:
        tree.footnote_labels[identifier] = label
    if tree.ids:
        tree.identify(note)
    tree.append(docutils_nodes.footnote_reference(refid=label), "")
    outside = (tree.flow, tree.running, tree.linked)
    tree.flow, tree.running, tree.linked = note, _Running(), False
    tree.content(element)
    tree.end_paragraph()
    tree.flow, tree.running, tree.linked = outside


def _footnote_again(tree: _Tree, element: XmlElement) -> None:
    label = tree.footnote_labels.get(element.get("linkend") or "")
    if label:
        tree.append(docutils_nodes.footnote_reference(refid=label), "")


# Blocks.


def _paragraph(tree: _Tree, element: XmlElement) -> None:
    tree.end_paragraph()
    tree.content(element)
    tree.end_paragraph()


def _title(tree: _Tree, element: XmlElement) -> None:
    """Show a block's title as a line in bold above it."""
    tree.end_paragraph()
    if _blank(element):
        return
    tree.opened()
    assert tree.running.node is not None
    tree.running.node["classes"].append("heading")
    _strong(tree, element)
    tree.end_paragraph()


def _opens(kind: type[docutils_nodes.Element]) -> Handler:
    def handle(tree: _Tree, element: XmlElement) -> None:
        tree.block(kind(), element)

    return handle


def _verbatim(tree: _Tree, element: XmlElement) -> None:
    _show_verbatim(tree, _text(element), element.get("language") or "")


def _show_verbatim(tree: _Tree, text: str, language: str) -> None:
    lines = text.split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    while lines and not lines[-1].strip():
        del lines[-1]
    if lines:
        shown = "\n".join(lines).rstrip()
        tree.enter(docutils_nodes.literal_block(shown, shown, language=language))
        tree.leave()


def _command_synopsis(tree: _Tree, element: XmlElement) -> None:
    _show_verbatim(tree, " ".join(_synopsis(element)), "")


_CHOICES = {"req": "{{{}}}", "plain": "{}", "opt": "[{}]"}


def _synopsis(element: XmlElement) -> Iterator[str]:
    """Yield the words of a command's synopsis, as a manual page writes them."""
    if element.text and element.text.strip():
        yield _folded(element.text)
    for name, child in _children(element):
        if name in {"arg", "group"}:
            words = (" | " if name == "group" else " ").join(_synopsis(child))
            choice = _CHOICES.get(child.get("choice") or "opt", "[{}]")
            yield choice.format(words) + ("..." if child.get("rep") == "repeat" else "")
        elif name == "sbr":
            yield "\n"
        else:
            yield _folded(_text(child))
        if child.tail and child.tail.strip():
            yield _folded(child.tail)


# Lists.


def _bullet_list(tree: _Tree, element: XmlElement) -> None:
    _list(tree, element, docutils_nodes.bullet_list(bullet="-"))


_NUMERATIONS = frozenset({"arabic", "loweralpha", "upperalpha", "lowerroman", "upperroman"})


def _ordered_list(tree: _Tree, element: XmlElement) -> None:
    numeration = element.get("numeration") or "arabic"
    start = element.get("startingnumber") or "1"
    node = docutils_nodes.enumerated_list(
        enumtype=numeration if numeration in _NUMERATIONS else "arabic",
        prefix="",
        suffix=".",
        start=int(start) if re.fullmatch("[0-9]{1,9}", start) else 1,
    )
    _list(tree, element, node)


def _list(tree: _Tree, element: XmlElement, node: docutils_nodes.Element) -> None:
    _titles(tree, element)
    tree.enter(node)
    for name, part in _parts(element):
        if name in _ITEMS and not isinstance(part, str):
            tree.element(part)
        elif name not in _TITLES:
            # Not allowed, but an author has written it: it is as good as an item.
            tree.enter(docutils_nodes.list_item())
            _show(tree, part)
            tree.leave()
    tree.leave()
    if not node.children:
        tree.flow.remove(node)
    elif element.get("spacing") == "compact" or _is_tight(element, node):
        node["classes"].append("tight")


def _parts(element: XmlElement) -> Iterator[tuple[str, XmlElement | str]]:
    """Yield the elements inside one, with their names, and visible text beside them."""
    if element.text and element.text.strip():
        yield "", element.text
    for child in element:
        if isinstance(child.tag, str):
            yield _name(child), child
        if child.tail and child.tail.strip():
            yield "", child.tail


def _show(tree: _Tree, part: XmlElement | str) -> None:
    if isinstance(part, str):
        tree.characters(part)
    else:
        tree.element(part)


def _is_tight(element: XmlElement, node: docutils_nodes.Element) -> bool:
    """Whether a list was written without blank lines: each item one paragraph, line by line."""
    between = [child.tail or "" for child in element][:-1]
    return not any(_BLANK_LINES.search(white) for white in between) and all(
        sum(isinstance(block, docutils_nodes.paragraph) for block in item.children) <= 1
        for item in node.children
    )


def _titles(tree: _Tree, element: XmlElement) -> None:
    tree.end_paragraph()
    for name, child in _children(element):
        if name in _TITLES:
            tree.element(child)


def _item(tree: _Tree, element: XmlElement) -> None:
    if isinstance(tree.flow, (docutils_nodes.bullet_list, docutils_nodes.enumerated_list)):
        tree.block(docutils_nodes.list_item(), element)
    else:
        _paragraph(tree, element)


def _simple_list(tree: _Tree, element: XmlElement) -> None:
    if element.get("type") != "inline":
        _list(tree, element, docutils_nodes.bullet_list(bullet="-"))
        return
    for number, (_, part) in enumerate(_parts(element)):
        if number:
            tree.run(", ")
        if isinstance(part, str):
            tree.run(part)
        else:
            tree.content(part)


def _definition_list(tree: _Tree, element: XmlElement) -> None:
    _titles(tree, element)
    node = docutils_nodes.definition_list()
    tree.enter(node)
    for name, part in _parts(element):
        if name == "varlistentry":
            _show(tree, part)
        elif name not in _TITLES:
            tree.enter(docutils_nodes.definition_list_item("", docutils_nodes.term()))
            tree.enter(docutils_nodes.definition())
            _show(tree, part)
            tree.leave()
            tree.leave()
    tree.leave()
    if not node.children:
        tree.flow.remove(node)


def _entry(tree: _Tree, element: XmlElement) -> None:
    """Add an entry of a definition list: terms, then what they mean."""
    if not isinstance(tree.flow, docutils_nodes.definition_list):
        _paragraph(tree, element)
        return
    item = docutils_nodes.definition_list_item()
    tree.enter(item)
    meaning = []
    for name, part in _parts(element):
        if name == "term":
            _show(tree, part)
        else:
            meaning.append(part)
    if not item.children:
        item.append(docutils_nodes.term())
    tree.enter(docutils_nodes.definition())
    for part in meaning:
        _show(tree, part)
    tree.leave()
    tree.leave()


def _term(tree: _Tree, element: XmlElement) -> None:
    if not isinstance(tree.flow, docutils_nodes.definition_list_item):
        _paragraph(tree, element)
        return
    tree.end_paragraph()
    running = tree.running
    running.node = running.current = docutils_nodes.term()
    running.depth = 1
    running.raw.append("")
    if tree.ids:
        tree.identify(running.node)
    tree.content(element)
    running.depth = 0
    tree.end_paragraph()


# Tables: DocBook's own (CALS) and HTML's.

_TABLE_PARTS: dict[str, type[docutils_nodes.Element]] = {
    "thead": docutils_nodes.thead,
    "tbody": docutils_nodes.tbody,
    "tfoot": docutils_nodes.tbody,
}


def _table(tree: _Tree, element: XmlElement) -> None:
    _titles(tree, element)
    table, group = docutils_nodes.table(), docutils_nodes.tgroup(cols=0)
    tree.enter(table)
    tree.enter(group)
    _rows(tree, element, _TITLES)
    tree.leave()
    tree.leave()
    if not _square(group):
        tree.flow.remove(table)


def _rows(tree: _Tree, element: XmlElement, shown: frozenset[str]) -> None:
    for name, part in _parts(element):
        if name == "tgroup" and not isinstance(part, str):
            _rows(tree, part, frozenset())
        elif name in _TABLE_PARTS and not isinstance(part, str):
            _open_part(tree, _TABLE_PARTS[name])
            for inner_name, inner in _parts(part):
                _row(tree, inner_name, inner)
            tree.leave()
        elif name not in shown and name not in _COLUMNS:
            _open_part(tree, docutils_nodes.tbody)
            _row(tree, name, part)
            tree.leave()


def _open_part(tree: _Tree, part: type[docutils_nodes.Element]) -> None:
    """Go on with the last part of the table if it is of the same kind, else open one."""
    last = tree.flow.children[-1] if tree.flow.children else None
    if isinstance(last, part):
        tree.end_paragraph()
        tree.flow = last
    else:
        tree.enter(part())


def _row(tree: _Tree, name: str, part: XmlElement | str) -> None:
    tree.enter(docutils_nodes.row())
    if name in _ROWS and not isinstance(part, str):
        for inner_name, inner in _parts(part):
            _cell(tree, inner_name, inner)
    elif name not in _COLUMNS:
        # Not allowed, but an author has written it: it is as good as a row of one cell.
        _cell(tree, name, part)
    tree.leave()


def _cell(tree: _Tree, name: str, part: XmlElement | str) -> None:
    cell = docutils_nodes.entry()
    tree.enter(cell)
    if name in _CELLS and not isinstance(part, str):
        if part.get("align") in {"left", "center", "right"}:
            cell["classes"].append(f"align-{part.get('align')}")
        tree.content(part)
    else:
        _show(tree, part)
    tree.leave()


def _square(group: docutils_nodes.Element) -> bool:
    """Give each row of a table the same number of cells, and the table its columns.

    Returns whether it has any.
    """
    rows = [
        row
        for part in group.children
        for row in part.children
        if isinstance(row, docutils_nodes.row)
    ]
    columns = max((len(row.children) for row in rows), default=0)
    if columns * len(rows) > _MOST_CELLS:
        raise _TooComplexError
    for row in rows:
        row.extend(docutils_nodes.entry() for _ in range(columns - len(row.children)))
    group["cols"] = columns
    for _ in range(columns):
        group.insert(0, docutils_nodes.colspec(colwidth=1))
    return columns > 0


# ─── the tables ───

_TITLES = frozenset({"title", "subtitle", "titleabbrev", "caption", "info", "blockinfo"})
_ITEMS = frozenset({"listitem", "step", "member"})
_ROWS = frozenset({"row", "tr"})
_CELLS = frozenset({"entry", "td", "th"})
_COLUMNS = frozenset({"col", "colgroup", "colspec", "spanspec"})
_REFERRING = frozenset(
    {"link", "ulink", "xref", "olink", "citerefentry", "footnote", "footnoteref", "anchor", "email"}
)

_BLOCKS: dict[str, Handler] = {
    **dict.fromkeys(("para", "simpara", "formalpara"), _paragraph),
    **dict.fromkeys(("example", "informalexample", "figure", "informalfigure"), _paragraph),
    **dict.fromkeys(("title", "subtitle", "caption"), _title),
    **dict.fromkeys(("info", "blockinfo"), _content),
    **dict.fromkeys(("programlisting", "screen", "literallayout", "synopsis"), _verbatim),
    "cmdsynopsis": _command_synopsis,
    "blockquote": _opens(docutils_nodes.block_quote),
    "attribution": _paragraph,
    **{name: _opens(kind) for name, kind in ADMONITIONS.items()},
    "itemizedlist": _bullet_list,
    "simplelist": _simple_list,
    **dict.fromkeys(("orderedlist", "procedure", "substeps"), _ordered_list),
    **dict.fromkeys(sorted(_ITEMS), _item),
    "variablelist": _definition_list,
    "varlistentry": _entry,
    "term": _term,
    **dict.fromkeys(("table", "informaltable"), _table),
}
_INLINES: dict[str, Handler] = {
    **dict.fromkeys(("literal", "code", "constant", "function", "type", "symbol"), _code()),
    **dict.fromkeys(("userinput", "computeroutput", "prompt", "package"), _code()),
    **dict.fromkeys(("systemitem", "classname", "markup", "tag", "sgmltag"), _code()),
    **dict.fromkeys(("property", "token", "errorname", "errortext", "hardware"), _code()),
    "command": _code("command"),
    "filename": _code("file"),
    **dict.fromkeys(("varname", "parameter", "replaceable"), _code("var")),
    "envar": _code("env"),
    "option": _option,
    **dict.fromkeys(("link", "ulink"), _link),
    **dict.fromkeys(("xref", "olink"), _cross_reference),
    "citerefentry": _manpage,
    "manvolnum": _volume,
    "uri": _uri,
    "email": _email,
    "emphasis": _emphasis,
    **dict.fromkeys(("firstterm", "citetitle", "foreignphrase", "wordasword"), _emphasized),
    "quote": _quote,
    **dict.fromkeys(("keycap", "keycode", "keysym", "mousebutton"), _key),
    "keycombo": _joined("+"),
    "menuchoice": _joined(" → "),
    **dict.fromkeys(("phrase", "application", "productname", "productnumber"), _phrase),
    **dict.fromkeys(("acronym", "abbrev", "trademark", "refentrytitle"), _phrase),
    **dict.fromkeys(("guibutton", "guiicon", "guilabel", "guimenu"), _phrase),
    **dict.fromkeys(("guimenuitem", "guisubmenu", "database", "date", "orgname"), _phrase),
    **dict.fromkeys(("superscript", "subscript"), _phrase),
    "footnote": _footnote,
    "footnoteref": _footnote_again,
    "anchor": _anchor,
    **dict.fromkeys(("titleabbrev", "indexterm"), _nothing),
}
_LINKS = frozenset({_link, _cross_reference})


def _in_both(handlers: dict[str, Handler]) -> Iterator[tuple[str, Handler]]:
    for name, handler in handlers.items():
        yield name, handler
        yield f"{{{NAMESPACE}}}{name}", handler


_HANDLERS: dict[str, Handler] = dict(_in_both(_BLOCKS | _INLINES))
_BLOCK_TAGS = frozenset(tag for tag, _ in _in_both(_BLOCKS))
_INLINE_TAGS = frozenset(tag for tag, _ in _in_both(_INLINES))
