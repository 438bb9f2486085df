"""The report in JSON; ``docs/check.md`` describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.errors import Severity
from manualgen.lint.json_text import encoded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.lint.findings import Finding

_VERSION = 1


def report(found: Sequence[Finding]) -> bytes:
    """Return findings as JSON.

    Args:
        found: the findings.
    """
    counts = {
        severity.label: sum(finding.diagnostic.severity is severity for finding in found)
        for severity in sorted(Severity, reverse=True)
    }
    content = {
        "version": _VERSION,
        "counts": counts,
        "findings": [finding.to_dict() for finding in found],
    }
    return encoded(content)
