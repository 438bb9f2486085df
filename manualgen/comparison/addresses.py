"""The addresses of a preview: where a site of the new options or manual shows what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.book import manual as manuals
from manualgen.book.manual import Manual, ManualSettings
from manualgen.options.addresses import is_safe, scheme_of
from manualgen.site.plan import SitePlan
from manualgen.writers.html import fragment

if TYPE_CHECKING:
    from collections.abc import Callable

    from manualgen.book.catalog import OptionSettings
    from manualgen.options.reading import OptionSet


def in_site(
    url: str, compared: OptionSet | Manual, settings: OptionSettings | None = None
) -> Callable[[str], str | None]:
    """Return a function that returns the address of what has an identifier, or None.

    Args:
        url: the address of the folder that the site of the new options is in, or of the one
            page of a site that has only one (its name ends in ``.html``).
        compared: the new option set or manual.
        settings: how the options of an option set are shown.

    Raises:
        ValueError: if the address is none of the web.
    """
    check_url(url)
    if url.endswith((".html", ".htm")):
        return lambda identifier: f"{url}#{fragment(identifier)}"
    manual = compared if isinstance(compared, Manual) else manual_of(compared, settings)
    paths = SitePlan(manual, with_redirects=False).page_paths

    def address(identifier: str) -> str | None:
        path = paths.get(identifier)
        return None if path is None else f"{url.rstrip('/')}/{path}#{fragment(identifier)}"

    return address


def check_url(url: str) -> None:
    """Check the address of a site.

    Args:
        url: the address.

    Raises:
        ValueError: if it is none of the web.
    """
    if scheme_of(url).lower() not in {"http", "https"} or not is_safe(url):
        message = f"not an address that begins with https:// or http://: {url!r}"
        raise ValueError(message)


def manual_of(option_set: OptionSet, settings: OptionSettings | None) -> Manual:
    """Return an option set as a manual without chapters.

    Args:
        option_set: the option set.
        settings: how its options are shown.
    """
    given = ManualSettings() if settings is None else ManualSettings(options=settings)
    return manuals.of_options([option_set], given)
