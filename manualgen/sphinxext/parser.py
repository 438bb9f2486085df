"""Manuals of the dialect as sources of Sphinx.

The first files of manuals are named by ``manualgen_dialect``. Each manual is read as a whole, as
every other output reads it, before Sphinx reads its first document; the parser puts into each
document what the manual has for it. Files that are included as chapters, parts and the like are
documents, which the toctree of the file that includes them names; those that are included as
sections stand in the document that includes them.
"""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from docutils import nodes as docutils_nodes
from sphinx.errors import ExtensionError
from sphinx.parsers import Parser
from sphinx.util.nodes import make_refnode

from manualgen.book import manual as manuals
from manualgen.book.project import Project
from manualgen.errors import ManualError
from manualgen.markup import description
from manualgen.options import tree
from manualgen.sphinxext.books import SUFFIX
from manualgen.sphinxext.documents import ManualDocuments
from manualgen.sphinxext.lowered_text import LINK_TYPE
from manualgen.sphinxext.lowering import lowered
from manualgen.sphinxext.reporting import report

if TYPE_CHECKING:
    from docutils.transforms import Transform
    from sphinx import addnodes
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from manualgen.book.model import Division
    from manualgen.options.tree import Page

FILE_TYPE = "manualgen"
"""The type of source files of the dialect, where no other extension reads Markdown."""


class Manuals(msgspec.Struct):
    """The manuals of a project of Sphinx.

    Attributes:
        manuals: the manuals.
        pages: the documents of pages of options → the file that stands for each.
    """

    manuals: list[ManualDocuments] = msgspec.field(default_factory=list)
    pages: dict[str, Path] = msgspec.field(default_factory=dict)

    def holding(self, docname: str) -> ManualDocuments | None:
        """Return the manual that has a document, or None."""
        return next((manual for manual in self.manuals if docname in manual.documents), None)

    def place(self, identifier: str, docname: str) -> str | None:
        """Return the document that an identifier is in, as a document means it; None if nowhere."""
        own = self.holding(docname)
        for manual in (own, *self.manuals) if own is not None else self.manuals:
            if identifier in manual.places:
                return manual.places[identifier]
        return None


_MANUALS: weakref.WeakKeyDictionary[BuildEnvironment | Config, Manuals] = (
    weakref.WeakKeyDictionary()
)


def manuals_of(config: Config) -> Manuals:
    """Return the manuals of a project of Sphinx, by its configuration."""
    return _MANUALS.setdefault(config, Manuals())


class DialectParser(Parser):
    """Puts into a document what its manual has for it."""

    supported = (FILE_TYPE,)

    def parse(self, inputstring: Any, document: docutils_nodes.document) -> None:
        """Fill a document.

        Args:
            inputstring: the text of the file.
            document: the document.
        """
        if not _parse(str(inputstring), document):
            # A file of the project that no manual includes.
            blocks = description.parse(str(inputstring)).blocks
            document.extend(lowered(blocks, document))


def _parse(text: str, document: docutils_nodes.document) -> bool:
    """Fill a document, if a manual has it; return whether."""
    env: BuildEnvironment = document.settings.env
    docname = env.current_document.docname
    manual = manuals_of(env.config).holding(docname)
    if manual is None:
        return False
    source = document["source"]
    if source.endswith("<translated>"):
        # Sphinx asks for a message of a catalog of translations.
        parsed = description.parse(text)
        document.extend(lowered(parsed.blocks, document))
        return True
    manual.write(docname, document, source)
    _note_identifiers(document)
    for path in sorted(manual.files(docname)):
        env.note_dependency(path, docname=docname)
    if env.config.manualgen_dialect:
        report(dict.fromkeys(manual.take_diagnostics()), manual.file_of(docname, source))
    return True


def _note_identifiers(document: docutils_nodes.document) -> None:
    """Tell docutils the identifiers of a document, as its own parser does."""
    for section in document.findall(docutils_nodes.section):
        if not section["ids"]:
            document.set_id(section)
    for node in document.findall(docutils_nodes.Element):
        for name in node["ids"]:
            document.ids.setdefault(name, node)
        if node["names"]:
            document.note_explicit_target(node)


# ─── the manuals of a project ───


def load_manuals(app: Sphinx, config: Config) -> None:
    """Read the manuals of ``manualgen_dialect``, and have their files read by the parser."""
    names: list[str] = list(config.manualgen_dialect)
    if not names:
        return
    found = manuals_of(config)
    for name in names:
        roots = tuple(Path(app.srcdir, root) for root in config.manualgen_roots)
        try:
            project = Project.load(Path(app.srcdir, name)).override(roots=roots)
            manual = manuals.load(project.settings())
        except ManualError as error:
            message = f"{name}: {error.diagnostic.message}"
            raise ExtensionError(message) from error
        report(dict.fromkeys(manual.diagnostics), name)
        documents = _documents(manual, Path(app.srcdir))
        found.manuals.append(documents)
        _exclude(config, documents, Path(app.srcdir))
        _add_pages(app, found, documents)
    _register(app, config)


