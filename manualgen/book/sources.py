"""Loading the files of a manual: read below the folders that are allowed, includes followed.

Nothing here knows what a heading means; that is :mod:`manualgen.book.nesting`.
"""

from __future__ import annotations

import functools
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from manualgen.book.decoding import decoded
from manualgen.book.documents import Document, Include, OptionSource, include_nodes
from manualgen.book.includes import blank_lines, interpret
from manualgen.errors import Code, Diagnostic, ManualError, Severity, shortened
from manualgen.evaluation.settings import file_of, is_module
from manualgen.inputs import InputFiles, path_problem, refusal, unreadable
from manualgen.markup import chapter, nodes
from manualgen.similar_names import SimilarNames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from manualgen.book.includes import OptionRequest
    from manualgen.markup.chapter import Chapter

LARGEST = 64 * 1024 * 1024
"""The largest file of a manual, in bytes: an image; the limit for texts is lower."""

DEEPEST = 40
"""The most levels of includes within includes."""

NO_FILE = "cannot be the path of a file"
"""How the reason begins for which an entry is refused that no file can have as its path."""

MOST_FILES = 2_000
"""How many files a manual has: eight times as many as that of NixOS."""

MOST_SETS = 300
"""How many includes of option sets a manual has."""

MOST_REPEATED = 1_000_000
"""How many bytes of option sets are included a third time, or more often, in all."""

LEAST_REPEATED = 10_000
"""How many bytes a set counts for at least."""

LARGE_LEVEL = 50_000
"""Parsing this number of characters takes longer than starting another process."""


