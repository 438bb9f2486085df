"""Options in order, and the pages that they are split into.

Order: by path, component by component; in each level ``enable`` comes first, ``package``
second, placeholders (``<name>``, ``*``) last, and the others are in alphabetical order: capitals
are sorted as small letters, and ``_`` as ``-``, which comes before letters and digits.

Pages: one page holds the options below one prefix. If there are more than
:data:`LARGEST_PAGE`, the largest children of the prefix get pages of their own,
until the rest fits. So a page is larger only if one level alone is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.options import model
from manualgen.options.model import Option, join

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST_PAGE = 150
"""How many options a page holds, unless one level alone has more."""

DEEPEST = 50
"""How many components of a name decide which page an option is on."""

MOST_PAGES = 5_000
"""How many pages there are: all others stand on the pages of their parents."""

SortKey = tuple[tuple[int, str, str], ...]

_LEADING = {"enable": 0, "package": 1}
_PLACEHOLDER = re.compile(r"\*|<.*>")


def is_placeholder(part: str) -> bool:
    """Return whether a component of a path stands for any name."""
    return _PLACEHOLDER.fullmatch(part) is not None


class _Ranks(dict[str, tuple[int, str, str]]):
    """Memoizes the sort key of each component; there are few different ones."""

    def __missing__(self, part: str) -> tuple[int, str, str]:
        rank = _LEADING.get(part)
        if rank is None:
            rank = 3 if is_placeholder(part) else 2
        # The component itself last: those that differ in capitals alone have an order too.
        self[part] = key = (rank, part.casefold().replace("_", "-"), part)
        return key


_rank = _Ranks().__getitem__


def sort_key(loc: tuple[str, ...]) -> SortKey:
    """Return the sort key of a path."""
    return tuple(map(_rank, loc))


def ordered(options: Iterable[Option]) -> list[Option]:
    """Return options in their order, which depends only on the options themselves."""
    given = list(options)
    decorated = [(sort_key(option.loc), option.name, index) for index, option in enumerate(given)]
    decorated.sort()
    found = [given[index] for _, _, index in decorated]
    if len({option.name for option in found}) == len(found):
        return found
    # The order of options of one name must not depend on that of the input.
    return [
        option
        for _, group in _by_name(found)
        for option in (group if len(group) == 1 else sorted(group, key=repr))
    ]


def _by_name(options: list[Option]) -> Iterable[tuple[str, list[Option]]]:
    start = 0
    for index in range(1, len(options) + 1):
        if index == len(options) or options[index].name != options[start].name:
            yield options[start].name, options[start:index]
            start = index


def identifiers(options: Iterable[Option], prefix: str = "opt-") -> list[str]:
    """Return each option's identifier, in order; a later one of two equal ones gets ``-2``.

    Which one is later is no matter of the order in which options are shown: that may change,
    identifiers never do.
    """
    all_options = list(options)
    bases = model.identifiers([option.name for option in all_options], prefix)
    if len(set(bases)) == len(bases):
        return bases
    result = [""] * len(bases)
    taken: set[str] = set()
    last_numbers: dict[str, int] = {}
    for index in sorted(range(len(bases)), key=lambda index: _first_order(all_options[index])):
        base = unique = bases[index]
        while unique in taken:
            last_numbers[base] = number = last_numbers.get(base, 1) + 1
            unique = f"{base}-{number}"
        taken.add(unique)
        result[index] = unique
    return result


def _first_order(option: Option) -> tuple[list[tuple[int, str]], str]:
    """Return the sort key of an option in the order that numbers equal identifiers.

    It is the order in which nixos-render-docs, and at first manualgen, showed options.
    """
    path = [(_first_rank(part), part) for part in option.loc]
    return path, option.name


def _first_rank(part: str) -> int:
    if part.startswith("enable"):
        return 0
    if part.startswith("package"):
        return 1
    return 3 if is_placeholder(part) else 2


class Page(msgspec.Struct, eq=False):
    """One page of a split reference.

    Attributes:
        prefix: the path that its options are below; () for options of the top level.
        options: indices into the ordered options.
        parent: the page of the nearest prefix above, None for the first.
        children: pages of prefixes below, in order.
        total: how many options this page and all pages below it hold.
        title: the prefix in Nix's notation; "" for the top level.
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
        """The prefix in the form of identifiers, to compare it with the start of an option's."""
        return model.identifier(self.title, "")


