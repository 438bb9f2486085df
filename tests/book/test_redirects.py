"""redirects.json: what is checked, what is served, and how it is changed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from manualgen.book import redirects
from manualgen.cli.main import program
from manualgen.errors import Code
from tests.manuals import build, include, write

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
    assert site.said == []
    page = (site.folder / "ch-one.html").read_text()
    assert '{"exact":{"sec-b":"ch-one.html#sec-a"},"sets":[]}' in page
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
        "`sec-a` stands at ch-one.html#sec-a now, not index.html#sec-a",
        "add",
    ),
    "no place at all": ({"sec-a": []}, "and nothing is listed", "add"),
    "twice": (
        {"sec-a": ["ch-one.html#sec-a", "gone.html"]},
        "`gone.html` is listed for `ch-one` too",
        "remove",
    ),
    "a current page": (
        {"sec-a": ["ch-one.html#sec-a", "index.html"]},
        "the old place `index.html` is a page of the manual now",
        "remove",
    ),
    "a current place": (
        {"sec-a": ["ch-one.html#sec-a", "ch-one.html#ch-one"]},
        "`ch-one.html#ch-one` is listed for `ch-one` too",
        "remove",
    ),
    "outside": (
        {"sec-a": ["ch-one.html#sec-a", "../up.html#x"]},
        "`../up.html#x` is no place",
        "without any ..",
    ),
    "a file of ours": (
        {"sec-a": ["ch-one.html#sec-a", "style.css"]},
        "`style.css` is no place",
        "page.html",
    ),
    "absolute": (
        {"sec-a": ["ch-one.html#sec-a", "/etc/x.html"]},
        "`/etc/x.html` is no place",
        "without any ..",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_agree_names_the_command(name, tmp_path):
    change, message, cure = WRONG[name]
    table = {key: value for key, value in {**TABLE, **change}.items() if value is not None}
    site = made(tmp_path, table)
    assert {found.code for found in site.said} == {Code.BAD_REDIRECT}
    shown = message.replace("{one}", str(tmp_path / "source/one.md"))
    (found,) = (entry for entry in site.said if shown in entry.message)
    assert cure in found.help
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
    assert redirects.check(table, places, {"one.html"}, {}, "r.json", "manual.md") == []
    assert redirects.serve(table, places, {"one.html"}).anchors == {"one.html": {"b": "one.html#a"}}
