"""Lists of the markup itself, of which a reader sees the start or the end elsewhere."""

from __future__ import annotations

import pytest

from manualgen.markup import hidden_lists
from tests.markup.test_hidden_lists import blocks_of, outline, recovered

CORRECTED = {
    "the servers of dnsmasq": (
        (
            "Servers to forward to.\nEach entry can be:\n"
            '- An IP address (e.g., "1.2.3.4")\n- A server with port (e.g., "1.2.3.4#5353")\n'
            "See dnsmasq(8) man page for --server option for full syntax.\n"
        ),
        [
            "Servers to forward to. Each entry can be:",
            ("ul", "An IP address (e.g., “1.2.3.4”)", "A server with port (e.g., “1.2.3.4#5353”)"),
            "See dnsmasq(8) man page for --server option for full syntax.",
        ],
    ),
    "a wrapped sentence with inline markup": (
        "It is:\n1. one\n2. two\nThey are read from {file}`a` by\n{option}`x.y`, in that order.\n",
        ["It is:", ("ol", "one", "two"), "They are read from a by x.y, in that order."],
    ),
    "two lists, the second with a lead-in": (
        "Inputs:\n- a\n- b\nOutputs:\n- c\n- d\n",
        ["Inputs:", ("ul", "a", "b"), "Outputs:", ("ul", "c", "d")],
    ),
    "below two levels": (
        "All:\n* a:\n  - b\n  - c\nThis is no item.\n",
        ["All:", ("ul", ["a:", ("ul", "b", "c")]), "This is no item."],
    ),
    "between the levels": (
        "All:\n* a:\n  - b\n  - c\n  More text of a.\n* d\n",
        ["All:", ("ul", ["a:", ("ul", "b", "c"), "More text of a."], "d")],
    ),
    "an indented list": (
        "It is either:\n  - text\n  - a path\nIn both cases it is written to a file.\n",
        ["It is either:", ("ul", "text", "a path"), "In both cases it is written to a file."],
    ),
    "in an admonition": (
        "::: {.note}\n- a\n- b\nSee the manual.\n:::\n",
        [("note", [("ul", "a", "b"), "See the manual."])],
    ),
    "a hidden list below": (
        "- a\n- b\nModes:\nfast: run\nslow: walk\n",
        [("ul", "a", "b"), "Modes:", ("dl", ("fast", "run"), ("slow", "walk"))],
    ),
    "0) with a wrapped line": (
        "Levels:\n0) silent, and\n   more\n1) errors\n2) all\n",
        ["Levels:", ("ol", "silent, and more", "errors", "all")],
    ),
    "a first item apart from the others": (
        "Then:\n2. foo\n\n3. bar\n",
        ["Then:", ("ol", "foo", "bar")],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CORRECTED.values(), ids=CORRECTED.keys())
def test_a_list_of_the_markup(text, expected):
    assert recovered("markdown", text) == expected


def test_the_second_of_two_lists_counts_as_its_source_does():
    blocks = blocks_of("markdown", text := "Foo:\n1. a\n2. b\nAfter that:\n1. c\n2. d\n")
    hidden_lists.recover(blocks, text)
    assert [blocks[1]["start"], blocks[3]["start"]] == [1, 1]


def test_what_is_reported_of_a_list_of_the_markup():
    blocks = blocks_of("markdown", text := "It is:\n- a\n- b\nSee the manual.\n")
    (one,) = hidden_lists.recover(blocks, text)
    assert (one.kind, one.line, one.source) == ("paragraph", 4, "See the manual.")
    assert one.markup == "- b\n\nSee the manual."
    blocks = blocks_of("markdown", text := "Levels:\n0. a\n1. b\n")
    (one,) = hidden_lists.recover(blocks, text)
    assert (one.kind, one.line, one.source) == ("enumerated", 2, "0. a")
    assert one.markup == "Levels:\n\n0. a"


AS_COMMONMARK = {
    "lines that hang": "- a\n- b.\n  See also the manual.\n",
    "every item goes on at the margin": "- a\nSome prose of a.\n- b\nOther prose of b.\n",
    "one item goes on at the margin": "- a that is\nlong\n- b\nOther prose of b.\n",
    "a lower-case word": "- a\n- b\nwhich is the default.\n",
    "a name": "- a\n- b runs under plain\nX11\n",
    "an unfinished line": "- a\n- b runs under the\nX Window System.\n",
    "a word that did not fit": (
        "- the first of the items of this list, which is as wide as the others\n"
        "- the second of the items of this list, by its author called Second\nItem.\n"
    ),
    "a hard break": "- a\n- b\\\nSee the manual.\n",
    "what is said of the item": "- a\n- b.\nThis is the default.\n",
    "an image on two lines": "- a\n- b\n  ![x\n  y](z)\nSee the manual.\n",
    "a comment on two lines": "- a\n- <!-- x\n  y --> c\nSee the manual.\n",
    "a number in a sentence": "It needs version\n3. This is\n\n4. that\n",
    "another number": "Levels:\n0. silent\n\n3. errors\n",
}


@pytest.mark.parametrize("text", AS_COMMONMARK.values(), ids=AS_COMMONMARK.keys())
def test_a_list_of_the_markup_stays(text):
    blocks = blocks_of("markdown", text)
    before = outline(blocks)
    assert hidden_lists.recover(blocks, text) == []
    assert outline(blocks) == before


LISTED = {
    "lazy lines": "- a\nSee b.\n" * 2_000,
    "lazy lines below different items": "".join(f"- {n}\nSee b.\n" for n in range(2_000)),
    "lists with a sentence below": "".join(f"- {n}\n- b\nSee b.\n\n" for n in range(1_000)),
    "lists in items": "".join("  " * n + f"- {n}\n" for n in range(45)) + "See the manual.\n",
    "lists after text": "".join(f"Text {n}:\n0. a\n1. b\n\n" for n in range(1_000)),
}


@pytest.mark.parametrize("text", LISTED.values(), ids=LISTED.keys())
def test_a_hostile_list_takes_no_time(text):
    hidden_lists.recover(blocks_of("markdown", text), text)
