"""``manualgen html``."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import click

from manualgen import api
from manualgen.cli import arguments, loading, reporting
from manualgen.errors import Code, Diagnostic
from manualgen.site import staging, theme
from manualgen.site.files import STANDARD_OUTPUT

if TYPE_CHECKING:
    from pathlib import Path

    from manualgen.book.manual import Manual
    from manualgen.book.project import ManualOverrides
    from manualgen.site.building import BuildResult


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
    for kind, path in outputs:
        if kind == "html":
            # Whatever becomes of this build.
            staging.complete_interrupted(path)
    counts_options = project is None and single_page
    progress = reporting.Progress("options" if counts_options else "pages", quiet=policy.quiet)
    settings_theme = overrides.theme if project is None else project.settings().site.theme
    warm = functools.partial(theme.warm, settings_theme)
    manual = loading.load(inputs, project, overrides, jobs, warm)
    if len(outputs) > 1:
        manual.parse_options()
    diagnostics = []
    lines = []
    for kind, path in outputs:
        build = api.build_single_page if kind == "single_page" else api.build_html
        result = build(
            manual,
            path,
            strict=policy.strict,
            blame=policy.blame,
            options=loading.build_options(jobs, manual, progress),
        )
        diagnostics += result.diagnostics
        lines.append(closing_line(manual, path, result, single_page=kind == "single_page"))
    if manual.outline is None and not manual.settings.title:
        message = f"the pages have no title of their own: they are called {manual.title}"
        help_text = 'say what they are of: --title "My options"'
        diagnostics.append(Diagnostic(code=Code.NO_TITLE, message=message, help=help_text))
    raise SystemExit(
        reporting.conclude(diagnostics, policy, made="\n".join(lines), seconds=progress.end())
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
    counts = []
    if manual.outline is not None:
        counts.append(reporting.counted(len(manual.outline.divisions), "section"))
    if options or manual.outline is None:
        counts.append(reporting.counted(options, "option"))
    name = reporting.output_name(path)
    where = f"{reporting.counted(result.pages, 'page')} in {name}/"
    if single_page:
        where = name
    if single_page or manual.outline is not None:
        where += f", {result.size / 1e6:,.1f} MB"
    return f"{' and '.join(counts)} → {where}"
