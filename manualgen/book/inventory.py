"""The inventory of a site, in the format that Sphinx's intersphinx reads."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, NamedTuple

from manualgen.options.model import FORBIDDEN_IN_HTML

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "objects.inv"
"""The inventory's file, in the folder of the site."""


class Item(NamedTuple):
    """An entry of an inventory.

    Attributes:
        role: ``nix:option`` or ``std:label``.
        name: the name that references use.
        address: its address, relative to the inventory.
        text: the text of a reference; the name where empty.
    """

    role: str
    name: str
    address: str
    text: str = ""


def encode(title: str, version: str, items: Iterable[Item]) -> bytes:
    """Return an inventory, in version 2 of the format.

    Args:
        title: the name of the project.
        version: its version.
        items: the entries, in any order; of several with one role and name, the first is kept,
            and none whose name :func:`is_readable` refuses.
    """
    known: dict[tuple[str, str], str] = {}
    for role, name, address, text in items:
        line_name = _one_line(name)
        if (role, line_name) in known or not is_readable(line_name):
            continue
        # In this format, "$" at the end of an address stands for the name.
        if line_name and address.endswith(line_name):
            address = f"{address[: -len(line_name)]}$"  # noqa: PLW2901 - it is the same address
        line_text = _one_line(text) if text else ""
        if line_text in {"", line_name}:
            line_text = "-"
        known[role, line_name] = f"{line_name} {role} 1 {address} {line_text}\n"
    header = (
        "# Sphinx inventory version 2\n"
        f"# Project: {_one_line(title)}\n"
        f"# Version: {_one_line(version)}\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    return header.encode("utf-8", "replace") + zlib.compress(
        "".join(sorted(known.values())).encode("utf-8", "replace")
    )


# As sphinx.util.inventory splits a line: name, type, priority, address and text.
_LINE = re.compile(r"(.+?)\s+(\S+)\s+(-?\d+)\s+?(\S*)\s+(.*)")


_FEWEST_WORDS = 2
"""A name of fewer words cannot be misread."""


def is_readable(name: str) -> bool:
    """Return whether a name in an inventory is read as that name, and not as other fields.

    The format has no way to write a name such as ``a std:label 1 b.html c``.

    Args:
        name: the name.
    """
    words = name.split()
    if len(words) < _FEWEST_WORDS:
        return bool(words)
    found = _LINE.match(f"{' '.join(words)} role 1 address -")
    return found is not None and found[1] == " ".join(words)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if line.isprintable() else FORBIDDEN_IN_HTML.sub("\ufffd", line)
