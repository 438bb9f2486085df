"""Links to files beside a manual: those that no page of its site, nor an old one, is."""

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
    """Yield a diagnostic for each link of a chapter to a file that the site does not have."""
    assert plan.manual.outline is not None
    documents = {
        division.document.path: division for division in reversed(plan.manual.outline.divisions)
    }
    for path, division in reversed(documents.items()):
        document = division.document
        for place, address in document.chapter.files:
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
                **place._asdict(),
                help=f"write (#{other.identifier})"
                if other is not None
                else f"write (#{anchor}), which stands on `{plan.places[anchor]}`"
                if anchor in plan.places
                else "write (#identifier) for a place in the manual, or the whole "
                "address of what lies elsewhere",
            )


def _leads(plan: SitePlan, page: str, anchor: str) -> bool:
    """Return whether a page has an identifier, or a script that leads to where it stands now."""
    place = plan.places.get(anchor)
    if place is None:
        return anchor in plan.served.anchors.get(page, {})
    if page in {place, plan.front} or anchor in plan.served.anchors.get(page, {}):
        return True
    return any(
        page == placement.home and anchor.startswith(placement.included.catalog.prefix)
        for placement in plan.placements
        if placement.folder
    )
