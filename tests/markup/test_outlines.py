"""Fidelity: 23,298 real descriptions have the structure that nixos-render-docs gives them."""

from __future__ import annotations

import re

import pytest

from manualgen.markup import nodes
from manualgen.markup.structure import outline
from tests.conftest import shared, shared_json
from tests.rendering import FakeLinks, catalog_of, resolver_of

pytestmark = pytest.mark.slow

COUNTS = {  # 23,298 in all
    "home-manager": 5536,
    "nixvim": 17762,
}
OFFSETS = "`0: default`, `1: when …` below a sentence"
DIFFERENT: dict[str, dict[str, str]] = {
    "home-manager": {
        'targets.darwin.defaults."com.apple.menuextra.clock".ShowDate': "`0 = …`, `1 = …`, `2 = …`",
    },
    "nixvim": {
        "plugins.flash.settings.jump.offset": OFFSETS,
        "plugins.flash.settings.modes.char.jump.offset": OFFSETS,
        "plugins.flash.settings.modes.remote.jump.offset": OFFSETS,
        "plugins.flash.settings.modes.search.jump.offset": OFFSETS,
        "plugins.flash.settings.modes.treesitter.jump.offset": OFFSETS,
        "plugins.flash.settings.modes.treesitter_search.jump.offset": OFFSETS,
        "plugins.neotest.settings.consumers": "`key: string`, `value: lua function`",
        "plugins.noice.settings.cmdline.format": "six lines, a field each: items, no terms",
        "plugins.tmux-navigator.settings.save_on_switch": "`null: …`, `1: …`, `2: …`",
    },
}
"""Names whose outline is another one on purpose, and why: hidden lists that were recovered."""

_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*", re.IGNORECASE)


def as_the_dialect_has_it(blocks):
    """Return an expected outline with GFM's alerts as admonitions.

    The outlines come from a builder that does not know them: ``> [!NOTE]`` is a quote there, whose
    first paragraph starts with the mark. By the dialect (MARKUP.md) it is the admonition.
    """
    return [_with_alerts(block) for block in blocks]


def _with_alerts(block):
    kind, *rest = block
    if kind in {"p", "pre", "table", "hr"}:
        return block
    if kind in {"ul", "ol"}:
        return [kind, [as_the_dialect_has_it(item) for item in rest[0]]]
    if kind == "dl":
        return [kind, [[term, as_the_dialect_has_it(blocks)] for term, blocks in rest[0]]]
    inner = as_the_dialect_has_it(rest[0])
    if kind == "quote" and inner and inner[0][0] == "p":
        found = _ALERT.match(inner[0][1])
        if found:
            text = inner[0][1][found.end() :]
            return [found[1].lower(), ([["p", text]] if text else []) + inner[1:]]
    return [kind, inner]


def outline_of(parsed, links):
    """Return the outline of a text, with the texts that references take from their targets."""
    for reference in parsed.references:
        if isinstance(reference, nodes.cross_reference) and not reference.children:
            target = links.target(reference)
            reference.extend(node.deepcopy() for node in target.text)
    return outline(parsed.blocks)


@pytest.mark.parametrize("name", COUNTS)
def test_every_description_has_its_outline(name):
    expected = shared_json(f"data/structure/{name}.outlines.json")
    catalog = catalog_of(shared(f"data/options/{name}.json"))
    sections = catalog.sections(resolver_of(catalog))
    links = FakeLinks(catalog.options)
    outlines = {
        option.name: outline_of(sections.parse(option.description), links)
        if option.description
        else []
        for option in catalog.options
    }
    assert len(outlines) == COUNTS[name]
    assert outlines.keys() == expected.keys()
    different = {
        option for option in outlines if outlines[option] != as_the_dialect_has_it(expected[option])
    }
    assert different == DIFFERENT[name].keys()


def test_alerts_are_mapped_by_the_dialects_rule():
    quote = [["quote", [["p", "[!note] Mind this."], ["ul", [[["p", "x"]]]]]]]
    assert as_the_dialect_has_it(quote) == [["note", [["p", "Mind this."], ["ul", [[["p", "x"]]]]]]]
    assert as_the_dialect_has_it([["quote", [["p", "no [!NOTE]"]]]]) == [
        ["quote", [["p", "no [!NOTE]"]]]
    ]
