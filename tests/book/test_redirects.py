"""redirects.json: what is checked, what is served, and how it is changed."""

from __future__ import annotations

import json
import shlex

import pytest
from click.testing import CliRunner

from manualgen.book import redirects
from manualgen.cli.main import program
from manualgen.errors import Code
from tests.manuals import OPTIONS, build, include, only, run, write

FILES = {
    "manual.md": "# B {#book}\n\n## S\n\n" + include("chapters", "one.md"),
    "one.md": "# One {#ch-one}\n\n## A {#sec-a}\n\nText.\n",
}
TABLE = {
    "book": ["index.html#book"],
    "ch-one": ["ch-one.html#ch-one", "index.html#ch-one", "gone.html"],
    "sec-a": ["ch-one.html#sec-a", "gone.html#a", "ch-one.html#sec-b", "deep/er.html#x"],
}


def made(tmp_path, table):
    source = {**FILES, "redirects.json": json.dumps(table)}
    path = tmp_path / "source" / "redirects.json"
    return build(tmp_path, source, chunk="chapter", redirects=path)


def test_old_places_lead_to_new_ones(tmp_path):
    site = made(tmp_path, TABLE)
    assert site.diagnostics == []
    page = (site.folder / "ch-one.html").read_text()
    assert '{"exact":{"sec-b":"ch-one.html#sec-a"},"own":[],"sets":[]}' in page
    gone = (site.folder / "gone.html").read_text()
    assert 'content="1; url=ch-one.html#ch-one"' in gone
    assert '{"a":"ch-one.html#sec-a"}' in gone
    deep = (site.folder / "deep/er.html").read_text()
    assert '{"x":"../ch-one.html#sec-a"}' in deep
    assert 'url=../ch-one.html"' in deep
    assert (site.folder / "_redirects").read_text() == (
        "/deep/er.html /ch-one.html 301\n/gone.html /ch-one.html#ch-one 301\n"
    )


