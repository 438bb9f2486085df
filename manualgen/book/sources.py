"""The files of a book: read below the folders that are allowed, and what includes what.

Nothing here knows what a heading means; that is :mod:`manualgen.book.outline`.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.errors import Code, Diagnostic, ManualError, Severity, nearest
from manualgen.markup import chapter, nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from manualgen.markup.chapter import Chapter

KINDS = ("preface", "parts", "chapters", "sections", "appendix", "options")
"""What an include can include."""

LARGEST = 64 * 1024 * 1024
"""The largest file of a book, in bytes: an image; a text may have much less."""

DEEPEST = 40
"""How deep includes may stand in includes."""

_PAGE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\.x?html?")
_INCLUDE = re.compile(
    r"^ {0,3}(`{3,}|~{3,}) *\{=include=\} +(\w+)[^\n]*\n(.*?)^ {0,3}\1", re.MULTILINE | re.DOTALL
)
_SETTING = re.compile(r"^\s*([\w-]+)\s*:\s*(.*?)\s*$", re.MULTILINE)
_LIST_KEYS = ("id-prefix", "list-id", "source")


class OptionSource(msgspec.Struct):
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


class Include(msgspec.Struct):
    """An include with what it led to.

    Attributes:
        kind: one of :data:`KINDS`.
        line: where it stands, 1-based.
        page: the name of the page that it wants; may be empty.
        prefix: for headings that have no identifier of their own; may be empty.
        documents: the files, where it is not of options.
        options: the set, where it is.
    """

    kind: str
    line: int
    page: str = ""
    prefix: str = ""
    documents: list[Document] = []
    options: OptionSource | None = None


class Document(msgspec.Struct):
    """A file of a book.

    Attributes:
        path: the file, resolved.
        name: its name for readers.
        chain: the places of the includes that led to it, the nearest first.
        lines: its lines, for excerpts.
        chapter: what stands in it.
        includes: block index of each include → what it led to.
    """

    path: Path
    name: str
    chain: tuple[str, ...]
    lines: list[str]
    chapter: Chapter
    includes: dict[int, Include] = {}

    def diagnostic(
        self,
        code: Code,
        message: str,
        line: int,
        cure: str,
        excerpt: str = "",
        severity: Severity = Severity.HINT,
    ) -> Diagnostic:
        """Return a diagnostic about a line, or about an excerpt on it."""
        shown = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        column = shown.find(excerpt) if excerpt else len(shown) - len(shown.lstrip())
        return Diagnostic(
            code=code,
            message=message,
            file=self.name,
            included_from=self.chain,
            line=line,
            column=max(0, column) + 1,
            excerpt=shown,
            width=max(1, len(excerpt or shown.strip())),
            help=cure,
            severity=severity,
        )


class Library:
    """Reads the files of one book."""

    def __init__(
        self, manual: Path | None, roots: tuple[Path, ...] = (), folder: Path | None = None
    ) -> None:
        """Take the first file, more folders to read in, and the manual's own folder.

        Without the latter it is the first file's; without a first file, the book is empty.
        """
        self._manual = manual
        own = {folder} if folder is not None else set()
        if manual is not None:
            own.add(manual.parent)
        self._roots = sorted(root.resolve() for root in (*own, *roots))
        self._read: dict[Path, str] = {}
        self._with_returns: list[str] = []
        self._ahead: dict[str, Chapter] = {}
        self.diagnostics: list[Diagnostic] = []
        """What is wrong with the files, in their order."""

    def foreseen(self) -> tuple[list[str], list[OptionSource]]:
        """Return the texts and the option sets that the book most likely has, by its fences alone.

        What stands in a fence may be no include at all, which only the parser knows. So
        nothing is diagnosed here, and what cannot be read is passed over.
        """
        texts: list[str] = []
        sets: list[OptionSource] = []
        left = [] if self._manual is None else [self._manual.resolve()]
        seen = set(left)
        for path in left:
            text = _quietly_read(path)
            texts.append(text)
            for _, kind, entries in _INCLUDE.findall(text):
                if kind == "options":
                    given = dict(_SETTING.findall(entries))
                    found = self._allowed(path, given.get("source", ""))
                    prefix = given.get("id-prefix", "opt-")
                    sets += [
                        OptionSource(file, file.name, prefix, "", 1)
                        for file in found
                        if file.is_file()
                    ]
                    continue
                for line in entries.split("\n"):
                    found = self._allowed(path, line.strip())
                    left += [file for file in found if file not in seen]
                    seen.update(found)
        return texts, sets

    def _allowed(self, path: Path, entry: str) -> list[Path]:
        """Return the file that an entry most likely means, if it is one that may be read."""
        try:
            found = (path.parent / entry).resolve()
        except (OSError, RuntimeError, ValueError):
            return []
        return [found] if entry and self._is_allowed(found) else []

    def parsed_ahead(self, chapters: Iterable[tuple[str, Chapter]]) -> None:
        """Take texts that :func:`manualgen.markup.chapter.parse` has been called with already."""
        self._ahead.update(chapters)

    def _parse(self, text: str) -> Chapter:
        # A chapter changes as the book takes it in: each is used once.
        return self._ahead.pop(text, None) or chapter.parse(text)

    def book(self, title: str) -> Document:
        """Return the first file, with all that it includes; an empty book with a title if none.

        Raises:
            ManualError: if the first file itself cannot be read.
        """
        if self._manual is None:
            text = f"# {title} {{#book}}\n"
            return Document(Path(), "", (), text.split("\n"), chapter.parse(text))
        name = str(self._manual)
        problem, text = self._text(self._manual.resolve(), name)
        if problem is not None:
            raise ManualError(problem)
        document = self._document(self._manual.resolve(), name, (), text, ())
        if self._with_returns:
            count = len(self._with_returns)
            files = "a file" if count == 1 else f"{count} files"
            self.diagnostics.append(
                Diagnostic(
                    code=Code.BAD_ENCODING,
                    message=f"{files} of the manual with the line ends of Windows (CR LF)",
                    file=self._with_returns[0],
                    help="it is read all the same; save with LF alone, as everybody's tools expect",
                )
            )
        return document

    def append(self, book: Document, sets: Iterable[tuple[Path, str, str]]) -> None:
        """Add an appendix for each option set that nothing includes: file, prefix and title."""
        included = set(_sets_of(book))
        taken = set(_identifiers_of(book))
        found = Include("appendix", 1)
        for path, prefix, title in sets:
            resolved = path.resolve()
            if resolved in included:
                continue
            shown = title or path.stem.replace("-", " ").capitalize()
            slug = re.sub(r"[^a-z0-9]+", "-", shown.lower()).strip("-") or "options"
            identifier, number = f"ch-{slug}", 1
            while identifier in taken:
                number += 1
                identifier = f"ch-{slug}-{number}"
            taken.add(identifier)
            text = f"# {shown} {{#{identifier}}}\n\n```{{=include=}} options\n```\n"
            document = Document(resolved, str(path), (), text.split("\n"), chapter.parse(text))
            document.includes[1] = Include(
                "options", 3, options=OptionSource(resolved, str(path), prefix, "", 1)
            )
            found.documents.append(document)
        if found.documents:
            book.includes[len(book.chapter.blocks)] = found
            book.chapter.blocks.append(
                nodes.include(kind="appendix", arguments=[], entries=[], line=1)
            )

    def resolve(self, document: Document, entry: str) -> tuple[Path, str, str]:
        """Return an entry's path, its name for readers, and why it is refused ("" if it is not).

        The path is that of the file itself, all symbolic links followed.
        """
        name = os.path.normpath(os.path.join(os.path.dirname(document.name), entry))  # noqa: PTH118, PTH120
        try:
            path = (document.path.parent / entry).resolve()
        except (OSError, RuntimeError, ValueError):
            return document.path, name, "is no path"
        if not self._is_allowed(path):
            return path, name, f"lies outside the manual's folder, at {path}"
        return path, name, ""

    def _is_allowed(self, path: Path) -> bool:
        return any(path.is_relative_to(root) for root in self._roots)

    def bytes_of(self, path: Path, name: str) -> tuple[Diagnostic | None, bytes]:
        """Return why a file cannot be read, or its bytes."""
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                return _unreadable(name, "it is a folder"), b""
            if not stat.S_ISREG(status.st_mode):
                return _unreadable(name, "it is no ordinary file"), b""
            if status.st_size > LARGEST:
                return (
                    Diagnostic(
                        code=Code.TOO_LARGE,
                        message=f"the file has {status.st_size / 1e6:,.0f} MB; "
                        f"{LARGEST / 1e6:,.0f} MB are the most",
                        file=name,
                        help="divide it, or leave it out",
                    ),
                    b"",
                )
            return None, path.read_bytes()
        except OSError as error:
            return _unreadable(name, error.strerror or str(error)), b""

    def _text(self, path: Path, name: str) -> tuple[Diagnostic | None, str]:
        problem, data = self.bytes_of(path, name)
        if problem is not None:
            return problem, ""
        if b"\0" in data:
            return _not_text(name, "the file is binary", data.find(b"\0"), data), ""
        if data.startswith(b"\xef\xbb\xbf"):
            data = data[3:]
            self.diagnostics.append(
                Diagnostic(
                    code=Code.BAD_ENCODING,
                    message="the file begins with a byte order mark, which is left out",
                    file=name,
                    line=1,
                    help="save it as UTF-8 without one",
                )
            )
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            return _not_text(name, "the file is not UTF-8", error.start, data), ""
        if "\r" in text:
            self._with_returns.append(name)
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return None, text

    def _document(
        self, path: Path, name: str, chain: tuple[str, ...], text: str, above: tuple[Path, ...]
    ) -> Document:
        document = Document(path, name, chain, text.split("\n"), self._parse(text))
        self._read[path] = chain[0] if chain else name
        self._place(document)
        for index, block in enumerate(document.chapter.blocks):
            if isinstance(block, nodes.include):
                include = self._include(document, block, (*above, path))
                if include is not None:
                    document.includes[index] = include
        return document

    def _place(self, document: Document) -> None:
        found = document.chapter.diagnostics
        found[:] = [
            msgspec.structs.replace(entry, file=document.name, included_from=document.chain)
            for entry in found
        ]
        self.diagnostics.extend(found)
        if not document.chapter.blocks and not found:
            self.diagnostics.append(
                Diagnostic(
                    code=Code.BAD_STRUCTURE,
                    message="the file is empty",
                    file=document.name,
                    included_from=document.chain,
                    help="write `# Title {#id}` as its first line, or do not include it",
                )
            )

    def _include(
        self, document: Document, node: nodes.include, above: tuple[Path, ...]
    ) -> Include | None:
        kind, line = node["kind"], node["line"]
        if kind not in KINDS:
            likely = nearest(kind, KINDS)
            self.diagnostics.append(
                document.diagnostic(
                    Code.BAD_INCLUDE,
                    f"`{kind}` is no kind of include" if kind else "the include has no kind",
                    line,
                    f"write ```{{=include=}} {likely}"
                    if likely
                    else f"write one of {', '.join(KINDS)} after {{=include=}}",
                )
            )
            return None
        include = Include(kind, line)
        self._arguments(document, node, include)
        if kind == "options":
            self._options(document, node, include)
            return include
        for entry_line, entry in node["entries"]:
            found = self._entry(document, entry.strip(), entry_line, above)
            if found is not None:
                include.documents.append(found)
        if not node["entries"]:
            self.diagnostics.append(
                document.diagnostic(
                    Code.BAD_INCLUDE, "the include names no file", line, "name one file a line"
                )
            )
        return include

    def _arguments(self, document: Document, node: nodes.include, include: Include) -> None:
        for argument in node["arguments"]:
            key, _, value = argument.partition("=")
            if key == "html:into-file":
                name = value.removeprefix("//")
                if not value.startswith("//") or _PAGE_NAME.fullmatch(name) is None:
                    self.diagnostics.append(
                        document.diagnostic(
                            Code.BAD_INCLUDE,
                            f"`{value}` is no name of a page",
                            include.line,
                            "write html:into-file=//name.html, without any folder",
                            argument,
                        )
                    )
                else:
                    include.page = name
            elif key == "auto-id-prefix" and re.fullmatch(r"[\w.-]+", value):
                include.prefix = value
            else:
                self.diagnostics.append(
                    document.diagnostic(
                        Code.BAD_INCLUDE,
                        f"`{argument}` is no argument of an include",
                        include.line,
                        "write html:into-file=//name.html or auto-id-prefix=name",
                        argument,
                        # As today: what is not of the dialect has no effect.
                        Severity.ERROR
                        if key == "auto-id-prefix" or key.startswith("html:")
                        else Severity.WARNING,
                    )
                )

    def _options(self, document: Document, node: nodes.include, include: Include) -> None:
        if include.page:
            self.diagnostics.append(
                document.diagnostic(
                    Code.BAD_INCLUDE,
                    "options have no title, so they make no page of their own",
                    include.line,
                    "put this include into a file with a title, and give that a page",
                    "html:into-file",
                )
            )
        given: dict[str, str] = {}
        for line, entry in node["entries"]:
            key, colon, value = (piece.strip() for piece in entry.partition(":"))
            if not colon or key not in _LIST_KEYS or key in given:
                likely = nearest(key, _LIST_KEYS)
                self.diagnostics.append(
                    document.diagnostic(
                        Code.BAD_INCLUDE,
                        f"`{key}` stands twice" if key in given else f"`{entry}` is no setting",
                        line,
                        f"write `{likely}: …`" if likely else "write `source: options.json`",
                    )
                )
                continue
            given[key] = value
        if "source" not in given:
            self.diagnostics.append(
                document.diagnostic(
                    Code.BAD_INCLUDE,
                    "the include names no option set",
                    include.line,
                    "write `source: options.json` on a line of its own in it",
                )
            )
            return
        line = next(
            number
            for number, entry in node["entries"]
            if entry.partition(":")[0].strip() == "source"
        )
        path, name, refused = self.resolve(document, given["source"])
        if refused:
            self._refuse(document, given["source"], line, refused)
            return
        if path.is_dir():
            self.diagnostics.append(_unreadable(name, "it is a folder"))
            return
        if not path.is_file():
            self.diagnostics.append(_missing(document, given["source"], line, path))
            return
        include.options = OptionSource(
            path, name, given.get("id-prefix", "opt-"), given.get("list-id", ""), include.line
        )

    def _entry(
        self, document: Document, entry: str, line: int, above: tuple[Path, ...]
    ) -> Document | None:
        if not entry:
            self.diagnostics.append(
                document.diagnostic(
                    Code.BAD_INCLUDE, "an empty line in an include", line, "remove it"
                )
            )
            return None
        path, name, refused = self.resolve(document, entry)
        if refused:
            self._refuse(document, entry, line, refused)
            return None
        here = f"{document.name}:{line}"
        if path in above:
            self.diagnostics.append(
                document.diagnostic(
                    Code.INCLUDE_CIRCLE,
                    f"`{entry}` includes itself",
                    line,
                    "remove the line from one of these files",
                    entry,
                )
            )
            return None
        if len(above) >= DEEPEST:
            self.diagnostics.append(
                document.diagnostic(
                    Code.BAD_INCLUDE,
                    f"includes in includes, {DEEPEST} deep",
                    line,
                    "include the file further up",
                    entry,
                )
            )
            return None
        if path in self._read:
            self.diagnostics.append(
                document.diagnostic(
                    Code.BAD_INCLUDE,
                    f"`{entry}` is included already, at {self._read[path]}",
                    line,
                    "remove one of the two; a link leads to the other place",
                    entry,
                )
            )
            return None
        if not path.exists():
            self.diagnostics.append(_missing(document, entry, line, path))
            return None
        chain = (here, *document.chain)
        problem, text = self._text(path, name)
        if problem is not None:
            self.diagnostics.append(msgspec.structs.replace(problem, included_from=chain))
            return None
        return self._document(path, name, chain, text, above)

    def _refuse(self, document: Document, entry: str, line: int, why: str) -> None:
        self.diagnostics.append(
            document.diagnostic(
                Code.OUTSIDE_ROOT,
                f"`{entry}` {why}",
                line,
                "move it into the manual's folder, or allow its own with --root FOLDER",
                entry,
            )
        )


def _quietly_read(path: Path) -> str:
    try:
        status = path.stat()
        # Reading a pipe or a device might never end.
        if stat.S_ISREG(status.st_mode) and status.st_size <= chapter.LONGEST:
            return path.read_text("utf-8")
    except (OSError, ValueError):
        pass
    return ""


def _sets_of(document: Document) -> Iterator[Path]:
    for include in document.includes.values():
        if include.options is not None:
            yield include.options.path
        for below in include.documents:
            yield from _sets_of(below)


def _identifiers_of(document: Document) -> Iterator[str]:
    """Yield the identifiers that a document and those below it give to headings and the like."""
    found = document.chapter
    for node in (*found.blocks, *(placed.node for placed in (*found.marked, *found.exhibits))):
        if isinstance(node, docutils_nodes.Element):
            yield from node["ids"]
    for include in document.includes.values():
        for below in include.documents:
            yield from _identifiers_of(below)


def _missing(document: Document, entry: str, line: int, path: Path) -> Diagnostic:
    beside: list[str] = []
    if path.parent.is_dir():
        beside = sorted(other.name for other in path.parent.iterdir())
    likely = nearest(path.name, beside)
    help_text = f"there is no {path.name} in {path.parent}"
    if likely is not None:
        help_text += f"; did you mean {likely}?"
    return document.diagnostic(Code.UNREADABLE, f"`{entry}` does not exist", line, help_text, entry)


def _unreadable(name: str, why: str) -> Diagnostic:
    return Diagnostic(
        code=Code.UNREADABLE,
        message=f"cannot read the file: {why}",
        file=name,
        help="name another file, or make this one readable",
    )


def _not_text(name: str, what: str, position: int, data: bytes) -> Diagnostic:
    line = data.count(b"\n", 0, position) + 1
    start = data.rfind(b"\n", 0, position) + 1
    before = data[start:position].decode("utf-8", "replace")
    return Diagnostic(
        code=Code.NOT_TEXT,
        message=f"{what}: byte 0x{data[position]:02x}",
        file=name,
        line=line,
        column=len(before) + 1,
        excerpt=(before + data[position : position + 40].decode("utf-8", "replace")).partition(
            "\n"
        )[0],
        help="a chapter is UTF-8 text; save it as such, or name another file",
    )
