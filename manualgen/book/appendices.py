"""An appendix for each option set of a manual that no chapter includes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.book.documents import Document, Include, OptionSource
from manualgen.markup import nodes
from manualgen.markup.chapter import Chapter, Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def with_option_sets(book: Document, sets: Iterable[tuple[Path, str, str]]) -> Document:
    """Return a manual with an appendix for each option set that nothing in it includes.

    Args:
        book: the first document.
        sets: file, prefix of the identifiers and title of each option set; without a title
            the file's name stands for it.
    """
    documents = list(book.walk())
    included = {
        include.options.path
        for document in documents
        for include in document.includes.values()
        if include.options is not None
    }
    taken = {identifier for document in documents for identifier in _identifiers(document)}
    appended: list[Document] = []
    for path, prefix, title in sets:
        resolved = path.resolve()
        if resolved in included:
            continue
        text = title or _title_of(resolved)
        slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "options"
        identifier, number = f"ch-{slug}", 1
        while identifier in taken:
            number += 1
            identifier = f"ch-{slug}-{number}"
        taken.add(identifier)
        heading = nodes.heading("", text, level=1, ids=[identifier], line=1)
        node = nodes.include(kind="options", arguments=[], entries=[], line=1)
        source = OptionSource(resolved, str(path), prefix, "", 1)
        appended.append(
            Document(
                resolved,
                str(path),
                (),
                [],
                Chapter([Segment(heading, [node])]),
                {node: Include("options", 1, options=source)},
            )
        )
    if not appended:
        return book
    include = Include("appendix", 1, documents=tuple(appended))
    return msgspec.structs.replace(book, appended=(*book.appended, include))


def _title_of(path: Path) -> str:
    """Return the title of an option set that is given none: its file's name, or its folder's."""
    if path.stem == "default" or "#" in path.name:
        path = path.parent
    return path.stem.replace("-", " ").capitalize()


def _identifiers(document: Document) -> Iterator[str]:
    """Yield the identifiers that a document gives to headings and the like."""
    for segment in document.chapter.segments:
        if segment.heading is not None:
            yield from segment.heading["ids"]
        for located in (*segment.anchors, *segment.numbered_blocks):
            yield from located.node["ids"]
