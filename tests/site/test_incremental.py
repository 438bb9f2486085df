"""A site that is built over an earlier one is the site that a build from scratch makes."""

from __future__ import annotations

import copy
import json
import os
import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest

from manualgen import api
from manualgen.site import records
from manualgen.site.manifest import MANIFEST
from manualgen.site.records import RECORDS
from tests.conftest import manualgen
from tests.edits import Edits, chains_of_edits, option, written

if TYPE_CHECKING:
    from pathlib import Path


def files_in(folder: Path) -> dict[str, bytes]:
    """Return path and content of each file of a site, the records and the manifest too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def large_set(groups: int = 4, size: int = 60) -> dict:
    """Return a set that has pages of its own in a site."""
    return {
        f"group{group}.part{index % 3}.name{index}": option(f"Option {index} of {group}.")
        for group in range(groups)
        for index in range(size)
    }


def build(path: Path, out: Path, **arguments):
    return api.build_html(api.load(path, **arguments), out)


@pytest.fixture
def site(tmp_path):
    """A site of a set with pages: the set, its file and the site's folder."""
    options = large_set()
    path = written(tmp_path, options)
    build(path, tmp_path / "site")
    return options, path, tmp_path / "site"


# ─── what is rendered ───


def test_nothing_is_rendered_again_if_nothing_has_changed(site):
    _, path, out = site
    times = {file: file.stat().st_mtime_ns for file in out.rglob("*")}
    assert build(path, out).rendered == 0
    assert {file: file.stat().st_mtime_ns for file in out.rglob("*")} == times


def test_a_description_changes_one_page(site):
    options, path, out = site
    before = files_in(out)
    options["group1.part1.name1"]["description"] = "Another text with a rare word, zymurgy."
    result = build(written(path.parent, options), out)
    after = files_in(out)
    assert result.rendered == 1
    changed = {name for name in after if before[name] != after[name]}
    page = next(name for name in changed if name.startswith("options/"))
    assert b"zymurgy" in after[page]
    # The options of the second group are in the first two files of sentences.
    shard = next(name for name in changed if name[7:8].isdecimal() and name.startswith("search/"))
    assert changed == {page, RECORDS, "search/names.js", "search/words.js", shard}


def test_a_page_that_is_referred_to_does_not_change_those_that_refer_to_it(tmp_path):
    options = large_set()
    options["group0.part0.name0"]["description"] = "See {option}`group3.part0.name3`."
    out = tmp_path / "site"
    build(written(tmp_path, options), out)
    options["group3.part0.name3"]["description"] = "A new text."
    assert build(written(tmp_path, options), out).rendered == 1


def test_a_page_is_rendered_again_if_what_it_refers_to_is_gone(tmp_path):
    options = large_set()
    options["group0.part0.name0"]["description"] = "See {option}`group3.part0.name3`."
    out = tmp_path / "site"
    build(written(tmp_path, options), out)
    del options["group3.part0.name3"]
    result = build(written(tmp_path, options), out)
    assert [one.code.slug for one in result.diagnostics] == ["unknown-option"]
    assert (
        "<a"
        not in next(
            line
            for line in (out / "options/group0.html").read_text().splitlines()
            if "group3.part0.<wbr>name3" in line or "See " in line
        )
        .partition("See ")[2]
        .partition("</p>")[0]
    )


def test_a_page_that_is_not_rendered_still_reports_its_problems(tmp_path):
    options = large_set()
    options["group0.part0.name0"]["description"] = "See {option}`no.such`."
    out = tmp_path / "site"
    first = build(written(tmp_path, options), out)
    options["group3.part0.name3"]["description"] = "A new text."
    second = build(written(tmp_path, options), out)
    assert second.rendered == 1
    assert first.diagnostics == second.diagnostics
    assert [one.code.slug for one in second.diagnostics] == ["unknown-option"]
    assert second.dependencies.keys() == first.dependencies.keys()
    assert "no.such" in second.dependencies["options/group0.html"]


