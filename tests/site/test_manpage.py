"""A reference as a man page: mandoc and groff take it, readers find everything in it."""

from __future__ import annotations

import re
from functools import cache

import pytest
from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.site import manpage
from manualgen.site.manpage import ManpageLook
from tests.conftest import ROOT, shared
from tests.rendering import (
    groff_complaints,
    mandoc_complaints,
    option,
    reference,
    reference_of,
    run,
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
def reference_named(name: str):
    if name == "sample":
        return reference_of(*sorted((ROOT / "sample-options").glob("*.json")))
    return reference_of(shared(f"data/options/{name}.json"))


@cache
def page_of(name: str, folder) -> str:
    path = folder / f"{name}.5"
    manpage.build(reference_named(name), path, ManpageLook())
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
    assert len(re.findall(r"^\.TP$", page, re.MULTILINE)) == len(reference_named(name).options)


@EVERY_SET
def test_mandoc_makes_an_identifier_of_every_name(name, page):
    """Of every name that starts with a letter: mandoc 1.14.6 tags no others (``_module.args``)."""
    found = re.findall(r'<dt id="([^"]+)"', run(["mandoc", "-T", "html"], page))
    names = [each.name for each in reference_named(name).options]
    # A space, or what cannot be written without an escape, ends what mandoc tags.
    tagged = [each for each in names if re.fullmatch(r"[A-Za-z][^\s\\\"'`^~]*", each)]
    assert len(tagged) > 0.95 * len(names)
    assert len(found) == len([each for each in names if each[:1].isascii() and each[:1].isalpha()])


OMITTED = (docutils_nodes.footnote_reference,)


def visible(node) -> str:
    """Return the text of blocks as a terminal's reader finds it, its words apart."""
    if isinstance(node, OMITTED):
        return ""
    if isinstance(node, docutils_nodes.Text):
        return str(node)
    inner = "".join(map(visible, node.children))
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
    made = reference_named(name)
    sections = made.sections(lambda _: "", fragments=False)
    missing = []
    for each, identifier in zip(made.options, made.ids, strict=True):
        if each.description is None:
            continue
        (description, *_) = sections.section(each, identifier).children
        body = bodies.get(words(each.name))
        if body is None:
            missing.append((each.name, "not found"))
            continue
        body = bare(body)
        texts = [visible(part) for part in paragraphs(description)]
        missing.extend((each.name, text) for text in texts if bare(text) not in body)
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
    made = reference(option("a.b", "x"))
    manpage.build(made, tmp_path / "a", ManpageLook())
    assert '"1980-01-01"' in (tmp_path / "a").read_text()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    manpage.build(made, tmp_path / "a", ManpageLook())
    assert '"2023-11-14"' in (tmp_path / "a").read_text()
    manpage.build(made, tmp_path / "a", ManpageLook(date="2020-02-02"))
    assert '"2020-02-02"' in (tmp_path / "a").read_text()


def test_look_is_escaped(tmp_path):
    look = ManpageLook(
        name='a"b\\c', section=".5", source="'x", manual="@title@", summary=".so /etc/passwd",
        description="\n.so x\n'y",
    )  # fmt: skip
    manpage.build(reference(option("a.b", "x")), tmp_path / "a", look)
    text = (tmp_path / "a").read_text()
    assert not re.search(r"^[.'](so|y|x)\b", text, re.MULTILINE)
    assert groff_complaints(text) == ""
    out = shown(text, 100)
    for part in ('A"B\\C(.5)', "@title@", 'a"b\\c - .so /etc/passwd', ".so x 'y"):
        assert part in out


def test_own_header_and_footer(tmp_path):
    look = ManpageLook(header=".TH X 1", footer=".SH END\nbye")
    manpage.build(reference(option("a.b", "x")), tmp_path / "a", look)
    text = (tmp_path / "a").read_text()
    assert text.startswith(".TH X 1\n")
    assert text.endswith(".SH END\nbye\n")


def test_own_header_shows_placeholders_too(tmp_path):
    look = ManpageLook(header=".TH X 1 2020-01-01\n.SH Y")
    manpage.build(reference(option("a.<name>.b", "x")), tmp_path / "a", look)
    text = (tmp_path / "a").read_text()
    assert "a.<name>.b" in shown(text)
    assert "a.<name>.b" in re.sub("\x1b[^m]*m|.\b", "", run(["groff", "-man", "-Tutf8"], text))
    assert groff_complaints(text) == mandoc_complaints(text) == ""


def test_tables_are_announced(tmp_path):
    made = reference(option("a.b", "| a |\n|---|\n| b |"))
    manpage.build(made, tmp_path / "a", ManpageLook())
    assert (tmp_path / "a").read_text().startswith("'\\\" t\n")
    manpage.build(reference(option("a.b", "x")), tmp_path / "a", ManpageLook())
    assert not (tmp_path / "a").read_text().startswith("'")


def test_number_of_jobs_makes_no_difference(tmp_path):
    made = reference_named("sample")
    for jobs in (1, 3):
        manpage.build(made, tmp_path / str(jobs), ManpageLook(), jobs=jobs)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "3").read_bytes()
