"""What is known of single files that have been written: man pages, documents, single pages.

There is no place beside a single file for records, so they are in the user's cache
(``$XDG_CACHE_HOME/manualgen``, or ``~/.cache/manualgen``). Without one, as in a build by Nix,
nothing is recorded, and every build is a whole one.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from manualgen.site import records
from manualgen.site.files import STANDARD_OUTPUT
from manualgen.site.records import Records, Summary

if TYPE_CHECKING:
    from manualgen.book.manual import Manual
    from manualgen.site.building import BuildResult
    from manualgen.site.unchanged import Snapshot

_MOST = 200
"""The most outputs that something is recorded of; the oldest are forgotten."""


def summary_if_unchanged(path: Path, snapshot: Snapshot) -> Summary | None:
    """Return what is known of a file if a build would write it as it is; else None.

    Args:
        path: the output.
        snapshot: what the command is given.
    """
    folder = _folder(path)
    summary = None if folder is None else records.read_summary(folder)
    if summary is None or not snapshot.is_unchanged(summary):
        return None
    if all(_is_intact(path, name, record) for name, record in summary.files.items()):
        return summary
    return None


def record(
    path: Path, manual: Manual, result: BuildResult, snapshot: Snapshot, options: int
) -> None:
    """Record what a file was made from. If that is not possible, it is not recorded.

    Args:
        path: the output, which has been written.
        manual: the manual.
        result: the result of the build.
        snapshot: what the command was given.
        options: the number of options, for the closing line.
    """
    folder = _folder(path)
    inputs, sources = snapshot.digests(manual.files) if folder is not None else (b"", ())
    if folder is None or not inputs or not result.pages:
        return
    names = [path.name, *(picture.name for picture in manual.picture_files)]
    files = {}
    for name in names:
        data = records.content(os.path.realpath(path.parent / name))
        if data is None and name == path.name:
            return
        if data is not None:
            files[name] = records.record_of(data)
    summary = Summary(
        inputs,
        sources,
        files=files,
        pages=result.pages,
        counts=(
            len(manual.outline.divisions) if manual.outline is not None else -1,
            options,
        ),
        diagnostics=tuple(one.to_dict() for one in result.diagnostics),
    )
    data = records.encoded(Records(summary, {}))
    if data is not None:
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            new = folder / f"{records.RECORDS}.{os.getpid()}"
            new.write_bytes(data)
            new.replace(folder / records.RECORDS)
            _forget_oldest(folder.parent)


def _is_intact(path: Path, name: str, record: records.FileRecord) -> bool:
    real = Path(os.path.realpath(path.parent / name))
    return records.is_intact(real.parent, real.name, record)


def _folder(path: Path) -> Path | None:
    """Return the folder of the records of an output; None if there can be none."""
    if path == STANDARD_OUTPUT:
        return None
    try:
        cache = _cache()
        real = os.fsencode(os.path.realpath(path))
    except (RuntimeError, OSError, ValueError):
        return None
    return None if cache is None else cache / "manualgen" / records.digest(real).hex()


def _cache() -> Path | None:
    """Return the user's cache, which need not exist; None without a home directory."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if given.startswith("/"):
        return Path(given)
    home = Path.home()
    # In a build by Nix, HOME is a directory that must not exist: once it is created, Nix refuses
    # to build without a sandbox.
    return home / ".cache" if home.is_absolute() and home.is_dir() else None


def _forget_oldest(cache: Path) -> None:
    folders = [(entry.stat().st_mtime_ns, entry.path) for entry in os.scandir(cache)]
    for _, name in sorted(folders)[:-_MOST]:
        with contextlib.suppress(OSError):
            for entry in os.scandir(name):
                Path(entry.path).unlink()
            Path(name).rmdir()
