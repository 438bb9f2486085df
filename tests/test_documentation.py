"""What the documentation promises is there."""

from __future__ import annotations

import re

import pytest

from manualgen.errors import Code, Severity
from tests.conftest import ROOT

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
