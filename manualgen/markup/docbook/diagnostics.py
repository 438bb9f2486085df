"""What is said about a text: how much, and where."""

from __future__ import annotations

from manualgen.errors import Code, Diagnostic

MOST_SAID = 50
"""How many diagnostics a text can have: nobody reads more."""
_LONGEST_SHOWN = 80


def short(text: str) -> str:
    """Return a text as a message shows it: no author writes names of a thousand letters."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


class Diagnostics:
    """What is wrong with a text."""

    def __init__(self, text: str, said: list[Diagnostic]) -> None:
        """Take the text, and the list that diagnostics are added to."""
        self._lines = text.split("\n")
        self._said = said

    @property
    def full(self) -> bool:
        """Whether so much is said that nothing more is."""
        return len(self._said) >= MOST_SAID

    def add(self, code: Code, message: str, line: int, excerpt: str, cure: str) -> None:
        """Add a diagnostic about the last place at or before a line where the excerpt stands.

        Args:
            code: what sort of flaw it is.
            message: what is wrong.
            line: a line of the text, from 0.
            excerpt: what is wrong there.
            cure: what to write instead.
        """
        if self.full:
            return
        line = min(line, len(self._lines) - 1)
        at = next((n for n in range(line, -1, -1) if excerpt in self._lines[n]), line)
        shown = self._lines[at]
        column = max(shown.find(excerpt), 0)
        self._said.append(
            Diagnostic(
                code=code,
                message=message,
                line=at + 1,
                column=column + 1,
                excerpt=shown,
                width=max(1, min(len(excerpt), len(shown) - column)),
                help=cure,
            )
        )
