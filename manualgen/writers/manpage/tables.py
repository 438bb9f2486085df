"""Tables: drawn where they fit, lists of rows where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.writers import shapes
from manualgen.writers.manpage import ideographs
from manualgen.writers.manpage.blocks import line_in_bold, write_below
from manualgen.writers.manpage.escaping import SPACE, escape, safe_start

if TYPE_CHECKING:
    from manualgen.writers.manpage import Block, ManpageWriter


_NARROWEST_LINE = 59
"""The text width of a terminal of 60 columns: the narrowest that a table must fit."""


def _table(writer: ManpageWriter, node: docutils_nodes.table) -> None:
    grid = shapes.grid(node)
    if grid.title is not None:
        writer._paragraph_break()
        writer._text(f"\\fB{line_in_bold(writer, grid.title)}\\fR")
    if not (grid.heads or grid.bodies):
        return
    widths = [0] * grid.columns
    simple = True
    for row in (*grid.heads, *grid.bodies):
        for index, entry in enumerate(row):
            widths[index] = max(widths[index], ideographs.columns(entry.astext()))
            simple = simple and len(entry.children) <= 1 and not _has_blocks(entry)
            simple = simple and "\n" not in entry.astext()
    fits = sum(widths) + 3 * grid.columns + 1 <= _NARROWEST_LINE - writer._indent
    if simple and fits:
        _drawn_table(writer, grid)
    else:
        _listed_table(writer, grid)


def _has_blocks(entry: docutils_nodes.Node) -> bool:
    return not all(isinstance(block, docutils_nodes.paragraph) for block in entry.children)


def _cell(writer: ManpageWriter, entry: docutils_nodes.Node, font: str = "R") -> str:
    parts = [
        writer._inline(block, font).replace("\n", " ").strip()
        if isinstance(block, docutils_nodes.paragraph)
        else escape(SPACE.sub(" ", block.astext()))
        for block in entry.children
    ]
    return " ".join(parts)


_MARKS = {"": "l", "left": "l", "center": "c", "right": "r"}


def _drawn_table(writer: ManpageWriter, grid: shapes.Grid) -> None:
    writer.has_tables = True
    writer._paragraph_break()
    lines = writer._lines
    lines += [".TS", "allbox;"]
    marks = [_MARKS[alignment] for alignment in grid.alignments]
    lines.extend([" ".join(f"{mark}b" for mark in marks)] * len(grid.heads))
    lines.append(" ".join(marks) + ".")
    for row in grid.heads:
        cells = [_cell(writer, entry, "B") for entry in row]
        lines.append("\t".join(f"\\&{cell}" for cell in cells))
    for row in grid.bodies:
        cells = [_cell(writer, entry) for entry in row]
        cells += [""] * (grid.columns - len(cells))
        # What stands first in a cell could be a request, a rule or a text block to tbl.
        lines.append("\t".join(f"\\&{cell}" for cell in cells))
    lines.append(".TE")
    writer._first = False


def _listed_table(writer: ManpageWriter, grid: shapes.Grid) -> None:
    """Write each row as an item: its first cell the term, the others by their column's name."""
    heads, bodies = grid.heads, grid.bodies
    names = [_cell(writer, entry) for entry in heads[0]] if heads else []
    lines = writer._lines
    if bodies and names and names[0]:
        writer._paragraph_break()
        lines.append(f"\\fI{names[0]}:\\fR")
    for row in [*heads[1:], *bodies]:
        term, *others = row
        writer._space_after_table()
        lines.append(f'.IP "\\:\\fB{_cell(writer, term, "B")}\\fR" 7')
        cells = []
        below: list[docutils_nodes.Node] = []
        for index, entry in enumerate(others, 1):
            name = names[index] if index < len(names) else ""
            if below or _has_blocks(entry):
                if name and entry.children:
                    label = f"{heads[0][index].astext()}:"
                    emphasis = docutils_nodes.emphasis("", label)
                    below.append(docutils_nodes.paragraph("", "", emphasis))
                below.extend(entry.children)
            elif text := _cell(writer, entry):
                cells.append(f"\\fI{name}:\\fR {text}" if name else text)
        lines.append("\n.br\n".join(map(safe_start, cells)) if cells else "\\&")
        if below:
            write_below(writer, below, 7)
    if not bodies:
        lines.append(f'.IP "\\:\\fB{" | ".join(names)}\\fR" 7')
        lines.append("\\&")
    writer._first = False


TABLE: dict[type[docutils_nodes.Node], Block] = {docutils_nodes.table: _table}
