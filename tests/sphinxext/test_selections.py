"""Which options a directive selects, and which option a reference means."""

from __future__ import annotations

import json

import pytest

from manualgen.book.catalog import OptionSettings
from manualgen.book.option_sets import SetSettings
from manualgen.sphinxext.configuration import ConfiguredSet
from manualgen.sphinxext.domain import candidates, index_of, matching
from manualgen.sphinxext.generated import Split, modules
from manualgen.sphinxext.sets import ProjectSets, Selection

NAMES = [
    "b.zone",
    "b.enable",
    "b.hosts",
    "b.hosts.<name>.root",
    "b.hosts.<name>.deep.er",
    'b."x.y".z',
    "a",
]


def project_set(folder, names=NAMES):
    file = folder / "options.json"
    file.write_text(json.dumps({name: {"description": name} for name in names}))
    configured = ConfiguredSet("s", SetSettings(file), OptionSettings())
    found = ProjectSets([configured]).get("s")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"sort": "source"}, NAMES),
        (
            {"prefix": "b", "depth": 1},
            ["b.enable", "b.hosts", "b.zone"],
        ),
        ({"prefix": "b.hosts"}, ["b.hosts", "b.hosts.<name>.deep.er", "b.hosts.<name>.root"]),
        # A prefix is a path, not the beginning of a text.
        ({"prefix": "b.hos"}, []),
        ({"prefix": 'b."x.y"'}, ['b."x.y".z']),
        (
            {"prefix": "b", "exclude": ("b.hosts", 'b."x.y"'), "sort": "name"},
            ["b.enable", "b.zone"],
        ),
    ],
)
def test_a_selection_has_the_options_below_a_prefix(tmp_path, selection, expected):
    options = project_set(tmp_path)
    found = options.select(Selection("s", **selection))
    assert [options.catalog.options[index].name for index in found] == expected


def test_every_option_of_a_split_is_in_one_document(tmp_path):
    names = [f"services.s{number % 20}.o{number}" for number in range(400)]
    options = project_set(tmp_path, [*names, "top", "programs.one"])
    found = modules(options, Split(Selection("s"), "folder"))
    shown = [index for module in found.values() for index in module.indices]
    assert sorted(shown) == list(range(402))
    children = [child for module in found.values() for child in module.children]
    assert sorted(children) == sorted(set(found) - {""})
    assert "folder/services" in found[""].children
    # The container is that of the prefix: nothing is above it that only leads to it.
    below = modules(options, Split(Selection("s", "services.s1"), "folder"))
    assert len(below[""].indices) == 20


def test_a_digest_changes_with_what_is_shown_alone(tmp_path):
    before = project_set(tmp_path)
    first, second = before.select(Selection("s", "a")), before.select(Selection("s", "b"))
    digests = before.digest(first), before.digest(second)
    records = json.loads((tmp_path / "options.json").read_text())
    records["a"]["description"] = "Another."
    (tmp_path / "options.json").write_text(json.dumps(records))
    configured = ConfiguredSet("s", SetSettings(tmp_path / "options.json"), OptionSettings())
    after = ProjectSets([configured]).get("s")
    assert after.digest(first) != digests[0]
    assert after.digest(second) == digests[1]
    other = ConfiguredSet("s", SetSettings(tmp_path / "options.json"), OptionSettings(revision="2"))
    assert ProjectSets([other]).get("s").digest(second) != digests[1]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("users.<name>.home", "users.<name>.home"),
        ("users.alice.home", "users.<name>.home"),
        ('users."a.b".home', "users.<name>.home"),
        # Several components for one placeholder, where nothing else is meant.
        ("users.a.b.c.home", "users.<name>.home"),
        ("users.alice.shell", None),
        ("users", None),
        (".".join("x" * 40), None),
    ],
)
def test_placeholders_stand_for_components(name, expected):
    assert matching(name, index_of(["users.<name>.home", "users.root.home"])) == expected


def test_names_are_relative_to_the_innermost_context_first():
    assert list(candidates("enable", "services.nginx")) == [
        "services.nginx.enable",
        "services.enable",
        "enable",
    ]
    assert list(candidates("enable", "")) == ["enable"]
