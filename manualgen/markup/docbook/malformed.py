"""Texts that are not well-formed or too complex: where the error is, and how they are shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from manualgen.errors import Code, Diagnostic
from manualgen.markup import nodes
from manualgen.markup.detect import VOCABULARY
from manualgen.markup.docbook.diagnostics import short
from manualgen.markup.docbook.xml import SKIPPED
from manualgen.markup.parsed import Parsed, literally, plain_paragraphs

if TYPE_CHECKING:
    from lxml import etree


def too_complex(text: str) -> Parsed:
    """Return a text that is too long or too deeply nested as it is written, with a diagnostic."""
    return Parsed(
        literally(text, "This text is too long or too deeply nested to be read as markup."),
        diagnostics=[
            Diagnostic(
                code=Code.TOO_COMPLEX,
                message="the text is too long or too deeply nested to be read as DocBook",
                line=1,
                column=1,
                excerpt=text[:60].partition("\n")[0],
                help="write it shorter; long material belongs into a chapter or a file of its own",
            )
        ],
    )


_TAG_START = re.compile(r"<[A-Za-z_/!?]")


def ill_formed(text: str, error: etree.XMLSyntaxError) -> Parsed:
    """Return a text that is not well-formed as it is written, with a diagnostic.

    Args:
        text: the text, as its author wrote it.
        error: the parser's error.
    """
    fault = _find_fault(text) or _parser_fault(text, error)
    position = fault.position
    line = text.count("\n", 0, position)
    start = text.rfind("\n", 0, position) + 1
    why = f"This description is not well-formed DocBook (line {line + 1}); it is shown as written."
    if _TAG_START.search(text):
        blocks = literally(text, why)
    else:
        # A sentence with a bare & or < has no markup that could be lost.
        blocks = [nodes.notice("", why), *plain_paragraphs(text)]
    diagnostic = Diagnostic(
        code=Code.NOT_WELL_FORMED,
        message=fault.message,
        line=line + 1,
        column=position - start + 1,
        excerpt=text[start:].partition("\n")[0],
        width=fault.width,
        help=fault.help,
    )
    return Parsed(blocks, diagnostics=[diagnostic])


class _Fault(NamedTuple):
    """Where a text is not well-formed.

    Attributes:
        position: the index of the first character that is meant.
        width: how many characters are meant.
        message: what is wrong.
        help: what to write instead.
    """

    position: int
    width: int
    message: str
    help: str


_MARKUP = re.compile(
    rf"""
      (?P<skipped> {SKIPPED} )
    | </ (?P<end> [\w:.-]++ ) \s*+ >
    | < (?P<start> [A-Za-z_] [\w:.-]*+ )
        (?: \s++ [\w:.-]++ \s*+ = \s*+ (?: "[^"<]*+" | '[^'<]*+' ) )*+ \s*+ (?P<empty> /? ) >
    | (?P<ampersand> & (?! [\w:.-]++ ; | \#[0-9]++; | \#x[0-9a-fA-F]++; ) )
    | (?P<bare> < /? [^<>\s]*+ )
    """,
    re.VERBOSE | re.DOTALL,
)


def _find_fault(text: str) -> _Fault | None:
    """Return the first position where the tags of a text do not match.

    The parser reports where it noticed, such as the end of the text; this is
    where the author has to look.
    """
    opened: list[tuple[str, int]] = [("para", -1)]
    closed = 0
    for match in _MARKUP.finditer(text):
        at, name = match.start(), match["end"]
        if match["skipped"]:
            ending = _missing_end(match["skipped"])
            if ending:
                return _Fault(at, 2, f"`{ending}` is missing", f"write `{ending}` where it ends")
        elif match["ampersand"]:
            return _Fault(at, 1, "a bare `&`", "write `&amp;` for the character &")
        elif match["bare"]:
            return _bare(at, match["bare"])
        elif match["start"] and not match["empty"]:
            opened.append((match["start"], at))
        elif name and opened and opened[-1][0] == name:
            opened.pop()
            closed = at if name == "para" and not opened else closed
        elif name:
            return _mismatch(at, match[0], name, opened)
    if not opened:
        return _Fault(
            closed,
            len("</para>"),
            "`</para>` ends the description's own paragraph, and nothing opens another",
            "remove it, or write `<para>` before what follows",
        )
    return _unclosed(*opened[-1]) if len(opened) > 1 or opened[0][0] != "para" else None


def _bare(at: int, tag: str) -> _Fault:
    start = short(tag)
    if tag.startswith("<!"):
        help_text = "remove it: a description is the content of a paragraph, and declares nothing"
        return _Fault(at, len(start), f"`{start}` declares something", help_text)
    if re.match("</?[A-Za-z_]", tag):
        help_text = (
            'write attributes as name="value", with straight quotes, or `&lt;` if it is text'
        )
        return _Fault(at, len(start), f"the tag that `{start}` starts is not complete", help_text)
    return _Fault(at, 1, "a bare `<`", "write `&lt;` for the character <")


def _mismatch(at: int, tag: str, name: str, opened: list[tuple[str, int]]) -> _Fault:
    if any(name == other for other, _ in opened):
        return _unclosed(*opened[-1])
    name = short(name)
    return _Fault(
        at,
        len(tag),
        f"`</{name}>` closes nothing that is open",
        f"remove it, or open `<{name}>`",
    )


def _unclosed(name: str, at: int) -> _Fault:
    element = short(name)
    help_text = f"write `</{element}>` where it ends"
    if name not in VOCABULARY:
        help_text = f"write `&lt;{element}&gt;` if it is text"
    return _Fault(at, len(name) + 2, f"`<{element}>` is not closed", help_text)


_ENDINGS = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}


def _missing_end(skipped: str) -> str:
    """Return the end of a comment or the like, if that is missing."""
    ending = next(end for start, end in _ENDINGS.items() if skipped.startswith(start))
    return "" if skipped.endswith(ending) else ending


def _parser_fault(text: str, error: etree.XMLSyntaxError) -> _Fault:
    line = max(error.lineno or 1, 1) - 1
    lines = text.split("\n")
    position = sum(len(part) + 1 for part in lines[:line])
    message = (error.msg or "not XML").partition("\n")[0]
    message = short(re.sub(r", line \d+, column \d+.*", "", message))
    return _Fault(
        min(position, len(text)),
        1,
        f"not well-formed XML: {message}",
        "write `&lt;` for the character <, `&amp;` for &, and close each element that is opened",
    )
