"""All options of a manual, one after the other, for formats without pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from manualgen.site import building, workers
from manualgen.site.building import Rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from manualgen.book.manual import Manual
    from manualgen.errors import Diagnostic
    from manualgen.markup import nodes
    from manualgen.markup.links import Links
    from manualgen.site.building import BuildOptions

_FEWEST_OPTIONS = 50
"""The fewest options that a shard has."""


class OptionWriter(Protocol):
    """A writer that can write options.

    Attributes:
        links: the links of what is being written; set before each option.
    """

    links: Links

    def section(self, section: nodes.option) -> str:
        """Return an option in the writer's format."""
        ...


def render_entries(
    manual: Manual,
    writer: OptionWriter,
    address: Callable[[str], str | None],
    options: BuildOptions,
    diagnostics: list[Diagnostic],
    ids: Sequence[str] | None = None,
) -> Iterator[tuple[str, bool]]:
    """Yield the options of a manual as text, shard by shard.

    Args:
        manual: the manual.
        writer: writes an option.
        address: identifier → its address in this document, or None.
        options: how the build runs.
        diagnostics: the problems of the texts are added to this list.
        ids: the identifiers of the options in this document; by default those in the manual.

    Returns:
        Pairs of the text of a shard, and whether the writer has written tables.
    """
    count = len(manual.options)
    shards = workers.make_shards(count, options.jobs, _FEWEST_OPTIONS)
    entries = _Entries(manual, writer, address, ids)
    with building.render(entries.write, shards, count, options, diagnostics) as results:
        yield from results


class _Entries:
    """Renders shards: ranges of options."""

    def __init__(
        self,
        manual: Manual,
        writer: OptionWriter,
        address: Callable[[str], str | None],
        ids: Sequence[str] | None,
    ) -> None:
        self._manual = manual
        self._entries = manual.options
        self._ids = ids
        self._writer = writer
        self._links = {
            included.sections: manual.links(address, included) for included in manual.sets
        }

    def write(self, part: range) -> Rendered:
        writer, ids = self._writer, self._ids
        text = []
        for index in part:
            entry = self._entries[index]
            writer.links = self._links[entry.sections]
            name = entry.id if ids is None else ids[index]
            text.append(writer.section(entry.sections.section(entry.option, name)))
        diagnostics = [
            diagnostic
            for included in self._manual.sets
            for diagnostic in included.sections.take_diagnostics()
        ]
        return Rendered(
            ("".join(text), getattr(writer, "has_tables", False)), len(part), diagnostics
        )
