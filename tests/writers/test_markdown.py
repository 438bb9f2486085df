"""Doctree → Markdown, and back."""

from __future__ import annotations

import pytest
from docutils import nodes as docutils_nodes
from hypothesis import given, settings
from hypothesis import strategies as st

from manualgen.markup import description, nodes
from manualgen.markup.structure import fold, outline
from manualgen.options.model import Markup
from manualgen.options.reading import read
from manualgen.writers.markdown import (
    Admonitions,
    MarkdownWriter,
    Style,
    code,
    destination,
    escape,
    fenced,
)
from tests.conftest import shared

GFM = Style(admonitions=Admonitions.GFM)
PANDOC = Style(admonitions=Admonitions.PANDOC, anchors=True)
PLAIN = Style(admonitions=Admonitions.PLAIN)


def written(source, style=GFM):
    return MarkdownWriter(style).blocks(description.parse(source).blocks)


def parse(source):
    """A text as blocks, each reference with the text that a reader is shown."""
    parsed = description.parse(source)
    for reference in parsed.references:
        if not reference.children:
            reference.append(docutils_nodes.literal("", f"#{reference['target']}"))
    return parsed.blocks


def again(source, style=GFM):
    """The outline of a source, and that of what is written of it."""
    parsed = parse(source)
    back = description.parse(MarkdownWriter(style).blocks(parsed)).blocks
    return outline(parsed), outline(back)


# ─── real descriptions ───


@pytest.mark.slow
@pytest.mark.parametrize("style", [GFM, PANDOC], ids=["gfm", "pandoc"])
@pytest.mark.parametrize("name", ["home-manager", "nixvim", "home-manager-embedded"])
def test_every_real_text_comes_back(name, style):
    options = read(str(shared(f"data/options/{name}.json"))).options
    texts = {
        text.text
        for option in options
        for text in (option.description, option.related_packages, option.default, option.example)
        if text is not None and text.markup is not Markup.NIX
    }
    differing = []
    for text in sorted(texts):
        before, after = again(text, style)
        if before != after:
            differing.append(text)
    assert texts
    assert differing == []


# ─── any text, any source ───

PIECES = (
    *"*_`[]{}()<>!|~:-+=#.\\\"'&;^$@/1a bA\n\t\u00a0“’–…",
    *("\n", "foo", "1. ", "- ", "# ", "--", "---", "----", "...", "{file}", "(c)", "](x)"),
    *("]{#a}", "[^1]", "[^1]: x", "&amp;", "&#35;", "<a>", "<!-- x -->", "<http://x.y>"),
    *("::: {.note}", ":::", "|a|b|\n|-|-|\n", "```", "~~~", "!!!!", "????", ",,,", "+-"),
    *("> ", "===", "\n    ", "\n\n", ": ", "**", "`x`", "{var}`y`", "[a](b)", "[](#x)"),
    *("\\\n", "?…", "[!NOTE]", "_ _ _", "* * *", "~ ", "[x]: y"),
)
soup = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@settings(max_examples=600, deadline=None, derandomize=True)
@given(soup | anything)
def test_any_text_stays_text(text):
    paragraph = docutils_nodes.paragraph("", "", docutils_nodes.Text(text))
    back = description.parse(MarkdownWriter(PANDOC).blocks([paragraph])).blocks
    assert outline(back) == outline([paragraph])
    assert all(isinstance(block, docutils_nodes.paragraph) for block in back)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(soup | anything)
def test_any_code_stays_code(text):
    shown = fold(text.replace("\r\n", " "))
    paragraph = docutils_nodes.paragraph("", "", docutils_nodes.literal(shown, shown))
    back = description.parse(MarkdownWriter(GFM).blocks([paragraph])).blocks
    assert outline(back) == outline([paragraph])


@settings(max_examples=400, deadline=None, derandomize=True)
@given(soup.map(lambda text: text.strip("\n")))
def test_any_block_of_code_stays_one(text):
    block = docutils_nodes.literal_block(text, text)
    item = docutils_nodes.list_item("", block)
    lists = [docutils_nodes.bullet_list("", item), docutils_nodes.note("", block.deepcopy())]
    for style in (GFM, PANDOC):
        back = description.parse(MarkdownWriter(style).blocks(lists)).blocks
        assert outline(back) == outline(lists)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(soup.filter(lambda text: "[^" not in text))
