"""Lists of the markup itself: a first item that CommonMark takes for the text above.

In CommonMark only an item that counts 1 can follow a line of text at once: of ``0.`` and ``1.``
the first becomes part of the paragraph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.markup.hidden_lists.building import blocks_of, item_of
from manualgen.markup.hidden_lists.layout import Layout
from manualgen.markup.hidden_lists.lines import lines_of
from manualgen.markup.hidden_lists.recovered import Recovered

if TYPE_CHECKING:
    from docutils import nodes as docutils_nodes


def moved_into(
    paragraph: docutils_nodes.paragraph,
    listed: docutils_nodes.enumerated_list,
    lead: str,
    recovered: list[Recovered],
) -> list[docutils_nodes.Node] | None:
    """Move the item that a paragraph ends with into the list that follows.

    Args:
        paragraph: the paragraph above the list.
        listed: the list; the item becomes its first.
        lead: the lead-in above the paragraph; "" if there is none.
        recovered: what was recovered so far; what is here is added.

    Returns:
        What remains of the paragraph; None if it does not end with the item before the first.
    """
    lines = lines_of([paragraph])
    if not lines:
        return None
    layout = Layout(lines, lead, nested=False)
    number = str(listed["start"] - 1)
    # "It needs version\n3. This is": another number than 0 may end a sentence.
    opens = layout.opens if number == "0" else layout.closed
    for index in range(len(lines) - 1, -1, -1):
        marker = layout.markers[index]
        if marker is None:
            continue
        if marker.text != number or marker.family != listed["suffix"] or not opens(index):
            return None
        if not all(
            layout.wraps(below) or lines[below].indent for below in range(index + 1, len(lines))
        ):
            return None
        before = blocks_of(lines[:index], lead, recovered)
        recovered.append(
            Recovered(
                "enumerated",
                lines[index].number,
                lines[index].source,
                "\n".join(
                    [
                        *([lines[index - 1].source, ""] if index else []),
                        *(line.source for line in lines[index:]),
                    ]
                ),
            )
        )
        item = item_of([lines[index].after(marker.width), *lines[index + 1 :]], recovered)
        listed.insert(0, item)
        listed["start"] -= 1
        return before
    return None
