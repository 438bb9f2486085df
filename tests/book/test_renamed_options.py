"""References to options by names that they had before: they lead to the options of today."""

from __future__ import annotations

import json

import pytest

import manualgen
from manualgen.book.references import OptionIndex
from manualgen.options.model import split
from tests.edits import written

NEW = {"description": "A text.", "type": "string"}


def alias(target: str) -> dict:
    return {"description": f"Alias of {{option}}`{target}`.", "type": "string"}


def mentions(*names: str) -> dict:
    return {"description": " ".join(f"{{option}}`{name}`" for name in names), "type": "string"}


def loaded(folder, options, **settings):
    return manualgen.load(written(folder, options), **settings)


def renamed(diagnostics):
    return [(one.option, one.help) for one in diagnostics if one.code.slug == "renamed-option"]


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("old.a", "new.a"),
        ('old."a"', "new.a"),
        ("older.a", "new.a"),
        ("old.<name>.b", "new.<name>.b"),
        ("old.alice.b", "new.<name>.b"),
        ("new.a", None),
        ("nothing", None),
        ("circle.a", None),
    ],
)
def test_the_new_name_of_an_option(name, new):
    names = ["new.a", "new.<name>.b", "circle.a", "circle.b"]
    index = OptionIndex(
        [(one, split(one), f"opt-{one}") for one in names],
        {
            "old.a": "new.a",
            "older.a": "old.a",
            "old.<name>.b": "new.<name>.b",
            "circle.a": "circle.b",
            "circle.b": "circle.a",
        },
    )
    assert index.new_name(name) == new


def test_an_alias_of_the_set(tmp_path):
    manual = loaded(
        tmp_path,
        {"a.new": NEW, "a.old": alias("a.new"), "a.lost": alias("a.gone"), "b": mentions("a.old")},
    )
    assert 'href="#opt-a.new"' in manualgen.render_option(manual, "b")
    # The alias is an option of its own still.
    assert "Alias of" in manualgen.render_option(manual, "a.old")
    expected = [("b", "write {option}`a.new`")]
    assert renamed(manualgen.check(manual)) == expected
    result = manualgen.build_html(manual, tmp_path / "site")
    assert renamed(result.diagnostics) == expected
    result = manualgen.build_manpage(manual, tmp_path / "page.5")
    assert renamed(result.diagnostics) == expected


def test_an_option_that_an_earlier_release_calls_otherwise(tmp_path):
    text = "How many of the messages are kept in the queue, and for how many days, before they go."
    old = {"a.old": {**NEW, "description": text}, "b": NEW}
    (tmp_path / "old.json").write_text(json.dumps(old))
    options = {"a.new": {**NEW, "description": text}, "b": mentions("a.old")}
    history = {"25.05": tmp_path / "old.json"}
    manual = loaded(tmp_path, options, history=history)
    assert 'href="#opt-a.new"' in manualgen.render_option(manual, "b")
    assert renamed(manualgen.check(manual)) == [("b", "write {option}`a.new`")]
    codes = [one.code.slug for one in manualgen.check(loaded(tmp_path, options))]
    assert "unknown-option" in codes


def test_a_chapter(tmp_path):
    written(tmp_path, {"a.new": NEW, "a.old": alias("a.new")})
    (tmp_path / "manual.md").write_text("# T {#t}\n\n## S\n\nSet {option}`a.old`.\n")
    manual = manualgen.load(tmp_path / "manual.md", sets=())
    assert not renamed(manual.diagnostics)
    (tmp_path / "manual.toml").write_text(
        'source = "manual.md"\n[[options]]\nsource = "options.json"\ntitle = "O"\n'
    )
    manual = manualgen.load(tmp_path / "manual.toml")
    assert renamed(manual.diagnostics) == [(None, "write {option}`a.new`")]


def test_a_second_build_follows_an_alias_that_has_another_target(tmp_path):
    options = {"a.new": NEW, "a.newer": NEW, "a.old": alias("a.new"), "b.c": mentions("a.old")}
    manualgen.build_html(loaded(tmp_path, options), tmp_path / "site")
    options["a.old"] = alias("a.newer")
    manualgen.build_html(loaded(tmp_path, options), tmp_path / "site")
    manualgen.build_html(loaded(tmp_path, options), tmp_path / "whole")
    pages = {path.name: path.read_text() for path in (tmp_path / "site").rglob("*.html")}
    assert any('#opt-a.newer"' in text for text in pages.values())
    for path in (tmp_path / "whole").rglob("*.html"):
        assert pages[path.name] == path.read_text()
