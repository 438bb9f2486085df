"""Severities, and what is not reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from manualgen import api
from manualgen.errors import Code, Diagnostic, Severity
from manualgen.lint.settings import is_below
from tests.rendering import manual, option

OPTIONS = [
    option("services.foo.port", "Port.", type="int"),
    option("services.foobar.port", "Port.", type="int"),
]


def found(made=None, **settings):
    made = made or manual(*OPTIONS)
    return [(one.option, one.severity) for one in api.check(made, **settings)]


@pytest.mark.parametrize("severity", Severity)
def test_a_code_gets_another_severity(severity):
    assert found(severity={"repeats-name": severity.label}) == [
        ("services.foo.port", severity),
        ("services.foobar.port", severity),
    ]


def test_a_code_is_turned_off():
    assert found(severity={"repeats-name": "off"}) == []
    assert found(ignore=["repeats-name"]) == []


def test_a_code_is_silenced_below_a_prefix():
    assert [name for name, _ in found(ignore=["repeats-name:services.foo"])] == [
        "services.foobar.port"
    ]
    assert len(found(ignore=["no-description:services.foo"])) == 2


def test_codes_that_do_not_exist():
    with pytest.raises(
        ValueError, match="no diagnostic has the code `repeat-name`; write `repeats-name`"
    ):
        found(severity={"repeat-name": "off"})
    with pytest.raises(ValueError, match="no diagnostic has the code `zzz`"):
        found(ignore=["zzz:a"])
    with pytest.raises(ValueError, match="fatal"):
        found(severity={"repeats-name": "fatal"})


@pytest.mark.parametrize(
    ("place", "prefix", "expected"),
    [
        ({"option": "a.b"}, "a.b", True),
        ({"option": "a.b.c"}, "a.b", True),
        ({"option": "a.b.c"}, "a.b.", True),
        ({"option": "a.b.c"}, "a.b.*", True),
        ({"option": "a.bc"}, "a.b", False),
        ({"option": "a"}, "a.b", False),
        ({"file": "docs/one.md"}, "docs", True),
        ({"file": "docs/one.md"}, "docs/", True),
        ({"file": "docs/one.md"}, "docs/one.md", True),
        ({"file": "docs/one.md"}, "docs/o", False),
        ({"file": "docs/one.md"}, str(Path("docs").absolute()), True),
        ({"file": "docs/one.md"}, str(Path("doc").absolute()), False),
        ({}, "a", False),
        ({}, "", True),
    ],
)
def test_below_a_prefix(place, prefix, expected):
    diagnostic = Diagnostic(code=Code.RAW_HTML, message="m", **place)
    assert is_below(diagnostic, prefix) is expected


def test_references_to_the_options_of_another_set_are_silenced():
    made = manual(
        option("a.b", "See {option}`boot.loader.grub` and {option}`boots.b`.", type="int")
    )
    assert len(found(made)) == 2
    assert len(found(made, ignore=["unknown-option:boot"])) == 1
    assert found(made, ignore=["unknown-option:a.b"]) == []


def test_files_in_manual_toml_are_relative_to_its_folder(tmp_path, monkeypatch):
    docs = tmp_path / "docs"
    (docs / "old").mkdir(parents=True)
    (docs / "manual.md").write_text(
        "# T {#t}\n\n```{=include=} chapters\nold/a.md\n```\n\n[x](javascript:y)\n"
    )
    (docs / "old" / "a.md").write_text("# A {#a}\n\n[x](javascript:y)\n")
    (docs / "manual.toml").write_text(
        'source = "manual.md"\n[check]\nignore = ["unsafe-link:old/a.md"]\n'
    )
    for folder, path in ((docs, "manual.toml"), (tmp_path, "docs/manual.toml")):
        monkeypatch.chdir(folder)
        (diagnostic,) = [one for one in api.check(api.load(path)) if one.code is Code.UNSAFE_LINK]
        assert diagnostic.file is not None
        assert diagnostic.file.endswith("manual.md")


def test_in_manual_toml(tmp_path):
    (tmp_path / "o.json").write_text(
        '{"a.port": {"description": "Port.", "type": "int"},'
        ' "b.port": {"description": "Port.", "type": "unspecified"}}'
    )
    (tmp_path / "manual.toml").write_text(
        '[[options]]\nsource = "o.json"\n[check]\n'
        'severity = { repeats-name = "error", unspecified-type = "off" }\n'
        'ignore = ["repeats-name:a"]\n'
    )
    made = api.load(tmp_path / "manual.toml")
    assert found(made) == [("b.port", Severity.ERROR)]
    # What a caller says takes precedence.
    assert found(made, severity={"repeats-name": "hint"}) == [("b.port", Severity.HINT)]
    assert found(made, ignore=["repeats-name:b"]) == []
