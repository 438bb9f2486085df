"""A text → XML elements. What is not XML is replaced first, and nothing outside is opened."""

from __future__ import annotations

import functools
import html.entities
import re
import sys
from typing import TYPE_CHECKING

from lxml import etree

from manualgen.errors import Code
from manualgen.markup.docbook.diagnostics import MOST_DIAGNOSTICS, short
from manualgen.markup.docbook.elements import NAMESPACE

if TYPE_CHECKING:
    from lxml.etree import _Element as XmlElement

    from manualgen.markup.docbook.diagnostics import Diagnostics

_PREFIXES = {
    "xlink": "http://www.w3.org/1999/xlink",
    "xi": "http://www.w3.org/2001/XInclude",
    "db": NAMESPACE,
}
_UNDECLARED = "urn:manualgen:undeclared:"

# Error codes of libxml2: elements too deep or texts too long; an undeclared prefix.
_RESOURCE_LIMIT = 114
_UNDEFINED_PREFIX = 201

_PREFIX = re.compile(r"[</\s]([A-Za-z_][\w.-]*):", re.ASCII)


@functools.cache
def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        # A repeated identifier, or one with a space, must not make a text unreadable.
        collect_ids=False,
    )


def read(source: str) -> XmlElement:
    """Return an element with a description as its only ``<para>``.

    Prefixes that the text does not declare are declared, so that such elements are merely unknown.

    Raises:
        XMLSyntaxError: if the text is not well-formed, or too long or deep.
    """
    try:
        return _wrapped(source, _PREFIXES)
    except etree.XMLSyntaxError as error:
        if _kind(error) != _UNDEFINED_PREFIX:
            raise
    used = {*_PREFIX.findall(source)} - {"xml", "xmlns"}
    declared = {prefix: _UNDECLARED + prefix for prefix in sorted(used)}
    return _wrapped(source, declared | _PREFIXES)


def exceeds_limits(error: etree.XMLSyntaxError) -> bool:
    """Whether a text was refused because it is too long or too deeply nested."""
    return _kind(error) == _RESOURCE_LIMIT


def _kind(error: etree.XMLSyntaxError) -> int:
    return int(getattr(error, "code", 0))


def _wrapped(source: str, prefixes: dict[str, str]) -> XmlElement:
    declarations = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in prefixes.items())
    whole = f"<root {declarations}><para>{source}</para></root>"
    return etree.fromstring(whole.encode(), _parser())


_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def without_control_characters(diagnostics: Diagnostics, text: str) -> str:
    """Return the text with U+FFFD for each character that XML lacks; the first is reported."""
    match = _NO_CHARACTER.search(text)
    if match is None:
        return text
    diagnostics.report(
        Code.BAD_ENCODING,
        f"U+{ord(match[0]):04X} is not a character of a text; it is shown as U+FFFD",
        text.count("\n", 0, match.start()),
        match[0],
        "remove it",
    )
    return _NO_CHARACTER.sub("\ufffd", text)


SKIPPED = r"<!--(?:.*?-->|.*)|<!\[CDATA\[(?:.*?\]\]>|.*)|<\?(?:.*?\?>|.*)"
"""Matches a comment, a CDATA section or a processing instruction, which may have no end."""
_ENTITY = re.compile(
    rf"{SKIPPED}|&(?:\#([0-9]+)|\#x([0-9a-fA-F]+)|([A-Za-z_][\w.-]*+));", re.DOTALL
)
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_LAST_DIGITS = 8


def without_entities(diagnostics: Diagnostics, text: str) -> str:
    """Return the text with entities that XML does not define escaped, to be shown as written.

    Each of them is reported once.
    """
    if "&" not in text:
        return text
    reported = set()

    def replace(match: re.Match[str]) -> str:
        decimal, hexadecimal, name = match.groups()
        entity = match[0]
        if match.lastindex is None or name in _OF_XML or _is_character(decimal, hexadecimal):
            return entity
        if entity not in reported:
            reported.add(entity)
            diagnostics.report(
                Code.REFUSED_ENTITY,
                f"`{short(entity)}` is not an entity of XML; it is shown as it is written",
                text.count("\n", 0, match.start()) if len(reported) < MOST_DIAGNOSTICS else 0,
                entity,
                _instead_of_entity(short(entity)),
            )
        return f"&amp;{entity[1:]}"

    return _ENTITY.sub(replace, text)


def _is_character(decimal: str | None, hexadecimal: str | None) -> bool:
    digits = (decimal or hexadecimal or "").lstrip("0")
    if not digits or len(digits) > _LAST_DIGITS:
        return False
    number = int(digits, 10 if decimal else 16)
    return number <= sys.maxunicode and _NO_CHARACTER.match(chr(number)) is None


def _instead_of_entity(entity: str) -> str:
    character = html.entities.html5.get(entity[1:])
    if character is None:
        return f"write `&amp;{entity[1:]}` if it is text"
    numbers = "".join(f"&#{ord(part)};" for part in character)
    if character.isprintable() and not character.isspace():
        return f"write the character itself, {character}, or `{numbers}`"
    return f"write `{numbers}`"
