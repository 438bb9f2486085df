"""How ordered lists are numbered, alike in all formats."""

from __future__ import annotations

NUMBERING = ("1", "a", "i", "A", "I")
"""The numbering of nested lists, the outermost first, as HTML's list types name it."""

NUMBERING_OF = {
    "arabic": "1",
    "loweralpha": "a",
    "upperalpha": "A",
    "lowerroman": "i",
    "upperroman": "I",
}
"""docutils' ``enumtype`` → the numbering; ``arabic`` becomes that of its depth."""


def enumerator(number: int, numbering: str) -> str:
    """Return a number as HTML's list types ``1 a A i I`` write it."""
    if numbering in "aA" and number > 0:
        letters = ""
        while number > 0:
            number, digit = divmod(number - 1, 26)
            letters = chr(ord(numbering) + digit) + letters
        return letters
    if numbering in "iI" and 0 < number < 4000:
        roman = ""
        for value, digits in _ROMAN:
            count, number = divmod(number, value)
            roman += digits * count
        return roman if numbering == "I" else roman.lower()
    return str(number)


_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
