"""Diagnostics, progress and the closing line, as printed on standard error.

Colour is used only on a terminal, and not if ``NO_COLOR`` is set. Control characters in
the input are escaped, so that it cannot control the terminal.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from typing import TYPE_CHECKING

import msgspec

from manualgen.cli import results
from manualgen.errors import Severity, failing, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import rich.progress
    from rich.console import Console

    from manualgen.cli.results import Output
    from manualgen.errors import Diagnostic

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "blue"}

Segments = list[tuple[str, str]]
"""Pieces of text, each with its style (as rich names it; "" for none)."""


def report(
    diagnostics: Iterable[Diagnostic],
    *,
    hints: bool = True,
    places: Mapping[Diagnostic, str] = {},
) -> None:
    """Print diagnostics, equal ones once.

    Args:
        diagnostics: the diagnostics.
        hints: whether to print hints too.
        places: where those of options are in files, as far as that is known.
    """
    seen: set[Diagnostic] = set()
    for diagnostic in diagnostics:
        if (diagnostic.severity is Severity.HINT and not hints) or diagnostic in seen:
            continue
        seen.add(diagnostic)
        _print([*_segments(diagnostic, places.get(diagnostic, "")), ("\n", "")])


def rendered(diagnostic: Diagnostic, place: str = "") -> str:
    """Return a diagnostic as plain text, ending in a newline.

    Args:
        diagnostic: the diagnostic.
        place: where it is in a file, if it is of an option and that is known.
    """
    return "".join(text for text, _ in _segments(diagnostic, place))


def _segments(diagnostic: Diagnostic, place: str = "") -> Segments:
    style = _STYLES[diagnostic.severity]
    segments = [
        (f"{diagnostic.severity.label}[{diagnostic.code.slug}]", f"bold {style}"),
        (f": {visible(diagnostic.message)}\n", ""),
    ]
    if diagnostic.location:
        segments.append((f"  --> {diagnostic.location}\n", "dim"))
    if place:
        segments.append((f"      at {visible(place)}\n", "dim"))
    segments += [
        (f"      included from {visible(place)}\n", "dim") for place in diagnostic.included_from
    ]
    if diagnostic.excerpt:
        excerpt, column, width = _shortened(diagnostic)
        number = str(diagnostic.line) if diagnostic.line is not None else ""
        segments += [(f"{number} | ", "dim"), (f"{excerpt}\n", "")]
        if diagnostic.column is not None:
            segments += [
                (f"{' ' * len(number)} | ", "dim"),
                (" " * column + "^" * width + "\n", style),
            ]
    if diagnostic.help:
        # A help text may have several lines. Nothing of a stranger's begins one, because
        # `::error::` and its like there are commands to a CI.
        first, *others = [visible(line) for line in diagnostic.help.split("\n")]
        segments.append((f"  help: {first.lstrip()}\n", ""))
        segments += [(f"      | {line}".rstrip() + "\n", "") for line in others]
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
    """Return rich's console for standard error, which respects ``NO_COLOR`` and ``TERM``."""
    from rich.console import Console  # noqa: PLC0415

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


_WIDEST_EXCERPT = 90


