"""Which options stand below another one."""

from __future__ import annotations

import pytest

from manualgen.options.model import Option, split
from manualgen.options.submodules import DEEPEST, submodules
from manualgen.options.tree import ordered


def below(*names: str) -> dict[str, tuple[str, list[str]]]:
    """Return the name of each option with others below it → placeholder, and their names."""
    options = ordered([Option(name=name, loc=split(name)) for name in names])
    return {
        options[index].name: (
            each.placeholder,
            [option.name for option in options[each.first : each.end]],
        )
        for index, each in sorted(submodules(options).items())
    }


def test_options_without_others_below():
    assert below() == {}
    assert below("a") == {}
    assert below("a.b", "a.c", "ab.c", "a-b") == {}


@pytest.mark.parametrize("placeholder", ["<name>", "*", "<name?>"])
def test_a_placeholder_that_all_have(placeholder):
    names = [f"a.{placeholder}.x", f"a.{placeholder}.y.z"]
    assert below("a", *names, "b") == {"a": (placeholder, names)}


def test_other_names_below():
    assert below("a", "a.x", "a.<name>.x") == {"a": ("", ["a.x", "a.<name>.x"])}
    assert below("a", "a.*.x", "a.<name>.x") == {"a": ("", ["a.*.x", "a.<name>.x"])}
    assert below("a", "a.x") == {"a": ("", ["a.x"])}


def test_submodules_in_submodules():
    names = ["a", "a.<name>.b", "a.<name>.b.*.c", "a.<name>.d", "e"]
    assert below(*names) == {
        "a": ("<name>", ["a.<name>.b", "a.<name>.b.*.c", "a.<name>.d"]),
        "a.<name>.b": ("*", ["a.<name>.b.*.c"]),
    }


def test_of_options_of_one_name_the_last_has_the_others_below():
    options = [Option(name=name, loc=split(name)) for name in ("a", "a", "a.b")]
    assert list(submodules(options)) == [1]


def test_what_is_very_deep_is_one_submodule():
    names = [".".join("a" * depth) for depth in range(1, 2_000)]
    found = below(*names)
    assert list(found) == names[:DEEPEST]
    assert len(found[names[0]][1]) == len(names) - 1
