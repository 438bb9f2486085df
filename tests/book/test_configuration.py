"""manual.toml, and the command line beside it."""

from __future__ import annotations

import json
import tomllib

import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser

from manualgen.book import configuration, settings
from manualgen.errors import Code, ManualError
from tests.manuals import OPTIONS, include, run, write

DECLARED = json.dumps(
    {
        "a.b": {
            "loc": ["a", "b"],
            "type": "boolean",
            "description": "Of [](#book).",
            "declarations": ["m/a.nix"],
        }
    }
)
BOOK = {"manual.md": "# The book {#book}\n\n## Sub\n\nText.\n", "o.json": OPTIONS}


def test_a_setting_of_each_kind(tmp_path):
    (tmp_path / "urls.json").write_text('{"x(1)": "https://x"}')
    write(tmp_path, BOOK)
    (tmp_path / "manual.toml").write_text(
        """
        source = "manual.md"
        title = "T"
        version = "1"
        revision = "v1"
        manpage-urls = "urls.json"
        chunk = "chapter"
        toc-depth = 1
        chapter-toc-depth = 0
        dangling = "warn"
        [[options]]
        source = "o.json"
        id-prefix = "our-"
        title = "Ours"
        name = "us"
        address = "https://us/{revision}/{path}"
        [[declarations]]
        name = "others"
        path = "/src"
        address = "https://others/{path}"
        [output]
        html = "site"
        """
    )
    run("html", tmp_path / "manual.toml")
    front = (tmp_path / "site/index.html").read_text()
    assert "<title>T 1</title>" in front
    assert "A. Ours" in front
    assert 'id="our-a.b"' in (tmp_path / "site/ch-ours.html").read_text()


def test_the_command_line_wins(tmp_path):
    write(tmp_path, BOOK)
    (tmp_path / "manual.toml").write_text('source = "manual.md"\ntitle = "T"\n')
    run("html", tmp_path / "manual.toml", "-o", tmp_path / "out", "--title", "Other")
    assert "<title>Other</title>" in (tmp_path / "out/index.html").read_text()


def test_options_alone_are_a_manual_too(tmp_path):
    write(tmp_path, BOOK)
    (tmp_path / "manual.toml").write_text('title = "T"\n[[options]]\nsource = "o.json"\n')
    run("html", tmp_path / "manual.toml", "-o", tmp_path / "out")
    assert 'id="opt-a.b"' in (tmp_path / "out/ch-o.html").read_text()
    run(
        "html", tmp_path / "manual.md", "--options", f"x-={tmp_path}/o.json=X", "-o", tmp_path / "p"
    )
    assert 'id="x-a.b"' in (tmp_path / "p/ch-x.html").read_text()


def test_the_command_line_says_all_of_an_option_set(tmp_path):
    write(tmp_path, {**BOOK, "o.json": DECLARED})
    (tmp_path / "manual.toml").write_text(
        'source = "manual.md"\n[[options]]\nsource = "o.json"\ntitle = "T"\n'
    )
    said = f"x-={tmp_path}/o.json=X=us=https://us/{{revision}}/{{path}}?a=b"
    run("html", tmp_path / "manual.toml", "--options", said, "-o", tmp_path / "p")
    text = (tmp_path / "p/ch-x.html").read_text()
    # It stands for what manual.toml says of the same file.
    assert 'id="x-a.b"' in text
    assert "opt-a.b" not in text
    assert '<a class="declaration" href="https://us/master/m/a.nix?a=b">us/m/a.nix</a>' in text
    for wrong in ("x-", "=f", "x-=f=T=us", "x-=f=T==https://us"):
        run("html", tmp_path / "manual.toml", "--options", wrong, "-o", tmp_path / "p", status=2)


