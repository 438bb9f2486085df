"""What Typst cannot show: characters that its fonts lack, pictures that it cannot read."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from manualgen.sphinxext.typst_escaping import string

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FONTS = ("Libertinus Serif", "DejaVu Sans Mono")
"""The fonts of a book, as ``book_files/book.typ`` names them."""

_SHOWN = frozenset("LNPS")
"""The first letters of the categories of characters that have a shape of their own."""

_GLYPH = re.compile(r'<use xlink:href="#(\w+)"')


def without_glyph(text: str) -> list[str]:
    """Return the characters of a text that the fonts of a book lack, in order of their numbers.

    Args:
        text: the text.
    """
    import typst  # noqa: PLC0415 - of an extra

    shown = sorted(
        character
        for character in set(text)
        if not character.isascii() and unicodedata.category(character)[0] in _SHOWN
    )
    if not shown:
        return []
    # What no font has looks the same for all characters. An x stands before each of them.
    lines = "\n\n".join(f"#{string('x' + character)}" for character in ("\U0010fffd", *shown))
    page = "#set page(width: 100pt, height: auto)"
    drawn = typst.compile(
        f"{page}\n#set text(font: ({', '.join(map(string, FONTS))}))\n{lines}".encode(),
        format="svg",
        ignore_system_fonts=True,
    )
    assert isinstance(drawn, bytes)
    glyphs = _GLYPH.findall(drawn.decode())
    mark, missing = glyphs[0], glyphs[1]
    groups: list[list[str]] = []
    for glyph in glyphs:
        if glyph == mark:
            groups.append([])
        else:
            groups[-1].append(glyph)
    return [
        character for character, group in zip(shown, groups[1:], strict=False) if missing in group
    ]


def problem_of(picture: Path) -> str:
    """Return why Typst cannot show a picture; "" if it can.

    Args:
        picture: its file.
    """
    import typst  # noqa: PLC0415 - of an extra

    try:
        page = picture.with_suffix(".typ")
        page.write_text(f"#image({string(picture.name)})", encoding="utf-8")
        typst.compile(page, root=picture.parent, ignore_system_fonts=True)
    except typst.TypstError as error:
        return str(error)
    return ""


def names(characters: Iterable[str]) -> str:
    """Return characters with their numbers, for messages; the first ten."""
    found = list(characters)
    listed = ", ".join(f"{character} (U+{ord(character):04X})" for character in found[:10])
    return f"{listed} and {len(found) - 10} more" if len(found) > 10 else listed
