"""DocBook's block elements in Markdown: replaced by the Markdown that means the same.

A text may have code in backticks, roles or links, and ``<note>``, ``<itemizedlist>`` or
``<programlisting>`` left over from before 2022. DocBook's parser would show the backticks, so the
tags of blocks are replaced before the text is read as Markdown; those of inline elements are
understood there (:mod:`manualgen.markup.docbook_tags`).
"""

from __future__ import annotations

import bisect
import html
import re
from typing import NamedTuple

from manualgen.markup import detect, docbook_tags, nodes
from manualgen.options.model import with_line_feeds

_ADMONITIONS = frozenset(nodes.ADMONITIONS)
_LISTS = frozenset({"itemizedlist", "orderedlist", "simplelist", "variablelist", "procedure"})
_ITEMS = frozenset({"listitem", "member", "step", "varlistentry", "term"})
_PARAGRAPHS = frozenset({"para", "simpara", "informalexample"})
_VERBATIM = frozenset({"programlisting", "screen", "literallayout"})
_UNDERSTOOD = _ADMONITIONS | _LISTS | _ITEMS | _PARAGRAPHS | _VERBATIM | {"title"}
_INLINE = docbook_tags.ELEMENTS | {"refentrytitle", "manvolnum"}
_BLOCKS = detect.BLOCKS | {"title"}
_NAMES = "|".join(sorted(_BLOCKS))
_TAG = re.compile(rf"<(/?)(?:db:)?({_NAMES})(?=[\s/>])([^<>]*)>")
_LANGUAGE = re.compile(r"""\slanguage\s*=\s*["']([\w+-]+)["']""")
_LITERAL = re.compile(
    r"<(literal|code|command|filename|userinput|computeroutput)>[^<>]*</\1>", re.DOTALL
)
_INNER_TAG = re.compile(r"</?[a-z:]+(?:\s[^<>]*)?>")
_DEEPEST = 24


class _Tag(NamedTuple):
    """A tag of a block element, or the end of the text.

    Attributes:
        before: the text since the tag before it.
        name: the element; "" for the end of the text.
        closing: whether it is an end tag.
        attributes: the source of its attributes.
        listing: the content of a listing, of which there is no end tag; None of other elements.
    """

    before: str
    name: str = ""
    closing: bool = False
    attributes: str = ""
    listing: str | None = None


class _NestingError(Exception):
    """The tags are not nested as those of DocBook, or are of elements such as tables."""


def as_markdown(text: str) -> str | None:
    """Return a Markdown text with Markdown for the tags of DocBook's block elements.

    Returns:
        The text; None if it is no Markdown, or has block elements that are not understood.
    """
    text = with_line_feeds(text)
    if not detect.is_markdown(text):
        return None
    tags = _tags(text)
    if tags is None:
        return None
    translation = _Translation(_admonition_depth(tags))
    try:
        for tag in tags:
            translation.text(tag.before)
            if tag.listing is not None:
                translation.listing(tag.listing, tag.attributes)
            elif tag.name:
                translation.tag(tag.name, closing=tag.closing)
    except _NestingError:
        return None
    return "\n".join(translation.lines).strip("\n") if not translation.open else None


def _tags(text: str) -> list[_Tag] | None:
    """Return the tags of block elements outside code, and last the end of the text.

    Returns:
        The tags; None if the text has nothing of Markdown outside code of DocBook, if a listing
        does not end, or if elements are empty, or of other kinds.
    """
    listings = _listings(text)
    if listings is None:
        return None
    pieces: list[str] = []
    after = 0
    for start, end in listings:
        pieces += (text[after:start], " " * (end - start))
        after = end
    prose = "".join([*pieces, text[after:]])
    if not detect.is_markdown(_LITERAL.sub("", prose)):
        return None
    if detect.elements_outside_code(prose) - _INLINE - _BLOCKS:
        return None
    code = [*detect.code_spans(prose), (len(text), len(text))]
    ends = dict(listings)
    tags: list[_Tag] = []
    number = after = 0
    for match in _TAG.finditer(text):
        while code[number][1] <= match.start():
            number += 1
        if match.start() < after or code[number][0] <= match.start():
            continue
        if match[3].endswith("/"):
            return None
        before, stop = text[after : match.start()], ends.get(match.start())
        listing = None if stop is None else text[match.end() : text.rindex("</", 0, stop)]
        tags.append(_Tag(before, match[2], bool(match[1]), match[3], listing))
        after = match.end() if stop is None else stop
    return [*tags, _Tag(text[after:])]


def _listings(text: str) -> list[tuple[int, int]] | None:
    """Return start and end of each listing; None if one does not end."""
    result: list[tuple[int, int]] = []
    code = list(detect.code_spans(text))
    opened: re.Match[str] | None = None
    for match in _TAG.finditer(text):
        if match[2] not in _VERBATIM:
            continue
        if opened is None and not match[1]:
            opened = match
        elif opened is not None and match[1] and match[2] == opened[2]:
            result.append((opened.start(), match.end()))
            opened = None
    if opened is not None:
        return None
    starts = [start for start, _ in code]
    outside = []
    for start, end in result:
        span = bisect.bisect_left(starts, start) - 1
        if span < 0 or code[span][1] <= end:
            outside.append((start, end))
    return outside


