"""The pages of a site plan, rendered as HTML."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from manualgen.book import document
from manualgen.book.references import names_in
from manualgen.errors import Code, Diagnostic
from manualgen.markup import nodes
from manualgen.site import on_this_page, option_names, search_index
from manualgen.site.navigation import listed, title_of
from manualgen.site.plan import ChapterBody, OptionBody
from manualgen.site.routes import script_routes
from manualgen.site.submodules import PageSubmodules, title_above
from manualgen.site.theme import GENERATOR, SHELL_IDS, asset, templates
from manualgen.writers.html import HtmlWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docutils import nodes as docutils_nodes

    from manualgen.book.model import Division, OptionList
    from manualgen.book.pages import Page
    from manualgen.site.navigation import Entry
    from manualgen.site.plan import SitePage, SitePlan

_FEWEST_LISTED = 2
"""The fewest entries for which a page or division gets a table of contents."""


class PageRenderer:
    """Renders the pages of a plan, in any order."""

    def __init__(self, plan: SitePlan, *, alone: bool = False) -> None:
        """Make a renderer.

        Args:
            plan: the plan of the site.
            alone: whether the site is one file, with its style sheet and pictures in it.
        """
        self._plan = plan
        self._alone = alone
        self._entries: dict[str, tuple[str, str]] = {}
        self._descriptions: dict[docutils_nodes.Node, search_index.Description] = {}
        manual = plan.manual
        outline = manual.outline
        self._writer = HtmlWriter(
            numbers=outline.numbers if outline is not None else {},
            pictures=manual.pictures,
        )
        # Pages of a folder write addresses alike, so they share what is written once.
        self._links = [
            plan.links(
                f"{placement.folder}/" if placement.folder else placement.home, placement.included
            )
            for placement in plan.placements
        ]
        for placement in plan.placements:
            # What other outputs of the manual have asked for is none of these pages.
            placement.included.sections.take_references()

    def page(self, page: SitePage, shell: dict[str, Any] | None = None) -> bytes:
        """Return the content of the file of a page.

        Args:
            page: the page.
            shell: what :meth:`shell` returns for it, if that is known.
        """
        if isinstance(page.body, OptionBody):
            return self._options(page, page.body, shell or self.shell(page))
        return self._chapters(page, page.body)

    def take_asked(self) -> frozenset[str]:
        """Return the identifiers that the references on the last page name.

        That are all references in the texts of its options, whether they have been written.
        """
        return self._writer.asked.union(
            *(
                names_in(placement.included.sections.take_references())
                for placement in self._plan.placements
            )
        )

    def take_entries(self) -> dict[str, tuple[str, str]]:
        """Return identifier → entry for the search, of the options written since the last call."""
        entries = self._entries
        self._entries = {}
        return entries

    def _section_of(self, number: int, index: int) -> nodes.option:
        """Return the section of an option of a set, and note its entry for the search."""
        included = self._plan.placements[number].included
        option, name = included.catalog.options[index], included.catalog.ids[index]
        section = included.sections.section(option, name)
        if section.children:
            # Options with equal descriptions share the node.
            first = section.children[0]
            known = self._descriptions.get(first)
            if known is None:
                known = self._descriptions[first] = search_index.description_of(first)
            self._entries[name] = search_index.entry_of_option(option, known)
        return section

    def index(self) -> bytes:
        """Return the front page of a manual without chapters: the names of its options."""
        (placement,) = self._plan.placements
        assert placement.names is not None
        title = self._plan.manual.title
        return self._render(
            "index.html",
            title=title,
            root="",
            breadcrumbs=[],
            tree="",
            previous=None,
            next=None,
            up=None,
            heading=f"{len(placement.included.catalog.options):,} options",
            heading_is_path=False,
            count=None,
            total=None,
            on_this_page="",
            content=option_names.index_html(placement.names.all),
        )

    def take_diagnostics(self) -> list[Diagnostic]:
        """Return the problems of the texts of options that were found since the last call."""
        return [
            diagnostic
            for placement in self._plan.placements
            for diagnostic in placement.included.sections.take_diagnostics()
        ]

    def _render(self, template: str, *, root: str, **variables: Any) -> bytes:
        plan = self._plan
        return (
            templates(plan.settings.theme)
            .get_template(template)
            .render(
                site_title=plan.manual.title,
                version=plan.manual.settings.version,
                stylesheet=None if self._alone else f"{root}style.css",
                generator=plan.settings.generator or GENERATOR,
                root=root,
                versions=f"{root}{plan.settings.versions}" if plan.settings.versions else "",
                **variables,
            )
            .encode(errors="replace")
        )

    # ─── options ───

    def _options(self, page: SitePage, body: OptionBody, shell: dict[str, Any]) -> bytes:
        self._writer.start_page([*SHELL_IDS, *page.ids], self._links[body.number])
        content = "".join([shell["content"], *self._sections_of(body)])
        return self._render("page.html", **{**shell, "content": content})

    def shell(self, page: SitePage) -> dict[str, Any]:
        """Return the variables of the template of a page of options.

        Its content is that before the options. Of a page of chapters, there are none.
        """
        body = page.body
        if not isinstance(body, OptionBody):
            return {}
        placement = self._plan.placements[body.number]
        # The page of the top level repeats no front page.
        is_parent = body.page.children and body.page.prefix
        heading, names = title_of(body.page), ""
        catalog = placement.included.catalog
        if placement.navigation is None or placement.names is None:
            first_names = option_names.first_names(catalog.options, catalog.ids)
            side = listed(first_names) if len(first_names) >= _FEWEST_LISTED else ""
            if not body.page.prefix:
                heading = self._plan.manual.settings.title or "All options"
        else:
            side = placement.navigation.tree(body.page)
            names = option_names.names_html(placement.names.on(body.page)) if is_parent else ""
        return {
            "title": page.title,
            "root": page.root,
            "breadcrumbs": page.breadcrumbs,
            "tree": side,
            "previous": page.previous,
            "next": page.next,
            "up": page.up,
            "heading": heading,
            "heading_is_path": bool(body.page.prefix),
            "count": len(body.page.options),
            "total": body.page.total if is_parent else len(body.page.options),
            "on_this_page": on_this_page.options_html(
                catalog.options, catalog.ids, body.page.options, body.page.prefix
            ),
            "content": "".join([self._above(body), names]),
        }

    def _sections_of(self, body: OptionBody) -> Iterator[str]:
        """Yield the sections of a page's options, with a line between groups of them."""
        catalog = self._plan.placements[body.number].included.catalog
        submodules = self._submodules(body.number, body.page.options)
        depth = len(body.page.prefix)
        group = None
        for index in body.page.options:
            loc = catalog.options[index].loc
            # An option and those below it are one group.
            is_group = len(loc) > depth + (index not in catalog.submodules)
            component = loc[depth] if is_group else ""
            if group is not None and component != group:
                yield '<hr class="module">\n'
            group = component
            section = submodules.mark(index, self._section_of(body.number, index))
            yield self._writer.section(section)

    def _submodules(self, number: int, indices: Sequence[int]) -> PageSubmodules:
        """Return the submodules of options of a set that are on one page."""
        placement = self._plan.placements[number]
        address = self._plan.address(f"{placement.folder}/" if placement.folder else placement.home)
        return PageSubmodules(placement.included.catalog, indices, address)

    def _above(self, body: OptionBody) -> str:
        """Return the heading of a page whose options are below an option on the parent page."""
        if body.page.parent is None:
            return ""
        return title_above(self._plan.placements[body.number].included.catalog, body.page)

    # ─── chapters ───

    def _chapters(self, page: SitePage, body: ChapterBody) -> bytes:
        plan = self._plan
        contents, settings = plan.contents, plan.settings
        assert contents is not None
        root = body.page.divisions[0]
        writer = self._writer
        writer.start_page([*SHELL_IDS, *page.ids], plan.links(page.path))
        is_front = page.path == plan.front
        # Written in the order of the page, because footnotes are numbered when written.
        heading = self._heading(root)
        subtitle = self._inline(root.subtitle, root) if root.subtitle else ""
        blocks = self._section(root, 1, body.page).children[1:]
        # On the front page, the introduction comes before the table of contents.
        first = len(root.blocks) if is_front and not root.holds_options else 0
        opening = "".join(self._html(writer.parts(blocks[:first], root.footnote_scope)))
        parts = writer.parts(blocks[first:], root.footnote_scope)
        for other in body.page.divisions[1:]:
            parts += writer.parts([self._section(other, 2, body.page)], other.footnote_scope)
        depth = settings.toc_depth if is_front else settings.chapter_toc_depth
        entries = contents.below(root, depth)
        # What is on the page itself is in "On this page".
        leads_on = any(plan.page_of(child) is not body.page for child in root.children)
        return self._render(
            "book.html",
            title=plan.manual.title if is_front else page.title,
            inline_style=asset("style.css", settings.theme) if self._alone else "",
            inline_script=asset("single-page.js", settings.theme) if self._alone else "",
            root=page.root,
            home=None if self._alone else plan.front,
            breadcrumbs=page.breadcrumbs,
            tree=self._tree_of(page, body.page, entries),
            previous=page.previous,
            next=page.next,
            up=page.up,
            heading=heading,
            heading_is_path=False,
            count=None,
            total=None,
            on_this_page=self._sections_on(page, body.page) if not self._alone else "",
            subtitle=subtitle,
            opening=opening,
            contents=entries if is_front or leads_on else (),
            numbered_blocks=contents.numbered_blocks() if is_front else [],
            content="".join(self._html(parts)),
            routes_json="" if self._alone else script_routes(plan, page),
        )

    def _sections_on(self, page: SitePage, body: Page) -> str:
        """Return the list "On this page"; "" for a front page that is contents alone."""
        homes = {placement.home for placement in self._plan.placements if not placement.folder}
        if page.path == self._plan.front and page.path not in homes:
            return ""
        return on_this_page.chapter_html(self._plan, page.path, body.divisions)

    def _tree_of(self, page: SitePage, body: Page, entries: tuple[Entry, ...]) -> str:
        """Return the tree of a page of chapters, as HTML.

        A front page without chapters on it has none: its contents are the page.

        Args:
            page: the page.
            body: the divisions on it.
            entries: its contents.
        """
        contents, page_of = self._plan.contents, self._plan.page_of
        assert contents is not None
        if page.path != self._plan.front:
            return listed(contents.tree(body), page.path)
        children = body.divisions[0].children
        if entries and all(page_of(child) is not body for child in children):
            return ""
        return listed(entries or contents.below(body.divisions[0], 1))

    def _heading(self, root: Division) -> Markup:
        label = Markup('<span class="number">{}.</span> ').format(root.label) if root.label else ""
        title = self._inline(root.title, root)
        if not root.identifier:
            return Markup("{}{}").format(label, title)
        return Markup('<span id="{}">{}{}</span>').format(root.identifier, label, title)

    def _inline(self, node: docutils_nodes.Element, division: Division) -> Markup:
        parts = self._writer.parts(node.children, division.footnote_scope)
        return Markup("".join(self._html(parts)))  # noqa: S704 - the writer escapes

    def _section(self, division: Division, level: int, page: Page) -> docutils_nodes.section:
        return document.section(
            division,
            level,
            holds=lambda child: self._plan.page_of(child) is page,
            fill=self._fill,
            contents=self._local_contents,
        )

    def _fill(self, option_list: OptionList) -> nodes.option_list:
        """Return the node for an included option set, with its options if they are on the page."""
        number = option_list.index
        placement = self._plan.placements[number]
        ids = [option_list.identifier] if option_list.identifier else []
        node = nodes.option_list(ids=ids, index=number)
        if not placement.folder:
            count = len(placement.included.catalog.options)
            node["count"] = count
            node["links"] = self._links[number]
            node["groups"] = placement.included.catalog.groups
            submodules = self._submodules(number, range(count))
            node["sections"] = (
                submodules.mark(index, self._section_of(number, index)) for index in range(count)
            )
        return node

    def _local_contents(self, division: Division) -> nodes.local_contents | None:
        """Return the table of contents below the title of a division, or None."""
        contents, settings = self._plan.contents, self._plan.settings
        assert contents is not None
        if not division.identifier:
            return None
        is_section = division.kind == "section"
        depth = settings.section_toc_depth if is_section else settings.chapter_toc_depth
        entries = contents.below(division, depth)
        page_of = self._plan.page_of
        has_pages = any(page_of(child) is not page_of(division) for child in division.children)
        if len(entries) < (1 if has_pages else _FEWEST_LISTED):
            return None
        label = f"Contents of {contents.numbered(division)}"
        return nodes.local_contents(label=label, entries=entries)

    def _html(self, parts: Iterable[str | docutils_nodes.Element]) -> Iterator[str]:
        for part in parts:
            yield part if isinstance(part, str) else self._placeholder(part)

    def _placeholder(self, node: docutils_nodes.Element) -> str:
        if isinstance(node, nodes.option_list):
            names = self._plan.placements[node["index"]].names
            assert names is not None
            return option_names.index_html(names.all)
        environment = templates(self._plan.settings.theme)
        macros: Any = environment.get_template("toc.html").module
        try:
            return str(macros.toc(node["label"], node["entries"], shown=False))
        except Exception:  # noqa: BLE001 - raised again
            # Jinja calls this for the errors of templates, not for those of macros.
            environment.handle_exception()


