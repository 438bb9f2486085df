"""Options as a man page: mandoc and groff take it, readers find everything in it."""

from __future__ import annotations

import re
from functools import cache

import pytest
from docutils import nodes as docutils_nodes

from manualgen import api
from manualgen.markup import nodes
from manualgen.site.building import BuildOptions
from manualgen.site.manpage import ManpageLook
from manualgen.writers.shapes import shown_text
from tests.conftest import ROOT, shared
from tests.rendering import (
    groff_complaints,
    mandoc_complaints,
    manual,
    manual_of,
    option,
    run,
    sections_in,
    shown,
    words,
)

SETS = {
    "sample": [],
    "home-manager": [pytest.mark.slow],
    "nixvim": [pytest.mark.slow],
    "nixos-2024-names": [pytest.mark.slow],
}
EVERY_SET = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=marks) for name, marks in SETS.items()]
)


@cache
def manual_named(name: str):
    if name == "sample":
        return manual_of(*sorted((ROOT / "sample-options").glob("*.json")))
    return manual_of(shared(f"data/options/{name}.json"))


@cache
def page_of(name: str, folder) -> str:
    path = folder / f"{name}.5"
    api.build_manpage(manual_named(name), path)
    return path.read_text("utf-8")


@pytest.fixture
def page(name, tmp_path_factory):
    return page_of(name, tmp_path_factory.getbasetemp())


@EVERY_SET
def test_mandoc_has_nothing_to_say(page):
    assert mandoc_complaints(page) == ""


@EVERY_SET
def test_groff_has_nothing_to_say(page):
    assert groff_complaints(page) == ""


@EVERY_SET
def test_every_option_is_a_tagged_paragraph(name, page):
    assert len(re.findall(r"^\.TP$", page, re.MULTILINE)) == len(manual_named(name).options)


@EVERY_SET
def test_mandoc_makes_an_identifier_of_every_name(name, page):
    """Of every name that starts with a letter: mandoc 1.14.6 tags no others (``_module.args``)."""
    found = re.findall(r'<dt id="([^"]+)"', run(["mandoc", "-T", "html"], page))
    names = [entry.option.name for entry in manual_named(name).options]
    # A space, or what cannot be written without an escape, ends what mandoc tags.
    tagged = [each for each in names if re.fullmatch(r"[A-Za-z][^\s\\\"'`^~]*", each)]
    assert len(tagged) > 0.95 * len(names)
    assert len(found) == len([each for each in names if each[:1].isascii() and each[:1].isalpha()])


OMITTED = (docutils_nodes.footnote_reference,)


def visible(node, links) -> str:
    """Return the text of blocks as a terminal's reader finds it, its words apart."""
    if isinstance(node, OMITTED):
        return ""
    if isinstance(node, docutils_nodes.Text):
        return str(node)
    children = node.children
    if isinstance(node, nodes.cross_reference):
        children = shown_text(node, links.target(node))
    inner = "".join([visible(child, links) for child in children])
    inline = isinstance(node, (docutils_nodes.Inline, nodes.line_break))
    return inner if inline and not isinstance(node, nodes.line_break) else f" {inner} "


# What a man page shows beside the text, or otherwise than it stands: marks of items and links,
# quotes around code, table borders, column names.
_BESIDE = re.compile(r"[‘’'´`“”\"]|\[\d+\]|[│┌┐└┘├┤┬┴┼─|+]|\s|-|‐|−|–")


def bare(text: str) -> str:
    return _BESIDE.sub("", text)


@EVERY_SET
def test_the_text_of_every_description_is_shown(name, page):
    terminal = shown(page, 500)
    starts = [found.start() for found in re.finditer(r"^ {5,7}\S", terminal, re.MULTILINE)]
    bodies = {
        words(terminal[start : terminal.index("\n", start)]): terminal[start:end]
        for start, end in zip(starts, [*starts[1:], len(terminal)], strict=False)
    }
    made = manual_named(name)
    (included,) = made.sets
    links = made.links(lambda _: None, included)
    missing = []
    for section in sections_in(made):
        description = section.children[0]
        if not isinstance(description, nodes.option_description):
            continue
        body = bodies.get(words(section["name"]))
        if body is None:
            missing.append((section["name"], "not found"))
            continue
        body = bare(body)
        texts = [visible(part, links) for part in paragraphs(description)]
        missing.extend((section["name"], text) for text in texts if bare(text) not in body)
    assert missing == []


def paragraphs(node):
    """Return the leaves of blocks: what a reader reads in one go."""
    leaves = (
        docutils_nodes.paragraph,
        docutils_nodes.literal_block,
        docutils_nodes.term,
        nodes.notice,
    )
    return node.findall(lambda found: isinstance(found, leaves))


# ─── the page around them ───


