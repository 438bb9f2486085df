"""The temporary folders of evaluations; what killed ones have left is removed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = ".manualgen-evaluation-"
_UNLOCKED_PREFIX = ".manualgen-new-"
"""How the name of a folder begins until it is locked."""


@contextlib.contextmanager
def work_folder() -> Iterator[Path]:
    """Create a temporary folder, and hold its lock until it is removed at the end."""
    made = Path(tempfile.mkdtemp(prefix=_UNLOCKED_PREFIX))
    folder = made.with_name(made.name.replace(_UNLOCKED_PREFIX, _PREFIX))
    lock = os.open(made, os.O_RDONLY)
    try:
        # Without locks, nobody removes folders of others.
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
            made.rename(folder)
            made = folder
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(lock)


def remove_left_overs() -> None:
    """Remove the folders that nobody holds the lock of."""
    with contextlib.suppress(OSError):
        for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            if path.lstat().st_uid == os.geteuid():
                _remove_if_unlocked(path)


def _remove_if_unlocked(path: Path) -> None:
    with contextlib.suppress(OSError):
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(lock)
