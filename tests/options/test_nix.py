"""Plain JSON values as Nix expressions."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manualgen.options import nix


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-3, "-3"),
        (1.5, "1.5"),
        (10**30, "1" + "0" * 30),
        ("", '""'),
        ("a b", '"a b"'),
        ('say "hi"', r'"say \"hi\""'),
        ("C:\\x", r'"C:\\x"'),
        ("${pkgs.x}", r'"\${pkgs.x}"'),
        ("$x {y}", '"$x {y}"'),
        ("a\tb\r", r'"a\tb\r"'),
        ("#!/bin/sh\nset -e\n", "''\n  #!/bin/sh\n  set -e\n''"),
        ("a\n\n  b", "''\n  a\n\n    b''"),
        ("${a}\n''b\r\n", "''\n  ''${a}\n  '''b''\\r\n''"),
        ("\n", r'"\n"'),
        ("  a\n  b\n", r'"  a\n  b\n"'),
        ("it\nis'", r'''"it\nis'"'''),
        ({"a": "b\nc\n"}, "{\n  a = ''\n    b\n    c\n  '';\n}"),
        ([], "[ ]"),
        ({}, "{ }"),
        ([1, "a", None], '[ 1 "a" null ]'),
        ([-1, 2], "[ (-1) 2 ]"),
        ({"a": 1, "b-c": True}, "{ a = 1; b-c = true; }"),
        ({"a.b": 1, "1x": 2, "if": 3, "": 4}, '{ "a.b" = 1; "1x" = 2; "if" = 3; "" = 4; }'),
        ({"or": 1}, '{ "or" = 1; }'),
        ([[], [{}]], "[ [ ] [ { } ] ]"),
    ],
)
def test_an_expression(value, shown):
    assert nix.expression(value) == shown


def test_what_does_not_fit_a_line_gets_a_line_an_element():
    value = {"first": "x" * 40, "second": ["y" * 40, "z" * 20]}
    assert nix.expression(value) == "\n".join(
        [
            "{",
            f'  first = "{"x" * 40}";',
            "  second = [",
            f'    "{"y" * 40}"',
            f'    "{"z" * 20}"',
            "  ];",
            "}",
        ]
    )


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_nix_does_not_have_is_refused(number):
    with pytest.raises(ValueError, match="finite"):
        nix.expression({"a": [number]})


def test_what_is_nested_too_deeply_is_refused():
    value = []
    for _ in range(100):
        value = [value]
    assert nix.expression(value).count("[") == 101
    with pytest.raises(ValueError, match="nested deeper than 100"):
        nix.expression([value])


def _evaluated(literal: str) -> str:
    """Return what a double-quoted Nix string evaluates to; fail where it would interpolate."""
    assert literal[0] == literal[-1] == '"'
    body = literal[1:-1]
    assert re.search(r'(?<!\\)(?:\\\\)*"', body) is None
    named = {"n": "\n", "r": "\r", "t": "\t"}
    out, position = [], 0
    while position < len(body):
        if body[position] == "\\":
            out.append(named.get(body[position + 1], body[position + 1]))
            position += 2
            continue
        assert not body.startswith("${", position)
        out.append(body[position])
        position += 1
    return "".join(out)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from('\\"${}\n\t\r'))))
def test_a_string_evaluates_to_its_text(text):
    assert _evaluated(nix.string(text)) == text


def _evaluated_block(literal: str) -> str:
    """Return what an indented Nix string evaluates to, as Nix's scanner reads it."""
    assert literal.startswith("''\n")
    assert literal.endswith("''")
    body = literal[3:-2]
    lines = body.split("\n")
    if not lines[-1].strip(" "):
        lines[-1] = ""
    indents = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")]
    body = "\n".join(line[min(indents) :] for line in lines)
    tokens = re.findall(r"''\$|'''|''\\.|''|\$\{|.", body, re.DOTALL)
    assert "''" not in tokens
    assert "${" not in tokens
    named = {"''$": "$", "'''": "''", r"''\r": "\r"}
    return "".join(named.get(token, token) for token in tokens)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("''\\${}\n\n\n  \t\r"))))
def test_an_indented_string_evaluates_to_its_text(text):
    literal = nix.block(text)
    assert literal is None or _evaluated_block(literal) == text


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(JSON)
def test_brackets_balance_and_the_same_value_gives_the_same_text(value):
    shown = nix.expression(value)
    strings = (
        r"""''(?:[^']|'(?!'))*+(?:(?:'''|''\$|''\\.)(?:[^']|'(?!'))*+)*+''|"(?:[^"\\]|\\.)*\""""
    )
    outside = re.sub(strings, "", shown, flags=re.DOTALL)
    assert outside.count("[") == outside.count("]")
    assert outside.count("{") == outside.count("}")
    assert nix.expression(json.loads(json.dumps(value))) == shown


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("{}", "{ }", True),
        ("[\n  1\n  2\n]\n", "[ 1 2 ]", True),
        ('{ a = "x  y"; }', '{a="x  y";}', True),
        ('"a  b"', '"a b"', False),
        (r'"a \" {  }"', r'"a \" { }"', False),
        ("[ 1 2 ]", "[ 12 ]", False),
        ("''\n  a\n''", "''\n a\n''", False),
        ("''\n  a\n  b\n''", "''\n  a\n b\n''", False),
        ("1 # a\n+ 2", "1 # a + 2", False),
        ("", " ", True),
    ],
)
def test_layout(one, other, is_same):
    assert (nix.without_layout(one) == nix.without_layout(other)) is is_same