def test_a_man_page_of_all_option_sets(tmp_path):
    other = {
        "z": {
            "loc": ["z"],
            "type": "string",
            "description": "See {option}`a.b`, [](#x-a.b) and [](#ch).",
            "declarations": ["m/z.nix"],
        }
    }
    write(
        tmp_path,
        {
            "manual.md": "# B {#book}\n\n## S\n\n```{=include=} chapters\nc.md\n```\n",
            "c.md": "# A *chapter* {#ch}\n\n```{=include=} options\nid-prefix: x-\n"
            "list-id: l\nsource: o.json\n```\n",
            "o.json": DECLARED,
            "z.json": json.dumps(other),
            "header.roff": ".TH own 1\n",
        },
    )
    (tmp_path / "manual.toml").write_text(
        """
        source = "manual.md"
        [[options]]
        source = "o.json"
        name = "us"
        [[options]]
        source = "z.json"
        [manpage]
        name = "own.nix"
        system = "Own"
        summary = "what it is"
        [output]
        manpage = "own.nix.5"
        """
    )
    run("man", tmp_path / "manual.toml", "--strict", "--summary", "what it says")
    text = (tmp_path / "own.nix.5").read_text()
    assert '.TH "OWN.NIX" "5" "1980-01-01" "Own" "B"' in text
    assert "what it says" in text
    assert "a.b" in text
    assert "us/m/a.nix" in text
    assert "nixpkgs/m/z.nix" in text
    assert "chapter" in text
    run("man", tmp_path / "manual.toml", "-o", tmp_path / "p", "--header", tmp_path / "header.roff")
    assert (tmp_path / "p").read_text().startswith(".TH own 1\n")
    run("man", tmp_path / "manual.toml", tmp_path / "o.json", "-o", tmp_path / "p", status=2)
    (tmp_path / "manual.toml").write_text('source = "manual.md"\n')
    run("man", tmp_path / "manual.toml", status=2)


def test_both_outputs_are_made(tmp_path):
    write(tmp_path, BOOK)
    (tmp_path / "manual.toml").write_text(
        'source = "manual.md"\n[output]\nhtml = "site"\nsingle-page = "any-name.html"\n'
    )
    run("html", tmp_path / "manual.toml")
    assert (tmp_path / "site/index.html").is_file()
    assert "<style>" in (tmp_path / "any-name.html").read_text()
    (tmp_path / "any-name.html").unlink()
    run("html", tmp_path / "manual.toml", "--single-page")
    assert (tmp_path / "any-name.html").is_file()


@pytest.mark.parametrize("command", ["html", "man"])
def test_an_empty_name_is_no_output(tmp_path, command, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "o.json").write_text("{}")
    assert "the name is empty" in run(command, tmp_path / "o.json", "-o", "", status=2).output
    assert [path.name for path in tmp_path.iterdir()] == ["o.json"]


def test_a_file_leads_nowhere_but_into_itself(tmp_path):
    write(
        tmp_path,
        {
            "manual.md": "# B {#book}\n\n## S\n\n" + include("chapters", "c.md", "d.md"),
            "c.md": "# C {#ch-c}\n\n## One {#one}\n\n## Two {#two}\n\n"
            "::: {.example #ex}\n# E\n\nx\n:::\n\nSee [](#ch-d).\n",
            "d.md": "# D {#ch-d}\n",
        },
    )
    run("html", tmp_path / "manual.md", "--single-page", "-o", tmp_path / "any.html")
    page = LexborHTMLParser((tmp_path / "any.html").read_text())
    ids = {node.attributes["id"] for node in page.css("[id]")}
    links = [node.attributes["href"] or "" for node in page.css("[href]")]
    assert len(links) > 8
    assert [link for link in links if link[:1] != "#" or link[1:] not in ids] == []


def test_the_command_line_keeps_what_it_does_not_say(tmp_path):
    write(tmp_path, {**BOOK, "o.json": DECLARED})
    (tmp_path / "manual.toml").write_text(
        'source = "manual.md"\n[[options]]\nsource = "o.json"\nname = "us"\n'
        'address = "https://us/{path}"\n'
    )
    said = f"x-={tmp_path}/o.json"
    run("html", tmp_path / "manual.toml", "--options", said, "-o", tmp_path / "p")
    text = (tmp_path / "p/ch-o.html").read_text()
    assert 'id="x-a.b"' in text
    assert '<a class="declaration" href="https://us/m/a.nix">' in text


