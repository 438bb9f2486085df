"""Reports for programs, and baselines."""

from __future__ import annotations

import json
import re

import pytest

from manualgen import api
from manualgen.errors import Code, Diagnostic, ManualError, Severity
from manualgen.lint.findings import baseline, findings, read_baseline
from manualgen.lint.places import Place
from manualgen.lint.reports import github, json_report, sarif
from tests.fetch_sarif_schema import SCHEMA


def diagnostic(code=Code.RAW_HTML, **fields) -> Diagnostic:
    fields = {
        "message": "m",
        "option": "a.b",
        "part": "description",
        "line": 3,
        "column": 2,
        "excerpt": "x <br> y",
        "width": 4,
        "help": "write it",
    } | fields
    return Diagnostic(code=code, **fields)


PLACE = Place("modules/a b.nix", 7, 5)


def found(*diagnostics, place=PLACE):
    return findings(diagnostics or [diagnostic()], lambda _: place)


# ─── fingerprints ───


def test_a_fingerprint_stays_if_lines_are_moved():
    (before,) = found()
    (after,) = found(diagnostic(line=30, column=9), place=Place("other.nix", 1))
    assert before.fingerprint == after.fingerprint


@pytest.mark.parametrize(
    "fields",
    [{"option": "a.c"}, {"part": "default"}, {"excerpt": "z <br> y"}, {"code": Code.UNSAFE_LINK}],
)
def test_other_findings_have_other_fingerprints(fields):
    (one,) = found()
    (other,) = found(diagnostic(**fields))
    assert one.fingerprint != other.fingerprint


def test_equal_findings_are_counted():
    one, two = found(diagnostic(line=1), diagnostic(line=2))
    assert one.fingerprint != two.fingerprint
    assert one.fingerprint == found()[0].fingerprint


def test_a_baseline_has_the_findings(tmp_path):
    some = found(diagnostic(), diagnostic(option="a.c"))
    (tmp_path / "b.json").write_bytes(baseline(some))
    assert read_baseline(tmp_path / "b.json") == {finding.fingerprint for finding in some}
    # The same whatever order they are found in.
    assert baseline(found(diagnostic(option="a.c"), diagnostic())) == baseline(some)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 2, "findings": []}', '"\\ud800"'])
def test_files_that_are_no_baseline(tmp_path, content):
    (tmp_path / "b.json").write_text(content)
    with pytest.raises(ManualError) as error:
        read_baseline(tmp_path / "b.json")
    assert error.value.diagnostic.file == str(tmp_path / "b.json")


# ─── JSON ───


def test_json():
    data = json.loads(json_report.report(found(diagnostic(), diagnostic(Code.UNKNOWN_ROLE))))
    assert data["version"] == 1
    assert data["counts"] == {"error": 1, "warning": 1, "hint": 0}
    first = data["findings"][0]
    assert first["place"] == {"file": "modules/a b.nix", "line": 7, "column": 5}
    assert re.fullmatch("[0-9a-f]{20}", first["fingerprint"])
    assert first["code"] == "raw-html"
    first.pop("place")
    first.pop("fingerprint")
    assert api.Diagnostic.from_dict(first) == diagnostic()


def test_any_text_can_be_reported():
    some = found(*SEVERAL, place=Place("\udcff", 1))
    assert len(json.loads(json_report.report(some))["findings"]) == len(SEVERAL)
    assert len(json.loads(baseline(some))["findings"]) == len(SEVERAL)
    lines, rest = github.commands(some * 3)
    assert lines.isascii() or lines.encode("utf-8", "replace")
    assert github.summary(rest).encode("utf-8", "replace")


def test_json_without_a_finding():
    assert json.loads(json_report.report([]))["findings"] == []


# ─── SARIF ───

SEVERAL = [
    diagnostic(),
    diagnostic(Code.UNKNOWN_ROLE, severity=Severity.HINT),
    diagnostic(Code.HIDDEN_LIST, line=None, column=None, excerpt="", help=""),
    Diagnostic(code=Code.UNREADABLE, message="m", file="x.json"),
    diagnostic(message="ö\u2028\x00", option='a."b".<name>'),
    Diagnostic(code=Code.UNREADABLE, message="\udcff", file="\udcff.json", help="\ud800"),
]


