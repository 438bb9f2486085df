"""The inventory beside a site, as a real Sphinx project refers to it."""

from __future__ import annotations

import posixpath
import subprocess
import sys

import pytest

from manualgen import api
from manualgen.errors import Code
from tests.manuals import OPTIONS, build, include
from tests.rendering import manual, option

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


FORGED = "a std:label 1 evil.html Evil"


@pytest.mark.parametrize("name", [FORGED, "x y 1 z", "x y -1 $ z", "a\tb:c\n2\u2003d e"])
def test_a_name_cannot_forge_an_entry(name, tmp_path):
    names = [name, "services.x", "with space", "1 2"]
    sphinx = pytest.importorskip("sphinx.util.inventory")
    result = api.build_html(manual(*(option(one, "x", loc=[one]) for one in names)), tmp_path / "s")
    (found,) = [found for found in result.diagnostics if found.code is Code.NOT_IN_INVENTORY]
    assert found.option == name
    with (tmp_path / "s/objects.inv").open("rb") as file:
        read = sphinx.InventoryFile.load(file, "https://x", posixpath.join)
    options = dict(read.data["nix:option"] if hasattr(read, "data") else read["nix:option"])
    assert sorted(options) == ["1 2", "services.x", "with space"]
    assert all("evil" not in str(item) for kind in dict(read).values() for item in kind.items())
