"""Names that modules use, found in their sources before they are evaluated.

Nix cannot catch a missing attribute. So what modules look up in ``pkgs``,
``lib`` and ``options`` is searched for in the sources, and the Nix expressions
put values in these places: packages that print as their names, or values that
throw, which can be caught. A name too many has no effect.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Tree = dict[str, Any]
"""Names, each with the tree of the names below it."""

_FILES = 20_000
_FOLDERS = 5_000
_BYTES = 24 * 1024 * 1024
_SKIPPED = frozenset({"node_modules", "result", "tests", "test"})
_NAME = r"[A-Za-z_][\w'-]*"
_PATH = rf"{_NAME}(?:\.{_NAME})*"
_USE = re.compile(
    rf"(?<![\w.'-])(?P<head>pkgs|lib|options)\.(?P<path>{_PATH})(?P<rest>\s+or\b|\s*\?|\.\$\{{)?"
)
_LEGACY = re.compile(rf"\blegacyPackages\.(?:\$\{{[^}}]*\}}|[\w-]+)\.(?P<path>{_PATH})")
_TESTED = re.compile(rf"(?<![\w.'-])(?P<head>lib|options|pkgs)\s*\?\s*(?P<path>{_PATH})")
_WITH = re.compile(rf"\bwith\s+\(?\s*pkgs(?:\.(?P<path>{_PATH}))?\s*\)?\s*;")
_INHERIT = re.compile(rf"\binherit\s*\(\s*pkgs(?:\.(?P<path>{_PATH}))?\s*\)(?P<names>[^;]*);")
_COMPUTED = re.compile(
    rf"(?<![\w.'-])pkgs(?:\.{_PATH})?\.\$\{{|\b(?:callPackage|pkgs\.extend|appendOverlays)\b"
)
# A name that another file may hold.
_COMPUTED_ELSEWHERE = re.compile(r"\bmkPackageOption'?\s+pkgs\s+(?![\"\[])|PackageOption\s*=")
_WORD = re.compile(_NAME)
_OUTPUTS = re.compile(
    rf"\boutputs\s*=\s*(?:{_NAME}\s*@\s*)?\{{(?P<names>[^}}?]*)\}}\s*(?:@\s*{_NAME}\s*)?:"
)
_INPUT = re.compile(rf"(?<![\w.'-])inputs\.({_NAME})")
_ARGUMENT = re.compile(rf"_module\.args\.(?P<name>{_NAME})")
_ARGUMENTS = re.compile(rf"(?P<name>{_NAME})\s*=|\binherit\b(?P<names>[^;]*);")


class SourceNames(msgspec.Struct):
    """What the sources of modules look up.

    Attributes:
        pkgs: the names below ``pkgs``; ``*`` below a name that a ``with`` opens.
        lib: the names below ``lib``; ``?`` below a name that a source tests for.
        options: the names below ``options`` of which a source tests a part with ``?``.
        inputs: the names below inputs of flakes, by input.
        words: all names in files that use names of ``pkgs`` without writing ``pkgs.``.
        arguments: names that a source may define in ``_module.args``.
    """

    pkgs: Tree = {}
    lib: Tree = {}
    options: Tree = {}
    inputs: Tree = {}
    words: Tree = {}
    arguments: Tree = {}


def source_names(roots: Sequence[Path], modules: Sequence[Path], *, packages: bool) -> SourceNames:
    """Return the names that the Nix files below some folders use.

    Args:
        roots: folders or files. Of very large trees, a part is read.
        modules: the files that are evaluated; folders of tests are read if one is in them.
        packages: whether names of packages are wanted.
    """
    names = SourceNames()
    tested: dict[str, set[str]] = {"lib": set(), "options": set()}
    texts = list(_texts(roots, modules))
    inputs = {name for text in texts for name in _flake_inputs(text)}
    uses = re.compile(
        rf"(?<![\w.'-])(?:inputs\.)?(?P<path>(?:{'|'.join(map(re.escape, inputs))})\.{_PATH})"
    )
    for text in texts:
        _add_uses(names, tested, text)
        # Most files name no input, and a plain search finds out faster.
        if any(f"{name}." in text for name in inputs):
            for match in uses.finditer(text):
                add_path(names.inputs, match["path"].split("."))
        if packages:
            _add_packages(names, text)
        if "_module" in text:
            _add_arguments(names, text)
    if packages and any(
        "PackageOption" in text and _COMPUTED_ELSEWHERE.search(text) for text in texts
    ):
        words = set[str]().union(*map(_WORD.findall, texts))
        names.words = {word: {} for word in sorted(words)}
    _mark_tested(names.lib, tested["lib"])
    for path in tested["options"]:
        _remove(names.options, path.split("."))
    return names


def _texts(roots: Sequence[Path], modules: Sequence[Path]) -> Iterator[str]:
    left = _BYTES
    for path in _files(roots, modules):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        left -= len(text)
        if left < 0:
            return
        yield text


def _files(roots: Sequence[Path], modules: Sequence[Path]) -> Iterator[Path]:
    needed = {str(folder) for module in modules for folder in (module, *module.parents)}
    seen: set[str] = set()
    folders = 0
    for root in roots:
        if root.is_file():
            yield root
            continue
        for folder, below, names in os.walk(root):
            below[:] = sorted(
                name
                for name in below
                if os.path.join(folder, name) in needed  # noqa: PTH118 - ten thousand of them
                or not (name.startswith(".") or name in _SKIPPED)
            )
            folders += 1
            for name in sorted(names):
                path = os.path.join(folder, name)  # noqa: PTH118 - ten thousand of them
                if name.endswith(".nix") and path not in seen:
                    seen.add(path)
                    yield Path(path)
            if folders > _FOLDERS or len(seen) > _FILES:
                return


def _add_uses(names: SourceNames, tested: dict[str, set[str]], text: str) -> None:
    for match in _USE.finditer(text):
        head, path, rest = match["head"], match["path"], match["rest"] or ""
        if head == "pkgs":
            add_path(names.pkgs, path.split("."), ("*",) if rest.startswith(".") else ())
        elif head == "options":
            if rest.endswith("?"):
                add_path(names.options, path.split("."))
        elif rest.endswith("or"):
            tested["lib"].add(path)
        else:
            add_path(names.lib, path.split("."))
    for match in _TESTED.finditer(text):
        if match["head"] == "pkgs":
            # Such tests are for old package sets: what they ask for is there by now.
            add_path(names.pkgs, match["path"].split("."))
        else:
            tested[match["head"]].add(match["path"])


def _add_packages(names: SourceNames, text: str) -> None:
    if "legacyPackages" in text:
        for match in _LEGACY.finditer(text):
            add_path(names.pkgs, match["path"].split("."))
    opened = False
    for match in _WITH.finditer(text):
        opened = True
        if match["path"]:
            add_path(names.pkgs, match["path"].split("."), ("*",))
    for match in _INHERIT.finditer(text):
        path = match["path"].split(".") if match["path"] else []
        for name in _WORD.findall(match["names"]):
            add_path(names.pkgs, [*path, name])
    if opened or _COMPUTED.search(text):
        names.words.update((word, {}) for word in _WORD.findall(text))


def _flake_inputs(text: str) -> Iterator[str]:
    """Return the names that a flake's ``outputs`` takes or looks up; none in other files."""
    arguments = _OUTPUTS.search(text) if "outputs" in text else None
    if arguments is not None:
        yield from _WORD.findall(arguments["names"] or "")
    if "inputs." in text:
        for match in _INPUT.finditer(text):
            yield match[1]


