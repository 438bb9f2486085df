"""Manuals of the dialect as sources of Sphinx: unchanged, by Sphinx's own builders."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from selectolax.lexbor import LexborHTMLParser
from sphinx.errors import ExtensionError

from tests.conftest import ROOT, shared
from tests.manuals import OPTIONS, include, picture
from tests.sphinxext.building import build, project

FILES = {
    "manual.md": "# The manual {#book}\n\n## Subtitle\n\nIntroduction.\n\n"
    + include("chapters", "one.md", "two.md")
    + include("appendix", "options.md"),
    "one.md": "# One {#ch-one}\n\nSee [](#ch-two), [](#sec-part), [](#opt-a.b), {option}`a.x.c`,\n"
    "[the end](#end) and [](#fig).[^1]\n\n[^1]: A note.\n\n" + include("sections", "part.md"),
    "part.md": "# A part {#sec-part}\n\nText with [an anchor]{#end}.\n\n"
    "::: {.figure #fig}\n### A shape\n\n![A shape](media/x.png)\n:::\n",
    "two.md": "# Two {#ch-two}\n\n```nix\n{ a = 1; }\n```\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n"
    "A line\\\nand another.\n\n::: {.warning}\nMind.\n:::\n\nTerm\n: Definition\n",
    "options.md": "# Options {#ch-options}\n\n```{=include=} options\nid-prefix: opt-\n"
    "list-id: the-options\nsource: o.json\n```\n",
    "o.json": OPTIONS,
    "media/x.png": picture(),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The project above, as HTML."""
    return build(project(tmp_path_factory.mktemp("dialect"), FILES))


def page(built, name: str) -> LexborHTMLParser:
    return LexborHTMLParser(built.text(name))


def hrefs(built, name: str) -> list[str]:
    return [
        node.attributes["href"]
        for node in page(built, name).css("div.body a.reference")
        if "headerlink" not in node.attributes["class"]
    ]


def test_a_manual_is_built_unchanged_without_a_warning(built):
    assert built.warnings == []


def test_chapters_are_documents_and_sections_are_not(built):
    pages = {path.name for path in built.folder.glob("*.html")}
    assert {"manual.html", "one.html", "two.html", "options.html"} <= pages
    assert "part.html" not in pages
    titles = [node.text() for node in page(built, "one.html").css("h1, h2")]
    assert [title.rstrip("¶") for title in titles] == ["Chapter\u00a01. One", "A part"]


def test_includes_become_toctrees(built):
    links = [
        node.attributes["href"] for node in page(built, "manual.html").css("div.toctree-wrapper a")
    ]
    assert links == ["one.html", "one.html#sec-part", "two.html", "options.html"]


def test_references_lead_to_other_documents_and_keep_their_identifiers(built):
    assert hrefs(built, "one.html") == [
        "two.html#ch-two",
        "#sec-part",
        "options.html#opt-a.b",
        "options.html#opt-a._name_.c",
        "#end",
        "#fig",
    ]
    assert page(built, "two.html").css_first("#ch-two") is not None
    assert page(built, "options.html").css_first("#opt-a\\.b") is not None
    assert page(built, "one.html").css_first("#end") is not None


def test_references_say_what_they_lead_to(built):
    text = " ".join(page(built, "one.html").css_first("div.body p").text().split())
    assert text.startswith("See Two, the section called “A part”, a.b, a.x.c, the end and Figure")


def test_pictures_are_copied(built):
    image = page(built, "one.html").css_first("figure img")
    assert (built.folder / image.attributes["src"]).read_bytes() == picture()


@pytest.mark.parametrize("builder", ["text", "man", "latex", "dirhtml", "xml"])
def test_other_builders_take_it_without_a_warning(builder, tmp_path):
    done = build(
        project(tmp_path, FILES),
        builder,
        man_pages=[("manual", "manual", "", [], 5)],
    )
    assert done.warnings == []


