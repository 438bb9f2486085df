"""Records on disk while manuals are published, so that the memory does not grow with their number."""

from __future__ import annotations

import tempfile
from typing import Self

import msgspec

from manualgen.publication.model import Record


class Spool:
    """The records of the manuals of a list, by their numbers: a context manager."""

    def __enter__(self) -> Self:
        self._file = tempfile.TemporaryFile(prefix="manualgen-")
        self._places: dict[int, tuple[int, int]] = {}
        self._end = 0
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def put(self, index: int, record: Record) -> None:
        """Keep a record.

        Args:
            index: the number of the manual.
            record: its record, which replaces an earlier one.
        """
        data = msgspec.msgpack.encode(record)
        self._file.seek(self._end)
        self._file.write(data)
        self._places[index] = (self._end, len(data))
        self._end += len(data)

    def get(self, index: int) -> Record:
        """Return the record of a manual; an empty one if none was put.

        Args:
            index: the number of the manual.
        """
        if index not in self._places:
            return Record()
        start, size = self._places[index]
        self._file.seek(start)
        return msgspec.msgpack.decode(self._file.read(size), type=Record)
