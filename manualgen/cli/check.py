"""``manualgen check``."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from manualgen.cli import arguments, loading, reporting
from manualgen.errors import ManualError
from manualgen.evaluation.settings import is_module
from manualgen.lint import checking
from manualgen.lint.settings import LEVELS, CheckSettings, check_code
from manualgen.site import workers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from manualgen.book.manual import Manual
    from manualgen.book.project import ManualOverrides
    from manualgen.errors import Diagnostic
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


@click.command("check")
@arguments.checking(*arguments.site_overrides)
@_RULES
def command(
    inputs: tuple[str, ...],
    overrides: ManualOverrides,
    jobs: int | None,
    policy: reporting.FailurePolicy,
    settings: CheckSettings,
) -> None:
    """Report what is wrong with manuals and option sets.

    INPUT is any number of manual.toml and manual.md, option sets and modules, or folders of
    them. Option sets and modules are checked together, each manual by itself. No page is written.
    """
    policy = msgspec.structs.replace(policy, hints=policy.hints and not policy.quiet)
    progress = reporting.Progress("options", quiet=policy.quiet)
    count = workers.available() if jobs is None else jobs
    manuals, diagnostics = _read(inputs, overrides, count)
    for manual in manuals:
        diagnostics += checking.check(manual, settings, jobs=count, progress=progress)
    seconds = progress.end()
    raise SystemExit(
        reporting.conclude(diagnostics, policy, made=_checked(manuals), seconds=seconds)
    )


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