def test_a_file_that_changes_is_read_again_and_titles_change_everywhere(tmp_path):
    folder = project(tmp_path, FILES)
    assert set(build(folder).read) == {"manual", "one", "two", "options"}
    assert build(folder).read == []
    source = folder / "source"
    (source / "part.md").write_text("# A part {#sec-part}\n\n[Other]{#end} [text]{#fig}.\n")
    assert build(folder).read == ["one"]
    (source / "two.md").write_text("# Second {#ch-two}\n\nText.\n")
    done = build(folder)
    assert set(done.read) == {"manual", "one", "two", "options"}
    assert "Second" in page(done, "one.html").css_first("div.body p").text()


def test_options_that_change_are_read_again(tmp_path):
    folder = project(tmp_path, FILES)
    build(folder)
    (folder / "source" / "o.json").write_text(OPTIONS.replace('"boolean"', '"integer"'))
    done = build(folder)
    assert done.read == ["options"]
    assert "integer" in done.text("options.html")


def options_of(*modules: str, count: int = 60, **changed: str) -> str:
    """Return a set with options of each module; the descriptions of some are given."""
    names = [f"{module}.o{number}" for module in modules for number in range(count)]
    return json.dumps(
        {
            name: {
                "loc": name.split("."),
                "type": "boolean",
                "description": changed.get(name.replace(".", "_"), f"About {name}."),
            }
            for name in names
        }
    )


def test_a_large_set_has_a_document_for_each_module(tmp_path):
    files = FILES | {
        "o.json": options_of("a", "b", "c"),
        "one.md": "# One {#ch-one}\n\nSee {option}`b.o1`.\n\n" + include("sections", "part.md"),
    }
    folder = project(tmp_path, files)
    done = build(folder)
    assert done.warnings == []
    assert {"options/a", "options/b", "options/c"} < set(done.read)
    assert hrefs(done, "one.html") == ["options/b.html#opt-b.o1"]
    assert "About b.o1." in done.text("options/b.html")
    links = [
        node.attributes["href"] for node in page(done, "options.html").css("div.toctree-wrapper a")
    ]
    assert links == ["options/a.html", "options/b.html", "options/c.html"]
    # Nothing is put among the files of the author.
    assert not (folder / "source" / "options").exists()
    # An option that changes concerns its page alone, and the document that includes the set.
    (folder / "source" / "o.json").write_text(options_of("a", "b", "c", b_o1="Another."))
    done = build(folder)
    assert set(done.read) == {"options", "options/b"}
    assert "Another." in done.text("options/b.html")
    (folder / "source" / "o.json").write_text(options_of("a", "c", count=90))
    done = build(folder)
    assert not [line for line in done.warnings if "o.json" not in line and "b.o1" not in line]
    assert "options/b.html" not in done.text("options.html")


def test_documents_are_read_and_written_in_several_processes(tmp_path):
    files = FILES | {
        "one.md": "# One {#ch-one}\n\nSee {option}`b.o1`.\n\n" + include("sections", "part.md"),
        "o.json": options_of("a", "b", "c", a_o1="{nonsense}`x`"),
    }
    first = build(project(tmp_path / "1", files))
    second = build(project(tmp_path / "2", files), parallel=2)
    for name in ("one.html", "options/a.html", "objects.inv"):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()
    for done in (first, second):
        (line,) = done.warnings
        assert "a.o1" in line


def test_other_markdown_belongs_to_myst(tmp_path):
    pytest.importorskip("myst_parser")
    files = FILES | {
        "index.md": "# Index\n\n```{toctree}\nmanual\n```\n\nSee {ref}`ch-one`.\n",
    }
    done = build(
        project(tmp_path, files),
        root_doc="index",
        extensions=["myst_parser", "manualgen.sphinxext"],
    )
    assert done.warnings == []
    assert hrefs(done, "index.html")[-1] == "one.html#ch-one"
    assert hrefs(done, "one.html")[0] == "two.html#ch-two"


