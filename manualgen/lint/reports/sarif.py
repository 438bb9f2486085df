"""The report in SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from manualgen.errors import Code, Severity
from manualgen.lint.json_text import encoded
from manualgen.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.lint.findings import Finding

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
_FINGERPRINT = "manualgen/v1"


def report(found: Sequence[Finding]) -> bytes:
    """Return findings as a log of SARIF with one run.

    Args:
        found: the findings.
    """
    codes = [code for code in Code if any(finding.diagnostic.code is code for finding in found)]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "manualgen",
                        "version": __version__,
                        "rules": [_rule(code) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, codes) for finding in found],
            }
        ],
    }
    return encoded(log)


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.slug,
        "shortDescription": {"text": code.summary},
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
    }


def _result(finding: Finding, codes: Sequence[Code]) -> dict[str, Any]:
    diagnostic = finding.diagnostic
    message = diagnostic.message
    if diagnostic.help:
        message += f"\n{diagnostic.help}"
    location: dict[str, Any] = {}
    if finding.place is not None:
        location["physicalLocation"] = _physical(finding)
    if diagnostic.option is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": diagnostic.option, "kind": "member"}]
    result: dict[str, Any] = {
        "ruleId": diagnostic.code.slug,
        "ruleIndex": codes.index(diagnostic.code),
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": message},
        "partialFingerprints": {_FINGERPRINT: finding.fingerprint},
    }
    if location:
        result["locations"] = [location]
    return result


def _physical(finding: Finding) -> dict[str, Any]:
    place, diagnostic = finding.place, finding.diagnostic
    assert place is not None
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file, errors="replace")}}
    if place.line is not None:
        region: dict[str, Any] = {"startLine": place.line}
        if place.column is not None:
            region["startColumn"] = place.column
            region["endColumn"] = place.column + max(1, diagnostic.width)
        if diagnostic.excerpt:
            region["snippet"] = {"text": diagnostic.excerpt}
        physical["region"] = region
    return physical
