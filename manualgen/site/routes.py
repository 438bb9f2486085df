"""Old addresses: where identifiers have stood, and what leads from there to where they are.

A page of today gets a table by which its script goes on to another page; a page
that is gone becomes a file that leads to the new place, also without a script.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from manualgen.options import tree
from manualgen.site.theme import templates
from manualgen.writers.html import fragment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from manualgen.site.plan import OptionPlacement, SitePage, SitePlan

OLD_ADDRESS = "options.html"
"""The page that once held all options: links to it are all over the web."""


def old_pages(plan: SitePlan) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the files that lead from old places to the new ones."""
    if plan.manual.outline is None:
        yield OLD_ADDRESS, _moved(plan)
        return
    yield from _elsewhere(plan)
    if plan.served.pages:
        lines = [f"/{name} /{place} 301\n" for name, place in sorted(plan.served.pages.items())]
        yield "_redirects", "".join(lines).encode()


def script_routes(plan: SitePlan, page: SitePage) -> str:
    """Return the table by which a page of chapters goes on to others, as JSON; "" for none."""
    outline = plan.manual.outline
    assert outline is not None
    sets = [
        [
            placement.included.catalog.prefix,
            f"{placement.folder}/",
            {key: found.stem for key, found in _routes(placement).items()},
        ]
        for placement in plan.placements
        if placement.folder and page.path in {placement.home, plan.front}
    ]
    exact: dict[str, str] = {}
    if page.path == plan.front:
        # A manual that once was one page had all its identifiers here.
        exact = {
            name: f"{plan.places[name]}#{fragment(name)}"
            for name in outline.targets
            if plan.places[name] != page.path
        }
    exact.update(plan.served.anchors.get(page.path, {}))
    if not sets and not exact:
        return ""
    # What stands here is not looked for among the options, whatever it is called.
    prefixes = tuple(placement.included.catalog.prefix for placement in plan.placements)
    own = [
        name
        for name in outline.targets
        if plan.places[name] == page.path and sets and name.startswith(prefixes)
    ]
    return _script_json({"exact": exact, "own": own, "sets": sets})


def _routes(placement: OptionPlacement) -> dict[str, tree.Page]:
    catalog = placement.included.catalog
    pages = [page for page in placement.pages if page.options]
    return tree.routes(catalog.ids, pages, catalog.prefix)


def _elsewhere(plan: SitePlan) -> Iterator[tuple[str, bytes]]:
    """Yield the files in the place of pages that are gone, or have another name now."""
    assert plan.chapter_pages is not None
    titles = {page.path: page.title for page in plan.pages}
    old = {page.old_name: page.name for page in plan.chapter_pages.pages if page.old_name}
    template = templates(plan.settings.theme).get_template("elsewhere.html")
    for name, place in {**plan.served.pages, **old}.items():
        page = place.partition("#")[0]
        up = "../" * name.count("/")
        anchors = plan.served.anchors.get(name, {})
        yield (
            name,
            template.render(
                title=titles.get(page, plan.manual.title),
                href=f"{up}{place}",
                page=f"{up}{page}",
                routes_json=_script_json({anchor: f"{up}{new}" for anchor, new in anchors.items()}),
            ).encode(),
        )


def _moved(plan: SitePlan) -> bytes:
    """Return the page that sends an option's old address to its page."""
    (placement,) = plan.placements
    assert placement.navigation is not None
    routes = {key: placement.path(page) for key, page in _routes(placement).items()}
    for anchor in placement.included.catalog.anchors:
        routes.setdefault(anchor, plan.places[anchor])
    return (
        templates(plan.settings.theme)
        .get_template("moved.html")
        .render(
            site_title=plan.manual.title,
            stylesheet="style.css",
            index_href=plan.front,
            routes_json=_script_json(routes),
            branches=placement.navigation.branches(),
        )
        .encode(errors="replace")
    )


def _script_json(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")
