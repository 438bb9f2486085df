"""Tables: DocBook's own (CALS) and HTML's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup.docbook.blocks import TITLES, titles
from manualgen.markup.docbook.elements import parts_of
from manualgen.markup.docbook.tree import TooComplexError

if TYPE_CHECKING:
    from lxml.etree import _Element as XmlElement

    from manualgen.markup.docbook.tree import Handler, Tree

# No author's table comes near this.
_MOST_CELLS = 20_000
_ROWS = frozenset({"row", "tr"})
_CELLS = frozenset({"entry", "td", "th"})
_COLUMNS = frozenset({"col", "colgroup", "colspec", "spanspec"})
_TABLE_PARTS: dict[str, type[docutils_nodes.Element]] = {
    "thead": docutils_nodes.thead,
    "tbody": docutils_nodes.tbody,
    "tfoot": docutils_nodes.tbody,
}


def _table(tree: Tree, element: XmlElement) -> None:
    titles(tree, element)
    table, group = docutils_nodes.table(), docutils_nodes.tgroup(cols=0)
    tree.enter(table)
    tree.enter(group)
    _rows(tree, element, TITLES)
    tree.leave()
    tree.leave()
    if not _square(group):
        tree.flow.remove(table)


def _rows(tree: Tree, element: XmlElement, shown: frozenset[str]) -> None:
    for name, part in parts_of(element):
        if name == "tgroup" and not isinstance(part, str):
            _rows(tree, part, frozenset())
        elif name in _TABLE_PARTS and not isinstance(part, str):
            _open_part(tree, _TABLE_PARTS[name])
            for inner_name, inner in parts_of(part):
                _row(tree, inner_name, inner)
            tree.leave()
        elif name not in shown and name not in _COLUMNS:
            _open_part(tree, docutils_nodes.tbody)
            _row(tree, name, part)
            tree.leave()


def _open_part(tree: Tree, part: type[docutils_nodes.Element]) -> None:
    """Go on with the last part of the table if it is of the same kind, else open one."""
    last = tree.flow.children[-1] if tree.flow.children else None
    if isinstance(last, part):
        tree.end_paragraph()
        tree.flow = last
    else:
        tree.enter(part())


def _row(tree: Tree, name: str, part: XmlElement | str) -> None:
    tree.enter(docutils_nodes.row())
    if name in _ROWS and not isinstance(part, str):
        for inner_name, inner in parts_of(part):
            _cell(tree, inner_name, inner)
    elif name not in _COLUMNS:
        # Not allowed, but an author has written it: it is as good as a row of one cell.
        _cell(tree, name, part)
    tree.leave()


def _cell(tree: Tree, name: str, part: XmlElement | str) -> None:
    cell = docutils_nodes.entry()
    tree.enter(cell)
    if name in _CELLS and not isinstance(part, str):
        if part.get("align") in {"left", "center", "right"}:
            cell["classes"].append(f"align-{part.get('align')}")
        tree.content(part)
    else:
        tree.show(part)
    tree.leave()


def _square(group: docutils_nodes.Element) -> bool:
    """Give each row of a table the same number of cells, and the table its columns.

    Returns whether it has any.
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
"""Tables, and what shows each."""
