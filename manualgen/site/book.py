"""A whole manual that has been read: chapters, references of options, and what leads to what."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec

from manualgen.book import images, inventory, redirects
from manualgen.book.labels import Labels
from manualgen.book.nesting import nest
from manualgen.book.outline import FRONT, make_outline
from manualgen.book.references import OptionIndex, References, Title
from manualgen.book.sources import SourceLoader, with_option_sets
from manualgen.errors import Code, Diagnostic, ManualError, Severity
from manualgen.markup.parsed import Parsed
from manualgen.options import reading, tree
from manualgen.options.declarations import Declarations
from manualgen.options.model import Declaration
from manualgen.site import workers
from manualgen.site.contents import Contents
from manualgen.site.html import ASSETS, GENERATOR
from manualgen.site.reference import Reference, Settings
from manualgen.writers.html import fragment

if TYPE_CHECKING:
    from collections.abc import Callable

    from manualgen.book.documents import OptionSource
    from manualgen.book.model import OptionList
    from manualgen.markup.option import Sections
    from manualgen.options.declarations import Source
    from manualgen.options.model import Option


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


class BookSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a book is made with, beyond its sources.

    Attributes:
        title: the manual's title; that of the first file where empty.
        version: shown beside it.
        theme: a folder whose files stand in for those of ``templates/``.
        reference: what all references of options are made with.
        sets: what is known of option sets beside what the sources say.
        roots: folders below which files may lie, beside the manual's own.
        chunk: one of :data:`manualgen.book.outline.CHUNKS`.
        toc_depth: how deep the contents on the front page are; 0 for none.
        chapter_toc_depth: how deep those of other pages, and of chapters on them, are.
        section_toc_depth: how deep those of sections are.
        dangling: how bad a reference to nowhere is.
        front: the name of the first page.
        generator: what pages name as the program that made them.
        redirects: the file with the places that identifiers have stood at.
        called: what the manual is called on the command line, with what says where it is.
    """

    title: str = ""
    version: str = ""
    theme: Path | None = None
    reference: Settings = msgspec.field(default_factory=Settings)
    sets: tuple[SetSettings, ...] = ()
    roots: tuple[Path, ...] = ()
    chunk: str = "file"
    toc_depth: int = 2
    chapter_toc_depth: int = 1
    section_toc_depth: int = 0
    dangling: Severity = Severity.ERROR
    front: str = FRONT
    generator: str = GENERATOR
    redirects: Path | None = None
    called: str = ""


