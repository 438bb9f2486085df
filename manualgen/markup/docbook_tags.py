"""DocBook's inline tags in Markdown: left over from before 2022, shown as what they mean.

A rule for markdown-it finds ``<literal>…</literal>``, ``<xref linkend="…"/>`` and the like outside
code, and makes tokens of them. What has no end, or is no element of DocBook, stays text.
"""

from __future__ import annotations

import functools
import html
import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.errors import Code
from manualgen.markup import nodes
from manualgen.markup.parsed import DocbookTag
from manualgen.options.addresses import is_safe
from manualgen.options.model import OPTION_PATH

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    from manualgen.markup.builder import DoctreeBuilder

_CODE = {
    **dict.fromkeys(("literal", "code", "userinput", "computeroutput", "prompt"), ""),
    **dict.fromkeys(("package", "type", "symbol", "errorname"), ""),
    **dict.fromkeys(("systemitem", "constant", "function", "classname", "uri", "email"), ""),
    "command": "command",
    "filename": "file",
    **dict.fromkeys(("varname", "parameter", "replaceable"), "var"),
    "envar": "env",
    "option": "option",
    "citerefentry": "manpage",
}
"""The elements that show code → the role that means the same; "" for a code span."""
_EMPHASIS = frozenset({"emphasis", "firstterm", "citetitle", "foreignphrase", "wordasword"})
_PHRASES = frozenset(
    [
        *("application", "productname", "acronym", "abbrev", "phrase", "trademark"),
        *("guibutton", "guilabel", "guimenu", "guimenuitem", "subscript", "superscript"),
    ]
)
"""The elements that show their text as it is."""
_LINKS = frozenset({"link", "ulink", "xref", "olink"})
ELEMENTS = frozenset({*_CODE, *_EMPHASIS, *_LINKS, *_PHRASES, "quote", "keycap"})
"""The elements that are understood."""

_NAMES = "|".join(sorted(ELEMENTS))
_START = re.compile(
    rf"""<(?:db:)?+(?P<name>{_NAMES})
         (?P<attributes>(?:\s++[\w:.-]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|“[^”<]*+”))*+)\s*+(?P<empty>/?+)>""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*["'“]([^"'“”]*)["'”]""")
_INNER_TAG = re.compile(rf"</?(?:db:)?(?:{_NAMES}|refentrytitle|manvolnum)(?=[\s/>])[^<>]*>")


@functools.cache
def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</(?:db:)?{name}\s*>")


@functools.cache
def _tags_of(name: str) -> re.Pattern[str]:
    return re.compile(rf"<(/?)(?:db:)?{name}(?=[\s/>])[^<>]*?(/?)>")


_VOLUME = re.compile(r"\s*<manvolnum>\s*(\w+)\s*</manvolnum>")


def docbook_tag(state: StateInline, silent: bool) -> bool:
    """Read an element of DocBook; a rule for markdown-it."""
    if state.src[state.pos] != "<":
        return False
    match = _START.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    name, start = match["name"], match.end()
    end = after = start
    if not match["empty"]:
        end = _end(state, name, start)
        if end < 0:
            return False
        after = state.src.index(">", end) + 1
    attributes = {
        key.rpartition(":")[2]: html.unescape(value)
        for key, value in _ATTRIBUTE.findall(match["attributes"])
        if key != "href"
    }
    if name in _LINKS and not _address(attributes):
        return False
    if not silent:
        source = state.src[state.pos : after]
        if name in _CODE:
            _push_code(state, name, source, state.src[start:end])
        else:
            _push_inlines(state, name, attributes, source, (start, end))
    state.pos = after
    return True


def _end(state: StateInline, name: str, start: int) -> int:
    """Return where the end tag of an element begins; -1 if it has none."""
    if name in _CODE:
        match = _end_tag(name).search(state.src, start, state.posMax)
        if match is None:
            return -1
        inner = state.src[start : match.start()]
        # Either this tag or the one inside is a placeholder, such as "<option>".
        unclosed = f"<{name}>" in inner and len(inner.split()) > 1
        return -1 if unclosed else match.start()
    depth = 1
    for match in _tags_of(name).finditer(state.src, start, state.posMax):
        if not match[2]:
            depth += -1 if match[1] else 1
        if not depth:
            return match.start()
    return -1


def _address(attributes: dict[str, str]) -> str:
    target = attributes.get("linkend") or attributes.get("targetptr")
    return (
        f"#{target}" if target else (attributes.get("href") or attributes.get("url") or "").strip()
    )


