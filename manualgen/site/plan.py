"""The plan of a site: its pages, their content, and the page of every identifier.

A plan is a function of a manual and of the settings of a site. Navigation, inventory and
old addresses are functions of the plan. Its pages can be rendered in any order.

A path is that of a page's file, relative to the site's folder. An address is a path with a
fragment, ``page.html#id``, relative to the site's folder unless stated otherwise.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import msgspec

from manualgen.book import redirects
from manualgen.book.pages import FRONT, paginate
from manualgen.options import tree
from manualgen.options.model import join
from manualgen.site import checks
from manualgen.site.contents import Contents
from manualgen.site.navigation import (
    OPTIONS_FOLDER,
    Entry,
    MountPoint,
    Navigation,
    common,
    exists,
    title_of,
)
from manualgen.site.option_names import OptionNames
from manualgen.writers.html import fragment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from manualgen.book.manual import IncludedOptions, Manual
    from manualgen.book.model import Division
    from manualgen.book.pages import Page, Pages
    from manualgen.book.references import PageLinks
    from manualgen.book.settings import SiteSettings
    from manualgen.errors import Diagnostic


class ChapterBody(msgspec.Struct, frozen=True, eq=False):
    """Divisions of a manual as the body of a page."""

    page: Page


class OptionBody(msgspec.Struct, frozen=True, eq=False):
    """Options as the body of a page.

    Attributes:
        number: the index of their set among those of the manual.
        page: the options of the set that are on the page.
    """

    number: int
    page: tree.Page


class SitePage(msgspec.Struct, frozen=True, eq=False):
    """A page of a site.

    Attributes:
        path: its path.
        title: its title as plain text.
        ids: the identifiers of the divisions and options on it.
        breadcrumbs: its ancestors, the front page first, with addresses relative to it.
        previous, next, up: the previous and the next page and its parent, with addresses
            relative to it; None where there is none.
        body: its content.
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
        """The site's folder, relative to the page: ``""`` or ``"../"``."""
        return "../" * self.path.count("/")


class OptionPlacement(msgspec.Struct, frozen=True, eq=False):
    """The pages that the options of a set are on.

    Attributes:
        included: the set.
        home: the path of the page that includes it.
        folder: the folder of its option pages; "" where its options are on ``home``.
        pages: its option pages, parents first; the front page alone, where that has its options.
        navigation: their navigation.
        names: the names of the options, for the index of their pages.
    """

    included: IncludedOptions
    home: str
    folder: str = ""
    pages: tuple[tree.Page, ...] = ()
    navigation: Navigation | None = None
    names: OptionNames | None = None

    def page_paths(self) -> Iterator[tuple[str, str]]:
        """Yield each identifier of the set, with the path of its page."""
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
        """Return the path of one of its option pages."""
        if not self.folder:
            return self.home
        return f"{self.folder}/{page.stem}.html"


