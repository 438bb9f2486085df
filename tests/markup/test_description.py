"""Every construct of the dialect that a description may hold, by the tree that it becomes."""

from __future__ import annotations

import string

import pytest
from docutils import nodes as docutils_nodes
from hypothesis import example, given, settings
from hypothesis import strategies as st

from manualgen.errors import Code, Severity
from manualgen.markup import description, docbook, nodes
from manualgen.markup.blocks import BLOCK_RULES
from manualgen.markup.builder import DoctreeBuilder
from manualgen.markup.inlines import INLINE_RULES
from manualgen.markup.structure import outline


def tree(text: str) -> str:
    """Return a text's tree on one line a block: ``kind(attribute=…)[children]``."""
    return "\n".join(_shown(block) for block in description.parse(text).blocks)


def _shown(node) -> str:
    if isinstance(node, docutils_nodes.Text):
        return repr(str(node))
    kept = {
        name: value
        for name, value in sorted(node.attributes.items())
        if value not in ([], "", None, 0)
        and name not in {"xml:space", "bullet", "enumtype", "place"}
    }
    attributes = ",".join(f"{name}={value}" for name, value in kept.items())
    return f"{node.tagname}({attributes})[{' '.join(map(_shown, node.children))}]"


def reports(text: str):
    """Return code, line and column of the diagnostics of a text."""
    return [(found.code, found.line, found.column) for found in description.parse(text).diagnostics]


def blocks(text: str):
    return outline(description.parse(text).blocks)


# ─── inline ───


@pytest.mark.parametrize("role", ["command", "env", "file", "var"])
def test_role(role):
    assert tree(f"{{{role}}}`ls -l`") == f"paragraph()[literal(classes=['{role}'])['ls -l']]"
    assert reports(f"{{{role}}}`ls -l`") == []


def test_option_role_is_a_reference():
    parsed = description.parse("See {option}`a.b` and {option}`a.<name>`.")
    assert [type(found) for found in parsed.references] == [nodes.option_reference] * 2
    assert [found.astext() for found in parsed.references] == ["a.b", "a.<name>"]


def test_manpage_role_is_a_reference():
    parsed = description.parse("See {manpage}`nix.conf(5)`.")
    assert [type(found) for found in parsed.references] == [nodes.manpage_reference]
    assert tree("{manpage}`a(1)`") == "paragraph()[manpage_reference()['a(1)']]"


@pytest.mark.parametrize(
    ("source", "help_text"),
    [
        ("{man}`a(1)`", "write {manpage}`a(1)`"),
        ("{path}`/etc`", "write {file}`/etc`"),
        ("{comand}`ls`", "write {command}`ls`"),
        ("{envar}`HOME`", "write {env}`HOME`"),
        (
            "{zzz}`x`",
            (
                "write `x` without a role, or one of"
                " {command}, {env}, {file}, {var}, {option}, {manpage}"
            ),
        ),
    ],
)
def test_unknown_role_is_shown_as_it_stands(source, help_text):
    parsed = description.parse(f"First line.\nThen {source}.")
    (found,) = parsed.diagnostics
    assert (found.code, found.severity) == (Code.UNKNOWN_ROLE, Severity.ERROR)
    assert (found.line, found.column, found.width) == (2, 6, len(source))
    assert found.excerpt == f"Then {source}."
    assert found.help == help_text
    role, _, content = source.partition("`")
    assert blocks(source) == [["p", role + content[:-1]]]


def test_each_of_two_equal_problems_has_its_place():
    text = "> {x}`a` or\n> so {x}`a` {x}`a`"
    assert reports(text) == [
        (Code.UNKNOWN_ROLE, 1, 3),
        (Code.UNKNOWN_ROLE, 2, 6),
        (Code.UNKNOWN_ROLE, 2, 13),
    ]


def test_references_to_identifiers():
    parsed = description.parse("[](#a-b), [its *text*](#sec-x)")
    first, second = parsed.references
    assert (type(first), first["target"], first.children) == (nodes.cross_reference, "a-b", [])
    assert (second["target"], second.astext()) == ("sec-x", "its text")


