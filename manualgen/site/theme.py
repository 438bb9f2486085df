"""The templates, style sheet and script of pages: ours, or those of a theme."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from manualgen import resources
from manualgen.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment

GENERATOR = f"manualgen {__version__}"
"""The program that pages name as their generator."""

ASSETS = ("style.css", "manual.js")
"""The files that every site has in its folder, next to the pages."""

SHELL_IDS = ("page-content", "page-tree")
"""The identifiers of elements that the templates write on every page."""


@functools.cache
def templates(theme: Path | None) -> Environment:
    """Return the templates; those of a theme take precedence over ours.

    Args:
        theme: a folder whose files replace those of ``templates/``; None for ours alone.
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
    """Load templates and Pygments before processes are forked, so that they inherit them.

    Args:
        theme: the theme, or None.
    """
    from manualgen.writers import highlight  # noqa: PLC0415 - Pygments is slow to import

    templates(theme).get_template("book.html")
    highlight.html("{ }", "nix")