class SitePlan:
    """The pages of a site, and the page of every identifier of its manual.

    Attributes:
        manual: the manual.
        settings: the settings of the site.
        placements: the pages of the options of each set.
        page_paths: identifier → path of its page.
        paths: the paths of all pages.
        chapter_pages: the pages of its chapters; None if it has no chapters.
        contents: the tables of contents of its chapters; None likewise.
        pages: all pages in order, those of options after those of chapters.
        served: what old addresses lead to.
        diagnostics: the problems of redirects and of links to files.
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
            settings: the settings of the site; by default those of the manual.
            with_redirects: whether to read and check the file of redirects.

        Raises:
            ManualError: if the file of redirects cannot be read.
        """
        settings = settings or manual.settings.site
        self.manual = manual
        self.settings = settings
        self.diagnostics: list[Diagnostic] = []
        self.chapter_pages: Pages | None = None
        self.contents: Contents | None = None
        self._pages_before: dict[Division, Page] = {}
        self.served = redirects.Served()
        outline, labels = manual.outline, manual.labels
        if outline is None or labels is None:
            self.placements = [_only_placement(manual, included) for included in manual.sets]
            self.page_paths: dict[str, str] = {}
        else:
            self.chapter_pages = pages = paginate(outline.divisions, settings.chunk, settings.front)
            if settings.chunk == "chapter":
                before = paginate(outline.divisions, "file", settings.front)
                self._pages_before = before.page_of
            self.diagnostics += pages.diagnostics
            self.contents = Contents(outline, labels, pages, alone=settings.chunk == "one")
            self.placements = self._placements(self.contents)
            self.page_paths = {
                name: pages.page_of[target.division].name
                for name, target in outline.targets.items()
            }
        for placement in self.placements:
            for name, path in placement.page_paths():
                self.page_paths.setdefault(name, path)
        self.paths = set(self.page_paths.values())
        self.pages = [*self._pages_of_chapters(), *self._pages_of_options()]
        if self.chapter_pages is not None:
            self.paths.update(page.name for page in self.chapter_pages.pages)
            if settings.redirects is not None and with_redirects:
                self._serve(settings.redirects)
            self.diagnostics += checks.links_to_files(self)

    @property
    def front(self) -> str:
        """The path of the first page, with its current name: never ``.xhtml``."""
        return FRONT if self.chapter_pages is None else self.chapter_pages.pages[0].name

    @property
    def has_index(self) -> bool:
        """Whether the front page is the index of pages of options, without chapters."""
        return self.chapter_pages is None and any(each.folder for each in self.placements)

    def page_of(self, division: Division) -> Page:
        """Return the page that a division is on."""
        assert self.chapter_pages is not None
        return self.chapter_pages.page_of[division]

    def address(self, path: str) -> Callable[[str], str]:
        """Return a function: identifier → its address, relative to a page.

        Args:
            path: the path of the page, or of a folder of pages, with a slash at its end.
        """
        folder = path.rpartition("/")[0]
        return functools.partial(_address, self.page_paths, self._external_paths, path, folder)

    def links(self, path: str, included: IncludedOptions | None = None) -> PageLinks:
        """Return what the references on a page lead to; arguments as of :meth:`address`.

        Args:
            path: the path of the page, or of a folder of pages.
            included: the set whose options are on it, if any; they take precedence.
        """
        return self.manual.links(self.address(path), included, self.settings.externals)

    @functools.cached_property
    def _external_paths(self) -> dict[str, str]:
        """Identifier of an option of another site → the path of its page."""
        return {external.id: external.path for external in self.settings.externals.values()}

    # ─── redirects ───

    @functools.cached_property
    def targets_before(self) -> dict[str, list[str]]:
        """Path of a page → identifiers of chapters that were on it before these had own pages."""
        outline, found = self.manual.outline, dict[str, list[str]]()
        if outline is not None and self._pages_before:
            for name, target in outline.targets.items():
                path = self._pages_before[target.division].name
                if path != self.page_paths[name]:
                    found.setdefault(path, []).append(name)
        return found

    def page_before(self, division: Division) -> str:
        """Return the path of the page that a division was on before chapters had own pages."""
        return self._pages_before.get(division, self.page_of(division)).name

    @property
    def current_addresses(self) -> dict[str, str]:
        """Identifier → address, except those of options and of included option sets."""
        outline = self.manual.outline
        if outline is None:
            return {}
        lists = {option_list.identifier for option_list in outline.option_lists}
        return {
            name: f"{self.page_paths[name]}#{name}" for name in outline.targets if name not in lists
        }

    def option_addresses(self) -> dict[str, tuple[str, str]]:
        """Return identifier → addresses, for all options.

        The first is that of the option, the second is on the page that includes its set, and
        leads to the first.
        """
        return {
            name: (f"{self.page_paths[name]}#{name}", f"{placement.home}#{name}")
            for placement in self.placements
            for name in (
                *placement.included.catalog.ids,
                *placement.included.catalog.anchors,
            )
        }

    def check_redirects(self, table: redirects.Table, file: str) -> list[Diagnostic]:
        """Check a table of redirects; return a diagnostic for each problem.

        Args:
            table: the table.
            file: the name of its file, for messages.
        """
        outline = self.manual.outline
        targets = {} if outline is None else outline.targets
        return redirects.check(
            table,
            self.current_addresses,
            self.paths,
            {name: target.location for name, target in targets.items()},
            file,
            self.settings.command_line,
            self.option_addresses(),
        )

    def _serve(self, path: Path) -> None:
        table = redirects.read(path, self.settings.command_line)
        self.diagnostics += self.check_redirects(table, str(path))
        self.served = redirects.serve(
            table, self.current_addresses, self.paths, self.option_addresses()
        )

    # ─── pages of chapters ───

    def _placements(self, contents: Contents) -> list[OptionPlacement]:
        assert self.chapter_pages is not None
        placements = []
        folders: set[str] = {self.chapter_pages.pages[0].stem}
        for included in self.manual.sets:
            assert included.division is not None
            home = self.page_of(included.division)
            catalog = included.catalog
            if len(catalog.options) <= tree.LARGEST_PAGE or self.settings.chunk == "one":
                placements.append(OptionPlacement(included, home.name))
                continue
            stem = "options" if home.stem in folders else home.stem
            folder, number = stem, 1
            while folder in folders:
                number += 1
                folder = f"{stem}-{number}"
            folders.add(folder)
            navigation = Navigation(
                catalog.pages,
                self.manual.title,
                catalog.options,
                catalog.ids,
                self._mount_point(included.division, folder, contents),
            )
            names = OptionNames(catalog.pages[0], catalog.options, catalog.ids, folder)
            placements.append(
                OptionPlacement(
                    included, home.name, folder, tuple(catalog.pages), navigation, names
                )
            )
        return placements

    def _mount_point(self, division: Division, folder: str, contents: Contents) -> MountPoint:
        crumbs = [
            Entry(entry.title, f"../{entry.href}")
            for entry in self._breadcrumbs(division, contents)
        ]
        entry = Entry(contents.title(division), f"../{self.page_of(division).name}")
        return MountPoint(folder, (*crumbs, entry), contents.tree_halves(division, "../"))

    def _breadcrumbs(self, division: Division, contents: Contents) -> tuple[Entry, ...]:
        crumbs: list[Entry] = []
        ancestor = division.parent
        while ancestor is not None:
            if ancestor.kind == "book":
                crumbs.append(Entry(self.manual.title, self.front))
            else:
                crumbs.append(Entry(contents.numbered(ancestor), contents.address(ancestor)))
            ancestor = ancestor.parent
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
            ids = placement.included.catalog.ids
            for page in placement.pages:
                if navigation is None:
                    body = OptionBody(number, page)
                    title = self.manual.title
                    yield SitePage(FRONT, title, tuple(ids), (), None, None, None, body)
                    continue
                if not exists(page):
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