class Addresses(Mapping[str, str]):
    """Identifier → address, as links on one page, or in one folder, write it."""

    def __init__(self, places: Mapping[str, str], here: str) -> None:
        """Take identifier → page, and the page that links stand on, or its folder with a slash."""
        self._places = places
        self._here = here
        self._folder = here.rpartition("/")[0]

    def __getitem__(self, identifier: str) -> str:
        page = self._places[identifier]
        if page == self._here:
            return f"#{fragment(identifier)}"
        if self._folder:
            own = page.startswith(f"{self._folder}/")
            page = page[len(self._folder) + 1 :] if own else f"../{page}"
        return f"{page}#{fragment(identifier)}"

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class OptionPart:
    """The reference of an option set in a book.

    Attributes:
        source: what its include says of it.
        reference: its options.
        home: the page of the division that it stands in.
        folder: the folder of its own pages; "" where the options stand on ``home``.
        pages: those pages.
    """

    def __init__(self, option_list: OptionList, reference: Reference, folder: str) -> None:
        """Take its place, its options and the folder of its pages."""
        self.division = option_list.division
        self.source = option_list.source
        self.home = self.division.page.name
        self.reference = reference
        self.folder = folder
        self.pages = reference.pages if folder else []

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield each identifier with its page."""
        ids = self.reference.ids
        if not self.folder:
            for name in (*ids, *self.reference.anchors):
                yield name, self.home
            return
        page_of: dict[int, str] = {}
        for page in self.pages:
            path = f"{self.folder}/{page.stem}.html"
            for index in page.options:
                page_of[index] = path
                yield ids[index], path
        for anchor, index in self.reference.anchors.items():
            yield anchor, page_of[index]


class Book:
    """A manual that has been read: all of it but the pages.

    Attributes:
        outline: its structure.
        sets: the references of options in it.
        places: identifier → page, of all identifiers.
        pages: the names of all pages.
        current: identifier → place (``page.html#id``), but for those of options and their lists.
        written: identifier → where the sources give it, but for those of options.
        served: what places of former times lead to.
        diagnostics: what is wrong with it so far.
    """

    def __init__(
        self,
        manual: Path | None,
        settings: BookSettings,
        folder: Path | None = None,
        *,
        jobs: int = 1,
        meanwhile: Callable[[], object] | None = None,
        without_redirects: bool = False,
    ) -> None:
        """Read a manual.

        Args:
            manual: its first file; without one, it is the option sets alone.
            settings: what else is known of it.
            folder: the manual's own folder, by default the one that the first file lies in.
            jobs: how many processes read it; it has work for two.
            meanwhile: is called while another process reads; for what the next step needs.
            without_redirects: leave the file of redirects unread.

        Raises:
            ManualError: if that file, or an option set, cannot be read.
        """
        self.settings = settings
        loader = SourceLoader(manual, settings.roots, folder)
        self._read: dict[Path, reading.OptionSet] = {}
        self._references: dict[tuple[Path, str], Reference] = {}
        if jobs > 1:
            self._read_ahead(loader, meanwhile)
        document = with_option_sets(
            loader.load(settings.title or "Options"),
            [(entry.path, entry.prefix, entry.title) for entry in settings.sets],
        )
        self.outline = make_outline(nest(document), settings.chunk, settings.front)
        self.labels = Labels(self.outline.targets, self.outline.numbers)
        self.pictures, unseen = images.gather(self.outline.divisions, loader)
        self._apply_tables()
        self.diagnostics: list[Diagnostic] = [
            *loader.diagnostics,
            *self.outline.diagnostics,
            *unseen,
        ]
        self.sets = self._option_parts()
        self.places: dict[str, str] = {
            name: target.division.page.name for name, target in self.outline.targets.items()
        }
        lists = {option_list.identifier for option_list in self.outline.option_lists}
        self.current = {
            name: f"{page}#{name}" for name, page in self.places.items() if name not in lists
        }
        self.written = {name: target.location for name, target in self.outline.targets.items()}
        self._place_options()
        self._names = {
            name: option.name
            for part in self.sets
            for name, option in zip(part.reference.ids, part.reference.options, strict=True)
        }
        self._resolve()
        self.contents = Contents(self.outline, self.labels, alone=settings.chunk == "one")
        self.title = settings.title or self.contents.title(self.outline.book)
        self.pages = {page.name for page in self.outline.pages} | set(self.places.values())
        self.served = redirects.Served()
        if settings.redirects is not None and not without_redirects:
            table = redirects.read(settings.redirects, settings.called)
            self.diagnostics.extend(self.check_redirects(table, str(settings.redirects)))
            self.served = redirects.serve(table, self.current, self.pages, self.option_places())
        self._check_files()

    def check_redirects(self, table: redirects.Table, file: str) -> list[Diagnostic]:
        """Return what is wrong with a table of redirects, ``file`` being its name for readers."""
        return redirects.check(
            table,
            self.current,
            self.pages,
            self.written,
            file,
            self.settings.called,
            self.option_places(),
        )

    def option_places(self) -> dict[str, tuple[str, str]]:
        """Return identifier → places (``page.html#id``) of all options.

        The first is where it stands, the second where its set is included: a link to there
        leads to it.
        """
        return {
            name: (f"{self.places[name]}#{name}", f"{part.home}#{name}")
            for part in self.sets
            for name in (*part.reference.ids, *part.reference.anchors)
        }

    @property
    def front(self) -> str:
        """The name of the first page, as it is written: never ``.xhtml``."""
        return self.outline.pages[0].name

    def references(self, here: str, own: OptionPart | None = None) -> References:
        """Return what resolves references on a page, or in a folder with a slash at its end."""
        return References(
            own.reference.index if own is not None else OptionIndex(()),
            Addresses(self.places, here),
            self._names,
            self.settings.reference.manpage_urls,
            titles=self._title,
            sets=[(part.reference.prefix, part.reference.index) for part in self.sets],
        )

    def _read_ahead(self, loader: SourceLoader, meanwhile: Callable[[], object] | None) -> None:
        """Let another process parse the chapters, while the option sets are read here."""

        def read_sets(sources: list[OptionSource]) -> None:
            nonlocal meanwhile
            for source in sources:
                # What cannot be read is diagnosed when it is known to be needed.
                with contextlib.suppress(ManualError):
                    if len(self._reference(source).options) > tree.LARGEST_PAGE:
                        self._reference(source).pages  # noqa: B018 - it is kept
            if meanwhile is not None:
                meanwhile()
                meanwhile = None

        loader.prefetch(workers.beside, read_sets)

    def _title(self, identifier: str) -> Title | None:
        target = self.labels.target(identifier)
        return Title(target.text, target.hint) if target is not None else None

    def _apply_tables(self) -> None:
        """TEMPORARY: write the manual's tables into nodes, for writers that do not ask for them.

        To be removed, with ``test_building_changes_no_parsed_tree``'s mark, once writers are
        given ``numbers``, ``pictures`` and sections with a ``footnote_scope``.
        """
        for node, number in self.outline.numbers.items():
            node["number"] = number  # type: ignore[index]
        for image, picture in self.pictures.items():
            image["uri"], image["copied"] = picture.name, True  # type: ignore[index]
            if picture.size is not None:
                image["width"], image["height"] = map(str, picture.size)  # type: ignore[index]
        seen: set[int] = set()
        for division in self.outline.divisions:
            chapter = division.document.chapter
            if id(chapter) in seen:
                continue
            seen.add(id(chapter))
            for node in chapter.footnotes:
                scope = f"{division.footnote_scope}.note-"
                if "refid" in node:
                    node["refid"] = f"{scope}{node['refid']}"
                else:
                    node["names"] = [f"{scope}{node['names'][0]}"]

    def _reference(self, source: OptionSource) -> Reference:
        """Return the options of a set as one include of it wants them.

        Raises:
            ManualError: if the set cannot be read.
        """
        path = source.path
        key = (path, source.prefix)
        if key in self._references:
            return self._references[key]
        if path not in self._read:
            self._read[path] = reading.decode(reading.contents(str(path)), source.name)
        settings = self.settings.reference
        own = next(
            (
                entry.tree
                for entry in self.settings.sets
                if entry.tree is not None and entry.path.resolve() == path
            ),
            None,
        )
        if own is not None:
            settings = msgspec.structs.replace(settings, sources=(own, *settings.sources))
        self._references[key] = Reference([self._read[path]], settings, source.prefix)
        return self._references[key]

    def options(self) -> tuple[Reference, Sections]:
        """Return the options of all sets as one reference, and what makes their sections.

        For formats that have no pages: references resolve as on the book's pages.
        """
        options: list[Option] = []
        for source in {part.source.path: part.source for part in self.sets}.values():
            reference = self._reference(source)
            settings = reference.settings
            declarations = Declarations(settings.sources, settings.revision)
            for option in reference.options:
                places = [Declaration(*declarations.shown(place)) for place in option.declarations]
                options.append(msgspec.structs.replace(option, declarations=tuple(places)))
        whole = Reference([reading.OptionSet(tuple(options))], self.settings.reference)
        # Of two sets, one may have what the other has: identifiers are those of the sets.
        whole.diagnostics[:] = [found for part in self.sets for found in part.reference.diagnostics]
        return whole, whole.resolved_by(self.references("").resolve)

    def _option_parts(self) -> list[OptionPart]:
        parts = []
        folders: set[str] = {self.outline.pages[0].stem}
        for option_list in self.outline.option_lists:
            reference = self._reference(option_list.source)
            folder = ""
            if len(reference.options) > tree.LARGEST_PAGE and self.settings.chunk != "one":
                wanted = option_list.division.page.stem
                wanted = "options" if wanted in folders else wanted
                folder, number = wanted, 1
                while folder in folders:
                    number += 1
                    folder = f"{wanted}-{number}"
                folders.add(folder)
            parts.append(OptionPart(option_list, reference, folder))
            self.diagnostics.extend(reference.diagnostics)
        return parts

    def _judged(self, found: Diagnostic) -> Diagnostic:
        """Return a diagnostic of a chapter as bad as the settings have it."""
        if found.code is not Code.DANGLING_REFERENCE:
            return found
        return msgspec.structs.replace(found, severity=self.settings.dangling)

    def _place_options(self) -> None:
        for part in self.sets:
            document = part.division.document
            for name, place in part.places():
                if name not in self.places:
                    self.places[name] = place
                    continue
                self.diagnostics.append(
                    document.diagnostic(
                        Code.DUPLICATE_ID,
                        f"the identifier `{name}` exists already, on {self.places[name]}",
                        part.source.line,
                        "give this option set another id-prefix",
                        severity=Severity.ERROR,
                    )
                )
                break

    def _resolve(self) -> None:
        for page in self.outline.pages:
            references = self.references(page.name)
            for division in self.outline.divisions:
                if division.page is not page or not division.references:
                    continue
                found = Parsed([], references=[located.node for located in division.references])
                references.resolve(found)
                document = division.document
                self.diagnostics.extend(
                    self._judged(
                        msgspec.structs.replace(
                            entry, file=document.name, included_from=document.chain
                        )
                    )
                    for entry in found.diagnostics
                )

    def _check_files(self) -> None:
        """Diagnose links to files beside the manual that are no pages of it."""
        documents = {
            division.document.path: division for division in reversed(self.outline.divisions)
        }
        for path, division in reversed(documents.items()):
            document = division.document
            for place, address in document.chapter.files:
                name, _, anchor = unquote(address.partition("?")[0]).partition("#")
                page = os.path.normpath(redirects.canonical(name))
                # Where an identifier stands elsewhere, its old pages lead to it.
                if page in self.pages and (not anchor or anchor in self.places):
                    continue
                if page in self.served.pages or page in self.served.anchors:
                    continue
                if page in {*ASSETS, inventory.NAME}:
                    continue
                other = documents.get(Path(os.path.normpath(path.parent / name)))
                self.diagnostics.append(
                    Diagnostic(
                        code=Code.DANGLING_REFERENCE,
                        message=f"nothing on `{page}` has the identifier `{anchor}`"
                        if page in self.pages
                        else f"the manual has no page `{address}`",
                        file=document.name,
                        included_from=document.chain,
                        **place._asdict(),
                        help=f"write (#{other.identifier})"
                        if other is not None
                        else "write (#identifier) for a place in the manual, or the whole "
                        "address of what lies elsewhere",
                    )
                )
