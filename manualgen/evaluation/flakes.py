"""Modules of flakes, and the inputs that ``flake.lock`` names.

Nothing is fetched. An input is used if it is in the store already: its path
there follows from its hash.
"""

from __future__ import annotations

import binascii
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.inputs import InputFiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NIXPKGS_NAME = re.compile(r"nixpkgs(?:-lib|-stable|-unstable)?")
"""The names of inputs that are Nixpkgs, or its library alone; ``flakes.nix`` has them too."""

_REPOSITORIES = frozenset({"nixpkgs", "nixpkgs.lib"})
_LARGEST = 16 * 1024 * 1024
_ALPHABET = "0123456789abcdfghijklmnpqrsvwxyz"
_PART = re.compile(r'"(?P<quoted>[^"]*)"|(?P<plain>[^."]+)')


class FlakeModule(msgspec.Struct, frozen=True):
    """A module of a flake.

    Attributes:
        folder: the folder of the ``flake.nix``, as a resolved path.
        attribute: the names of the module below the flake's outputs; none if it is not named.
    """

    folder: str
    attribute: list[str]

    @classmethod
    def find(cls, directory: Path, name: Path) -> FlakeModule | None:
        """Return the module that a name means; None for a file or folder that is no flake.

        Args:
            directory: the folder that the name is relative to.
            name: what was named, such as ``tree#nixosModules.default``, or a folder with a
                ``flake.nix``, whose ``default.nix`` is rarely a module.
        """
        folder, _, attribute = str(name).partition("#")
        path = directory / folder
        if (directory / name).is_file() or not (path / "flake.nix").is_file():
            return None
        parts = [part["quoted"] or part["plain"] or "" for part in _PART.finditer(attribute)]
        return cls(str(path.resolve()), parts)


class LockedInput(msgspec.Struct, frozen=True):
    """A node of ``flake.lock``.

    Attributes:
        path: its folder; None where it is not in the store.
        is_flake: whether it has outputs.
        is_nixpkgs: whether it is Nixpkgs, or its library alone.
        inputs: the keys of the nodes that its inputs are, by name; None where its own
            ``flake.lock`` names them.
        info: what is known of its source: ``rev``, ``lastModified``, ``narHash``.
    """

    path: str | None
    is_flake: bool
    is_nixpkgs: bool
    inputs: dict[str, str] | None
    info: dict[str, str | int] = {}


class Lock(msgspec.Struct, frozen=True):
    """A ``flake.lock``.

    Attributes:
        inputs: the keys of the nodes of the flake's own inputs, by name.
        nodes: the nodes by key.
    """

    inputs: dict[str, str] = {}
    nodes: dict[str, LockedInput] = {}

    def found(self) -> Iterator[LockedInput]:
        """Return the inputs that have a folder, and those of inputs."""
        return (node for node in self.nodes.values() if node.path is not None)

    def nixpkgs(self) -> Path | None:
        """Return the Nixpkgs tree among the flake's own inputs that has a library."""
        for name in sorted(self.inputs, key=lambda name: (name != "nixpkgs", name)):
            node = self.nodes[self.inputs[name]]
            if node.is_nixpkgs and node.path and Path(node.path, "lib/default.nix").is_file():
                return Path(node.path)
        return None


def read_lock(
    folder: Path, given: Mapping[str, Path], store: str
) -> tuple[Lock, Diagnostic | None]:
    """Return the lock of a flake; an empty one where it has none.

    Args:
        folder: the folder of the flake.
        given: folders to use for some of the flake's own inputs, by name.
        store: the folder of the store.

    Returns:
        The lock, and the diagnostic of a file that is not valid.
    """
    file = folder / "flake.lock"
    if not file.exists():
        return Lock(), None
    try:
        raw = msgspec.json.decode(InputFiles(_LARGEST).read(file, str(file)), type=_RawLock)
        return _Reader(raw, folder, given, store).lock(), None
    except ManualError as error:
        return Lock(), error.diagnostic
    except (msgspec.DecodeError, UnicodeDecodeError, _InvalidLockError) as error:
        return Lock(), Diagnostic(
            code=Code.NOT_JSON,
            message=f"the lock file is not valid, so the flake's inputs are not known: {error}",
            file=str(file),
            help="write it anew: `nix flake lock`; or name inputs: `--input NAME=PATH`",
        )


def store_path(nar_hash: str, store: str) -> str:
    """Return the path that a source tree has in the store.

    Args:
        nar_hash: the hash of its NAR serialization, as ``flake.lock`` has it: ``sha256-…``.
        store: the folder of the store.

    Raises:
        ValueError: if it is not such a hash.
    """
    import base64  # noqa: PLC0415 - slow to import, and few commands need it
    import hashlib  # noqa: PLC0415 - as above

    algorithm, _, encoded = nar_hash.partition("-")
    digest = base64.b64decode(encoded, validate=True)
    if algorithm != "sha256" or len(digest) != hashlib.sha256().digest_size:
        message = f"`{nar_hash}` is not a hash that a store path follows from"
        raise ValueError(message)
    fingerprint = f"source:sha256:{digest.hex()}:{store}:source".encode()
    full = hashlib.sha256(fingerprint).digest()
    compressed = bytearray(20)
    for position, byte in enumerate(full):
        compressed[position % 20] ^= byte
    number = int.from_bytes(compressed, "little")
    characters = (_ALPHABET[number >> shift & 31] for shift in range(155, -1, -5))
    return f"{store}/{''.join(characters)}-source"


