"""A site that is built over an earlier one is the site that a build from scratch makes."""

from __future__ import annotations

import copy
import json
import os
import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manualgen import api
from manualgen.site import records
from manualgen.site.manifest import MANIFEST
from manualgen.site.records import RECORDS
from tests.conftest import manualgen

if TYPE_CHECKING:
    from pathlib import Path


def files_in(folder: Path) -> dict[str, bytes]:
    """Return path and content of each file of a site, the records and the manifest too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def option(text: str, **fields) -> dict:
    return {"description": text, "type": "boolean", "declarations": ["modules/a.nix"], **fields}


def large_set(groups: int = 4, size: int = 60) -> dict:
    """Return a set that has pages of its own in a site."""
    return {
        f"group{group}.part{index % 3}.name{index}": option(f"Option {index} of {group}.")
        for group in range(groups)
        for index in range(size)
    }


def written(folder: Path, options: dict) -> Path:
    path = folder / "options.json"
    path.write_text(json.dumps(options))
    return path


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

TEXTS = st.sampled_from(
    [
        "A plain text.",
        "See {option}`a.b.name1` and {option}`services.x.enable`.",
        "See [](#ch-one), [](#sec-two) and [](#opt-a.b.name2).",
        "An anchor []{#anchor}, which [](#anchor) leads to.",
        "A footnote[^1].\n\n[^1]: With a text.",
        "A list:\n- one\n- two",
        "<para>DocBook, with <option>a.b.name3</option></para>",
        "`code`\n\n```nix\n{ a = 1; }\n```",
        "Of a {manpage}`nix.conf(5)`.",
        "[broken](`x`)",
        "",
    ]
)
NAMES = st.tuples(
    st.sampled_from(["a", "b", "services", "programs", "<name>"]),
    st.sampled_from(["b", "x", "y", "*", '"quoted.name"']),
    st.sampled_from([f"name{number}" for number in range(5)] + ["enable", "a b", "a:b", "a_b"]),
).map(".".join)
CHAPTERS = {
    "manual.md": "# Manual {#book}\n\nAn introduction.\n\n"
    "```{=include=} chapters\none.md\ntwo.md\n```\n\n"
    "```{=include=} appendix html:into-file=//options.html\nappendix.md\n```\n",
    "one.md": "# One {#ch-one}\n\nText of one, see [](#sec-two).\n\n"
    "## Part {#sec-part}\n\nMore.[^1]\n\n[^1]: A note.\n",
    "two.md": "# Two {#ch-two}\n\n## Second {#sec-two}\n\n"
    "::: {.example #ex-one}\n# A title\n\n```nix\n1\n```\n:::\n\nSee [](#opt-a.b.name1).\n",
    "appendix.md": "# Options {#app-options}\n\n"
    "```{=include=} options\nid-prefix: opt-\nlist-id: list\nsource: options.json\n```\n",
}
TOML = 'source = "manual.md"\ntitle = "{title}"\nchunk = "{chunk}"\ndangling = "warn"\n'


class Edits:
    """The files of a manual, and edits of them."""

    def __init__(self, folder: Path, filler: int) -> None:
        self.folder = folder
        folder.mkdir()
        self.options = {f"z.fill{index}.o{index}": option("Filler.") for index in range(filler)}
        self.options |= {f"a.b.name{number}": option(f"Text {number}.") for number in range(4)}
        self.chapters = dict(CHAPTERS)
        self.values = {"title": "Manual", "chunk": "file"}
        self.theme = ""

    def write(self) -> None:
        written(self.folder, self.options)
        for name, text in self.chapters.items():
            (self.folder / name).write_text(text)
        toml = TOML.format(**self.values)
        (self.folder / "theme").mkdir(exist_ok=True)
        (self.folder / "theme" / "style.css").write_text(f"body {{ color: {self.theme} }}")
        if self.theme:
            toml += 'theme = "theme"\n'
        (self.folder / "manual.toml").write_text(toml)

    def apply(self, edit) -> None:
        kind, *values = edit
        getattr(self, f"_{kind}")(*values)

    def _text(self, name: str, text: str) -> None:
        names = sorted(self.options)
        found = name if name in self.options else names[len(name) % len(names)]
        self.options[found]["description"] = text

    def _add(self, name: str, text: str) -> None:
        self.options[name] = option(text)

    def _remove(self, name: str) -> None:
        self.options.pop(name, None)

    def _rename(self, old: str, new: str) -> None:
        if old in self.options:
            self.options[new] = self.options.pop(old)

    def _grow(self, prefix: str, count: int) -> None:
        for index in range(count):
            self.options[f"{prefix}.grown{index}.o"] = option(f"Grown {index}.")

    def _value(self, name: str, value: str) -> None:
        self.options[min(self.options)][name] = value

    def _setting(self, name: str, value: str) -> None:
        self.values[name] = value

    def _colour(self, value: str) -> None:
        self.theme = value

    def _chapter(self, name: str, text: str) -> None:
        self.chapters[name] += f"\n{text}\n" if name in {"one.md", "two.md"} else ""

    def _title(self, name: str, title: str) -> None:
        text = self.chapters[name]
        self.chapters[name] = f"# {title} {text[text.index('{#') :]}"

    def _move(self) -> None:
        text = self.chapters["manual.md"]
        swapped = "two.md\none.md" if "one.md\ntwo.md" in text else "one.md\ntwo.md"
        self.chapters["manual.md"] = (
            text.replace("one.md\ntwo.md", "\0")
            .replace("two.md\none.md", "\0")
            .replace("\0", swapped)
        )

    def _own_page(self, stem: str) -> None:
        text = CHAPTERS["manual.md"].replace(
            "chapters\n", f"chapters html:into-file=//{stem}.html\n" if stem else "chapters\n"
        )
        self.chapters["manual.md"] = text


EDIT = st.one_of(
    st.tuples(st.just("text"), NAMES, TEXTS),
    st.tuples(st.just("add"), NAMES, TEXTS),
    st.tuples(st.just("remove"), NAMES),
    st.tuples(st.just("rename"), NAMES, NAMES),
    st.tuples(st.just("rename"), st.sampled_from(["a.b.name1", "a.b.name2"]), NAMES),
    st.tuples(st.just("grow"), st.sampled_from(["a", "services"]), st.sampled_from([3, 160])),
    st.tuples(st.just("value"), st.sampled_from(["type", "default", "example"]), NAMES),
    st.tuples(st.just("setting"), st.just("title"), st.sampled_from(["Manual", "Other"])),
    st.tuples(st.just("setting"), st.just("chunk"), st.sampled_from(["file", "chapter"])),
    st.tuples(st.just("colour"), st.sampled_from(["", "red", "blue"])),
    st.tuples(st.just("chapter"), st.sampled_from(["one.md", "two.md"]), TEXTS),
    st.tuples(
        st.just("title"),
        st.sampled_from(["one.md", "two.md", "appendix.md", "manual.md"]),
        st.sampled_from(["A title", "Of {option}`a.b.name1`", "`code`"]),
    ),
    st.tuples(st.just("move")),
    st.tuples(st.just("own_page"), st.sampled_from(["", "page"])),
)


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


@settings(
    max_examples=15 if not os.environ.get("MANUALGEN_FUZZ_MINUTES") else 300,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    chains=st.lists(st.lists(EDIT, min_size=1, max_size=3), min_size=1, max_size=4),
    filler=st.sampled_from([0, 155]),
    alone=st.booleans(),
)
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
