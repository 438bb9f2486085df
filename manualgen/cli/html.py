"""``manualgen html``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from manualgen.cli import arguments, reporting
from manualgen.site import html

if TYPE_CHECKING:
    from manualgen.options.declarations import Source
    from manualgen.options.model import Markup


@click.command("html")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder to fill, or with --single-page the file to write.",
)
@click.option("--single-page", is_flag=True, help="Write one file instead of a folder of pages.")
@click.option("--title", default="Options", show_default=True, help="The manual's title.")
@click.option("--version", default="", help="A version to show beside the title.")
@arguments.shared
def command(
    inputs: tuple[str, ...],
    output: Path,
    single_page: bool,
    title: str,
    version: str,
    sources: tuple[Source, ...],
    revision: str,
    lib: Path | None,
    pkgs: Path | None,
    timeout: float,
    memory: int,
    manpage_urls: Path | None,
    description_format: Markup,
    hidden_lists: bool,
    jobs: int | None,
    theme: Path | None,
    strict: bool,
    blame: tuple[str, ...],
    hints: bool,
    quiet: bool,
) -> None:
    """Render option sets as HTML: a folder of pages with an index, or one page."""
    progress = reporting.Progress("options" if single_page else "pages", quiet=quiet)
    reference = arguments.read(
        inputs,
        sources=sources,
        revision=revision,
        lib=lib,
        pkgs=pkgs,
        timeout=timeout,
        memory=memory,
        manpage_urls=manpage_urls,
        description_format=description_format,
        hidden_lists=hidden_lists,
    )
    count = len(reference.options)
    build = html.build_single if single_page else html.build_split
    built = build(
        reference,
        output,
        html.Look(title=title, version=version, theme=theme),
        jobs=arguments.jobs(jobs, count),
        progress=progress,
    )
    seconds = progress.end()
    made = f"{count:,} option{'' if count == 1 else 's'} → "
    if single_page:
        made += f"{output}, {built.size / 1e6:,.1f} MB"
    else:
        made += f"{built.pages:,} pages in {str(output).rstrip('/')}/"
    raise SystemExit(
        reporting.conclude(
            built.diagnostics,
            made=made,
            seconds=seconds,
            strict=strict,
            blame=blame,
            hints=hints,
            quiet=quiet,
        )
    )
