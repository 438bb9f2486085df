"""Text, code, links and identifiers as AsciiDoc holds them."""

from __future__ import annotations

import re

_MACROS = (
    "link", "mailto", "image", "icon", "xref", "pass", "footnote", "anchor", "kbd", "btn", "menu",
    "stem", "math", "term",
)  # fmt: skip
_MACRO_BEFORE = "|".join(f"(?<={name}:)" for name in _MACROS)

# The characters that always mean something, and those that do in some places.
_ALWAYS = r"*`\#^~+\[\]{}<>&|;'\"@\\\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029"
_SPECIAL = re.compile(
    rf"""
    [{_ALWAYS}_:().$-]
    (?: (?<=[{_ALWAYS}])
      | (?<=_) (?: (?<![^\W_]_) | (?![^\W_]) )     # within a word it means nothing
      | (?<=:) (?: (?<=::) | (?=:|//) | (?:{_MACRO_BEFORE}) (?=\S|\Z) )
      | (?<=\() (?: (?<=\(\() | (?=\(|(?:C|R|TM)\)) )
      | (?<=\)) (?=\))
      | (?<=-) (?: (?<=--) | (?=-) )
      | (?<=\.\.)
      | (?<=\$) (?: (?<=\$\$) | (?=\$) )
    )
    """,
    re.VERBOSE,
)


def escape(text: str) -> str:
    """Return text that AsciiDoc shows as it is, anywhere but at a line's start."""
    return _SPECIAL.sub(_reference_of, text)


def _reference_of(match: re.Match[str]) -> str:
    number = ord(match[0])
    return "\ufffd" if number < 32 or number == 127 else f"&#{number};"


BRACKET_BEFORE_FORMAT = re.compile(r"\[\.\w+\](?=``)|\](?=``|\*\*|__)")
WHITE_SPACE = " \t\n\r\f\v"
BREAK = " +\n"
RUN_OF_BREAKS = re.compile(r"(?<!\s)\s*+(?:\+\n\s*+)+")
BREAKS = re.compile(r"(?<![ \t\r\f\v])[ \t\r\f\v]*+\n[ \t\n\r\f\v]*")
_PLAIN_START = re.compile(
    r"(?!(?:\d+|[A-Za-z]|[ivxlcdmIVXLCDM]+)[.)](?:\s|\Z)|[A-Z]+:\s)[\w&(“‘]|\*\*|__|``|\[\.|link:|footnote:|image:"
)


def parted(match: re.Match[str]) -> str:
    """Return what BRACKET_BEFORE_FORMAT match, so that the one is not read with the other."""
    return match[0] if match[0][0] == "[" else f"{match[0]}{{empty}}"


def safe_start(line: str) -> str:
    """Return a line of text that starts no block: no list, title, comment, rule, macro."""
    if _PLAIN_START.match(line) and not (line[0] == "[" and line.endswith("]")):
        return line
    return f"{{empty}}{line}"


def heading(level: int, text: str) -> str:
    """Return a heading: ``=`` for a document's title at level 0, ``==`` at level 1."""
    return f"{'=' * min(level + 1, 6)} {text}".rstrip()


def one_line(text: str) -> str:
    """Return a text on one line, its breaks as spaces."""
    return text.replace(BREAK, " ").replace("\n", " ")


def unstarted(text: str) -> str:
    """Return text that :func:`safe_start` made safe, for a position that is not the start of a line."""
    return text.removeprefix("{empty}")


def code(text: str, role: str = "") -> str:
    """Return text as monospaced, with a role where one is named; "" for none."""
    escaped = escape(re.sub(r"[\t\r\n\f\v]", " ", text))
    if not escaped:
        return ""
    # A space at an end would be part of no word, and runs of them would be one.
    escaped = re.sub(r"^ | $|(?<= ) ", "&#160;", escaped)
    marked = f"``{escaped}``"
    return f"[.{role}]{marked}" if role else marked


# What is replaced even in a listing: callouts, and what the preprocessor sees in any line.
_REPLACED_IN_LISTING = re.compile(
    r"<!?(?:--)?(?:\d+|\.)(?:--)?>|^\\?(?:include|ifdef|ifndef|ifeval|endif)::", re.MULTILINE
)


def listing(text: str, language: str = "") -> str:
    """Return text as a listing; nothing in it is replaced."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    attributes = ["source"]
    if re.fullmatch(r"[\w+#.-]+", language, re.ASCII):
        attributes.append(language)
    if _REPLACED_IN_LISTING.search(text):
        attributes.append("subs=normal")
        text = escape(text)
    runs = re.findall(r"^(-{4,})[ \t]*$", text, re.MULTILINE)
    fence = "-" * max(4, 1 + max(map(len, runs), default=0))
    return f"[{','.join(attributes)}]\n{fence}\n{text}\n{fence}"


UNSAFE_IN_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f\[\]<>\"\\^`{|}]")


def link(address: str, text: str) -> str:
    """Return a link; its address passes all that AsciiDoc would do to it."""
    escaped = UNSAFE_IN_ADDRESS.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace")),
        address,
    )
    passed = f"pass:c[{escaped}]" if "+" in escaped else f"++{escaped}++"
    return f"link:{passed}[{bracketed(text)}]"


def bracketed(text: str) -> str:
    """Return text as a macro's brackets hold it: one line, and neither attributes nor roles.

    A role's own bracket would be taken for the macro's, and an equals sign for an attribute.
    """
    return re.sub(r"\[\.\w+\](?=``)", "", one_line(text).strip()).replace("=", "&#61;")


ANCHOR = re.compile(r"[A-Za-z:][\w:.-]*", re.ASCII)


def anchor_line(identifier: str) -> str:
    """Return the line that gives a block an identifier; "" for one that cannot be written."""
    if re.search(r'["{\\\s]', identifier):
        return ""
    return f'[id="{identifier}"]\n'
