"""The source trees of modules and of their library, and how files in them are named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.evaluation.advice import FETCHING
from manualgen.evaluation.settings import is_reference
from manualgen.options.declarations import NIXPKGS, Declarations, Source
from manualgen.options.model import Declaration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MARKERS = (".git", ".hg", ".jj")
_STORE_PATH = r"/nix/store/[0-9a-df-np-sv-z]{32}-[\w.+?=-]+"
_BELOW = r"(?:/[\w.+@~%-]+)*"
_LARGEST = 4 * 1024 * 1024


def read_lines(file: str) -> list[str]:
    """Return the lines of a Nix file; of its ``default.nix`` if it is a folder.

    Args:
        file: the path; of a file that cannot be read, or of more than 4 MiB, there are none.
    """
    path = Path(file)
    try:
        path = path / "default.nix" if path.is_dir() else path
        if path.stat().st_size > _LARGEST:
            return []
        return path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return []


def _is_flake(folder: Path) -> bool:
    """Return whether a folder holds a flake; a ``flake.nix`` may be a module as well."""
    return any(re.search(r"\boutputs\b", line) for line in read_lines(str(folder / "flake.nix")))


def existing(path: Path, name: str) -> Path:
    """Return the resolved path of a Nix file, or of a folder with a ``default.nix``.

    Args:
        path: the path.
        name: its name as it was given.

    Raises:
        ManualError: if there is none.
    """
    if is_reference(name):
        raise ManualError(
            Diagnostic(
                code=Code.UNREADABLE,
                message="the flake is not on this machine, and nothing is fetched",
                file=name,
                help="fetch it, and name its folder: `FOLDER#nixosModules.default`",
            )
        )
    try:
        if path.is_dir() and not (path / "default.nix").is_file():
            raise ManualError(
                Diagnostic(
                    code=Code.UNREADABLE,
                    message="the folder has neither `default.nix` nor `flake.nix`",
                    file=name,
                    help="name the module inside it",
                )
            )
        return path.resolve(strict=True)
    except OSError as error:
        raise ManualError(
            Diagnostic(
                code=Code.UNREADABLE,
                message=f"cannot read the module: {error.strerror}",
                file=name,
                help="name a file that exists and that you may read",
            )
        ) from error


def flake_folders(files: Sequence[Path]) -> list[Path]:
    """Return the folders of the flakes that some files are part of.

    Args:
        files: the files, as resolved paths.
    """
    nearest = (
        next((folder for folder in file.parents if (folder / "flake.nix").is_file()), None)
        for file in files
    )
    return list(dict.fromkeys(filter(None, nearest)))


def library(given: Path | None, environment: Mapping[str, str]) -> Path:
    """Return the path of Nixpkgs' ``lib``.

    Args:
        given: a ``lib`` or a Nixpkgs tree; None to search ``NIX_PATH``.
        environment: holds ``NIX_PATH``, which says what ``<nixpkgs/lib>`` is.

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
            help="name a Nixpkgs tree, or its folder `lib`: `--lib PATH`, or where there is no such"
            f" argument, `NIX_PATH=nixpkgs=PATH`; {FETCHING}",
        )
    )


def nixpkgs(lib: Path) -> Path | None:
    """Return the Nixpkgs tree that a library is part of; None where it stands alone."""
    tree = lib.parent
    return tree if lib.name == "lib" and (tree / "pkgs/top-level").is_dir() else None


def _nixpkgs_source(lib: Path) -> Source:
    """Return the source tree of a library: its Nixpkgs tree, or the library alone."""
    tree = nixpkgs(lib)
    if tree is not None:
        return Source(NIXPKGS.name, str(tree), NIXPKGS.url)
    return Source(f"{NIXPKGS.name}/lib", str(lib), NIXPKGS.url.replace("{path}", "lib/{path}"))


