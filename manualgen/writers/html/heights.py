"""How high an option will be shown, estimated from its HTML.

A browser lays out the options on screen only, and takes these estimates for the others, so
that the scroll bar does not jump while a page is read. They hold for the style sheet that is
shipped, on a screen of ordinary width and on a phone. All heights are in tenths of a ``rem``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE = 16
"""A line of text."""

_SMALL_LINE = 15
"""A line of a fact."""

_CODE_LINE = 14
"""A line of a block of code in a description."""

_GAP = 8
"""The space between blocks."""


class Screen(NamedTuple):
    """How many characters a line holds on a screen.

    Attributes:
        line: the characters of a line of a description.
        text: the same where a paragraph has several lines, which break between words.
        fact, code, values: the characters of a line of facts, of code in them, and of
            enumerated values.
        name, declaration: the characters of a line of an option's name, and of a path.
        beside: how many characters a name has at most that leaves room for a declaration
            beside it.
        terms: whether the terms of a description stand beside their definitions.
    """

    line: int
    text: int
    fact: int
    code: int
    values: int
    name: int
    declaration: int
    beside: int
    terms: bool


WIDE = Screen(66, 63, 80, 70, 72, 54, 80, 46, terms=True)
NARROW = Screen(42, 39, 40, 37, 39, 28, 39, 0, terms=False)
_SCREENS = (WIDE, NARROW)


class Height(NamedTuple):
    """The height of a part of an option.

    Attributes:
        wide, narrow: its height on an ordinary screen and on a phone; 0 for a fact that stands
            on a line with others.
        inline: how many characters of a fact stand on a line with others.
    """

    wide: int
    narrow: int
    inline: int = 0


_BLOCK = re.compile(r"<(/?(?:p|li|pre|dt|dd|tr|ul|ol|dl|div|blockquote|summary|hr|br)\b[^>]*)>")
_IN_FACT = re.compile(r"<(?:p|pre|div|ul|ol|dl|blockquote|details)\b")
_VALUES = re.compile(
    r'(?:<details class="(folded[^"]*)"><summary>[^<]*</summary>)?'
    r'<ul class="values(?: width-(\d+))?">'
)
_TAG = re.compile(r"<[^>]*>")
_ENTITY = re.compile(r"&\w+;")


def _length(html: str) -> int:
    """Return how many characters a piece of HTML shows."""
    if "<" in html:
        html = _TAG.sub("", html)
    return len(_ENTITY.sub("x", html)) if "&" in html else len(html)


def _lines(length: int, screen: Screen) -> int:
    """Return how many lines a paragraph takes."""
    return 1 if length <= screen.line else max(2, -(-length // screen.text))


_BEFORE = len('<div class="option-description">')
_AFTER = len("</div>")
_AROUND = _BEFORE + _AFTER + len("<p></p>")
_FEWEST_TAGS = 4
_ONE_LINE = Height(_LINE, _LINE)


def of_description(html: str) -> Height:
    """Return the height of a description."""
    if html.count("<p") == 1 and html.endswith("</p></div>"):
        # The usual case, so without regular expressions: tags of code are most of the others.
        tags = html.count("<")
        code = html.count("<code>") if tags > _FEWEST_TAGS else 0
        length = len(html) - _AROUND - 13 * code
        if tags != _FEWEST_TAGS + 2 * code:
            length = _length(html)
        if length <= NARROW.line:
            return _ONE_LINE
        return Height(_lines(length, WIDE) * _LINE, _lines(length, NARROW) * _LINE)
    pieces = _BLOCK.split(html[_BEFORE:-_AFTER])
    return Height(*[_blocks(pieces, screen) for screen in _SCREENS])


def _blocks(pieces: list[str], screen: Screen) -> int:
    """Return the height of blocks.

    Args:
        pieces: text and, between, the tags of blocks.
        screen: the screen.
    """
    height = 0
    depth = 0
    tag = ""
    for index, piece in enumerate(pieces):
        if index % 2:
            tag = piece
            name = piece.partition(" ")[0]
            if name in {"ul", "ol", "blockquote", "dd"}:
                depth += 1
            elif name in {"/ul", "/ol", "/blockquote", "/dd"}:
                depth -= 1
            if name in {"/p", "/pre", "/dl", "hr", "/div"} or (
                name in {"/ul", "/ol"} and not depth
            ):
                height += _GAP
            elif name == "/tr":
                height += 5
        elif tag.startswith("pre"):
            height += (piece.count("\n") + 1) * _CODE_LINE
        elif piece and not piece.isspace():
            if tag.startswith("dt") and screen.terms and depth == 0:
                height += 3
                continue
            height += _lines(_length(piece) + 2 * depth, screen) * _LINE
    return height - _GAP if pieces[-2:-1] != ["/li"] else height


_LONG_WORD = 24


def of_fact(html: str) -> Height:
    """Return the height of a fact, without the text at its beginning, which shares a line."""
    block = _IN_FACT.search(html)
    start = len(html) if block is None else block.start()
    if html.startswith("<p>", start):
        block = _IN_FACT.search(html, html.index("</p>", start))
        start = len(html) if block is None else block.start()
    text = _TAG.sub(" ", html[:start])
    # A long word, such as a pattern, leaves the rest of a line empty.
    longest = max(map(len, text.split()))
    inline = _length(text) + (longest // 4 if longest > _LONG_WORD else 0)
    if block is None:
        return Height(0, 0, inline)
    rest = html[start:]
    if rest.startswith("<pre"):
        code, _, after = rest.partition("</pre>")
        lengths = [len(line) for line in _TAG.sub("", code).split("\n")]
        more = _length(after)
        wide, narrow = [
            (sum([-(-length // screen.code) or 1 for length in lengths]) - (-more // screen.fact))
            * _SMALL_LINE
            + 5
            for screen in _SCREENS
        ]
    elif _VALUES.match(rest):
        wide, narrow = [_enumeration(rest, screen) for screen in _SCREENS]
    else:
        pieces = _BLOCK.split(rest)
        wide, narrow = [_blocks(pieces, screen) for screen in _SCREENS]
    return Height(wide, narrow, inline)


def _enumeration(html: str, screen: Screen) -> int:
    """Return the height of lists of values, and of the text after the first."""
    rows = 0
    position = 0
    for match in _VALUES.finditer(html):
        end = html.find("</ul>", match.end())
        rows += -(-_length(html[position : match.start()]) // screen.fact)
        width = int(match[2]) if match[2] else screen.values
        columns = max(1, (screen.values + 2) // (width + 2))
        shown = -(-html.count("<li>", match.end(), end) // columns)
        if match[1] == "folded" or (match[1] and screen is NARROW):
            shown = min(shown, 3) + 1
        rows += shown
        position = end
    return (rows + -(-_length(html[position:]) // screen.fact)) * _SMALL_LINE


_NAME_LINE = 16
_DECLARATION_LINE = 13


def of_declarations(lengths: list[int]) -> Height:
    """Return the height of declarations below the name of their option.

    Args:
        lengths: how many characters the path of each has.

    Returns:
        The height; ``inline`` is how many lines they add where they stand beside the name.
    """
    wide, narrow = (
        sum([-(-length // screen.declaration) for length in lengths]) * _DECLARATION_LINE
        for screen in _SCREENS
    )
    return Height(wide, narrow, len(lengths) - 1)


def of_option(
    name: str, declarations: Height | None, description: Height | None, facts: list[Height]
) -> Height:
    """Return the height of an option, without its padding.

    Args:
        name: its name.
        declarations: the height of its declarations, if it has any.
        description: the height of its description, if it has one.
        facts: the heights of its facts, in order.
    """
    length = len(name)
    wide = -(-length // WIDE.name) * _NAME_LINE
    narrow = -(-length // NARROW.name) * _NAME_LINE
    if declarations is not None:
        below, narrow_below, more = declarations
        wide += more * _DECLARATION_LINE if length <= WIDE.beside else below
        narrow += narrow_below
    if description is not None:
        wide += _GAP + description[0]
        narrow += _GAP + description[1]
    if facts:
        wide += _GAP
        narrow += _GAP
        inline = 0
        for height, narrow_height, characters in facts:
            inline += characters
            if not height:
                continue
            wide += -(-inline // WIDE.fact) * _SMALL_LINE + height
            narrow += -(-inline // NARROW.fact) * _SMALL_LINE + narrow_height
            inline = 0
        wide += -(-inline // WIDE.fact) * _SMALL_LINE
        narrow += -(-inline // NARROW.fact) * _SMALL_LINE
    return Height(wide, narrow)
