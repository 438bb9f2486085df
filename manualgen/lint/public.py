"""What the Python API has of checking; :mod:`manualgen.api` loads it when it is first used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from manualgen.book.settings import from_arguments
from manualgen.lint import checking, fixing
from manualgen.lint.findings import findings
from manualgen.lint.places import Sources
from manualgen.lint.reports import github, json_report, sarif
from manualgen.lint.settings import CheckSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.book.manual import Manual
    from manualgen.errors import Diagnostic
    from manualgen.lint.fixing import Fixes


ReportFormat = Literal["json", "sarif", "github"]
"""The forms of reports for programs."""


def check(manual: Manual, *, jobs: int = 1, **settings: Any) -> list[Diagnostic]:
    """Return all that is wrong with a manual and with the texts of its options.

    Nothing is written, and no writer runs. Beside what every output reports, there are the
    rules of ``manualgen check``.

    Args:
        manual: the manual; all texts of its options are parsed, if they are not yet.
        jobs: how many processes parse them.
        **settings: attributes of :class:`CheckSettings`, which take precedence over
            ``[check]`` of ``manual.toml``.

    Raises:
        TypeError: if there is no such attribute, or a value has another type.
        ValueError: if no diagnostic has a code that they name, or there is no such severity.
    """
    return checking.check(manual, from_arguments(CheckSettings, settings), jobs=jobs)


def report(
    manual: Manual,
    diagnostics: Iterable[Diagnostic],
    report_format: ReportFormat = "json",
    *,
    folders: Iterable[str | Path] = (),
) -> str:
    """Return diagnostics of a manual as a report for programs.

    Args:
        manual: the manual.
        diagnostics: its diagnostics.
        report_format: the form: ``github`` gives annotations for the worst ten alone.
        folders: the folders that the files which declare its options may be in.

    Raises:
        ValueError: if there is no such form.
    """
    found = findings(dict.fromkeys(diagnostics), _sources(manual, folders).place)
    if report_format == "json":
        return json_report.report(found).decode()
    if report_format == "sarif":
        return sarif.report(found).decode()
    if report_format == "github":
        return github.commands(found)[0]
    message = f"unknown form {report_format!r}"
    raise ValueError(message)


def find_fixes(
    manual: Manual, diagnostics: Iterable[Diagnostic], *, folders: Iterable[str | Path] = ()
) -> Fixes:
    """Return what of a manual can be put right in its authors' files; nothing is written.

    Args:
        manual: the manual.
        diagnostics: its diagnostics.
        folders: the folders that the files which declare its options may be in; others are not
            changed.
    """
    return fixing.fixes(diagnostics, [manual], _sources(manual, folders))


def _sources(manual: Manual, folders: Iterable[str | Path]) -> Sources:
    return Sources([manual], [Path(folder) for folder in folders], manual.settings.options.sources)
