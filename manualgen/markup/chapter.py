"""A Markdown file of a manual → doctree: the Markdown of descriptions, and what only manuals have.

Headings, examples, figures and tables with titles, images and includes. What
stands where in the manual is not known here: a chapter is a flat sequence of
segments, each a heading with the blocks up to the next heading, and an include
is a node among those blocks.

:func:`parse` is a pure function. Nobody changes what it returns, so that a
chapter can be kept and used again; what a manual adds (numbers, pictures,
targets) stands in tables of the manual.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.errors import Code, Diagnostic, Severity
from manualgen.markup import blocks, description, dialect, inlines, nodes
from manualgen.markup.builder import DoctreeBuilder, close
from manualgen.markup.inline_parser import NestingError
from manualgen.markup.structure import visible_text
from manualgen.options.addresses import scheme_of

if TYPE_CHECKING:
    from markdown_it.token import Token

    from manualgen.markup.builder import Rule
    from manualgen.markup.parsed import DocbookTag, SourceSpan

LONGEST = 2_000_000
"""How long a file of a manual may be, in characters: ten times the longest known."""

NUMBERED_BLOCKS = ("example", "figure", "table")
"""The kinds of blocks that have a title and a number."""

Node_co = TypeVar("Node_co", bound=docutils_nodes.Element, covariant=True)


class Located(msgspec.Struct, Generic[Node_co], frozen=True):
    """A node and its line in the file.

    Attributes:
        line: the line, 1-based.
        node: the node.
    """

    line: int
    node: Node_co


class Segment(msgspec.Struct, frozen=True):
    """A heading of a file and what stands below it, up to the next heading.

    The lists of located nodes are in the order of the source. They hold nodes of the heading
    and of the blocks, at any depth.

    Attributes:
        heading: the heading; None for what precedes the first one.
        blocks: block nodes, with ``nodes.include`` among them, none of which has a parent.
        numbered_blocks: examples, figures and tables with titles.
        images: images.
        anchors: nodes with an identifier, other than headings and numbered blocks.
        references: references to options, to identifiers and to manual pages.
    """

    heading: nodes.heading | None = None
    blocks: list[docutils_nodes.Node] = msgspec.field(default_factory=list)
    numbered_blocks: list[Located[nodes.numbered_block]] = msgspec.field(default_factory=list)
    images: list[Located[docutils_nodes.image]] = msgspec.field(default_factory=list)
    anchors: list[Located[docutils_nodes.Element]] = msgspec.field(default_factory=list)
    references: list[Located[nodes.Reference]] = msgspec.field(default_factory=list)


class Chapter(msgspec.Struct, frozen=True):
    """A file of a manual as doctree.

    Attributes:
        segments: the headings and what stands below each, in order. A file that begins with a
            heading has no segment without one.
        footnotes: footnotes and the references to them.
        files: links to files: the span of each in the source, and its address.
        diagnostics: what is wrong with the text; line and column are set, the file is not.
    """

    segments: list[Segment] = msgspec.field(default_factory=list)
    footnotes: list[docutils_nodes.footnote | docutils_nodes.footnote_reference] = msgspec.field(
        default_factory=list
    )
    files: list[tuple[SourceSpan, str]] = msgspec.field(default_factory=list)
    diagnostics: list[Diagnostic] = msgspec.field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the file has neither a heading nor a block."""
        return not self.segments


def parse(text: str) -> Chapter:
    """Return a Markdown file of a manual as segments. Never raises for any text.

    Args:
        text: what the file holds, with LF as line ends.

    Returns:
        The chapter. Errors in the text are diagnostics with line and column. A file that no
        parser could read in bounded time has no segments, and a diagnostic.
    """
    diagnostic = _too_complex(text)
    if diagnostic is not None:
        return Chapter(diagnostics=[diagnostic])
    builder = _ChapterBuilder(text)
    try:
        builder.build()
    except NestingError:
        return Chapter(diagnostics=[_complex(1, text, "is too deeply nested")])
    return builder.chapter()


def docbook_tags(text: str) -> list[DocbookTag]:
    """Return the tags of DocBook in a file of a manual, in order.

    Args:
        text: what the file holds, with LF as line ends.
    """
    if _too_complex(text) is not None:
        return []
    builder = _ChapterBuilder(text)
    try:
        builder.build()
    except NestingError:
        return []
    return builder.docbook_tags


