"""What a document has: the options that it describes, whoever wrote or made them, and refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from sphinx import addnodes
from sphinx.transforms import SphinxTransform

from manualgen.sphinxext.domain import NAME, domain_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils import nodes as docutils_nodes


class CollectOptions(SphinxTransform):
    """Notes the options and the references of a document, and adds the options to the index."""

    # Before Sphinx collects the entries of the index, at 850.
    default_priority: ClassVar[int] = 840

    def apply(self, **_: object) -> None:
        """Note each description of an option, unless it says ``no-index``."""
        domain = domain_of(self.env)
        parents: dict[docutils_nodes.Element, None] = {}
        for description in self.document.findall(addnodes.desc):
            if (
                description.get("domain") == NAME
                and description.get("objtype") == "option"
                and not description.get("no-index")
            ):
                parents[description.parent] = None
                for name, identifier in _names(description):
                    domain.note_option(name, identifier, description.get("nix:set", ""))
        for parent in parents:
            _add_to_index(parent)
        references = {
            (node["reftarget"], node.get("nix:context", ""), node.get("nix:set", "")): None
            for node in self.document.findall(addnodes.pending_xref)
            if node["refdomain"] == NAME
        }
        for reference in references:
            domain.note("references", reference)


def _names(description: addnodes.desc) -> Iterator[tuple[str, str]]:
    """Yield name and identifier of each option that a description is of."""
    for signature in description.children:
        if isinstance(signature, addnodes.desc_signature) and signature["ids"]:
            yield signature["fullname"], signature["ids"][0]


def _add_to_index(parent: docutils_nodes.Element) -> None:
    """Put an entry of the index before each description that has none."""
    children: list[docutils_nodes.Node] = []
    for child in parent.children:
        if (
            isinstance(child, addnodes.desc)
            and child.get("objtype") == "option"
            and not (child.get("no-index") or child.get("no-index-entry"))
            and not (children and isinstance(children[-1], addnodes.index))
        ):
            entries = [("single", f"{name} (option)", id_, "", None) for name, id_ in _names(child)]
            entry = addnodes.index(entries=entries)
            entry.parent = parent
            children.append(entry)
        children.append(child)
    parent.children = children
