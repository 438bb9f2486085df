"""``manualgen html``."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import click
import msgspec

from manualgen import api
from manualgen.cli import arguments, loading, reporting, results
from manualgen.errors import Diagnostic
from manualgen.site import single_files, staging, theme
from manualgen.site.files import STANDARD_OUTPUT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from manualgen.book.manual import Manual
    from manualgen.book.project import ManualOverrides
    from manualgen.site.building import BuildResult
    from manualgen.site.unchanged import Snapshot


@click.command("html")
@click.option(
    "-o",
    "--output",
    type=arguments.OUTPUT,
    help="The folder to fill, or with --single-page the file to write; - is standard output. "
    "Required, unless manual.toml names it.",
)
@click.option("--single-page", is_flag=True, help="Write one file instead of a folder of pages.")
@arguments.rendering(*arguments.site_overrides)
def command(
    inputs: tuple[str, ...],
    output: Path | None,
    single_page: bool,
    overrides: ManualOverrides,
    jobs: int | None,
    policy: reporting.FailurePolicy,
) -> None:
    """Render a manual or option sets as HTML.

    INPUT is one manual.toml or manual.md, or any number of option sets and modules. The result
    is a folder of pages, or with --single-page one file.
    """
    project = loading.load_project(inputs, overrides)
    kinds = ("single_page",) if single_page else ("html", "single_page")
    outputs = loading.outputs(project, output, kinds)
    if ("html", STANDARD_OUTPUT) in outputs:
        message = "a site is a folder; add --single-page to write one page to standard output"
        raise click.UsageError(message)
    if policy.as_json:
        results.refuse_standard_output([path for _, path in outputs])
    for kind, path in outputs:
        if kind == "html":
            # Whatever becomes of this build.
            staging.complete_interrupted(path)
    counts_options = project is None and single_page
    progress = reporting.Progress("options" if counts_options else "pages", quiet=policy.quiet)
    names = [(kind, str(path)) for kind, path in outputs if kind == "single_page"]
    snapshot = loading.snapshot(inputs, project, overrides, names)
    untitled = loading.untitled(overrides) if project is None else []
    if snapshot is not None:
        known = [_unchanged(kind, path, snapshot, policy) for kind, path in outputs]
        _end_if_unchanged(known, untitled, policy, progress)
    settings_theme = overrides.theme if project is None else project.settings().site.theme
    warm = functools.partial(theme.warm, settings_theme)
    manual = loading.load(inputs, project, overrides, jobs, warm)
    if len(outputs) > 1:
        manual.parse_options()
    options = msgspec.structs.replace(
        loading.build_options(jobs, manual, progress), snapshot=snapshot
    )
    diagnostics = []
    lines = []
    made = []
    count = sum(len(included.catalog.options) for included in manual.sets)
    for kind, path in outputs:
        build = api.build_single_page if kind == "single_page" else api.build_html
        result = build(manual, path, strict=policy.strict, blame=policy.blame, options=options)
        diagnostics += result.diagnostics
        lines.append(closing_line(manual, path, result, single_page=kind == "single_page"))
        made.append(results.of_build(path, kind, count, result))
        if kind == "single_page" and snapshot is not None:
            single_files.record(path, manual, result, snapshot, count)
    diagnostics += untitled
    text = "\n".join(lines)
    raise SystemExit(
        reporting.conclude(diagnostics, policy, made=text, seconds=progress.end(), outputs=made)
    )


_Unchanged = tuple[str, list[Diagnostic], results.Output]
"""The closing line of an output, its problems, and the output."""


def _unchanged(
    kind: str, path: Path, snapshot: Snapshot, policy: reporting.FailurePolicy
) -> _Unchanged | None:
    """Return what there is to say of an output, if a build would not change it."""
    if kind == "single_page":
        summary = single_files.summary_if_unchanged(path, snapshot)
    else:
        summary = snapshot.summary_if_unchanged(path)
    if summary is None:
        return None
    try:
        diagnostics = summary.found()
    except ValueError:
        return None
    divisions, options = summary.counts
    pages = 0 if kind == "single_page" else summary.pages
    made = _line(path, divisions, options, pages, summary.size)
    is_refused = divisions >= 0 and bool(policy.failing(diagnostics))
    if is_refused:
        made = reporting.nothing_built(path)
    output = results.Output(
        str(path), kind, not is_refused, options, summary.size, kept=summary.pages
    )
    if is_refused:
        output = msgspec.structs.replace(output, size=0, kept=0)
    return made, diagnostics, output


def _end_if_unchanged(
    known: Sequence[_Unchanged | None],
    more: list[Diagnostic],
    policy: reporting.FailurePolicy,
    progress: reporting.Progress,
) -> None:
    """End the command if all outputs are as a build would make them."""
    found = [entry for entry in known if entry is not None]
    if len(found) < len(known):
        return
    diagnostics = [one for _, diagnostics, _ in found for one in diagnostics] + more
    made = "\n".join([line for line, _, _ in found])
    outputs = [output for _, _, output in found]
    raise SystemExit(
        reporting.conclude(diagnostics, policy, made=made, seconds=progress.end(), outputs=outputs)
    )


def closing_line(manual: Manual, path: Path, result: BuildResult, *, single_page: bool) -> str:
    """Return the line that a command ends with.

    Args:
        manual: the manual.
        path: the output.
        result: the result of the build.
        single_page: whether the output is one file.
    """
    if not result.pages:
        return reporting.nothing_built(path)
    options = sum(len(included.catalog.options) for included in manual.sets)
    divisions = len(manual.outline.divisions) if manual.outline is not None else -1
    pages = 0 if single_page else result.pages
    line = _line(path, divisions, options, pages, result.size)
    return f"{line}; built anew, as {result.reason}" if result.reason else line


def _line(path: Path, divisions: int, options: int, pages: int, size: int) -> str:
    """Return what has been built, with the number of divisions, or -1 if there are no chapters."""
    counts = []
    if divisions >= 0:
        counts.append(reporting.counted(divisions, "section"))
    if options or divisions < 0:
        counts.append(reporting.counted(options, "option"))
    name = reporting.output_name(path)
    where = f"{reporting.counted(pages, 'page')} in {name}/" if pages else name
    if not pages or divisions >= 0:
        where += f", {size / 1e6:,.1f} MB"
    return f"{' and '.join(counts)} → {where}"
