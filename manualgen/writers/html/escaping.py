"""Text, identifiers and addresses as HTML holds them."""

from __future__ import annotations

import functools
import re

from manualgen.options.model import FORBIDDEN_IN_HTML

_SPECIAL = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
# Most text is ASCII without any of these; finding that out is all the work there is.
_ASCII_SPECIAL = re.compile(r'[&<>"\x00-\x08\x0b-\x1f\x7f]')


def escape(text: str) -> str:
    """Return text that HTML shows as it is, in content and in double-quoted attributes.

    A character that HTML cannot hold becomes U+FFFD.
    """
    if text.isascii() and _ASCII_SPECIAL.search(text) is None:
        return text
    if FORBIDDEN_IN_HTML.search(text):
        # CR would be read as a new line; it becomes one.
        text = FORBIDDEN_IN_HTML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.translate(_SPECIAL)


_UNSAFE_IN_FRAGMENT = re.compile(r"[^\w!$&'()*+,;=:@/?.~-]", re.ASCII)


def fragment(identifier: str) -> str:
    """Return an identifier as the fragment of an address, percent-encoded where it has to be."""
    if _UNSAFE_IN_FRAGMENT.search(identifier) is None:
        return identifier
    from urllib.parse import quote  # noqa: PLC0415 - rarely needed

    text = FORBIDDEN_IN_HTML.sub("\ufffd", identifier)
    return quote(text, safe="!$&'()*+,;=:@/?.~-")


_UNSAFE_IN_LINK = re.compile(r"[^\w!$'()*+,;=:@/?.~-]", re.ASCII)


def link_to(identifier: str) -> str:
    """Return an identifier as the fragment of an address, for an attribute.

    It is the identifier itself where neither percent-encoding nor escaping changes it.
    """
    # Written several times for each option; nearly all identifiers are found here as they are.
    if _UNSAFE_IN_LINK.search(identifier) is None:
        return identifier
    return escape(fragment(identifier))


_UNSAFE_IN_ADDRESS = re.compile(r"[^\w!#$%&'()*+,;=:@/?.~\[\]-]", re.ASCII)


def href(address: str) -> str:
    """Return an address that is not percent-encoded yet, for an attribute."""
    if _UNSAFE_IN_ADDRESS.search(address) is not None:
        from urllib.parse import quote  # noqa: PLC0415 - rarely needed

        text = FORBIDDEN_IN_HTML.sub("\ufffd", address)
        address = _UNSAFE_IN_ADDRESS.sub(lambda match: quote(match[0]), text)
    return escape(address)


def split_name(name: str) -> tuple[str, str]:
    """Return the path of an option's name, with its last dot, and the last part."""
    path, dot, last = name.rpartition(".")
    if name.endswith('"'):
        # A quoted last part may hold dots.
        start = name.rfind('."', 0, -1)
        path, dot, last = (name[:start], ".", name[start + 1 :]) if start > 0 else ("", "", name)
    return path + dot, last


def option_name(name: str) -> str:
    """Return an option's name as HTML: the path quieter than its last part, breaking after dots."""
    path, last = split_name(name)
    if not path:
        return escape(name)
    return _path(path) + escape(last)


# Options that follow each other have the same path.
@functools.lru_cache(maxsize=64)
def _path(path: str) -> str:
    return f'<span class="path">{escape(path).replace(".", ".<wbr>")}</span>'
