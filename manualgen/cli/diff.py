"""``manualgen diff``."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

from manualgen import api
from manualgen.book.project import read_manpage_urls
from manualgen.cli import arguments, loading, reporting, results
from manualgen.comparison import formats, terminal, wording
from manualgen.options.reading import OptionSet
from manualgen.site import files, overwriting
from manualgen.site.files import STANDARD_OUTPUT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from manualgen.book.manual import Manual
    from manualgen.book.project import ManualOverrides
    from manualgen.comparison.report import DiffReport
    from manualgen.errors import Diagnostic

_FEWEST_BYTES = 1_000


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "-o",
    "--output",
    type=arguments.OUTPUT,
    default="-",
    show_default=True,
    help="The file to write; - is standard output.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(formats.FORMATS),
    default=None,
    help="The format; by default that of the output's name (.md, .json, .html), else text.",
)
@click.option("--json", "short_json", is_flag=True, help=arguments.JSON_HELP)
@click.option(
    "--max-size",
    "largest",
    metavar="BYTES",
    type=click.IntRange(_FEWEST_BYTES),
    default=None,
    help="The most bytes of Markdown. The most important changes come first, and what is left "
    "out is counted. A comment on GitHub may have 65536 characters.",
)
@click.option(
    "--preview-url",
    default="",
    help="The address of a site of NEW, which Markdown, HTML and JSON link to.",
)
@click.option("--exit-code", is_flag=True, help="End with status 1 if a change is breaking.")
@arguments.comparing()
def command(
    old: str,
    new: str,
    output: Path,
    output_format: str | None,
    short_json: bool,
    largest: int | None,
    preview_url: str,
    exit_code: bool,
    overrides: ManualOverrides,
    jobs: int | None,
    policy: reporting.FailurePolicy,
) -> None:
    """Report what has changed between two option sets or two manuals.

    OLD and NEW are option sets, modules, or manuals (manual.toml or manual.md). Options that
    were added, removed, renamed or changed are listed with what that means to configurations,
    breaking changes first; descriptions are compared word by word, as readers see them. Of
    manuals, sections of chapters are compared too.
    """
    if short_json and output_format not in {None, "json"}:
        message = f"--json and --format {output_format} exclude each other"
        raise click.UsageError(message)
    if old == new == "-":
        raise click.UsageError("only one of OLD and NEW can be standard input")  # noqa: EM101, TRY003
    output_format = "json" if short_json else output_format or formats.format_of(output)
    if largest is not None and output_format != "markdown":
        raise click.UsageError("--max-size is for Markdown; add --format markdown")  # noqa: EM101, TRY003
    if output_format == "json" and output == STANDARD_OUTPUT:
        results.expect_json()
    progress = reporting.Progress("options", quiet=policy.quiet)
    sides = [loading.compared(name, overrides, jobs) for name in (old, new)]
    try:
        report = api.diff(
            *sides,
            names=(old, new),
            preview_url=preview_url,
            sources=overrides.sources,
            revision=overrides.revision,
            manpage_urls={}
            if overrides.manpage_urls is None
            else read_manpage_urls(overrides.manpage_urls),
            description_format=overrides.description_format,
            hidden_lists=overrides.hidden_lists,
        )
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--preview-url") from None
    _write(report, output, output_format, largest, overrides, sides)
    seconds = progress.end()
    made = f"{wording.summary(report)} → {reporting.output_name(output)}"
    status = reporting.conclude(_diagnostics(sides), policy, made=made, seconds=seconds)
    raise SystemExit(status or (1 if exit_code and report.is_breaking else 0))


def _diagnostics(sides: Sequence[OptionSet | Manual]) -> list[Diagnostic]:
    return [diagnostic for side in sides for diagnostic in side.diagnostics]


def _write(
    report: DiffReport,
    output: Path,
    output_format: str,
    largest: int | None,
    overrides: ManualOverrides,
    sides: Sequence[OptionSet | Manual],
) -> None:
    if output == STANDARD_OUTPUT and output_format == "text":
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 100
        if _has_colour():
            _print_coloured(report, width)
            return
        text = formats.render(report, "text", width=width)
    else:
        text = formats.render(report, output_format, largest=largest, theme=overrides.theme)
    inputs = {path for side in sides for path in _files(side)}
    files.write(output, text.encode(), inputs=inputs, waiting=reporting.report_waiting)


def _files(side: OptionSet | Manual) -> Sequence[Path]:
    if isinstance(side, OptionSet):
        return side.files
    return [*overwriting.inputs_of(side)]


def _has_colour() -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))


def _print_coloured(report: DiffReport, width: int) -> None:
    from rich.console import Console  # noqa: PLC0415 - slow to import; only a terminal needs it
    from rich.text import Text  # noqa: PLC0415 - likewise

    console = Console(highlight=False, markup=False, emoji=False)
    for text, style in terminal.segments(report, width, marked=False):
        console.print(Text(text, style=style), end="", soft_wrap=True)
