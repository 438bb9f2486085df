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
    known: dict[tuple[str, str], Item] = {}
    for item in items:
        known.setdefault((item.role, _one_line(item.name)), item)
    lines = sorted(map(_line, known.values()))
    header = (
        "# Sphinx inventory version 2\n"
        f"# Project: {_one_line(title)}\n"
        f"# Version: {_one_line(version)}\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    return header.encode("utf-8", "replace") + zlib.compress(
        "".join(lines).encode("utf-8", "replace"), 9
    )


def _line(item: Item) -> str:
    name = _one_line(item.name)
    # A name at the address's end is written as a dollar sign.
    address = item.address
    if name and address.endswith(name):
        address = f"{address[: -len(name)]}$"
    shown = _one_line(item.shown) or "-"
    return f"{name} {item.role} 1 {address} {'-' if shown == name else shown}\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())