def test_anchors():
    parsed = description.parse("[]{#empty} and [some *text*]{#named.x}")
    assert parsed.anchors == ["empty", "named.x"]
    assert tree("[]{#x}") == "paragraph()[target(ids=['x'])[]]"
    assert tree("[a *b*]{#x}") == "paragraph()[target(ids=['x'])['a ' emphasis()['b']]]"


def test_key():
    assert tree("[F12]{.keycap}") == "paragraph()[key()['F12']]"


@pytest.mark.parametrize("source", ["[x]{.other}", "[x]{y}", "[x]{#a #b}", "[x] {#a}", "[x]{}"])
def test_other_braces_are_text(source):
    assert blocks(source) == [["p", source]]


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a?b=c#d",
        "http://example.org",
        "mailto:a@example.org",
        "ftp://example.org",
        "gemini://example.org",
        "irc://example.org/x",
        "matrix:r/x:example.org",
        "HTTPS://example.org",
        "../relative.html",
        "/absolute",
        "file.html#x",
        "?q=a:b",
    ],
)
def test_links(address):
    assert tree(f"[text]({address})") == f"paragraph()[reference(refuri={address})['text']]"
    assert reports(f"[text]({address})") == []


def test_links_by_address_alone():
    assert (
        tree("<https://a.org>") == "paragraph()[reference(refuri=https://a.org)['https://a.org']]"
    )
    assert tree("<a@b.org>") == "paragraph()[reference(refuri=mailto:a@b.org)['a@b.org']]"


@pytest.mark.parametrize(
    ("source", "visible", "column"),
    [
        ("[text](javascript:alert%281%29)", "text (javascript:alert(1))", 8),
        ("[text](JAVASCRIPT:x)", "text (JAVASCRIPT:x)", 8),
        ("[text](data:text/html,x)", "text (data:text/html,x)", 8),
        ("[text](file:///etc/passwd)", "text (file:///etc/passwd)", 8),
        ("[text](vbscript:x)", "text (vbscript:x)", 8),
        ("<javascript:x>", "javascript:x", 2),
        ("[text](&#106;avascript:x)", "text (javascript:x)", 1),
        ("[text](\\javascript:x)", "text (\\javascript:x)", 8),
    ],
)
def test_unsafe_address_is_shown_as_text(source, visible, column):
    assert blocks(source) == [["p", visible]]
    (found,) = description.parse(source).diagnostics
    assert (found.code, found.line, found.column) == (Code.UNSAFE_LINK, 1, column)
    assert "link with https:" in found.help
    assert not list(description.parse(source).blocks[0].findall(docutils_nodes.reference))


def test_backticks_around_an_address_are_a_slip():
    source = "[text](`https://a.org`)"
    assert tree(source) == "paragraph()[reference(refuri=https://a.org)['text']]"
    (found,) = description.parse(source).diagnostics
    assert (found.code, found.column, found.help) == (
        Code.UNSAFE_LINK,
        8,
        "write (https://a.org)",
    )


@pytest.mark.parametrize(
    ("source", "visible"),
    [
        ('"a"', "“a”"),
        ("'a'", "‘a’"),
        ("it's", "it’s"),
        ("a -- b", "a – b"),
        ("a---b", "a—b"),
        ("a...", "a…"),
        ("(c) (tm) (r)", "© ™ ®"),
        ("+-1", "±1"),
        ('`"a" -- it\'s (c) ...`', '"a" -- it\'s (c) ...'),
        ('{file}`"x" --`', '"x" --'),
        ("[](#x) `--`", "--"),
    ],
)
def test_typography(source, visible):
    assert blocks(source) == [["p", visible]]


def test_code_keeps_its_characters():
    assert blocks('```\n"a" -- (c) ...\n```') == [["pre", '"a" -- (c) ...']]


def test_comments_are_nothing():
    assert blocks("a <!-- x --> b") == [["p", "a b"]]
    assert blocks("a\n\n<!-- x\n\ny -->\n\nb") == [["p", "a"], ["p", "b"]]
    assert blocks("- a\n  <!-- x -->\n- b") == [["ul", [[["p", "a"]], [["p", "b"]]]]]
    assert blocks("<!-- only -->") == []
    assert reports("a <!-- <b>x</b> --> b") == []
    assert blocks("`<!-- x -->`") == [["p", "<!-- x -->"]]
    assert blocks("<!-- never ends") == [["p", "<!-- never ends"]]


