"""Hidden lists as people really write them: what each becomes, in HTML, man pages and Markdown."""

from __future__ import annotations

import pytest
from docutils import nodes as docutils_nodes
from hypothesis import given, settings
from hypothesis import strategies as st

from manualgen.markup import description, hidden_lists
from manualgen.writers.html import HtmlWriter
from manualgen.writers.manpage import ManpageWriter
from manualgen.writers.markdown import MarkdownWriter
from tests.markup.test_hidden_lists import (
    blocks_of,
    inline_nodes,
    outline,
    recovered,
    words_of,
)
from tests.rendering import groff_complaints, man_page, shown, strict, words


def written(writer, form, text):
    """Return a text as a writer has it; its hidden lists are recovered."""
    blocks = blocks_of(form, text)
    hidden_lists.recover(blocks, text if form == "markdown" else "")
    return writer().blocks(blocks).strip()


# What a text becomes: in HTML, in a man page as it is shown, in Markdown.
FORMATS = {
    "quoted values that are explained by values": (
        'Possible values are:\n"yes": on\n"no": off\n"auto": decide\n',
        (
            "<p>Possible values are:</p><dl><dt>“yes”</dt><dd>on</dd><dt>“no”</dt><dd>off</dd>"
            "<dt>“auto”</dt><dd>decide</dd></dl>"
        ),
        "Possible values are: “yes” on “no” off “auto” decide",
        "Possible values are:\n\n“yes”\n:   on\n\n“no”\n:   off\n\n“auto”\n:   decide",
    ),
    "assignments of words below a lead-in": (
        "Placeholders:\n  host = the name\n  port = the number\n",
        "<p>Placeholders:</p><dl><dt>host</dt><dd>the name</dd><dt>port</dt><dd>the number</dd></dl>",
        "Placeholders: host the name port the number",
        "Placeholders:\n\nhost\n:   the name\n\nport\n:   the number",
    ),
    "values after a sentence": (
        "Whether to wait.\nnull = let the system decide\ntrue = always\n",
        (
            "<p>Whether to wait.</p>"
            "<dl><dt>null</dt><dd>let the system decide</dd><dt>true</dt><dd>always</dd></dl>"
        ),
        "Whether to wait. null let the system decide true always",
        "Whether to wait.\n\nnull\n:   let the system decide\n\ntrue\n:   always",
    ),
    "a column of names": (
        "Levels:\n  none\n  errors    (the default)\n  all\n",
        '<p>Levels:</p><ul class="tight"><li>none</li><li>errors    (the default)</li><li>all</li></ul>',
        "Levels: • none • errors (the default) • all",
        "Levels:\n\n- none\n- errors    (the default)\n- all",
    ),
    "values in a wrapped run": (
        "Allowed values:\n  `signing`, `digital signature`,\n  `key agreement`, `any`,\n  `crl sign`\n",
        (
            "<p>Allowed values:\n<code>signing</code>, <code>digital signature</code>,\n"
            "<code>key agreement</code>, <code>any</code>,\n<code>crl sign</code></p>"
        ),
        "Allowed values: signing, digital signature, key agreement, any, crl sign",
        "Allowed values:\n`signing`, `digital signature`,\n`key agreement`, `any`,\n`crl sign`",
    ),
    "code in brackets that were opened above it": (
        'The selector, e.g. {"match": [\n  {"key": "runlevel",\n  "operator": "is one of"}\n]}\nIt is used.\n',
        (
            "<p>The selector, e.g.</p><pre><code>"
            "{&quot;match&quot;: [\n  {&quot;key&quot;: &quot;runlevel&quot;,\n  &quot;operator&quot;: &quot;is one of&quot;}\n]}</code></pre><p>It is used.</p>"
        ),
        'The selector, e.g. {"match": [ {"key": "runlevel", "operator": "is one of"} ]} It is used.',
        (
            'The selector, e.g.\n\n```\n{"match": [\n  {"key": "runlevel",\n  "operator": "is one of"}\n]}'
            "\n```\n\nIt is used."
        ),
    ),
    "a first item that counts 0": (
        "Levels:\n0. silent\n1. errors\n",
        '<p>Levels:</p><ol start="0" class="tight"><li>silent</li><li>errors</li></ol>',
        "Levels: 0. silent 1. errors",
        "Levels:\n\n0. silent\n1. errors",
    ),
    "a sentence at the margin below a list": (
        "Each can be:\n- an address\n- a name\nSee dnsmasq(8) for the syntax.\n",
        (
            '<p>Each can be:</p><ul class="tight"><li>an address</li><li>a name</li></ul>'
            "<p>See dnsmasq(8) for the syntax.</p>"
        ),
        "Each can be: • an address • a name See dnsmasq(8) for the syntax.",
        "Each can be:\n\n- an address\n- a name\n\nSee dnsmasq(8) for the syntax.",
    ),
}


