"""References to options that other projects describe, by way of ``sphinx.ext.intersphinx``.

Intersphinx looks for the name as it is written. Inventories of manualgen and of
sphinxcontrib-nixdomain name options by their placeholders, so here it is asked for the option that
a name means.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from manualgen.sphinxext.domain import NAME, candidates, index_of, matching

if TYPE_CHECKING:
    from docutils import nodes as docutils_nodes
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from manualgen.book.references import OptionIndex

_OBJECT_TYPE = "nix:option"

_INDEXES: weakref.WeakKeyDictionary[Any, dict[str, OptionIndex]] = weakref.WeakKeyDictionary()
"""The application of Sphinx → the options of each inventory."""


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: docutils_nodes.TextElement
) -> docutils_nodes.reference | None:
    """Return a reference to an option of another project; None if none has it."""
    if node.get("refdomain") != NAME or node["reftype"] != "option":
        return None
    inventories = getattr(env, "intersphinx_named_inventory", None)
    if not inventories:
        return None
    from sphinx.ext import intersphinx  # noqa: PLC0415 - loaded already, if there are inventories

    indexes = _INDEXES.get(app)
    if indexes is None:
        indexes = _INDEXES[app] = {
            name: index_of(inventory.get(_OBJECT_TYPE, {}))
            for name, inventory in inventories.items()
        }
    target = node["reftarget"]
    for written in candidates(target, node.get("nix:context", "")):
        for name, index in indexes.items():
            known = matching(written, index)
            if known is not None:
                node["reftarget"] = known
                found = intersphinx.resolve_reference_in_inventory(env, name, node, content)
                node["reftarget"] = target
                return found
    return None