def _address(
    page_paths: Mapping[str, str],
    external_paths: Mapping[str, str],
    path: str,
    folder: str,
    identifier: str,
) -> str:
    """Return the address of an identifier, relative to a page; see :meth:`SitePlan.address`."""
    page = page_paths.get(identifier) or external_paths[identifier]
    if page == path:
        return f"#{fragment(identifier)}"
    if folder:
        is_below = page.startswith(f"{folder}/")
        page = page[len(folder) + 1 :] if is_below else f"../{page}"
    return f"{page}#{fragment(identifier)}"


def _only_placement(manual: Manual, included: IncludedOptions) -> OptionPlacement:
    """Return the placement of options without chapters: on the front page, or in a folder."""
    catalog = included.catalog
    if (count := len(catalog.options)) <= tree.LARGEST_PAGE:
        prefix = common([option.loc for option in catalog.options]) if count else ()
        page = tree.Page(prefix, list(range(count)), total=count, title=join(prefix))
        return OptionPlacement(included, FRONT, "", (page,))
    navigation = Navigation(catalog.pages, manual.title, catalog.options, catalog.ids)
    names = OptionNames(catalog.pages[0], catalog.options, catalog.ids, OPTIONS_FOLDER)
    return OptionPlacement(included, FRONT, OPTIONS_FOLDER, tuple(catalog.pages), navigation, names)
