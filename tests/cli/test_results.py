"""``--json``: what commands have built, as one document on standard output."""

from __future__ import annotations

import json
import re

import pytest

from tests.conftest import ROOT, manualgen, written

LIB = ROOT / "tests" / "evaluation" / "fixtures" / "lib"

GOOD = {"a.b": {"description": "Fine.", "type": "string"}}
WARNED = {"a.b": {"description": "# Heading", "type": "string"}}
TWO = {**GOOD, "c.d": {"description": "Another.", "type": "string"}}


def reported(done):
    """Return the document on standard output, which has nothing else on it."""
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return json.loads(done.stdout)


def counts(document):
    return [
        tuple(output["pages"][key] for key in ("rendered", "kept", "removed"))
        for output in document["outputs"]
    ]


def test_a_site_says_what_was_rendered_kept_and_removed(tmp_path):
    def build(*chapters):
        for name, text in chapters:
            (tmp_path / f"{name}.md").write_text(f"# {name} {{#{name}}}\n\n{text}\n")
        names = "\n".join(f"{name}.md" for name, _ in chapters)
        book = f"# B {{#b}}\n\n## S\n\n```{{=include=}} chapters\n{names}\n```\n"
        (tmp_path / "book.md").write_text(book)
        return reported(manualgen("html", "book.md", "-o", "site", "--json", cwd=tmp_path))

    first = build(("one", "First."), ("two", "Second."))
    # The front page, and one for each chapter.
    assert counts(first) == [(3, 0, 0)]
    (output,) = first["outputs"]
    assert (output["path"], output["format"], output["options"]) == ("site", "html", 0)
    size = sum(
        path.stat().st_size
        for path in (tmp_path / "site").rglob("*")
        if path.is_file() and not path.name.startswith(".manualgen")
    )
    assert output["bytes"] == size
    assert counts(build(("one", "First."), ("two", "Second."))) == [(0, 3, 0)]
    assert counts(build(("one", "Changed."), ("two", "Second."))) == [(1, 2, 0)]
    # All pages have the contents of the manual on them.
    assert counts(build(("one", "Changed."))) == [(2, 0, 1)]


@pytest.mark.parametrize(
    ("command", "name", "kind"),
    [
        ("man", "page.5", "manpage"),
        ("markdown", "options.md", "markdown"),
        ("asciidoc", "options.adoc", "asciidoc"),
    ],
)
def test_a_document_is_rendered_or_kept(tmp_path, command, name, kind):
    written(tmp_path / "o.json", GOOD)
    for expected in ((1, 0, 0), (0, 1, 0)):
        done = manualgen(command, "o.json", "-o", name, "--json", cwd=tmp_path)
        document = reported(done)
        assert (done.returncode, document["ok"]) == (0, True)
        assert (document["outputs"][0]["format"], counts(document)) == (kind, [expected])
        assert document["outputs"][0]["bytes"] == (tmp_path / name).stat().st_size


def test_a_preview_counts_its_pages_and_fails_for_breaking_changes(tmp_path):
    written(tmp_path / "old.json", TWO)
    written(tmp_path / "new.json", GOOD)
    arguments = ["preview", "old.json", "new.json", "-o", "out", "--json"]
    document = reported(manualgen(*arguments, cwd=tmp_path))
    pages = len(list((tmp_path / "out").rglob("*.html")))
    assert (document["ok"], counts(document)) == (True, [(pages, 0, 0)])
    done = manualgen(*arguments, "--exit-code", cwd=tmp_path)
    assert (done.returncode, reported(done)["ok"]) == (1, False)


def test_modules_are_extracted(tmp_path):
    module = "{ lib, ... }: { options.a = lib.mkOption { description = ''One.''; }; }"
    (tmp_path / "m.nix").write_text(module)
    arguments = ["extract", "m.nix", "--lib", LIB, "-o", "o.json", "--json"]
    done = manualgen(*arguments, cwd=tmp_path)
    (output,) = reported(done)["outputs"]
    assert (output["format"], output["options"]) == ("options", 1)


def test_findings_are_those_of_check(tmp_path):
    (tmp_path / "book.md").write_text("# B {#b}\n\nSee [](#nowhere).\n")
    (tmp_path / "manual.toml").write_text('source = "book.md"\n')
    done = manualgen("html", "manual.toml", "-o", "site", "--json", "-q", cwd=tmp_path)
    document = reported(done)
    checked = reported(manualgen("check", "manual.toml", "--json", cwd=tmp_path))
    assert (done.returncode, document["ok"], checked["ok"]) == (1, False, False)
    assert document["outputs"][0]["written"] is False
    assert not (tmp_path / "site").exists()
    codes = ["dangling-reference"]
    assert [found["code"] for found in document["findings"]] == codes
    assert document["findings"] == checked["findings"]
    assert document["counts"] == checked["counts"] == {"error": 1, "warning": 0, "hint": 0}


def test_strict_and_quiet(tmp_path):
    written(tmp_path / "o.json", WARNED)
    arguments = ["html", "o.json", "-o", "site", "--json", "--title", "T"]
    done = manualgen(*arguments, cwd=tmp_path)
    assert (done.returncode, reported(done)["ok"]) == (0, True)
    assert b"page" in done.stderr
    done = manualgen(*arguments, "--strict", "-q", cwd=tmp_path)
    assert (done.returncode, reported(done)["ok"]) == (1, False)
    assert b" page" not in done.stderr
    assert b"warning[" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["html", "missing.json", "-o", "site"],
        ["man", "missing.json", "-o", "page.5"],
        ["extract", "missing.nix", "-o", "o.json"],
        ["preview", "missing.json", "missing.json", "-o", "out"],
        ["diff", "missing.json", "missing.json"],
        ["check", "missing.json", "--baseline", "missing.json"],
    ],
)
def test_a_command_that_cannot_begin_says_so(tmp_path, arguments):
    done = manualgen(*arguments, "--json", cwd=tmp_path)
    document = reported(done)
    assert (done.returncode, document["ok"], document["outputs"]) == (1, False, [])
    assert [found["code"] for found in document["findings"]] == ["unreadable"]


@pytest.mark.parametrize("command", ["man", "markdown", "asciidoc", "html", "extract"])
def test_two_documents_do_not_fit_on_standard_output(tmp_path, command):
    written(tmp_path / "o.json", GOOD)
    more = ["--single-page"] if command == "html" else []
    done = manualgen(command, "o.json", "-o", "-", "--json", *more, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"-o FILE" in done.stderr


def test_options_that_commands_share_are_explained_alike():
    shared = ("--jobs", "--quiet", "--json", "--strict", "--blame", "--exit-code", "--hints")
    texts: dict[str, set[str]] = {}
    commands = ("html", "man", "markdown", "asciidoc", "extract", "serve", "check", "diff")
    for command in (*commands, "preview"):
        shown = manualgen(command, "--help").stdout.decode()
        for entry in re.split(r"\n  (?=-)", shown):
            names, _, text = re.sub(r"\n\s+", " ", entry.strip()).partition("  ")
            for name in shared:
                if re.search(rf"{name}\b(?!-)", names):
                    # What a default is may differ.
                    texts.setdefault(name, set()).add(text.partition(" [default")[0].strip())
    assert set(texts) == set(shared)
    assert {name: found for name, found in texts.items() if len(found) > 1} == {}
