"""The inventory beside a site, as a real Sphinx project refers to it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.manuals import OPTIONS, build, include

CONF = """
from sphinx.domains import Domain, ObjType
from sphinx.roles import XRefRole

extensions = ["sphinx.ext.intersphinx"]
intersphinx_mapping = {{"machines": ("https://docs.example.org/", {inventory!r})}}

class Nix(Domain):
    name = "nix"
    object_types = {{"option": ObjType("option", "option")}}
    roles = {{"option": XRefRole()}}

def setup(app):
    app.add_domain(Nix)
"""
PAGE = """
Page
====

:external+machines:nix:option:`a.<name>.c`, :nix:option:`a.b`,
:external+machines:std:ref:`ch-one`, :ref:`ex-one`.
"""


@pytest.mark.slow
def test_sphinx_links_to_options_and_sections(tmp_path):
    pytest.importorskip("sphinx")
    site = build(
        tmp_path,
        {
            "manual.md": "# B {#book}\n\n## S\n\n" + include("chapters", "one.md"),
            "one.md": "# One {#ch-one}\n\n::: {.example #ex-one}\n# An *example*\n\nx\n:::\n\n"
            + include("options", "source: o.json"),
            "o.json": OPTIONS,
        },
        chunk="chapter",
    )
    source = tmp_path / "sphinx"
    source.mkdir()
    (source / "conf.py").write_text(CONF.format(inventory=str(site.folder / "objects.inv")))
    # A placeholder's brackets would be a role's target; they are written with a text before.
    (source / "index.rst").write_text(PAGE.replace("`a.<name>.c`", "`it <a.<name>.c>`"))
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-W", "-n", "-q"]
    done = subprocess.run(
        [*command, source, tmp_path / "out"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out" / "index.html").read_text()
    base = "https://docs.example.org/ch-one.html"
    for anchor in ("opt-a._name_.c", "opt-a.b", "ch-one", "ex-one"):
        assert f'href="{base}#{anchor}"' in text
    assert "Example 1. An example" in text
