"""The pictures of a manual: their files, their names in outputs, their sizes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from manualgen.book.sources import refusal_help
from manualgen.errors import Code, ManualError, Severity, shortened
from manualgen.markup.links import is_remote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from docutils import nodes as docutils_nodes

    from manualgen.book.model import Division
    from manualgen.book.sources import SourceLoader
    from manualgen.errors import Diagnostic
    from manualgen.markup.chapter import Located

FOLDER = "media"
"""The folder, next to the pages, that pictures are copied to."""


class Picture(msgspec.Struct, frozen=True):
    """A picture's file.

    Attributes:
        name: its name below the site's folder, by its content.
        data: its bytes.
        size: width and height in CSS pixels; None where the file does not say.
    """

    name: str
    data: bytes
    size: tuple[int, int] | None


def gather(
    divisions: Iterable[Division], loader: SourceLoader
) -> tuple[dict[docutils_nodes.Node, Picture], list[Diagnostic]]:
    """Find the pictures that the images of a manual show.

    Args:
        divisions: the divisions that images stand in.
        loader: reads the files.

    Returns:
        image node → its picture, and what is wrong with the images. An image that is elsewhere
        on the net, or cannot be shown, has no picture.
    """
    pictures: dict[docutils_nodes.Node, Picture] = {}
    known: dict[Path, _Found] = {}
    diagnostics: list[Diagnostic] = []
    for division in divisions:
        for located in division.images:
            picture = _picture(located, division, loader, known, diagnostics)
            if picture is None:
                continue
            pictures[located.node] = picture
            if not located.node.get("alt"):
                diagnostics.append(_without_text(located, division))
    return pictures, diagnostics


def distinct(pictures: Mapping[docutils_nodes.Node, Picture]) -> list[Picture]:
    """Return the pictures of a manual without duplicates, in the order of their images."""
    return list({picture.name: picture for picture in pictures.values()}.values())


def _picture(
    located: Located[docutils_nodes.image],
    division: Division,
    loader: SourceLoader,
    known: dict[Path, _Found],
    diagnostics: list[Diagnostic],
) -> Picture | None:
    document = division.document
    address = located.node["uri"]

    def report(code: Code, message: str, help_text: str) -> None:
        diagnostics.append(
            document.diagnostic(code, message, located.line, help_text, f"({address}")
        )

    if is_remote(address):
        report(
            Code.IMAGE,
            "the image is on the web: the manual links to it instead of showing it",
            "copy the image into the folder of the chapter, and name that file",
        )
        return None
    path, name, refused = loader.resolve(document, address)
    if refused:
        code, help_text = refusal_help(refused)
        report(code, f"the image `{shortened(address)}` {refused}", help_text)
        return None
    try:
        data = loader.read_bytes(path, name)
    except ManualError as error:
        report(
            Code.MISSING_IMAGE,
            f"the image `{address}`: {error.diagnostic.message}",
            f"put the file at {name}, or correct the name",
        )
        return None
    if path not in known:
        known[path] = _found(data)
    picture, problem, help_text = known[path]
    if problem:
        code = Code.MISSING_IMAGE if picture is None else Code.IMAGE
        report(code, f"`{shortened(address)}` {problem}", help_text)
    return picture


class _Found(NamedTuple):
    """What is in a file: a picture, and what is wrong with it ("" for nothing)."""

    picture: Picture | None
    problem: str = ""
    help: str = ""


def _found(data: bytes) -> _Found:
    suffix = _suffix(data)
    problem = help_text = ""
    if suffix is None:
        problem = "is not an image format that browsers show"
        return _Found(None, problem, "use PNG, JPEG, GIF, WebP, AVIF or SVG")
    if suffix == "svg":
        from manualgen.book import svg  # noqa: PLC0415 - few manuals have such pictures

        try:
            data, removed = svg.cleaned(data)
        except ValueError as error:
            problem = f"is not a valid SVG: {error}"
            return _Found(None, problem, "save it again with a drawing program")
        if removed:
            problem = f"is shown without what runs or loads files: {', '.join(removed)}"
            help_text = "remove it from the picture"
    import hashlib  # noqa: PLC0415 - slow to import, and many manuals have no picture

    digest = hashlib.sha256(data).hexdigest()
    name = f"{FOLDER}/{digest[:32]}.{suffix}"
    return _Found(Picture(name, data, _size(data, suffix)), problem, help_text)


def _without_text(located: Located[docutils_nodes.image], division: Division) -> Diagnostic:
    return division.document.diagnostic(
        Code.IMAGE,
        "the image has no text for those who do not see it",
        located.line,
        f"write ![what it shows]({located.node['uri']})",
        "![",
        Severity.WARNING,
    )


def _suffix(data: bytes) -> str | None:
    """Return what kind of picture it is, by its first bytes, as the suffix of a name."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:12] in {b"ftypavif", b"ftypavis"}:
        return "avif"
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<", data) and b"<svg" in data[:4096]:
        return "svg"
    return None


