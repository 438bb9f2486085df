"""What is printed: the shape of a diagnostic, colours, the closing line."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manualgen.cli import reporting
from manualgen.errors import Code, Diagnostic, Severity
from tests.conftest import ROOT, manualgen, written

ROLE = Diagnostic(
    code=Code.UNKNOWN_ROLE,
    message="`{optoin}` is not a role",
    option="services.foo.bar",
    declarations=("nixos/modules/foo.nix",),
    part="description",
    line=3,
    column=5,
    excerpt="See {optoin}`a.b` and",
    width=13,
    help="write {option}`a.b`",
)


def test_the_shape_of_a_diagnostic():
    assert reporting.rendered(ROLE) == (
        "error[unknown-role]: `{optoin}` is not a role\n"
        "  --> services.foo.bar (declared in nixos/modules/foo.nix), description line 3\n"
        "3 | See {optoin}`a.b` and\n"
        "  |     ^^^^^^^^^^^^^\n"
        "  help: write {option}`a.b`\n"
    )


def test_without_a_line_an_excerpt_or_a_cure():
    found = Diagnostic(code=Code.NO_DESCRIPTION, message="m", option="a")
    assert reporting.rendered(found) == "hint[no-description]: m\n  --> a\n"
    found = Diagnostic(code=Code.BAD_FIELD, message="m", option="a", part="$.type", excerpt="3")
    assert reporting.rendered(found) == "error[bad-field]: m\n  --> a, $.type\n | 3\n"


def caret(found: Diagnostic) -> tuple[str, str]:
    """Return what stands above the carets, and before them, by columns of a terminal."""
    lines = reporting.rendered(found).split("\n")
    (at,) = [
        number for number, line in enumerate(lines) if re.fullmatch(r" *\| +\^+|  \| \^+", line)
    ]
    above, marks = lines[at - 1], lines[at]
    wide = "".join(
        character + "\0" * (unicodedata.east_asian_width(character) in "WF") for character in above
    )
    start, end = marks.index("^"), len(marks)
    return wide[start:end].replace("\0", ""), wide[:start].replace("\0", "")


@pytest.mark.parametrize(
    ("excerpt", "column", "width", "marked"),
    [
        ("ab cd ef", 4, 2, "cd"),
        ("\tab cd", 5, 2, "cd"),
        ("日本語 {x}`y` z", 5, 6, "{x}`y`"),
        ("a {日本}`y` z", 3, 7, "{日本}`y`"),
        ("\x1b[31m bad", 7, 3, "bad"),
        ("é bad", 3, 3, "bad"),
        ("x" * 500 + " bad " + "y" * 500, 502, 3, "bad"),
        ("bad " + "y" * 500, 1, 3, "bad"),
        ("x" * 86 + "bad", 87, 3, "bad"),
    ],
)
def test_the_carets_stand_below_what_is_meant(excerpt, column, width, marked):
    found = Diagnostic(
        code=Code.RAW_HTML, message="m", line=10, column=column, width=width, excerpt=excerpt
    )
    assert caret(found)[0] == marked
    assert all(len(line) < 200 for line in reporting.rendered(found).split("\n"))


@given(st.builds(
    Diagnostic,
    code=st.sampled_from(Code),
    message=st.text(),
    option=st.none() | st.text(),
    declarations=st.lists(st.text(), max_size=2).map(tuple),
    file=st.none() | st.text(),
    part=st.none() | st.text(),
    line=st.none() | st.integers(1, 10**6),
    column=st.none() | st.integers(1, 2000),
    excerpt=st.text(),
    width=st.integers(1, 2000),
    help=st.text(),
    included_from=st.lists(st.text(), max_size=2).map(tuple),
))  # fmt: skip
def test_nothing_of_an_input_steers_a_terminal(found):
    shown = reporting.rendered(found)
    lines = shown.split("\n")
    # Help is ours and may take more than a line; each include has one of its own.
    assert len(lines) <= 6 + found.help.count("\n") + len(found.included_from)
    for line in lines:
        assert all(
            c.isprintable() or c == "\t" or unicodedata.category(c) in {"Cn", "Zs"} for c in line
        )


def concluded(capsys, *diagnostics, **settings):
    status = reporting.conclude(
        diagnostics,
        reporting.FailurePolicy(**settings),
        made="20,362 options → 412 pages in site/",
        seconds=1.94,
    )
    return status, capsys.readouterr()


WARNING = Diagnostic(code=Code.HEADING, message="w", option="a", declarations=("m/a.nix",))
OTHER = Diagnostic(code=Code.RAW_HTML, message="w2", option="a")
HINT = Diagnostic(code=Code.NO_DESCRIPTION, message="h", option="a")


@pytest.mark.parametrize(
    ("found", "settings", "status", "closing"),
    [
        ([], {}, 0, "(1.9 s)"),
        ([WARNING], {}, 0, "(1.9 s; 1 warning)"),
        ([WARNING, OTHER], {}, 0, "(1.9 s; 2 warnings)"),
        ([WARNING], {"strict": True}, 1, "(1.9 s; 1 warning)"),
        ([WARNING], {"strict": True, "blame": ("n",)}, 0, "(1.9 s; 1 warning)"),
        ([WARNING], {"strict": True, "blame": ("m",)}, 1, "(1.9 s; 1 warning)"),
        ([ROLE, WARNING, HINT], {}, 1, "(1.9 s; 1 error, 1 warning)"),
        ([ROLE, WARNING, HINT], {"hints": True}, 1, "(1.9 s; 1 error, 1 warning, 1 hint)"),
        ([ROLE, ROLE], {}, 1, "(1.9 s; 1 error)"),
        ([HINT], {"strict": True}, 0, "(1.9 s)"),
    ],
)
def test_the_closing_line_and_the_status(capsys, found, settings, status, closing):
    got, output = concluded(capsys, *found, **settings)
    assert got == status
    assert output.out == ""
    assert output.err.endswith(f"20,362 options → 412 pages in site/ {closing}\n")


def test_quietly_nothing_but_problems(capsys):
    status, output = concluded(capsys, WARNING, HINT, quiet=True)
    assert (status, output.err) == (0, reporting.rendered(WARNING) + "\n")
    assert concluded(capsys, quiet=True)[1].err == ""


def test_equal_diagnostics_are_printed_once(capsys):
    reporting.report([ROLE, WARNING, ROLE], hints=True)
    assert capsys.readouterr().err.count("unknown-role") == 1


def test_severities_have_words_not_only_colours():
    for found, word in [(ROLE, "error["), (WARNING, "warning["), (HINT, "hint[")]:
        assert reporting.rendered(found).startswith(word)
    assert set(reporting._STYLES) == set(Severity)


# ─── on a terminal ───


def on_a_terminal(*arguments, **env) -> str:
    """Return what the program shows on a terminal."""
    outside, inside = pty.openpty()
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "200"}
    for name in ("NO_COLOR", "FORCE_COLOR", "CI"):
        surroundings.pop(name, None)
    with subprocess.Popen(
        [sys.executable, "-m", "manualgen", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=inside,
        stderr=inside,
        env={**surroundings, **env},
    ) as process:
        os.close(inside)
        shown = b""
        while True:
            try:
                piece = os.read(outside, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        process.wait(30)
    os.close(outside)
    return shown.decode()


@pytest.fixture
def flawed(tmp_path):
    return written(
        tmp_path / "o.json",
        {"a\x1b[5m": {"description": "{foo}`\x1b]0;owned\x07\x1b[2J` [red]x[/red]", "type": "t"}},
    )


def test_colours_on_a_terminal_only(tmp_path, flawed):
    command = ["html", flawed, "-o", tmp_path / "site"]
    shown = on_a_terminal(*command)
    assert re.search(r"\x1b\[1;31merror\[unknown-role\]\x1b\[0m", shown)
    assert b"\x1b" not in manualgen(*command).stderr


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_none_is_wanted(tmp_path, flawed, env):
    shown = on_a_terminal("html", flawed, "-o", tmp_path / "site", **env)
    assert "error[unknown-role]" in shown
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", shown)


def test_what_an_input_says_never_reaches_the_terminal(tmp_path, flawed):
    shown = on_a_terminal("html", flawed, "-o", tmp_path / "site\x1b[41m")
    # Colours are ours, and so is what the progress line moves the cursor with.
    ours = re.sub(r"\x1b\[(?:[0-9;]*m|\?25[lh]|2K|1A)", "", shown)
    assert "\x1b" not in ours
    assert "\x07" not in ours
    assert "\x1b[5m" not in shown
    assert "\x1b[41m" not in shown
    assert r"a\x1b[5m" in ours
    assert r"site\x1b[41m/" in ours
    assert "[red]x[/red]" in ours
