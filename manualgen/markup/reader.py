"""A text of an option → blocks, by the parser of its markup; hidden lists included."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import Code, Diagnostic
from manualgen.markup import description, detect, hidden_lists
from manualgen.markup.detect import Form
from manualgen.markup.parsed import Parsed, SourceSpan, plain_paragraphs
from manualgen.options.model import Markup, Option, Text, with_line_feeds

if TYPE_CHECKING:
    from collections.abc import Iterable


class Reader:
    """Reads the texts of a set of options.

    Attributes:
        docbook_set: whether a text without any evidence of its form is read as in DocBook.
    """

    def __init__(
        self,
        description_format: Markup = Markup.AUTO,
        *,
        docbook_set: bool = False,
        find_hidden_lists: bool = True,
    ) -> None:
        """Prepare to read texts.

        Args:
            description_format: the markup of all texts that do not state theirs; ``AUTO`` detects
                that of each.
            docbook_set: whether a text without any evidence of its form is read as in DocBook.
            find_hidden_lists: whether lists that plain lines hide become lists.
        """
        self._format = description_format
        self.docbook_set = docbook_set
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
            options: the whole set, which decides how texts without evidence are read.
            description_format: the markup of all texts that do not state theirs;
                ``AUTO`` detects that of each.
            find_hidden_lists: whether lists that plain lines hide become lists.
        """
        docbook_set = description_format is Markup.AUTO and detect.set_is_docbook(
            option.description.text
            for option in options
            if option.description is not None and option.description.markup is Markup.AUTO
        )
        return cls(description_format, docbook_set=docbook_set, find_hidden_lists=find_hidden_lists)

    def parse(self, text: Text) -> Parsed:
        """Return a text as blocks. Never raises for any text."""
        source = with_line_feeds(text.text)
        parsed, is_markdown = self._parse(text.markup, source)
        # A hidden list has two lines at least.
        if self._find_hidden_lists and source.find("\n", 0, -1) >= 0:
            recovered = hidden_lists.recover(parsed.blocks, source if is_markdown else "")
            if recovered:
                parsed.diagnostics.extend(hint(entry, source) for entry in recovered)
        return parsed

    def _parse(self, markup: Markup, source: str) -> tuple[Parsed, bool]:
        """Return a text as blocks, and whether its lines were read as Markdown as they stand."""
        if markup is Markup.AUTO:
            markup = self._format
        if markup is Markup.AUTO and (self.docbook_set or detect.may_have_elements(source)):
            return self._parse_detected(source)
        if markup is not Markup.DOCBOOK:
            return description.parse(source), True
        # Few sets have any DocBook, and its XML parser is slow to import.
        from manualgen.markup import docbook  # noqa: PLC0415

        return docbook.parse(source), False

    def _parse_detected(self, text: str) -> tuple[Parsed, bool]:
        """Return a text as blocks, by the form that its own evidence shows."""
        form = detect.form_of(text)
        if form is Form.MARKDOWN and self.docbook_set:
            return description.parse(_without_margin(text)), False
        if form is Form.MARKDOWN or (form is Form.PLAIN and not self.docbook_set):
            return description.parse(text), True
        from manualgen.markup import docbook, docbook_blocks  # noqa: PLC0415

        if form is Form.DOCBOOK_BLOCKS:
            markdown = docbook_blocks.as_markdown(text)
            if markdown is None:
                return docbook.parse(text), False
            return _with_block_tags(text, markdown), True
        parsed = docbook.parse_well_formed(text)
        if parsed is not None:
            return parsed, False
        if form is Form.DOCBOOK:
            # Its tags are understood in Markdown too, and "&" or "<name>" are text there.
            return description.parse(text), True
        return Parsed(plain_paragraphs(html.unescape(text))), False


def _without_margin(text: str) -> str:
    """Return a text without the indentation that its lines, but for the first, have in common.

    To DocBook, and so to the authors of such a set, it meant nothing; in Markdown it is code.
    """
    first, newline, rest = text.expandtabs(4).partition("\n")
    indents = [len(line) - len(line.lstrip(" ")) for line in rest.split("\n") if line.strip()]
    margin = min(indents, default=0)
    if margin:
        rest = "\n".join([line[margin:] for line in rest.split("\n")])
    return f"{first.lstrip(' ')}{newline}{rest}"


def _with_block_tags(text: str, markdown: str) -> Parsed:
    """Return a text with tags of DocBook's blocks, and one hint for all of its tags.

    Args:
        text: the text.
        markdown: the same with Markdown for the tags.
    """
    parsed = description.parse(markdown)
    inline = [one for one in parsed.diagnostics if one.code is Code.DOCBOOK_TAGS]
    hint = Diagnostic(
        code=Code.DOCBOOK_TAGS,
        message="tags of DocBook in Markdown, shown as what they mean",
        help="\n".join([f"write\n{markdown}", *(f"and {one.help}" for one in inline)]),
    )
    others = [one for one in parsed.diagnostics if one.code is not Code.DOCBOOK_TAGS]
    lines = text.split("\n")
    parsed.diagnostics = [hint, *(_relocated(one, lines) for one in others)]
    for reference in parsed.references:
        reference["place"] = _span_in(lines, reference["place"])
    return parsed


def _relocated(diagnostic: Diagnostic, lines: list[str]) -> Diagnostic:
    """Return a diagnostic of the Markdown for a text as one of that text."""
    if diagnostic.line is None:
        return diagnostic
    span = SourceSpan(diagnostic.line, diagnostic.column or 1, diagnostic.excerpt, diagnostic.width)
    return msgspec.structs.replace(diagnostic, **_span_in(lines, span)._asdict())


def _span_in(lines: list[str], span: SourceSpan) -> SourceSpan:
    """Return where the source of a span stands in other lines; their start if it is not there."""
    start = span.column - 1
    fragment = span.excerpt[start : start + span.width]
    for sought in (span.excerpt.strip(), fragment):
        for index, line in enumerate(lines):
            position = line.find(sought)
            if sought and position >= 0:
                column = line.find(fragment, position) + 1
                return SourceSpan(index + 1, column, line, span.width)
    return SourceSpan(1, 1, lines[0], 1)


_LIST_HINT = "lines that read as a list are shown as one, though the markup does not say so"
_HINTS = {
    "code": "lines that read as code are shown as such, though the markup does not say so",
    "paragraph": (
        "a sentence below a list is shown as a paragraph, though the markup makes it part of the"
        " last item"
    ),
}
"""What the diagnostic says of each kind of what was recovered; of lists :data:`_LIST_HINT`."""


def hint(recovered: hidden_lists.Recovered, text: str) -> Diagnostic:
    """Return the diagnostic of a hidden list or code, with the explicit markup for it.

    Args:
        recovered: the list or code.
        text: the text that it is in.
    """
    first_line = recovered.source.strip()
    lines = text.split("\n")
    number = next((index for index, line in enumerate(lines) if first_line in line), None)
    return Diagnostic(
        code=Code.HIDDEN_LIST,
        message=_HINTS.get(recovered.kind, _LIST_HINT),
        line=None if number is None else number + 1,
        column=None if number is None else lines[number].index(first_line) + 1,
        excerpt=recovered.source if number is None else lines[number],
        width=len(first_line),
        help=f"write\n{recovered.markup}",
    )
