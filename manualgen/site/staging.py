"""The files of a site, collected in a folder that is published as a whole.

They are written into the stage, a folder next to the output folder; the output folder is not
changed until all of them are there. Files that have not changed are not written at all.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec

from manualgen.errors import ManualError
from manualgen.site import locking, manifest, publishing, records
from manualgen.site.exchanging import copy_attributes
from manualgen.site.files import explained
from manualgen.site.journal import STAGE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from manualgen.site.locking import Waiting


class Stage(msgspec.Struct, frozen=True):
    """Where the files of a site are written; any process can use it.

    Attributes:
        folder: the output folder.
        path: the folder that the files are written into.
        has_files: whether the output folder has any files.
    """

    folder: Path
    path: Path
    has_files: bool

    def put(self, name: str, data: bytes) -> bool:
        """Write a file, unless the output folder has it with the same content.

        Args:
            name: its path below the folder.
            data: its content.

        Returns:
            Whether it was written.

        Raises:
            ManualError: if it cannot be written.
        """
        with explained(self.folder):
            if self.has_files and _has_content(f"{self.folder}/{name}", data):
                return False
            path = f"{self.path}/{name}"
            try:
                file = open(path, "wb")  # noqa: PTH123, SIM115 - 3 times as fast, for each page
            except FileNotFoundError:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                file = open(path, "wb")  # noqa: PTH123, SIM115
            with file:
                file.write(data)
        return True


def _has_content(path: str, data: bytes) -> bool:
    """Return whether there is an ordinary file with this content."""
    try:
        # A pipe would not be waited for, and a symbolic link is not such a file.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    with open(descriptor, "rb") as file:  # noqa: PTH123 - for each page
        status = os.fstat(descriptor)
        is_like = stat.S_ISREG(status.st_mode) and status.st_size == len(data)
        return is_like and file.read() == data


class Staging:
    """A folder that is built as a whole: a context manager, which holds the lock of the folder.

    Leaving it publishes the files; leaving it with an exception changes nothing.

    Attributes:
        stage: where the files are written; known inside the context.
    """

    stage: Stage

    def __init__(
        self,
        folder: Path,
        *,
        inputs: Iterable[Path] = (),
        replaceable: Iterable[str] = (),
        waiting: Waiting | None = None,
    ) -> None:
        """Make the staging of a folder.

        Args:
            folder: the folder to fill; created if it does not exist.
            inputs: the files that the site is made from, which it must not replace.
            replaceable: the names of files in the folder that may be replaced, although no
                build has written them.
            waiting: called with the folder if another build that writes it is waited for.
        """
        self._given = folder
        self._inputs = tuple(inputs)
        self._replaceable = frozenset(replaceable)
        self._waiting = waiting
        self._context = contextlib.ExitStack()
        self._new: set[str] = set()
        self._kept: set[str] = set()
        self._old: set[str] = set()
        self._abandoned = False

    def abandon(self) -> None:
        """Leave the folder unchanged, whatever has been added."""
        self._abandoned = True

    def __enter__(self) -> Self:
        with explained(self._given), contextlib.ExitStack() as context:
            self._open(context)
            self._context = context.pop_all()
        return self

    def _open(self, context: contextlib.ExitStack) -> None:
        folder = _real(self._given)
        _make_parents(folder, context)
        self._folder = folder
        self._work = _locked(folder, context, self._waiting)
        self._old = manifest.names_in(folder) or self._restored()
        path = self._work / STAGE
        path.mkdir()
        has_files = folder.is_dir()
        if has_files:
            self._make_folders(path)
        self.stage = Stage(folder, path, has_files)

    def _restored(self) -> set[str]:
        """Write a manifest that is lost or damaged anew, from the records; return its files."""
        path = self._folder / manifest.MANIFEST
        names = records.written(self._folder)
        if not names or path.is_symlink() or path.is_dir():
            return set()
        new = self._work / manifest.MANIFEST
        new.write_bytes(manifest.encoded(names))
        new.replace(path)
        return manifest.names_in(self._folder)

    def _make_folders(self, path: Path) -> None:
        """Make the folders that new files are to get their group and access list from."""
        parents = {name.rpartition("/")[0] for name in self._old}
        # Where that is not permitted, the folders are not exchanged later.
        with contextlib.suppress(OSError):
            for parent in sorted({"", *parents}):
                if (self._folder / parent).is_dir():
                    (path / parent).mkdir(parents=True, exist_ok=True)
                    copy_attributes(self._folder / parent, path / parent)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._context:
            if kind is None and not self._abandoned:
                with explained(self._folder):
                    self._publish()

    def add(self, name: str, data: bytes) -> int:
        """Add a file.

        Args:
            name: its path below the folder.
            data: its content.

        Returns:
            Its size in bytes.

        Raises:
            ManualError: if it cannot be written.
        """
        self.register(name, new=self.stage.put(name, data))
        return len(data)

    def register(self, name: str, *, new: bool) -> None:
        """Record a file of the site.

        Args:
            name: its path below the folder.
            new: whether it is in the stage; otherwise the folder has it.
        """
        (self._new if new else self._kept).add(name)

    @property
    def removed(self) -> set[str]:
        """The files of the last build that the site no longer has."""
        return self._old - self._new - self._kept

    def _publish(self) -> None:
        self.add(manifest.MANIFEST, manifest.encoded(self._new | self._kept))
        publishing.Publication(
            folder=self._folder,
            work=self._work,
            new=self._new,
            kept=self._kept,
            old=self._old,
            replaceable=self._replaceable,
            inputs=self._inputs,
        ).publish()


def _real(folder: Path) -> Path:
    """Return the folder that a path means, without symbolic links."""
    if folder.is_symlink() and not folder.exists():
        raise FileNotFoundError(errno.ENOENT, "the symbolic link leads nowhere", str(folder))
    real = Path(os.path.realpath(folder))
    if real.exists() and not real.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "it is not a directory", str(folder))
    return real


def _make_parents(folder: Path, context: contextlib.ExitStack) -> None:
    """Make the folders above an output folder; at the end, remove those that are empty."""
    missing = [parent for parent in folder.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(exist_ok=True)
        context.callback(_remove_if_empty, parent)


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


def _locked(
    folder: Path,
    context: contextlib.ExitStack,
    waiting: Waiting | None = None,
    *,
    is_patient: bool = True,
) -> Path:
    """Lock the work folder of an output folder until the end, and return it, empty."""
    work, *others = publishing.work_folders(folder)
    context.enter_context(locking.locked(work, folder, waiting, is_patient=is_patient))
    context.callback(_clean, work, folder)
    publishing.resume(work, folder)
    for other in others:
        if other.is_dir():
            with locking.locked(other, folder, waiting, is_patient=is_patient):
                publishing.resume(other, folder)
    return work


def _clean(work: Path, folder: Path) -> None:
    # What cannot be removed stays for the next build.
    with contextlib.suppress(OSError):
        publishing.resume(work, folder)


def complete_interrupted(folder: Path) -> None:
    """Complete or undo what a killed build has left of a folder, if it has left anything.

    A build that is still running is left alone.

    Args:
        folder: the output folder of that build.
    """
    with contextlib.suppress(OSError, ManualError):
        real = _real(folder)
        if any(work.is_dir() for work in publishing.work_folders(real)):
            with contextlib.ExitStack() as context:
                _locked(real, context, is_patient=False)