_MEDIA_TYPES = {
    "png": b"image/png",
    "jpg": b"image/jpeg",
    "gif": b"image/gif",
    "webp": b"image/webp",
    "avif": b"image/avif",
    "svg": b"image/svg+xml",
}


MOST_REPEATED = 20_000_000
"""How many bytes pictures that are shown more than once may add to a page by that."""


def with_pictures(data: bytes, plan: SitePlan) -> tuple[bytes, list[Diagnostic]]:
    """Return a page with its pictures as ``data:`` URLs, and what is wrong with them.

    Args:
        data: the page.
        plan: the plan of the site.
    """
    repeated = 0
    diagnostics: list[Diagnostic] = []
    for picture in plan.manual.picture_files:
        kind = _MEDIA_TYPES[picture.name.rpartition(".")[2]]
        inlined = b"data:" + kind + b";base64," + b64encode(picture.data)
        image = f'<img src="{picture.name}"'.encode()
        added = (data.count(image) - 1) * len(inlined)
        repeated += max(0, added)
        if added > 0 and repeated > MOST_REPEATED:
            first = data.index(image) + len(image)
            pattern = re.compile(re.escape(image) + rb' alt="([^"]*+)"[^>]*+>')
            data = data[:first] + pattern.sub(rb"\1", data[first:])
            diagnostics.append(
                Diagnostic(
                    code=Code.TOO_COMPLEX,
                    message=f"the picture `{picture.name}` is shown too often for one page; after"
                    " the first time, its text is shown",
                    help="show it less often, or build a folder of pages",
                )
            )
        data = data.replace(image, b'<img src="' + inlined + b'"')
    return data, diagnostics
