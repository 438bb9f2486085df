"""Documents → divisions: the flat segments of files become one tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.book.model import Division, OptionList
from manualgen.errors import Code, Severity
from manualgen.markup import nodes
from manualgen.markup.structure import fold, visible_text

if TYPE_CHECKING:
    from manualgen.book.documents import Document, Include
    from manualgen.errors import Diagnostic
    from manualgen.markup.chapter import Segment

_DIVISION_KINDS = {
    "preface": "preface",
    "parts": "part",
    "chapters": "chapter",
    "sections": "section",
    "appendix": "appendix",
}
"""Kind of include → the kind of division that its files become."""

_ALLOWED = {
    "book": {"preface", "part", "chapter", "section", "appendix"},
    "part": {"preface", "chapter", "section", "appendix"},
    "appendix": {"chapter", "section"},
    "preface": {"section"},
    "chapter": {"section"},
    "section": {"section"},
}
"""Kind of division → the kinds of divisions that it may contain."""

_ID_PREFIXES = {"part": "part", "chapter": "ch", "appendix": "app", "book": "book"}


class Nested(msgspec.Struct, frozen=True):
    """A manual as a tree.

    Attributes:
        book: the first division, with all others below it.
        option_lists: the included option sets, in the order of their includes.
        diagnostics: what is wrong with the structure.
    """

    book: Division
    option_lists: list[OptionList]
    diagnostics: list[Diagnostic]


def nest(document: Document) -> Nested:
    """Return a manual's first document, with all it includes, as a tree of divisions."""
    option_lists: list[OptionList] = []
    diagnostics: list[Diagnostic] = []
    book = _division(_Nesting(document, "book", option_lists, diagnostics))
    return Nested(book, option_lists, diagnostics)


class _Nesting(msgspec.Struct):
    """The nesting of one document.

    Attributes:
        document: the document.
        kind: what its first division is.
        option_lists, diagnostics: those of the manual so far.
        parent: the division that includes it.
        include: the include that names it.
        position: its position among the files of that include, from 1.
        stack: the divisions that are open, the outermost first.
        counts: how many headings of each level there are, for identifiers.
        after_include: whether an include is the last thing in the innermost division.
        has_untitled_text: whether text before the title has been reported.
    """

    document: Document
    kind: str
    option_lists: list[OptionList]
    diagnostics: list[Diagnostic]
    parent: Division | None = None
    include: Include | None = None
    position: int = 1
    stack: list[Division] = msgspec.field(default_factory=list)
    counts: list[int] = msgspec.field(default_factory=list)
    after_include: bool = False
    has_untitled_text: bool = False

    def report(
        self, code: Code, message: str, line: int, help_text: str, excerpt: str = ""
    ) -> None:
        """Add an error about a line of the document."""
        self.diagnostics.append(
            self.document.diagnostic(code, message, line, help_text, excerpt, Severity.ERROR)
        )


def _division(nesting: _Nesting) -> Division:
    """Return a document as a division, with what it includes."""
    for segment in nesting.document.chapter.segments:
        if segment.heading is not None:
            _add_heading(nesting, segment.heading)
        for block in segment.blocks:
            if isinstance(block, nodes.include):
                _add_include(nesting, block)
            else:
                _add_block(nesting, block)
        if nesting.stack:
            _add_located(nesting.stack[-1], segment)
    if not nesting.stack:
        # That the file has no title was reported where it was read, or at its first block.
        _open(nesting, Division(nesting.kind, nesting.document, 1, "", docutils_nodes.title()))
    for include in nesting.document.appended:
        _add_documents(nesting, include, nesting.stack[0])
    return nesting.stack[0]


def _add_located(division: Division, segment: Segment) -> None:
    division.numbered_blocks.extend(segment.numbered_blocks)
    division.images.extend(segment.images)
    division.anchors.extend(segment.anchors)
    division.references.extend(segment.references)


def _open(nesting: _Nesting, division: Division) -> None:
    if nesting.stack:
        division.parent = nesting.stack[-1]
        nesting.stack[-1].children.append(division)
        division.footnote_scope = nesting.stack[0].identifier
    else:
        division.parent = nesting.parent
        division.requested_page = nesting.include.page if nesting.include is not None else ""
        division.footnote_scope = division.identifier
    nesting.stack.append(division)


# ─── headings ───


def _add_heading(nesting: _Nesting, node: nodes.heading) -> None:
    stack = nesting.stack
    if _is_subtitle(nesting, node):
        stack[0].subtitle = docutils_nodes.subtitle()
        stack[0].subtitle.children = list(node.children)
        return
    level = _level(nesting, node)
    del stack[level - 1 :]
    del nesting.counts[level:]
    while len(nesting.counts) < level:
        nesting.counts.append(0)
    nesting.counts[level - 1] += 1
    identifier = _identifier(nesting, node, level)
    if not visible_text(node).strip() and not any(
        isinstance(inline, nodes.cross_reference) for inline in node.findall()
    ):
        nesting.report(
            Code.BAD_STRUCTURE,
            "a heading without a text",
            node["line"],
            "write what it is about after the #",
        )
    # The heading's nodes are shown, not moved: parsed trees are never changed.
    title = docutils_nodes.title()
    title.children = list(node.children)
    kind = nesting.kind if level == 1 else "section"
    _open(nesting, Division(kind, nesting.document, node["line"], identifier, title))
    nesting.after_include = False


