"""The handler of an element: by its name, its attributes, and where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.markup.docbook.blocks import BLOCKS
from manualgen.markup.docbook.builder import content, flattened
from manualgen.markup.docbook.elements import NAMESPACE
from manualgen.markup.docbook.inlines import INLINES, footnote
from manualgen.markup.docbook.lists import LISTS
from manualgen.markup.docbook.references import LINKS, REFERENCES, address_of, build_link
from manualgen.markup.docbook.tables import TABLES
from manualgen.markup.docbook.unknown import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as XmlElement

    from manualgen.markup.docbook.builder import DocbookBuilder, Handler

_XML = "http://www.w3.org/XML/1998/namespace"


def _in_both(handlers: dict[str, Handler]) -> Iterator[tuple[str, Handler]]:
    for name, handler in handlers.items():
        yield name, handler
        yield f"{{{NAMESPACE}}}{name}", handler


_BLOCKS = dict(_in_both(BLOCKS | LISTS | TABLES))
_INLINES = dict(_in_both(INLINES | REFERENCES))
_HANDLERS = _BLOCKS | _INLINES


def handler_of(builder: DocbookBuilder, element: XmlElement) -> Handler:
    """Return the handler of an element; its identifier is kept for the next node."""
    tag = str(element.tag)
    handler = _HANDLERS.get(tag, unknown)
    if element.attrib:
        handler = _with_attributes(builder, element, handler)
    if tag in _BLOCKS:
        return flattened if builder.paragraph.depth else handler
    if (
        len(element)
        and tag in _INLINES
        and not builder.paragraph.depth
        and any(inner.tag in _BLOCKS for inner in element.iterdescendants())
        and handler is not footnote
    ):
        # Not allowed, but a list inside an <emphasis> is a list.
        return content
    return handler


def _with_attributes(builder: DocbookBuilder, element: XmlElement, handler: Handler) -> Handler:
    identifier = element.get(f"{{{_XML}}}id") or element.get("id")
    if identifier:
        builder.ids.append(identifier)
    if element.tag in _INLINES and handler not in LINKS and address_of(element):
        # DocBook 5: any inline element can be a link.
        return lambda builder, linking: build_link(builder, linking, handler)
    return handler
