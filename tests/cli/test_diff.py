"""``manualgen diff`` as a user runs it."""

from __future__ import annotations

import json
import re

import pytest

from tests.conftest import ROOT, manualgen, program, written

OLD = {
    "a.gone": {"description": "Gone.", "type": "string"},
    "a.b": {"description": "Text.", "type": "string"},
}
NEW = {"a.b": {"description": "Other text.", "type": "string"}}


@pytest.fixture
def files(tmp_path):
    return written(tmp_path / "old.json", OLD), written(tmp_path / "new.json", NEW)


def test_text_on_standard_output(files):
    done = manualgen("diff", *files)
    assert done.returncode == 0
    assert done.stdout.decode() == (
        "2 changed options: 1 breaking, 1 documentation.\n\n"
        "Breaking (1)  Configurations that worked may fail.\n\n  a\n  - a.gone\n\n"
        "Documentation only (1)  Only what is said about the options has changed.\n\n"
        "  a\n  ~ a.b\n      Description       changed\n        [-Text-]{+Other text+}.\n"
    )
    assert re.fullmatch(
        rb"2 changed options: 1 breaking, 1 documentation \xe2\x86\x92 standard output \([\d.]+ s\)\n",
        done.stderr,
    )


def test_the_example_of_the_documentation(tmp_path):
    text = (ROOT / "docs" / "diff.md").read_text("utf-8")
    old, new = re.findall(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    ((command, expected),) = re.findall(
        r"^```console\n\$ manualgen (diff [^\n]*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL
    )
    written(tmp_path / "old.json", old.encode())
    written(tmp_path / "new.json", new.encode())
    done = manualgen(*command.split(), "-q", cwd=tmp_path)
    assert (done.stdout.decode(), done.stderr) == (expected, b"")


@pytest.mark.parametrize(
    ("arguments", "beginning"),
    [
        (["-o", "x.md"], "### 2 changed options"),
        (["-o", "x.json"], '{\n  "format": 1,'),
        (["-o", "x.html"], "<!DOCTYPE html>"),
        (["-o", "x.txt"], "2 changed options"),
        (["-o", "x", "--format", "html"], "<!DOCTYPE html>"),
        (["-o", "x", "--json"], '{\n  "format": 1,'),
    ],
)
def test_the_format_is_that_of_the_name_unless_it_is_named(files, tmp_path, arguments, beginning):
    done = manualgen("diff", *files, *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"")
    assert (tmp_path / arguments[1]).read_text("utf-8").startswith(beginning)


def test_the_status_tells_of_breaking_changes_if_asked(files):
    assert manualgen("diff", *files, "-q").returncode == 0
    assert manualgen("diff", *files, "-q", "--exit-code").returncode == 1
    assert manualgen("diff", *files[::-1], "-q", "--exit-code").returncode == 0


def test_quiet(files):
    assert manualgen("diff", *files, "-q").stderr == b""


def test_colour_only_where_it_is_wanted(files):
    assert b"\x1b[" not in manualgen("diff", *files).stdout
    coloured = manualgen("diff", *files, env={"FORCE_COLOR": "1", "TERM": "xterm"}).stdout
    assert b"\x1b[32mOther" in coloured
    assert b"{+" not in coloured
    both = {"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm"}
    assert b"\x1b[" not in manualgen("diff", *files, env=both).stdout


def test_one_side_from_standard_input(files):
    done = manualgen("diff", "-", files[1], "--json", "-q", input=json.dumps(OLD).encode())
    assert json.loads(done.stdout)["counts"]["breaking"] == 1
    done = manualgen("diff", "-", "-")
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--json", "--format", "html"], b"exclude each other"),
        (["--max-size", "5000"], b"--max-size is for Markdown"),
        (["--max-size", "5", "--format", "markdown"], b"x>=1000"),
        (["--preview-url", "javascript:x"], b"begins with https://"),
        (["--format", "xml"], b"'xml'"),
    ],
)
def test_wrong_usage(files, arguments, message):
    done = manualgen("diff", *files, *arguments)
    assert done.returncode == 2
    assert message in done.stderr


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", b"not-json"),
        (b"{", b"not-json"),
        (b"3", b"not-options"),
        (b"[1]", b"bad-option"),
        (b"\xff\xfe", b"not-json"),
    ],
)
def test_a_set_that_is_none(files, tmp_path, content, code):
    bad = written(tmp_path / "bad.json", content)
    for pair in ((files[0], bad), (bad, files[1])):
        done = manualgen("diff", *pair)
        assert done.returncode == 1
        assert b"error[" + code in done.stderr
        assert b"Traceback" not in done.stderr


def test_a_file_that_is_missing(files):
    done = manualgen("diff", files[0], "nowhere.json")
    assert done.returncode == 1
    assert b"error[unreadable]" in done.stderr


def test_a_manual_and_an_option_set(files):
    done = manualgen("diff", files[0], ROOT / "sample-options" / "manual.toml")
    assert done.returncode == 1
    assert b"error[not-comparable]" in done.stderr
    assert b"Traceback" not in done.stderr


def test_an_input_is_not_replaced(files):
    before = files[1].read_bytes()
    done = manualgen("diff", *files, "-o", files[1], "--format", "text")
    assert done.returncode == 1
    assert b"error[would-overwrite]" in done.stderr
    assert files[1].read_bytes() == before


def test_the_same_bytes_for_any_order_of_options(files, tmp_path):
    turned = written(tmp_path / "turned.json", dict(reversed(OLD.items())))
    for name in ("text", "markdown", "json", "html"):
        reports = [
            manualgen("diff", old.name, "new.json", "-q", "--format", name, cwd=tmp_path).stdout
            for old in (files[0], turned)
        ]
        assert reports[0] == reports[1].replace(b"turned.json", b"old.json")


@pytest.mark.slow
def test_modules(tmp_path, monkeypatch):
    program("nix-instantiate")
    lib = ROOT / "tests" / "evaluation" / "fixtures" / "lib"
    for name, kind in (("old", "str"), ("new", "bool")):
        (tmp_path / f"{name}.nix").write_text(
            "{ lib, ... }: { options.a.b = lib.mkOption "
            f'{{ type = lib.types.{kind}; description = "It."; }}; }}'
        )
    done = manualgen(
        "diff", "old.nix", "new.nix", "--lib", lib, "--json", "-q", cwd=tmp_path, timeout=120
    )
    assert done.returncode == 0, done.stderr
    (changed,) = json.loads(done.stdout)["options"]
    assert (changed["name"], changed["impact"]) == ("a.b", "breaking")
