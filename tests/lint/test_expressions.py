"""Values that are said to be Nix: which of them parse, by Nix and by tree-sitter."""

from __future__ import annotations

import shutil

import pytest

from manualgen import api
from manualgen.lint import expressions
from manualgen.options.model import Markup, Text
from tests.conftest import program
from tests.rendering import manual, option

VALID = [
    "{ a = 1; }",
    "pkgs.hello",
    "with pkgs; [ hello ]",
    "a: { b, ... }@c: a + b",
    "''\n  text\n''",
    '"${config.foo}/bar"',
    "[ ]",
    "-1",
    "<nixpkgs>",
    "./file.nix",
    "# comment\n1",
    "{ a = 1; ... }",
    "[ 1 ... ]",
    "{ a = …; }",
    "f ...",
]
BROKEN = [
    "{ a = 1; };",
    "a = 1",
    "{ a = 1 }",
    "${config.foo}",
    "‹name›",
    "[ 1",
    "{ a: 1 }",
    "",
    "  ",
]


@pytest.fixture(params=["Nix", "tree-sitter"])
def parsers(request, monkeypatch):
    if request.param == "Nix":
        program("nix-instantiate")
    else:
        pytest.importorskip("tree_sitter_nix")
        monkeypatch.setattr(shutil, "which", lambda name: None)


def found(*texts: str):
    options = [
        option(f"a.o{number}", "What it is for.", type="int", example=Text(text, Markup.NIX))
        for number, text in enumerate(texts)
    ]
    return api.check(manual(*options))


def test_what_parses(parsers):
    assert found(*VALID) == []


def test_what_does_not(parsers):
    diagnostics = found(*BROKEN)
    assert [diagnostic.option for diagnostic in diagnostics] == [
        f"a.o{number}" for number in range(len(BROKEN))
    ]
    assert {diagnostic.code.slug for diagnostic in diagnostics} == {"invalid-expression"}


def test_broken_ones_among_many(parsers):
    texts = [f"f {number}" for number in range(450)]
    texts[0] = texts[199] = texts[200] = texts[449] = "}"
    assert [diagnostic.option for diagnostic in found(*texts)] == [
        "a.o0",
        "a.o199",
        "a.o200",
        "a.o449",
    ]


def test_without_a_parser_the_report_says_so(monkeypatch):
    monkeypatch.setattr(expressions, "parser", lambda: None)
    (diagnostic,) = found("{")
    assert diagnostic.code.slug == "no-evaluator"
    assert diagnostic.severity.label == "hint"
    assert "manualgen[nix]" in diagnostic.help
    assert found("1") == []


def test_where_and_why():
    program("nix-instantiate")
    (diagnostic,) = found("{\n  a = 1;\n};")
    assert (diagnostic.line, diagnostic.column, diagnostic.excerpt) == (3, 2, "};")
    assert diagnostic.message == (
        "the example is said to be Nix, and does not parse: unexpected ';', expecting end of the expression"
    )
    assert diagnostic.help == "remove the semicolon at the end: an expression has none"


def test_dots_are_not_what_is_wrong():
    program("nix-instantiate")
    (diagnostic,) = found("{\n  a = {\n    …\n  };\n};")
    assert (diagnostic.line, diagnostic.excerpt) == (5, "};")
    assert diagnostic.help == "remove the semicolon at the end: an expression has none"


def test_the_problems_have_a_bound(monkeypatch):
    program("nix-instantiate")
    monkeypatch.setattr(expressions, "MOST_PROBLEMS", 5)
    diagnostics = found(*(f"[ {number}" for number in range(9)))
    assert [one.code.slug for one in diagnostics] == ["too-complex", *["invalid-expression"] * 5]
    assert [one.option for one in diagnostics[1:]] == [f"a.o{number}" for number in range(5)]


def test_texts_that_are_not_said_to_be_nix():
    program("nix-instantiate")
    text = Text("the value of `a`;", Markup.MARKDOWN)
    one = option("a.b", "What it is for.", type="int", default=text, example=text)
    assert "invalid-expression" not in {found.code.slug for found in api.check(manual(one))}


def test_nothing_is_evaluated_or_read(tmp_path):
    program("nix-instantiate")
    marker = tmp_path / "marker"
    assert found(f'builtins.exec [ "touch" "{marker}" ]', f"import {tmp_path}/none.nix") == []
    assert not marker.exists()


def test_an_expression_that_overflows_the_parser_costs_only_itself():
    program("nix-instantiate")
    diagnostics = found("[ 1", "(" * 90_000 + "1" + ")" * 90_000, "}")
    assert {"a.o0", "a.o2"} <= {diagnostic.option for diagnostic in diagnostics}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a = 1; ... }", "{ a = 1; }"),
        ("{ a = ...; }", "{ a = null; }"),
        ("[ a … ]", "[ a ]"),
        ("x: ...", "x: null"),
    ],
)
def test_without_dots(text, expected):
    assert expressions.without_dots(text) == expected
