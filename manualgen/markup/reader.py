"""A text of an option → blocks, by the parser of its markup; hidden lists included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.errors import Code, Diagnostic
from manualgen.markup import description, detect, hidden_lists
from manualgen.options.model import Markup, Option, Text, with_line_feeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from manualgen.markup.parsed import Parsed


class Reader:
    """Reads the texts of a set of options."""

    def __init__(
        self, is_docbook: Callable[[str], bool], *, find_hidden_lists: bool = True
    ) -> None:
        """Prepare to read texts.

        Args:
            is_docbook: whether a text that does not state its markup is DocBook.
            find_hidden_lists: whether lists that plain lines hide become lists.
        """
        self._is_docbook = is_docbook
        self._find_hidden_lists = find_hidden_lists

    @classmethod
    def of(
        cls,
        options: Iterable[Option],
        description_format: Markup = Markup.AUTO,
        *,
        find_hidden_lists: bool = True,
    ) -> Reader:
        """Return a reader for the texts of a set of options.

        Args:
            options: the whole set, which decides how its plain descriptions are read.
            description_format: the markup of all texts that do not state theirs;
                ``AUTO`` detects it.
            find_hidden_lists: whether lists that plain lines hide become lists.
        """
        if description_format is Markup.AUTO:
            is_docbook = detect.reads_as_docbook(
                option.description.text
                for option in options
                if option.description is not None and option.description.markup is Markup.AUTO
            )
        else:
            forced = description_format is Markup.DOCBOOK
            is_docbook = lambda _text: forced  # noqa: E731 - it is one line
        return cls(is_docbook, find_hidden_lists=find_hidden_lists)

    def parse(self, text: Text) -> Parsed:
        """Return a text as blocks. Never raises for any text."""
        source = with_line_feeds(text.text)
        if text.markup is Markup.DOCBOOK or (
            text.markup is Markup.AUTO and self._is_docbook(source)
        ):
            # Few sets have any DocBook, and its XML parser is slow to import.
            from manualgen.markup import docbook  # noqa: PLC0415

            parsed = docbook.parse(source)
        else:
            parsed = description.parse(source)
        # A hidden list has two lines at least.
        if self._find_hidden_lists and source.find("\n", 0, -1) >= 0:
            recovered = hidden_lists.recover(parsed.blocks)
            if recovered:
                parsed.diagnostics.extend(_hint(entry, source) for entry in recovered)
        return parsed


def _hint(recovered: hidden_lists.Recovered, text: str) -> Diagnostic:
    """Return the diagnostic of a hidden list, with the explicit markup for it."""
    first_line = recovered.source.strip()
    lines = text.split("\n")
    number = next((index for index, line in enumerate(lines) if first_line in line), None)
    return Diagnostic(
        code=Code.HIDDEN_LIST,
        message="lines that read as a list are shown as one, though the markup does not say so",
        line=None if number is None else number + 1,
        column=None if number is None else lines[number].index(first_line) + 1,
        excerpt=recovered.source if number is None else lines[number],
        width=len(first_line),
        help=f"write\n{recovered.markup}",
    )
