"""A manual as documents of Sphinx: which division or page of options each is, and what it holds."""

from __future__ import annotations

import functools
import hashlib
import itertools
from typing import TYPE_CHECKING

import msgspec
from docutils import nodes as docutils_nodes
from sphinx import addnodes

from manualgen.book import document as book_document
from manualgen.book.model import OptionList
from manualgen.markup import nodes
from manualgen.markup.parsed import adopt
from manualgen.options.model import join
from manualgen.sphinxext.lowering import Lowering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from manualgen.book.manual import IncludedOptions, Manual
    from manualgen.book.model import Division
    from manualgen.errors import Diagnostic
    from manualgen.options.model import Option
    from manualgen.options.tree import Page


class DocumentContent(msgspec.Struct, eq=False):
    """What one document of Sphinx holds.

    Attributes:
        name: its name for Sphinx: a path without a suffix.
        division: the division that it begins with; None for a page of options.
        included: the option set of a page of options.
        page: the page of options: None for all of a manual without chapters.
        children: the documents below it.
    """

    name: str
    division: Division | None = None
    included: IncludedOptions | None = None
    page: Page | None = None
    children: list[str] = msgspec.field(default_factory=list)


class ManualDocuments:
    """The documents of a manual.

    Attributes:
        manual: the manual.
        documents: name → what it holds, in the order of reading.
        places: identifier → the name of the document that it is in.
    """

    def __init__(
        self,
        manual: Manual,
        name_of: Callable[[Division], str],
        page_name: Callable[[IncludedOptions, Page, str], str],
        picture: Callable[[docutils_nodes.image], str],
        *,
        has_index: bool = False,
    ) -> None:
        """Divide a manual into documents.

        Args:
            manual: the manual.
            name_of: division → the name of its document; "" where it stands in that of its
                parent.
            page_name: an option set, a page of it, and the document that includes the set → the
                name of the document of the page; "" where the options stand in that which
                includes them.
            picture: image → the path of its file, as Sphinx's ``image`` has it; "" for a link.
            has_index: whether options get entries in Sphinx's general index.
        """
        self.manual = manual
        self.documents: dict[str, DocumentContent] = {}
        self.places: dict[str, str] = {}
        self._name_of = name_of
        self._page_name = page_name
        self._picture = picture
        self._has_index = has_index
        self._document_of: dict[Division, str] = {}
        self._paged: dict[int, list[str]] = {}
        if manual.outline is not None:
            self._add_division(manual.outline.book, None)
            for name, identified in manual.outline.targets.items():
                self.places[name] = self._document_of[identified.division]
        else:
            (included,) = manual.sets
            self.documents["index"] = DocumentContent("index", None, included)
            self._add_options(0, "index")

    # ─── which documents there are ───

    def _add_division(self, division: Division, parent: DocumentContent | None) -> None:
        name = self._name_of(division) or (parent.name if parent is not None else "index")
        content = self.documents.get(name)
        if content is None:
            content = self.documents[name] = DocumentContent(name, division)
            if parent is not None:
                parent.children.append(name)
        self._document_of[division] = name
        for block in (*division.blocks, *division.tail):
            if isinstance(block, OptionList):
                self._add_options(block.index, name)
        for child in division.children:
            self._add_division(child, content)

    def _add_options(self, index: int, home: str) -> None:
        """Find the documents of a set's options, which ``home`` includes."""
        included = self.manual.sets[index]
        catalog = included.catalog
        self.places.update(dict.fromkeys((*catalog.anchors, *catalog.ids), home))
        pages = catalog.pages
        names = {id(page): self._page_name(included, page, home) for page in pages[1:]}
        if not any(names.values()):
            return
        names[id(pages[0])] = home
        on_page: dict[int, str] = {}
        for page in pages:
            name = names[id(page)]
            if page.parent is not None:
                self.documents[name] = DocumentContent(
                    name, None, included, page, [names[id(child)] for child in page.children]
                )
                self.places[page_id(name)] = name
            on_page.update(dict.fromkeys(page.options, name))
        self._paged[index] = [names[id(page)] for page in pages[0].children]
        for name, position in (*catalog.anchors.items(), *catalog.positions.items()):
            self.places[name] = on_page[position]

    # ─── what stands in them ───

    def write(self, name: str, document: docutils_nodes.document, source: str) -> None:
        """Fill a document of Sphinx.

        Args:
            name: its name.
            document: the document, which is empty.
            source: the path of its file.
        """
        content = self.documents[name]
        lowering = Lowering(
            document,
            links=self.manual.links(lambda identifier: identifier, content.included),
            numbers=self.manual.outline.numbers if self.manual.outline is not None else None,
            picture=self._picture,
            source=source,
        )
        section = (
            self._options_section(content)
            if content.division is None
            else self._section(content.division, name, 1)
        )
        document.extend(lowering.lowered([section]))
        for signature in document.findall(addnodes.desc_signature):
            # Several sets of a manual may have an option of one name.
            if signature["ids"] != [self._first_of_name.get(signature["fullname"])]:
                signature.parent["no-index"] = True

    def _section(self, division: Division, name: str, level: int) -> docutils_nodes.section:
        """Return a division with what stands in the same document, and a toctree of the rest."""
        section = book_document.section(
            division, level, holds=lambda _: False, fill=self._fill, contents=lambda _: None
        )
        section.source = str(division.document.path)
        section.line = division.line
        blocks = section.children
        tail = blocks[len(blocks) - len(division.tail) :]
        del blocks[len(blocks) - len(division.tail) :]
        if division.subtitle is not None:
            blocks.insert(1, division.subtitle)
        for depth, group in itertools.groupby(
            division.children, lambda child: self._depth_in_contents(child, name)
        ):
            if depth:
                names = [self._document_of[child] for child in group]
                adopt(section, _contents(names, depth))
            else:
                for child in group:
                    adopt(section, self._section(child, name, level + 1))
        blocks += tail
        return section

    def _depth_in_contents(self, division: Division, name: str) -> int:
        """Return how many levels of a division a toctree shows; 0 if it stands in a document."""
        if self._document_of[division] == name:
            return 0
        # A table of contents is no list of all options.
        return 1 if any(below.holds_options for below in division.walk()) else 2

    def _fill(self, option_list: OptionList) -> nodes.option_list:
        included = self.manual.sets[option_list.index]
        node = nodes.option_list(
            ids=[option_list.identifier] if option_list.identifier else [],
            index=option_list.index,
            links=self.manual.links(lambda identifier: identifier, included),
        )
        pages = included.catalog.pages
        if option_list.index in self._paged:
            node["sections"] = [
                *self._options(included, pages[0].options),
                _contents(self._paged[option_list.index]),
            ]
        else:
            node["sections"] = self._options(included, range(len(included.catalog.options)))
        return node

    def _options(
        self, included: IncludedOptions, positions: list[int] | range
    ) -> Iterator[docutils_nodes.Node]:
        catalog = included.catalog
        for position in positions:
            option = catalog.options[position]
            name = catalog.ids[position]
            if self._has_index:
                yield addnodes.index("", entries=[("single", _index_entry(option), name, "", None)])
            yield included.sections.section(option, name)

    def _options_section(self, content: DocumentContent) -> docutils_nodes.section:
        """Return a page of options, or all options of a manual without chapters."""
        included, page = content.included, content.page
        assert included is not None
        title = docutils_nodes.title()
        section = docutils_nodes.section("", classes=["options"], label="", level=1)
        if page is None:
            adopt(title, docutils_nodes.Text(self.manual.title))
            section["ids"] = ["options"]
            paged = self._paged.get(0)
            pages = included.catalog.pages
            positions = range(len(included.catalog.options)) if paged is None else pages[0].options
            children = paged or []
        else:
            adopt(title, docutils_nodes.literal(page.title, page.title, classes=["option"]))
            section["ids"] = [page_id(content.name)]
            positions, children = page.options, content.children
        adopt(section, title)
        for option in self._options(included, positions):
            adopt(section, option)
        if children:
            adopt(section, _contents(children))
        return section

    @functools.cached_property
    def _first_of_name(self) -> dict[str, str]:
        """The name of each option → the identifier of the first that has it."""
        return {
            option.name: name
            for included in reversed(self.manual.sets)
            for option, name in zip(
                reversed(included.catalog.options), reversed(included.catalog.ids), strict=True
            )
        }

    # ─── what has changed, and what is wrong ───

    def file_of(self, name: str, path: str) -> str:
        """Return the file that what stands in a document comes from: that of its options, or its own.

        Args:
            name: the name of the document.
            path: the path of its own file.
        """
        included = self.documents[name].included
        if included is None or included.source is None:
            return path
        return str(included.source.path)

    def files(self, name: str) -> set[str]:
        """Return the paths of the files that a document is made from, without its own.

        Args:
            name: its name.
        """
        content = self.documents[name]
        found: set[str] = set()
        for division in self._divisions(content):
            found.add(str(division.document.path))
            for block in (*division.blocks, *division.tail):
                if isinstance(block, OptionList):
                    found.add(str(block.source.path))
        return found

    def _divisions(self, content: DocumentContent) -> Iterator[Division]:
        if content.division is not None:
            for division in content.division.walk():
                if self._document_of[division] == content.name:
                    yield division

    @functools.cached_property
    def structure(self) -> str:
        """A digest of all that a document says about others: identifiers, titles, numbers."""
        digest = hashlib.sha256(repr(self.manual.settings).encode("utf-8", "replace"))
        for name, place in self.places.items():
            digest.update(f"{name}\0{place}\n".encode(errors="surrogatepass"))
        outline = self.manual.outline
        for division in outline.divisions if outline is not None else ():
            digest.update(f"{division.label}\0{division.title.astext()}\n".encode())
        for content in self.documents.values():
            digest.update("\0".join([content.name, *content.children]).encode())
        return digest.hexdigest()

    def digest(self, name: str) -> str:
        """Return a digest of what a document shows, but for what its own files say."""
        content = self.documents[name]
        digest = hashlib.sha256(self.structure.encode())
        if content.included is not None and content.page is not None:
            for position in content.page.options:
                option = content.included.catalog.options[position]
                digest.update(repr(option).encode("utf-8", "replace"))
        return digest.hexdigest()

    def take_diagnostics(self) -> list[Diagnostic]:
        """Return what was wrong with the options written since the last call."""
        return [
            diagnostic
            for included in self.manual.sets
            for diagnostic in included.sections.take_diagnostics()
        ]


def _index_entry(option: Option) -> str:
    """Return the entry of an option in an index: its module; what follows in its name."""
    # A semicolon divides an entry.
    path = [part.replace(";", ",") for part in option.loc]
    if len(path) < 2:
        return join(tuple(path))
    head = min(2, len(path) - 1)
    return f"{join(tuple(path[:head]))}; {join(tuple(path[head:]))}"


def page_id(name: str) -> str:
    """Return the identifier of a page of options, which is a document of this name."""
    return name.replace("/", "-")


def _contents(names: list[str], depth: int = 1) -> nodes.local_contents:
    """Return the node that becomes a toctree of documents, with some levels of each."""
    return nodes.local_contents(label="", entries=list(names), depth=depth)