@pytest.mark.parametrize(
    ("source", "column", "help_text"),
    [
        ("so <b>bold</b>", 4, "write **bold**, or put it in backticks"),
        ("a<br>", 2, "write a backslash at the line's end, or put it in backticks"),
        ("<kbd>F1</kbd>", 1, "write [key]{.keycap}, or put it in backticks"),
        ("<table>", 1, "write it in Markdown, or put it in backticks"),
    ],
)
def test_raw_html_is_text_with_a_diagnostic(source, column, help_text):
    assert blocks(source) == [["p", source]]
    found = description.parse(source).diagnostics[0]
    assert (found.code, found.line, found.column, found.help) == (
        Code.RAW_HTML,
        1,
        column,
        help_text,
    )


@pytest.mark.parametrize("source", ["<name>", "a < b > c", "users.<name>.home", "1 <2> 3"])
def test_placeholders_are_plain_text(source):
    assert blocks(source) == [["p", source]]
    assert reports(source) == []


@pytest.mark.parametrize("source", ["a\\\nb", "a  \nb"])
def test_line_break(source):
    assert tree(source) == "paragraph()['a' line_break()[] 'b']"


def test_new_line_is_kept_in_the_text():
    assert tree("a `b`\nc") == "paragraph()['a ' literal()['b'] '\\nc']"
    assert tree("a\nb") == "paragraph()['a\\nb']"


def test_source_is_kept_with_its_layout():
    (first,) = description.parse("lead:\n  one\n  two").blocks
    assert first.rawsource == "lead:\n  one\n  two"
    (second,) = description.parse("lead `x`:\n  one\n  two").blocks
    assert second.rawsource == "lead `x`:\n  one\n  two"


def test_emphasis():
    assert tree("*a* **b** `c`") == (
        "paragraph()[emphasis()['a'] ' ' strong()['b'] ' ' literal()['c']]"
    )


def test_image_is_a_diagnostic():
    assert tree("![alt *x*](a.png)") == "paragraph()[image(alt=alt x,uri=a.png)[]]"
    (found,) = description.parse("![alt](a.png)").diagnostics
    assert (found.code, found.column, found.help) == (
        Code.IMAGE,
        1,
        "link to it instead: [alt](a.png)",
    )


# ─── blocks ───


def test_heading_is_a_bold_line_with_a_diagnostic():
    assert tree("# Title {#id}\n\ntext") == (
        "paragraph(classes=['heading'],ids=['id'])[strong()['Title']]\nparagraph()['text']"
    )
    (found,) = description.parse("text\n\n## A `b`").diagnostics
    assert (found.code, found.line, found.column) == (Code.HEADING, 3, 1)
    assert found.help == "write it in bold, as a paragraph of its own: **A `b`**"
    assert description.parse("# T {#id}").anchors == ["id"]


@pytest.mark.parametrize("kind", ["note", "tip", "important", "warning", "caution"])
@pytest.mark.parametrize(
    "source",
    [
        "::: {{.{kind}}}\nText.\n\n- a\n:::",
        ":::{{.{kind}}}\nText.\n\n- a\n:::",
        ":::: {{.{kind}}}\nText.\n\n- a\n::::",
        "> [!{kind}]\n> Text.\n>\n> - a",
        "> [!{upper}]\n> Text.\n>\n> - a",
        "> [!{upper}]\n>\n> Text.\n>\n> - a",
    ],
)
def test_admonition(kind, source):
    text = source.format(kind=kind, upper=kind.upper())
    assert blocks(text) == [[kind, [["p", "Text."], ["ul", [[["p", "a"]]]]]]]
    assert reports(text) == []


def test_admonition_with_an_identifier():
    parsed = description.parse("::: {.note #n-1}\nx\n:::")
    assert parsed.blocks[0]["ids"] == ["n-1"]
    assert parsed.anchors == ["n-1"]
    assert blocks(":::{#n-1 .tip}\nx\n:::") == [["tip", [["p", "x"]]]]


def test_longer_fences_hold_shorter_ones():
    text = ":::: {.note}\na\n\n::: {.tip}\nb\n:::\n\nc\n::::\n\nd"
    assert blocks(text) == [
        ["note", [["p", "a"], ["tip", [["p", "b"]]], ["p", "c"]]],
        ["p", "d"],
    ]


