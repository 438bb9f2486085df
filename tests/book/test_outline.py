"""The structure of a manual: labels, and that what parsers made is only read."""

from __future__ import annotations

from functools import partial

import pytest
from docutils import nodes as docutils_nodes
from hypothesis import given, settings
from hypothesis import strategies as st

from manualgen import api
from manualgen.book import document as documents
from manualgen.book import images
from manualgen.book.appendices import with_option_sets
from manualgen.book.labels import Labels, letters, roman
from manualgen.book.nesting import nest
from manualgen.book.outline import make_outline
from manualgen.book.pages import FRONT, paginate
from manualgen.book.sources import SourceLoader
from manualgen.errors import Severity
from manualgen.markup import chapter, nodes
from manualgen.markup.links import Target
from manualgen.site.chapters import without_options
from tests.conftest import ROOT, shared
from tests.manuals import include, load, write

SAMPLE = ROOT / "sample-options/manual.md"


def trees(chapters):
    """Return all that chapters hold as text."""
    return [
        "\n".join(
            node.pformat()
            for segment in parsed.segments
            for node in (segment.heading, *segment.blocks)
            if node is not None
        )
        for parsed in chapters
    ]


def section(division, pages):
    """Return a division as the section that stands on its page."""
    page = pages.page_of[division]
    return documents.section(
        division,
        1,
        holds=lambda below: pages.page_of[below] is page,
        fill=without_options,
        contents=lambda _: None,
    )


def parents(chapters):
    """Return the parent of each node that chapters hold."""
    return [
        node.parent
        for parsed in chapters
        for segment in parsed.segments
        for block in (segment.heading, *segment.blocks)
        if block is not None
        for node in block.findall()
    ]


def manuals():
    """Return first file and roots of each manual that is looked at."""
    return {
        "sample": lambda: (SAMPLE, ()),
        "home-manager": lambda: (
            shared("data/manual/home-manager/manual.md"),
            (shared("data"),),
        ),
    }


@pytest.mark.parametrize("name", manuals())
def test_parsing_twice_gives_equal_trees(name):
    manual, roots = manuals()[name]()
    documents = list(SourceLoader(manual, roots).load("").walk())
    texts = ["\n".join(document.lines) for document in documents]
    assert trees(map(chapter.parse, texts)) == trees(map(chapter.parse, texts))


TEXT = st.lists(
    st.sampled_from(
        [
            "# A {#a}",
            "## B",
            "text[^1] [](#a) {option}`b`",
            "[^1]: note",
            "```{=include=} parts",
            "```",
            "x.md",
            "::: {.example #e}",
            "::: {.note}",
            ":::",
            "![i](j.png)",
            "[]{#k}",
            "- l",
            "> [!tip]\n> m",
            "[n](o.md)",
        ]
    ),
    max_size=12,
).map("\n\n".join)


@given(TEXT)
@settings(deadline=None)
def test_parsing_is_a_pure_function_and_segments_hold_every_block_once(text):
    first, second = chapter.parse(text), chapter.parse(text)
    assert trees([first]) == trees([second])
    assert first.diagnostics == second.diagnostics
    for number, segment in enumerate(first.segments):
        assert (segment.heading is None) <= (number == 0)
        assert all(block.parent is None for block in segment.blocks)
        within = {
            id(node)
            for block in (segment.heading, *segment.blocks)
            if block is not None
            for node in block.findall()
        }
        for name in ("numbered_blocks", "images", "anchors", "references"):
            assert all(id(located.node) in within for located in getattr(segment, name))


@pytest.mark.parametrize("name", manuals())
def test_making_an_outline_changes_no_parsed_tree(name, tmp_path):
    manual, roots = manuals()[name]()
    loader = SourceLoader(manual, roots)
    document = loader.load("")
    chapters = [found.chapter for found in document.walk()]
    before, owners = trees(chapters), parents(chapters)
    outline = make_outline(nest(with_option_sets(document, [(tmp_path / "x.json", "x-", "")])))
    images.gather(outline.divisions, loader)
    labels = Labels(outline.targets, outline.numbers)
    for identifier in outline.targets:
        assert labels.target(identifier) is not None
    pages = paginate(outline.divisions, "chapter", FRONT)
    for page in pages.pages:
        for division in page.divisions:
            section(division, pages).astext()
    assert trees(chapters) == before
    assert parents(chapters) == owners


