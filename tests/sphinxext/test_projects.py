"""Whole projects, built by Sphinx: what their documents show, and what they link to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser
from sphinx.util.inventory import InventoryFile

from manualgen.book.inventory import Item, encode
from tests.conftest import ROOT, program
from tests.fetch_sphinx import FOLDER, VERSION
from tests.sphinxext.sphinx_apps import application, built, copied


def page(folder, name):
    return LexborHTMLParser((folder / name).read_text())


def links(tree):
    return [(node.text(), node.attributes["href"]) for node in tree.css("a.reference.internal")]


def facts(tree, identifier):
    """Return the facts that a page shows of an option: label → text."""
    description = tree.css_first(f'dt[id="{identifier}"]').parent
    labels = [node.text().rstrip(":") for node in description.css("dl.field-list > dt")]
    values = [" ".join(node.text().split()) for node in description.css("dl.field-list > dd")]
    return dict(zip(labels, values, strict=True))


@pytest.fixture(scope="module")
def rest(tmp_path_factory):
    source = copied("rest", tmp_path_factory.mktemp("rest"))
    settings = {"nitpicky": True}
    return built(source, confoverrides=settings, parallel=2, warningiserror=False)


@pytest.fixture(scope="module")
def site(rest):
    return rest[0]


def test_a_project_of_rest_is_built_without_a_warning(rest):
    assert rest[1] == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("services.proxy.enable", "modules/services.html#opt-services.proxy.enable"),
        # A name after ~ is shown by its last component; a placeholder stands for two here.
        ("root", "modules/services.html#opt-services.proxy.hosts._name_.root"),
        ("The port", "modules/services.html#opt-services.proxy.port"),
        # Relative to the module.
        ("port", "modules/services.html#opt-services.proxy.port"),
        ("hosts.a.root", "modules/services.html#opt-services.proxy.hosts._name_.root"),
    ],
)
def test_the_role_finds_options(site, text, address):
    assert (text, address) in links(page(site, "index.html"))


def test_the_facts_of_an_option_are_shown(site):
    tree = page(site, "modules/services.html")
    assert facts(tree, "opt-services.proxy.enable") == {
        "Type": "boolean",
        "Default": "false",
        "Example": "true",
        "Declared in": "proxy/modules/proxy.nix",
    }
    assert facts(tree, "opt-services.mail.enable")["Related packages"] == "pkgs.postfix"
    name = tree.css_first('dt[id="opt-services.proxy.hosts._name_.address"]').text()
    assert "services.proxy.hosts.<name>.address (read only)" in name
    assert tree.css_matches('a.external[href="https://code.example/v1/modules/proxy.nix"]')


def test_texts_of_options_link_to_options_and_anchors(site):
    tree = page(site, "modules/services.html")
    assert ("services.proxy.port", "#opt-services.proxy.port") in links(tree)
    assert ("the host", "#opt-services.proxy.hosts._name_.root") in links(tree)
    assert tree.css_matches('[id="proxy-hosts"]')


def test_a_split_set_has_a_document_for_each_module(site):
    tree = page(site, "modules.html")
    assert ("programs", "modules/programs.html") in links(tree)
    assert ("services", "modules/services.html") in links(tree)
    assert page(site, "modules/programs.html").css_first("h1").text().startswith("programs")


def test_a_part_of_a_set_can_be_shown_under_headings(site):
    tree = page(site, "options.html")
    names = [node.text().strip() for node in tree.css("dl.nix > dt")]
    assert names == [
        "services.proxy.enable",
        "services.proxy.port",
        "services.proxy.hosts",
        "services.proxy.hosts.<name>.root",
    ]
    assert [node.text() for node in tree.css("h3.rubric")] == ["services.proxy.hosts"]
    # It has no identifiers there, since references lead to the modules.
    assert not tree.css("dt[id]")


def test_a_table_of_options_has_their_first_sentences(site):
    rows = page(site, "index.html").css("table.nix-options tbody tr")
    cells = [[cell.text().strip() for cell in row.css("td")] for row in rows]
    assert ["services.proxy.port", "16 bit unsigned integer", "8080", "The port."] in cells
    # Only those right below the prefix.
    assert len(cells) == 3


def test_options_can_be_written_by_hand(site):
    tree = page(site, "written.html")
    assert facts(tree, "opt-local.enable")["Declared in"] == "local.nix"
    assert tree.css_matches('dt[id="opt-local.enable.inner"]')
    assert ("local.enable.inner", "#opt-local.enable.inner") in links(tree)


def test_options_are_in_the_inventory_the_index_and_the_search(site):
    with (site / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda base, path: path)["nix:option"]
    assert inventory["services.proxy.port"].uri.endswith("services.html#opt-services.proxy.port")
    assert len(inventory) == 10
    index = page(site, "nix-options.html").text()
    assert "services.proxy.hosts.<name>.root" in index
    assert "local.level (option)" in page(site, "genindex.html").text()
    assert "services.proxy" in (site / "searchindex.js").read_text()


def test_a_project_of_myst_has_two_sets_with_the_same_names(tmp_path):
    source = copied("myst", tmp_path)
    folder, warnings, _ = built(source, confoverrides={"nitpicky": True})
    assert warnings == ""
    found = links(page(folder, "index.html"))
    assert ("services.proxy.enable", "#opt-services.proxy.enable") in found
    assert ("again:programs.editor", "again.html#opt-programs.editor") in found
    # The first set of the configuration is meant where none is named.
    assert ("programs.editor", "index.html#opt-programs.editor") in links(
        page(folder, "again.html")
    )


def test_other_projects_link_to_options_by_intersphinx(tmp_path, site):
    source = copied("linking", tmp_path)
    mapping = {"proxy": ("https://proxy.example/", str(site / "objects.inv"))}
    folder, warnings, _ = built(source, confoverrides={"intersphinx_mapping": mapping})
    found = [node.attributes["href"] for node in page(folder, "index.html").css("a.external")]
    modules = "https://proxy.example/modules/services.html#opt-services.proxy"
    assert [address for address in found if "proxy.example" in address] == [
        f"{modules}.enable",
        f"{modules}.hosts._name_.root",
        f"{modules}.port",
        f"{modules}.port",
    ]
    assert "no document describes the option nowhere.at.all" in warnings
    assert warnings.count("WARNING") == 1


def test_inventories_of_sphinxcontrib_nixdomain_can_be_linked_to(tmp_path):
    # Its names are the same, also those with placeholders; its identifiers are of another form.
    name = "services.proxy.hosts.<name>.root"
    items = [
        Item("nix:option", "services.proxy.enable", "o.html#nix-option-services-proxy-enable"),
        Item("nix:option", "services.proxy.port", "o.html#nix-option-services-proxy-port"),
        Item("nix:option", name, "o.html#nix-option-services-proxy-hosts-name-root"),
    ]
    (tmp_path / "objects.inv").write_bytes(encode("Other", "", items))
    mapping = {"other": ("https://other.example/", str(tmp_path / "objects.inv"))}
    source = copied("linking", tmp_path / "projects")
    folder, _, _ = built(source, confoverrides={"intersphinx_mapping": mapping})
    found = [node.attributes["href"] for node in page(folder, "index.html").css("a.external")]
    assert "https://other.example/o.html#nix-option-services-proxy-enable" in found
    assert "https://other.example/o.html#nix-option-services-proxy-hosts-name-root" in found


def test_linkcheck_sees_the_links_of_declarations(tmp_path):
    source = copied("rest", tmp_path)
    folder, _, _ = built(source, "linkcheck", confoverrides={"linkcheck_ignore": [".*"]})
    links_found = [json.loads(line) for line in (folder / "output.json").read_text().splitlines()]
    assert "https://code.example/v1/modules/proxy.nix" in {link["uri"] for link in links_found}


@pytest.mark.parametrize("theme", ["furo", "pydata_sphinx_theme"])
def test_themes_show_modules_near_the_page(tmp_path, theme):
    source = copied("rest", tmp_path)
    settings = {"html_theme": theme, "manualgen_navigation_entries": 1}
    folder, warnings, _ = built(source, confoverrides=settings)
    assert warnings == ""
    tree = page(folder, "modules/services.html")
    assert facts(tree, "opt-services.proxy.enable")["Type"] == "boolean"
    assert tree.css_matches('link[href*="manualgen-options.css"]')
    if theme == "furo":
        navigation = [node.text().strip() for node in tree.css(".sidebar-tree a")]
        # Not the neighbour, since the list is longer than one; all in the document above.
        assert navigation == ["Options by hand", "Modules", "services", "Written"]
        navigation = page(folder, "modules.html").css(".sidebar-tree a")
        assert "programs" in [node.text().strip() for node in navigation]


def test_the_navigation_is_short_also_if_the_first_document_has_the_modules(tmp_path):
    source = copied("rest", tmp_path)
    (source / "modules.rst").unlink()
    text = (
        "Options\n=======\n\n.. nix:options::\n   :split: modules\n\n.. toctree::\n\n   written\n"
    )
    (source / "index.rst").write_text(text)
    (source / "options.rst").unlink()
    settings = {"html_theme": "alabaster", "manualgen_navigation_entries": 1}
    folder, warnings, _ = built(source, confoverrides=settings)
    assert warnings == ""
    shown = {
        name: [
            node.text()
            for node in page(folder, f"{name}.html").css(".sphinxsidebar li.toctree-l1 > a")
        ]
        for name in ("index", "written", "modules/programs")
    }
    assert shown["index"][:3] == ["programs", "services", "Written"]
    assert "programs" in shown["modules/programs"]
    assert "services" not in shown["modules/programs"]
    assert "services" not in shown["written"]


@pytest.mark.skipif(not FOLDER.is_dir(), reason="python -m tests.fetch_sphinx")
def test_the_lowest_version_of_sphinx_builds_a_project(tmp_path):
    source = copied("rest", tmp_path)
    paths = os.pathsep.join([str(FOLDER), str(ROOT)])
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "-n",
        "-j2",
        "-q",
        str(source),
        str(tmp_path / "out"),
    ]
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(command, env=environment, capture_output=True, timeout=300, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    tree = page(tmp_path / "out", "index.html")
    assert f"Sphinx {VERSION}" in tree.css_first(".footer").text()
    target = "modules/services.html#opt-services.proxy.hosts._name_.root"
    assert ("hosts.a.root", target) in links(tree)


@pytest.mark.parametrize("builder", ["text", "man", "latex", "epub", "singlehtml", "dirhtml"])
def test_other_builders_write_the_options(tmp_path, builder):
    source = copied("rest", tmp_path)
    # An EPUB asks for more metadata than the project has.
    quiet = {"suppress_warnings": ["epub"], "epub_copyright": "x", "version": "1"}
    folder, warnings, _ = built(source, builder, confoverrides=quiet)
    assert warnings == ""
    written = {
        "text": "modules/services.txt",
        "man": "proxy.5",
        "latex": "proxy.tex",
        "epub": "modules/services.xhtml",
        "singlehtml": "index.html",
        "dirhtml": "modules/services/index.html",
    }[builder]
    text = (folder / written).read_text()
    if "html" in written:
        text = LexborHTMLParser(text).text()
    for part in ("16 bit unsigned integer", "8080", "Related packages", "the proxy finds itself"):
        assert part in text


def test_a_set_that_is_missing_or_broken_is_one_error(tmp_path):
    source = copied("rest", tmp_path)
    (source / "options.json").write_text("{ not json")
    with (
        pytest.raises(Exception, match=r"options\.json.*ends in the middle") as caught,
        application(source),
    ):
        pass
    assert type(caught.value).__name__ == "ExtensionError"
    (source / "options.json").unlink()
    with pytest.raises(Exception, match=r"options\.json") as caught, application(source):
        pass
    assert type(caught.value).__name__ == "ExtensionError"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": {"sorce": "options.json"}}, 'write "source"'),
        ({"a": {"name": "x"}}, "names no file"),
        ({"a": 3}, "is a int"),
        ({"a b": "options.json"}, "is not a name of a set"),
        ({"a": {"source": "options.json", "revision": 3}}, "Expected `str`"),
    ],
)
def test_bad_settings_are_errors_that_say_what_to_write(tmp_path, value, message):
    source = copied("rest", tmp_path)
    with (
        pytest.raises(Exception, match=message) as caught,
        application(source, confoverrides={"manualgen_options": value}),
    ):
        pass
    assert type(caught.value).__name__ == "ConfigError"


def small(folder, text, options=None, name="index.rst", **settings):
    """Build a project of one document with a set."""
    folder.mkdir(exist_ok=True)
    (folder / "conf.py").write_text(
        "extensions = ['manualgen.sphinxext']\nmanualgen_options = {'s': 'options.json'}\n"
    )
    (folder / "options.json").write_text(json.dumps(options or {"a.b": {"description": "B."}}))
    (folder / name).write_text(f"Title\n=====\n\n{text}\n")
    return built(folder, "dummy", confoverrides=settings)[1].replace(str(folder), "")


def test_a_bad_description_is_one_warning_with_the_name_of_the_option(tmp_path):
    options = {"a.b": {"description": "A <b>bold</b> word.", "declarations": ["x.nix"]}}
    warnings = small(tmp_path, ".. nix:options::", options)
    assert warnings.count("WARNING") == 1
    assert "a.b (declared in x.nix), description line 1: WARNING: raw HTML" in warnings
    assert "(1 more in this text) [manualgen.raw-html]" in warnings
    quiet = {"suppress_warnings": ["manualgen.raw-html"]}
    assert small(tmp_path / "quiet", ".. nix:options::", options, **quiet) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (":nix:option:`a.c`", "no document describes the option a.c"),
        (".. nix:options:: t", "manualgen_options has no set t; write s"),
        (
            ".. nix:options::\n   :prefix: a.x",
            "no option a.x, and none below it; write :prefix: a.b",
        ),
        (".. nix:options::\n   :exclude: a.x", "no option a.x, and none below it; write :exclude:"),
        (".. nix:options::\n   :exclude: a", "of the set s, :depth: or :exclude: leaves out all"),
        (".. nix:options::\n   :split: ../x", "without `..`"),
        (":nix:option:`a.b`", "the option a.b, which the set s has; show it with"),
        (".. nix:options::\n   :heading-level: 7", "from 1 to 6"),
        (".. nix:options::\n   :sort: sideways", "sideways"),
        (".. nix:option:: x\n\n.. nix:option:: x", "the option x is described twice"),
        (".. nix:options::\n\n.. nix:options::", "the document has the identifier opt-a.b already"),
    ],
)
def test_what_is_wrong_in_a_document_is_a_warning_at_its_line(tmp_path, text, message):
    warnings = small(tmp_path, text)
    assert message in warnings
    assert warnings.count("WARNING") + warnings.count("ERROR") == 1
    assert "/index.rst:" in warnings


def test_a_reference_that_leads_nowhere_is_reported_wherever_it_stands(tmp_path):
    warnings = small(tmp_path, ".. nix:options::\n\n:nix:option:`a.x`\n\n:nix:option:`a.x`")
    assert warnings.count("no document describes the option a.x") == 2


def test_a_table_may_list_options_that_are_described_nowhere(tmp_path):
    assert small(tmp_path, ".. nix:option-table::", nitpicky=True) == ""


def test_identifiers_of_options_lead_to_them(tmp_path):
    assert small(tmp_path, ".. nix:options::\n\n:any:`opt-a.b`", nitpicky=True) == ""


def test_a_set_may_be_modules_which_nix_evaluates(tmp_path, monkeypatch):
    program("nix-instantiate")
    (tmp_path / "nixpkgs").mkdir()
    (tmp_path / "nixpkgs/lib").symlink_to(ROOT / "tests/evaluation/fixtures/lib")
    monkeypatch.setenv("NIX_PATH", f"nixpkgs={tmp_path}/nixpkgs")
    module = tmp_path / "module.nix"
    text = "{ lib, ... }: { options.%s = lib.mkOption { type = lib.types.int; default = %s; }; }"
    module.write_text(text % ("m.port", "1"))
    sets = {"manualgen_options": {"s": "module.nix"}}
    directive = ".. nix:options::\n\n:nix:option:`m.port`"
    assert small(tmp_path, directive, **sets) == ""
    module.write_text(text % ("m.other", "1"))
    warnings = small(tmp_path, directive, **sets)
    assert "no document describes the option m.port; write m.other" in warnings
    (tmp_path / "nixpkgs/lib").unlink()
    with pytest.raises(Exception, match="NIX_PATH=nixpkgs=PATH"):
        small(tmp_path, directive, **sets)


def test_a_name_may_end_with_a_placeholder(tmp_path):
    options = {"a.<name>": {"description": "A."}, "a": {"description": "All."}}
    text = ".. nix:options::\n\n:nix:option:`a.<name>`, :nix:option:`all <a.b>`"
    assert small(tmp_path, text, options) == ""
    with application(tmp_path, "pseudoxml") as app:
        app.build()
        written = (Path(app.outdir) / "index.pseudoxml").read_text()
    assert written.count('refid="opt-a._name_"') == 2


def test_an_unknown_option_is_reported_with_the_nearest_name(tmp_path):
    options = {"services.proxy.enable": {"description": "E."}}
    warnings = small(tmp_path, ".. nix:options::\n\n:nix:option:`services.proxy.enabel`", options)
    assert "write services.proxy.enable, if that is meant [manualgen.unknown-option]" in warnings
    # The builder of EPUBs resolves the references of a document several times.
    with application(tmp_path, "epub") as app:
        app.build()
        assert app.warning.getvalue().count("services.proxy.enable, if that is meant") == 1


def test_an_option_described_in_two_documents_is_reported(tmp_path):
    (tmp_path / "other.rst").write_text(":orphan:\n\nOther\n=====\n\n.. nix:options::\n")
    warnings = small(tmp_path, ".. nix:options::")
    assert "the option a.b is described in index, too; write :no-index:" in warnings
