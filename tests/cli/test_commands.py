"""The commands as a user runs them: what they take, make, print, and how they end."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

import manualgen as package
from tests.conftest import ROOT, manualgen, written

HOW_TO = (ROOT / "docs" / "how-to.md").read_text("utf-8")
COMMANDS = ["html", "man", "sample", "theme"]
BUILDS = {"html": "site", "man": "page.5"}
GOOD = {"a.b": {"description": "Fine.", "type": "string", "declarations": ["m/a.nix"]}}
WARNED = {"a.b": {**GOOD["a.b"], "description": "# Heading"}}
WRONG = {"a.b": {**GOOD["a.b"], "description": "One.\n\nSee {optoin}`c.d` and more."}}


def text(done) -> str:
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.stderr.decode()


def run(tmp_path, options, *arguments, command="html", **settings):
    source = written(tmp_path / "o.json", options)
    return manualgen(command, source, "-o", BUILDS[command], *arguments, cwd=tmp_path, **settings)


# ─── help and usage ───


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help(command, flag):
    done = manualgen(command, flag)
    assert done.returncode == 0
    assert done.stderr == b""
    shown = done.stdout.decode()
    assert f"{command} [OPTIONS]" in shown
    if command in BUILDS:
        flags = ("-o", "--strict", "--blame", "--hints", "-q", "--source", "--manpage-urls", "-j")
        for option in flags:
            assert option in shown


def test_help_of_the_program():
    for arguments in (["--help"], ["-h"]):
        done = manualgen(*arguments)
        assert done.returncode == 0
        for command in COMMANDS:
            assert re.search(rf"^  {command} ", done.stdout.decode(), re.MULTILINE)
    assert b"Exit status: 0" in done.stdout


def test_version():
    done = manualgen("--version")
    assert done.stdout.decode().rstrip().endswith(package.__version__)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bogus"],
        ["html"],
        ["html", "o.json"],
        ["html", "-o", "site"],
        ["html", "o.json", "-o", "site", "--bogus"],
        ["html", "o.json", "-o", "site", "-j", "0"],
        ["html", "o.json", "-o", "site", "-j", "many"],
        ["html", "o.json", "-o", "site", "--source", "=x=y"],
        ["html", "o.json", "-o", "site", "--theme", "nowhere\x1b[2J"],
        ["man", "o.json", "-o", "page", "--single-page"],
        ["sample"],
        ["theme", "a", "b"],
    ],
)
def test_wrong_usage(tmp_path, arguments):
    written(tmp_path / "o.json", GOOD)
    done = manualgen(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Usage: " in text(done)
    assert b"\x1b" not in done.stderr
    assert not (tmp_path / "site").exists()


# ─── how a build ends ───


@pytest.mark.parametrize("command", BUILDS)
@pytest.mark.parametrize(
    ("options", "arguments", "status"),
    [
        (GOOD, [], 0),
        (GOOD, ["--strict"], 0),
        (WARNED, [], 0),
        (WARNED, ["--strict"], 1),
        (WARNED, ["--strict", "--blame", "other"], 0),
        (WARNED, ["--strict", "--blame", "other", "--blame", "m"], 1),
        (WRONG, [], 1),
        (WRONG, ["--blame", "m/a.nix"], 1),
        (WRONG, ["--blame", "m/b.nix"], 0),
        (WRONG, ["-q"], 1),
        ({}, [], 0),
        ({"a": {}}, ["--strict"], 0),
    ],
)
def test_the_exit_status(tmp_path, command, options, arguments, status):
    done = run(tmp_path, options, *arguments, command=command)
    assert done.returncode == status, text(done)
    assert done.stdout == b""
    assert (tmp_path / BUILDS[command]).exists()


@pytest.mark.parametrize("command", BUILDS)
def test_the_shape_of_a_diagnostic(tmp_path, command):
    lines = text(run(tmp_path, WRONG, command=command)).split("\n")
    assert lines[:5] == [
        "error[unknown-role]: `{optoin}` is not a role",
        "  --> a.b (declared in m/a.nix), description line 3",
        "3 | See {optoin}`c.d` and more.",
        "  |     ^^^^^^^^^^^^^",
        "  help: write {option}`c.d`",
    ]
    assert lines[5] == ""
    assert lines[-2].endswith("; 1 error)")


def test_each_of_two_equal_roles_on_a_line_has_its_own_caret(tmp_path):
    options = {"a": {"description": "See {foo}`x`, {foo}`x` and\n  - deep {foo}`x`."}}
    shown = text(run(tmp_path, options))
    marks = [line.index("^") for line in shown.split("\n") if "^" in line]
    assert marks[:2] == [8, 18]
    third = shown.split("\n")
    at = [number for number, line in enumerate(third) if "^" in line][2]
    assert third[at - 1][marks[2] :].startswith("{foo}`x`")


def test_hints_are_printed_where_they_are_asked_for(tmp_path):
    assert "no-description" not in text(run(tmp_path, {"a": {}}))
    shown = text(run(tmp_path, {"a": {}}, "--hints", "--title", "T"))
    assert shown.startswith("hint[no-description]")
    assert "; 1 hint)" in shown


def test_a_hint_asks_for_a_title(tmp_path):
    assert "no-title" not in text(run(tmp_path, GOOD, "--hints", "--title", "T"))
    shown = text(run(tmp_path, GOOD, "--hints"))
    assert "hint[no-title]" in shown
    assert "--title" in shown


CLOSING = r"\(\d+\.\d s(; \d+ (error|warning|hint)s?(, \d+ (error|warning|hint)s?)*)?\)\n"


def test_the_closing_line(tmp_path):
    many = {f"a.x{number}": {"description": "D."} for number in range(1234)}
    shown = text(run(tmp_path, many))
    assert re.fullmatch(r"1,234 options → \d+ pages in site/ " + CLOSING, shown)
    shown = text(run(tmp_path, {**many, **WARNED}))
    assert re.search(r"\n1,235 options → \d+ pages in site/ \(\d+\.\d s; 1 warning\)\n\Z", shown)
    for options in (GOOD, {**many, **WARNED}):
        shown = text(run(tmp_path, options))
        made = int(re.search(r"([\d,]+) pages", shown)[1])
        assert made == len(list((tmp_path / "site").rglob("*.html")))
    assert re.match(r"1 option → ", text(run(tmp_path, GOOD)))
    shown = text(run(tmp_path, many, command="man"))
    assert re.fullmatch(r"1,234 options → page\.5[^\n]* " + CLOSING, shown)


@pytest.mark.parametrize("command", BUILDS)
def test_quietly_nothing_is_printed(tmp_path, command):
    done = run(tmp_path, GOOD, "-q", command=command)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


# ─── input ───


@pytest.mark.parametrize("command", BUILDS)
def test_standard_input(tmp_path, command):
    data = json.dumps(GOOD).encode()
    done = manualgen(command, "-", "-o", BUILDS[command], cwd=tmp_path, input=data)
    assert done.returncode == 0, text(done)
    done = manualgen(command, "-", "-o", "other", cwd=tmp_path, input=b"{")
    assert "standard input:1:2" in text(done)
    assert done.returncode == 1


def test_standard_input_that_is_closed(tmp_path):
    done = manualgen("html", "-", "-o", "site", cwd=tmp_path, preexec_fn=lambda: os.close(0))
    assert done.returncode == 1
    assert text(done).startswith("error[unreadable]")


def test_several_inputs_are_one_reference(tmp_path):
    written(tmp_path / "1.json", {"b": {"description": "See {option}`a`."}})
    written(tmp_path / "2.json", [{"name": "a", "description": "A."}])
    done = manualgen(
        "html", "1.json", "2.json", "-o", "site", "--title", "T", "--hints", cwd=tmp_path
    )
    assert done.returncode == 0
    assert text(done).startswith("2 options → ")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("none.json", None, "unreadable"),
        (".", None, "unreadable"),
        ("empty.json", b"", "not-json"),
        ("cut.json", b'{"a": {"type": "x"}, "b', "not-json"),
        ("number.json", b"3", "not-options"),
        ("x\x1b[2J\n.json", b"[", "not-json"),
        ("deep.json", b"[" * 100_000, "not-json"),
        ("binary.json", bytes(range(256)), "not-json"),
    ],
)
@pytest.mark.parametrize("command", BUILDS)
def test_what_cannot_be_read(tmp_path, name, data, code, command):
    assert run(tmp_path, GOOD, command=command).returncode == 0
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    if data is not None:
        written(tmp_path / name, data)
    done = manualgen(command, "o.json", name, "-o", BUILDS[command], cwd=tmp_path)
    assert done.returncode == 1
    shown = text(done)
    assert shown.startswith(f"error[{code}]: ")
    assert "  help: " in shown
    assert "\x1b" not in shown
    assert name.replace("\x1b", r"\x1b").replace("\n", r"\n") in shown
    # What was built before is still there, and nothing else.
    after = {path: path.stat().st_mtime_ns for path in before if path != tmp_path}
    assert after == {path: time for path, time in before.items() if path != tmp_path}


@pytest.mark.slow
def test_gigabytes_are_refused_soon(tmp_path):
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(8 * 1024**3)
    done = manualgen("html", "huge.json", "-o", "site", cwd=tmp_path, timeout=60)
    assert done.returncode == 1
    assert text(done).startswith("error[too-large]: the file is larger than 256 MiB\n")


# ─── output ───


def test_a_full_disk_leaves_the_old_manual(tmp_path):
    for command in BUILDS:
        assert run(tmp_path, GOOD, command=command).returncode == 0
    pages = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and p.name != "o.json"}
    larger = {f"a.x{number}": {"description": "Long. " * 400} for number in range(100)}

    def little_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    for command in BUILDS:
        done = run(tmp_path, larger, "-j", "1", command=command, preexec_fn=little_room)
        assert done.returncode == 1
        assert text(done).startswith("error[write-failed]: cannot write the output: ")
        assert {p: p.read_bytes() for p in pages} == pages
    found = {p for p in tmp_path.rglob("*") if p.is_file() and p.name != "o.json"}
    assert found == set(pages)


def test_an_output_that_is_something_else(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine").write_text("mine")
    written(tmp_path / "o.json", GOOD)
    for command, *arguments in [
        ("html", "-o", "file"),
        ("html", "-o", "file/below"),
        ("html", "-o", "o.json"),
        ("html", "--single-page", "-o", "folder"),
        ("man", "-o", "folder"),
        ("man", "-o", "file/below"),
        ("man", "-o", "/dev/full"),
    ]:
        done = manualgen(command, "o.json", *arguments, cwd=tmp_path)
        assert done.returncode == 1, arguments
        assert text(done).startswith("error[write-failed]: cannot write the output: ")
    assert (tmp_path / "file").read_text() == (tmp_path / "folder" / "mine").read_text() == "mine"
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["mine"]
    assert json.loads((tmp_path / "o.json").read_text()) == GOOD


def test_a_device_can_be_the_output(tmp_path):
    written(tmp_path / "o.json", GOOD)
    done = manualgen("man", "o.json", "-o", "/dev/stdout", cwd=tmp_path)
    assert done.returncode == 0
    assert b'.SH "OPTIONS"' in done.stdout
    assert Path("/dev/stdout").is_symlink()


def test_stale_pages_go_and_unchanged_ones_stay(tmp_path):
    both = {f"{top}.x{n}": {"description": "D."} for top in "ab" for n in range(160)}
    assert run(tmp_path, both).returncode == 0
    site = tmp_path / "site"
    (site / "options" / "mine.html").write_text("mine")
    assert (site / "options" / "b.html").exists()
    for path in site.rglob("*"):
        os.utime(path, ns=(5, 5))
    assert run(tmp_path, both).returncode == 0
    assert {path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()} == {5}
    assert run(tmp_path, {n: o for n, o in both.items() if n < "b"}).returncode == 0
    assert not (site / "options" / "b.html").exists()
    assert (site / "options" / "mine.html").read_text() == "mine"
    assert (site / "style.css").stat().st_mtime_ns == 5


def test_the_reader_of_the_output_may_go(tmp_path):
    done = subprocess.run(
        f"{sys.executable} -m manualgen sample {tmp_path}/s | true; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        check=False,
        timeout=30,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
    )
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr
    many = {f"a{n}": {"description": "{x}`y`", "type": str(n)} for n in range(3000)}
    source = written(tmp_path / "o.json", many)
    done = subprocess.run(
        f"{sys.executable} -m manualgen html {source} -o {tmp_path}/site 2>&1 | head -n 1",
        shell=True,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.startswith(b"error[unknown-role]")
    assert done.stderr == b""


def test_standard_error_may_be_closed(tmp_path):
    done = run(tmp_path, GOOD, preexec_fn=lambda: os.close(2))
    assert done.returncode == 0
    assert (tmp_path / "site" / "index.html").exists()


def test_text_of_the_command_line_that_is_none(tmp_path):
    done = run(tmp_path, GOOD, "--title", os.fsdecode(b"\xff"))
    assert (done.returncode, "--title: the text is not UTF-8" in text(done)) == (2, True)
    odd = "\x1b<b>"
    arguments = ["--title", odd, "--version", odd, "--revision", odd]
    assert run(tmp_path, GOOD, *arguments).returncode == 0
    assert b"&lt;b&gt;" in (tmp_path / "site" / "index.html").read_bytes()
    done = run(tmp_path, GOOD, "--name", odd, "--manual", odd, "--summary", odd, command="man")
    assert done.returncode == 0, text(done)
    assert b"\x1b" not in (tmp_path / "page.5").read_bytes()


# ─── options of the commands ───


def test_manpage_urls(tmp_path):
    options = {"a": {"description": "{manpage}`x(1)` {manpage}`y(2)` {manpage}`z(3)`"}}
    urls = {"x(1)": "https://e/x?a&b", "y(2)": "javascript:alert(1)"}
    written(tmp_path / "urls.json", urls)
    assert run(tmp_path, options, "--manpage-urls", "urls.json").returncode == 0
    page = HTMLParser((tmp_path / "site" / "index.html").read_bytes())
    found = {node.text(): node.attributes.get("href") for node in page.css(".manpage")}
    assert found == {"x(1)": "https://e/x?a&b", "y(2)": None, "z(3)": None}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (None, "unreadable"),
        (b"", "not-json"),
        (b"[]", "not-json"),
        (b'{"x(1)": 3}', "not-json"),
        (b"[" * 100_000, "not-json"),
        (b'{"x\xff": "y"}', "not-json"),
    ],
)
def test_manpage_urls_that_cannot_be_used(tmp_path, data, code):
    if data is not None:
        written(tmp_path / "urls.json", data)
    done = run(tmp_path, GOOD, "--manpage-urls", "urls.json")
    assert done.returncode == 1
    assert text(done).startswith(f"error[{code}]: ")
    assert "urls.json" in text(done)
    assert not (tmp_path / "site").exists()


def test_sources_and_revision(tmp_path):
    done = run(
        tmp_path,
        GOOD,
        "--source", "mine==https://e/{revision}/{path}", "--revision", "r1",
    )  # fmt: skip
    assert done.returncode == 0
    page = tmp_path / "site" / "index.html"
    link = HTMLParser(page.read_bytes()).css_first("a.declaration")
    assert link.attributes["href"] == "https://e/r1/m/a.nix"
    assert "mine/m/a.nix" in link.text()


@pytest.mark.parametrize(
    ("command", "expected"),
    [("sample", {"container.json", "grub.json"}), ("theme", {"page.html", "style.css"})],
)
def test_copying_our_folders(tmp_path, command, expected):
    done = manualgen(command, "new\x1b[1m/folder", cwd=tmp_path)
    assert done.returncode == 0, text(done)
    copied = (tmp_path / "new\x1b[1m" / "folder").rglob("*")
    names = {path.name for path in copied if path.is_file()}
    assert names >= expected
    assert b"\x1b" not in done.stdout
    assert {line.rpartition("/")[2] for line in done.stdout.decode().split("\n")[:-1]} == names
    (tmp_path / "file").write_text("mine")
    assert manualgen(command, "file", cwd=tmp_path).returncode == 2
    assert manualgen(command, "file/below", cwd=tmp_path).returncode == 1


def test_the_sample_has_no_problem_at_all(tmp_path, sample):
    for command, output in BUILDS.items():
        done = manualgen(command, *sample, "-o", tmp_path / output, "--strict")
        assert done.returncode == 0, text(done)
        assert text(done).count("\n") == 1


@pytest.mark.parametrize("content", ["{% if %}", "{{ not_there }}", "{% extends 'gone.html' %}"])
def test_a_broken_theme_is_a_message(tmp_path, sample, content):
    theme = tmp_path / "theme"
    theme.mkdir()
    (theme / "page.html").write_text(content)
    done = manualgen("html", *sample, "-o", tmp_path / "out", "--theme", theme, "-j1")
    assert done.returncode == 1
    assert done.stderr.startswith(b"error[bad-template]: ")
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "out" / "index.html").exists()


# ─── what is wrong is said where it helps ───


@pytest.mark.parametrize(
    ("arguments", "likely"),
    [
        (("htlm",), "html"),
        (("mark",), "markdown"),
        (("redirects", "chekc"), "check"),
        (("nrd", "optoins"), "options"),
        (("nrd", "options", "manpag"), "manpage"),
    ],
)
def test_an_unknown_command_gets_a_suggestion(arguments, likely):
    done = manualgen(*arguments)
    assert done.returncode == 2
    assert text(done).count(f"Did you mean '{likely}'?") == 1


def test_a_command_that_resembles_none_gets_no_suggestion():
    assert "Did you mean" not in text(manualgen("quux"))


def test_summaries_of_commands_are_whole():
    for arguments in ((), ("redirects",), ("nrd",), ("nrd", "options"), ("nrd", "manual")):
        shown = manualgen(*arguments, "--help").stdout.decode()
        assert "..." not in shown.partition("Commands:")[2]
        assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("name", ["no.json", "no.md", "no.toml", "no.nix"])
@pytest.mark.parametrize("command", ["html", "man", "markdown", "asciidoc", "epub", "pdf"])
def test_an_input_that_does_not_exist_is_the_first_thing_to_say(command, name, tmp_path):
    done = manualgen(command, name, cwd=tmp_path)
    assert done.returncode == 1
    assert text(done).startswith("error[unreadable]")
    assert name in text(done)


@pytest.mark.parametrize("command", ["man", "markdown", "asciidoc", "html", "epub", "pdf"])
def test_a_dash_is_standard_output(command, tmp_path):
    source = written(tmp_path / "o.json", GOOD)
    more = ("--single-page",) if command == "html" else ()
    done = manualgen(command, source, *more, "-o", "-", cwd=tmp_path)
    assert done.returncode == 0
    assert "→ standard output, " in text(done)
    # A man page is called after its file; standard output has no name.
    manualgen(command, source, *more, "-o", "options", cwd=tmp_path)
    assert (tmp_path / "options").read_bytes() == done.stdout
    assert not (tmp_path / "-").exists()


def test_a_dash_is_no_folder(tmp_path):
    done = manualgen("html", written(tmp_path / "o.json", GOOD), "-o", "-", cwd=tmp_path)
    assert done.returncode == 2
    assert "--single-page" in text(done)
    assert not (tmp_path / "-").exists()


def test_nrd_takes_a_dash_too(tmp_path):
    written(tmp_path / "o.json", GOOD)
    for form in ("manpage", "commonmark", "asciidoc"):
        done = manualgen("nrd", "options", form, "o.json", "-", "--revision", "x", cwd=tmp_path)
        assert done.returncode == 0
        assert b"a.b" in done.stdout
        assert done.stderr == b""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{{ nosuch.x }}", "'nosuch' is undefined"),
        ("{% if %}", "Expected an expression"),
        ("{{ 1 + none }}", "unsupported operand"),
        ('{% include "base" %}', "there is no template `base`"),
    ],
)
@pytest.mark.parametrize("template", ["page.html", "index.html"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_error_of_a_template_names_its_line(tmp_path, template, line, message, jobs):
    theme = tmp_path / "theme"
    theme.mkdir()
    (theme / template).write_text(f"<!DOCTYPE html>\n<html>\n{line}\n</html>\n")
    many = {f"a{number}.b": GOOD["a.b"] for number in range(200)}
    done = run(tmp_path, many, "--theme", "theme", "-j", jobs)
    assert done.returncode == 1
    said = text(done)
    assert "error[bad-template]: " in said
    assert message in said
    assert f"--> theme/{template}:3\n3 | {line}\n" in said
    assert not list(tmp_path.glob("site/*.html"))
    assert not list(tmp_path.glob("site/.manualgen-*"))


_PROGRAM = "import sys; from manualgen.cli.main import main; sys.argv[:] = ['manualgen']; main()"


def completed(**environment: str) -> str:
    """Return what the program prints for a shell that completes its command line."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    assert done.stderr == b""
    return done.stdout.decode()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion(shell):
    # The line that docs/how-to.md has for a shell's configuration.
    assert f"_MANUALGEN_COMPLETE={shell}_source manualgen" in HOW_TO
    assert "_MANUALGEN_COMPLETE" in completed(_MANUALGEN_COMPLETE=f"{shell}_source")


def test_shell_completion_knows_commands_and_options():
    for words, current, expected in (
        ("manualgen ma", "1", {"man", "markdown"}),
        ("manualgen man --chap", "2", {"--chapters"}),
        ("manualgen redirects ch", "2", {"check"}),
    ):
        shown = completed(_MANUALGEN_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=current)
        assert {line.partition(",")[2] for line in shown.splitlines()} == expected