@pytest.mark.parametrize("name", manuals())
def test_building_changes_no_parsed_tree(name, tmp_path):
    source, roots = manuals()[name]()
    manual = load(source, roots=roots, dangling=Severity.WARNING)
    documents = {id(each.document): each.document for each in manual.outline.divisions}.values()
    chapters = [document.chapter for document in documents]
    owners = parents(chapters)
    texts = ["\n".join(document.lines) for document in documents]
    api.build_html(manual, tmp_path / "site")
    assert trees(chapters) == trees(map(chapter.parse, texts))
    assert parents(chapters) == owners


# ─── labels ───


def outline_of(folder, **files):
    manual = write(folder, {f"{name}.md": text for name, text in files.items()})
    loader = SourceLoader(manual)
    outline = make_outline(nest(loader.load("")))
    assert [*loader.diagnostics, *outline.diagnostics] == []
    return outline


ONE = """# The *first* [one](https://x.org)[^1] {#one}

[^1]: Note.

::: {.table #tab}
### Of [](#one)

| a |
|---|
:::

## Self [](#self) {#self}

## About [](#opt-a.b) and {option}`c.d` {#about}

[]{#here} [there *x*]{#there}

::: {.note #note}
N
:::
"""


@pytest.mark.parametrize(
    ("identifier", "kind", "text", "hint"),
    [
        ("b", "book", "B", "B"),
        ("one", "chapter", "The first one", "The first one"),
        ("app", "appendix", "Appendix\xa0A", "Appendix A. App"),
        ("tab", "table", "Table\xa01", "Table 1. Of The first one"),
        ("here", "anchor", "the section called “About a.b and c.d”", "About a.b and c.d"),
        ("there", "anchor", "there x", ""),
        ("note", "anchor", "the section called “About a.b and c.d”", "About a.b and c.d"),
        ("self", "section", "the section called “Self #self”", "Self #self"),
    ],
)
def test_what_references_show(tmp_path, identifier, kind, text, hint):
    outline = outline_of(
        tmp_path,
        manual="# B {#b}\n\n" + include("chapters", "one.md") + include("appendix", "app.md"),
        one=ONE,
        app="# App {#app}\n",
    )
    target = Labels(outline.targets, outline.numbers).target(identifier)
    shown = "".join(node.astext() for node in target.text)
    assert (target.id, target.kind, shown) == (identifier, kind, text)
    assert target.hint.replace("\xa0", " ") == hint
    assert not any(
        isinstance(found, (nodes.cross_reference, docutils_nodes.reference))
        for node in target.text
        for found in node.findall()
    )


def test_titles_with_references_to_options(tmp_path):
    outline = outline_of(tmp_path, manual="# See [](#opt-a._x_) or [](#no) {#b}\n")
    title = outline.book.title
    plain = partial(Labels, outline.targets, outline.numbers)
    assert plain().plain(title) == "See a._x_ or no"

    def option(reference):
        if reference["target"] == "no":
            return None
        return Target("opt-a._x_", "option", (docutils_nodes.literal("", "a.<x>"),))

    assert plain(option).plain(title) == "See a.<x> or #no"


def test_numbers_as_words():
    assert [roman(number) for number in (1, 4, 9, 14, 40, 99)] == [
        *("I", "IV", "IX", "XIV", "XL", "XCIX")
    ]
    assert [letters(number) for number in (1, 26, 27, 703)] == ["A", "Z", "AA", "AAA"]


def test_footnotes_are_distinguished_by_the_first_division_of_their_file(tmp_path):
    outline = outline_of(
        tmp_path,
        manual="# B {#b}\n\n" + include("chapters", "one.md"),
        one="# One {#one}\n\n## Two {#two}\n\nx[^1]\n\n[^1]: Note.\n",
    )
    assert [division.footnote_scope for division in outline.divisions] == ["b", "one", "one"]
    pages = paginate(outline.divisions, "file", FRONT)
    sections = list(section(outline.book, pages).findall(docutils_nodes.section))
    assert [section["footnote_scope"] for section in sections] == ["b", "one", "one"]
    (note,) = sections[0].findall(docutils_nodes.footnote)
    assert note["names"] == ["1"]