def test_any_source_comes_back_and_is_written_alike_again(source):
    before, after = again(source, PANDOC)
    # White space behind a break in a line is there in the one, and nobody sees it.
    assert str(before).replace(" ", "") == str(after).replace(" ", "")
    once = written(source)
    assert written(once) == once


# ─── no more escapes than needed ───


@pytest.mark.parametrize(
    "text",
    [
        "a.b.c, 1.5 and v2.0. Issue #12!",
        "snake_case_name and a * b",
        "x < y > z, a & b, AT&T",
        "[brackets] and {braces} (parens)",
        "an option --all, or -a -b",
        "~/.config and ~user",
        "50% of $HOME = 7 | 8",
        "it’s “quoted” – really…",
        'one 3" pipe',
        "C:\\path\\to",
        "1.5 at the start",
        "-1 is no list",
        "#hash is no heading",
    ],
)
def test_text_that_means_nothing_is_left_alone(text):
    assert MarkdownWriter(GFM).blocks([docutils_nodes.paragraph("", text)]) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*a*", "\\*a\\*"),
        ("_a_", "\\_a\\_"),
        ("`a`", "\\`a\\`"),
        ("[a](b)", "\\[a](b)"),
        ("[a]{#b} c", "\\[a]{#b} c"),
        ("<b>", "\\<b>"),
        ("&amp;", "\\&amp;"),
        ("\\*", "\\\\\\*"),
        ("a--b", "a\\--b"),
        ("a...", "a\\.\\.."),
        ("(c)", "\\(c)"),
        ("a's", "a\\'s"),
        ('"a"', '\\"a\\"'),
    ],
)
def test_text_that_means_something_is_escaped(text, expected):
    assert escape(text, straight=True) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- a", "\\- a"),
        ("+ a", "\\+ a"),
        ("12. a", "12\\. a"),
        ("12) a", "12\\) a"),
        ("# a", "\\# a"),
        ("> a", "\\> a"),
        (": a", "\\: a"),
        ("=====", "\\====="),
        ("----", "\\-\\-\\--"),
        ("::: {.note}", "\\::: {.note}"),
    ],
)
def test_a_line_that_would_start_a_block_is_escaped(line, expected):
    paragraph = docutils_nodes.paragraph("", f"a\n{line}")
    assert MarkdownWriter(GFM).blocks([paragraph]) == f"a\n{expected}"


# ─── inlines ───


def test_code_has_backticks_enough_and_no_spaces_without_need():
    assert code("a") == "`a`"
    assert code("a`b") == "``a`b``"
    assert code("`a") == "`` `a ``"
    assert code(" a ") == "`  a  `"
    assert code("") == ""


def test_addresses_are_left_as_they_are_where_they_can_be():
    assert destination("#opt-a.b") == "#opt-a.b"
    assert destination("https://x.y/a_(b)?c=*&d=1") == "https://x.y/a_(b)?c=*&d=1"
    assert destination("a b") == "<a b>"
    assert destination("a(") == "<a(>"
    assert destination("") == "<>"
    assert destination("a&copy;") == "a\\&copy;"


@pytest.mark.parametrize(
    "source",
    [
        "<https://x.y>",
        "<a@b.cd>",
        "[text](https://x.y/z)",
        "[`code`](https://x.y)",
        "a *b* **c** ***d*** `e`",
        "a\\\nb",
        "[text](#opt-x)",
        "![alt](a.png)",
    ],
)
def test_inlines_are_written_as_an_author_would(source):
    assert written(source) == source


def test_roles_are_code_to_readers_that_have_none():
    assert written("{file}`/etc` {option}`a.b` {manpage}`x(1)`") == "`/etc` `a.b` `x(1)`"


def test_anchors_and_keys_are_written_for_readers_that_know_them():
    source = "[]{#a}[b]{#c} [F1]{.keycap}"
    assert written(source, PANDOC) == source
    assert written(source) == "b `F1`"


