"""The doctree as plain text."""

import pytest

from manualgen.markup import description, nodes
from manualgen.writers import plain
from manualgen.writers.plain import PlainWriter


def text(markdown):
    return PlainWriter().blocks(description.parse(markdown).blocks)


def test_every_node_can_be_written():
    assert set(nodes.BLOCK_NODES) == set(plain.BLOCKS)
    assert set(nodes.INLINE_NODES) == set(plain.INLINES)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("One\nline.\n\nAnother  *one* with `code`.", "One line.\n\nAnother one with code."),
        ("- a\n- b\n\n  c", "- a\n\n- b\n\n  c"),
        ("- a\n  - b\n- c", "- a\n\n  - b\n- c"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("term\n: what it is", "term\n  what it is"),
        ("```nix\n{\n  a = 1;\n}\n```", "    {\n      a = 1;\n    }"),
        ("> quoted", "  quoted"),
        ("::: {.warning}\nCareful.\n:::", "Warning:\n  Careful."),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
        ("See {option}`a.b` and {manpage}`x(5)`.", "See a.b and x(5)."),
        ("See [](#opt-a.b).", "See a.b."),
        ("[text](https://example.org/)", "text (https://example.org/)"),
        ("<https://example.org/>", "https://example.org/"),
        ("one\\\ntwo", "one two"),
        ("a[^n]\n\n[^n]: Note.", "a[n]\n\n[n] Note."),
        ("***", "* * *"),
        ("", ""),
    ],
)
def test_texts(markdown, expected):
    assert text(markdown) == expected
