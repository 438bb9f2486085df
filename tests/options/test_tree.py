"""Options in order, and the pages that they are split into."""

from __future__ import annotations

import itertools
import random
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from manualgen.options import tree
from manualgen.options.model import Option, Text, join, split
from manualgen.options.reading import read
from tests.conftest import shared

SETS = [
    "home-manager",
    "nixos-1609",
    "nixos-2014",
    pytest.param("nixvim", marks=pytest.mark.slow),
    pytest.param("nixos-2024-names", marks=pytest.mark.slow),
]


def option(*loc: str, **fields) -> Option:
    return Option(name=join(loc), loc=loc, **fields)


def names(*given_names: str) -> list[str]:
    shuffled = [option(*split(name)) for name in given_names]
    random.Random(1).shuffle(shuffled)
    return [found.name for found in tree.ordered(shuffled)]


# ─── order ───


@pytest.mark.parametrize(
    "expected",
    [
        ["a", "b", "c"],
        ["a", "a.b", "a.b.c", "b"],
        # "enable" first, "package" second, within their level; nothing else leads.
        ["x.enable", "x.package", "x.a"],
        ["x.enable", "x.package", "x.a", "x.enableACME", "x.packages", "x.z"],
        ["package", "a.enable", "a.b", "enabled.a", "enableThings"],
        ["services.a.enable", "services.nginx.enable", "services.packagekit.enable"],
        # Placeholders after plain names of their level.
        ["u.a", "u.z", "u.*", "u.<name>"],
        ["u.z.x", "u.<name>.enable", "u.<name>.a"],
        # Within a level: alphabetical whatever the case, `_` as `-`, quoted names by what they mean.
        ["a.a", "a.B", "a.b", "a.c"],
        ["a.userAgent", "a.useSSL", "a.useVcard"],
        ["a.forcei686", "a.forceInstall"],
        ["a._b", "a.a", "a.a-b", "a.a_b", "a.a-c", "a.a1", "a.ab"],
        ["a.A", "a.a", "a.A-", "a.a-", "a.a_"],
        ["a.enable", 'a."a.b"', "a.c"],
        # A path comes before what lies below it, also where a name goes on.
        ["s.a", "s.a.x", "s.a-b"],
    ],
)
def test_the_order(expected):
    assert names(*expected) == expected


def test_components_decide_not_the_text():
    # "a-b" < "a.b" as text, since "-" < "."; by components "a" < "a-b".
    assert names("a-b.x", "a.z") == ["a.z", "a-b.x"]


PARTS = st.sampled_from(
    [
        "a", "A", "b", "enable", "enableX", "package", "<name>", "<b>", "_b_", "*", "_", "a.b",
        "b c", "b_c", '"', "é", "É", "x/y", "..", "", "-", "CON", "<script>", "a:b", "a_b", "日本",
        "top-level",
    ]
) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4)  # fmt: skip
LOCS = st.lists(PARTS, min_size=1, max_size=5).map(tuple)
OPTIONS = st.lists(LOCS, max_size=40, unique=True).map(lambda locs: [option(*loc) for loc in locs])


@given(OPTIONS, st.randoms(use_true_random=False))
def test_the_order_depends_on_nothing_but_the_options(options, chance):
    shuffled = list(options)
    chance.shuffle(shuffled)
    assert tree.ordered(shuffled) == tree.ordered(options)
    assert sorted(map(repr, tree.ordered(options))) == sorted(map(repr, options))


def test_options_of_one_name_have_an_order_too():
    twice = [
        option("a", type="z", description=Text("1")),
        option("a", type="b", description=Text("2")),
        option("b"),
    ]
    orders = [tree.ordered(order) for order in itertools.permutations(twice)]
    assert all(order == orders[0] for order in orders)
    assert len(orders[0]) == 3


# ─── identifiers ───


def test_identifiers_are_unique():
    options = [option("a", "<b>"), option("a", "_b_"), option("a", "_b_-2"), option("a", '"b"')]
    found = tree.identifiers(options)
    assert found[1] == "opt-a._b_"
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # The order in which options were shown at first: what begins with "enable" led.
        (("a", "enable b"), ("a", "_enable_b_")),
        (("a", "package:x"), ("a", "_package_x_")),
        (("a", "enable:z", "q"), ("a", "_enable_z_", "q")),
        # Capitals came before `_`, small letters after it, and placeholders last.
        (("a", "B:c"), ("a", "_B_c_")),
        (("a", "_b_c_"), ("a", "b:c")),
        (("a", "_b_"), ("a", "<b>")),
    ],
)
def test_equal_identifiers_are_numbered_in_an_order_of_their_own(first, second):
    pair = [option(*first), option(*second)]
    for options in (pair, pair[::-1]):
        found = dict(zip(options, tree.identifiers(options), strict=True))
        (base,) = tree.identifiers(pair[:1])
        assert found == {pair[0]: base, pair[1]: f"{base}-2"}


