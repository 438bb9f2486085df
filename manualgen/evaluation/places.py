"""The places of failures: positions in modules, and the lines that stand there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.evaluation.source_paths import read_lines

if TYPE_CHECKING:
    from manualgen.errors import Diagnostic
    from manualgen.evaluation.failures import Failure, TracePosition
    from manualgen.evaluation.source_paths import SourcePaths


class Places:
    """Finds what modules say at a position; each file is read once."""

    def __init__(self, paths: SourcePaths, internal: tuple[str, ...]) -> None:
        """Begin without any file.

        Args:
            paths: how files are named.
            internal: how the paths of files begin that are of no author: the library's, ours.
        """
        self._paths = paths
        self._internal = internal
        self._sources: dict[str, list[str]] = {}

    def at(self, position: TracePosition, diagnostic: Diagnostic) -> Diagnostic:
        """Return a diagnostic with a position and the line there."""
        return msgspec.structs.replace(
            diagnostic,
            file=self._paths.file(position.file),
            line=position.line,
            column=position.column,
            excerpt=self.line(position)[:200],
        )

    def position(self, failure: Failure | None, file: str | None) -> TracePosition | None:
        """Return the innermost position in a module, in the given file if there is one."""
        if failure is None:
            return None
        authors = [one for one in failure.positions if not self.is_internal(one.file)]
        own = [one for one in authors if one.file == file]
        # The innermost position is that of the failure itself, whatever file it is in.
        return next(iter([*authors[:1], *own]), None)

    def is_internal(self, file: str) -> bool:
        """Return whether a file is of no author."""
        return file.startswith(self._internal)

    def line(self, position: TracePosition) -> str:
        """Return the line at a position; "" if it cannot be read."""
        lines = self.lines(position.file)
        return lines[position.line - 1] if 0 < position.line <= len(lines) else ""

    def lines(self, file: str) -> list[str]:
        """Return the lines of a file."""
        if file not in self._sources:
            self._sources[file] = read_lines(file)
        return self._sources[file]

    def expression(self, file: str | None, line: int | None, field: str) -> str:
        """Return the source of a value: what stands between `field =` and its semicolon."""
        if not file or not line or self.is_internal(file):
            return ""
        text = "\n".join(self.lines(file)[line - 1 : line + 20])
        start = re.search(rf"\b{field}\s*=\s*", text)
        if start is None:
            return ""
        depth = 0
        for position in range(start.end(), len(text)):
            character = text[position]
            depth += (character in "([{") - (character in ")]}")
            if depth < 0 or (depth == 0 and character == ";"):
                return text[start.end() : position].strip()
        return text[start.end() :].strip()
