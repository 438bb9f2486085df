"""``manualgen asciidoc``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from manualgen import api
from manualgen.cli import arguments, documents

if TYPE_CHECKING:
    from pathlib import Path

    from manualgen.book.project import ManualOverrides
    from manualgen.cli.reporting import FailurePolicy


@click.command("asciidoc")
@arguments.output("file to write")
@arguments.rendering(*arguments.titles)
def command(
    inputs: tuple[str, ...],
    output: Path | None,
    overrides: ManualOverrides,
    jobs: int | None,
    policy: FailurePolicy,
) -> None:
    """Render a manual or option sets as one file of AsciiDoc.

    INPUT is one manual.toml or manual.md, or any number of option sets and modules.
    """
    read = documents.read(inputs, output, "asciidoc", overrides, jobs, policy)
    read.conclude(api.build_asciidoc(read.manual, read.path, options=read.options))
