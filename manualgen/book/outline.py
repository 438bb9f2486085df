"""The structure of a book: its divisions, their numbers, identifiers and pages.

Documents come in as flat sequences of blocks; here they become one tree.
Nothing is known of any format: a page is a name and what stands on it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.book.references import Title
from manualgen.errors import Code, Severity
from manualgen.markup import nodes
from manualgen.markup.structure import fold, visible_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from manualgen.book.sources import Document, Include, OptionSource
    from manualgen.errors import Diagnostic
    from manualgen.markup.chapter import Placed

FRONT = "index.html"
"""The name of the first page."""

CHUNKS = ("file", "chapter", "one")
"""How a book is cut into pages: by ``html:into-file`` alone, by chapter too, or not at all."""

_KIND_OF = {
    "preface": "preface",
    "parts": "part",
    "chapters": "chapter",
    "sections": "section",
    "appendix": "appendix",
}
_HOLDS = {
    "book": {"preface", "part", "chapter", "section", "appendix"},
    "part": {"preface", "chapter", "section", "appendix"},
    "appendix": {"chapter", "section"},
    "preface": {"section"},
    "chapter": {"section"},
    "section": {"section"},
}
_LABELS = {"part": "Part", "chapter": "Chapter", "appendix": "Appendix"}
_EXHIBIT_LABELS = {"example": "Example", "figure": "Figure", "table": "Table"}


class Division(msgspec.Struct, eq=False):
    """A part of a book with a title: the book itself, a part, chapter, section, …

    Attributes:
        kind: ``book``, ``preface``, ``part``, ``chapter``, ``section`` or ``appendix``.
        document: the file that it stands in.
        line: the line of its title.
        identifier: as written, or made by ``auto-id-prefix``.
        title: a docutils ``title``.
        subtitle: a second title; the book's alone.
        blocks: what stands before the divisions in it.
        tail: what stands after them: references of option sets.
        children: the divisions in it.
        parent: the division that it is in; None for the book.
        number: ``I``, ``1``, ``A`` or ``A.1``; may be empty.
        wish: the name of the page that its include wants; may be empty.
        page: the page that it stands on.
        exhibits, images, marked, linked: what stands in the blocks and in the title.
    """

    kind: str
    document: Document
    line: int
    identifier: str
    title: docutils_nodes.title
    parent: Division | None = None
    subtitle: docutils_nodes.subtitle | None = None
    blocks: list[docutils_nodes.Node] = []
    tail: list[docutils_nodes.Node] = []
    children: list[Division] = []
    number: str = ""
    wish: str = ""
    page: Page = None  # type: ignore[assignment] # set before anyone else sees it
    exhibits: list[Placed] = []
    images: list[Placed] = []
    marked: list[Placed] = []
    linked: list[Placed] = []

    @property
    def label(self) -> str:
        """What stands before the title: ``Chapter 1``, ``Appendix A``; may be empty."""
        return f"{_LABELS[self.kind]}\u00a0{self.number}" if self.number else ""

    @property
    def holds_options(self) -> bool:
        """Whether the reference of an option set stands in it."""
        return any(isinstance(block, nodes.option_list) for block in (*self.blocks, *self.tail))

    def section(self, level: int, page: Page) -> docutils_nodes.section:
        """Return what of it stands on a page as a docutils ``section`` with its ``title``.

        Its attributes ``level`` (its depth on the page) and ``label`` are for the writer.
        """
        section = docutils_nodes.section(
            "",
            self.title,
            *self.blocks,
            ids=[self.identifier] if self.identifier else [],
            classes=[self.kind],
            level=level,
            label=self.label,
        )
        section.extend(
            child.section(level + 1, page) for child in self.children if child.page is page
        )
        section.extend(self.tail)
        return section

    def walk(self) -> list[Division]:
        """Return this division and all below it, in the order of reading."""
        found = [self]
        for child in self.children:
            found.extend(child.walk())
        return found


class Page(msgspec.Struct, eq=False):
    """A page of a book.

    Attributes:
        name: its file name.
        old_name: the name that the source gave it, where a page of HTML cannot have it.
        divisions: what stands on it: mostly one division with those below it.
    """

    name: str
    old_name: str = ""
    divisions: list[Division] = []

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return self.name.rpartition(".")[0]


class Target(msgspec.Struct):
    """What an identifier means.

    Attributes:
        division: the division that it is, or stands in.
        line: the line where it is given.
        node: the exhibit or the marked node; None for a division itself.
    """

    division: Division
    line: int
    node: docutils_nodes.Element | None = None

    @property
    def place(self) -> str:
        """Where it is given, for a reader."""
        return f"{self.division.document.name}:{self.line}"


class OptionList(msgspec.Struct):
    """The place of an option set in a book: the set, the division that it stands in, its node."""

    source: OptionSource
    division: Division
    node: nodes.option_list


class Outline:
    """A book in order.

    Attributes:
        book: the first division.
        pages: the pages, in the order of reading.
        targets: identifier → what it means; those of options are not here.
        exhibits: examples, figures and tables by kind, in order, each with its division.
        options: the option sets, in order.
        diagnostics: what is wrong with the structure.
    """

    def __init__(self, document: Document, chunk: str = "file", front: str = FRONT) -> None:
        """Take the first file with all it includes, one of :data:`CHUNKS`, the first page's name."""
        self.diagnostics: list[Diagnostic] = []
        self.options: list[OptionList] = []
        self.targets: dict[str, Target] = {}
        self.exhibits: dict[str, list[tuple[Division, nodes.numbered_block]]] = defaultdict(list)
        self.pages: list[Page] = []
        self._chunk = chunk
        self._titles: dict[str, Title] = {}
        self._in_making: set[str] = set()
        self.book = self._division_of(document, "book", None, None, 1)
        self.divisions = self.book.walk()
        self._number()
        self._wished = {_file_name(division.wish).lower() for division in self.divisions}
        self._place(self.book, self._page(front))
        self._identify()

    # ─── the tree ───

    def _division_of(
        self,
        document: Document,
        kind: str,
        parent: Division | None,
        include: Include | None,
        position: int,
    ) -> Division:
        """Return a document as a division; ``position`` counts the files of one include."""
        builder = _Builder(self, document, kind, parent, include, position)
        return builder.build()

    def say(
        self, document: Document, code: Code, message: str, line: int, cure: str, excerpt: str = ""
    ) -> None:
        """Add an error about a line of a document."""
        self.diagnostics.append(
            document.diagnostic(code, message, line, cure, excerpt, Severity.ERROR)
        )

    # ─── numbers ───

    def _number(self) -> None:
        counts = {"part": 0, "chapter": 0, "appendix": 0}
        within: dict[int, int] = defaultdict(int)
        exhibits = dict.fromkeys(_EXHIBIT_LABELS, 0)
        for division in self.divisions:
            kind = division.kind
            appendix = _above(division, "appendix")
            if kind == "chapter" and appendix is not None:
                within[id(appendix)] += 1
                division.number = f"{appendix.number}.{within[id(appendix)]}"
            elif kind in counts:
                counts[kind] += 1
                division.number = _NUMBERING[kind](counts[kind])
            for placed in division.exhibits:
                node = placed.node
                assert isinstance(node, nodes.numbered_block)
                exhibits[node["kind"]] += 1
                node["number"] = exhibits[node["kind"]]
                self.exhibits[node["kind"]].append((division, node))

    # ─── pages ───

    def _page(self, wish: str) -> Page:
        name = _file_name(wish)
        page = Page(name, wish if name != wish else "")
        self.pages.append(page)
        return page

    def _place(self, division: Division, page: Page) -> None:
        division.page = page
        if division.parent is None or division.parent.page is not page:
            page.divisions.append(division)
        wished: dict[str, Page] = {}
        for child in division.children:
            below = page
            if self._chunk != "one" and child.wish:
                known = wished.get(child.wish)
                if known is None:
                    self._check_page(child)
                    known = wished[child.wish] = self._page(child.wish)
                below = known
            elif self._chunk == "chapter" and child.kind != "section":
                below = self._page(self._free(f"{child.identifier or 'untitled'}.html"))
            self._place(child, below)

    def _check_page(self, child: Division) -> None:
        wish = _file_name(child.wish).lower()
        if any(page.name.lower() == wish for page in self.pages):
            document = child.document
            self.diagnostics.append(
                document.diagnostic(
                    Code.BAD_INCLUDE,
                    f"two includes want the page `{child.wish}`",
                    child.line,
                    "give one of them another html:into-file=//name.html",
                )
            )

    def _free(self, name: str) -> str:
        name = re.sub(r"[^\w.-]", "_", name)
        taken = {page.name.lower() for page in self.pages} | self._wished
        number = 1
        wanted = name
        while wanted.lower() in taken or wanted.startswith("."):
            number += 1
            wanted = f"{name.removesuffix('.html').lstrip('.')}-{number}.html"
        return wanted

    # ─── identifiers ───

    def _identify(self) -> None:
        for division in self.divisions:
            if division.identifier:
                self._claim(division.identifier, Target(division, division.line))
            for placed in sorted((*division.exhibits, *division.marked), key=lambda p: p.line):
                for identifier in placed.node["ids"]:
                    self._claim(identifier, Target(division, placed.line, placed.node))
        for option_list in self.options:
            # Several lists may have one identifier, as today; the first has it.
            target = Target(option_list.division, option_list.source.line, option_list.node)
            option_list.node["ids"] = [
                name
                for name in option_list.node["ids"]
                if name not in _SHELL_IDS and self.targets.setdefault(name, target) is target
            ]

    def _claim(self, identifier: str, target: Target) -> None:
        known = self.targets.get(identifier)
        if known is None and identifier not in _SHELL_IDS:
            self.targets[identifier] = target
            return
        other = known.place if known is not None else "the shell of every page"
        self.say(
            target.division.document,
            Code.DUPLICATE_ID,
            f"the identifier `{identifier}` exists already, at {other}",
            target.line,
            "write another one at one of the two places",
            f"#{identifier}",
        )

    # ─── what references show ───

    def title(self, identifier: str) -> Title | None:
        """Return what a reference to an identifier shows; None for what is not here."""
        target = self.targets.get(identifier)
        if target is None:
            return None
        known = self._titles.get(identifier)
        if known is None:
            if identifier in self._in_making:
                return Title((docutils_nodes.Text(f"#{identifier}"),))
            self._in_making.add(identifier)
            known = self._titles[identifier] = self._title(target)
            self._in_making.discard(identifier)
        return known

    def _title(self, target: Target) -> Title:
        node = target.node
        if isinstance(node, nodes.numbered_block):
            name = f"{_EXHIBIT_LABELS[node['kind']]}\u00a0{node['number']}"
            title = node.children[0]
            return Title((docutils_nodes.Text(name),), f"{name}. {self.plain(title)}")
        if node is not None and isinstance(node, docutils_nodes.target) and node.children:
            return Title(tuple(self._shown(node)))
        division = target.division
        text = self._shown(division.title)
        plain = self.plain(division.title)
        if division.kind == "appendix":
            label = division.label
            return Title((docutils_nodes.Text(label),), f"{label}. {plain}")
        if division.kind in {"book", "part"}:
            return Title(tuple(text), plain)
        if division.kind == "chapter":
            return Title((docutils_nodes.emphasis("", "", *text),), plain)
        return Title(
            (docutils_nodes.Text("the section called “"), *text, docutils_nodes.Text("”")), plain
        )

    def plain(self, title: docutils_nodes.Node) -> str:
        """Return a title as plain text."""
        return fold("".join(visible_text(node) for node in self._shown(title)))

    def _shown(self, node: docutils_nodes.Node) -> list[docutils_nodes.Node]:
        """Return copies of inline nodes that can stand in a link: without links and notes."""
        found: list[docutils_nodes.Node] = []
        for child in node.children:
            if isinstance(child, docutils_nodes.Text):
                found.append(docutils_nodes.Text(child))
            elif isinstance(child, nodes.cross_reference) and not child.children:
                title = self.title(child["target"])
                found.extend(
                    [part.deepcopy() for part in title.text]
                    if title is not None
                    else [docutils_nodes.literal("", child["target"].removeprefix("opt-"))]
                )
            elif isinstance(child, (nodes.option_reference, nodes.manpage_reference)):
                found.append(docutils_nodes.literal("", child.astext()))
            elif isinstance(
                child, (nodes.cross_reference, docutils_nodes.reference, docutils_nodes.target)
            ):
                found.extend(self._shown(child))
            elif isinstance(child, docutils_nodes.Element) and not isinstance(
                child, docutils_nodes.footnote_reference
            ):
                copy = child.copy()
                copy["ids"] = []
                copy.extend(self._shown(child))
                found.append(copy)
        return found


