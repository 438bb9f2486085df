"""How modules are evaluated, and what names a module.

Loaded with every manual, so what evaluates is not imported here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - msgspec evaluates annotations
from pathlib import Path

import msgspec

from manualgen.options.declarations import Source  # noqa: TC001 - as Mapping


class EvaluationSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How modules are evaluated.

    Attributes:
        lib: Nixpkgs' ``lib``, or a Nixpkgs tree; None for that of the input ``nixpkgs`` of
            the flake that the modules are part of, or ``<nixpkgs/lib>``. A file extends
            that one, as ``lib_extensions`` do.
        lib_extensions: files that extend it: functions of ``lib`` that return a larger one.
        pkgs: a package set that values may refer to; None for packages that exist by name only.
        system: the system that the package set is evaluated for. It does not depend
            on the machine, so that the output is the same on every machine.
        modules_list: a file that evaluates to a list of further modules, or to a set
            with ``modules``, ``specialArgs`` and ``lib``; it may be a function of
            ``lib``, ``pkgs``, ``system`` and ``inputs``, the folders of that setting.
        host: a file like ``modules_list``: modules that are declared and whose options are
            not returned, as those of the system that the modules are for.
        options_file: a file that evaluates to a tree of options, as ``evalModules``
            returns it; None to evaluate the modules.
        arguments: further arguments of modules: names with the files of their values.
        inputs: folders of inputs of flakes and of files such as ``modules_list``, by name.
            Other inputs of flakes are those that ``flake.lock`` names, if they are in the
            store, or stubs.
        prefixes: the options to keep, each a name or the start of one
            (``services.``); empty for all.
        sources: source trees, for declarations. Modules may read them.
        revision: the revision in addresses of declarations.
        timeout: the time limit in seconds, for all evaluations together.
        memory: the memory limit of an evaluation in bytes.
        evaluator: the command that evaluates.
        directory: the folder to which paths are relative.
    """

    lib: Path | None = None
    lib_extensions: tuple[Path, ...] = ()
    pkgs: Path | None = None
    system: str = "x86_64-linux"
    modules_list: Path | None = None
    host: Path | None = None
    options_file: Path | None = None
    arguments: Mapping[str, Path] = {}
    inputs: Mapping[str, Path] = {}
    prefixes: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    revision: str = ""
    timeout: float = 120.0
    memory: int = 4 * 1024**3
    evaluator: str = "nix-instantiate"
    directory: Path = msgspec.field(default_factory=Path.cwd)


def is_module(source: str | Path) -> bool:
    """Return whether options are to be evaluated, and not read from an ``options.json``.

    Args:
        source: a module (``.nix``), a folder with a ``default.nix`` or ``flake.nix``, or a module
            of a flake: ``tree#nixosModules.default``. The address of a flake is one too, and
            is reported when it is evaluated.
    """
    text = str(source)
    if text.endswith(".nix") or is_reference(text):
        return True
    folder, mark, _ = text.partition("#")
    try:
        return any((Path(folder) / name).is_file() for name in _MODULE_FILES[bool(mark) :])
    except (OSError, ValueError):
        return False


def is_reference(name: str) -> bool:
    """Return whether a name is the address of a flake that would have to be fetched."""
    return _REFERENCE.match(name) is not None


def file_of(source: str | Path) -> Path:
    """Return the file or folder that a source of options names: of a flake's module, the flake's.

    Args:
        source: as for :func:`is_module`.
    """
    folder, mark, _ = str(source).partition("#")
    return Path(folder) if mark and is_module(source) else Path(source)


_REFERENCE = re.compile(r"(?:git|github|gitlab|sourcehut|flake)(?:\+\w+)?:|[a-z+]+:[^#]*#")
_MODULE_FILES = ("default.nix", "flake.nix")
