"""The options of a manual, or of one of its sets: in order, with their identifiers.

All formats share a catalog. A text is parsed when a writer first needs it, and only once,
however many formats and pages show it.
"""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Mapping  # noqa: TC003 - msgspec evaluates annotations
from pathlib import Path  # noqa: TC003 - likewise
from typing import TYPE_CHECKING

import msgspec

from manualgen.book.references import OptionIndex
from manualgen.errors import Code, Diagnostic, Severity
from manualgen.markup.option import Sections
from manualgen.markup.reader import Reader
from manualgen.options import tree
from manualgen.options.declarations import Declarations, Source
from manualgen.options.model import Markup, Option, Text, identifier
from manualgen.options.renames import alias_target
from manualgen.options.submodules import Submodule, groups, submodules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from manualgen.book.references import Resolver
    from manualgen.markup.parsed import Parsed
    from manualgen.options.reading import OptionSet


class OptionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the options of a manual are read and shown, in every format.

    Attributes:
        sources: the source trees of declarations.
        revision: the tag, branch or commit in links to declarations.
        manpage_urls: ``name(section)`` → URL.
        description_format: the markup of texts that do not state theirs.
        hidden_lists: whether plain lines that are laid out as lists become lists.
        history: name of an earlier release → its option set.
    """

    sources: tuple[Source, ...] = ()
    revision: str = ""
    manpage_urls: Mapping[str, str] = {}
    description_format: Markup = Markup.AUTO
    hidden_lists: bool = True
    history: Mapping[str, Path] = {}


class OptionCatalog:
    """Options in order, with their identifiers.

    Attributes:
        settings: how they are read and shown.
        prefix: the prefix of their identifiers.
        options: the options, in order.
        ids: the identifier of each.
        positions: identifier → index of its option.
        anchors: identifier → index of the option whose description defines it, or that had it
            before it was renamed.
        aliases: name of an option that is an alias, as ``mkRenamedOptionModule`` makes it → the
            name of the option that it stands for.
        old_ids: name of a renamed option → the identifiers that it had before, if nothing has
            them now.
        diagnostics: what is wrong with the set as a whole.
    """

    def __init__(
        self,
        sets: Iterable[OptionSet],
        settings: OptionSettings,
        prefix: str = "opt-",
        parsed: dict[Text, Parsed] | None = None,
    ) -> None:
        """Make a catalog.

        Args:
            sets: option sets; the catalog has all their options.
            settings: how they are read and shown.
            prefix: the prefix of their identifiers.
            parsed: texts of the sets that have been parsed already, with the same settings; what
                is parsed here is added.
        """
        option_sets = list(sets)
        self.settings = settings
        self.prefix = prefix
        self.options: list[Option] = tree.ordered(
            option for option_set in option_sets for option in option_set.options
        )
        self._of_releases: list[Diagnostic] = []
        if settings.history:
            self.options, self._of_releases = _with_history(self.options, settings.history)
        self.ids = tree.identifiers(self.options, prefix)
        self.positions = {name: index for index, name in enumerate(self.ids)}
        self._parsed = {} if parsed is None else parsed
        self._look_at_texts(option_sets)

    def _look_at_texts(self, sets: Iterable[OptionSet]) -> None:
        """Find out what depends on more than the names of the options."""
        self.diagnostics: list[Diagnostic] = [
            diagnostic for option_set in sets for diagnostic in option_set.diagnostics
        ]
        self.diagnostics += self._of_releases
        self._reader = Reader.of(
            self.options,
            self.settings.description_format,
            find_hidden_lists=self.settings.hidden_lists,
        )
        self.aliases = _aliases(self.options)
        self._check_identifiers()
        self.anchors = self._anchors()
        self.old_ids = self._add_old_identifiers()

    def updated(self, sets: Iterable[OptionSet]) -> OptionCatalog | None:
        """Return the catalog of changed sets, with what it has in common with this one.

        Args:
            sets: option sets.

        Returns:
            None if the options have other names or paths than those of this catalog, or a history,
            which is that of all of them together.
        """
        if self.settings.history:
            return None
        option_sets = list(sets)
        named = {option.name: option for entry in option_sets for option in entry.options}
        if not len(named) == len(self.options) == sum(len(one.options) for one in option_sets):
            return None
        options = []
        for old in self.options:
            option = named.get(old.name)
            if option is None or (option is not old and option.loc != old.loc):
                return None
            options.append(option)
        result = copy.copy(self)
        result.options = options
        result.__dict__.pop("may_have_footnotes", None)
        result._look_at_texts(option_sets)  # noqa: SLF001 - of this class
        if result.aliases != self.aliases:
            result.__dict__.pop("index", None)
        return None if result.is_docbook != self.is_docbook else result

    @property
    def is_docbook(self) -> bool:
        """Whether texts without any evidence of their form are read as in DocBook."""
        return self._reader.docbook_set

    @functools.cached_property
    def index(self) -> OptionIndex:
        """The options by name."""
        return OptionIndex(
            (
                (option.name, option.loc, name)
                for option, name in zip(self.options, self.ids, strict=True)
            ),
            self._old_names() | self.aliases,
        )

    def _old_names(self) -> dict[str, str]:
        """Return old name → name, of options whose history has one that no option has now."""
        return {
            old: option.name
            for option in self.options
            if option.history is not None
            for old in option.history.old_names
        }

    @functools.cached_property
    def pages(self) -> list[tree.Page]:
        """The pages that the options would be split into, as :func:`tree.pages` returns them."""
        return tree.pages(self.options)

    @functools.cached_property
    def submodules(self) -> dict[int, Submodule]:
        """The options below others, as :func:`submodules` returns them."""
        return submodules(self.options)

    @functools.cached_property
    def groups(self) -> list[range]:
        """The options that a page of all of them lays out together, as :func:`groups` returns them."""
        return groups(len(self.options), self.submodules)

    @functools.cached_property
    def may_have_footnotes(self) -> bool:
        """Whether a text of an option may define a footnote."""
        return any(
            text is not None and "[^" in text.text
            for option in self.options
            for text in (
                option.description,
                option.default,
                option.example,
                option.related_packages,
            )
        )

    def sections(self, resolver: Resolver) -> Sections:
        """Return the factory of the options' sections.

        Args:
            resolver: diagnoses their references.
        """
        declarations = Declarations(self.settings.sources, self.settings.revision)
        return Sections(self._reader, declarations, resolver.diagnose, self._parsed, self.old_ids)

    def _check_identifiers(self) -> None:
        for option, name in zip(self.options, self.ids, strict=True):
            plain = len(option.name) + len(self.prefix)
            if len(name) != plain and name != identifier(option.name, self.prefix):
                self.diagnostics.append(
                    Diagnostic(
                        code=Code.DUPLICATE_ID,
                        message=f"another option has the same identifier; this one gets `{name}`",
                        option=option.name,
                        declarations=option.declared_in,
                        help="give one of the two another name",
                    )
                )

    def _add_old_identifiers(self) -> dict[str, list[str]]:
        """Add the identifiers that renamed options had before to the anchors.

        Returns:
            The name of each renamed option, and its old identifiers that nothing else has.
        """
        old_ids: dict[str, list[str]] = {}
        for index, option in enumerate(self.options):
            for name in option.history.old_names if option.history is not None else ():
                old_id = identifier(name, self.prefix)
                if old_id not in self.positions and old_id not in self.anchors:
                    self.anchors[old_id] = index
                    old_ids.setdefault(option.name, []).append(old_id)
        return old_ids

    @functools.cached_property
    def renamed(self) -> dict[str, str]:
        """Identifier that a renamed option had before → its name now."""
        return {old_id: name for name, old_ids in self.old_ids.items() for old_id in old_ids}

    def _anchors(self) -> dict[str, int]:
        anchors: dict[str, int] = {}
        taken = set(self.ids)
        seen: set[str] = set()
        for index, option in enumerate(self.options):
            # Anchors are rare, so few texts are parsed here.
            text = option.description
            if text is None or not _may_define(text.text) or text.text in seen:
                continue
            seen.add(text.text)
            parsed = self._parsed.get(text) or self._reader.parse(text)
            self._parsed[text] = parsed
            for anchor in parsed.anchors:
                if anchor not in taken:
                    taken.add(anchor)
                    anchors[anchor] = index
                    continue
                self.diagnostics.append(
                    Diagnostic(
                        code=Code.DUPLICATE_ID,
                        message=f"the identifier `{anchor}` exists already; this one has no effect",
                        option=option.name,
                        declarations=option.declared_in,
                        part="description",
                        excerpt=f"{{#{anchor}}}",
                        help="write another identifier",
                    )
                )
        return anchors


def _with_history(
    options: list[Option], releases: Mapping[str, Path]
) -> tuple[list[Option], list[Diagnostic]]:
    """Return options with their history, and what is wrong with the sets of releases.

    Raises:
        ManualError: if the option set of a release cannot be read.
    """
    # Few manuals name earlier releases.
    from manualgen.options import history, reading  # noqa: PLC0415

    sets = {name: reading.read(str(path)) for name, path in releases.items()}
    diagnostics = []
    for name, one in sets.items():
        errors = [found for found in one.diagnostics if found.severity is Severity.ERROR]
        if errors:
            # The release has been published; what it lacks is missing in the history alone.
            count = f"{len(errors):,} record{'' if len(errors) == 1 else 's'}"
            message = f"release {name} has {count} that cannot be read as it stands"
            diagnostics.append(
                msgspec.structs.replace(
                    errors[0],
                    message=f"{message}; the first: {errors[0].message}",
                    severity=Severity.WARNING,
                    file=errors[0].file or str(releases[name]),
                )
            )
    found = history.with_history(options, {name: one.options for name, one in sets.items()})
    return found, diagnostics


def _aliases(options: Sequence[Option]) -> dict[str, str]:
    found = {
        option.name: name
        for option in options
        if option.description is not None
        and "Alias of" in option.description.text
        and (name := alias_target(option)) is not None
    }
    if not found:
        return {}
    names = {option.name for option in options}
    return {name: target for name, target in found.items() if target in names}


def _may_define(text: str) -> bool:
    """Return whether a text may define an anchor: ``[]{#id}``, ``{.note #id}`` or ``id="…"``."""
    return "id=" in text or ("#" in text and _ATTRIBUTES.search(text) is not None)


_ATTRIBUTES = re.compile(r"\{[^{}]*#")
