"""What a check reports: severities, and what is ignored."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import msgspec

from manualgen.book.references import unknown_option
from manualgen.errors import Code, Diagnostic, Level, Severity
from manualgen.similar_names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.book.configuration import CheckTable

LEVELS: tuple[Level, ...] = get_args(Level)
"""The severities that a code can be given; ``off`` reports nothing."""


class CheckSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a check reports.

    Attributes:
        severity: code → its severity.
        ignore: ``CODE`` or ``CODE:PREFIX``: what is not reported, for all or for the options, or
            the files, below a prefix.
        external: whether links to the web are tried.
        timeout: the most seconds to wait for a server.
    """

    severity: dict[str, Level] = {}
    ignore: tuple[str, ...] = ()
    external: bool = False
    timeout: float = 20.0

    def with_table(self, table: CheckTable, folder: Path | None) -> CheckSettings:
        """Return the settings with those of ``[check]``, over which these take precedence.

        Args:
            table: the settings of ``manual.toml``.
            folder: the folder of that file, which files in it are relative to.
        """
        entries = [entry.partition(":") for entry in table.ignore]
        in_folder = [
            f"{slug}:{_normal(folder / prefix)}"
            for slug, _, prefix in entries
            if prefix and folder is not None
        ]
        return msgspec.structs.replace(
            self,
            severity=table.severity | self.severity,
            ignore=(*table.ignore, *in_folder, *self.ignore),
        )


def _normal(path: Path) -> str:
    """Return an absolute path without ``..``; links in it stay, as in what is reported."""
    return os.path.abspath(path)  # noqa: PTH100 - `resolve` follows links


def is_silent(code: Code, settings: CheckSettings) -> bool:
    """Return whether nothing of a code is reported, so that it need not be looked for."""
    return settings.severity.get(code.slug) == "off" or code.slug in settings.ignore


def check_code(slug: str) -> None:
    """Check that a diagnostic has a code.

    Args:
        slug: its printed name.

    Raises:
        ValueError: if none has.
    """
    known = [code.slug for code in Code]
    if slug not in known:
        likely = nearest(slug, known)
        message = f"no diagnostic has the code `{slug}`"
        raise ValueError(f"{message}; write `{likely}`" if likely else message)


def reported(diagnostics: Iterable[Diagnostic], settings: CheckSettings) -> list[Diagnostic]:
    """Return the diagnostics that are reported, with the severities that the settings give them.

    Args:
        diagnostics: all diagnostics.
        settings: what is reported.
    """
    ignored: dict[str, list[str]] = {}
    for entry in settings.ignore:
        slug, _, prefix = entry.partition(":")
        ignored.setdefault(slug, []).append(prefix)
    result = []
    for diagnostic in diagnostics:
        slug = diagnostic.code.slug
        level = settings.severity.get(slug)
        if level == "off" or any(is_below(diagnostic, prefix) for prefix in ignored.get(slug, ())):
            continue
        if level is not None:
            diagnostic = msgspec.structs.replace(  # noqa: PLW2901 - the same one, as it is reported
                diagnostic, severity=Severity[level.upper()]
            )
        result.append(diagnostic)
    return result


def is_below(diagnostic: Diagnostic, prefix: str) -> bool:
    """Return whether a diagnostic is about an option, or a file, that is or is below a prefix.

    One of a reference to an unknown option is about the option that is meant, too.

    Args:
        diagnostic: the diagnostic.
        prefix: the beginning of an option's name or of a file's path, by whole components; ""
            for all.
    """
    if not prefix:
        return True
    prefix = prefix.removesuffix(".*").rstrip("./")
    file = diagnostic.file
    path = _normal(Path(file)) if file is not None and prefix.startswith("/") else file
    places = (
        (diagnostic.option, "."),
        (unknown_option(diagnostic), "."),
        (file, "/"),
        (path, "/"),
    )
    for place, separator in places:
        if place is not None and f"{place}{separator}".startswith(f"{prefix}{separator}"):
            return True
    return False
