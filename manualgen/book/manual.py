"""A manual as a value: its chapters in order, its options, what its identifiers mean.

:func:`load` reads the files and parses the chapters. It starts no process, loads
no template and writes nothing; every output is a function of the result. A set
of options alone is a manual without chapters.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from manualgen.book import images
from manualgen.book.catalog import OptionCatalog, OptionSettings
from manualgen.book.configuration import ManpageTable
from manualgen.book.labels import Labels
from manualgen.book.nesting import nest
from manualgen.book.outline import make_outline
from manualgen.book.references import PageLinks, Resolver, TargetTable
from manualgen.book.settings import SiteSettings
from manualgen.book.sources import SourceLoader, with_option_sets
from manualgen.errors import Code, Diagnostic, ManualError, Severity
from manualgen.options import reading, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from docutils import nodes as docutils_nodes

    from manualgen.book.documents import OptionSource
    from manualgen.book.images import Picture
    from manualgen.book.model import Division, OptionList
    from manualgen.book.outline import Outline
    from manualgen.inputs import InputFiles
    from manualgen.markup import nodes
    from manualgen.markup.chapter import Chapter
    from manualgen.markup.links import Target
    from manualgen.markup.option import Sections
    from manualgen.options.declarations import Source
    from manualgen.options.model import Option
    from manualgen.options.reading import OptionSet

    RunInBackground = Callable[[Callable[[], list[Chapter]]], Callable[[], list[Chapter]]]


class SetSettings(msgspec.Struct, frozen=True):
    """An option set that was named beside the sources.

    Attributes:
        path: its file.
        prefix: what its identifiers begin with, where no source includes it.
        title: its title, where no source includes it.
        tree: the source tree of its relative declarations.
    """

    path: Path
    prefix: str = "opt-"
    title: str = ""
    tree: Source | None = None


class ManualSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a manual is read with, whatever is made of it.

    Attributes:
        source: its first file; without one, it is its option sets alone.
        folder: its own folder, by default the one that the first file lies in.
        title: its title; that of the first file where empty.
        version: shown beside the title.
        options: how its options are read and shown.
        sets: what is known of option sets beside what the sources say.
        roots: folders below which files may lie, beside the manual's own.
        dangling: how severe a reference to nowhere is.
        site: what its HTML is made with.
        manpage: how its man page presents itself.
    """

    source: Path | None = None
    folder: Path | None = None
    title: str = ""
    version: str = ""
    options: OptionSettings = msgspec.field(default_factory=OptionSettings)
    sets: tuple[SetSettings, ...] = ()
    roots: tuple[Path, ...] = ()
    dangling: Severity = Severity.ERROR
    site: SiteSettings = SiteSettings()
    manpage: ManpageTable = ManpageTable()


class IncludedOptions(msgspec.Struct, frozen=True, eq=False):
    """An option set where a manual includes it.

    Attributes:
        source: the include.
        division: the division that it stands in.
        catalog: its options.
        resolver: finds what their references mean, its own options first.
        sections: makes their sections.
    """

    source: OptionSource | None
    division: Division | None
    catalog: OptionCatalog
    resolver: Resolver
    sections: Sections


class OptionEntry(msgspec.Struct, frozen=True, eq=False):
    """An option of a manual, with what writes it.

    Attributes:
        option: the option.
        id: its identifier.
        sections: makes its section.
        resolver: finds what its references mean.
    """

    option: Option
    id: str
    sections: Sections
    resolver: Resolver


