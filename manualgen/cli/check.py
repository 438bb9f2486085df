"""``manualgen check``."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from manualgen.cli import arguments, check_reports, loading, reporting, results
from manualgen.errors import ManualError
from manualgen.evaluation.settings import file_of, is_module
from manualgen.lint import checking, fixing
from manualgen.lint.findings import findings
from manualgen.lint.places import Sources
from manualgen.lint.settings import LEVELS, CheckSettings, check_code, reported
from manualgen.site import workers
from manualgen.site.files import STANDARD_OUTPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from manualgen.book.manual import Manual
    from manualgen.book.project import ManualOverrides
    from manualgen.errors import Diagnostic
    from manualgen.options.declarations import Source
    from manualgen.options.reading import OptionSet


class _Code(click.ParamType[str]):
    name = "CODE[:PREFIX]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            check_code(str(value).partition(":")[0])
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return str(value)


class _Severity(click.ParamType[tuple[str, str]]):
    name = "CODE=SEVERITY"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        code, _, level = str(value).partition("=")
        if level not in LEVELS:
            self.fail(f"expected CODE=SEVERITY, with one of {', '.join(LEVELS)}", param, ctx)
        try:
            check_code(code)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return code, level


_RULES = arguments.gathered(
    CheckSettings,
    "settings",
    [
        arguments.from_setting(
            "severity",
            "check",
            type=_Severity(),
            multiple=True,
            default=(),
        ),
        arguments.from_setting("ignore", "check", type=_Code(), multiple=True, default=()),
        click.option("--external", is_flag=True, help="Try links to the web too."),
    ],
    lambda given: msgspec.structs.replace(given, severity=dict(given.severity)),
)


class ReportOptions(msgspec.Struct, frozen=True):
    """How findings are reported.

    Attributes:
        report_format: ``text``, ``json``, ``sarif`` or ``github``.
        output: the file of the report; None for standard error in text, standard output else.
        baseline: a file with the findings that are known, which are not reported.
        write_baseline: whether that file is written.
        fix: whether what can be put right is written into the authors' files.
        diff: whether that is printed as a patch instead.
    """

    report_format: str = "text"
    output: Path | None = None
    baseline: Path | None = None
    write_baseline: bool = False
    fix: bool = False
    diff: bool = False


_REPORT = arguments.gathered(
    ReportOptions,
    "report",
    [
        click.option(
            "--format",
            "report_format",
            type=click.Choice(("text", "json", "sarif", "github")),
            default="text",
            show_default=True,
            help="The form of the report: text, JSON, SARIF 2.1.0, or annotations of GitHub with "
            "the summary of the job.",
        ),
        click.option("--json", "report_format", flag_value="json", help=arguments.JSON_HELP),
        click.option(
            "-o",
            "--output",
            type=arguments.OUTPUT,
            help="The file of the report; by default standard error for text, standard output for "
            "other forms.",
        ),
        click.option(
            "--baseline",
            type=click.Path(path_type=Path),
            help="A file with findings that are known: only new ones are reported.",
        ),
        click.option(
            "--write-baseline",
            is_flag=True,
            help="Write all findings to the file that --baseline names, and report none.",
        ),
        click.option(
            "--fix",
            is_flag=True,
            help="Write the markup of hidden lists, and Markdown for tags of DocBook, into the .nix "
            "and .md files that they stand in.",
        ),
        click.option(
            "--diff",
            is_flag=True,
            help="Print what --fix would write as a patch on standard output, and write nothing.",
        ),
    ],
)


@click.command("check")
@arguments.checking(*arguments.site_overrides)
@_RULES
@_REPORT
def command(
    inputs: tuple[str, ...],
    overrides: ManualOverrides,
    jobs: int | None,
    policy: reporting.FailurePolicy,
    settings: CheckSettings,
    report: ReportOptions,
) -> None:
    """Report what is wrong with manuals and option sets.

    INPUT is any number of manual.toml and manual.md, option sets and modules, or folders of
    them. Option sets and modules are checked together, each manual by itself. No page is written.
    """
    if report.write_baseline and report.baseline is None:
        message = "--write-baseline needs --baseline FILE, which it writes"
        raise click.UsageError(message)
    if report.diff and report.output is None and report.report_format != "text":
        message = "--diff prints on standard output; name a file for the report: -o FILE"
        raise click.UsageError(message)
    if report.report_format == "json" and report.output in {None, STANDARD_OUTPUT}:
        results.expect_json()
    policy = msgspec.structs.replace(policy, hints=policy.hints and not policy.quiet)
    unit = "options and links" if settings.external else "options"
    progress = reporting.Progress(unit, quiet=policy.quiet)
    count = workers.available() if jobs is None else jobs
    manuals, diagnostics = _read(inputs, overrides, count)
    for manual in manuals:
        diagnostics += checking.check(manual, settings, jobs=count, progress=progress)
        if manual.outline is None:
            diagnostics += reported(loading.untitled(overrides), settings)
    distinct = list(dict.fromkeys(diagnostics))
    sources = Sources(manuals, _folders(inputs, manuals, overrides), _trees(manuals))
    made = _checked(manuals)
    if report.fix or report.diff:
        distinct, said = check_reports.fixed(
            distinct, fixing.fixes(distinct, manuals, sources), write=not report.diff
        )
        made += said
    found = findings(distinct, sources.place)
    if report.baseline is not None:
        found, said = check_reports.compared(found, report.baseline, write=report.write_baseline)
        made += said
    check_reports.write(found, report.report_format, report.output, policy)
    raise SystemExit(
        reporting.conclude(
            [finding.diagnostic for finding in found],
            policy,
            made=made,
            seconds=progress.end(),
            printed=False,
        )
    )


def _folders(
    inputs: tuple[str, ...], manuals: list[Manual], overrides: ManualOverrides
) -> list[Path]:
    """Return the folders that files may be in which declare options."""
    folders = [*overrides.roots, Path.cwd()]
    folders += [manual.settings.folder for manual in manuals if manual.settings.folder is not None]
    for name in inputs:
        if is_module(name):
            path = file_of(name).resolve()
            folders += [path if path.is_dir() else path.parent, *_repository(path)]
    return folders


def _repository(path: Path) -> list[Path]:
    """Return the folder of the repository or the flake that a file is part of, if it is."""
    marks = (".git", ".hg", ".jj", "flake.nix")
    return [folder for folder in path.parents if any((folder / mark).exists() for mark in marks)][
        :1
    ]


def _trees(manuals: list[Manual]) -> list[Source]:
    return [source for manual in manuals for source in manual.settings.options.sources]


def _read(
    inputs: tuple[str, ...], overrides: ManualOverrides, jobs: int
) -> tuple[list[Manual], list[Diagnostic]]:
    """Return the manuals of all inputs, and why some of them cannot be read.

    Option sets and modules are one manual together.
    """
    named = [_manual_in(name) for name in inputs]
    manuals = [name for name in dict.fromkeys(named) if loading.is_manual(name)]
    others = tuple(name for name in dict.fromkeys(named) if not loading.is_manual(name))
    found: list[Manual] = []
    problems: list[Diagnostic] = []
    if others or not manuals:
        with _noting(problems):
            loading.load_project(others, overrides)
        sets: list[OptionSet] = []
        for read in loading.readers(others, overrides, with_sets=not manuals):
            with _noting(problems):
                sets.append(read())
        if sets:
            found.append(loading.of_sets(sets, overrides))
    for name in manuals:
        with _noting(problems):
            project = loading.load_project((name,), overrides)
            found.append(loading.load((name,), project, overrides, jobs))
    return found, problems


@contextlib.contextmanager
def _noting(problems: list[Diagnostic]) -> Iterator[None]:
    """Note why an input cannot be read, and go on with the others."""
    try:
        yield
    except ManualError as error:
        problems.append(error.diagnostic)


def _manual_in(name: str) -> str:
    """Return an input; of a folder that is no module, its ``manual.toml``."""
    manual = Path(name) / "manual.toml"
    return str(manual) if not is_module(name) and manual.is_file() else name


def _checked(manuals: list[Manual]) -> str:
    """Return what has been checked, for the closing line."""
    sections = sum(
        len(manual.outline.divisions) for manual in manuals if manual.outline is not None
    )
    options = sum(len(included.catalog.options) for manual in manuals for included in manual.sets)
    counts = [reporting.counted(sections, "section")] if sections else []
    if options or not sections:
        counts.append(reporting.counted(options, "option"))
    return f"{' and '.join(counts)} checked"
