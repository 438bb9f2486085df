"""The history of options in the outputs: since when they exist, what changed, their old names."""

from __future__ import annotations

import json
import re

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from manualgen import api
from manualgen.errors import Code, ManualError
from tests import manuals
from tests.conftest import manualgen, written

TEXT = "The number of seconds after which a connection is closed."
OLD = {
    "services.alpha.timeout": {"description": TEXT, "type": "signed integer"},
    "services.alpha.enable": {
        "description": "Whether to enable alpha.",
        "type": "boolean",
        "default": {"_type": "literalExpression", "text": "false"},
    },
}
NEW = {
    "services.alpha.idle <b>": {"description": TEXT, "type": "signed integer"},
    "services.alpha.enable": {
        "description": "Whether to enable alpha.",
        "type": "boolean",
        "default": {"_type": "literalExpression", "text": "true"},
    },
    "services.alpha.extra": {"description": "More. See [](#opt-services.alpha.timeout)."},
    **{f"filler.o{number:03}": {"description": "Filler."} for number in range(160)},
}


@pytest.fixture
def files(tmp_path):
    return written(tmp_path / "new.json", NEW), written(tmp_path / "old.json", OLD)


def facts_of(tree, name):
    (section,) = [
        node for node in tree.css("section.option") if node.css_first("h3").text() == name
    ]
    return section.css(".option-facts > dd")[-1].text()


def test_html(files, tmp_path):
    done = manualgen("html", "new.json", "-o", "site", "--history", "25.05=old.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    tree = HTMLParser((tmp_path / "site/options/services.html").read_text())
    assert facts_of(tree, "services.alpha.enable") == (
        "Since 25.05 or earlier. Default changed since 25.05, from false."
    )
    assert facts_of(tree, "services.alpha.extra") == "New since 25.05."
    assert facts_of(tree, "services.alpha.idle <b>") == (
        "Since 25.05 or earlier. Renamed from services.alpha.timeout since 25.05."
    )
    # The old identifier is in the section, references to it lead there, and so do old addresses.
    (anchor,) = tree.css('[id="opt-services.alpha.timeout"]')
    assert anchor.tag == "span"
    (reference,) = tree.css("a.option-ref")
    assert reference.attributes["href"] == "services.html#opt-services.alpha.timeout"
    assert reference.text() == "services.alpha.idle <b>"
    routes = (tmp_path / "site/options.html").read_text()
    assert (
        '"opt-services.alpha.timeout":"options/services.html#opt-services.alpha.timeout"' in routes
    )
    assert b"unknown-option" not in done.stderr
    assert b"dangling-reference" not in done.stderr


@pytest.mark.parametrize("command", ["man", "markdown", "asciidoc"])
def test_documents(files, tmp_path, command):
    done = manualgen(command, "new.json", "-o", "out", "--history", "25.05=old.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out").read_text().replace("\\&", "").replace("\\", "")
    plain = re.sub(r"[*_`]|f[BIR]|\n", " ", text)
    plain = " ".join(plain.split())
    assert "History: Since 25.05 or earlier. Default changed since 25.05, from false" in plain
    assert "History: New since 25.05." in plain
    assert "Renamed from services.alpha.timeout since 25.05." in plain


def test_without_history_nothing_is_said(files):
    made = api.from_options(api.read_options(files[0]))
    assert "History" not in api.render_option(made, "services.alpha.enable")


def test_the_setting_of_a_manual(tmp_path, files):
    toml = """source = "manual.md"
[[options]]
source = "new.json"
history = { "1" = "old.json" }
[[options]]
source = "other.json"
id-prefix = "o-"
"""
    other = json.dumps({"services.alpha.timeout": {"description": "Of another set."}})
    manuals.write(
        tmp_path,
        {"manual.toml": toml, "manual.md": "# M {#m}\n\n## V\n", "other.json": other},
    )
    made = api.load(tmp_path / "manual.toml")
    assert [one for one in made.diagnostics if one.code is Code.DUPLICATE_ID] == []
    assert "Default changed" in api.render_option(made, "services.alpha.enable", "markdown")
    other_set = made.sets[1].catalog
    assert all(one.history is None for one in other_set.options)
    assert tmp_path / "old.json" in {path.resolve() for path in made.inputs.paths}


def test_an_old_identifier_that_another_set_has(tmp_path, files):
    """A set that took over an option has its identifier; that is no error."""
    toml = """source = "manual.md"
[[options]]
source = "other.json"
[[options]]
source = "new.json"
history = { "1" = "old.json" }
"""
    other = json.dumps({"services.alpha.timeout": {"description": "Of another set."}})
    files = {"manual.toml": toml, "manual.md": "# M {#m}\n\n## V\n", "other.json": other}
    manuals.write(tmp_path, files)
    made = api.load(tmp_path / "manual.toml")
    assert [one for one in made.diagnostics if one.code is Code.DUPLICATE_ID] == []
    result = api.build_html(made, tmp_path / "site")
    for page in (tmp_path / "site").rglob("*.html"):
        ids = [node.attributes["id"] for node in HTMLParser(page.read_text()).css("[id]")]
        assert len(ids) == len(set(ids)), page
    assert result.pages


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--history", "1=nowhere.json"], 1, b"error[unreadable]"),
        (["--history", "1=bad.json"], 1, b"error[not-json]"),
        (["--history", "nothing"], 2, b"NAME=PATH"),
        (["--history", "1=old.json", "--history", "1=new.json"], 2, b"1 is given twice"),
    ],
)
def test_releases_that_cannot_be_used(files, tmp_path, arguments, status, message):
    written(tmp_path / "bad.json", b"{")
    done = manualgen("html", "new.json", "-o", "site", *arguments, cwd=tmp_path)
    assert done.returncode == status
    assert message in done.stderr
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "site").exists()


def test_a_release_outside_the_folder_of_a_manual(tmp_path, files):
    folder = tmp_path / "manual"
    toml = '[[options]]\nsource = "o.json"\nhistory = { "1" = "../old.json" }\n'
    manuals.write(folder, {"manual.toml": toml, "o.json": json.dumps(NEW)})
    with pytest.raises(ManualError) as caught:
        api.load(folder / "manual.toml")
    assert caught.value.diagnostic.code is Code.OUTSIDE_ROOT


def test_a_release_is_an_input_which_is_not_replaced(files, tmp_path):
    before = files[1].read_bytes()
    done = manualgen(
        "markdown", "new.json", "-o", "old.json", "--history", "1=old.json", cwd=tmp_path
    )
    assert b"error[would-overwrite]" in done.stderr
    assert files[1].read_bytes() == before


@pytest.mark.slow
def test_the_search_finds_old_names_and_old_addresses_lead_to_the_option(browser, files, tmp_path):
    manualgen("html", "new.json", "-o", "site", "--history", "25.05=old.json", cwd=tmp_path)
    site = (tmp_path / "site").as_uri()
    page = browser.new_page()
    for query in ("services.alpha.timeout", "timeout"):
        page.goto(f"{site}/index.html?q={query}")
        first = page.locator(".search-group li").first
        first.wait_for()
        assert first.locator("a").text_content() == "services.alpha.idle <b>"
    page.goto(f"{site}/options.html#opt-services.alpha.timeout")
    page.wait_for_url("**/options/services.html#opt-services.alpha.timeout")
    assert page.locator('section:has([id="opt-services.alpha.timeout"]) h3').text_content()
    page.close()
