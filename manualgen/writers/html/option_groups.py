"""Groups of options on a page of very many, which a browser lays out together, or not at all.

Thousands of elements with ``content-visibility`` are observed one by one, and that alone takes
a browser seconds. What is in a group that is far from the screen costs it next to nothing.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from manualgen.writers.html import options, submodules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from manualgen.markup import nodes
    from manualgen.writers.html import HtmlWriter
    from manualgen.writers.html.handlers import Parts

_PADDING = 26
"""The padding of an option above and below, in tenths of a ``rem``."""


def write(
    writer: HtmlWriter,
    sections: Iterable[nodes.option],
    groups: Sequence[Sequence[int]],
    out: Parts,
) -> None:
    """Write options in groups.

    Args:
        writer: the writer.
        sections: the options, in order.
        groups: the options of each group, of which only the number counts; no submodule is in
            two. If there are none, the options are written without groups.
        out: the HTML is added to this list.
    """
    if not groups:
        for section in sections:
            options.option(writer, section, out)
            out.append(submodules.after(section))
        return
    remaining: Iterator[nodes.option] = iter(sections)
    for group in groups:
        wide = narrow = 0
        inner: Parts = []
        for section in islice(remaining, len(group)):
            height = options.option(writer, section, inner)
            wide += height.wide + _PADDING
            narrow += height.narrow + _PADDING
            inner.append(submodules.after(section))
        out += (
            f'<div class="option-group" data-height="{wide}" data-narrow-height="{narrow}">\n',
            *inner,
            "</div>\n",
        )
