"""Documents that are generated for the options of a set: one for each module.

A document with ``:split:`` names them in its toctree. They are no files of the author: their
sources lie beside the doctrees, and :class:`OptionProject` adds them to the documents that Sphinx
has found. A source says only which options its document shows, so whether to read the document
again is decided by digests (:func:`outdated`), and Sphinx reads, pickles and
writes it as any other, in any process.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from docutils import nodes as docutils_nodes
from sphinx.environment import CONFIG_OK
from sphinx.parsers import Parser
from sphinx.project import Project

from manualgen.options import tree
from manualgen.options.model import split as option_path
from manualgen.sphinxext.descriptions import Descriptions
from manualgen.sphinxext.domain import domain_of
from manualgen.sphinxext.lowered_blocks import toctree
from manualgen.sphinxext.lowering import lowered
from manualgen.sphinxext.parser import manuals_of
from manualgen.sphinxext.reporting import warn
from manualgen.sphinxext.sets import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util._pathlib import _StrPath

    from manualgen.sphinxext.domain import NixDomain
    from manualgen.sphinxext.sets import ProjectSet, ProjectSets

SUFFIX = ".nixoptions"
FILE_TYPE = "nix-options"


class Split(NamedTuple):
    """Options that have documents of their own.

    Attributes:
        selection: the options.
        folder: the folder of their documents.
        no_index: whether the options are described elsewhere, too.
    """

    selection: Selection
    folder: str
    no_index: bool = False


class Module(NamedTuple):
    """A document of a split, or what its container shows itself.

    Attributes:
        docname: the document; "" for the container.
        title: the prefix of its options.
        indices: its options.
        children: the documents below it.
    """

    docname: str
    title: str
    indices: list[int]
    children: list[str]


def modules(project_set: ProjectSet, split: Split) -> dict[str, Module]:
    """Return the documents of a split by name, parents first; the first, "", is the container.

    Args:
        project_set: the set.
        split: what is split.
    """
    known = project_set.modules.get(split)
    if known is None:
        found = list(_modules(project_set, split))
        known = project_set.modules[split] = {module.docname: module for module in found}
    return known


def _modules(project_set: ProjectSet, split: Split) -> Iterator[Module]:
    indices = project_set.select(split.selection)
    top = tree.pages([project_set.catalog.options[index] for index in indices])[0]
    # A page above the prefix has nothing but a link to the next.
    prefix = option_path(split.selection.prefix) if split.selection.prefix else ()
    while len(top.prefix) < len(prefix) and not top.options and len(top.children) == 1:
        (top,) = top.children

    def docname(page: tree.Page) -> str:
        return "" if page is top else f"{split.folder}/{page.stem}"

    below = [top]
    while below:
        page = below.pop()
        yield Module(
            docname(page),
            page.title,
            [indices[position] for position in page.options],
            [docname(child) for child in page.children],
        )
        below += reversed(page.children)


class Shown(NamedTuple):
    """What a document shows of a set.

    Attributes:
        selection: the options.
        digest: the digest of all that it shows of them.
        split: of the container or a document of a split: the split.
        docname: of a document of a split: its name.
        more: what else there is to see.
    """

    selection: Selection
    digest: str
    split: Split | None = None
    docname: str = ""
    more: str = ""


def shown_now(sets: ProjectSets, shown: Shown) -> Shown | None:
    """Return what a document would show if it were read now; None if there is no such thing.

    Args:
        sets: the sets.
        shown: what it shows; the digest does not matter.
    """
    project_set = sets.get(shown.selection.set)
    if project_set is None:
        return None
    if shown.split is None:
        digest = project_set.digest(project_set.select(shown.selection), shown.more)
    else:
        module = modules(project_set, shown.split).get(shown.docname)
        if module is None:
            return None
        digest = project_set.digest(module.indices, repr(module.children))
    return shown._replace(digest=digest)


def outdated(
    app: Sphinx, env: BuildEnvironment, _added: set[str], _changed: set[str], _removed: set[str]
) -> list[str]:
    """Return the documents that would show something else than when they were read."""
    del app
    domain = domain_of(env)
    return [
        docname
        for docname, entries in domain.data["shown"].items()
        if docname in env.found_docs
        and any(shown_now(domain.sets, shown) != shown for shown in entries)
    ]


class OptionProject(Project):
    """A project with generated documents.

    Attributes:
        generated: each of them → its source.
        pages: the same of the pages of options of manuals.
    """

    generated: dict[str, Path]
    pages: dict[str, Path]

    def discover(
        self, exclude_paths: Iterable[str] = (), include_paths: Iterable[str] = ("**",)
    ) -> set[str]:
        """Find the files of the author, and add the generated documents."""
        # The folder of the output may lie among the files of the author.
        names = super().discover([*exclude_paths, f"**{SUFFIX}"], include_paths)
        for name, path in (self.generated | self.pages).items():
            if name in names:
                _warn_of_folder(name, name)
                continue
            names.add(name)
            self._docname_to_path[name] = path
            self._path_to_docname[path] = name
        return names

    def doc2path(self, docname: str, absolute: bool) -> _StrPath:
        """Return the file of a document; as a relative path, where an author would have it."""
        path = super().doc2path(docname, absolute)
        if not absolute and (docname in self.generated or docname in self.pages):
            return type(path)(docname + SUFFIX)
        return path


def prepare(app: Sphinx) -> None:
    """Let a project have generated documents: those of the last build, as the sets are now."""
    project = app.project
    project.__class__ = OptionProject
    assert isinstance(project, OptionProject)
    project.generated = {}
    project.pages = manuals_of(app.config).pages
    _update(app, project)


def complete(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Read the generated documents that a build has found to be needed, and forget others.

    Returns:
        The documents that were read, and those to be written again, as a reference of theirs leads
        elsewhere.
    """
    project = app.project
    assert isinstance(project, OptionProject)
    read: list[str] = []
    if _update(app, project):
        # All others have just been read.
        env.config_status = CONFIG_OK
        read = app.builder.read()
    return [*read, *domain_of(env).take_redirected()]


