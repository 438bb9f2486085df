"""Old addresses of identifiers, and what leads from them to the current ones.

A page gets a table for the script ``routes.js``. For a page that is gone, a file is written that
leads to the new address, also without a script.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from manualgen.options import tree
from manualgen.site import option_names
from manualgen.site.theme import templates
from manualgen.writers.html import fragment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from manualgen.site.navigation import Entry
    from manualgen.site.plan import OptionPlacement, SitePage, SitePlan

OLD_ADDRESS = "options.html"
"""The page that has all options in manuals of nixos-render-docs; many links lead to it."""

SCRIPT = "routes.js"
"""The script that leads from old addresses to current ones, in the site's folder."""


def old_pages(plan: SitePlan) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the files that lead from old addresses to the current ones."""
    gone = _gone(plan)
    yield from _elsewhere(plan, gone)
    # If the sources alone say what has a page, they say what has this name.
    is_free = OLD_ADDRESS not in gone and OLD_ADDRESS not in plan.paths
    if plan.manual.outline is None or (
        is_free and plan.placements and plan.settings.chunk != "file"
    ):
        yield OLD_ADDRESS, _moved(plan)
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
    path = page.path
    # If the manual was one page before, all its identifiers were on the front page.
    targets = outline.targets if path == plan.front else plan.targets_before.get(path, [])
    exact = {name: _address(plan, name) for name in targets if plan.page_paths[name] != path}
    placements = [
        placement
        for placement in plan.placements
        if path in {placement.home, plan.front} or _was_here(plan, path, placement)
    ]
    exact.update(_anchors(plan, path, placements))
    exact.update(plan.served.anchors.get(path, {}))
    sets = _sets(path, placements)
    if not sets and not exact:
        return ""
    # The script must not search the options for identifiers that are on this page.
    prefixes = tuple(placement.included.catalog.prefix for placement in placements)
    here = [name for name in outline.targets if plan.page_paths[name] == path]
    here += [
        name
        for placement in plan.placements
        if placement.home == path and not placement.folder
        for name in placement.included.catalog.ids
    ]
    own = [name for name in here if sets and name.startswith(prefixes)]
    return _script_json({"exact": exact, "own": own, "sets": sets})


def _was_here(plan: SitePlan, path: str, placement: OptionPlacement) -> bool:
    division = placement.included.division
    return division is not None and plan.page_before(division) == path


def _address(plan: SitePlan, name: str) -> str:
    return f"{plan.page_paths[name]}#{fragment(name)}"


def _anchors(plan: SitePlan, path: str, placements: Iterable[OptionPlacement]) -> dict[str, str]:
    """Return anchor in a text of an option → its address, for those that are not on a page."""
    return {
        anchor: _address(plan, anchor)
        for placement in placements
        for anchor in placement.included.catalog.anchors
        if plan.page_paths[anchor] != path
    }


def _sets(path: str, placements: Iterable[OptionPlacement]) -> list[tuple[str, str, object]]:
    """Return the tables by which the options of sets that are not on a page are found.

    Each is what their identifiers begin with, the folder of their pages, and a table: part of an
    identifier, as of :func:`manualgen.options.tree.routes` → name of a page in the folder, without
    ``.html``. If there is no folder, the table has paths.
    """
    sets: list[tuple[str, str, object]] = []
    for placement in placements:
        catalog = placement.included.catalog
        if placement.folder:
            pages = {key: page.stem for key, page in _routes(placement).items()}
            sets.append((catalog.prefix, f"{placement.folder}/", pages))
        elif placement.home != path:
            names = [name.removeprefix(catalog.prefix) for name in catalog.ids]
            firsts = {name.partition(".")[0]: placement.home for name in names}
            sets.append((catalog.prefix, "", firsts))
    return sets


def _routes(placement: OptionPlacement) -> dict[str, tree.Page]:
    catalog = placement.included.catalog
    pages = [page for page in placement.pages if page.options]
    return tree.routes(catalog.ids, pages, catalog.prefix)


def _gone(plan: SitePlan) -> dict[str, str]:
    """Return path of a page that is gone or has been renamed → the address it leads to."""
    if plan.chapter_pages is None:
        return {}
    renamed = {page.old_name: page.name for page in plan.chapter_pages.pages if page.old_name}
    return {**plan.served.pages, **renamed}


def _elsewhere(plan: SitePlan, gone: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield the files for pages that are gone or have been renamed."""
    titles = {page.path: page.title for page in plan.pages}
    template = templates(plan.settings.theme).get_template("elsewhere.html")
    for name, address in gone.items():
        page = address.partition("#")[0]
        up = "../" * name.count("/")
        anchors = plan.served.anchors.get(name, {})
        exact = {anchor: f"{up}{new}" for anchor, new in anchors.items()}
        yield (
            name,
            template.render(
                title=titles.get(page, plan.manual.title),
                href=f"{up}{address}",
                page=f"{up}{page}",
                routes_script=f"{up}{SCRIPT}",
                routes_json=old_page_json(exact, [], f"{up}{address}", f"{up}{page}"),
            ).encode(),
        )


def _moved(plan: SitePlan) -> bytes:
    """Return the page at :data:`OLD_ADDRESS`, which leads from it to the pages of options."""
    branches: list[Entry] = []
    for placement in plan.placements:
        catalog = placement.included.catalog
        branches += (
            placement.names.all
            if placement.names is not None
            else option_names.first_names(catalog.options, catalog.ids, placement.home)
        )
    exact = _anchors(plan, OLD_ADDRESS, plan.placements)
    sets = _sets(OLD_ADDRESS, plan.placements)
    return (
        templates(plan.settings.theme)
        .get_template("moved.html")
        .render(
            site_title=plan.manual.title,
            stylesheet="style.css",
            index_href=plan.front,
            routes_script=SCRIPT,
            routes_json=old_page_json(exact, sets, plan.front, plan.front),
            branches=branches,
        )
        .encode(errors="replace")
    )


def old_page_json(
    exact: Mapping[str, str], sets: list[tuple[str, str, object]], address: str, page: str
) -> str:
    """Return the table of a page that leads elsewhere, for the script.

    Args:
        exact: identifier → its address.
        sets: as of :func:`_sets`.
        address: where the page leads as a whole.
        page: the page where other identifiers are looked for.
    """
    otherwise = {"address": address, "page": page}
    return _script_json({"exact": exact, "own": [], "sets": sets, "otherwise": otherwise})


def _script_json(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    # Pages that are gone may be XHTML.
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
