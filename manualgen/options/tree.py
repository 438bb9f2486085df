"""Options in order, and the pages that they are split into.

Order: by path, component by component; in each level what starts with
``enable`` comes first, what starts with ``package`` second (as today), and
placeholders (``<name>``, ``*``) come after plain names.

Pages: one page holds what lies below one prefix. A prefix with more than
:data:`LARGEST_PAGE` options gives its largest children pages of their own,
until what is left fits. So a page is only larger where one level alone is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.options.model import Option, identifier, join

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST_PAGE = 150
"""How many options a page holds, unless one level alone has more."""

SortKey = tuple[tuple[int, str], ...]

_PLACEHOLDER = re.compile(r"\*|<.*>")


class _Ranks(dict[str, tuple[int, str]]):
    """What each component sorts by. A few thousand components make up all paths."""

    def __missing__(self, part: str) -> tuple[int, str]:
        if part.startswith("enable"):
            rank = 0
        elif part.startswith("package"):
            rank = 1
        else:
            rank = 3 if _PLACEHOLDER.fullmatch(part) else 2
        self[part] = found = (rank, part)
        return found


_rank = _Ranks().__getitem__


def sort_key(loc: tuple[str, ...]) -> SortKey:
    """Return what a path sorts by."""
    return tuple(map(_rank, loc))


def ordered(options: Iterable[Option]) -> list[Option]:
    """Return options in their order; it depends on nothing but the options."""
    decorated = [(sort_key(option.loc), option.name, option) for option in options]
    decorated.sort(key=lambda entry: entry[:2])
    # Options of one name keep an order of their own, whatever the input's was.
    return [
        option
        for _, group in _by_name([entry[2] for entry in decorated])
        for option in (group if len(group) == 1 else sorted(group, key=repr))
    ]


def _by_name(options: list[Option]) -> Iterable[tuple[str, list[Option]]]:
    start = 0
    for index in range(1, len(options) + 1):
        if index == len(options) or options[index].name != options[start].name:
            yield options[start].name, options[start:index]
            start = index


def identifiers(options: Iterable[Option], prefix: str = "opt-") -> list[str]:
    """Return each option's identifier, in order; a later one of two equal ones gets ``-2``."""
    used: set[str] = set()
    found: list[str] = []
    for option in options:
        wanted = unique = identifier(option.name, prefix)
        number = 1
        while unique in used:
            number += 1
            unique = f"{wanted}-{number}"
        used.add(unique)
        found.append(unique)
    return found


class Page(msgspec.Struct):
    """One page of a split reference.

    Attributes:
        prefix: the path that the page is about; () for options of the top level.
        options: indices into the ordered options.
        parent: the page of the nearest prefix above, None for the first.
        children: pages of prefixes below, in order.
        total: how many options this page and all pages below it hold.
        title: the prefix as Nix writes it; "" for the top level.
        stem: a name for the page's file, without its ending; safe in every file system.
    """

    prefix: tuple[str, ...]
    options: list[int]
    parent: Page | None = None
    children: list[Page] = []
    total: int = 0
    title: str = ""
    stem: str = ""

    @property
    def route(self) -> str:
        """The prefix in the form of identifiers, to be compared with the start of an option's."""
        return identifier(self.title, "")


class _Branch:
    """A prefix: the options that it has itself, and what lies below it."""

    __slots__ = ("branches", "count", "leaves", "part")

    def __init__(self, part: str) -> None:
        self.part = part
        self.leaves: list[int] = []
        self.branches: dict[str, _Branch] = {}
        self.count = 0


def pages(options: list[Option], largest: int = LARGEST_PAGE) -> list[Page]:
    """Return the pages of ordered options; the first is the top level's, parents come first.

    Every option is on exactly one page. The top level's page may be empty.
    """
    root = _Branch("")
    for index, option in enumerate(options):
        branch = root
        branch.count += 1
        for part in option.loc[:-1]:
            below = branch.branches.get(part)
            if below is None:
                below = branch.branches[part] = _Branch(part)
            branch = below
            branch.count += 1
        branch.leaves.append(index)
    _move_heads(root, options)
    found: list[Page] = []
    _split(root, (), None, found, largest)
    _name(found)
    return found


