"""Control characters in documents of plain text, which terminals and readers would obey."""

from __future__ import annotations

import re

_C0 = bytes({*range(0x20), 0x7F} - {ord("\t"), ord("\n"), ord("\r")})
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def replaced(document: bytes) -> bytes:
    """Return a document with U+FFFD in place of each control character but tabs and line ends.

    Args:
        document: text as UTF-8.
    """
    # Few documents have any, and bytes are searched a hundred times as fast as text.
    if len(document.translate(None, _C0)) == len(document) and _C1.search(document) is None:
        return document
    return _CONTROL.sub("\ufffd", document.decode()).encode()