def test_admonition_in_a_list():
    assert blocks("- a\n\n  ::: {.note}\n  b\n  :::\n- c") == [
        ["ul", [[["p", "a"], ["note", [["p", "b"]]]], [["p", "c"]]]]
    ]


def test_unknown_admonition_keeps_its_text():
    text = "x\n\n::: {.danger}\nText.\n:::"
    assert blocks(text) == [["p", "x"], ["p", "Text."]]
    (found,) = description.parse(text).diagnostics
    assert (found.code, found.line, found.column) == (Code.UNKNOWN_ADMONITION, 3, 5)
    assert found.help == "write one of {.note}, {.tip}, {.important}, {.warning}, {.caution}"


def test_unknown_alert_is_a_quote():
    assert blocks("> [!DANGER]\n> x") == [["quote", [["p", "[!DANGER] x"]]]]


def test_empty_alert():
    assert blocks("> [!NOTE]") == [["note", []]]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n\n::: {.note}\nb", 3),
        ("a\n\n```nix\nb", 3),
        ("~~~\nb", 1),
        ("- ::: {.tip}\n  b\n\nc", 1),
        ("> ```\n> b\n\nc", 1),
    ],
)
def test_unclosed_fence(text, line):
    (found,) = description.parse(text).diagnostics
    assert (found.code, found.line) == (Code.UNCLOSED_FENCE, line)
    assert found.help.endswith("on a line of its own where it ends")


@pytest.mark.parametrize(
    "text",
    [
        "```\na\n```",
        "````\n```\n````",
        "~~~~\na\n~~~~~",
        "- ```\n  a\n  ```",
        "> ```\n> a\n> ```",
        "```\n```",
        "::: {.note}\n```\na\n```\n:::",
    ],
)
def test_closed_fence(text):
    assert reports(text) == []


def test_code():
    assert tree("```nix\na = 1;\n\n  b\n```") == ("literal_block(language=nix)['a = 1;\\n\\n  b']")
    assert tree("```nix title=x\na\n```") == "literal_block(language=nix)['a']"
    assert tree("```\na\n```") == "literal_block()['a']"
    assert tree("    a\n     b") == "literal_block()['a\\n b']"


def test_bullet_lists():
    assert tree("- a\n- b") == (
        "bullet_list(classes=['tight'])[list_item()[paragraph()['a']] list_item()[paragraph()['b']]]"
    )
    assert tree("- a\n\n- b") == (
        "bullet_list()[list_item()[paragraph()['a']] list_item()[paragraph()['b']]]"
    )


def classes_of_lists(text: str):
    kinds = (docutils_nodes.bullet_list, docutils_nodes.enumerated_list)
    return [
        node["classes"] == ["tight"]
        for block in description.parse(text).blocks
        for node in block.findall(lambda node: isinstance(node, kinds))
    ]


@pytest.mark.parametrize(
    ("text", "tight"),
    [
        ("- a\n- b\n\n  c", [False]),
        ("- a\n  - b\n- c", [True, True]),
        ("- a\n\n  - b\n  - c\n\n- d", [False, True]),
        ("- a\n  - b\n\n  - c\n- d", [True, False]),
        ("- ```\n  a\n  ```\n- ```\n  b\n  ```", [True]),
        ("- a\n  ```\n  b\n\n  c\n  ```\n- d", [True]),
        ("1. a\n2. b", [True]),
        ("1. a\n\n2. b", [False]),
        ("-\n-", [True]),
        ("> - a\n> - b", [True]),
    ],
)
def test_tight_and_loose(text, tight):
    assert classes_of_lists(text) == tight


def test_ordered_lists():
    (ordered,) = description.parse("3. a\n4. b").blocks
    assert (ordered["start"], ordered["suffix"]) == (3, ".")
    (ordered,) = description.parse("0) a\n1) b").blocks
    assert (ordered["start"], ordered["suffix"]) == (0, ")")
    assert blocks("1. a\n   1. b\n2. c") == [
        ["ol", [[["p", "a"], ["ol", [[["p", "b"]]]]], [["p", "c"]]]]
    ]


