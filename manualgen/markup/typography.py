"""Typographic replacement: dashes, dots, signs and quotes in prose, and only there.

``--``, ``---``, ``...``, ``(c)``, ``(tm)``, ``(r)``, ``+-`` and straight quotes are replaced
where they are punctuation of a sentence. What looks like a flag, an address, a path, the name of
an option, a version or an enumerator stays as it is typed, so that a reader can copy it.

What stands beside a sign decides. It may be in another token, so the rules look at the flat text
of a paragraph, in which a code span is one character.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_SIGN = re.compile(
    r"(?<!-)(?P<dash>-{2,3})(?!-)|(?<!\.)(?P<dots>\.{2,})(?!\.)"
    r"|\((?P<letter>c|r|tm)\)(?!\w)|(?P<plus>\+-)",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"\((?:[cr]|tm)\)", re.IGNORECASE)
_OBJECT = "\ufffc"
"""Stands for code, a role or an image in the flat text; it counts as a word."""
_OTHER = "\ufffe"
"""Stands for a character that a backslash escapes; it is no part of prose."""

_OPENING = "(\"'“‘["
_CLOSING = ")]\"'”’.,;:!?…%"
_O, _C = re.escape(_OPENING), re.escape(_CLOSING)
_WORD = re.compile(rf"[{_O}]*+(?:[^\W\d_]++(?:['’][^\W\d_]++)*+|{_OBJECT}++)[{_C}]*+")
_HYPHENATED = re.compile(rf"[{_O}]*+(?:[^\W\d_]|['’-](?=[^\W\d_])|{_OBJECT})++[{_C}]*+")
_NUMBER = re.compile(rf"[{_O}]*+(?:\d++(?:[.,]\d++)?|{_OBJECT}++)[{_C}]*+")
_MIXED = re.compile(rf"[{_O}]*+(?:[^\W\d_][^\W_]*+(?:['’][^\W_]++)*+|{_OBJECT}++)[{_C}]*+")
_FLAG = re.compile(rf"[{_O}]*+-")
_VISIBLE = re.compile(rf"[^\W_]|{_OBJECT}")
_CLOSED = re.compile(rf"[{_C}]*+")
_ENUMERATOR = re.compile(r"\((?:[abd]|[qs])\)")
_DASHES = re.compile(r"-{2,3}")


class _Sign(NamedTuple):
    """A sign in the flat text, and what stands around it.

    Attributes:
        text: the sign.
        before, after: what touches it, up to the next space.
        earlier, later: the words before and after those.
        line_start: whether it begins a line.
        flat: the whole text.
    """

    text: str
    before: str
    after: str
    earlier: str
    later: str
    line_start: bool
    flat: str


def use_typography(markdown: MarkdownIt) -> None:
    """Set the rules for typographic replacement in a parser; the parser has them already."""
    markdown.core.ruler.at("replacements", _replacements)
    markdown.core.ruler.before("smartquotes", "straight_quotes", _keep_straight)
    markdown.core.ruler.after("smartquotes", "straight_quotes_again", _restore)
    markdown.enable(["replacements", "smartquotes"])


def _replacements(state: StateCore) -> None:
    if not _may_have_signs(state.src):
        return
    for token in state.tokens:
        if token.children and _may_have_signs(token.content):
            _replace(token.children)


def _may_have_signs(text: str) -> bool:
    # Ten times as fast as searching for the pattern.
    return (
        "--" in text
        or ".." in text
        or "+-" in text
        or ("(" in text and _LETTERS.search(text) is not None)
    )


def _replace(tokens: list[Token]) -> None:
    if not any(token.type == "text" and _may_have_signs(token.content) for token in tokens):
        return
    pieces: list[str] = []
    texts: list[tuple[int, Token]] = []
    position = 0
    automatic = False
    for token in tokens:
        if token.type == "text" and not automatic:
            texts.append((position, token))
            piece = token.content
        else:
            piece = _FLAT.get(token.type, "") if not automatic else ""
        if token.info == "auto":
            automatic = token.type == "link_open"
            piece = _OBJECT if automatic else ""
        pieces.append(piece)
        position += len(piece)
    flat = "".join(pieces)
    for start, token in texts:
        if not _may_have_signs(token.content):
            continue
        content: list[str] = []
        changed, end = 0, start + len(token.content)
        for match in _SIGN.finditer(flat, start, end):
            shown = _shown(match, flat)
            if shown is not None:
                content += (flat[start + changed : match.start()], shown)
                changed = match.end() - start
        if changed:
            token.content = "".join([*content, flat[start + changed : end]])


_FLAT = {
    "code_inline": _OBJECT,
    "myst_role": _OBJECT,
    "docbook_tag": _OBJECT,
    "image": _OBJECT,
    "text_special": _OTHER,
    "softbreak": "\n",
    "hardbreak": "\n",
}
"""The type of a token → its character in the flat text."""


def _shown(match: re.Match[str], flat: str) -> str | None:
    """Return what replaces a sign; None if it stays."""
    start, end = match.span()
    left, right = flat[:start], flat[end:]
    before = "" if left[-1:].isspace() else _last_word(left)
    after = "" if right[:1].isspace() else _first_word(right)
    sign = _Sign(
        match[0],
        before,
        after,
        _last_word(left[: len(left) - len(before)]),
        _first_word(right[len(after) :]),
        not left.rpartition("\n")[2].strip(),
        flat,
    )
    if match["dash"]:
        return _dash(sign)
    if match["dots"]:
        return "…" if _is_ellipsis(sign) else None
    if match["plus"]:
        return "±" if _is_plus_or_minus(sign) else None
    return _letter(sign)


_NEAR = 200
"""How much of a text is looked at on each side of a sign."""


def _last_word(text: str) -> str:
    words = text[-_NEAR:].split()
    return words[-1] if words else ""


def _first_word(text: str) -> str:
    words = text[:_NEAR].split(maxsplit=1)
    return words[0] if words else ""


def _dash(sign: _Sign) -> str | None:
    """Return the dash between words or numbers; None for what is no such."""
    long = len(sign.text) > len("--")
    if not sign.before and not sign.after:
        between = _is_prose(sign.earlier) and _is_prose(sign.later)
    elif sign.before and sign.after:
        between = _are_joined([*_DASHES.split(sign.before), *_DASHES.split(sign.after)], long=long)
    elif sign.before:
        between = long and _HYPHENATED.fullmatch(sign.before) is not None and bool(sign.later)
    else:
        between = long and _HYPHENATED.fullmatch(sign.after) is not None and bool(sign.earlier)
    return ("—" if long else "–") if between else None


def _is_prose(word: str) -> bool:
    return _VISIBLE.search(word) is not None and _FLAG.match(word) is None


def _are_joined(parts: list[str], *, long: bool) -> bool:
    word = _HYPHENATED if long else _WORD
    return all(word.fullmatch(part) for part in parts) or all(
        _NUMBER.fullmatch(part) for part in parts
    )


_ENDS_A_WORD = re.compile(rf"(?:[^\W_]|{_OBJECT})[)\]\"'”’+%]*\Z")


def _is_ellipsis(sign: _Sign) -> bool:
    before, after = sign.before, sign.after
    if len(sign.text) == len(".."):
        # Two dots at the end of a word, a name or an address are a slip of the pen; in
        # "cd .." and "a/.." they are a path, in `"x" .. y` an operator.
        return _ENDS_A_WORD.search(before) is not None and _CLOSED.fullmatch(after) is not None
    if _CLOSED.fullmatch(after) is None:
        return not before.strip(_OPENING) and _WORD.fullmatch(after) is not None
    if before.endswith(("?", "!")):
        return False
    if not before.strip(_OPENING):
        # "{ pkgs, ... }" is code.
        return sign.later[:1] not in {"}", "]"}
    return any(word.fullmatch(before) for word in (_HYPHENATED, _NUMBER, _MIXED))


def _is_plus_or_minus(sign: _Sign) -> bool:
    number = sign.after or sign.later
    return number[:1].isdigit() and (not sign.before or sign.before[-1] in "0123456789(%~")


def _letter(sign: _Sign) -> str | None:
    letter = sign.text[1:-1].lower()
    if letter == "tm":
        return "™"
    if letter == "c":
        if sign.before.strip(_OPENING) or sign.after or _ENUMERATOR.search(sign.flat):
            return None
        return None if sign.line_start and sign.later[:1].islower() else "©"
    named = sign.before or sign.earlier
    if _CLOSED.fullmatch(sign.after) is None or (sign.after and not sign.before):
        return None
    return "®" if named[:1].isupper() or named.lower() in {"(c)", "(tm)"} else None


# Quotes that are part of a name: `a."b".c`, `KEY="value"`, `lib.foldl'`.
_STRAIGHT = re.compile(
    r"""(?<=[\w>])[.=](?:"[^"\s]*+"|'[^'\s]*+')|(?<![^\s(])[\w-]++(?:\.[\w-]++)++'(?!\w)"""
)
_KEPT = {'"': "\ue000", "'": "\ue001"}
_KEEP = str.maketrans(_KEPT)
_RESTORE = str.maketrans({kept: quote for quote, kept in _KEPT.items()})


def _keep_straight(state: StateCore) -> None:
    text = state.src
    if not ("'" in text or '"' in text) or "\ue000" in text or "\ue001" in text:
        return
    state.env["straight_quotes"] = changed = []
    for token in _texts(state):
        content = _STRAIGHT.sub(lambda match: match[0].translate(_KEEP), token.content)
        if content != token.content:
            token.content = content
            changed.append(token)


def _restore(state: StateCore) -> None:
    for token in state.env.pop("straight_quotes", ()):
        token.content = token.content.translate(_RESTORE)


def _texts(state: StateCore) -> Iterator[Token]:
    for token in state.tokens:
        for child in token.children or ():
            if child.type == "text":
                yield child
