"""Finding out that the sources of a manual have changed.

The system reports changes at once; what it reports is only a reason to look. A look compares the
time, size and inode of every file, and is taken now and then without a reason too, so that no
change is missed where reports are lost, or there are none, as on network file systems.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import awatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

Signature = dict[str, tuple[int, int, int]]
"""Path of a file → its time of change, size and inode."""

_INTERVAL = 1.0
"""The seconds after which a look is taken without a reason."""

_STEP = 5
_DEBOUNCE = 60
"""The milliseconds without a report that end a group of reports, and the most of a group."""

_SUFFIXES = (
    *(".md", ".toml", ".json", ".nix", ".lock", ".txt", ".xml", ".yaml", ".yml"),
    *(".html", ".css", ".js", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif"),
)
"""The endings of files that a manual may come to use. Others, such as a log that is written to
the same folder, are looked at only if the manual uses them already."""

_MOST_FILES = 20_000
_MOST_FOLDERS = 2_000


class Sources:
    """The files that a manual is made from, and the folders in which more may appear."""

    def __init__(self) -> None:
        self._files: set[Path] = set()
        self._folders: set[Path] = set()
        self._trees: set[Path] = set()

    def set(
        self, files: Iterable[Path], *, folders: Iterable[Path] = (), trees: Iterable[Path] = ()
    ) -> None:
        """Say what is watched from now on.

        Args:
            files: the files; those of which one does not exist are watched for.
            folders: folders whose files are watched too.
            trees: folders that are watched with all folders in them.
        """
        self._files = {_absolute(path) for path in files}
        self._folders = {_absolute(path) for path in folders if path.is_dir()}
        self._trees = {_absolute(path) for path in trees if path.is_dir()}

    def folders(self) -> list[Path]:
        """Return all folders that changes are reported of."""
        found = {_existing(path.parent) for path in self._files}
        # A symbolic link is in one folder, its file in another.
        found |= {_existing(Path(os.path.realpath(path)).parent) for path in self._files}
        found |= self._folders
        for tree in sorted(self._trees):
            for name, below, _ in os.walk(tree):
                below[:] = sorted(entry for entry in below if not entry.startswith("."))
                found.add(Path(name))
                if len(found) > _MOST_FOLDERS:
                    break
        return sorted(found)

    def look(self) -> Signature:
        """Return what the files are like now."""
        signature: Signature = {}
        for folder in self.folders():
            _look_at_folder(str(folder), signature)
        for path in self._files:
            _look_at(str(path), signature)
        return signature


def _look_at_folder(folder: str, signature: Signature) -> None:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if not (entry.name.endswith(_SUFFIXES) or entry.is_dir()):
                    continue
                if len(signature) > _MOST_FILES:
                    return
                _look_at(entry.path, signature)
    except OSError:
        return


def _look_at(path: str, signature: Signature) -> None:
    try:
        status = os.stat(path)  # noqa: PTH116 - for each file
    except (OSError, ValueError):
        return
    # The time of a folder says that a file has appeared in it.
    size = status.st_size if stat.S_ISREG(status.st_mode) else 0
    signature[path] = (status.st_mtime_ns, size, status.st_ino)


def _absolute(path: Path) -> Path:
    """Return an absolute path, so that a file has one name; links in it stay."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` follows links


def _existing(folder: Path) -> Path:
    """Return a folder, or the nearest one above it that exists."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


async def changes(sources: Sources) -> AsyncIterator[set[str]]:
    """Yield the paths of the files that have changed, each time that some have.

    Args:
        sources: the files; the caller may set others between two changes.
    """
    signature = sources.look()
    reporter = _Reporter()
    try:
        while True:
            await reporter.wait(sources.folders())
            now = await asyncio.to_thread(sources.look)
            if now == signature:
                continue
            paths = now.keys() | signature.keys()
            signature, earlier = now, signature
            yield {path for path in paths if now.get(path) != earlier.get(path)}
            # Other files may be watched now. Those of before are as they were before the caller
            # read them, so that no change is missed.
            signature = {**await asyncio.to_thread(sources.look), **now}
    finally:
        await reporter.close()


class _Reporter:
    """Waits for the system to report a change in some folders."""

    def __init__(self) -> None:
        self._folders: list[Path] = []
        self._task: asyncio.Task[None] | None = None
        self._reported = asyncio.Event()

    async def wait(self, folders: list[Path]) -> None:
        """Wait until a change in folders is reported, or for a while."""
        if folders != self._folders or self._task is None or self._task.done():
            await self.close()
            self._folders = folders
            self._task = asyncio.create_task(self._report(folders))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._reported.wait(), _INTERVAL)
        self._reported.clear()

    async def _report(self, folders: list[Path]) -> None:
        # If a folder is gone, or the system has no more watches, the interval is all there is.
        with contextlib.suppress(OSError, RuntimeError):
            async for _ in awatch(
                *folders, watch_filter=None, step=_STEP, debounce=_DEBOUNCE, recursive=False
            ):
                self._reported.set()
        await asyncio.sleep(_INTERVAL)

    async def close(self) -> None:
        """Stop waiting."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
