"""Publication file by file, for folders that cannot be exchanged.

Readers can see files of both builds for a moment. A build that is killed then leaves its
journal, and the next one completes what it began, or undoes it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from pathlib import Path

from manualgen.site import journal, locking
from manualgen.site.journal import BACKUP, STAGE, Moves
from manualgen.site.signals import deferred

_COPY = f"{locking.PREFIX}copy"
"""The name that a file has while it is copied from another file system."""

_WITHOUT_LINKS = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS}
"""The errors of a hard link that cannot be made."""


def publish(work: Path, folder: Path, new: list[str], removed: list[str]) -> None:
    """Move files from the stage into the output folder, and remove others from it.

    Args:
        work: the work folder, with the stage in it.
        folder: the output folder.
        new: the names of the files in the stage.
        removed: the names of the files to remove.

    Raises:
        OSError: if one of them cannot be moved or removed; then the folder is as it was.
    """
    removed = [name for name in removed if _is_file(folder / name)]
    backups = [name for name in new if os.path.lexists(folder / name)] + removed
    for name in backups:
        _back_up(folder / name, work / BACKUP / name)
    moves = Moves(journal.identity(folder), new, removed, backups, _missing_folders(folder, new))
    journal.write(work, moves)
    with deferred():
        try:
            _apply(moves, work, folder)
        except OSError:
            _undo(moves, work, folder)
            journal.remove(work)
            raise
        journal.remove(work)


def resume(moves: Moves, work: Path, folder: Path) -> None:
    """Complete what a killed build has begun; if that is not possible, undo it.

    Args:
        moves: its journal.
        work: the work folder.
        folder: the output folder.

    Raises:
        OSError: if neither is possible.
    """
    if folder.is_dir() and journal.identity(folder) == moves.folder:
        with deferred():
            try:
                _apply(moves, work, folder)
            except OSError:
                _undo(moves, work, folder)
    journal.remove(work)


def _is_file(path: Path) -> bool:
    """Return whether there is something that is no folder."""
    try:
        return not stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _missing_folders(folder: Path, names: list[str]) -> list[str]:
    parents = {str(parent) for name in names for parent in Path(name).parents} - {"."}
    return sorted(name for name in parents if not (folder / name).is_dir())


def _back_up(path: Path, backup: Path) -> None:
    backup.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, backup, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _WITHOUT_LINKS:
            raise
        shutil.copy2(path, backup, follow_symlinks=False)


def _apply(moves: Moves, work: Path, folder: Path) -> None:
    """Move and remove what has not been moved or removed yet."""
    for name in moves.folders:
        (folder / name).mkdir(exist_ok=True)
    for name in moves.new:
        staged = work / STAGE / name
        if os.path.lexists(staged):
            _replace(staged, folder / name)
    for name in moves.removed:
        path = folder / name
        # The file may be gone by now, or a folder.
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            path.unlink()
        _remove_empty(path.parent, folder)


def _undo(moves: Moves, work: Path, folder: Path) -> None:
    backups = set(moves.backups)
    for name in (*moves.new, *moves.removed):
        backup, path = work / BACKUP / name, folder / name
        if name in backups:
            if os.path.lexists(backup):
                path.parent.mkdir(parents=True, exist_ok=True)
                _replace(backup, path, keeps_equal=True)
        elif not os.path.lexists(work / STAGE / name):
            path.unlink(missing_ok=True)
    for name in reversed(moves.folders):
        with contextlib.suppress(OSError):
            (folder / name).rmdir()


def _replace(source: Path, path: Path, *, keeps_equal: bool = False) -> None:
    """Move a file onto another, also to another file system."""
    try:
        if keeps_equal and os.path.lexists(path) and _are_equal(source, path):
            return
        os.replace(source, path)  # noqa: PTH105 - for each file
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy = path.with_name(_COPY)
        try:
            shutil.copy2(source, copy, follow_symlinks=False)
            os.replace(copy, path)  # noqa: PTH105
        except OSError:
            copy.unlink(missing_ok=True)
            raise
        source.unlink()


def _are_equal(one: Path, other: Path) -> bool:
    before, after = one.lstat(), other.lstat()
    if os.path.samestat(before, after):
        return True
    # A copy: a file that could not be linked is one that cannot be replaced either.
    return (before.st_size, before.st_mtime_ns, before.st_mode) == (
        after.st_size,
        after.st_mtime_ns,
        after.st_mode,
    )


def _remove_empty(parent: Path, folder: Path) -> None:
    """Remove the folders of a removed file that are empty."""
    with contextlib.suppress(OSError):
        while parent != folder:
            parent.rmdir()
            parent = parent.parent
