"""Whole manuals: numbers, pages, what leads from one to another; and real ones."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from selectolax.lexbor import LexborHTMLParser

from manualgen import api
from manualgen.book import manual as manuals
from manualgen.book import sources
from manualgen.book.manual import ManualSettings
from manualgen.errors import ManualError, Severity
from manualgen.site import site as sites
from manualgen.site import workers
from manualgen.site.building import BuildOptions
from manualgen.site.plan import ChapterBody, SitePlan
from tests.conftest import ROOT, SHARED, shared
from tests.manuals import OPTIONS, build, include, load, write

BIG = json.dumps(
    {
        f"{first}.o{number}": {"loc": [first, f"o{number}"], "type": "boolean", "description": "D."}
        for first in ("a", "b.c", "<d>")
        for number in range(60)
    }
)
PARTS = {
    "manual.md": "# B {#book}\n\n## S\n\n"
    + include("preface", "preface.md")
    + include("parts", "p1.md", "p2.md")
    + include("appendix", "app.md", arguments="html:into-file=//app.xhtml")
    + include("appendix", "opts.md", arguments="html:into-file=//options.html"),
    "preface.md": "# Before {#preface}\n\nSee [](#part-two), [](#app), [](#sec-b), [](#ch-one).\n",
    "p1.md": "# First {#part-one}\n\n" + include("chapters", "c1.md", "c2.md"),
    "p2.md": "# Second {#part-two}\n\n" + include("chapters", "c3.md"),
    "c1.md": "# One {#ch-one}\n\n[^a] ::: \n\n[^a]: N1\n\n" + include("sections", "s.md"),
    "c2.md": "# Two {#ch-two}\n\n"
    + include("sections", "t.md", "u.md", arguments="auto-id-prefix=x"),
    "c3.md": "# Three {#ch-three}\n\nText[^a].\n\n[^a]: N3\n",
    "s.md": "# S {#sec-b}\n\n::: {.example}\n# E\n\nx[^a]\n:::\n\n[^a]: N2\n\n## Deep {#deep}\n",
    "t.md": "# T\n\n## T1\n\n### T2\n\n## T3\n",
    "u.md": "# U\n\n::: {.example #ex}\n# F\n\nx\n:::\n",
    "app.md": "# App {#app}\n\n" + include("chapters", "a1.md", "a2.md"),
    "a1.md": "# A1 {#a1}\n",
    "a2.md": "# A2 {#a2}\n",
    "opts.md": "# Opts {#ch-opts}\n\n"
    + include("options", "list-id: the-list", "source: big.json"),
    "big.json": BIG,
}


def test_numbers(tmp_path):
    site = build(tmp_path, PARTS, chunk="file")
    assert [found for found in site.diagnostics if found.severity > Severity.HINT] == []
    assert [(d.number, d.identifier) for d in site.manual.outline.divisions if d.number] == [
        ("I", "part-one"),
        ("1", "ch-one"),
        ("2", "ch-two"),
        ("II", "part-two"),
        ("3", "ch-three"),
        ("A", "app"),
        ("A.1", "a1"),
        ("A.2", "a2"),
        ("B", "ch-opts"),
    ]
    assert site.text(".example-title") == ["Example 1. E", "Example 2. F"]
    assert site.text(".footnote-ref") == ["1", "2", "3"]
    assert site.text("#preface p") == ["See Second, Appendix A, the section called “S”, One."]


def test_identifiers_that_an_include_gives(tmp_path):
    site = build(tmp_path, PARTS)
    ids = [d.identifier for d in site.manual.outline.divisions if d.identifier.startswith("x-")]
    assert ids == ["x-1", "x-1.1", "x-1.1.1", "x-1.2", "x-2"]


def test_pages_by_file_by_chapter_and_one(tmp_path):
    names = {
        chunk: [
            page.path
            for page in build(tmp_path / chunk, PARTS, chunk=chunk).plan.pages
            if isinstance(page.body, ChapterBody)
        ]
        for chunk in ("file", "chapter", "one")
    }
    assert names == {
        "file": ["index.html", "app.html", "options.html"],
        "chapter": [
            "index.html",
            "preface.html",
            "part-one.html",
            "ch-one.html",
            "ch-two.html",
            "part-two.html",
            "ch-three.html",
            "app.html",
            "a1.html",
            "a2.html",
            "options.html",
        ],
        "one": ["index.html"],
    }
    assert (tmp_path / "file/site/app.xhtml").is_file()
    for chunk in names:
        _whole(tmp_path / chunk / "site")
        assert LexborHTMLParser((tmp_path / chunk / "site/index.html").read_text()).css_first("h1")


def test_the_ways_between_pages(tmp_path):
    site = build(tmp_path, PARTS, chunk="chapter")
    links = re.findall(
        r'<link rel="(\w+)" href="([^"]+)"', (site.folder / "ch-two.html").read_text()
    )
    assert links[1:] == [
        ("prev", "ch-one.html"),
        ("next", "part-two.html"),
        ("up", "part-one.html"),
    ]
    assert site.text(".breadcrumbs li", "ch-two.html") == ["B", "I. First"]
    assert site.text(".breadcrumbs li", "options/a.html") == ["B", "Opts"]
    assert site.text(".tree [aria-current]", "ch-two.html") == ["2. Two"]
    for page in site.folder.rglob("*.html"):
        assert len(LexborHTMLParser(page.read_text()).css("h1")) == 1


def test_contents_to_a_depth(tmp_path):
    deep = build(tmp_path / "deep", PARTS, toc_depth=3, chapter_toc_depth=2, chunk="chapter")
    assert "Deep" in deep.text(".toc li")
    assert "T2" not in " ".join(deep.text(".toc li", "ch-two.html"))
    flat = build(tmp_path / "flat", PARTS, toc_depth=1)
    assert "S" not in flat.text(".toc li")
    assert "1. One" in flat.text(".toc li")
    none = build(tmp_path / "none", PARTS, toc_depth=0)
    assert none.text(".toc h2") == ["Examples"]


def test_there_is_one_list_of_contents(tmp_path):
    site = build(tmp_path / "chapter", PARTS)
    # The front page is the list; the tree of others has what is around them, and no section.
    assert site.html(".tree") == []
    assert site.text("main > .toc:not(.in-tree) > ol > li > a")[:2] == ["Before", "I. First"]
    assert site.text(".tree a", "ch-two.html") == [
        *("Before", "I. First", "1. One", "2. Two", "II. Second", "A. App", "B. Opts")
    ]
    assert site.text(".tree [aria-current=page]", "ch-two.html") == ["2. Two"]
    # The sections of a chapter are in "On this page" alone.
    assert site.html("main .toc", "ch-two.html") == []
    assert site.text(".on-this-page a", "ch-two.html")[:2] == ["T", "T1"]
    # A part lists its chapters itself.
    assert site.text("main > .toc a", "part-one.html") == ["1. One", "2. Two"]
    assert "1. One" not in site.text(".tree a", "part-one.html")
    # On a front page with chapters the same list is beside the text, or before it.
    files = build(tmp_path / "file", PARTS, chunk="file")
    contents = files.text("main > .toc.in-tree a")
    assert "T" in contents
    assert files.text(".tree a") == contents
    # Without contents on it, a front page has the tree.
    none = build(tmp_path / "none", PARTS, toc_depth=0)
    assert none.text(".tree > ul > li > a")[:2] == ["Before", "I. First"]


def test_chapters_that_share_a_page_have_contents_of_their_own(tmp_path):
    site = build(tmp_path, PARTS, chunk="file")
    (contents,) = site.html("section.chapter > nav.toc")
    assert 'aria-label="Contents of 2. Two"' in contents
    assert site.text("#ch-two > nav.toc a") == ["T", "U"]
    page = site.page()
    assert page.css_first("#ch-two > h3 + nav.toc, #ch-two > h4 + nav.toc") is not None
    deep = build(tmp_path / "deep", PARTS, chunk="file", chapter_toc_depth=2)
    assert deep.text("#ch-two > nav.toc a") == ["T", "T1", "T3", "U"]
    none = build(tmp_path / "none", PARTS, chunk="file", chapter_toc_depth=0)
    assert none.html("section > nav.toc") == []
    sections = build(tmp_path / "sections", PARTS, chunk="file", section_toc_depth=2)
    assert sections.text("section.section > nav.toc a") == ["T1", "T2", "T3"]


def test_chapters_list_their_sections_and_options_beside_the_text(tmp_path):
    site = build(
        tmp_path,
        {
            "manual.md": "# B {#book}\n\n## S\n\n" + include("chapters", "c.md", "o.md"),
            "c.md": "# C {#c}\n\n## One {#one}\n\n### Deep {#deep}\n\n## Two {#two}\n",
            "o.md": "# O {#o}\n\nText.\n\n" + include("options", "source: o.json"),
            "o.json": OPTIONS,
        },
        chunk="chapter",
    )

    def links(page):
        return [link.attributes["href"] for link in site.page(page).css(".on-this-page a")]

    assert links("index.html") == []
    assert links("c.html") == ["#one", "#deep", "#two"]
    assert site.text(".on-this-page li li", "c.html") == ["Deep"]
    assert links("o.html") == ["#opt-a.b", "#opt-a._name_.c"]
    assert site.text(".on-this-page .path", "o.html") == ["<name>."]
    # What all names begin with stands once before them.
    assert site.text(".on-this-page div.option-names", "o.html") == ["a"]


def test_pages_of_options_stand_in_the_tree_of_the_book(tmp_path):
    site = build(tmp_path, PARTS)
    page = site.page("options/a.html")
    titles = [" ".join(item.text(deep=False).split()) for item in page.css(".tree > ul > li > a")]
    assert titles == ["Before", "I. First", "II. Second", "A. App", "B. Opts"]
    (here,) = page.css(".tree [aria-current]")
    assert here.text(deep=False).strip() == "a"
    assert here.parent.parent.parent.css_first("a").attributes["href"] == "../options.html"
    assert all(
        (site.folder / "options" / (link.attributes["href"] or "").partition("#")[0]).exists()
        for link in page.css(".tree a")
    )


def test_another_build_changes_only_what_has_changed(tmp_path):
    site = build(tmp_path, PARTS)
    stamps = {path: path.stat().st_mtime_ns for path in site.folder.rglob("*.html")}
    build(tmp_path, {"a2.md": "# Other {#a2}\n"})
    changed = {path.name for path, stamp in stamps.items() if path.stat().st_mtime_ns != stamp}
    assert "app.html" in changed
    assert not any(name.startswith(("a.", "b.c")) for name in changed)
    build(tmp_path, {"manual.md": "# B {#book}\n\n## S\n"})
    assert not (tmp_path / "site/app.html").exists()


def test_the_same_bytes_whatever_the_jobs(tmp_path):
    manual = build(tmp_path, PARTS).manual
    digests = set()
    for jobs in (1, 2, 5):
        folder = tmp_path / f"site{jobs}"
        api.build_html(manual, folder, options=BuildOptions(jobs=jobs))
        digests.add(_digest(folder))
    assert len(digests) == 1


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"a2.md": "# Shown {#a2}\n\n````\n```{=include=} chapters\nnowhere.md\n```\n````\n"},
        {"a2.md": "# Circle {#a2}\n\n```{=include=} sections\na2.md\n```\n"},
        {"a2.md": "# Out {#a2}\n\n```{=include=} sections\n../../../etc/passwd\n\\0\n```\n"},
        {"a2.md": "# Bad {#a2}\n\n```{=include=} options\nsource: manual.md\n```\n"},
        {"a2.md": "# Open {#a2}\n\n```{=include=} options\nsource: o.json\n"},
        {"a2.md": b"\xff\xfe\x00"},
        {"a2.md": b"\xef\xbb\xbf# Windows {#a2}\r\n\r\nText.\r\n"},
    ],
)
def test_what_is_read_ahead_changes_nothing(tmp_path, monkeypatch, more):
    source = write(tmp_path / "source", {**PARTS, **more})
    monkeypatch.setattr(sources, "LARGE_LEVEL", -1)
    seen = []
    for name, run in (("1", None), ("2", workers.run_in_background)):
        try:
            manual = manuals.load(ManualSettings(source=source), run_in_background=run)
        except ManualError as error:
            seen.append(error.diagnostic)
            continue
        folder = tmp_path / f"site{name}"
        # Written whatever is wrong with it.
        plan = SitePlan(manual)
        built = sites.build(plan, folder, lambda _: False)
        seen.append((built.diagnostics, manual.files, _digest(folder)))
    assert seen[0] == seen[1]


def _digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return found.hexdigest()


# ─── what a page depends on ───

ASKING = {
    "manual.md": "# B {#book}\n\n## S\n\n" + include("chapters", "a.md", "b.md", "c.md"),
    "a.md": "# A {#ch-a}\n\n[](#ch-b), [one](#ex), {option}`a.alice.c`, [](#opt-a.b) and\n"
    "[nowhere](#no), {option}`no.such`, {manpage}`x(1)`, <https://x.org>, [](#sec).\n",
    "b.md": "# B[](#ch-c) {#ch-b}\n\n::: {.example #ex}\n# E\n\nx\n:::\n\n## S {#sec}\n\nText.\n",
    "c.md": "# C {#ch-c}\n\n" + include("options", "source: o.json"),
    "o.json": OPTIONS,
}


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_identifiers_that_each_page_asked_for(tmp_path, jobs):
    manual = load(write(tmp_path / "source", ASKING), chunk="chapter", dangling=Severity.WARNING)
    built = api.build_html(manual, tmp_path / "site", options=BuildOptions(jobs=jobs))
    assert built.dependencies == {
        "index.html": frozenset(),
        "ch-a.html": {
            *("ch-b", "ex", "a.alice.c", "opt-a._name_.c", "opt-a.b", "no", "no.such", "sec"),
        },
        "ch-b.html": {"ch-c"},
        "ch-c.html": {"ch-one"},
    }


def test_what_pages_of_options_share_is_a_dependency_of_each(tmp_path):
    text = "See {option}`a.o0` and [](#nowhere)."
    options = {
        f"{first}.o{number}": {
            "loc": [first, f"o{number}"],
            "type": "t",
            "description": text if number == 1 and first != "c" else "D.",
        }
        for first in ("a", "b", "c")
        for number in range(60)
    }
    (tmp_path / "o.json").write_text(json.dumps(options))
    manual = api.load(tmp_path / "o.json")
    seen = []
    for jobs in (1, 3):
        folder = tmp_path / f"site{jobs}"
        seen.append(api.build_html(manual, folder, options=BuildOptions(jobs=jobs)).dependencies)
    asked = {"a.o0", "opt-a.o0", "nowhere"}
    assert seen[0] == {
        "options/a.html": asked,
        "options/b.html": asked,
        "options/c.html": frozenset(),
    }
    assert seen[0] == seen[1]


def test_a_page_changes_with_what_it_depends_on_alone(tmp_path):
    """A title that is changed changes the pages that asked for it, beside navigation."""

    def contents(name):
        """Return what stands on each page, without the ways to other pages."""
        site = build(
            tmp_path / name,
            {**ASKING, "b.md": ASKING["b.md"].replace("# S {#sec}", f"# {name} {{#sec}}")},
            chunk="chapter",
            dangling=Severity.WARNING,
        )
        return site.built.dependencies, {
            page.path: site.html("main > section, main > p", page.path) for page in site.plan.pages
        }

    dependencies, first = contents("One")
    _, second = contents("Two")
    changed = {path for path in first if first[path] != second[path]}
    asking = {path for path, asked in dependencies.items() if "sec" in asked}
    assert asking == {"ch-a.html"}
    assert changed == asking | {"ch-b.html"}


def test_an_inventory_that_sphinx_reads(tmp_path):
    inventory = pytest.importorskip("sphinx.util.inventory")
    site = build(tmp_path, {**PARTS, "o.json": OPTIONS})
    data = (site.folder / "objects.inv").read_bytes()
    found = inventory.InventoryFile.loads(data, uri="https://x").data
    assert len(found["nix:option"]) == 180
    item = found["nix:option"]["<d>.o7"]
    assert item.uri.endswith(".html#opt-_d_.o7")
    label = found["std:label"]["ch-opts"]
    assert (label.uri, label.display_name) == ("https://x/options.html#ch-opts", "Appendix B. Opts")
    for role in found.values():
        for item in role.values():
            page, _, anchor = item.uri.removeprefix("https://x/").partition("#")
            assert f'id="{unquote(anchor)}"' in (site.folder / page).read_text()


def _whole(folder: Path) -> None:
    """Check that every link in a site leads to a file, and to a place in it."""
    ids: dict[str, set[str]] = {}
    links: list[tuple[str, str]] = []
    for path in folder.rglob("*.html"):
        page = LexborHTMLParser(path.read_text())
        name = str(path.relative_to(folder))
        found = [node.attributes["id"] for node in page.css("[id]")]
        assert len(found) == len(set(found)), name
        ids[name] = set(found)
        links.extend(
            (name, node.attributes.get("href") or node.attributes.get("src") or "")
            for node in page.css("[href], [src]")
        )
    for name, link in links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = os.path.normpath(Path(name).parent / unquote(path)) if path else name
        assert (folder / target).is_file(), (name, link)
        assert not anchor or unquote(anchor) in ids[target], (name, link)


# ─── real manuals ───


def test_the_sample_and_our_own_documentation(tmp_path):
    for source, output in (("sample-options", "sample"), ("docs", "docs")):
        command = [sys.executable, "-m", "manualgen", "html", f"{ROOT}/{source}/manual.toml"]
        done = subprocess.run(
            [*command, "-o", tmp_path / output, "--strict"],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr.count("\n") == 1, done.stderr
        _whole(tmp_path / output)


@pytest.fixture(scope="module")
def home_manager(tmp_path_factory):
    manual = shared("data/manual/home-manager/manual.md")
    source = load(manual, roots=(SHARED / "data",))
    plan = SitePlan(source)
    folder = tmp_path_factory.mktemp("home-manager")
    built = sites.build(plan, folder, lambda _: False, BuildOptions(jobs=2))
    return folder, built, plan


@pytest.mark.slow
def test_home_managers_manual_has_no_error(home_manager):
    _, built, _ = home_manager
    assert [found for found in built.diagnostics if found.severity is Severity.ERROR] == []
    # What is wrong is wrong in descriptions of options.
    assert all(found.option for found in built.diagnostics if found.severity is Severity.WARNING)


@pytest.mark.slow
def test_home_managers_manual_is_whole(home_manager):
    folder, _, plan = home_manager
    _whole(folder)
    text = re.sub(
        r"[\W_]+",
        "",
        "".join(LexborHTMLParser(p.read_text()).body.text() for p in folder.rglob("*.html")),
    )
    for path in shared("data/manual/home-manager").rglob("*.md"):
        written = path.read_text()
        for name in re.findall(r"^#+ .*\{#([\w.-]+)\}$", written, re.MULTILINE):
            assert name in plan.page_paths
        for line in written.split("\n"):
            if re.fullmatch(r"[A-Z][\w ,.'’-]+", line):
                assert re.sub(r"[\W_]+", "", line) in text, (path, line)


@pytest.mark.slow
def test_old_addresses_lead_on_in_a_browser(browser, home_manager):
    folder, _, _ = home_manager
    page = browser.new_page()
    for old, new in (
        ("options.xhtml#opt-programs.git.enable", "options/programs.git.html"),
        ("options.html#opt-accounts.email.accounts._name_.address", "options/accounts.email"),
        ("index.html#sec-release-26.11", "sec-release-26.11.html"),
        ("release-notes.xhtml#sec-release-26.11", "sec-release-26.11.html"),
        ("release-notes.xhtml#ch-release-notes", "release-notes.html"),
        ("nixos-options.xhtml", "nixos-options.html"),
    ):
        page.goto(f"file://{folder}/{old}")
        page.wait_for_url(f"**/{new}*")
        anchor = unquote(page.url.partition("#")[2])
        assert not anchor or page.query_selector(f'[id="{anchor}"]')
