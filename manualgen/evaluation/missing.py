"""What modules look up in ``config`` that may not be there.

Nix cannot catch a missing attribute. A module that is documented alone names
many: options of modules that are not among them. So their paths are read out
of the sources, and ``options.nix`` puts something in their places that it can
catch. A path too many does no harm, and one that a module asks for with ``?``
or ``or`` is left as it is.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Tree = dict[str, "Tree"]

_LARGEST = 4 * 1024 * 1024
_PATH = r"[A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*"
_USE = re.compile(rf"(?<![\w.'-])config\.(?P<path>{_PATH})(?P<or>\s+or\b)?")
_ALIAS = re.compile(rf"\b(?P<name>[A-Za-z_][\w'-]*)\s*=\s*config\.(?P<path>{_PATH})\s*;")
_ASKED = re.compile(rf"(?<![\w.'-])config(?:\.(?P<below>{_PATH}))?\s*\?\s*(?P<path>{_PATH})")


def configuration_paths(files: Iterable[str]) -> Tree:
    """Return the paths below ``config`` that modules use, as a tree of names.

    Args:
        files: the modules' sources; one that cannot be read has none.
    """
    used: set[str] = set()
    asked: set[str] = set()
    for file in files:
        text = _text(file)
        used.update(_used(text))
        asked.update(
            ".".join(filter(None, (found["below"], found["path"])))
            for found in _ASKED.finditer(text)
        )
    tree: Tree = {}
    for path in sorted(used):
        if not any(path == one or path.startswith(f"{one}.") for one in asked):
            node = tree
            for name in path.split("."):
                node = node.setdefault(name, {})
    return tree


def _used(text: str) -> Iterator[str]:
    for found in _USE.finditer(text):
        if not found["or"]:
            yield found["path"]
    for alias in _ALIAS.finditer(text):
        use = re.compile(rf"(?<![\w.'-]){re.escape(alias['name'])}\.({_PATH})(\s+or\b)?")
        for found in use.finditer(text):
            if not found[2]:
                yield f"{alias['path']}.{found[1]}"


def _text(file: str) -> str:
    path = Path(file)
    try:
        path = path / "default.nix" if path.is_dir() else path
        if path.stat().st_size > _LARGEST:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
