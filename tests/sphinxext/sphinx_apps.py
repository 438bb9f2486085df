"""Sphinx, run for tests as its own tests run it."""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager
from pathlib import Path

from sphinx.testing.util import SphinxTestApp

PROJECTS = Path(__file__).parent / "projects"


def copied(name: str, folder: Path) -> Path:
    """Copy a project, beside those that it reads files of; return its folder."""
    for project in PROJECTS.iterdir():
        shutil.copytree(project, folder / project.name, dirs_exist_ok=True)
    return folder / name


@contextmanager
def application(source: Path, builder: str = "html", **settings):
    app = SphinxTestApp(builder, source, **settings)
    try:
        yield app
    finally:
        app.cleanup()


def built(source: Path, builder: str = "html", **settings):
    """Build a project; return its folder of output, the warnings, and the documents written."""
    with application(source, builder, **settings) as app:
        read: list[str] = []
        app.connect("env-purge-doc", lambda _app, _env, docname: read.append(docname))
        app.build()
        return Path(app.outdir), re.sub(r"\x1b\[[0-9;]*m", "", app.warning.getvalue()), set(read)
