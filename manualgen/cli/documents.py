"""Functions for the commands that write one document: a man page, a text or a book."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

import msgspec

from manualgen.cli import loading, reporting, results
from manualgen.errors import Code, Severity
from manualgen.site import single_files
from manualgen.site.building import BuildResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from manualgen.book.manual import Manual
    from manualgen.book.project import ManualOverrides
    from manualgen.errors import Diagnostic
    from manualgen.site.building import BuildOptions
    from manualgen.site.unchanged import Snapshot


class DocumentRequest(msgspec.Struct, frozen=True):
    """A document that a command is to write.

    Attributes:
        manual: the manual.
        path: the file.
        options: how the build runs.
        kind: the name of its format.
        policy: when the command fails, and what it prints.
        progress: shows the progress of the build.
        snapshot: what the command was given; None if that is not known.
    """

    manual: Manual
    path: Path
    options: BuildOptions
    kind: str
    policy: reporting.FailurePolicy
    progress: reporting.Progress
    snapshot: Snapshot | None

    def conclude(self, result: BuildResult) -> NoReturn:
        """Print diagnostics and the closing line, and end the command with its exit status.

        Args:
            result: the result of the build.
        """
        if not result.pages:
            made = reporting.nothing_built(self.path)
            status = reporting.conclude(
                result.diagnostics, self.policy, made=made, seconds=self.progress.end()
            )
            raise SystemExit(status)
        if self.snapshot is not None:
            count = len(self.manual.options)
            single_files.record(self.path, self.manual, result, self.snapshot, count)
        output = results.of_build(self.path, self.kind, len(self.manual.options), result)
        _conclude(output, result.diagnostics, self.policy, self.progress)


def _conclude(
    output: results.Output,
    diagnostics: Iterable[Diagnostic],
    policy: reporting.FailurePolicy,
    progress: reporting.Progress,
) -> NoReturn:
    made = f"{reporting.counted(output.options, 'option')} → {reporting.output_name(output.path)}, "
    made += f"{output.size / 1e6:,.1f} MB"
    seconds = progress.end()
    raise SystemExit(
        reporting.conclude(diagnostics, policy, made=made, seconds=seconds, outputs=[output])
    )


def read(
    inputs: tuple[str, ...],
    output: Path | None,
    kind: str,
    overrides: ManualOverrides,
    jobs: int | None,
    policy: reporting.FailurePolicy,
    *,
    look: object = None,
    files: Sequence[Path] = (),
) -> DocumentRequest:
    """Read the manual that a command writes as one document.

    If files, option sets or identifiers may be missing in it, the command ends; also if nothing
    has changed since the document was written.

    Args:
        inputs: a manual, or option sets and modules.
        output: the file that the command line names, if any.
        kind: the setting in ``[output]`` of ``manual.toml`` that names it otherwise.
        overrides: the overrides of the command line.
        jobs: the number of processes that render; None for a number that suits the manual.
        policy: when the command fails, and what it prints.
        look: what the document depends on beside the manual.
        files: the files that are in it, beside those of the manual.

    Raises:
        ManualError: if one of the files cannot be read, or is not valid.
    """
    project = loading.load_project(inputs, overrides)
    ((_, path),) = loading.outputs(project, output, (kind,))
    if policy.as_json:
        results.refuse_standard_output([path])
    progress = reporting.Progress("options", quiet=policy.quiet)
    further = (kind, str(path), look, os.environ.get("SOURCE_DATE_EPOCH"))
    snapshot = loading.snapshot(inputs, project, overrides, further, files)
    if snapshot is not None:
        summary = single_files.summary_if_unchanged(path, snapshot)
        if summary is not None:
            known = results.Output(
                str(path), kind, written=True, options=summary.counts[1], size=summary.size, kept=1
            )
            _conclude(known, summary.found(), policy, progress)
    manual = loading.load(inputs, project, overrides, jobs)
    errors = missing_parts(manual)
    if errors:
        made = reporting.nothing_built(path)
        failed = results.of_build(path, kind, len(manual.options), BuildResult(0, 0, errors))
        raise SystemExit(reporting.conclude(errors, policy, made=made, outputs=[failed]))
    options = loading.build_options(jobs, manual, progress)
    return DocumentRequest(manual, path, options, kind, policy, progress, snapshot)


def missing_parts(manual: Manual) -> list[Diagnostic]:
    """Return the errors due to which files, option sets or identifiers may be missing."""
    if manual.outline is None:
        return []
    return [
        diagnostic
        for diagnostic in manual.diagnostics
        if diagnostic.severity is Severity.ERROR and diagnostic.code is not Code.DANGLING_REFERENCE
    ]
