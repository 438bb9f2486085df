"""Tags of DocBook's block elements in Markdown that readers see as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.errors import Code, Diagnostic
from manualgen.markup import detect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MESSAGE = "tags of DocBook in Markdown, shown as text"
"""What is said of them: they are not put right, unlike those that are shown as what they mean."""

_TAG = re.compile(rf"<({'|'.join(sorted(detect.BLOCKS))})(?:\s[^<>]*)?>")

_CODE = re.compile(r"`[^`]*`")


def shown(blocks: Iterable[docutils_nodes.Node], text: str) -> Diagnostic | None:
    """Return a diagnostic for the first such tag; None if there is none.

    Args:
        blocks: the blocks.
        text: the text that they were parsed from.
    """
    for block in blocks:
        for tag, name in _tags(block):
            # One that is not closed may be a placeholder, such as <step>.
            if f"</{name}>" in text:
                lines = text.split("\n")
                prose = [_CODE.sub(lambda code: " " * len(code[0]), line) for line in lines]
                index = next((index for index, line in enumerate(prose) if tag in line), 0)
                return Diagnostic(
                    code=Code.DOCBOOK_TAGS,
                    message=MESSAGE,
                    line=index + 1,
                    column=max(0, prose[index].find(tag)) + 1,
                    excerpt=lines[index],
                    width=len(tag),
                    help="write the list, note or block of code in Markdown",
                )
    return None


def _tags(block: docutils_nodes.Node) -> Iterator[tuple[str, str]]:
    """Yield the tags outside code, each with its name."""
    for text in block.findall(docutils_nodes.Text):
        if not isinstance(text.parent, (docutils_nodes.literal, docutils_nodes.literal_block)):
            for match in _TAG.finditer(text):
                yield match[0], match[1]
