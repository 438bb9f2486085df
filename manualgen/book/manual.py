"""A manual as a value: its chapters in order, its options, its targets.

:func:`load` reads the files and parses the chapters. It starts no process, loads no
template and writes nothing; every output is a function of the result. Option sets alone
are a manual without chapters.
"""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING

import msgspec

from manualgen.book import images
from manualgen.book.appendices import with_option_sets
from manualgen.book.catalog import OptionCatalog, OptionSettings
from manualgen.book.configuration import CheckTable, ManpageTable
from manualgen.book.labels import LONGEST, Labels, Titles
from manualgen.book.memory import Memory
from manualgen.book.nesting import nest
from manualgen.book.option_sets import OptionSetReader, SetSettings
from manualgen.book.outline import make_outline
from manualgen.book.references import PageLinks, Resolver, TargetTable
from manualgen.book.settings import ExternalOption, SiteSettings
from manualgen.book.sources import LARGEST, SourceLoader
from manualgen.errors import Code, Diagnostic, ManualError, Severity
from manualgen.evaluation.settings import EvaluationSettings  # noqa: TC001 - as Mapping
from manualgen.inputs import InputFiles
from manualgen.options import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from docutils import nodes as docutils_nodes

    from manualgen.book.documents import OptionSource
    from manualgen.book.images import Picture
    from manualgen.book.model import Division, OptionList
    from manualgen.book.outline import Outline
    from manualgen.markup import nodes
    from manualgen.markup.chapter import Chapter
    from manualgen.markup.links import Target
    from manualgen.markup.option import Sections
    from manualgen.markup.parsed import Parsed
    from manualgen.options.model import Option, Text
    from manualgen.options.reading import OptionSet

    RunInBackground = Callable[[Callable[[], list[Chapter]]], Callable[[], list[Chapter]]]


class ManualSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a manual, for all formats.

    Attributes:
        source: its first file; None for a manual of option sets alone.
        folder: the folder that its files must be in; by default that of the first file.
        title: its title; that of the first file where empty.
        version: its version, shown after the title.
        options: how its options are read and shown.
        sets: its option sets; those that no chapter includes become appendices.
        evaluation: how modules of its option sets are evaluated; None for the defaults.
        roots: further folders that its files may be in.
        files: the files that the settings were read from.
        dangling: the severity of a reference whose target does not exist.
        site: the settings of its HTML.
        manpage: the settings of its man page.
        check: what a check of it reports.
    """

    source: Path | None = None
    folder: Path | None = None
    title: str = ""
    version: str = ""
    options: OptionSettings = msgspec.field(default_factory=OptionSettings)
    sets: tuple[SetSettings, ...] = ()
    evaluation: EvaluationSettings | None = None
    roots: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    dangling: Severity = Severity.ERROR
    site: SiteSettings = SiteSettings()
    manpage: ManpageTable = ManpageTable()
    check: CheckTable = CheckTable()


class IncludedOptions(msgspec.Struct, frozen=True, eq=False):
    """An option set that is included in a manual.

    Attributes:
        source: the include; None in a manual without chapters.
        division: the division that includes it; None likewise.
        catalog: its options.
        resolver: resolves their references; its own options take precedence.
        sections: makes their sections.
    """

    source: OptionSource | None
    division: Division | None
    catalog: OptionCatalog
    resolver: Resolver
    sections: Sections


class OptionEntry(msgspec.Struct, frozen=True, eq=False):
    """An option of a manual, with what writers need to write it.

    Attributes:
        option: the option.
        id: its identifier.
        sections: makes its section.
        resolver: resolves its references.
    """

    option: Option
    id: str
    sections: Sections
    resolver: Resolver


class Manual(msgspec.Struct, frozen=True, eq=False, dict=True):
    """A manual that has been read.

    Attributes:
        settings: its settings.
        outline: its chapters in order; None if it is options alone.
        labels: the texts of references to its divisions and numbered blocks; None likewise.
        sets: its option sets, one for each include.
        targets: its targets by identifier.
        pictures: image node → its picture.
        inputs: the files of its chapters, option sets and pictures, with their digests.
        diagnostics: the problems of its files and chapters. Those in the texts of options are
            found when an output parses them.
    """

    settings: ManualSettings
    outline: Outline | None
    labels: Labels | None
    sets: tuple[IncludedOptions, ...]
    targets: TargetTable
    pictures: Mapping[docutils_nodes.Node, Picture] = {}
    inputs: InputFiles = msgspec.field(default_factory=lambda: InputFiles(LARGEST))
    diagnostics: Sequence[Diagnostic] = ()

    @property
    def title(self) -> str:
        """The title in its settings, or that of its first file."""
        if self.settings.title or self.outline is None or self.labels is None:
            return self.settings.title or "Options"
        return self.labels.plain(self.outline.book.title) or "Untitled"

    @property
    def picture_files(self) -> list[Picture]:
        """Its pictures without duplicates, in the order of their images."""
        return images.distinct(self.pictures)

    @property
    def files(self) -> dict[Path, str]:
        """Path → SHA-256 digest in hex, for each file that it was read from."""
        return self.inputs.digests()

    @functools.cached_property
    def options(self) -> list[OptionEntry]:
        """The options of all its sets as one list, in order; a set included twice counts once."""
        sets = {
            included.source.path if included.source is not None else None: included
            for included in reversed(self.sets)
        }
        pair_of = {
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
            ordered = tree.ordered(option for option, _ in pair_of.values())
            pairs = [pair_of[id(option)] for option in ordered]
            ids = tree.identifiers(ordered)
        return [
            OptionEntry(option, name, included.sections, included.resolver)
            for (option, included), name in zip(pairs, ids, strict=True)
        ]

    def option(self, name: str) -> Option | None:
        """Return the option that a name means, or None.

        Args:
            name: its name; a placeholder in an option's path matches any component.
        """
        for included in self.sets:
            identifier = included.catalog.index.identifier(name)
            if identifier is not None:
                return included.catalog.options[included.catalog.positions[identifier]]
        return None

    def parse_options(self) -> None:
        """Parse all texts of options now, so that several outputs share the result."""
        for included in self.sets:
            included.sections.parse_all(included.catalog.options)

    @functools.cached_property
    def resolver(self) -> Resolver:
        """The resolver of the references in chapters."""
        return _resolver(self.sets, self.targets, externals=self.settings.site.externals)

    def links(
        self,
        address: Callable[[str], str | None],
        included: IncludedOptions | None = None,
        externals: Mapping[str, ExternalOption] = {},
    ) -> PageLinks:
        """Return the links of a page or a document.

        Args:
            address: identifier → its address, relative to the page, or None.
            included: the set whose options are on it, if any; they take precedence.
            externals: the options of other sites that ``address`` knows.
        """
        resolver = self.resolver if included is None else included.resolver
        urls = self.settings.options.manpage_urls
        return PageLinks(resolver, self.targets, address, urls, externals)


def _resolver(
    sets: Sequence[IncludedOptions] | Sequence[OptionCatalog],
    targets: TargetTable,
    own: OptionCatalog | None = None,
    *,
    searched: str = "the book",
    externals: Mapping[str, ExternalOption] = {},
) -> Resolver:
    catalogs = [entry if isinstance(entry, OptionCatalog) else entry.catalog for entry in sets]
    return Resolver(
        targets,
        [(catalog.prefix, catalog.index) for catalog in catalogs],
        own.index if own is not None else None,
        searched=searched,
        externals=externals,
    )


# ─── options alone ───


def of_options(
    sets: Iterable[OptionSet],
    settings: ManualSettings | None = None,
    memory: Memory | None = None,
) -> Manual:
    """Return option sets as a manual without chapters: one list of all options.

    Args:
        sets: the option sets.
        settings: the settings of the manual; its files, sets and site are not used.
        memory: what has been read earlier.
    """
    settings = settings or ManualSettings()
    sets = list(sets)
    files = InputFiles(LARGEST)
    for option_set in sets:
        for path in option_set.files:
            files.note(path)
    for path in settings.options.history.values():
        files.note(path)
    catalog = (memory or Memory()).catalog(None, sets, settings.options)
    targets = TargetTable({}, [catalog])
    resolver = _resolver(
        [catalog], targets, catalog, searched="this set", externals=settings.site.externals
    )
    included = IncludedOptions(None, None, catalog, resolver, catalog.sections(resolver))
    return Manual(
        settings,
        None,
        None,
        (included,),
        targets,
        inputs=files,
        diagnostics=tuple(catalog.diagnostics),
    )


# ─── whole manuals ───


def load(
    settings: ManualSettings,
    *,
    run_in_background: RunInBackground | None = None,
    meanwhile: Callable[[], object] | None = None,
    memory: Memory | None = None,
) -> Manual:
    """Read a manual.

    Args:
        settings: its settings.
        run_in_background: starts a function elsewhere and returns a function that waits for
            its result. Long chapters are parsed that way.
        meanwhile: called while chapters are parsed in the background.
        memory: what has been read earlier; what is read now is added.

    Raises:
        ManualError: if its first file, or an option set, cannot be read.
    """
    return _Loading(settings, memory).load(run_in_background, meanwhile)


class _Loading:
    """Reads a manual: the sets and catalogs read so far, and diagnostics."""

    def __init__(self, settings: ManualSettings, memory: Memory | None) -> None:
        self._settings = settings
        self._memory = memory or Memory()
        self._sets = OptionSetReader(
            settings.sets, settings.options, settings.evaluation, settings.folder, memory
        )
        self._catalogs: dict[tuple[Path, str], OptionCatalog] = {}
        self._texts: dict[Path, dict[Text, Parsed]] = {}
        self._diagnostics: list[Diagnostic] = []
        self._targets: TargetTable | None = None
        self._resolver: Resolver | None = None

    def load(
        self,
        run_in_background: RunInBackground | None,
        meanwhile: Callable[[], object] | None,
    ) -> Manual:
        settings = self._settings
        loader = SourceLoader(
            settings.source, settings.roots, settings.folder, self._memory.chapters
        )
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
        self._targets = targets = TargetTable(Titles(outline, labels), catalogs)
        self._resolver = _resolver(catalogs, targets)
        sets = tuple(
            self._included(option_list, catalog, catalogs, targets)
            for option_list, catalog in zip(outline.option_lists, catalogs, strict=True)
        )
        self._check_identifiers(outline, sets)
        self._check_titles(outline, labels)
        for path, data in self._sets.files.items():
            loader.inputs.record(path, data)
        for catalog in catalogs:
            for path in catalog.settings.history.values():
                loader.inputs.note(path)
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
        """Parse chapters in the background, and read the option sets meanwhile."""

        def read_sets(sources: list[OptionSource]) -> None:
            nonlocal meanwhile
            for source in sources:
                # A set that cannot be read is diagnosed later, if it is needed.
                with contextlib.suppress(ManualError):
                    catalog = self._catalog(source)
                    if len(catalog.options) > tree.LARGEST_PAGE:
                        catalog.pages  # noqa: B018 - a cached property
            if meanwhile is not None:
                meanwhile()
                meanwhile = None

        loader.prefetch(run_in_background, read_sets)

    def _option_in_title(self, reference: nodes.cross_reference) -> Target | None:
        """Return the target of a reference in a title that does not mean a division: an option."""
        assert self._resolver is not None
        assert self._targets is not None
        identifier = self._resolver.identifier(reference)
        return None if identifier is None else self._targets[identifier]

    def _catalog(self, source: OptionSource) -> OptionCatalog:
        """Return the catalog of an option set, with the prefix of its include.

        Raises:
            ManualError: if the set cannot be read.
        """
        path = source.path
        key = (path, source.prefix)
        if key in self._catalogs:
            return self._catalogs[key]
        self._catalogs[key] = self._memory.catalog(
            path,
            [self._sets.read(path, source.name)],
            self._sets.settings(path),
            source.prefix,
            self._texts.setdefault(path, {}),
        )
        return self._catalogs[key]

    def _included(
        self,
        option_list: OptionList,
        catalog: OptionCatalog,
        catalogs: Sequence[OptionCatalog],
        targets: TargetTable,
    ) -> IncludedOptions:
        externals = self._settings.site.externals
        resolver = _resolver(catalogs, targets, catalog, externals=externals)
        return IncludedOptions(
            option_list.source,
            option_list.division,
            catalog,
            resolver,
            catalog.sections(resolver),
        )

    def _check_identifiers(self, outline: Outline, sets: Iterable[IncludedOptions]) -> None:
        """Diagnose the first identifier of each set that something before it has."""
        known = {name: target.location for name, target in outline.targets.items()}
        for included in sets:
            assert included.source is not None
            assert included.division is not None
            document = included.division.document
            location = f"{document.name}:{included.source.line}"
            catalog = included.catalog
            anchors = [name for name in catalog.anchors if name not in catalog.renamed]
            for name in (*catalog.ids, *anchors):
                if name not in known:
                    known[name] = location
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

    def _check_titles(self, outline: Outline, labels: Labels) -> None:
        for division in outline.divisions:
            if labels.is_cut(division.title):
                self._diagnostics.append(
                    division.document.diagnostic(
                        Code.TOO_COMPLEX,
                        "the title is too long, or refers to too many others; elsewhere only its"
                        " beginning is shown",
                        division.line,
                        f"write a title of at most {LONGEST} characters, without references",
                    )
                )

    def _diagnose_references(self, manual: Manual, outline: Outline) -> None:
        for division in outline.divisions:
            document = division.document
            references = (located.node for located in division.references)
            for diagnostic in manual.resolver.diagnose(references):
                is_dangling = diagnostic.code is Code.DANGLING_REFERENCE
                severity = self._settings.dangling if is_dangling else diagnostic.severity
                self._diagnostics.append(
                    msgspec.structs.replace(
                        diagnostic,
                        file=document.name,
                        included_from=document.chain,
                        severity=severity,
                    )
                )
