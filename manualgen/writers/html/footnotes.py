"""Footnotes: numbered by page, with links both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.writers.html.escaping import escape, fragment
from manualgen.writers.html.handlers import children, identifier

if TYPE_CHECKING:
    from manualgen.writers.html import HtmlWriter
    from manualgen.writers.html.handlers import Handler, Parts


class Footnote(msgspec.Struct):
    """A footnote of the text that is being written.

    Attributes:
        number, name: its number and identifier on the page.
        references: how many references to it have been written.
    """

    number: int
    name: str
    references: int = 0


Scope = tuple[str, dict[str, Footnote], bool]
"""What footnotes' identifiers begin with, the footnotes so far, and whether an option has them."""


def current(writer: HtmlWriter) -> Scope:
    """Return the scope of the footnotes that are written now."""
    return writer._footnote_prefix, writer._footnotes, writer._in_option


def enter(writer: HtmlWriter, scope: str | None) -> Scope:
    """Begin, or go on with, the footnotes of a file; return the scope until now.

    Args:
        writer: the writer.
        scope: what their identifiers begin with; None for identifiers that are bare labels.
    """
    outer = current(writer)
    prefix = "" if scope is None else f"{scope}.note-"
    writer._footnote_prefix = prefix
    writer._footnotes = writer._footnotes_of.setdefault(prefix, {})
    writer._in_option = False
    return outer


def leave(writer: HtmlWriter, outer: Scope) -> None:
    """Go on with the footnotes of the scope that :func:`enter` or :func:`current` returned."""
    writer._footnote_prefix, writer._footnotes, writer._in_option = outer


def _footnote(writer: HtmlWriter, label: str) -> Footnote:
    footnote = writer._footnotes.get(label)
    if footnote is None:
        writer._footnote_number += 1
        base = name = identifier(f"{writer._footnote_prefix}{label}")
        # An option's description and its example may use one label.
        copies = 1
        while name in writer._ids:
            copies += 1
            name = f"{base}-{copies}"
        writer._ids.update((name, f"{name}.back"))
        footnote = writer._footnotes[label] = Footnote(writer._footnote_number, name)
    return footnote


def _footnote_reference(
    writer: HtmlWriter, node: docutils_nodes.footnote_reference, out: Parts
) -> None:
    writer._page_bound = True
    note = _footnote(writer, node["refid"])
    if writer._in_link:
        out.append(f"<sup>{note.number}</sup>")
        return
    note.references += 1
    back = escape(f"{note.name}.{_back(note.references)}")
    target = escape(fragment(note.name))
    out.append(f'<sup><a class="footnote-ref" id="{back}" href="#{target}">{note.number}</a></sup>')


def _back(number: int) -> str:
    """Return how the identifier of a reference to a note ends, by its number among them."""
    return "back" if number == 1 else f"back-{number}"


def _footnotes(writer: HtmlWriter, node: nodes.footnotes, out: Parts) -> None:
    writer._page_bound = True
    # Some are referred to by others only; those get their numbers here.
    notes = [(_footnote(writer, note["names"][0]), note) for note in node.children]  # type: ignore[index]
    notes.sort(key=lambda pair: pair[0].number)
    first = notes[0][0].number
    start = f' start="{first}"' if first != 1 else ""
    out.append(f'<ol class="footnotes"{start}>')
    # A note may refer to one before it: all are written before the links back are.
    bodies: list[Parts] = []
    for _, note in notes:
        bodies.append([])
        children(writer, note, bodies[-1])
    for (footnote, _), body in zip(notes, bodies, strict=True):
        out.append(f'<li id="{escape(footnote.name)}">')
        out += body
        out.append(" ".join(_links_back(footnote)))
        out.append("</li>")
    out.append("</ol>")
    if writer._in_option:
        writer._footnotes.clear()


def _links_back(note: Footnote) -> list[str]:
    """Return a link to each reference to a note."""
    target = escape(fragment(note.name))
    several = note.references > 1
    return [
        f'<a class="footnote-back" href="#{target}.{_back(number)}"'
        f' aria-label="Back to the text{f" {number}" if several else ""}">'
        f"↩{f' {number}' if several else ''}</a>"
        for number in range(1, note.references + 1)
    ]


TABLE: dict[type[docutils_nodes.Node], Handler] = {
    nodes.footnotes: _footnotes,
    docutils_nodes.footnote_reference: _footnote_reference,
}