def test_no_man_page_is_made_of_a_manual_that_lacks_something(tmp_path):
    sets = '[[options]]\nsource = "o.json"\n[[options]]\nsource = "p.json"\n'
    write(tmp_path, {**BOOK, "o.json": DECLARED, "p.json": DECLARED, "manual.toml": sets})
    said = run("man", tmp_path / "manual.toml", "-o", tmp_path / "x.5", status=1).output
    assert "duplicate-id" in said
    assert not (tmp_path / "x.5").exists()
    # With identifiers of their own, both are in the page.
    (tmp_path / "manual.toml").write_text(sets + 'id-prefix = "y-"\n')
    run("man", tmp_path / "manual.toml", "-o", tmp_path / "x.5", "--strict")
    assert (tmp_path / "x.5").read_text().count("\n.B a.b\n") == 2
    (tmp_path / "p.json").unlink()
    run("man", tmp_path / "manual.toml", "-o", tmp_path / "y.5", status=1)


def test_one_file_holds_all(tmp_path):
    write(tmp_path, BOOK)
    run("html", tmp_path / "manual.md", "-o", tmp_path / "one.html", "--single-page")
    text = (tmp_path / "one.html").read_text()
    assert "<style>" in text
    assert "stylesheet" not in text
    assert "<p>Text.</p>" in text


WRONG = {
    "unknown key": ('sorce = "x"', 1, "unknown setting `sorce`", "write `source`"),
    "unknown key of a table": (
        '[[options]]\nsource = "x"\nid-prefx = "y"',
        3,
        "unknown setting `id-prefx` of [options]",
        "write `id-prefix`",
    ),
    "capitals": ("TOC_Depth = 1", 1, "unknown setting `TOC_Depth`", "write `toc-depth`"),
    "too deep": ("toc-depth = 7", 1, "`toc-depth`: expected `int` <= 6", "manualgen init"),
    "nothing like it": (
        "zzz = 1",
        1,
        "unknown setting `zzz`",
        "the settings are chapter-toc-depth",
    ),
    "wrong type": ('toc-depth = "2"', 1, "`toc-depth`: expected `int`", "manualgen init"),
    "wrong value": ('chunk = "all"', 1, "`chunk`: invalid enum value 'all'", "manualgen init"),
    "no TOML": ("a b", 1, "the file is not TOML", "manualgen init"),
    "folder": ('folder = "x"', 1, "unknown setting `folder`", ""),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_in_it(name, tmp_path):
    text, line, message, help_text = WRONG[name]
    path = tmp_path / "manual.toml"
    path.write_text(text)
    with pytest.raises(ManualError) as raised:
        configuration.read(path)
    found = raised.value.diagnostic
    assert found.code is Code.BAD_SETTING
    assert (found.line, found.file) == (line, str(path))
    assert message in found.message
    assert help_text in found.help


def test_what_init_writes_builds(tmp_path):
    run("init", tmp_path)
    run("html", tmp_path / "manual.toml", "--strict")
    assert (tmp_path / "site/index.html").is_file()
    run("init", tmp_path, status=1)
    run("init", tmp_path, "--force")


def test_every_setting_is_in_what_init_writes():
    lines = [
        line.removeprefix("# ")
        for line in settings.template().split("\n")
        if " = " in line or line.removeprefix("# ").startswith("[")
    ]
    found = tomllib.loads("\n".join(lines))
    assert set(found) == _settings(configuration.Configuration) - {"folder"}
    assert set(found["options"][0]) == _settings(configuration.OptionsTable)
    assert set(found["declarations"][0]) == _settings(configuration.TreeTable)
    assert set(found["manpage"]) == _settings(configuration.ManpageTable)
    assert set(found["output"]) == _settings(configuration.OutputTable)


def _settings(kind):
    return {field.encode_name for field in msgspec.structs.fields(kind)}


def test_a_manual_of_nothing_is_none(tmp_path):
    (tmp_path / "manual.toml").write_text('title = "T"\n')
    result = run("html", tmp_path / "manual.toml", "-o", tmp_path / "out", status=1)
    assert isinstance(result.exception, ManualError)
    assert 'source = "manual.md"' in result.exception.diagnostic.help


def test_options_json_still_needs_an_output(tmp_path):
    (tmp_path / "o.json").write_text(json.dumps({}))
    run("html", tmp_path / "o.json", status=2)
    write(tmp_path, BOOK)
    run("html", tmp_path / "manual.md", status=2)
    run("html", tmp_path / "manual.md", tmp_path / "o.json", "-o", tmp_path / "x", status=2)
