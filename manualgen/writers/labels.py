"""The words that writers add of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.markup.nodes import ADMONITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docutils import nodes

FACTS: Mapping[str, str] = {
    "type": "Type",
    "default": "Default",
    "example": "Example",
    "related-packages": "Related packages",
    "declared-in": "Declared in",
    "defined-in": "Defined in",
    "history": "History",
}
"""The kind of an ``option_fact`` → its label."""

FACTS_OF_NIXOS_RENDER_DOCS: Mapping[str, str] = {
    **FACTS,
    "declared-in": "Declared by",
    "defined-in": "Defined by",
}
"""The same, as nixos-render-docs words them in the text formats that others read further."""

ADMONITION_NAMES: Mapping[type[nodes.Node], str] = {
    node: name for name, node in ADMONITIONS.items()
}
"""An admonition's node → its name, as authors write it."""

ADMONITION_TITLES: Mapping[type[nodes.Node], str] = {
    node: name.capitalize() for name, node in ADMONITIONS.items()
}
"""An admonition's node → its title."""

NUMBERED_BLOCKS: Mapping[str, str] = {"example": "Example", "figure": "Figure", "table": "Table"}
"""The kind of a ``numbered_block`` → what stands before its number."""
