"""Where the texts of options stand: the file of a declaration, and the line in it.

An option says which file declares it, not where in it. The file is looked for below folders
that the user has named; in it, the string that evaluates to the text of the option.
"""

from __future__ import annotations

import functools
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from manualgen.lint.nix_strings import Literal, binding_end, code_of, literals
from manualgen.options.model import with_line_feeds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.book.manual import Manual
    from manualgen.errors import Diagnostic
    from manualgen.options.declarations import Source
    from manualgen.options.model import Option

_STORE = Path("/nix/store")
_LARGEST = 4 * 1024 * 1024
_MOST_BINDINGS = 500
"""How many bindings of one name are looked at in a file."""


class Place(msgspec.Struct, frozen=True):
    """Where a finding is in a file.

    Attributes:
        file: the file, relative to the current folder if it is below.
        line: from 1; None for the file as a whole.
        column: from 1; None for the line as a whole.
    """

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Return the place as editors and terminals understand it: ``file:line:column``."""
        known = (part for part in (self.line, self.column) if part is not None)
        return ":".join([self.file, *map(str, known)])


class NixFile(msgspec.Struct, frozen=True, dict=True):
    """A file that declares options.

    Attributes:
        path: the file.
        text: its content, with LF as line ends.
    """

    path: Path
    text: str

    @functools.cached_property
    def literals(self) -> list[Literal]:
        """The string literals."""
        return literals(self.text)

    @functools.cached_property
    def code(self) -> str:
        """The text without strings and comments."""
        return code_of(self.text, self.literals)

    @functools.cached_property
    def by_value(self) -> dict[str, list[Literal]]:
        """Text → the string literals that evaluate to it."""
        found: dict[str, list[Literal]] = {}
        for literal in self.literals:
            if literal.value is not None:
                found.setdefault(literal.value, []).append(literal)
        return found

    def bindings(self, option: Option) -> list[tuple[int, int]]:
        """Return where values begin and end that are bound to the last part of an option's name."""
        name = re.escape(option.loc[-1]) if option.loc else ""
        pattern = re.compile(rf'(?<![\w-])"?{name}"?\s*(=)(?!=)')
        return [
            (match.end(), binding_end(self.code, match.end()))
            for match in itertools.islice(pattern.finditer(self.text), _MOST_BINDINGS)
            if self.code[match.start(1)] == "="
        ]


