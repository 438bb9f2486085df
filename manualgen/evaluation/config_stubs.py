"""Paths in ``config`` and ``options`` that modules use and that may be missing.

Nix cannot catch a missing attribute. A module that is documented alone uses
many: options of modules that are not given. So their paths are searched for in
the sources, and ``modules.nix`` puts a value in their places: in ``config`` one
that can be caught, in ``options`` one that is the option's name when it is part
of a text. A path too many has no effect, and one that a module tests with ``?``
or ``or`` is left missing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from manualgen.evaluation.source_paths import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Tree = dict[str, "Tree"]

_PATH = r"[A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*"
_USE = r"(?<![\w.'-]){head}\.(?P<path>{path})(?P<or>\s+or\b)?"
_ALIAS = r"\b(?P<name>[A-Za-z_][\w'-]*)\s*=\s*{head}\.(?P<path>{path})\s*;"
_TESTED = r"(?<![\w.'-]){head}(?:\.(?P<below>{path}))?\s*\?\s*(?P<path>{path})"


def used_paths(files: Iterable[str], head: Literal["config", "options"]) -> Tree:
    """Return the paths below an argument that modules use, as a tree of names.

    Args:
        files: the modules' sources; one that cannot be read has no paths.
        head: the argument.
    """
    use, alias, test = (
        re.compile(pattern.format(head=head, path=_PATH)) for pattern in (_USE, _ALIAS, _TESTED)
    )
    used: set[str] = set()
    tested: set[str] = set()
    for file in files:
        text = "\n".join(read_lines(file))
        used.update(_used(text, use, alias))
        tested.update(
            ".".join(filter(None, (match["below"], match["path"]))) for match in test.finditer(text)
        )
    tree: Tree = {}
    for path in sorted(used):
        if not any(path == one or path.startswith(f"{one}.") for one in tested):
            node = tree
            for name in path.split("."):
                node = node.setdefault(name, {})
    return tree


def _used(text: str, use: re.Pattern[str], alias: re.Pattern[str]) -> Iterator[str]:
    for match in use.finditer(text):
        if not match["or"]:
            yield match["path"]
    for name in alias.finditer(text):
        below = re.compile(_USE.format(head=re.escape(name["name"]), path=_PATH))
        for match in below.finditer(text):
            if not match["or"]:
                yield f"{name['path']}.{match['path']}"
