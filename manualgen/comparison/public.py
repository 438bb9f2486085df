"""What the Python API offers of comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from manualgen.book.catalog import OptionSettings
from manualgen.book.settings import from_arguments
from manualgen.comparison import comparing

if TYPE_CHECKING:
    from manualgen.book.manual import Manual
    from manualgen.comparison.report import DiffReport
    from manualgen.options.reading import OptionSet


def diff(
    old: OptionSet | Manual,
    new: OptionSet | Manual,
    *,
    names: tuple[str, str] = ("old", "new"),
    preview_url: str = "",
    **settings: Any,
) -> DiffReport:
    """Return what has changed between two option sets or two manuals.

    Args:
        old: the option set or manual as it was.
        new: the option set or manual as it is.
        names: what the report calls them.
        preview_url: the address of a site of the new one, which the report links to.
        **settings: of option sets, attributes of :class:`OptionSettings`; a manual has its own.

    Raises:
        ManualError: if one is an option set, and the other a manual with chapters.
        TypeError: if there is no such attribute, or a value has another type.
        ValueError: if an attribute cannot have this value, or the address is none of the web.
    """
    given = from_arguments(OptionSettings, settings)
    return comparing.compare(old, new, names, preview_url, given)
