"""``manualgen theme``."""

from __future__ import annotations

from pathlib import Path

import click

from manualgen.cli.sample import copy


@click.command("theme")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """Copy the templates into a folder.

    Change them there, and build with --theme.
    """
    copy("templates", folder)