class SourcePaths:
    """The source trees of modules, and the names of files in them."""

    def __init__(
        self,
        modules: Sequence[Path],
        sources: Sequence[Source],
        lib: Path,
        directory: Path,
        revision: str,
        inputs: Mapping[str, Path],
    ) -> None:
        """Find the source tree of each module.

        Args:
            modules: the files that were named, as resolved paths.
            sources: source trees that were given; they come first.
            lib: the library, whose files are named as Nixpkgs'.
            directory: the folder that the command runs in.
            revision: the revision in addresses of files.
            inputs: the folders of inputs of flakes, by name.
        """
        self._directory = directory.resolve()
        self._lib = lib
        self._given = tuple(
            Source(source.name, str((directory / source.path).resolve()), source.url)
            for source in sources
            if source.path
        )
        own = _nixpkgs_source(lib)
        # A source tree without a path stands for all paths that are relative in the output.
        self._unlinked = None if any(not source.path for source in sources) else ""
        self.roots = tuple(dict.fromkeys(self._root(module) for module in modules))
        trees = [source.path for source in self._given] + [str(root) for root in self.roots]
        others = [
            Source(name, str(path))
            for name, path in inputs.items()
            if not any(root.is_relative_to(path) for root in self.roots)
        ]
        self._declarations = Declarations((*self._given, own, *others), revision)
        trees += [source.path for source in others]
        longest = sorted({own.path, *trees}, key=len, reverse=True)
        # A text that names /tmp need not mean a tree of modules in /tmp.
        specific = [tree for tree in longest if tree.count("/") > 1 and tree != str(Path.home())]
        self._any_path = _pattern(longest)
        self._specific_path = _pattern(specific)

    @property
    def readable(self) -> tuple[Path, ...]:
        """The folders that modules may read."""
        return (*(Path(source.path) for source in self._given), *self.roots)

    def is_of_nixpkgs(self, file: str) -> bool:
        """Return whether a file would be in the Nixpkgs tree of a library that stands alone.

        Args:
            file: its path.
        """
        if nixpkgs(self._lib) is not None:
            return False
        path = Path(file)
        own = any(path.is_relative_to(folder) for folder in self.readable)
        return path.is_relative_to(self._lib.parent) and not own

    def _root(self, module: Path) -> Path:
        """Return the tree that a module may read: its source, its repository, or its folder."""
        for source in self._given:
            if module.is_relative_to(source.path):
                return Path(source.path)
        for folder in ([module] if module.is_dir() else []) + [*module.parents]:
            if any((folder / marker).exists() for marker in _MARKERS) or _is_flake(folder):
                return folder
        here = self._directory
        if module.is_relative_to(here) and here not in {Path.home().resolve(), Path(here.anchor)}:
            return here
        return module if module.is_dir() else module.parent

    def declaration(self, path: str) -> Declaration:
        """Return the declaration to write for a file, without the path to its tree.

        Args:
            path: the file as the evaluation names it.
        """
        if not path.startswith("/"):
            return Declaration(path, "")
        name, url = self._declarations.shown(Declaration(path))
        if name != path:
            return Declaration(name, url or "")
        return Declaration(self._relative(path), self._unlinked)

    def _relative(self, path: str) -> str:
        # The same name wherever the command runs.
        for folder in (*sorted(self.roots, key=lambda root: -len(str(root))), self._directory):
            if Path(path).is_relative_to(folder) and folder != Path(folder.anchor):
                return str(Path(path).relative_to(folder))
        return Path(path).name

    def file(self, path: str) -> str:
        """Return a file's name for a diagnostic: relative to the current folder if it is below."""
        folder = str(self._directory)
        return path[len(folder) + 1 :] if path.startswith(folder + "/") else path

    def folder(self, path: str) -> str:
        """Return a folder's name for a diagnostic, as :meth:`file` does; ``.`` for the current."""
        return "." if path == str(self._directory) else self.file(path)

    def message(self, text: str) -> str:
        """Return a message of Nix with paths as :meth:`file` returns them."""
        return text.replace(f"{self._directory}/", "")

    def text(self, text: str, files: Sequence[str], *, evaluated: bool) -> str:
        """Return a text of an option without paths of this machine.

        Args:
            text: the text.
            files: the files that declare the option. Paths that they spell out are kept.
            evaluated: whether it is a printed value, not what an author wrote.
        """
        if "/" not in text:
            return text
        pattern = self._any_path if evaluated else self._specific_path

        def replacement(match: re.Match[str]) -> str:
            return match[0] if self._spells(files, match[0]) else self._replaced(match)

        return pattern.sub(replacement, text)

    def _spells(self, files: Sequence[str], path: str) -> bool:
        return any(path in "\n".join(read_lines(file)) for file in files)

    def _replaced(self, match: re.Match[str]) -> str:
        name = self.declaration(match[0]).name
        return name if name.startswith("<") or not name or "/" not in match[0] else f"./{name}"


def _pattern(trees: Sequence[str]) -> re.Pattern[str]:
    starts = "|".join([*map(re.escape, trees), _STORE_PATH])
    return re.compile(rf"(?<![\w.~-])(?:{starts})(?![\w-]){_BELOW}")
