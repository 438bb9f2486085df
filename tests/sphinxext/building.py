"""Projects of Sphinx for tests: written, built in this process, and looked at."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from tests.manuals import write

if TYPE_CHECKING:
    from pathlib import Path

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Built:
    """A project that was built.

    Attributes:
        folder: the output.
        warnings: the warnings, one a line.
        read: the documents that were read.
    """

    folder: Path
    warnings: list[str]
    read: list[str]

    def text(self, name: str) -> str:
        """Return a file of the output."""
        return (self.folder / name).read_text(encoding="utf-8")


def build(folder: Path, builder: str = "html", *, parallel: int = 1, **settings) -> Built:
    """Build the project in ``folder/source`` into ``folder/BUILDER``."""
    warnings = io.StringIO()
    read: list[str] = []
    output = folder / builder
    with docutils_namespace():
        app = Sphinx(
            folder / "source",
            None,
            output,
            folder / f"doctrees-{builder}",
            builder,
            confoverrides={
                "extensions": ["manualgen.sphinxext"],
                "manualgen_dialect": ["manual.md"],
                "root_doc": "manual",
                "project": "Test",
                "html_theme": "basic",
            }
            | settings,
            status=None,
            warning=warnings,
            parallel=parallel,
        )
        app.connect("source-read", lambda _app, docname, _text: read.append(docname))
        app.build()
    found = _COLOURS.sub("", warnings.getvalue()).splitlines()
    return Built(output, found, read)


def project(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write the files of a project; return the folder that :func:`build` takes."""
    write(folder / "source", files)
    return folder
