"""A whole manual as HTML: chapters, references of options, and what leads from one to another."""

from __future__ import annotations

import contextlib
import json
import os
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec
from markupsafe import Markup

from manualgen import resources
from manualgen.book import images, inventory, redirects
from manualgen.book.outline import FRONT, Outline
from manualgen.book.references import OptionIndex, References
from manualgen.book.sources import Library
from manualgen.errors import Code, Diagnostic, ManualError, Severity
from manualgen.markup import chapter
from manualgen.markup.parsed import Parsed
from manualgen.options import reading, tree
from manualgen.options.declarations import Declarations
from manualgen.options.model import Declaration
from manualgen.site import files, workers
from manualgen.site.contents import Contents
from manualgen.site.html import ASSETS, GENERATOR, Built, Look, _Site, environment
from manualgen.site.navigation import Entry, Place, listed
from manualgen.site.reference import Reference, Settings
from manualgen.writers import highlight
from manualgen.writers.html import HtmlWriter, fragment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Executor

    from docutils import nodes as docutils_nodes
    from docutils.nodes import Element

    from manualgen.book.outline import Division, OptionList, Page
    from manualgen.book.sources import OptionSource
    from manualgen.markup import nodes
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
        without_redirects: bool = False,
    ) -> None:
        """Read a manual.

        Args:
            manual: its first file; without one, it is the option sets alone.
            settings: what else is known of it.
            folder: the manual's own folder, by default the one that the first file lies in.
            jobs: how many processes read it; more than two are none too few.
            without_redirects: leave the file of redirects unread.

        Raises:
            ManualError: if that file, or an option set, cannot be read.
        """
        self.settings = settings
        library = Library(manual, settings.roots, folder)
        self._read: dict[Path, reading.OptionSet] = {}
        self._references: dict[tuple[Path, str], Reference] = {}
        if jobs > 1:
            self._read_ahead(library)
        document = library.book(settings.title or "Options")
        library.append(
            document, [(entry.path, entry.prefix, entry.title) for entry in settings.sets]
        )
        self.outline = Outline(document, settings.chunk, settings.front)
        self.pictures, unseen = images.gather(self.outline.divisions, library)
        self.diagnostics: list[Diagnostic] = [
            *library.diagnostics,
            *self.outline.diagnostics,
            *unseen,
        ]
        self.sets = self._option_parts()
        self.places: dict[str, str] = {
            name: target.division.page.name for name, target in self.outline.targets.items()
        }
        lists = {name for found in self.outline.options for name in found.node["ids"]}
        self.current = {
            name: f"{page}#{name}" for name, page in self.places.items() if name not in lists
        }
        self.written = {name: target.place for name, target in self.outline.targets.items()}
        self._place_options()
        self._names = {
            name: option.name
            for part in self.sets
            for name, option in zip(part.reference.ids, part.reference.options, strict=True)
        }
        self._resolve()
        self.contents = Contents(self.outline, alone=settings.chunk == "one")
        self.title = settings.title or self.contents.title(self.outline.book)
        self.pages = {page.name for page in self.outline.pages} | set(self.places.values())
        self.served = redirects.Served()
        if settings.redirects is not None and not without_redirects:
            table = redirects.read(settings.redirects, settings.called)
            self.diagnostics.extend(self.check_redirects(table, str(settings.redirects)))
            options = self._places_of_options(table)
            self.served = redirects.serve(table, self.current, self.pages, options)
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
            self._places_of_options(table),
        )

    def option_places(self) -> dict[str, str]:
        """Return identifier → place (``page.html#id``) of all options."""
        return {
            name: f"{self.places[name]}#{name}"
            for part in self.sets
            for name in (*part.reference.ids, *part.reference.anchors)
        }

    def _places_of_options(self, table: redirects.Table) -> dict[str, tuple[str, ...]]:
        """Return identifier → places of the options in a table of redirects.

        An option with a page elsewhere can be said to stand where its set is included: a
        link to there leads to it.
        """
        homes = {
            name: part.home
            for part in self.sets
            for name in (*part.reference.ids, *part.reference.anchors)
            if name in table
        }
        return {
            name: (f"{self.places[name]}#{name}", f"{home}#{name}") for name, home in homes.items()
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
            titles=self.outline.title,
            sets=[(part.reference.prefix, part.reference.index) for part in self.sets],
        )

    def _read_ahead(self, library: Library) -> None:
        """Let another process parse the chapters, while the option sets are read here."""
        texts, sources = library.foreseen()
        if sum(map(len, texts)) < _WORTH_A_PROCESS:
            return
        chapters = workers.beside(lambda: list(map(chapter.parse, texts)))
        for source in sources:
            # What cannot be read is told of when it is known to be wanted.
            with contextlib.suppress(ManualError):
                if len(self._reference(source).options) > tree.LARGEST_PAGE:
                    self._reference(source).pages  # noqa: B018 - it is kept
        # The processes that write the pages inherit what is loaded here.
        environment(self.settings.theme).get_template(_TEMPLATE)
        if sources:
            highlight.html("{ }", "nix")
        library.parsed_ahead(zip(texts, chapters(), strict=True))

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
        for option_list in self.outline.options:
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
                if division.page is not page or not division.linked:
                    continue
                found = Parsed([], references=[placed.node for placed in division.linked])  # type: ignore[misc]
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


