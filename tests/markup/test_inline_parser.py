"""Inline markup is read in bounded time, and exactly as markdown-it reads it."""

from __future__ import annotations

import cProfile
import pstats

import pytest
from docutils import nodes as docutils_nodes
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.parser_inline import ParserInline
from mdit_py_plugins.myst_role.index import myst_role

from manualgen.errors import Code
from manualgen.markup import description, dialect
from manualgen.markup.inline_parser import MOST_NESTED_IMAGES


class _Helpers:
    parseLinkLabel = staticmethod(parseLinkLabel)  # noqa: N815
    parseLinkTitle = staticmethod(parseLinkTitle)  # noqa: N815
    parseLinkDestination = staticmethod(parseLinkDestination)  # noqa: N815


def plain_parser():
    """Return a parser of the dialect with markdown-it's own inline parser and helpers."""
    markdown = dialect.new_parser()
    inline = ParserInline()
    inline.ruler, inline.ruler2 = markdown.inline.ruler, markdown.inline.ruler2
    inline.ruler.at("myst_role", myst_role)
    markdown.inline = inline
    markdown.helpers = _Helpers
    return markdown


PLAIN = plain_parser()
PIECES = st.sampled_from(
    [
        "[", "]", "![", "](", "](b)", '](b "c")', '](b "', "](b '", "](b (c", ")", "(", '"', "'",
        "][", "[r]", "[^f]", "[^", "]{#a}", "]{.keycap}", "{.a}", "{a}`b`", "{", "`", "``", "*",
        "**", "_", "\\", "\\]", "\\[", '\\"', "<", "<!-- c -->", "<http://a>", "<b>", "&amp;", "&",
        "<literal>", "</literal>", "a", " ", "\n", "x y", "é", "--", "!", ">", "}", "-", ":",
    ]
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_the_tokens_are_those_of_markdown_it(text):
    text = f"{text}\n\n[r]: z\n\n[^f]: note [^f]\n"
    expected = [token.as_dict() for token in PLAIN.parse(text, {})]
    assert [token.as_dict() for token in dialect.parser().parse(text, {})] == expected


def calls(text: str) -> int:
    """Return how many functions are called to read a text."""
    description.parse("*a* [b](c)")
    profile = cProfile.Profile()
    profile.runcall(description.parse, text)
    return pstats.Stats(profile).total_calls


@pytest.mark.parametrize("end", ["", "]", ")"])
@pytest.mark.parametrize(
    "opener", ["[", "![", '[a](b "', "[a](b '", "[a](b (", "[a][", "[^a", "[[a]", "[a]{", "[a](<b"]
)
def test_the_work_for_openers_grows_with_their_number(opener, end):
    # Four times as many take four times the work; sixteen times as much would be their square.
    few, many = calls(opener * 90 + end), calls(opener * 360 + end)
    assert many < 7 * few


def test_openers_before_much_text_are_looked_at_once():
    few, many = (calls("![[" * 30 + "a\n" * count) for count in (1_000, 4_000))
    assert many < 6 * few


def test_images_in_the_texts_of_images_have_a_bound():
    def nested(depth):
        return description.parse("![" * depth + "x" + "](p.png)" * depth)

    assert {one.code for one in nested(MOST_NESTED_IMAGES).diagnostics} == {Code.IMAGE}
    (diagnostic,) = nested(MOST_NESTED_IMAGES + 1).diagnostics
    assert diagnostic.code is Code.TOO_COMPLEX


@pytest.mark.parametrize(("uses", "is_exceeded"), [(5, False), (900, True)])
def test_the_addresses_of_labels_have_a_bound(uses, is_exceeded):
    address = "https://x.org/" + "y" * 9_000
    parsed = description.parse(f"[r]: {address}\n\n" + "[r] " * uses)
    links = [node for block in parsed.blocks for node in block.findall(docutils_nodes.reference)]
    assert {link["refuri"] for link in links} == {address}
    assert [one.code for one in parsed.diagnostics] == [Code.TOO_COMPLEX] * is_exceeded
    assert len(links) * len(address) < 400_000
    text = "".join(block.astext() for block in parsed.blocks)
    # What is no link is shown as it is written.
    assert text.count("[r]") == uses - len(links)
    assert (len(links) == uses) is not is_exceeded