def _admonition_depth(tags: list[_Tag]) -> int:
    """Return how deeply admonitions are nested."""
    depth = deepest = 0
    for tag in tags:
        if tag.name in _ADMONITIONS:
            depth += -1 if tag.closing else 1
            deepest = max(depth, deepest)
    return deepest


class _Translation:
    """The lines of Markdown so far.

    Attributes:
        lines: the lines.
        open: the elements that are open, outermost first, each with what it adds to the
            indentation.
    """

    def __init__(self, depth: int) -> None:
        """Start without lines.

        Args:
            depth: how deeply admonitions are nested.
        """
        self._depth = depth
        self.lines: list[str] = []
        self.open: list[tuple[str, str]] = []
        self._counts: list[int] = []
        self._marker = ""
        self._item_prefix: str | None = None  # of an item, if it is the last block so far
        self._term: list[str] | None = None

    def tag(self, name: str, *, closing: bool) -> None:
        """Translate a start tag or an end tag of a block element."""
        if name not in _UNDERSTOOD:
            raise _NestingError
        if name in _PARAGRAPHS:
            return
        if closing:
            self._close(name)
        elif len(self.open) < _DEEPEST:
            self._open(name)
        else:
            raise _NestingError

    def text(self, text: str) -> None:
        """Add Markdown between two tags, without the indentation that its tags have."""
        if not text.strip():
            return
        if self._term is not None:
            self._term.append(" ".join(text.split()))
            return
        if self.open and self.open[-1][0] in _LISTS | {"varlistentry"}:
            raise _NestingError
        first = not self.lines and not self.open
        self.block(text.strip("\n").rstrip().split("\n") if first else _without_margin(text))

    def listing(self, content: str, attributes: str) -> None:
        """Add a listing as a fenced block."""
        if content.strip().startswith("<![CDATA[") and content.rstrip().endswith("]]>"):
            code = content.strip()[len("<![CDATA[") : -len("]]>")]
        else:
            code = html.unescape(_INNER_TAG.sub("", content))
        lines = code.split("\n")
        while lines and not lines[0].strip():
            del lines[0]
        while lines and not lines[-1].strip():
            del lines[-1]
        if not lines:
            return
        longest = max(map(len, re.findall("`+", code)), default=0)
        fence = "`" * max(3, longest + 1)
        language = _LANGUAGE.search(attributes)
        self.block([fence + (language[1] if language else ""), *lines, fence])

    def block(self, lines: list[str]) -> None:
        """Add a block of lines, with a blank line before it."""
        if self._term is not None:
            raise _NestingError
        prefix = "".join(indent for _, indent in self.open)
        marker, self._marker = self._marker, ""
        if marker:
            first = prefix[: len(prefix) - len(marker)] + marker + lines[0]
        else:
            first = prefix + lines[0]
        # A definition stands right below its term; items of one paragraph each are a tight list.
        is_next = marker not in {"", ": "} and self._item_prefix == prefix
        self._item_prefix = prefix if marker else None
        if self.lines and marker != ": " and not is_next:
            self.lines.append("")
        self.lines.append(first)
        self.lines += [prefix + line if line else "" for line in lines[1:]]

    def _open(self, name: str) -> None:
        parent = self.open[-1][0] if self.open else ""
        indent = ""
        if name in _ITEMS:
            indent = self._open_item(name, parent)
        elif name in _ADMONITIONS:
            self.block([f"{self._colons()} {{.{name}}}"])
        elif name == "title" and parent in _ADMONITIONS:
            self._term = []
        elif parent in _LISTS or name == "title":
            raise _NestingError
        self.open.append((name, indent))
        self._counts.append(0)

    def _open_item(self, name: str, parent: str) -> str:
        if name == "term":
            if parent != "varlistentry":
                raise _NestingError
            self._term = [*(self._term or ())]
            return ""
        if self._marker or not (parent in _LISTS or parent == "varlistentry"):
            raise _NestingError
        self._counts[-1] += 1
        if name == "varlistentry":
            return ""
        if parent == "varlistentry":
            self._marker = ": "
        elif parent in {"orderedlist", "procedure"}:
            self._marker = f"{self._counts[-1]}. "
        else:
            self._marker = "- "
        return " " * len(self._marker)

    def _close(self, name: str) -> None:
        if not self.open or self.open[-1][0] != name:
            raise _NestingError
        if name in {"term", "title"}:
            term, self._term = " ".join(self._term or ()), None
            if not term:
                raise _NestingError
            self.block([term if name == "term" else f"**{term}**"])
        elif self._marker:
            self.block(["<!-- -->"])  # an empty item
        elif name in _ADMONITIONS:
            self.open[-1] = ("", self.open[-1][1])
            self.block([self._colons()])
        self.open.pop()
        self._counts.pop()

    def _colons(self) -> str:
        """Return the fence of an admonition in those that are open: longer than any in it."""
        return ":" * (2 + self._depth - sum(name in _ADMONITIONS for name, _ in self.open))


def _without_margin(text: str) -> list[str]:
    """Return the lines between two tags, without the indentation that they have in common."""
    lines = text.expandtabs(4).rstrip().split("\n")
    same_line = bool(lines[0].strip())
    while not lines[0].strip():
        del lines[0]
    others = lines[1:] if same_line else lines
    margin = min((len(line) - len(line.lstrip()) for line in others if line.strip()), default=0)
    return [
        line.lstrip() if same_line and number == 0 else line[margin:]
        for number, line in enumerate(lines)
    ]