class Manual(msgspec.Struct, frozen=True, eq=False, dict=True):
    """A manual that has been read.

    Attributes:
        settings: what it was read with.
        outline: its chapters in order; None where it is options alone.
        labels: what references to its divisions and numbered blocks show; None likewise.
        sets: its option sets, where they are included.
        targets: its identifiers, and what they mean.
        pictures: image node → the picture that it shows.
        inputs: the files of its chapters, option sets and pictures, with their digests.
        diagnostics: what is wrong with it. What is wrong with the texts of options is found
            when they are parsed, by each output.
    """

    settings: ManualSettings
    outline: Outline | None
    labels: Labels | None
    sets: tuple[IncludedOptions, ...]
    targets: TargetTable
    pictures: Mapping[docutils_nodes.Node, Picture] = {}
    inputs: InputFiles | None = None
    diagnostics: Sequence[Diagnostic] = ()

    @property
    def title(self) -> str:
        """Its title: as set, else that of its first file."""
        if self.settings.title or self.outline is None or self.labels is None:
            return self.settings.title or "Options"
        return self.labels.plain(self.outline.book.title) or "Untitled"

    @property
    def picture_files(self) -> list[Picture]:
        """Its pictures, each once, in the order of their images."""
        return images.distinct(self.pictures)

    @property
    def files(self) -> dict[Path, str]:
        """The files that it was read from, each with its SHA-256 digest in hex."""
        return {} if self.inputs is None else self.inputs.digests()

    @functools.cached_property
    def options(self) -> list[OptionEntry]:
        """The options of all its sets as one list, in order; a set that stands twice, once."""
        sets = {
            included.source.path if included.source is not None else None: included
            for included in reversed(self.sets)
        }
        found = {
            id(option): (option, included)
            for included in reversed(sets.values())
            for option in included.catalog.options
        }
        if len(sets) == 1:
            (only,) = sets.values()
            pairs: Iterable[tuple[Option, IncludedOptions]] = (
                (option, only) for option in only.catalog.options
            )
            ids = only.catalog.ids
        else:
            ordered = tree.ordered(option for option, _ in found.values())
            pairs = [found[id(option)] for option in ordered]
            ids = tree.identifiers(ordered)
        return [
            OptionEntry(option, name, included.sections, included.resolver)
            for (option, included), name in zip(pairs, ids, strict=True)
        ]

    def option(self, name: str) -> Option | None:
        """Return the option that a name means; placeholders of its path stand for any part."""
        for included in self.sets:
            identifier = included.catalog.index.identifier(name)
            if identifier is not None:
                return included.catalog.options[included.catalog.positions[identifier]]
        return None

    def parse_options(self) -> None:
        """Parse all texts of options now, once, for several outputs to come."""
        for included in self.sets:
            included.sections.parse_all(included.catalog.options)

    @functools.cached_property
    def resolver(self) -> Resolver:
        """Finds what references in chapters mean."""
        return _resolver(self.sets, self.targets)

    def links(
        self, address: Callable[[str], str | None], included: IncludedOptions | None = None
    ) -> PageLinks:
        """Return the links of a page or a document.

        Args:
            address: identifier → its address as the page writes it, or None.
            included: the set whose options stand there, which are meant first.
        """
        resolver = self.resolver if included is None else included.resolver
        return PageLinks(resolver, self.targets, address, self.settings.options.manpage_urls)


def _resolver(
    sets: Sequence[IncludedOptions] | Sequence[OptionCatalog],
    targets: TargetTable,
    own: OptionCatalog | None = None,
    *,
    searched: str = "the book",
) -> Resolver:
    catalogs = [entry if isinstance(entry, OptionCatalog) else entry.catalog for entry in sets]
    return Resolver(
        targets,
        [(catalog.prefix, catalog.index) for catalog in catalogs],
        own.index if own is not None else None,
        searched=searched,
    )


# ─── options alone ───


def of_options(sets: Iterable[OptionSet], settings: ManualSettings | None = None) -> Manual:
    """Return option sets as a manual without chapters: one list of all options.

    Args:
        sets: the option sets.
        settings: title, version, and how the options are read and shown.
    """
    settings = settings or ManualSettings()
    catalog = OptionCatalog(sets, settings.options)
    targets = TargetTable({}, [catalog])
    resolver = _resolver([catalog], targets, catalog, searched="this set")
    included = IncludedOptions(None, None, catalog, resolver, catalog.sections(resolver))
    return Manual(
        settings, None, None, (included,), targets, diagnostics=tuple(catalog.diagnostics)
    )


# ─── whole manuals ───


