"""A search for texts that take a time that grows faster than they do.

Every construct of the dialect is repeated, alone and with others between and after it, in
descriptions and chapters. Called functions are counted, so the result is the same on every
machine; the time of regular expressions has a generous limit of its own.
"""

from __future__ import annotations

import cProfile
import itertools
import os
import pstats
import time

import pytest

from manualgen.markup import chapter
from manualgen.markup.reader import Reader
from manualgen.options.model import Markup, Text

pytestmark = [pytest.mark.slow, pytest.mark.fuzz]

FRAGMENTS = [
    "[", "]", "![", "[a](", "[a](b", '[a](b "', "[a](b '", "[a](b (", "[a](<", "[a](b)", "[a][",
    "[a][b]", "[a]: b", '[a]: b "', "[^a", "[^a]", "[^a]: b", "[a]{", "[a]{.", "[a]{#b}",
    "[a]{.keycap}", "`a`{", "`a`{.b ", "{a}`", "{option}`b`", "{option}`", "{", "}", "*", "**", "_",
    "*a", "**a*", "*a **b", "`", "``", "`a", "<", "<a", "<a ", "<b>", "<!--", "-->", "<http://a",
    "<http://a>", "<literal>", "<literal>a</literal>", "</literal>", '<link xlink:href="a">',
    '<xref linkend="a"/>', "<note>", "<para>", "<itemizedlist><listitem>", "&", "&#1", "&amp;", "&a",
    "\\", "\\[", "\\\\", '"', "'", '"a', "'a", "(", '("', "(c)", "--", "---", "a--b", "..", "...",
    "+-", "!!!", "???", ",,", ":", ": a", "::", "::: {.note}", "::: {.example}", "|", "|a", "|-|",
    "| a | b |", "-", "- a", "* a", "1. a", "1) a", "> a", "> - a", "- > a", ">", "#", "# a",
    "# a {#b}", "===", "a\n===", "a\n: b", "    a", "\t", "~~~", "```", "``` {=include=} chapters",
    "a = b", "a: b", "a -- b", "• a", "(1) a", "a) b", "x = {", "};", "http://a", "a.b.c", "a_b", "é",
    "\u2028", "\xa0", "  ", "  \n", "\\\n", "a", "1",
]  # fmt: skip
SEPARATORS = ["", "\n", "\n\n", " ", "\n  "]
ENDS = ["", "]", ")", "x"]

FEW = 50
"""How many repetitions are compared with four times as many."""
MOST = 90_000
"""The length of a text whose time is limited; longer descriptions are not read as markup."""
SECONDS = 20
"""Processor time that no text of that length may take: ten times as much as any takes."""


MEASURED = pytest.mark.skipif(
    "MANUALGEN_FUZZ_MINUTES" not in os.environ,
    reason="it measures seconds of the processor: make fuzz",
)


def texts(fragment: str, count: int) -> list[str]:
    """Return the texts that repeat a fragment some times."""
    made = [(fragment + separator) * count for separator in SEPARATORS]
    made += [fragment * count + end for end in ENDS[1:]]
    return [*made, fragment * min(count, 150) + "a\n" * count * 4]


READERS = {
    "description": lambda text: Reader().parse(Text(text, Markup.AUTO)),
    "chapter": chapter.parse,
    "DocBook": lambda text: Reader().parse(Text(f"<para>{text}", Markup.DOCBOOK)),
}


def calls(read, text: str) -> int:
    profile = cProfile.Profile()
    profile.runcall(read, text)
    return pstats.Stats(profile).total_calls


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_the_work_grows_with_the_length(reader, fragment):
    read = READERS[reader]
    read("*a* [b](c)\n\n- d\n\n<b>")
    for few, many in zip(texts(fragment, FEW), texts(fragment, 4 * FEW), strict=True):
        work = calls(read, few)
        # Linear work is four times as much, that of the square sixteen times.
        assert calls(read, many) < 8 * work + 5_000, (few[:40], work)


@MEASURED
@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_no_text_takes_long(fragment):
    for pattern in texts(fragment, MOST // len(fragment) // 2):
        text = pattern[:MOST]
        before = time.process_time()
        READERS["description"](text)
        READERS["chapter"](text)
        assert time.process_time() - before < SECONDS, pattern[:40]


@pytest.mark.parametrize("first", ["[", "![", "](b", '"', "'", "`", "*", "<", "&", "{", "\\", "("])
def test_the_work_for_pairs_of_signs_grows_with_the_length(first):
    read = READERS["description"]
    read("*a* [b](c)")
    others = [
        "[",
        "]",
        "![",
        "](b",
        '"',
        "'",
        "`",
        "*",
        "_",
        "<",
        "&",
        "{",
        "}",
        "\\",
        ")",
        "\n",
        "a",
    ]
    for second, between, end in itertools.product(others, ("", " "), ("", "]")):
        unit = first + second + between
        work = calls(read, unit * FEW + end)
        assert calls(read, unit * 4 * FEW + end) < 8 * work + 5_000, unit
