"""The names of projects and versions, which are those of folders on any system and in addresses."""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+-]*[A-Za-z0-9+_-])?")

_LONGEST = 100

_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
"""What Windows takes for devices, whatever follows a dot."""

RESERVED = frozenset({"index.html", "index.json", "status.html", "status.json"})
"""The files that are beside the folders of projects. Others of the host begin with ``_`` or ``.``."""


def problem(name: str) -> str:
    """Return why a name cannot be that of a folder; "" if it can.

    Args:
        name: the name of a project, or a version.
    """
    if not name:
        return "is empty"
    if len(name) > _LONGEST:
        return f"has more than {_LONGEST} characters"
    if not _NAME.fullmatch(name):
        if name in {".", ".."} or "/" in name or "\\" in name:
            return "leads out of its folder"
        if name.startswith("."):
            return "begins with a dot"
        return "has other characters than letters, digits, `.`, `-`, `_` and `+`, or begins or ends with one of these"
    if _DEVICES.fullmatch(name):
        return "is the name of a device on Windows"
    if name.lower() in RESERVED:
        return "is that of a file of the host"
    return ""
