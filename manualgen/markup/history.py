"""What earlier releases say about an option → a line of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup.parsed import adopt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.options.model import HistoryEvent, OptionHistory

_CHANGES = {
    "renamed": "Renamed",
    "default": "Default changed",
    "type": "Type changed",
    "read-only": "Read only",
}


def paragraph(history: OptionHistory, old_ids: Iterable[str] = ()) -> docutils_nodes.paragraph:
    """Return the history of an option as a paragraph.

    Args:
        history: the history.
        old_ids: the identifiers that the option had before, which lead to the paragraph.
    """
    node = docutils_nodes.paragraph()
    for identifier in old_ids:
        adopt(node, docutils_nodes.target(ids=[identifier]))
    _add_text(node, _beginning(history))
    for event in history.events:
        _add_event(node, event, history.newest)
    return node


def _beginning(history: OptionHistory) -> str:
    if not history.since:
        return f"New since {history.newest}."
    return f"Since {history.since}{' or earlier' if history.is_older else ''}."


def _add_event(node: docutils_nodes.paragraph, event: HistoryEvent, newest: str) -> None:
    when = f"in {event.release}" if event.release else f"since {newest}"
    if event.kind == "read-only":
        when = f"since {event.release or newest}"
    change = f" {_CHANGES[event.kind]}"
    if not event.old:
        _add_text(node, f"{change} {when}.")
        return
    _add_text(node, f"{change} from " if event.kind == "renamed" else f"{change} {when}, from ")
    code = docutils_nodes.literal(event.old)
    adopt(code, docutils_nodes.Text(event.old))
    adopt(node, code)
    _add_text(node, f" {when}." if event.kind == "renamed" else ".")


def _add_text(node: docutils_nodes.paragraph, text: str) -> None:
    adopt(node, docutils_nodes.Text(text))
