"""``manualgen sample``."""

from __future__ import annotations

from pathlib import Path

import click

from manualgen import resources
from manualgen.errors import visible
from manualgen.site import files


@click.command("sample")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """Copy the sample option sets into a folder, to try the other commands on."""
    copy("sample-options", folder)


def copy(name: str, folder: Path) -> None:
    """Copy one of our folders; files that are there already are replaced.

    Raises:
        ManualError: if the files cannot be written.
    """
    source = resources.folder(name)
    for path in sorted(source.rglob("*")):
        if path.is_file():
            target = folder / path.relative_to(source)
            files.write(target, path.read_bytes())
            click.echo(visible(str(target)))
