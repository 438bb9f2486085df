"""An option → its section of the doctree.

A section is an ``option`` node: the description, then the facts in the order of
the NixOS manual: type, default, example, related packages, declared in, defined in. After
them comes the option's history, if earlier releases are known.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from docutils import nodes as docutils_nodes

from manualgen.errors import Code, Diagnostic
from manualgen.markup import nodes
from manualgen.markup.history import paragraph
from manualgen.markup.parsed import adopt
from manualgen.options.model import Markup, Option, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from manualgen.markup.parsed import Parsed
    from manualgen.markup.reader import Reader
    from manualgen.options.declarations import Declarations
    from manualgen.options.model import Declaration, OptionHistory

    Diagnose = Callable[[Iterable[nodes.Reference]], list[Diagnostic]]


class _ReadText(NamedTuple):
    """A text that has been read.

    Attributes:
        parsed: its blocks.
        diagnostics: what is wrong with it, references that lead nowhere included.
        nodes: the description, or the fact of each name, whose text it is.
    """

    parsed: Parsed
    diagnostics: list[Diagnostic]
    nodes: dict[str, docutils_nodes.Element]


class Sections:
    """Makes the sections of options.

    Many facts are equal (``boolean``, ``null``, ``[ ]``), and so are the descriptions of many
    options. Equal parts are made once, and sections share their nodes, whose ``parent`` is
    then any one of the sections. Writers only read them; to change a section, make a deep copy
    first.

    Attributes:
        diagnostics: what is wrong with the options so far, in their order.
        references: the references in the texts of the options so far.
    """

    def __init__(
        self,
        reader: Reader,
        declarations: Declarations,
        diagnose: Diagnose,
        known: dict[Text, Parsed] | None = None,
        old_ids: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Prepare to make sections.

        Args:
            reader: reads the texts of the options.
            declarations: shows declarations.
            diagnose: references → a diagnostic for each that leads nowhere.
            known: texts that have been parsed already; what is parsed is added.
            old_ids: name of a renamed option → the identifiers that it had before.
        """
        self._reader = reader
        self._declarations = declarations
        self._diagnose = diagnose
        self._known = {} if known is None else known
        self._old_ids = {} if old_ids is None else old_ids
        self._read: dict[Text, _ReadText] = {}
        self._shared: dict[tuple[str, object], docutils_nodes.Element] = {}
        self.diagnostics: list[Diagnostic] = []
        self.references: list[nodes.Reference] = []

    def section(self, option: Option, identifier: str) -> nodes.option:
        """Return the section of an option; its problems are added to the diagnostics.

        Args:
            option: the option.
            identifier: its public identifier.
        """
        section = nodes.option(name=option.name, ids=[identifier], read_only=option.read_only)
        children = section.children
        if option.description is not None:
            children.append(self._prose(option, "description", option.description))
        else:
            self.diagnostics.append(_undescribed(option))
        if option.type:
            children.append(self._code("type", option.type, "text"))
        if option.default is not None:
            children.append(self._value(option, "default", option.default))
        if option.example is not None:
            children.append(self._value(option, "example", option.example))
        if option.related_packages is not None:
            children.append(self._prose(option, "related-packages", option.related_packages))
        if option.declarations:
            children.append(self._declared("declared-in", option.declarations))
        if option.definitions:
            children.append(self._declared("defined-in", option.definitions))
        if option.history is not None:
            children.append(self._history(option, option.history))
        return section

    def take_diagnostics(self) -> list[Diagnostic]:
        """Return the diagnostics since the last call, and clear them."""
        diagnostics = self.diagnostics
        self.diagnostics = []
        return diagnostics

    def take_references(self) -> list[nodes.Reference]:
        """Return the references in the texts of the options since the last call."""
        references = self.references
        self.references = []
        return references

    def parse(self, text: Text) -> Parsed:
        """Return a text as blocks; each text is parsed once."""
        return self._reading(text).parsed

    def _reading(self, text: Text) -> _ReadText:
        """Return what is known of a text, by one look at the table of texts."""
        read = self._read.get(text)
        if read is None:
            parsed = self._known.get(text)
            if parsed is None:
                parsed = self._known[text] = self._reader.parse(text)
            diagnostics = parsed.diagnostics
            if parsed.references:
                diagnostics = [*diagnostics, *self._diagnose(parsed.references)]
            read = self._read[text] = _ReadText(parsed, diagnostics, {})
        return read

    def parse_all(self, options: Iterable[Option]) -> None:
        """Parse the texts of options, for sections that are made later."""
        for option in options:
            for text in (option.description, option.related_packages):
                if text is not None:
                    self.parse(text)
            for text in (option.default, option.example):
                if text is not None and text.markup not in _CODE:
                    self.parse(text)

    def _prose(self, option: Option, part: str, text: Text) -> docutils_nodes.Element:
        parsed, diagnostics, nodes_of_parts = self._reading(text)
        if parsed.references:
            self.references += parsed.references
        if diagnostics:
            names = option.declared_in
            self.diagnostics.extend(
                diagnostic.within(option.name, names, part) for diagnostic in diagnostics
            )
        node = nodes_of_parts.get(part)
        if node is None:
            if part == "description":
                node = nodes.option_description()
            else:
                node = nodes.option_fact(fact=part)
            # A text that several facts have is parsed once: its blocks have no parent.
            node.children.extend(parsed.blocks)
            nodes_of_parts[part] = node
        return node

    def _value(self, option: Option, part: str, text: Text) -> docutils_nodes.Element:
        if text.markup in _CODE:
            return self._code(part, text.text, "nix")
        return self._prose(option, part, text)

    def _code(self, part: str, text: str, language: str) -> docutils_nodes.Element:
        node = self._shared.get((part, text))
        if node is None:
            value = text.rstrip()
            code = nodes.option_value(value, language=language)
            adopt(code, docutils_nodes.Text(value))
            node = nodes.option_fact(fact=part)
            adopt(node, code)
            self._shared[part, text] = node
        return node

    def _history(self, option: Option, history: OptionHistory) -> docutils_nodes.Element:
        old_ids = tuple(self._old_ids.get(option.name, ()))
        node = self._shared.get(("history", (history, old_ids)))
        if node is None:
            node = nodes.option_fact(fact="history")
            node.children.append(paragraph(history, old_ids))
            self._shared["history", (history, old_ids)] = node
        return node

    def _declared(self, part: str, declarations: tuple[Declaration, ...]) -> docutils_nodes.Element:
        node = self._shared.get((part, declarations))
        if node is None:
            node = nodes.option_fact(fact=part)
            for declaration in declarations:
                text, address = self._declarations.shown(declaration)
                adopt(node, nodes.option_declaration("", text, refuri=address))
            self._shared[part, declarations] = node
        return node


