"""What only a site can have wrong: links to files, and names that its inventory cannot hold."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from manualgen.book import inventory, redirects
from manualgen.errors import Code, Diagnostic
from manualgen.site.theme import ASSETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from manualgen.site.plan import SitePlan


def links_to_files(plan: SitePlan) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each link of a chapter to a file that the site does not have.

    Args:
        plan: the plan of a manual with chapters.
    """
    assert plan.manual.outline is not None
    documents = {
        division.document.path: division for division in reversed(plan.manual.outline.divisions)
    }
    for path, division in reversed(documents.items()):
        document = division.document
        for span, address in document.chapter.files:
            name, _, anchor = unquote(address.partition("?")[0]).partition("#")
            page = os.path.normpath(redirects.canonical(name))
            if page in plan.paths:
                if not anchor or _leads(plan, page, anchor):
                    continue
            elif page in plan.served.pages or page in plan.served.anchors:
                continue
            if page in {*ASSETS, inventory.NAME}:
                continue
            other = documents.get(Path(os.path.normpath(path.parent / name)))
            yield Diagnostic(
                code=Code.DANGLING_REFERENCE,
                message=f"nothing on `{page}` has the identifier `{anchor}`"
                if page in plan.paths
                else f"the manual has no page `{address}`",
                file=document.name,
                included_from=document.chain,
                **span._asdict(),
                help=f"write (#{other.identifier})"
                if other is not None
                else f"write (#{anchor}), which is on `{plan.page_paths[anchor]}`"
                if anchor in plan.page_paths
                else "write (#identifier) for a target in the manual, or the whole URL of "
                "anything else",
            )


def names_in_inventory(plan: SitePlan) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each option that is left out of the inventory.

    Args:
        plan: the plan of the site.
    """
    for placement in plan.placements:
        for option in placement.included.catalog.options:
            if not inventory.is_readable(option.name):
                yield Diagnostic(
                    code=Code.NOT_IN_INVENTORY,
                    message="Sphinx would read the name as several fields: it is not in"
                    f" {inventory.NAME}",
                    option=option.name,
                    declarations=option.declared_in,
                    help="give the option a name without spaces and numbers",
                )


def _leads(plan: SitePlan, page: str, anchor: str) -> bool:
    """Return whether a page has an identifier, or a script that leads to where it stands now."""
    place = plan.page_paths.get(anchor)
    if place is None:
        return anchor in plan.served.anchors.get(page, {})
    if page in {place, plan.front} or anchor in plan.served.anchors.get(page, {}):
        return True
    return any(
        page == placement.home and anchor.startswith(placement.included.catalog.prefix)
        for placement in plan.placements
        if placement.folder
    )
