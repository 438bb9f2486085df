"""The reports of ``manualgen check``: where they are written, and what a baseline leaves out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from manualgen.cli import reporting
from manualgen.errors import Severity
from manualgen.lint.findings import baseline, read_baseline
from manualgen.lint.reports import github, json_report, sarif
from manualgen.site import files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.errors import Diagnostic
    from manualgen.lint import fixing
    from manualgen.lint.findings import Finding


def compared(found: Sequence[Finding], path: Path, *, write: bool) -> tuple[list[Finding], str]:
    """Return the findings that a baseline does not have, and what to say about it.

    Args:
        found: all findings.
        path: the baseline.
        write: whether all findings are written to it, so that none is new.

    Raises:
        ManualError: if the file cannot be read, is no baseline, or cannot be written.
    """
    if write:
        files.write(path, baseline(found), inputs=())
        return [], f"; {reporting.counted(len(found), 'finding')} → {path}"
    known = read_baseline(path)
    new = [finding for finding in found if finding.fingerprint not in known]
    gone = len(known - {finding.fingerprint for finding in found})
    said = f"; {len(found) - len(new):,} known from {path}"
    return new, said + (f", which has {gone:,} that are gone" if gone else "")


def fixed(
    diagnostics: Sequence[Diagnostic], fixes: fixing.Fixes, *, write: bool
) -> tuple[list[Diagnostic], str]:
    """Put right what can be, or print it as a patch on standard output.

    Args:
        diagnostics: all diagnostics.
        fixes: what can be put right.
        write: whether files are written.

    Returns:
        The diagnostics that are left, those that could be put right with the reason why they are
        not; and what to say about it.

    Raises:
        ManualError: if a file cannot be written.
    """
    if write:
        fixes.write()
    else:
        data = fixes.patch().encode("utf-8")
        files.write(files.STANDARD_OUTPUT, data, inputs=())
    left = []
    for diagnostic in diagnostics:
        reason = fixes.left.get(diagnostic)
        if reason is not None:
            help_text = f"{diagnostic.help}\nnot put right: {reason}"
            left.append(msgspec.structs.replace(diagnostic, help=help_text))
        elif not write or diagnostic not in fixes.fixed:
            left.append(diagnostic)
    count = reporting.counted(len(fixes.fixed), "finding")
    where = reporting.counted(len(fixes.changes), "file")
    said = f"; {count} {'put right' if write else 'can be put right'} in {where}"
    return left, said + (f", {len(fixes.left):,} left" if fixes.left else "")


def write(
    found: Sequence[Finding],
    report_format: str,
    output: Path | None,
    policy: reporting.FailurePolicy,
) -> None:
    """Write a report.

    Args:
        found: the findings.
        report_format: ``text``, ``json``, ``sarif`` or ``github``.
        output: the file; None for standard error in text, standard output else.
        policy: whether hints are reported, and for what the command fails.

    Raises:
        ManualError: if the file cannot be written.
    """
    shown = [
        finding
        for finding in found
        if policy.hints or finding.diagnostic.severity is not Severity.HINT
    ]
    if report_format == "text" and output is None:
        _print(shown)
        return
    if report_format == "github":
        data = _annotations(shown)
    elif report_format == "text":
        text = "\n".join(
            reporting.rendered(finding.diagnostic, _place(finding)) for finding in shown
        )
        data = text.encode("utf-8", "replace")
    elif report_format == "sarif":
        data = sarif.report(shown)
    else:
        failures = policy.failing(finding.diagnostic for finding in found)
        data = json_report.report(shown, ok=not failures)
    if output is None and sys.stdout is not None:
        sys.stdout.flush()
    files.write(Path(files.STANDARD_OUTPUT) if output is None else output, data, inputs=())


def _print(found: Sequence[Finding]) -> None:
    reporting.report(
        [finding.diagnostic for finding in found],
        places={finding.diagnostic: _place(finding) for finding in found},
    )


def _place(finding: Finding) -> str:
    """Return where a finding is in a file, unless its location says so."""
    if finding.place is None or finding.diagnostic.option is None:
        return ""
    return str(finding.place)


def _annotations(found: Sequence[Finding]) -> bytes:
    """Return annotations for the worst findings; the others are added to the job's summary."""
    commands, rest = github.commands(found)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if rest and summary:
        with (
            files.explained(Path(summary)),
            Path(summary).open("a", encoding="utf-8", errors="replace") as file,
        ):
            file.write(github.summary(rest))
    elif rest:
        _print(rest)
    return commands.encode("utf-8", "replace")
