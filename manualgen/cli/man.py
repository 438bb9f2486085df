"""``manualgen man``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from manualgen import api
from manualgen.book.configuration import ManpageTable
from manualgen.cli import arguments, reporting
from manualgen.errors import Code, Severity
from manualgen.site import manpage

if TYPE_CHECKING:
    from pathlib import Path

    from manualgen.book.manual import Manual
    from manualgen.book.project import ManualOverrides
    from manualgen.errors import Diagnostic

_TABLE = [
    arguments.from_setting(name, "manpage")
    for name in ("name", "section", "date", "system", "manual", "summary", "description")
] + [arguments.from_setting(name, "manpage", type=click.Path()) for name in ("header", "footer")]


@click.command("man")
@arguments.output("file to write")
@click.option(
    "--chapters", is_flag=True, help="Write the manual's chapters too, before its options."
)
@arguments.gathered(ManpageTable, "table", _TABLE)
@arguments.rendering()
def command(
    inputs: tuple[str, ...],
    output: Path | None,
    chapters: bool,
    table: ManpageTable,
    overrides: ManualOverrides,
    evaluation: arguments.EvaluationOptions,
    jobs: int | None,
    policy: reporting.FailurePolicy,
) -> None:
    """Render option sets as a man page, like configuration.nix(5).

    The input is one or more option sets or modules, or one manual.toml or manual.md, whose
    option sets are all rendered.
    """
    project = arguments.project(inputs, overrides)
    ((_, path),) = arguments.outputs(project, output, ("manpage",))
    progress = reporting.Progress("options", quiet=policy.quiet)
    manual = arguments.load(inputs, project, overrides, evaluation, jobs)
    errors = missing_parts(manual)
    if errors:
        raise SystemExit(reporting.conclude(errors, policy, made=reporting.nothing_built(path)))
    result = api.build_manpage(
        manual,
        path,
        look=manpage.look_of(manual.settings, table),
        chapters=chapters,
        options=arguments.build_options(jobs, manual, progress),
    )
    seconds = progress.end()
    made = f"{reporting.counted(len(manual.options), 'option')} → {path}, "
    made += f"{result.size / 1e6:,.1f} MB"
    raise SystemExit(reporting.conclude(result.diagnostics, policy, made=made, seconds=seconds))


def missing_parts(manual: Manual) -> list[Diagnostic]:
    """Return the errors by which a manual may lack files, option sets or identifiers."""
    if manual.outline is None:
        return []
    return [
        found
        for found in manual.diagnostics
        if found.severity is Severity.ERROR and found.code is not Code.DANGLING_REFERENCE
    ]
