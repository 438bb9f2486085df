"""The command lines of nixos-render-docs."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from manualgen.markup.reader import Reader
from manualgen.markup.structure import outline
from manualgen.options.model import Markup, Text, identifier
from manualgen.options.reading import read
from tests.conftest import ROOT, program, shared

SAMPLE = str(ROOT / "sample-options/grub.json")
READER = Reader(Markup.MARKDOWN)
"""Reads Markdown as every command does, hidden lists included."""
AS_NIXOS_RENDER_DOCS = "from manualgen.cli.nrd import main; main()"


def run(*arguments, folder=None, status=0):
    done = subprocess.run(
        [sys.executable, "-m", "manualgen", "nrd", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def urls(tmp_path):
    path = tmp_path / "manpage-urls.json"
    path.write_text(json.dumps({"grub-install(8)": "https://man.example/grub-install"}))
    return path


def options(path, records):
    path.write_text(json.dumps(records))
    return path


# ─── the command lines as they are ───


def test_a_man_page(tmp_path):
    out = tmp_path / "configuration.nix.5"
    assert run("-j", 2, "options", "manpage", "--revision", "24.05", SAMPLE, out) == ""
    assert out.read_text().startswith((".TH", "'\\\"", '.\\"'))


def test_a_man_page_with_a_header_and_a_footer_of_its_own(tmp_path):
    header, footer = tmp_path / "h", tmp_path / "f"
    header.write_text(".TH MINE 5")
    footer.write_text(".SH END")
    out = tmp_path / "out.5"
    run(
        "options", "manpage", "--revision", "r", "--header", header, "--footer", footer, SAMPLE, out
    )
    text = out.read_text()
    # man(1) is told first that there is a table.
    assert text.removeprefix("'\\\" t\n").startswith(".TH MINE 5\n")
    assert text.endswith(".SH END\n")


def test_commonmark_in_the_older_form(tmp_path, urls):
    out = tmp_path / "options.md"
    said = run(
        *("-j", "2", "options", "commonmark", "--manpage-urls", urls, "--revision", "24.05"),
        *("--anchor-style", "legacy", "--anchor-prefix", "opt-", SAMPLE, out),
    )
    assert said == ""
    text = out.read_text()
    assert "## boot.loader.grub.enable {#opt-boot.loader.grub.enable}\n" in text
    assert "[`grub-install(8)`](https://man.example/grub-install)" in text
    assert "(#opt-boot.loader.grub.device)" in text
    assert "/blob/24.05/" in text


@pytest.mark.parametrize(
    ("style", "expected"),
    [("plain", "**Note:** x"), ("gfm", "> [!NOTE]\n> x"), ("pandoc", "::: {.note}\nx\n:::")],
)
def test_commonmark_in_the_newer_form(tmp_path, urls, style, expected):
    record = {"loc": ["a"], "description": "::: {.note}\nx\n:::"}
    file = options(tmp_path / "options.json", {"a": record})
    out = tmp_path / "options.md"
    run(
        *("options", "commonmark", "--manpage-urls", urls, "--revision", "local"),
        *("--admonition-style", style, file, out),
    )
    assert out.read_text() == f"## a\n\n{expected}\n"


def test_asciidoc(tmp_path, urls):
    out = tmp_path / "options.adoc"
    run("options", "asciidoc", "--manpage-urls", urls, "--revision", "r", SAMPLE, out)
    done = subprocess.run(
        [program("asciidoctor"), "-v", "-o", tmp_path / "a.html", out],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout + done.stderr == ""
    assert 'id="opt-boot.loader.grub.enable"' in (tmp_path / "a.html").read_text()


def test_it_is_a_program_of_its_own_too(tmp_path):
    out = tmp_path / "options.md"
    done = subprocess.run(
        [sys.executable, "-c", AS_NIXOS_RENDER_DOCS, "options", "commonmark", SAMPLE, out],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert out.exists()
    assert (
        'nixos-render-docs = "manualgen.__main__:nixos_render_docs"'
        in (ROOT / "pyproject.toml").read_text()
    )


@pytest.mark.parametrize("jobs", ["0", "1", "2", "512"])
def test_any_number_of_jobs_is_taken(tmp_path, jobs):
    run("-j", jobs, "options", "commonmark", SAMPLE, tmp_path / "o.md")
    run(f"-j{jobs}", "options", "commonmark", SAMPLE, tmp_path / "p.md")
    run(f"--jobs={jobs}", "options", "commonmark", SAMPLE, tmp_path / "q.md")
    assert len({(tmp_path / name).read_bytes() for name in ("o.md", "p.md", "q.md")}) == 1


# ─── identifiers ───


def test_anchors_are_those_of_today(tmp_path):
    names = {
        "a": ["a"],
        "users.users.<name>.uid": ["users", "users", "<name>", "uid"],
        'a."b.c".d': ["a", "b.c", "d"],
        "x.*.y": ["x", "*", "y"],
    }
    file = options(tmp_path / "o.json", {name: {"loc": loc} for name, loc in names.items()})
    out = tmp_path / "o.md"
    run(
        *("options", "commonmark", "--anchor-style", "legacy", "--anchor-prefix", "p-"),
        *(file, out),
    )
    found = re.findall(r"\{#(.*)\}$", out.read_text(), re.MULTILINE)
    assert sorted(found) == sorted(identifier(".".join(loc), "p-") for loc in names.values())


# ─── bad input, bad usage ───


def test_a_missing_file_is_a_message(tmp_path):
    assert "unreadable" in run("options", "commonmark", tmp_path / "none", tmp_path / "o", status=1)


def test_an_error_in_one_option_fails_the_build_and_loses_nothing(tmp_path):
    records = {"a": {"loc": ["a"], "description": "{nope}`x`"}, "b": {"loc": ["b"]}}
    file = options(tmp_path / "o.json", records)
    for kind in ("commonmark", "asciidoc", "manpage"):
        said = run("options", kind, file, tmp_path / kind, status=1)
        assert "unknown-role" in said
        assert "b" in (tmp_path / kind).read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ["options", "commonmark", SAMPLE],
        ["options", "html", SAMPLE, "o"],
        ["options", "commonmark", "--anchor-style", "new", SAMPLE, "o"],
        ["-j", "x", "options", "asciidoc", SAMPLE, "o"],
    ],
)
def test_wrong_usage_ends_with_two(arguments, tmp_path):
    run(*arguments, status=2, folder=tmp_path)


def test_an_empty_set_is_an_empty_document(tmp_path):
    file = options(tmp_path / "o.json", {})
    run("options", "commonmark", file, tmp_path / "o.md")
    assert (tmp_path / "o.md").read_bytes() == b""


# ─── whole manuals ───


MANUAL = """# The manual {#book}

