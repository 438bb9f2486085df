"""``manualgen check``: its inputs, its exit status, its settings."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.conftest import ROOT, manualgen, program, written

CLEAN = {"a.b": {"description": "What it is for.", "type": "int"}}
HINT = {"a.b": {"type": "int"}}
WARNING = {"a.b": {"description": "The b.", "type": "int"}}
ERROR = {"a.b": {"description": "{rool}`x`", "type": "int"}}


def check(*arguments, **settings):
    done = manualgen("check", *arguments, **settings)
    assert b"Traceback" not in done.stderr
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    ("options", "arguments", "status"),
    [
        (CLEAN, [], 0),
        (HINT, [], 0),
        (HINT, ["--strict"], 0),
        (WARNING, [], 0),
        (WARNING, ["--strict"], 1),
        (ERROR, [], 1),
        (ERROR, ["--severity", "unknown-role=warning"], 0),
        (ERROR, ["--severity", "unknown-role=off", "--strict"], 0),
        (ERROR, ["--ignore", "unknown-role:a"], 0),
        (ERROR, ["--ignore", "unknown-role:b"], 1),
        (HINT, ["--severity", "no-description=error"], 1),
        (ERROR, ["--blame", "elsewhere"], 0),
        ([1], [], 1),
        (CLEAN, ["--severity", "unknown-rule=off"], 2),
        (CLEAN, ["--severity", "unknown-role=fatal"], 2),
        (CLEAN, ["--severity", "unknown-role"], 2),
        (CLEAN, ["--ignore", "unknown-rule"], 2),
    ],
)
def test_the_exit_status(tmp_path, options, arguments, status):
    assert check(written(tmp_path / "o.json", options), *arguments)[0] == status


def test_without_an_input():
    status, _, errors = check()
    assert status == 2
    assert "Missing argument" in errors


def test_what_is_printed(tmp_path):
    path = written(tmp_path / "o.json", WARNING | {"a.c": {"type": "int"}})
    status, output, errors = check(path, "--title", "T")
    assert status == 0
    assert output == ""
    assert errors.startswith("warning[repeats-name]: the description only repeats the name")
    assert "hint[no-description]" in errors
    assert "2 options checked (" in errors
    assert errors.endswith("1 warning, 1 hint)\n")


@pytest.mark.parametrize("argument", ["--no-hints", "--quiet"])
def test_hints_can_be_left_out(tmp_path, argument):
    errors = check(written(tmp_path / "o.json", WARNING | {"a.c": {"type": "int"}}), argument)[2]
    assert "repeats-name" in errors
    assert "no-description" not in errors
    assert ("checked" in errors) is (argument == "--no-hints")


def test_several_inputs(tmp_path):
    """Sets are one, in which references are looked up; each manual is by itself."""
    one = written(
        tmp_path / "one.json",
        {"a.b": {"description": "As {option}`c.d`, and {option}`e.f`.", "type": "int"}},
    )
    two = written(tmp_path / "two.json", {"c.d": {"description": "What for.", "type": "int"}})
    shutil.copytree(ROOT / "sample-options", tmp_path / "manual")
    broken = tmp_path / "broken.md"
    broken.write_text("# T {#t}\n\n### Deep {#d}\n")
    status, _, errors = check(
        one, tmp_path / "none.json", tmp_path / "manual", broken, two, "--no-hints"
    )
    assert status == 1
    assert "error[unreadable]" in errors
    assert "none.json" in errors
    assert "error[heading-level]" in errors
    assert "sections and " in errors
    hints = check(one, two)[2]
    assert "`e.f`" in hints
    assert "no option `c.d`" not in hints


def test_modules_and_sets_together(tmp_path):
    program("nix-instantiate")
    (tmp_path / "m.nix").write_text(
        "{ lib, ... }: { options.x.y = lib.mkOption {"
        ' type = lib.types.int; description = "See {option}`a.b` and {option}`x.z`."; }; }'
    )
    options = written(tmp_path / "o.json", CLEAN)
    library = ROOT / "tests" / "evaluation" / "fixtures"
    status, _, errors = check(tmp_path / "m.nix", options, "--lib", library)
    assert status == 0
    assert "no option `a.b`" not in errors
    assert "no option `x.z`" in errors
    assert "2 options checked" in errors


def test_settings_of_a_manual_that_are_wrong(tmp_path):
    (tmp_path / "manual.toml").write_text('[check]\nignore = ["raw-htm:a"]\n')
    status, _, errors = check(tmp_path / "manual.toml")
    assert status == 1
    assert "error[bad-setting]: no diagnostic has the code `raw-htm`" in errors
    assert "help: write `raw-html`" in errors
    (tmp_path / "manual.toml").write_text('[check]\nseverity = { raw-html = "fatal" }\n')
    assert "error[bad-setting]" in check(tmp_path / "manual.toml")[2]


def test_nothing_is_written(tmp_path):
    folder = tmp_path / "manual"
    shutil.copytree(ROOT / "sample-options", folder)
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    check(folder, cwd=tmp_path)
    assert sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["manual"]


def test_the_output_is_the_same_with_any_number_of_jobs(tmp_path):
    options = {f"a.o{number}": {"description": f"{{rool}}`{number}`"} for number in range(1_500)}
    path = written(tmp_path / "o.json", json.loads(json.dumps(options)))
    one, two = (check(path, "--jobs", jobs)[2].rpartition(" checked (")[0] for jobs in (1, 2))
    assert one == two


# ─── reports ───


def test_reports_for_programs(tmp_path):
    path = written(tmp_path / "o.json", ERROR)
    status, output, errors = check(path, "--json", "--title", "T")
    assert status == 1
    assert json.loads(output)["findings"][0]["code"] == "unknown-role"
    assert errors.startswith("1 option checked (")
    assert check(path, "--format", "json", "-q")[1:] == (output, "")
    assert json.loads(check(path, "--format", "sarif")[1])["version"] == "2.1.0"
    assert check(path, "--format", "xml")[0] == 2


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_a_report_in_a_file(tmp_path, form):
    path = written(tmp_path / "o.json", ERROR)
    report = tmp_path / "report"
    status, output, errors = check(path, "--format", form, "-o", report)
    assert (status, output) == (1, "")
    assert "unknown-role" in report.read_text()
    assert "unknown-role" not in errors
    assert "unknown-role" in check(path, "--format", form, "-o", "-")[1]
    assert check(path, "--format", form, "-o", path)[0] == 1


def test_annotations_and_the_summary_of_the_job(tmp_path):
    options = {f"a.o{number}": {"description": "{rool}`x`"} for number in range(12)}
    path = written(tmp_path / "o.json", options)
    summary = tmp_path / "summary.md"
    summary.write_text("Before.\n")
    arguments = (path, "--format", "github", "--no-hints")
    status, output, errors = check(*arguments, env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert status == 1
    assert output.count("::error ") == 10
    assert "unknown-role" not in errors
    text = summary.read_text()
    assert text.startswith("Before.\n## manualgen check: 2 more\n")
    assert "a.o11" in text or "a.o9" in text
    # Without a summary, the others are in the log.
    assert check(*arguments, env={"GITHUB_STEP_SUMMARY": ""})[2].count("error[unknown-role]") == 2


def test_a_baseline(tmp_path):
    path = written(tmp_path / "o.json", ERROR)
    known = tmp_path / "baseline.json"
    title = ("--title", "T")
    status, _, errors = check(path, "--baseline", known, "--write-baseline", *title)
    assert status == 0
    assert "1 finding → " in errors
    assert "unknown-role" not in errors
    assert check(path, "--baseline", known)[0] == 0
    written(tmp_path / "o.json", {"a.c": {"description": "The c.", "type": "int"}} | ERROR)
    status, _, errors = check(path, "--baseline", known, "--strict", *title)
    assert status == 1
    assert "repeats-name" in errors
    assert "unknown-role" not in errors
    assert "; 1 known from " in errors
    written(tmp_path / "o.json", CLEAN)
    assert "0 known from " in check(path, "--baseline", known)[2]
    assert "1 that are gone" in check(path, "--baseline", known)[2]


def test_a_baseline_that_is_none(tmp_path):
    path = written(tmp_path / "o.json", ERROR)
    assert check(path, "--write-baseline")[0] == 2
    status, _, errors = check(path, "--baseline", tmp_path / "none.json")
    assert status == 1
    assert "error[unreadable]" in errors
    assert check(path, "--baseline", path)[0] == 1


def test_places_in_modules(tmp_path):
    program("nix-instantiate")
    (tmp_path / "m.nix").write_text(
        "{ lib, ... }:\n{\n  options.x.y = lib.mkOption {\n    type = lib.types.int;\n"
        "    description = ''\n      Text.\n\n      See {rool}`x`.\n    '';\n  };\n}\n"
    )
    library = ROOT / "tests" / "evaluation" / "fixtures"
    output = check("m.nix", "--lib", library, "--format", "github", cwd=tmp_path)[1]
    assert output.startswith("::error file=m.nix,line=8,col=11,")
    errors = check("m.nix", "--lib", library, cwd=tmp_path)[2]
    assert "description line 3\n      at m.nix:8:11\n3 | See" in errors


# ─── fixes ───

FIXABLE = """{ lib, ... }: {
  options.x.y = lib.mkOption {
    type = lib.types.int;
    description = "Of `a`, in <filename>b</filename>.";
  };
  options.x.z = lib.mkOption {
    type = lib.types.int;
    description = "Of `a`, in <filename>${"b"}</filename>.";
  };
}
"""


@pytest.fixture
def fixable(tmp_path):
    program("nix-instantiate")
    (tmp_path / "m.nix").write_text(FIXABLE)
    library = ROOT / "tests" / "evaluation" / "fixtures"
    return lambda *arguments: check("m.nix", "--lib", library, *arguments, cwd=tmp_path)


def test_fix(fixable, tmp_path):
    status, output, errors = fixable("--fix")
    assert (status, output) == (0, "")
    assert (tmp_path / "m.nix").read_text() == FIXABLE.replace(
        "<filename>b</filename>", "{file}`b`"
    )
    assert errors.count("hint[docbook-tags]") == 1
    assert "not put right: no string with this text is found" in errors
    assert "; 1 finding put right in 1 file, 1 left (" in errors
    assert "; 0 findings put right in 0 files, 1 left (" in fixable("--fix")[2]


def test_diff(fixable, tmp_path):
    status, output, errors = fixable("--fix", "--diff")
    assert status == 0
    assert output.startswith("--- a/m.nix\n+++ b/m.nix\n")
    assert '+    description = "Of `a`, in {file}`b`.";\n' in output
    assert (tmp_path / "m.nix").read_text() == FIXABLE
    assert errors.count("hint[docbook-tags]") == 2
    assert fixable("--diff", "--json")[0] == 2


def test_a_title_is_asked_for_as_by_html(tmp_path):
    written(tmp_path / "o.json", {"a.b": {"description": "Fine.", "type": "string"}})

    def codes(*arguments):
        done = manualgen("check", "o.json", "--json", *arguments, cwd=tmp_path)
        return [found["code"] for found in json.loads(done.stdout)["findings"]]

    assert codes() == ["no-title"]
    assert codes("--title", "T") == codes("--ignore", "no-title") == codes("--no-hints") == []
