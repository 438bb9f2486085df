"""Which addresses become links: those of strangers are text, unless they lead to a page or a person."""

from __future__ import annotations

import re

SCHEMES = frozenset({"http", "https", "mailto", "ftp", "gemini", "irc", "matrix"})
"""The schemes of addresses that become links."""

_SCHEME = re.compile(r"\s*([^/?#]*?):")


def scheme_of(address: str) -> str:
    """Return an address's scheme as it is written; "" for a relative one."""
    found = _SCHEME.match(address)
    return found[1] if found is not None else ""


def is_safe(address: str) -> bool:
    """Return whether an address is relative, or of a scheme that manuals link to."""
    found = _SCHEME.match(address)
    return found is None or found[1].lower() in SCHEMES
