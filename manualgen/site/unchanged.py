"""Whether a site has to be built at all: not if all that it was made from is as it was.

This is found out before anything is parsed: by the digests of the files that a command is given,
of those that the chapters were in, and of the site's own files.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from manualgen.inputs import LARGEST
from manualgen.site import manifest, records
from manualgen.site.page_inputs import encoded, program, theme_content
from manualgen.site.publishing import work_folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from manualgen.site.records import Summary

Sources = tuple[tuple[str, bytes], ...]
"""The files of chapters, by folder and path below it, with their digests."""


class Snapshot:
    """What a command is given, as it was before the command read it."""

    def __init__(
        self,
        settings: object,
        files: Sequence[Path],
        *,
        theme: Path | None = None,
        folders: Sequence[Path] = (),
    ) -> None:
        """Look at what a command is given.

        Args:
            settings: all settings that the output depends on.
            files: the files that the arguments and the settings name.
            theme: the folder of the theme, if there is one.
            folders: the folders that the files of chapters are in.
        """
        self._settings = encoded(settings)
        self._files = list(files)
        self._theme = theme
        self._folders = [Path(os.path.realpath(folder)) for folder in folders]
        self._given = self._look()

    def _look(self) -> bytes | None:
        """Return the digest of all that is given; None if it cannot be read again."""
        parts = [program(), self._settings]
        try:
            parts.append(theme_content(self._theme))
            for path in self._files:
                status = path.stat()
                # A pipe, or standard input, can be read once; too large a file is refused later.
                if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
                    return None
                parts += [os.fsencode(path), records.digest(path.read_bytes())]
        except (OSError, ValueError):
            return None
        return records.digest(b"\0".join(parts))

    def digests(self, files: Mapping[Path, str]) -> tuple[bytes, Sources]:
        """Return what the next build needs to find out that nothing has changed.

        Args:
            files: all files that the manual was read from, with their SHA-256 digests in hex.

        Returns:
            The digest of all inputs, which is empty if they are not known or have changed
            meanwhile, and the files of chapters.
        """
        given = set(map(os.path.realpath, self._files))
        sources = []
        for path, found in files.items():
            if os.path.realpath(path) in given:
                continue
            name = self._name(path)
            if name is None:
                return b"", ()
            sources.append((name, bytes.fromhex(found)[: records.DIGEST]))
        if self._given is None or self._look() != self._given:
            return b"", ()
        return self._key(sources), tuple(sources)

    def _name(self, path: Path) -> str | None:
        """Return the path of a file of a chapter, without saying where the manual lies."""
        for index, folder in enumerate(self._folders):
            if path.is_relative_to(folder):
                return f"{index}/{path.relative_to(folder)}"
        return None

    def _path(self, name: str) -> Path:
        index, _, rest = name.partition("/")
        return self._folders[int(index)] / rest

    def _key(self, sources: Iterable[tuple[str, bytes]]) -> bytes:
        return records.digest((self._given or b"") + encoded(list(sources)))

    def summary_if_unchanged(self, folder: Path) -> Summary | None:
        """Return what is known of the site in a folder if a build would leave it as it is.

        Args:
            folder: the output folder.

        Returns:
            None if something has changed, or that is not known.
        """
        if self._given is None:
            return None
        folder = Path(os.path.realpath(folder))
        try:
            # A build is running, or has been killed.
            if any(map(os.path.lexists, work_folders(folder))):
                return None
        except OSError:
            return None
        summary = records.read_summary(folder)
        if summary is None or not self.is_unchanged(summary):
            return None
        files = summary.files
        is_whole = manifest.names_in(folder) == {*files, records.RECORDS}
        if is_whole and all(records.is_intact(folder, name, files[name]) for name in files):
            return summary
        return None

    def is_unchanged(self, summary: Summary) -> bool:
        """Return whether the input is that of an earlier build."""
        return (
            self._given is not None
            and summary.inputs == self._key(summary.sources)
            and all(map(self._is_source_intact, summary.sources))
        )

    def _is_source_intact(self, source: tuple[str, bytes]) -> bool:
        name, expected = source
        try:
            data = self._path(name).read_bytes()
        except (OSError, ValueError, IndexError):
            return False
        return records.digest(data) == expected
