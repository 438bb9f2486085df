"""Loading the files of a manual: what is parsed when, what is read, and what is appended."""

from __future__ import annotations

import hashlib

import pytest

from manualgen.book import images, sources
from manualgen.book.appendices import with_option_sets
from manualgen.book.nesting import nest
from manualgen.book.outline import make_outline
from manualgen.book.sources import SourceLoader
from manualgen.errors import Code
from manualgen.markup import chapter
from tests.manuals import OPTIONS, include, picture, write

FILES = {
    "manual.md": "# Book {#book}\n\n"
    + include("chapters", "one.md", "two.md")
    + include("appendix", "opts.md"),
    "one.md": "# One {#one}\n\n![dot](dot.png)\n\n" + include("sections", "deep/three.md"),
    "two.md": "# Two {#two}\n\n````\n```{=include=} sections\nshown.md\n```\n````\n",
    "deep/three.md": "# Three {#three}\n\n" + include("options", "source: ../p.json"),
    "opts.md": "# Options {#opts}\n\n" + include("options", "id-prefix: x-", "source: o.json"),
    "shown.md": "# Shown {#shown}\n",
    "dot.png": picture(),
    "o.json": OPTIONS,
    "p.json": "{}",
}


@pytest.fixture
def parsed(monkeypatch):
    """The texts that have been parsed, in order."""
    texts: list[str] = []
    parse = chapter.parse

    def record(text):
        texts.append(text)
        return parse(text)

    monkeypatch.setattr(chapter, "parse", record)
    return texts


def in_background(calls):
    """Return what runs work when its result is asked for, and records both in ``calls``."""

    def run(work):
        calls.append("begun")

        def result():
            calls.append("asked for")
            return work()

        return result

    return run


def test_a_small_level_is_parsed_right_here_and_each_text_once(tmp_path, parsed):
    manual = write(tmp_path, FILES)
    loader = SourceLoader(manual)
    calls: list[object] = []
    loader.prefetch(in_background(calls), calls.append)
    assert calls == []
    names = ["manual.md", "one.md", "two.md", "opts.md", "deep/three.md"]
    assert parsed == [FILES[name] for name in names]
    document = loader.load("")
    assert [found.path.name for found in document.walk()] == [
        "manual.md",
        "one.md",
        "three.md",
        "two.md",
        "opts.md",
    ]
    assert len(parsed) == len(names)
    assert loader.diagnostics == []


