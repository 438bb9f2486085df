"""Man pages, construct by construct: as roff, and as a reader sees them at 80 columns."""

from __future__ import annotations

import re

import pytest

from manualgen.options.model import Declaration, Markup, Text
from manualgen.writers.manpage import escape
from manualgen.writers.shapes import enumerator
from tests.rendering import (
    groff_complaints,
    man,
    man_page,
    man_sections,
    mandoc_complaints,
    named,
    option,
    shown,
)


def seen(*options, width: int = 80) -> str:
    """Return options as a terminal shows them; fails where mandoc or groff complain."""
    page = man_page("".join(man_sections(*options)))
    assert mandoc_complaints(page) == ""
    assert groff_complaints(page) == ""
    text = shown(page, width)
    body = text[text.index("OPTIONS\n") + 8 :].rstrip().split("\n")[:-1]
    return "\n".join(line.rstrip() for line in body).strip("\n")


def described(text: str, width: int = 80) -> str:
    """Return a description as a terminal shows it, below the name."""
    lines = seen(option("a.b", text), width=width).split("\n")
    assert lines[0] == "       a.b"
    return "\n".join(line.removeprefix(" " * 14) for line in lines[1:])


def test_as_the_look_draws_it():
    # In LOOK.md the last line is 85 columns wide; at 80 it breaks.
    grub = named(
        "boot", "loader", "grub", "memtest86", "params",
        description="Parameters added to the Memtest86+ command line. As of memtest86+ 5.01 the following"
        " parameters are accepted:\n\n`console=...`\n: set up a serial console.\n\n`btrace`\n: enable boot trace.",
        type="list of string", default="[ ]",
        example=Text('[ "console=ttyS0,115200" ]\n[ ]', Markup.NIX),
        declarations=(Declaration("nixos/modules/system/boot/loader/grub/memtest.nix"),),
    )  # fmt: skip
    assert (
        seen(grub)
        == """\
       boot.loader.grub.memtest86.params
              Parameters added to the Memtest86+ command line. As of memtest86+
              5.01 the following parameters are accepted:

              console=...
                     set up a serial console.

              btrace enable boot trace.

              Type: list of string

              Default: [ ]

              Example:

                  [ "console=ttyS0,115200" ]
                  [ ]

              Declared in:
              <nixpkgs/nixos/modules/system/boot/loader/grub/memtest.nix>"""
    )


# ─── escapes ───


def test_escape():
    assert escape("a\\b'c\"d`e^f~g") == "a\\eb\\(aqc\\(dqd\\(gae\\(haf\\(tig"
    assert escape("\x1b[31m\x00\ud800\ufffe") == "\\[uFFFD][31m\\[uFFFD]\\[uFFFD]\\[uFFFD]"
    assert escape("\u00a0") == "\\ "
    assert escape("\u212a") == "K"  # the Kelvin sign
    assert escape("–") == "\\[u2013]"


@pytest.mark.parametrize("text", [".TH X", "'br", ".bracket", ".br", "`.x` y", ".", "'"])
def test_a_line_of_text_is_no_request(text):
    assert text.replace("`", "").replace("'", "’")[:3] in described(text).replace("'", "’")
    assert text.replace("`", "").replace("'", "’")[:3] in described(f"a\\\n{text}").replace(
        "'", "’"
    )


def test_an_address_is_no_request():
    assert described("[a](../b)").endswith("Links:\n[1]  ../b")


def test_everything_keeps_its_characters():
    text = "\\fB \\n(.x \\*[a] .x ' ` ^ ~ - -- \\- # % @ $1"
    assert described(f"`` {text} ``") == text


# ─── fonts ───


def fonts(line: str) -> list[str]:
    return re.findall(r"\\f([BIR])", line)