def _move_heads(branch: _Branch, options: list[Option]) -> None:
    """Move an option that others lie below (``settings``, ``settings.port``) to their branch."""
    # From below upwards, so that what has moved is not looked at again.
    for below in branch.branches.values():
        _move_heads(below, options)
    kept = []
    for index in branch.leaves:
        loc = options[index].loc
        head_of = branch.branches.get(loc[-1]) if loc else None
        if head_of is None:
            kept.append(index)
        else:
            head_of.leaves.insert(0, index)
            head_of.count += 1
    branch.leaves = kept


def _split(
    branch: _Branch, prefix: tuple[str, ...], parent: Page | None, found: list[Page], largest: int
) -> None:
    page = Page(prefix, list(branch.leaves), parent, [], branch.count, join(prefix))
    found.append(page)
    if parent is not None:
        parent.children.append(page)
    left = branch.count
    apart: set[str] = set()
    # The top level is a table of contents: whatever has a name there has a page.
    if not prefix:
        apart.update(branch.branches)
    for child in sorted(branch.branches.values(), key=lambda child: (-child.count, child.part)):
        if left <= largest or not prefix:
            break
        apart.add(child.part)
        left -= child.count
    for part, child in branch.branches.items():
        if part in apart:
            below, below_prefix = child, (*prefix, part)
            # A prefix that has nothing but one longer prefix needs no page of its own.
            while not below.leaves and len(below.branches) == 1 and below.count > largest:
                (only,) = below.branches.values()
                below, below_prefix = only, (*below_prefix, only.part)
            _split(below, below_prefix, page, found, largest)
        else:
            _gather(child, page.options)
    page.options.sort()


def _gather(branch: _Branch, into: list[int]) -> None:
    into.extend(branch.leaves)
    for below in branch.branches.values():
        _gather(below, into)


_LONGEST_STEM = 120
TOP_LEVEL = "top-level"


def _name(found: list[Page]) -> None:
    """Give each page a file name: its prefix where that is safe and its own, else with a hash."""
    used: set[str] = set()
    for page in found:
        title = page.title
        stem = re.sub(r"[^A-Za-z0-9_.-]", "_", title).strip(".")[:_LONGEST_STEM] or TOP_LEVEL
        # File systems of macOS and Windows take names that differ in case only for one.
        unlike = stem != page.route and bool(page.prefix)
        if unlike or stem.lower() in used or stem.startswith("-"):
            import hashlib  # noqa: PLC0415 - slow to import, for a few pages of large sets

            digest = hashlib.sha256(title.encode("utf-8", "surrogatepass")).hexdigest()
            stem = f"{stem.lstrip('-')}-{digest[:8]}"
        used.add(stem.lower())
        page.stem = stem


def routes(ids: list[str], found: list[Page], prefix: str = "opt-") -> dict[str, Page]:
    """Return what leads from an identifier to its page.

    Keys are identifiers without their prefix: an identifier belongs to the page
    whose key is found first when its last parts (after a dot) are cut off one
    by one. Where that rule would mislead, or find nothing, the table has the
    whole identifier too.
    """
    table: dict[str, Page] = {}
    for page in found:
        table.setdefault(page.route, page)
    names = [(ids[index].removeprefix(prefix), page) for page in found for index in page.options]
    # A name in the table leads the longer ones that begin with it: those are looked at later.
    for name, page in sorted(names, key=lambda entry: len(entry[0])):
        if route(name, table) is not page:
            table[name] = page
    return table


def route(name: str, table: dict[str, Page]) -> Page | None:
    """Return the page that the rule of :func:`routes` finds for an identifier without its prefix."""
    while name not in table:
        if "." not in name:
            return None
        name = name.rpartition(".")[0]
    return table[name]
