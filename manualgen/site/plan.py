"""The plan of a site: its pages, what stands on each, and where every identifier is.

A plan is a function of a manual and of the settings of a site. Navigation,
inventory and old addresses are functions of the plan; pages are rendered by it,
alone and in any order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.book import redirects
from manualgen.book.pages import FRONT, paginate
from manualgen.options import tree
from manualgen.site import checks
from manualgen.site.contents import Contents
from manualgen.site.navigation import (
    OPTIONS_FOLDER,
    Entry,
    MountPoint,
    Navigation,
    title_of,
)
from manualgen.writers.html import fragment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from manualgen.book.manual import IncludedOptions, Manual
    from manualgen.book.model import Division
    from manualgen.book.pages import Page, Pages
    from manualgen.book.settings import SiteSettings
    from manualgen.errors import Diagnostic


class ChapterBody(msgspec.Struct, frozen=True, eq=False):
    """Divisions of a manual as the body of a page."""

    page: Page


class OptionBody(msgspec.Struct, frozen=True, eq=False):
    """Options as the body of a page.

    Attributes:
        number: which set they are of.
        page: which of its options.
    """

    number: int
    page: tree.Page


class SitePage(msgspec.Struct, frozen=True, eq=False):
    """A page of a site.

    Attributes:
        path: its file, below the site's folder.
        title: its title as plain text.
        ids: the identifiers of the divisions and options on it.
        breadcrumbs: the pages above it, the front page first; addresses are as it writes them.
        previous, next, up: its neighbours, where it has any.
        body: what stands on it.
    """

    path: str
    title: str
    ids: tuple[str, ...]
    breadcrumbs: tuple[Entry, ...]
    previous: Entry | None
    next: Entry | None
    up: Entry | None
    body: ChapterBody | OptionBody

    @property
    def root(self) -> str:
        """How the page writes the site's folder: ``""`` or ``"../"``."""
        return "../" * self.path.count("/")


