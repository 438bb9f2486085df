"""No command replaces a file that it reads, by whatever name or link."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests import manuals
from tests.conftest import ROOT, manualgen, program

OPTIONS = {"a.b": {"loc": ["a", "b"], "type": "string", "description": "See {manpage}`x(1)`."}}

FILES = {
    "o.json": json.dumps(OPTIONS),
    "p.json": json.dumps(OPTIONS),
    "urls.json": '{"x(1)": "https://example.org"}',
    "moved.json": '{"book": ["index.html#book"], "ch": ["index.html#ch"]}',
    "head.roff": '.\\" head\n',
    "manual.md": "# M {#book}\n## V\n\n" + manuals.include("chapters", "ch.md"),
    "ch.md": "# C {#ch}\n\n![x](x.png)\n",
    "x.png": manuals.picture(),
    "manual.toml": 'source = "manual.md"\nmanpage-urls = "urls.json"\ntheme = "theme"\n'
    '[[options]]\nsource = "o.json"\ntitle = "O"\n[manpage]\nheader = "head.roff"\n',
    "theme/style.css": "body {}\n",
    "m.nix": "{ lib, ... }: { imports = [ ./other.nix ]; options.a = lib.mkOption { }; }\n",
    "other.nix": "{ }\n",
    "list.nix": "[ ./m.nix ]\n",
    "arg.nix": "3\n",
}

LIB = ("--lib", ROOT / "tests" / "evaluation" / "fixtures" / "lib")

CASES = [
    ("man o.json", "o.json"),
    ("man o.json p.json", "p.json"),
    ("man o.json --manpage-urls urls.json", "urls.json"),
    ("man o.json --header head.roff", "head.roff"),
    ("markdown o.json", "o.json"),
    ("asciidoc o.json", "o.json"),
    ("epub o.json", "o.json"),
    ("pdf manual.toml", "ch.md"),
    ("html --single-page o.json", "o.json"),
    ("html --single-page o.json --theme theme", "theme/style.css"),
    *(
        ("html --single-page manual.toml", name)
        for name in ("manual.toml", "manual.md", "ch.md", "x.png", "o.json", "urls.json")
    ),
    ("html --single-page manual.toml", "theme/style.css"),
    ("html --single-page manual.md", "manual.md"),
    ("html --single-page manual.md --redirects moved.json", "moved.json"),
    ("markdown manual.toml", "ch.md"),
    ("asciidoc manual.toml", "manual.toml"),
    ("man manual.toml", "head.roff"),
    ("nrd options manpage --header head.roff o.json", "o.json"),
    ("nrd options manpage --header head.roff o.json", "head.roff"),
    ("nrd options commonmark --manpage-urls urls.json o.json", "o.json"),
    ("nrd options commonmark --manpage-urls urls.json o.json", "urls.json"),
    ("nrd options asciidoc o.json", "o.json"),
    ("nrd manual html manual.md", "manual.md"),
]

NIX_CASES = [
    ("extract m.nix", "m.nix"),
    ("extract m.nix", "other.nix"),
    ("extract --modules list.nix", "list.nix"),
    ("extract m.nix --arg x=arg.nix", "arg.nix"),
    ("man m.nix", "m.nix"),
    ("markdown m.nix o.json", "o.json"),
]


PROGRAM = (sys.executable, "-m", "manualgen")


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def run(folder, command: str, output: str, **settings):
    words = command.split()
    if ".nix" in command:
        words += LIB
    words += [output] if words[0] == "nrd" else ["-o", output]
    return manualgen(*words, cwd=folder, **settings)


def check_refused(folder, command: str, output: str, **settings) -> None:
    before = contents(folder)
    done = run(folder, command, output, **settings)
    assert done.returncode == 1, done.stderr
    assert b"error[would-overwrite]: the output would replace " in done.stderr
    assert b"  help: name another " in done.stderr
    assert done.stderr.count(b"error[") == 1
    assert contents(folder) == before
    assert not list(folder.rglob(".manualgen-*"))


@pytest.fixture
def folder(tmp_path):
    manuals.write(tmp_path, FILES)
    return tmp_path


@pytest.mark.parametrize(("command", "output"), CASES)
def test_an_input_is_not_replaced(folder, command, output):
    check_refused(folder, command, output)


@pytest.mark.parametrize(("command", "output"), NIX_CASES)
def test_a_module_is_not_replaced(folder, command, output):
    program("nix-instantiate")
    check_refused(folder, command, output)


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_an_input_is_known_by_its_other_names(folder, link):
    link(folder / "o.json", folder / "other")
    check_refused(folder, "man o.json", "other")
    check_refused(folder, "man other", "o.json")
    (folder / "sub").mkdir()
    check_refused(folder, "markdown o.json", "sub/../o.json")
    (folder / "here").symlink_to(".")
    check_refused(folder, "markdown o.json", "here/o.json")


def test_standard_input_and_output_are_known_too(folder):
    with (folder / "o.json").open("rb") as file:
        check_refused(folder, "man -", "o.json", stdin=file)
    before = contents(folder)
    with (folder / "o.json").open("ab") as file:
        done = subprocess.run(
            [sys.executable, "-m", "manualgen", "man", "o.json", "-o", "-"],
            cwd=folder,
            stdout=file,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
    assert done.returncode == 1
    assert b"error[would-overwrite]" in done.stderr
    assert contents(folder) == before


def test_outputs_of_a_configuration_are_checked(folder):
    with (folder / "manual.toml").open("a") as file:
        file.write('[output]\nmanpage = "manual.toml"\nmarkdown = "ch.md"\nhtml = "theme"\n')
    for command in ("man", "markdown", "html"):
        before = contents(folder)
        done = manualgen(command, "manual.toml", cwd=folder)
        assert done.returncode == 1
        assert b"error[would-overwrite]" in done.stderr
        assert contents(folder) == before


def test_a_site_may_be_built_into_the_folder_of_its_sources(folder):
    done = run(folder, "html manual.md", ".")
    assert done.returncode == 0, done.stderr
    assert (folder / "index.html").is_file()
    found = contents(folder)
    assert {name: found[name] for name in FILES} == {
        name: text if isinstance(text, bytes) else text.encode() for name, text in FILES.items()
    }


def test_a_folder_with_pages_of_others_is_left_as_it_is(folder):
    for name in ("index.html", "style.css"):
        site = folder / f"site-{name}"
        site.mkdir()
        (site / name).write_text("theirs")
        check_refused(folder, "html o.json", site.name)


def test_the_drop_in_replaces_a_style_sheet_that_it_is_told_of(folder):
    """NixOS copies its own style sheet into the folder before it calls nixos-render-docs."""
    (folder / "out").mkdir()
    (folder / "out" / "style.css").write_text("theirs")
    check_refused(folder, "nrd manual html manual.md", "out/index.html")
    command = "nrd manual html --stylesheet style.css --script ./highlight.js manual.md"
    done = run(folder, command, "out/index.html")
    assert done.returncode == 0, done.stderr
    assert (folder / "out" / "style.css").read_text() != "theirs"


def test_the_same_bytes_again_are_no_change(folder):
    run(folder, "man o.json", "page")
    os.utime(folder / "page", (5, 5))
    assert run(folder, "man o.json", "page").returncode == 0
    assert (folder / "page").stat().st_mtime == 5


# ─── streams and devices ───


@pytest.mark.parametrize("output", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("target", ["/dev/full", "closed"])
def test_an_output_that_takes_nothing_is_a_message(folder, output, target):
    redirection = ">&-" if target == "closed" else f">{target}"
    done = subprocess.run(
        ["bash", "-c", f'"$@" {redirection}', "bash", *PROGRAM, "man", "o.json", "-o", output],
        cwd=folder,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    if target == "closed" and output != "-":
        assert done.returncode in {0, 1}  # What is closed is /dev/null then.
    else:
        assert done.returncode == 1
        assert b"error[write-failed]: cannot write the output: " in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["html", "--help"]])
def test_a_help_text_that_nobody_takes_is_a_message(arguments):
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-m", "manualgen", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(b"error[system-failure]: ")
    assert b"Traceback" not in done.stderr


def test_a_redirected_output_is_written_where_it_is(folder):
    with (folder / "log").open("wb") as file:
        file.write(b"before\n")
        file.flush()
        done = subprocess.run(
            [sys.executable, "-m", "manualgen", "man", "o.json", "-o", "/dev/stdout", "-q"],
            cwd=folder,
            stdout=file,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=True,
        )
        file.seek(0, os.SEEK_END)
        file.write(b"after\n")
    assert done.stderr == b""
    text = (folder / "log").read_bytes()
    assert text.startswith(b"before\n.")
    assert text.endswith(b"after\n")


@pytest.mark.parametrize("command", ["man", "markdown", "html", "html --single-page", "extract"])
def test_a_name_that_is_too_long_is_a_message(folder, command):
    if command == "extract":
        program("nix-instantiate")
    source = "m.nix" if command == "extract" else "o.json"
    for output in ("x" * 256, "x" * 256 + "/y", "x/" * 3000):
        done = run(folder, f"{command} {source}", output)
        assert done.returncode == 1
        assert b"error[write-failed]: cannot write the output: File name too long" in done.stderr
        assert b"Traceback" not in done.stderr
    assert run(folder, f"{command} {source}", "x" * 255).returncode == 0
