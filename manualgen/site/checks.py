"""Links of chapters to files: each must be a page of the site, or an old address."""

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
            # If the identifier is on another page, this one leads to it.
            if page in plan.paths and (not anchor or anchor in plan.page_paths):
                continue
            if page in plan.served.pages or page in plan.served.anchors:
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
                else "write (#identifier) for a target in the manual, or the whole URL of "
                "anything else",
            )
