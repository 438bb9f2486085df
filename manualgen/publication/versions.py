"""Versions of projects: which texts are versions, and their order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

MOVING = (
    "dev",
    "edge",
    "git",
    "main",
    "master",
    "nightly",
    "rolling",
    "stable",
    "trunk",
    "unstable",
)
"""The versions that move: names of branches and channels. They can have a prefix: ``nixos-unstable``."""

DEFAULT = "unstable"
"""The version of a project that has none."""

LATEST = "latest"
"""The folder that leads to the newest version; no version has this name."""

_NUMBERS = re.compile(r"v?(\d{1,9}(?:\.\d{1,9})*)(?:[-.+_][0-9A-Za-z]+)+")
"""Numbers with dots and what follows them, as in ``25.05.805977.88331c17ba43``."""

_BEFORE_RELEASE = re.compile("alpha|beta|dev|git|pre|rc")

_MOVING = re.compile(rf"(?:[a-z0-9]+[-._])*(?:{'|'.join(MOVING)})")


class Order(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """Where a version stands among others: the largest is the newest.

    Attributes:
        is_release: whether it is a final release. A pre-release is newer than all versions that
            move, and older than all releases.
        is_numbered: whether it has numbers.
        numbers: its epoch and its numbers, without zeros at their end.
        rest: what :mod:`packaging` compares after the numbers.
        text: the version, so that no two are equal.
    """

    is_release: bool
    is_numbered: bool = True
    numbers: tuple[int, ...] = ()
    rest: tuple[tuple[int, str, int], ...] = ()
    text: str


def order(version: str) -> Order | None:
    """Return where a version stands among others; None if it is no version.

    Versions are what :mod:`packaging` reads, such as ``1.2`` and ``v2.0rc1``; numbers with dots
    and what follows them, such as ``25.05.805977.88331c17ba43`` and ``2025-11-01``; and the names
    of branches and channels that move (:data:`MOVING`).

    Args:
        version: the text.
    """
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415 - of an extra

    if len(version) > _LONGEST:
        return None
    try:
        read = Version(version)
    except InvalidVersion:
        found = _NUMBERS.fullmatch(version)
        if found is not None:
            is_release = _BEFORE_RELEASE.search(version) is None
            numbers = (0, *map(int, found[1].split(".")))
            return Order(is_release=is_release, numbers=_without_zeros(numbers), text=version)
        if _MOVING.fullmatch(version):
            return Order(is_release=False, is_numbered=False, text=version)
        return None
    rest = (
        # A release comes after its pre-releases, and before what was released of it later.
        (-2, "", read.dev or 0) if read.dev is not None and read.pre is None else (-1, "", 0),
        (0, *read.pre) if read.pre is not None else (1, "", 0),
        (0 if read.post is None else 1, "", read.post or 0),
        (1 if read.dev is None else 0, "", read.dev or 0),
    )
    return Order(
        is_release=not read.is_prerelease,
        numbers=_without_zeros((read.epoch, *read.release)),
        rest=rest,
        text=version,
    )


_LONGEST = 100


def newest_first(versions: Iterable[str]) -> list[str]:
    """Return versions in order: releases, pre-releases, then those that move, each the newest first.

    Args:
        versions: the versions; each must be one.
    """
    return sorted(versions, key=_order, reverse=True)


def _order(version: str) -> Order:
    found = order(version)
    assert found is not None, version
    return found


def _without_zeros(numbers: Iterable[int]) -> tuple[int, ...]:
    found = list(numbers)
    while found and found[-1] == 0:
        found.pop()
    return tuple(found)
