"""A file of a book → doctree: the Markdown of descriptions, and what only books have.

Headings, examples, figures and tables with titles, images and includes. What
stands where in the book is not known here: headings stay a flat sequence
among the blocks, and includes stay places.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.errors import Code, Diagnostic, Severity
from manualgen.markup import blocks, description, dialect, inlines, nodes
from manualgen.markup.builder import DoctreeBuilder, NestingError, close
from manualgen.markup.parsed import Parsed, SourceSpan
from manualgen.markup.structure import visible_text
from manualgen.options.addresses import scheme_of

if TYPE_CHECKING:
    from markdown_it.token import Token

    from manualgen.markup.builder import Rule

LONGEST = 2_000_000
"""How long a file of a book may be, in characters: ten times the longest known."""

EXHIBITS = ("example", "figure", "table")
"""What can have a title and a number."""


class Placed(msgspec.Struct):
    """Something in a chapter that the book has to know.

    Attributes:
        block: the index of the block that it is, or is in.
        line: its line, 1-based.
        node: the node.
    """

    block: int
    line: int
    node: docutils_nodes.Element


class Chapter(Parsed):
    """A file of a book.

    Attributes:
        exhibits: examples, figures and tables with titles, in order.
        images: pictures, in order.
        marked: nodes with an identifier, but for headings and exhibits, in order.
        linked: the references, in order.
        notes: footnotes and the references to them.
        files: links to files beside the manual, each with its place.
    """

    exhibits: list[Placed] = msgspec.field(default_factory=list)
    images: list[Placed] = msgspec.field(default_factory=list)
    marked: list[Placed] = msgspec.field(default_factory=list)
    linked: list[Placed] = msgspec.field(default_factory=list)
    notes: list[docutils_nodes.Element] = msgspec.field(default_factory=list)
    files: list[tuple[SourceSpan, str]] = msgspec.field(default_factory=list)


def parse(text: str) -> Chapter:
    """Return a Markdown file of a book as blocks. Never raises for any text.

    Errors in what it found are diagnostics with line and column; a file that no
    parser could read in bounded time has no blocks, and a diagnostic.
    """
    found = _too_complex(text)
    if found is not None:
        return Chapter([], diagnostics=[found])
    tree = _ChapterTree(text)
    try:
        tree.build()
    except NestingError:
        return Chapter([], diagnostics=[_complex(1, text, "is too deeply nested")])
    tree.finish()
    return tree.chapter


def _too_complex(text: str) -> Diagnostic | None:
    if len(text) > LONGEST:
        return _complex(1, text, f"has {len(text):,} characters; {LONGEST:,} are the most")
    line = 1
    # What costs time is a long paragraph, not a long chapter.
    for piece in re.split(r"(\n[ \t]*\n)", text):
        if len(piece) > _SHORT and description.is_too_complex(piece):
            return _complex(line, piece, "has a paragraph too long or too deeply nested to be read")
        line += piece.count("\n")
    if description.is_deeply_nested(text):
        return _complex(1, text, "is too deeply nested")
    return None


_SHORT = 2_000


def _complex(line: int, piece: str, why: str) -> Diagnostic:
    return Diagnostic(
        code=Code.TOO_COMPLEX,
        message=f"the file {why}",
        line=line,
        column=1,
        excerpt=piece.lstrip("\n").partition("\n")[0][:80],
        help="divide it into several files, and include those",
        severity=Severity.ERROR,
    )


class _ChapterTree(DoctreeBuilder):
    """A doctree of a chapter in the making."""

    def __init__(self, text: str) -> None:
        super().__init__(text, _BLOCK_RULES, _INLINE_RULES)
        self.chapter = Chapter([])
        self.parsed = self.chapter
        self.root = self.current

    def placed(self, node: docutils_nodes.Element, line: int | None = None) -> Placed:
        return Placed(
            max(0, len(self.root.children) - 1), self.line + 1 if line is None else line, node
        )

    def mark(self, node: docutils_nodes.Element) -> None:
        if node["ids"]:
            self.chapter.marked.append(self.placed(node))

    def add_reference(self, reference: nodes.Reference, excerpt: str) -> None:
        super().add_reference(reference, excerpt)
        self.chapter.linked.append(self.placed(reference, reference["place"].line))

    def check_footnote_references(self, text: str) -> None:
        if isinstance(self.current, docutils_nodes.reference):
            return
        for found in _NOTE.finditer(text):
            # What is escaped is meant as it stands, and "[^a-z]" is no note.
            source = self.inline_source
            if found[0] in source and f"\\{found[0]}" not in source:
                self.report(
                    Code.DANGLING_REFERENCE,
                    f"the file has no footnote `{found[1]}`",
                    found[0],
                    f"write `{found[0]}: …` as a paragraph of its own, or put it in backticks",
                )

    def say(self, code: Code, message: str, cure: str, line: int) -> None:
        """Add an error about a whole line (0-based)."""
        self.line = line
        shown = self.lines[line] if line < len(self.lines) else ""
        self.report(code, message, shown.strip(), cure)
        self.chapter.diagnostics[-1] = _as_error(self.chapter.diagnostics[-1])

    def finish(self) -> None:
        """Look for what lost some of the text, which in a book is an error."""
        for index, found in enumerate(self.chapter.diagnostics):
            if found.code in {Code.UNCLOSED_FENCE, Code.DUPLICATE_ID}:
                self.chapter.diagnostics[index] = _as_error(found)
        for colon in self._stray_colons():
            self.say(
                Code.UNCLOSED_FENCE,
                "these colons close no block",
                "remove the line, or open the block with `::: {.note}`",
                colon,
            )

    def _stray_colons(self) -> list[int]:
        return [
            block.line - 1
            for block in self.chapter.blocks
            if isinstance(block, docutils_nodes.paragraph)
            and block.line
            and _COLONS.fullmatch(block.astext())
        ]


_NOTE = re.compile(r"\[\^(?!(?:\w-\w)+\w*\])([\w.-]+)\]")
_COLONS = re.compile(r":{3,}")


def _as_error(found: Diagnostic) -> Diagnostic:
    return msgspec.structs.replace(found, severity=Severity.ERROR)


def _first_line(token: Token) -> int:
    return token.map[0] if token.map else 0


# Blocks.


def _paragraph(tree: _ChapterTree, token: Token) -> None:
    blocks.paragraph(tree, token)
    tree.current.line = _first_line(token) + 1


def _heading(tree: _ChapterTree, token: Token) -> None:
    line = _first_line(token)
    tree.line = line
    anchor = token.attrGet("id")
    ids = [anchor] if isinstance(anchor, str) else []
    if tree.current is tree.root:
        tree.open(nodes.heading(level=int(token.tag[1:]), ids=ids, line=line + 1))
        return
    if isinstance(tree.current, nodes.numbered_block) and not tree.current.children:
        tree.open(docutils_nodes.title(ids=ids))
        tree.mark(tree.current)
        return
    tree.say(
        Code.HEADING,
        "a heading inside another block",
        "move it out to the left margin, or write it in bold",
        line,
    )
    tree.open(docutils_nodes.paragraph(classes=["heading"], ids=ids))
    tree.mark(tree.current)


def _code(tree: _ChapterTree, token: Token) -> None:
    if token.type != "fence" or not token.info.lstrip().startswith("{=include=}"):
        blocks.code_block(tree, token)
        return
    line = _first_line(token)
    blocks.check_closed(tree, token, token.map[1] - 1 if token.map else line)
    if tree.current is not tree.root:
        tree.say(
            Code.BAD_INCLUDE,
            "an include inside another block",
            "move it out to the left margin",
            line,
        )
        return
    words = token.info.split()
    tree.append(
        nodes.include(
            kind=words[1] if len(words) > 1 else "",
            arguments=words[2:],
            entries=[
                (line + 2 + number, entry)
                for number, entry in enumerate(token.content.splitlines())
            ],
            line=line + 1,
        )
    )


def _block(tree: _ChapterTree, token: Token) -> None:
    found = dialect.attributes(token.info)
    kind = found[1][0] if found is not None else ""
    if found is None or kind not in EXHIBITS:
        blocks.admonition(tree, token)
        tree.mark(tree.current)
        return
    tree.line = _first_line(token)
    if token.map:
        blocks.check_closed(tree, token, token.map[1])
    node = nodes.numbered_block(kind=kind, ids=found[0], line=_first_line(token) + 1)
    tree.open(node)
    tree.chapter.exhibits.append(tree.placed(node, _first_line(token) + 1))


def _block_close(tree: _ChapterTree, _token: Token) -> None:
    node = tree.current
    tree.close()
    if not isinstance(node, nodes.numbered_block):
        return
    kind = node["kind"]
    line = node["line"] - 1
    title = node.children[0] if node.children else None
    if not isinstance(title, docutils_nodes.title) or not visible_text(title).strip():
        tree.say(
            Code.BAD_STRUCTURE,
            f"the {kind} has no title",
            f"write a heading as its first line: ### What the {kind} shows",
            line,
        )
        if not isinstance(title, docutils_nodes.title):
            node.insert(0, docutils_nodes.title())
        return
    blocks = node.children[1:]
    if kind == "figure" and not any(any(b.findall(docutils_nodes.image)) for b in blocks):
        tree.say(
            Code.BAD_STRUCTURE,
            "the figure has no image",
            "write one below its title: ![what it shows](picture.png)",
            line,
        )
    if kind == "table" and not any(isinstance(b, docutils_nodes.table) for b in blocks):
        tree.say(
            Code.BAD_STRUCTURE,
            "the block of a table has no table",
            "write one below its title: | a | b |",
            line,
        )


def _footnote(tree: _ChapterTree, token: Token) -> None:
    blocks.footnote(tree, token)
    tree.chapter.notes.append(tree.current)


_BLOCK_RULES: dict[str, Rule] = {
    **blocks.BLOCK_RULES,
    "footnote_open": _footnote,  # type: ignore[dict-item]
    "paragraph_open": _paragraph,  # type: ignore[dict-item]
    "heading_open": _heading,  # type: ignore[dict-item]
    "heading_close": close,
    "fence": _code,  # type: ignore[dict-item]
    "container_block_open": _block,  # type: ignore[dict-item]
    "container_block_close": _block_close,  # type: ignore[dict-item]
}


# Inlines.


def _link(tree: _ChapterTree, token: Token) -> None:
    inlines.link(tree, token)
    address = tree.current.get("refuri", "")
    if address and not scheme_of(address) and address[0] not in "/?":
        tree.chapter.files.append((tree.span(address), address))


def _image(tree: _ChapterTree, token: Token) -> None:
    node = inlines.image(tree, token)
    title = token.attrGet("title")
    if title:
        node["title"] = str(title)
    tree.chapter.images.append(tree.placed(node, tree.span("![").line))


def _span(tree: _ChapterTree, token: Token) -> None:
    inlines.span(tree, token)
    tree.mark(tree.current)


def _footnote_reference(tree: _ChapterTree, token: Token) -> None:
    note = inlines.footnote_reference(tree, token)
    tree.chapter.notes.append(note)


_INLINE_RULES: dict[str, Rule] = {
    **inlines.INLINE_RULES,
    "footnote_ref": _footnote_reference,  # type: ignore[dict-item]
    "image": _image,  # type: ignore[dict-item]
    "link_open": _link,  # type: ignore[dict-item]
    "span_open": _span,  # type: ignore[dict-item]
}
