"""Inline tokens of markdown-it → nodes: code, emphasis, roles, links, anchors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.errors import Code
from manualgen.markup import dialect, nodes
from manualgen.markup.builder import close, opening
from manualgen.markup.docbook_tags import build_docbook_tag
from manualgen.options.addresses import is_safe, scheme_of
from manualgen.similar_names import nearest

if TYPE_CHECKING:
    from markdown_it.token import Token

    from manualgen.markup.builder import DoctreeBuilder, Rule


def _code(builder: DoctreeBuilder, token: Token) -> None:
    builder.append(docutils_nodes.literal(token.content, token.content))


# Raw HTML.

_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|br|button|center|cite|code|dd|del|details|div|dl|dt|em|embed"
    r"|font|form|h[1-6]|hr|i|iframe|img|input|ins|kbd|li|link|meta|object|ol|p|pre|q|s|samp"
    r"|script|small|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|th|thead|tr|tt"
    r"|u|ul|video)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_MARKDOWN_FOR = {
    "a": "[text](https://…)",
    "b": "**bold**",
    "strong": "**bold**",
    "i": "*emphasis*",
    "em": "*emphasis*",
    "code": "`code`",
    "tt": "`code`",
    "pre": "a fenced block: ``` … ```",
    "kbd": "[key]{.keycap}",
    "br": "a backslash at the line's end",
    "p": "a blank line between paragraphs",
    "ul": "lines that start with `- `",
    "ol": "lines that start with `1. `",
    "li": "a line that starts with `- `",
}


def check_html(builder: DoctreeBuilder, content: str) -> None:
    """Report the tags of HTML in a text. A placeholder such as ``<name>`` is not a tag."""
    for match in _TAG.finditer(content):
        name = re.sub(r"\W", " ", match[0]).split()[0].lower()
        builder.report(
            Code.RAW_HTML,
            f"raw HTML, shown as text: `{match[0]}`",
            # Up to where typographic replacement may have changed it.
            re.split(r"[\s\"'“”‘’]", match[0])[0],
            f"{_help(builder, name)}, or put it in backticks",
        )


def _help(builder: DoctreeBuilder, name: str) -> str:
    if name in _BLOCK_TAGS and _is_in_cell(builder):
        return "give each part a row of its own, or write a list, as a cell holds one line of text"
    return f"write {_MARKDOWN_FOR.get(name, 'it in Markdown')}"


_BLOCK_TAGS = frozenset({"br", "p", "ul", "ol", "li", "pre"})


def _is_in_cell(builder: DoctreeBuilder) -> bool:
    node: docutils_nodes.Node | None = builder.current
    while node is not None and not isinstance(node, docutils_nodes.entry):
        node = node.parent
    return node is not None


# Roles.

_CODE_ROLES = ("command", "env", "file", "var")
"""The roles that show their text as code, in a class of that name."""
ROLES = (*_CODE_ROLES, *nodes.REFERRING_ROLES)
"""The roles of the dialect."""

_ROLE_FOR = {
    "man": "manpage",
    "manvolnum": "manpage",
    "path": "file",
    "filename": "file",
    "directory": "file",
    "envar": "env",
    "environment": "env",
    "variable": "var",
    "varname": "var",
    "cmd": "command",
    "program": "command",
    "opt": "option",
    "options": "option",
}


def _role(builder: DoctreeBuilder, token: Token) -> None:
    name, content = token.meta["name"], token.content
    kind = nodes.REFERRING_ROLES.get(name)
    node: docutils_nodes.Element
    if kind is not None:
        node = kind(content, content)
        builder.add_reference(node, f"{{{name}}}`{content}`")
    elif name in _CODE_ROLES:
        node = docutils_nodes.literal(content, content, classes=[name])
    else:
        builder.report(
            Code.UNKNOWN_ROLE,
            f"`{{{name}}}` is not a role",
            f"{{{name}}}`{content}`",
            _suggested_role(name, content),
        )
        builder.pending_text.append(f"{{{name}}}")
        node = docutils_nodes.literal(content, content)
    builder.append(node)


def _suggested_role(name: str, content: str) -> str:
    likely = _ROLE_FOR.get(name.lower()) or nearest(name.lower(), ROLES)
    if likely is not None:
        return f"write {{{likely}}}`{content}`"
    return f"write `{content}` without a role, or one of {', '.join(f'{{{r}}}' for r in ROLES)}"


# Links.


def link(builder: DoctreeBuilder, token: Token) -> None:
    """Open a link: to an identifier, or to an address if that is safe."""
    address = str(token.attrGet("href") or "")
    if builder.in_link:
        builder.open(docutils_nodes.inline())
        return
    if address.startswith("#"):
        reference = nodes.cross_reference(target=_unquoted(address[1:]))
        builder.add_reference(reference, token.meta.get("source") or f"({address})")
        builder.open(reference)
        return
    if not address:
        builder.report(
            Code.EMPTY_LINK,
            "the link has no address",
            "]()",
            "write the address between the parentheses, or the text without a link",
        )
        builder.open(docutils_nodes.inline(classes=["unresolved"]))
        return
    if address.startswith("%60") and address.endswith("%60"):
        # "[text](`https://…`)": a common mistake, whose meaning is clear.
        written = _unquoted(address)
        builder.report(
            Code.UNSAFE_LINK,
            "backticks around a link's address",
            written,
            f"write ({written[1:-1]})",
        )
        address = address[3:-3]
    if not is_safe(address):
        written = _unquoted(address)
        builder.report(
            Code.UNSAFE_LINK,
            f"`{scheme_of(address)}:` is not a scheme that manuals link to",
            written if written in builder.inline_source else address,
            f"write `{written}` as code, or link with https:",
        )
        builder.open(docutils_nodes.inline(classes=["unsafe-link"]))
        # The closing token does not know the address; an autolink's text is the address.
        builder.current["address"] = "" if token.info == "auto" else f" ({written})"
        return
    builder.open(docutils_nodes.reference(refuri=address))


def _close_link(builder: DoctreeBuilder, _token: Token) -> None:
    node = builder.current
    address = node.attributes.pop("address", "")
    if isinstance(node, docutils_nodes.reference):
        _check_text(builder, node)
    if address:
        builder.pending_text.append(address)
    builder.close()


def _check_text(builder: DoctreeBuilder, link: docutils_nodes.reference) -> None:
    """Give a link that shows nothing its address as text, and report it."""
    if "".join(builder.pending_text).strip() or any(
        isinstance(node, docutils_nodes.image) or (node.astext() and not node.children)
        for node in link.findall()
        if node is not link
    ):
        return
    address = link["refuri"]
    written = _unquoted(address)
    builder.report(
        Code.EMPTY_LINK,
        "the link has no text; its address is shown",
        f"]({written}" if f"]({written}" in builder.inline_source else "](",
        f"write [text]({address}), or <{address}>",
    )
    builder.pending_text[:] = [written]


def _unquoted(address: str) -> str:
    from urllib.parse import unquote  # noqa: PLC0415 - slow to import, and rarely needed

    return unquote(address, errors="replace") if "%" in address else address


# Images.


def image(builder: DoctreeBuilder, token: Token) -> docutils_nodes.image:
    """Append an image, and return it."""
    address = _unquoted(str(token.attrGet("src") or ""))
    node = docutils_nodes.image(uri=address, alt=_plain_text(token))
    builder.append(node)
    return node


def _image(builder: DoctreeBuilder, token: Token) -> None:
    if not str(token.attrGet("src") or "").strip():
        builder.report(
            Code.EMPTY_LINK,
            "the image has no address",
            "![",
            "write the address between the parentheses, or the text alone",
        )
        builder.pending_text.append(_plain_text(token))
        return
    node = image(builder, token)
    builder.report(
        Code.IMAGE,
        "an image inside a description",
        "![",
        f"link to it instead: [{node['alt']}]({token.attrGet('src') or ''})",
    )


def unknown_attributes(builder: DoctreeBuilder, token: Token) -> None:
    """Report attributes in braces behind an image, a link or code."""
    builder.report(
        Code.UNKNOWN_ATTRIBUTES,
        f"`{token.content}` is not part of the dialect; it is left out",
        token.content,
        "remove it",
    )


def _plain_text(token: Token) -> str:
    return "".join(
        child.content or (_plain_text(child) if child.children else "")
        if child.type not in {"softbreak", "hardbreak"}
        else " "
        for child in token.children or ()
    )


# Anchors, keys and footnotes.


def span(builder: DoctreeBuilder, token: Token) -> None:
    """Open an anchor ``[text]{#id}`` or a key ``[F12]{.keycap}``."""
    anchor, keycap = token.attrGet("id"), token.attrGet("class")
    kind = nodes.key if keycap else docutils_nodes.target
    builder.open(kind("", ids=[anchor] if anchor else []))
    if isinstance(anchor, str):
        builder.parsed.anchors.append(anchor)


def footnote_reference(builder: DoctreeBuilder, token: Token) -> docutils_nodes.footnote_reference:
    """Append a reference to a footnote, and return it."""
    node = docutils_nodes.footnote_reference(refid=dialect.footnote_label(token))
    builder.append(node)
    return node


def _footnote_reference(builder: DoctreeBuilder, token: Token) -> None:
    footnote_reference(builder, token)


INLINE_RULES: dict[str, Rule] = {
    "hardbreak": lambda builder, _token: builder.append(nodes.line_break()),
    "code_inline": _code,
    "em_open": opening(docutils_nodes.emphasis),
    "em_close": close,
    "strong_open": opening(docutils_nodes.strong),
    "strong_close": close,
    "link_open": link,
    "link_close": _close_link,
    "image": _image,
    "unknown_attributes": unknown_attributes,
    "myst_role": _role,
    "docbook_tag": build_docbook_tag,
    "span_open": span,
    "span_close": close,
    "footnote_ref": _footnote_reference,
}
"""The type of each inline token → the rule that builds it in a description."""