class OptionPlacement(msgspec.Struct, frozen=True, eq=False):
    """Where the options of a set stand.

    Attributes:
        included: the set.
        home: the page that includes it.
        folder: the folder of its own pages; "" where its options stand on ``home``.
        pages: those pages, parents first.
        navigation: the tree of those pages.
    """

    included: IncludedOptions
    home: str
    folder: str = ""
    pages: tuple[tree.Page, ...] = ()
    navigation: Navigation | None = None

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield each identifier of the set with the path of its page."""
        catalog = self.included.catalog
        if not self.folder:
            for name in (*catalog.ids, *catalog.anchors):
                yield name, self.home
            return
        page_of: dict[int, str] = {}
        for page in self.pages:
            path = self.path(page)
            for index in page.options:
                page_of[index] = path
                yield catalog.ids[index], path
        for anchor, index in catalog.anchors.items():
            yield anchor, page_of[index]

    def path(self, page: tree.Page) -> str:
        """Return the path of one of its pages."""
        return f"{self.folder}/{page.stem}.html"


class SitePlan:
    """The pages of a site, and where every identifier of its manual stands.

    Attributes:
        manual: the manual.
        settings: what the site is made with.
        placements: where the options of each set stand.
        places: identifier → path of its page.
        paths: the paths of all pages.
        chapter_pages: the pages that its chapters are divided into; None where there are none.
        contents: the tables of contents of chapters; None where there are none.
        pages: the pages, in the order of reading; those of options after those of chapters.
        served: what old places lead to.
        diagnostics: what is wrong with redirects and with links to files.
    """

    def __init__(
        self,
        manual: Manual,
        settings: SiteSettings | None = None,
        *,
        with_redirects: bool = True,
    ) -> None:
        """Plan a site.

        Args:
            manual: the manual.
            settings: what the site is made with; by default the manual's own.
            with_redirects: whether the file of redirects is read and checked.

        Raises:
            ManualError: if the file of redirects cannot be read.
        """
        settings = settings or manual.settings.site
        self.manual = manual
        self.settings = settings
        self.diagnostics: list[Diagnostic] = []
        self.chapter_pages: Pages | None = None
        self.contents: Contents | None = None
        self.served = redirects.Served()
        outline, labels = manual.outline, manual.labels
        if outline is None or labels is None:
            self.placements = [_only_placement(manual, included) for included in manual.sets]
            self.places: dict[str, str] = {}
        else:
            self.chapter_pages = pages = paginate(outline.divisions, settings.chunk, settings.front)
            self.diagnostics += pages.diagnostics
            self.contents = Contents(outline, labels, pages, alone=settings.chunk == "one")
            self.placements = self._placements(self.contents)
            self.places = {
                name: pages.page_of[target.division].name
                for name, target in outline.targets.items()
            }
        for placement in self.placements:
            for name, path in placement.places():
                self.places.setdefault(name, path)
        self.paths = set(self.places.values())
        self.pages = [*self._pages_of_chapters(), *self._pages_of_options()]
        if self.chapter_pages is not None:
            self.paths.update(page.name for page in self.chapter_pages.pages)
            if settings.redirects is not None and with_redirects:
                self._serve(settings.redirects)
            self.diagnostics += checks.links_to_files(self)

    @property
    def front(self) -> str:
        """The path of the first page, as it is written: never ``.xhtml``."""
        return FRONT if self.chapter_pages is None else self.chapter_pages.pages[0].name

    def page_of(self, division: Division) -> Page:
        """Return the page that a division stands on."""
        assert self.chapter_pages is not None
        return self.chapter_pages.page_of[division]

    def address(self, path: str) -> Callable[[str], str]:
        """Return what gives the address of an identifier, as links on a page write it.

        Args:
            path: the page, or the folder of several pages with a slash at its end.
        """
        places = self.places
        folder = path.rpartition("/")[0]

        def address(identifier: str) -> str:
            page = places[identifier]
            if page == path:
                return f"#{fragment(identifier)}"
            if folder:
                own = page.startswith(f"{folder}/")
                page = page[len(folder) + 1 :] if own else f"../{page}"
            return f"{page}#{fragment(identifier)}"

        return address

    # ─── redirects ───

    @property
    def current(self) -> dict[str, str]:
        """Identifier → place (``page.html#id``), but for those of options and their lists."""
        outline = self.manual.outline
        if outline is None:
            return {}
        lists = {option_list.identifier for option_list in outline.option_lists}
        return {
            name: f"{self.places[name]}#{name}" for name in outline.targets if name not in lists
        }

    def option_places(self) -> dict[str, tuple[str, str]]:
        """Return identifier → places (``page.html#id``) of all options.

        The first is where it stands, the second where its set is included: a link to there
        leads to it.
        """
        return {
            name: (f"{self.places[name]}#{name}", f"{placement.home}#{name}")
            for placement in self.placements
            for name in (
                *placement.included.catalog.ids,
                *placement.included.catalog.anchors,
            )
        }

    def check_redirects(self, table: redirects.Table, file: str) -> list[Diagnostic]:
        """Return what is wrong with a table of redirects.

        Args:
            table: the table.
            file: the name of its file, for readers.
        """
        outline = self.manual.outline
        defined = {} if outline is None else outline.targets
        return redirects.check(
            table,
            self.current,
            self.paths,
            {name: target.location for name, target in defined.items()},
            file,
            self.settings.command_line,
            self.option_places(),
        )

    def _serve(self, path: Path) -> None:
        table = redirects.read(path, self.settings.command_line)
        self.diagnostics += self.check_redirects(table, str(path))
        self.served = redirects.serve(table, self.current, self.paths, self.option_places())

    # ─── pages of chapters ───

    def _placements(self, contents: Contents) -> list[OptionPlacement]:
        assert self.chapter_pages is not None
        found = []
        folders: set[str] = {self.chapter_pages.pages[0].stem}
        for included in self.manual.sets:
            assert included.division is not None
            home = self.page_of(included.division)
            catalog = included.catalog
            if len(catalog.options) <= tree.LARGEST_PAGE or self.settings.chunk == "one":
                found.append(OptionPlacement(included, home.name))
                continue
            wanted = "options" if home.stem in folders else home.stem
            folder, number = wanted, 1
            while folder in folders:
                number += 1
                folder = f"{wanted}-{number}"
            folders.add(folder)
            navigation = Navigation(
                catalog.pages,
                self.manual.title,
                catalog.options,
                catalog.ids,
                self._mount_point(included.division, folder, contents),
            )
            found.append(
                OptionPlacement(included, home.name, folder, tuple(catalog.pages), navigation)
            )
        return found

    def _mount_point(self, division: Division, folder: str, contents: Contents) -> MountPoint:
        crumbs = [
            Entry(entry.title, f"../{entry.href}")
            for entry in self._breadcrumbs(division, contents)
        ]
        own = Entry(contents.title(division), f"../{self.page_of(division).name}")
        return MountPoint(folder, (*crumbs, own), contents.tree_halves(division, "../"))

    def _breadcrumbs(self, division: Division, contents: Contents) -> tuple[Entry, ...]:
        crumbs: list[Entry] = []
        above = division.parent
        while above is not None:
            if above.kind == "book":
                crumbs.append(Entry(self.manual.title, self.front))
            else:
                crumbs.append(Entry(contents.numbered(above), contents.address(above)))
            above = above.parent
        return tuple(crumbs[::-1])

    def _pages_of_chapters(self) -> Iterator[SitePage]:
        chapters, contents = self.chapter_pages, self.contents
        if chapters is None or contents is None:
            return
        ids: dict[int, list[str]] = {id(page): [] for page in chapters.pages}
        for division, page in chapters.page_of.items():
            ids[id(page)].append(division.identifier)
        options: dict[str, list[str]] = {}
        for placement in self.placements:
            if not placement.folder:
                options.setdefault(placement.home, []).extend(placement.included.catalog.ids)
        entries = [
            Entry(contents.numbered(page.divisions[0]), page.name) for page in chapters.pages
        ]
        for position, page in enumerate(chapters.pages):
            first = page.divisions[0]
            up = self.page_of(first.parent) if first.parent is not None else None
            yield SitePage(
                page.name,
                contents.title(first),
                (*ids[id(page)], *options.get(page.name, ())),
                self._breadcrumbs(first, contents),
                entries[position - 1] if position else None,
                entries[position + 1] if position + 1 < len(entries) else None,
                Entry(contents.numbered(up.divisions[0]), up.name) if up is not None else None,
                ChapterBody(page),
            )

    # ─── pages of options ───

    def _pages_of_options(self) -> Iterator[SitePage]:
        for number, placement in enumerate(self.placements):
            navigation = placement.navigation
            if navigation is None:
                continue
            ids = placement.included.catalog.ids
            for page in placement.pages:
                if not page.options:
                    continue
                previous, following = navigation.neighbours(page)
                yield SitePage(
                    placement.path(page),
                    title_of(page),
                    tuple([ids[index] for index in page.options]),
                    tuple(navigation.breadcrumbs(page)),
                    previous,
                    following,
                    navigation.up(page),
                    OptionBody(number, page),
                )


def _only_placement(manual: Manual, included: IncludedOptions) -> OptionPlacement:
    """Return where options stand that are all of the manual: in pages below its front page."""
    catalog = included.catalog
    navigation = Navigation(catalog.pages, manual.title, catalog.options, catalog.ids)
    return OptionPlacement(included, FRONT, OPTIONS_FOLDER, tuple(catalog.pages), navigation)
