"""Markdown → doctree, for the descriptions of options.

The syntax of the dialect is in :mod:`manualgen.markup.dialect`, what its tokens become in
:mod:`manualgen.markup.blocks` and :mod:`manualgen.markup.inlines`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from manualgen.errors import Code, Diagnostic
from manualgen.markup.blocks import BLOCK_RULES
from manualgen.markup.builder import DoctreeBuilder
from manualgen.markup.inline_parser import NestingError
from manualgen.markup.inlines import INLINE_RULES
from manualgen.markup.parsed import Parsed, literally, plain_paragraphs
from manualgen.options.model import with_line_feeds

if TYPE_CHECKING:
    from manualgen.markup.parsed import DocbookTag


def parse(text: str) -> Parsed:
    """Return a Markdown text as blocks of a doctree. Never raises for any text.

    A text that no parser could read in bounded time (a hundred thousand nested
    brackets) is shown literally, with a diagnostic.
    """
    text = with_line_feeds(text)
    if not may_have_markup(text):
        return Parsed(plain_paragraphs(text.replace("'", "’")))
    if is_too_complex(text):
        return _shown_literally(text)
    builder = DoctreeBuilder(text, BLOCK_RULES, INLINE_RULES)
    try:
        builder.build()
    except NestingError:
        return _shown_literally(text)
    return builder.parsed


def docbook_tags(text: str) -> list[DocbookTag]:
    """Return the tags of DocBook in a Markdown text, in order.

    Args:
        text: the text, with LF as line ends.
    """
    if is_too_complex(text):
        return []
    builder = DoctreeBuilder(text, BLOCK_RULES, INLINE_RULES)
    try:
        builder.build()
    except NestingError:
        return []
    return builder.docbook_tags


# Most descriptions are plain sentences, and parsing those with the full grammar
# takes 20 times as long as finding that they have no markup. The patterns find
# whatever could be markup, a typographic replacement or the start of a block;
# they may find too much, never too little (a property test compares both ways).
# Several of them, each for the texts that it may find something in, take half the time of one.
_MARKS = re.compile(r"""[`*_\[<&\\"{\t\r\x00\u00a0\u2028\u2029\x0b\x0c\x1c-\x1f\x85]""")
_SIGNS = re.compile(r"\((?:c|r|tm|p)\)", re.IGNORECASE)
_QUOTATION_MARK = re.compile(r"(?<![A-Za-z])'|'(?![A-Za-z])")
# A list, a quote, a fence, a rule, a table, …; maybe code.
_BLOCK = re.compile(r"[ ]*(?:\d|[^\w\s(])|[ ]{4}")
_BLOCK_BELOW = re.compile(r"(?<=\n)(?:[ ]*(?:\d|[^\w\s(])|[ ]{4})")
# A pair of signs; to look for its second sign from the first is quicker than an alternative each.
_PAIR = re.compile(r"[-.+?!,](?:(?<=[-+])-|(?<=\.)\.|(?<=[?!,])[?!,])")


def may_have_markup(text: str) -> bool:
    """Return whether a text may hold anything but plain paragraphs."""
    return (
        _MARKS.search(text) is not None
        or _BLOCK.match(text) is not None
        # Maybe a line break.
        or ("\n" in text and (" \n" in text or _BLOCK_BELOW.search(text) is not None))
        or ("'" in text and _QUOTATION_MARK.search(text) is not None)
        or ("(" in text and _SIGNS.search(text) is not None)
        or _PAIR.search(text) is not None
    )


# Parsing takes time that grows with the square of some runs of openers. No
# author's text comes near these limits (the longest real description has 14 kB
# and a few hundred brackets).
_LONGEST = 100_000
_MOST_OPENERS = 2_000
# The end of a bracket is looked for through the whole text.
_MOST_BRACKETS_TIMES_LENGTH = 20_000_000
_DEEP_LINE = re.compile(r"^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))){40}", re.MULTILINE)


def is_deeply_nested(text: str) -> bool:
    """Return whether a line of a text opens more quotes and lists than can be read."""
    return _DEEP_LINE.search(text) is not None


def is_too_complex(text: str) -> bool:
    """Return whether parsing a text may take time out of all proportion."""
    if len(text) < _MOST_OPENERS:
        return is_deeply_nested(text)
    return (
        len(text) > _LONGEST
        or any(text.count(opener) > _MOST_OPENERS for opener in "[<*_`{(&'\"\\|~!")
        or text.count("[") * len(text) > _MOST_BRACKETS_TIMES_LENGTH
        or is_deeply_nested(text)
    )


def _shown_literally(text: str) -> Parsed:
    return Parsed(
        literally(text, "This text is too long or too deeply nested to be read as markup."),
        diagnostics=[
            Diagnostic(
                code=Code.TOO_COMPLEX,
                message="the text is too long or too deeply nested to be read as Markdown",
                line=1,
                column=1,
                excerpt=text[:60].partition("\n")[0],
                help="write it shorter; long material belongs into a chapter or a file of its own",
            )
        ],
    )
