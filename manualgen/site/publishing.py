"""Putting a site in place that has been built, whole or not at all.

Where the system can exchange folders, readers see the old site or the new one. Elsewhere files
are moved one by one, and the next build completes what a killed one has begun.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from manualgen.site import journal, locking, moving, overwriting, switching
from manualgen.site.journal import STAGE, Exchange, Moves
from manualgen.site.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterable


class Publication(msgspec.Struct, frozen=True):
    """A site that has been built.

    Attributes:
        folder: the output folder, without symbolic links.
        work: its work folder, which has the stage.
        new: the files in the stage.
        kept: the files that have not changed, and are not in the stage.
        old: the files of the last build.
        replaceable: names of files that may be replaced, although no build has written them.
        inputs: the files that the site is made from.
    """

    folder: Path
    work: Path
    new: set[str]
    kept: set[str]
    old: set[str]
    replaceable: frozenset[str]
    inputs: tuple[Path, ...]

    @property
    def removed(self) -> set[str]:
        """The files of the last build that the site no longer has."""
        return self.old - self.new - self.kept

    def publish(self) -> None:
        """Put the site in place.

        Raises:
            ManualError: if it would replace an input or a file of others.
            OSError: if it cannot be put in place. The folder is as it was then.
        """
        if not self.folder.exists():
            try:
                (self.work / STAGE).rename(self.folder)
            except OSError:
                if not self.folder.exists():
                    raise
            else:
                return
        self._check()
        if not self.new and not self.removed:
            return
        # A work folder in the output folder cannot take its place.
        if self.work.parent != self.folder:
            with contextlib.suppress(OSError):
                switching.publish(self.work, self.folder, self.new, self.kept, self.old)
                return
        moving.publish(self.work, self.folder, sorted(self.new), sorted(self.removed))

    def _check(self) -> None:
        """Refuse what cannot be published, before anything is changed."""
        self._check_parents()
        inputs = overwriting.Inputs(self.inputs)
        for name in sorted(self.new):
            path = f"{self.folder}/{name}"
            try:
                status = os.lstat(path)
            except FileNotFoundError:
                continue
            if stat.S_ISDIR(status.st_mode):
                raise IsADirectoryError(errno.EISDIR, "it is a directory", path)
            inputs.check(Path(path))
            if name not in self.old and name not in self.replaceable and name != MANIFEST:
                raise overwriting.refuse_foreign(Path(path))
        # What is now taken for a file of ours, a later build may replace.
        for name in sorted(self.removed | (self.kept - self.old)):
            inputs.check(self.folder / name)

    def _check_parents(self) -> None:
        folders = {Path(name.rpartition("/")[0]) for name in self.new | self.kept}
        folders |= {parent for folder in folders for parent in folder.parents}
        for path in (self.folder / folder for folder in sorted(folders - {Path()})):
            if path.is_symlink():
                raise NotADirectoryError(errno.ENOTDIR, "it is a symbolic link", str(path))
            if path.exists() and not path.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, "it is not a directory", str(path))


def resume(work: Path, folder: Path) -> None:
    """Complete or undo what a killed build has left, and empty its work folder.

    Args:
        work: the work folder, whose lock the caller holds.
        folder: the output folder.

    Raises:
        OSError: if something cannot be put in place or removed.
    """
    found = journal.read(work)
    if isinstance(found, Exchange):
        switching.resume(found, work, folder)
    elif isinstance(found, Moves):
        moving.resume(found, work, folder)
    else:
        journal.remove(work)
    if not (work / journal.NAME).exists():
        locking.empty(work)


def work_folders(folder: Path) -> Iterable[Path]:
    """Return the paths of the work folders that an output folder can have, the best first.

    Args:
        folder: the output folder, without symbolic links.
    """
    inside = folder / locking.INSIDE
    parent = folder.parent
    if folder.is_dir() and (
        parent == folder or os.path.ismount(folder) or not os.access(parent, os.W_OK | os.X_OK)
    ):
        return [inside]
    return [locking.beside(folder), inside]