def _is_subtitle(nesting: _Nesting, node: nodes.heading) -> bool:
    if nesting.kind != "book" or node["level"] != 2 or len(nesting.stack) != 1:
        return False
    book = nesting.stack[0]
    return not (book.blocks or book.children or nesting.after_include) and book.subtitle is None


def _level(nesting: _Nesting, node: nodes.heading) -> int:
    """Return the level at which a heading can stand, and report if that is not its own."""
    level: int = node["level"]
    depth = len(nesting.stack)
    if level == 1 and depth:
        nesting.report(
            Code.HEADING_LEVEL,
            "a second title in one file",
            node["line"],
            "write ## for a section of it, or move it to a file of its own",
        )
        return 2
    if level > depth + 1:
        nesting.report(
            Code.HEADING_LEVEL,
            f"a heading of level {level} right below one of level {depth}"
            if depth
            else f"the file begins with a heading of level {level}",
            node["line"],
            f"write {'#' * (depth + 1)} {_as_written(node)}",
        )
        return depth + 1
    return level


def _identifier(nesting: _Nesting, node: nodes.heading, level: int) -> str:
    """Return a heading's identifier, as written or as its include has it made; may be empty."""
    if node["ids"]:
        return str(node["ids"][0])
    if nesting.include is not None and nesting.include.prefix:
        numbers = [nesting.position, *nesting.counts[1:level]]
        return f"{nesting.include.prefix}-{'.'.join(map(str, numbers))}"
    text = fold(visible_text(node))
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "title"
    prefix = _ID_PREFIXES.get(nesting.kind, "sec") if level == 1 else "sec"
    nesting.report(
        Code.MISSING_ID,
        "the heading has no identifier",
        node["line"],
        f"write {'#' * level} {text} {{#{prefix}-{slug}}}",
    )
    return ""


def _as_written(node: nodes.heading) -> str:
    """Return a heading's text, with its identifier."""
    text = fold(visible_text(node))
    return f"{text} {{#{node['ids'][0]}}}" if node["ids"] else text


# ─── includes ───


def _add_include(nesting: _Nesting, node: nodes.include) -> None:
    if not nesting.stack:
        nesting.report(
            Code.BAD_STRUCTURE,
            "an include before the title",
            node["line"],
            "write `# Title {#id}` as the file's first line",
        )
        return
    nesting.after_include = True
    include = nesting.document.includes.get(node)
    if include is None:
        return
    division = nesting.stack[-1]
    if include.kind != "options":
        _add_documents(nesting, include, division)
    elif include.options is not None:
        option_list = OptionList(len(nesting.option_lists), include.options, division)
        nesting.option_lists.append(option_list)
        if division.children:
            division.tail.append(option_list)
        else:
            division.blocks.append(option_list)


def _add_documents(nesting: _Nesting, include: Include, parent: Division) -> None:
    """Add the documents of an include as divisions."""
    kind = _DIVISION_KINDS[include.kind]
    if kind == "chapter" and parent.kind in {"chapter", "section"}:
        # As nixos-render-docs does: what is included into a chapter is a section of it.
        kind = "section"
    if kind not in _ALLOWED[parent.kind]:
        nesting.report(
            Code.BAD_STRUCTURE,
            f"{include.kind} cannot stand in a {parent.kind}",
            include.line,
            "include them in one of: "
            + ", ".join(sorted(name for name in _ALLOWED if kind in _ALLOWED[name])),
            include.kind,
        )
        kind = "section"
    for position, document in enumerate(include.documents, 1):
        parent.children.append(
            _division(
                _Nesting(
                    document,
                    kind,
                    nesting.option_lists,
                    nesting.diagnostics,
                    parent,
                    include,
                    position,
                )
            )
        )


# ─── other blocks ───


def _add_block(nesting: _Nesting, block: docutils_nodes.Node) -> None:
    if not nesting.stack:
        if not nesting.has_untitled_text:
            nesting.report(
                Code.BAD_STRUCTURE,
                "text before the title",
                _line(block),
                "write `# Title {#id}` as the file's first line",
            )
        nesting.has_untitled_text = True
        return
    # Footnotes stand at the end of the file, whatever is before them.
    if nesting.after_include and not isinstance(block, nodes.footnotes):
        nesting.report(
            Code.BAD_STRUCTURE,
            "text after an include",
            _line(block),
            "move it before the include, or give it a heading of its own",
        )
        nesting.after_include = False
    nesting.stack[-1].blocks.append(block)


def _line(block: docutils_nodes.Node) -> int:
    for node in block.findall():
        line = node.line or (node.get("line") if isinstance(node, docutils_nodes.Element) else None)
        if line:
            return int(line)
    return 1