def load(
    settings: ManualSettings,
    *,
    run_in_background: RunInBackground | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> Manual:
    """Read a manual.

    Args:
        settings: where it lies, and what else is known of it.
        run_in_background: begins work elsewhere and returns what waits for its result; takes
            the parsing of chapters, where there is much of it.
        meanwhile: is called while that goes on.

    Raises:
        ManualError: if its first file, or an option set, cannot be read.
    """
    return _Loading(settings).load(run_in_background, meanwhile)


class _Loading:
    """A manual that is being read."""

    def __init__(self, settings: ManualSettings) -> None:
        self._settings = settings
        self._sets: dict[Path, OptionSet] = {}
        self._catalogs: dict[tuple[Path, str], OptionCatalog] = {}
        self._files: dict[Path, bytes] = {}
        self._diagnostics: list[Diagnostic] = []
        self._targets: TargetTable | None = None
        self._resolver: Resolver | None = None

    def load(
        self,
        run_in_background: RunInBackground | None,
        meanwhile: Callable[[], object] | None,
    ) -> Manual:
        settings = self._settings
        loader = SourceLoader(settings.source, settings.roots, settings.folder)
        if run_in_background is not None:
            self._prefetch(loader, run_in_background, meanwhile)
        document = with_option_sets(
            loader.load(settings.title or "Options"),
            [(entry.path, entry.prefix, entry.title) for entry in settings.sets],
        )
        outline = make_outline(nest(document))
        labels = Labels(outline.targets, outline.numbers, self._option_in_title)
        pictures, unreadable = images.gather(outline.divisions, loader)
        self._diagnostics += [*loader.diagnostics, *outline.diagnostics, *unreadable]
        catalogs = [self._catalog(option_list.source) for option_list in outline.option_lists]
        for catalog in catalogs:
            self._diagnostics += catalog.diagnostics
        self._targets = targets = TargetTable(_Titles(outline, labels), catalogs)
        self._resolver = _resolver(catalogs, targets)
        sets = tuple(
            self._included(option_list, catalog, catalogs, targets)
            for option_list, catalog in zip(outline.option_lists, catalogs, strict=True)
        )
        self._check_identifiers(outline, sets)
        for path, data in self._files.items():
            loader.inputs.record(path, data)
        manual = Manual(
            settings, outline, labels, sets, targets, pictures, loader.inputs, self._diagnostics
        )
        self._diagnose_references(manual, outline)
        return manual

    def _prefetch(
        self,
        loader: SourceLoader,
        run_in_background: RunInBackground,
        meanwhile: Callable[[], object] | None,
    ) -> None:
        """Let chapters be parsed elsewhere, while the option sets are read here."""

        def read_sets(sources: list[OptionSource]) -> None:
            nonlocal meanwhile
            for source in sources:
                # What cannot be read is diagnosed when it is known to be needed.
                with contextlib.suppress(ManualError):
                    catalog = self._catalog(source)
                    if len(catalog.options) > tree.LARGEST_PAGE:
                        catalog.pages  # noqa: B018 - it is kept
            if meanwhile is not None:
                meanwhile()
                meanwhile = None

        loader.prefetch(run_in_background, read_sets)

    def _option_in_title(self, reference: nodes.cross_reference) -> Target | None:
        """Return what a reference in a title means that leads to no division: an option."""
        assert self._resolver is not None
        assert self._targets is not None
        identifier = self._resolver.identifier(reference)
        return None if identifier is None else self._targets[identifier]

    def _catalog(self, source: OptionSource) -> OptionCatalog:
        """Return the options of a set as one include of it asks for them.

        Raises:
            ManualError: if the set cannot be read.
        """
        path = source.path
        key = (path, source.prefix)
        if key in self._catalogs:
            return self._catalogs[key]
        if path not in self._sets:
            data = reading.contents(str(path))
            self._files[path] = data
            self._sets[path] = reading.decode(data, source.name)
        settings = self._settings.options
        own = next(
            (
                entry.tree
                for entry in self._settings.sets
                if entry.tree is not None and entry.path.resolve() == path
            ),
            None,
        )
        if own is not None:
            settings = msgspec.structs.replace(settings, sources=(own, *settings.sources))
        self._catalogs[key] = OptionCatalog([self._sets[path]], settings, source.prefix)
        return self._catalogs[key]

    def _included(
        self,
        option_list: OptionList,
        catalog: OptionCatalog,
        catalogs: Sequence[OptionCatalog],
        targets: TargetTable,
    ) -> IncludedOptions:
        resolver = _resolver(catalogs, targets, catalog)
        return IncludedOptions(
            option_list.source,
            option_list.division,
            catalog,
            resolver,
            catalog.sections(resolver),
        )

    def _check_identifiers(self, outline: Outline, sets: Iterable[IncludedOptions]) -> None:
        """Diagnose a set one of whose identifiers something before it has."""
        known = {name: target.location for name, target in outline.targets.items()}
        for included in sets:
            assert included.source is not None
            assert included.division is not None
            document = included.division.document
            here = f"{document.name}:{included.source.line}"
            for name in (*included.catalog.ids, *included.catalog.anchors):
                if name not in known:
                    known[name] = here
                    continue
                self._diagnostics.append(
                    document.diagnostic(
                        Code.DUPLICATE_ID,
                        f"the identifier `{name}` exists already, at {known[name]}",
                        included.source.line,
                        "give this option set another id-prefix",
                        severity=Severity.ERROR,
                    )
                )
                break

    def _diagnose_references(self, manual: Manual, outline: Outline) -> None:
        for division in outline.divisions:
            document = division.document
            for found in manual.resolver.diagnose(located.node for located in division.references):
                is_dangling = found.code is Code.DANGLING_REFERENCE
                severity = self._settings.dangling if is_dangling else found.severity
                self._diagnostics.append(
                    msgspec.structs.replace(
                        found,
                        file=document.name,
                        included_from=document.chain,
                        severity=severity,
                    )
                )


class _Titles(Mapping[str, "Target"]):
    """Identifier → target, of all that an outline has; each is made when it is asked for."""

    def __init__(self, outline: Outline, labels: Labels) -> None:
        self._outline = outline
        self._labels = labels

    def __getitem__(self, identifier: str) -> Target:
        target = self._labels.target(identifier)
        if target is None:
            raise KeyError(identifier)
        return target

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._outline.targets

    def __iter__(self) -> Iterator[str]:
        return iter(self._outline.targets)

    def __len__(self) -> int:
        return len(self._outline.targets)
