"""Rules for single options, beyond what rendering finds wrong with their texts.

Each rule is a function: an option → its diagnostics. :data:`RULES` is the table of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.errors import Code, Diagnostic
from manualgen.lint import blanks, docbook_blocks
from manualgen.markup.structure import visible_text
from manualgen.options import nix
from manualgen.options.model import Markup, Option, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from manualgen.markup.parsed import Parsed


class Subject(msgspec.Struct, frozen=True):
    """An option that rules look at.

    Attributes:
        option: the option.
        parse: returns a text of it as blocks.
    """

    option: Option
    parse: Callable[[Text], Parsed]

    def finding(
        self, code: Code, message: str, part: str, help_text: str, **place: Any
    ) -> Diagnostic:
        """Return a diagnostic about a part of the option.

        Args:
            code: the code.
            message: what is wrong.
            part: the part of the option.
            help_text: what to write instead.
            **place: line, column, excerpt and width, where they are known.
        """
        option = self.option
        return Diagnostic(
            code=code,
            message=message,
            option=option.name,
            declarations=option.declared_in,
            part=part,
            help=help_text,
            **place,
        )

    def texts(self) -> Iterator[tuple[str, Text]]:
        """Yield the texts with markup, each with the part of the option that it is."""
        option = self.option
        for part, text in (
            ("description", option.description),
            ("default", option.default),
            ("example", option.example),
            ("related-packages", option.related_packages),
        ):
            if text is not None and not is_code(part, text):
                yield part, text


Rule = "Callable[[Subject], Iterable[Diagnostic]]"


def is_code(part: str, text: Text) -> bool:
    """Return whether a text of an option is a Nix expression.

    Args:
        part: the part of the option.
        text: the text.
    """
    return part in {"default", "example"} and text.markup in {Markup.NIX, Markup.AUTO}


def _empty_description(subject: Subject) -> Iterable[Diagnostic]:
    description = subject.option.description
    if description is None:
        return  # Rendering reports that.
    if not description.text.strip() or not any(
        visible_text(block).strip() or _shows_something(block)
        for block in subject.parse(description).blocks
    ):
        yield subject.finding(
            Code.NO_DESCRIPTION,
            "the description is empty",
            "description",
            'write `description = "…";`, one sentence on what it is for',
        )


def _shows_something(block: docutils_nodes.Node) -> bool:
    return any(block.findall(docutils_nodes.image)) or any(block.findall(docutils_nodes.reference))


_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ARTICLES = frozenset({"a", "an", "the"})


def words(text: str) -> list[str]:
    """Return the words of a name or a text in lower case, those of camel case apart."""
    return [word.lower() for word in _WORD.findall(_HUMP.sub(" ", text))]


def _repeats_name(subject: Subject) -> Iterable[Diagnostic]:
    description = subject.option.description
    if description is None or len(description.text) > _LONGEST_NAME:
        return
    shown = description.text
    # Markup and articles are not many words; what says more need not be parsed again.
    if not _ONLY_WORDS.fullmatch(shown) and len(words(shown)) <= len(subject.option.loc) + 9:
        shown = " ".join(visible_text(block) for block in subject.parse(description).blocks)
    said = [word for word in words(shown) if word not in _ARTICLES]
    if said[-1:] == ["option"] and len(said) > 1:
        del said[-1]
    if not said:
        return
    name = words(" ".join(subject.option.loc[-_MOST_WORDS:]))[-_MOST_WORDS:]
    # "".join, so that `fooBar`, `foobar` and "foo bar" are the same.
    if any("".join(said) == "".join(name[start:]) for start in range(len(name))):
        text = description.text.strip()
        yield subject.finding(
            Code.REPEATS_NAME,
            "the description only repeats the name of the option",
            "description",
            "write what the option is for, or what its value does",
            line=1,
            excerpt=description.text.split("\n")[0],
            column=max(0, description.text.split("\n")[0].find(text)) + 1,
            width=len(text.split("\n")[0]),
        )


_MOST_WORDS = 60
_LONGEST_NAME = 300
"""Longer descriptions say more than a name does."""

_ONLY_WORDS = re.compile(r"[\w\s.,:-]*")
"""Matches texts without markup."""

_UNSPECIFIED = re.compile(r"\bunspecified\b")
_VALUES = re.compile(r'"(?:[^"\\]|\\.)*"|\bmatching the pattern .*', re.DOTALL)
"""Matches what stands in the description of a type for values, not for types."""


def _unspecified_type(subject: Subject) -> Iterable[Diagnostic]:
    shown = subject.option.type
    if shown and not _UNSPECIFIED.search(_VALUES.sub("", shown)):
        return
    yield subject.finding(
        Code.UNSPECIFIED_TYPE,
        f"the type is `{shown}`" if shown else "the option has no type",
        "type",
        "declare the option with the type of its values; `types.anything` or `types.raw` if any"
        " value will do",
        excerpt=shown,
    )


def _example_is_default(subject: Subject) -> Iterable[Diagnostic]:
    example, default = subject.option.example, subject.option.default
    if example is None or default is None:
        return
    # Most differ in more than white space.
    if "".join(example.text.split()) != "".join(default.text.split()):
        return
    if _folded(example) != _folded(default):
        return
    if example.text.strip() in _BOOLEANS:
        return  # `mkEnableOption` gives every option the example `true`.
    yield subject.finding(
        Code.EXAMPLE_IS_DEFAULT,
        "the example is the default",
        "example",
        "show another value, one that somebody would set; or leave the example out",
        excerpt=example.text.split("\n")[0],
        line=1,
        column=1,
        width=len(example.text.split("\n")[0]),
    )


_BOOLEANS = frozenset({"true", "false"})


def _folded(text: Text) -> str:
    """Return a text without the white space that means nothing."""
    if is_code("default", text):
        return nix.without_layout(text.text)
    return " ".join(text.text.split())


def _blanks_in_code(subject: Subject) -> Iterable[Diagnostic]:
    option = subject.option
    for part, text in subject.texts():
        if "\t" in text.text or blanks.may_trail(text.text):
            blocks = subject.parse(text).blocks
            for found in blanks.in_blocks(blocks, text.text.split("\n")):
                yield found.within(option.name, option.declared_in, part)
    for part, value in (("default", option.default), ("example", option.example)):
        if value is not None and is_code(part, value):
            for found in blanks.in_code(value.text.rstrip().split("\n")):
                yield found.within(option.name, option.declared_in, part)


def _tags_of_blocks(subject: Subject) -> Iterable[Diagnostic]:
    option = subject.option
    for part, text in subject.texts():
        if text.markup is not Markup.DOCBOOK and "</" in text.text:
            found = docbook_blocks.shown(subject.parse(text).blocks, text.text)
            if found is not None:
                yield found.within(option.name, option.declared_in, part)


RULES = (
    _empty_description,
    _repeats_name,
    _unspecified_type,
    _example_is_default,
    _blanks_in_code,
    _tags_of_blocks,
)
"""The rules for single options, in the order in which their findings are reported."""
