"""Annotations of GitHub: commands in the log of a workflow, and the summary of its job.

GitHub shows ten annotations of a step. The worst ten are written; the summary has all others.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from manualgen.errors import Severity, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.lint.findings import Finding

MOST = 10
"""How many annotations GitHub shows of a step."""

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}
_LARGEST = 900_000
"""The bytes of a summary; GitHub takes 1 MiB of a step."""


def commands(found: Sequence[Finding]) -> tuple[str, list[Finding]]:
    """Return the commands for the worst findings, a line each, and the findings that are left.

    Args:
        found: the findings.
    """
    worst = sorted(found, key=lambda finding: -finding.diagnostic.severity)
    return "".join(map(_command, worst[:MOST])), worst[MOST:]


def _command(finding: Finding) -> str:
    diagnostic, place = finding.diagnostic, finding.place
    properties: dict[str, str] = {}
    if place is not None:
        properties["file"] = place.file
        if place.line is not None:
            properties["line"] = str(place.line)
            if place.column is not None:
                properties["col"] = str(place.column)
                properties["endColumn"] = str(place.column + max(0, diagnostic.width - 1))
    properties["title"] = diagnostic.code.slug
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    lines = [f"{diagnostic.message}", diagnostic.location, diagnostic.help]
    message = _data("\n".join(filter(None, lines)))
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{message}\n"


def _data(text: str) -> str:
    """Return a text as the message of a command."""
    lines = [visible(line) for line in text.split("\n")]
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    """Return a text as the value of a property of a command."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary(found: Sequence[Finding]) -> str:
    """Return findings as a section of a job's summary, in Markdown; cut where it gets too large.

    Args:
        found: the findings that are not annotations.
    """
    if not found:
        return ""
    lines = [f"## manualgen check: {len(found):,} more\n\n"]
    size = 0
    for position, finding in enumerate(found):
        diagnostic = finding.diagnostic
        where = diagnostic.location
        if finding.place is not None and diagnostic.option is not None:
            where += f", {finding.place.file}"
            where += f":{finding.place.line}" if finding.place.line is not None else ""
        line = f"- **{diagnostic.severity.label}** {_escaped(diagnostic.code.slug)}: "
        line += _escaped(diagnostic.message)
        line += f" ({_escaped(where)})\n" if where else "\n"
        size += len(line.encode("utf-8", "replace"))
        if size > _LARGEST:
            lines.append(f"- and {len(found) - position:,} more\n")
            break
        lines.append(line)
    return "".join([*lines, "\n"])


def _escaped(text: str) -> str:
    """Return a text as Markdown that shows it as it stands."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~&@:])", r"\\\1", visible(text))
