"""A site in memory: its files are made when they are asked for, of the sources as they are.

Nothing is written to a disk, and nothing is read from one but the sources: what is no file of
the site cannot be had.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from manualgen.book import inventory
from manualgen.book.memory import Memory
from manualgen.errors import Diagnostic, ManualError, Severity, failing
from manualgen.site import checks, intersphinx, routes, search_index
from manualgen.site.html import PageRenderer
from manualgen.site.plan import SitePlan
from manualgen.site.records import digest
from manualgen.site.theme import ASSETS, asset, problems, template_error, templates

if TYPE_CHECKING:
    from manualgen.book.manual import IncludedOptions, Manual
    from manualgen.options.model import Option
    from manualgen.site.plan import SitePage

Load = Callable[[Memory], "Manual"]
"""Reads the manual, with what has been read of it earlier."""


class ServedFile(msgspec.Struct, frozen=True):
    """A file of the site as it is served.

    Attributes:
        data: its content.
        is_page: whether it is a page that shows problems and changes in place.
        problems: the problems of a page and of the manual.
    """

    data: bytes
    is_page: bool = False
    problems: tuple[Diagnostic, ...] = ()


class LiveSite:
    """A site that follows its sources. All methods can be called by any thread.

    Attributes:
        version: changes with the site.
        manual: the manual as it was last read without errors; None if it never was.
    """

    def __init__(self, load: Load) -> None:
        """Begin without a manual.

        Args:
            load: reads the manual.
        """
        self._load = load
        self._memory = Memory()
        self._lock = threading.Lock()
        self._files: _Files | None = None
        self._problems: list[Diagnostic] = []
        self._of_templates: list[Diagnostic] = []
        self.version = 0
        self.manual: Manual | None = None

    def update(self, *, with_modules: bool = True, with_templates: bool = True) -> list[Diagnostic]:
        """Read the manual again; if that fails, the site stays as it is.

        Args:
            with_modules: whether its modules are evaluated again.
            with_templates: whether the templates of its theme are read again.

        Returns:
            What is wrong with the manual and its templates, but for the texts of its options.
        """
        with self._lock:
            if with_modules:
                self._memory.forget_modules()
            if with_templates:
                templates.cache_clear()
            try:
                manual = self._load(self._memory)
                files = _Files(SitePlan(manual), self.version + 1, self._files)
            except ManualError as error:
                self._problems = [error.diagnostic]
            else:
                self._problems = files.diagnostics
                is_kept = self._files is not None and manual.outline is not None
                if not (is_kept and failing(self._problems)):
                    self.manual, self._files = manual, files
            if with_templates:
                self._of_templates = self._files.problems_of_templates() if self._files else []
            self.version += 1
            return list(dict.fromkeys([*self._problems, *self._of_templates]))

    @property
    def problems(self) -> list[Diagnostic]:
        """What was wrong when the manual was last read, but for the texts of its options."""
        return list(self._problems)

    @property
    def is_stale(self) -> bool:
        """Whether the site is that of an earlier version, since the sources have errors."""
        return self._files is None or self._files.version != self.version

    def file(self, path: str) -> ServedFile | None:
        """Return a file of the site; None if the site has no such file.

        Args:
            path: its path below the site's folder; that of a folder is that of its first page.
        """
        with self._lock:
            if self._files is None:
                return None
            if path.endswith("/") or not path:
                path += self._files.front if not path else "index.html"
            try:
                data, is_page, found = self._files.file(path)
            except KeyError:
                return None
            except ManualError as error:
                # Of a template; the last good page is in the browser.
                return ServedFile(b"", is_page=True, problems=(error.diagnostic,))
            return ServedFile(data, is_page=is_page, problems=(*self._problems, *found))

    @property
    def has_modules(self) -> bool:
        """Whether modules were evaluated for the manual."""
        return self._memory.has_modules

    @property
    def assets(self) -> tuple[str, str]:
        """The digests of the style sheet and of the scripts."""
        with self._lock:
            if self._files is None:
                return "", ""
            try:
                style, *scripts = [self._files.file(name)[0] for name in ASSETS]
            except ManualError:
                return "", ""
            return digest(style).hex(), digest(b"\0".join(scripts)).hex()

    def problems_of_options(self, known: int, count: int) -> tuple[list[Diagnostic], int]:
        """Return the problems of the texts of some options.

        Args:
            known: the number of options that have been looked at.
            count: how many more to look at, beside those whose problems are known already.

        Returns:
            The problems, and the number of options that have been looked at now; 0 if those
            were all.
        """
        with self._lock:
            if self._files is None:
                return [], 0
            return self._files.problems_of_options(known, count)


class _Files:
    """The files of one version of a site.

    Attributes:
        version: the version.
        front: the path of the first page.
        diagnostics: the problems of the manual, but for those of the texts of options.
    """

    def __init__(self, plan: SitePlan, version: int, earlier: _Files | None = None) -> None:
        self._plan = plan
        self._renderer = PageRenderer(plan)
        self._pages = {page.path: page for page in plan.pages}
        self._pictures = {picture.name: picture.data for picture in plan.manual.picture_files}
        self._known: dict[str, tuple[bytes, list[Diagnostic]]] = {}
        self._others: dict[str, bytes] | None = None
        self._index = search_index.SearchIndex(plan)
        self._checked: dict[str, tuple[Option, list[Diagnostic]]] = {}
        if earlier is not None and _finds_the_same(earlier._plan, plan):  # noqa: SLF001 - of this class
            self._checked = earlier._checked  # noqa: SLF001
        self.version = version
        self.front = plan.front
        self.diagnostics = [
            *plan.manual.diagnostics,
            *plan.diagnostics,
            *checks.names_in_inventory(plan),
        ]

    @functools.cached_property
    def _option_of(self) -> dict[str, tuple[IncludedOptions, int]]:
        """Identifier of each option → its set, and its index there."""
        return {
            name: (placement.included, index)
            for placement in self._plan.placements
            for index, name in enumerate(placement.included.catalog.ids)
        }

    @functools.cached_property
    def _ids(self) -> list[str]:
        return list(self._option_of)

    def file(self, path: str) -> tuple[bytes, bool, list[Diagnostic]]:
        """Return the content of a file, whether it is a page, and the problems of its texts.

        Raises:
            KeyError: if there is no such file.
            ManualError: if a template has an error.
        """
        page = self._pages.get(path)
        if page is not None:
            if path not in self._known:
                self._known[path] = self._rendered(page)
            return self._known[path][0], True, self._known[path][1]
        if path in ASSETS:
            if path not in self._known:
                self._known[path] = asset(path, self._plan.settings.theme).encode(), []
            return self._known[path][0], False, []
        if path in self._pictures:
            return self._pictures[path], False, []
        if path.startswith(f"{search_index.FOLDER}/"):
            return self._search(path), False, []
        if path == self._plan.front:
            return self._renderer.index(), True, []
        if self._others is None:
            self._others = dict(routes.old_pages(self._plan))
            self._others[inventory.NAME] = intersphinx.encoded(self._plan)
        return self._others[path], False, []

    def problems_of_templates(self) -> list[Diagnostic]:
        """Return what is wrong with the templates of a theme, as far as the first page shows it."""
        theme = self._plan.settings.theme
        if theme is None:
            return []
        found = problems(theme)
        try:
            self.file(self.front)
        except ManualError as error:
            found.append(error.diagnostic)
        return found

    def _rendered(self, page: SitePage) -> tuple[bytes, list[Diagnostic]]:
        self._renderer.take_diagnostics()
        try:
            data = self._renderer.page(page)
        except ManualError:
            raise
        except Exception as error:
            found = template_error(error)
            if found.file is None:
                raise
            raise ManualError(found) from error
        self._renderer.take_entries()
        return data, self._renderer.take_diagnostics()

    def _search(self, path: str) -> bytes:
        """Return a file of the search."""
        version = f"{self.version:08d}"
        if path == search_index.NAMES:
            return self._index.names(version)
        if path == search_index.WORDS:
            return self._index.words({name: self._entry(name) for name in self._option_of})
        stem = path.removeprefix(f"{search_index.FOLDER}/").removesuffix(".js")
        if not stem.isascii() or not stem.isdecimal() or int(stem) >= self._index.shards:
            raise KeyError(path)
        number = int(stem)
        return self._index.sentences(
            number, {name: self._entry(name) for name in self._index.ids_of(number)}
        )

    def _entry(self, name: str) -> tuple[str, str]:
        included, index = self._option_of[name]
        option = included.catalog.options[index]
        description = search_index.NO_DESCRIPTION
        if option.description is not None:
            blocks = included.sections.parse(option.description).blocks
            description = search_index.description_of_blocks(blocks)
        return search_index.entry_of_option(option, description)

    def problems_of_options(self, known: int, count: int) -> tuple[list[Diagnostic], int]:
        """Return the problems of some options; see :meth:`LiveSite.problems_of_options`."""
        found: list[Diagnostic] = []
        self._renderer.take_diagnostics()
        while known < len(self._ids) and count:
            name = self._ids[known]
            known += 1
            included, index = self._option_of[name]
            option = included.catalog.options[index]
            checked, problems = self._checked.get(name, (None, []))
            if checked is not option:
                included.sections.section(option, name)
                problems = self._renderer.take_diagnostics()
                self._checked[name] = option, problems
                count -= 1
            found += problems
        return found, known if known < len(self._ids) else 0


def _finds_the_same(earlier: SitePlan, plan: SitePlan) -> bool:
    """Return whether the same problems are found in the same options: all they refer to is alike."""
    return (
        earlier.page_paths.keys() == plan.page_paths.keys()
        and earlier.manual.settings == plan.manual.settings
        and [(one.catalog.is_docbook, one.catalog.aliases) for one in earlier.manual.sets]
        == [(one.catalog.is_docbook, one.catalog.aliases) for one in plan.manual.sets]
    )


def shown(diagnostics: list[Diagnostic] | tuple[Diagnostic, ...]) -> list[Diagnostic]:
    """Return errors and warnings, errors first, equal ones once; hints are left out."""
    distinct = dict.fromkeys(one for one in diagnostics if one.severity is not Severity.HINT)
    return sorted(distinct, key=lambda one: -one.severity)
