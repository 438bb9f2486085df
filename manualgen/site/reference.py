"""A reference of options, ready to be written in any format."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from manualgen.book.references import OptionIndex, References
from manualgen.errors import Code, Diagnostic
from manualgen.markup.option import Sections
from manualgen.markup.reader import Reader
from manualgen.options import tree
from manualgen.options.declarations import Declarations, Source
from manualgen.options.model import Markup, Option, identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from manualgen.markup.option import Resolve
    from manualgen.options.reading import OptionSet


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What every format of a reference is made with.

    Attributes:
        sources: the source trees that declarations lie in.
        revision: what their addresses name: a tag, a branch or a commit.
        manpage_urls: ``name(section)`` → address.
        description_format: the form of texts that do not state one.
        hidden_lists: whether lists that plain lines hide become lists.
    """

    sources: tuple[Source, ...] = ()
    revision: str = ""
    manpage_urls: Mapping[str, str] = {}
    description_format: Markup = Markup.AUTO
    hidden_lists: bool = True


class Reference:
    """Options in order, with their identifiers; what all formats share.

    Attributes:
        options: the options, ordered.
        ids: the identifier of each.
        anchors: identifier → index of the option whose description defines it.
        diagnostics: what is wrong with the set as a whole.
    """

    def __init__(self, sets: Iterable[OptionSet], settings: Settings, prefix: str = "opt-") -> None:
        """Take option sets, of which the reference holds all options.

        ``prefix`` is what their identifiers begin with.
        """
        found = list(sets)
        self.settings = settings
        self.prefix = prefix
        self.diagnostics: list[Diagnostic] = [
            diagnostic for option_set in found for diagnostic in option_set.diagnostics
        ]
        self.options: list[Option] = tree.ordered(
            option for option_set in found for option in option_set.options
        )
        self.ids = tree.identifiers(self.options, prefix)
        self._reader = Reader.of(
            self.options, settings.description_format, find_hidden_lists=settings.hidden_lists
        )
        self._positions = {name: index for index, name in enumerate(self.ids)}
        self._check_identifiers()
        self.anchors = self._anchors()

    @functools.cached_property
    def index(self) -> OptionIndex:
        """The options by name."""
        return OptionIndex(
            (option.name, option.loc, name)
            for option, name in zip(self.options, self.ids, strict=True)
        )

    @functools.cached_property
    def pages(self) -> list[tree.Page]:
        """The pages that the options would be split into, as :func:`tree.pages` returns them."""
        return tree.pages(self.options)

    def sections(self, address: Callable[[int], str], *, fragments: bool = True) -> Sections:
        """Return what makes the sections of the options, references resolved.

        Args:
            address: index of an option → address of the page it stands on.
            fragments: whether addresses go on with ``#identifier``.
        """
        references = References(
            self.index,
            _Lookup(
                self._positions | self.anchors,
                lambda name, index: f"{address(index)}#{_quoted(name)}" if fragments else name,
            ),
            _Lookup(self._positions, lambda _, index: self.options[index].name),
            self.settings.manpage_urls,
        )
        return self.resolved_by(references.resolve)

    def resolved_by(self, resolve: Resolve) -> Sections:
        """Return what makes the sections of the options, references resolved by a function."""
        declarations = Declarations(self.settings.sources, self.settings.revision)
        return Sections(self._reader, declarations, resolve)

    def _check_identifiers(self) -> None:
        for option, name in zip(self.options, self.ids, strict=True):
            plain = len(option.name) + len(self.prefix)
            if len(name) != plain and name != identifier(option.name, self.prefix):
                self.diagnostics.append(
                    Diagnostic(
                        code=Code.DUPLICATE_ID,
                        message=f"its identifier would be that of another option; it is `{name}`",
                        option=option.name,
                        declarations=option.declared_in,
                        help="give one of the two another name",
                    )
                )

    def _anchors(self) -> dict[str, int]:
        anchors: dict[str, int] = {}
        taken = set(self.ids)
        seen: set[str] = set()
        for index, option in enumerate(self.options):
            # An anchor is rare; what may hold one is parsed here once more.
            text = option.description
            if text is None or not _may_define(text.text) or text.text in seen:
                continue
            seen.add(text.text)
            for anchor in self._reader.parse(text).anchors:
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


class _Lookup(Mapping[str, str]):
    """Identifier → what a function makes of it and of its option's index, when it is asked for.

    Of twenty thousand options, a few hundred are referred to.
    """

    def __init__(self, positions: Mapping[str, int], made: Callable[[str, int], str]) -> None:
        self._positions = positions
        self._made = made

    def __getitem__(self, identifier: str) -> str:
        return self._made(identifier, self._positions[identifier])

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._positions

    def __iter__(self) -> Iterator[str]:
        return iter(self._positions)

    def __len__(self) -> int:
        return len(self._positions)


def _may_define(text: str) -> bool:
    """Return whether a text may hold an anchor: ``[]{#id}``, ``{.note #id}`` or ``id="…"``."""
    return "id=" in text or ("#" in text and _ATTRIBUTES.search(text) is not None)


_ATTRIBUTES = re.compile(r"\{[^{}]*#")


def _quoted(name: str) -> str:
    from manualgen.writers.html import fragment  # noqa: PLC0415 - writers import much more

    return fragment(name)
