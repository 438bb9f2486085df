"""The files of an extraction: what is evaluated, what may be read, and the first request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.evaluation import source_paths
from manualgen.evaluation.source_names import source_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.evaluation.settings import EvaluationSettings


class Inputs(msgspec.Struct, frozen=True):
    """The files of an extraction.

    Attributes:
        request: what ``extract.nix`` is asked for in the first evaluation.
        paths: how files are named.
        readable: the files and folders that the evaluation may read.
        lib: the path of the library.
    """

    request: dict[str, Any]
    paths: source_paths.SourcePaths
    readable: tuple[Path, ...]
    lib: Path

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
            files.evaluated, settings.sources, files.lib, settings.directory, settings.revision
        )
        names = source_names(
            [*(_scanned(root, files.modules) for root in paths.readable), *files.inputs.values()],
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
        return cls(request, paths, (*paths.readable, *files.readable), files.lib)


class _Files(msgspec.Struct, frozen=True):
    """The files that settings name, as resolved paths."""

    modules: list[Path]
    flakes: list[dict[str, str]]
    inputs: dict[str, Path]
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
            *(Path(flake["folder"], "flake.nix") for flake in self.flakes),
            *self.modules,
            *filter(None, (self.modules_list, self.host, self.options_file)),
            *self.arguments.values(),
            *self.extensions,
        ]

    @property
    def readable(self) -> list[Path]:
        """What may be read beside the source trees of the modules."""
        library = source_paths.nixpkgs(self.lib) or self.lib
        return [*self.inputs.values(), library, *filter(None, [self.pkgs])]

    def request(self) -> dict[str, Any]:
        """Return the part of a request that names files."""
        return {
            "lib": str(self.lib),
            "extensions": list(map(str, self.extensions)),
            "nixpkgs": str(self.lib.parent),
            "pkgs": _text(self.pkgs),
            "modules": list(dict.fromkeys(map(str, self.modules))),
            "flakes": self.flakes,
            "inputs": {name: str(path) for name, path in self.inputs.items()},
            "list": _text(self.modules_list),
            "host": _text(self.host),
            "tree": _text(self.options_file),
            "arguments": {name: str(path) for name, path in self.arguments.items()},
            "special": {"modulesPath": f"{self.lib.parent}/nixos/modules"},
        }


def _files(modules: Sequence[Path], settings: EvaluationSettings) -> _Files:
    directory = settings.directory

    def existing(path: Path) -> Path:
        return source_paths.existing(directory / path)

    def existing_if_given(path: Path | None) -> Path | None:
        return None if path is None else existing(path)

    flakes = {module: _flake(directory / module) for module in modules}
    base = None if settings.lib is None else directory / settings.lib
    extensions = list(settings.lib_extensions)
    # A file extends the library of the search path, unless it is one.
    if base is not None and base.is_file() and base.name != "default.nix":
        extensions.insert(0, base)
        base = None
    return _Files(
        modules=[existing(module) for module, flake in flakes.items() if flake is None],
        flakes=[flake for flake in flakes.values() if flake is not None],
        inputs={name: (directory / path).resolve() for name, path in settings.inputs.items()},
        arguments={name: existing(path) for name, path in settings.arguments.items()},
        lib=source_paths.library(base, os.environ),
        extensions=[existing(path) for path in extensions],
        modules_list=existing_if_given(settings.modules_list),
        host=existing_if_given(settings.host),
        options_file=existing_if_given(settings.options_file),
        pkgs=existing_if_given(settings.pkgs),
    )


def _flake(path: Path) -> dict[str, str] | None:
    """Return the folder and attribute of a module of a flake; None for a file.

    Args:
        path: what was named, such as ``tree#nixosModules.default`` or a folder with a
            ``flake.nix``, whose ``default.nix`` is rarely a module.
    """
    folder, _, attribute = str(path).partition("#")
    if path.is_file() or not (Path(folder) / "flake.nix").is_file():
        return None
    return {"folder": str(Path(folder).resolve()), "attribute": attribute}


def _scanned(root: Path, files: Sequence[Path]) -> Path:
    """Return the part of a tree in which names are searched for: of Nixpkgs, its modules."""
    modules = root / "nixos/modules"
    inside = any(file.is_relative_to(modules) for file in files)
    return modules if inside and (root / "pkgs/top-level").is_dir() else root


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