@pytest.mark.parametrize(
    ("text", "roff"),
    [
        ("a *b* c", "a \\fIb\\fR c"),
        ("a **b *c* d** e", "a \\fBb \\fIc\\fB d\\fR e"),
        ("*a `b` c*", "\\fIa \\fBb\\fI c\\fR"),
        ("**a `b` c**", "\\fBa \\(oqb\\(cq c\\fR"),
        ("`,` `a`", "\\(oq\\fB,\\fR\\(cq \\fBa\\fR"),
        ("{file}`/a` {var}`b`", "\\fI/a\\fR \\fIb\\fR"),
        ("{command}`a` {env}`b`", "\\fBa\\fR \\fBb\\fR"),
        ("{option}`a.<b>.c`", "\\fBa.\\fI<b>\\fB.c\\fR"),
        ("*{option}`a.<b>.c`*", "\\fI\\fBa.\\fI<b>\\fB.c\\fI\\fR"),
        ("{manpage}`a(1)`", "\\fBa\\fR(1)\\fR"),
        ("[a *b* c](d)", "\\fBa \\fIb\\fB c\\fR[1]"),
        ("[`a`](b)", "\\fBa\\fR[1]"),
        ("[F1]{.keycap}", "\\fBF1\\fR"),
    ],
)
def test_fonts_are_restored(text, roff):
    assert man(text).split("\n")[0] == roff
    assert fonts(man(text))[-1] == "R"


def test_code_keeps_its_spaces():
    assert described("`a  b`") == "a  b"
    assert described("x ` a` y") == "x ‘ a’ y"


# ─── lists ───


def test_tight_and_loose_lists():
    assert described("- a\n- b\n\nx") == "•  a\n•  b\n\nx"
    assert described("x\n\n- a\n\n- b\n\nx") == "x\n\n•  a\n\n•  b\n\nx"


def test_nested_lists():
    assert described("- a\n  - b\n  - c\n\n    d\n- e") == (
        "•  a\n\n   •  b\n\n   •  c\n\n      d\n•  e"
    )
    assert described("- a\n  - b\n    - c\n- d") == "•  a\n   •  b\n      •  c\n•  d"


def test_blocks_in_tight_lists_are_parted():
    assert described("- a\n  ```\n  b\n  ```\n- c") == "•  a\n\n       b\n•  c"


def test_ordered_lists():
    assert described("9. a\n10. b") == "9.   a\n10.  b"
    assert described("3) a") == "3)  a"
    text = "\n".join("   " * depth + "1. x" for depth in range(6))
    assert re.findall(r"(\S+)  x", described(text)) == ["1.", "a.", "i.", "A.", "I.", "1."]


def test_list_first_and_last():
    assert described("- a\n\nb\n\n- c\n- d") == "•  a\n\nb\n\n•  c\n•  d"


@pytest.mark.parametrize("text", ["- a\n\n- b", "1. a\n2. b", "a\n: b\n\nc\n: d", "> - a"])
def test_what_follows_a_first_list_is_parted_as_ever(text):
    lines = seen(option("a.b", text, type="string")).split("\n")
    assert lines[1].strip()
    assert lines[-2:] == ["", "              Type: string"]


def test_definition_lists():
    assert described("`a`\n: b\n: c\n\n  d\n\nlong term here\n: e\n\nx") == (
        "a      b\n\n       c\n\n       d\n\nlong term here\n       e\n\nx"
    )


@pytest.mark.parametrize(
    ("number", "kind", "mark"),
    [
        (1, "a", "a"),
        (26, "a", "z"),
        (27, "A", "AA"),
        (4, "i", "iv"),
        (1994, "I", "MCMXCIV"),
        (0, "a", "0"),
        (7, "1", "7"),
    ],
)
def test_enumerator(number, kind, mark):
    assert enumerator(number, kind) == mark


# ─── other blocks ───


def test_admonitions():
    assert described("a\n\n::: {.note}\nb\n\n- c\n:::\n\nd") == "a\n\nNote\n    b\n\n    •  c\n\nd"


def test_code_is_indented_by_four():
    assert described("a\n\n```\nb\n\n  .c\n```\n\nd") == "a\n\n    b\n\n      .c\n\nd"


def test_quote_and_rule_and_break():
    assert described("> a\n\n***\n\nb\\\nc") == "    a\n\n* * *\n\nb\nc"


def test_footnotes():
    assert described("a[^1] b\n\n[^1]: c\n\n    d") == "a (1) b\n\n(1) c\n\n    d"


# ─── tables ───

SMALL = "| a | b |\n|:-:|--:|\n| `1` | x |\n| .y | T{ |"
LARGE = "| key | meaning |\n|---|---|\n| `a` | " + "words " * 9 + "|\n| b | [x](y) |"


def test_a_table_that_fits_is_drawn():
    drawn = described(f"before\n\n{SMALL}\n\nafter")
    assert drawn == (
        "before\n\n┌───┬────┐\n│a  │  b │\n├───┼────┤\n│1  │  x │\n├───┼────┤\n│.y │ T{ │\n└───┴────┘\n\nafter"
    )
    for line in described(SMALL, width=60).split("\n"):
        assert len(line) + 14 <= 60


