"""What the documentation promises is there."""

from __future__ import annotations

import re
import runpy
import shutil

import pytest

from manualgen import api
from manualgen.errors import Code, Severity
from tests.conftest import ROOT, program

DIAGNOSTICS = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", Code, ids=lambda code: code.slug)
def test_every_diagnostic_is_documented_with_its_severity(code: Code) -> None:
    found = re.search(rf"^### {code.slug}(?: .*)?\n(\w+)\.", DIAGNOSTICS, re.MULTILINE)
    assert found is not None
    assert Severity[found[1].upper()] is code.severity


def test_nothing_else_is_documented_as_a_diagnostic() -> None:
    slugs = re.findall(r"^### ([\w-]+)", DIAGNOSTICS, re.MULTILINE)
    assert sorted(slugs) == sorted(code.slug for code in Code)


def test_links_of_the_readme_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).is_file(), target


@pytest.mark.parametrize("name", ["commands.md", "settings.md"])
def test_written_chapters_are_up_to_date(name):
    written = runpy.run_path(str(ROOT / "docs" / "command_reference.py"))["chapters"]()
    assert (ROOT / "docs" / name).read_text("utf-8") == written[name], "run 'make documentation'"


# ─── the Python API ───

PYTHON_API = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
API_SECTIONS = {
    found[1]: found[2]
    for found in re.finditer(
        r"^## [^\n]*\{#([\w-]+)\}\n(.*?)(?=^## [^\n]*\{#|\Z)", PYTHON_API, re.MULTILINE | re.DOTALL
    )
}


@pytest.mark.parametrize("section", [name for name in API_SECTIONS if name != "sec-api-stable"])
def test_examples_of_the_python_api(section, tmp_path, monkeypatch, capsys):
    """The examples of a section run in one namespace; a ``text`` block is what one prints."""
    if section == "sec-api-extract":
        program("nix-instantiate")
        # A library that has what the example needs; Nixpkgs' own is not everywhere.
        monkeypatch.setenv("NIX_PATH", f"nixpkgs={ROOT / 'tests' / 'evaluation' / 'fixtures'}")
    folder = tmp_path / "sample"
    shutil.copytree(ROOT / "sample-options", folder)
    monkeypatch.chdir(folder)
    namespace: dict[str, object] = {}
    examples = re.findall(
        r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?",
        API_SECTIONS[section],
        re.MULTILINE | re.DOTALL,
    )
    assert examples
    for source, expected in examples:
        exec(compile(source, "python-api.md", "exec"), namespace)
        assert capsys.readouterr().out.strip() == expected.strip()


def test_the_python_api_is_documented_completely():
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", PYTHON_API))))
    named |= set(re.findall(r"manualgen\.(\w+)", PYTHON_API))
    assert set(api.__all__) - named == set()
    for name in re.findall(r"\bmanualgen\.([a-z_A-Z]+)\b", " ".join(API_SECTIONS.values())):
        assert name in api.__all__ or name == "api", name