def _shortened(diagnostic: Diagnostic) -> tuple[str, int, int]:
    """Return the excerpt as it is printed, and column and number of the marks below it."""
    column = (diagnostic.column or 1) - 1
    start = (
        max(0, column - _WIDEST_EXCERPT // 2) if len(diagnostic.excerpt) > _WIDEST_EXCERPT else 0
    )
    piece = diagnostic.excerpt[start : start + _WIDEST_EXCERPT]
    before = visible(piece[: column - start].replace("\t", " "))
    subject = visible(piece[column - start : column - start + diagnostic.width].replace("\t", " "))
    rest = visible(piece[column - start + diagnostic.width :].replace("\t", " "))
    return before + subject + rest, _cells(before), max(1, _cells(subject))


def _cells(text: str) -> int:
    """Return the number of columns that a text has on a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - slow to import, and rarely needed

    return cell_len(text)


class Progress:
    """The progress bar of a build: one line on a terminal, which is removed at the end."""

    def __init__(self, unit: str, *, quiet: bool) -> None:
        """Start to measure time.

        Args:
            unit: what is counted, in the plural.
            quiet: whether to show no bar.
        """
        self._unit = unit
        self._enabled = not quiet and sys.stderr.isatty()
        self._started = time.monotonic()
        self._bar: rich.progress.Progress | None = None
        self._task: rich.progress.TaskID | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show progress, once the build has taken a while.

        Args:
            done: the number of pages, or options, that are done.
            total: the number of all; it may grow.
        """
        if not self._enabled or time.monotonic() - self._started < _DELAY:
            return
        if self._bar is None or self._task is None:
            from rich.progress import (  # noqa: PLC0415 - slow to import
                BarColumn,
                MofNCompleteColumn,
                TextColumn,
            )
            from rich.progress import Progress as Bar  # noqa: PLC0415

            # Without a thread that refreshes it: this process must be safe to fork.
            self._bar = Bar(
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn(self._unit, markup=False),
                console=console(),
                transient=True,
                auto_refresh=False,
            )
            self._bar.start()
            self._task = self._bar.add_task(self._unit, total=total)
        self._bar.update(self._task, completed=done, total=total, refresh=True)

    def end(self) -> float:
        """Remove the bar; return the seconds since it was made."""
        if self._bar is not None:
            self._bar.stop()
        return time.monotonic() - self._started


_DELAY = 0.3
"""The seconds after which the bar is shown."""


class FailurePolicy(msgspec.Struct, frozen=True):
    """The diagnostics for which a command fails, and those that it prints.

    Attributes:
        strict: whether it fails for warnings too.
        blame: if there are any, it fails only for options declared below one of these prefixes.
        hints: whether it prints hints.
        quiet: whether it prints only errors and warnings.
        as_json: whether it reports in JSON on standard output too.
    """

    strict: bool = False
    blame: tuple[str, ...] = ()
    hints: bool = False
    quiet: bool = False
    as_json: bool = False

    def failing(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return the diagnostics for which a command fails."""
        return failing(diagnostics, strict=self.strict, blame=self.blame)


def conclude(
    diagnostics: Iterable[Diagnostic],
    policy: FailurePolicy,
    *,
    made: str = "",
    seconds: float = 0,
    printed: bool = True,
    outputs: Sequence[Output] = (),
    failed: bool = False,
) -> int:
    """Print diagnostics and the closing line of a command; return its exit status.

    If the policy says so, they are written to standard output in JSON too.

    Args:
        diagnostics: the diagnostics.
        policy: the diagnostics for which the command fails, and those that it prints.
        made: the outputs, for the closing line.
        seconds: the time that the command took.
        printed: whether the diagnostics are printed, and not only counted.
        outputs: the outputs, for the report in JSON.
        failed: whether the command fails for another reason than a diagnostic.

    Raises:
        ManualError: if standard output cannot be written.
    """
    distinct = list(dict.fromkeys(diagnostics))
    if printed:
        report(distinct, hints=policy.hints)
    failed = failed or bool(policy.failing(distinct))
    if not policy.quiet:
        counts = [f"{seconds:.1f} s"]
        for severity in (Severity.ERROR, Severity.WARNING, Severity.HINT):
            count = sum(entry.severity is severity for entry in distinct)
            if count and (policy.hints or severity is not Severity.HINT):
                counts.append(f"{count:,} {severity.label}{'' if count == 1 else 's'}")
        sys.stderr.write(
            f"{visible(made)} ({counts[0]}{'; ' if counts[1:] else ''}{', '.join(counts[1:])})\n"
        )
    if policy.as_json:
        results.write(distinct, outputs, ok=not failed, hints=policy.hints)
    return 1 if failed else 0


def report_waiting(output: Path) -> None:
    """Say that the command waits for another build of its output.

    Args:
        output: the output.
    """
    sys.stderr.write(f"another build writes {visible(str(output))}: waiting until it has ended\n")
    sys.stderr.flush()


def counted(number: int, noun: str) -> str:
    """Return a number and a noun, in the plural unless the number is 1."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def nothing_built(output: Path) -> str:
    """Return the closing line of a build that failed before its output was written."""
    return f"nothing is built, and {output_name(output)} is left as it was"


def output_name(output: Path | str) -> str:
    """Return the name of a file or folder that a command writes; ``-`` is standard output."""
    return "standard output" if str(output) == "-" else str(output).rstrip("/")
