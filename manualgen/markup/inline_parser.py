"""markdown-it's parser of inline markup, with bounded time for any text.

Some rules of markdown-it look through the rest of a paragraph again from each opening
bracket, so that their time grows with the square of the brackets. Here each bracket is looked
at once; the results are the same.
"""

from __future__ import annotations

import functools
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING

from markdown_it.common.utils import unescapeAll
from markdown_it.helpers import parseLinkDestination, parseLinkTitle
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.myst_role.index import myst_role

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.parser_inline import RuleFuncInlineType
    from markdown_it.token import Token
    from markdown_it.utils import EnvType

MOST_NESTED_IMAGES = 10
"""How deep images may stand in the texts of images, each of which is parsed once more."""


class NestingError(Exception):
    """Markup is nested deeper than the parser reads, or closes what it did not open."""


class InlineState(StateInline):
    """The state of one inline text.

    Attributes:
        labels: end of the range that is parsed → opening bracket in it → where its closing
            bracket is (-1 if there is none), and whether another link, or the like, is between.
    """

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, outTokens: list[Token]) -> None:  # noqa: N803 - as in markdown-it
        super().__init__(src, md, env, outTokens)
        self.labels: dict[int, dict[int, tuple[int, bool]]] = {}


class _Rules(dict[str, tuple["RuleFuncInlineType", ...]]):
    """Character → the rules that can read what begins with it, in order."""

    def __init__(self, parser: ParserInline) -> None:
        super().__init__()
        self._rules = list(
            zip(parser.ruler.get_active_rules(), parser.ruler.getRules(""), strict=True)
        )

    def __missing__(self, character: str) -> tuple[RuleFuncInlineType, ...]:
        rules = tuple(
            [
                rule
                for name, rule in self._rules
                if character in _FIRST_CHARACTERS.get(name, character)
            ]
        )
        if not rules:
            rules = tuple([rule for name, rule in self._rules if name == "text"])
        self[character] = rules
        return rules


