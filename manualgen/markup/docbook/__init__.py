"""DocBook → doctree: the elements of a description as docutils nodes.

A description is the content of a ``<para>``: text and elements mixed, blocks
between the text, ``</para><para>`` where a new paragraph starts. Elements are
recognized by their names, in DocBook's namespace or in none.

What XML leaves open, and how it is decided here:

* **Blank lines start a paragraph** in the text of a paragraph itself. In XML
  they are mere white space; but authors meant paragraphs: of the descriptions
  with elements in NixOS 16.09, one in eight has blank lines. A blank line inside
  an inline element or beside a comment does not count.
* **Text is not changed**: no typographic replacement. A new line in the source
  is a new line in the Text, runs of white space are one space, a paragraph's
  ``rawsource`` is its visible text with the source's own white space: line *i*
  of the one is line *i* of the other, and columns are the author's.
* **Verbatim elements** (``screen``, ``programlisting``, ``literallayout``, …)
  keep every space and line; only the blank lines around them go. Elements
  inside them, and inside code such as ``<filename>``, show their text.
* **Nothing from outside**: no entity but XML's five and characters by number,
  no document type, no inclusion, no address is ever opened.

The modules: ``xml.py`` parses a text, or ``malformed.py`` reports why it cannot be
parsed; ``builder.py`` walks the elements, fills paragraphs and keeps the state;
``handlers.py`` finds the function that handles an element. Those functions are,
each with the table of its elements, in ``inlines.py``, ``references.py``,
``blocks.py``, ``lists.py``, ``tables.py`` and ``unknown.py``.
"""

from __future__ import annotations

from lxml import etree

from manualgen.markup.docbook.builder import DocbookBuilder, TooComplexError
from manualgen.markup.docbook.handlers import handler_of
from manualgen.markup.docbook.malformed import ill_formed, too_complex
from manualgen.markup.docbook.xml import (
    exceeds_limits,
    read,
    without_control_characters,
    without_entities,
)
from manualgen.markup.parsed import Parsed, plain_paragraphs
from manualgen.options.model import with_line_feeds

# No real text comes near this: the longest description has 14 kB.
_LONGEST = 100_000


def parse(text: str) -> Parsed:
    """Return a DocBook text as blocks of a doctree. Never raises for any text.

    What is not well-formed is shown as it is written, below a notice.
    """
    parsed = _parsed(text)
    return parsed if isinstance(parsed, Parsed) else ill_formed(with_line_feeds(text), parsed)


def parse_well_formed(text: str) -> Parsed | None:
    """Return a DocBook text as blocks of a doctree; None if it is not well-formed."""
    parsed = _parsed(text)
    return parsed if isinstance(parsed, Parsed) else None


def _parsed(text: str) -> Parsed | etree.XMLSyntaxError:
    text = with_line_feeds(text)
    if "<" not in text and "&" not in text:
        return Parsed(plain_paragraphs(text))
    if len(text) > _LONGEST:
        return too_complex(text)
    builder = DocbookBuilder(text, handler_of)
    source = without_control_characters(builder.diagnostics, text)
    source = without_entities(builder.diagnostics, source)
    try:
        root = read(source)
    except etree.XMLSyntaxError as error:
        if exceeds_limits(error):
            return too_complex(text)
        return error
    try:
        builder.build(root)
    except TooComplexError:
        return too_complex(text)
    return builder.parsed
