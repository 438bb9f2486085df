"""The rules for single options: what they find, and what they let be."""

from __future__ import annotations

import msgspec
import pytest

from manualgen import api
from manualgen.errors import Code, Severity
from manualgen.options.model import Markup, Text
from tests.rendering import manual, option


def found(*options, **settings) -> list[tuple[str, str]]:
    """Return code and option of each finding."""
    diagnostics = api.check(manual(*options), **settings)
    return [(diagnostic.code.slug, diagnostic.option) for diagnostic in diagnostics]


def plain(name="services.foo.port", text="What it is for.", **fields):
    """Return an option that has nothing wrong with it but what a test gives it."""
    fields.setdefault("type", "signed integer")
    return option(name, text, **fields)


def codes(**fields) -> list[str]:
    return [code for code, _ in found(plain(**fields))]


def test_an_option_without_fault():
    assert found(plain()) == []


@pytest.mark.parametrize("text", [" ", "\n", "<!-- later -->", "[]{#x}"])
def test_a_description_that_shows_nothing(text):
    assert codes(text=text) == ["no-description"]


@pytest.mark.parametrize("text", ["![](https://x.org/p.png)", "[](https://x.org)"])
def test_a_description_that_shows_an_address_is_not_empty(text):
    assert "no-description" not in codes(text=text)


def test_an_option_without_description_is_reported_once():
    assert found(plain(text=None)) == [("no-description", "services.foo.port")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("services.foo.port", "Port"),
        ("services.foo.port", "The port."),
        ("services.foo.port", "The foo port."),
        ("services.foo.port", "The `port` option."),
        ("services.foo.port", "The {var}`port`."),
        ("services.foo.port", "The *foo* <literal>port</literal>."),
        ("services.foo.listenAddress", "Listen address."),
        ("services.foo.listenAddress", "The listen-address"),
        ("services.foo.dbURL", "The DB URL."),
        ("services.scroll.bar.position", "Scrollbar position."),
        ("services.foo.port", "services.foo.port"),
        ("services.fóö.größe", "Größe"),
    ],
)
def test_a_description_that_repeats_the_name(name, text):
    assert found(plain(name, text)) == [("repeats-name", name)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("services.foo.port", "The port of the server."),
        ("services.foo.enable", "Whether to enable foo."),
        ("services.foo.enable", "Enable foo"),
        ("services.foo.port", "Foo's port number."),
        ("services.foo.port", "The"),
        ("services.foo.port", "Option"),
        ("services.foo.port", "report"),
        ("services.option", "An option"),
    ],
)
def test_a_description_that_says_something_else(name, text):
    assert ("repeats-name", name) not in found(plain(name, text)) or text == "An option"


@pytest.mark.parametrize(
    ("shown", "reported"),
    [
        ("unspecified", True),
        ("unspecified value", True),
        ("list of unspecified value", True),
        ("", True),
        ("signed integer", False),
        ('one of "unspecified", "b"', False),
        ('null or value "un\\"specified" (singular enum)', False),
        ('list of unspecified value or one of "b"', True),
        ("string matching the pattern unspecified|[a-z]+", False),
    ],
)
def test_a_type_that_says_nothing(shown, reported):
    assert (codes(type=shown) == ["unspecified-type"]) is reported


@pytest.mark.parametrize(
    ("default", "example", "reported"),
    [
        ("80", "80", True),
        ("80", " 80\n", True),
        ("{ a = 1; }", "{\n  a = 1;\n}", True),
        ("{a=[];}", "{ a = [ ]; }", True),
        ("80", "81", False),
        ('"a  b"', '"a b"', False),
        ("[ 1 2 ]", "[ 12 ]", False),
        ("true", "true", False),
        ("false", "true", False),
    ],
)
def test_an_example_that_is_the_default(default, example, reported):
    fields = {"default": Text(default, Markup.NIX), "example": Text(example, Markup.NIX)}
    assert (codes(**fields) == ["example-is-default"]) is reported


CODE = "Such as\n\n```%s\na\n%s\nb\n```\n"


@pytest.mark.parametrize(
    ("language", "line", "expected"),
    [
        ("", "\tb", ["tab-in-code"]),
        ("", "b\tc", ["tab-in-code"]),
        ("", "b ", ["trailing-blanks"]),
        ("", "b\t", ["trailing-blanks"]),
        ("", "\tb ", ["tab-in-code", "trailing-blanks"]),
        ("", "    ", []),
        ("makefile", "\tcc $<", []),
        ("", 'delimiter = "\t";', []),
        ("", '\tdelimiter = "\t";', ["tab-in-code"]),
        ("diff", " ", []),
    ],
)
def test_blanks_in_a_block_of_code(language, line, expected):
    assert codes(text=CODE % (language, line)) == expected


def test_blanks_elsewhere_are_no_matter():
    assert codes(text="A \tb \nc") == []


def test_blanks_in_values():
    value = Text("''\n  a \n\tb\n''", Markup.NIX)
    assert codes(example=value) == ["tab-in-code", "trailing-blanks"]


def test_where_blanks_are():
    (diagnostic,) = api.check(manual(plain(text="```\nx\n```\n\n```\nx\na  b  \nc\n```")))
    assert (diagnostic.line, diagnostic.column, diagnostic.width) == (7, 5, 2)
    assert diagnostic.excerpt == "a  b  "
    assert diagnostic.part == "description"


def test_equal_lines_in_several_blocks():
    diagnostics = api.check(manual(plain(text="```\n\ta \nb\n```\n\n> ```\n> \ta \n> b\n> ```\n")))
    assert [(one.code.slug, one.line) for one in diagnostics] == [
        ("tab-in-code", 2),
        ("trailing-blanks", 2),
        ("tab-in-code", None),
        ("trailing-blanks", None),
    ]


def test_a_finding_says_whose_it_is_and_what_to_do():
    (diagnostic,) = api.check(manual(plain(text="The port.")))
    assert diagnostic.code is Code.REPEATS_NAME
    assert diagnostic.severity is Severity.WARNING
    assert (diagnostic.line, diagnostic.column, diagnostic.width) == (1, 1, 9)
    assert diagnostic.help


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A.\n\n<note><para>B.</para></note>", 3),
        ("Do this:\n<programlisting>\na\n</programlisting>", 2),
        (
            '<itemizedlist spacing="compact">\n<listitem><para>a</para></listitem>\n</itemizedlist>',
            1,
        ),
        ("The <step> of <note>.", None),
        ("`<note>` and `</note>`.", None),
        ("```\n<note></note>\n```", None),
        ("The <step> of <literal>a</literal>.", None),
    ],
)
def test_blocks_of_docbook_in_what_is_said_to_be_markdown(text, line):
    made = manual(msgspec.structs.replace(plain(), description=Text(text, Markup.MARKDOWN)))
    lines = [one.line for one in api.check(made) if one.message.endswith("shown as text")]
    assert lines == ([] if line is None else [line])
