"""Man pages, construct by construct: as roff, and as a reader sees them at 80 columns."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manualgen.options.model import Declaration, Markup, Text
from manualgen.writers.manpage import ManpageWriter, escape, fallbacks
from manualgen.writers.shapes import enumerator
from tests.rendering import (
    groff_complaints,
    man,
    man_page,
    man_sections,
    mandoc_complaints,
    named,
    option,
    run,
    sections_of,
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


@pytest.mark.parametrize("text", [">", "x\n\n>", ">\n\nx", "- a\n\n  >", "> >", "x\n\n> >\n\ny"])
def test_empty_quotes_leave_no_empty_paragraphs(text):
    # mandoc and groff would complain of them.
    packages = Text(text, Markup.MARKDOWN)
    assert "Related packages:" in seen(option("o", text, related_packages=packages))


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


# ─── words that are searched for ───


VALUE = "third-quite-long-value"


def test_values_never_break_at_hyphens():
    kind = "one of " + ", ".join(
        f'"{word}-quite-long-value"' for word in ["first", "second", "third"]
    )
    several = [
        option(f"a.b{shift}", "x", type=f"{'y' * shift} {kind}", default=f'"{VALUE}"')
        for shift in range(40)
    ]
    text = seen(*several)
    assert text.count(f'"{VALUE}"') == 2 * len(several)
    assert "-\n" not in text


@pytest.mark.parametrize(
    "text",
    [
        f"`{VALUE}`", f"{{option}}`a.{VALUE}`", f"{{file}}`/{VALUE}`",
        f"<https://x.org/{VALUE}>", f"--{VALUE}", f"a.{VALUE}", f"({VALUE}=1)", f'"{VALUE}"', f"/{VALUE}/x",
        f"{{manpage}}`{VALUE}(1)`",
    ],
)  # fmt: skip
def test_names_and_flags_never_break_at_hyphens(text):
    several = "\n\n".join(f"{'y' * shift} {text}" for shift in range(40, 66))
    assert described(several).count(VALUE) >= 26
    assert grotty(option("a.b", several)).count(VALUE) >= 26


def test_prose_breaks_at_hyphens():
    assert "state-of-\nthe-art" in described("y" * 56 + " state-of-the-art")


def test_a_long_name_breaks_after_dots():
    name = "services.some-name-that-is.very-long.so-that-it.has-to-break-somewhere.inside-of-it"
    page = grotty(option(name, f"See {{option}}`{name}`."))
    assert "-\n" not in page
    assert page.count("so-that-it.\n") >= 1
    assert man_sections(option(name, "x"))[0].startswith(f".TP\n.option-name {name} ")
    # One that fits a line is not broken at all.
    short = "programs.antigravity-cli.settings.permissions"
    assert short in grotty(option("a.b", f"{'y' * 30} {{option}}`{short}`"))


def grotty(*options, device: str = "utf8") -> str:
    """Return options as groff shows them on a terminal of 80 columns."""
    page = man_page("".join(man_sections(*options)))
    text = run(["groff", "-t", "-man", f"-T{device}"], fallbacks.definitions(page) + page)
    lines = re.sub("\x1b\\[[0-9;]*m|.\b", "", text).split("\n")
    return "\n".join(line.strip() for line in lines if "can't break" not in line)


# ─── Chinese and Japanese ───

CHINESE = "这个选项用来设置服务器的监听地址和端口，如果没有设置，那么系统会使用默认的配置文件（位于网络上）。它还会检查设置是否正确。"
JAPANESE = "このオプションは、サーバーが待ち受けるアドレスとポートを設定するために使用します。ちょっとしたデフォルトでは「すべて」です。"


@pytest.mark.parametrize("text", [CHINESE, JAPANESE])
@pytest.mark.parametrize("shift", range(4))
def test_lines_break_between_ideographs(text, shift):
    lines = grotty(option("a.b", f"{'x' * shift}{text}")).split("\n")
    body = lines[lines.index("a.b") + 1 :]
    body = body[: body.index("")]
    assert len(body) > 1
    assert "".join(body) == "x" * shift + text
    for line in body:
        assert sum(1 if character.isascii() else 2 for character in line) <= 80 - 14
        assert line[0] not in "、。，）」ょっー"
        assert line[-1] not in "（「"


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("中文\n中文", "中文中文"),
        ("中文。\n中文", "中文。中文"),
        ("中文”\n中文", "中文”中文"),
        ("中文\nabc\n中文", "中文 abc 中文"),
        ("中 文", "中 文"),
        ("*中*\n文", "中文"),
        ("中\n**文**\n*字*", "中文字"),
        ("**中**\n`x`", "中 x"),
        ("カ\nナ", "カナ"),
        ("한국어\n문장", "한국어 문장"),
        ("a\nb", "a b"),
    ],
)
def test_soft_breaks_between_ideographs_are_nothing(text, result):
    assert described(text).split("\n")[0] == result


def test_cells_of_tables_are_as_wide_as_they_look():
    text = f"| {'中' * 18} | b |\n|---|---|\n| c | d |"
    for line in seen(option("a.b", text), width=60).split("\n"):
        assert sum(2 if character == "中" else 1 for character in line) <= 60


# ─── a terminal without Unicode ───


def test_groff_has_fallbacks_in_ascii():
    text = "Wait... “é” → 1 – 2 “中”\n\n```\n.\n├── a…\n│   └── b\n└── c\n┌─┐\n└─┘ █ ≠ ﬁ ①\n```"
    page = grotty(option("a.b", text), device="ascii")
    assert page.isascii()
    for part in (
        'Wait... "e" -> 1 - 2 "<?>"',
        "|-- a...",
        "|   `-- b",
        "`-- c",
        "+-+",
        "`-+ # != fi 1",
    ):
        assert part in page
    unicode = grotty(option("a.b", text))
    for part in ("Wait… “é” → 1 – 2 “中”", "├── a…", "└─┘ █ ≠ ﬁ ①"):
        assert part in unicode


def test_fallbacks_are_ascii():
    for codepoint in [*range(0xA0, 0x3100), 0xE000, 0xFE0F, 0xFF21, 0x1F600]:
        assert fallbacks.of(chr(codepoint)).isascii()
    assert fallbacks.of("ö") == "o"
    assert fallbacks.of("\ufe0f") == fallbacks.of("\u0301") == ""
    assert fallbacks.of("中") == fallbacks.of("\U0001f600") == "<?>"
    assert fallbacks.definitions(".PP\nASCII\n") == ""


# ─── the order of options ───

ENDINGS = [
    "x", "| a |\n|---|\n| b |", "| a |\n|---|\n| b |\n\nx", "- a\n- b", "1. a\n\n   b", "T\n: d",
    "a[^1]\n\n[^1]: | a |\n    |---|\n    | b |", "::: {.note}\n| a |\n|---|\n| b |\n:::",
    "- | a |\n  |---|\n  | b |", "[x](https://y.org)", "```\na\n```", "> a", "***", "",
    "| " + "long " * 20 + "|\n|---|\n| b |",
]  # fmt: skip
PARTS = st.sampled_from(ENDINGS)
OPTIONS = st.builds(
    lambda description, default, related, kind: (description, default, related, kind),
    PARTS, PARTS, st.none() | PARTS, st.sampled_from(["boolean", "string", ""]),
)  # fmt: skip


@given(st.lists(OPTIONS, min_size=2, max_size=8), st.randoms())
@settings(max_examples=60, deadline=None)
def test_an_option_is_the_same_wherever_it_stands(parts, random):
    several = [
        option(
            f"o.n{number}", description, type=kind,
            default=Text(default, Markup.MARKDOWN),
            related_packages=None if related is None else Text(related, Markup.MARKDOWN),
        )
        for number, (description, default, related, kind) in enumerate(parts)
    ]  # fmt: skip
    sections, _, links = sections_of(*several)
    alone = [ManpageWriter(links).section(section) for section in sections]
    order = list(range(len(sections)))
    random.shuffle(order)
    writer = ManpageWriter(links)
    for index in order:
        assert writer.section(sections[index]) == alone[index]


@pytest.mark.parametrize("names", ["bd", "ac", "abc", "cd"])
def test_a_table_is_parted_from_the_type_of_every_option(names):
    made = man_sections(
        *(
            option(name, "| a |\n|---|\n| b |" if name in names else "x", type="boolean")
            for name in "abcd"
        )
    )
    assert [".TE\n.sp\n.PP\n\\fIType" in section for section in made] == [
        name in names for name in "abcd"
    ]
    assert not any(".sp" in section for section in made if ".TE" not in section)
