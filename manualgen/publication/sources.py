"""The files that a manual is made from, collected to be sent to whoever builds it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen import inputs
from manualgen.book.project import MANUAL_SUFFIXES
from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.evaluation.settings import is_module
from manualgen.site import manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from manualgen.publication.project_list import ListedProject

THEME = ".manualgen-theme"
"""The folder with the files of the theme, among those of the manual."""

MANPAGE_URLS = ".manualgen-manpage-urls.json"
"""The file of URLs of man pages, likewise."""

_MOST_FILES = 20_000
_NOT_FOUND = 404


class Inputs(msgspec.Struct, frozen=True):
    """The files of a manual.

    Attributes:
        main: the file, folder or module that is loaded, relative to the folder of the files.
        files: path → content.
    """

    main: str
    files: dict[str, bytes]

    def digest(self) -> bytes:
        """Return the digest of the names and contents of all files."""
        found = hashlib.sha256(self.main.encode("utf-8", "surrogateescape"))
        for name in sorted(self.files):
            found.update(name.encode("utf-8", "surrogateescape") + b"\0")
            found.update(hashlib.sha256(self.files[name]).digest())
        return found.digest()


def collect(project: ListedProject) -> Inputs:
    """Return the files of a listed project whose source is a path.

    Of a manual or a module, that are all files in its folder, but for hidden ones and for what
    manualgen has written.

    Args:
        project: the project.

    Raises:
        ManualError: if a file cannot be read, or there are too many.
    """
    source = project.folder / project.source
    files = _Files(project.source)
    if is_module(source):
        main, files_of = _module(source)
        files.add_folder(files_of, "")
    elif source.suffix in MANUAL_SUFFIXES:
        main = source.name
        files.add_folder(source.parent, "")
    else:
        main = source.name
        files.add(main, inputs.contents(str(source)))
    return Inputs(main, files.found | settings_files(project))


def settings_files(project: ListedProject) -> dict[str, bytes]:
    """Return the files that the settings in the list name.

    Args:
        project: the project.

    Raises:
        ManualError: if a file cannot be read.
    """
    files = _Files(project.source)
    if project.settings.theme:
        files.add_folder(project.folder / project.settings.theme, THEME)
    if project.settings.manpage_urls:
        urls = project.folder / project.settings.manpage_urls
        files.add(MANPAGE_URLS, inputs.contents(str(urls)))
    return files.found


def fetch(address: str) -> Inputs:
    """Return the files of a source that is an address.

    Args:
        address: the address of an option set, or of a ``manual.toml`` or ``manual.md`` whose folder
            can be listed.

    Raises:
        ManualError: if it cannot be read.
    """
    import fsspec  # noqa: PLC0415 - of an extra

    try:
        system, path = fsspec.core.url_to_fs(address)
        if path.endswith(MANUAL_SUFFIXES):
            return _fetched_folder(system, path, address)
        with system.open(path, "rb") as file:
            data = file.read(inputs.LARGEST + 1)
    except ManualError:
        raise
    except Exception as error:
        # Each kind of address has errors of its own.
        raise ManualError(unreadable_address(address, error)) from error
    files = _Files(address)
    # An address may have a query, and need not end in a name.
    main = "options.json"
    files.add(main, data)
    return Inputs(main, files.found)


def unreadable_address(address: str, error: Exception) -> Diagnostic:
    """Return the diagnostic for an address that cannot be read.

    Args:
        address: the address.
        error: the error of fsspec, or of a library that it uses.
    """
    cause = error.__cause__ if isinstance(error, FileNotFoundError) else error
    # To a library, a server that nobody reaches has no file, too.
    if cause is None or getattr(cause, "status", None) == _NOT_FOUND:
        reason = "it does not exist"
    else:
        reason = str(cause).strip().split("\n")[0] or type(cause).__name__
    return Diagnostic(
        code=Code.UNREADABLE,
        message=f"cannot read the address: {reason}",
        file=address,
        help="name an address that can be read where manuals are built, and its library",
    )


def _fetched_folder(system: Any, path: str, address: str) -> Inputs:
    folder, _, main = path.rpartition("/")
    files = _Files(address)
    found = system.find(folder, detail=True)
    for name, info in sorted(found.items()):
        below = str(PurePosixPath(name).relative_to(folder)) if folder else name
        if manifest.is_name(below) and not any(part.startswith(".") for part in below.split("/")):
            files.expect(info.get("size") or 0)
            files.add(below, system.cat_file(name))
    return Inputs(main, files.found)


def _module(source: Path) -> tuple[str, Path]:
    """Return a module relative to the folder whose files it may use, and that folder."""
    path, mark, attribute = str(source).partition("#")
    if mark or Path(path).is_dir():
        return f".{mark}{attribute}", Path(path)
    return source.name, source.parent


class _Files:
    """Files that are collected, as long as they are not too many or too large."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._size = 0
        self.found: dict[str, bytes] = {}

    def add(self, name: str, data: bytes) -> None:
        """Add a file."""
        self.expect(len(data))
        self._size += len(data)
        self.found[name] = data
        if len(self.found) > _MOST_FILES:
            raise ManualError(self._too_large(f"more than {_MOST_FILES:,} files"))

    def expect(self, size: int) -> None:
        """Refuse a file that would make them too large.

        Args:
            size: its bytes.
        """
        if self._size + size > inputs.LARGEST:
            raise ManualError(self._too_large(f"more than {inputs.LARGEST // 1024**2} MiB"))

    def _too_large(self, amount: str) -> Diagnostic:
        return Diagnostic(
            code=Code.TOO_LARGE,
            message=f"the folder of the manual has {amount}",
            file=self._source,
            help="give the manual a folder of its own, with no other files",
        )

    def add_folder(self, folder: Path, prefix: str) -> None:
        """Add the ordinary files of a folder that are not hidden, under a prefix."""
        real = folder.resolve()
        for path in _files_below(folder):
            # A manual may use no file outside its folder.
            if not path.resolve().is_relative_to(real):
                continue
            name = path.relative_to(folder).as_posix()
            try:
                self.expect(path.stat().st_size)
                self.add(f"{prefix}/{name}" if prefix else name, path.read_bytes())
            except OSError:
                # If the manual needs it, it is missed there.
                continue


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        # What manualgen has written is no input.
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and not Path(parent, name, manifest.MANIFEST).is_file()
        )
        for name in sorted(files):
            path = Path(parent, name)
            if not name.startswith(".") and path.is_file():
                yield path
