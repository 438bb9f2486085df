"""One build of an output at a time: its work folder, and the lock in that.

The work folder of an output lies beside it and has a name of its own (``.manualgen-NAME``), so
that the next build finds what a killed build has left. A build holds the lock (``flock``) of a
file in the work folder until it has removed the folder.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Waiting = Callable[[Path], object]

PREFIX = ".manualgen-"
"""How the names of work folders begin."""

INSIDE = f"{PREFIX}work"
"""The name of a work folder that lies in the output folder."""

LOCK = "lock"
"""The file in a work folder that is locked."""

_LONGEST_NAME = 200
"""The most bytes of an output's name that its work folder has in its own name."""

_WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
"""The errors of file systems that have no locks."""

_INTERVAL = 0.05
"""The seconds between two attempts to lock a file."""

_PATIENCE = 1.0
"""The seconds after which a build says that it waits."""


def beside(output: Path) -> Path:
    """Return the path of the work folder of an output.

    Args:
        output: the output, without symbolic links.
    """
    name = output.name
    if len(os.fsencode(name)) > _LONGEST_NAME:
        import hashlib  # noqa: PLC0415 - slow to import

        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    return output.with_name(f"{PREFIX}{name}")


@contextlib.contextmanager
def locked(
    work: Path, output: Path, waiting: Waiting | None = None, *, is_patient: bool = True
) -> Iterator[None]:
    """Create the work folder of an output and hold its lock; remove the folder at the end.

    At the beginning, the folder has what a killed build has left in it. At the end, it is
    removed if the caller has emptied it.

    Args:
        work: the path of the work folder. The folder that it lies in exists.
        output: the output.
        waiting: called once with the output if another build holds the lock for a while.
        is_patient: whether to wait for another build.

    Raises:
        OSError: if the folder cannot be created, or another build is not waited for.
    """
    lock = _acquire(work, output, waiting, is_patient=is_patient)
    try:
        yield
    finally:
        # Whoever waits for this lock sees that the file is gone, and begins anew.
        with contextlib.suppress(OSError):
            (work / LOCK).unlink()
            work.rmdir()
        with contextlib.suppress(OSError):
            # Processes that have inherited the file must not go on holding its lock.
            fcntl.flock(lock, fcntl.LOCK_UN)
        os.close(lock)


def _acquire(work: Path, output: Path, waiting: Waiting | None, *, is_patient: bool) -> int:
    """Return the descriptor of the locked file."""
    while True:
        with contextlib.suppress(FileExistsError):
            work.mkdir(mode=0o700)
        _check_owner(work)
        try:
            lock = os.open(work / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except FileNotFoundError:
            continue  # The build that had the lock has just removed the folder.
        except OSError:
            with contextlib.suppress(OSError):
                work.rmdir()
            raise
        try:
            _wait(lock, output, waiting, is_patient=is_patient)
            if _is_file(lock, work / LOCK):
                return lock
        except BaseException:
            os.close(lock)
            raise
        os.close(lock)


def _check_owner(work: Path) -> None:
    """Refuse a folder of somebody else, who could have us move files as they please."""
    try:
        status = work.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, "it is not a directory", str(work))
    if status.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "it belongs to another user", str(work))


def _wait(lock: int, output: Path, waiting: Waiting | None, *, is_patient: bool) -> None:
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not is_patient:
                raise
        except OSError as error:
            if error.errno in _WITHOUT_LOCKS:
                return
            raise
        else:
            return
        if waiting is not None and time.monotonic() - began > _PATIENCE:
            waiting(output)
            waiting = None
        time.sleep(_INTERVAL)


def _is_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def empty(work: Path) -> None:
    """Remove everything in a work folder but the lock.

    Args:
        work: the work folder.

    Raises:
        OSError: if something cannot be removed; everything else is.
    """
    failure = None
    for name in os.listdir(work):  # noqa: PTH208 - names are all that is needed
        if name != LOCK:
            try:
                remove(work / name)
            except OSError as error:
                failure = error
    if failure is not None:
        raise failure


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it; symbolic links are not followed.

    Args:
        path: the file or folder.

    Raises:
        OSError: if something cannot be removed; everything else is.
    """
    if not stat.S_ISDIR(path.lstat().st_mode):
        path.unlink()
        return
    make_writable(path)
    failure = None
    for entry in entries(path):
        try:
            remove(Path(entry.path))
        except OSError as error:
            failure = error
    if failure is not None:
        raise failure
    path.rmdir()


def entries(folder: str | Path) -> list[os.DirEntry[str]]:
    """Return what a folder has; the folder does not stay open, as few files may be."""
    with os.scandir(folder) as found:
        return list(found)


def make_writable(folder: Path) -> None:
    """Let the owner of a folder remove what is in it."""
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        with contextlib.suppress(OSError):
            folder.chmod(folder.stat().st_mode | stat.S_IRWXU)
