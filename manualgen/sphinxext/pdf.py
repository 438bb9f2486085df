"""A manual as a PDF, by Typst."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.sphinxext import books

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from manualgen.book.manual import Manual
    from manualgen.errors import Diagnostic
    from manualgen.site.building import BuildOptions, BuildResult

PAPERS = {"a4": "a4", "letter": "us-letter"}
"""The papers by their names, and what Typst calls them."""


def build(
    manual: Manual,
    path: Path,
    failing: Callable[[Sequence[Diagnostic]], object],
    options: BuildOptions | None = None,
    *,
    paper: str = "a4",
) -> BuildResult:
    """Write a manual as a PDF.

    Args:
        manual: the manual.
        path: the file.
        failing: the diagnostics of a manual with chapters → whether it is not to be written.
        options: how the build runs.
        paper: one of :data:`PAPERS`.

    Raises:
        ManualError: if the file cannot be written, or Sphinx or Typst is not installed.
    """
    book = books.Book(
        "a PDF",
        "typst",
        ("sphinx", "typst"),
        "pdf",
        {"typst_paper": PAPERS[paper]},
        lambda folder: (folder / "book.pdf").read_bytes(),
    )
    return books.build(manual, path, book, failing, options)