def _too_complex(text: str) -> Diagnostic | None:
    if len(text) > LONGEST:
        return _complex(1, text, f"has {len(text):,} characters; {LONGEST:,} are the most")
    line = 1
    # What costs time is a long paragraph, not a long chapter.
    for paragraph in re.split(r"(\n[ \t]*\n)", text):
        if len(paragraph) > _SHORT and description.is_too_complex(paragraph):
            return _complex(
                line, paragraph, "has a paragraph too long or too deeply nested to be read"
            )
        line += paragraph.count("\n")
    if description.is_deeply_nested(text):
        return _complex(1, text, "is too deeply nested")
    return None


_SHORT = 2_000


def _complex(line: int, paragraph: str, why: str) -> Diagnostic:
    return Diagnostic(
        code=Code.TOO_COMPLEX,
        message=f"the file {why}",
        line=line,
        column=1,
        excerpt=paragraph.lstrip("\n").partition("\n")[0][:80],
        help="divide it into several files, and include those",
        severity=Severity.ERROR,
    )


class _ChapterBuilder(DoctreeBuilder):
    """Builds the doctree of a chapter."""

    def __init__(self, text: str) -> None:
        super().__init__(text, _BLOCK_RULES, _INLINE_RULES)
        self.root = self.current
        self.segments = [Segment()]
        self.segment = self.segments[0]
        """The segment that the current block belongs to."""
        self.chapter_footnotes: list[
            docutils_nodes.footnote | docutils_nodes.footnote_reference
        ] = []
        self.files: list[tuple[SourceSpan, str]] = []

    def chapter(self) -> Chapter:
        """Return the chapter, once everything is built."""
        segments = iter(self.segments)
        segment = next(segments)
        for block in self.root.children:
            if isinstance(block, nodes.heading):
                segment = next(segments)
            else:
                segment.blocks.append(block)
        if not self.segments[0].blocks:
            del self.segments[0]
        self._check_colons()
        return Chapter(
            self.segments,
            self.chapter_footnotes,
            self.files,
            [
                _as_error(diagnostic)
                # What lost some of the text is an error in a manual.
                if diagnostic.code in {Code.UNCLOSED_FENCE, Code.DUPLICATE_ID}
                else diagnostic
                for diagnostic in self.parsed.diagnostics
            ],
        )

    def _check_colons(self) -> None:
        for block in self.root.children:
            if (
                isinstance(block, docutils_nodes.paragraph)
                and block.line
                and _COLONS.fullmatch(block.astext())
            ):
                self.report_line(
                    Code.UNCLOSED_FENCE,
                    "these colons close no block",
                    "remove the line, or open the block with `::: {.note}`",
                    block.line - 1,
                )

    def open_segment(self, heading: nodes.heading) -> None:
        """Add a heading; what follows stands below it."""
        self.open(heading)
        self.segment = Segment(heading)
        self.segments.append(self.segment)

    def add_anchor(self, node: docutils_nodes.Element) -> None:
        """Record a node's identifier, if it has one."""
        if node["ids"]:
            self.segment.anchors.append(Located(self.line + 1, node))

    def add_reference(self, reference: nodes.Reference, excerpt: str) -> None:
        """Record a reference, and where it stands in the source."""
        super().add_reference(reference, excerpt)
        self.segment.references.append(Located(reference["place"].line, reference))

    def check_footnote_references(self, text: str) -> None:
        """Diagnose what was meant as a reference to a footnote that the file does not have."""
        if isinstance(self.current, docutils_nodes.reference):
            return
        source = self.inline_source
        for match in _FOOTNOTE_REFERENCE.finditer(text):
            # What is escaped is meant as it stands, and "[^a-z]" is not a reference.
            if match[0] in source and f"\\{match[0]}" not in source:
                self.report(
                    Code.DANGLING_REFERENCE,
                    f"the file has no footnote `{match[1]}`",
                    match[0],
                    f"write `{match[0]}: …` as a paragraph of its own, or put it in backticks",
                )

    def report_line(self, code: Code, message: str, help_text: str, line: int) -> None:
        """Add an error about a whole line (0-based)."""
        self.line = line
        text = self.lines[line] if line < len(self.lines) else ""
        self.report(code, message, text.strip(), help_text)
        self.parsed.diagnostics[-1] = _as_error(self.parsed.diagnostics[-1])


_FOOTNOTE_REFERENCE = re.compile(r"\[\^(?!(?:\w-\w)+\w*\])([\w.-]+)\]")
_COLONS = re.compile(r":{3,}")


def _as_error(diagnostic: Diagnostic) -> Diagnostic:
    return msgspec.structs.replace(diagnostic, severity=Severity.ERROR)


def _first_line(token: Token) -> int:
    return token.map[0] if token.map else 0


# Blocks.


def _paragraph(builder: _ChapterBuilder, token: Token) -> None:
    blocks.paragraph(builder, token)
    builder.current.line = _first_line(token) + 1


