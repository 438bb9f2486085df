"""Diagnostics: their fields, their location, and what fails a build."""

from __future__ import annotations

import json
import pickle
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manualgen.errors import Code, Diagnostic, ManualError, Severity, below, failing, visible


def test_a_diagnostic_takes_its_codes_severity():
    assert Diagnostic(code=Code.UNKNOWN_ROLE, message="x").severity is Severity.ERROR
    assert Diagnostic(code=Code.HEADING, message="x").severity is Severity.WARNING
    raised = Diagnostic(code=Code.HEADING, message="x", severity=Severity.ERROR)
    assert raised.severity is Severity.ERROR


def test_severities_are_ordered_and_named():
    assert Severity.HINT < Severity.WARNING < Severity.ERROR
    assert [severity.label for severity in Severity] == ["hint", "warning", "error"]


def test_every_code_has_a_printed_name_of_its_own_and_a_meaning():
    slugs = [code.slug for code in Code]
    assert len(set(slugs)) == len(slugs)
    allowed = set(string.ascii_lowercase + "-")
    for code in Code:
        assert set(code.slug) <= allowed
        assert code.summary.endswith(".")


@pytest.mark.parametrize(
    ("fields", "location"),
    [
        ({"option": "a.b"}, "a.b"),
        ({"option": "a.b", "part": "description", "line": 3}, "a.b, description line 3"),
        (
            {"option": "a.b", "declarations": ("x.nix", "y.nix"), "part": "$.type"},
            "a.b (declared in x.nix, y.nix), $.type",
        ),
        ({"option": "a.b", "line": 2}, "a.b, line 2"),
        ({"file": "o.json"}, "o.json"),
        ({"file": "o.json", "line": 2, "column": 7}, "o.json:2:7"),
        ({"file": "o.json", "line": 2}, "o.json:2"),
        ({"file": "o.json", "part": "$[3]"}, "o.json, $[3]"),
        ({}, ""),
    ],
)
def test_a_location_names_what_is_known(fields, location):
    assert Diagnostic(code=Code.BAD_FIELD, message="x", **fields).location == location


def test_a_location_never_controls_a_terminal():
    found = Diagnostic(
        code=Code.BAD_FIELD,
        message="x",
        option="a\x1b[31m",
        declarations=("d\x07.nix",),
        part="p\x9b1m",
    )
    assert found.location == r"a\x1b[31m (declared in d\x07.nix), p\x9b1m"
    assert Diagnostic(code=Code.NOT_JSON, message="x", file="f\n\x1b]0;t\x07").location == (
        r"f\n\x1b]0;t\x07"
    )


def test_within_adds_the_location_and_keeps_the_rest():
    found = Diagnostic(code=Code.HEADING, message="m", line=2, column=5, excerpt="# x", help="h")
    located = found.within("a.b", ("x.nix",), "description")
    assert located.location == "a.b (declared in x.nix), description line 2"
    assert (located.message, located.column, located.excerpt, located.help) == ("m", 5, "# x", "h")
    assert found.option is None


TEXT = st.text(st.characters(exclude_categories=()))
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
NUMBER = st.none() | st.integers(1)


@given(
    st.builds(
        Diagnostic,
        code=st.sampled_from(Code),
        severity=st.sampled_from(Severity),
        message=TEXT,
        option=st.none() | TEXT,
        declarations=TEXTS,
        file=st.none() | TEXT,
        included_from=TEXTS,
        part=st.none() | TEXT,
        line=NUMBER,
        column=NUMBER,
        excerpt=TEXT,
        width=st.integers(1),
        help=TEXT,
    )
)
def test_a_diagnostic_survives_json(diagnostic):
    data = json.loads(json.dumps(diagnostic.to_dict()))
    assert Diagnostic.from_dict(data) == diagnostic
    assert data["code"] == diagnostic.code.slug
    assert data["severity"] in {"error", "warning", "hint"}
    assert set(data) == set(Diagnostic.__struct_fields__)


