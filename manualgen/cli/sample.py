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
    """Copy the sample option sets into a folder.

    They are for trying the other commands.
    """
    copy("sample-options", folder)


def copy(name: str, folder: Path) -> None:
    """Copy a folder of the package; existing files are replaced.

    Args:
        name: the folder, as :func:`manualgen.resources.folder` names it.
        folder: the folder to copy it to; created if it does not exist.

    Raises:
        ManualError: if the files cannot be written.
    """
    source = resources.folder(name)
    for path in sorted(source.rglob("*")):
        if path.is_file():
            target = folder / path.relative_to(source)
            files.write(target, path.read_bytes())
            click.echo(visible(str(target)))
