"""``manualgen epub``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from manualgen import api
from manualgen.cli import arguments, documents
from manualgen.sphinxext import books

if TYPE_CHECKING:
    from pathlib import Path

    from manualgen.book.project import ManualOverrides
    from manualgen.cli.reporting import FailurePolicy


@click.command("epub")
@arguments.output("file to write")
@arguments.rendering(*arguments.titles)
def command(
    inputs: tuple[str, ...],
    output: Path | None,
    overrides: ManualOverrides,
    jobs: int | None,
    policy: FailurePolicy,
) -> None:
    """Render a manual or option sets as an EPUB.

    INPUT is one manual.toml or manual.md, or any number of option sets and modules. It needs
    Sphinx: pip install 'manualgen[sphinx]'.
    """
    made_by = books.versions("sphinx")
    read = documents.read(inputs, output, "epub", overrides, jobs, policy, look=made_by)
    read.conclude(
        api.build_epub(
            read.manual,
            read.path,
            strict=policy.strict,
            blame=policy.blame,
            options=read.options,
        )
    )
