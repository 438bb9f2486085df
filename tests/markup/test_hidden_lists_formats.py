"""Hidden lists as people really write them: what each becomes, in HTML, man pages and Markdown."""

from __future__ import annotations

import pytest

from manualgen.markup import hidden_lists
from manualgen.writers.html import HtmlWriter
from manualgen.writers.manpage import ManpageWriter
from manualgen.writers.markdown import MarkdownWriter
from tests.markup.test_hidden_lists import blocks_of, outline, recovered
from tests.rendering import groff_complaints, man_page, shown, strict, words


def written(writer, form, text):
    """Return a text as a writer has it; its hidden lists are recovered."""
    blocks = blocks_of(form, text)
    hidden_lists.recover(blocks)
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
}


@pytest.mark.parametrize(("form", "text"), PROSE.values(), ids=PROSE.keys())
def test_no_list(form, text):
    blocks = blocks_of(form, text)
    before = outline(blocks)
    assert hidden_lists.recover(blocks) == []
    assert outline(blocks) == before
