"""Markdown → doctree: markdown-it's tokens as docutils nodes.

The dialect's syntax is in :mod:`manualgen.markup.dialect`; here is what it
means. A text is parsed without knowing whose it is: diagnostics say line and
column, the caller adds the option or file.

A new line in a paragraph's source is a new line in its Text, and the
paragraph's ``rawsource`` holds its source with the indentation of each line,
so that nothing about the author's layout is lost before hidden lists are
looked for.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from docutils import nodes as docutils_nodes

from manualgen.errors import Code, Diagnostic, nearest
from manualgen.markup import dialect, nodes
from manualgen.markup.parsed import Parsed, Place, adopt, literally, plain_paragraphs
from manualgen.options.addresses import is_safe, scheme_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    Builder = Callable[["_Tree", Token], None]

ROLES = ("command", "env", "file", "option", "var", "manpage")
"""The roles of the dialect."""

ADMONITIONS: dict[str, type[docutils_nodes.Element]] = {
    "note": docutils_nodes.note,
    "tip": docutils_nodes.tip,
    "important": docutils_nodes.important,
    "warning": docutils_nodes.warning,
    "caution": docutils_nodes.caution,
}
"""The admonitions of the dialect, and the node of each."""


def parse(text: str) -> Parsed:
    """Return a Markdown text as blocks of a doctree. Never raises for any text.

    A text that no parser could read in bounded time (a hundred thousand nested
    brackets) is shown literally, with a diagnostic.
    """
    if _SPECIAL.search(text) is None:
        return Parsed(plain_paragraphs(text.replace("'", "’")))
    if _too_complex(text):
        return _shown_literally(text)
    tree = _Tree(text)
    try:
        environment: dict[str, Any] = {}
        tree.build(_parser().parse(text, environment))
        _check_footnotes(tree, environment)
    except (RecursionError, _UnreadableError):
        return _shown_literally(text)
    return tree.parsed


def _check_footnotes(tree: _Tree, environment: dict[str, Any]) -> None:
    """Diagnose notes that the parser does not keep: without a reference, or of one label."""
    for label, line in environment.get("repeated_footnotes", ()):
        tree.line = line
        tree.diagnose(
            Code.DUPLICATE_ID,
            f"a second footnote `{label}`; only the last one is shown",
            f"[^{label}]:",
            f"give it a label of its own, here and where it is referred to: [^{label}-2]",
        )
    for label, number in environment.get("footnotes", {}).get("refs", {}).items():
        if number < 0:
            name = label.removeprefix(":")
            tree.line = next(
                (
                    at
                    for at, line in enumerate(tree.lines)
                    if line.lstrip().startswith(f"[^{name}]:")
                ),
                0,
            )
            tree.diagnose(
                Code.UNUSED_FOOTNOTE,
                f"nothing refers to the footnote `{name}`",
                f"[^{name}]:",
                f"write [^{name}] where it belongs",
            )


@functools.cache
def _parser() -> MarkdownIt:
    return dialect.parser()


# ─── the short path, and the guard ───

# Most descriptions are plain sentences, and parsing those with the full grammar
# takes 20 times as long as finding that they have no markup. The pattern finds
# whatever could be markup, a typographic replacement or the start of a block;
# it may find too much, never too little (a property test compares both ways).
_SPECIAL = re.compile(
    r"""
      [`*_\[<&\\"{\t\r\x00\u00a0\u2028\u2029\x0b\x0c\x1c-\x1f\x85]
    | -- | \.\. | \+- | \( (?: c | r | tm | p ) \) | [?!,]{2}
    | [ ]\n                          # maybe a line break
    | ^[ ]* (?: \d | [^\w\s(] )      # a list, a quote, a fence, a rule, a table, …
    | ^[ ]{4}                        # maybe code
    | (?<![A-Za-z])' | '(?![A-Za-z]) # a quotation mark rather than an apostrophe
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)

# Parsing takes time that grows with the square of some runs of openers. No
# author's text comes near these limits (the longest real description has 14 kB
# and a few hundred brackets).
_LONGEST = 100_000
_MOST = 2_000
# A bracket is looked for an end of, through the whole text.
_MOST_LOOKED_AT = 20_000_000
_DEEPEST_LINE = re.compile(
    r"^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))){40}", re.MULTILINE
)


def _too_complex(text: str) -> bool:
    if len(text) < _MOST:
        return _DEEPEST_LINE.search(text) is not None
    return (
        len(text) > _LONGEST
        or any(text.count(opener) > _MOST for opener in "[<*_`{(&'\"\\|~!")
        or text.count("[") * len(text) > _MOST_LOOKED_AT
        or _DEEPEST_LINE.search(text) is not None
    )


def _shown_literally(text: str) -> Parsed:
    return Parsed(
        literally(text, "This text is too long or too deeply nested to be read as markup."),
        diagnostics=[
            Diagnostic(
                code=Code.TOO_COMPLEX,
                message="the text is too long or too deeply nested to be read as Markdown",
                line=1,
                column=1,
                excerpt=text[:60].partition("\n")[0],
                help="write it shorter; long material belongs into a chapter or a file of its own",
            )
        ],
    )


class _UnreadableError(Exception):
    """Blocks stand in blocks deeper than the parser reads, or end where none began."""


# ─── tokens to nodes ───


class _Tree:
    """A doctree in the making: where the next node goes, and what was found on the way.

    A chapter (:mod:`manualgen.markup.chapter`) builds some kinds of tokens in its own way.
    """

    def __init__(self, text: str) -> None:
        self.blocks = _BLOCKS
        self.inlines = _INLINES
        self.parsed = Parsed([])
        self.lines = text.split("\n")
        self.line = 0
        self.inline_source = ""
        self.inline_position = 0
        self.current: docutils_nodes.Element = docutils_nodes.container()
        self.text: list[str] = []
        self.footnotes: docutils_nodes.Element | None = None
        self.titles: list[bool] = []
        self.closings: set[int] = set()

    def build(self, tokens: list[Token]) -> None:
        root = self.current
        for token in tokens:
            builder = self.blocks.get(token.type)
            if builder is None:
                message = f"no builder for {token.type}"  # pragma: no cover - the table is total
                raise AssertionError(message)  # pragma: no cover
            builder(self, token)
        if self.current is not root:
            raise _UnreadableError
        for block in root.children:
            block.parent = None
        self.parsed.blocks = root.children

    # Where nodes go.

    def append(self, node: docutils_nodes.Node) -> None:
        if self.text:
            self.flush()
        adopt(self.current, node)

    def open(self, node: docutils_nodes.Element) -> None:
        self.append(node)
        self.current = node

    def close(self, _token: Token | None = None) -> None:
        if self.text:
            self.flush()
        parent = self.current.parent
        if not isinstance(parent, docutils_nodes.Element):
            # What the parser closes it has not opened: footnotes within footnotes mislead it.
            raise _UnreadableError
        self.current = parent

    def flush(self) -> None:
        text = "".join(self.text)
        self.text.clear()
        if text:
            adopt(self.current, docutils_nodes.Text(text))

    # What is said.

    def place(self, excerpt: str) -> Place:
        """Return the next place at or after here where an excerpt of the source stands."""
        line, offset = self.line, 0
        first = within = excerpt.partition("\n")[0]
        if self.inline_source:
            position = self.inline_source.find(first, self.inline_position)
            if position >= 0:
                self.inline_position = position + 1
                line += self.inline_source.count("\n", 0, position)
                # What stands before the line's own text is not in the inline source.
                start = self.inline_source.rfind("\n", 0, position) + 1
                within = self.inline_source[start:].partition("\n")[0]
                offset = position - start
        shown = self.lines[line] if line < len(self.lines) else ""
        column = max(shown.find(within), 0) + offset
        width = max(1, min(len(first), len(shown) - column))
        return Place(line + 1, column + 1, shown, width)

    def diagnose(self, code: Code, message: str, excerpt: str, cure: str) -> None:
        """Add a diagnostic about the next place at or after here where the excerpt stands."""
        self.parsed.diagnostics.append(
            Diagnostic(code=code, message=message, help=cure, **self.place(excerpt)._asdict())
        )

    def look_for_notes(self, text: str) -> None:
        """Take note of a text in which a reference to a footnote may have been meant."""

    def refer(self, reference: nodes.Reference, excerpt: str) -> None:
        """Take note of a reference, and of where it stands in the source."""
        reference["place"] = self.place(excerpt)
        self.parsed.references.append(reference)


def _opens(kind: type[docutils_nodes.Element], **attributes: Any) -> Callable[[_Tree, Token], None]:
    def build(tree: _Tree, _token: Token) -> None:
        tree.open(kind("", **attributes))

    return build


def _close(tree: _Tree, _token: Token) -> None:
    tree.close()


def _nothing(_tree: _Tree, _token: Token) -> None:
    pass


# Blocks.


def _paragraph(tree: _Tree, token: Token) -> None:
    # A tight list's paragraphs are hidden: its items are of one line each.
    if token.hidden:
        tree.current["tight"] = True
    if token.level >= dialect.NESTING - 2:
        raise _UnreadableError
    tree.open(docutils_nodes.paragraph())


def _inline(tree: _Tree, token: Token) -> None:
    if token.map:
        tree.line = token.map[0]
    tree.inline_source = tree.current.rawsource = token.content
    tree.inline_position = 0
    for child in token.children or ():
        kind = child.type
        if kind == "text":
            content = child.content
            if "<" in content:
                _look_for_html(tree, content)
            if "[^" in content:
                tree.look_for_notes(content)
            tree.text.append(content)
        elif kind == "softbreak":
            tree.text.append("\n")
        else:
            tree.inlines[kind](tree, child)
    if tree.text:
        tree.flush()
    tree.inline_source = ""


def _heading(tree: _Tree, token: Token) -> None:
    # A description stands inside a section already: its headings are lines in bold.
    tree.line = token.map[0] if token.map else tree.line
    source = tree.lines[tree.line]
    tree.diagnose(
        Code.HEADING,
        "a heading inside a description",
        source.strip(),
        f"write it in bold, as a paragraph of its own: **{source.strip().strip('#').strip()}**",
    )
    tree.open(docutils_nodes.paragraph(classes=["heading"]))
    anchor = token.attrGet("id")
    if isinstance(anchor, str):
        tree.current["ids"].append(anchor)
        tree.parsed.anchors.append(anchor)
    tree.open(docutils_nodes.strong())


def _heading_close(tree: _Tree, _token: Token) -> None:
    tree.close()
    tree.close()


def _code(tree: _Tree, token: Token) -> None:
    language = token.info.split(maxsplit=1)[0] if token.info.strip() else ""
    if token.type == "fence" and token.map:
        _check_closed(tree, token, token.map[1] - 1)
    content = token.content.rstrip()
    tree.append(docutils_nodes.literal_block(content, content, language=language))


def _check_closed(tree: _Tree, token: Token, last: int) -> None:
    """Diagnose a fence whose last line is not its closing mark."""
    assert token.map is not None
    closing = tree.lines[last].strip(" \t>") if last < len(tree.lines) else ""
    # The line that closes a block closes no other that stands in it.
    closes = last > token.map[0] and bool(closing) and not closing.strip(token.markup[0])
    if closes and last not in tree.closings:
        tree.closings.add(last)
        return
    tree.line = token.map[0]
    tree.diagnose(
        Code.UNCLOSED_FENCE,
        f"the block that `{token.markup}` opens is not closed",
        tree.lines[tree.line].strip(),
        f"write {token.markup} on a line of its own where it ends",
    )


def _bullet_list(tree: _Tree, token: Token) -> None:
    tree.open(docutils_nodes.bullet_list(bullet=token.markup))


def _ordered_list(tree: _Tree, token: Token) -> None:
    start = token.attrGet("start")
    tree.open(
        docutils_nodes.enumerated_list(
            enumtype="arabic", prefix="", suffix=token.markup, start=1 if start is None else start
        )
    )


def _list_close(tree: _Tree, _token: Token) -> None:
    items = tree.current
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
    tree.close()


def _block(tree: _Tree, token: Token) -> None:
    found = dialect.attributes(token.info)
    assert found is not None
    (kind,) = found[1]
    admonition = ADMONITIONS.get(kind)
    if token.map:
        _check_closed(tree, token, token.map[1])
    if admonition is None:
        tree.line = token.map[0] if token.map else tree.line
        tree.diagnose(
            Code.UNKNOWN_ADMONITION,
            f"`.{kind}` is no admonition of a description",
            token.info.strip(),
            f"write one of {', '.join(f'{{.{name}}}' for name in ADMONITIONS)}",
        )
        tree.open(docutils_nodes.container(classes=[kind]))
    else:
        tree.open(admonition())
    for anchor in found[0]:
        tree.current["ids"].append(anchor)
        tree.parsed.anchors.append(anchor)


_ALERT = re.compile(r"\[!(\w+)\][ \t]*\n?")


def _quote_close(tree: _Tree, _token: Token) -> None:
    quote = tree.current
    tree.close()
    if not quote.children or not isinstance(quote.children[0], docutils_nodes.paragraph):
        return
    first = quote.children[0]
    found = _ALERT.match(first.rawsource)
    admonition = ADMONITIONS.get(found[1].lower()) if found else None
    if found is None or admonition is None:
        return
    opening = first.children[0]
    assert isinstance(opening, docutils_nodes.Text)
    first.remove(opening)
    rest = opening[opening.index("]") + 1 :].lstrip()
    if rest:
        first.insert(0, docutils_nodes.Text(rest))
    if first.children and isinstance(first.children[0], nodes.line_break):
        first.remove(first.children[0])
    first.rawsource = first.rawsource[found.end() :]
    alert = admonition("", *(quote.children if first.children else quote.children[1:]))
    quote.parent.replace(quote, alert)


def _term(tree: _Tree, _token: Token) -> None:
    tree.open(docutils_nodes.definition_list_item())
    tree.open(docutils_nodes.term())


def _definition(tree: _Tree, _token: Token) -> None:
    if not isinstance(tree.current, docutils_nodes.definition_list_item):
        item = tree.current.children[-1]
        assert isinstance(item, docutils_nodes.definition_list_item)
        tree.current = item
    tree.open(docutils_nodes.definition())


def _definition_close(tree: _Tree, _token: Token) -> None:
    tree.current.attributes.pop("tight", None)
    tree.close()
    tree.close()


def _term_close(tree: _Tree, _token: Token) -> None:
    tree.close()
    # A term without a definition of its own shares the next one's item in docutils'
    # model; markdown-it always gives it one.


def _table(tree: _Tree, _token: Token) -> None:
    tree.open(docutils_nodes.table())
    tree.open(docutils_nodes.tgroup(cols=0))


def _table_close(tree: _Tree, _token: Token) -> None:
    group = tree.current
    head = group.children[0]
    columns = len(head.children[0].children)
    group["cols"] = columns
    for _ in range(columns):
        group.insert(0, docutils_nodes.colspec(colwidth=1))
    tree.close()
    tree.close()


def _cell(tree: _Tree, token: Token) -> None:
    style = str(token.attrGet("style") or "")
    align = style.removeprefix("text-align:")
    tree.open(docutils_nodes.entry(classes=[f"align-{align}"] if align else []))
    tree.open(docutils_nodes.paragraph())


def _cell_close(tree: _Tree, _token: Token) -> None:
    cell_text = tree.current
    tree.close()
    if not cell_text.children:
        tree.current.remove(cell_text)
    tree.close()


def _footnote(tree: _Tree, token: Token) -> None:
    label = _footnote_label(token)
    tree.open(docutils_nodes.footnote(names=[label]))


def _footnote_label(token: Token) -> str:
    return str(token.meta.get("label") or token.meta["id"] + 1)


_BLOCKS: dict[str, Builder] = {
    "paragraph_open": _paragraph,
    "paragraph_close": _close,
    "inline": _inline,
    "heading_open": _heading,
    "heading_close": _heading_close,
    "fence": _code,
    "code_block": _code,
    "hr": lambda tree, _token: tree.append(docutils_nodes.transition()),
    "bullet_list_open": _bullet_list,
    "bullet_list_close": _list_close,
    "ordered_list_open": _ordered_list,
    "ordered_list_close": _list_close,
    "list_item_open": _opens(docutils_nodes.list_item),
    "list_item_close": _close,
    "blockquote_open": _opens(docutils_nodes.block_quote),
    "blockquote_close": _quote_close,
    "container_block_open": _block,
    "container_block_close": _close,
    "dl_open": _opens(docutils_nodes.definition_list),
    "dl_close": _close,
    "dt_open": _term,
    "dt_close": _term_close,
    "dd_open": _definition,
    "dd_close": _definition_close,
    "table_open": _table,
    "table_close": _table_close,
    "thead_open": _opens(docutils_nodes.thead),
    "thead_close": _close,
    "tbody_open": _opens(docutils_nodes.tbody),
    "tbody_close": _close,
    "tr_open": _opens(docutils_nodes.row),
    "tr_close": _close,
    "th_open": _cell,
    "th_close": _cell_close,
    "td_open": _cell,
    "td_close": _cell_close,
    "footnote_block_open": _opens(nodes.footnotes),
    "footnote_block_close": _close,
    "footnote_open": _footnote,
    "footnote_close": _close,
    "footnote_anchor": _nothing,
}


# Inlines.

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


def _look_for_html(tree: _Tree, content: str) -> None:
    # A placeholder such as <name> is text; only what is an element of HTML was meant as markup.
    for found in _TAG.finditer(content):
        name = re.sub(r"\W", " ", found[0]).split()[0].lower()
        tree.diagnose(
            Code.RAW_HTML,
            f"raw HTML, shown as text: `{found[0]}`",
            # Up to where typographic replacement may have changed it.
            re.split(r"[\s\"'“”‘’]", found[0])[0],
            f"write {_MARKDOWN_FOR.get(name, 'it in Markdown')}, or put it in backticks",
        )


def _literal(tree: _Tree, token: Token) -> None:
    tree.append(docutils_nodes.literal(token.content, token.content))


def _role(tree: _Tree, token: Token) -> None:
    name, content = token.meta["name"], token.content
    node: docutils_nodes.Element
    if name == "option":
        node = nodes.option_reference(content, content)
        tree.refer(node, f"{{option}}`{content}`")
    elif name == "manpage":
        node = nodes.manpage_reference(content, content)
        tree.refer(node, f"{{manpage}}`{content}`")
    elif name in ROLES:
        node = docutils_nodes.literal(content, content, classes=[name])
    else:
        source = f"{{{name}}}`{content}`"
        tree.diagnose(
            Code.UNKNOWN_ROLE, f"`{{{name}}}` is not a role", source, _suggested_role(name, content)
        )
        tree.text.append(f"{{{name}}}")
        node = docutils_nodes.literal(content, content)
    tree.append(node)


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


def _suggested_role(name: str, content: str) -> str:
    likely = _ROLE_FOR.get(name.lower())
    if likely is None:
        likely = nearest(name.lower(), ROLES)
    if likely is not None:
        return f"write {{{likely}}}`{content}`"
    return f"write `{content}` without a role, or one of {', '.join(f'{{{r}}}' for r in ROLES)}"


def _link(tree: _Tree, token: Token) -> None:
    address = str(token.attrGet("href") or "")
    if address.startswith("#"):
        reference = nodes.cross_reference(target=_unquoted(address[1:]))
        tree.refer(reference, f"({address})")
        tree.open(reference)
        return
    if address.startswith("%60") and address.endswith("%60"):
        # "[text](`https://…`)": the backticks are a slip, and what is meant is plain.
        shown = _unquoted(address)
        tree.diagnose(
            Code.UNSAFE_LINK, "backticks around a link's address", shown, f"write ({shown[1:-1]})"
        )
        address = address[3:-3]
    if not is_safe(address):
        shown = _unquoted(address)
        tree.diagnose(
            Code.UNSAFE_LINK,
            f"`{scheme_of(address)}:` is no scheme that manuals link to",
            shown if shown in tree.inline_source else address,
            f"write `{shown}` as code, or link with https:",
        )
        tree.open(docutils_nodes.inline(classes=["unsafe-link"]))
        # The closing token does not know the address; an autolink's text is the address.
        tree.current["address"] = "" if token.info == "auto" else f" ({shown})"
        return
    tree.open(docutils_nodes.reference(refuri=address))


def _link_close(tree: _Tree, _token: Token) -> None:
    address = tree.current.attributes.pop("address", "")
    if address:
        tree.text.append(address)
    tree.close()


def _unquoted(address: str) -> str:
    from urllib.parse import unquote  # noqa: PLC0415 - slow to import, and rarely needed

    return unquote(address, errors="replace") if "%" in address else address


def _image(tree: _Tree, token: Token) -> None:
    address = str(token.attrGet("src") or "")
    tree.append(docutils_nodes.image(uri=_unquoted(address), alt=_plain_text(token)))
    tree.diagnose(
        Code.IMAGE,
        "an image inside a description",
        "![",
        f"link to it instead: [{_plain_text(token)}]({address})",
    )


def _plain_text(token: Token) -> str:
    return "".join(
        child.content or (_plain_text(child) if child.children else "")
        if child.type not in {"softbreak", "hardbreak"}
        else " "
        for child in token.children or ()
    )


def _span(tree: _Tree, token: Token) -> None:
    anchor, keycap = token.attrGet("id"), token.attrGet("class")
    kind = nodes.key if keycap else docutils_nodes.target
    tree.open(kind("", ids=[anchor] if anchor else []))
    if isinstance(anchor, str):
        tree.parsed.anchors.append(anchor)


def _footnote_reference(tree: _Tree, token: Token) -> None:
    tree.append(docutils_nodes.footnote_reference(refid=_footnote_label(token)))


_INLINES: dict[str, Builder] = {
    "hardbreak": lambda tree, _token: tree.append(nodes.line_break()),
    "code_inline": _literal,
    "em_open": _opens(docutils_nodes.emphasis),
    "em_close": _close,
    "strong_open": _opens(docutils_nodes.strong),
    "strong_close": _close,
    "link_open": _link,
    "link_close": _link_close,
    "image": _image,
    "myst_role": _role,
    "span_open": _span,
    "span_close": _close,
    "footnote_ref": _footnote_reference,
}
