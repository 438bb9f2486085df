"""The report in JSON; ``docs/check.md`` describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from manualgen.errors import Severity
from manualgen.lint.json_text import encoded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.lint.findings import Finding

_VERSION = 1


def report(found: Sequence[Finding], *, ok: bool | None = None) -> bytes:
    """Return findings as JSON.

    Args:
        found: the findings.
        ok: whether the check has succeeded; by default, whether no finding is an error.
    """
    if ok is None:
        ok = all(finding.diagnostic.severity is not Severity.ERROR for finding in found)
    return encoded({"version": _VERSION, "ok": ok, **content(found)})


def content(found: Sequence[Finding]) -> dict[str, Any]:
    """Return what all reports in JSON have of findings: their counts, and the findings.

    Args:
        found: the findings.
    """
    counts = {
        severity.label: sum(finding.diagnostic.severity is severity for finding in found)
        for severity in sorted(Severity, reverse=True)
    }
    return {"counts": counts, "findings": [finding.to_dict() for finding in found]}
