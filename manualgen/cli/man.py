"""``manualgen man``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from manualgen.cli import arguments, reporting
from manualgen.options import reading
from manualgen.site import manpage

if TYPE_CHECKING:
    from manualgen.options.declarations import Source
    from manualgen.options.model import Markup

_DEFAULT = manpage.ManpageLook()


@click.command("man")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The file to write."
)
@click.option("--name", default=_DEFAULT.name, show_default=True, help="The page's name.")
@click.option("--section", default=_DEFAULT.section, show_default=True, help="Its section.")
@click.option(
    "--date",
    default=None,
    help="The date in the footer; by default that of SOURCE_DATE_EPOCH, else "
    f"{manpage.FIXED_DATE}: the same input gives the same bytes.",
)
@click.option(
    "--system", default=_DEFAULT.source, show_default=True, help="What the page is part of."
)
@click.option(
    "--manual",
    default=_DEFAULT.manual,
    show_default=True,
    help="The manual's title, in the header.",
)
@click.option(
    "--summary", default=_DEFAULT.summary, show_default=True, help="One line, for apropos(1)."
)
@click.option("--description", default=_DEFAULT.description, help="The text of DESCRIPTION.")
@click.option(
    "--header",
    type=click.Path(path_type=Path),
    help="A file of roff to begin the page with, instead of all of the above.",
)
@click.option(
    "--footer", type=click.Path(path_type=Path), help="A file of roff to end the page with."
)
@arguments.shared
def command(
    inputs: tuple[str, ...],
    output: Path,
    name: str,
    section: str,
    date: str | None,
    system: str,
    manual: str,
    summary: str,
    description: str,
    header: Path | None,
    footer: Path | None,
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
    """Render option sets as a man page.

    The input is one or more option sets (options.json) or modules (.nix).
    """
    progress = reporting.Progress("options", quiet=quiet)
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
    look = manpage.ManpageLook(
        name=name,
        section=section,
        date=date,
        source=system,
        manual=manual,
        summary=summary,
        description=description,
        header=_roff(header),
        footer=_roff(footer),
        theme=theme,
    )
    count = len(reference.options)
    built = manpage.build(
        reference, output, look, jobs=arguments.jobs(jobs, count), progress=progress
    )
    seconds = progress.end()
    made = f"{count:,} option{'' if count == 1 else 's'} → {output}, {built.size / 1e6:,.1f} MB"
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


def _roff(path: Path | None) -> str | None:
    return None if path is None else reading.contents(str(path)).decode("utf-8", "replace")