def test_a_page_that_was_damaged_is_repaired(site):
    _, path, out = site
    whole = files_in(out)
    for name in ("options/group1.html", "search/words.js", "index.html", "objects.inv"):
        (out / name).write_bytes(whole[name][:-1] + b"!")
        build(path, out)
        assert files_in(out) == whole
        (out / name).unlink()
        build(path, out)
        assert files_in(out) == whole


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[:100] + b"\0" + data[101:],
        lambda data: b"\0" + data[1:],
        lambda data: data + b"x",
        lambda data: data.replace(b"manualgen records 1", b"manualgen records 2"),
    ],
    ids=["empty", "cut", "body", "mark", "longer", "version"],
)
def test_records_that_are_damaged_are_said_and_replaced(site, damage):
    _, path, out = site
    whole = files_in(out)
    (out / RECORDS).write_bytes(damage(whole[RECORDS]))
    result = build(path, out)
    assert "damaged" in result.reason
    assert result.rendered == len(result.dependencies)
    assert files_in(out) == whole
    assert build(path, out).reason == ""


def test_records_that_are_no_file_are_not_followed(site, tmp_path):
    _, path, out = site
    (tmp_path / "elsewhere").write_bytes((out / RECORDS).read_bytes())
    (out / RECORDS).unlink()
    (out / RECORDS).symlink_to(tmp_path / "elsewhere")
    assert build(path, out).rendered > 0
    assert not (out / RECORDS).is_symlink()


def test_diagnostics_in_records_that_are_none_are_not_used(site):
    _, path, out = site
    found = records.read(out)
    summary = msgspec.structs.replace(found.summary, diagnostics=({"code": "no-such"},))
    pages = dict(found.pages)
    first = next(iter(pages))
    pages[first] = msgspec.structs.replace(pages[first], diagnostics=1)
    (out / RECORDS).write_bytes(records.encoded(records.Records(summary, pages)))
    assert build(path, out).rendered == len(pages)


def test_a_paragraph_of_a_chapter_changes_one_page(tmp_path):
    edits = Edits(tmp_path / "source", 155)
    edits.values["chunk"] = "chapter"
    edits.write()
    path, out = edits.folder / "manual.toml", tmp_path / "site"
    assert build(path, out).rendered > 3
    before = files_in(out)
    edits.apply(("chapter", "one.md", "A new paragraph."))
    edits.write()
    assert build(path, out).rendered == 1
    after = files_in(out)
    assert {name for name in after if after[name] != before[name]} == {"ch-one.html", RECORDS}


def test_a_page_that_is_gone_is_removed(site):
    options, path, out = site
    rest = {name: record for name, record in options.items() if not name.startswith("group3.")}
    assert (out / "options/group3.html").exists()
    build(written(path.parent, rest), out)
    assert not (out / "options/group3.html").exists()


def test_texts_without_unicode_have_no_records():
    page = records.PageRecord(b"", b"", ("\ud800",))
    assert records.encoded(records.Records(records.Summary(), {"page": page})) is None


# ─── any chain of builds ───


def same_as_from_scratch(load, folder: Path) -> None:
    """Build over the last build and from scratch; compare the results."""
    fresh = folder / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    one = api.build_html(load(), folder / "site")
    other = api.build_html(load(), fresh)
    assert one.diagnostics == other.diagnostics
    assert one.dependencies == other.dependencies
    if one.pages:
        assert files_in(folder / "site") == files_in(fresh)


@chains_of_edits(15)
def test_any_chain_of_builds_is_a_build_from_scratch(tmp_path_factory, chains, filler, alone):
    folder = tmp_path_factory.mktemp("chain")
    edits = Edits(folder / "source", filler)
    name = "options.json" if alone else "manual.toml"

    def load():
        return api.load(folder / "source" / name)

    edits.write()
    api.build_html(load(), folder / "site")
    for chain in chains:
        for edit in chain:
            edits.apply(edit)
        edits.write()
        same_as_from_scratch(load, folder)
    shutil.rmtree(folder)


# ─── the command ───


def run(*arguments, **settings):
    done = manualgen(*arguments, **settings)
    assert b"Traceback" not in done.stderr
    return done


