"""How code, commands, configuration and tables differ from lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from manualgen.markup.hidden_lists.lines import shown_text
from manualgen.markup.hidden_lists.terms import LONGEST_LABEL, QUOTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.markup.hidden_lists.layout import Layout
    from manualgen.markup.hidden_lists.terms import Term

_CODE_END = re.compile(r"(?:[;{\\]|[=(\[,]\s*\[|[=(]|\blet)$")
_CODE_START = re.compile(r"[}\])$#]|//|let\b|in\b\s*$|In \[|Out\[")
_VALUE = re.compile(
    r"(?:true|false|yes|no|null|nil|none|on|off|undefined|[-+]?[\d.:/_-]+\w{0,3}|[\"'“‘].*[\"'”’]"
    r"|[\[{(].*[\]})]|[\w.+-]*[/_$\\@=<>{}\[\]].*)[;,]?$",
    re.IGNORECASE,
)
_NATURAL = re.compile(r"[^\W\d_]{2,}")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?%?$")
_VALUE_WORD = re.compile(r"(?:null|nil|true|false)$", re.IGNORECASE)
"""Matches a value that no language assigns to."""
_OPERATOR = re.compile(r"\s(?:[-+*/%|&<>=]|[|&]{2}|\.\.|\+\+|//)\s|[(\[{]$")
_VALUES = re.compile(
    r"\b(?:values?|modes?|levels?|options|choices|kinds?|types?|states?|polic(?:y|ies)|one of|any of"
    r"|are|is|can be|may be)\b[^.]{0,40}:$",
    re.IGNORECASE,
)
"""A lead-in to values that are explained."""
_PLAIN_WORDS = re.compile(r"(?!(?:true|false|null|nil)\b)[A-Za-z][a-z-]*(?: [a-z-]+)*[.,;]?$")
EXAMPLE = re.compile(
    r"\b(?:examples?|usage|synopsis|syntax|e\.g|for instance|like (?:this|so)|looks? like|snippet|such as"
    r"|(?:run|execute|add|generated?|install|put|paste|using|write|invoke|call)\b)[^.]*:$",
    re.IGNORECASE,
)
"""A lead-in to an example: what follows may be code."""


def looks_like_code(
    layout: Layout, starts: Sequence[int], terms: Sequence[Term], texts: Sequence[str]
) -> bool:
    """Whether lines ``term: text`` are code or its settings rather than a definition list.

    Args:
        layout: the lines.
        starts: the lines that start with the terms.
        terms: the terms.
        texts: the first line of the definition of each.
    """
    lines = [layout.lines[index].text for index in starts]
    if any(_CODE_START.match(line) for line in lines):
        return True
    # A semicolon may separate the items of a list, but does not end it.
    if _CODE_END.search(texts[-1]) or any(_CODE_END.search(text.rstrip(";")) for text in texts):
        return True
    if any(term.separator == "equals" for term in terms) and not _explains_values(
        terms, texts, layout.lead(starts[0])
    ):
        return True
    if all(term.separator == "arrow" or _is_constant(term) for term in terms):
        return False
    natural = [_is_natural(text) for text in texts]
    lead = layout.lead(starts[0])
    if EXAMPLE.search(lead):
        return not all(len(text.split()) > 1 for text in texts) or not all(natural)
    if sum(natural) * 2 >= len(natural):
        return False
    # "yes: on" below "Possible values:" explains, though "on" is a value as well.
    return not (_VALUES.search(lead) and all(_PLAIN_WORDS.match(text) for text in texts))


def _is_natural(text: str) -> bool:
    """Whether a text consists of words, and is not a value of code."""
    if " " not in text and _VALUE.match(text, 0, LONGEST_LABEL):
        return False
    return len(_NATURAL.findall(text)) > 0


def _is_constant(term: Term) -> bool:
    """Whether a term is a value that nothing is assigned to: ``0``, ``null``, ``true``."""
    return (_NUMBER.match(term.text) or _VALUE_WORD.match(term.text)) is not None


def _explains_values(terms: Sequence[Term], texts: Sequence[str], lead: str) -> bool:
    """Whether ``x = y`` lines explain values; assignments of a language look the same."""
    if any(text.endswith((";", "{", "[")) for text in texts):
        return False
    equals = [term for term in terms if term.separator == "equals"]
    if all(_is_constant(term) for term in equals):
        return all(_NATURAL.search(text) for text in texts)
    if not all(_is_natural(text) for text in texts):
        return False
    if any(_VALUE_WORD.match(term.text) for term in equals) or all(
        term.coded
        or len(term.text) == 1
        or QUOTED.match(term.text)
        or _NUMBER.match(term.text)
        or term.text[0] in "%<-"  # a placeholder or a flag
        for term in equals
    ):
        return True
    # Below a lead-in it takes less than a sentence to see that these are words.
    least = 2 if lead and not EXAMPLE.search(lead) else 3
    return all(len(text.split()) >= least and not _OPERATOR.search(text) for text in texts)


_COMMAND = re.compile(r"(?:[$#%>] |sudo |cat |echo |export |nix(?:os)?-\w+ |ssh |systemctl |\./)")
_TABLE_ROW = re.compile(r"\S+(?: \S+)*(?: {2,}|\t)\S+(?: \S+)*(?: {2,}|\t)")
_MEMBER = re.compile(r"""["'][^"']*["']\s*:\s*\S""")
_ASSIGNMENT = re.compile(r"[\w.\"￼-]+ ?= ?\S")


def is_program(layout: Layout, starts: Sequence[int], stop: int, lead: str) -> bool:
    """Whether lines are code, commands or configuration rather than the items of a list.

    Args:
        layout: the lines.
        starts: the lines that would start an item.
        stop: the line after the last item.
        lead: the lead-in above; "" if there is none.
    """
    texts = [line.text for line in layout.lines[starts[0] : stop]]
    if any(
        _CODE_START.match(text) or _COMMAND.match(text) or _CODE_END.search(text) for text in texts
    ):
        return True
    if all(_ASSIGNMENT.match(shown_text(line.parts)) for line in layout.lines[starts[0] : stop]):
        return True
    if all(_MEMBER.match(line.source) for line in layout.lines[starts[0] : stop]):
        return True
    if all(_TABLE_ROW.match(line.source) for line in layout.lines[starts[0] : stop]):
        return True
    return EXAMPLE.search(lead) is not None
