"""What a command has built, as one document of JSON on standard output: ``--json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import msgspec

from manualgen.errors import Severity
from manualgen.site import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from manualgen.errors import Diagnostic
    from manualgen.site.building import BuildResult

_VERSION = 1


class Output(msgspec.Struct, frozen=True):
    """An output of a command.

    Attributes:
        path: the file or folder, as it was named.
        format: what it is, by the name of its setting in ``[output]`` of ``manual.toml``;
            ``preview`` or ``options`` for what has no setting.
        written: whether it is there now as the input says; False if errors have left it as it was.
        options: the number of options.
        size: the bytes of all its files.
        rendered: the number of pages that were rendered; of a single file, 1.
        kept: the number of pages that were not, since nothing of them has changed.
        removed: the number of pages that are gone.
    """

    path: str
    format: str
    written: bool
    options: int
    size: int
    rendered: int = 0
    kept: int = 0
    removed: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the output as the document has it."""
        return {
            "path": self.path,
            "format": self.format,
            "written": self.written,
            "options": self.options,
            "bytes": self.size,
            "pages": {"rendered": self.rendered, "kept": self.kept, "removed": self.removed},
        }


class PublicationOutput(msgspec.Struct, frozen=True):
    """The store in which ``manualgen publish`` has published manuals.

    Attributes:
        path: the folder or address, as it was named.
        built: the number of manuals that were built.
        unchanged: the number of those that were not, since nothing has changed.
        failed: name and version of each that could not be built.
    """

    path: str
    built: int
    unchanged: int
    failed: Sequence[str]

    def to_dict(self) -> dict[str, Any]:
        """Return the output as the document has it."""
        return {
            "path": self.path,
            "format": "publication",
            "written": True,
            "manuals": {
                "built": self.built,
                "unchanged": self.unchanged,
                "failed": list(self.failed),
            },
        }


def of_build(path: Path, kind: str, options: int, result: BuildResult) -> Output:
    """Return what a build has made.

    Args:
        path: the output.
        kind: its format.
        options: the number of options.
        result: the result of the build.
    """
    if not result.pages:
        return Output(str(path), kind, False, options, 0)  # noqa: FBT003 - a field
    rendered = result.rendered if kind == "html" else 1
    if rendered == len(result.dependencies):
        # The index of options and the front page, which ask for nothing, are rendered too.
        rendered = result.pages
    return Output(
        path=str(path),
        format=kind,
        written=True,
        options=options,
        size=result.size,
        rendered=rendered,
        kept=result.pages - rendered,
        removed=result.removed,
    )


class Session:
    """What the program has to know of a command that fails.

    Attributes:
        expects_json: whether its standard output is to be one document of JSON.
    """

    def __init__(self) -> None:
        self.expects_json = False


def expect_json() -> None:
    """Say that standard output is to be one document of JSON, also if the command fails."""
    session = click.get_current_context().find_root().obj
    if isinstance(session, Session):
        session.expects_json = True


def refuse_standard_output(paths: Iterable[Path]) -> None:
    """Refuse ``--json`` if an output is standard output, which has place for one document.

    Args:
        paths: the outputs.

    Raises:
        UsageError: if one is standard output.
    """
    if files.STANDARD_OUTPUT in paths:
        message = "--json reports on standard output, so the output needs a name: -o FILE"
        raise click.UsageError(message)


def write(
    diagnostics: Iterable[Diagnostic],
    outputs: Sequence[Output | PublicationOutput],
    *,
    ok: bool,
    hints: bool,
) -> None:
    """Write the document.

    Args:
        diagnostics: the diagnostics, each once.
        outputs: what the command has built.
        ok: whether it has succeeded.
        hints: whether hints are in it.

    Raises:
        ManualError: if it cannot be written.
    """
    # Only a report in JSON needs them.
    from manualgen.lint.findings import findings  # noqa: PLC0415
    from manualgen.lint.json_text import encoded  # noqa: PLC0415
    from manualgen.lint.places import Sources  # noqa: PLC0415
    from manualgen.lint.reports import json_report  # noqa: PLC0415

    shown = [one for one in diagnostics if hints or one.severity is not Severity.HINT]
    content = {
        "version": _VERSION,
        "ok": ok,
        "outputs": [output.to_dict() for output in outputs],
        **json_report.content(findings(shown, Sources([], []).place)),
    }
    files.write(files.STANDARD_OUTPUT, encoded(content), inputs=())