@pytest.mark.parametrize(("text", "html", "man", "markdown"), FORMATS.values(), ids=FORMATS.keys())
def test_a_text_in_each_format(text, html, man, markdown):
    made = written(HtmlWriter, "markdown", text)
    strict(made)
    assert made == html
    assert written(MarkdownWriter, "markdown", text) == markdown
    page = man_page(written(ManpageWriter, "markdown", text))
    assert man in words(shown(page))
    assert groff_complaints(page) == ""


LISTS = {
    "values of plain words": (
        "plain",
        "Possible values:\nyes: on\nno: off\nauto: decide\n",
        ["Possible values:", ("dl", ("yes", "on"), ("no", "off"), ("auto", "decide"))],
    ),
    "two values explained by values": (
        "docbook",
        'It can be:\n  "yes": on\n  "no": off\n',
        ["It can be:", ("dl", ('"yes"', "on"), ('"no"', "off"))],
    ),
    "codes of levels": (
        "markdown",
        "Levels are:\n`0`: off\n`1`: on\n`2`: auto\n",
        ["Levels are:", ("dl", ("0", "off"), ("1", "on"), ("2", "auto"))],
    ),
    "placeholders": (
        "markdown",
        "Placeholders:\n    %h = host\n    %u = name of the user\n",
        ["Placeholders:", ("dl", ("%h", "host"), ("%u", "name of the user"))],
    ),
    "assignments of words at the margin": (
        "docbook",
        "What is replaced:\nhost = the name\nport = the number\n",
        ["What is replaced:", ("dl", ("host", "the name"), ("port", "the number"))],
    ),
    "null among names": (
        "plain",
        "Which to use.\nnull = use the default\nfoo = use foo\nbar = use bar\n",
        [
            "Which to use.",
            ("dl", ("null", "use the default"), ("foo", "use foo"), ("bar", "use bar")),
        ],
    ),
    "null and numbers": (
        "markdown",
        "The port.\nnull = any port\n0 = chosen by the kernel\n",
        ["The port.", ("dl", ("null", "any port"), ("0", "chosen by the kernel"))],
    ),
    "a column of names at the margin": (
        "plain",
        "Types of entries:\nall        everything\ndebug\ninfo       normal\nwarn\n",
        ["Types of entries:", ("ul", "all everything", "debug", "info normal", "warn")],
    ),
    "code with remarks": (
        "markdown",
        "Known names:\n`all`\n`debug` - for developers\n`info` (slow)\n`warn`\n",
        ["Known names:", ("ul", "all", "debug - for developers", "info (slow)", "warn")],
    ),
    "rows of values": (
        "plain",
        'Pairs:\n  "a", "b"\n  "c", "d"\n',
        ["Pairs:", ("ul", '"a", "b"', '"c", "d"')],
    ),
    "two levels with tabs": (
        "plain",
        "Things:\n\t* a:\n\t\t- b\n\t\t- c\n\t* d\n",
        ["Things:", ("ul", ["a:", ("ul", "b", "c")], "d")],
    ),
    "a tab below a bullet": (
        "docbook",
        "* a:\n\t- b\n* c\n",
        [("ul", ["a:", ("ul", "b")], "c")],
    ),
    "a tab below a bullet in an indented list": (
        "markdown",
        "Things\n    * a:\n    \t- b\n    * c\n",
        ["Things", ("ul", ["a:", ("ul", "b")], "c")],
    ),
    "lines with a tab below a bullet": (
        "plain",
        "* a:\n\tb\n\tc\n* d\n",
        [("ul", ["a:", ("ul", "b", "c")], "d")],
    ),
    "terms of several words": (
        "markdown",
        (
            "Changes what the mouse does.\nBrowse - Click and drag.\nText Selection - Select text.\n"
            "Table Selection - Select tables.\n"
        ),
        [
            "Changes what the mouse does.",
            (
                "dl",
                ("Browse", "Click and drag."),
                ("Text Selection", "Select text."),
                ("Table Selection", "Select tables."),
            ),
        ],
    ),
}


