"""A whole manual as one file, by a builder of Sphinx.

The documents of the manual are files without text in a folder of their own; the parser fills each
from the manual, which has been read already.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
import logging
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen import extras
from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.site import files, overwriting
from manualgen.site.building import BuildOptions, BuildResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from manualgen.book.manual import IncludedOptions, Manual
    from manualgen.book.model import Division
    from manualgen.options.tree import Page

    Make = Callable[[Path], bytes]

SUFFIX = ".manualgen"
"""The suffix of the files that stand for documents."""


class Book(msgspec.Struct, frozen=True):
    """How a builder makes one file of a manual.

    Attributes:
        format: the format, for messages.
        builder: the name of the builder.
        modules: the modules that it needs beside manualgen.
        extra: the extra of manualgen that installs them.
        settings: its configuration.
        made: folder of its output → the file's content.
    """

    format: str
    builder: str
    modules: tuple[str, ...]
    extra: str
    settings: dict[str, Any]
    made: Make


def build(
    manual: Manual,
    path: Path,
    book: Book,
    failing: Callable[[Sequence[Diagnostic]], object],
    options: BuildOptions | None = None,
) -> BuildResult:
    """Write a manual as one file. The old file stays if it cannot be made.

    Args:
        manual: the manual.
        path: the file.
        book: how it is made.
        failing: the diagnostics of a manual with chapters → whether it is not to be written.
        options: how the build runs.

    Raises:
        ManualError: if the file cannot be written, or what makes it is not installed.
    """
    options = options or BuildOptions()
    extras.require(book.format, book.extra, *book.modules)
    inputs = overwriting.inputs_of(manual)
    files.check(path, inputs)
    has_chapters = manual.outline is not None
    if has_chapters and failing(manual.diagnostics):
        return BuildResult(0, 0, list(manual.diagnostics))
    with tempfile.TemporaryDirectory(prefix="manualgen-") as name:
        diagnostics = [*manual.diagnostics, *_run(manual, Path(name), book)]
        if has_chapters and failing(diagnostics):
            return BuildResult(0, 0, diagnostics)
        data = book.made(Path(name, "output"))
    files.write(path, data, inputs=inputs, waiting=options.waiting)
    return BuildResult(1, len(data), diagnostics)


def versions(*modules: str) -> tuple[str, ...]:
    """Return the versions of packages, which a book depends on; "" for one that is not installed."""
    found = []
    for name in modules:
        try:
            found.append(importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            found.append("")
    return tuple(found)


def _run(manual: Manual, folder: Path, book: Book) -> list[Diagnostic]:
    """Run the builder; return the problems in the texts of options, and what Sphinx warns of."""
    # Sphinx takes a while to import, and few commands need it.
    from sphinx.application import Sphinx  # noqa: PLC0415
    from sphinx.errors import SphinxError  # noqa: PLC0415
    from sphinx.util.docutils import docutils_namespace  # noqa: PLC0415

    from manualgen.sphinxext.documents import ManualDocuments  # noqa: PLC0415
    from manualgen.sphinxext.parser import manuals_of  # noqa: PLC0415

    documents = ManualDocuments(
        manual,
        _Names(manual).division,
        _PageNames(manual),
        lambda image: f"/{found.name}" if (found := manual.pictures.get(image)) else "",
        has_index=True,
    )
    source = folder / "source"
    for name in documents.documents:
        _write(source / f"{name}{SUFFIX}", b"")
    for picture in manual.picture_files:
        _write(source / picture.name, picture.data)
    output, doctrees = folder / "output", folder / "doctrees"
    warnings = _Warnings()
    with _reproducible_time(), docutils_namespace():
        app = Sphinx(
            source,
            None,
            output,
            doctrees,
            book.builder,
            confoverrides=_settings(manual) | book.settings,
            status=None,
            warning=io.StringIO(),
            freshenv=True,
        )
        manuals_of(app.config).manuals.append(documents)
        logger = logging.getLogger("sphinx")
        # Before those of Sphinx, which change the records.
        logger.handlers.insert(0, warnings)
        try:
            app.build(force_all=True)
        except SphinxError as error:
            raise ManualError(
                Diagnostic(
                    code=Code.BOOK_FAILED,
                    message=f"{book.format} cannot be made: {error}",
                    help="leave out the chapters one by one to find what the reason is; report it",
                )
            ) from error
        finally:
            logger.removeHandler(warnings)
    return [*documents.take_diagnostics(), *warnings.diagnostics()]


def _settings(manual: Manual) -> dict[str, Any]:
    """Return the configuration of Sphinx for all builders."""
    return {
        "extensions": ["manualgen.sphinxext"],
        "source_suffix": {SUFFIX: "manualgen"},
        "root_doc": "index",
        "project": manual.title,
        "version": manual.settings.version,
        "release": manual.settings.version,
        "author": "",
        "language": "en",
        "smartquotes": False,
        "toc_object_entries": False,
        "add_function_parentheses": False,
    }


class _Names:
    """The names of the documents of divisions: those that are not sections have one each."""

    def __init__(self, manual: Manual) -> None:
        self._book = manual.outline.book if manual.outline is not None else None
        self._taken: set[str] = {"index", "genindex", "search", "nav", "content", "toc"}

    def division(self, division: Division) -> str:
        """Return the name of the document of a division; "" if it stands in its parent's."""
        if division is self._book:
            return "index"
        if division.kind == "section":
            return ""
        base = re.sub(r"[^\w.-]", "_", division.identifier)[:_LONGEST].lstrip(".") or "untitled"
        name, number = base, 1
        while name.lower() in self._taken:
            number += 1
            name = f"{base}-{number}"
        self._taken.add(name.lower())
        return name


_LONGEST = 100
"""How many characters of an identifier are in the name of a file."""


class _PageNames:
    """The names of the documents of pages of options."""

    def __init__(self, manual: Manual) -> None:
        self._numbers = {id(included): index for index, included in enumerate(manual.sets, 1)}

    def __call__(self, included: IncludedOptions, page: Page, _home: str) -> str:
        """Return the name of the document of a page; "" where there are few options."""
        if len(included.catalog.options) < _FEWEST_DIVIDED:
            return ""
        return f"options-{self._numbers[id(included)]}/{page.stem}"


_FEWEST_DIVIDED = 25
"""The fewest options of a set that are divided by modules."""


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@contextlib.contextmanager
def _reproducible_time() -> Iterator[None]:
    """Have Sphinx write a time that does not depend on when it runs."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(time_of_build())
    try:
        yield
    finally:
        if given is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = given


def time_of_build() -> int:
    """Return the time that files say they were made at, in seconds since 1970.

    It is ``SOURCE_DATE_EPOCH``, or else the first time that a ZIP archive can have.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return max(int(given), _FIRST) if given.isdecimal() else _FIRST


_FIRST = 315532800


_LIMIT = "this is a limit of PDFs; `manualgen epub` writes a book that shows it"
_UNEXPECTED = "report this, if the manual has no other problems"


class _Warnings(logging.Handler):
    """Collects what Sphinx warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._messages: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message of a record, which other handlers change, and what to do about it."""
        is_limit = getattr(record, "type", "") == "typst"
        self._messages.append((record.getMessage(), _LIMIT if is_limit else _UNEXPECTED))

    def diagnostics(self) -> list[Diagnostic]:
        """Return a diagnostic for each warning."""
        return [
            Diagnostic(
                code=Code.SPHINX_WARNING,
                message=f"Sphinx: {message}",
                help=advice,
            )
            for message, advice in self._messages
        ]
