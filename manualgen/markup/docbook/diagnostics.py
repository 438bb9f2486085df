"""The diagnostics of a DocBook text: how many there can be, and where each belongs."""

from __future__ import annotations

from manualgen.errors import Code, Diagnostic

MOST_DIAGNOSTICS = 50
"""The most diagnostics of a text."""
_LONGEST_SHOWN = 80


def short(text: str) -> str:
    """Return a text shortened for a message."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


class Diagnostics:
    """Collects the diagnostics of a text."""

    def __init__(self, text: str, diagnostics: list[Diagnostic]) -> None:
        """Prepare for the diagnostics of a text.

        Args:
            text: the text, as its author wrote it.
            diagnostics: the list that they are added to.
        """
        self._lines = text.split("\n")
        self._diagnostics = diagnostics

    @property
    def full(self) -> bool:
        """Whether there are so many that no more are added."""
        return len(self._diagnostics) >= MOST_DIAGNOSTICS

    def report(self, code: Code, message: str, line: int, excerpt: str, help_text: str) -> None:
        """Add a diagnostic about the last occurrence of an excerpt at or before a line.

        Args:
            code: what sort of problem it is.
            message: what is wrong.
            line: a line of the text, from 0.
            excerpt: the source that is meant.
            help_text: what to write instead.
        """
        if self.full:
            return
        line = min(line, len(self._lines) - 1)
        line = next((n for n in range(line, -1, -1) if excerpt in self._lines[n]), line)
        source_line = self._lines[line]
        column = max(source_line.find(excerpt), 0)
        self._diagnostics.append(
            Diagnostic(
                code=code,
                message=message,
                line=line + 1,
                column=column + 1,
                excerpt=source_line,
                width=max(1, min(len(excerpt), len(source_line) - column)),
                help=help_text,
            )
        )
