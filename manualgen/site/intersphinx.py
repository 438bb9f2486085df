"""The inventory of a site: the targets that other projects can link to, for intersphinx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.book import inventory
from manualgen.book.inventory import Item
from manualgen.site.navigation import title_of
from manualgen.site.plan import OptionBody
from manualgen.writers.html import fragment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from manualgen.site.plan import SitePlan


def encoded(plan: SitePlan) -> bytes:
    """Return the inventory of a site: its options, divisions and anchors."""
    settings = plan.manual.settings
    return inventory.encode(plan.manual.title, settings.version, _items(plan))


def _items(plan: SitePlan) -> Iterator[Item]:
    for placement in plan.placements:
        catalog = placement.included.catalog
        for name, option in zip(catalog.ids, catalog.options, strict=True):
            yield Item("nix:option", option.name, f"{plan.page_paths[name]}#{fragment(name)}")
    if plan.manual.outline is None:
        yield from _items_of_options(plan)
        return
    assert plan.contents is not None
    for name, target in plan.manual.outline.targets.items():
        yield Item(
            "std:label",
            name,
            f"{plan.page_paths[name]}#{fragment(name)}",
            plan.manual.targets[name].hint or plan.contents.title(target.division),
        )


def _items_of_options(plan: SitePlan) -> Iterator[Item]:
    """Yield the anchors and pages of a manual without chapters."""
    for placement in plan.placements:
        for anchor in placement.included.catalog.anchors:
            yield Item("std:label", anchor, f"{plan.page_paths[anchor]}#{fragment(anchor)}")
    for page in plan.pages:
        if isinstance(page.body, OptionBody) and page.body.page.title:
            yield Item("std:label", page.body.page.title, page.path, title_of(page.body.page))