@given(OPTIONS, st.randoms(use_true_random=False))
def test_identifiers_depend_on_nothing_but_the_options(options, chance):
    found = dict(zip(options, tree.identifiers(options), strict=True))
    shuffled = list(options)
    chance.shuffle(shuffled)
    assert dict(zip(shuffled, tree.identifiers(shuffled), strict=True)) == found


@given(OPTIONS)
def test_identifiers_of_any_options_are_unique(options):
    found = tree.identifiers(tree.ordered(options))
    assert len(set(found)) == len(found) == len(options)
    assert all(name.startswith("opt-") and not re.search(r"\s", name) for name in found)


# ─── pages ───


def check_pages(ordered: list[Option], largest: int) -> list[tree.Page]:
    """Assert all that is promised of pages; return them."""
    found = tree.pages(ordered, largest)
    # Every option is on exactly one page, in order.
    placed = sorted(index for page in found for index in page.options)
    assert placed == list(range(len(ordered)))
    for page in found:
        assert page.options == sorted(page.options)
        for index in page.options:
            assert ordered[index].loc[: len(page.prefix)] == page.prefix
        # Larger only where one level alone is.
        if len(page.options) > largest and page.prefix:
            assert all(len(ordered[i].loc) <= len(page.prefix) + 1 for i in page.options)
    # Parents come first, totals add up.
    position = {id(page): number for number, page in enumerate(found)}
    assert found[0].parent is None
    assert found[0].prefix == ()
    for page in found[1:]:
        assert page.parent is not None
        assert position[id(page.parent)] < position[id(page)]
        assert any(child is page for child in page.parent.children)
        assert page.prefix[: len(page.parent.prefix)] == page.parent.prefix
    for page in found:
        assert page.total == len(page.options) + sum(child.total for child in page.children)
    # Names are safe and unique in every file system.
    stems = [page.stem for page in found]
    assert len({stem.lower() for stem in stems}) == len(stems)
    for stem in stems:
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", stem), stem
        assert len(stem) <= 140
        assert not stem.endswith(".")
    return found


def check_routes(ordered: list[Option], found: list[tree.Page]) -> None:
    ids = tree.identifiers(ordered)
    # As the site does it: pages without options do not exist.
    table = tree.routes(ids, [page for page in found if page.options])
    for page in found:
        for index in page.options:
            assert tree.route(ids[index].removeprefix("opt-"), table) is page, ids[index]


@given(OPTIONS, st.integers(1, 8))
@example([option("a", "<b>", "x"), option("a", "_b_", "x"), option("a", "_b_")], 1)
@example([option("a"), option("A"), option("a", "b"), option("A", "b")], 1)
@example([option("a"), option("a", "b", "c"), option("a", "b.c"), option("a", "b", "d")], 1)
@example([option(""), option("", ""), option("..", "x"), option("top-level", "x")], 1)
@settings(max_examples=200, deadline=None)
def test_pages_of_any_options(options, largest):
    ordered = tree.ordered(options)
    found = check_pages(ordered, largest)
    check_routes(ordered, found)


@pytest.mark.parametrize("name", SETS)
def test_pages_of_real_sets(name):
    ordered = tree.ordered(read(str(shared(f"data/options/{name}.json"))).options)
    found = check_pages(ordered, tree.LARGEST_PAGE)
    check_routes(ordered, found)
    own = [
        page
        for page in found
        if page.prefix and all(re.fullmatch(r"[A-Za-z0-9_-]+", part) for part in page.prefix)
    ]
    # A page of plain names has their name for its own, but where only case parts it from others.
    plain = [page for page in own if page.stem == page.title]
    assert len(plain) >= 0.9 * len(own)


def test_no_page_is_larger_than_the_limit_unless_one_level_is():
    flat = [option("a", f"x{number}") for number in range(400)]
    deep = [option("b", f"m{number // 10}", f"x{number}") for number in range(400)]
    found = check_pages(tree.ordered([*flat, *deep]), 150)
    sizes = {page.title: len(page.options) for page in found}
    assert sizes["a"] == 400
    assert max(size for title, size in sizes.items() if title != "a") <= 150
    assert tree.LARGEST_PAGE == 150


def test_an_option_stands_on_the_page_of_what_lies_below_it():
    options = [option("a", "settings"), *(option("a", "settings", f"x{n}") for n in range(5))]
    options += [option("a", f"y{n}") for n in range(5)]
    ordered = tree.ordered(options)
    found = check_pages(ordered, 5)
    (page,) = [page for page in found if page.title == "a.settings"]
    assert ordered[page.options[0]].name == "a.settings"


def test_a_stem_says_what_the_page_is_about():
    found = tree.pages(
        tree.ordered([option("services", "x"), option("users", "<name>", "y"), option("z")]), 1
    )
    assert {page.stem for page in found} >= {"services", "users", "top-level"}


def test_no_options_no_trouble():
    (only,) = check_pages([], 150)
    assert only.options == []
    check_routes([], [only])
