"""A reference of options as HTML: split into pages, or as one page."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen import __version__, resources
from manualgen.book import inventory
from manualgen.options import tree
from manualgen.site import files, workers
from manualgen.site.navigation import OPTIONS_FOLDER, Entry, Navigation, Place, listed, title_of
from manualgen.writers.html import HtmlWriter, fragment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from jinja2 import Environment

    from manualgen.errors import Diagnostic
    from manualgen.markup.option import Sections
    from manualgen.options.tree import Page
    from manualgen.site.reference import Reference

GENERATOR = f"manualgen {__version__}"
OLD_ADDRESS = "options.html"
"""The page that once held all options: links to it are all over the web."""
ASSETS = ("style.css", "manual.js")
_SHELL_IDS = ("page-content", "page-tree")


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How a manual presents itself.

    Attributes:
        title: the manual's title.
        version: shown beside it; may be empty.
        theme: a folder whose files stand in for those of ``templates/``.
    """

    title: str = "Options"
    version: str = ""
    theme: Path | None = None


class Built(msgspec.Struct, frozen=True):
    """What a build made: how many files and bytes, and what is wrong with the input."""

    pages: int
    size: int
    diagnostics: list[Diagnostic]


@functools.cache
def environment(theme: Path | None) -> Environment:
    """Return the templates, a theme's own before ours; each is compiled once."""
    from jinja2 import (  # noqa: PLC0415 - slow to import; a man page needs none
        ChoiceLoader,
        Environment,
        FileSystemLoader,
        StrictUndefined,
    )

    folders = [folder for folder in (theme, resources.folder("templates")) if folder is not None]
    return Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


# ─── split ───