def test_neighbours_that_would_join_are_parted():
    paragraph = docutils_nodes.paragraph()
    paragraph += docutils_nodes.emphasis("", "a")
    paragraph += docutils_nodes.emphasis("", "b")
    paragraph += docutils_nodes.literal("", "c")
    paragraph += docutils_nodes.literal("", "d")
    text = MarkdownWriter(GFM).blocks([paragraph])
    assert text == "*a*<!-- -->*b*`c`<!-- -->`d`"
    assert outline(description.parse(text).blocks) == [["p", "abcd"]]


def test_a_word_in_braces_before_code_is_no_role():
    source = "\\{file}`a` and {file} `a`"
    assert written(source) == source


# ─── blocks ───


@pytest.mark.parametrize(
    "source",
    [
        "- a\n- b\n  - c\n    - d\n- e",
        "- a\n\n  b\n\n- c",
        "3. a\n4. b\n   ```nix\n   c\n   ```",
        "1. a\n2. b",
        "- a\n\n<!-- -->\n\n- b",
        "term\n:   one\n:   two\n\n    three\n\nother\n:   - four",
        "> a\n>\n> b\n>\n> > c",
        "> [!NOTE]\n> a\n>\n> - b",
        "> [!WARNING]\n>\n> - b",
        "```nix\na\n```",
        "````\n```\n````",
        "a\n\n***\n\nb",
        "| a | b |\n| :-- | --: |\n| `c\\|d` | *e* |\n| | f |",
        "a[^1].\n\n[^1]: b\n\n    c",
    ],
)
def test_blocks_are_written_as_an_author_would(source):
    before, after = again(source)
    assert before == after
    assert written(source) == source


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (PLAIN, "**Note:** a\n\nb"),
        (GFM, "> [!NOTE]\n> a\n>\n> b"),
        (PANDOC, "::: {.note}\na\n\nb\n:::"),
    ],
    ids=["plain", "gfm", "pandoc"],
)
def test_admonitions_in_each_style(style, expected):
    assert written("::: {.note}\na\n\nb\n:::", style) == expected


def test_a_block_of_colons_is_longer_than_those_inside():
    source = "::::: {.note}\n:::: {.tip}\n```\n:::\n```\n::::\n:::::"
    assert written(source, PANDOC) == source
    before, after = again(source)
    assert before == after == [["note", [["tip", [["pre", ":::"]]]]]]


def test_a_fence_is_longer_than_those_inside():
    assert fenced("```\na\n```", "md") == "````md\n```\na\n```\n````"
    assert fenced("a", "x`y") == "~~~x`y\na\n~~~"
    assert fenced("a", "~x`y") == "~~~ ~x`y\na\n~~~"


# ─── options ───


def option(**attributes):
    section = nodes.option(name="a.<b>", ids=["opt-a._b_"], read_only=False)
    section.update_all_atts(attributes)
    value = nodes.option_fact(
        "", nodes.option_value('one of "x"', "", language="text"), fact="type"
    )
    section += nodes.option_description("", *description.parse("d[^1]\n\n[^1]: note").blocks)
    section += value
    return section


def test_an_option_is_a_section():
    assert MarkdownWriter(PANDOC).section(option()) == (
        "## a.\\<b> {#opt-a._b_}\n\nd[^opt-a._b_.1]\n\n[^opt-a._b_.1]: note\n\n"
        '*Type:*\none of `"x"`\n\n'
    )
    assert MarkdownWriter(GFM).section(option()).startswith("## a.\\<b>\n\n")


def test_nothing_of_one_option_is_seen_in_the_next():
    alone = MarkdownWriter(GFM).section(option())
    writer = MarkdownWriter(GFM)
    assert [writer.section(option()) for _ in range(3)] == [alone] * 3


def test_a_name_that_ends_like_an_identifier_stays_whole():
    text = MarkdownWriter(GFM).section(option(name="a.{#b}"))
    (title, *_) = description.parse(text).blocks
    assert title.astext() == "a.{#b}"
    assert title["ids"] == []


def test_read_only_is_shown_with_the_type():
    assert '*Type:*\none of `"x"` *(read only)*' in MarkdownWriter(GFM).section(
        option(read_only=True)
    )
