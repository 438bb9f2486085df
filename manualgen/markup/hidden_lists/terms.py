"""The term that a line starts with, ``term: text``: its separator, and what can be a term."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.markup.hidden_lists.lines import AFTER_WORD, INLINE, shown_text, source_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.markup.hidden_lists.lines import Line

_SEPARATOR = re.compile(
    r"""
      (?P<colon>[ \t]*:)(?=\s|$)
    | [ \t]+(?P<dash>---?|[-–—])(?=\s)
    | [ \t]+(?P<arrow>-+>|=+>|→|⇒)(?=\s)
    | [ \t]+(?P<equals>=)(?=\s)
    | (?P<gap>\t[ \t]*|[ ]{2,})(?=\S)
    """,
    re.VERBOSE,
)
# The longest real terms are paths and addresses.
_LONGEST_TERM = 48
_MOST_WORDS = 4
WORD = re.compile(r"[A-Za-z][a-z]*(?:-[a-z]+)*$")
"""A plain word of prose."""
_LABEL = re.compile(
    r"(?:n\.?b\.?|p\.?s\.?|e\.g\.|i\.e\.|(?:notes?|warnings?|caution|important|attention|danger"
    r"|tips?|hints?|info|remarks?|beware|disclaimer|security|caveats?"
    r"|defaults?(?: values?| to| is)?|recommended|examples?|usage|syntax|see(?: also)?|cf|refs?|references?"
    r"|sources?|docs|documentation|links?|urls?|homepage|website|upstream"
    r"|todo|fixme|deprecated|deprecation|known bugs?|requires|since"
    r"|for (?:example|instance|more|further|details|reference|a)\b[\w ]*"
    r"|more (?:info|information|details|about)\b[\w ]*|in (?:short|particular|addition)"
    r"|that is|in other words))[ \t]*:",
    re.IGNORECASE,
)
LONGEST_LABEL = 60
"""How much of a line is looked at for a label, or for a value of code."""
_LEVEL = re.compile(
    r"(?:info|warnings?|notice|hint|default|deprecated|security|sources?|urls?|links?)\b"
)
"""Labels that are names as well, in lower case: of log levels, of values."""
PROSE = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "it",
        "its",
        "they",
        "he",
        "she",
        "we",
        "you",
        "i",
        "which",
        "who",
        "what",
        "where",
        "when",
        "while",
        "and",
        "or",
        "but",
        "nor",
        "so",
        "if",
        "unless",
        "because",
        "since",
        "until",
        "then",
        "than",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "off",
        "on",
        "onto",
        "out",
        "over",
        "to",
        "up",
        "with",
        "without",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "will",
        "would",
        "can",
        "could",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "not",
        "also",
        "only",
        "either",
        "neither",
        "both",
        "whether",
        "however",
        "therefore",
        "thus",
        "here",
        "there",
        "see",
        "use",
        "uses",
        "using",
        "used",
        "set",
        "sets",
    ]
)
"""Words of sentences: no term starts or ends with one."""


class Term(msgspec.Struct, frozen=True):
    """The term that a line starts with.

    Attributes:
        separator: what follows the term: ``colon``, ``dash``, ``arrow``, ``equals``, ``gap``.
        text: the term.
        stop, body: where the term ends and the text after the separator starts.
        column: where that text starts in the source.
        strong: the term is not a plain word: code, a number, a flag, a path, in quotes.
        coded: the term is one inline node.
    """

    separator: str
    text: str
    stop: int
    body: int
    column: int
    strong: bool
    coded: bool = False


def term_of(line: Line) -> Term | None:
    """Return the term that a line starts with; None if there is none."""
    text = line.text
    if not text or line.source[:1] == "\\":
        return None
    if isinstance(line.parts[0], docutils_nodes.Node) and text[1:2] == " ":
        term = line.parts[0].astext()
        if term.endswith(":") and not is_label(term) and "\n" not in term:
            return Term("colon", term, 1, 2, line.indent, strong=True)
    match = _SEPARATOR.search(text, 0, _LONGEST_TERM + 2)
    if match is None:
        return _term_of_column(line)
    separator = match.lastgroup or ""
    before = text[: match.start()]
    if not _can_be_term(before):
        return None
    body = len(text) - len(text[match.end() :].lstrip())
    if separator == "dash" and _SEPARATOR_AGAIN.search(text, body):
        return None  # a pair of dashes is a parenthesis
    return Term(
        separator,
        shown_text(line.part(0, match.start())),
        match.start(),
        body,
        _column(line, body),
        strong=_is_strong(before),
        coded=before == INLINE,
    )


_GAP = re.compile(r"(\S(?:.{0,46}?\S)??)(?:\t[ \t]*|[ ]{2,})(?=\S)")


def is_label(text: str) -> bool:
    """Whether a line starts with a label such as ``Note:``, which is not a term of a list."""
    return _LABEL.match(text, 0, LONGEST_LABEL) is not None and _LEVEL.match(text) is None


def _term_of_column(line: Line) -> Term | None:
    """Return a term that is set apart in the source by white space, which is folded in the text."""
    match = _GAP.match(line.source)
    if match is None:
        return None
    words = len(match[1].split())
    body = 0
    for _ in range(words):
        body = AFTER_WORD.match(line.text, body).end()  # type: ignore[union-attr]
    before = line.text[:body]
    term = shown_text(line.part(0, body))
    if " ".join(term.split()) != " ".join(match[1].split()) or not _can_be_term(before):
        return None
    body = len(line.text) - len(line.text[body:].lstrip())
    return Term("gap", term, len(before), body, line.indent + match.end(), _is_strong(before))


def _column(line: Line, position: int) -> int:
    """Return the column in the source of a position of the text."""
    return line.indent + len(line.source) - len(source_after(line, position))


_SEPARATOR_AGAIN = re.compile(r"\S (?:---?|[-–—])(?: |$)")
QUOTED = re.compile(r"""["'“‘].+["'”’]$""")
"""A text that is all in quotes."""


def _can_be_term(text: str) -> bool:
    words = text.split()
    if not words:
        return False
    if text in {"on", "off", "in", "out", "up", "both"}:
        return True
    if len(words) > _MOST_WORDS or (text[-1] in ".!?;,([" and not text.endswith(("..", "…"))):
        return False
    if text.count("(") != text.count(")"):
        return False
    if _is_strong(text):
        return True
    if words[0].lower() in PROSE or words[-1].lower() in PROSE:
        return False
    return not re.search(r"[.!?;,]\s", text)


def _is_strong(text: str) -> bool:
    if QUOTED.match(text):
        return True
    pieces = re.split(r"(?:,|\||/| or| and)\s+", text)
    return bool(pieces[0]) and all(_is_strong_piece(piece.split()) for piece in pieces if piece)


def _is_strong_piece(words: Sequence[str]) -> bool:
    # "-f FILE", "<name> (default)": the second word is not a plain word either.
    return (
        len(words) <= 2
        and words[0][0] != "("
        and (len(words[0]) == 1 or not WORD.match(words[0]))
        and (len(words) == 1 or not WORD.match(words[1]) or words[1].isupper())
    )
