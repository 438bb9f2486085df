"""Detects the markup of descriptions: Markdown, DocBook, or none."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VOCABULARY = frozenset(
    [
        "abbrev",
        "acronym",
        "anchor",
        "application",
        "attribution",
        "blockinfo",
        "blockquote",
        "caption",
        "caution",
        "citerefentry",
        "citetitle",
        "classname",
        "cmdsynopsis",
        "code",
        "command",
        "computeroutput",
        "constant",
        "database",
        "date",
        "email",
        "emphasis",
        "entry",
        "envar",
        "errorname",
        "errortext",
        "example",
        "figure",
        "filename",
        "firstterm",
        "footnote",
        "footnoteref",
        "foreignphrase",
        "formalpara",
        "function",
        "guibutton",
        "guiicon",
        "guilabel",
        "guimenu",
        "guimenuitem",
        "guisubmenu",
        "hardware",
        "important",
        "indexterm",
        "info",
        "informalexample",
        "informalfigure",
        "informaltable",
        "itemizedlist",
        "keycap",
        "keycode",
        "keycombo",
        "keysym",
        "link",
        "listitem",
        "literal",
        "literallayout",
        "manvolnum",
        "markup",
        "member",
        "menuchoice",
        "mousebutton",
        "note",
        "olink",
        "option",
        "orderedlist",
        "orgname",
        "package",
        "para",
        "parameter",
        "phrase",
        "procedure",
        "productname",
        "productnumber",
        "programlisting",
        "prompt",
        "property",
        "quote",
        "refentrytitle",
        "replaceable",
        "row",
        "screen",
        "sgmltag",
        "simpara",
        "simplelist",
        "step",
        "subscript",
        "substeps",
        "subtitle",
        "superscript",
        "symbol",
        "synopsis",
        "systemitem",
        "table",
        "tag",
        "tbody",
        "term",
        "tgroup",
        "thead",
        "tip",
        "title",
        "titleabbrev",
        "token",
        "trademark",
        "type",
        "ulink",
        "uri",
        "userinput",
        "variablelist",
        "varlistentry",
        "varname",
        "warning",
        "wordasword",
        "xref",
    ]
)
"""The names of the DocBook elements that are known.

