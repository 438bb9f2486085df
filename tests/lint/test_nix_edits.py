"""String literals with other texts: verified by Nix, nothing else changed."""

from __future__ import annotations

import shutil

import pytest

from manualgen.lint import nix_edits
from manualgen.lint.nix_edits import RefusedError, changed
from manualgen.lint.nix_strings import Literal, literals
from tests.conftest import program

FILE = """{ lib, ... }: {{
  a = lib.mkOption {{
    description = {};
    example = "a text";
  }};
}}
"""


@pytest.fixture(autouse=True)
def _nix():
    program("nix-instantiate")


def edited(literal: str, new: str) -> str:
    text = FILE.replace("{{", "{").replace("}}", "}").replace("{};", f"{literal};")
    (found,) = [one for one in literals(text) if text[one.start : one.end] == literal]
    result = changed(text, found, new)
    before, after = text.split(literal)
    assert result.startswith(before)
    assert result.endswith(after)
    return result[len(before) : -len(after)]


@pytest.mark.parametrize(
    ("literal", "new", "expected"),
    [
        ("''\n      A.\n      b\n    ''", "A.\n\nb\n", "''\n      A.\n\n      b\n    ''"),
        (
            "''\n      It's ''${x} and '''y'''.\n      b\n    ''",
            "It's ${x} and ''y''.\n\nc ${z} ''\n",
            "''\n      It's ''${x} and '''y'''.\n\n      c ''${z} '''\n    ''",
        ),
        ("''A b.''", "A c.", "''A c.''"),
        ("''\n      a\n\n      b''", "a\nb", "''\n      a\n      b''"),
        ("''\n    ''", "a\n", "''\na\n    ''"),
        ('"A <b>."', 'A "c" ${d} \\.', '"A \\"c\\" \\${d} \\\\."'),
        ('"A.\\nb\\n"', "A.\n\nb\n", '"A.\\n\\nb\\n"'),
        ('"A.\nb"', "A.\n\nb", '"A.\n\nb"'),
    ],
)
def test_the_literal_for_a_text(literal, new, expected):
    assert edited(literal, new) == expected


def test_equal_strings_elsewhere_stay():
    assert edited('"a text"'.replace("text", "text "), "other") == '"other"'
    text = '{ a = "x"; b = "x"; }'
    second = literals(text)[1]
    assert changed(text, second, "y") == '{ a = "x"; b = "y"; }'


def test_a_change_that_nix_evaluates_otherwise_is_refused(monkeypatch):
    monkeypatch.setattr(nix_edits, "_quoted", lambda old, new: '"wrong"')
    with pytest.raises(RefusedError, match="does not evaluate"):
        edited('"right"', "new")


def test_a_change_of_more_than_a_string_is_refused(monkeypatch):
    monkeypatch.setattr(nix_edits, "_quoted", lambda old, new: '"new" + ""')
    with pytest.raises(RefusedError, match="does not evaluate"):
        edited('"right"', "new")


def test_the_order_in_which_nix_prints_attributes_does_not_matter():
    # Nix 2.8 sorts them by addresses in memory.
    before = '{ lib, ... }: (let c = 1; in { a = "x"; b = { d = "x"; e = 2; }; })'
    after = '{ lib, ... }: (let c = 1; in { b = { e = 2; d = "y"; }; a = "x"; })'
    assert nix_edits._differs_only(before, after, '"x"', '"y"')
    assert not nix_edits._differs_only(before, after, '"x"', '"z"')
    assert not nix_edits._differs_only(before, before, '"x"', '"y"')
    assert not nix_edits._differs_only(before, after.replace("2", "3"), '"x"', '"y"')


def test_a_file_that_nix_refuses_stays():
    text = '{ a = "b"; c = }'
    with pytest.raises(RefusedError, match="refuses"):
        changed(text, literals(text)[0], "new")


def test_without_nix_nothing_is_changed(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(RefusedError, match="nix-instantiate"):
        changed('"b"', Literal(0, 3, indented=False, value="b"), "new")