def _push_code(state: StateInline, name: str, source: str, inner: str) -> None:
    text = _INNER_TAG.sub("", _VOLUME.sub(r"(\1)", inner))
    content = " ".join(html.unescape(text).split())
    token = state.push("docbook_tag", "", 0)
    token.content = content
    role = _CODE[name]
    if name in {"uri", "email"}:
        address = f"mailto:{content}" if name == "email" else content
        if ":" in address and is_safe(address):
            token.meta = {"source": source, "markdown": f"<{content}>", "address": address}
            return
    if role == "option" and OPTION_PATH.fullmatch(content) is None:
        role = ""  # an option of a command
    ticks = "``" if "`" in content else "`"
    space = " " if "`" in content else ""
    markdown = f"{{{role}}}" if role else ""
    markdown += f"{ticks}{space}{content}{space}{ticks}"
    token.meta = {"source": source, "markdown": markdown if content else "", "role": role}


def _push_inlines(
    state: StateInline,
    name: str,
    attributes: dict[str, str],
    source: str,
    span: tuple[int, int],
) -> None:
    inner = state.src[slice(*span)].strip()
    address = _address(attributes) if name in _LINKS else ""
    bold = attributes.get("role") in {"strong", "bold"}
    token = state.push("docbook_tag", "", 0)
    token.meta = {"source": source, "markdown": ""}
    if not inner and not address:
        return
    token.meta["markdown"] = _markdown_for(name, inner, address, bold=bold)
    kind = _KINDS.get(name, "")
    if kind:
        token = state.push("strong_open" if kind == "em" and bold else f"{kind}_open", "", 1)
        if address:
            token.attrSet("href", address)
            token.meta = {"source": source}
        if name == "keycap":
            token.attrSet("class", "keycap")
    _push_content(state, name, address, span)
    if kind:
        state.push("strong_close" if kind == "em" and bold else f"{kind}_close", "", -1)


_KINDS = {
    **dict.fromkeys(_EMPHASIS, "em"),
    **dict.fromkeys(_LINKS, "link"),
    "keycap": "span",
}
"""The elements that have content → what the types of their tokens begin with."""


def _markdown_for(name: str, inner: str, address: str, *, bold: bool) -> str:
    if name in _EMPHASIS:
        return f"**{inner}**" if bold else f"*{inner}*"
    if name in _PHRASES:
        return inner
    if name == "keycap":
        return f"[{inner}]{{.keycap}}"
    if name == "quote":
        return f'"{inner}"'
    return f"[{inner}]({address})" if inner or address.startswith("#") else f"<{address}>"


def _push_content(state: StateInline, name: str, address: str, span: tuple[int, int]) -> None:
    if name == "quote":
        state.push("text", "", 0).content = "“"
    outside = state.pos, state.posMax, state.level
    state.pos, state.posMax = span
    if not state.src[slice(*span)].strip():
        if not address.startswith("#"):
            state.push("text", "", 0).content = address
    else:
        state.md.inline.tokenize(state)
    state.pos, state.posMax, state.level = outside
    if name == "quote":
        state.push("text", "", 0).content = "”"


# Tokens → nodes.


def build_docbook_tag(builder: DoctreeBuilder, token: Token) -> None:
    """Build what a tag means, and remember the Markdown for it; a rule for the builder."""
    meta, content = token.meta, token.content
    if meta["markdown"]:
        span = builder.span(meta["source"])
        builder.docbook_tags.append(DocbookTag(span, meta["source"], meta["markdown"]))
        # The rule for what the tag means looks for the same excerpt.
        builder.inline_position = max(0, builder.inline_position - 1)
    if not content:
        return
    role, address = meta.get("role", ""), meta.get("address", "")
    kind = nodes.REFERRING_ROLES.get(role)
    if address and not builder.in_link:
        builder.append(docutils_nodes.reference("", content, refuri=address))
    elif kind is not None:
        reference = kind(content, content)
        builder.add_reference(reference, meta["source"])
        builder.append(reference)
    else:
        builder.append(docutils_nodes.literal(content, content, classes=[role] if role else []))


_MOST_SHOWN = 8


def report_docbook_tags(builder: DoctreeBuilder) -> None:
    """Add one hint for the tags of a text, with the Markdown to write instead."""
    tags = {source: markdown for _, source, markdown in builder.docbook_tags}
    lines = [
        f"{markdown}    for {' '.join(source.split())}"
        for source, markdown in list(tags.items())[:_MOST_SHOWN]
    ]
    if len(tags) > _MOST_SHOWN:
        lines.append(f"and {len(tags) - _MOST_SHOWN} more")
    builder.report_at(
        Code.DOCBOOK_TAGS,
        "tags of DocBook in Markdown, shown as what they mean",
        builder.docbook_tags[0][0],
        "write " + lines[0] if len(lines) == 1 else "write\n" + "\n".join(lines),
    )
