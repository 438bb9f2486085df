"""How well the search answers real questions: what `python -m benchmarks.search` prints."""

from __future__ import annotations

import gzip
import json
import re

import msgspec
import pytest

from benchmarks import search
from tests.conftest import program, shared
from tests.site.test_search_index import evaluate

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("search")
    search.write_data(shared("data/options/nixos-2024-names.json"), folder)
    return folder


@pytest.fixture(scope="module")
def report(site):
    return search.measure(program("node"), site, shared("data/search/queries.json"))


def test_questions_are_answered(report):
    places = [place.any for place in report.places]
    assert len(places) > 80
    assert search.success(places) >= 0.93
    assert search.reciprocal_rank(places) >= 0.85


@pytest.mark.parametrize("category", ["exact", "prefix", "typo", "dotted"])
def test_names_are_found(report, category):
    places = [place.any for place in report.places if place.category == category]
    assert len(places) > 8
    assert search.success(places) == 1


def test_any_name_is_found_first(site):
    names = list(msgspec.json.decode(shared("data/options/nixos-2024-names.json").read_bytes()))
    placeholder = re.compile(r"\*|<\w+>")
    questions = [
        (query, name)
        for name in names[::200]
        for query in (name, placeholder.sub('"a.b"', name) + " = true;", f"config.{name}")
    ]
    best = "index.names[search.answer(index, query).options[0]?.option]"
    missed = f"{json.dumps(questions)}.filter(([query, name]) => {best} !== name)"
    assert evaluate(missed, site) == []


def test_what_many_modules_have_leaves_room_for_others(site):
    # Twenty modules have `nginx.forceSSL` of their own.
    names = evaluate(
        'search.answer(index, "nginx force ssl").options.map(({ option }) => index.names[option])',
        site,
    )
    assert "services.nginx.virtualHosts.<name>.forceSSL" in names[:10]
    assert sum(name.endswith(".nginx.forceSSL") for name in names[:10]) > 2


def test_only_what_fits_is_counted(site):
    query = "services.nginx.virtualHosts.localhost.forceSSL"
    assert evaluate(f"search.answer(index, {json.dumps(query)}).count", site) < 10
    assert evaluate('search.answer(index, "s").count', site) > 15_000


def test_sizes(site):
    sizes = {
        file.stem: len(gzip.compress(file.read_bytes())) for file in (site / "search").iterdir()
    }
    assert sizes["names"] <= 125_000
    assert sizes["words"] <= 160_000
    sentences = [size for name, size in sizes.items() if name.isdigit()]
    assert len(sentences) == 32
    assert max(sentences) <= 16_000
