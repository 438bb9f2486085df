"""The pages that a manual is split into: their names and divisions.

A function of the outline and of an output's settings: one manual is divided in
several ways, for a site and for one file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import Code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.book.model import Division
    from manualgen.errors import Diagnostic

FRONT = "index.html"
"""The name of the first page."""

CHUNKS = ("file", "chapter", "one")
"""How a manual is divided into pages: by ``html:into-file`` alone, by chapter too, or not at all.
"""


class Page(msgspec.Struct, eq=False):
    """A page of a manual.

    Attributes:
        name: its file name.
        old_name: the name that the source gave it, where a page of HTML cannot have it.
        divisions: what stands on it: mostly one division with those below it.
    """

    name: str
    old_name: str = ""
    divisions: list[Division] = msgspec.field(default_factory=list)

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return self.name.rpartition(".")[0]


class Pages(msgspec.Struct, frozen=True, eq=False):
    """The pages of a manual.

    Attributes:
        pages: the pages, in the order of reading.
        page_of: division → the page that it stands on.
        diagnostics: what is wrong with their names.
    """

    pages: list[Page]
    page_of: dict[Division, Page]
    diagnostics: list[Diagnostic]


def paginate(divisions: Sequence[Division], chunk: str, front: str) -> Pages:
    """Divide a manual into pages.

    Args:
        divisions: all divisions, in the order of reading.
        chunk: one of :data:`CHUNKS`.
        front: the name of the first page.
    """
    requested = {_file_name(division.requested_page).lower() for division in divisions}
    pages: list[Page] = []
    taken: set[str] = set()
    page_of: dict[Division, Page] = {}
    diagnostics: list[Diagnostic] = []

    def add_page(name: str) -> Page:
        file_name = _file_name(name)
        page = Page(file_name, name if file_name != name else "")
        pages.append(page)
        taken.add(file_name.lower())
        return page

    def place(division: Division, page: Page) -> None:
        page_of[division] = page
        if division.parent is None or page_of[division.parent] is not page:
            page.divisions.append(division)
        shared: dict[str, Page] = {}
        for child in division.children:
            name = child.requested_page
            if chunk != "one" and name:
                # The files of one include share the page that it asks for.
                if name not in shared:
                    if _file_name(name).lower() in taken:
                        diagnostics.append(_taken(child))
                    shared[name] = add_page(name)
                place(child, shared[name])
            elif chunk == "chapter" and child.kind != "section":
                name = f"{child.identifier or 'untitled'}.html"
                place(child, add_page(_free_name(name, taken, requested)))
            else:
                place(child, page)

    place(divisions[0], add_page(front))
    return Pages(pages, page_of, diagnostics)


def _file_name(name: str) -> str:
    """Return a page's file name: ``.html``, even if an include names it ``.xhtml``."""
    return f"{name.removesuffix('.xhtml')}.html" if name.endswith(".xhtml") else name


def _taken(division: Division) -> Diagnostic:
    return division.document.diagnostic(
        Code.BAD_INCLUDE,
        f"two includes name the page `{division.requested_page}`",
        division.line,
        "give one of them another html:into-file=//name.html",
    )


def _free_name(name: str, taken: set[str], requested: set[str]) -> str:
    """Return a name that no page has or requests: the given one, or a similar one."""
    name = re.sub(r"[^\w.-]", "_", name)
    if len(name.encode()) > _LONGEST_NAME:
        name = f"{name.encode()[:_LONGEST_NAME].decode('utf-8', 'ignore')}.html"
    count = 1
    free = name
    while free.lower() in taken or free.lower() in requested or free.startswith("."):
        count += 1
        free = f"{name.removesuffix('.html').lstrip('.')}-{count}.html"
    return free


_LONGEST_NAME = 230
"""How long the name of a page may be that an identifier gives, in bytes; file systems allow 255."""
