"""The files of a site in memory are those that a build writes, whatever has changed before."""

from __future__ import annotations

import shutil

import pytest

from manualgen import api
from manualgen.book.project import ManualOverrides
from manualgen.cli import loading
from manualgen.preview.live_site import LiveSite, shown
from manualgen.site import search_index
from manualgen.site.manifest import MANIFEST
from manualgen.site.records import RECORDS
from tests.edits import Edits, chains_of_edits, option, written


def live(path) -> LiveSite:
    """Return the site of a file, as the command reads it."""

    def load(memory):
        inputs, overrides = (str(path),), ManualOverrides()
        project = loading.load_project(inputs, overrides)
        return loading.load(inputs, project, overrides, 1, memory=memory)

    return LiveSite(load)


def same_files(site: LiveSite, path, folder) -> None:
    """Compare a site with one that is built from scratch, but for the version of its search."""
    shutil.rmtree(folder, ignore_errors=True)
    result = api.build_html(api.load(path), folder)
    if not result.pages:
        return
    for file in folder.rglob("*"):
        name = str(file.relative_to(folder))
        if not file.is_file() or name in {MANIFEST, RECORDS, "_redirects"}:
            continue
        found, expected = site.file(name), file.read_bytes()
        assert found is not None, name
        if name == search_index.NAMES:
            assert found.data[:-13] == expected[:-13]
        else:
            assert found.data == expected, name


@chains_of_edits(10)
def test_any_chain_of_updates_is_a_build_from_scratch(tmp_path_factory, chains, filler, alone):
    folder = tmp_path_factory.mktemp("live")
    edits = Edits(folder / "source", filler)
    path = folder / "source" / ("options.json" if alone else "manual.toml")
    edits.write()
    site = live(path)
    site.update()
    for chain in chains:
        for edit in chain:
            edits.apply(edit)
        edits.write()
        site.update()
        same_files(site, path, folder / "fresh")
    shutil.rmtree(folder)


@pytest.fixture
def edits(tmp_path):
    edits = Edits(tmp_path / "source", 155)
    edits.write()
    return edits


def test_what_is_no_file_of_the_site_cannot_be_had(edits, tmp_path):
    (edits.folder / "link.html").symlink_to("/etc/hostname")
    site = live(edits.folder / "manual.toml")
    site.update()
    for path in (
        *("manual.toml", "options.json", "link.html", "theme/style.css", "../manual.toml", "/"),
        *(f"./{name}" for name in ("index.html", "style.css")),
        *("options/../index.html", "/etc/hostname", MANIFEST, RECORDS, "search/-1.js"),
        *("search/1000.js", "search/².js", "search/00.js.js", "index.html\0", "INDEX.HTML"),
    ):
        assert site.file(path) is None, path
    assert site.file("").data == site.file("index.html").data


def test_an_error_keeps_the_last_good_site(edits):
    site = live(edits.folder / "manual.toml")
    assert not shown(site.update())
    before = site.file("").data
    manual = edits.folder / "manual.md"
    text = manual.read_text()
    manual.write_text(text + "\n```{=include=} chapters\nmissing.md\n```\n")
    assert [one.code.slug for one in site.update()] == ["unreadable"]
    assert site.is_stale
    assert site.file("").data == before
    assert [one.code.slug for one in site.file("").problems] == ["unreadable"]
    (edits.folder / "manual.toml").write_text("title = ")
    site.update()
    assert site.is_stale
    assert site.file("").data == before
    edits.write()
    manual.write_text(text.replace("An introduction", "Another beginning"))
    assert not site.update()
    assert not site.is_stale
    assert b"Another beginning" in site.file("").data
    assert not site.file("").problems


def test_without_any_manual_there_are_problems_alone(tmp_path):
    path = tmp_path / "options.json"
    path.write_text("{")
    site = live(path)
    assert [one.code.slug for one in site.update()] == ["not-json"]
    assert site.file("") is None
    assert site.problems
    written(tmp_path, {"a.b": option("A text.")})
    assert not site.update()
    assert b"A text." in site.file("").data


def test_problems_of_a_page_come_with_it(tmp_path):
    options = {"a.b": option("[broken](`x`)"), "a.c": option("A text.")}
    site = live(written(tmp_path, options))
    assert not shown(site.update())
    assert [one.option for one in shown(site.file("").problems)] == ["a.b"]
    found, known = site.problems_of_options(0, 1)
    assert ([one.option for one in shown(found)], known) == (["a.b"], 1)
    assert site.problems_of_options(1, 1) == ([], 0)
    # A record that cannot be read is a problem of the set as a whole.
    options["a.c"]["type"] = ["no", "type"]
    written(tmp_path, options)
    assert [one.option for one in shown(site.update())] == ["a.c"]
    options["a.c"]["type"] = "string"
    written(tmp_path, options)
    assert not shown(site.update())


def test_options_that_have_not_changed_are_not_checked_again(tmp_path, monkeypatch):
    from manualgen.markup.option import Sections  # noqa: PLC0415

    options = {"a.b": option("See {option}`a.d`."), "a.c": option("A text.")}
    site = live(written(tmp_path, options))
    site.update()

    def problems():
        return [(one.option, one.code.slug) for one in site.problems_of_options(0, 100)[0]]

    assert problems() == [("a.b", "unknown-option")]
    made = []
    original = Sections.section

    def counted(self, option, identifier):
        made.append(identifier)
        return original(self, option, identifier)

    monkeypatch.setattr(Sections, "section", counted)
    options["a.c"] = option("Another text.")
    written(tmp_path, options)
    site.update()
    assert (problems(), made) == ([("a.b", "unknown-option")], ["opt-a.c"])
    # What the others refer to may be there now.
    options["a.d"] = option("The third.")
    written(tmp_path, options)
    site.update()
    assert (problems(), len(made)) == ([], 4)


def test_an_error_in_a_template_is_a_problem(edits):
    edits.theme = "red"
    edits.write()
    site = live(edits.folder / "manual.toml")
    site.update()
    template = edits.folder / "theme" / "page.html"
    for wrong in ("{% if %}", "{{ nothing }}"):
        template.write_text(wrong)
        assert [one.code.slug for one in site.update()] == ["bad-template"]
        # Whatever is changed then, it is still there.
        assert [one.code.slug for one in site.update(with_templates=False)] == ["bad-template"]
    found = site.file("")
    assert not found.data
    assert [one.code.slug for one in found.problems] == ["bad-template"]
    template.unlink()
    assert site.update() == []
    assert site.file("").data


def test_only_what_has_changed_is_read_again(edits, monkeypatch):
    from manualgen.markup import chapter  # noqa: PLC0415
    from manualgen.markup.reader import Reader  # noqa: PLC0415

    site = live(edits.folder / "manual.toml")
    site.update()
    for name in ("index.html", "one.html", "two.html", "options.html"):
        site.file(name)
    while (known := site.problems_of_options(0, 10_000)[1]) != 0:
        assert known
    parsed = []
    for owner in (chapter, Reader):
        original = owner.parse

        def counted(*arguments, original=original):
            parsed.append(arguments[-1])
            return original(*arguments)

        monkeypatch.setattr(owner, "parse", counted)
    edits.apply(("text", "a.b.name1", "A new description."))
    edits.apply(("chapter", "one.md", "A new paragraph."))
    edits.write()
    site.update()
    site.problems_of_options(0, 10_000)
    assert sorted(getattr(text, "text", text) for text in parsed) == sorted(
        ["A new description.", edits.chapters["one.md"]]
    )