def build_split(
    reference: Reference,
    folder: Path,
    look: Look,
    jobs: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Built:
    """Write a reference as pages into a folder; what was there stays until all is built.

    Args:
        reference: the options.
        folder: created if need be. Files of the same names are replaced; only files of an
            earlier build are removed.
        look: title, version, theme.
        jobs: how many processes render pages.
        executor: renders them instead.
        progress: is told how many pages of how many are done.

    Raises:
        ManualError: if the folder cannot be written.
    """
    with files.Staging(folder) as staging:
        site = Site(reference, look, staging)
        pages = [page for page in site.pages if page.options]
        size = 0
        diagnostics = list(reference.diagnostics)
        done = 0
        shards = [pages[part.start : part.stop] for part in workers.cut(len(pages), jobs, 4)]
        work = workers.spread(site.write_pages, shards, jobs, executor)
        size += staging.add("index.html", site.index())
        size += staging.add(OLD_ADDRESS, site.old_address())
        for results, found in work:
            for name, new, length in results:
                staging.register(name, new=new)
                size += length
            done += len(results)
            diagnostics.extend(found)
            if progress is not None:
                progress(done, len(pages))
        for name in ASSETS:
            size += staging.add(name, resources.text(name, look.theme).encode())
        size += staging.add(inventory.NAME, site.inventory())
    return Built(len(pages) + 2, size, diagnostics)


class Site:
    """A reference that is split into pages: all that they share.

    Attributes:
        pages: the pages, parents first.
        navigation: the ways between them.
    """

    def __init__(
        self,
        reference: Reference,
        look: Look,
        staging: files.Staging,
        place: Place | None = None,
        sections: Sections | None = None,
    ) -> None:
        """Take the options, how the site looks, and where its pages are put.

        Where the reference is a part of a book, ``place`` is where it stands there, and
        ``sections`` makes the options' sections, with references into the book.
        """
        self._reference = reference
        self._folder = place.folder if place is not None else OPTIONS_FOLDER
        self._look = look
        self._staging = staging
        self.pages = reference.pages
        self._page_of: dict[int, Page] = {
            index: page for page in self.pages for index in page.options
        }
        self.navigation = Navigation(
            self.pages, look.title, reference.options, reference.ids, place
        )
        templates = environment(look.theme)
        self._template = templates.get_template("page.html")
        self._templates = templates
        self._sections = sections
        self._writer = HtmlWriter()

    def write_pages(
        self, pages: Sequence[Page]
    ) -> tuple[list[tuple[str, bool, int]], list[Diagnostic]]:
        """Write pages into the stage; return name, newness and size of each, and diagnostics."""
        if self._sections is None:
            self._sections = self._reference.sections(
                lambda index: f"{self._page_of[index].stem}.html"
            )
        results = []
        for page in pages:
            data = self._page(page, self._sections)
            name = f"{self._folder}/{page.stem}.html"
            results.append((name, self._staging.put(name, data), len(data)))
        return results, self._sections.take_diagnostics()

    def _page(self, page: Page, sections: Sections) -> bytes:
        reference = self._reference
        writer = self._writer
        writer.start_page([*_SHELL_IDS, *(reference.ids[index] for index in page.options)])
        parts: list[str] = []
        depth = len(page.prefix)
        module = None
        for index in page.options:
            option = reference.options[index]
            below = option.loc[depth] if len(option.loc) > depth + 1 else ""
            if module is not None and below != module:
                parts.append('<hr class="module">\n')
            module = below
            parts.append(writer.section(sections.section(option, reference.ids[index])))
        navigation = self.navigation
        previous, following = navigation.neighbours(page)
        return self._render(
            title=title_of(page),
            root="../",
            breadcrumbs=navigation.breadcrumbs(page),
            tree=navigation.tree(page),
            previous=previous,
            next=following,
            up=navigation.up(page),
            heading=title_of(page),
            heading_is_path=bool(page.prefix),
            count=len(page.options),
            content="".join(parts),
        )

    def _render(self, **variables: Any) -> bytes:
        return self._template.render(
            site_title=self._look.title,
            version=self._look.version,
            stylesheet=f"{variables['root']}style.css",
            generator=GENERATOR,
            **variables,
        ).encode(errors="replace")

    def index(self) -> bytes:
        """Return the front page: the tree with counts."""
        count = len(self._reference.options)
        return (
            self._templates.get_template("index.html")
            .render(
                title=self._look.title,
                site_title=self._look.title,
                version=self._look.version,
                stylesheet="style.css",
                generator=GENERATOR,
                root="",
                breadcrumbs=[],
                tree="",
                previous=None,
                next=None,
                up=None,
                heading=self._look.title,
                heading_is_path=False,
                count=count,
                content="",
                branches=self.navigation.branches(),
            )
            .encode(errors="replace")
        )

    def inventory(self) -> bytes:
        """Return the inventory of all options, of the anchors in them, and of the pages."""
        reference = self._reference
        address = {
            index: f"{self._folder}/{page.stem}.html" for index, page in self._page_of.items()
        }
        items = [
            inventory.Item("nix:option", option.name, f"{address[index]}#{fragment(name)}")
            for index, (option, name) in enumerate(
                zip(reference.options, reference.ids, strict=True)
            )
        ]
        items += [
            inventory.Item("std:label", anchor, f"{address[index]}#{fragment(anchor)}")
            for anchor, index in reference.anchors.items()
        ]
        items += [
            inventory.Item(
                "std:label", page.title, f"{self._folder}/{page.stem}.html", title_of(page)
            )
            for page in self.pages
            if page.options and page.title
        ]
        return inventory.encode(self._look.title, self._look.version, items)

    def old_address(self) -> bytes:
        """Return the page that sends an option's old address to its page."""
        ids = self._reference.ids
        routes = {
            key: f"{OPTIONS_FOLDER}/{page.stem}.html"
            for key, page in tree.routes(ids, [page for page in self.pages if page.options]).items()
        }
        for anchor, index in self._reference.anchors.items():
            routes.setdefault(anchor, f"{OPTIONS_FOLDER}/{self._page_of[index].stem}.html")
        shown = json.dumps(routes, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return (
            self._templates.get_template("moved.html")
            .render(
                site_title=self._look.title,
                stylesheet="style.css",
                index_href="index.html",
                routes_json=shown.replace("<", "\\u003c"),
                branches=self.navigation.branches(),
            )
            .encode(errors="replace")
        )


# ─── one page ───


def build_single(
    reference: Reference,
    path: Path,
    look: Look,
    jobs: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Built:
    """Write a reference as one self-contained file; arguments as of :func:`build_split`.

    Raises:
        ManualError: if the file cannot be written.
    """
    page = _SinglePage(reference)
    parts: list[str] = []
    diagnostics = list(reference.diagnostics)
    done = 0
    shards = workers.cut(len(reference.options), 1 if page.in_one_go else jobs, 50)
    for shard, (text, found) in zip(
        shards, workers.spread(page.write, shards, jobs, executor), strict=True
    ):
        parts.append(text)
        diagnostics.extend(found)
        done += len(shard)
        if progress is not None:
            progress(done, len(reference.options))
    top: dict[str, Entry] = {}
    for option, name in zip(reference.options, reference.ids, strict=True):
        first = option.loc[0] if option.loc else option.name
        known = top.get(first)
        top[first] = Entry(
            first,
            known.href if known else f"#{fragment(name)}",
            (known.count or 0) + 1 if known else 1,
        )
    shell = (
        environment(look.theme)
        .get_template("page.html")
        .render(
            title=look.title,
            site_title=look.title,
            version=look.version,
            stylesheet=None,
            inline_style=resources.text("style.css", look.theme),
            generator=GENERATOR,
            root="",
            breadcrumbs=[],
            tree=listed(list(top.values())),
            previous=None,
            next=None,
            up=None,
            heading=look.title,
            heading_is_path=False,
            count=len(reference.options),
            content=_HERE,
        )
    )
    before, _, after = shell.partition(_HERE)
    data = b"".join([part.encode(errors="replace") for part in (before, *parts, after)])
    files.write(path, data)
    return Built(1, len(data), diagnostics)


_HERE = "<!--manualgen-content-->"


class _SinglePage:
    """Writes ranges of options for one page."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._sections: Sections | None = None
        self._writer = HtmlWriter(word_breaks=False)
        self._writer.start_page([*_SHELL_IDS, *reference.ids])
        # Footnotes are numbered through the page, and an anchor stands on it once: those few
        # sets are written in one go.
        self.in_one_go = bool(reference.anchors) or any(
            text is not None and "[^" in text.text
            for option in reference.options
            for text in (
                option.description,
                option.default,
                option.example,
                option.related_packages,
            )
        )

    def write(self, part: range) -> tuple[str, list[Diagnostic]]:
        """Return the sections of a range of options, and what is wrong with them."""
        reference = self._reference
        if self._sections is None:
            self._sections = reference.sections(lambda _: "")
        sections = self._sections
        text = "".join(
            [
                self._writer.section(
                    sections.section(reference.options[index], reference.ids[index])
                )
                for index in part
            ]
        )
        return text, sections.take_diagnostics()
