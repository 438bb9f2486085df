"""Options → options.json, and back."""

from __future__ import annotations

import json

import pytest

from manualgen.options.model import Markup, Option, Text
from manualgen.options.reading import decode, read
from manualgen.options.writing import to_json
from tests.conftest import ROOT, shared


@pytest.mark.parametrize("name", ["container", "grub"])
def test_samples_are_written_byte_for_byte(name):
    path = ROOT / f"sample-options/{name}.json"
    assert to_json(read(str(path)).options) == path.read_bytes()


@pytest.mark.parametrize("name", ["home-manager", "nixos-1609"])
def test_real_sets_come_back(name):
    path = shared(f"data/options/{name}.json")
    expected = json.loads(path.read_bytes())
    for record in expected.values():
        # An empty description says as much as none, and is read as none.
        record["description"] = record["description"] or None
    assert json.loads(to_json(read(str(path)).options)) == expected


def test_every_field_comes_back():
    option = Option(
        name="a",
        loc=("a",),
        description=Text("<para/>", Markup.DOCBOOK),
        type="t",
        default=Text("1", Markup.NIX),
        example=Text("*e*", Markup.MARKDOWN),
        read_only=True,
        related_packages=Text("- p"),
        visible="shallow",
        internal=True,
        other={"extra": [1]},
    )
    assert decode(to_json([option])).options == (option,)
