"""``manualgen preview``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from manualgen.cli import arguments, loading, reporting, results
from manualgen.comparison import previewing, wording
from manualgen.options.reading import OptionSet
from manualgen.site import staging
from manualgen.site.files import STANDARD_OUTPUT

if TYPE_CHECKING:
    from pathlib import Path

    from manualgen.book.manual import Manual
    from manualgen.book.project import ManualOverrides
    from manualgen.comparison.previewing import PreviewResult


@click.command("preview")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("-o", "--output", type=arguments.OUTPUT, required=True, help="The folder to fill.")
@click.option(
    "--base-url",
    default="",
    help="The address of the published site, to which links lead whose page has not changed. "
    "Without it, these are plain text.",
)
@click.option("--exit-code", is_flag=True, help="End with status 1 if a change is breaking.")
@arguments.comparing(*arguments.titles, policy=arguments.as_json)
def command(
    old: str,
    new: str,
    output: Path,
    base_url: str,
    exit_code: bool,
    overrides: ManualOverrides,
    jobs: int | None,
    policy: reporting.FailurePolicy,
) -> None:
    """Build the pages of NEW that differ from OLD, for a review.

    OLD and NEW are option sets, modules, or manuals (manual.toml or manual.md). The result is a
    folder with a start page, index.html, that lists the changes, and the pages that have
    changed, below manual/, with a mark at each changed option.
    """
    if output == STANDARD_OUTPUT:
        raise click.UsageError("a preview is a folder, and cannot be standard output")  # noqa: EM101, TRY003
    if old == new == "-":
        raise click.UsageError("only one of OLD and NEW can be standard input")  # noqa: EM101, TRY003
    # Whatever becomes of this build.
    staging.complete_interrupted(output)
    progress = reporting.Progress("pages", quiet=policy.quiet)
    before, after = (_read(name, overrides, jobs) for name in (old, new))
    try:
        result = previewing.build_preview(
            before,
            after,
            output,
            names=(old, new),
            base_url=base_url,
            options=loading.build_options(jobs, after, progress),
        )
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--base-url") from None
    made = _closing_line(result, output)
    # What is wrong with OLD may be what NEW corrects.
    raise SystemExit(
        reporting.conclude(
            result.diagnostics,
            policy,
            made=made,
            seconds=progress.end(),
            outputs=[_output(result, after, output)],
            failed=exit_code and result.report.is_breaking,
        )
    )


def _output(result: PreviewResult, manual: Manual, output: Path) -> results.Output:
    count = sum(len(included.catalog.options) for included in manual.sets)
    # The start page is one too.
    rendered = len(result.pages) + 1 if result.size else 0
    return results.Output(
        str(output), "preview", result.size > 0, count, result.size, rendered=rendered
    )


def _read(name: str, overrides: ManualOverrides, jobs: int | None) -> Manual:
    """Return a manual, or an option set as one without chapters.

    Raises:
        ManualError: if it cannot be read.
    """
    found = loading.compared(name, overrides, jobs)
    return loading.of_sets([found], overrides) if isinstance(found, OptionSet) else found


def _closing_line(result: PreviewResult, output: Path) -> str:
    if not result.size:
        return reporting.nothing_built(output)
    pages = reporting.counted(len(result.pages), "page")
    summary = wording.summary(result.report)
    return f"{summary} → {pages} in {reporting.output_name(output)}/, {result.size / 1e6:,.1f} MB"
