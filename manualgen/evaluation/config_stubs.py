"""Paths in ``config`` that modules use and that may be missing.

Nix cannot catch a missing attribute. A module that is documented alone uses
many: options of modules that are not given. So their paths are searched for in
the sources, and ``modules.nix`` puts a value in their places that can be
caught. A path too many has no effect, and one that a module tests with ``?``
or ``or`` is left missing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from manualgen.evaluation.source_paths import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Tree = dict[str, "Tree"]

_PATH = r"[A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*"
_USE = re.compile(rf"(?<![\w.'-])config\.(?P<path>{_PATH})(?P<or>\s+or\b)?")
_ALIAS = re.compile(rf"\b(?P<name>[A-Za-z_][\w'-]*)\s*=\s*config\.(?P<path>{_PATH})\s*;")
_TESTED = re.compile(rf"(?<![\w.'-])config(?:\.(?P<below>{_PATH}))?\s*\?\s*(?P<path>{_PATH})")


def configuration_paths(files: Iterable[str]) -> Tree:
    """Return the paths below ``config`` that modules use, as a tree of names.

    Args:
        files: the modules' sources; one that cannot be read has no paths.
    """
    used: set[str] = set()
    tested: set[str] = set()
    for file in files:
        text = "\n".join(read_lines(file))
        used.update(_used(text))
        tested.update(
            ".".join(filter(None, (match["below"], match["path"])))
            for match in _TESTED.finditer(text)
        )
    tree: Tree = {}
    for path in sorted(used):
        if not any(path == one or path.startswith(f"{one}.") for one in tested):
            node = tree
            for name in path.split("."):
                node = node.setdefault(name, {})
    return tree


def _used(text: str) -> Iterator[str]:
    for match in _USE.finditer(text):
        if not match["or"]:
            yield match["path"]
    for alias in _ALIAS.finditer(text):
        use = re.compile(rf"(?<![\w.'-]){re.escape(alias['name'])}\.({_PATH})(\s+or\b)?")
        for match in use.finditer(text):
            if not match[2]:
                yield f"{alias['path']}.{match[1]}"