_SHELL_IDS = frozenset({"page-content", "page-tree", "routes"})


def _file_name(wish: str) -> str:
    """Return the name of the page that an include wishes for: HTML, whatever it is called."""
    return f"{wish.removesuffix('.xhtml')}.html" if wish.endswith(".xhtml") else wish


class _Builder:
    """Makes one document a division."""

    def __init__(
        self,
        outline: Outline,
        document: Document,
        kind: str,
        parent: Division | None,
        include: Include | None,
        position: int,
    ) -> None:
        self.outline = outline
        self.document = document
        self.kind = kind
        self.parent = parent
        self.include = include
        self.position = position
        self.stack: list[Division] = []
        self.counts: list[int] = []
        self.after_include = False
        self.untitled = False

    def build(self) -> Division:
        """Return the document as a division, with what it includes."""
        chapter = self.document.chapter
        things: dict[int, list[tuple[str, Placed]]] = defaultdict(list)
        for name in ("exhibits", "images", "marked", "linked"):
            for placed in getattr(chapter, name):
                things[placed.block].append((name, placed))
        for index, block in enumerate(chapter.blocks):
            if isinstance(block, nodes.heading):
                self._heading(block)
            elif isinstance(block, nodes.include):
                self._include(index, block)
            else:
                self._block(block)
            if self.stack:
                for name, placed in things.get(index, ()):
                    getattr(self.stack[-1], name).append(placed)
        if not self.stack:
            # An empty file has been told of where it was read.
            self._open(Division(self.kind, self.document, 1, "", docutils_nodes.title()))
        self._name_notes(self.stack[0].identifier)
        return self.stack[0]

    def _name_notes(self, scope: str) -> None:
        """Give footnotes identifiers that tell them from those of other files on the page."""
        for note in self.document.chapter.notes:
            if isinstance(note, docutils_nodes.footnote):
                note["names"] = [f"{scope}.note-{note['names'][0]}"]
            else:
                note["refid"] = f"{scope}.note-{note['refid']}"

    def _say(self, code: Code, message: str, line: int, cure: str, excerpt: str = "") -> None:
        self.outline.say(self.document, code, message, line, cure, excerpt)

    def _open(self, division: Division) -> None:
        if self.stack:
            division.parent = self.stack[-1]
            self.stack[-1].children.append(division)
        else:
            division.parent = self.parent
            division.wish = self.include.page if self.include is not None else ""
        self.stack.append(division)

    def _heading(self, node: nodes.heading) -> None:
        level, line = node["level"], node["line"]
        title = docutils_nodes.title("", "", *node.children)
        if (
            self.kind == "book"
            and level == 2
            and len(self.stack) == 1
            and not (self.stack[0].blocks or self.stack[0].children or self.after_include)
            and self.stack[0].subtitle is None
        ):
            self.stack[0].subtitle = docutils_nodes.subtitle("", "", *node.children)
            return
        if level == 1 and self.stack:
            self._say(
                Code.HEADING_LEVEL,
                "a second title in one file",
                line,
                "write ## for a section of it, or move it to a file of its own",
            )
            level = 2
        elif level > len(self.stack) + 1:
            self._say(
                Code.HEADING_LEVEL,
                f"a heading of level {level} right below one of level {len(self.stack)}"
                if self.stack
                else f"the file begins with a heading of level {level}",
                line,
                f"write {'#' * (len(self.stack) + 1)} {_as_written(node)}",
            )
            level = len(self.stack) + 1
        del self.stack[level - 1 :]
        del self.counts[level:]
        while len(self.counts) < level:
            self.counts.append(0)
        self.counts[level - 1] += 1
        identifier = self._identifier(node, level)
        self._check_text(title, line)
        self._open(
            Division(self.kind if level == 1 else "section", self.document, line, identifier, title)
        )
        self.after_include = False

    def _check_text(self, title: docutils_nodes.Node, line: int) -> None:
        if not visible_text(title).strip() and not any(
            isinstance(node, nodes.cross_reference) for node in title.findall()
        ):
            self._say(
                Code.BAD_STRUCTURE,
                "a heading without a text",
                line,
                "write what it is about behind the #",
            )

    def _identifier(self, node: nodes.heading, level: int) -> str:
        if node["ids"]:
            return str(node["ids"][0])
        if self.include is not None and self.include.prefix:
            numbers = [self.position, *self.counts[1:level]]
            return f"{self.include.prefix}-{'.'.join(map(str, numbers))}"
        shown = fold(visible_text(node))
        slug = re.sub(r"[^a-z0-9]+", "-", shown.lower()).strip("-") or "title"
        kind = self.kind if level == 1 else "section"
        self._say(
            Code.MISSING_ID,
            "the heading has no identifier",
            node["line"],
            f"write {'#' * level} {shown} {{#{_SLUGS.get(kind, 'sec')}-{slug}}}",
        )
        return ""

    def _include(self, index: int, node: nodes.include) -> None:
        if not self.stack:
            self._say(
                Code.BAD_STRUCTURE,
                "an include before the title",
                node["line"],
                "write `# Title {#id}` as the file's first line",
            )
            return
        self.after_include = True
        include = self.document.includes.get(index)
        if include is None:
            return
        here = self.stack[-1]
        if include.kind == "options":
            self._options(include, here)
            return
        kind = _KIND_OF[include.kind]
        if kind == "chapter" and here.kind in {"chapter", "section"}:
            # As today: what is included into a chapter is a section of it.
            kind = "section"
        if kind not in _HOLDS[here.kind]:
            self._say(
                Code.BAD_STRUCTURE,
                f"{include.kind} cannot stand in a {here.kind}",
                include.line,
                "include them in one of: "
                + ", ".join(sorted(name for name in _HOLDS if kind in _HOLDS[name])),
                include.kind,
            )
            kind = "section"
        for position, document in enumerate(include.documents, 1):
            here.children.append(self.outline._division_of(document, kind, here, include, position))

    def _options(self, include: Include, here: Division) -> None:
        if include.options is None:
            return
        index = len(self.outline.options)
        list_id = include.options.list_id
        node = nodes.option_list(ids=[list_id] if list_id else [], index=index)
        (here.tail if here.children else here.blocks).append(node)
        self.outline.options.append(OptionList(include.options, here, node))

    def _block(self, block: docutils_nodes.Node) -> None:
        if isinstance(block, nodes.footnotes) and self.stack:
            # They stand at the end of the file, whatever is before them.
            self.stack[-1].blocks.append(block)
            return
        if not self.stack:
            if not self.untitled:
                self._say(
                    Code.BAD_STRUCTURE,
                    "text before the title",
                    _line_of(block),
                    "write `# Title {#id}` as the file's first line",
                )
            self.untitled = True
            return
        if self.after_include:
            self._say(
                Code.BAD_STRUCTURE,
                "text after an include",
                _line_of(block),
                "move it before the include, or give it a heading of its own",
            )
            self.after_include = False
        self.stack[-1].blocks.append(block)


_SLUGS = {"part": "part", "chapter": "ch", "appendix": "app", "book": "book"}


def _as_written(node: nodes.heading) -> str:
    """Return a heading's text, with its identifier."""
    text = fold(visible_text(node))
    return f"{text} {{#{node['ids'][0]}}}" if node["ids"] else text


def _line_of(block: docutils_nodes.Node) -> int:
    for node in block.findall():
        line = node.line or (node.get("line") if isinstance(node, docutils_nodes.Element) else None)
        if line:
            return int(line)
    return 1


def _above(division: Division, kind: str) -> Division | None:
    above = division.parent
    while above is not None and above.kind != kind:
        above = above.parent
    return above


def _roman(number: int) -> str:
    shown = ""
    for value, digits in _ROMAN:
        while number >= value:
            shown += digits
            number -= value
    return shown


_ROMAN = (
    *((100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


def _letters(number: int) -> str:
    shown = ""
    while number:
        number, digit = divmod(number - 1, 26)
        shown = chr(65 + digit) + shown
    return shown


_NUMBERING: dict[str, Callable[[int], str]] = {"part": _roman, "chapter": str, "appendix": _letters}