@pytest.mark.parametrize(("form", "text", "expected"), LISTS.values(), ids=LISTS.keys())
def test_a_list(form, text, expected):
    assert recovered(form, text) == expected


CODE = {
    "braces that nothing closes": (
        "markdown",
        'It looks like\n{\n"key": "runlevel",\n"value": "some words"\n',
        ["It looks like", ("pre", '{\n"key": "runlevel",\n"value": "some words"')],
    ),
    "JSON below a lead-in": (
        "docbook",
        'For example:\n{\n  "a": 1,\n  "b": 2\n}\n',
        ["For example:", ("pre", '{\n  "a": 1,\n  "b": 2\n}')],
    ),
    "a member of JSON after a sentence": (
        "markdown",
        (
            'The selector is set as follows: "selector": {\n  "match": [\n    {\n      "key": "runlevel"\n'
            "    }\n  ]\n} and that is all.\nNo more.\n"
        ),
        [
            "The selector is set as follows:",
            ("pre", '"selector": {\n  "match": [\n    {\n      "key": "runlevel"\n    }\n  ]\n}'),
            "and that is all. No more.",
        ],
    ),
    "an attribute set": (
        "markdown",
        'Set\n  services.foo = {\n    enable = true;\n    bar = "x";\n  };\nand go on.\n',
        ["Set", ("pre", 'services.foo = {\n  enable = true;\n  bar = "x";\n};'), "and go on."],
    ),
    "a call": (
        "plain",
        'Call require("x").setup({\n  foo = 1,\n  bar = "x",\n})\n',
        ["Call", ("pre", 'require("x").setup({\n  foo = 1,\n  bar = "x",\n})')],
    ),
    "a block of a configuration": (
        "plain",
        "Written as\nserver {\n  listen 80;\n  location / {\n    deny all;\n  }\n}\n",
        [
            "Written as",
            ("pre", "server {\n  listen 80;\n  location / {\n    deny all;\n  }\n}"),
        ],
    ),
    "backslashes of Markdown": (
        "markdown",
        'As JSON:\n{\n  "glob": "\\*.txt",\n  "other": "a--b"\n}\n',
        ["As JSON:", ("pre", '{\n  "glob": "*.txt",\n  "other": "a--b"\n}')],
    ),
    "between lists": (
        "plain",
        'Modes:\n  fast: run\n  slow: walk\nAs JSON:\n{\n  "a": "b c"\n}\nLevels:\n- x\n- y\n',
        [
            "Modes:",
            ("dl", ("fast", "run"), ("slow", "walk")),
            "As JSON:",
            ("pre", '{\n  "a": "b c"\n}'),
            "Levels:",
            ("ul", "x", "y"),
        ],
    ),
    "in an item": (
        "plain",
        '- as {\n    "a": 1,\n    "b": 2\n  }\n- or not\n',
        [("ul", ["as", ("pre", '{\n  "a": 1,\n  "b": 2\n}')], "or not")],
    ),
}


