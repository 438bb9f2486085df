"""``manualgen markdown``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from manualgen import api
from manualgen.cli import arguments, documents
from manualgen.writers.markdown import Admonitions, Style

if TYPE_CHECKING:
    from pathlib import Path

    from manualgen.book.project import ManualOverrides
    from manualgen.cli.reporting import FailurePolicy


@click.command("markdown")
@arguments.output("file to write")
@click.option(
    "--admonitions",
    type=click.Choice([style.value for style in Admonitions]),
    default=Admonitions.GFM.value,
    show_default=True,
    help="The syntax of notes and warnings.",
)
@click.option("--anchors", is_flag=True, help="Write identifiers after headings, as {#id}.")
@arguments.rendering(*arguments.titles)
def command(
    inputs: tuple[str, ...],
    output: Path | None,
    admonitions: str,
    anchors: bool,
    overrides: ManualOverrides,
    jobs: int | None,
    policy: FailurePolicy,
) -> None:
    """Render a manual or option sets as one file of CommonMark.

    INPUT is one manual.toml or manual.md, or any number of option sets and modules.
    """
    style = Style(admonitions=Admonitions(admonitions), anchors=anchors)
    read = documents.read(inputs, output, "markdown", overrides, jobs, policy, look=style)
    read.conclude(api.build_markdown(read.manual, read.path, style=style, options=read.options))
