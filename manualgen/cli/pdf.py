"""``manualgen pdf``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

import click

from manualgen import api
from manualgen.cli import arguments, documents
from manualgen.sphinxext import books, public

if TYPE_CHECKING:
    from pathlib import Path

    from manualgen.book.project import ManualOverrides
    from manualgen.cli.reporting import FailurePolicy


@click.command("pdf")
@arguments.output("file to write")
@click.option(
    "--paper",
    type=click.Choice(sorted(public.PAPERS)),
    default="a4",
    show_default=True,
    help="The size of the pages.",
)
@arguments.rendering(*arguments.titles)
def command(
    inputs: tuple[str, ...],
    output: Path | None,
    paper: str,
    overrides: ManualOverrides,
    jobs: int | None,
    policy: FailurePolicy,
) -> None:
    """Render a manual or option sets as a PDF.

    INPUT is one manual.toml or manual.md, or any number of option sets and modules. It needs
    Sphinx and Typst: pip install 'manualgen[pdf]'.
    """
    made_by = (paper, *books.versions("sphinx", "typst"))
    read = documents.read(inputs, output, "pdf", overrides, jobs, policy, look=made_by)
    read.conclude(
        api.build_pdf(
            read.manual,
            read.path,
            paper=cast('Literal["a4", "letter"]', paper),
            strict=policy.strict,
            blame=policy.blame,
            options=read.options,
        )
    )