@pytest.mark.parametrize(("form", "text", "expected"), CODE.values(), ids=CODE.keys())
def test_code(form, text, expected):
    assert recovered(form, text) == expected


def test_code_is_reported_with_its_markup():
    blocks = blocks_of("plain", 'For example:\n{\n  "a": 1\n}\n')
    (one,) = hidden_lists.recover(blocks)
    assert (one.kind, one.line, one.source) == ("code", 2, "{")
    assert one.markup == '```\n{\n  "a": 1\n}\n```'


PROSE = {
    "quoted values in a wrapped run": (
        "plain",
        'Allowed values:\n  "signing", "digital signature",\n  "key agreement", "any",\n  "crl sign"\n',
    ),
    "quoted values, the last two joined": (
        "plain",
        'Allowed values:\n  "signing", "digital signature",\n  "key agreement" or\n  "crl sign"\n',
    ),
    "plain values in a wrapped run": (
        "docbook",
        (
            "Allowed values:\n  digital signature, content commitment,\n  key agreement, data encipherment,\n"
            "  crl sign, and any\n"
        ),
    ),
    "values between bars": ("plain", 'Allowed values:\n  "a" | "b" |\n  "c" | "d"\n'),
    "values without spaces": ("docbook", 'Allowed values:\n  "a","b",\n  "c","d"\n'),
    "clauses before colons": (
        "markdown",
        (
            "Purely managed logins: users.mutable = false with the\nmain user's hash, read from a secret;\n"
            "root stays shut: wheel and sudo do for admins; nobody\nneeds more than that.\n"
        ),
    ),
    "clauses before colons, a sentence before": (
        "docbook",
        (
            "How accounts are made.\nPurely managed logins: no mutable users.\n"
            "root stays shut: wheel and sudo do for admins.\n"
        ),
    ),
    "clauses of two words, wrapped": (
        "plain",
        "Short answer: it depends on the\nconfiguration of the host.\nLong answer: see the\nmanual.\n",
    ),
    "members of JSON": (
        "plain",
        'The file has these values:\n  "yes": true,\n  "no": false\n',
    ),
    "settings": ("plain", "Settings:\n  host = foo\n  port = 5\n"),
    "settings of several words": ("docbook", "Settings:\n  title = my cool site\n  name = other\n"),
    "formulas": ("markdown", "It holds that:\n  total = first + second\n  mean = total / count\n"),
    "code that was wrapped": (
        "markdown",
        (
            "Put this into the configuration: vim.filetype.add { extension = {\n"
            "profile = 'sd', sd = 'sd', yql = 'yql', }, }.\n"
        ),
    ),
    "members of JSON that were wrapped": (
        "docbook",
        (
            'It may be {"key": "runlevel", "operator": "is one of", "first": "a b c",\n'
            '"second": "the second of them", "third": "the third of them, wide", "d":\n'
            '"fourth": "the fourth of them", "fifth": "the fifth of them, so wide"}.\n'
        ),
    ),
    "an interval": (
        "markdown",
        "The interval [0, 1) of numbers is used here\nfoo: as a factor.\nbar: as a term.\n",
    ),
    "brackets of sentences": (
        "plain",
        "The list [see the manual\nfor more: it has all] of them, and {the\nother: one}.\n",
    ),
    "parentheses of sentences": (
        "plain",
        "The daemon (when it\nis: running) and\nis: not (or\nso).\n",
    ),
}


@pytest.mark.parametrize(("form", "text"), PROSE.values(), ids=PROSE.keys())
def test_no_list(form, text):
    blocks = blocks_of(form, text)
    before = outline(blocks)
    assert hidden_lists.recover(blocks) == []
    assert outline(blocks) == before


