"""All chapters of a manual as one document, for formats that have no pages."""

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
        level: the depth of its title; its chapters have the next one.
        fill: the place of an option set → the node in its place.
    """
    assert manual.outline is not None
    book = manual.outline.book
    made = document.section(book, level, holds=lambda _: True, fill=fill, contents=lambda _: None)
    if book.subtitle is not None:
        made.children.insert(1, book.subtitle)
    return made


def without_options(option_list: OptionList) -> nodes.option_list:
    """Return the place of an option set whose options stand elsewhere."""
    return nodes.option_list(
        ids=[option_list.identifier] if option_list.identifier else [], index=option_list.index
    )


def with_options(
    manual: Manual,
    address: Callable[[str], str | None],
    written: Callable[[str], str],
) -> Callable[[OptionList], nodes.option_list]:
    """Return what puts the options of each set in the place where it is included.

    Args:
        manual: the manual.
        address: identifier → its address in the document, or None.
        written: identifier of an option → the same as the document writes it.
    """

    def fill(option_list: OptionList) -> nodes.option_list:
        included = manual.sets[option_list.index]
        catalog = included.catalog
        node = without_options(option_list)
        node["count"] = len(catalog.options)
        node["links"] = manual.links(address, included)
        node["sections"] = (
            included.sections.section(option, written(name))
            for option, name in zip(catalog.options, catalog.ids, strict=True)
        )
        return node

    return fill