They are here, apart from their handlers, because most sets are Markdown, and
detecting that must not load an XML parser.
"""

BLOCKS = frozenset(
    [
        *("blockinfo", "caution", "example", "formalpara", "important", "informalexample"),
        *("informalfigure", "informaltable", "itemizedlist", "listitem", "literallayout"),
        *("member", "note", "orderedlist", "para", "procedure", "programlisting", "row"),
        *("screen", "simpara", "simplelist", "step", "tbody", "term", "tgroup", "thead", "tip"),
        *("variablelist", "varlistentry", "warning"),
    ]
)
"""The block elements, which HTML does not have: nobody writes them in Markdown."""

# These are elements of HTML too, which Markdown's authors write now and then.
_OF_HTML = frozenset({"caption", "code", "command", "figure", "link", "option", "table", "title"})
_ALONE = frozenset({"anchor", "link", "olink", "ulink", "xref"})
# Of any name: the names of all elements would take longer to compile than many texts to read.
_TAG = re.compile(r"<(/?)(?:[a-z]+:)?([a-z][a-z0-9]*)(?=[\s/>])([^<>]*)>")
_TICKS = re.compile("`++")
_MARKDOWN = re.compile(r"`|\]\(|\]\[|<https?://|\*\*\w|^(?:#+ |:::)", re.MULTILINE)

_EVIDENCE = re.compile(
    r"""
      ^[ ]{0,3} (?: ``` | ~~~ | :{3,}[ ]*\{ )    # a fence
    | \{[a-z]++\}`                             # a role
    | \]\( | \]\{[\#.] | <https?://           # a link, an anchor
    | \*\*\w[^*\n]*+\*\*                       # strong
    | ^[ |]*+ :?-{3,}:? [ ]*+ \| [ ]*+ [:-]     # a table
    """,
    re.VERBOSE | re.MULTILINE,
)
_MARKS = ("`", "](", "]{", "<http", "**", "~~~", ":::", "|")
"""What evidence of Markdown contains."""
_CODE_SPAN = re.compile(r"`(?:[^`\n]|\n(?!\s*\n))+`")
_QUOTED = re.compile(r"(?<![\w`])`(?=[^\s`'])[^`'\n]*[^`'\s]'(?![\w`'])")
r"""Matches a quotation as GNU's programs write it: ``\`a'``."""


class Form(enum.Enum):
    """What the form of a text is, by its own evidence."""

    MARKDOWN = enum.auto()
    """It has code in backticks, roles, fences or links; it may have tags of DocBook too."""
    DOCBOOK = enum.auto()
    """It has inline elements of DocBook."""
    DOCBOOK_BLOCKS = enum.auto()
    """It has block elements of DocBook, so that it cannot be anything else."""
    PLAIN = enum.auto()
    """It has neither."""


def form_of(text: str) -> Form:
    """Return the form of a text, by its own evidence.

    An element of DocBook counts if it is both opened and closed (or empty, as
    ``<xref linkend="…"/>``, or if ``</para>`` divides the text), outside code in backticks. A
    placeholder such as ``<option>``, which nothing closes, and entities are not enough.
    """
    if "<" not in text:
        return Form.MARKDOWN if is_markdown(text) else Form.PLAIN
    elements: set[str] = set()
    if may_have_elements(text):
        has_quotes = "`" in text and _QUOTED.search(text) is not None
        elements = _elements(text if has_quotes else " ".join(_outside_code(text)))
    if elements & BLOCKS:
        return Form.DOCBOOK_BLOCKS
    if is_markdown(text):
        return Form.MARKDOWN
    return Form.DOCBOOK if elements else Form.PLAIN


def may_have_elements(text: str) -> bool:
    """Return whether a text has a tag of an element of DocBook, be it in code."""
    return "<" in text and any(tag[1] in VOCABULARY for tag in _TAG.findall(text))


def is_markdown(text: str) -> bool:
    """Return whether a text has code, roles, fences, links or tables as only Markdown has them."""
    # Most texts have none of these, and that is found out faster so.
    if not any(mark in text for mark in _MARKS):
        return False
    if _EVIDENCE.search(text) is not None:
        return True
    return "`" in text and _QUOTED.search(text) is None and _CODE_SPAN.search(text) is not None


def looks_like_docbook(text: str) -> bool:
    """Return whether a description looks like DocBook, for the majority of its set.

    As in :func:`form_of`; but elements that HTML has too, such as ``<code>``, count only where
    nothing looks like Markdown.
    """
    if "<" not in text:
        return False
    elements = elements_outside_code(text)
    return bool(elements - _OF_HTML) or (bool(elements) and not looks_like_markdown(text))


def elements_outside_code(text: str) -> set[str]:
    """Return the names of the elements that a Markdown text opens and closes outside code."""
    return _elements(" ".join(_outside_code(text)) if "`" in text else text)


def _elements(text: str) -> set[str]:
    """Return the names of the elements that a text opens and closes."""
    tags = [tag for tag in _TAG.findall(text) if tag[1] in VOCABULARY]
    opened = {name for closing, name, rest in tags if not closing and not rest.endswith("/")}
    closed = {name for closing, name, _ in tags if closing and (name in opened or name == "para")}
    return closed | {
        name
        for closing, name, rest in tags
        if name in _ALONE and rest.endswith("/") and "=" in rest
    }


def looks_like_markdown(text: str) -> bool:
    """Return whether a description has something that is markup only in Markdown."""
    return _MARKDOWN.search(text) is not None


def code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each code span and fenced block of a Markdown text."""
    runs = [match.span() for match in _TICKS.finditer(text)]
    closing: dict[int, int] = {}  # number of a run → number of the next as long
    latest: dict[int, int] = {}
    for number in range(len(runs) - 1, -1, -1):
        start, end = runs[number]
        if end - start in latest:
            closing[number] = latest[end - start]
        latest[end - start] = number
    number = 0
    while number < len(runs):
        other = closing.get(number)
        if other is not None:
            yield runs[number][0], runs[other][1]
            number = other
        number += 1


def _outside_code(text: str) -> list[str]:
    """Return the pieces of a Markdown text between its code."""
    pieces, after = [], 0
    for start, end in code_spans(text):
        pieces.append(text[after:start])
        after = end
    return [*pieces, text[after:]]


def set_is_docbook(texts: Iterable[str]) -> bool:
    """Return whether a set has more DocBook than Markdown.

    That decides about texts without any evidence only. A plain description of such a set is
    plain text, so that its ``- none: …`` is not a Markdown list and ``foo_bar_baz`` has no emphasis.

    Args:
        texts: the descriptions that do not state their markup (``"_type": "mdDoc"``).
    """
    others = []
    docbook = 0
    for text in texts:
        if looks_like_docbook(text):
            docbook += 1
        else:
            others.append(text)
    markdown = 0
    # Most sets have next to no DocBook; then a few texts are enough to decide.
    for text in others if docbook else ():
        markdown += looks_like_markdown(text)
        if markdown >= docbook:
            return False
    return docbook > 0
