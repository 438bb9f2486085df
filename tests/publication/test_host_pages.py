"""The pages of a host: all projects, the versions of one, and the status of all."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from selectolax.lexbor import LexborHTMLParser

from manualgen.publication import host_versions, project_list
from manualgen.publication.host_pages import HostPages, HostSettings
from manualgen.publication.model import (
    PublishedProject,
    PublishedVersion,
    Record,
    Site,
    VersionStatus,
)
from tests.conftest import program
from tests.publication.listing import files_in, options, publish, write


def version_of(name, version, title="", count=3):
    address = f"{name}/{version}/"
    return PublishedVersion(version, title or name, count, 2, address, f"{address}objects.inv")


def project_of(name, *versions, title=""):
    published = tuple(version_of(name, version, title) for version in versions)
    return PublishedProject(name, title or name, versions[0], f"{name}/latest/", published)


def pages(*projects, statuses=(), settings=None):
    made = HostPages(settings or HostSettings())
    for project in projects:
        made.add(project)
    for status, seconds in statuses:
        made.add_status(status, seconds)
    return {name: LexborHTMLParser(data) for name, data in made.files("v")}


def texts(page, selector):
    return [" ".join(node.text(separator=" ").split()) for node in page.css(selector)]


def test_a_manual_without_options_has_pages():
    versions = (version_of("guide", "1.0", count=0),)
    without = PublishedProject("guide", "Guide", "1.0", "guide/latest/", versions)
    front = pages(without)["index.html"]
    assert texts(front, ".projects li") == ["Guide 1.0 2 pages"]


def test_the_front_page():
    front = pages(
        project_of("nixos", "25.05", "24.11", title="NixOS options"),
        project_of("home", "2.0", "1.9", "1.8", "1.7", "1.6", "1.5"),
        project_of("alone", "unstable"),
    )["index.html"]
    assert texts(front, ".projects li") == [
        "alone unstable 3 options",
        "home 2.0 3 options also 1.9 1.8 1.7 all 6 versions",
        "NixOS options nixos 25.05 3 options also 24.11",
    ]
    links = [node.attributes["href"] for node in front.css(".projects a")]
    assert links == [
        "alone/unstable/index.html",
        "home/2.0/index.html",
        "home/1.9/index.html",
        "home/1.8/index.html",
        "home/1.7/index.html",
        "home/index.html",
        "nixos/25.05/index.html",
        "nixos/24.11/index.html",
    ]
    assert front.css_first("h1").text() == "3 projects"
    assert front.css_first("form.search").attributes["data-host"] == "v"
    assert not front.css(".letters")


def test_many_projects_have_letters():
    names = [*(f"{letter}{number}" for letter in "acz" for number in range(9)), "9lives", "Ägypten"]
    front = pages(*(project_of(name, "1.0") for name in names))["index.html"]
    assert texts(front, ".letters li") == ["A", "C", "Z", "Ä", "0–9"]
    for link in front.css(".letters a"):
        assert len(front.css(f'[id="{link.attributes["href"][1:]}"]')) == 1
    assert len(front.css(".projects li")) == len(names)


def test_a_host_without_projects():
    front = pages()["index.html"]
    assert "No manual has been published yet." in front.css_first("main").text()


DIAGNOSTIC = {
    "code": "not-json",
    "severity": "error",
    "message": "bad <script>alert(1)</script>",
    "help": "write & save",
    "file": "options.json",
    "line": 3,
    "option": None,
    "excerpt": '<img src=x onerror="alert(1)">',
}


def status_of(name, state="built", built="2025-06-15T15:06:40Z", counts=(0, 0, 0), found=()):
    address = f"{name}/1.0/" if built else ""
    return VersionStatus(name, "1.0", state, built, address, *counts, tuple(found))


def test_the_status():
    warning = {**DIAGNOSTIC, "severity": "warning", "option": "a.b", "file": "", "line": None}
    made = pages(
        statuses=[
            (status_of("fine"), 1.25),
            (status_of("noted", counts=(0, 7, 0), found=[warning]), 0.0),
            (status_of("kept", "failed", counts=(1, 0, 0), found=[DIAGNOSTIC]), 2.0),
            (status_of("never", "failed", "", (1, 0, 0), [DIAGNOSTIC]), 0.0),
        ]
    )
    page = made["status.html"]
    assert texts(page, "h2") == ["Failed", "Built, with problems", "Built"]
    assert texts(page, ".status > li > p:first-child") == [
        "kept 1.0 failed after 2.0 s; kept as it was built 2025-06-15 15:06:40 UTC",
        "never 1.0 failed; nothing is published",
        "noted 1.0 built 2025-06-15 15:06:40 UTC",
        "fine 1.0 built 2025-06-15 15:06:40 UTC in 1.2 s",
    ]
    assert [node.attributes["href"] for node in page.css(".status a")] == [
        "kept/1.0/index.html",
        "noted/1.0/index.html",
        "fine/1.0/index.html",
    ]
    # Texts of strangers are shown as they are.
    assert not page.css("main script, main img")
    assert page.css_first(".finding p").text().startswith("error: bad <script>alert(1)</script>")
    assert page.css_first(".finding pre").text().strip() == DIAGNOSTIC["excerpt"]
    assert "options.json:3" in page.css_first(".finding").text()
    assert "option a.b" in page.css(".finding")[2].text()
    assert texts(page, ".status > li > p:last-child")[0] == "6 more"
    assert texts(made["index.html"], ".host-links") == ["Status: 2 manuals built, 2 failed"]


def test_the_page_of_a_project():
    made = HostPages(HostSettings("Nix documentation"))
    data = made.project(
        project_of("p", "2.0", "1.0"), ["2025-06-15T15:06:40Z", "2024-01-02T00:00:00Z"]
    )
    page = LexborHTMLParser(data)
    assert texts(page, "tbody tr") == ["2.0 newest 3 2 2025-06-15", "1.0 3 2 2024-01-02"]
    links = [node.attributes["href"] for node in page.css("main a")]
    assert links == ["../index.html", "2.0/index.html", "1.0/index.html", "latest/index.html"]


def test_a_theme(tmp_path):
    (tmp_path / "host.html").write_text("{{ title }}: {{ groups|length }}", "utf-8")
    (tmp_path / "host.css").write_text("p { color: red }", "utf-8")
    (tmp_path / "projects.toml").write_text(
        'title = "Mine"\n[settings]\ntheme = "."\n'
        '[[project]]\nname = "a"\nversion = "1.0"\nsource = "a.json"\n',
        "utf-8",
    )
    (tmp_path / "a.json").write_text(options("a"), "utf-8")
    publish(tmp_path / "projects.toml", tmp_path / "public")
    assert (tmp_path / "public/index.html").read_text("utf-8") == "Mine: 1"
    assert (tmp_path / "public/_host/host.css").read_text("utf-8") == "p { color: red }"


# ─── versions ───


def site_of(pages, names):
    files = dict.fromkeys(pages, (b"", 0)) | {"style.css": (b"", 0)}
    return Site(files=files, names=tuple((name, f"opt-{name}") for name in names))


def data_of(files):
    """Return what the scripts of a project's versions hand over, as Node reads them."""
    names = files["versions.js"].decode().split("\n")[0]
    places = files["places.js"].decode()
    script = (
        f"const manualgenPlaces = (...found) => found;\n{names}\n"
        f"console.log(JSON.stringify([manualgenVersions, {places}]))"
    )
    done = subprocess.run(
        [program("node"), "-e", script], check=True, capture_output=True, timeout=60
    )
    return json.loads(done.stdout)


