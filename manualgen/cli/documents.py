"""What the commands share that write one document: a man page, CommonMark, AsciiDoc."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import msgspec

from manualgen.cli import arguments, reporting
from manualgen.errors import Code, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from manualgen.book.manual import Manual
    from manualgen.book.project import ManualOverrides
    from manualgen.errors import Diagnostic
    from manualgen.site.building import BuildOptions, BuildResult


class DocumentRequest(msgspec.Struct, frozen=True):
    """A document that a command is to write.

    Attributes:
        manual: what it is made of.
        path: the file.
        options: how the work is done.
        policy: when the command fails, and what it prints.
        progress: what shows how far it is.
    """

    manual: Manual
    path: Path
    options: BuildOptions
    policy: reporting.FailurePolicy
    progress: reporting.Progress

    def conclude(self, result: BuildResult) -> NoReturn:
        """Print what was made, and end the command with its exit status."""
        seconds = self.progress.end()
        made = f"{reporting.counted(len(self.manual.options), 'option')} → {self.path}, "
        made += f"{result.size / 1e6:,.1f} MB"
        raise SystemExit(
            reporting.conclude(result.diagnostics, self.policy, made=made, seconds=seconds)
        )


def read(
    inputs: tuple[str, ...],
    output: Path | None,
    kind: str,
    overrides: ManualOverrides,
    evaluation: arguments.EvaluationOptions,
    jobs: int | None,
    policy: reporting.FailurePolicy,
) -> DocumentRequest:
    """Read what a command makes a document of.

    A manual that may lack files, option sets or identifiers ends the command.

    Args:
        inputs: a manual, or option sets and modules.
        output: the file, where the command line names it.
        kind: the setting in ``[output]`` of ``manual.toml`` that names it otherwise.
        overrides: what the command line says of the manual.
        evaluation: how modules are evaluated.
        jobs: how many processes render.
        policy: when the command fails, and what it prints.

    Raises:
        ManualError: if one of the files cannot be used.
    """
    project = arguments.project(inputs, overrides)
    ((_, path),) = arguments.outputs(project, output, (kind,))
    progress = reporting.Progress("options", quiet=policy.quiet)
    manual = arguments.load(inputs, project, overrides, evaluation, jobs)
    errors = missing_parts(manual)
    if errors:
        raise SystemExit(reporting.conclude(errors, policy, made=reporting.nothing_built(path)))
    options = arguments.build_options(jobs, manual, progress)
    return DocumentRequest(manual, path, options, policy, progress)


def missing_parts(manual: Manual) -> list[Diagnostic]:
    """Return the errors by which a manual may lack files, option sets or identifiers."""
    if manual.outline is None:
        return []
    return [
        found
        for found in manual.diagnostics
        if found.severity is Severity.ERROR and found.code is not Code.DANGLING_REFERENCE
    ]
