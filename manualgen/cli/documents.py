"""Functions for the commands that write one document: a man page, CommonMark, AsciiDoc."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import msgspec

from manualgen.cli import loading, reporting
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
        manual: the manual.
        path: the file.
        options: how the build runs.
        policy: when the command fails, and what it prints.
        progress: shows the progress of the build.
    """

    manual: Manual
    path: Path
    options: BuildOptions
    policy: reporting.FailurePolicy
    progress: reporting.Progress

    def conclude(self, result: BuildResult) -> NoReturn:
        """Print diagnostics and the closing line, and end the command with its exit status.

        Args:
            result: the result of the build.
        """
        seconds = self.progress.end()
        made = f"{reporting.counted(len(self.manual.options), 'option')} → {reporting.output_name(self.path)}, "
        made += f"{result.size / 1e6:,.1f} MB"
        raise SystemExit(
            reporting.conclude(result.diagnostics, self.policy, made=made, seconds=seconds)
        )


def read(
    inputs: tuple[str, ...],
    output: Path | None,
    kind: str,
    overrides: ManualOverrides,
    jobs: int | None,
    policy: reporting.FailurePolicy,
) -> DocumentRequest:
    """Read the manual that a command writes as one document.

    If files, option sets or identifiers may be missing in it, the command ends.

    Args:
        inputs: a manual, or option sets and modules.
        output: the file that the command line names, if any.
        kind: the setting in ``[output]`` of ``manual.toml`` that names it otherwise.
        overrides: the overrides of the command line.
        jobs: the number of processes that render; None for a number that suits the manual.
        policy: when the command fails, and what it prints.

    Raises:
        ManualError: if one of the files cannot be read, or is not valid.
    """
    project = loading.load_project(inputs, overrides)
    ((_, path),) = loading.outputs(project, output, (kind,))
    progress = reporting.Progress("options", quiet=policy.quiet)
    manual = loading.load(inputs, project, overrides, jobs)
    errors = missing_parts(manual)
    if errors:
        raise SystemExit(reporting.conclude(errors, policy, made=reporting.nothing_built(path)))
    options = loading.build_options(jobs, manual, progress)
    return DocumentRequest(manual, path, options, policy, progress)


def missing_parts(manual: Manual) -> list[Diagnostic]:
    """Return the errors due to which files, option sets or identifiers may be missing."""
    if manual.outline is None:
        return []
    return [
        diagnostic
        for diagnostic in manual.diagnostics
        if diagnostic.severity is Severity.ERROR and diagnostic.code is not Code.DANGLING_REFERENCE
    ]