## Version 1

```{=include=} chapters html:into-file=//more.html
chapter.md
```
"""


def test_a_manual_in_the_older_form_says_what_has_no_effect(tmp_path):
    (tmp_path / "m.md").write_text(MANUAL)
    (tmp_path / "chapter.md").write_text("# A chapter {#ch-a}\n\nSee {manpage}`a(1)`.\n")
    (tmp_path / "u.json").write_text('{"a(1)": "https://example.org/a"}')
    said = run(
        *("manual", "html", "--manpage-urls", tmp_path / "u.json", "--revision", "r"),
        *("--generator", "another <program>"),
        *("--stylesheet", "a.css", "--stylesheet", "b.css", "--script", "s.js"),
        *("--toc-depth", 1, "--chunk-toc-depth", 1, "--section-toc-depth", 1),
        *("--media-dir", "media", tmp_path / "m.md", tmp_path / "out" / "first.html"),
    )
    for option in ("--stylesheet", "--script"):
        assert f"note: {option} is accepted and has no effect" in said
    assert "--media-dir" not in said
    first = (tmp_path / "out" / "first.html").read_text()
    assert '<meta name="generator" content="another &lt;program&gt;">' in first
    assert 'href="more.html"' in first
    more = (tmp_path / "out" / "more.html").read_text()
    assert 'href="first.html"' in more
    assert 'href="https://example.org/a"' in more
    assert not (tmp_path / "out" / "index.html").exists()


def test_a_manual_in_the_newer_form(tmp_path):
    (tmp_path / "m.md").write_text(MANUAL)
    (tmp_path / "chapter.md").write_text("# A chapter {#ch-a}\n")
    (tmp_path / "head.html").write_text("<b>x</b>")
    said = run(
        *("manual", "html", "--sidebar-depth", 3, "--no-navheader"),
        *("--header", tmp_path / "head.html"),
        *(tmp_path / "m.md", tmp_path / "out" / "index.xhtml"),
    )
    assert "note: --header is accepted" in said
    assert "note: --no-navheader is accepted" in said
    # An old link to the page leads to where HTML is HTML for every browser.
    assert "index.html" in (tmp_path / "out" / "index.xhtml").read_text()
    assert "A chapter" in (tmp_path / "out" / "index.html").read_text()


def test_a_broken_manual_leaves_the_old_one(tmp_path):
    (tmp_path / "m.md").write_text(MANUAL)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").write_text("old")
    said = run("manual", "html", tmp_path / "m.md", tmp_path / "out" / "index.html", status=1)
    assert "chapter.md" in said
    assert (tmp_path / "out" / "index.html").read_text() == "old"


# ─── real sets ───


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["commonmark", "asciidoc", "manpage"])
def test_the_bytes_depend_on_nothing_but_the_options(tmp_path, kind):
    records = json.loads(shared("data/options/home-manager.json").read_bytes())
    names = sorted(records)
    there = options(tmp_path / "there.json", {name: records[name] for name in names})
    back = options(tmp_path / "back.json", {name: records[name] for name in reversed(names)})
    found = set()
    for file, jobs in ((there, 1), (back, 2), (back, 3)):
        out = tmp_path / "out"
        run("-j", jobs, "options", kind, file, out)
        found.add(out.read_bytes())
    assert len(found) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["home-manager", "nixvim"])
def test_descriptions_read_again_from_the_document_are_the_same(tmp_path, name):
    """The whole way: out of the written file, not out of the writer."""
    path = shared(f"data/options/{name}.json")
    out = tmp_path / "o.md"
    run("options", "commonmark", "--revision", "r", path, out)
    sections = {}
    for section in re.split(r"^## (?=\S)", out.read_text(), flags=re.MULTILINE)[1:]:
        title, _, body = section.partition("\n")
        body = re.split(r"^\*(?:Type|Default|Declared by):\*$", body, flags=re.MULTILINE)[0]
        sections[re.sub(r"\\(.)", r"\1", title)] = body
    options = [
        option
        for option in read(str(path)).options
        if option.description is not None and option.description.markup is not Markup.DOCBOOK
    ]
    assert len(sections) >= len(options)
    differing = []
    for option in options:
        before = outline(Reader().parse(option.description).blocks)
        after = outline(READER.parse(Text(sections[option.name])).blocks)
        # What leads nowhere in a text alone shows its name in a set that knows it.
        if before != after and "[](#" not in option.description.text:
            differing.append((option.name, before, after))
    assert differing == []


@pytest.mark.slow
def test_a_real_set_is_asciidoc_without_a_warning(tmp_path):
    out = tmp_path / "o.adoc"
    run("options", "asciidoc", shared("data/options/home-manager.json"), out)
    done = subprocess.run(
        [program("asciidoctor"), "-v", "-o", tmp_path / "o.html", out],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout + done.stderr == ""


def test_options_can_be_shortened(tmp_path):
    run("options", "commonmark", "--anchor-s=legacy", "--rev", "r1", SAMPLE, tmp_path / "o.md")
    run(
        *("options", "commonmark", "--anchor-style", "legacy", "--revision", "r1"),
        *(SAMPLE, tmp_path / "p.md"),
    )
    assert (tmp_path / "o.md").read_bytes() == (tmp_path / "p.md").read_bytes()
    assert "{#" in (tmp_path / "o.md").read_text()
    # One that could be several is none.
    run("options", "commonmark", "--an", "legacy", SAMPLE, tmp_path / "q.md", status=2)


def test_redirects_are_not_looked_for(tmp_path):
    (tmp_path / "m.md").write_text("# B {#book}\n\n## S\n")
    (tmp_path / "redirects.json").write_text("{}")
    run("manual", "html", tmp_path / "m.md", tmp_path / "out" / "index.html")
    table = ("--redirects", tmp_path / "redirects.json")
    said = run(
        *("manual", "html", *table, tmp_path / "m.md", tmp_path / "out" / "first.html"), status=1
    )
    # The pages are those that the sources name, and the commands are told so.
    command = f"manualgen redirects add {tmp_path}/m.md --root / --chunk file --redirects"
    assert command in said
    assert "--front first.html book" in said
