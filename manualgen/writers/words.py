"""The words that writers add of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

FACTS: Mapping[str, str] = {
    "type": "Type",
    "default": "Default",
    "example": "Example",
    "related-packages": "Related packages",
    "declared-in": "Declared in",
    "defined-in": "Defined in",
}
"""The kind of an ``option_fact`` → its label."""

FACTS_OF_TODAY: Mapping[str, str] = {
    **FACTS,
    "declared-in": "Declared by",
    "defined-in": "Defined by",
}
"""The same, as nixos-render-docs words them in the text formats that others read further."""

ADMONITIONS: Mapping[type[nodes.Node], str] = {
    nodes.note: "Note",
    nodes.tip: "Tip",
    nodes.important: "Important",
    nodes.warning: "Warning",
    nodes.caution: "Caution",
}
"""An admonition's node → its title."""
