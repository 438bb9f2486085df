"""The domain ``nix``: its objects are options, of any set and written by hand."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from sphinx.domains import Domain, Index, IndexEntry, ObjType
from sphinx.errors import ExtensionError
from sphinx.roles import XRefRole
from sphinx.util.nodes import make_refnode

from manualgen.book.references import OptionIndex
from manualgen.errors import Code
from manualgen.options.model import join, split
from manualgen.options.tree import sort_key
from manualgen.similar_names import SimilarNames
from manualgen.sphinxext.reporting import warn
from manualgen.sphinxext.sets import ProjectSets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from docutils import nodes as docutils_nodes
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

NAME = "nix"


class Place(NamedTuple):
    """Where an option is described.

    Attributes:
        docname: the document.
        id: the identifier there.
    """

    docname: str
    id: str


class OptionRole(XRefRole):
    """The role ``nix:option``: ``~`` before a name shows its last component only."""

    def run(self) -> tuple[list[docutils_nodes.Node], list[docutils_nodes.system_message]]:
        """Return the reference."""
        placeholder = f".<{self.target}>"
        if self.has_explicit_title and self.text.endswith(placeholder):
            # The name of an option that ends with a placeholder, rather than a title and a name.
            self.has_explicit_title = False
            self.title = self.target = f"{self.title.removesuffix('.')}{placeholder}"
        return super().run()

    def process_link(
        self,
        env: BuildEnvironment,
        refnode: docutils_nodes.Element,
        has_explicit_title: bool,
        title: str,
        target: str,
    ) -> tuple[str, str]:
        """Return the title and the target of a reference."""
        refnode["nix:context"] = context_of(env)
        if not has_explicit_title and title.startswith("~"):
            title = join(split(title[1:].strip())[-1:])
        return title, target.removeprefix("~").strip()


class OptionsIndexPage(Index):
    """The index of all options, by the first components of their names."""

    name = "options"
    localname = "Index of options"
    shortname = "options"

    def generate(
        self, docnames: Iterable[str] | None = None
    ) -> tuple[list[tuple[str, list[IndexEntry]]], bool]:
        """Return the entries of the index.

        Args:
            docnames: the documents whose options are listed; all where None.
        """
        assert isinstance(self.domain, NixDomain)
        wanted = None if docnames is None else set(docnames)
        content: dict[str, list[IndexEntry]] = {}
        paths = ((split(name), name, place) for name, place in self.domain.public_names.items())
        for path, name, place in sorted(paths, key=lambda entry: (sort_key(entry[0]), entry[1])):
            if wanted is None or place.docname in wanted:
                entry = IndexEntry(name, 0, place.docname, place.id, "", "", "")
                content.setdefault(path[0], []).append(entry)
        return list(content.items()), True


class NixDomain(Domain):
    """The domain of options."""

    name = NAME
    label = "Nix"
    object_types: ClassVar[dict[str, ObjType]] = {"option": ObjType("option", "option")}
    roles: ClassVar[dict[str, Any]] = {"option": OptionRole(warn_dangling=True)}
    indices: ClassVar[list[type[Index]]] = [OptionsIndexPage]
    # Document → its options (name, identifier, set), what it shows of sets, what it splits, its
    # references (target, context, set), and where these led when it was written.
    initial_data: ClassVar[dict[str, dict[str, Any]]] = {
        "options": {},
        "shown": {},
        "splits": {},
        "references": {},
        "written": {},
    }
    data_version = 1

    def __init__(self, env: BuildEnvironment) -> None:
        """Prepare the domain of an environment."""
        super().__init__(env)
        self.sets = ProjectSets()

    # ─── what documents have ───

    @property
    def options(self) -> dict[str, list[tuple[str, str, str]]]:
        """Document → name, identifier and set of each option that it describes."""
        return self.data["options"]  # type: ignore[no-any-return]

    def note_option(self, name: str, identifier: str, set_name: str = "") -> None:
        """Note an option of the document that is read.

        Args:
            name: its name.
            identifier: its identifier in the document.
            set_name: the set that it is of; "" if none.
        """
        docname = self.env.current_document.docname
        self.options.setdefault(docname, []).append((name, identifier, set_name))
        self._forget()

    def note(self, kind: str, value: Any) -> None:
        """Note one of ``shown``, ``splits`` and ``references`` of the document that is read."""
        self.data[kind].setdefault(self.env.current_document.docname, []).append(value)

    def clear_doc(self, docname: str) -> None:
        """Forget what a document has."""
        for table in self.initial_data:
            self.data[table].pop(docname, None)
        self._forget()

    def merge_domaindata(self, docnames: AbstractSet[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process has read."""
        for table in self.initial_data:
            theirs = otherdata[table]
            self.data[table].update({name: theirs[name] for name in docnames if name in theirs})
        self._forget()

    def _forget(self) -> None:
        for name in (
            "_by_set",
            "public_names",
            "_by_identifier",
            "_indexes",
            "_set_indexes",
            "similar",
        ):
            self.__dict__.pop(name, None)

    # ─── which options there are ───

    @functools.cached_property
    def _by_set(self) -> dict[str, dict[str, Place]]:
        """Name of a set → its options by name, in the order of the configuration."""
        by_set: dict[str, dict[str, Place]] = {name: {} for name in ("", *self.sets)}
        for docname in sorted(self.options):
            for name, identifier, set_name in self.options[docname]:
                options = by_set.setdefault(set_name, {})
                options.setdefault(name, Place(docname, identifier))
        return by_set

    @functools.cached_property
    def public_names(self) -> dict[str, Place]:
        """All options by the names that references use: if another set has the name, ``set:name``."""
        names: dict[str, Place] = {}
        for set_name, options in self._by_set.items():
            for name, place in options.items():
                if names.setdefault(name, place) is not place:
                    names.setdefault(f"{set_name}:{name}", place)
        return names

    @functools.cached_property
    def _by_identifier(self) -> dict[str, Place]:
        """All options by their identifiers, as links of MyST name them."""
        return {place.id: place for place in reversed(self.public_names.values())}

    @functools.cached_property
    def _indexes(self) -> dict[str, OptionIndex]:
        """Name of a set → finds its options, also by placeholders; those of no set by ""."""
        return {name: index_of(options) for name, options in self._by_set.items()}

    @functools.cached_property
    def similar(self) -> SimilarNames:
        """Finds the option that is most similar to one that does not exist."""
        return SimilarNames(self.public_names)

    def find(self, target: str, context: str = "", set_name: str = "") -> Place | None:
        """Return where the option that a reference means is described; None if nowhere.

        Args:
            target: the name as it is written; ``SET:NAME`` for an option of that set.
            context: the module or option that the reference stands in: names may be relative to
                it, and to all above it.
            set_name: the set that the reference stands in, whose options take precedence.
        """
        known = self.public_names
        for name in candidates(target, context):
            own = self._by_set.get(set_name, {}).get(name) if set_name else None
            found = own or known.get(name)
            if found is not None:
                return found
        prefix, colon, rest = target.partition(":")
        if colon and prefix in self._by_set:
            target, order = rest, [prefix]
        else:
            others = [name for name in self._by_set if name != set_name]
            order = [set_name, *others] if set_name in self._by_set else others
        for name in candidates(target, context):
            for each in order:
                match = matching(name, self._indexes[each])
                if match is not None:
                    return self._by_set[each][match]
        return None

    def set_with(self, target: str, context: str = "") -> str | None:
        """Return the set that has an option which no document may describe; None if none has it.

        Args:
            target: the name as it is written.
            context: the module or option that the reference stands in.
        """
        prefix, colon, rest = target.partition(":")
        only = prefix if colon and prefix in self.sets else None
        for name in candidates(rest if only else target, context):
            for set_name, index in self._set_indexes.items():
                if only in (None, set_name) and matching(name, index) is not None:
                    return set_name
        return None

    @functools.cached_property
    def _set_indexes(self) -> dict[str, OptionIndex]:
        """Name of a set → finds all its options, also those that no document describes."""
        return {
            name: index_of(option.name for option in project_set.catalog.options)
            for name in self.sets
            if (project_set := self.sets.get(name)) is not None
        }

    def take_redirected(self) -> list[str]:
        """Return the documents with a reference that leads elsewhere than when they were written."""
        written: dict[str, list[Place | None]] = self.data["written"]
        redirected = []
        for docname, references in self.data["references"].items():
            now = [self.find(*reference) for reference in references]
            if written.setdefault(docname, now) != now:
                written[docname] = now
                redirected.append(docname)
        return redirected

    # ─── what Sphinx asks ───

    def resolve_xref(
        self,
        env: BuildEnvironment,  # noqa: ARG002 - as Sphinx calls it
        fromdocname: str,
        builder: Builder,
        typ: str,  # noqa: ARG002 - likewise
        target: str,
        node: pending_xref,
        contnode: docutils_nodes.Element,
    ) -> docutils_nodes.reference | None:
        """Return a reference to an option; None where no document describes it."""
        place = self.find(target, node.get("nix:context", ""), node.get("nix:set", ""))
        if place is None:
            return None
        return make_refnode(builder, fromdocname, place.docname, place.id, contnode, target)

    def resolve_any_xref(
        self,
        env: BuildEnvironment,  # noqa: ARG002 - as Sphinx calls it
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,  # noqa: ARG002 - likewise
        contnode: docutils_nodes.Element,
    ) -> list[tuple[str, docutils_nodes.reference]]:
        """Return the reference of the role ``any``: to a full name, or to an identifier."""
        place = self.public_names.get(target) or self._by_identifier.get(target)
        if place is None:
            return []
        made = make_refnode(builder, fromdocname, place.docname, place.id, contnode, target)
        return [("nix:option", made)]

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Yield the options, for the inventory and the search."""
        for name, place in self.public_names.items():
            yield name, name, "option", place.docname, place.id, 1

    def get_full_qualified_name(self, node: docutils_nodes.Element) -> str | None:
        """Return the name that a reference has in its context, for other projects."""
        context = node.get("nix:context", "")
        target = node.get("reftarget")
        return f"{context}.{target}" if context and target else None

    def check_consistency(self) -> None:
        """Warn of options that are described twice."""
        first: dict[tuple[str, str], str] = {}
        for docname in sorted(self.options):
            for name, _, set_name in self.options[docname]:
                before = first.setdefault((set_name, name), docname)
                if before != docname:
                    warn(
                        f"the option {name} is described in {before}, too;"
                        " write :no-index: in one of the two",
                        Code.DUPLICATE_OPTION.slug,
                        (docname, None),
                    )


MODULE = "nix:module"
"""The key of ``ref_context`` for the module that names are relative to."""

OPTION = "nix:option"
"""The key of ``ref_context`` for the options whose content is read, the innermost last."""


def context_of(env: BuildEnvironment) -> str:
    """Return the option or module that names in the document are relative to; "" for none."""
    options = env.ref_context.get(OPTION)
    context = options[-1] if options else env.ref_context.get(MODULE)
    return context or ""


def index_of(names: Iterable[str]) -> OptionIndex:
    """Return what finds names, also by placeholders; it returns them as they are."""
    return OptionIndex((name, split(name), name) for name in names)


def matching(name: str, index: OptionIndex) -> str | None:
    """Return the option that a name means, also by placeholders; None if there is none.

    A placeholder stands for one component, and where nothing else is found for several, as in
    ``virtualHosts.example.org.root``, which Nix would want to have quotes.

    Args:
        name: the name.
        index: the options, as :func:`index_of` returns it.
    """
    found = index.identifier(name)
    if found is not None or name.count(".") > _MOST_DOTS:
        return found
    path = split(name)
    for width in range(2, len(path)):
        for start in range(1, len(path) - width + 1):
            end = start + width
            joined = join((*path[:start], ".".join(path[start:end]), *path[end:]))
            found = index.identifier(joined)
            if found is not None:
                return found
    return None


_MOST_DOTS = 20
"""In a longer name, a placeholder stands for one component."""


def candidates(target: str, context: str) -> Sequence[str]:
    """Return the full names that a name may mean, the most likely first.

    Args:
        target: the name as it is written.
        context: the module or option that it stands in.
    """
    if not context:
        return (target,)
    path = split(context)
    return [*(f"{join(path[:end])}.{target}" for end in range(len(path), 0, -1)), target]


def domain_of(env: BuildEnvironment) -> NixDomain:
    """Return the domain of an environment.

    Raises:
        ExtensionError: if it is that of another extension.
    """
    domain = env.domains[NAME]
    if not isinstance(domain, NixDomain):
        message = "another extension has a domain `nix`: list one of the two in `extensions`"
        raise ExtensionError(message)
    return domain


def warn_of_missing(_app: Sphinx, domain: Domain | None, node: pending_xref) -> bool | None:
    """Warn of a reference to an option that no document describes."""
    if not isinstance(domain, NixDomain) or node["reftype"] != "option":
        return None
    target, context = node["reftarget"], node.get("nix:context", "")
    if node.get("nix:optional"):
        return True
    set_name = domain.set_with(target, context)
    if set_name is not None:
        message = (
            f"no document describes the option {target}, which the set {set_name} has;"
            f" show it with the directive nix:options"
        )
        warn(message, Code.UNKNOWN_OPTION.slug, node)
        return True
    likely = next(
        (
            found
            for name in candidates(target, context)
            if (found := domain.similar.nearest(name)) is not None
        ),
        None,
    )
    advice = (
        f"write {likely}, if that is meant" if likely else "correct the name, or write it as code"
    )
    warn(f"no document describes the option {target}; {advice}", Code.UNKNOWN_OPTION.slug, node)
    return True
