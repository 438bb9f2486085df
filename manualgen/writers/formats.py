"""The writers by the names of their formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docutils import nodes as docutils_nodes

    from manualgen.markup import nodes
    from manualgen.markup.links import Links


class FormatWriter(Protocol):
    """What the writers of all formats have in common."""

    links: Links

    def section(self, section: nodes.option) -> str:
        """Return an option's section."""
        ...

    def chapter(self, blocks: Iterable[docutils_nodes.Node]) -> str:
        """Return any blocks."""
        ...


def writer(output_format: str) -> FormatWriter:
    """Return a writer of a format.

    Args:
        output_format: ``html``, ``man``, ``markdown`` or ``asciidoc``.

    Raises:
        ValueError: if there is no such format.
    """
    # Each writer is loaded for those who need it.
    if output_format == "html":
        from manualgen.writers.html import HtmlWriter  # noqa: PLC0415

        return HtmlWriter()
    if output_format == "man":
        from manualgen.writers.manpage import ManpageWriter  # noqa: PLC0415

        return ManpageWriter()
    if output_format == "markdown":
        from manualgen.writers.markdown import MarkdownWriter  # noqa: PLC0415

        return MarkdownWriter()
    if output_format == "asciidoc":
        from manualgen.writers.asciidoc import AsciidocWriter  # noqa: PLC0415

        return AsciidocWriter()
    message = f"unknown format {output_format!r}"
    raise ValueError(message)
