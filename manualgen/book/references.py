"""Cross-references: which option or identifier of the manual a reference means.

All identifiers of a manual are known before any page is written, so pages can be written
by any worker, in any order. Reference nodes are never changed: each page looks up the
references that are on it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from docutils import nodes as docutils_nodes

from manualgen.errors import Code, Diagnostic
from manualgen.markup import nodes
from manualgen.markup.links import Target
from manualgen.options.addresses import is_safe
from manualgen.options.model import split
from manualgen.similar_names import SimilarNames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from manualgen.book.catalog import OptionCatalog
    from manualgen.book.settings import ExternalOption

_PLACEHOLDER = re.compile(r"\*|<[^<>]*>")


class OptionIndex:
    """The options of a manual, by name."""

    def __init__(
        self,
        names: Iterable[tuple[str, tuple[str, ...], str]],
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        """Index options.

        Args:
            names: name, path and identifier of each option.
            renamed: old name → new name, of options that were renamed.
        """
        self._renamed = renamed or {}
        self._old_names = (
            OptionIndex((old, split(old), new) for old, new in renamed.items()) if renamed else None
        )
        self._entries = list(names)
        # If two options have one name, the first is meant.
        self._by_name = {name: identifier for name, _, identifier in reversed(self._entries)}
        self._memo: dict[str, str | None] = {}
        self._by_path: dict[tuple[str, ...], str] | None = None
        self._placeholders = _Step()

    def identifier(self, name: str) -> str | None:
        """Return the identifier of the option that a name means, or None.

        An exact name takes precedence. Otherwise a placeholder of an option's path matches
        any one component, ``users.users.alice.home`` → ``users.users.<name>.home``, and plain
        components take precedence over placeholders. Quotes around a component make no
        difference.
        """
        exact = self._by_name.get(name)
        if exact is not None:
            return exact
        if name not in self._memo:
            self._memo[name] = self._match(split(name))
        return self._memo[name]

    def new_name(self, name: str) -> str | None:
        """Return the name that an option has now, if a name is one that it had before; else None.

        Args:
            name: the name, as :meth:`identifier` takes it. An option may still have it, as an alias.
        """
        if self._old_names is None:
            return None
        new = self._renamed.get(name)
        if new is None and self.identifier(name) is None:
            new = self._old_names.identifier(name)
        for _ in range(_MOST_RENAMES):
            following = self._renamed.get(new) if new is not None else None
            if following is None:
                return new
            new = following
        return None

    def _match(self, path: tuple[str, ...]) -> str | None:
        if self._by_path is None:
            self._by_path = {loc: identifier for _, loc, identifier in reversed(self._entries)}
            for name, loc, identifier in self._entries:
                if "<" in name or "*" in name:
                    self._placeholders.add(loc, identifier)
        return self._by_path.get(path) or self._placeholders.find(path)


_MOST_RENAMES = 10
"""How often an option may have been renamed; aliases may stand for each other."""


class _Step:
    """A node of a tree of paths: the components that may follow the ones before.

    Attributes:
        identifier: that of the option whose path ends here, or None.
        plain: component → the next node.
        placeholders: placeholder, such as ``<name>``, → the next node.
    """

    __slots__ = ("identifier", "placeholders", "plain")

    def __init__(self) -> None:
        self.identifier: str | None = None
        self.plain: dict[str, _Step] = {}
        self.placeholders: dict[str, _Step] = {}

    def add(self, path: tuple[str, ...], identifier: str) -> None:
        step = self
        for part in path:
            table = step.placeholders if _PLACEHOLDER.fullmatch(part) else step.plain
            following = table.get(part)
            if following is None:
                following = table[part] = _Step()
            step = following
        if step.identifier is None:
            step.identifier = identifier

    def find(self, path: tuple[str, ...]) -> str | None:
        """Return the identifier of the first option that a path matches, or None.

        Placeholders can match in very many ways: after :data:`MOST_STEPS` nodes, there is none.
        """
        open_steps = [(self, 0)]
        for _ in range(len(path) + MOST_STEPS):
            if not open_steps:
                break
            step, position = open_steps.pop()
            if position == len(path):
                if step.identifier is not None:
                    return step.identifier
                continue
            # The last one is looked at first.
            open_steps += [
                (following, position + 1) for following in reversed(step.placeholders.values())
            ]
            plain = step.plain.get(path[position])
            if plain is not None:
                open_steps.append((plain, position + 1))
        return None


MOST_STEPS = 500
"""How many nodes of the tree of paths one search visits, beside those of the path itself."""


class TargetTable(Mapping[str, Target]):
    """The targets of a manual: identifier → division, block, option or anchor."""

    def __init__(
        self,
        titles: Mapping[str, Target],
        catalogs: Sequence[OptionCatalog],
    ) -> None:
        """Make the table of a manual.

        Args:
            titles: identifier → target, of divisions, numbered blocks and anchors of chapters.
            catalogs: the options of the manual's sets.
        """
        self._titles = titles
        self._catalogs = catalogs
        self._options: dict[str, Target] = {}

    @functools.cached_property
    def similar(self) -> SimilarNames:
        """Finds the identifier that is most similar to one that does not exist."""
        return SimilarNames(self)

    @functools.cached_property
    def _of_options(self) -> Mapping[str, OptionCatalog]:
        """Identifier → the first set that has it, as that of an option or of an anchor."""
        latest_first = self._catalogs[::-1]
        anchors = {name: catalog for catalog in latest_first for name in catalog.anchors}
        return anchors | {name: catalog for catalog in latest_first for name in catalog.ids}

    def __contains__(self, identifier: object) -> bool:
        """Return whether the manual has an identifier."""
        if identifier in self._titles:
            return True
        if len(self._catalogs) > _FEW_SETS:
            return identifier in self._of_options
        return any(
            identifier in catalog.positions or identifier in catalog.anchors
            for catalog in self._catalogs
        )

    def __len__(self) -> int:
        """Return the number of identifiers."""
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[str]:
        """Yield all identifiers: those of chapters, then those of each set of options."""
        yield from self._titles
        for catalog in self._catalogs:
            yield from catalog.ids
            yield from catalog.anchors

    def __getitem__(self, identifier: str) -> Target:
        """Return the target with an identifier.

        Raises:
            KeyError: if the manual does not have it.
        """
        option = self._options.get(identifier)
        if option is not None:
            return option
        sets: Iterable[OptionCatalog] = self._catalogs
        if len(self._catalogs) > _FEW_SETS:
            sets = (self._of_options[identifier],) if identifier in self._of_options else ()
        for catalog in sets:
            index = catalog.positions.get(identifier)
            if index is not None:
                # Made on demand: of 20,000 options, references name a few hundred.
                target = Target(identifier, "option", _code(catalog.options[index].name))
                self._options[identifier] = target
                return target
        title = self._titles.get(identifier)
        if title is not None:
            return title
        if identifier not in self:
            raise KeyError(identifier)
        renamed = next(
            (name for one in self._catalogs if (name := one.renamed.get(identifier))), None
        )
        if renamed is not None:
            return Target(identifier, "option", _code(renamed))
        return Target(identifier, "anchor", _code(identifier))


_FEW_SETS = 10
"""Up to this number, option sets are searched one by one."""


def _code(name: str) -> tuple[docutils_nodes.Node, ...]:
    return (docutils_nodes.literal(name, name, classes=["option"]),)


def names_in(references: Iterable[nodes.Reference]) -> set[str]:
    """Return the names of options and the identifiers that references are written with."""
    return {
        _written(reference)
        for reference in references
        if not isinstance(reference, nodes.manpage_reference)
    }


def _written(reference: nodes.TargetReference) -> str:
    """Return the name of an option, or the identifier, that a reference is written with."""
    if isinstance(reference, nodes.option_reference):
        return reference.astext()
    target: str = reference["target"]
    return target


class Resolver:
    """Resolves references: finds the identifiers that they mean."""

    def __init__(
        self,
        targets: TargetTable,
        sets: Sequence[tuple[str, OptionIndex]],
        own: OptionIndex | None = None,
        *,
        searched: str = "this set",
        externals: Mapping[str, ExternalOption] = {},
    ) -> None:
        """Make a resolver for the references of some texts.

        Args:
            targets: the targets of the manual.
            sets: prefix of the identifiers, and options, of each option set.
            own: the options of the set that the texts belong to, which take precedence.
            searched: what is searched for options, for messages: the manual, or the set.
            externals: what references to options of other sites are written with.
        """
        self._targets = targets
        self._sets = sets
        self._own = own
        self._searched = searched
        self._externals = externals

    def identifier(self, reference: nodes.TargetReference) -> str | None:
        """Return the identifier that a reference means; None where nothing has it."""
        if isinstance(reference, nodes.option_reference):
            return self.option(reference.astext())
        target: str = reference["target"]
        if target in self._targets:
            return target
        for prefix, options in self._sets:
            if target.startswith(prefix):
                identifier = options.identifier(target[len(prefix) :])
                if identifier:
                    return identifier
        return None

    def option(self, name: str) -> str | None:
        """Return the identifier of the option that a name means; None if there is none."""
        return self._option(name)[0]

    def _option(self, name: str) -> tuple[str | None, str | None]:
        """Return the identifier of an option, and its name if that is another than the given one."""
        own = [self._own] if self._own is not None else []
        indices = [*own, *(options for _, options in self._sets)]
        for options in indices:
            identifier = options.identifier(name)
            if identifier is not None:
                # An alias stands for another option.
                new_name = options.new_name(name)
                return identifier if new_name is None else options.identifier(new_name), new_name
        for options in indices:
            new_name = options.new_name(name)
            if new_name is not None:
                return options.identifier(new_name), new_name
        return None, None

    def diagnose(self, references: Iterable[nodes.Reference]) -> list[Diagnostic]:
        """Return a diagnostic for each reference whose target does not exist, or was renamed."""
        found = []
        for reference in references:
            if isinstance(reference, nodes.manpage_reference):
                continue
            if isinstance(reference, nodes.option_reference):
                identifier, new_name = self._option(reference.astext())
                if identifier is not None and new_name is not None:
                    found.append(_renamed(reference, new_name))
            else:
                identifier = self.identifier(reference)
            if identifier is None and _written(reference) not in self._externals:
                found.append(self._diagnostic(reference))
        return found

    def _diagnostic(self, reference: nodes.TargetReference) -> Diagnostic:
        if isinstance(reference, nodes.option_reference):
            name = reference.astext()
            return Diagnostic(
                code=Code.UNKNOWN_OPTION,
                message=f"{self._searched} has no option `{name}`",
                **_span(reference, name),
                help="correct the name, or write it as code if it is an option of another set",
            )
        target = reference["target"]
        return Diagnostic(
            code=Code.DANGLING_REFERENCE,
            message=f"nothing has the identifier `{target}`",
            **_span(reference, target),
            help=self._likely(target),
        )

    def _likely(self, target: str) -> str:
        likely = self._targets.similar.nearest(target, 0.75)
        if likely is not None:
            return f"write (#{likely}), if that is meant, or the text without a link"
        return "correct the identifier, or write the text without a link"


def _renamed(reference: nodes.option_reference, new_name: str) -> Diagnostic:
    name = reference.astext()
    return Diagnostic(
        code=Code.RENAMED_OPTION,
        message=f"the option `{name}` is called `{new_name}` now, and the reference leads there",
        **_span(reference, name),
        help=f"write {{option}}`{new_name}`",
    )


def _span(reference: nodes.Reference, written: str) -> dict[str, Any]:
    """Return the fields of a diagnostic that say where a reference is in its text.

    DocBook's parser does not know that: the excerpt is the target, as written.
    """
    span = reference.get("place")
    return {"excerpt": written} if span is None else span._asdict()


def unknown_option(diagnostic: Diagnostic) -> str | None:
    """Return the name that a reference to an option has, which no option has; else None.

    Args:
        diagnostic: one that :meth:`Resolver.diagnose` has returned.
    """
    if diagnostic.code is not Code.UNKNOWN_OPTION:
        return None
    return diagnostic.message.partition(" has no option `")[2].removesuffix("`")


class PageLinks:
    """The links of a page, or of all pages of a folder, which write addresses alike.

    Implements :class:`manualgen.markup.links.Links`.
    """

    def __init__(
        self,
        resolver: Resolver,
        targets: TargetTable,
        address: Callable[[str], str | None],
        manpage_urls: Mapping[str, str],
        externals: Mapping[str, ExternalOption] = {},
    ) -> None:
        """Make the links of a page.

        Args:
            resolver: finds the identifiers that references mean.
            targets: the targets of the manual.
            address: identifier → its address, relative to the page, or None.
            manpage_urls: ``name(section)`` → URL.
            externals: what references are written with → the option of another site that they
                lead to, if nothing in the manual has that name or identifier.
        """
        self._resolver = resolver
        self._targets = targets
        self._address = address
        self._manpage_urls = manpage_urls
        self._externals = externals

    def target(self, reference: nodes.TargetReference) -> Target | None:
        """Return the target of a reference; None where it does not exist."""
        identifier = self._resolver.identifier(reference)
        if identifier is not None:
            return self._targets[identifier]
        external = self._externals.get(_written(reference)) if self._externals else None
        # Addresses are found by identifiers, and the manual's own take precedence.
        if external is None or external.id in self._targets:
            return None
        return Target(external.id, "option", _code(external.name), external.site)

    def named(self, name: str) -> tuple[Target | None, Target | None]:
        """Return the option that a name means, and the target with it as its identifier.

        Args:
            name: what a reference is written with.
        """
        return (
            self.target(nodes.option_reference(name, name)),
            self.target(nodes.cross_reference("", target=name)),
        )

    def href(self, target: Target) -> str | None:
        """Return the address of a target, relative to the page, or None."""
        return self._address(target.id)

    def manpage(self, name: str) -> str | None:
        """Return the URL of a man page, if one is known and safe to link to.

        Args:
            name: ``name(section)``.
        """
        url = self._manpage_urls.get(name)
        return url if url and is_safe(url) else None