def test_places_that_versions_lack():
    new = site_of(["index.html", "new.html"], ["a", "b", "</script>\u2028"])
    old = site_of(["index.html", "old.html"], ["a", "c"])
    oldest = site_of(["index.html", "old.html"], ["a", "b"])
    files = host_versions.files([("3.0", new), ("2.0", old), ("1.0", oldest)], None)
    assert data_of(files) == [
        ["3.0", "2.0", "1.0"],
        [
            {"1": ["new.html"], "6": ["old.html"]},
            {"1": ["opt-</script>\u2028"], "2": ["opt-c"], "5": ["opt-b"]},
        ],
    ]


def test_one_version_lacks_nothing():
    files = host_versions.files([("1.0", site_of(["index.html"], ["a"]))], None)
    assert data_of(files) == [["1.0"], [{}, {}]]


def test_a_version_that_is_added_builds_no_other(tmp_path):
    projects = {"alpha 1.0": options("alpha.enable"), "beta 1.0": options("beta.enable")}
    publish(write(tmp_path, projects), tmp_path / "public")
    before = files_in(tmp_path / "public")
    listed = write(tmp_path, {**projects, "alpha 2.0": options("alpha.enable", "alpha.new")})
    result = publish(listed, tmp_path / "public")
    assert (result.built, result.unchanged) == (1, 2)
    after = files_in(tmp_path / "public")
    changed = {name for name in before if before[name] != after.get(name)}
    assert not [name for name in changed if re.match(r"alpha/1\.0|beta/", name)]
    assert {"alpha/versions.js", "alpha/places.js", "alpha/index.html"} <= changed
    assert b'"2.0","1.0"' in after["alpha/versions.js"]


def test_pages_of_a_published_manual_know_the_versions(tmp_path):
    many = options(*(f"{first}.o{number}" for first in "ab" for number in range(90)))
    publish(write(tmp_path, {"alpha 1.0": many}), tmp_path / "public")
    for path, up in (("index.html", "../"), ("options/a.html", "../../")):
        page = LexborHTMLParser((tmp_path / "public/alpha/1.0" / path).read_bytes())
        assert page.css_first("a.versions").attributes["href"] == f"{up}index.html"
        scripts = [node.attributes.get("src") for node in page.css("script")]
        assert f"{up}versions.js" in scripts


@pytest.mark.parametrize("title", ["1", '["a"]', f'"{"x" * 201}"'])
def test_a_title_that_is_none(tmp_path, title):
    (tmp_path / "projects.toml").write_text(f"title = {title}\n", "utf-8")
    (found,) = project_list.read(tmp_path / "projects.toml").diagnostics
    assert found.line == 1
    assert 'title = "' in found.help


def test_records_have_the_time_of_a_build():
    assert Record().seconds == 0
