"""The words by which the search over all projects finds out which of them have what is asked for."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from manualgen.site import records, search_index
from manualgen.site.incremental import option_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from manualgen.site.plan import SitePlan

DESCRIPTION, MODULE, DEEPER, NAME, PROJECT = range(5)
"""What a word is of, from what says least about a project to what says most: the description of an
option, or of one that stands for its module; a component of a name, or one of the first two, or a
title; the name of the project."""

KINDS = 5

LONGEST = 40
"""The characters after which a word is cut."""

_FIRST = 2
"""The number of components that are the first ones."""

_MOST_OF_MODULE = 3
"""The most components of the ``enable`` option of a module."""


def words_of(plan: SitePlan, entries: Mapping[str, tuple[str, str]]) -> bytes:
    """Return the words of a site, as :func:`read` reads them.

    Args:
        plan: the plan of the site.
        entries: identifier of an option → what :func:`search_index.entry_of` returns.
    """
    found: dict[str, int] = {}
    for title, _, _ in search_index.divisions(plan):
        _put(found, search_index.WORD.findall(title.lower()), NAME)
    components: dict[str, int] = {}
    for placement in plan.placements:
        catalog = placement.included.catalog
        before: list[str] = []
        for option, name in zip(catalog.options, catalog.ids, strict=True):
            parts = option.name.split(".")
            _put(components, parts[:_FIRST], NAME)
            _put(components, parts[_FIRST:], DEEPER)
            is_enable = parts[-1] == "enable" and len(parts) <= _MOST_OF_MODULE
            is_head = is_enable or parts[:_FIRST] != before
            before = parts[:_FIRST]
            _put(
                found, entries.get(name, ("", ""))[1].split(" "), MODULE if is_head else DESCRIPTION
            )
    for component, kind in components.items():
        _put(found, parts_of(component), kind)
    found.pop("", None)
    lines = [f"{kind}{word}" for word, kind in sorted(found.items())]
    return zlib.compress("\n".join(lines).encode(errors="replace"))


def read(words: bytes) -> Iterator[tuple[str, int]]:
    """Yield each word of a site and what it is of.

    Args:
        words: what :func:`words_of` has returned.
    """
    if words:
        for line in zlib.decompress(words).decode().split("\n"):
            if line:
                yield line[1:], int(line[0])


def parts_of(component: str) -> Iterator[str]:
    """Yield a component of a name from each of its words on: ``allowedTCPPorts``, ``TCPPorts``, ``ports``.

    What is one word is in lower case; the others keep the letters that tell where words begin.

    Args:
        component: the component.
    """
    whole = " ".join(component.split())
    starts = [match.start() for match in search_index.WORDS_OF_NAME.finditer(whole)]
    for index, start in enumerate(starts):
        part = whole[start:] if index else whole
        yield (part.lower() if index == len(starts) - 1 else part)[:LONGEST]
    if not starts:
        yield whole.lower()[:LONGEST]


def _put(found: dict[str, int], words: Iterable[str], kind: int) -> None:
    for word in words:
        if kind > found.get(word, -1):
            found[word] = kind


def entries_of(plan: SitePlan, folder: Path) -> Mapping[str, tuple[str, str]]:
    """Return identifier of an option → its sentence and words for the search.

    Args:
        plan: the plan of a site.
        folder: the folder that it was built in, with the records of the build.
    """
    found = records.read(folder)
    if found is None:
        return {}
    return {
        name: entry
        for page in plan.pages
        for name, entry in zip(option_ids(plan, page), found.pages[page.path].entries, strict=True)
    }