class SourceLoader:
    """Loads the files of one manual.

    Attributes:
        inputs: the files that were read.
        diagnostics: what is wrong with the files, in their order.
    """

    def __init__(
        self,
        manual: Path | None,
        roots: tuple[Path, ...] = (),
        folder: Path | None = None,
        chapters: dict[str, Chapter] | None = None,
    ) -> None:
        """Make the loader of a manual.

        Args:
            manual: its first file; without one the manual is empty.
            roots: further folders that files may be in.
            folder: the manual's own folder; by default that of the first file.
            chapters: text → chapter, parsed earlier, for another manual or an earlier build;
                what is parsed here is added.
        """
        self._manual = manual
        own = {folder} if folder is not None else set()
        if manual is not None:
            own.add(manual.parent)
        self._roots = sorted(root.resolve() for root in (*own, *roots))
        self.inputs = InputFiles(LARGEST)
        self._chapters = {} if chapters is None else chapters
        self._used: set[str] = set()
        self._included_at: dict[Path, str] = {}
        self._with_returns: list[str] = []
        self._siblings: dict[Path, SimilarNames] = {}
        self._set_counts: Counter[Path] = Counter()
        self._repeated = 0
        self._exceeded: set[str] = set()
        self.diagnostics: list[Diagnostic] = []

    @property
    def files(self) -> dict[Path, str]:
        """The files that were read, chapters and pictures alike, each with its SHA-256 digest."""
        return self.inputs.digests()

    def prefetch(
        self,
        run_in_background: Callable[[Callable[[], list[Chapter]]], Callable[[], list[Chapter]]],
        meanwhile: Callable[[list[OptionSource]], object],
    ) -> None:
        """Parse the chapters ahead of :meth:`load`, those of much text in the background.

        The includes are followed level by level: first the first file, then all that it
        includes, and so on. Nothing is diagnosed, and what cannot be read is passed over.

        Args:
            run_in_background: begins work and returns what waits for its result.
            meanwhile: called while a level is parsed in the background, with the option sets
                found since it was called last, which can be read in that time.
        """
        level = [] if self._manual is None else [(self._manual.resolve(), str(self._manual))]
        seen = {path for path, _ in level}
        sources: list[OptionSource] = []
        was_called = False
        for _ in range(DEEPEST):
            if not level:
                break
            documents = list(self._readable(level))
            texts = list(
                dict.fromkeys(text for _, _, text in documents if text not in self._chapters)
            )
            parse = functools.partial(_parse_all, texts)
            # Once everything else is done, another process would only be waited for.
            if sum(map(len, texts)) > LARGE_LEVEL and (sources or not was_called):
                result = run_in_background(parse)
                meanwhile(sources)
                was_called, sources = True, []
                parsed = result()
            else:
                parsed = parse()
            self._chapters.update(zip(texts, parsed, strict=True))
            level = []
            for path, name, text in documents:
                document = Document(path, name, (), [], self._chapters[text])
                for found in self._included(document):
                    if isinstance(found, OptionSource):
                        sources.append(found)
                    elif found[0] not in seen and len(seen) < MOST_FILES:
                        seen.add(found[0])
                        level.append(found)

    def _readable(self, files: Iterable[tuple[Path, str]]) -> Iterator[tuple[Path, str, str]]:
        """Yield path, name and text of the files that can be read."""
        for path, name in files:
            try:
                yield path, name, decoded(self.inputs.read(path, name), name).text
            except ManualError:
                continue

    def _included(self, document: Document) -> Iterator[tuple[Path, str] | OptionSource]:
        """Yield what a document includes: path and name of each file, and the option sets."""
        for node in include_nodes(document.chapter):
            request, _ = interpret(node, document)
            if request is None:
                continue
            for _, entry in request.entries:
                path, name, refused = self.resolve(document, entry)
                if entry and not refused:
                    yield path, name
            if request.options is not None:
                path, name, refused = self.resolve(document, request.options.source)
                if not refused and (path.is_file() or is_module(path)):
                    yield _option_source(request.options, path, name, request.line)

    def load(self, title: str) -> Document:
        """Return the first file, with all that it includes; an empty manual with a title if none.

        Raises:
            ManualError: if the first file itself cannot be read.
        """
        if self._manual is None:
            text = f"# {title} {{#book}}\n"
            return Document(Path(), "", (), text.split("\n"), chapter.parse(text))
        name = str(self._manual)
        path = self._manual.resolve()
        document = self._document(path, name, (), self._text(path, name), ())
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

    def resolve(self, document: Document, entry: str) -> tuple[Path, str, str]:
        """Return an entry's path, its name for messages, and why it is refused ("" if it is not).

        The path is that of the file itself, all symbolic links followed.
        """
        name = os.path.normpath(os.path.join(os.path.dirname(document.name), entry))  # noqa: PTH118, PTH120
        try:
            path = (document.path.parent / entry).resolve()
            problem = path_problem(path)
        except (OSError, RuntimeError, ValueError) as error:
            # With a NUL, or in a circle of links.
            path, problem = document.path, str(error)
        if problem:
            return path, name, f"{NO_FILE} ({problem})"
        return path, name, refusal(path, self._roots)

    def read_bytes(self, path: Path, name: str) -> bytes:
        """Return the bytes of a file of the manual, and record it among :attr:`files`.

        Raises:
            ManualError: if it cannot be read, is not an ordinary file or is too large.
        """
        return self.inputs.read(path, name)

    def _text(self, path: Path, name: str) -> str:
        """Return the text of a file; raises as :meth:`read_bytes` does, or if it is not text."""
        file = decoded(self.inputs.read(path, name), name)
        if file.begins_with_mark:
            self.diagnostics.append(
                Diagnostic(
                    code=Code.BAD_ENCODING,
                    message="the file begins with a byte order mark, which is left out",
                    file=name,
                    line=1,
                    help="save it as UTF-8 without one",
                )
            )
        if file.has_returns:
            self._with_returns.append(name)
        return file.text

    def _chapter(self, text: str) -> Chapter:
        # Nodes are the keys of tables, so two files of one text need a chapter each.
        if text in self._used:
            return chapter.parse(text)
        self._used.add(text)
        if text not in self._chapters:
            self._chapters[text] = chapter.parse(text)
        return self._chapters[text]

    def _document(
        self, path: Path, name: str, chain: tuple[str, ...], text: str, ancestors: tuple[Path, ...]
    ) -> Document:
        document = Document(path, name, chain, text.split("\n"), self._chapter(text))
        self._included_at[path] = chain[0] if chain else name
        self.diagnostics.extend(
            msgspec.structs.replace(diagnostic, file=name, included_from=chain)
            for diagnostic in document.chapter.diagnostics
        )
        if document.chapter.is_empty and not document.chapter.diagnostics:
            self.diagnostics.append(
                Diagnostic(
                    code=Code.BAD_STRUCTURE,
                    message="the file is empty",
                    file=name,
                    included_from=chain,
                    help="write `# Title {#id}` as its first line, or do not include it",
                )
            )
        for node in include_nodes(document.chapter):
            include = self._include(document, node, (*ancestors, path))
            if include is not None:
                document.includes[node] = include
        return document

    def _include(
        self, document: Document, node: nodes.include, ancestors: tuple[Path, ...]
    ) -> Include | None:
        request, diagnostics = interpret(node, document)
        self.diagnostics.extend(diagnostics)
        if request is None:
            return None
        blank = [line for line, entry in request.entries if not entry]
        documents: list[Document] = []
        for line, entry in request.entries:
            included = self._entry(document, entry, line, ancestors) if entry else None
            if included is not None:
                documents.append(included)
            elif blank and line == blank[0]:
                self.diagnostics.append(blank_lines(document, blank))
        return Include(
            request.kind,
            request.line,
            request.page,
            request.prefix,
            tuple(documents),
            self._options(document, request.options, request.line) if request.options else None,
        )

    def _options(
        self, document: Document, request: OptionRequest, line: int
    ) -> OptionSource | None:
        path, name, refused = self.resolve(document, request.source)
        if refused:
            self.diagnostics.append(_refused(document, request.source, request.line, refused))
        elif path.is_dir() and not is_module(path):
            self.diagnostics.append(unreadable(name, "it is a folder"))
        elif not file_of(path).exists():
            self.diagnostics.append(self._missing(document, request.source, request.line, path))
        elif self._has_room_for(path, document, line):
            return _option_source(request, path, name, line)
        return None

    def _has_room_for(self, path: Path, document: Document, line: int) -> bool:
        """Return whether one more option set can be included; report it once if none can."""
        self._set_counts[path] += 1
        if self._set_counts[path] > 2:
            self._repeated += max(path.stat().st_size, LEAST_REPEATED)
        if self._repeated > MOST_REPEATED:
            self._report_bound(
                document,
                line,
                "the manual includes the same option sets too often",
                "include a set once; links lead to its options from everywhere",
            )
            return False
        if self._set_counts.total() > MOST_SETS:
            self._report_bound(
                document,
                line,
                f"the manual includes more than {MOST_SETS} option sets",
                "join some of the sets in one file",
            )
            return False
        return True

    def _report_bound(self, document: Document, line: int, message: str, help_text: str) -> None:
        if message not in self._exceeded:
            self._exceeded.add(message)
            self.diagnostics.append(
                document.diagnostic(
                    Code.TOO_COMPLEX,
                    f"{message}; this include and those after it are left out",
                    line,
                    help_text,
                    severity=Severity.ERROR,
                )
            )

    def _entry(
        self, document: Document, entry: str, line: int, ancestors: tuple[Path, ...]
    ) -> Document | None:
        if len(self._included_at) >= MOST_FILES:
            message = f"the manual has more than {MOST_FILES:,} files"
            self._report_bound(document, line, message, "join some of the files in one")
            return None
        path, name, refused = self.resolve(document, entry)
        problem = (
            _refused(document, entry, line, refused)
            if refused
            else self._problem(document, entry, line, path, ancestors)
        )
        if problem is not None:
            self.diagnostics.append(problem)
            return None
        chain = (f"{document.name}:{line}", *document.chain)
        try:
            text = self._text(path, name)
        except ManualError as error:
            self.diagnostics.append(msgspec.structs.replace(error.diagnostic, included_from=chain))
            return None
        return self._document(path, name, chain, text, ancestors)

    def _problem(
        self, document: Document, entry: str, line: int, path: Path, ancestors: tuple[Path, ...]
    ) -> Diagnostic | None:
        """Return why a file cannot be included here; None if it can."""
        if path in ancestors:
            return document.diagnostic(
                Code.INCLUDE_CIRCLE,
                f"`{entry}` includes itself",
                line,
                "remove the line from one of these files",
                entry,
            )
        if len(ancestors) >= DEEPEST:
            return document.diagnostic(
                Code.BAD_INCLUDE,
                f"includes in includes, {DEEPEST} deep",
                line,
                "include the file further up",
                entry,
            )
        if path in self._included_at:
            return document.diagnostic(
                Code.BAD_INCLUDE,
                f"`{entry}` is included already, at {self._included_at[path]}",
                line,
                "remove one of the two; a link leads to the other",
                entry,
            )
        if not path.exists():
            return self._missing(document, entry, line, path)
        return None

    def _missing(self, document: Document, entry: str, line: int, path: Path) -> Diagnostic:
        folder = path.parent
        if folder not in self._siblings:
            names = [other.name for other in folder.iterdir()] if folder.is_dir() else []
            self._siblings[folder] = SimilarNames(names)
        likely = self._siblings[folder].nearest(path.name)
        help_text = f"there is no {path.name} in {folder}"
        if likely is not None:
            help_text += f"; did you mean {likely}?"
        return document.diagnostic(
            Code.UNREADABLE, f"`{entry}` does not exist", line, help_text, entry
        )


def _parse_all(texts: list[str]) -> list[Chapter]:
    return [chapter.parse(text) for text in texts]


def _option_source(request: OptionRequest, path: Path, name: str, line: int) -> OptionSource:
    return OptionSource(path, name, request.prefix, request.list_id, line)


def refusal_help(reason: str) -> tuple[Code, str]:
    """Return the code and the help for an entry that is refused.

    Args:
        reason: the reason, as :meth:`SourceLoader.resolve` returns it.
    """
    if reason.startswith(NO_FILE):
        return Code.UNREADABLE, "write the path of a file, relative to the one that names it"
    return (
        Code.OUTSIDE_ROOT,
        "move it into the manual's folder, or allow its own with --root FOLDER",
    )


def _refused(document: Document, entry: str, line: int, reason: str) -> Diagnostic:
    code, help_text = refusal_help(reason)
    return document.diagnostic(code, f"`{shortened(entry)}` {reason}", line, help_text, entry)
