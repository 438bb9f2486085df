"""Texts with the markup that they lack: shown as before, and nothing left to put right."""

from __future__ import annotations

import pytest

from manualgen import api
from manualgen.errors import Code
from manualgen.lint import text_fixes
from manualgen.lint.text_fixes import FIXABLE, fixed_chapter, fixed_description, shape
from manualgen.markup import description
from manualgen.markup.reader import Reader
from manualgen.options.model import Markup, Text
from tests.conftest import shared, shared_json

READER = Reader(Markup.AUTO, docbook_set=False)


def fixed(text: str):
    return fixed_description(text, READER.parse(Text(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "One of:\n  a - the first\n  b - the second\n",
            "One of:\n\na\n: the first\n\nb\n: the second\n",
        ),
        (
            "One of:\n  a - the first\n  b - the second",
            "One of:\n\na\n: the first\n\nb\n: the second",
        ),
        (
            "The value is\n- one\n- two\nThe default is good.\n",
            "The value is\n- one\n- two\n\nThe default is good.\n",
        ),
        ("Read <filename>a</filename> in `b`.", "Read {file}`a` in `b`."),
        (
            'See <link xlink:href="https://x.org"><literal>x</literal></link>, `y`.',
            "See [`x`](https://x.org), `y`.",
        ),
        (
            "A `b`.\n<note><para>\nC <literal>d</literal>.\n</para></note>\n",
            "A `b`.\n\n::: {.note}\n\nC `d`.\n\n:::\n",
        ),
        (
            "Read <filename>a</filename>, one of:\n  x - the `x`\n  y - the `y`\n",
            "Read {file}`a`, one of:\n\nx\n: the `x`\n\ny\n: the `y`\n",
        ),
    ],
)
def test_what_is_put_right(text, expected):
    assert fixed(text) == (expected, frozenset())
    assert shape(READER.parse(Text(expected)).blocks) == shape(READER.parse(Text(text)).blocks)
    # Once is enough.
    assert fixed(expected) == (expected, frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "Plain.",
        "A <name> and `b`.",
        "`<literal>a</literal>`",
        "```\n<note>\n```\n",
        "- a\n- b\n",
        "",
    ],
)
def test_what_stays(text):
    assert fixed(text) == (text, frozenset())


def test_a_text_that_is_docbook_stays():
    text = "<para>One <literal>a</literal> &amp; b</para>"
    assert fixed(text).text == text


def test_what_cannot_be_put_right_is_said(monkeypatch):
    text = "One of:\n  a - the first\n  b - the second\n"
    shown = READER.parse(Text(text))
    # As if it were shown otherwise than any markup can say.
    shown.blocks.append(description.parse("More.").blocks[0])
    assert fixed_description(text, shown) == (text, frozenset({Code.HIDDEN_LIST}))


def test_the_ways_that_are_tried_have_a_bound(monkeypatch):
    parsed = []
    original = text_fixes._parsed
    monkeypatch.setattr(text_fixes, "_MOST_TRIES", 50)
    monkeypatch.setattr(text_fixes, "_parsed", lambda text: parsed.append(1) or original(text))
    text = "".join(f"One of:\n  a{n} - the first\n  b{n} - the second\n\n" for n in range(30))
    shown = READER.parse(Text(text))
    shown.blocks.append(description.parse("More.").blocks[0])
    assert fixed_description(text, shown).text == text
    assert len(parsed) < 60


@pytest.mark.slow
@pytest.mark.parametrize("name", ["home-manager.json", "nixvim.json"])
def test_real_descriptions(name):
    manual = api.load(shared(f"data/options/{name}"))
    check_all(
        option.description.text
        for option in manual.sets[0].catalog.options
        if option.description is not None
    )


def test_real_hidden_lists():
    check_all(entry["description"] for entry in shared_json("data/structure/hidden-lists.json"))


def check_all(texts):
    found = 0
    for text in texts:
        shown = READER.parse(Text(text))
        if not {one.code for one in shown.diagnostics} & FIXABLE:
            continue
        new, left = fixed_description(text, shown)
        if new != text:
            assert shape(READER.parse(Text(new)).blocks) == shape(shown.blocks)
            found += not left
    assert found


def test_chapters():
    text = '# T {#t}\n\nSee <literal>a</literal> and [b](c.md).\n\n- <xref linkend="t"/>\n'
    assert fixed_chapter(text) == (
        "# T {#t}\n\nSee `a` and [b](c.md).\n\n- [](#t)\n",
        frozenset(),
    )
    assert fixed_chapter("# T {#t}\n\nText.\n") == ("# T {#t}\n\nText.\n", frozenset())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a\nb", "a b", True),
        ("- a\n- b", "* a\n* b", True),
        ("- a\n- b", "- a\n\n- b", False),
        ("a *b*", "a*b*", False),
        ("a `b`", "a {file}`b`", False),
        ("```\na\nb\n```", "```\na \nb\n```", False),
        ("```\na\n```", "    a", True),
        ("[a](b.html)", "[a](c.html)", False),
        ("1. a", "2. a", False),
    ],
)
def test_what_is_shown_alike(one, other, same):
    assert (shape(description.parse(one).blocks) == shape(description.parse(other).blocks)) is same


def test_only_what_is_asked_for_is_put_right():
    text = "A `b` <literal>c</literal>.\nOne of:\n  a - the first\n  b - the second\n"
    tags, lists = frozenset({Code.DOCBOOK_TAGS}), frozenset({Code.HIDDEN_LIST})
    without_tags = text.replace("<literal>c</literal>", "`c`")
    with_list = "A `b` <literal>c</literal>.\nOne of:\n\na\n: the first\n\nb\n: the second\n"
    shown = READER.parse(Text(text))
    assert fixed_description(text, shown, tags) == (without_tags, frozenset())
    assert fixed_description(text, shown, lists) == (with_list, frozenset())
    assert fixed_chapter(text, tags).text == without_tags
    assert fixed_chapter(text, lists).text == with_list