def test_a_diagnostic_from_json_needs_only_code_and_message():
    found = Diagnostic.from_dict({"code": "heading-in-description", "message": "m"})
    assert found == Diagnostic(code=Code.HEADING, message="m")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"code": "no-such-code"}, "unknown code `no-such-code`"),
        ({"severity": "fatal"}, "fatal"),
        ({"line": "3"}, "line"),
        ({"colour": "red"}, "colour"),
        ({"message": None}, "message"),
    ],
)
def test_an_unknown_diagnostic_is_refused(change, reason):
    data = Diagnostic(code=Code.HEADING, message="m").to_dict() | change
    with pytest.raises(ValueError, match=reason):
        Diagnostic.from_dict(data)


def test_an_error_survives_the_way_out_of_a_process():
    diagnostic = Diagnostic(code=Code.WRITE_FAILED, message="no room", file="site")
    error = pickle.loads(pickle.dumps(ManualError(diagnostic)))
    assert error.diagnostic == diagnostic
    assert str(error) == "no room"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("tab\tstays", "tab\tstays"),
        ("Grüße 日本 🎉", "Grüße 日本 🎉"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b2J", r"\x9b2J"),
        ("a\nb\rc", r"a\nb\rc"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("\ud800", r"\ud800"),
        ("no-break\u00a0space", "no-break\u00a0space"),
        ("\x00\x7f", r"\x00\x7f"),
    ],
)
def test_visible(text, shown):
    assert visible(text) == shown


@given(st.text())
def test_nothing_visible_steers_a_terminal(text):
    shown = visible(text)
    assert not any(ord(character) < 32 and character != "\t" for character in shown)
    assert not any(0x7F <= ord(character) <= 0x9F for character in shown)
    assert not any(0x202A <= ord(c) <= 0x202E or 0x2066 <= ord(c) <= 0x2069 for c in shown)
    shown.encode("utf-8")
    assert visible(shown) == shown


ERROR = Diagnostic(code=Code.BAD_FIELD, message="e", option="a", declarations=("m/x.nix",))
WARNING = Diagnostic(code=Code.HEADING, message="w", option="b", declarations=("<hm/m/y.nix>",))
HINT = Diagnostic(code=Code.NO_DESCRIPTION, message="h", option="c", declarations=("m/x.nix",))
FILE = Diagnostic(code=Code.NOT_JSON, message="f", file="o.json")
ALL = [ERROR, WARNING, HINT, FILE]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [ERROR, FILE]),
        ({"strict": True}, [ERROR, WARNING, FILE]),
        ({"blame": ("m",)}, [ERROR, FILE]),
        ({"blame": ("m/",)}, [ERROR, FILE]),
        ({"blame": ("hm/m",), "strict": True}, [WARNING, FILE]),
        ({"blame": ("<hm/m>",), "strict": True}, [WARNING, FILE]),
        ({"blame": ("elsewhere",)}, [FILE]),
        ({"blame": ("elsewhere", "m/x.nix")}, [ERROR, FILE]),
    ],
)
def test_what_fails_a_build(settings, expected):
    assert failing(ALL, **settings) == expected


@pytest.mark.parametrize(
    ("declaration", "prefix", "expected"),
    [
        ("nixos/modules/a.nix", "nixos/modules", True),
        ("nixos/modules/a.nix", "nixos/modules/a.nix", True),
        ("nixos/modules-x/a.nix", "nixos/modules", False),
        ("nixos/modules/a.nix", "modules", False),
        ("<nixpkgs/nixos/a.nix>", "nixpkgs", True),
        ("/nix/store/x", "/nix", True),
        ("/nix/store/x", "/", True),
        ("anything", "", True),
    ],
)
def test_below_compares_whole_components(declaration, prefix, expected):
    assert below(declaration, prefix) is expected
