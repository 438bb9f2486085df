"""The manifest of an output folder: the files in it that the last build has written."""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MANIFEST = ".manualgen.json"
"""The name of the manifest in the output folder."""


def encoded(names: Iterable[str]) -> bytes:
    """Return the content of a manifest.

    Args:
        names: the paths of the files below the output folder.
    """
    return (json.dumps({"files": sorted(names)}, indent=0) + "\n").encode()


def names_in(folder: Path) -> set[str]:
    """Return the files that the last build has written into a folder; none if that is not known.

    Files outside the folder are never among them, whatever the manifest or symbolic links say.

    Args:
        folder: the output folder.
    """
    try:
        if (folder / MANIFEST).is_symlink():
            return set()
        entries = json.loads((folder / MANIFEST).read_bytes())["files"]
        if not isinstance(entries, list):
            return set()
        real = Path(os.path.realpath(folder))

        @functools.cache
        def is_inside(parent: str) -> bool:
            return Path(os.path.realpath(real / parent)).is_relative_to(real)

        return {name for name in entries if is_name(name) and is_inside(name.rpartition("/")[0])}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()


def is_name(entry: object) -> bool:
    """Return whether an entry of a manifest is a path below the output folder.

    Args:
        entry: the entry.
    """
    if not isinstance(entry, str) or "\0" in entry:
        return False
    if not entry.isascii():
        try:
            os.fsencode(entry)
        except UnicodeEncodeError:
            return False
    return not any(part in {"", ".", ".."} for part in entry.split("/"))
