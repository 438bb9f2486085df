"""A manual as one text document: CommonMark or AsciiDoc."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Protocol

import msgspec

from manualgen.options import tree
from manualgen.site import files, overwriting
from manualgen.site.building import BuildOptions, BuildResult
from manualgen.site.chapters import document_of, with_options
from manualgen.site.entries import OptionWriter, render_entries
from manualgen.writers import control_characters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from docutils import nodes as docutils_nodes

    from manualgen.book.manual import Manual
    from manualgen.writers.shapes import Picture


class TextWriter(OptionWriter, Protocol):
    """A writer that can write a whole document.

    Attributes:
        numbers: node → number, for figures, tables and examples.
        pictures: image node → picture.
    """

    numbers: Mapping[docutils_nodes.Node, int]
    pictures: Mapping[docutils_nodes.Node, Picture]

    def chapter(self, blocks: Iterable[docutils_nodes.Node]) -> str:
        """Return blocks in the writer's format."""
        ...


def build(
    manual: Manual,
    path: Path,
    writer: TextWriter,
    *,
    prefix: str = "opt-",
    options: BuildOptions | None = None,
) -> BuildResult:
    """Write a manual as one document, and its pictures into ``media`` next to it.

    On standard output there is only the document.

    Args:
        manual: the manual.
        path: the file.
        writer: the writer of the format.
        prefix: the prefix of the options' identifiers in this document.
        options: how the build runs.

    Raises:
        ManualError: if the file cannot be written.
    """
    options = options or BuildOptions()
    diagnostics = list(manual.diagnostics)
    ids = anchors(manual, prefix)
    document_ids = {entry.id: name for entry, name in zip(manual.options, ids, strict=True)}

    address = functools.partial(_address, document_ids)

    if manual.outline is None:
        shards = render_entries(manual, writer, address, options, diagnostics, ids)
        parts = [text for text, _ in shards]
    else:
        writer.links = manual.links(address)
        writer.numbers = manual.outline.numbers
        writer.pictures = manual.pictures
        # In one process, because footnotes are numbered through the whole document.
        fill = with_options(manual, address, lambda name: document_ids.get(name, name))
        parts = [writer.chapter([document_of(manual, 1, fill)])]
        for included in manual.sets:
            diagnostics += included.sections.take_diagnostics()
    text = "".join(parts).rstrip("\n")
    data = control_characters.replaced(f"{text}\n".encode("utf-8", "replace")) if text else b""
    size = len(data)
    inputs = overwriting.inputs_of(manual)
    files.check(path, inputs)
    for picture in manual.picture_files if path != files.STANDARD_OUTPUT else ():
        # The document names its pictures relative to its own folder.
        picture_path = path.parent / picture.name
        files.write(picture_path, picture.data, inputs=inputs, waiting=options.waiting)
        size += len(picture.data)
    files.write(path, data, inputs=inputs, waiting=options.waiting)
    return BuildResult(1, size, diagnostics)


def _address(document_ids: Mapping[str, str], identifier: str) -> str:
    return f"#{document_ids.get(identifier, identifier)}"


def anchors(manual: Manual, prefix: str) -> list[str]:
    """Return the identifier of each option in a document: the prefix and its path, with dots.

    Unlike those in HTML, they do not have the quotation marks of components.

    Args:
        manual: the manual.
        prefix: their prefix.
    """
    return tree.identifiers(
        (
            msgspec.structs.replace(entry.option, name=".".join(entry.option.loc))
            for entry in manual.options
        ),
        prefix,
    )
