"""The Markdown dialect's own syntax, as rules for markdown-it.

CommonMark with plugins (definition lists, footnotes, roles, fenced blocks of colons, tables,
typographic replacement) and three rules of its own: comments, identifiers of headings, and
``[text]{#id .class}``.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.rules_core import block
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from manualgen.markup.docbook_tags import docbook_tag
from manualgen.markup.inline_parser import role, use_bounded_rules
from manualgen.markup.typography import use_typography

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

NESTING = 100
"""How deep blocks may be nested in blocks, which is what nixos-render-docs allows."""

# Possessive quantifiers: "{......" without an end fails at once.
_ATTRIBUTES = re.compile(r"\{\s*+((?:[.#][\w.-]++\s*+)++)\}")
_HEADING_ID = re.compile(r"\{#([\w.-]+)\}\s*\Z")


@functools.cache
def parser() -> MarkdownIt:
    """Return the markdown-it parser of the dialect. It keeps no state between texts."""
    return new_parser()


def new_parser() -> MarkdownIt:
    """Return a markdown-it parser of the dialect that is not shared."""
    markdown = MarkdownIt("commonmark", {"html": False, "typographer": True, "maxNesting": NESTING})
    use_bounded_rules(markdown)
    markdown.enable("table")
    use_typography(markdown)
    # Inline footnotes are not part of the dialect, and "^[a-z]" is common in patterns.
    markdown.use(footnote_plugin, inline=False)
    markdown.use(_definition_lists)
    markdown.use(myst_role_plugin)
    markdown.inline.ruler.at("myst_role", role)
    markdown.use(container_plugin, name="block", validate=_is_block)
    markdown.block.ruler.before(
        "fence",
        "comment",
        _block_comment,
        {"alt": ["paragraph", "reference", "blockquote", "list"]},
    )
    markdown.inline.ruler.before("autolink", "comment", _inline_comment)
    markdown.inline.ruler.before("autolink", "docbook_tag", docbook_tag)
    markdown.inline.ruler.before("link", "span", _span)
    markdown.inline.ruler.before("link", "unknown_attributes", _unknown_attributes)
    markdown.core.ruler.at("block", _blocks)
    markdown.core.ruler.before("inline", "repeated_footnotes", _repeated_footnotes)
    markdown.core.ruler.before("inline", "heading_ids", _heading_ids)
    markdown.core.ruler.before("inline", "bounded_labels", _bounded_labels)
    # Which schemes become links is decided where the tree is built, with a diagnostic.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return markdown


def _definition_lists(markdown: MarkdownIt) -> None:
    """Add definition lists, whose definitions start with a colon only.

    The plugin takes a tilde for a definition too, but ``~ 5 seconds`` is prose.
    """
    deflist_plugin(markdown)
    rule = next(rule for rule in markdown.block.ruler.__rules__ if rule.name == "deflist").fn
    cells = dict(zip(rule.__code__.co_freevars, rule.__closure__ or (), strict=True))
    skip_marker = cells["skipMarker"].cell_contents

    def skip_colon(state: StateBlock, line: int) -> int:
        start = int(skip_marker(state, line))
        return -1 if start > 0 and state.src[start - 1] == "~" else start

    cells["skipMarker"].cell_contents = skip_colon


def language_of(info: str) -> str:
    """Return the language that the info string of a fence names; "" for none.

    Besides ``nix``, the forms of other dialects are understood: ``{.nix}``, ``nix {.numbered}``,
    ``nix{1,3}`` and ``{code-block} nix``.
    """
    match = _LANGUAGE.match(info)
    return (match["class"] or match["name"]) if match is not None else ""


_LANGUAGE = re.compile(
    r"""\s*+
      (?: \{ \s*+ (?: \#[\w-]++ \s++ )? \. (?P<class> [\w+\#.-]*[\w+\#] )
        | (?: \{ (?: code | code-block | code-cell | sourcecode ) \} \s*+ )?
          (?P<name> \{?[^\s{]++ )
      )""",
    re.VERBOSE,
)


def attributes(text: str) -> tuple[list[str], list[str]] | None:
    """Return the identifiers and classes in ``{#id .class …}``; None if it is not that."""
    match = _ATTRIBUTES.fullmatch(text.strip())
    if match is None:
        return None
    # A dot inside a word is part of it ("#a.b"), and no start of a class.
    words = re.findall(r"[.#][\w-]+(?:(?<=[\w-])\.[\w-]+)*", match[1])
    return (
        [word[1:] for word in words if word[0] == "#"],
        [word[1:] for word in words if word[0] == "."],
    )


# Most descriptions with markup have only inline markup, and half of the time to parse those goes
# into trying each line as the start of each kind of block. The pattern finds whatever could be more
# than a paragraph's line; it may find too much, never too little (a property test compares).
_BLOCK = re.compile(
    r"""
      [\t\r\x00\x0b\x0c\x1c-\x1f\x85\u2028\u2029]
    | ^[ ]*
      (?: [^\w\s("'`\[*_{\\&] | \d      # a list, a quote, a rule, a table, a comment, …
        | ```
        | \* (?! \*?\w ) | _ (?! [^\W_] )  # a list, a rule
        | \{ (?! \w+\}` )                # no role
      )
    | ^[ ]{4}                            # maybe code
    """,
    re.VERBOSE | re.MULTILINE,
)


_LABEL = re.compile(r"^[ ]*\[", re.MULTILINE)


def _blocks(state: StateCore) -> None:
    text = state.src
    # A footnote, or the address of a label, begins with a bracket.
    if _BLOCK.search(text) is not None or ("]:" in text and _LABEL.search(text) is not None):
        block(state)
        return
    lines = text.split("\n")
    start = 0
    for end, line in enumerate([*lines, ""]):
        if line.strip(" "):
            continue
        if start < end:
            opening = Token("paragraph_open", "p", 1, map=[start, end], block=True)
            inline = Token("inline", "", 0, map=[start, end], level=1, children=[], block=True)
            inline.content = mdTrim("\n".join(lines[start:end]))
            state.tokens += (opening, inline, Token("paragraph_close", "p", -1, block=True))
        start = end + 1


def _is_block(params: str, _markup: str) -> bool:
    parsed = attributes(params)
    return parsed is not None and len(parsed[1]) == 1 and len(parsed[0]) <= 1


def _block_comment(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    # A line that starts with "<!--", up to the first line that ends in "-->".
    if state.is_code_block(start):
        return False
    position = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("<!--", position):
        return False
    # A search without result need not be repeated from the lines that it went through.
    indent, since, until = state.env.get("unclosed_comment", (-1, 0, 0))
    if indent == state.blkIndent and since <= start < until:
        return False
    for line in range(start, end):
        if line > start and state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            break
        begin = position + 4 if line == start else state.bMarks[line]
        if state.src[begin : state.eMarks[line]].rstrip().endswith("-->"):
            if not silent:
                state.line = line + 1
            return True
    else:
        line = end
    state.env["unclosed_comment"] = (state.blkIndent, start, line)
    return False


def _inline_comment(state: StateInline, silent: bool) -> bool:  # noqa: ARG001
    if not state.src.startswith("<!--", state.pos):
        return False
    end = state.src.find("-->", state.pos + 4)
    if end < 0:
        return False
    state.pos = end + 3
    return True


def _span(state: StateInline, silent: bool) -> bool:
    # "[text]{#id}", "[]{#id}", "[F12]{.keycap}"; anything else in the braces is text.
    if state.src[state.pos] != "[" or "]{" not in state.src:
        return False
    start = state.pos
    end = state.md.helpers.parseLinkLabel(state, start)
    if end < 0:
        return False
    match = _ATTRIBUTES.match(state.src, end + 1)
    parsed = attributes(match[0]) if match is not None else None
    if match is None or parsed is None:
        return False
    ids, classes = parsed
    if len(ids) > 1 or any(name != "keycap" for name in classes):
        return False
    if not silent:
        token = state.push("span_open", "span", 1)
        if ids:
            token.attrSet("id", ids[0])
        if classes:
            token.attrSet("class", classes[0])
        maximum = state.posMax
        state.pos, state.posMax = start + 1, end
        state.md.inline.tokenize(state)
        state.posMax = maximum
        state.push("span_close", "span", -1)
    state.pos = match.end()
    return True


_UNKNOWN_ATTRIBUTES = re.compile(
    r"""\{\s*+ (?: (?: [.\#][A-Za-z][\w-]*+ | [A-Za-z][\w-]*+ = (?:"[^"\n]*+"|[\w%.-]++) ) \s*+ )++ \}""",
    re.VERBOSE,
)


def _unknown_attributes(state: StateInline, silent: bool) -> bool:
    # "![a](p.png){width=50%}", "[a](b){.class}" and "`a`{.nix}", as Pandoc has them.
    if silent or state.src[state.pos] != "{" or state.pending or not state.tokens:
        return False
    if state.tokens[-1].type not in {"image", "link_close", "code_inline"}:
        return False
    match = _UNKNOWN_ATTRIBUTES.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    state.push("unknown_attributes", "", 0).content = match[0]
    state.pos = match.end()
    return True


def _repeated_footnotes(state: StateCore) -> None:
    # Of footnotes with one label, the plugin keeps only the last: the builder reports the others.
    if "[^" not in state.src:
        return
    seen: set[str] = set()
    for token in state.tokens:
        if token.type == "footnote_reference_open" and token.map:
            label = token.meta["label"]
            if label in seen:
                state.env.setdefault("repeated_footnotes", []).append((label, token.map[0]))
            seen.add(label)


class _Labels(dict[str, Any]):
    """The labels of links with their addresses, up to a length of all links together.

    Attributes:
        is_exceeded: whether that length was exceeded, and links have been left out.
    """

    def __init__(self, labels: Mapping[str, Any], length: int) -> None:
        super().__init__(labels)
        self.is_exceeded = False
        self._rest = _LEAST_LABELS + _LABELS_TIMES_LENGTH * length

    def get(self, label: str, default: Any = None) -> Any:
        """Return the address and title of a label; None if there is none, or no room for it."""
        known = super().get(label, default)
        if known is not None:
            self._rest -= len(known["href"]) + len(known["title"])
            if self._rest < 0:
                self.is_exceeded = True
                return None
        return known


_LEAST_LABELS = 100_000
_LABELS_TIMES_LENGTH = 10
"""How many characters the addresses of a text's labels may have, each counted whenever it is used,
besides :data:`_LEAST_LABELS`: as many times those of the text."""


def _bounded_labels(state: StateCore) -> None:
    # A long address could be used thousands of times by a label of one letter.
    labels = state.env.get("references")
    if labels:
        state.env["references"] = _Labels(labels, len(state.src))


def labels_exceeded(environment: Mapping[str, Any]) -> bool:
    """Return whether the addresses of the labels of a parsed text were too long together.

    Args:
        environment: what the parser has left of the text.
    """
    labels = environment.get("references")
    return isinstance(labels, _Labels) and labels.is_exceeded


def _heading_ids(state: StateCore) -> None:
    if "{#" not in state.src:
        return
    for index, token in enumerate(state.tokens):
        if token.type == "heading_open":
            inline = state.tokens[index + 1]
            match = _HEADING_ID.search(inline.content)
            if match:
                token.attrSet("id", match[1])
                inline.content = inline.content[: match.start()].rstrip()


def footnote_label(token: Token) -> str:
    """Return the label of the footnote that a token starts or refers to."""
    return str(token.meta.get("label") or token.meta["id"] + 1)
