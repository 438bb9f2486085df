"""Where options are declared: how that is shown, and where it leads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manualgen.options.declarations import Declarations, Source
from manualgen.options.model import Declaration

HASH = "0123456789abcdfghijklmnpqrsvwxyz"
STORE = f"/nix/store/{HASH}-source"
GITHUB = "https://github.com/NixOS/nixpkgs/blob"


def shown(name, *sources, revision="", url=None):
    return Declarations(tuple(map(Source.parse, sources)), revision).shown(Declaration(name, url))


@pytest.mark.parametrize("revision", ["", "local"])
def test_a_relative_path_is_of_nixpkgs_by_default(revision):
    assert shown("nixos/modules/x.nix", revision=revision) == (
        "<nixpkgs/nixos/modules/x.nix>",
        f"{GITHUB}/master/nixos/modules/x.nix",
    )


def test_the_revision_stands_in_the_address():
    assert shown("a.nix", revision="nixos-26.05")[1] == f"{GITHUB}/nixos-26.05/a.nix"
    assert shown("./a.nix", revision="v 1#2")[1] == f"{GITHUB}/v%201%232/a.nix"


def test_both_the_prefix_and_the_address_are_settings():
    source = "home-manager==https://git.example/{revision}/src/{path}?plain"
    assert shown("modules/a b.nix", source, revision="r1") == (
        "<home-manager/modules/a b.nix>",
        "https://git.example/r1/src/modules/a%20b.nix?plain",
    )


def test_an_address_without_a_place_for_the_path_has_it_at_its_end():
    assert shown("a.nix", "x==https://e/tree/")[1] == "https://e/tree/a.nix"


def test_no_address_no_link():
    assert shown("/src/a.nix", "mine=/src=") == ("<mine/a.nix>", None)


def test_the_longest_path_is_the_most_special():
    sources = ["all=/src=", "lib=/src/lib="]
    assert shown("/src/lib/a.nix", *sources)[0] == "<lib/a.nix>"
    assert shown("/src/lib/a.nix", *reversed(sources))[0] == "<lib/a.nix>"
    assert shown("/src/library/a.nix", *sources)[0] == "<all/library/a.nix>"


def test_the_root_itself():
    assert shown("/src", "mine=/src/=https://e")[0] == "<mine>"
    assert shown("/etc/x.nix", "root=/=")[0] == "<root/etc/x.nix>"


def test_a_store_path_is_cut_down_to_what_follows_the_sources_name():
    assert shown(f"{STORE}/modules/a.nix") == ("<source/modules/a.nix>", None)
    assert shown(STORE) == ("<source>", None)
    assert shown(f"{STORE}/m/a.nix", "hm=source=https://e/{path}") == (
        "<hm/m/a.nix>",
        "https://e/m/a.nix",
    )
    assert shown(f"file://{STORE}/m/a.nix", "hm=source=https://e/{path}")[1] == "https://e/m/a.nix"


def test_any_other_absolute_path_is_shown_as_it_is():
    assert shown("/etc/nixos/configuration.nix") == ("/etc/nixos/configuration.nix", None)


def test_what_the_record_says_itself_is_kept():
    assert shown("<hm/a.nix>", url="https://e/a") == ("<hm/a.nix>", "https://e/a")
    assert shown("<nixvim/a.nix>") == ("<nixvim/a.nix>", None)


def test_sources_need_a_name():
    assert Source.parse("n") == Source("n")
    assert Source.parse("n=p=u=v") == Source("n", "p", "u=v")
    with pytest.raises(ValueError, match="NAME=PATH=URL"):
        Source.parse("=p=u")


@given(st.text(), st.text())
def test_anything_can_be_shown(name, path):
    if path.startswith("="):
        path = ""
    text, address = Declarations((Source("n", path, "https://e/{path}"),)).shown(Declaration(name))
    assert isinstance(text, str)
    assert address is None or address.startswith("https://")
