"""The string literals of Nix files: their texts are those that Nix evaluates them to."""

from __future__ import annotations

import json
import random
import subprocess

import pytest

from manualgen.lint.nix_strings import binding_end, code_of, evaluated, literals
from tests.conftest import program


def values(text: str) -> list[str | None]:
    return [literal.value for literal in literals(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{ a = "b"; }', ["b"]),
        ('"a" # "b"\n"c" /* "d" */ "e"', ["a", "c", "e"]),
        ("foldl' x '' a ''", [" a "[1:]]),
        ("x'' + ''y''", ["y"]),
        ('"a${"b" + { c = "d"; }.c}e" "f"', [None, "b", "d", "f"]),
        ("''a${''b''}c''", [None, "b"]),
        ('"\\"\\\\\\n\\${a}$${b}$$"', ['"\\\n${a}$${b}$$']),
        ("''a '''b''' ''${c} $${d} $''", ["a ''b'' ${c} $${d} $"]),
        ("''a''\\nb''", [None]),
        ("''\n  a\n    b\n\n  c\n''", ["a\n  b\n\nc\n"]),
        ("''\n  a\n  ''", ["a\n"]),
        ("''  a\n  b''", ["a\nb"]),
        ('./a/b ~/c <d> e.f."g h"', ["g h"]),
        ('"not closed', []),
        ('} "a"', ["a"]),
        ("", []),
    ],
)
def test_literals(text, expected):
    assert values(text) == expected


def test_where_literals_are():
    text = "a = ''b'' + \"c\";"
    assert [text[one.start : one.end] for one in literals(text)] == ["''b''", '"c"']
    assert [one.indented for one in literals(text)] == [True, False]


PIECES = ["a", " ", "  ", "\n", "\n  ", "\n    ", "\t", "''$", "'''", "$", "$$"]
PIECES += ["'", "{", "é", '"']
QUOTED = ["a", " ", "\n", "\\n", "\\\\", '\\"', "\\$", "\\t", "\\a", "$", "$$", "'", "''", "{", "é"]


def contents(pieces: list[str], count: int) -> list[str]:
    chance = random.Random(14)
    return ["".join(chance.choices(pieces, k=chance.randrange(14))) for _ in range(count)]


def is_literal(text: str) -> bool:
    """Whether a text is one literal, of the right end: pieces may make an end, or ``${``."""
    found = literals(text)
    return len(found) == 1 and (found[0].start, found[0].end) == (0, len(text))


def by_nix(texts: list[str]) -> list[str]:
    done = subprocess.run(
        [program("nix-instantiate"), "--eval", "--strict", "--json", "-"],
        input="[\n" + "\n".join(texts) + "\n]",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nix_evaluates_literals_to_the_same():
    texts = [f"''{content}''" for content in contents(PIECES, 3_000)]
    texts += [f'"{content}"' for content in contents(QUOTED, 1_000)]
    texts = [text for text in texts if is_literal(text)]
    assert len(texts) > 1_000
    for text, value in zip(texts, by_nix(texts), strict=True):
        assert literals(text)[0].value == value, text


def test_a_literal_is_evaluated_without_its_quotation_marks():
    assert evaluated("\n  a\n", indented=True) == "a\n"
    assert evaluated("\\n", indented=False) == "\n"


def test_where_a_binding_ends():
    text = '{ a = f "x;" [ ( b ) { c = 1; } ] /* ; */ ; d = 2 }'
    code = code_of(text, literals(text))
    assert len(code) == len(text)
    assert text[: binding_end(code, text.index("=") + 1)].endswith("/* ; */ ")
    assert text[binding_end(code, text.index("2")) :] == "}"
