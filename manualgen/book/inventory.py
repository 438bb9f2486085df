"""What a site holds, for others to refer to: an inventory in the form of Sphinx's intersphinx."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "objects.inv"
"""The inventory's name beside a site's front page."""


class Item(NamedTuple):
    """Something that can be referred to.

    Attributes:
        role: ``nix:option`` or ``std:label``.
        name: what it is referred to by.
        address: where it stands, relative to the inventory.
        shown: the text of a reference; the name where empty.
    """

    role: str
    name: str
    address: str
    shown: str = ""


def encode(title: str, version: str, items: Iterable[Item]) -> bytes:
    """Return an inventory (version 2 of its form) of items, sorted; of one name, the first."""
    known: dict[tuple[str, str], str] = {}
    for role, name, address, shown in items:
        line_name = _one_line(name)
        if (role, line_name) in known:
            continue
        # A name at the address's end is written as a dollar sign.
        if line_name and address.endswith(line_name):
            address = f"{address[: -len(line_name)]}$"  # noqa: PLW2901 - it is the same address
        text = _one_line(shown) if shown else ""
        known[role, line_name] = (
            f"{line_name} {role} 1 {address} {'-' if text in {'', line_name} else text}\n"
        )
    header = (
        "# Sphinx inventory version 2\n"
        f"# Project: {_one_line(title)}\n"
        f"# Version: {_one_line(version)}\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    return header.encode("utf-8", "replace") + zlib.compress(
        "".join(sorted(known.values())).encode("utf-8", "replace")
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
