"""The files of a manual, with what their includes led to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import Diagnostic, Severity
from manualgen.markup import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from manualgen.errors import Code
    from manualgen.markup.chapter import Chapter


class OptionSource(msgspec.Struct, frozen=True):
    """An ``options`` include: which set stands there, and how its identifiers begin.

    Attributes:
        path: the file, allowed and resolved.
        name: the file's name for readers.
        prefix: what its options' identifiers begin with.
        list_id: the identifier of the list as a whole; may be empty.
        line: where the include stands.
    """

    path: Path
    name: str
    prefix: str
    list_id: str
    line: int


class Include(msgspec.Struct, frozen=True):
    """An include with what it led to.

    Attributes:
        kind: one of :data:`manualgen.book.includes.KINDS`.
        line: where it stands, 1-based.
        page: the name of the page that it asks for; may be empty.
        prefix: for headings that have no identifier of their own; may be empty.
        documents: the files, where it is not of options.
        options: the set, where it is.
    """

    kind: str
    line: int
    page: str = ""
    prefix: str = ""
    documents: tuple[Document, ...] = ()
    options: OptionSource | None = None


class Document(msgspec.Struct, frozen=True):
    """A file of a manual.

    Attributes:
        path: the file, resolved.
        name: its name for readers.
        chain: the places of the includes that led to it, the nearest first.
        lines: its lines, for excerpts.
        chapter: what stands in it.
        includes: each include node of the chapter that could be understood → what it led to.
        appended: what is included after all that the chapter holds, without standing in it.
    """

    path: Path
    name: str
    chain: tuple[str, ...]
    lines: list[str]
    chapter: Chapter
    includes: dict[nodes.include, Include] = msgspec.field(default_factory=dict)
    appended: tuple[Include, ...] = ()

    def diagnostic(
        self,
        code: Code,
        message: str,
        line: int,
        help_text: str,
        excerpt: str = "",
        severity: Severity | None = None,
    ) -> Diagnostic:
        """Return a diagnostic about a line, or about an excerpt on it."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        column = text.find(excerpt) if excerpt else len(text) - len(text.lstrip())
        return Diagnostic(
            code=code,
            message=message,
            file=self.name,
            included_from=self.chain,
            line=line,
            column=max(0, column) + 1,
            excerpt=text,
            width=max(1, len(excerpt or text.strip())),
            help=help_text,
            severity=severity or code.severity,
        )

    def walk(self) -> Iterator[Document]:
        """Yield this document and all that are included below it."""
        yield self
        for include in (*self.includes.values(), *self.appended):
            for document in include.documents:
                yield from document.walk()


def include_nodes(chapter: Chapter) -> Iterator[nodes.include]:
    """Yield the include nodes of a chapter, in order."""
    for segment in chapter.segments:
        for block in segment.blocks:
            if isinstance(block, nodes.include):
                yield block
