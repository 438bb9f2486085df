"""What earlier releases say about the options of a set."""

import pytest

from manualgen.options.history import in_order, with_history
from manualgen.options.model import HistoryEvent
from tests.rendering import option

LONG = "The number of seconds after which an idle connection is closed by the server."


def history_of(options, name="a.b", **releases):
    """Return the history of an option; the releases are named ``v1`` and so on."""
    named = {key.replace("_", "."): value for key, value in releases.items()}
    return {one.name: one.history for one in with_history(options, named)}[name]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["25.05", "24.11"], ["24.11", "25.05"]),
        (["9.1", "10.0", "v9.0.3"], ["v9.0.3", "9.1", "10.0"]),
        # What are no version numbers stay as they are: the oldest first.
        (["vicuna", "warbler", "1.0"], ["vicuna", "warbler", "1.0"]),
        ([], []),
    ],
)
def test_the_order_of_releases(names, expected):
    assert in_order(names) == expected


def test_since_when_an_option_exists():
    b, c, d = option("a.b", "B."), option("a.c", "C."), option("a.d", "D.")
    given = {"v1": [b], "v2": [b, c]}
    histories = {one.name: one.history for one in with_history([b, c, d], given)}
    assert [
        (one.since, one.is_older, one.newest) for one in (histories[f"a.{x}"] for x in "bcd")
    ] == [("v1", True, "v2"), ("v2", False, "v2"), ("", False, "v2")]
    assert all(one.events == () for one in histories.values())


def test_an_option_that_was_away_for_a_while():
    b, other = option("a.b", "B."), option("x", "X.")
    assert history_of([b, other], v1=[b, other], v2=[other], v3=[b, other]).since == "v3"


def test_what_has_changed_and_when():
    now = option("a.b", "B.", type="boolean", default="3", read_only=True)
    found = history_of(
        [now],
        v1=[option("a.b", "Other.", type="string", default="1")],
        v2=[option("a.b", "B.", type="string", default="2")],
        v3=[option("a.b", "B.", type="boolean", default="2")],
    )
    assert found.events == (
        HistoryEvent("default", "v2", "1"),
        HistoryEvent("type", "v3", "string"),
        HistoryEvent("read-only", ""),
        HistoryEvent("default", "", "2"),
    )


def test_a_type_that_says_more_than_before_has_not_changed():
    for before, now in (("integer", "signed integer"), ("unspecified", "string")):
        old, new = option("a.b", "B.", type=before), option("a.b", "B.", type=now)
        assert history_of([new], v1=[old]).events == ()


def test_a_default_in_another_layout_is_no_event():
    old, new = (option("a.b", "B.", default=default) for default in ("{}", "{ }"))
    assert history_of([new], v1=[old]).events == ()


def test_long_defaults_are_not_repeated():
    for text in ("x" * 61, "a\nb"):
        found = history_of(
            [option("a.b", "B.", default="1")], v1=[option("a.b", "B.", default=text)]
        )
        assert found.events == (HistoryEvent("default", "", ""),)


def test_a_renamed_option_keeps_its_history():
    found = history_of(
        [option("x.third", LONG, default="2")],
        "x.third",
        v1=[option("x.first", LONG, default="1")],
        v2=[option("x.second", LONG, default="1")],
        v3=[option("x.third", LONG, default="1")],
    )
    # The sets have one option each; they have none in common with the first two.
    assert (found.since, found.is_older) == ("v1", True)
    assert found.old_names == ("x.second", "x.first")
    assert found.events == (
        HistoryEvent("renamed", "v2", "x.first"),
        HistoryEvent("renamed", "v3", "x.second"),
        HistoryEvent("default", "", "1"),
    )


def test_another_name_of_a_placeholder_is_an_old_name_and_no_event():
    found = history_of(
        [option("a.<name>.b", "B."), option("x", "X.")],
        "a.<name>.b",
        v1=[option("a.<name?>.b", "B."), option("x", "X.")],
    )
    assert (found.old_names, found.events) == (("a.<name?>.b",), ())


def test_aliases_are_names_of_what_existed_before():
    target = option("x.new", "N.")
    found = history_of(
        [target, option("x.old", "Alias of {option}`x.new`.")],
        "x.new",
        v1=[target, option("x.old", "O.")],
    )
    assert (found.old_names, found.events) == (("x.old",), ())


def test_options_that_two_became_one_of():
    """The history of one goes on; both names are known."""
    found = history_of(
        [
            option("x.new", LONG),
            option("x.one", "Alias of {option}`x.new`."),
            option("x.two", "Alias of {option}`x.new`."),
        ],
        "x.new",
        v1=[option("x.one", "One."), option("x.two", "Two.")],
    )
    assert sorted(found.old_names) == ["x.one", "x.two"]
    assert [one.kind for one in found.events] == ["renamed"]
    assert found.is_older


def test_releases_of_other_options_say_nothing():
    options = [option("a.b", "B.")]
    assert with_history(options, {"v1": [option("c.d", "D.")]}) == options
    assert with_history(options, {}) == options
