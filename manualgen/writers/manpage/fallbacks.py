"""What groff prints where a device lacks a character: ASCII, as on a terminal in the C locale.

groff leaves such a character out. mandoc, which prints ``<?>`` for it, knows no fallbacks.
"""

from __future__ import annotations

import re
import unicodedata

_SAME_WIDTH = {
    # The branches of a tree of files are as "tree --charset=ascii" prints them.
    **dict.fromkeys("─━┄┅┈┉╌╍╴╶╸╺╼╾‐‑‒−⁃", "-"),
    **dict.fromkeys("│┃┆┇┊┋╎╏╵╷╹╻╽╿├┝┞┟┠┡┢┣┤┥┦┧┨┩┪┫║╟╢╞╡▏▎▍▌▐▕", "|"),
    **dict.fromkeys("└┕┖┗╰", "`"),
    **dict.fromkeys("┌┍┎┏╭┐┑┒┓╮┘┙┚┛╯┬┭┮┯┰┱┲┳┴┵┶┷┸┹┺┻┼┽┾┿╀╁╂╃╄╅╆╇╈╉╊╋", "+"),
    **dict.fromkeys("╒╓╔╕╖╗╘╙╚╛╜╝╠╣╤╥╦╧╨╩╪╫╬", "+"),
    **dict.fromkeys("═▬", "="),
    **dict.fromkeys("█▉▊▋▇▆▅▄▃▀▒▓■▰", "#"),
    **dict.fromkeys("▂▁", "_"),
    **dict.fromkeys("░▱□", "."),
    **dict.fromkeys("•●◦○▪▫∙⋅·‣★☆", "*"),
    **dict.fromkeys("►▶▸›❯⟩〉", ">"),
    **dict.fromkeys("◄◀◂‹❮⟨〈", "<"),
    **dict.fromkeys("▲△↑⌃", "^"),
    **dict.fromkeys("▼▽↓", "v"),
    **dict.fromkeys("‘’‛′", "'"),
    **dict.fromkeys("“”„‟″", '"'),
    **dict.fromkeys("╱⁄∕", "/"),
    **dict.fromkeys("╲∖", "\\"),
    **dict.fromkeys("╳×✕✗✘✖", "x"),
    **dict.fromkeys("✓✔", "v"),
    **dict.fromkeys("∼", "~"),
    **dict.fromkeys("µμ", "u"),
    **dict.fromkeys("¦", "|"),
    **dict.fromkeys("¡", "!"),
    **dict.fromkeys("¿", "?"),
    **dict.fromkeys("　\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a", " "),
}
_OTHERS = {
    "…": "...", "⋯": "...", "–": "-", "—": "--", "―": "--", "→": "->", "➜": "->", "➔": "->",
    "⟶": "-->", "←": "<-", "⟵": "<--", "↔": "<->", "⇒": "=>", "⇐": "<=", "⇔": "<=>", "↦": "|->",
    "↳": "`->", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~=", "≡": "==", "∞": "infinity", "√": "sqrt",
    "±": "+-", "÷": "/", "°": " deg", "«": "<<", "»": ">>", "©": "(C)", "®": "(R)", "™": "(TM)",
    "€": "EUR", "£": "GBP", "¥": "JPY", "§": "section ", "¶": "paragraph ", "ß": "ss", "æ": "ae",
    "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
    "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "、": ", ", "。": ". ", "「": '"', "」": '"',
}  # fmt: skip
_UNKNOWN = "<?>"
_CHARACTER = re.compile(r"\\\[u([0-9A-F]{4,6})\]")


def definitions(page: str) -> str:
    """Return the roff that defines the fallbacks of all characters of a page; may be empty.

    Args:
        page: the page's roff.
    """
    found = sorted(set(_CHARACTER.findall(page)), key=lambda digits: int(digits, 16))
    if not found:
        return ""
    lines = [f'.  fchar \\[u{digits}] "{_escaped(chr(int(digits, 16)))}' for digits in found]
    return "\n".join([_COMMENT, ".if \\n(.x \\{\\", *lines, ".\\}", ""])


_COMMENT = '.\\" What a terminal without these characters shows. (mandoc knows no fallbacks.)'


def _escaped(character: str) -> str:
    text = of(character)
    escaped = text.replace("\\", "\\e").replace("`", "\\(ga").replace("-", "\\-")
    return escaped.replace(" ", "\\ ") or "\\&"


def of(character: str) -> str:
    """Return what a character is in ASCII; "" for one that has no width."""
    text = _SAME_WIDTH.get(character) or _OTHERS.get(character)
    if text is None:
        # A letter without its accent, a ligature in its letters, a digit without its circle.
        parts = unicodedata.normalize("NFKD", character)
        text = "".join(
            _SAME_WIDTH.get(part, part)
            for part in parts
            if not unicodedata.combining(part) and unicodedata.category(part) not in {"Cf", "Mn"}
        )
    return text if text.isascii() and text.isprintable() else _UNKNOWN
