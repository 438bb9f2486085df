"""All chapters of a manual as one document, for formats without pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.book import document
from manualgen.markup import nodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from docutils import nodes as docutils_nodes

    from manualgen.book.manual import Manual
    from manualgen.book.model import OptionList


def document_of(
    manual: Manual, level: int, fill: Callable[[OptionList], nodes.option_list]
) -> docutils_nodes.section:
    """Return a manual as one docutils ``section``, its subtitle after its title.

    Args:
        manual: a manual with chapters.
        level: the depth of its title; that of its chapters is one more.
        fill: included option set → the node in its place.
    """
    assert manual.outline is not None
    book = manual.outline.book
    result = document.section(book, level, holds=lambda _: True, fill=fill, contents=lambda _: None)
    if book.subtitle is not None:
        result.children.insert(1, book.subtitle)
    return result


def without_options(option_list: OptionList) -> nodes.option_list:
    """Return the node for an included option set whose options are written elsewhere."""
    return nodes.option_list(
        ids=[option_list.identifier] if option_list.identifier else [], index=option_list.index
    )


def with_options(
    manual: Manual,
    address: Callable[[str], str | None],
    document_id: Callable[[str], str],
) -> Callable[[OptionList], nodes.option_list]:
    """Return a function: included option set → a node with its options.

    Args:
        manual: the manual.
        address: identifier → its address in the document, or None.
        document_id: identifier of an option → its identifier in the document.
    """

    def fill(option_list: OptionList) -> nodes.option_list:
        included = manual.sets[option_list.index]
        catalog = included.catalog
        node = without_options(option_list)
        node["count"] = len(catalog.options)
        node["links"] = manual.links(address, included)
        node["sections"] = (
            included.sections.section(option, document_id(name))
            for option, name in zip(catalog.options, catalog.ids, strict=True)
        )
        return node

    return fill