def test_what_is_wrong_is_one_warning_each_with_its_line(tmp_path):
    files = FILES | {
        "two.md": "# Two {#ch-two}\n\nSee [](#nowhere).\n\n::: {.warning}\nNot closed.\n",
        "o.json": OPTIONS.replace('"C."', '"{nonsense}`x`"'),
    }
    found = build(project(tmp_path, files)).warnings
    assert len(found) == 3
    assert any(
        "two.md:3:7: WARNING: nothing has the identifier `nowhere`" in line for line in found
    )
    assert any("two.md:5:1: WARNING:" in line for line in found)
    assert any("a.<name>.c, description line 1: WARNING: `{nonsense}` is" in line for line in found)


def test_warnings_can_be_suppressed_by_their_code(tmp_path):
    files = FILES | {"two.md": "# Two {#ch-two}\n\nSee [](#nowhere).\n"}
    done = build(project(tmp_path, files), suppress_warnings=["manualgen.dangling-reference"])
    assert done.warnings == []


DEEP = "> " * 30 + "x\n\n" + "".join("  " * depth + "- x\n" for depth in range(25))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("# T\n\n## A {#a}\n", 1),
        ("# T {#t}\n\nText.\n\n## A {#a}\n\n## B {#a}\n\n[y]{#y} [z]{#y}\n", 2),
        ("", 1),
        ("Text alone.\n", 1),
        (f"# T {{#t}}\n\n{DEEP}", 0),
        ("# T {#t}\n\n" + include("chapters", "manual.md"), 1),
    ],
)
def test_each_thing_that_is_wrong_is_a_warning_and_the_rest_is_shown(text, count, tmp_path):
    folder = project(tmp_path, {"manual.md": text})
    for builder in ("html", "text"):
        found = build(folder, builder).warnings
        assert len(found) == count, found
        assert all("[manualgen." in line for line in found)


def test_a_manual_that_cannot_be_read_is_one_error(tmp_path):
    files = {name: text for name, text in FILES.items() if name != "manual.md"}
    with pytest.raises(ExtensionError, match=r"manual\.md"):
        build(project(tmp_path, files))


def test_an_unknown_option_is_not_a_broken_link(tmp_path):
    files = FILES | {"two.md": "# Two {#ch-two}\n\n{option}`no.such.option`\n"}
    done = build(project(tmp_path, files))
    assert "no.such.option" in page(done, "two.html").css_first("div.body p").text()


def test_the_messages_of_translations_are_whole_paragraphs_and_come_back(tmp_path):
    files = FILES | {"two.md": "# Two {#ch-two}\n\nOne *and* two\nlines.\n"}
    folder = project(tmp_path, files)
    build(folder, "gettext")
    catalog = (folder / "gettext" / "two.pot").read_text()
    assert 'msgid "One and two lines."' in catalog
    messages = folder / "source" / "locale" / "de" / "LC_MESSAGES"
    messages.mkdir(parents=True)
    (messages / "two.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "One and two lines."\nmsgstr "Ein *und* zwei Zeilen."\n'
    )
    done = build(folder, language="de", locale_dirs=["locale"])
    paragraph = page(done, "two.html").css_first("div.body p")
    assert paragraph.html == "<p>Ein <em>und</em> zwei Zeilen.</p>"


@pytest.mark.slow
def test_home_managers_manual_is_built_without_a_warning(tmp_path):
    shutil.copytree(shared("data/manual/home-manager"), tmp_path / "data" / "source")
    for path in (tmp_path / "data" / "source").glob("*options.md"):
        # One option stands for each set, which the tests of books build.
        text = re.sub(r"\.\./\.\./options/.*", f"{path.stem}.json", path.read_text())
        path.write_text(text)
        option = {"loc": [path.stem], "type": "boolean", "description": "An option."}
        path.with_suffix(".json").write_text(json.dumps({path.stem: option}))
    done = build(tmp_path / "data")
    assert [line for line in done.warnings if "opt-" not in line] == []


def test_the_sample_manual_is_built_by_its_configuration(tmp_path):
    shutil.copytree(ROOT / "sample-options", tmp_path / "source")
    done = build(tmp_path, manualgen_dialect=["manual.toml"])
    assert done.warnings == []