def test_date_is_never_today(tmp_path, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    made = manual(option("a.b", "x"))
    api.build_manpage(made, tmp_path / "a")
    assert '"1980-01-01"' in (tmp_path / "a").read_text()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    api.build_manpage(made, tmp_path / "a")
    assert '"2023-11-14"' in (tmp_path / "a").read_text()
    api.build_manpage(made, tmp_path / "a", look=ManpageLook(date="2020-02-02"))
    assert '"2020-02-02"' in (tmp_path / "a").read_text()


@pytest.mark.parametrize(
    ("file", "title", "settings", "header", "footer", "name"),
    [
        (
            "configuration.nix.5",
            "",
            {},
            "CONFIGURATION.NIX(5)  NixOS Reference Pages  CONFIGURATION.NIX(5)",
            "NixOS  1980-01-01  CONFIGURATION.NIX(5)",
            "configuration.nix - NixOS system configuration specification",
        ),
        (
            "mail.5",
            "",
            {},
            "MAIL(5)  Module Options  MAIL(5)",
            "1980-01-01  MAIL(5)",
            "mail - module options",
        ),
        (
            "our.nix.7",
            "Our Modules",
            {"version": "2"},
            "OUR.NIX(7)  Our Modules  OUR.NIX(7)",
            "Our Modules 2  1980-01-01  OUR.NIX(7)",
            "our.nix - options of Our Modules",
        ),
        ("pages/mail.man", "", {}, "MAIL(5)  Module Options  MAIL(5)", "", "mail - module options"),
        ("zyx0jk12h4b8q9v7c6s5r3d2f1g0a4lm-mail.5", "", {}, "MAIL(5)", "", "mail - module options"),
    ],
)
def test_a_page_is_called_after_its_file(file, title, settings, header, footer, name, tmp_path):
    made = manual(option("a.b", "x"), title=title, **settings)
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    api.build_manpage(made, path)
    out = re.sub("  +", "  ", shown(path.read_text(), 100))
    assert header in out
    assert footer in out
    assert name in out
    if file != "configuration.nix.5":
        assert "NixOS" not in out


def test_look_is_escaped(tmp_path):
    look = ManpageLook(
        name='a"b\\c', section=".5", source="'x", manual="@title@", summary=".so /etc/passwd",
        description="\n.so x\n'y",
    )  # fmt: skip
    api.build_manpage(manual(option("a.b", "x")), tmp_path / "a", look=look)
    text = (tmp_path / "a").read_text()
    assert not re.search(r"^[.'](so|y|x)\b", text, re.MULTILINE)
    assert groff_complaints(text) == ""
    out = shown(text, 100)
    for part in ('A"B\\C(.5)', "@title@", 'a"b\\c - .so /etc/passwd', ".so x 'y"):
        assert part in out


def test_own_header_and_footer(tmp_path):
    look = ManpageLook(header=".TH X 1", footer=".SH END\nbye")
    api.build_manpage(manual(option("a.b", "x")), tmp_path / "a", look=look)
    text = (tmp_path / "a").read_text()
    assert text.startswith(".TH X 1\n")
    assert text.endswith(".SH END\nbye\n")


def test_own_header_shows_placeholders_too(tmp_path):
    look = ManpageLook(header=".TH X 1 2020-01-01\n.SH Y")
    api.build_manpage(manual(option("a.<name>.b", "x")), tmp_path / "a", look=look)
    text = (tmp_path / "a").read_text()
    assert "a.<name>.b" in shown(text)
    assert "a.<name>.b" in re.sub("\x1b[^m]*m|.\b", "", run(["groff", "-man", "-Tutf8"], text))
    assert groff_complaints(text) == mandoc_complaints(text) == ""


def test_tables_are_announced(tmp_path):
    made = manual(option("a.b", "| a |\n|---|\n| b |"))
    api.build_manpage(made, tmp_path / "a")
    assert (tmp_path / "a").read_text().startswith("'\\\" t\n")
    api.build_manpage(manual(option("a.b", "x")), tmp_path / "a")
    assert not (tmp_path / "a").read_text().startswith("'")


def test_number_of_jobs_makes_no_difference(tmp_path):
    made = manual_named("sample")
    for jobs in (1, 3):
        path = tmp_path / str(jobs) / "page.5"
        path.parent.mkdir()
        api.build_manpage(made, path, options=BuildOptions(jobs=jobs))
    assert (tmp_path / "1/page.5").read_bytes() == (tmp_path / "3/page.5").read_bytes()


def test_shards_make_no_difference(tmp_path):
    """Parts that options share are kept as roff; what stands before them is not part of it."""
    texts = ["x", "| a |\n|---|\n| b |", "- a\n- b", "```\na\n```", "T\n: d", "[x](https://y.org)"]
    several = [
        option(f"o.n{number:03}", texts[number * number // 7 % len(texts)], type="boolean")
        for number in range(240)
    ]
    for jobs in (1, 2, 4):
        path = tmp_path / str(jobs) / "page.5"
        path.parent.mkdir()
        api.build_manpage(manual(*several), path, options=BuildOptions(jobs=jobs))
    pages = [(tmp_path / str(jobs) / "page.5").read_text() for jobs in (1, 2, 4)]
    assert pages[0] == pages[1] == pages[2]
    assert pages[0].count(".TE\n.sp\n.PP") == pages[0].count(".TE") > 1
    assert pages[0].count(".sp\n") == pages[0].count(".TE")


def test_a_page_defines_the_fallbacks_of_its_characters(tmp_path):
    made = manual(option("a.b", "| → |\n|---|\n| b… |"))
    api.build_manpage(made, tmp_path / "a", look=ManpageLook(header=".TH X 1\n.SH é"))
    start, *lines = (tmp_path / "a").read_text().split("\n")
    assert start == "'\\\" t"
    assert '.  fchar \\[u2192] "\\->' in lines
    assert '.  fchar \\[u2026] "...' in lines
    text = run(["groff", "-t", "-man", "-Tascii"], (tmp_path / "a").read_text())
    assert "->" in text
    assert "b..." in text
