"""Which option of another project a reference means."""

from __future__ import annotations

import pytest

from manualgen.publication.cross_references import CrossReferences

NIXOS = [
    ("services.nginx.enable", "opt-services.nginx.enable"),
    ("users.users.<name>.home", "opt-users.users._name_.home"),
    ("environment.etc", "opt-environment.etc"),
]


def answers(*asked: str, version: str = "25.05", project: str = "mine"):
    known = CrossReferences(asked)
    known.add("mine", version, [("mine.enable", "opt-mine.enable")])
    known.add("nixos", "24.11", [*NIXOS, ("old.enable", "opt-old.enable")])
    known.add("nixos", "25.05", NIXOS)
    known.add("nixos", "unstable", NIXOS)
    known.add("fork", "1.0", [*NIXOS, ("fork.enable", "opt-fork.enable")])
    return known.answers(project, version, asked)


@pytest.mark.parametrize(
    ("asked", "name", "identifier"),
    [
        ("services.nginx.enable", "services.nginx.enable", "opt-services.nginx.enable"),
        # As in a manual: by its identifier, and with a name for a placeholder.
        ("opt-services.nginx.enable", "services.nginx.enable", "opt-services.nginx.enable"),
        ("users.users.alice.home", "users.users.<name>.home", "opt-users.users._name_.home"),
        ('users.users."a.b".home', "users.users.<name>.home", "opt-users.users._name_.home"),
    ],
)
def test_what_a_reference_means(asked, name, identifier):
    assert answers(asked) == {asked: ("nixos", "25.05", name, identifier)}


@pytest.mark.parametrize("asked", ["gone.enable", "opt-gone", "", "services.nginx", "mine.enable"])
def test_what_no_other_project_declares(asked):
    assert answers(asked) == {}


def test_the_newest_version_is_meant_if_there_is_no_equal_one():
    assert answers("environment.etc", version="2.0")["environment.etc"][:2] == ("nixos", "25.05")
    assert answers("old.enable")["old.enable"][:2] == ("nixos", "24.11")


def test_a_project_does_not_mean_itself():
    assert answers("environment.etc", project="nixos")["environment.etc"][:2] == ("fork", "1.0")
    assert answers("old.enable", project="nixos") == {}
