"""A whole manual as HTML: a folder of pages, or one file."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from manualgen import resources
from manualgen.book import images, inventory
from manualgen.options import tree
from manualgen.site import files, workers
from manualgen.site.html import ASSETS, Built, Look, Site, environment
from manualgen.site.navigation import Entry, Place, listed
from manualgen.writers import highlight
from manualgen.writers.html import HtmlWriter, fragment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from docutils import nodes as docutils_nodes
    from docutils.nodes import Element

    from manualgen.book.model import Division, Page
    from manualgen.errors import Diagnostic
    from manualgen.markup import nodes
    from manualgen.markup.option import Sections
    from manualgen.site.book import Book, OptionPart


_TEMPLATE = "book.html"
_FEWEST_LISTED = 2
"""So many entries are worth a table of contents on a page, or below a heading."""


def prepare(theme: Path | None) -> None:
    """Load what pages are written with: the processes that write them inherit it."""
    environment(theme).get_template(_TEMPLATE)
    highlight.html("{ }", "nix")


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
        for picture in images.distinct(book.pictures):
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
        self._sites: dict[int, Site] = {}
        self._branches: list[tuple[str, list[Entry]]] = []
        self._shown: list[str] = []
        self._pages = {page.name: page for page in book.outline.pages}
        for number, part in enumerate(book.sets):
            here = f"{part.folder}/" if part.folder else part.home
            sections = part.reference.resolved_by(book.references(here, part).resolve)
            self._sections.append(sections)
            if part.folder:
                self._sites[number] = Site(
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
        for picture in images.distinct(self._book.pictures):
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
            self._branches.append((_here(number), site.navigation.branches()))
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
            title = book.labels.target(name)
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