def test_definition_lists():
    assert blocks("Term\n: definition\n\n`other`\n: one\n: two\n\n  - x") == [
        [
            "dl",
            [
                ["Term", [["p", "definition"]]],
                ["other", [["p", "one"], ["p", "two"], ["ul", [[["p", "x"]]]]]],
            ],
        ]
    ]
    assert tree("T\n: a\n: b") == (
        "definition_list()[definition_list_item()[term()['T']"
        " definition()[paragraph()['a']] definition()[paragraph()['b']]]]"
    )


def test_tables():
    text = "| a | b | c |\n|---|:-:|--:|\n| `1` | 2 |\n| | x \\| y | z |"
    assert blocks(text) == [["table", [["a", "b", "c"], ["1", "2", ""], ["", "x | y", "z"]]]]
    (table,) = description.parse(text).blocks
    (group,) = table.children
    assert group["cols"] == 3
    assert [type(child).__name__ for child in group.children] == ["colspec"] * 3 + [
        "thead",
        "tbody",
    ]
    assert [entry["classes"] for entry in group[3][0]] == [[], ["align-center"], ["align-right"]]
    assert blocks("| a |\n|---|") == [["table", [["a"]]]]


def test_footnotes():
    text = "One[^1] and two[^long-name] and one[^1].\n\n[^1]: First.\n[^long-name]:\n    A\n\n    B"
    assert blocks(text) == [
        ["p", "One and two and one."],
        ["footnotes", [[["p", "First."]], [["p", "A"], ["p", "B"]]]],
    ]
    paragraph, notes = description.parse(text).blocks
    assert [node["refid"] for node in paragraph.findall(docutils_nodes.footnote_reference)] == [
        "1",
        "long-name",
        "1",
    ]
    assert [note["names"] for note in notes] == [["1"], ["long-name"]]


@pytest.mark.parametrize("source", ["matches ^[a-z]+$", "x[^1]", "a^[b]"])
def test_what_is_no_footnote_is_text(source):
    assert blocks(source) == [["p", source]]


def test_quote_and_rule():
    assert blocks("> a\n\n---\n\nb") == [["quote", [["p", "a"]]], ["hr"], ["p", "b"]]


def test_blocks_have_no_parent():
    assert all(block.parent is None for block in description.parse("a `b`\n\n- c").blocks)


# ─── what is too much ───


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        ">" * 50_000 + " x",
        "- " * 5_000 + "x",
        "*a " * 50_000,
        "`" * 3_000,
        "x " * 200_000,
        "\n".join("  " * depth + "- x" for depth in range(300)),
        "> " * 99 + "x",
        "1. " * 60 + "x",
    ],
    ids=[
        "brackets",
        "quotes",
        "items",
        "stars",
        "ticks",
        "long",
        "nested",
        "deep quotes",
        "deep ol",
    ],
)
def test_what_nobody_can_read_is_shown_literally(text):
    parsed = description.parse(text)
    notice, literal = parsed.blocks if len(parsed.blocks) == 2 else (None, None)
    if text.startswith("x "):
        assert len(parsed.blocks) == 1  # plain text of any length is read: it has no markup
        return
    assert isinstance(notice, nodes.notice)
    assert literal.astext() == text
    (found,) = parsed.diagnostics
    assert (found.code, found.line, found.column) == (Code.TOO_COMPLEX, 1, 1)
    assert found.help


# ─── any text ───

MARKUP = st.text(
    st.sampled_from(string.printable + "`*_[](){}<>#:|^!~-.'\"\\\n  äß–“\u00a0\x00\ufeff")
)
LINES = st.lists(
    st.sampled_from(
        [
            "- a", "  - b", "1. c", "> d", "```", "::: {.note}", ":::", "# e", "T", ": f", "| g | h |",
            "|---|---|", "[^1]: i", "j[^1]", "", "    k", "[l](#m)", "{option}`n`", "> [!TIP]", "***",
            "<!--", "-->", "[]{#o}", "p  ", "q\\", "&amp;", "'r", "s's", "\t", "(c", "2) u",
        ]
    ),
    max_size=12,
).map("\n".join)  # fmt: skip


@given(MARKUP | LINES)
@settings(max_examples=400)
def test_never_raises(text):
    outline(description.parse(text).blocks)