def _size(data: bytes, suffix: str) -> tuple[int, int] | None:
    size = _READERS[suffix](data) if suffix in _READERS else None
    return size if size is not None and all(0 < side < 100_000 for side in size) else None


def _png(data: bytes) -> tuple[int, int] | None:
    if len(data) < 24:
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _gif(data: bytes) -> tuple[int, int] | None:
    if len(data) < 10:
        return None
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


_FILL = re.compile(rb"\xff*+")
_MOST_SEGMENTS = 10_000
"""How many segments of a JPEG are looked at: few have more than 100 before the picture."""


def _jpeg(data: bytes) -> tuple[int, int] | None:
    position = 2
    for _ in range(_MOST_SEGMENTS):
        if position + 9 > len(data) or data[position] != 0xFF:
            return None
        match = _FILL.match(data, position)
        position = match.end() if match is not None else position
        if position + 8 > len(data):
            return None
        marker = data[position]
        if marker in _FRAMES:
            height = int.from_bytes(data[position + 4 : position + 6], "big")
            return int.from_bytes(data[position + 6 : position + 8], "big"), height
        is_alone = 0xD0 <= marker <= 0xD9
        position += 1 if is_alone else 1 + int.from_bytes(data[position + 1 : position + 3], "big")
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    if len(data) < 30:
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        return width, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width = int.from_bytes(data[26:28], "little") & 0x3FFF
    return width, int.from_bytes(data[28:30], "little") & 0x3FFF


_SVG = re.compile(rb"<svg\b")
_SVG_REST = re.compile(rb"[^>]*+")
_NUMBER = rb"(\d{1,9}(?:\.\d+)?+)(?![\d.])"
_SIDES = [
    re.compile(rb"\s" + side + rb"\s*+=\s*+[\"']\s*+" + _NUMBER + rb"(?:px)?\s*+[\"']")
    for side in (b"width", b"height")
]
_BOX = re.compile(
    rb"\sviewBox\s*+=\s*+[\"']\s*+[^\s\"']++\s++[^\s\"']++\s++" + _NUMBER + rb"\s++" + _NUMBER
)


def _svg(data: bytes) -> tuple[int, int] | None:
    start = _SVG.search(data, 0, 65_536)
    match = _SVG_REST.match(data, start.end(), 65_536) if start is not None else None
    if match is None or data[match.end() : match.end() + 1] != b">":
        return None
    tag = match[0]
    sides = [side.search(tag) for side in _SIDES]
    if sides[0] and sides[1]:
        return round(float(sides[0][1])), round(float(sides[1][1]))
    box = _BOX.search(tag)
    return (round(float(box[1])), round(float(box[2]))) if box else None


_READERS = {"png": _png, "gif": _gif, "jpg": _jpeg, "webp": _webp, "svg": _svg}
