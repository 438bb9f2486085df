"""The size of a site is bounded: what each page repeats of all others, and how many there are."""

from __future__ import annotations

import json

import pytest
from selectolax.lexbor import LexborHTMLParser

from manualgen.book import manual as manuals
from manualgen.options import reading, tree
from manualgen.site import html
from manualgen.site.plan import SitePlan
from tests.manuals import build, include, picture, run, write


def plan(names, **settings) -> SitePlan:
    data = json.dumps({name: {"description": "D."} for name in names}).encode()
    return SitePlan(manuals.of_options([reading.decode(data, "o.json")]), **settings)


def test_the_tree_of_many_pages_shows_those_next_to_each(tmp_path):
    count = 150
    names = [f"c{number}.md" for number in range(count)]
    site = build(
        tmp_path,
        {
            "manual.md": "# B {#b}\n\n" + include("chapters", *names),
            **{name: f"# Title {name} {{#{name[:-3]}}}\n" for name in names},
        },
        chunk="chapter",
    )
    assert len(site.plan.pages) == count + 1
    # The front page has all, the others those around themselves.
    assert len(site.html(".toc li")) == count
    assert site.html("#page-tree li") == []
    entries = site.text("#page-tree li", "c100.html")
    assert len(entries) == 20 + 1 + 20 + 2
    assert entries[0] == "… 80 before"
    assert entries[21] == "101. Title c100.md"
    assert entries[-1] == "… 29 more"


def test_the_tree_of_few_pages_shows_all(tmp_path):
    names = [f"c{number}.md" for number in range(100)]
    site = build(
        tmp_path,
        {
            "manual.md": "# B {#b}\n\n" + include("chapters", *names),
            **{name: f"# T {{#{name[:-3]}}}\n" for name in names},
        },
        chunk="chapter",
    )
    assert len(site.html("#page-tree li", "c50.html")) == 100


@pytest.mark.parametrize(("count", "shown"), [(100, 100), (500, 8 + 1 + 8 + 2)])
def test_the_tree_of_option_pages_shows_many_pages_at_the_top_or_some(count, shown):
    made = plan([f"o{number}.{name}" for number in range(count) for name in "ab"])
    (placement,) = made.placements
    page = placement.pages[50]
    assert placement.navigation.tree(page).count("<li>") == shown


def test_names_of_thousands_of_components_have_pages():
    made = plan(
        [".".join(["a"] * 5_000), ".".join(["a"] * 4_999 + ["b"]), *(f"a.b{n}" for n in range(160))]
    )
    assert (
        sum(len(page.options) for placement in made.placements for page in placement.pages) == 162
    )


def test_there_are_not_more_pages_of_options_than_a_bound(monkeypatch):
    monkeypatch.setattr(tree, "MOST_PAGES", 20)
    made = plan([f"o{number:03}.a" for number in range(200)])
    (placement,) = made.placements
    assert len(placement.pages) == 20
    assert sorted(index for page in placement.pages for index in page.options) == list(range(200))
    assert placement.pages[0].options == list(range(19, 200))


def test_many_names_with_the_same_identifier_are_told_apart():
    names = [
        "a" + "".join("*< >"[number >> 2 * bit & 3] for bit in range(5)) for number in range(1024)
    ]
    ids = tree.identifiers(plan(names).placements[0].included.catalog.options)
    assert len(set(ids)) == 1024
    assert ids[:2] == ["opt-a_____", "opt-a_____-2"]


def test_the_name_of_a_page_fits_any_file_system(tmp_path):
    site = build(
        tmp_path,
        {
            "manual.md": "# B {#b}\n\n" + include("chapters", "a.md"),
            "a.md": f"# A {{#{'é' * 300}}}\n",
        },
        chunk="chapter",
    )
    assert site.diagnostics == []
    assert max(len(page.path.encode()) for page in site.plan.pages) < 255


def test_a_picture_that_one_page_shows_often_is_in_it_once(tmp_path, monkeypatch):
    folder = tmp_path / "source"
    data = picture()
    manual = write(
        folder, {"manual.md": "# B {#b}\n\n" + "![A *p*](p.png)\n\n" * 50, "p.png": data}
    )
    run("html", manual, "-o", tmp_path / "few.html", "--single-page", "-j1")
    assert (tmp_path / "few.html").read_text().count("data:image/png") == 50
    monkeypatch.setattr(html, "MOST_REPEATED", 1000)
    result = run("html", manual, "-o", tmp_path / "many.html", "--single-page", "-j1")
    assert "warning[too-complex]: the picture" in result.output
    page = LexborHTMLParser((tmp_path / "many.html").read_text())
    assert [image.attributes["alt"] for image in page.css("img")] == ["A p"]
    assert page.body.text().count("A p") == 49