class _Branch:
    """A prefix: the options directly below it, the longer prefixes, and how many options in all."""

    __slots__ = ("branches", "count", "leaves", "part")

    def __init__(self, part: str) -> None:
        """Create an empty branch.

        Args:
            part: the last component of its prefix.
        """
        self.part = part
        self.leaves: list[int] = []
        self.branches: dict[str, _Branch] = {}
        self.count = 0


def pages(options: list[Option], largest: int = LARGEST_PAGE) -> list[Page]:
    """Return the pages of ordered options; the first is the top level's, parents come first.

    Every option is on exactly one page. The top level's page may be empty.

    Args:
        options: the options, ordered.
        largest: how many options a page holds, unless one level alone has more.
    """
    root = _Branch("")
    for index, option in enumerate(options):
        branch = root
        branch.count += 1
        for part in option.loc[:-1][:DEEPEST]:
            below = branch.branches.get(part)
            if below is None:
                below = branch.branches[part] = _Branch(part)
            branch = below
            branch.count += 1
        branch.leaves.append(index)
    _move_heads(root, options)
    result: list[Page] = []
    _split(root, (), None, result, largest)
    _name_files(result)
    return result


def _move_heads(branch: _Branch, options: list[Option]) -> None:
    """Move an option with others below it (``settings``, ``settings.port``) to their branch."""
    # From below upwards, so that moved options are not visited again.
    for below in branch.branches.values():
        _move_heads(below, options)
    kept = []
    for index in branch.leaves:
        loc = options[index].loc
        below_it = branch.branches.get(loc[-1]) if 0 < len(loc) <= DEEPEST else None
        if below_it is None:
            kept.append(index)
        else:
            below_it.leaves.insert(0, index)
            below_it.count += 1
    branch.leaves = kept


def _split(
    branch: _Branch, prefix: tuple[str, ...], parent: Page | None, result: list[Page], largest: int
) -> None:
    page = Page(prefix, list(branch.leaves), parent, [], branch.count, join(prefix))
    result.append(page)
    if parent is not None:
        parent.children.append(page)
    left = branch.count
    with_page: set[str] = set()
    # The top level is a table of contents: every name in it has a page.
    if not prefix:
        with_page.update(branch.branches)
    for child in sorted(branch.branches.values(), key=lambda child: (-child.count, child.part)):
        if left <= largest or not prefix:
            break
        with_page.add(child.part)
        left -= child.count
    for part, child in branch.branches.items():
        if part in with_page and len(result) < MOST_PAGES:
            below, below_prefix = child, (*prefix, part)
            # A prefix with only one longer prefix below it needs no page of its own.
            while not below.leaves and len(below.branches) == 1 and below.count > largest:
                (only,) = below.branches.values()
                below, below_prefix = only, (*below_prefix, only.part)
            _split(below, below_prefix, page, result, largest)
        else:
            _gather(child, page.options)
    page.options.sort()


def _gather(branch: _Branch, into: list[int]) -> None:
    into.extend(branch.leaves)
    for below in branch.branches.values():
        _gather(below, into)


_LONGEST_STEM = 120
TOP_LEVEL = "top-level"


def _name_files(all_pages: list[Page]) -> None:
    """Give each page a file name: its prefix, with a hash where that is not safe or not unique."""
    used: set[str] = set()
    for page in all_pages:
        title = page.title
        stem = re.sub(r"[^A-Za-z0-9_.-]", "_", title).strip(".")[:_LONGEST_STEM] or TOP_LEVEL
        # On macOS and Windows, names that differ only in case are the same file.
        unlike = stem != page.route and bool(page.prefix)
        if unlike or stem.lower() in used or stem.startswith("-"):
            import hashlib  # noqa: PLC0415 - slow to import, for a few pages of large sets

            digest = hashlib.sha256(title.encode("utf-8", "surrogatepass")).hexdigest()
            stem = f"{stem.lstrip('-')}-{digest[:8]}"
        used.add(stem.lower())
        page.stem = stem


def routes(ids: list[str], all_pages: list[Page], prefix: str = "opt-") -> dict[str, Page]:
    """Return the table by which the page of an identifier is found.

    Keys are identifiers without their prefix. To find the page of an identifier,
    its last parts (after a dot) are removed one by one until a key matches. Where
    that would find no page or a wrong one, the whole identifier is a key too.

    Args:
        ids: the identifiers of the options, in order.
        all_pages: the pages.
        prefix: the prefix of the identifiers.
    """
    table: dict[str, Page] = {}
    for page in all_pages:
        table.setdefault(page.route, page)
    names = [
        (ids[index].removeprefix(prefix), page) for page in all_pages for index in page.options
    ]
    # A name in the table applies to longer ones that start with it: those are checked later.
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
