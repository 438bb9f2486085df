"""A text that cannot be read: where its fault is, what to write instead, and how it is shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from manualgen.errors import Code, Diagnostic
from manualgen.markup import nodes
from manualgen.markup.detect import VOCABULARY
from manualgen.markup.docbook.diagnostics import short
from manualgen.markup.docbook.xml import SKIPPED
from manualgen.markup.parsed import Parsed, literally, plain_paragraphs

if TYPE_CHECKING:
    from lxml import etree


def too_complex(text: str) -> Parsed:
    """Return a text that is too long or too deeply nested, as it is written, and say so."""
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
    """Return a text that is not well-formed, as it is written, and say where and why.

    Args:
        text: the text, as its author wrote it.
        error: what the parser said of it.
    """
    position, width, message, cure = _fault(text) or _said_by_parser(text, error)
    line = text.count("\n", 0, position)
    start = text.rfind("\n", 0, position) + 1
    why = f"This description is not well-formed DocBook (line {line + 1}); it is shown as written."
    if _TAG_START.search(text):
        blocks = literally(text, why)
    else:
        # A sentence with a bare & or <: it has no markup that could be lost.
        blocks = [nodes.notice("", why), *plain_paragraphs(text)]
    found = Diagnostic(
        code=Code.NOT_WELL_FORMED,
        message=message,
        line=line + 1,
        column=position - start + 1,
        excerpt=text[start:].partition("\n")[0],
        width=width,
        help=cure,
    )
    return Parsed(blocks, diagnostics=[found])


_Fault = tuple[int, int, str, str]
"""Where it is, how many characters wide, what is wrong, what to write instead."""

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


def _fault(text: str) -> _Fault | None:
    """Return the first place where the tags of a text do not fit together.

    The parser says where it noticed, such as the end of the text; this says
    where the author has to look.
    """
    opened: list[tuple[str, int]] = [("para", -1)]
    closed = 0
    for found in _MARKUP.finditer(text):
        at, name = found.start(), found["end"]
        if found["skipped"]:
            ending = _open_ended(found["skipped"])
            if ending:
                return (at, 2, f"`{ending}` is missing", f"write `{ending}` where it ends")
        elif found["ampersand"]:
            return (at, 1, "a bare `&`", "write `&amp;` for the character &")
        elif found["bare"]:
            return _bare(at, found["bare"])
        elif found["start"] and not found["empty"]:
            opened.append((found["start"], at))
        elif name and opened and opened[-1][0] == name:
            opened.pop()
            closed = at if name == "para" and not opened else closed
        elif name:
            return _mismatch(at, found[0], name, opened)
    if not opened:
        return (
            closed,
            len("</para>"),
            "`</para>` ends the description's own paragraph, and nothing opens another",
            "remove it, or write `<para>` before what follows",
        )
    return _unclosed(*opened[-1]) if len(opened) > 1 or opened[0][0] != "para" else None


def _bare(at: int, tag: str) -> _Fault:
    shown = short(tag)
    if tag.startswith("<!"):
        cure = "remove it: a description is the inside of a paragraph, and declares nothing"
        return (at, len(shown), f"`{shown}` declares something", cure)
    if re.match("</?[A-Za-z_]", tag):
        cure = 'write attributes as name="value", with straight quotes, or `&lt;` if it is text'
        return (at, len(shown), f"the tag that `{shown}` starts is not complete", cure)
    return (at, 1, "a bare `<`", "write `&lt;` for the character <")


def _mismatch(at: int, tag: str, name: str, opened: list[tuple[str, int]]) -> _Fault:
    if any(name == other for other, _ in opened):
        return _unclosed(*opened[-1])
    name = short(name)
    return (
        at,
        len(tag),
        f"`</{name}>` closes nothing that is open",
        f"remove it, or open `<{name}>`",
    )


def _unclosed(name: str, at: int) -> _Fault:
    shown = short(name)
    cure = f"write `</{shown}>` where it ends"
    if name not in VOCABULARY:
        cure = f"write `&lt;{shown}&gt;` if it is text"
    return (at, len(name) + 2, f"`<{shown}>` is not closed", cure)


_ENDINGS = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}


def _open_ended(skipped: str) -> str:
    """Return how a comment or the like should have ended, if it does not."""
    ending = next(end for start, end in _ENDINGS.items() if skipped.startswith(start))
    return "" if skipped.endswith(ending) else ending


def _said_by_parser(text: str, error: etree.XMLSyntaxError) -> _Fault:
    line = max(error.lineno or 1, 1) - 1
    lines = text.split("\n")
    position = sum(len(part) + 1 for part in lines[:line])
    message = (error.msg or "not XML").partition("\n")[0]
    message = short(re.sub(r", line \d+, column \d+.*", "", message))
    return (
        min(position, len(text)),
        1,
        f"not well-formed XML: {message}",
        "write `&lt;` for the character <, `&amp;` for &, and close each element that is opened",
    )
