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

    from manualgen.evaluation.extracting import Settings


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
    def find(cls, modules: Sequence[Path], settings: Settings) -> Inputs:
        """Find what settings name.

        Args:
            modules: the files.
            settings: how to evaluate them.

        Raises:
            ManualError: if a file or the library is missing.
        """
        directory = settings.directory

        def existing(path: Path | None) -> Path | None:
            return None if path is None else source_paths.existing(directory / path)

        flakes = [flake for module in modules if (flake := _flake(directory / module)) is not None]
        files = [
            source_paths.existing(directory / module)
            for module in modules
            if _flake(directory / module) is None
        ]
        inputs = {name: (directory / path).resolve() for name, path in settings.inputs.items()}
        arguments = {
            name: source_paths.existing(directory / path)
            for name, path in settings.arguments.items()
        }
        base = None if settings.lib is None else directory / settings.lib
        extensions = [directory / path for path in settings.lib_extensions]
        # A file extends the library of the search path, unless it is one.
        if base is not None and base.is_file() and base.name != "default.nix":
            extensions.insert(0, base)
            base = None
        extensions = [source_paths.existing(path) for path in extensions]
        listed, tree = existing(settings.modules_list), existing(settings.options_file)
        pkgs = existing(settings.pkgs)
        lib = source_paths.library(base, os.environ)
        nixpkgs = source_paths.nixpkgs(lib)
        evaluated = [
            *(Path(flake["folder"], "flake.nix") for flake in flakes),
            *files,
            *filter(None, (listed, tree)),
            *arguments.values(),
            *extensions,
        ]
        paths = source_paths.SourcePaths(
            evaluated, settings.sources, lib, directory, settings.revision
        )
        names = source_names(
            [*(_scanned(root, files) for root in paths.readable), *inputs.values()],
            evaluated,
            packages=pkgs is None,
        )
        request = {
            "lib": str(lib),
            "extensions": list(map(str, extensions)),
            "nixpkgs": str(lib.parent),
            "pkgs": _text(pkgs),
            "system": settings.system,
            "modules": list(dict.fromkeys(map(str, files))),
            "flakes": flakes,
            "inputs": {name: str(path) for name, path in inputs.items()},
            "list": _text(listed),
            "tree": _text(tree),
            "arguments": {name: str(path) for name, path in arguments.items()},
            "special": {"modulesPath": f"{lib.parent}/nixos/modules"},
            "prefixes": [prefix.rstrip(".") for prefix in settings.prefixes],
            "names": msgspec.to_builtins(names),
            "known": {},
            "broken": {},
            "skip": {},
            "skipFields": {},
            "explain": None,
            "missing": {},
        }
        readable = (*paths.readable, *inputs.values(), nixpkgs or lib, *([pkgs] if pkgs else []))
        return cls(request, paths, readable, lib)


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
