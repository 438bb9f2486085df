"""``manualgen init``."""

from __future__ import annotations

from pathlib import Path

import click

from manualgen.book import settings
from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.site import files


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.option("--force", is_flag=True, help="Replace an existing manual.toml.")
def command(folder: Path, force: bool) -> None:
    """Write a manual.toml with every setting explained.

    A manual.md to begin with is written too, if there is none.
    """
    path = folder / "manual.toml"
    if path.exists() and not force:
        raise ManualError(
            Diagnostic(
                code=Code.WRITE_FAILED,
                message="the file exists already",
                file=str(path),
                help="name another folder, or replace it with --force",
            )
        )
    files.write(path, settings.template().encode())
    click.echo(path)
    manual = folder / "manual.md"
    if not manual.exists():
        files.write(manual, _MANUAL.encode())
        click.echo(manual)


_MANUAL = """\
# A manual {#book}

## Its subtitle

What it is about.
"""
