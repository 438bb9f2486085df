"""Manuals for tests: written from texts, built, and looked at."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from click.testing import CliRunner
from selectolax.lexbor import LexborHTMLParser

from manualgen import api
from manualgen.book import manual as manuals
from manualgen.book.manual import ManualSettings
from manualgen.book.settings import SiteSettings
from manualgen.cli.main import program
from manualgen.site.plan import SitePlan

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from manualgen.book.manual import Manual
    from manualgen.errors import Diagnostic
    from manualgen.site.building import BuildResult

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
    built: BuildResult
    manual: Manual

    @cached_property
    def plan(self) -> SitePlan:
        """Its pages, and where its identifiers stand."""
        return SitePlan(self.manual)

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
    def diagnostics(self) -> list[Diagnostic]:
        """What is wrong with the manual."""
        return self.built.diagnostics


SITE_SETTINGS = set(SiteSettings.__struct_fields__)


def load(source: Path, **settings) -> Manual:
    """Read a manual; settings are attributes of ManualSettings and of SiteSettings."""
    site = {name: settings.pop(name) for name in SITE_SETTINGS & settings.keys()}
    return manuals.load(ManualSettings(source=source, site=SiteSettings(**site), **settings))


def build(folder: Path, files: dict[str, str | bytes], *, strict: bool = False, **settings) -> Site:
    """Write a manual and build it into ``folder/site``; settings are as of :func:`load`."""
    manual = load(write(folder / "source", files), **settings)
    site = folder / "site"
    return Site(site, api.build_html(manual, site, strict=strict), manual)


def only(site: Site) -> Diagnostic:
    """Return the one diagnostic."""
    (found,) = site.diagnostics
    return found


def run(*arguments: object, status: int = 0) -> Result:
    """Run the program and return what came of it; its exit status has to be this one."""
    result = CliRunner().invoke(program, [str(argument) for argument in arguments])
    assert result.exit_code == status, result.output + repr(result.exception)
    return result
