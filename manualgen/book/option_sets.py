"""Reading the option sets of a manual, each once: ``options.json``, or modules that declare them."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - msgspec evaluates annotations
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from manualgen import inputs
from manualgen.errors import ManualError
from manualgen.evaluation.settings import EvaluationSettings, is_module
from manualgen.options import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.book.catalog import OptionSettings
    from manualgen.book.memory import Memory
    from manualgen.options.declarations import Source
    from manualgen.options.reading import OptionSet

SetKind = Literal["module", "modules", "options"]
"""What a Nix file of an option set holds: one module, a list of them, or evaluated options."""


class SetSettings(msgspec.Struct, frozen=True):
    """An option set that the settings of a manual name.

    Attributes:
        path: its file: ``options.json``, or what :func:`is_module` knows.
        prefix: the prefix of its identifiers, if no chapter includes it.
        title: the title of its appendix, if no chapter includes it.
        tree: the source tree of its relative declarations.
        kind: what the file holds, if it is of Nix.
        history: name of an earlier release → its option set.
    """

    path: Path
    prefix: str = "opt-"
    title: str = ""
    tree: Source | None = None
    kind: SetKind = "module"
    history: Mapping[str, Path] = {}


class OptionSetReader:
    """Reads the option sets of one manual.

    Attributes:
        files: the files that were read, with their bytes. What modules import is not among them.
    """

    def __init__(
        self,
        sets: Sequence[SetSettings],
        settings: OptionSettings,
        evaluation: EvaluationSettings | None = None,
        folder: Path | None = None,
        memory: Memory | None = None,
    ) -> None:
        """Begin without any set.

        Args:
            sets: the sets that the settings of the manual name; others may be read, too.
            settings: how the options of all sets are shown.
            evaluation: how modules are evaluated.
            folder: the folder that the paths of source trees are relative to.
            memory: what has been read earlier.
        """
        self._entries = {entry.path.resolve(): entry for entry in sets}
        self._settings = settings
        self._evaluation = evaluation or EvaluationSettings()
        self._folder = folder or Path()
        self._memory = memory
        self._read: dict[Path, OptionSet | ManualError] = {}
        self.files: dict[Path, bytes] = {}

    def settings(self, path: Path) -> OptionSettings:
        """Return how the options of a set are shown.

        Args:
            path: the set's file, resolved.
        """
        entry = self._entries.get(path)
        if entry is None:
            return self._settings
        sources = self._settings.sources
        return msgspec.structs.replace(
            self._settings,
            sources=sources if entry.tree is None else (entry.tree, *sources),
            history=self._settings.history or entry.history,
        )

    def read(self, path: Path, name: str) -> OptionSet:
        """Return a set.

        Args:
            path: the set's file, resolved.
            name: its name for messages.

        Raises:
            ManualError: if it cannot be read or evaluated.
        """
        if path not in self._read:
            try:
                self._read[path] = (
                    self._evaluated(path) if is_module(path) else self._json(path, name)
                )
            except ManualError as error:
                # A failed evaluation may have taken minutes; it is not tried again.
                self._read[path] = error
        result = self._read[path]
        if isinstance(result, ManualError):
            raise result
        return result

    def _json(self, path: Path, name: str) -> OptionSet:
        data = self.files[path] = inputs.contents(str(path))
        if self._memory is not None:
            return self._memory.decode(str(path), data, name)
        return reading.decode(data, name)

    def _evaluated(self, path: Path) -> OptionSet:
        # Few manuals evaluate modules.
        from manualgen.evaluation import extracting  # noqa: PLC0415

        if path.is_file():
            self.files[path] = inputs.contents(str(path))
        shown = self.settings(path)
        entry = self._entries.get(path)
        kind = "module" if entry is None else entry.kind
        settings = msgspec.structs.replace(
            self._evaluation,
            modules_list=path if kind == "modules" else None,
            options_file=path if kind == "options" else None,
            sources=tuple(map(self._located, shown.sources)),
            revision=shown.revision,
        )
        modules = [path] if kind == "module" else []
        if self._memory is None:
            return extracting.extract(modules, settings)
        key = (path, repr(settings))
        return self._memory.evaluated(key, lambda: extracting.extract(modules, settings))

    def _located(self, source: Source) -> Source:
        """Return a source tree with a path that does not depend on the current folder."""
        if not source.path:
            return source
        path = str((self._folder / source.path).absolute())
        return msgspec.structs.replace(source, path=path)