@pytest.fixture
def manual(tmp_path):
    edits = Edits(tmp_path / "source", 155)
    edits._chapter("one.md", "See [](#nowhere).")
    edits.write()
    return edits


def command(edits: Edits, *more, **settings):
    folder = edits.folder
    return run("html", folder / "manual.toml", "-o", folder.parent / "site", *more, **settings)


def test_a_command_says_again_what_is_wrong_when_nothing_has_changed(manual):
    first = command(manual)
    assert b"dangling-reference" in first.stderr
    site = manual.folder.parent / "site"
    inodes = {path: path.stat().st_ino for path in [site, *site.rglob("*")]}
    second = command(manual)
    assert second.returncode == first.returncode == 0
    closing = b" \xe2\x86\x92 "
    before, after = (done.stderr.splitlines() for done in (first, second))
    assert before[:-1] == after[:-1]
    assert closing in after[-1]
    assert before[-1].rpartition(b" (")[0] == after[-1].rpartition(b" (")[0]
    assert {path: path.stat().st_ino for path in [site, *site.rglob("*")]} == inodes
    strict = command(manual, "--strict")
    assert strict.returncode == 1
    assert b"nothing is built" in strict.stderr


@pytest.mark.parametrize(
    "change",
    [
        ("text", "a.b.name1", "Another."),
        ("chapter", "two.md", "Another."),
        ("setting", "title", "Other"),
        ("colour", "red"),
        ("move",),
    ],
    ids=lambda change: change[0],
)
def test_a_command_sees_what_has_changed(manual, change):
    command(manual)
    site = manual.folder.parent / "site"
    before = files_in(site)
    manual.apply(change)
    manual.write()
    assert command(manual).returncode == 0
    after = files_in(site)
    assert after != before
    shutil.rmtree(site)
    command(manual)
    assert files_in(site) == after


def test_a_command_repairs_a_site(manual):
    command(manual)
    site = manual.folder.parent / "site"
    whole = files_in(site)
    for name in ("index.html", "style.css", RECORDS, MANIFEST):
        if name == MANIFEST:
            (site / name).write_bytes(b"{}")
        else:
            (site / name).write_bytes(b"damaged")
        done = command(manual)
        assert done.returncode == 0
        assert (b"damaged" in done.stderr) == (name == RECORDS)
        assert files_in(site) == whole


@pytest.mark.parametrize("damaged", [b'{"files": ["ind', None])
def test_a_site_whose_manifest_is_lost_is_still_ours(manual, damaged):
    command(manual)
    site = manual.folder.parent / "site"
    (site / "theirs.html").write_text("theirs")
    if damaged is None:
        (site / MANIFEST).unlink()
    else:
        (site / MANIFEST).write_bytes(damaged)
    chapter = manual.folder / "one.md"
    chapter.write_text(chapter.read_text() + "\nOne more paragraph.\n")
    done = command(manual)
    assert done.returncode == 0, done.stderr
    found = files_in(site)
    assert found.pop("theirs.html") == b"theirs"
    shutil.rmtree(site)
    command(manual)
    assert found == files_in(site)


def test_a_page_that_others_have_changed_stays_where_the_manifest_is_lost(manual):
    command(manual)
    site = manual.folder.parent / "site"
    (site / MANIFEST).unlink()
    (site / "index.html").write_text("theirs")
    done = command(manual)
    assert done.returncode == 1
    assert b"would-overwrite" in done.stderr
    assert (site / "index.html").read_text() == "theirs"


def test_what_comes_through_a_pipe_is_read_once(tmp_path):
    data = json.dumps(large_set()).encode()
    for _ in range(2):
        done = run("html", "-", "-o", tmp_path / "site", input=data)
        assert done.returncode == 0
        assert b"240 options" in done.stderr


def test_records_do_not_say_where_the_input_lies(tmp_path):
    manual = Edits(tmp_path / "source", 155)
    manual.write()
    command(manual)
    data = (manual.folder.parent / "site" / RECORDS).read_bytes()
    assert os.fsencode(manual.folder) not in data
    found = records.read(manual.folder.parent / "site")
    assert str(manual.folder) not in repr(copy.copy(found))