WRONG = {
    "not listed": ({"sec-a": None}, "the identifier `sec-a` ({one}:3) is not listed", "add"),
    "not in the manual": ({"x": ["index.html#x"]}, "the manual has no identifier `x`", "move"),
    "elsewhere now": (
        {"sec-a": ["index.html#sec-a"]},
        "the address of `sec-a` is ch-one.html#sec-a, not index.html#sec-a",
        "add",
    ),
    "no place at all": ({"sec-a": []}, "but none is listed", "add"),
    "twice": (
        {"sec-a": ["ch-one.html#sec-a", "gone.html"]},
        "`gone.html` is listed for `ch-one` too",
        "remove",
    ),
    "a current page": (
        {"sec-a": ["ch-one.html#sec-a", "index.html"]},
        "the old address `index.html` is a page of the manual now",
        "remove",
    ),
    "a current place": (
        {"sec-a": ["ch-one.html#sec-a", "ch-one.html#ch-one"]},
        "`ch-one.html#ch-one` is listed for `ch-one` too",
        "remove",
    ),
    "outside": (
        {"sec-a": ["ch-one.html#sec-a", "../up.html#x"]},
        "`../up.html#x` is not an address",
        "without any ..",
    ),
    "a file of ours": (
        {"sec-a": ["ch-one.html#sec-a", "style.css"]},
        "`style.css` is not an address",
        "page.html",
    ),
    "absolute": (
        {"sec-a": ["ch-one.html#sec-a", "/etc/x.html"]},
        "`/etc/x.html` is not an address",
        "without any ..",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_agree_names_the_command(name, tmp_path):
    change, message, help_text = WRONG[name]
    table = {key: value for key, value in {**TABLE, **change}.items() if value is not None}
    site = made(tmp_path, table)
    assert {found.code for found in site.diagnostics} == {Code.BAD_REDIRECT}
    shown = message.replace("{one}", str(tmp_path / "source/one.md"))
    (found,) = (entry for entry in site.diagnostics if shown in entry.message)
    assert help_text in found.help
    assert not site.folder.exists()


def test_the_commands(tmp_path):
    manual = write(tmp_path, FILES)
    table = tmp_path / "redirects.json"

    def run(*arguments: str):
        result = CliRunner().invoke(program, ["redirects", *arguments, "--chunk", "chapter"])
        assert result.exception is None or result.exit_code == 1
        return result

    run("add", str(manual), "--all")
    assert json.loads(table.read_text()) == {
        "book": ["index.html#book"],
        "ch-one": ["ch-one.html#ch-one"],
        "sec-a": ["ch-one.html#sec-a"],
    }
    assert run("check", str(manual)).exit_code == 0
    one = tmp_path / "one.md"
    one.write_text(one.read_text().replace("sec-a", "sec-z"))
    assert run("check", str(manual)).exit_code == 1
    run("move", str(manual), "sec-a", "sec-z")
    assert json.loads(table.read_text())["sec-z"] == ["ch-one.html#sec-z", "ch-one.html#sec-a"]
    assert run("check", str(manual)).exit_code == 0
    one.write_text("# One {#ch-one}\n")
    run("drop", str(manual), "sec-z")
    assert run("check", str(manual)).exit_code == 0
    assert table.read_text().endswith("  ]\n}\n")


def test_a_command_knows_what_is_not_there(tmp_path):
    manual = write(tmp_path, FILES)
    result = CliRunner().invoke(program, ["redirects", "add", str(manual), "ch-on"])
    assert "the manual has no identifier `ch-on`" in str(result.exception)


def test_names_of_xhtml_count_as_those_of_html(tmp_path):
    table = {"a": ["one.xhtml#a", "one.xhtml#b"]}
    places = {"a": "one.html#a"}
    assert redirects.check(table, places, {"one.html"}, {}, "r.json", "manual.md", {}) == []
    assert redirects.serve(table, places, {"one.html"}, {}).anchors == {
        "one.html": {"b": "one.html#a"}
    }


def test_options_may_be_listed_and_their_lists_need_not(tmp_path):
    files = {
        "manual.md": "# B {#book}\n\n## S\n\n" + include("appendix", "o.md"),
        "o.md": "# O {#ch-one}\n\n"
        + include("options", "list-id: the-list", "id-prefix: test-opt-", "source: o.json"),
        "o.json": OPTIONS,
        "redirects.json": json.dumps(
            {
                "book": ["index.html#book"],
                "ch-one": ["ch-one.html#ch-one"],
                "test-opt-a.b": ["ch-one.html#test-opt-a.b", "old.html#a.b"],
            }
        ),
    }
    table = tmp_path / "source/redirects.json"
    site = build(tmp_path, files, redirects=table)
    assert site.diagnostics == []
    assert "ch-one.html#test-opt-a.b" in (site.folder / "old.html").read_text()
    wrong = json.loads(files["redirects.json"])
    wrong["test-opt-a.b"][0] = "other.html#test-opt-a.b"
    site = build(tmp_path, {**files, "redirects.json": json.dumps(wrong)}, redirects=table)
    assert only(site).message == (
        "the address of `test-opt-a.b` is ch-one.html#test-opt-a.b, not other.html#test-opt-a.b"
    )


def test_the_command_that_is_named_works(tmp_path):
    write(tmp_path / "m", {**FILES_OF_OPTIONS})
    run("html", tmp_path / "m/manual.toml", "-o", tmp_path / "out", status=1)
    said = run("redirects", "check", tmp_path / "m/manual.toml", status=1).output
    for line in said.split("\n"):
        if line.strip().startswith("help: run: manualgen "):
            run(*shlex.split(line.partition("manualgen ")[2]))
    run("redirects", "check", tmp_path / "m/manual.toml")
    run("html", tmp_path / "m/manual.toml", "-o", tmp_path / "out")
    # One file has no old places.
    run("html", tmp_path / "m/manual.toml", "--single-page", "-o", tmp_path / "one.html")


def test_a_missing_file_is_reported_first(tmp_path):
    write(tmp_path, {**FILES_OF_OPTIONS})
    (tmp_path / "c.md").unlink()
    said = run("redirects", "check", tmp_path / "manual.toml", status=1).output
    assert "`c.md` does not exist" in said
    assert "redirects drop" not in said


def test_what_is_still_there_is_not_moved(tmp_path):
    write(tmp_path, {**FILES_OF_OPTIONS})
    run("redirects", "add", tmp_path / "manual.toml", "--all")
    said = run("redirects", "move", tmp_path / "manual.toml", "ch-c", "book", status=1)
    assert "still has the identifier `ch-c`" in str(said.exception) + said.output


FILES_OF_OPTIONS = {
    "manual.toml": 'source = "manual.md"\nchunk = "chapter"\nredirects = "r.json"\n'
    '[[options]]\nsource = "o.json"\n',
    "manual.md": "# B {#book}\n\n## S\n\n" + include("chapters", "c.md"),
    "c.md": "# C {#ch-c}\n",
    "o.json": "{}",
    "r.json": "{}",
}


def test_an_option_listed_wrongly_is_put_right_by_the_command_that_is_named(tmp_path):
    name = "opt-a.<name>.it's"
    options = {name[4:]: {"loc": ["a", "<name>", "it's"], "type": "t", "description": "D."}}
    identifier = "opt-a._name_.it's"
    write(
        tmp_path,
        {
            **FILES_OF_OPTIONS,
            "o.json": json.dumps(options),
            "r.json": json.dumps({identifier: ["wrong.html#x"]}),
        },
    )
    manual = tmp_path / "manual.toml"
    run("redirects", "add", manual, "--all")
    said = run("redirects", "check", manual, status=1).output
    (line,) = [line for line in said.split("\n") if "run: manualgen" in line]
    run(*shlex.split(line.partition("manualgen ")[2]))
    run("redirects", "check", manual)
    listed = json.loads((tmp_path / "r.json").read_text())[identifier]
    assert listed == [f"ch-o.html#{identifier}", "wrong.html#x"]