def _documents(manual: manuals.Manual, folder: Path) -> ManualDocuments:
    """Divide a manual into documents by its files."""
    root = folder.resolve()
    taken: set[Path] = set()

    def name_of(division: Division) -> str:
        parent, path = division.parent, division.document.path
        is_first = parent is None or parent.document is not division.document
        if not is_first or (parent is not None and division.kind == "section"):
            return ""
        if path in taken or not path.is_relative_to(root):
            return ""
        taken.add(path)
        return path.relative_to(root).with_suffix("").as_posix()

    paths = _picture_paths(manual, root)
    return ManualDocuments(manual, name_of, _page_name, lambda image: paths.get(image, ""))


def _picture_paths(manual: manuals.Manual, root: Path) -> dict[docutils_nodes.Node, str]:
    """Return image → the path of its file below the folder of sources, with a slash before it."""
    assert manual.outline is not None
    paths: dict[docutils_nodes.Node, str] = {}
    for division in manual.outline.divisions:
        for located in division.images:
            if located.node in manual.pictures:
                path = (division.document.path.parent / located.node["uri"]).resolve()
                if path.is_relative_to(root):
                    paths[located.node] = f"/{path.relative_to(root).as_posix()}"
    return paths


def _page_name(included: manuals.IncludedOptions, page: Page, home: str) -> str:
    """Return the name of the document of a page of options; "" if all are on one page."""
    if len(included.catalog.options) <= tree.LARGEST_PAGE:
        return ""
    return f"{home}/{page.stem}"


def _add_pages(app: Sphinx, found: Manuals, documents: ManualDocuments) -> None:
    """Write the files that stand for pages of options, beside the doctrees."""
    for name, content in documents.documents.items():
        if content.page is not None:
            path = found.pages[name] = Path(app.doctreedir, "manualgen-pages", f"{name}{SUFFIX}")
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()


def _exclude(config: Config, documents: ManualDocuments, folder: Path) -> None:
    """Have Sphinx pass over the files that stand in other documents, as sections of them."""
    root = folder.resolve()
    names = (
        path.relative_to(root)
        for path in map(Path, documents.manual.files)
        if path.suffix == ".md" and path.is_relative_to(root)
    )
    inner = [name for name in names if name.with_suffix("").as_posix() not in documents.documents]
    # The list itself may be the default of all projects.
    config.exclude_patterns = [
        *config.exclude_patterns,
        *(name.as_posix() for name in inner),
        f"**{SUFFIX}",
    ]


def _register(app: Sphinx, config: Config) -> None:
    """Have the files of manuals parsed here, and other Markdown files by who else reads them."""
    # A new dictionary: the old one may be the default of all projects.
    suffixes = {**config.source_suffix, SUFFIX: FILE_TYPE}
    other = app.registry.source_parsers.get(suffixes.get(".md", ""))
    if other is None:
        suffixes[".md"] = FILE_TYPE
    config.source_suffix = app.registry.source_suffix = suffixes
    if other is None:
        return

    class EitherParser(other):  # type: ignore[misc, valid-type]
        """Parses a file of a manual as such, and others as before."""

        def get_transforms(self) -> list[type[Transform]]:
            # Those of the other parser expect what that has noted in the document.
            if manuals_of(config).holding(app.env.current_document.docname) is not None:
                return Parser.get_transforms(self)
            return list(super().get_transforms())

        def parse(self, inputstring: Any, document: docutils_nodes.document) -> None:
            if not _parse(str(inputstring), document):
                super().parse(inputstring, document)

    app.add_source_parser(EitherParser, override=True)


# ─── references and changes ───


def resolve_link(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, content: docutils_nodes.Node
) -> docutils_nodes.reference | None:
    """Return a reference to an identifier of a manual, as a reference node."""
    if node["reftype"] != LINK_TYPE or node.get("refdomain"):
        return None
    place = manuals_of(env.config).place(node["reftarget"], node["refdoc"])
    if place is None:
        return None
    title = node.get("reftitle") or None
    return make_refnode(app.builder, node["refdoc"], place, node["reftarget"], content, title)


def outdated(
    app: Sphinx, env: BuildEnvironment, _added: set[str], _changed: set[str], _removed: set[str]
) -> list[str]:
    """Return the documents of manuals that show something of others, if that has changed."""
    before: dict[str, str] = getattr(env, "manualgen_digests", {})
    now = {
        name: manual.digest(name)
        for manual in manuals_of(app.config).manuals
        for name in manual.documents
        if name in env.found_docs
    }
    env.manualgen_digests = now  # type: ignore[attr-defined]
    return [name for name, digest in now.items() if before.get(name, digest) != digest]


def connect(app: Sphinx) -> None:
    """Add the parser to an application of Sphinx."""
    kinds = frozenset({list, tuple})
    app.add_config_value("manualgen_dialect", [], "env", types=kinds)
    app.add_config_value("manualgen_roots", [], "env", types=kinds)
    app.add_source_parser(DialectParser)
    # After other extensions have said which files they read.
    app.connect("config-inited", load_manuals, priority=900)
    app.connect("missing-reference", resolve_link)
    app.connect("env-get-outdated", outdated)
