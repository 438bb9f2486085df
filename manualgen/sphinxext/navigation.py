"""The navigation of a site with thousands of generated documents.

Themes write the tree of all documents on every page: with 500 modules, Sphinx would spend most of a
build on it, and each page would have 500 links that nobody reads. So the navigation of a page
shows, of generated documents, those above it with their neighbours and those right below it; of a
list that is too long, only the one that leads to the page.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sphinx import addnodes

from manualgen.sphinxext.generated import OptionProject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from docutils import nodes as docutils_nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    Entries = list[tuple[str | None, str]]


class _Navigation:
    """Which toctree entries the navigation of a page shows."""

    def __init__(
        self, env: BuildEnvironment, page: str, generated: AbstractSet[str], most: int
    ) -> None:
        """Prepare the navigation of a page.

        Args:
            env: the environment of Sphinx.
            page: the page.
            generated: the generated documents.
            most: how many of them are shown side by side.
        """
        self._env = env
        self._page = page
        self._generated = generated
        self._most = most
        self._open = self._ancestors()

    def _ancestors(self) -> set[str]:
        """Return the page and the documents whose toctrees lead to it."""
        includes = self._env.toctree_includes
        parents = {child: name for name, below in includes.items() for child in below}
        found: set[str] = set()
        docname = self._page
        while docname not in found:
            found.add(docname)
            docname = parents.get(docname, docname)
        return found

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Leave the other entries out of all toctrees for a while."""
        changed: list[tuple[addnodes.toctree, Entries]] = []
        try:
            for docname, node in self._toctrees():
                entries: Entries = node["entries"]
                changed.append((node, entries))
                node["entries"] = self._entries(docname, entries)
            yield
        finally:
            for node, entries in changed:
                node["entries"] = entries

    def _toctrees(self) -> Iterator[tuple[str, addnodes.toctree]]:
        """Yield the toctrees that have generated documents, with the documents they stand in."""
        env = self._env
        for docname, below in env.toctree_includes.items():
            if not self._generated.isdisjoint(below) and docname in env.tocs:
                for node in env.tocs[docname].findall(addnodes.toctree):
                    yield docname, node
                if docname == env.config.root_doc:
                    # Sphinx begins with the toctrees of this document itself.
                    for node in env.master_doctree.findall(addnodes.toctree):
                        yield docname, node

    def _entries(self, docname: str, entries: Entries) -> Entries:
        """Return the entries of a toctree that are shown.

        Args:
            docname: the document that it stands in.
            entries: all of its entries.
        """
        generated = self._generated
        if docname in generated and docname not in self._open:
            return [entry for entry in entries if entry[1] not in generated]
        count = sum(name in generated for _, name in entries)
        if count > self._most and docname != self._page:
            return [
                entry for entry in entries if entry[1] not in generated or entry[1] in self._open
            ]
        return entries


def shorten(
    app: Sphinx,
    pagename: str,
    _template: str,
    context: dict[str, Any],
    _doctree: docutils_nodes.document | None,
) -> None:
    """Let the template of a page write the navigation that is near to it."""
    project = app.project
    original = context.get("toctree")
    if not isinstance(project, OptionProject) or not project.generated or original is None:
        return
    if app.builder.name == "singlehtml":
        # Its only page has the documents themselves.
        return
    generated = project.generated.keys()
    if pagename in generated:
        # Its source is no text that somebody would read or edit.
        context.update(sourcename="", has_source=False, page_source_suffix="")
    most = app.config.manualgen_navigation_entries

    def toctree(**settings: Any) -> str:
        with _Navigation(app.env, pagename, generated, most).shown():
            return str(original(**settings))

    context["toctree"] = toctree