class InlineParser(ParserInline):
    """Parses inline texts, of any length, in a time that is proportional to it.

    Of the rules it tries only those that the next character can begin.
    """

    @functools.cached_property
    def _rules(self) -> _Rules:
        return _Rules(self)

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Append the tokens of a text; otherwise as in markdown-it.

        Raises:
            NestingError: if images stand in the texts of images too deeply.
        """
        depth = env.get("image_depth", 0)
        if depth > MOST_NESTED_IMAGES:
            raise NestingError
        env["image_depth"] = depth + 1
        state = InlineState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        env["image_depth"] = depth
        return state.tokens

    def tokenize(self, state: StateInline) -> None:
        """Append the tokens of the range of a state, as markdown-it does."""
        source, end = state.src, state.posMax
        most_nested = state.md.options["maxNesting"]
        rules = self._rules
        while state.pos < end:
            position = state.pos
            if state.level < most_nested:
                for rule in rules[source[position]]:
                    if rule(state, False):  # noqa: FBT003 - as in markdown-it
                        break
                else:
                    state.append_pending(source[position])
                    state.pos = position + 1
            else:
                state.append_pending(source[position])
                state.pos = position + 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 - as in markdown-it
        """Move a state behind the next token, as markdown-it does."""
        position = state.pos
        known = state.cache.get(position)
        if known is not None:
            state.pos = known
            return
        if state.level < state.md.options["maxNesting"]:
            state.level += 1
            for rule in self._rules[state.src[position]]:
                if rule(state, True):  # noqa: FBT003 - as in markdown-it
                    break
            else:
                state.pos = position + 1
            state.level -= 1
        else:
            # As markdown-it has it: what is nested deeper is text, up to the end.
            state.pos = state.posMax
        state.cache[position] = state.pos


_FIRST_CHARACTERS = {
    "text": "",
    "newline": "\n",
    "escape": "\\",
    "myst_role": "{",
    "backticks": "`",
    "emphasis": "*_",
    "span": "[",
    "unknown_attributes": "{",
    "link": "[",
    "image": "!",
    "footnote_ref": "[",
    "comment": "<",
    "docbook_tag": "<",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
}
"""The name of a rule → the characters that what it reads can begin with; others are text."""


def use_bounded_rules(markdown: MarkdownIt) -> None:
    """Make a parser read inline markup in time that grows with the length of the text.

    Args:
        markdown: the parser.
    """
    inline = InlineParser()
    inline.ruler, inline.ruler2 = markdown.inline.ruler, markdown.inline.ruler2
    markdown.inline = inline
    markdown.helpers = SimpleNamespace(  # type: ignore[assignment]
        parseLinkLabel=link_label,
        parseLinkTitle=_link_title,
        parseLinkDestination=parseLinkDestination,
    )


def link_label(state: InlineState, start: int, disableNested: bool = False) -> int:  # noqa: FBT002, N803 - as in markdown-it
    """Return the position of the bracket that closes another; -1 if there is none.

    Args:
        state: the state of the text.
        start: the position of the opening bracket.
        disableNested: whether there is none also if a link is between the two.
    """
    labels = state.labels.setdefault(state.posMax, {})
    known = labels.get(start)
    if known is None:
        _find_labels(state, start, labels)
        known = labels[start]
    end, holds_link = known
    return -1 if holds_link and disableNested else end


def _find_labels(state: InlineState, start: int, labels: dict[int, tuple[int, bool]]) -> None:
    """Find the closing bracket of one that opens, and of those between them."""
    source, maximum, before = state.src, state.posMax, state.pos
    skip = state.md.inline.skipToken
    # The brackets that are open, and whether a link has been seen in each.
    open_brackets = [(start, False)]
    position = start + 1
    while position < maximum:
        marker = source[position]
        if marker == "]":
            opener, holds_link = open_brackets.pop()
            labels[opener] = (position, holds_link)
            if not open_brackets:
                break
            if holds_link:
                open_brackets[-1] = (open_brackets[-1][0], True)
            position += 1
            continue
        state.pos = position
        skip(state)
        following = state.pos
        if marker == "[":
            inner = labels.get(position) if following == position + 1 else (following - 1, True)
            if inner is None:
                open_brackets.append((position, False))
            elif inner[0] < 0:
                # Nothing closes that one, so nothing is left to close those around it.
                open_brackets[-1] = (open_brackets[-1][0], inner[1] or open_brackets[-1][1])
                break
            else:
                if inner[1]:
                    open_brackets[-1] = (open_brackets[-1][0], True)
                following = inner[0] + 1
        position = following
    state.pos = before
    holds_link = False
    for opener, link in reversed(open_brackets):
        holds_link = holds_link or link
        labels[opener] = (-1, holds_link)


_TITLE = {
    '"': re.compile(r'(?:[^"\\]|\\.)*+', re.DOTALL),
    "'": re.compile(r"(?:[^'\\]|\\.)*+", re.DOTALL),
    "(": re.compile(r"(?:[^()\\]|\\.)*+", re.DOTALL),
}
"""What opens the title of a link → the title."""


class _UnclosedTitle:
    """The result of parsing a title that does not end; its text is rarely needed."""

    ok = False
    pos = 0

    def __init__(self, text: str, start: int, maximum: int, *, can_continue: bool) -> None:
        self.marker = ord(")" if text[start] == "(" else text[start])
        self.can_continue = can_continue
        self._range = (text, start + 1, maximum)

    @property
    def str(self) -> str:
        text, start, end = self._range
        return unescapeAll(text[start:end])


def _link_title(string: str, start: int, maximum: int, prev_state: object = None) -> object:
    """Return the title of a link, as markdown-it's function does, but soon if it does not end."""
    pattern = _TITLE.get(string[start]) if prev_state is None and start < maximum else None
    match = pattern.match(string, start + 1, maximum) if pattern is not None else None
    if match is not None:
        end = match.end()
        # A backslash at the very end escapes nothing.
        at_end = end == maximum or string[end] == "\\"
        if at_end or string[end] == "(":
            return _UnclosedTitle(string, start, maximum, can_continue=at_end)
    return parseLinkTitle(string, start, maximum, prev_state)  # type: ignore[arg-type]


def role(state: StateInline, silent: bool) -> bool:
    """Read a role; as the plugin's rule, which copies the rest of the text at every character."""
    return state.src[state.pos] == "{" and myst_role(state, silent)