BRACKETED = st.lists(
    st.sampled_from(
        [
            "Prose that leads to {",
            "As JSON: {",
            "{",
            "[",
            '"key": "a value",',
            '  "key": [',
            "name = word;",
            "word,",
            "]",
            "  }",
            "} and prose",
            "- item {",
            "term: text",
            "A sentence of some words.",
            "`code` {",
            "(see",
            "f({",
            "})",
            "",
        ]
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["markdown", "docbook", "plain"]), BRACKETED)
def test_nothing_is_lost_in_brackets_and_a_second_look_finds_nothing(form, lines):
    blocks = blocks_of(form, "\n".join(lines))
    before, inline = words_of(blocks), inline_nodes(blocks)
    hidden_lists.recover(blocks)
    assert words_of(blocks) == before
    assert inline_nodes(blocks) == inline
    once = outline(blocks)
    assert hidden_lists.recover(blocks) == []
    assert outline(blocks) == once


HOSTILE = {
    "brackets": "[{(" * 60_000 + "\na: b\nc: d",
    "lines of brackets": '{\n"a": [\n' * 190 + "}\n",
    "closing brackets": "x {\n" + "]" * 200_000 + "\na",
    "quotes": '"' * 200_001 + "{\na: b\nc: d",
    "words before a bracket": "a " * 100_000 + "{\n  a = b;\n}",
    "a long word before a bracket": "a" * 200_000 + "{\n  " + "b" * 200_000 + "\n}",
    "values": "x:\n  " + "a, " * 60_000 + "\n  b, c",
    "spaces among values": "x:\n  a," + " " * 200_000 + "b,\n  c, d",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_takes_no_time(text):
    lines = "\n".join(line.strip() for line in text.split("\n"))
    hidden_lists.recover([docutils_nodes.paragraph(text, lines)])


# ─── a first item behind a sentence ───


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The limit. null = none,\n0 = nothing.", ["null", "0"]),
        ("In MiB. `null` = no limit\n`0` = nothing\n\nText.", ["null", "0"]),
        ("Sets it. 0 = off.\n1 = on.\n2 = auto.", ["0", "1", "2"]),
        ("Seconds (see a(5)). -1: never\n0: at once", ["-1", "0"]),
        ('Of\nthe mode. "a" -- one\n"b" -- two', ["“a”", "“b”"]),
        ("Where. `null`: nowhere.\n`*`: at all.\n`lo`: here.", ["null", "*", "lo"]),
    ],
)
def test_a_first_item_behind_a_sentence_is_an_item(text, terms):
    blocks = description.parse(text).blocks
    assert len(hidden_lists.recover(blocks, text)) == 1
    lead, listed = blocks[:2]
    assert lead.astext().endswith((".", ")."))
    assert [item.children[0].astext() for item in listed.children] == terms


@pytest.mark.parametrize(
    "text",
    [
        "This line is so long because it is prose of many words. 0 = off and\n1 = on, by chance.",
        "See RFC 1. `a` = b and so on, until the end of the line is there, then\n`b` = c or so.",
        "It. `a` = b or\n`c` = d",
        "The limit. null = none.",
        "e.g. foo = bar\nbaz = qux",
        "It. `a` = b\n`c`: d",
    ],
)
def test_values_in_sentences_are_no_list(text):
    blocks = description.parse(text).blocks
    assert hidden_lists.recover(blocks, text) == []


def test_a_sentence_below_a_list_in_a_quote_is_a_paragraph():
    text = "> Servers:\n> * a\n> * b\n> This applies to all of them.\n"
    blocks = description.parse(text).blocks
    assert [one.kind for one in hidden_lists.recover(blocks, text)] == ["paragraph"]
    assert [type(block).__name__ for block in blocks[0].children] == [
        "paragraph", "bullet_list", "paragraph",
    ]  # fmt: skip
