"""Two option sets or manuals → a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.comparison import addresses, report
from manualgen.comparison.sides import side_of
from manualgen.errors import Code, Diagnostic, ManualError

if TYPE_CHECKING:
    from collections.abc import Callable

    from manualgen.book.catalog import OptionSettings
    from manualgen.book.manual import Manual
    from manualgen.comparison.report import DiffReport
    from manualgen.options.reading import OptionSet


def compare(
    old: OptionSet | Manual,
    new: OptionSet | Manual,
    names: tuple[str, str],
    preview_url: str = "",
    settings: OptionSettings | None = None,
) -> DiffReport:
    """Return what has changed between two option sets or two manuals.

    Args:
        old: the option set or manual as it was.
        new: the option set or manual as it is.
        names: what the report calls them.
        preview_url: the address of a site of the new one; "" if there is none.
        settings: how the options of option sets are read and shown; a manual has its own.

    Raises:
        ManualError: if one is an option set, and the other a manual with chapters.
        ValueError: if the address is none of the web.
    """
    address = addresses.in_site(preview_url, new, settings) if preview_url else None
    return compare_with_addresses(old, new, names, address, settings)


def compare_with_addresses(
    old: OptionSet | Manual,
    new: OptionSet | Manual,
    names: tuple[str, str],
    address: Callable[[str], str | None] | None,
    settings: OptionSettings | None = None,
) -> DiffReport:
    """Return what :func:`compare` does, with the addresses that a function gives.

    Args:
        old: the option set or manual as it was.
        new: the option set or manual as it is.
        names: what the report calls them.
        address: the address of what has an identifier in the new one; None if there is none.
        settings: how the options of option sets are read and shown; a manual has its own.

    Raises:
        ManualError: if one is an option set, and the other a manual with chapters.
    """
    sides = [
        side_of(compared, name, settings) for compared, name in zip((old, new), names, strict=True)
    ]
    if (sides[0].manual is None) != (sides[1].manual is None):
        manual, other = names if sides[1].manual is None else names[::-1]
        raise ManualError(
            Diagnostic(
                code=Code.NOT_COMPARABLE,
                message=f"an option set cannot be compared with the manual {manual}",
                file=other,
                help="name two manuals, or two option sets",
            )
        )
    return report.compare(sides[0], sides[1], address)
