"""Files as one archive (tar), the same bytes for the same files."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LEVEL = 1
"""How much time is spent on compressing: the pages of a site shrink to a seventh already."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return files as an archive.

    Args:
        files: path → content.
    """
    written = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=written, mode="wb", compresslevel=_LEVEL, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size = len(files[name])
            archive.addfile(entry, io.BytesIO(files[name]))
    return written.getvalue()


def unpack(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file of an archive.

    Args:
        data: what :func:`pack` has returned.
    """
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        for entry in archive:
            file = archive.extractfile(entry)
            assert file is not None
            yield entry.name, file.read()
