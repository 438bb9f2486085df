"""The functions of the Python API for checking."""

from __future__ import annotations

import json

import pytest

import manualgen
from manualgen.options.model import Declaration
from tests.conftest import program
from tests.rendering import manual, option

MODULE = """{ lib, ... }: {
  options.a.b = lib.mkOption { description = "Of `a`, in <filename>b</filename>."; };
}
"""


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.nix").write_text(MODULE)
    text = "Of `a`, in <filename>b</filename>."
    return manual(option("a.b", text, type="int", declarations=(Declaration("m.nix", None),)))


def test_reports(made):
    diagnostics = manualgen.check(made)
    report = json.loads(manualgen.report(made, diagnostics, folders=["."]))
    assert report["findings"][0]["place"] == {"file": "m.nix", "line": 2, "column": 58}
    assert json.loads(manualgen.report(made, diagnostics, "sarif"))["version"] == "2.1.0"
    assert manualgen.report(made, diagnostics, "github").startswith("::notice title=docbook-tags::")
    with pytest.raises(ValueError, match="unknown form"):
        manualgen.report(made, diagnostics, "xml")


def test_fixes(made, tmp_path):
    program("nix-instantiate")
    diagnostics = manualgen.check(made)
    fixes = manualgen.find_fixes(made, diagnostics, folders=["."])
    assert fixes.fixed == set(diagnostics)
    assert (
        '+  options.a.b = lib.mkOption { description = "Of `a`, in {file}`b`."; };' in fixes.patch()
    )
    assert (tmp_path / "m.nix").read_text() == MODULE
    fixes.write()
    assert "{file}`b`" in (tmp_path / "m.nix").read_text()
    # Without a folder, no file is looked for.
    assert manualgen.find_fixes(made, diagnostics).fixed == set()
