"""What is printed: diagnostics, progress, the closing line. All of it to standard error.

Colour only on a terminal, and by the rule of ``NO_COLOR``. What is printed of
an input is made visible first: nothing in it can steer the terminal.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from manualgen.errors import Severity, failing, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from manualgen.errors import Diagnostic
    from manualgen.site.html import Built

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.HINT: "34"}


def report(diagnostics: Iterable[Diagnostic], *, hints: bool = True) -> None:
    """Print diagnostics, equal ones once, hints only if they are asked for."""
    write = sys.stderr.write
    paint = _paint()
    seen: set[Diagnostic] = set()
    for found in diagnostics:
        if (found.severity is Severity.HINT and not hints) or found in seen:
            continue
        seen.add(found)
        write(rendered(found, paint) + "\n")


def rendered(found: Diagnostic, paint: Callable[[str, str], str] = lambda text, _: text) -> str:
    """Return a diagnostic as text, ending in a newline; ``paint`` colours by SGR number."""
    colour = _COLOURS[found.severity]
    lines = [
        paint(f"{found.severity.label}[{found.code.slug}]", f"1;{colour}")
        + f": {visible(found.message)}",
        paint(f"  --> {found.place}", "2"),
    ]
    if found.excerpt:
        excerpt, column, width = _cut(found)
        number = str(found.line) if found.line is not None else ""
        gutter = " " * len(number)
        lines.append(paint(f"{number} | ", "2") + excerpt)
        if found.column is not None:
            lines.append(
                paint(f"{gutter} | ", "2") + " " * column + paint("^" * width, colour)
            )
    if found.help:
        lines.append(f"  help: {visible(found.help)}")
    return "\n".join(lines) + "\n"


_WIDEST = 90


def _cut(found: Diagnostic) -> tuple[str, int, int]:
    """Return the excerpt as shown, and where in it the marks begin and how many they are."""
    column = (found.column or 1) - 1
    start = max(0, column - _WIDEST // 2) if len(found.excerpt) > _WIDEST else 0
    piece = found.excerpt[start : start + _WIDEST]
    before = visible(piece[: column - start].replace("\t", " "))
    marked = visible(piece[column - start : column - start + found.width].replace("\t", " "))
    rest = visible(piece[column - start + found.width :].replace("\t", " "))
    return before + marked + rest, len(before), max(1, len(marked))


def _paint() -> Callable[[str, str], str]:
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb":
        return lambda text, colour: f"\x1b[{colour}m{text}\x1b[0m"
    return lambda text, _colour: text


class Progress:
    """One line on a terminal that says how far a build is, and vanishes."""

    def __init__(self, what: str, *, quiet: bool) -> None:
        """Take what is counted, in the plural."""
        self._what = what
        self._shown = False
        self._wanted = not quiet and sys.stderr.isatty()
        self._started = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Show that so much of so much is done, unless all is done at once anyway."""
        if not self._wanted or time.monotonic() - self._started < _PATIENCE:
            return
        self._shown = True
        sys.stderr.write(f"\r\x1b[K{done:,} of {total:,} {self._what}")
        sys.stderr.flush()

    def end(self) -> float:
        """Remove the line; return the seconds since the beginning."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
        return time.monotonic() - self._started


_PATIENCE = 0.3


def conclude(
    built: Built,
    *,
    made: str,
    seconds: float,
    strict: bool,
    blame: tuple[str, ...],
    hints: bool,
    quiet: bool,
) -> int:
    """Print what a build found and what it made; return the exit status."""
    found = list(dict.fromkeys(built.diagnostics))
    report(found, hints=hints)
    failures = failing(found, strict=strict, blame=blame)
    if not quiet:
        counts = [f"{seconds:.1f} s"]
        for severity in (Severity.ERROR, Severity.WARNING, Severity.HINT):
            count = sum(entry.severity is severity for entry in found)
            if count and (hints or severity is not Severity.HINT):
                counts.append(f"{count:,} {severity.label}{'' if count == 1 else 's'}")
        sys.stderr.write(f"{made} ({counts[0]}{'; ' if counts[1:] else ''}{', '.join(counts[1:])})\n")
    return 1 if failures else 0
