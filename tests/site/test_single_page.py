"""One page that holds everything."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from selectolax.lexbor import LexborHTMLParser

from manualgen import api
from manualgen.options.model import Markup, Text
from manualgen.site.building import BuildOptions
from tests.conftest import shared
from tests.rendering import manual, manual_of, option, unique


def single(made, folder, jobs: int = 1) -> str:
    path = folder / "options.html"
    api.build_single_page(made, path, options=BuildOptions(jobs=jobs))
    return path.read_text("utf-8")


def check(made, text: str) -> LexborHTMLParser:
    page = LexborHTMLParser(text)
    ids = [node.attributes["id"] for node in page.css("[id]")]
    assert unique(ids)
    assert [node.attributes["id"] for node in page.css("section.option")] == [
        entry.id for entry in made.options
    ]
    assert [node.text().removesuffix(" read only") for node in page.css("h3.option-name")] == [
        entry.option.name for entry in made.options
    ]
    known = set(ids)
    local = [
        address[1:]
        for node in page.css("a[href]")
        if (address := node.attributes["href"]).startswith("#")
    ]
    assert len(local) >= len(made.options)
    assert [anchor for anchor in local if unquote(anchor) not in known] == []
    # It needs no file beside it.
    assert page.css_first("link[rel=stylesheet], script[src], img") is None
    assert not re.search(r"url\((?!\s*[\"']?data:)", page.css_first("style").text())
    return page


def test_sample(sample, tmp_path):
    made = manual_of(*sample)
    page = check(made, single(made, tmp_path))
    assert page.css_first(".page-title h2").text() == f"{len(made.options)} options"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["home-manager", "nixvim", "nixos-2024-names"])
def test_large(name, tmp_path):
    made = manual_of(shared(f"data/options/{name}.json"))
    page = check(made, single(made, tmp_path, jobs=2))
    assert len(page.css("main > .option-group section.option")) == len(made.options)
    for group in page.css(".option-group"):
        own = sum(int(each.attributes["data-height"] or 0) for each in group.css("section.option"))
        assert int(group.attributes["data-height"] or 0) > own


def test_number_of_jobs_makes_no_difference(tmp_path):
    """Not even for what is numbered by page, or stands on it once."""
    common = "A note[^1], and []{#here}.\n\n[^1]: Text."
    options = [option(f"a.b{number}", common) for number in range(1, 900)]
    for several in (options, [option(each.name, "[]{#here}") for each in options]):
        made = manual(*several)
        assert single(made, tmp_path, jobs=1) == single(made, tmp_path, jobs=3)
        check(made, single(made, tmp_path, jobs=3))


def test_footnotes_of_examples_are_numbered_too(tmp_path):
    made = manual(
        *[
            option(f"a.b{number}", "x", example=Text("A[^1].\n\n[^1]: B", Markup.MARKDOWN))
            for number in range(1, 500)
        ]
    )
    page = check(made, single(made, tmp_path, jobs=3))
    assert [node.text() for node in page.css("sup")] == [str(n) for n in range(1, 500)]


def test_a_set_of_none(tmp_path):
    assert "0 options" in single(manual(), tmp_path)
