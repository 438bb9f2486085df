"""What is compared: two option sets, or the option sets and chapters of two manuals."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import msgspec

from manualgen.book.catalog import OptionSettings
from manualgen.markup.reader import Reader
from manualgen.markup.structure import fold
from manualgen.options.declarations import Declarations
from manualgen.options.model import Markup
from manualgen.options.reading import OptionSet
from manualgen.writers.html import HtmlWriter
from manualgen.writers.plain import PlainWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from manualgen.book.manual import Manual
    from manualgen.markup.links import Links
    from manualgen.markup.parsed import Parsed
    from manualgen.options.model import Option, Text

_CODE = frozenset({Markup.NIX, Markup.AUTO})


class Rendered(msgspec.Struct, frozen=True):
    """A text as readers see it.

    Attributes:
        plain: its text alone.
        html: its text with its formatting, on one line.
    """

    plain: str
    html: str


class ComparedTexts:
    """Shows the texts of the options of one set."""

    def __init__(
        self,
        options: Sequence[Option],
        settings: OptionSettings,
        parse: Callable[[Text], Parsed] | None = None,
        links: Links | None = None,
    ) -> None:
        """Prepare to show texts.

        Args:
            options: the options of the set.
            settings: how they are read and shown.
            parse: what parses their texts; None for a reader of its own.
            links: what their references lead to.
        """
        self._options = options
        self._settings = settings
        self._parse = parse
        self._plain = PlainWriter(links)
        self._html = HtmlWriter(links)
        self._declarations = Declarations(settings.sources, settings.revision)
        self._rendered: dict[Text, Rendered] = {}

    @functools.cached_property
    def _parser(self) -> Callable[[Text], Parsed]:
        return (
            self._parse
            or Reader.of(
                self._options,
                self._settings.description_format,
                find_hidden_lists=self._settings.hidden_lists,
            ).parse
        )

    def rendered(self, text: Text) -> Rendered:
        """Return a text as readers see it.

        Args:
            text: a text of an option of the set.
        """
        known = self._rendered.get(text)
        if known is None:
            blocks = self._parser(text).blocks
            # Where a line of the source ends does not show; in code, the plain text tells.
            known = Rendered(self._plain.blocks(blocks), fold(self._html.chapter(blocks)))
            self._rendered[text] = known
        return known

    def value(self, text: Text) -> Rendered:
        """Return a default or an example as readers see it: code as it stands.

        Args:
            text: the value.
        """
        if text.markup in _CODE:
            code = text.text.strip()
            return Rendered(code, code)
        return self.rendered(text)

    def declared(self, option: Option) -> str:
        """Return the files that declare an option, one a line."""
        return "\n".join(self._declarations.shown(one)[0] for one in option.declarations)

    def module(self, option: Option) -> str:
        """Return the file that declares an option; the start of its name if that is not known."""
        if option.declarations:
            return self._declarations.shown(option.declarations[0])[0].strip("<>")
        return ".".join(option.loc[: max(1, min(2, len(option.loc) - 1))])


class ComparedSet:
    """The options whose identifiers have one prefix.

    Attributes:
        prefix: the prefix of their identifiers.
        options: the options.
    """

    def __init__(
        self, prefix: str, members: Sequence[tuple[Sequence[Option], ComparedTexts]] = ()
    ) -> None:
        """Make a set of several.

        Args:
            prefix: the prefix of their identifiers.
            members: the options of each, and what shows their texts.
        """
        self.prefix = prefix
        self.options = tuple(option for options, _ in members for option in options)
        self._members = members
        self._texts = (
            {option.name: texts for options, texts in members for option in options}
            if len(members) > 1
            else {}
        )

    def texts(self, option: Option) -> ComparedTexts:
        """Return what shows the texts of an option of the set."""
        return self._texts.get(option.name) or self._members[0][1]


class Side:
    """One of two things that are compared.

    Attributes:
        name: what it is called in reports.
        sets: its option sets.
        manual: the manual that these are of; None for an option set alone.
    """

    def __init__(
        self, name: str, sets: tuple[ComparedSet, ...], manual: Manual | None = None
    ) -> None:
        """Make a side of a comparison.

        Args:
            name: what it is called in reports.
            sets: its option sets.
            manual: the manual that these are of, if it has chapters.
        """
        self.name = name
        self.sets = sets
        self.manual = manual

    @property
    def count(self) -> int:
        """The number of its options."""
        return sum(len(one.options) for one in self.sets)


def side_of(
    compared: OptionSet | Manual, name: str, settings: OptionSettings | None = None
) -> Side:
    """Return an option set or a manual as a side of a comparison.

    Args:
        compared: the option set or the manual.
        name: what it is called in reports.
        settings: how the options of an option set are read and shown; a manual has its own.
    """
    if isinstance(compared, OptionSet):
        texts = ComparedTexts(compared.options, settings or OptionSettings())
        return Side(name, (ComparedSet("opt-", [(compared.options, texts)]),))
    members: dict[str, dict[object, tuple[Sequence[Option], ComparedTexts]]] = {}
    for included in compared.sets:
        catalog = included.catalog
        texts = ComparedTexts(
            catalog.options,
            catalog.settings,
            included.sections.parse,
            compared.links(lambda _: None, included),
        )
        path = included.source.path if included.source is not None else None
        # A set that is included twice with one prefix counts once.
        members.setdefault(catalog.prefix, {})[path] = (catalog.options, texts)
    sets = tuple(ComparedSet(prefix, list(each.values())) for prefix, each in members.items())
    return Side(name, sets, compared if compared.outline is not None else None)
