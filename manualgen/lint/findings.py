"""Findings: diagnostics with their places in files, and what tells them from each other."""

from __future__ import annotations

import collections
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen import inputs
from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.lint.json_text import encoded
from manualgen.lint.places import Place, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class Finding(msgspec.Struct, frozen=True):
    """A diagnostic as reports show it.

    Attributes:
        diagnostic: the diagnostic.
        place: where it is in a file; None if that is not known.
        fingerprint: what tells it from other findings. It stays if lines are moved.
    """

    diagnostic: Diagnostic
    place: Place | None
    fingerprint: str

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as the report in JSON has it."""
        place = None if self.place is None else msgspec.structs.asdict(self.place)
        return {
            **self.diagnostic.to_dict(),
            "place": place,
            "fingerprint": self.fingerprint,
        }


def findings(
    diagnostics: Iterable[Diagnostic], place: Callable[[Diagnostic], Place | None]
) -> list[Finding]:
    """Return diagnostics as findings.

    Args:
        diagnostics: the diagnostics, each once.
        place: returns where the subject of a diagnostic is.
    """
    counts: collections.Counter[tuple[str, ...]] = collections.Counter()
    found = []
    for diagnostic in diagnostics:
        key = _identity(diagnostic)
        counts[key] += 1
        digest = sha256("\0".join((*key, str(counts[key]))).encode("utf-8", "replace"))
        found.append(Finding(diagnostic, place(diagnostic), digest.hexdigest()[:_LENGTH]))
    return found


_LENGTH = 20


def _identity(diagnostic: Diagnostic) -> tuple[str, ...]:
    """Return what of a diagnostic stays the same if its text is moved."""
    subject = diagnostic.option
    if subject is None:
        subject = shown(Path(diagnostic.file)) if diagnostic.file is not None else ""
    said = diagnostic.excerpt.strip() or diagnostic.message
    return (diagnostic.code.slug, subject, diagnostic.part or "", said)


class _Known(msgspec.Struct, frozen=True):
    fingerprint: str


class _Baseline(msgspec.Struct, frozen=True):
    version: int
    findings: tuple[_Known, ...]


_VERSION = 1


def baseline(found: Sequence[Finding]) -> bytes:
    """Return the content of a baseline: a file with the findings that are known.

    Args:
        found: the findings.
    """
    entries = [
        {
            "code": finding.diagnostic.code.slug,
            "subject": _identity(finding.diagnostic)[1],
            "fingerprint": finding.fingerprint,
        }
        for finding in found
    ]
    entries.sort(key=lambda entry: tuple(entry.values()))
    return encoded({"version": _VERSION, "findings": entries})


def read_baseline(path: Path) -> set[str]:
    """Return the fingerprints of the findings that a baseline has.

    Args:
        path: the file.

    Raises:
        ManualError: if it cannot be read, or is none.
    """
    data = inputs.contents(str(path))
    try:
        decoded = msgspec.json.decode(data, type=_Baseline)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _not_a_baseline(path, str(error)) from None
    if decoded.version != _VERSION:
        raise _not_a_baseline(path, f"its version is {decoded.version}")
    return {known.fingerprint for known in decoded.findings}


def _not_a_baseline(path: Path, reason: str) -> ManualError:
    return ManualError(
        Diagnostic(
            code=Code.NOT_JSON,
            message=f"the file is no baseline: {reason}",
            file=str(path),
            help="write it anew: `manualgen check … --baseline FILE --write-baseline`",
        )
    )
