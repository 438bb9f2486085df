"""What an include asks for: its kind, its arguments and its entries.

Nothing is read here, and no path is looked at; that is :mod:`manualgen.book.sources`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import Code, Severity
from manualgen.similar_names import nearest

if TYPE_CHECKING:
    from manualgen.book.documents import Document
    from manualgen.errors import Diagnostic
    from manualgen.markup import nodes

KINDS = ("preface", "parts", "chapters", "sections", "appendix", "options")
"""What an include can include."""

_PAGE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}\.x?html?")
_LONGEST_PREFIX = 200
"""How long what begins the identifiers of all options of a set may be, in characters."""
_SETTINGS = ("id-prefix", "list-id", "source")


class OptionRequest(msgspec.Struct, frozen=True):
    """What an include of options asks for.

    Attributes:
        source: the file as written.
        line: the line that names it, 1-based.
        prefix: what the options' identifiers begin with.
        list_id: the identifier of the list as a whole; may be empty.
    """

    source: str
    line: int
    prefix: str
    list_id: str


class IncludeRequest(msgspec.Struct, frozen=True):
    """What an include asks for.

    Attributes:
        kind: one of :data:`KINDS`.
        line: where it stands, 1-based.
        page: the name of the page that it asks for; may be empty.
        prefix: for headings that have no identifier of their own; may be empty.
        entries: line number and text of each file, where it is not of options.
        options: the set, where it is of options and names one.
    """

    kind: str
    line: int
    page: str = ""
    prefix: str = ""
    entries: tuple[tuple[int, str], ...] = ()
    options: OptionRequest | None = None


def interpret(
    node: nodes.include, document: Document
) -> tuple[IncludeRequest | None, list[Diagnostic]]:
    """Return what an include asks for, and what is wrong with it.

    Args:
        node: the include.
        document: the document that it stands in, for the diagnostics.

    Returns:
        The request, None for an include of an unknown kind; and the diagnostics.
    """
    kind, line = node["kind"], node["line"]
    if kind not in KINDS:
        likely = nearest(kind, KINDS)
        return None, [
            document.diagnostic(
                Code.BAD_INCLUDE,
                f"unknown kind of include `{kind}`" if kind else "the include has no kind",
                line,
                f"write ```{{=include=}} {likely}"
                if likely
                else f"write one of {', '.join(KINDS)} after {{=include=}}",
            )
        ]
    diagnostics: list[Diagnostic] = []
    page, prefix = _arguments(node, document, diagnostics)
    if kind == "options":
        if page:
            diagnostics.append(
                document.diagnostic(
                    Code.BAD_INCLUDE,
                    "options have no title, so they make no page of their own",
                    line,
                    "put this include into a file with a title, and give that a page",
                    "html:into-file",
                )
            )
        options = _options(node, document, diagnostics)
        return IncludeRequest(kind, line, page, prefix, options=options), diagnostics
    if not node["entries"]:
        diagnostics.append(
            document.diagnostic(
                Code.BAD_INCLUDE, "the include names no file", line, "name one file a line"
            )
        )
    entries = tuple((entry_line, entry.strip()) for entry_line, entry in node["entries"])
    return IncludeRequest(kind, line, page, prefix, entries), diagnostics


def _arguments(
    node: nodes.include, document: Document, diagnostics: list[Diagnostic]
) -> tuple[str, str]:
    """Return the name of the page, and what identifiers begin with."""
    line = node["line"]
    page = prefix = ""
    for argument in node["arguments"]:
        key, _, value = argument.partition("=")
        if key == "html:into-file":
            name = value.removeprefix("//")
            if value.startswith("//") and _PAGE_NAME.fullmatch(name):
                page = name
                continue
            diagnostics.append(
                document.diagnostic(
                    Code.BAD_INCLUDE,
                    f"`{value}` is not the name of a page",
                    line,
                    "write html:into-file=//name.html, without any folder",
                    argument,
                )
            )
        elif key == "auto-id-prefix" and re.fullmatch(r"[\w.-]{1,200}", value):
            prefix = value
        else:
            diagnostics.append(
                document.diagnostic(
                    Code.BAD_INCLUDE,
                    f"unknown argument `{argument}` of an include",
                    line,
                    "write html:into-file=//name.html or auto-id-prefix=name",
                    argument,
                    # As nixos-render-docs does: what is not of the dialect has no effect.
                    Severity.ERROR
                    if key == "auto-id-prefix" or key.startswith("html:")
                    else Severity.WARNING,
                )
            )
    return page, prefix


def _options(
    node: nodes.include, document: Document, diagnostics: list[Diagnostic]
) -> OptionRequest | None:
    settings: dict[str, str] = {}
    source_line = 0
    blank = [line for line, entry in node["entries"] if not entry.strip()]
    if blank:
        diagnostics.append(blank_lines(document, blank))
    for line, entry in node["entries"]:
        if not entry.strip():
            continue
        key, colon, value = (piece.strip() for piece in entry.partition(":"))
        if not colon or key not in _SETTINGS or key in settings:
            likely = nearest(key, _SETTINGS)
            diagnostics.append(
                document.diagnostic(
                    Code.BAD_INCLUDE,
                    f"`{key}` stands twice" if key in settings else f"unknown setting `{entry}`",
                    line,
                    f"write `{likely}: …`" if likely else "write `source: options.json`",
                )
            )
            continue
        if key != "source" and len(value) > _LONGEST_PREFIX:
            diagnostics.append(
                document.diagnostic(
                    Code.BAD_INCLUDE,
                    f"`{key}` has {len(value):,} characters; {_LONGEST_PREFIX} are the most",
                    line,
                    "write a shorter one",
                )
            )
            continue
        settings[key] = value
        if key == "source":
            source_line = line
    if "source" not in settings:
        diagnostics.append(
            document.diagnostic(
                Code.BAD_INCLUDE,
                "the include names no option set",
                node["line"],
                "write `source: options.json` on a line of its own in it",
            )
        )
        return None
    return OptionRequest(
        settings["source"],
        source_line,
        settings.get("id-prefix", "opt-"),
        settings.get("list-id", ""),
    )


def blank_lines(document: Document, lines: list[int]) -> Diagnostic:
    """Return the diagnostic for the empty lines of an include."""
    first, count = lines[0], len(lines)
    message = "an empty line in an include"
    if count > 1:
        message += f", and {count - 1} more"
    return document.diagnostic(Code.BAD_INCLUDE, message, first, "remove it")