def test_a_large_level_is_parsed_in_the_background_while_option_sets_are_read(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(sources, "LARGE_LEVEL", -1)
    manual = write(tmp_path, FILES)
    loader = SourceLoader(manual)
    calls: list[object] = []

    def meanwhile(found):
        calls.append([(source.path.name, source.name, source.prefix) for source in found])

    loader.prefetch(in_background(calls), meanwhile)
    assert calls == [
        # The first file: there is time for what needs no option set.
        *("begun", [], "asked for"),
        # Nothing is left to be done while the second level is parsed; then o.json is known.
        *("begun", [("o.json", str(tmp_path / "o.json"), "x-")], "asked for"),
    ]


def test_what_is_wrong_is_reported_by_load_alone_and_once(tmp_path):
    files = {
        "manual.md": "# Book {#book}\n\n" + include("chapters", "no.md", "bad.md", "", "one.md"),
        "bad.md": b"\xff",
        "one.md": "# One {#one}\n\n" + include("sections", "manual.md", "/etc/passwd"),
    }
    manual = write(tmp_path, files)
    found = []
    for ahead in (False, True):
        loader = SourceLoader(manual)
        if ahead:
            loader.prefetch(in_background([]), lambda _: None)
            assert loader.diagnostics == []
        loader.load("")
        found.append(loader.diagnostics)
    assert [diagnostic.code for diagnostic in found[0]] == [
        Code.UNREADABLE,
        Code.NOT_TEXT,
        Code.BAD_INCLUDE,
        Code.INCLUDE_CIRCLE,
        Code.OUTSIDE_ROOT,
    ]
    assert found[0] == found[1]


def test_a_chain_of_includes_is_followed_to_a_depth(tmp_path):
    files = {
        f"{number}.md": f"# N {{#n{number}}}\n\n" + include("sections", f"{number + 1}.md")
        for number in range(60)
    }
    write(tmp_path, files)
    loader = SourceLoader(tmp_path / "0.md")
    loader.prefetch(in_background([]), lambda _: None)
    document = loader.load("")
    assert len(list(document.walk())) == len(loader.files) == sources.DEEPEST
    assert [found.code for found in loader.diagnostics] == [Code.BAD_INCLUDE]


def test_two_files_of_one_text_have_nodes_of_their_own(tmp_path):
    text = "# Same {#same}\n\n::: {.example}\n# E\n\nx[^1]\n:::\n\n[^1]: N\n"
    files = {"manual.md": "# B {#b}\n\n" + include("chapters", "a.md", "b.md")}
    manual = write(tmp_path, {**files, "a.md": text, "b.md": text})
    outline = make_outline(nest(SourceLoader(manual).load("")))
    assert list(outline.numbers.values()) == [1, 2]
    first, second = (division.document.chapter for division in outline.divisions[1:])
    assert first.segments[0].heading is not second.segments[0].heading


def test_chapters_of_an_earlier_build_are_used_again(tmp_path, parsed):
    manual = write(tmp_path, FILES)
    chapters: dict[str, chapter.Chapter] = {}
    first = SourceLoader(manual, chapters=chapters).load("")
    count = len(parsed)
    (tmp_path / "two.md").write_text("# Two {#two}\n\nChanged.\n")
    second = SourceLoader(manual, chapters=chapters).load("")
    assert parsed[count:] == ["# Two {#two}\n\nChanged.\n"]
    assert first.chapter is second.chapter


def test_the_files_that_were_read_with_their_digests(tmp_path):
    manual = write(tmp_path, FILES)
    loader = SourceLoader(manual)
    outline = make_outline(nest(loader.load("")))
    pictures, _ = images.gather(outline.divisions, loader)
    assert [picture.size for picture in pictures.values()] == [(3, 2)]
    names = {"manual.md", "one.md", "two.md", "deep/three.md", "opts.md", "dot.png"}
    assert loader.files == {
        tmp_path / name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        for name in names
    }


def test_option_sets_that_nothing_includes_are_appended(tmp_path):
    manual = write(tmp_path, {**FILES, "more-options.json": OPTIONS})
    sets = [
        (tmp_path / "o.json", "opt-", "Included"),
        (tmp_path / "more-options.json", "m-", ""),
        (tmp_path / "p.json", "opt-", ""),
        (tmp_path / "q.json", "q-", "More *options*"),
    ]
    book = with_option_sets(SourceLoader(manual).load(""), sets)
    outline = make_outline(nest(book))
    assert outline.diagnostics == []
    # A title is text: nothing in it is markup.
    assert [(d.kind, d.label, d.identifier, d.title.astext()) for d in outline.book.children] == [
        ("chapter", "Chapter\xa01", "one", "One"),
        ("chapter", "Chapter\xa02", "two", "Two"),
        ("appendix", "Appendix\xa0A", "opts", "Options"),
        ("appendix", "Appendix\xa0B", "ch-more-options", "More options"),
        ("appendix", "Appendix\xa0C", "ch-more-options-2", "More *options*"),
    ]
    assert [
        (found.index, found.source.prefix, found.division.identifier)
        for found in outline.option_lists
    ] == [(0, "opt-", "three"), (1, "x-", "opts"), (2, "m-", "ch-more-options"),
          (3, "q-", "ch-more-options-2")]  # fmt: skip


def test_option_sets_are_appended_to_the_book_whatever_it_ends_with(tmp_path):
    manual = write(
        tmp_path, {"manual.md": "# B {#b}\n\nText.\n\n## S {#s}\n\n### T {#t}\n\nText.\n"}
    )
    book = with_option_sets(SourceLoader(manual).load(""), [(tmp_path / "o.json", "opt-", "O")])
    outline = make_outline(nest(book))
    assert outline.diagnostics == []
    assert [child.kind for child in outline.book.children] == ["section", "appendix"]