@pytest.mark.parametrize("place", [None, Place("x.nix"), Place("ö x.nix", 3), Place("x", 3, 4)])
def test_sarif_is_valid(place):
    jsonschema = pytest.importorskip("jsonschema")
    if not SCHEMA.exists():
        pytest.skip(f"{SCHEMA} is missing: python tests/fetch_sarif_schema.py")
    schema = json.loads(SCHEMA.read_bytes())
    validator = jsonschema.Draft7Validator(schema)
    for some in (found(*SEVERAL, place=place), []):
        log = json.loads(sarif.report(some))
        assert list(validator.iter_errors(log)) == []
    log["runs"][0]["results"] = [{"level": "fatal"}]
    assert list(validator.iter_errors(log))


def test_sarif():
    log = json.loads(sarif.report(found(diagnostic(), diagnostic(Code.UNKNOWN_ROLE))))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    first, second = run["results"]
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == "raw-html"
    assert rules[second["ruleIndex"]]["id"] == second["ruleId"] == "unknown-role"
    assert (first["level"], second["level"]) == ("warning", "error")
    (location,) = first["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "modules/a%20b.nix"
    assert location["physicalLocation"]["region"] == {
        "startLine": 7,
        "startColumn": 5,
        "endColumn": 9,
        "snippet": {"text": "x <br> y"},
    }
    assert location["logicalLocations"] == [{"fullyQualifiedName": "a.b", "kind": "member"}]
    assert first["partialFingerprints"]["manualgen/v1"] == found()[0].fingerprint


# ─── GitHub ───


def test_an_annotation():
    lines, rest = github.commands(found())
    assert rest == []
    assert lines == (
        "::warning file=modules/a b.nix,line=7,col=5,endColumn=8,title=raw-html::"
        "m%0Aa.b, description line 3%0Awrite it\n"
    )


def test_a_text_cannot_end_an_annotation_or_begin_another():
    evil = "50% a,b::c\r\n::error::x\x1b[31m"
    lines, _ = github.commands(
        found(diagnostic(message=evil, option=evil, help=evil), place=Place("a,b:c%\n.nix", 1))
    )
    assert lines.count("\n") == 1
    assert lines.startswith(
        "::warning file=a%2Cb%3Ac%25%0A.nix,line=1,title=raw-html::50%25 a,b::c"
    )
    assert "\r" not in lines
    assert "\x1b" not in lines


def test_the_worst_ten_are_annotations():
    hints = [diagnostic(Code.HIDDEN_LIST, option=f"h{number}") for number in range(8)]
    warnings = [diagnostic(option=f"w{number}") for number in range(8)]
    errors = [diagnostic(Code.UNKNOWN_ROLE, option=f"e{number}") for number in range(3)]
    lines, rest = github.commands(found(*hints, *warnings, *errors))
    kinds = [line.split(" ")[0] for line in lines.splitlines()]
    assert kinds == ["::error"] * 3 + ["::warning"] * 7
    assert [finding.diagnostic.option for finding in rest] == [
        "w7",
        *(f"h{number}" for number in range(8)),
    ]


def test_the_summary_of_a_job():
    text = github.summary(found(diagnostic(message="a `b` <br> [x](http://y) | ::z")))
    assert text == (
        "## manualgen check: 1 more\n\n"
        "- **warning** raw-html: a \\`b\\` \\<br\\> \\[x\\]\\(http\\://y\\) \\| \\:\\:z"
        " (a.b, description line 3, modules/a b.nix\\:7)\n\n"
    )
    assert github.summary([]) == ""
    nowhere = Diagnostic(code=Code.NO_TITLE, message="no title")
    assert github.summary(found(nowhere)).endswith("\n- **hint** no-title: no title\n\n")


def test_a_summary_has_a_bound():
    many = found(*(diagnostic(option=f"a.o{number}") for number in range(30_000)))
    text = github.summary(many)
    assert len(text.encode()) < 1024 * 1024
    assert re.search(r"- and [\d,]+ more\n\n\Z", text)
