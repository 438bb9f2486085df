"""``manualgen html``."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from manualgen.cli import arguments, book, reporting
from manualgen.site import html


@click.command("html")
@click.option(
    "-o",
    "--output",
    type=arguments.OUTPUT,
    help="The folder to fill, or with --single-page the file to write. "
    "Required, unless manual.toml says it.",
)
@click.option("--single-page", is_flag=True, help="Write one file instead of a folder of pages.")
@book.options
@arguments.shared
def command(
    inputs: tuple[str, ...],
    output: Path | None,
    single_page: bool,
    wishes: book.Wishes,
    texts: arguments.Texts,
    trees: arguments.Trees,
    evaluation: arguments.Evaluation,
    making: arguments.Making,
    judgement: reporting.Judgement,
) -> None:
    """Render a manual or option sets as HTML: a folder of pages with an index, or one page.

    The input is one or more option sets or modules, or one manual.md, or one manual.toml.
    """
    if any(name.endswith(book.SUFFIXES) for name in inputs):
        if len(inputs) > 1:
            raise click.UsageError("a manual is one file; it includes the others")  # noqa: EM101, TRY003
        path = Path(inputs[0])
        status = 0
        for place, alone in _outputs(path, output, single_page=single_page):
            progress = reporting.Progress("pages", quiet=judgement.quiet)
            wanted = msgspec.structs.replace(wishes, chunk="one") if alone else wishes
            # A file has no old places: nothing could lead from them.
            manual = book.read(path, wanted, texts, trees, making, without_redirects=alone)
            status |= book.build(manual, place, making.jobs, progress, judgement, single_page=alone)
        raise SystemExit(status)
    if output is None:
        raise click.UsageError("Missing option '-o' / '--output'.")  # noqa: EM101, TRY003
    progress = reporting.Progress("options" if single_page else "pages", quiet=judgement.quiet)
    reference = arguments.read(inputs, texts, trees, evaluation)
    count = len(reference.options)
    build = html.build_single if single_page else html.build_split
    built = build(
        reference,
        output,
        html.Look(title=wishes.title or "Options", version=wishes.version, theme=making.theme),
        jobs=arguments.jobs(making.jobs, count),
        progress=progress,
    )
    seconds = progress.end()
    made = f"{count:,} option{'' if count == 1 else 's'} → "
    if single_page:
        made += f"{output}, {built.size / 1e6:,.1f} MB"
    else:
        made += f"{built.pages:,} pages in {str(output).rstrip('/')}/"
    raise SystemExit(reporting.conclude(built.diagnostics, judgement, made=made, seconds=seconds))


def _outputs(manual: Path, output: Path | None, *, single_page: bool) -> list[tuple[Path, bool]]:
    """Return where a manual goes, and whether as one file, by its configuration if need be."""
    if output is not None:
        return [(output, single_page)]
    found = book.configured(manual)
    wanted = [(found.output.html, False), (found.output.single_page, True)]
    places = [(found.path(name), alone) for name, alone in wanted if name and alone >= single_page]
    if not places:
        raise click.UsageError(  # noqa: TRY003
            "Missing option '-o' / '--output', or html in [output] of manual.toml."  # noqa: EM101
        )
    return places
