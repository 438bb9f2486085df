"""Diagnostics as warnings of Sphinx: ``suppress_warnings = ["manualgen.raw-html"]`` silences one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils.nodes import Node
from sphinx.util import logging

from manualgen.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.errors import Diagnostic

_LOGGER = logging.getLogger(__name__)

TYPE = "manualgen"
"""The type of all warnings; the subtype is the code of the diagnostic."""


def report(diagnostics: Iterable[Diagnostic], file: str) -> None:
    """Log diagnostics: errors and warnings as warnings, hints where Sphinx is verbose.

    Of several with one code in one text of an option, the first is logged, with their number.

    Args:
        diagnostics: the diagnostics.
        file: the file that those are in which name no other.
    """
    groups: dict[object, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        same = (diagnostic.option, diagnostic.part, diagnostic.code)
        groups.setdefault(same if diagnostic.option is not None else object(), []).append(
            diagnostic
        )
    for first, *others in groups.values():
        more = f" ({len(others)} more in this text)" if others else ""
        place, message = first.location, f"{first.message}; {first.help}".removesuffix("; ") + more
        location = f"{file}: {place}" if first.option is not None else place or file
        if ":" not in location:
            # Sphinx would take it for the name of a document.
            location += ":"
        if first.severity is Severity.HINT:
            _LOGGER.verbose("%s: %s", location.rstrip(":"), message)
        else:
            _LOGGER.warning("%s", message, location=location, type=TYPE, subtype=first.code.slug)


def warn(message: str, code: str, location: Node | tuple[str, int | None] | str | None) -> None:
    """Log a warning.

    Args:
        message: what is wrong, and what to write instead.
        code: the subtype.
        location: a node, or a document and a line of it.
    """
    place = logging.get_node_location(location) if isinstance(location, Node) else location
    # Some builders resolve the references of a document several times. `once` compares what is
    # formatted, and the same may be wrong at several places: so the place is in it, with no letters.
    _LOGGER.warning("%s%.0s", message, place, location=location, type=TYPE, subtype=code, once=True)
