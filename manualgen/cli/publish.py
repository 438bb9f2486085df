"""``manualgen publish``."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from manualgen import extras
from manualgen.cli import reporting, results
from manualgen.cli.arguments import JSON_HELP
from manualgen.cli.groups import check_texts
from manualgen.errors import Diagnostic, Severity, visible

if TYPE_CHECKING:
    from manualgen.publication.model import Findings
    from manualgen.publication.publishing import PublishResult

_SECONDS, _MEBIBYTES = 600.0, 4096


@click.command("publish")
@click.argument("projects", metavar="LIST", required=False, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="STORE",
    help="The folder to publish in, or an address that fsspec writes: s3://docs/.",
)
@click.option(
    "--from",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder of projects, instead of a list.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    default="",
    help="A scheduler of Dask, whose workers build the manuals: tcp://scheduler:8786.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    default=None,
    help="The number of manuals that are built at once on this machine; by default that of the "
    "processors.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    default=_SECONDS,
    show_default=True,
    help="The most seconds that one manual may take.",
)
@click.option(
    "--memory-limit",
    type=click.IntRange(min=64),
    default=_MEBIBYTES,
    show_default=True,
    help="The most MiB of memory that the build of one manual may use.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print only errors.")
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
def command(
    projects: Path | None,
    output: str,
    folder: Path | None,
    scheduler: str,
    jobs: int | None,
    time_limit: float,
    memory_limit: int,
    quiet: bool,
    as_json: bool,
) -> None:
    """Build many manuals from one list, side by side in one place.

    LIST is a file of TOML with a table [[project]] for each version of a project, or a table
    (.csv) with the columns name, version, source and title. What has not changed since the last
    time is not built again. A manual that cannot be built is reported, and its site stays as it
    was.
    """
    if as_json:
        results.expect_json()
    given = _checked(projects, folder, output, scheduler)
    extras.require("publishing", "publish", "fsspec", "packaging")
    from manualgen.publication import project_list, public  # noqa: PLC0415 - of an extra
    from manualgen.publication.building import Limits  # noqa: PLC0415

    progress = reporting.Progress("manuals", quiet=quiet)
    found = project_list.read(given)
    if found.diagnostics:
        reporting.report(found.diagnostics)
        counted = reporting.counted(len(found.diagnostics), "error")
        sys.stderr.write(f"nothing is built, as the list has {counted}\n")
        if as_json:
            results.write(found.diagnostics, (), ok=False, hints=False)
        raise SystemExit(1)
    result = public.publish(
        found,
        output,
        jobs=jobs,
        scheduler=scheduler,
        limits=Limits(time_limit, memory_limit * 1024**2),
        progress=progress,
        notice=_notice,
        waiting=reporting.report_waiting,
    )
    seconds = progress.end()
    _report(result, output, as_json=as_json)
    if not quiet:
        sys.stderr.write(f"{_closing_line(result, output)} ({seconds:.1f} s)\n")
    raise SystemExit(1 if result.failed else 0)


def _checked(projects: Path | None, folder: Path | None, output: str, scheduler: str) -> Path:
    check_texts({"output": output, "scheduler": scheduler})
    given = projects or folder
    if given is None or (projects and folder):
        message = "name a list, or a folder of projects (--from DIR)"
        raise click.UsageError(message)
    if output in {"", "-"}:
        message = "a store is a folder or an address, and cannot be standard output"
        raise click.BadParameter(message, param_hint="--output")
    return given


def _report(result: PublishResult, output: str, *, as_json: bool) -> None:
    errors = {
        f"{name} {version}": _errors(findings)
        for (name, version), findings in result.failed.items()
    }
    for manual, diagnostics in errors.items():
        sys.stderr.write(f"{visible(manual)} could not be built:\n")
        reporting.report(diagnostics)
    if as_json:
        made = results.PublicationOutput(output, result.built, result.unchanged, list(errors))
        results.write(chain(*errors.values()), [made], ok=not errors, hints=False)


def _notice(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def _errors(findings: Findings) -> list[Diagnostic]:
    found = [Diagnostic.from_dict(entry) for entry in findings.worst]
    return [one for one in found if one.severity is Severity.ERROR]


def _closing_line(result: PublishResult, output: str) -> str:
    total = result.built + result.unchanged + len(result.failed)
    counts = [f"{result.built:,} built", f"{result.unchanged:,} unchanged"]
    counts += [f"{len(result.failed):,} failed"] if result.failed else []
    where = f"{reporting.output_name(output)}/"
    return f"{reporting.counted(total, 'manual')}: {', '.join(counts)} → {visible(where)}"
