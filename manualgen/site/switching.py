"""Publication in one step: the stage gets all that the output folder keeps, and takes its place.

Files that have not changed, and those of others, are hard links in both folders until the old
one is removed. So whoever has one of them open goes on with the same file.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING

from manualgen.site import journal, locking
from manualgen.site.exchanging import copy_attributes, exchange, is_in_use
from manualgen.site.journal import STAGE, Exchange
from manualgen.site.manifest import MANIFEST, names_in
from manualgen.site.signals import deferred

if TYPE_CHECKING:
    from pathlib import Path

_MOST_FOREIGN = 2_000
"""The most files of others that are linked. If there are more, new files are moved one by one."""

_DEEPEST = 100
"""The most levels of folders in an output folder that is exchanged."""

_KEPT = ".orig"
"""What is added to the name of another's file that appeared where a new file is published."""


def publish(work: Path, folder: Path, new: set[str], kept: set[str], old: set[str]) -> None:
    """Exchange the output folder with the stage, which gets the files that do not change.

    Args:
        work: the work folder, with the stage in it.
        folder: the output folder.
        new: the names of the files in the stage.
        kept: the names of the files of the new build that have not changed.
        old: the names of the files of the last build.

    Raises:
        OSError: if the folder cannot be exchanged. It has not been changed then.
    """
    if is_in_use(folder):
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(folder))
    stage = work / STAGE
    completion = _Completion(work, folder, new, kept, old)
    completion.run()
    made = Exchange(journal.identity(stage), completion.linked, completion.replaced)
    journal.write(work, made)
    with deferred():
        try:
            exchange(stage, folder)
        except OSError:
            journal.remove(work)
            raise
        # The site is in place now, whatever becomes of the old folder.
        with contextlib.suppress(OSError):
            resume(made, work, folder)


def resume(made: Exchange, work: Path, folder: Path) -> None:
    """Remove the old folder, if the exchange has been made.

    Args:
        made: the journal of the exchange.
        work: the work folder.
        folder: the output folder.

    Raises:
        OSError: if something cannot be removed. It stays, with the journal, for the next build.
    """
    stage = work / STAGE
    if stage.is_dir() and folder.is_dir() and journal.identity(folder) == made.stage:
        _Removal(stage, folder, made).run()
    journal.remove(work)


class _Completion:
    """Gives the stage what the output folder keeps.

    Attributes:
        linked: name → inode of the files of others.
        replaced: the names of the files of others that are in the stage.
    """

    def __init__(
        self, work: Path, folder: Path, new: set[str], kept: set[str], old: set[str]
    ) -> None:
        self._stage = work / STAGE
        self._probe = work / "probe"
        self._folder = folder
        self._new = new
        self._kept = kept
        self._old = old
        self.linked: dict[str, int] = {}
        self.replaced: list[str] = []

    def run(self) -> None:
        self._look("", 0)

    def _look(self, inside: str, depth: int) -> tuple[bool, bool]:
        """Link the files of a folder; return whether it is needed, and whether it had ours."""
        if depth > _DEEPEST:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), inside)
        needed = had_ours = False
        for entry in locking.entries(f"{self._folder}/{inside}"):
            name = inside + entry.name
            if entry.is_dir(follow_symlinks=False):
                found = self._look(f"{name}/", depth + 1)
                needed, had_ours = needed or found[0], had_ours or found[1]
                continue
            ours = name in self._old or name in self._kept or name == MANIFEST
            had_ours = had_ours or ours
            if name in self._kept or not (ours or name in self._new):
                self._link(name)
                needed = True
                if name not in self._old and name != MANIFEST:
                    self.linked[name] = (self._stage / name).lstat().st_ino
                continue
            if not ours:
                self.replaced.append(name)
            # What cannot be linked, such as an immutable file, cannot be removed later.
            os.link(entry.path, self._probe, follow_symlinks=False)
            self._probe.unlink()
        # An empty folder of others stays; one that has become empty does not.
        needed = needed or not had_ours
        stage = self._stage / inside
        if needed:
            stage.mkdir(parents=True, exist_ok=True)
        if stage.is_dir():
            self._take_attributes(inside, is_needed=needed, is_ours=had_ours)
        return needed, had_ours

    def _link(self, name: str) -> None:
        if len(self.linked) > _MOST_FOREIGN:
            raise OSError(errno.EMLINK, os.strerror(errno.EMLINK), name)
        source, target = f"{self._folder}/{name}", f"{self._stage}/{name}"
        try:
            os.link(source, target, follow_symlinks=False)
        except FileNotFoundError:
            (self._stage / name).parent.mkdir(parents=True, exist_ok=True)
            os.link(source, target, follow_symlinks=False)

    def _take_attributes(self, inside: str, *, is_needed: bool, is_ours: bool) -> None:
        old, new = self._folder / inside, self._stage / inside
        if not is_needed and not os.listdir(new):  # noqa: PTH208
            new.rmdir()  # It was made for new files, and there are none.
            return
        copy_attributes(old, new)
        new.chmod(stat.S_IMODE(old.stat().st_mode))
        if is_ours:
            os.utime(new)  # What is in it has changed.
        if not os.access(old, os.W_OK):
            # As the owner, or not at all.
            old.chmod(stat.S_IMODE(old.stat().st_mode))


class _Removal:
    """Removes the old folder, after what others have put into it meanwhile is moved."""

    def __init__(self, old: Path, folder: Path, made: Exchange) -> None:
        self._old = old
        self._folder = folder
        self._ours = names_in(old) | set(made.replaced)
        self._published = names_in(folder)
        self._linked = made.linked

    def run(self) -> None:
        self._look("")
        (self._old / MANIFEST).unlink(missing_ok=True)
        self._old.rmdir()

    def _look(self, inside: str) -> None:
        folder = self._old / inside
        locking.make_writable(folder)
        for entry in locking.entries(folder):
            name = inside + entry.name
            if entry.is_dir(follow_symlinks=False):
                self._look(f"{name}/")
                os.rmdir(entry.path)  # noqa: PTH106
            elif name in self._ours or self._is_linked(name):
                os.unlink(entry.path)  # noqa: PTH108 - for each file
            elif name != MANIFEST:
                self._move(name)

    def _is_linked(self, name: str) -> bool:
        return name in self._linked and (self._old / name).lstat().st_ino == self._linked[name]

    def _move(self, name: str) -> None:
        target = self._folder / name
        if name in self._published:
            target = target.with_name(target.name + _KEPT)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(self._old / name, target)  # noqa: PTH105
