"""Where modules, their library and their source trees lie, and how that is shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.options.declarations import Declarations, Source
from manualgen.options.model import Declaration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MARKERS = (".git", "flake.nix", ".hg", ".jj")
_STORE_PATH = r"/nix/store/[0-9a-df-np-sv-z]{32}-[\w.+?=-]+"
_BELOW = r"(?:/[\w.+@~%-]+)*"


def library(given: Path | None, environment: Mapping[str, str]) -> Path:
    """Return the path of Nixpkgs' ``lib``.

    Args:
        given: what was asked for: a ``lib``, a Nixpkgs tree, or None to look for one.
        environment: where ``NIX_PATH`` may stand; it is what ``<nixpkgs/lib>`` means.

    Raises:
        ManualError: if there is none.
    """
    if given is not None:
        for candidate in (given / "lib", given):
            if candidate.is_file() or (candidate / "default.nix").is_file():
                return candidate.resolve()
        message = f"there is no library at `{given}`"
        raise _no_library(message)
    for entry in environment.get("NIX_PATH", "").split(":"):
        name, equals, path = entry.rpartition("=")
        # `nixpkgs=/path`, or a folder that holds one called nixpkgs.
        tree = Path(path) if equals and name == "nixpkgs" else Path(path, "nixpkgs")
        if entry and (not equals or name == "nixpkgs") and (tree / "lib/default.nix").is_file():
            return (tree / "lib").resolve()
    message = "Nixpkgs' `lib` is not found: `<nixpkgs/lib>` is on no path of NIX_PATH"
    raise _no_library(message)


def _no_library(message: str) -> ManualError:
    return ManualError(
        Diagnostic(
            code=Code.NO_LIBRARY,
            message=message,
            help="say where it is: `--lib PATH`, the folder `lib` of a Nixpkgs tree",
        )
    )


def nixpkgs(lib: Path) -> Path | None:
    """Return the Nixpkgs tree that a library is part of; None where it stands alone."""
    tree = lib.parent
    return tree if lib.name == "lib" and (tree / "pkgs/top-level").is_dir() else None


class Places:
    """Which folders belong to the modules, and how a file of theirs is called."""

    def __init__(
        self,
        modules: Sequence[Path],
        sources: Sequence[Source],
        lib: Path,
        directory: Path,
        revision: str,
    ) -> None:
        """Find the source tree of each module.

        Args:
            modules: the files that were named, as resolved paths.
            sources: source trees that were given; they come first.
            lib: the library, whose files are Nixpkgs'.
            directory: the folder that the command runs in.
            revision: what addresses name.
        """
        self._directory = directory.resolve()
        self._given = tuple(
            Source(source.name, str((directory / source.path).resolve()), source.url)
            for source in sources
            if source.path
        )
        own = Source("nixpkgs/lib", str(lib))
        self._declarations = Declarations((*self._given, own), revision)
        self.roots = tuple(dict.fromkeys(self._root(module) for module in modules))
        trees = [source.path for source in self._given] + [str(root) for root in self.roots]
        longest = sorted({own.path, *trees}, key=len, reverse=True)
        # A root such as /tmp may well be meant by an author who writes of /tmp.
        special = [tree for tree in longest if tree.count("/") > 1 and tree != str(Path.home())]
        self._any = _pattern(longest)
        self._special = _pattern(special)

    @property
    def readable(self) -> tuple[Path, ...]:
        """The folders that modules may read."""
        return (*(Path(source.path) for source in self._given), *self.roots)

    def _root(self, module: Path) -> Path:
        """Return the tree that a module may read: its source, its repository, or its folder."""
        for source in self._given:
            if module.is_relative_to(source.path):
                return Path(source.path)
        for folder in module.parents:
            if any((folder / marker).exists() for marker in _MARKERS):
                return folder
        here = self._directory
        if module.is_relative_to(here) and here not in {Path.home().resolve(), Path(here.anchor)}:
            return here
        return module if module.is_dir() else module.parent

    def declaration(self, path: str) -> Declaration:
        """Return a declaring file as readers see it, without the path to its tree."""
        if not path.startswith("/"):
            return Declaration(path)
        shown, url = self._declarations.shown(Declaration(path))
        return Declaration(shown, url) if shown != path else Declaration(self._relative(path))

    def _relative(self, path: str) -> str:
        for folder in (self._directory, *sorted(self.roots, key=lambda root: -len(str(root)))):
            if Path(path).is_relative_to(folder) and folder != Path(folder.anchor):
                return str(Path(path).relative_to(folder))
        return Path(path).name

    def file(self, path: str) -> str:
        """Return a file's name for a diagnostic: as short as the user's shell would take it."""
        folder = str(self._directory)
        return path[len(folder) + 1 :] if path.startswith(folder + "/") else path

    def local(self, text: str) -> str:
        """Return a message with paths as :meth:`file` gives them."""
        return text.replace(f"{self._directory}/", "")

    def text(self, text: str, *, evaluated: bool) -> str:
        """Return a text without paths of this machine.

        Args:
            text: a text of an option.
            evaluated: whether it shows a value, not what an author wrote.
        """
        pattern = self._any if evaluated else self._special
        return pattern.sub(self._replaced, text) if "/" in text else text

    def _replaced(self, found: re.Match[str]) -> str:
        shown = self.declaration(found[0]).name
        return shown if shown.startswith("<") or not shown or "/" not in found[0] else f"./{shown}"


def _pattern(trees: Sequence[str]) -> re.Pattern[str]:
    starts = "|".join([*map(re.escape, trees), _STORE_PATH])
    return re.compile(rf"(?<![\w.~-])(?:{starts})(?![\w-]){_BELOW}")
