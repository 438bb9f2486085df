"""The templates, style sheet and script that pages are made with: ours, or a theme's own."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from manualgen import resources
from manualgen.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment

GENERATOR = f"manualgen {__version__}"
"""What pages name as the program that made them."""

ASSETS = ("style.css", "manual.js")
"""The files that stand beside the pages of every site."""

SHELL_IDS = ("page-content", "page-tree")
"""The identifiers that the templates give on every page."""


@functools.cache
def templates(theme: Path | None) -> Environment:
    """Return the templates, a theme's own before ours; each is compiled once.

    Args:
        theme: a folder whose files replace those of ``templates/``.
    """
    from jinja2 import (  # noqa: PLC0415 - slow to import; a man page needs none
        ChoiceLoader,
        Environment,
        FileSystemLoader,
        StrictUndefined,
    )

    folders = [folder for folder in (theme, resources.folder("templates")) if folder is not None]
    return Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def warm(theme: Path | None) -> None:
    """Load what pages of chapters are written with, for the processes that inherit it."""
    from manualgen.writers import highlight  # noqa: PLC0415 - Pygments is slow to import

    templates(theme).get_template("book.html")
    highlight.html("{ }", "nix")