def _update(app: Sphinx, project: OptionProject) -> bool:
    """Write the sources that are needed; return whether they are others than before."""
    folder = Path(app.doctreedir) / "manualgen"
    needed: dict[str, Path] = {}
    twice: list[tuple[str, str]] = []
    for docname, container, source in _sources(domain_of(app.env)):
        if docname in needed:
            twice.append((docname, container))
            continue
        path = needed[docname] = folder / f"{docname}{SUFFIX}"
        _write(path, source)
    changed = needed != project.generated
    written = set(needed.values())
    for path in folder.rglob(f"*{SUFFIX}"):
        if path not in written:
            path.unlink()
    project.generated = needed
    if not changed:
        # Else this is called once more.
        for docname, container in twice:
            _warn_of_folder(docname, container)
    return changed


def _sources(domain: NixDomain) -> Iterator[tuple[str, str, str]]:
    """Yield the generated documents: name, container and source of each."""
    for container, splits in sorted(domain.data["splits"].items()):
        for split in splits:
            project_set = domain.sets.get(split.selection.set)
            if project_set is None:
                continue
            source = json.dumps(split, ensure_ascii=False)
            for docname in modules(project_set, split):
                if docname:
                    yield docname, container, source


def _warn_of_folder(docname: str, location: str) -> None:
    warn(
        f"the document {docname} is also that of a module; name another folder: :split: FOLDER",
        "duplicate-document",
        (location, None),
    )


def _write(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text("utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


_TRANSLATED = ":<translated>"
"""What the source of a document ends with that Sphinx makes of the translation of a text."""


class OptionsParser(Parser):
    """Parses the source of a generated document."""

    supported: ClassVar[tuple[str, ...]] = (FILE_TYPE,)

    def parse(self, inputstring: Any, document: docutils_nodes.document) -> None:
        """Fill a document with the options of a module, or with a translated text of one."""
        if str(document["source"]).endswith(_TRANSLATED):
            from manualgen.markup import description  # noqa: PLC0415 - few projects translate

            document.extend(lowered(description.parse(str(inputstring)).blocks, document))
            return
        env = document.settings.env
        # Texts of options are typographic already.
        document.settings.smart_quotes = False
        domain = domain_of(env)
        selection, folder, no_index = json.loads(str(inputstring))
        name, prefix, depth, exclude, sort = selection
        split = Split(Selection(name, prefix, depth, tuple(exclude), sort), folder, no_index)
        project_set = domain.sets.get(split.selection.set)
        assert project_set is not None
        docname = env.current_document.docname
        module = modules(project_set, split)[docname]
        title = module.title
        heading = docutils_nodes.title("", title, translatable=False)
        section = docutils_nodes.section(
            "", heading, ids=[f"module-{title}"], classes=["nix-module"]
        )
        document.append(section)
        section.extend(show(project_set, split, docname, document, env))


def show(
    project_set: ProjectSet,
    split: Split,
    docname: str,
    document: docutils_nodes.document,
    env: BuildEnvironment,
) -> list[docutils_nodes.Node]:
    """Return the options and the toctree of a document of a split, or of its container.

    Args:
        project_set: the set.
        split: what is split.
        docname: the document; "" for the container.
        document: the document that is read.
        env: the environment of Sphinx.
    """
    domain = domain_of(env)
    module = modules(project_set, split)[docname]
    shown = shown_now(domain.sets, Shown(split.selection, "", split, docname))
    domain.note("shown", shown)
    descriptions = Descriptions(project_set, document, env, no_index=split.no_index)
    out = descriptions.all_of(module.indices)
    if module.children:
        out.append(toctree(env.current_document.docname, module.children, titles_only=True))
    return out


def add_parsers(app: Sphinx) -> None:
    """Add the sources of generated documents to an application of Sphinx."""
    app.add_source_suffix(SUFFIX, FILE_TYPE)
    app.add_source_parser(OptionsParser)
