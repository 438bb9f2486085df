"""Exchanging two folders in one step, and whether that is safe for a folder."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_CURRENT_FOLDER = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE


def exchange(one: Path, other: Path) -> None:
    """Give each of two folders the name of the other, in one step.

    Args:
        one: a folder.
        other: another folder, on the same file system.

    Raises:
        OSError: if that is not possible: the system or the file system cannot do it, or one of
            the folders is a mount point.
    """
    rename = _renameat2()
    if rename is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), str(other))
    import ctypes  # noqa: PLC0415 - only where a site is published

    names = (os.fsencode(one), os.fsencode(other))
    if rename(_CURRENT_FOLDER, names[0], _CURRENT_FOLDER, names[1], _EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(other))


@functools.cache
def _renameat2() -> Any:
    """Return the function of the C library; None where it has none."""
    try:
        import ctypes  # noqa: PLC0415

        return ctypes.CDLL(None, use_errno=True).renameat2
    except (ImportError, OSError, AttributeError):
        return None


def is_in_use(folder: Path) -> bool:
    """Return whether processes or mounts are bound to a folder itself, not to its name.

    They would stay with the old folder: a web server that was started in it, or a file system
    that is mounted in it.

    Args:
        folder: the folder, without symbolic links.
    """
    name = str(folder)
    return any(
        path == name or path.startswith(f"{name}/")
        for paths in (_mount_points(), _current_folders())
        for path in paths
    )


def _mount_points() -> Iterator[str]:
    """Yield where file systems are mounted; nothing where the system has no such list."""
    with contextlib.suppress(OSError):
        text = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
        for line in text.splitlines():
            # The fifth field; spaces and the like are octal escapes.
            yield re.sub(r"\\([0-7]{3})", _character, line.split(" ", 5)[4])


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 8))


def _current_folders() -> Iterator[str]:
    """Yield the current folders of the processes whose are known."""
    yield os.path.realpath(".")
    processes: list[str] = []
    with contextlib.suppress(OSError):
        processes = [name for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
    for process in processes:
        with contextlib.suppress(OSError):
            yield os.readlink(f"/proc/{process}/cwd")  # noqa: PTH115 - for each process


def copy_attributes(old: Path, new: Path) -> None:
    """Give a new folder the owner, group, attributes and mode of an old one.

    Files that are then created in it get the group and access list that the old one gives.

    Args:
        old: the old folder.
        new: the new folder, which its owner can write to in any case.

    Raises:
        OSError: if that is not permitted.
    """
    before, after = old.stat(), new.stat()
    if (before.st_uid, before.st_gid) != (after.st_uid, after.st_gid):
        os.chown(new, before.st_uid, before.st_gid)
    shutil.copystat(old, new)
    new.chmod((before.st_mode & 0o7777) | 0o700)
