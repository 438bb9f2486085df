"""manualgen: the documentation builder for Nix-style module options.

Whatever the source was, it becomes one docutils doctree, and every format is
one writer over that doctree. The packages, from the bottom up:

* :mod:`manualgen.errors`: diagnostics of bad input.
* :mod:`manualgen.options`: what an option is; ``options.json`` read, sorted, split into pages.
* :mod:`manualgen.markup`: text to doctree; an option to its section.
* :mod:`manualgen.evaluation`: modules to options, by Nix.
* :mod:`manualgen.book`: chapters and options as one manual; references.
* :mod:`manualgen.writers`: doctree to HTML, man, …; one package a format.
* :mod:`manualgen.site`: outputs on disk.
* :mod:`manualgen.api`: the Python API, whose names this module has.
* :mod:`manualgen.cli`: the commands.

The names of the API are loaded when they are first used: ``import manualgen`` is quick.
"""

from __future__ import annotations

import importlib
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any

from manualgen.version import __version__ as __version__

if TYPE_CHECKING:
    from manualgen.api import *  # noqa: F403 - the one list of names is there


def __getattr__(name: str) -> Any:
    message = f"module {__name__!r} has no attribute {name!r}"
    if name != "__all__" and (name.startswith("_") or _is_submodule(name)):
        # ``from manualgen import errors`` asks here first, and must not load the API.
        raise AttributeError(message)
    api = importlib.import_module("manualgen.api")
    if name != "__all__" and name not in api.__all__:
        raise AttributeError(message)
    return getattr(api, name)


def _is_submodule(name: str) -> bool:
    return PathFinder.find_spec(f"{__name__}.{name}", __path__) is not None  # noqa: F405


def __dir__() -> list[str]:
    return sorted([*__getattr__("__all__"), "__version__"])
