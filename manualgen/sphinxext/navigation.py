"""The navigation of a site with thousands of generated documents.

Themes write the tree of all documents on every page: with 500 modules, Sphinx would spend most of a
build on it, and each page would have 500 links that nobody reads. So the navigation of a page
shows, of generated documents, those above it with their neighbours and those right below it; of a
list that is too long, only the one that leads to the page.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

from sphinx import addnodes

from manualgen.sphinxext.generated import OptionProject

if TYPE_CHECKING:
    from docutils import nodes as docutils_nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


class NearbyContents(MutableMapping[str, Any]):
    """Document → its contents, with those toctree entries that the page at hand needs."""

    def __init__(self, env: BuildEnvironment, docname: str, generated: set[str], most: int) -> None:
        """Prepare the contents for a page.

        Args:
            env: the environment of Sphinx.
            docname: the page.
            generated: the generated documents.
            most: how many generated documents are shown side by side.
        """
        self._contents = env.tocs
        self._generated = generated
        self._most = most
        self._open = _ancestors(env, docname)
        self._page = docname

    def __getitem__(self, name: str) -> Any:
        """Return the contents of a document."""
        contents = self._contents[name]
        if not any(
            entry in self._generated
            for node in contents.findall(addnodes.toctree)
            for _, entry in node["entries"]
        ):
            return contents
        copy = contents.deepcopy()
        for node in copy.findall(addnodes.toctree):
            node["entries"] = self._entries(name, node["entries"])
        return copy

    def _entries(self, name: str, entries: list[tuple[Any, str]]) -> list[tuple[Any, str]]:
        generated = [entry for _, entry in entries if entry in self._generated]
        if name not in self._open and name in self._generated:
            return [pair for pair in entries if pair[1] not in self._generated]
        if len(generated) > self._most and name != self._page:
            return [
                pair for pair in entries if pair[1] not in self._generated or pair[1] in self._open
            ]
        return entries

    def __setitem__(self, name: str, value: docutils_nodes.Node) -> None:
        """Set the contents of a document."""
        self._contents[name] = value  # type: ignore[assignment]

    def __delitem__(self, name: str) -> None:
        """Forget the contents of a document."""
        del self._contents[name]

    def __iter__(self) -> Iterator[str]:
        """Yield all documents."""
        return iter(self._contents)

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self._contents)


def _ancestors(env: BuildEnvironment, docname: str) -> set[str]:
    """Return a document and those whose toctrees lead to it."""
    parents = {child: name for name, below in env.toctree_includes.items() for child in below}
    found: set[str] = set()
    while docname not in found:
        found.add(docname)
        docname = parents.get(docname, docname)
    return found


def shorten(
    app: Sphinx,
    pagename: str,
    _template: str,
    context: dict[str, Any],
    _doctree: docutils_nodes.document | None,
) -> None:
    """Let the template of a page write the navigation that is near to it."""
    project, env = app.project, app.env
    original = context.get("toctree")
    if not isinstance(project, OptionProject) or not project.generated or original is None:
        return
    if app.builder.name == "singlehtml":
        # Its only page has the documents themselves.
        return
    generated = set(project.generated)
    if pagename in generated:
        # Its source is no text that somebody would read or edit.
        context.update(sourcename="", has_source=False, page_source_suffix="")
    most = app.config.manualgen_navigation_entries

    def toctree(**settings: Any) -> str:
        contents = env.tocs
        env.tocs = NearbyContents(env, pagename, generated, most)  # type: ignore[assignment]
        try:
            return str(original(**settings))
        finally:
            env.tocs = contents

    context["toctree"] = toctree
