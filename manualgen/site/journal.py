"""The journal of a publication: what the next build needs to complete or undo it.

It lies in the work folder from the moment before the first change of the output to the moment
after the last.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import msgspec

from manualgen.site.manifest import is_name

if TYPE_CHECKING:
    from pathlib import Path

NAME = "journal.json"
"""The file in the work folder."""

STAGE = "new"
"""The folder in the work folder that a site is built in."""

BACKUP = "old"
"""The folder in the work folder that keeps files of the output until the new ones are there."""

Identity = tuple[int, int]
"""The device and inode of a file or folder."""


class Exchange(msgspec.Struct, frozen=True, tag=True):
    """The output folder is exchanged with the stage, which then is the old folder.

    Attributes:
        stage: the stage. If this is the output folder, the exchange has been made.
        linked: name → inode of the files of others that the new folder has too.
        replaced: the files of others that the new folder replaces.
    """

    stage: Identity
    linked: dict[str, int]
    replaced: list[str]


class Moves(msgspec.Struct, frozen=True, tag=True):
    """Files are moved from the stage into the output folder one by one.

    Attributes:
        folder: the output folder.
        new: the names of the files that are moved.
        removed: the names of the files that are removed.
        backups: those of both whose old content is in the backup folder.
        folders: the folders that are created for new files, the outer ones first.
    """

    folder: Identity
    new: list[str]
    removed: list[str]
    backups: list[str]
    folders: list[str]


Journal = Exchange | Moves


def identity(path: Path) -> Identity:
    """Return the device and inode of a file or folder.

    Args:
        path: the file or folder; a symbolic link is not followed.
    """
    status = path.lstat()
    return status.st_dev, status.st_ino


def write(work: Path, journal: Journal) -> None:
    """Write the journal of a publication, whole or not at all.

    Args:
        work: the work folder.
        journal: the journal.
    """
    # Not by msgspec: names of files may be no UTF-8, and Python's JSON keeps them.
    text = json.dumps(msgspec.to_builtins(journal))
    (work / f"{NAME}.new").write_text(text, "utf-8")
    os.replace(work / f"{NAME}.new", work / NAME)  # noqa: PTH105 - as everywhere in this package


def read(work: Path) -> Journal | None:
    """Return the journal that a killed build has left in its work folder; None if it left none.

    Args:
        work: the work folder.
    """
    try:
        found = msgspec.convert(json.loads((work / NAME).read_bytes()), Journal)
    except (OSError, ValueError, RecursionError):
        return None
    names = [*found.replaced, *found.linked] if isinstance(found, Exchange) else _names(found)
    return found if all(map(is_name, names)) else None


def _names(moves: Moves) -> list[str]:
    return [*moves.new, *moves.removed, *moves.backups, *moves.folders]


def remove(work: Path) -> None:
    """Remove the journal of a publication that is complete or undone.

    Args:
        work: the work folder.
    """
    (work / NAME).unlink(missing_ok=True)
