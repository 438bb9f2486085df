"""Where manuals are published: a local folder, or anything that fsspec writes.

Both keep the sites of a store in folders, and replace each as a whole:

* In a local folder, readers see the old site or the new one (:mod:`manualgen.site.publishing`).
* In an object store, single objects alone are replaced at once. First comes a record that says that
  the site is being replaced; then what pages load; then the pages; then what is no longer part of the
  site is removed; last comes the record of the new site. So no page loads what is not there yet.
  An upload that was interrupted is done again from its beginning by the next publication.
"""

from __future__ import annotations

import contextlib
import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.publication.model import Record
from manualgen.publication.project_list import is_address
from manualgen.site import files as single_files
from manualgen.site import manifest, records, staging

if TYPE_CHECKING:
    from collections.abc import Mapping

    from manualgen.site.locking import Waiting

STATE = ".manualgen-publication"
"""The folder of a store that has the records."""


class Store(Protocol):
    """Where manuals are published."""

    address: str
    """Its folder or address."""

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None if there is none.

        Raises:
            ManualError: if the store cannot be read.
        """
        ...

    def write(self, path: str, data: bytes) -> None:
        """Write a file, completely or not at all.

        Raises:
            ManualError: if it cannot be written.
        """
        ...

    def sizes(self, folder: str) -> dict[str, int]:
        """Return path below a folder → size, of the files that are published there.

        Raises:
            ManualError: if the store cannot be read.
        """
        ...

    def replace(self, folder: str, files: Mapping[str, bytes], old: Record, new: Record) -> None:
        """Replace the site in a folder as a whole, and write its record.

        Args:
            folder: the folder, relative to the store.
            files: path → content, of all files of the new site.
            old: the record of the old site.
            new: the record of the new site.

        Raises:
            ManualError: if something cannot be written. The old site is there then, or the record
                says that the folder is incomplete.
        """
        ...


def open_store(address: str, waiting: Waiting | None = None) -> Store:
    """Return a store that can be written.

    Args:
        address: a folder, or an address that fsspec writes, such as ``s3://docs/``.
        waiting: called with a folder if another build that writes it is waited for.

    Raises:
        ManualError: if it cannot be reached, or not be written.
    """
    if is_address(address) and not address.startswith("file://"):
        return ObjectStore(address)
    return LocalStore(Path(address.removeprefix("file://")), waiting)


def record_path(folder: str) -> str:
    """Return the path of the record of a folder of a store."""
    return f"{STATE}/{folder}.record"


def read_record(store: Store, folder: str) -> Record:
    """Return the record of a folder; an empty one if there is none, or it is damaged.

    Args:
        store: the store.
        folder: the folder, relative to the store.

    Raises:
        ManualError: if the store cannot be read.
    """
    data = store.read(record_path(folder))
    if data is not None:
        with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
            return msgspec.msgpack.decode(data, type=Record)
    return Record()


def is_as_recorded(store: Store, folder: str, record: Record) -> bool:
    """Return whether the files of a folder are there as they were published.

    Args:
        store: the store.
        folder: the folder, relative to the store.
        record: its record.

    Raises:
        ManualError: if the store cannot be read.
    """
    if not record.is_complete or not record.site.files:
        return False
    sizes = store.sizes(folder)
    return all(sizes.get(name) == size for name, (_, size) in record.site.files.items())


def write_record(store: Store, folder: str, record: Record) -> None:
    """Write the record of a folder.

    Args:
        store: the store.
        folder: the folder, relative to the store.
        record: the record.

    Raises:
        ManualError: if it cannot be written.
    """
    store.write(record_path(folder), msgspec.msgpack.encode(record))


class LocalStore:
    """A folder of this machine."""

    def __init__(self, folder: Path, waiting: Waiting | None = None) -> None:
        """Open a folder; it is created if it does not exist.

        Args:
            folder: the folder.
            waiting: called with a folder if another build that writes it is waited for.

        Raises:
            ManualError: if it cannot be created or written.
        """
        self.address = str(folder)
        self._folder = folder
        self._waiting = waiting
        self.write(_PROBE, b"")

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None if there is none."""
        return records.content(f"{self._folder}/{path}")

    def write(self, path: str, data: bytes) -> None:
        """Write a file, completely or not at all."""
        single_files.write(self._folder / path, data, waiting=self._waiting)

    def sizes(self, folder: str) -> dict[str, int]:
        """Return path below a folder → size, of the files that are published there."""
        found = {}
        for name in manifest.names_in(self._folder / folder):
            with contextlib.suppress(OSError):
                found[name] = (self._folder / folder / name).lstat().st_size
        return found

    def replace(self, folder: str, files: Mapping[str, bytes], old: Record, new: Record) -> None:  # noqa: ARG002 - the manifest has its files
        """Replace the site in a folder as a whole, and write its record."""
        with staging.Staging(self._folder / folder, waiting=self._waiting) as staged:
            for name, data in files.items():
                staged.add(name, data)
        write_record(self, folder, new)


