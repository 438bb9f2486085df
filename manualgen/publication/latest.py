"""The folder ``latest`` of a project: pages that lead to the same page of its newest version."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from manualgen.book import inventory
from manualgen.book.pages import FRONT
from manualgen.publication.versions import LATEST
from manualgen.site import routes
from manualgen.site.page_inputs import encoded, program
from manualgen.site.theme import templates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.publication.model import Site

_STYLE = "style.css"
_PAGES = (".html", ".xhtml")


def digest(version: str, newest: Site, paths: Iterable[str]) -> bytes:
    """Return the digest of all that the folder is made from.

    Args:
        version: the newest version.
        newest: its site.
        paths: the paths of the pages of all versions.
    """
    targets = newest.files.get(inventory.NAME)
    made_from = (version, newest.title, sorted(paths), targets, _STYLE in newest.files)
    return hashlib.sha256(program() + encoded(made_from)).digest()


def pages_of(site: Site) -> set[str]:
    """Return the paths of the pages of a site."""
    return {name for name in site.files if name.endswith(_PAGES)}


def files(version: str, newest: Site, paths: Iterable[str], targets: bytes) -> dict[str, bytes]:
    """Return path → content of the files in the folder.

    A page that the newest version does not have leads to its front page, whose script finds the
    option that is meant.

    Args:
        version: the newest version.
        newest: its site.
        paths: the paths of the pages of all versions.
        targets: the inventory of the newest version. Its addresses are relative, so they lead to
            the pages of this folder.
    """
    found = {path: _page(version, newest, path) for path in sorted(paths)}
    return found | ({inventory.NAME: targets} if targets else {})


def _page(version: str, newest: Site, path: str) -> bytes:
    # From the page to the folder of the project.
    up = "../" * (path.count("/") + 1)
    folder = f"{up}{version}/"
    href = folder + (path if path in newest.files else FRONT)
    template = templates(None).get_template(f"{LATEST}.html")
    page = template.render(
        title=f"{newest.title} {version}",
        href=href,
        style=f"{folder}{_STYLE}" if _STYLE in newest.files else "",
        routes_script=f"{folder}{routes.SCRIPT}",
        routes_json=routes.old_page_json({}, [], href, href),
    )
    return page.encode(errors="replace")
