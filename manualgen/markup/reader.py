"""A text of an option → blocks, by whichever parser it is for; hidden lists included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.errors import Code, Diagnostic
from manualgen.markup import description, detect, hidden_lists
from manualgen.options.model import Markup, Option, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from manualgen.markup.parsed import Parsed


class Reader:
    """Reads the texts of a set of options."""

    def __init__(
        self, is_docbook: Callable[[str], bool], *, find_hidden_lists: bool = True
    ) -> None:
        """Take which texts of no stated form are DocBook, and whether to look for hidden lists."""
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
        """Return what reads the texts of these options.

        Args:
            options: the whole set: it tells how its plain descriptions are meant.
            description_format: the form of all texts that do not state one;
                ``AUTO`` judges by their content.
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
        if text.markup is Markup.DOCBOOK or (
            text.markup is Markup.AUTO and self._is_docbook(text.text)
        ):
            # Few sets have any DocBook, and its XML parser is slow to import.
            from manualgen.markup import docbook  # noqa: PLC0415

            parsed = docbook.parse(text.text)
        else:
            parsed = description.parse(text.text)
        # Lines that are a list are two at the least.
        source = text.text
        if self._find_hidden_lists and (source.find("\n", 0, -1) >= 0 or "\r" in source):
            found = hidden_lists.recover(parsed.blocks)
            if found:
                parsed.diagnostics.extend(_hint(recovered, text.text) for recovered in found)
        return parsed


def _hint(recovered: hidden_lists.Recovered, text: str) -> Diagnostic:
    """Return what tells the author of a list how to write it so that it is one."""
    wanted = recovered.source.strip()
    lines = text.split("\n")
    number = next((index for index, line in enumerate(lines) if wanted in line), None)
    return Diagnostic(
        code=Code.HIDDEN_LIST,
        message="lines that read as a list are shown as one, though the markup does not say so",
        line=None if number is None else number + 1,
        column=None if number is None else lines[number].index(wanted) + 1,
        excerpt=recovered.source if number is None else lines[number],
        width=len(wanted),
        help=f"write\n{recovered.markup}",
    )