_PROBE = f"{STATE}/probe"
"""A file that is written to find out whether a store can be written."""

_PAGES = (".html", ".xhtml")
"""How the names of pages end, which are uploaded after what they load."""


class ObjectStore:
    """An address that fsspec writes. It can be pickled, for workers that upload what they build."""

    def __init__(self, address: str) -> None:
        """Open a store.

        Args:
            address: the address.

        Raises:
            ManualError: if fsspec or its library for the address is missing, or the store cannot
                be written.
        """
        self.address = address
        try:
            import fsspec  # noqa: PLC0415 - of an extra

            self._system, path = fsspec.core.url_to_fs(address, **_options(address))
        except (ImportError, ValueError) as error:
            raise ManualError(self._diagnostic(error)) from error
        self._root = path.rstrip("/")
        self.write(_PROBE, b"")

    def __reduce__(self) -> tuple[type[ObjectStore], tuple[str]]:
        """Return how the store is opened elsewhere."""
        return ObjectStore, (self.address,)

    @property
    def is_shared(self) -> bool:
        """Whether other processes can write it too."""
        return "memory" not in self._protocols

    @property
    def _protocols(self) -> tuple[str, ...]:
        given = self._system.protocol
        return (given,) if isinstance(given, str) else tuple(given)

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None if there is none."""
        try:
            data: bytes = self._system.cat_file(self._path(path))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise ManualError(self._diagnostic(error)) from error
        return data

    def write(self, path: str, data: bytes) -> None:
        """Write an object."""
        self._upload({path: data})

    def sizes(self, folder: str) -> dict[str, int]:
        """Return path below a folder → size, of the objects in it."""
        start = self._path(folder)
        try:
            self._system.invalidate_cache()
            found = self._system.find(start, detail=True)
        except FileNotFoundError:
            return {}
        except Exception as error:
            raise ManualError(self._diagnostic(error)) from error
        return {name[len(start) + 1 :]: info["size"] for name, info in found.items()}

    def replace(self, folder: str, files: Mapping[str, bytes], old: Record, new: Record) -> None:
        """Replace the site in a folder as a whole, and write its record."""
        known = old.site.files if old.is_complete else {}
        changed = {
            name: data for name, data in files.items() if known.get(name) != records.record_of(data)
        }
        either = msgspec.structs.replace(new.site, files={**old.site.files, **new.site.files})
        write_record(self, folder, Record(either, is_complete=False))
        self._upload({f"{folder}/{n}": d for n, d in changed.items() if not n.endswith(_PAGES)})
        self._upload({f"{folder}/{n}": d for n, d in changed.items() if n.endswith(_PAGES)})
        self._remove([f"{folder}/{name}" for name in old.site.files if name not in files])
        write_record(self, folder, new)

    def _path(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _upload(self, files: Mapping[str, bytes]) -> None:
        """Upload objects in any order."""
        kinds: dict[str, dict[str, bytes]] = {}
        for name, data in files.items():
            kinds.setdefault(_content_type(name), {})[self._path(name)] = data
        try:
            for kind, objects in kinds.items():
                # Only S3 has to be told what browsers shall take an object for.
                is_s3 = bool(_S3.intersection(self._protocols))
                self._system.pipe(objects, **({"ContentType": kind} if is_s3 else {}))
        except Exception as error:
            raise ManualError(self._diagnostic(error)) from error

    def _remove(self, names: list[str]) -> None:
        try:
            for name in names:
                with contextlib.suppress(FileNotFoundError):
                    self._system.rm_file(self._path(name))
        except Exception as error:
            raise ManualError(self._diagnostic(error)) from error

    def _diagnostic(self, error: Exception) -> Diagnostic:
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        return Diagnostic(
            code=Code.UNREACHABLE,
            message=f"the store cannot be reached or written: {reason}",
            file=self.address,
            help="name a folder or an address that can be written; its library may have to be "
            "installed, such as with pip install 'manualgen[publish,s3]'",
        )


_S3 = frozenset({"s3", "s3a"})

_ATTEMPTS = 3
"""How often a request to S3 is made until it succeeds."""


def _options(address: str) -> dict[str, Any]:
    """Return the settings of the file system of an address: an answer comes within seconds."""
    if address.partition("://")[0] not in _S3:
        return {}
    retries = {"max_attempts": _ATTEMPTS, "mode": "standard"}
    waiting = {"connect_timeout": 5, "read_timeout": 60, "retries": retries}
    # What other machines write must be seen.
    return {"use_listings_cache": False, "config_kwargs": waiting}


def _content_type(name: str) -> str:
    kind = _TYPES.guess_type(name)[0] or "application/octet-stream"
    is_text = kind.startswith("text/") or kind == "application/json"
    return f"{kind}; charset=utf-8" if is_text else kind


_TYPES = mimetypes.MimeTypes()
"""Python's own types, whatever the system's are."""

_TYPES.add_type("text/javascript", ".js")
