"""``manualgen html``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from manualgen.cli import arguments, book, reporting
from manualgen.site import html

if TYPE_CHECKING:
    from manualgen.book.configuration import OptionsTable
    from manualgen.options.declarations import Source
    from manualgen.options.model import Markup


@click.command("html")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The folder to fill, or with --single-page the file to write. "
    "Required, unless manual.toml says it.",
)
@click.option("--single-page", is_flag=True, help="Write one file instead of a folder of pages.")
@click.option("--title", default="", help="The manual's title.  [default: its own, or Options]")
@click.option("--version", default="", help="A version to show beside the title.")
@book.options
@arguments.shared
def command(
    inputs: tuple[str, ...],
    output: Path | None,
    single_page: bool,
    title: str,
    version: str,
    roots: tuple[Path, ...],
    chunk: str | None,
    toc_depth: int | None,
    chapter_toc_depth: int | None,
    dangling: str | None,
    redirects: Path | None,
    sets: tuple[OptionsTable, ...],
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
    """Render a manual or option sets as HTML: a folder of pages with an index, or one page.

    The input is one or more option sets or modules, or one manual.md, or one manual.toml.
    """
    if any(name.endswith(book.SUFFIXES) for name in inputs):
        if len(inputs) > 1:
            raise click.UsageError("a manual is one file; it includes the others")  # noqa: EM101, TRY003
        output, single_page = _output(Path(inputs[0]), output, single_page=single_page)
        progress = reporting.Progress("pages", quiet=quiet)
        manual = book.read(
            Path(inputs[0]),
            title=title,
            version=version,
            theme=theme,
            sources=sources,
            revision=revision,
            manpage_urls=manpage_urls,
            roots=roots,
            chunk="one" if single_page else chunk,
            toc_depth=toc_depth,
            chapter_toc_depth=chapter_toc_depth,
            dangling=dangling,
            redirects=redirects,
            sets=sets,
            description_format=description_format,
            hidden_lists=hidden_lists,
            jobs=jobs,
        )
        raise SystemExit(
            book.build(
                manual,
                output,
                progress,
                single_page=single_page,
                jobs=jobs,
                strict=strict,
                blame=blame,
                hints=hints,
                quiet=quiet,
            )
        )
    if output is None:
        raise click.UsageError("Missing option '-o' / '--output'.")  # noqa: EM101, TRY003
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
        html.Look(title=title or "Options", version=version, theme=theme),
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


def _output(manual: Path, output: Path | None, *, single_page: bool) -> tuple[Path, bool]:
    """Return where a manual goes, and whether as one page, by its configuration if need be."""
    if output is not None:
        return output, single_page
    found = book.configured(manual)
    if found.output.html and not single_page:
        return found.path(found.output.html), False
    if found.output.single_page:
        return found.path(found.output.single_page), True
    raise click.UsageError("Missing option '-o' / '--output', or html in [output] of manual.toml.")  # noqa: EM101, TRY003
