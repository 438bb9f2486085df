"""What every parser returns: a text as blocks, its references and anchors, its diagnostics."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.markup import nodes

if TYPE_CHECKING:
    from manualgen.errors import Diagnostic


class SourceSpan(NamedTuple):
    """Part of one line of a text.

    Attributes:
        line, column: where it starts, from 1.
        excerpt: the whole line.
        width: how many characters it has.
    """

    line: int
    column: int
    excerpt: str
    width: int


class DocbookTag(NamedTuple):
    """An element of DocBook in Markdown.

    Attributes:
        span: where it begins.
        source: what is written.
        markdown: the Markdown that means the same.
    """

    span: SourceSpan
    source: str
    markdown: str


class Parsed(msgspec.Struct):
    """A text as doctree.

    Attributes:
        blocks: block nodes, without a parent.
        references: the reference nodes below the blocks, in order.
        anchors: the identifiers that the text defines, in order.
        diagnostics: what is wrong with the text; line and column are set, the rest is not.
    """

    blocks: list[docutils_nodes.Node]
    references: list[nodes.Reference] = []
    anchors: list[str] = []
    diagnostics: list[Diagnostic] = []


def adopt(parent: docutils_nodes.Element, child: docutils_nodes.Node) -> None:
    """Append a node to one of a tree that has no document yet.

    docutils' own ``append`` looks for the document at the top of the tree as well, which takes
    as long, for each node, as everything else together.
    """
    child.parent = parent
    parent.children.append(child)


def literally(text: str, why: str) -> list[docutils_nodes.Node]:
    """Return blocks that show a text as it stands, below a notice.

    Args:
        text: the text.
        why: the sentence of the notice.
    """
    return [nodes.notice("", why), docutils_nodes.literal_block(text, text)]


def plain_paragraphs(text: str) -> list[docutils_nodes.Node]:
    """Return a text without any markup as paragraphs, which its blank lines separate.

    Lines stay lines: a paragraph's Text has a newline wherever the source has
    one, and its ``rawsource`` keeps the indentation too, for hidden lists.
    """
    blocks: list[docutils_nodes.Node] = []
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line and not line.isspace():
            lines.append(line)
        elif lines:
            content = "\n".join([part.strip() for part in lines])
            paragraph = docutils_nodes.paragraph("\n".join(lines))
            adopt(paragraph, docutils_nodes.Text(content))
            blocks.append(paragraph)
            lines = []
    return blocks
