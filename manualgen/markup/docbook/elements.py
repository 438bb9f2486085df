"""XML elements: their names, their text and its white space."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as XmlElement

NAMESPACE = "http://docbook.org/ns/docbook"
"""DocBook 5's namespace; DocBook 4 has none."""

SPACE = " \t\n"
"""White space, as XML has it."""
WHITE = frozenset(SPACE)
"""The same as a set."""
BLANK_LINES = re.compile(r"\n(?:[ \t]*+\n)++")
"""The white space that separates paragraphs."""
LINE_ENDS = re.compile(r"[ \t]*\n[ \t\n]*")
"""The white space around the end of a line."""
RUNS = re.compile(r"[ \t]{2,}|\t")
"""The white space within a line that is shown as one space."""


def name_of(element: XmlElement) -> str:
    """Return an element's name as it was written, without the prefix of DocBook's namespace."""
    tag = str(element.tag)
    namespace, _, local = tag.rpartition("}")
    if not namespace or namespace[1:] == NAMESPACE:
        return local
    return f"{element.prefix}:{local}" if element.prefix else local


def line_of(element: XmlElement) -> int:
    """Return the number of the line where an element's tag ends, counted from 0."""
    return int(getattr(element, "sourceline", None) or 1) - 1


def children_of(element: XmlElement) -> Iterator[tuple[str, XmlElement]]:
    """Yield the elements inside one, with their names."""
    for child in element:
        if isinstance(child.tag, str):
            yield name_of(child), child


def elements_in(element: XmlElement) -> Iterator[XmlElement]:
    """Return the elements inside one, at any depth."""
    return (inner for inner in element.iterdescendants() if isinstance(inner.tag, str))


def parts_of(element: XmlElement) -> Iterator[tuple[str, XmlElement | str]]:
    """Yield the elements inside one, with their names, and visible text beside them."""
    if element.text and element.text.strip():
        yield "", element.text
    for child in element:
        if isinstance(child.tag, str):
            yield name_of(child), child
        if child.tail and child.tail.strip():
            yield "", child.tail


def text_of(element: XmlElement) -> str:
    """Return the text of an element and of those inside it, unchanged."""
    if not len(element):
        return element.text or ""
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            pieces.append(
                manpage_name(child) if name_of(child) == "citerefentry" else text_of(child)
            )
        pieces.append(child.tail or "")
    return "".join(pieces)


def manpage_name(element: XmlElement) -> str:
    """Return the name of the manual page that an element cites, such as ``nix.conf(5)``."""
    parts = {name: folded(text_of(child)) for name, child in children_of(element)}
    title, volume = parts.get("refentrytitle", ""), parts.get("manvolnum", "")
    if not title:
        return folded(text_of(element))
    return f"{title}({volume})" if volume else title


def folded(text: str) -> str:
    """Return a text on one line, with single spaces and none at the ends."""
    return RUNS.sub(" ", LINE_ENDS.sub(" ", text.strip(SPACE)))


def is_blank(element: XmlElement) -> bool:
    """Whether an element has no other inside, and no visible text."""
    return not len(element) and not (element.text or "").strip(SPACE)