PLAIN = st.text(
    st.sampled_from(string.ascii_letters + "     \n\n''.,:;!?()-+/=%@~^|>#äöü–“”1234567890"),
    max_size=60,
)


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_lines_are_counted_by_any_line_end(end):
    (found,) = description.parse(f"a{end}{end}# B").diagnostics
    assert (found.line, found.column, found.excerpt) == (3, 1, "# B")
    assert description.parse(f"```{end}a{end}```{end}b").diagnostics == []


@pytest.mark.slow
@given(PLAIN)
@settings(max_examples=2_000)
@example("a\n  b\n\n\n c'd")
@example("a (c) b")
@example("x\n-- y")
@example("a\n===")
@example("a\n : b")
@example("a  b\n\n   c")
@example("Dogs' tails")
@example("www.example.org")
def test_short_path_reads_as_the_parser_does(text):
    if description.may_have_markup(text):
        return
    full = DoctreeBuilder(text, BLOCK_RULES, INLINE_RULES)
    full.build()
    assert outline(description.parse(text).blocks) == outline(full.parsed.blocks)
    # The indentation of a paragraph's first line is known to the short path only, and its
    # apostrophes are set already.
    assert [block.rawsource.strip() for block in description.parse(text).blocks] == [
        block.rawsource.replace("'", "’") for block in full.parsed.blocks
    ]


@pytest.mark.parametrize("text", ["[^1]: x,,\n    >[^1]: xb", "a[^1]\n\n[^1]: x,,\n    >[^1]: xb"])
def test_a_footnote_within_a_footnote_is_shown_as_text(text):
    parsed = description.parse(text)
    assert [found.code for found in parsed.diagnostics] == [Code.TOO_COMPLEX]
    assert outline(parsed.blocks)[-1] == ["pre", text]


@pytest.mark.parametrize("name", nodes.ADMONITIONS)
def test_every_admonition_of_the_table_is_known_to_both_markup_languages(name):
    expected = [[name, [["p", "x"]]]]
    assert blocks(f"::: {{.{name}}}\nx\n:::") == expected
    assert blocks(f"> [!{name.upper()}]\n> x") == expected
    assert outline(docbook.parse(f"<{name}><para>x</para></{name}>").blocks) == expected


@pytest.mark.parametrize(("role", "kind"), nodes.REFERRING_ROLES.items())
def test_every_referring_role_of_the_table_becomes_its_node(role, kind):
    parsed = description.parse(f"{{{role}}}`x`")
    assert [type(reference) for reference in parsed.references] == [kind]
    assert parsed.diagnostics == []


# ─── what messages propose ───


def proposals(text: str, code: Code) -> list[tuple[str, str]]:
    return [
        (found.message, found.help)
        for found in description.parse(text).diagnostics
        if found.code is code
    ]


@pytest.mark.parametrize("fence", ["```", "~~~~", "````", ":::", "::::"])
def test_an_unclosed_fence_is_quoted_as_it_is(fence):
    opening = f"{fence} {{.note}}" if fence[0] == ":" else fence
    assert proposals(f"{opening}\na", Code.UNCLOSED_FENCE) == [
        (f"the block that {fence if '`' in fence else f'`{fence}`'} opens is not closed",
         f"write {fence} on a line of its own where it ends")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "proposal"),
    [
        ("# A title", "**A title**"),
        ("## A title ##", "**A title**"),
        ("# A title {#its-id}", "[]{#its-id}**A title**"),
        ("## A title ## {#its-id}", "[]{#its-id}**A title**"),
        ("A title {#its-id}\n===", "[]{#its-id}**A title**"),
    ],
)
def test_the_help_for_a_heading_keeps_its_identifier(heading, proposal):
    ((_, help_text),) = proposals(heading, Code.HEADING)
    assert help_text.endswith(f": {proposal}")
    again = description.parse(proposal)
    assert again.diagnostics == []
    assert again.blocks[0].astext() == "A title"
    assert again.anchors == description.parse(heading).anchors


def test_the_help_for_a_break_can_be_followed_in_a_cell():
    ((_, help_text),) = proposals("| a |\n|---|\n| b<br>c |", Code.RAW_HTML)
    assert "row of its own" in help_text
    assert "backslash" not in help_text
    ((_, help_text),) = proposals("b<br>c", Code.RAW_HTML)
    assert "backslash" in help_text
    ((_, help_text), _) = proposals("| a |\n|---|\n| <b>c</b> |", Code.RAW_HTML)
    assert "**bold**" in help_text
