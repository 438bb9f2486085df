"""Reading files: bounded in size, each once, with a record of what was read."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from manualgen.errors import Code, Diagnostic, ManualError

if TYPE_CHECKING:
    from pathlib import Path


class InputFiles:
    """Reads the files that something is made of, and keeps what they held.

    A file is read once: whoever asks for it again gets the same bytes, even if
    the file has changed since.
    """

    def __init__(self, largest: int) -> None:
        """Begin without any file.

        Args:
            largest: how large a file may be, in bytes.
        """
        self._largest = largest
        self._contents: dict[Path, bytes] = {}
        self._digests: dict[Path, str] = {}

    def read(self, path: Path, name: str) -> bytes:
        """Return the bytes of an ordinary file.

        Args:
            path: the file.
            name: its name for readers.

        Raises:
            ManualError: if it cannot be read, is no ordinary file or is too large.
        """
        if path not in self._contents:
            self._contents[path] = self._bounded(path, name)
        return self._contents[path]

    def record(self, path: Path, data: bytes) -> None:
        """Record the digest of a file that was read by other means; its bytes are not kept."""
        self._digests[path] = _digest(data)

    def digests(self) -> dict[Path, str]:
        """Return each file that has been read with the SHA-256 digest of its bytes, in hex."""
        for path, data in self._contents.items():
            if path not in self._digests:
                self._digests[path] = _digest(data)
        return dict(self._digests)

    def _bounded(self, path: Path, name: str) -> bytes:
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                raise ManualError(unreadable(name, "it is a folder"))
            # Reading a pipe or a device might never end.
            if not stat.S_ISREG(status.st_mode):
                raise ManualError(unreadable(name, "it is no ordinary file"))
            with path.open("rb") as file:
                # The file may grow while it is read, and some tell no size.
                data = file.read(self._largest + 1)
        except OSError as error:
            raise ManualError(unreadable(name, error.strerror or str(error))) from error
        if len(data) > self._largest:
            size = max(len(data), status.st_size)
            raise ManualError(
                Diagnostic(
                    code=Code.TOO_LARGE,
                    message=f"the file has {size / 1e6:,.0f} MB; "
                    f"{self._largest / 1e6:,.0f} MB are the most",
                    file=name,
                    help="divide it, or leave it out",
                )
            )
        return data


def unreadable(name: str, reason: str) -> Diagnostic:
    """Return the diagnostic for a file that cannot be read."""
    return Diagnostic(
        code=Code.UNREADABLE,
        message=f"cannot read the file: {reason}",
        file=name,
        help="name another file, or make this one readable",
    )


def _digest(data: bytes) -> str:
    from hashlib import sha256  # noqa: PLC0415 - slow to import

    return sha256(data).hexdigest()
