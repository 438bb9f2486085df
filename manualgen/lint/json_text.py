"""JSON for people and programs: indented, in UTF-8 whatever the texts are."""

from __future__ import annotations

import json
from typing import Any


def encoded(content: Any) -> bytes:
    """Return plain values as JSON.

    Args:
        content: the values. Of a text, what is no character (half of a surrogate pair, as names of
            files may have) becomes a question mark.
    """
    return json.dumps(content, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"
