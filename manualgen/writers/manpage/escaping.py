r"""Text and names as roff holds them."""

from __future__ import annotations

import re
import unicodedata

_ESCAPES = {
    "\\": "\\e",
    "'": "\\(aq",
    '"': "\\(dq",
    "`": "\\(ga",
    "^": "\\(ha",
    "~": "\\(ti",
    "\u00a0": "\\ ",
    "\u200b": "\\:",
}
_SPECIAL = re.compile(r"""[\\'"`^~]|[^\x20-\x7e]""")
SPACE = re.compile(r"[ \t\r\n\f\v]+")


def escape(text: str) -> str:
    """Return one line of text that roff prints as it is, anywhere but at a line's start.

    What a terminal would obey, and what Unicode does not have as a character,
    becomes U+FFFD.
    """
    return _SPECIAL.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    escaped = _ESCAPES.get(character)
    if escaped is None:
        escaped = _ESCAPES[character] = _escape_of(character)
    return escaped


def _escape_of(character: str) -> str:
    if unicodedata.category(character) in {"Cc", "Cs", "Cn"} and not _is_new(character):
        return "\\[uFFFD]"
    # A character that is only another name for one of ASCII (the Kelvin sign): groff
    # would look for an escape by that one's name.
    same = unicodedata.normalize("NFD", character)
    if same.isascii():
        return _ESCAPES.get(same, same)
    return f"\\[u{ord(character):04X}]"


def _is_new(character: str) -> bool:
    # Unassigned in Python's Unicode may be assigned in the terminal's; non-characters never are.
    number = ord(character)
    return (
        unicodedata.category(character) == "Cn"
        and not 0xFDD0 <= number <= 0xFDEF
        and number & 0xFFFE != 0xFFFE
    )


_LONG_WORD = 24


def breakable(escaped: str) -> str:
    """Let long paths and addresses break after their slashes, where they have to."""
    if len(escaped) < _LONG_WORD or "/" not in escaped:
        return escaped
    return re.sub(r"(?<=[^/\s])/(?=[^/\s])", "/\\:", escaped)


def unbreakable(escaped: str) -> str:
    """Make spaces stay as they are; some are escaped already."""
    return re.sub(r"(?<!\\) ", r"\\ ", escaped)


def safe_start(line: str) -> str:
    """Return a line of text that is no request."""
    return "\\&" + line if line.startswith((".", "'")) else line


_PLACEHOLDER = re.compile(r"<[^<>]*>")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.<>*+@%:,/()\[\]{}#&!?=;|$-]+")


def tag(name: str) -> str:
    """Return an option's name as the tag of a paragraph: a whole line of roff."""
    if _PLAIN_NAME.fullmatch(name) and not name.startswith((".", "'")):
        if "<" in name:
            styled = _PLACEHOLDER.sub(lambda match: f"\\fI{match[0]}\\fB", name)
            # Macro of the header: groff sets the second form, mandoc the first, which it can tag.
            return f".option-name {name} {safe_start(styled)}"
        return f".B {name}"
    escaped = unbreakable(safe_start(escape(SPACE.sub(" ", name))))
    if _PLACEHOLDER.search(escaped):
        styled = _PLACEHOLDER.sub(lambda match: f"\\fI{match[0]}\\fB", escaped)
        return f".option-name {escaped} {safe_start(styled)}"
    return f".B {escaped or chr(92) + '(dq' + chr(92) + '(dq'}"


def styled_name(name: str, font: str) -> str:
    """Return an option's name in running text: bold, its placeholders italic, then ``font``."""
    escaped = escape(SPACE.sub(" ", name))
    if "<" in escaped:
        escaped = _PLACEHOLDER.sub(lambda match: f"\\fI{match[0]}\\fB", escaped)
    return f"\\fB{escaped}\\f{font}"
