"""The builder of doctrees: the tokens of markdown-it become docutils nodes.

A :class:`DoctreeBuilder` keeps the state of one text: the node that is open, the text that
waits to become a node, the line that is read, and the diagnostics so far. Tables of rules
determine what a token becomes (:mod:`manualgen.markup.blocks`,
:mod:`manualgen.markup.inlines`); chapters (:mod:`manualgen.markup.chapter`) have tables with
some rules of their own.

A text is parsed without knowing whose it is: diagnostics have a line and a column, the caller
adds the option or the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes as docutils_nodes

from manualgen.errors import Code, Diagnostic
from manualgen.markup import dialect, nodes
from manualgen.markup.docbook_tags import report_docbook_tags
from manualgen.markup.inline_parser import NestingError
from manualgen.markup.parsed import Parsed, SourceSpan, adopt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from markdown_it.token import Token

    from manualgen.markup.parsed import DocbookTag

    Rule = Callable[["DoctreeBuilder", Token], None]


class DoctreeBuilder:
    """Builds the doctree of one text.

    Attributes:
        block_rules: type of a block token → what builds it.
        inline_rules: type of an inline token → what builds it; ``text`` and ``softbreak`` are
            built without a rule.
        parsed: the result.
        lines: the lines of the source.
        line: the line, from 0, of the block that is built; diagnostics are looked for from here.
        inline_source: the Markdown of the paragraph that is built; "" between paragraphs.
        inline_position: where in ``inline_source`` the next excerpt is looked for.
        current: the node that the next node is appended to.
        pending_text: pieces of text that become one Text node before the next other node.
        closing_lines: the lines, from 0, that have closed a fence already.
        docbook_tags: the tags of DocBook so far.
    """

    def __init__(
        self, text: str, block_rules: Mapping[str, Rule], inline_rules: Mapping[str, Rule]
    ) -> None:
        """Prepare the doctree of a text.

        Args:
            text: the Markdown source, with LF as line ends.
            block_rules: type of a block token → what builds it.
            inline_rules: type of an inline token → what builds it.
        """
        self.block_rules = block_rules
        self.inline_rules = inline_rules
        self.parsed = Parsed([])
        self.lines = text.split("\n")
        self.line = 0
        self.inline_source = ""
        self.inline_position = 0
        self.current: docutils_nodes.Element = docutils_nodes.container()
        self.pending_text: list[str] = []
        self.closing_lines: set[int] = set()
        self.docbook_tags: list[DocbookTag] = []
        self._text = text

    def build(self) -> None:
        """Parse the text and build its blocks; ``parsed`` holds them then.

        Raises:
            NestingError: if blocks or brackets are nested too deeply to be read.
        """
        environment: dict[str, Any] = {}
        try:
            self._build_blocks(dialect.parser().parse(self._text, environment))
        except RecursionError as error:
            raise NestingError from error
        self._check_footnotes(environment)
        if dialect.labels_exceeded(environment):
            self.line = 0
            self.report(
                Code.TOO_COMPLEX,
                "labels of links with long addresses are used too often; some links are shown as"
                " text",
                self.lines[0].strip(),
                "write shorter addresses, or divide the text",
            )
        if self.docbook_tags:
            report_docbook_tags(self)

    def _build_blocks(self, tokens: list[Token]) -> None:
        root = self.current
        for token in tokens:
            rule = self.block_rules.get(token.type)
            if rule is None:
                message = f"no rule for {token.type}"  # pragma: no cover - the table is total
                raise AssertionError(message)  # pragma: no cover
            rule(self, token)
        if self.current is not root:
            raise NestingError
        for block in root.children:
            block.parent = None
        self.parsed.blocks = root.children

    # Nodes.

    def append(self, node: docutils_nodes.Node) -> None:
        """Append a node to the open one."""
        if self.pending_text:
            self.flush()
        adopt(self.current, node)

    def open(self, node: docutils_nodes.Element) -> None:
        """Append a node that the next nodes go into, until it is closed."""
        self.append(node)
        self.current = node

    def close(self) -> None:
        """Close the node that was opened last.

        Raises:
            NestingError: if none is open: footnotes within footnotes mislead the parser.
        """
        if self.pending_text:
            self.flush()
        parent = self.current.parent
        if not isinstance(parent, docutils_nodes.Element):
            raise NestingError
        self.current = parent

    @property
    def in_link(self) -> bool:
        """Whether a link is open: nothing in it can be another."""
        node: docutils_nodes.Node | None = self.current
        while isinstance(node, docutils_nodes.Inline):
            if isinstance(node, (docutils_nodes.reference, nodes.cross_reference)):
                return True
            node = node.parent
        return False

    def flush(self) -> None:
        """Append the text that waits, as one Text node."""
        text = "".join(self.pending_text)
        self.pending_text.clear()
        if text:
            adopt(self.current, docutils_nodes.Text(text))

    # Diagnostics and references.

    def span(self, excerpt: str) -> SourceSpan:
        """Return where an excerpt of the source occurs next, from the current line on."""
        line, offset = self.line, 0
        first = within = excerpt.partition("\n")[0]
        if self.inline_source:
            position = self.inline_source.find(first, self.inline_position)
            if position >= 0:
                self.inline_position = position + 1
                line += self.inline_source.count("\n", 0, position)
                # The inline source does not have the markers of quotes and lists before a line.
                start = self.inline_source.rfind("\n", 0, position) + 1
                within = self.inline_source[start:].partition("\n")[0]
                offset = position - start
        source_line = self.lines[line] if line < len(self.lines) else ""
        column = max(source_line.find(within), 0) + offset
        width = max(1, min(len(first), len(source_line) - column))
        return SourceSpan(line + 1, column + 1, source_line, width)

    def report(self, code: Code, message: str, excerpt: str, help_text: str) -> None:
        """Add a diagnostic about an excerpt of the source.

        Args:
            code: what sort of problem it is.
            message: what is wrong.
            excerpt: the source that is meant; looked for from the current line on.
            help_text: what to write instead.
        """
        self.report_at(code, message, self.span(excerpt), help_text)

    def report_at(self, code: Code, message: str, span: SourceSpan, help_text: str) -> None:
        """Add a diagnostic about a span of the source; otherwise as :meth:`report`."""
        self.parsed.diagnostics.append(
            Diagnostic(code=code, message=message, help=help_text, **span._asdict())
        )

    def add_reference(self, reference: nodes.Reference, excerpt: str) -> None:
        """Record a reference, and where its excerpt occurs in the source."""
        reference["place"] = self.span(excerpt)
        self.parsed.references.append(reference)

    def check_footnote_references(self, text: str) -> None:
        """Look at a text with ``[^`` in it, in which references to footnotes may be meant."""

    def _check_footnotes(self, environment: dict[str, Any]) -> None:
        """Report footnotes that are not shown: of a repeated label, or without a reference."""
        for label, line in environment.get("repeated_footnotes", ()):
            self.line = line
            self.report(
                Code.DUPLICATE_ID,
                f"a second footnote `{label}`; only the last one is shown",
                f"[^{label}]:",
                f"give it a label of its own, here and where it is referred to: [^{label}-2]",
            )
        unused = [
            label.removeprefix(":")
            for label, number in environment.get("footnotes", {}).get("refs", {}).items()
            if number < 0
        ]
        if not unused:
            return
        lines: dict[str, int] = {}
        for index, line in enumerate(self.lines):
            match = _FOOTNOTE.match(line)
            if match is not None:
                lines.setdefault(match[1], index)
        for name in unused:
            self.line = lines.get(name, 0)
            self.report(
                Code.UNUSED_FOOTNOTE,
                f"nothing refers to the footnote `{name}`",
                f"[^{name}]:",
                f"write [^{name}] where it belongs",
            )


_FOOTNOTE = re.compile(r"\s*+\[\^([^\] ]++)\]:")
"""The start of a footnote, with its label."""


def opening(kind: type[docutils_nodes.Element], **attributes: Any) -> Rule:
    """Return a rule that opens a node.

    Args:
        kind: the class of the node.
        attributes: its attributes.
    """

    def build(builder: DoctreeBuilder, _token: Token) -> None:
        builder.open(kind("", **attributes))

    return build


def close(builder: DoctreeBuilder, _token: Token) -> None:
    """Close the node that was opened last; a rule for closing tokens."""
    builder.close()
