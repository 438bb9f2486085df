"""Manuals for tests: written from texts, built, and looked at."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from click.testing import CliRunner
from selectolax.lexbor import LexborHTMLParser

from manualgen.cli.main import program
from manualgen.errors import failing
from manualgen.site import book, book_html

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from manualgen.errors import Diagnostic
    from manualgen.site.html import Built

OPTIONS = json.dumps(
    {
        "a.b": {"loc": ["a", "b"], "type": "boolean", "description": "See [](#ch-one)."},
        "a.<name>.c": {"loc": ["a", "<name>", "c"], "type": "string", "description": "C."},
    }
)


def picture(width: int = 3, height: int = 2) -> bytes:
    """Return a PNG of one colour."""

    def piece(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    start = b"\x89PNG\r\n\x1a\n"
    return start + piece(b"IHDR", header) + piece(b"IDAT", rows) + piece(b"IEND", b"")


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files below a folder; return the path of manual.md."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder / "manual.md"


def include(kind: str, *names: str, arguments: str = "") -> str:
    """Return an include fence."""
    lines = "\n".join(names)
    return f"```{{=include=}} {kind} {arguments}".rstrip() + f"\n{lines}\n```\n\n"


@dataclass
class Site:
    """A manual that was built."""

    folder: Path
    built: Built
    book: book.Book

    def page(self, name: str = "index.html") -> LexborHTMLParser:
        """Return a page, parsed."""
        return LexborHTMLParser((self.folder / name).read_text(encoding="utf-8"))

    def html(self, selector: str, name: str = "index.html") -> list[str]:
        """Return the elements that a selector finds on a page, as HTML."""
        return [node.html for node in self.page(name).css(selector)]

    def text(self, selector: str, name: str = "index.html") -> list[str]:
        """Return the texts of the elements that a selector finds on a page."""
        return [" ".join(node.text().split()) for node in self.page(name).css(selector)]

    @property
    def said(self) -> list[Diagnostic]:
        """What was found, without hints."""
        return self.built.diagnostics


def build(folder: Path, files: dict[str, str | bytes], *, strict: bool = False, **settings) -> Site:
    """Write a manual and build it into ``folder/site``; ``out`` among the settings is no setting."""
    manual = write(folder / "source", files)
    made = book.Book(manual, book.BookSettings(**settings))
    site = folder / "site"
    return Site(site, book_html.build(made, site, partial(failing, strict=strict)), made)


def only(site: Site) -> Diagnostic:
    """Return the one thing that was found."""
    (found,) = site.said
    return found


def run(*arguments: object, status: int = 0) -> Result:
    """Run the program and return what came of it; its exit status has to be this one."""
    result = CliRunner().invoke(program, [str(argument) for argument in arguments])
    assert result.exit_code == status, result.output + repr(result.exception)
    return result