class _RawNode(msgspec.Struct):
    """A node as ``flake.lock`` has it. An input is the key of a node, or a path of names."""

    inputs: dict[str, str | list[str]] = {}
    locked: dict[str, Any] = {}
    original: dict[str, Any] = {}
    flake: bool = True
    parent: list[str] = []


class _RawLock(msgspec.Struct):
    nodes: dict[str, _RawNode]
    root: str


class _InvalidLockError(Exception):
    """A lock file names what it does not have."""


class _Reader:
    """Reads one lock file."""

    def __init__(self, raw: _RawLock, folder: Path, given: Mapping[str, Path], store: str) -> None:
        """Keep what :func:`read_lock` is given."""
        self._raw = raw
        self._folder = folder
        self._given = given
        self._store = store

    def lock(self) -> Lock:
        inputs = self._inputs(self._raw.root)
        nodes = {
            key: self._node(key, node)
            for key, node in self._raw.nodes.items()
            if key != self._raw.root
        }
        for name, path in self._given.items():
            if name in inputs:
                nodes[inputs[name]] = msgspec.structs.replace(
                    nodes[inputs[name]], path=str(path), inputs=None, info={}
                )
        return Lock(inputs, nodes)

    def _node(self, key: str, node: _RawNode) -> LockedInput:
        path = self._path(key, ())
        known = {
            name: node.locked[name]
            for name, kind in (("rev", str), ("narHash", str), ("lastModified", int))
            if isinstance(node.locked.get(name), kind)
        }
        return LockedInput(
            path=path if path is not None and Path(path).is_dir() else None,
            is_flake=node.flake,
            is_nixpkgs=_is_nixpkgs(key, node, path),
            inputs=self._inputs(key),
            info=known,
        )

    def _path(self, key: str, below: tuple[str, ...]) -> str | None:
        """Return the folder of a node, whether it is there or not; None where it has no hash.

        Args:
            key: the key of the node.
            below: the keys of nodes that are relative to this one.
        """
        if key == self._raw.root:
            return str(self._folder)
        locked = self._raw.nodes[key].locked
        relative = locked.get("path") if locked.get("type") == "path" else None
        base: str | None
        if isinstance(relative, str) and not relative.startswith("/"):
            if key in below:
                message = f"the path of `{key}` is relative to itself"
                raise _InvalidLockError(message)
            parent = self._resolved(self._raw.nodes[key].parent)
            base = self._path(parent, (*below, key))
            base = None if base is None else self._inside(base, relative, key)
        else:
            try:
                base = store_path(str(locked.get("narHash", "")), self._store)
            except (ValueError, binascii.Error):
                return None
        return base and self._inside(base, str(locked.get("dir", "")), key)

    def _inside(self, base: str, relative: str, key: str) -> str:
        """Return a folder that is relative to another one, and in the same source tree."""
        folder = Path(base)
        if folder.is_relative_to(self._store):
            tree = Path(self._store, folder.relative_to(self._store).parts[0])
        else:
            up = (folder, *folder.parents)
            tree = next((one for one in up if (one / ".git").exists()), folder)
        found = Path(os.path.normpath(folder / relative))
        if not found.resolve().is_relative_to(tree.resolve()):
            message = f"the folder of `{key}` is outside its source tree"
            raise _InvalidLockError(message)
        return str(found)

    def _inputs(self, key: str) -> dict[str, str]:
        found = {}
        for name, target in self._raw.nodes[key].inputs.items() if key in self._raw.nodes else ():
            # An empty path is an input that is not used.
            if target:
                found[name] = self._key(target)
        return found

    def _key(self, target: str | Sequence[str]) -> str:
        key = target if isinstance(target, str) else self._resolved(target)
        if key not in self._raw.nodes:
            message = f"it has no node `{key}`"
            raise _InvalidLockError(message)
        return key

    def _resolved(self, path: Sequence[str]) -> str:
        """Return the key of the node that a path of names of inputs leads to, from the root."""
        left = list(reversed(path))
        key = self._raw.root
        # A path may lead to an input that is itself a path, and these in a circle.
        for _ in range(_LONGEST_PATH):
            if not left:
                return key
            target = self._raw.nodes[key].inputs.get(left.pop()) if key in self._raw.nodes else None
            if target is None:
                break
            if isinstance(target, str):
                key = target
            else:
                key = self._raw.root
                left += reversed(target)
        message = f"the input {'/'.join(path)} leads nowhere"
        raise _InvalidLockError(message)


_LONGEST_PATH = 1000


def _is_nixpkgs(key: str, node: _RawNode, path: str | None) -> bool:
    repository = node.locked.get("repo") or node.original.get("id") or ""
    return (
        NIXPKGS_NAME.fullmatch(key) is not None
        or repository in _REPOSITORIES
        or (path is not None and Path(path, "pkgs/top-level").is_dir())
    )