def _add_arguments(names: SourceNames, text: str) -> None:
    for match in _ARGUMENT.finditer(text):
        names.arguments[match["name"]] = {}
    if re.search(r"_module\.args\s*=|_module\s*=", text):
        for match in _ARGUMENTS.finditer(text):
            for name in _WORD.findall(match["name"] or match["names"]):
                names.arguments[name] = {}


def add_path(tree: Tree, path: Iterable[str], below: Iterable[str] = ()) -> None:
    """Add a path of names to a tree.

    Args:
        tree: the tree to change.
        path: the names from the root on.
        below: names to add below the path.
    """
    node = tree
    for name in path:
        node = node.setdefault(name, {})
    for name in below:
        node.setdefault(name, {})


def _mark_tested(tree: Tree, paths: Iterable[str]) -> None:
    """Add ``?`` below names that are used in tests only, so that they are left missing."""
    marks: list[list[str]] = []
    for path in sorted(paths):
        names = path.split(".")
        marks.append(names)
        marks += [names[:end] for end in range(1, len(names)) if not _holds(tree, names[:end])]
    for names in marks:
        add_path(tree, names, ("?",))


def _holds(tree: Tree, path: Sequence[str]) -> bool:
    node: Tree | None = tree
    for name in path:
        node = None if node is None else node.get(name)
    return node is not None


def _remove(tree: Tree, path: Sequence[str]) -> None:
    node = tree
    for name in path[:-1]:
        node = node.get(name, {})
    node.pop(path[-1], None)