_TEMPLATE = "book.html"
_FEWEST_LISTED = 2
"""So many entries are worth a table of contents on a page, or below a heading."""
_WORTH_A_PROCESS = 50_000
"""So many characters of chapters take longer to parse than another process to begin."""


def build(
    book: Book,
    folder: Path,
    fails: Callable[[Iterable[Diagnostic]], object],
    jobs: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Built:
    """Write a book as pages into a folder, or nothing if anything in it makes the build fail.

    Args:
        book: the book.
        folder: created if need be. Files of the same names are replaced; only files of an
            earlier build are removed.
        fails: whether diagnostics make the build fail; what was there then stays as it was.
        jobs: how many processes render pages.
        executor: renders them instead.
        progress: is told how many pages of how many are done.

    Returns:
        What was made; no pages if the build failed.

    Raises:
        ManualError: if the folder cannot be written.
    """
    diagnostics = list(book.diagnostics)
    if fails(diagnostics):
        return Built(0, 0, diagnostics)
    with files.Staging(folder) as staging:
        site = _BookSite(book, staging)
        size = done = 0
        shards = site.shards(jobs)
        total = sum(len(shard[1]) for shard in shards)
        work = workers.spread(site.write, shards, jobs, executor)
        beside = [*site.old_pages(), (inventory.NAME, site.inventory())]
        for results, found in work:
            for name, new, length in results:
                staging.register(name, new=new)
                size += length
            done += len(results)
            diagnostics.extend(found)
            if progress is not None:
                progress(done, total)
        if fails(diagnostics):
            staging.abandon()
            return Built(0, 0, diagnostics)
        for name in ASSETS:
            size += staging.add(name, resources.text(name, book.settings.theme).encode())
        for picture in book.pictures:
            size += staging.add(picture.name, picture.data)
        for name, data in beside:
            size += staging.add(name, data)
    return Built(done, size, diagnostics)


_Shard = tuple[int, "Sequence[Any]"]
"""Which set (-1 for the book's own pages), and the pages to write."""


class _BookSite:
    """All that the pages of a book share."""

    def __init__(self, book: Book, staging: files.Staging, *, alone: bool = False) -> None:
        self._book = book
        self._staging = staging
        self._alone = alone
        self._templates = environment(book.settings.theme)
        self._template = self._templates.get_template(_TEMPLATE)
        self._look = Look(
            title=book.title, version=book.settings.version, theme=book.settings.theme
        )
        self._writer = HtmlWriter()
        self._writer.option_list = self._option_list
        self._writer.contents = self._contents
        self._sections: list[Sections] = []
        self._sites: dict[int, _Site] = {}
        self._branches: list[tuple[str, list[Entry]]] = []
        self._shown: list[str] = []
        self._pages = {page.name: page for page in book.outline.pages}
        for number, part in enumerate(book.sets):
            here = f"{part.folder}/" if part.folder else part.home
            sections = part.reference.resolved_by(book.references(here, part).resolve)
            self._sections.append(sections)
            if part.folder:
                self._sites[number] = _Site(
                    part.reference,
                    self._look,
                    staging,
                    Place(
                        part.folder,
                        self._above(part),
                        book.contents.around(part.division, "../"),
                    ),
                    sections,
                )

    def _above(self, part: OptionPart) -> tuple[Entry, ...]:
        contents = self._book.contents
        crumbs = [
            Entry(entry.title, f"../{entry.href}") for entry in self._breadcrumbs(part.division)
        ]
        return (*crumbs, Entry(contents.title(part.division), f"../{part.home}"))

    def shards(self, jobs: int) -> list[_Shard]:
        """Return the pages, cut into pieces of work; the book's own first."""
        pages = self._book.outline.pages
        # The front page may hold most of the book.
        found: list[_Shard] = [(-1, pages[:1])]
        found += [
            (-1, pages[part.start + 1 : part.stop + 1])
            for part in workers.cut(len(pages) - 1, jobs, 8)
        ]
        for number, site in self._sites.items():
            own = [page for page in site.pages if page.options]
            found += [
                (number, own[part.start : part.stop]) for part in workers.cut(len(own), jobs, 4)
            ]
        return found

    def write(self, shard: _Shard) -> tuple[list[tuple[str, bool, int]], list[Diagnostic]]:
        """Write pages into the stage; return name, newness and size of each, and diagnostics."""
        number, pages = shard
        if number >= 0:
            return self._sites[number].write_pages(pages)
        results = []
        for page in pages:
            data = self._page(page)
            results.append((page.name, self._staging.put(page.name, data), len(data)))
        return results, self._found()

    def alone(self) -> tuple[bytes, list[Diagnostic]]:
        """Return the one page of a book, pictures and style in it, and what is wrong with it."""
        data = self._page(self._book.outline.pages[0])
        for picture in self._book.pictures:
            kind = _MEDIA_TYPES[picture.name.rpartition(".")[2]]
            inlined = b"data:" + kind + b";base64," + b64encode(picture.data)
            data = data.replace(
                f'<img src="{picture.name}"'.encode(), b'<img src="' + inlined + b'"'
            )
        return data, self._found()

    def _found(self) -> list[Diagnostic]:
        found = []
        for sections in self._sections:
            found.extend(sections.take_diagnostics())
        return found

    # ─── a page of the book ───

    def _page(self, page: Page) -> bytes:
        book = self._book
        contents = book.contents
        root = page.divisions[0]
        on_page = [division for division in book.outline.divisions if division.page is page]
        ids = [division.identifier for division in on_page]
        for part in book.sets:
            if part.home == page.name and not part.folder:
                ids.extend(part.reference.ids)
        writer = self._writer
        writer.start_page(["page-content", "page-tree", *ids])
        self._branches = []
        front = page.name == book.front
        # In the order of reading: footnotes are numbered, and know their references.
        heading = self._heading(root)
        subtitle = self._inline(root.subtitle) if root.subtitle else ""
        blocks = root.section(1, page).children[1:]
        # A front page says what the manual is before it says what is in it.
        first = len(root.blocks) if front and not root.holds_options else 0
        opening = writer.chapter(blocks[:first])
        content = writer.chapter(blocks[first:])
        for other in page.divisions[1:]:
            content += writer.chapter([other.section(2, page)])
        pages = book.outline.pages
        position = next(index for index, known in enumerate(pages) if known is page)
        depth = book.settings.toc_depth if front else book.settings.chapter_toc_depth
        entries = contents.below(root, depth)
        title = contents.title(root)
        return self._template.render(
            title=book.title if front else title,
            site_title=book.title,
            version=book.settings.version,
            stylesheet=None if self._alone else "style.css",
            inline_style=resources.text("style.css", self._look.theme) if self._alone else "",
            generator=book.settings.generator,
            root="",
            home=None if self._alone else book.front,
            breadcrumbs=self._breadcrumbs(root),
            tree=listed(contents.tree(page), page.name),
            previous=self._entry(pages[position - 1]) if position else None,
            next=self._entry(pages[position + 1]) if position + 1 < len(pages) else None,
            up=self._entry(root.parent.page) if root.parent is not None else None,
            heading=heading,
            heading_is_path=False,
            count=None,
            subtitle=subtitle,
            opening=opening,
            contents=entries if front or len(entries) >= _FEWEST_LISTED else (),
            exhibits=contents.exhibits() if front else [],
            parts=self._cut(content),
            routes_json="" if self._alone else self._routes(page),
            branches=[],
        ).encode()

    def _heading(self, root: Division) -> Markup:
        label = Markup('<span class="number">{}.</span> ').format(root.label) if root.label else ""
        shown = self._inline(root.title)
        if not root.identifier:
            return Markup("{}{}").format(label, shown)
        return Markup('<span id="{}">{}{}</span>').format(root.identifier, label, shown)

    def _contents(self, section: docutils_nodes.section) -> str:
        """Return the contents of a division that shares its page with others."""
        if not section["ids"]:
            return ""
        settings = self._book.settings
        division = self._book.outline.targets[section["ids"][0]].division
        is_section = division.kind == "section"
        depth = settings.section_toc_depth if is_section else settings.chapter_toc_depth
        entries = self._book.contents.below(division, depth)
        elsewhere = any(child.page is not division.page for child in division.children)
        if len(entries) < (1 if elsewhere else _FEWEST_LISTED):
            return ""
        label = f"Contents of {self._book.contents.numbered(division)}"
        macros: Any = self._templates.get_template("toc.html").module
        return str(macros.toc(label, entries, shown=False))

    def _inline(self, node: Element) -> Markup:
        return Markup(self._writer.chapter(node.children))  # noqa: S704 - the writer escapes

    def _entry(self, page: Page) -> Entry:
        return Entry(self._book.contents.numbered(page.divisions[0]), page.name)

    def _breadcrumbs(self, division: Division) -> list[Entry]:
        contents = self._book.contents
        crumbs: list[Entry] = []
        above = division.parent
        while above is not None:
            if above.kind == "book":
                crumbs.append(Entry(self._book.title, self._book.front))
            else:
                crumbs.append(Entry(contents.numbered(above), contents.address(above)))
            above = above.parent
        return crumbs[::-1]

    def _option_list(self, node: nodes.option_list) -> str:
        number = node["index"]
        part = self._book.sets[number]
        site = self._sites.get(number)
        if site is not None:
            self._branches.append((_here(number), site._navigation.branches()))
            return _here(number)
        sections = self._sections[number]
        count = len(part.reference.options)
        shown = [f'<h2 class="option-count">{count:,} option{"" if count == 1 else "s"}</h2>\n']
        shown += [
            self._writer.section(sections.section(option, name))
            for option, name in zip(part.reference.options, part.reference.ids, strict=True)
        ]
        return "".join(shown)

    def _cut(self, content: str) -> list[tuple[str, list[Entry]]]:
        parts = []
        for mark, branches in self._branches:
            before, _, content = content.partition(mark)
            parts.append((before, branches))
        return [*parts, (content, [])]

    def _routes(self, page: Page) -> str:
        sets = [
            [
                part.reference.prefix,
                f"{part.folder}/",
                {
                    key: found.stem
                    for key, found in tree.routes(
                        part.reference.ids,
                        [found for found in part.pages if found.options],
                        part.reference.prefix,
                    ).items()
                },
            ]
            for part in self._book.sets
            if part.folder and page.name in {part.home, self._book.front}
        ]
        exact: dict[str, str] = {}
        if page.name == self._book.front:
            # A book that once was one page had all its identifiers here.
            exact = {
                name: f"{target.division.page.name}#{fragment(name)}"
                for name, target in self._book.outline.targets.items()
                if target.division.page is not page
            }
        exact.update(self._book.served.anchors.get(page.name, {}))
        if not sets and not exact:
            return ""
        # What stands here is not looked for among the options, whatever it is called.
        prefixes = tuple(part.reference.prefix for part in self._book.sets)
        own = [
            name
            for name, target in self._book.outline.targets.items()
            if target.division.page is page and sets and name.startswith(prefixes)
        ]
        return _script_json({"exact": exact, "own": own, "sets": sets})

    # ─── what stood elsewhere ───

    def old_pages(self) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of the files that lead from places of former times."""
        titles = {
            page.name: self._book.contents.title(page.divisions[0])
            for page in self._book.outline.pages
        }
        served = self._book.served
        old = {page.old_name: page.name for page in self._book.outline.pages if page.old_name}
        for name, place in {**served.pages, **old}.items():
            page = place.partition("#")[0]
            up = "../" * name.count("/")
            routes = {anchor: f"{up}{new}" for anchor, new in served.anchors.get(name, {}).items()}
            yield (
                name,
                self._templates.get_template("elsewhere.html")
                .render(
                    title=titles.get(page, self._book.title),
                    href=f"{up}{place}",
                    page=f"{up}{page}",
                    routes_json=_script_json(routes),
                )
                .encode(),
            )
        if served.pages:
            lines = [f"/{name} /{place} 301\n" for name, place in sorted(served.pages.items())]
            yield "_redirects", "".join(lines).encode()

    def inventory(self) -> bytes:
        """Return the inventory of all options and sections."""
        book = self._book
        items = [
            inventory.Item("nix:option", option.name, f"{book.places[name]}#{fragment(name)}")
            for part in book.sets
            for name, option in zip(part.reference.ids, part.reference.options, strict=True)
        ]
        for name, target in book.outline.targets.items():
            title = book.outline.title(name)
            shown = title.hint if title is not None else ""
            items.append(
                inventory.Item(
                    "std:label",
                    name,
                    f"{target.division.page.name}#{fragment(name)}",
                    shown or book.contents.title(target.division),
                )
            )
        return inventory.encode(book.title, book.settings.version, items)


_MEDIA_TYPES = {
    "png": b"image/png",
    "jpg": b"image/jpeg",
    "gif": b"image/gif",
    "webp": b"image/webp",
    "avif": b"image/avif",
    "svg": b"image/svg+xml",
}


def _script_json(value: object) -> str:
    shown = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return shown.replace("<", "\\u003c")


def _here(number: int) -> str:
    # No text can hold it: every "<" of a text is escaped.
    return f"<!--options {number}-->"


def build_single(book: Book, path: Path, fails: Callable[[Iterable[Diagnostic]], object]) -> Built:
    """Write a book of one page as one self-contained file; arguments as of :func:`build`.

    Raises:
        ManualError: if the file cannot be written.
    """
    diagnostics = list(book.diagnostics)
    if fails(diagnostics):
        return Built(0, 0, diagnostics)
    site = _BookSite(book, files.Staging(path.parent), alone=True)
    data, found = site.alone()
    diagnostics.extend(found)
    if fails(diagnostics):
        return Built(0, 0, diagnostics)
    files.write(path, data)
    return Built(1, len(data), diagnostics)