_CODE = frozenset({Markup.NIX, Markup.AUTO})
"""The forms of a value that is code."""


def _undescribed(option: Option) -> Diagnostic:
    return Diagnostic(
        code=Code.NO_DESCRIPTION,
        message="the option has no description",
        option=option.name,
        declarations=option.declared_in,
        help='write `description = "…";`, one sentence on what it is for',
    )


_ENUMERATION = re.compile(r"\bone of (?:or non-empty list of )?")
_BARE_VALUE = re.compile(r"-?\d+(?:\.\d+)?|(?:null|true|false)\b|<\w+>")
_QUOTED_VALUE = re.compile(r'"(?:[^"\\]|\\.)*"|“[^“”]*”', re.DOTALL)
_AFTER_VALUE = (
    r'(?=, (?:["“<\d]|-\d|null\b|true\b|false\b|$)|\)|,?$| or | and | convertible |s\b|[\n.;])'
)
_CLOSING_QUOTE = re.compile(rf'["”]{_AFTER_VALUE}')
_ENDS = re.compile(_AFTER_VALUE)
_FEWEST_LISTED = 5
_LONGEST_ON_A_LINE = 60


def enumerated(type_text: str) -> list[str | list[str]] | None:
    """Return a type with the values that it enumerates taken apart.

    ``list of (one of "a", "b")`` → ``["list of (one of ", ['"a"', '"b"'], ")"]``. Nixpkgs puts
    the text of a value between quotes as it is, so a quote ends a value where what follows
    can follow a value.

    Args:
        type_text: the description of a type.

    Returns:
        Text and lists of values, in turn and beginning with a text, at any depth of the type;
        None where it names less than five values, in at most 60 characters.
    """
    if "one of " not in type_text:
        return None
    parts: list[str | list[str]] = []
    closing: list[int] | None = None
    count = length = start = position = 0
    while (found := _ENUMERATION.search(type_text, position)) is not None:
        if closing is None:
            closing = [match.end() for match in _CLOSING_QUOTE.finditer(type_text)]
        values, position = _values(type_text, found.end(), closing)
        if len(values) > 1:
            parts += (type_text[start : found.end()], values)
            count += len(values)
            length += position - found.end()
            start = position
    if count < _FEWEST_LISTED and length <= _LONGEST_ON_A_LINE:
        return None
    parts.append(type_text[start:])
    return parts


def _values(text: str, position: int, closing: list[int]) -> tuple[list[str], int]:
    """Return the values that stand in a text from a position on, and where the last ends.

    Args:
        text: the text.
        position: where the first value may begin.
        closing: the places after quotes that can end a value.
    """
    values: list[str] = []
    end = position
    while True:
        match = _BARE_VALUE.match(text, position) or _QUOTED_VALUE.match(text, position)
        if match is not None and _ENDS.match(text, match.end()):
            after = match.end()
        elif text[position : position + 1] in {'"', "“"}:
            index = bisect_right(closing, position + 1)
            if index == len(closing):
                return values, end
            after = closing[index]
        else:
            return values, end
        values.append(text[position:after])
        end = after
        if not text.startswith(", ", after):
            return values, end
        position = after + 2
