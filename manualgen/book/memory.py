"""What has been read for a manual, kept so that reading it again reads only what has changed.

A live preview reads a manual each time that one of its files is saved.
"""

from __future__ import annotations

import operator
from pathlib import Path
from typing import TYPE_CHECKING

from manualgen import inputs
from manualgen.book.catalog import OptionCatalog
from manualgen.options.reading import OptionSet
from manualgen.options.rereading import Rereader

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from manualgen.book.catalog import OptionSettings
    from manualgen.markup.chapter import Chapter
    from manualgen.markup.parsed import Parsed
    from manualgen.options.model import Text


class Memory:
    """What has been read for one manual.

    Attributes:
        chapters: text of a file → its chapter.
    """

    def __init__(self) -> None:
        self.chapters: dict[str, Chapter] = {}
        self._readers: dict[str, Rereader] = {}
        self._evaluated: dict[Hashable, OptionSet] = {}
        self._catalogs: dict[Hashable, tuple[Sequence[OptionSet], OptionCatalog]] = {}

    def decode(self, path: str, data: bytes, name: str) -> OptionSet:
        """Return the options in the bytes of a file.

        Args:
            path: the file.
            data: its bytes.
            name: its name for messages.

        Raises:
            ManualError: if they are no option set.
        """
        return self._readers.setdefault(path, Rereader()).decode(data, name)

    def read(self, path: str) -> OptionSet:
        """Return the options of a file; arguments and errors as of :func:`reading.read`."""
        options = self.decode(path, inputs.contents(path), path)
        return OptionSet(options.options, options.diagnostics, (Path(path),))

    def evaluated(self, key: Hashable, evaluate: Callable[[], OptionSet]) -> OptionSet:
        """Return the options of modules, which are evaluated unless that is known.

        Args:
            key: what is evaluated, and how.
            evaluate: evaluates it.
        """
        if key not in self._evaluated:
            self._evaluated[key] = evaluate()
        return self._evaluated[key]

    @property
    def has_modules(self) -> bool:
        """Whether modules have been evaluated."""
        return bool(self._evaluated)

    @property
    def sources(self) -> set[Path]:
        """The files and folders that modules may have been read from."""
        return {path for one in self._evaluated.values() for path in one.sources}

    def forget_modules(self) -> None:
        """Forget what modules evaluate to: one of the files that they may read has changed."""
        self._evaluated.clear()

    def catalog(
        self,
        key: Hashable,
        sets: Sequence[OptionSet],
        settings: OptionSettings,
        prefix: str = "opt-",
        parsed: dict[Text, Parsed] | None = None,
    ) -> OptionCatalog:
        """Return the catalog of option sets; arguments as of :class:`OptionCatalog`.

        Args:
            key: tells the catalogs of a manual apart.
            sets: the sets.
            settings: how their options are shown.
            prefix: the prefix of their identifiers.
            parsed: texts of the sets that have been parsed already.
        """
        earlier, known = self._catalogs.get((key, prefix), ((), None))
        catalog = None
        # The files of a history may have changed.
        if known is not None and known.settings == settings and not settings.history:
            is_same = len(earlier) == len(sets) and all(map(operator.is_, earlier, sets))
            catalog = known if is_same else known.updated(sets)
        if catalog is None:
            catalog = OptionCatalog(sets, settings, prefix, parsed)
        self._catalogs[key, prefix] = (tuple(sets), catalog)
        return catalog
