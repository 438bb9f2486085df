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

The way of a text: ``xml.py`` makes it elements, or ``malformed.py`` says why it
cannot be read; ``tree.py`` walks them, writes paragraphs and keeps the place of
the next block; ``handlers.py`` knows which function takes which element. Those
functions stand, each with the table of its elements, in ``inlines.py``,
``references.py``, ``blocks.py``, ``lists.py``, ``tables.py`` and ``unknown.py``.
"""

from __future__ import annotations

from lxml import etree

from manualgen.markup.docbook.handlers import handler_of
from manualgen.markup.docbook.malformed import ill_formed, too_complex
from manualgen.markup.docbook.tree import TooComplexError, Tree
from manualgen.markup.docbook.xml import (
    exceeds_limits,
    read,
    without_control_characters,
    without_entities,
)
from manualgen.markup.parsed import Parsed, plain_paragraphs

# No author's text comes near this: the longest real description has 14 kB.
_LONGEST = 100_000


def parse(text: str) -> Parsed:
    """Return a DocBook text as blocks of a doctree. Never raises for any text.

    What is not well-formed is shown as it is written, below a notice.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<" not in text and "&" not in text:
        return Parsed(plain_paragraphs(text))
    if len(text) > _LONGEST:
        return too_complex(text)
    tree = Tree(text, handler_of)
    source = without_control_characters(tree.diagnostics, text)
    source = without_entities(tree.diagnostics, source)
    try:
        root = read(source)
    except etree.XMLSyntaxError as error:
        if exceeds_limits(error):
            return too_complex(text)
        return ill_formed(text, error)
    try:
        tree.build(root)
    except TooComplexError:
        return too_complex(text)
    return tree.parsed