class Sources:
    """The files that declare the options of some manuals, as far as they are found."""

    def __init__(
        self, manuals: Iterable[Manual], folders: Iterable[Path], trees: Iterable[Source] = ()
    ) -> None:
        """Prepare to look for files.

        Args:
            manuals: the manuals.
            folders: the folders that files may be in, but for the Nix store.
            trees: source trees with paths; their files may be in those.
        """
        self._options = {
            option.name: option
            for manual in manuals
            for included in manual.sets
            for option in included.catalog.options
        }
        self._trees = [
            (tree.name, Path(tree.path).resolve())
            for tree in trees
            if tree.path and Path(tree.path).is_dir()
        ]
        own = [folder.resolve() for folder in folders]
        self._folders = list(dict.fromkeys([*own, *(path for _, path in self._trees)]))
        self._files: dict[Path, NixFile | None] = {}
        self._found: dict[str, list[NixFile]] = {}

    def option(self, name: str | None) -> Option | None:
        """Return the option of a name; None if there is none."""
        return self._options.get(name) if name is not None else None

    def place(self, diagnostic: Diagnostic) -> Place | None:
        """Return where the subject of a diagnostic is; None if that is not known."""
        if diagnostic.file is not None:
            return Place(shown(Path(diagnostic.file)), diagnostic.line, diagnostic.column)
        option = self.option(diagnostic.option)
        if option is None:
            return None
        text = text_of(option, diagnostic.part or "")
        for file in self.files(option):
            literal = find(file, option, text) if text is not None else None
            if literal is not None:
                return _place_in(file, literal, diagnostic)
        for file in self.files(option):
            return Place(shown(file.path), _line_of_option(file, option))
        return None

    def files(self, option: Option) -> list[NixFile]:
        """Return the files that declare an option, as far as they are found."""
        found: dict[Path, NixFile] = {}
        for declaration in option.declarations:
            if declaration.name not in self._found:
                self._found[declaration.name] = self._search(declaration.name)
            found |= {file.path: file for file in self._found[declaration.name]}
        return list(found.values())

    def _search(self, name: str) -> list[NixFile]:
        files = (self._read(path) for path in self._candidates(name))
        return [file for file in dict.fromkeys(files) if file is not None]

    def _candidates(self, name: str) -> list[Path]:
        path = name.removeprefix("file://").strip("<>")
        tree, _, rest = path.partition("/")
        candidates = [folder / rest for known, folder in self._trees if known == tree]
        candidates += [folder / path for folder in self._folders]
        if name.startswith("<"):
            candidates += [folder / rest for folder in self._folders]
        return candidates

    def _read(self, candidate: Path) -> NixFile | None:
        """Return a file; None if it is not there, or not the user's to change."""
        try:
            path = candidate.resolve()
            path = path / "default.nix" if path.is_dir() else path
            if path in self._files:
                return self._files[path]
            allowed = any(path.is_relative_to(folder) for folder in self._folders)
            if not allowed or path.is_relative_to(_STORE) or not path.is_file():
                return None
            data = path.read_bytes() if path.stat().st_size <= _LARGEST else b"\xff"
            text = with_line_feeds(data.decode("utf-8").removeprefix("\ufeff"))
            self._files[path] = NixFile(path, text)
        except (OSError, ValueError):
            return None
        return self._files[path]


def text_of(option: Option, part: str) -> str | None:
    """Return the text of a part of an option; None if it has none."""
    text = {
        "description": option.description,
        "default": option.default,
        "example": option.example,
    }.get(part)
    return None if text is None else text.text


def find(file: NixFile, option: Option, text: str) -> Literal | None:
    """Return the string literal of a file that a text of an option was evaluated from.

    Args:
        file: a file that declares the option.
        option: the option.
        text: the text.

    Returns:
        A literal in a value that is bound to the option's name; where no value is, the only
        literal with that text. None if there is none.
    """
    found = file.by_value.get(text, [])
    bindings = file.bindings(option) if found else []
    within = [
        (end - start, literal)
        for literal in found
        for start, end in bindings
        if start <= literal.start and literal.end <= end
    ]
    if within:
        return min(within, key=lambda pair: pair[0])[1]
    return found[0] if len(found) == 1 and not bindings else None


def _line_of_option(file: NixFile, option: Option) -> int:
    bindings = file.bindings(option)
    return file.text.count("\n", 0, bindings[0][0]) + 1 if bindings else 1


def _place_in(file: NixFile, literal: Literal, diagnostic: Diagnostic) -> Place:
    line = file.text.count("\n", 0, literal.start) + 1
    raw = file.text[literal.start : literal.end]
    if literal.indented and re.match(r"'' *\n", raw):
        line += 1
    within = diagnostic.line or 1
    if within == 1 and not literal.indented:
        start = literal.start - file.text.rfind("\n", 0, literal.start)
        return Place(shown(file.path), line, start + (diagnostic.column or 0))
    if not literal.indented and "\n" not in raw:
        return Place(shown(file.path), line)
    lines = file.text.split("\n")
    line = min(line + within - 1, len(lines))
    excerpt = diagnostic.excerpt.strip()
    column = lines[line - 1].find(excerpt) if excerpt else -1
    if column >= 0 and diagnostic.column is not None:
        indent = len(diagnostic.excerpt) - len(diagnostic.excerpt.lstrip())
        return Place(shown(file.path), line, column + max(1, diagnostic.column - indent))
    return Place(shown(file.path), line)


def shown(path: Path) -> str:
    """Return a path relative to the current folder if it is below, else as it is."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
