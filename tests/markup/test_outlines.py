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
BELOW = "a sentence at the margin below a list is a paragraph"
TAGS = "tags of DocBook in Markdown are shown as what they mean"
FLAG = "a flag stays as it is typed"
ADDRESS = "an address stays as it is typed"
CODE = "code stays as it is typed"
DIFFERENT: dict[str, dict[str, str]] = {
    "home-manager": {
        "programs.claude-code.commands": BELOW,
        "programs.claude-code.hooks": BELOW,
        "programs.claude-code.outputStyles": BELOW,
        "programs.claude-code.rules": BELOW,
        "services.colima.profiles.<name>.isActive": BELOW,
        "wayland.windowManager.sway.systemd.enable": BELOW,
        "programs.riff.commandLineOptions": TAGS,
        "programs.riff.enable": TAGS,
        "programs.ripgrep-all.custom_adapters": TAGS,
        "services.shikane.settings": TAGS,
        "xdg.dataFile.<name>.target": TAGS,
        "xdg.stateFile.<name>.target": TAGS,
        "programs.element-desktop.profiles": FLAG,
        "programs.rclone.remotes.<name>.config": FLAG,
        "services.restic.backups.<name>.dynamicFilesFrom": FLAG,
        "wayland.windowManager.sway.config.bindswitches.<name>.reload": FLAG,
        "services.mpd.generatedConfig": CODE,
        'targets.darwin.defaults."com.apple.menuextra.clock".ShowDate': "`0 = …`, `1 = …`, `2 = …`",
    },
    "nixvim": {
        "plugins.blink-cmp.settings.keymap": BELOW,
        "plugins.dressing.settings.select.format_item_override": CODE,
        "plugins.hydra.hydras.*.config.desc": CODE,
        "plugins.hydra.settings.desc": CODE,
        "plugins.lsp.servers.mlir_lsp_server.enable": ADDRESS,
        "plugins.lsp.servers.mlir_pdll_lsp_server.enable": ADDRESS,
        "plugins.lsp.servers.tblgen_lsp_server.enable": ADDRESS,
        "plugins.lsp.servers.teal_ls.enable": FLAG,
        "plugins.typescript-tools.settings.settings.tsserver_max_memory": ADDRESS,
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
"""Names whose outline is another one on purpose, and why: the hidden lists that were recovered
and the signs of which it is clear that they are no prose."""

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
