r"""Text and names as roff holds them."""

from __future__ import annotations

import re
import unicodedata

from manualgen.writers.manpage import ideographs

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
# A single space, which is most of them, needs no replacement.
SPACE = re.compile(r"[\t\r\n\f\v][ \t\r\n\f\v]*| [ \t\r\n\f\v]+")
"""White space that is to be shown as one space."""


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


_LONGEST_NAME = 50
"""A name of so many characters does not fit every line: a terminal may be 60 columns wide."""

_LONG = 24
_SLASH = re.compile(r"(?<=[^/\s])/(?=[^/\s])")
_DOT = re.compile(r"(?<=[^.\s])\.(?=[^.\s])")


def breakable(escaped: str) -> str:
    """Let long paths and addresses break after their slashes, and long names after their dots."""
    if not ("/" in escaped or "." in escaped):
        return escaped
    words = escaped.split(" ")
    if max(map(len, words)) < _LONG:
        return escaped
    return " ".join([_broken(word) if len(word) >= _LONG else word for word in words])


def _broken(word: str) -> str:
    if "/" in word:
        return _SLASH.sub("/\\:", word)
    # A name that fits a line goes to the next one whole, where it can be searched for.
    return _DOT.sub(".\\:", word) if len(word) > _LONGEST_NAME else word


def value(text: str) -> str:
    """Return a line of code, a name or an address, as a reader can search for it.

    It breaks at spaces and, where it is long, after slashes or dots; never at a hyphen.
    """
    if not text.isascii():
        text = ideographs.breakable(text)
    escaped = _SPECIAL.sub(_escaped, text)
    if len(escaped) >= _LONG:
        escaped = breakable(escaped)
    return escaped.replace("-", "\\-") if "-" in escaped else escaped


# With quotes, or none, before it: "-x", "x-y", x.y-z, x=y-z
_TECHNICAL = re.compile(r"[(\[]*(?:\\\((?:dq|aq|oq|ga)|\\\[u201[8C]\]|-)|.*[./=_@:<>]\w")


def prose(text: str) -> str:
    """Return a line of text; it breaks at hyphens of words that are not values or names."""
    if not text.isascii():
        text = ideographs.breakable(text)
    escaped = _SPECIAL.sub(_escaped, text)
    if "-" in escaped:
        escaped = " ".join(
            [
                word.replace("-", "\\-") if "-" in word and _TECHNICAL.match(word) else word
                for word in escaped.split(" ")
            ]
        )
    return breakable(escaped) if "/" in escaped else escaped


def unbreakable(escaped: str) -> str:
    """Make spaces stay as they are; some are escaped already."""
    return re.sub(r"(?<!\\) ", r"\\ ", escaped)


def safe_start(line: str) -> str:
    """Return a line of text that is not a request."""
    return "\\&" + line if line.startswith((".", "'")) else line


_PLACEHOLDER = re.compile(r"<[^<>]*>")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.<>*+@%:,/()\[\]{}#&!?=;|$-]+")


def tag(name: str) -> str:
    """Return an option's name as the tag of a paragraph: a whole line of roff."""
    if _PLAIN_NAME.fullmatch(name) and not name.startswith((".", "'")):
        # groff would break a long name at its hyphens.
        if "<" in name or len(name) > _LONGEST_NAME:
            styled = _PLACEHOLDER.sub(lambda match: f"\\fI{match[0]}\\fB", value(name))
            # Macro of the header: groff sets the second form, mandoc the first, which it can tag.
            return f".option-name {name} {safe_start(styled)}"
        return f".B {name}"
    escaped = unbreakable(safe_start(escape(SPACE.sub(" ", name))))
    if "-" in escaped and len(escaped) > _LONGEST_NAME:
        escaped = escaped.replace("-", "\\-")
    if _PLACEHOLDER.search(escaped):
        styled = _PLACEHOLDER.sub(lambda match: f"\\fI{match[0]}\\fB", escaped)
        return f".option-name {escaped} {safe_start(styled)}"
    return f".B {escaped or chr(92) + '(dq' + chr(92) + '(dq'}"


def styled_name(name: str, font: str) -> str:
    """Return an option's name in running text: bold, its placeholders italic, then ``font``."""
    escaped = value(SPACE.sub(" ", name))
    if "<" in escaped:
        escaped = _PLACEHOLDER.sub(lambda match: f"\\fI{match[0]}\\fB", escaped)
    return f"\\fB{escaped}\\f{font}"
