"""What is printed: diagnostics, progress, the closing line. All of it to standard error.

Colour only on a terminal, and by the rule of ``NO_COLOR``. What is printed of
an input is made visible first: nothing in it can steer the terminal.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import Severity, failing, visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import rich.progress
    from rich.console import Console

    from manualgen.errors import Diagnostic

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "blue"}

Segments = list[tuple[str, str]]
"""Pieces of text, each with its style (as rich names it; "" for none)."""


def report(diagnostics: Iterable[Diagnostic], *, hints: bool = True) -> None:
    """Print diagnostics, equal ones once, hints only if they are asked for."""
    seen: set[Diagnostic] = set()
    for found in diagnostics:
        if (found.severity is Severity.HINT and not hints) or found in seen:
            continue
        seen.add(found)
        _print([*_segments(found), ("\n", "")])


def rendered(found: Diagnostic) -> str:
    """Return a diagnostic as plain text, ending in a newline."""
    return "".join(text for text, _ in _segments(found))


def _segments(found: Diagnostic) -> Segments:
    style = _STYLES[found.severity]
    segments = [
        (f"{found.severity.label}[{found.code.slug}]", f"bold {style}"),
        (f": {visible(found.message)}\n", ""),
    ]
    if found.location:
        segments.append((f"  --> {found.location}\n", "dim"))
    segments += [
        (f"      included from {visible(place)}\n", "dim") for place in found.included_from
    ]
    if found.excerpt:
        excerpt, column, width = _cut(found)
        number = str(found.line) if found.line is not None else ""
        segments += [(f"{number} | ", "dim"), (f"{excerpt}\n", "")]
        if found.column is not None:
            segments += [
                (f"{' ' * len(number)} | ", "dim"),
                (" " * column + "^" * width + "\n", style),
            ]
    if found.help:
        # What to write may take more than a line.
        lines = [visible(line) for line in found.help.split("\n")]
        shown = "\n".join(f"        {line}".rstrip() for line in lines)
        segments.append((f"  help: {shown.lstrip()}\n", ""))
    return segments


def _print(segments: Segments) -> None:
    if not _has_colour():
        sys.stderr.write("".join(text for text, _ in segments))
        return
    from rich.text import Text  # noqa: PLC0415 - slow to import; only a terminal needs it

    console().print(Text.assemble(*segments), end="", soft_wrap=True)


def _has_colour() -> bool:
    return sys.stderr.isatty() or bool(os.environ.get("FORCE_COLOR"))


@functools.cache
def console() -> Console:
    """Return the terminal that standard error is; it knows ``NO_COLOR`` and ``TERM``."""
    from rich.console import Console  # noqa: PLC0415

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


_WIDEST = 90


def _cut(found: Diagnostic) -> tuple[str, int, int]:
    """Return the excerpt as shown, and where in it the marks begin and how many they are."""
    column = (found.column or 1) - 1
    start = max(0, column - _WIDEST // 2) if len(found.excerpt) > _WIDEST else 0
    piece = found.excerpt[start : start + _WIDEST]
    before = visible(piece[: column - start].replace("\t", " "))
    marked = visible(piece[column - start : column - start + found.width].replace("\t", " "))
    rest = visible(piece[column - start + found.width :].replace("\t", " "))
    return before + marked + rest, _cells(before), max(1, _cells(marked))


def _cells(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - slow to import, and rarely needed

    return cell_len(text)


class Progress:
    """One line on a terminal that says how far a build is, and vanishes."""

    def __init__(self, what: str, *, quiet: bool) -> None:
        """Take what is counted, in the plural."""
        self._what = what
        self._wanted = not quiet and sys.stderr.isatty()
        self._started = time.monotonic()
        self._bar: rich.progress.Progress | None = None
        self._task: rich.progress.TaskID | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show that so much of so much is done, unless all is done at once anyway."""
        if not self._wanted or time.monotonic() - self._started < _PATIENCE:
            return
        if self._bar is None or self._task is None:
            from rich.progress import (  # noqa: PLC0415 - slow to import
                BarColumn,
                MofNCompleteColumn,
                TextColumn,
            )
            from rich.progress import Progress as Bar  # noqa: PLC0415

            # Without a thread of its own: processes are forked from this one.
            self._bar = Bar(
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn(self._what, markup=False),
                console=console(),
                transient=True,
                auto_refresh=False,
            )
            self._bar.start()
            self._task = self._bar.add_task(self._what, total=total)
        self._bar.update(self._task, completed=done, refresh=True)

    def end(self) -> float:
        """Remove the line; return the seconds since the beginning."""
        if self._bar is not None:
            self._bar.stop()
        return time.monotonic() - self._started


_PATIENCE = 0.3


class FailurePolicy(msgspec.Struct, frozen=True):
    """Which diagnostics fail a command, and what is printed.

    Attributes:
        strict: warnings fail too.
        blame: only options declared below one of these prefixes fail, if there are any.
        hints: hints are printed.
        quiet: nothing but problems is printed.
    """

    strict: bool = False
    blame: tuple[str, ...] = ()
    hints: bool = False
    quiet: bool = False

    def failing(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return the diagnostics for which a command fails."""
        return failing(diagnostics, strict=self.strict, blame=self.blame)


def conclude(
    diagnostics: Iterable[Diagnostic], policy: FailurePolicy, *, made: str = "", seconds: float = 0
) -> int:
    """Print what a command found and what it made; return the exit status."""
    found = list(dict.fromkeys(diagnostics))
    report(found, hints=policy.hints)
    failures = policy.failing(found)
    if not policy.quiet:
        counts = [f"{seconds:.1f} s"]
        for severity in (Severity.ERROR, Severity.WARNING, Severity.HINT):
            count = sum(entry.severity is severity for entry in found)
            if count and (policy.hints or severity is not Severity.HINT):
                counts.append(f"{count:,} {severity.label}{'' if count == 1 else 's'}")
        sys.stderr.write(
            f"{visible(made)} ({counts[0]}{'; ' if counts[1:] else ''}{', '.join(counts[1:])})\n"
        )
    return 1 if failures else 0


def counted(number: int, noun: str) -> str:
    """Return a number with what it counts, in the plural where need be."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def nothing_built(output: Path) -> str:
    """Return the closing line where nothing was built."""
    return f"nothing is built, and {str(output).rstrip('/')} is left as it was"
