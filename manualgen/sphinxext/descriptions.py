"""The options of a set as nodes of a document: descriptions, groups of them, and tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes
from sphinx import addnodes

from manualgen.errors import Code
from manualgen.markup import nodes
from manualgen.markup.parsed import adopt
from manualgen.options.model import join, split
from manualgen.sphinxext.lowering import Lowering
from manualgen.sphinxext.reporting import report, warn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sphinx.environment import BuildEnvironment

    from manualgen.sphinxext.sets import ProjectSet

_SEARCHED = frozenset({"default", "example", "related-packages", "history"})
"""The facts whose words Sphinx's search finds."""


class Descriptions:
    """Describes options of a set in one document."""

    def __init__(
        self,
        project_set: ProjectSet,
        document: docutils_nodes.document,
        env: BuildEnvironment,
        *,
        no_index: bool = False,
        line: int | None = None,
    ) -> None:
        """Prepare to describe options.

        Args:
            project_set: the set.
            document: the document.
            env: the environment of Sphinx.
            no_index: whether the options are described elsewhere, where references lead.
            line: the line of the document that asks for them, for messages.
        """
        self._set = project_set
        self._document = document
        self._env = env
        self._no_index = no_index
        self._place = (env.current_document.docname, line)
        self._lowering = Lowering(document)

    def all_of(self, indices: Iterable[int]) -> list[docutils_nodes.Node]:
        """Return the descriptions of options.

        Args:
            indices: the options.
        """
        return [self._one(index) for index in indices]

    def grouped(
        self, indices: Sequence[int], prefix: str, heading_level: int
    ) -> list[docutils_nodes.Node]:
        """Return the descriptions of options under headings.

        Args:
            indices: the options.
            prefix: what all are below; the component after it decides about the group.
            heading_level: the level of the headings, from 1 to 6.
        """
        depth = len(split(prefix)) + 1 if prefix else 1
        options = self._set.catalog.options
        groups: dict[str, list[int]] = {}
        for index in indices:
            path = options[index].loc
            groups.setdefault(join(path[:depth]) if len(path) > depth else "", []).append(index)
        # An option that others are below stands at their head.
        for index in list(groups.get("", ())):
            name = join(options[index].loc)
            if name in groups:
                groups[""].remove(index)
                groups[name].insert(0, index)
        out = self.all_of(groups.pop("", ()))
        for title, members in groups.items():
            heading = docutils_nodes.rubric("", "", docutils_nodes.literal(title, title))
            heading["heading-level"] = heading_level
            heading["translatable"] = False
            out += [heading, *self.all_of(members)]
        return out

    def _one(self, index: int) -> docutils_nodes.Node:
        catalog = self._set.catalog
        option = catalog.options[index]
        section = self._set.sections.section(option, catalog.ids[index])
        report(self._set.sections.take_diagnostics(), self._set.path)
        self._lowering.source = f"{self._set.path}:{option.name}"
        (description,) = self._lowering.lowered([section])
        assert isinstance(description, addnodes.desc)
        description["nix:set"] = self._set.name
        description["no-index"] = self._no_index
        (signature,) = description.findall(addnodes.desc_signature)
        # Thousands of names would make the contents of each page slow, and of no use.
        signature["_toc_name"], signature["_toc_parts"] = "", ()
        if self._no_index:
            signature["ids"] = []
        else:
            self._claim(signature)
            self._note_anchors(index)
        self._adapt(description)
        return description

    def _claim(self, signature: addnodes.desc_signature) -> None:
        """Give an option its identifiers, if nothing else in the document has them."""
        for identifier in list(signature["ids"]):
            if self._document.ids.setdefault(identifier, signature) is not signature:
                signature["ids"].remove(identifier)
                warn(
                    f"the document has the identifier {identifier} already; write :no-index:, or"
                    " give the set another id-prefix in manualgen_options",
                    Code.DUPLICATE_ID.slug,
                    self._place,
                )

    def _note_anchors(self, index: int) -> None:
        """Let references of Sphinx find the identifiers that a description defines."""
        std = self._env.domains.standard_domain
        for name in self._set.anchors.get(index, ()):
            docname = self._env.current_document.docname
            label = name.lower()
            std.anonlabels.setdefault(label, (docname, name))
            std.labels.setdefault(label, (docname, name, name))

    def _adapt(self, description: docutils_nodes.Element) -> None:
        """Adapt references of the text, and what translators see of it, to the set."""
        for reference in description.findall(addnodes.pending_xref):
            if reference["refdomain"] == "nix":
                reference["nix:set"] = self._set.name
                # Sets name options of other sets, too: only a nitpicky build reports that.
                reference["refwarn"] = False
        for field in description.findall(docutils_nodes.field):
            # The labels of facts are manualgen's, no text of the project.
            for name in field.findall(docutils_nodes.field_name):
                name["translatable"] = False
            if not _SEARCHED.isdisjoint(field["classes"]):
                continue
            # Else a search for `boolean`, or for a folder, would find thousands of options.
            field["classes"].append("no-search")

    def table(self, indices: Iterable[int]) -> docutils_nodes.Node:
        """Return a table of options: name, type, default, and the first sentence.

        Args:
            indices: the options.
        """
        table = docutils_nodes.table("", classes=["nix-options", "colwidths-auto"])
        group = docutils_nodes.tgroup("", cols=len(_COLUMNS))
        rows = [self._cells(index) for index in indices]
        for column, (_, widest) in enumerate(_COLUMNS):
            texts = (node.astext() for row in rows for node in row[column])
            width = max(map(len, texts), default=0)
            adopt(
                group, docutils_nodes.colspec("", colwidth=max(_NARROWEST, min(width + 2, widest)))
            )
        head, body = docutils_nodes.thead(""), docutils_nodes.tbody("")
        adopt(head, _row([[docutils_nodes.paragraph(title, title)] for title, _ in _COLUMNS]))
        for cells in rows:
            adopt(body, _row(cells))
        adopt(group, head)
        adopt(group, body)
        adopt(table, group)
        return table

    def _cells(self, index: int) -> list[list[docutils_nodes.Node]]:
        option = self._set.catalog.options[index]
        sections = self._set.sections
        section = sections.section(option, self._set.catalog.ids[index])
        # Those are reported where the option is described.
        sections.take_diagnostics()
        self._lowering.source = f"{self._set.path}:{option.name}"
        code = docutils_nodes.literal(option.name, option.name, classes=["xref", "nix-option"])
        reference = self._lowering.pending("nix", "option", option.name, [code], refexplicit=False)
        reference["nix:optional"] = True
        cells: list[list[docutils_nodes.Node]] = [[docutils_nodes.paragraph("", "", reference)]]
        facts = {
            child["fact"]: child
            for child in section.children
            if isinstance(child, nodes.option_fact)
        }
        cells += [
            self._lowering.lowered(facts[kind].children) if kind in facts else []
            for kind in ("type", "default")
        ]
        text = next(iter(section.findall(nodes.option_description)), None)
        first = text.children[0] if text is not None and text.children else None
        if isinstance(first, docutils_nodes.paragraph):
            cells.append(_first_sentence(self._lowering.lowered([first])))
        else:
            cells.append([])
        for cell in cells:
            for node in cell:
                self._adapt(node)  # type: ignore[arg-type]
        return cells


_COLUMNS = (("Option", 48), ("Type", 24), ("Default", 20), ("Description", 40))
"""The columns of a table of options, and how many characters wide they are at most."""

_NARROWEST = 11

_SENTENCE_END = re.compile(r"(?<=[.!?])\s")


def _first_sentence(blocks: list[docutils_nodes.Node]) -> list[docutils_nodes.Node]:
    """Return a paragraph up to the end of its first sentence."""
    (paragraph,) = blocks
    assert isinstance(paragraph, docutils_nodes.Element)
    kept: list[docutils_nodes.Node] = []
    for child in paragraph.children:
        if isinstance(child, docutils_nodes.Text):
            end = _SENTENCE_END.search(child)
            if end is not None:
                kept.append(docutils_nodes.Text(child[: end.start()]))
                break
        kept.append(child)
    paragraph.children = []
    for child in kept:
        adopt(paragraph, child)
    paragraph.rawsource = paragraph.astext()
    return blocks


def _row(cells: Iterable[Iterable[docutils_nodes.Node]]) -> docutils_nodes.row:
    row = docutils_nodes.row("")
    for blocks in cells:
        entry = docutils_nodes.entry("")
        for block in blocks:
            adopt(entry, block)
        adopt(row, entry)
    return row
