"""What the Python API and the commands offer of books: an EPUB, a PDF."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from manualgen.errors import failing
from manualgen.sphinxext import books, epub

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.book.manual import Manual
    from manualgen.site.building import BuildOptions, BuildResult

PAPERS = {"a4": "a4", "letter": "us-letter"}
"""The sizes of pages by their names, and what Typst calls them."""


def build_epub(
    manual: Manual,
    path: str | Path,
    *,
    strict: bool = False,
    blame: Sequence[str] = (),
    options: BuildOptions | None = None,
) -> BuildResult:
    """Write a manual as an EPUB, by Sphinx.

    Args:
        manual: the manual.
        path: the file.
        strict: whether warnings, too, keep a manual with chapters from being written.
        blame: where not empty, only options declared below one of these prefixes do.
        options: how the work is done.

    Raises:
        ManualError: if the file cannot be written, or Sphinx is not installed.
    """
    fails = functools.partial(failing, strict=strict, blame=tuple(blame))
    return books.build(manual, Path(path), epub.book(manual), fails, options)


def build_pdf(
    manual: Manual,
    path: str | Path,
    *,
    paper: Literal["a4", "letter"] = "a4",
    strict: bool = False,
    blame: Sequence[str] = (),
    options: BuildOptions | None = None,
) -> BuildResult:
    """Write a manual as a PDF, by Sphinx and Typst.

    Args:
        manual: the manual.
        path: the file.
        paper: the size of the pages.
        strict: whether warnings, too, keep a manual with chapters from being written.
        blame: where not empty, only options declared below one of these prefixes do.
        options: how the work is done.

    Raises:
        ManualError: if the file cannot be written, or Sphinx or Typst is not installed.
    """
    fails = functools.partial(failing, strict=strict, blame=tuple(blame))
    settings = {"typst_paper": PAPERS[paper]}
    book = books.Book("a PDF", "typst", ("sphinx", "typst"), "pdf", settings, _pdf)
    return books.build(manual, Path(path), book, fails, options)


def _pdf(folder: Path) -> bytes:
    """Return the PDF that the builder has written."""
    return (folder / "book.pdf").read_bytes()
