"""Old addresses of identifiers, and what leads from them to the current ones.

A page that still exists gets a table for its script; for a page that is gone, a file is
written that leads to the new address, also without a script.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from manualgen.options import tree
from manualgen.site import option_names
from manualgen.site.theme import templates
from manualgen.writers.html import fragment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from manualgen.site.plan import OptionPlacement, SitePage, SitePlan

OLD_ADDRESS = "options.html"
"""The page that has all options in manuals of nixos-render-docs; many links lead to it."""


def old_pages(plan: SitePlan) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the files that lead from old addresses to the current ones."""
    if plan.manual.outline is None:
        yield OLD_ADDRESS, _moved(plan)
        return
    yield from _elsewhere(plan)
    if plan.served.pages:
        lines = [f"/{old} /{new} 301\n" for old, new in sorted(plan.served.pages.items())]
        yield "_redirects", "".join(lines).encode()


def script_routes(plan: SitePlan, page: SitePage) -> str:
    """Return the table of old addresses on a page of chapters, as JSON; "" if there is none.

    Args:
        plan: the plan of the site.
        page: the page, whose script leads from old addresses on it to other pages.
    """
    outline = plan.manual.outline
    assert outline is not None
    sets = [
        [
            placement.included.catalog.prefix,
            f"{placement.folder}/",
            {key: option_page.stem for key, option_page in _routes(placement).items()},
        ]
        for placement in plan.placements
        if placement.folder and page.path in {placement.home, plan.front}
    ]
    exact: dict[str, str] = {}
    if page.path == plan.front:
        # If the manual was one page before, all its identifiers were on this page.
        exact = {
            name: f"{plan.page_paths[name]}#{fragment(name)}"
            for name in outline.targets
            if plan.page_paths[name] != page.path
        }
    exact.update(plan.served.anchors.get(page.path, {}))
    if not sets and not exact:
        return ""
    # The script must not search the options for identifiers that are on this page.
    prefixes = tuple(placement.included.catalog.prefix for placement in plan.placements)
    on_page = [
        name
        for name in outline.targets
        if plan.page_paths[name] == page.path and sets and name.startswith(prefixes)
    ]
    return _script_json({"exact": exact, "own": on_page, "sets": sets})


def _routes(placement: OptionPlacement) -> dict[str, tree.Page]:
    catalog = placement.included.catalog
    pages = [page for page in placement.pages if page.options]
    return tree.routes(catalog.ids, pages, catalog.prefix)


def _elsewhere(plan: SitePlan) -> Iterator[tuple[str, bytes]]:
    """Yield the files for pages that are gone or have been renamed."""
    assert plan.chapter_pages is not None
    titles = {page.path: page.title for page in plan.pages}
    renamed = {page.old_name: page.name for page in plan.chapter_pages.pages if page.old_name}
    template = templates(plan.settings.theme).get_template("elsewhere.html")
    for name, address in {**plan.served.pages, **renamed}.items():
        page = address.partition("#")[0]
        up = "../" * name.count("/")
        anchors = plan.served.anchors.get(name, {})
        yield (
            name,
            template.render(
                title=titles.get(page, plan.manual.title),
                href=f"{up}{address}",
                page=f"{up}{page}",
                routes_json=_script_json({anchor: f"{up}{new}" for anchor, new in anchors.items()}),
            ).encode(),
        )


def _moved(plan: SitePlan) -> bytes:
    """Return the page at :data:`OLD_ADDRESS`, which leads from it to the pages of options."""
    (placement,) = plan.placements
    catalog = placement.included.catalog
    branches = (
        placement.names.all
        if placement.names is not None
        else option_names.first_names(catalog.options, catalog.ids, plan.front)
    )
    routes = {key: placement.path(page) for key, page in _routes(placement).items()}
    for anchor in placement.included.catalog.anchors:
        routes.setdefault(anchor, plan.page_paths[anchor])
    return (
        templates(plan.settings.theme)
        .get_template("moved.html")
        .render(
            site_title=plan.manual.title,
            stylesheet="style.css",
            index_href=plan.front,
            routes_json=_script_json(routes),
            branches=branches,
        )
        .encode(errors="replace")
    )


def _script_json(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")
