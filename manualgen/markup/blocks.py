"""Block tokens of markdown-it → nodes: what a description is made of.

A new line in a paragraph's source is a new line in its Text, and the paragraph's ``rawsource``
holds its source with the indentation of each line, so that nothing about the author's layout is
lost before hidden lists are looked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.errors import Code
from manualgen.markup import dialect, nodes
from manualgen.markup.builder import close, opening
from manualgen.markup.inline_parser import NestingError
from manualgen.markup.inlines import check_html

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token

    from manualgen.markup.builder import DoctreeBuilder, Rule


def _close_two(builder: DoctreeBuilder, _token: Token) -> None:
    builder.close()
    builder.close()


def _ignore(_builder: DoctreeBuilder, _token: Token) -> None:
    pass


# Paragraphs and headings.


def paragraph(builder: DoctreeBuilder, token: Token) -> None:
    """Open a paragraph."""
    # A tight list's paragraphs are hidden: its items are of one line each.
    if token.hidden:
        builder.current["tight"] = True
    if token.level >= dialect.NESTING - 2:
        raise NestingError
    builder.open(docutils_nodes.paragraph())


def _inline(builder: DoctreeBuilder, token: Token) -> None:
    """Build the content of a paragraph, heading, term or cell."""
    if token.map:
        builder.line = token.map[0]
    builder.inline_source = builder.current.rawsource = token.content
    builder.inline_position = 0
    for child in token.children or ():
        kind = child.type
        if kind == "text":
            content = child.content
            if "<" in content:
                check_html(builder, content)
            if "[^" in content:
                builder.check_footnote_references(content)
            builder.pending_text.append(content)
        elif kind == "softbreak":
            builder.pending_text.append("\n")
        else:
            builder.inline_rules[kind](builder, child)
    if builder.pending_text:
        builder.flush()
    builder.inline_source = ""


def _heading(builder: DoctreeBuilder, token: Token) -> None:
    # A description stands inside a section already: its headings are lines in bold.
    builder.line = token.map[0] if token.map else builder.line
    source = builder.lines[builder.line]
    builder.report(
        Code.HEADING,
        "a heading inside a description",
        source.strip(),
        f"write it in bold, as a paragraph of its own: {_in_bold(source)}",
    )
    builder.open(docutils_nodes.paragraph(classes=["heading"]))
    anchor = token.attrGet("id")
    if isinstance(anchor, str):
        builder.current["ids"].append(anchor)
        builder.parsed.anchors.append(anchor)
    builder.open(docutils_nodes.strong())


def _in_bold(heading: str) -> str:
    """Return the line of a heading as Markdown in bold, with its identifier as an anchor."""
    text, _, anchor = heading.strip().strip("#").strip().partition("{#")
    anchor = anchor.partition("}")[0].strip()
    return (f"[]{{#{anchor}}}" if anchor else "") + f"**{text.strip().rstrip('#').strip()}**"


# Code.


def code_block(builder: DoctreeBuilder, token: Token) -> None:
    """Append a block of code, fenced or indented."""
    language = dialect.language_of(token.info) if token.info else ""
    if token.type == "fence" and token.map:
        check_closed(builder, token, token.map[1] - 1)
    content = token.content.rstrip()
    builder.append(docutils_nodes.literal_block(content, content, language=language))


def check_closed(builder: DoctreeBuilder, token: Token, last: int) -> None:
    """Report a fence whose last line is not its closing mark.

    Args:
        builder: the builder.
        token: the token of the fenced block, of code or of colons.
        last: the line, from 0, where the closing mark should stand.
    """
    assert token.map is not None
    closing = builder.lines[last].strip(" \t>") if last < len(builder.lines) else ""
    # A line that closes a block does not also close a block inside it.
    closes = last > token.map[0] and bool(closing) and not closing.strip(token.markup[0])
    if closes and last not in builder.closing_lines:
        builder.closing_lines.add(last)
        return
    builder.line = token.map[0]
    # Quotes of backticks would make a longer fence of a fence of backticks.
    fence = token.markup if "`" in token.markup else f"`{token.markup}`"
    builder.report(
        Code.UNCLOSED_FENCE,
        f"the block that {fence} opens is not closed",
        builder.lines[builder.line].strip(),
        f"write {token.markup} on a line of its own where it ends",
    )


# Lists.


def _bullet_list(builder: DoctreeBuilder, token: Token) -> None:
    builder.open(docutils_nodes.bullet_list(bullet=token.markup))


def _ordered_list(builder: DoctreeBuilder, token: Token) -> None:
    start = token.attrGet("start")
    builder.open(
        docutils_nodes.enumerated_list(
            enumtype="arabic", prefix="", suffix=token.markup, start=1 if start is None else start
        )
    )


def _close_list(builder: DoctreeBuilder, _token: Token) -> None:
    items = builder.current
    tight = False
    for item in items.children:
        # One item of paragraphs with blank lines around them makes the whole list loose.
        assert isinstance(item, docutils_nodes.Element)
        tight = bool(item.attributes.pop("tight", False)) or tight
    if tight or not any(
        isinstance(block, docutils_nodes.paragraph)
        for item in items.children
        for block in item.children
    ):
        items["classes"].append("tight")
    builder.close()


def _term(builder: DoctreeBuilder, _token: Token) -> None:
    builder.open(docutils_nodes.definition_list_item())
    builder.open(docutils_nodes.term())


def _definition(builder: DoctreeBuilder, _token: Token) -> None:
    # A term's first definition comes while its item is open; a further one reopens the item.
    if not isinstance(builder.current, docutils_nodes.definition_list_item):
        item = builder.current.children[-1]
        assert isinstance(item, docutils_nodes.definition_list_item)
        builder.current = item
    builder.open(docutils_nodes.definition())


def _close_definition(builder: DoctreeBuilder, _token: Token) -> None:
    builder.current.attributes.pop("tight", None)
    builder.close()
    builder.close()


# Admonitions and quotes.


def admonition(builder: DoctreeBuilder, token: Token, others: Iterable[str] = ()) -> None:
    """Open the admonition that a fence of colons names; a container if there is none such.

    Args:
        builder: the builder.
        token: the token that opens the block.
        others: the classes of other blocks that the text may have, for the help.
    """
    attributes = dialect.attributes(token.info)
    assert attributes is not None
    ids, (name,) = attributes
    kind = nodes.ADMONITIONS.get(name)
    if token.map:
        check_closed(builder, token, token.map[1])
    if kind is None:
        builder.line = token.map[0] if token.map else builder.line
        builder.report(
            Code.UNKNOWN_ADMONITION,
            f"unknown {'block' if others else 'admonition'} `.{name}`",
            token.info.strip(),
            f"write one of {', '.join(f'{{.{known}}}' for known in (*nodes.ADMONITIONS, *others))}",
        )
        builder.open(docutils_nodes.container(classes=[name]))
    else:
        builder.open(kind())
    for anchor in ids:
        builder.current["ids"].append(anchor)
        builder.parsed.anchors.append(anchor)


_ALERT = re.compile(r"\[!(\w+)\][ \t]*\n?")


def _close_quote(builder: DoctreeBuilder, _token: Token) -> None:
    """Close a quote; one that starts with ``[!NOTE]`` becomes an admonition, as GitHub has it."""
    quote = builder.current
    builder.close()
    if not quote.children or not isinstance(quote.children[0], docutils_nodes.paragraph):
        return
    first = quote.children[0]
    match = _ALERT.match(first.rawsource)
    kind = nodes.ADMONITIONS.get(match[1].lower()) if match else None
    if match is None or kind is None:
        return
    opening = first.children[0]
    assert isinstance(opening, docutils_nodes.Text)
    first.remove(opening)
    rest = opening[opening.index("]") + 1 :].lstrip()
    if rest:
        first.insert(0, docutils_nodes.Text(rest))
    if first.children and isinstance(first.children[0], nodes.line_break):
        first.remove(first.children[0])
    first.rawsource = first.rawsource[match.end() :]
    alert = kind("", *(quote.children if first.children else quote.children[1:]))
    quote.parent.replace(quote, alert)


# Tables.


def _table(builder: DoctreeBuilder, _token: Token) -> None:
    builder.open(docutils_nodes.table())
    builder.open(docutils_nodes.tgroup(cols=0))


def _close_table(builder: DoctreeBuilder, _token: Token) -> None:
    group = builder.current
    head = group.children[0]
    columns = len(head.children[0].children)
    group["cols"] = columns
    for _ in range(columns):
        group.insert(0, docutils_nodes.colspec(colwidth=1))
    builder.close()
    builder.close()


def _cell(builder: DoctreeBuilder, token: Token) -> None:
    style = str(token.attrGet("style") or "")
    align = style.removeprefix("text-align:")
    builder.open(docutils_nodes.entry(classes=[f"align-{align}"] if align else []))
    builder.open(docutils_nodes.paragraph())


def _close_cell(builder: DoctreeBuilder, _token: Token) -> None:
    content = builder.current
    builder.close()
    if not content.children:
        builder.current.remove(content)
    builder.close()


# Footnotes.


def footnote(builder: DoctreeBuilder, token: Token) -> None:
    """Open a footnote."""
    builder.open(docutils_nodes.footnote(names=[dialect.footnote_label(token)]))


BLOCK_RULES: dict[str, Rule] = {
    "paragraph_open": paragraph,
    "paragraph_close": close,
    "inline": _inline,
    "heading_open": _heading,
    "heading_close": _close_two,
    "fence": code_block,
    "code_block": code_block,
    "hr": lambda builder, _token: builder.append(docutils_nodes.transition()),
    "bullet_list_open": _bullet_list,
    "bullet_list_close": _close_list,
    "ordered_list_open": _ordered_list,
    "ordered_list_close": _close_list,
    "list_item_open": opening(docutils_nodes.list_item),
    "list_item_close": close,
    "blockquote_open": opening(docutils_nodes.block_quote),
    "blockquote_close": _close_quote,
    "container_block_open": admonition,
    "container_block_close": close,
    "dl_open": opening(docutils_nodes.definition_list),
    "dl_close": close,
    "dt_open": _term,
    # markdown-it gives each term a definition: the item stays open for it.
    "dt_close": close,
    "dd_open": _definition,
    "dd_close": _close_definition,
    "table_open": _table,
    "table_close": _close_table,
    "thead_open": opening(docutils_nodes.thead),
    "thead_close": close,
    "tbody_open": opening(docutils_nodes.tbody),
    "tbody_close": close,
    "tr_open": opening(docutils_nodes.row),
    "tr_close": close,
    "th_open": _cell,
    "th_close": _close_cell,
    "td_open": _cell,
    "td_close": _close_cell,
    "footnote_block_open": opening(nodes.footnotes),
    "footnote_block_close": close,
    "footnote_open": footnote,
    "footnote_close": close,
    "footnote_anchor": _ignore,
}
"""The type of each block token → the rule that builds it in a description."""
