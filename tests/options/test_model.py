"""Options' names, paths and public identifiers."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from manualgen.options.model import Declaration, Option, Text, identifier, identifiers, join, split
from tests.conftest import shared_json

SETS = ["home-manager", "nixvim", "nixos-1609", "nixos-2014", "nixos-2024-names"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("services.nginx.enable", "opt-services.nginx.enable"),
        ("users.users.<name>.home", "opt-users.users._name_.home"),
        ("systemd.*.x", "opt-systemd._.x"),
        ('a."b c".d', "opt-a._b_c_.d"),
        ("a.[x]:y", "opt-a._x__y"),
        ("a/b@c+d,e'f(g)", "opt-a/b@c+d,e'f(g)"),
        ("tab\there", "opt-tab_here"),
        ("a\u00a0b\u3000c\nd", "opt-a_b_c_d"),
        ("größe", "opt-größe"),
        ("", "opt-"),
    ],
)
def test_an_identifier_is_what_the_nixos_manual_has_always_written(name, expected):
    assert identifier(name) == expected


@given(st.text())
def test_an_identifier_can_stand_in_html(name):
    found = identifier(name)
    assert found.startswith("opt-")
    assert not any(character.isspace() for character in found)
    assert not set(found) & set('*<>[]:"')


@given(
    st.lists(st.text(st.sampled_from('ab.*<>"` :\n\t\x00\ud800ß')), max_size=4), st.text(max_size=2)
)
@example([], "opt-")
@example(["a", "b.<name>"], "o:")
@example(["a\nb"], "opt-")
@example(["a\x7f", "b"], "opt-")
def test_identifiers_of_many_options_are_those_of_each(names, prefix):
    assert identifiers(names, prefix) == [identifier(name, prefix) for name in names]


@pytest.mark.parametrize(
    ("loc", "name"),
    [
        (("a", "b"), "a.b"),
        (("a", "<name>", "*"), "a.<name>.*"),
        (("a", "b.c"), 'a."b.c"'),
        (("a", "with space", "1x"), 'a."with space"."1x"'),
        (("a", 'q"uote', "back\\slash"), r'a."q\"uote"."back\\slash"'),
        (("a-b", "c'd", "_e"), "a-b.c'd._e"),
        (("",), '""'),
        ((), ""),
    ],
)
def test_join_writes_a_path_as_nix_does(loc, name):
    assert join(loc) == name


@pytest.mark.parametrize(
    ("name", "loc"),
    [
        ("a.b", ("a", "b")),
        ('a."b.c".d', ("a", "b.c", "d")),
        ("users.<name>.home", ("users", "<name>", "home")),
        ("a.<na.me>.b", ("a", "<na.me>", "b")),
        (r'a."q\"x"', ("a", 'q"x')),
        ('a."unclosed', ('a."unclosed',)),
        ("a.<x", ("a", "<x")),
        ("", ("",)),
        ("a..<b>", ("a..<b>",)),
    ],
)
def test_split(name, loc):
    assert split(name) == loc


COMPONENTS = st.text(min_size=1) | st.sampled_from(
    ["<name>", "*", "a.b", '"', "\\", "with space", "<a.b>", "x/y", "é"]
)


@given(st.lists(COMPONENTS.filter(lambda part: "<" not in part and ">" not in part), min_size=1))
def test_split_is_the_inverse_of_join(loc):
    assert split(join(tuple(loc))) == tuple(loc)


@given(st.text())
def test_split_refuses_nothing(name):
    assert len(split(name)) >= 1
    assert all(isinstance(part, str) for part in split(name))


@pytest.mark.parametrize("name", SETS)
def test_split_finds_the_path_of_every_real_option(name):
    records = shared_json(f"data/options/{name}.json")
    wrong = [
        option
        for option, record in records.items()
        # A component that holds a dot is not always quoted in the sets of 2014 and 2016.
        if record.get("loc")
        and join(tuple(record["loc"])) == option
        and split(option) != tuple(record["loc"])
    ]
    assert wrong == []


def test_records_are_frozen():
    option = Option(name="a", loc=("a",), description=Text("x"), declarations=(Declaration("f"),))
    for record, field in [(option, "name"), (option.description, "text"), (Text("y"), "markup")]:
        with pytest.raises(AttributeError):
            setattr(record, field, "z")
    assert not hasattr(option, "__dict__")
    assert option.declared_in == ("f",)
    assert msgspec.structs.replace(option, type="t").type == "t"
