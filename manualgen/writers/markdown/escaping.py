"""Text, code and addresses as Markdown holds them: what means something is escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PUNCTUATION = r"!-/:-@\[-`{-~"
_ESCAPED = re.compile(
    rf"""
      \\(?=[{PUNCTUATION}]|\s*(?:\n|\Z))     # would escape what follows
    | `
    | \*+
    | _+
    | \[
    | <(?=[A-Za-z/!?]|\Z)                    # a tag or an address
    | &(?=\#?[0-9A-Za-z]+;)                  # a character by its name
    | ~(?=~)|(?<=~)~                         # struck out, to some readers
    | \((?=(?:c|r|tm)\))                     # typographic replacements, from here on
    | \+(?=-)
    | \.(?=\.)
    | ,(?=,)
    | [?!](?=…)
    | [?](?=[?!]{{3}})|(?<=[?!]{{3}})[?!]|[!](?=[?!]{{3}})
    | -+
    | '
    | "
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Every character that may have to be escaped: most texts have none.
_MAY_NEED = re.compile(r"""[\\`*_\[<&~'"]|\([crtCRT]|\+-|\.\.|,,|[?!]…|[?!]{4}|--""")

_BRACKET_IS_TEXT = re.compile(r"\[[^\[\]]*\](?![(\[{:])")


def escape(text: str, *, straight: bool = False, in_link: bool = False) -> str:
    """Return text that Markdown shows as it is, anywhere but at a line's start.

    Args:
        text: the text.
        straight: its straight quotes might pair up and become typographic ones.
        in_link: brackets would end the link that it stands in.
    """
    if _MAY_NEED.search(text) is None and not (in_link and "]" in text):
        return text
    escaped = _ESCAPED.sub(lambda match: _escape_of(match, straight, in_link), text)
    if in_link and "]" in escaped:
        escaped = escaped.replace("]", "\\]")
    return escaped


def _escape_of(match: re.Match[str], straight: bool, in_link: bool) -> str:
    mark, text = match[0], match.string
    before = text[match.start() - 1] if match.start() else ""
    after = text[match.end()] if match.end() < len(text) else ""
    kind = mark[0]
    if kind == "*":
        return mark if before.isspace() and after.isspace() else "\\*" * len(mark)
    if kind == "_":
        inside = before.isalnum() and after.isalnum()
        alone = before.isspace() and after.isspace()
        return mark if inside or alone else "\\_" * len(mark)
    if kind == "[":
        plain = not in_link and not text.startswith(("^", "!"), match.end())
        return mark if plain and _BRACKET_IS_TEXT.match(text, match.start()) else "\\["
    if kind == "-":
        return _dashes(mark, text, match.start(), match.end())
    if kind == '"':
        within = before.isalnum() and after.isalnum()
        return '\\"' if straight and not within else mark
    return "\\" + mark


_BEHIND_WORD = re.compile(r"\w[ ]\Z")
_BEFORE_WORD = re.compile(r"[ ]\w")


def _dashes(mark: str, text: str, start: int, end: int) -> str:
    """Escape two or three hyphens where they would become one dash."""
    if len(mark) == 3:
        return "\\-\\--"
    if len(mark) == 2:
        before, after = text[max(0, start - 2) : start], text[end : end + 2]
        # As in "an option --all", with a space on one side only.
        option = _BEHIND_WORD.search(before) is not None and after[:1].isalnum()
        other = before[-1:].isalnum() and _BEFORE_WORD.match(after) is not None
        return mark if option or other else "\\--"
    return mark


BREAKS = re.compile(r"(?<![ \t])[ \t]*+\n[ \t\n]*")


def one_line(text: str) -> str:
    """Return a text on one line, its breaks as spaces."""
    return text.replace("\\\n", " ").replace("\n", " ") if "\n" in text else text


def unbroken(text: str) -> str:
    """Return text without the breaks at its end: a break needs a line to follow it."""
    while (len(text) - len(text.rstrip("\\"))) % 2:
        text = text[:-1].rstrip(" \t\n")
    return text


def with_edges(text: str) -> str:
    """Return a text with the white space at its ends written so that it stays there."""
    # A parser strips every sort of white space from a paragraph, but none that is named.
    # Nobody sees that of ASCII there.
    inner = text.strip()
    start = text.index(inner) if inner else len(text)
    edges = text[:start], text[start + len(inner) :]
    named = ["".join(f"&#{ord(space)};" for space in edge if space >= "\u00a0") for edge in edges]
    return named[0] + inner + named[1]


_BLOCK_START = re.compile(
    r"""
      (?P<first> [-+*>] | \#{1,6} | [:~] ) (?: [ \t] | \Z )   # a list, a heading, a definition
    | > | ::: | ~~~
    | (?P<number> \d{1,9} ) [.)] (?: [ \t] | \Z )
    | ([-_*]) [ \t]* (?: \3 [ \t]* ){2,} \Z                    # a rule
    | =+ [ \t]* \Z                                             # what underlines a heading
    | -+ [ \t]* \Z
    | [|:-] [|: \t-]+ \Z                                       # the second line of a table
    """,
    re.VERBOSE,
)
MAY_START_BLOCK = re.compile(r"^[-+*>#:~\d_=|]", re.MULTILINE)


def safe_start(line: str) -> str:
    """Return a line of text that starts no list, heading, rule, quote, fence or table."""
    match = _BLOCK_START.match(line)
    if match is None:
        return line
    if line.startswith("----") and line[4:5] != "-":
        # Three hyphens after an escaped one would become a dash.
        return f"\\-\\-\\-{line[3:]}"
    number = match["number"]
    return f"{number}\\{line[len(number) :]}" if number else f"\\{line}"


def code(text: str) -> str:
    """Return text as a span of code; "" for none."""
    text = text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
    if not text:
        return ""
    longest = max(map(len, re.findall("`+", text)), default=0) if "`" in text else 0
    fence = "`" * (longest + 1)
    padded = text[0] == " " == text[-1] and not text.isspace()
    if padded or text[0] == "`" or text[-1] == "`":
        text = f" {text} "
    return f"{fence}{text}{fence}"


_HARMLESS = re.compile(
    r"[^\s\x00-\x1f\x7f<>()]+(?:\([^\s\x00-\x1f\x7f<>()]*\)[^\s\x00-\x1f\x7f<>()]*)*"
)
_MEANING = re.compile(rf"\\(?=[{PUNCTUATION}])|&(?=#?[0-9A-Za-z]+;)|[<>]")


def destination(address: str) -> str:
    """Return an address as Markdown's links hold it: bare, or in angle brackets if it has to be."""
    escaped = _MEANING.sub(r"\\\g<0>", re.sub(r"[\r\n]+", "%0A", address))
    return escaped if _HARMLESS.fullmatch(escaped) else f"<{escaped}>"


def fenced(text: str, language: str = "") -> str:
    """Return text as a block of code, its fence longer than any in it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    mark = "~" if "`" in language else "`"
    runs = re.findall(rf"^[ \t]*({mark}{{3,}})", text, re.MULTILINE)
    fence = mark * max(3, 1 + max(map(len, runs), default=0))
    language = " ".join(language.split())
    if language.startswith(mark):
        language = f" {language}"
    return f"{fence}{language}\n{text}\n{fence}" if text else f"{fence}{language}\n{fence}"


HEADING_ID = re.compile(r"(\{#[\w.-]+)\}\Z")
"""What at the end of a heading would be taken for its identifier."""
_CLOSING = re.compile(r"(?:^|(?<=\s))#(?=#*\Z)")


def heading(level: int, text: str, ids: Sequence[str] = ()) -> str:
    """Return a heading.

    Args:
        level: 1 to 6; deeper ones are of the sixth.
        text: one line of Markdown.
        ids: the identifiers, of which the first is written.
    """
    # A heading's closing number signs would vanish.
    text = HEADING_ID.sub(r"\1\\}", _CLOSING.sub(r"\\#", text))
    named = f" {{#{ids[0]}}}" if ids else ""
    return f"{'#' * min(level, 6)} {text}{named}".rstrip()


def indented(text: str, first: str, rest: str) -> str:
    """Return lines with something before each: before those that are empty, what of it shows."""
    lines = text.split("\n")
    empty = rest.rstrip()
    indented_lines = [
        (first if index == 0 else rest) + line if line else "" for index, line in enumerate(lines)
    ]
    return "\n".join(
        [line or (empty if index else first.rstrip()) for index, line in enumerate(indented_lines)]
    )
