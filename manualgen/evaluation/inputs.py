"""The files of an extraction: what is evaluated, what may be read, and the first request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.evaluation import flakes, source_paths
from manualgen.evaluation.source_names import source_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from manualgen.errors import Diagnostic
    from manualgen.evaluation.settings import EvaluationSettings


class Inputs(msgspec.Struct, frozen=True):
    """The files of an extraction.

    Attributes:
        request: what ``extract.nix`` is asked for in the first evaluation.
        paths: how files are named.
        readable: the files and folders that the evaluation may read.
        sources: those of them that modules may be in, but for the Nix store.
        lib: the path of the library.
        diagnostics: lock files that are not valid.
    """

    request: dict[str, Any]
    paths: source_paths.SourcePaths
    readable: tuple[Path, ...]
    sources: tuple[Path, ...]
    lib: Path
    diagnostics: tuple[Diagnostic, ...]

    @classmethod
    def find(cls, modules: Sequence[Path], settings: EvaluationSettings) -> Inputs:
        """Find what settings name.

        Args:
            modules: the files.
            settings: how to evaluate them.

        Raises:
            ManualError: if a file or the library is missing.
        """
        files = _files(modules, settings)
        paths = source_paths.SourcePaths(
            files.evaluated,
            settings.sources,
            files.lib,
            settings.directory,
            settings.revision,
            files.input_folders,
        )
        names = source_names(
            [
                *(_scanned(root, files.modules) for root in paths.readable),
                *files.input_folders.values(),
            ],
            files.evaluated,
            packages=files.pkgs is None,
        )
        request = {
            **files.request(),
            "system": settings.system,
            "prefixes": [prefix.rstrip(".") for prefix in settings.prefixes],
            "names": msgspec.to_builtins(names),
            "known": {},
            "broken": {},
            "skip": {},
            "skipFields": {},
            "explain": None,
            "missing": {"config": {}, "options": {}},
        }
        readable = (*paths.readable, *files.readable)
        diagnostics = (
            msgspec.structs.replace(found, file=paths.file(found.file or ""))
            for found in files.locks.diagnostics
        )
        sources = tuple(
            path
            for path in (*paths.readable, *files.inputs.values())
            if path.is_absolute() and not path.is_relative_to(_store())
        )
        return cls(request, paths, readable, sources, files.lib, tuple(diagnostics))


class _Files(msgspec.Struct, frozen=True):
    """The files that settings name, as resolved paths."""

    modules: list[Path]
    flakes: list[flakes.FlakeModule]
    inputs: dict[str, Path]
    locks: _Locks
    arguments: dict[str, Path]
    lib: Path
    extensions: list[Path]
    modules_list: Path | None
    host: Path | None
    options_file: Path | None
    pkgs: Path | None

    @property
    def evaluated(self) -> list[Path]:
        """The files whose source trees are those of the modules."""
        return [
            *(Path(flake.folder, "flake.nix") for flake in self.flakes),
            *self.modules,
            *filter(None, (self.modules_list, self.host, self.options_file)),
            *self.arguments.values(),
            *self.extensions,
        ]

    @property
    def readable(self) -> list[Path]:
        """What may be read beside the source trees of the modules."""
        library = source_paths.nixpkgs(self.lib) or self.lib
        locked = (
            Path(node.path or "") for lock in self.locks.found.values() for node in lock.found()
        )
        return [*self.inputs.values(), *locked, library, *filter(None, [self.pkgs])]

    @property
    def input_folders(self) -> dict[str, Path]:
        """The folders of inputs that may hold modules, by name."""
        found = {
            key: Path(node.path or "")
            for lock in self.locks.found.values()
            for key, node in lock.nodes.items()
            if node.path and not node.is_nixpkgs
        }
        return {**found, **self.inputs}

    def request(self) -> dict[str, Any]:
        """Return the part of a request that names files."""
        return {
            "lib": str(self.lib),
            "extensions": list(map(str, self.extensions)),
            "nixpkgs": str(self.lib.parent),
            "pkgs": _text(self.pkgs),
            "modules": list(dict.fromkeys(map(str, self.modules))),
            "flakes": msgspec.to_builtins(self.flakes),
            "inputs": {name: str(path) for name, path in self.inputs.items()},
            "locks": msgspec.to_builtins(self.locks.found),
            "list": _text(self.modules_list),
            "host": _text(self.host),
            "tree": _text(self.options_file),
            "arguments": {name: str(path) for name, path in self.arguments.items()},
            "special": {"modulesPath": f"{self.lib.parent}/nixos/modules"},
        }


def _files(modules: Sequence[Path], settings: EvaluationSettings) -> _Files:
    directory = settings.directory

    def existing(path: Path) -> Path:
        return source_paths.existing(directory / path, str(path))

    def existing_if_given(path: Path | None) -> Path | None:
        return None if path is None else existing(path)

    found = {module: flakes.FlakeModule.find(directory, module) for module in modules}
    inputs = {name: (directory / path).resolve() for name, path in settings.inputs.items()}
    roots = [Path(flake.folder) for flake in found.values() if flake is not None]
    locks = _Locks.read(roots, inputs)
    base = None if settings.lib is None else directory / settings.lib
    extensions = list(settings.lib_extensions)
    # A file extends the library of the search path, unless it is one.
    if base is not None and base.is_file() and base.name != "default.nix":
        extensions.insert(0, base)
        base = None
    files = [existing(module) for module, flake in found.items() if flake is None]
    return _Files(
        modules=files,
        flakes=[flake for flake in found.values() if flake is not None],
        inputs=inputs,
        locks=locks,
        arguments={name: existing(path) for name, path in settings.arguments.items()},
        lib=source_paths.library(
            base or locks.nixpkgs(inputs, roots or source_paths.flake_folders(files)), os.environ
        ),
        extensions=[existing(path) for path in extensions],
        modules_list=existing_if_given(settings.modules_list),
        host=existing_if_given(settings.host),
        options_file=existing_if_given(settings.options_file),
        pkgs=existing_if_given(settings.pkgs),
    )


class _Locks(msgspec.Struct, frozen=True):
    """The lock files of flakes.

    Attributes:
        found: what they say, by the folder of the flake.
        diagnostics: those of lock files that are not valid.
    """

    found: dict[str, flakes.Lock]
    diagnostics: tuple[Diagnostic, ...]

    @classmethod
    def read(cls, roots: Sequence[Path], inputs: Mapping[str, Path]) -> _Locks:
        """Read the lock files of flakes and of inputs that are given.

        Args:
            roots: the folders of the flakes.
            inputs: folders of inputs, by name.
        """
        found, diagnostics = {}, []
        for folder in dict.fromkeys((*roots, *inputs.values())):
            lock, diagnostic = flakes.read_lock(folder, inputs if folder in roots else {}, _store())
            found[str(folder)] = lock
            if diagnostic is not None:
                diagnostics.append(diagnostic)
        return cls(found, tuple(diagnostics))

    def nixpkgs(self, inputs: Mapping[str, Path], roots: Iterable[Path]) -> Path | None:
        """Return the Nixpkgs tree that flakes are locked to; None where there is none.

        Args:
            inputs: folders of inputs, by name, which come first.
            roots: the folders of the flakes; they may be those of modules that are files.
        """
        for name, path in inputs.items():
            if flakes.NIXPKGS_NAME.fullmatch(name) and (path / "lib/default.nix").is_file():
                return path
        for root in roots:
            lock = self.found.get(str(root)) or flakes.read_lock(root, {}, _store())[0]
            tree = lock.nixpkgs()
            if tree is not None:
                return tree
        return None


def _store() -> str:
    return os.environ.get("NIX_STORE_DIR") or "/nix/store"


def _scanned(root: Path, files: Sequence[Path]) -> Path:
    """Return the part of a tree in which names are searched for: of Nixpkgs, its modules."""
    modules = root / "nixos/modules"
    inside = any(file.is_relative_to(modules) for file in files)
    return modules if inside and (root / "pkgs/top-level").is_dir() else root


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
