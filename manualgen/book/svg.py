"""Pictures in SVG without what runs, or loads from elsewhere, when a reader opens them.

In a page, a browser shows them as it shows a PNG. Opened by themselves, they are documents of
the site, with its rights. What may stay follows the allowed elements of SVG 1.1 and 2
(https://www.w3.org/TR/SVG2/eltindex.html) and the "secure static mode" and "secure animated
mode" of SVG Integration (https://www.w3.org/TR/svg-integration/#secure-animated-mode).
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Mapping

SVG = "http://www.w3.org/2000/svg"

_ELEMENTS = frozenset(
    """
    a animate animateMotion animateTransform circle clipPath defs desc ellipse feBlend
    feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
    feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR
    feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight
    feSpecularLighting feSpotLight feTile feTurbulence filter font font-face font-face-name
    font-face-src g glyph hkern image line linearGradient marker mask metadata missing-glyph mpath
    path pattern polygon polyline radialGradient rect set stop style svg switch symbol text
    textPath title tref tspan use view vkern
    """.split()  # noqa: SIM905 - sixty lines otherwise
)
_FOREIGN = frozenset({"http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML"})
"""Namespaces whose elements browsers know; those of drawing programs have no effect."""

_PICTURE = re.compile(r"\s*data:image/(?:png|jpe?g|gif|webp|avif)[;,]", re.IGNORECASE)
_FONT = re.compile(r"\s*data:(?:font/|application/(?:x-)?font-)[\w-]+[;,]", re.IGNORECASE)
_WEB = re.compile(r"\s*https?://", re.IGNORECASE)
_URL = re.compile(r"url\(\s*[\"']?(.{0,80})", re.IGNORECASE | re.DOTALL)
# An escape may spell any of the others.
_LOADING = re.compile(
    r"\\|@import|image-set\s*\(|\bimage\s*\(|\bsrc\s*\(|expression\s*\(|-moz-binding|behavior\s*:",
    re.IGNORECASE,
)
DEEPEST = 500
"""The most levels of elements; the deepest drawings have about 20."""


def cleaned(data: bytes) -> tuple[bytes, list[str]]:
    """Return a picture without what runs or loads something, and what was removed.

    Args:
        data: the file.

    Returns:
        The file as it was, if there is nothing to remove; the names of the elements and
        attributes that were removed, each once.

    Raises:
        ValueError: if it is not well-formed XML, as browsers run what is before the error; or
            if it is no SVG.
    """
    cleaning = _Cleaning()
    try:
        cleaning.parser.Parse(data, True)  # noqa: FBT003 - expat has no name for it
    except expat.ExpatError as error:
        message = f"line {error.lineno}: {expat.ErrorString(error.code)}"
        raise ValueError(message) from None
    if not cleaning.removed:
        return data, []
    return "".join(cleaning.parts).encode(), list(cleaning.removed)


class _Cleaning:
    """Writes what may stay, as expat reads it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.removed: dict[str, None] = {}
        self._skipped = 0
        self._open: list[str] = []
        self._style: list[str] | None = None
        self._declared: list[tuple[str | None, str]] = []
        parser = self.parser = expat.ParserCreate(namespace_separator=" ")
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ProcessingInstructionHandler = self._instruction
        # What entities stand for is written in their place.
        parser.EntityDeclHandler = self._entity

    def _remove(self, name: str) -> None:
        self.removed[name] = None

    def _entity(self, *declaration: object) -> None:
        system_id = declaration[4]
        if system_id is not None:
            self._remove("an entity of another file")

    def _instruction(self, target: str, _data: str) -> None:
        self._remove(f"<?{target}?>")

    def _declare(self, prefix: str | None, uri: str) -> None:
        self._declared.append((prefix, uri or ""))

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        declared, self._declared = self._declared, []
        uri, local, written = _parts(name)
        if len(self._open) + self._skipped >= DEEPEST:
            message = f"elements in elements, more than {DEEPEST} deep"
            raise ValueError(message)
        if not self._open and not self._skipped and (local != "svg" or uri not in {SVG, ""}):
            message = f"its first element is <{local}>"
            raise ValueError(message)
        if self._skipped or not _may_stay(uri, local, attributes):
            if not self._skipped:
                self._remove(f"<{local}>")
            self._skipped += 1
            return
        text = [f"<{written}"]
        text += [
            f' xmlns{":" if prefix else ""}{prefix or ""}="{escape(uri)}"'
            for prefix, uri in declared
        ]
        for attribute, value in attributes.items():
            _, attribute_local, attribute_written = _parts(attribute)
            if _may_have(local, attribute_local, attribute_written, value):
                text.append(f' {attribute_written}="{escape(value)}"')
            else:
                self._remove(attribute_written)
        self.parts.append("".join(text) + ">")
        self._open.append(written)
        if local == "style":
            self._style = []

    def _end(self, _name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        if self._style is not None:
            style = "".join(self._style)
            if _loads(style):
                self._remove("<style>")
            else:
                self.parts.append(escape(style, quote=False))
            self._style = None
        self.parts.append(f"</{self._open.pop()}>")

    def _text(self, text: str) -> None:
        if self._skipped:
            return
        if self._style is not None:
            self._style.append(text)
        else:
            self.parts.append(escape(text, quote=False))


def _parts(name: str) -> tuple[str, str, str]:
    """Return namespace, local name and qualified name of what expat calls ``uri local prefix``."""
    uri, _, rest = name.rpartition(" ")
    if not uri:
        return "", name, name
    first, _, second = uri.partition(" ")
    if second:
        return first, second, f"{rest}:{second}"
    return uri, rest, rest


def _may_stay(uri: str, local: str, attributes: Mapping[str, str]) -> bool:
    if uri not in {SVG, ""}:
        return uri not in _FOREIGN
    if local not in _ELEMENTS:
        return False
    # An animation could set what the attribute itself may not be.
    animated = attributes.get("attributeName", "").rpartition(":")[2].strip().lower()
    return not (animated in {"href", "src", "style"} or animated.startswith("on"))


def _may_have(element: str, local: str, written: str, value: str) -> bool:
    name = local.lower()
    if name.startswith("on") or name == "ping" or written == "xml:base":
        return False
    if name in {"href", "src"}:
        return (
            value.lstrip().startswith("#")
            or (element in {"image", "feImage"} and _PICTURE.match(value) is not None)
            or (element == "a" and _WEB.match(value) is not None)
        )
    # Many attributes are properties of CSS, in which only functions load something.
    return "(" not in value or not _loads(value)


def _loads(style: str) -> bool:
    return _LOADING.search(style) is not None or any(
        not (found[1].startswith("#") or _PICTURE.match(found[1]) or _FONT.match(found[1]))
        for found in _URL.finditer(style)
    )