def _heading(builder: _ChapterBuilder, token: Token) -> None:
    line = _first_line(token)
    builder.line = line
    anchor = token.attrGet("id")
    ids = [anchor] if isinstance(anchor, str) else []
    if builder.current is builder.root:
        builder.open_segment(nodes.heading(level=int(token.tag[1:]), ids=ids, line=line + 1))
        return
    if isinstance(builder.current, nodes.numbered_block) and not builder.current.children:
        builder.open(docutils_nodes.title(ids=ids))
        builder.add_anchor(builder.current)
        return
    builder.report_line(
        Code.HEADING,
        "a heading inside another block",
        "move it out to the left margin, or write it in bold",
        line,
    )
    builder.open(docutils_nodes.paragraph(classes=["heading"], ids=ids))
    builder.add_anchor(builder.current)


def _code(builder: _ChapterBuilder, token: Token) -> None:
    if token.type != "fence" or not token.info.lstrip().startswith("{=include=}"):
        blocks.code_block(builder, token)
        return
    line = _first_line(token)
    blocks.check_closed(builder, token, token.map[1] - 1 if token.map else line)
    if builder.current is not builder.root:
        builder.report_line(
            Code.BAD_INCLUDE,
            "an include inside another block",
            "move it out to the left margin",
            line,
        )
        return
    words = token.info.split()
    builder.append(
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


def _block(builder: _ChapterBuilder, token: Token) -> None:
    attributes = dialect.attributes(token.info)
    kind = attributes[1][0] if attributes is not None else ""
    if attributes is None or kind not in NUMBERED_BLOCKS:
        blocks.admonition(builder, token, NUMBERED_BLOCKS)
        builder.add_anchor(builder.current)
        return
    builder.line = _first_line(token)
    if token.map:
        blocks.check_closed(builder, token, token.map[1])
    node = nodes.numbered_block(kind=kind, ids=attributes[0], line=_first_line(token) + 1)
    builder.open(node)
    builder.segment.numbered_blocks.append(Located(_first_line(token) + 1, node))


def _block_close(builder: _ChapterBuilder, _token: Token) -> None:
    node = builder.current
    builder.close()
    if not isinstance(node, nodes.numbered_block):
        return
    kind = node["kind"]
    line = node["line"] - 1
    title = node.children[0] if node.children else None
    if not isinstance(title, docutils_nodes.title) or not visible_text(title).strip():
        builder.report_line(
            Code.BAD_STRUCTURE,
            f"the {kind} has no title",
            f"write a heading as its first line: ### What the {kind} shows",
            line,
        )
        if not isinstance(title, docutils_nodes.title):
            node.insert(0, docutils_nodes.title())
        return
    children = node.children[1:]
    if kind == "figure" and not any(any(b.findall(docutils_nodes.image)) for b in children):
        builder.report_line(
            Code.BAD_STRUCTURE,
            "the figure has no image",
            "write one below its title: ![what it shows](picture.png)",
            line,
        )
    if kind == "table" and not any(isinstance(b, docutils_nodes.table) for b in children):
        builder.report_line(
            Code.BAD_STRUCTURE,
            "the block of a table has no table",
            "write one below its title: | a | b |",
            line,
        )


def _footnote(builder: _ChapterBuilder, token: Token) -> None:
    blocks.footnote(builder, token)
    footnote = builder.current
    assert isinstance(footnote, docutils_nodes.footnote)
    builder.chapter_footnotes.append(footnote)


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


def _link(builder: _ChapterBuilder, token: Token) -> None:
    inlines.link(builder, token)
    address = builder.current.get("refuri", "")
    if address and not scheme_of(address) and address[0] not in "/?":
        builder.files.append((builder.span(address), address))


def _image(builder: _ChapterBuilder, token: Token) -> None:
    node = inlines.image(builder, token)
    title = token.attrGet("title")
    if title:
        node["title"] = str(title)
    builder.segment.images.append(Located(builder.span("![").line, node))


def _span(builder: _ChapterBuilder, token: Token) -> None:
    inlines.span(builder, token)
    builder.add_anchor(builder.current)


def _footnote_reference(builder: _ChapterBuilder, token: Token) -> None:
    builder.chapter_footnotes.append(inlines.footnote_reference(builder, token))


_INLINE_RULES: dict[str, Rule] = {
    **inlines.INLINE_RULES,
    "footnote_ref": _footnote_reference,  # type: ignore[dict-item]
    "image": _image,  # type: ignore[dict-item]
    "link_open": _link,  # type: ignore[dict-item]
    "span_open": _span,  # type: ignore[dict-item]
}
