"""Which addresses become links: those of a scheme for pages or persons, and relative ones."""

from __future__ import annotations

import re

SCHEMES = frozenset({"http", "https", "mailto", "ftp", "gemini", "irc", "matrix"})
"""The schemes of addresses that become links."""

_SCHEME = re.compile(r"\s*([^/?#]*?):")


def scheme_of(address: str) -> str:
    """Return an address's scheme as it is written; "" for a relative one."""
    match = _SCHEME.match(address)
    return match[1] if match is not None else ""


def is_safe(address: str) -> bool:
    """Return whether an address is relative, or of a scheme that manuals link to."""
    match = _SCHEME.match(address)
    return match is None or match[1].lower() in SCHEMES
