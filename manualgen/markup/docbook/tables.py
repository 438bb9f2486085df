"""Tables: DocBook's own (CALS) and HTML's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup.docbook.blocks import TITLES, titles
from manualgen.markup.docbook.builder import TooComplexError
from manualgen.markup.docbook.elements import parts_of

if TYPE_CHECKING:
    from lxml.etree import _Element as XmlElement

    from manualgen.markup.docbook.builder import DocbookBuilder, Handler

# No real table comes near this.
_MOST_CELLS = 20_000
_ROWS = frozenset({"row", "tr"})
_CELLS = frozenset({"entry", "td", "th"})
_COLUMNS = frozenset({"col", "colgroup", "colspec", "spanspec"})
_TABLE_PARTS: dict[str, type[docutils_nodes.Element]] = {
    "thead": docutils_nodes.thead,
    "tbody": docutils_nodes.tbody,
    "tfoot": docutils_nodes.tbody,
}


def _table(builder: DocbookBuilder, element: XmlElement) -> None:
    titles(builder, element)
    table, group = docutils_nodes.table(), docutils_nodes.tgroup(cols=0)
    builder.enter(table)
    builder.enter(group)
    _rows(builder, element, TITLES)
    builder.leave()
    builder.leave()
    if not _complete(group):
        builder.flow.remove(table)


def _rows(builder: DocbookBuilder, element: XmlElement, skipped: frozenset[str]) -> None:
    for name, part in parts_of(element):
        if name == "tgroup" and not isinstance(part, str):
            _rows(builder, part, frozenset())
        elif name in _TABLE_PARTS and not isinstance(part, str):
            _open_part(builder, _TABLE_PARTS[name])
            for inner_name, inner in parts_of(part):
                _row(builder, inner_name, inner)
            builder.leave()
        elif name not in skipped and name not in _COLUMNS:
            _open_part(builder, docutils_nodes.tbody)
            _row(builder, name, part)
            builder.leave()


def _open_part(builder: DocbookBuilder, part: type[docutils_nodes.Element]) -> None:
    """Continue the last part of the table if it is of the same kind, else open one."""
    last = builder.flow.children[-1] if builder.flow.children else None
    if isinstance(last, part):
        builder.end_paragraph()
        builder.flow = last
    else:
        builder.enter(part())


def _row(builder: DocbookBuilder, name: str, part: XmlElement | str) -> None:
    builder.enter(docutils_nodes.row())
    if name in _ROWS and not isinstance(part, str):
        for inner_name, inner in parts_of(part):
            _cell(builder, inner_name, inner)
    elif name not in _COLUMNS:
        # Not allowed by DocBook, but authors write it: it is shown as a row of one cell.
        _cell(builder, name, part)
    builder.leave()


def _cell(builder: DocbookBuilder, name: str, part: XmlElement | str) -> None:
    cell = docutils_nodes.entry()
    builder.enter(cell)
    if name in _CELLS and not isinstance(part, str):
        if part.get("align") in {"left", "center", "right"}:
            cell["classes"].append(f"align-{part.get('align')}")
        builder.content(part)
    else:
        builder.show(part)
    builder.leave()


def _complete(group: docutils_nodes.Element) -> bool:
    """Give each row the same number of cells, and the group its columns.

    Returns:
        Whether there are any columns.
    """
    rows = [
        row
        for part in group.children
        for row in part.children
        if isinstance(row, docutils_nodes.row)
    ]
    columns = max((len(row.children) for row in rows), default=0)
    if columns * len(rows) > _MOST_CELLS:
        raise TooComplexError
    for row in rows:
        row.extend(docutils_nodes.entry() for _ in range(columns - len(row.children)))
    group["cols"] = columns
    for _ in range(columns):
        group.insert(0, docutils_nodes.colspec(colwidth=1))
    return columns > 0


TABLES: dict[str, Handler] = {
    **dict.fromkeys(("table", "informaltable"), _table),
}
"""The handlers of tables."""
