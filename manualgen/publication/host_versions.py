"""What the pages of a manual know of the other versions of its project.

``versions.js``, beside the folders of the versions, has their names, and the script that offers the
same place in each. ``places.js``, which is loaded when a reader asks, has the pages and identifiers
that some versions lack. So a manual need not be built again when a version is added.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from manualgen.publication.latest import pages_of
from manualgen.site.theme import asset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from manualgen.publication.model import Site

SCRIPT = "versions.js"
"""The file of the versions of a project, in its folder."""

PLACES = "places.js"
"""The file of the pages and identifiers that some versions lack, likewise."""


def files(versions: Sequence[tuple[str, Site]], theme: Path | None) -> dict[str, bytes]:
    """Return path → content of the files.

    Args:
        versions: the versions of the project and their sites, the newest first.
        theme: the theme of the pages of the host.
    """
    names = [version for version, _ in versions]
    pages = _lacking([pages_of(site) for _, site in versions])
    identifiers = _lacking([{name for _, name in site.names} for _, site in versions])
    return {
        SCRIPT: f"var manualgenVersions={_json(names)};\n{asset(SCRIPT, theme)}".encode(),
        PLACES: f"manualgenPlaces({_json(pages)},{_json(identifiers)})\n".encode(errors="replace"),
    }


def _lacking(found: Sequence[set[str]]) -> dict[str, list[str]]:
    """Return which versions have something, as bits in hexadecimal digits → what these alone have.

    Args:
        found: what each version has.
    """
    bits: dict[str, int] = defaultdict(int)
    for index, names in enumerate(found):
        for name in names:
            bits[name] |= 1 << index
    groups: dict[str, list[str]] = defaultdict(list)
    everywhere = (1 << len(found)) - 1
    for name, value in sorted(bits.items()):
        if value != everywhere:
            groups[f"{value:x}"].append(name)
    return groups


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
