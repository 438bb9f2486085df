"""The option sets of a Sphinx project: read once, and asked by every document.

They are kept beside the environment, never in it: Sphinx pickles its environment for each process
that reads documents. What a document shows is recorded there as a digest.
"""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from manualgen.book.catalog import OptionCatalog
from manualgen.book.option_sets import OptionSetReader
from manualgen.book.references import Resolver, TargetTable
from manualgen.options.model import join, split
from manualgen.similar_names import SimilarNames
from manualgen.sphinxext.reporting import report
from manualgen.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from manualgen.errors import Diagnostic
    from manualgen.markup import nodes
    from manualgen.options.reading import OptionSet
    from manualgen.sphinxext.configuration import ConfiguredSet


class Selection(NamedTuple):
    """Some options of a set.

    Attributes:
        set: the name of the set.
        prefix: only the option of this name and those below it; "" for all.
        depth: only options with up to this number of components after the prefix; 0 for all.
        exclude: names: the options of these names, and those below them, are left out.
        sort: ``tree`` for the order of all other outputs, ``name`` for the alphabet,
            ``source`` for the order of the set's file.
    """

    set: str
    prefix: str = ""
    depth: int = 0
    exclude: tuple[str, ...] = ()
    sort: str = "tree"


class ProjectSet:
    """An option set of a project.

    Attributes:
        name: its name in directives and references.
        path: its file, for messages.
        catalog: its options.
        sections: makes their sections.
        modules: the documents of each split of the set, as far as they are known.
    """

    def __init__(
        self, configured: ConfiguredSet, options: OptionSet, reader: OptionSetReader
    ) -> None:
        """Prepare the options of a set.

        Args:
            configured: what the configuration says about the set.
            options: what has been read.
            reader: what has read it.
        """
        self.name = configured.name
        self.path = str(configured.settings.path)
        settings = reader.settings(configured.settings.path.resolve())
        self.catalog = OptionCatalog([options], settings, configured.settings.prefix)
        self.sections = self.catalog.sections(_LeftToSphinx(TargetTable({}, []), []))
        self.modules: dict[Any, dict[str, Any]] = {}
        self._source_order = {option.name: index for index, option in enumerate(options.options)}
        self._all_settings = repr((settings, configured.settings.prefix, self.catalog.is_docbook))

    def select(self, selection: Selection) -> list[int]:
        """Return the indices of the options of a selection, in its order."""
        prefix = split(selection.prefix) if selection.prefix else ()
        excluded = [split(name) for name in selection.exclude]
        options = self.catalog.options
        found = [
            index
            for index, option in enumerate(options)
            if is_below(option.loc, prefix)
            and (not selection.depth or len(option.loc) <= len(prefix) + selection.depth)
            and not any(is_below(option.loc, path) for path in excluded)
        ]
        if selection.sort == "name":
            found.sort(key=lambda index: (options[index].name.casefold(), options[index].name))
        elif selection.sort == "source":
            found.sort(key=lambda index: self._source_order[options[index].name])
        return found

    def digest(self, indices: Iterable[int], more: str = "") -> str:
        """Return a digest of all that a document shows of some options.

        Args:
            indices: the options.
            more: what else it shows.
        """
        digest = hashlib.blake2b(
            f"{__version__}\0{self._all_settings}\0{more}".encode(), digest_size=16
        )
        digests = self._digests
        for index in indices:
            digest.update(digests[index])
        return digest.hexdigest()

    @functools.cached_property
    def _digests(self) -> list[bytes]:
        """The digest of each option."""
        return [
            hashlib.blake2b(
                repr((option, name)).encode("utf-8", "surrogatepass"), digest_size=16
            ).digest()
            for option, name in zip(self.catalog.options, self.catalog.ids, strict=True)
        ]

    @functools.cached_property
    def anchors(self) -> dict[int, list[str]]:
        """The index of an option → the identifiers that its description defines."""
        anchors: dict[int, list[str]] = {}
        for name, index in self.catalog.anchors.items():
            anchors.setdefault(index, []).append(name)
        return anchors

    @functools.cached_property
    def similar(self) -> SimilarNames:
        """Finds the option or prefix that is most similar to one that does not exist."""
        names = {option.name for option in self.catalog.options}
        paths = {option.loc[:-1] for option in self.catalog.options}
        above = {path[:end] for path in paths for end in range(1, len(path) + 1)}
        return SimilarNames(names | {join(path) for path in above})


class _LeftToSphinx(Resolver):
    """The resolver of texts whose references Sphinx resolves, when all documents are read."""

    def diagnose(
        self,
        references: Iterable[nodes.Reference],  # noqa: ARG002 - as it is overridden
    ) -> list[Diagnostic]:
        """Return nothing: what leads nowhere, Sphinx reports."""
        return []


class ProjectSets:
    """The option sets of a project, by name."""

    def __init__(self, configured: Iterable[ConfiguredSet] = ()) -> None:
        """Read option sets, and report what is wrong with them.

        Args:
            configured: the sets.

        Raises:
            ManualError: if a set cannot be read.
        """
        self._sets: dict[str, ProjectSet] = {}
        for entry in configured:
            reader = OptionSetReader([entry.settings], entry.options)
            path = entry.settings.path
            made = ProjectSet(entry, reader.read(path.resolve(), str(path)), reader)
            report(made.catalog.diagnostics, made.path)
            self._sets[entry.name] = made

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the sets."""
        return iter(self._sets)

    def get(self, name: str) -> ProjectSet | None:
        """Return the set with a name; without a name, the only one. None if there is none."""
        if not name and len(self._sets) == 1:
            return next(iter(self._sets.values()))
        return self._sets.get(name)


def is_below(path: tuple[str, ...], prefix: tuple[str, ...]) -> bool:
    """Return whether a path is a prefix itself, or below it."""
    return path[: len(prefix)] == prefix