def test_a_table_that_does_not_fit_is_listed():
    assert described(f"{LARGE}\n\nafter") == (
        "key:\n\n‘a’    meaning: words words words words words words words words\n       words\n\n"
        "b      meaning: x[1]\n\nafter\n\nLinks:\n[1]  y"
    )


@pytest.mark.parametrize("width", range(20, 44))
def test_drawn_tables_fit_at_60_columns(width):
    text = f"| {'x' * (width - 10)} | b |\n|---|---|\n| c | {'y' * 8} |"
    for line in seen(option("a.b", text), width=60).split("\n"):
        assert len(line) <= 60


# ─── options ───


def test_links_are_numbered_below_the_option():
    text = "[a](https://x.org) [b](https://y.org) [c](https://x.org) <https://z.org> [d](#opt-e.f)"
    first, second = man_sections(option("a.b", text), option("e.f", "[g](https://y.org)"))
    assert "\\fBa\\fR[1] \\fBb\\fR[2] \\fBc\\fR[1] https://z.org \\fBd\\fR[3]" in first
    assert re.findall(r"\.IP \[(\d)\] 5\n(.*)", first) == [
        ("1", "https://x.org"), ("2", "https://y.org"), ("3", "the option \\fBe.f\\fR"),
    ]  # fmt: skip
    assert re.findall(r"\.IP \[(\d)\] 5\n(.*)", second) == [("1", "https://y.org")]


def test_shared_parts_are_numbered_by_their_own_option():
    """A default that both have is numbered anew, whatever stood before it."""
    default = Text("[x](https://x.org)", Markup.MARKDOWN)
    first, second, third = man_sections(
        option("a", "[y](https://x.org)", default=default),
        option("b", "[z](https://z.org)", default=default),
        option("c", "Plain.", default=default),
    )
    for section, number in ((first, "1"), (second, "2"), (third, "1")):
        assert f"\\fIDefault:\\fR \\fBx\\fR[{number}]" in section
        assert f".IP [{number}] 5\nhttps://x.org" in section


@pytest.mark.parametrize(
    ("loc", "tag"),
    [
        (("a", "b-c"), ".B a.b-c"),
        (("a", "<name>", "b"), ".option-name a.<name>.b a.\\fI<name>\\fB.b"),
        (("a", "*"), ".B a.*"),
        (("a", "b c"), ".B a.\\(dqb\\ c\\(dq"),
        (("<name>", "b c"), ".option-name <name>.\\(dqb\\ c\\(dq \\fI<name>\\fB.\\(dqb\\ c\\(dq"),
        (("_module", "args"), ".B _module.args"),
    ],
)
def test_names(loc, tag):
    (made,) = man_sections(named(*loc, description="x"))
    assert made.startswith(f".TP\n{tag}\n.RS 7\nx\n")
    name = named(*loc).name
    assert seen(named(*loc, description="x")) == f"       {name}\n              x"


@pytest.mark.parametrize(
    "name", ["", ".x", "'x", "\\", '"', " ", "a\nb", "-x", "\u00a0", "<", "<>"]
)
def test_odd_names(name):
    assert seen(option(name, "text", loc=(name,))).endswith("              text")


def test_facts():
    each = option(
        "a", "x", type="boolean", default="a\nb", example=Text("`y`", Markup.MARKDOWN), read_only=True,
        declarations=(Declaration("b.nix"), Declaration("/c")),
        related_packages=Text("- d", Markup.MARKDOWN), definitions=(Declaration("<e>"),),
    )  # fmt: skip
    assert "\n".join(line.removeprefix(" " * 14) for line in seen(each).split("\n")[1:]) == (
        "x\n\nType: boolean\n\nDefault:\n\n    a\n    b\n\nExample: y\n\nRelated packages:\n\n•  d\n\n"
        "Declared in:\n    <nixpkgs/b.nix>\n    /c\n\nDefined in: <e>\n\nThis option is read only."
    )


def test_an_option_of_nothing_but_a_name():
    assert seen(option("a"), option("b", "x")) == "       a\n\n       b\n              x"


def test_one_tagged_paragraph_an_option():
    several = [option(f"a{number}", "T\n: d\n\n| a |\n|---|\n| b |") for number in range(3)]
    assert "".join(man_sections(*several)).count("\n.TP\n") + 1 == 3
