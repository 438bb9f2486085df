"""What is a version, and which is newer."""

from __future__ import annotations

import pytest

from manualgen.publication import names, versions


def test_the_newest_is_first():
    # Final releases, then pre-releases, then what moves; numbers are compared as numbers.
    expected = [
        *("25.05.805977.88331c17ba43", "25.05", "24.11", "v2.0", "1.10", "1.9"),
        *("1.0.post1", "1.0", "25.11pre1.abc", "2.0rc1", "1.0a1", "1.0.dev3"),
        *("unstable", "main"),
    ]
    assert versions.newest_first(sorted(expected)) == expected


def test_two_spellings_of_one_version_have_an_order():
    assert versions.newest_first(["1.0", "1.0.0"]) == versions.newest_first(["1.0.0", "1.0"])


@pytest.mark.parametrize(
    "text", ["", "newest", "1..2", "a b", "1.2/3", "abc", "1" * 200, "1." * 60]
)
def test_what_is_no_version(text):
    assert versions.order(text) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("..", "leads out"),
        ("a/b", "leads out"),
        ("a\\b", "leads out"),
        (".git", "begins with a dot"),
        ("a\nb", "other characters"),
        ("a\u202eb", "other characters"),
        ("a b", "other characters"),
        ("a.", "begins or ends"),
        ("_host", "begins or ends"),
        ("", "empty"),
        ("a" * 101, "100 characters"),
        ("NUL", "device"),
        ("com1.txt", "device"),
        ("Index.html", "file of the host"),
    ],
)
def test_names_that_cannot_be_folders(name, reason):
    assert reason in names.problem(name)


@pytest.mark.parametrize("name", ["nixos", "home-manager", "a", "C++", "x_1.2", "console"])
def test_names_that_can(name):
    assert names.problem(name) == ""
