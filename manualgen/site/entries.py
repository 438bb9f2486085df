"""All options of a manual, one after the other, in a format that has no pages."""

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
"""So many options are worth a shard of their own."""


class OptionWriter(Protocol):
    """What writes one option after the other."""

    links: Links

    def section(self, section: nodes.option) -> str:
        """Return an option's section."""
        ...


def render_entries(
    manual: Manual,
    writer: OptionWriter,
    address: Callable[[str], str | None],
    options: BuildOptions,
    diagnostics: list[Diagnostic],
    ids: Sequence[str] | None = None,
) -> Iterator[tuple[str, bool]]:
    """Yield the options of a manual as text, shard by shard, and whether it has tables.

    Args:
        manual: the manual.
        writer: writes an option.
        address: identifier → its address in this document, or None.
        options: how the work is done.
        diagnostics: gets what is wrong with the texts.
        ids: the identifiers of the options in this document, by default their own.
    """
    count = len(manual.options)
    shards = workers.make_shards(count, options.jobs, _FEWEST_OPTIONS)
    entries = _Entries(manual, writer, address, ids)
    return building.render(entries.write, shards, count, options, diagnostics)


class _Entries:
    """Renders ranges of options."""

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
            id(included.sections): manual.links(address, included) for included in manual.sets
        }

    def write(self, part: range) -> Rendered:
        writer, ids = self._writer, self._ids
        text = []
        for index in part:
            entry = self._entries[index]
            writer.links = self._links[id(entry.sections)]
            name = entry.id if ids is None else ids[index]
            text.append(writer.section(entry.sections.section(entry.option, name)))
        diagnostics = [
            found
            for included in self._manual.sets
            for found in included.sections.take_diagnostics()
        ]
        return Rendered(
            ("".join(text), getattr(writer, "has_tables", False)), len(part), diagnostics
        )
