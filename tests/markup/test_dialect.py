"""The dialect's rules for markdown-it."""

from __future__ import annotations

import string

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it.rules_core import block

from manualgen.markup import dialect

SHORT = dialect.new_parser()
FULL = dialect.new_parser()
FULL.core.ruler.at("block", block)

PIECES = st.sampled_from(
    [
        "a", "b c", "`", "``", "```", "*", "**", "_", "***", "[a](b)", "[a]", "[a]: b", "[^1]",
        "[^1]: c", "[", "]:", "{option}`x`", "{.note}", "{#x}", "\\", "&amp;", '"', "'", "(", ")",
        "- ", "+ ", "1. ", "> ", "# ", "::: {.note}", ":::", ":", ": d", "~", "| a |", "|-|", "---",
        "===", "<!--", "-->", "<b>", "<", " ", "  ", "    ", "\t", "\n", "\n\n", "\r\n", "\x0b",
        "\xa0", "\u2028", "é", "“", "$ x", "%", "@", "!", "![a](b)", "a\nb", "x_y_z", "8", "_a_",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join) | st.text(string.printable, max_size=40))
@settings(max_examples=1_500)
@example("[a\nb]: c\n\n[a b]")
@example("x\n   [^1]: y\n\n[^1]")
@example("`a`\n\xa0\n`b`")
@example("a\n \n  b `c` \n\n\n*d*\n")
@example("`` ` ``\n**x**\n_y_\n{option}`z`")
@example("*\n`a`")
@example("\n\n`a`")
def test_paragraphs_alone_are_read_as_the_full_grammar_reads_them(text):
    short_environment: dict[str, object] = {}
    full_environment: dict[str, object] = {}
    short = SHORT.parse(text, short_environment)
    full = FULL.parse(text, full_environment)
    assert [token.as_dict() for token in short] == [token.as_dict() for token in full]
    assert short_environment == full_environment
