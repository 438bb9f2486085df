"""Detects the markup of descriptions: Markdown or DocBook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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

# These are elements of HTML too, which Markdown's authors write now and then.
_OF_HTML = frozenset({"caption", "code", "command", "figure", "link", "option", "table", "title"})
_ALONE = frozenset({"anchor", "link", "olink", "ulink", "xref"})
_ELEMENT = re.compile(rf"<(/?)(?:[a-z]+:)?({'|'.join(sorted(VOCABULARY))})(?=[\s/>])([^<>]*)>")
_TICKS = re.compile("`++")
_MARKDOWN = re.compile(r"`|\]\(|\]\[|<https?://|\*\*\w|^(?:#+ |:::)", re.MULTILINE)
_FEW = 100


def looks_like_docbook(text: str) -> bool:
    """Return whether a description, by itself, looks like DocBook.

    It does if a DocBook element is both opened and closed (or empty, as
    ``<xref linkend="…"/>``, or if ``</para>`` divides the text), outside code in
    backticks. Elements that HTML has too, such as ``<code>``, count only where
    nothing looks like Markdown. A placeholder such as ``<option>``, which
    nothing closes, and entities are not enough.

    A text without markup looks like neither. How the texts of a set are read is
    decided by the whole set, see :func:`reads_as_docbook`.
    """
    if "<" not in text:
        return False
    tags = _ELEMENT.findall(_outside_code(text) if "`" in text else text)
    opened = {name for closing, name, rest in tags if not closing and not rest.endswith("/")}
    matched = {name for closing, name, _ in tags if closing and (name in opened or name == "para")}
    matched |= {
        name
        for closing, name, rest in tags
        if name in _ALONE and rest.endswith("/") and "=" in rest
    }
    return bool(matched - _OF_HTML) or (bool(matched) and not looks_like_markdown(text))


def looks_like_markdown(text: str) -> bool:
    """Return whether a description has something that is markup only in Markdown."""
    return _MARKDOWN.search(text) is not None


def _outside_code(text: str) -> str:
    """Return a Markdown text without its code spans."""
    runs = [match.span() for match in _TICKS.finditer(text)]
    closing: dict[int, int] = {}  # number of a run → number of the next as long
    latest: dict[int, int] = {}
    for number in range(len(runs) - 1, -1, -1):
        start, end = runs[number]
        if end - start in latest:
            closing[number] = latest[end - start]
        latest[end - start] = number
    pieces, after, number = [], 0, 0
    while number < len(runs):
        other = closing.get(number)
        if other is not None:
            pieces.append(text[after : runs[number][0]])
            after = runs[other][1]
            number = other
        number += 1
    return " ".join([*pieces, text[after:]])


def reads_as_docbook(texts: Iterable[str]) -> Callable[[str], bool]:
    """Return the function that decides which descriptions of a set are read as DocBook.

    * More DocBook than Markdown: all of them. A plain description of such a set
      is plain text, so that its ``- none: …`` is not a Markdown list and
      ``foo_bar_baz`` has no emphasis.
    * Fewer than one DocBook description for a hundred of Markdown: none. Those
      few are slips, which other renderers of the set show as text too.
    * Between the two: those that look like it.

    Args:
        texts: the descriptions that do not state their markup (``"_type": "mdDoc"``).

    Returns:
        Whether one of these descriptions is to be read as DocBook.
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
        if markdown > docbook * _FEW:
            break
    if docbook > markdown:
        return lambda _text: True
    if docbook * _FEW < markdown or not docbook:
        return lambda _text: False
    return looks_like_docbook


def set_is_docbook(texts: Iterable[str]) -> bool:
    """Return whether a set as a whole is DocBook: it has more of it than of Markdown."""
    return reads_as_docbook(texts)("")
