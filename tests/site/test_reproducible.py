"""The same input gives the same bytes: on any machine, day, and number of jobs."""

from __future__ import annotations

import hashlib
import json
import random

import pytest

from manualgen.site.records import RECORDS
from tests.conftest import ROOT, manualgen, shared, written

FORMATS = {
    "split": ["html", "--title", "T"],
    "single": ["html", "--single-page"],
    "man": ["man"],
}
SURROUNDINGS = [
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"},
    {"PYTHONHASHSEED": "2", "LC_ALL": "C.utf8", "TZ": "Pacific/Kiritimati"},
    {"PYTHONHASHSEED": "3", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/Los_Angeles", "LANG": "tr"},
]
SETS = [
    "sample",
    pytest.param("home-manager", marks=pytest.mark.slow),
    pytest.param("nixos-1609", marks=pytest.mark.slow),
]


def digest(path, *, records=True) -> dict[str, str]:
    """Return the digest of each file at or below a path.

    The records of a site hold digests of its inputs, and so differ with what is not shown.
    """
    files = [path] if path.is_file() else [entry for entry in path.rglob("*") if entry.is_file()]
    return {
        str(entry.relative_to(path)): hashlib.sha256(entry.read_bytes()).hexdigest()
        for entry in files
        if records or entry.name != RECORDS
    }


def inputs(name: str) -> list:
    if name == "sample":
        return sorted((ROOT / "sample-options").glob("*.json"))
    return [shared(f"data/options/{name}.json")]


def shuffled(value, chance):
    """Return a JSON value with all its objects' keys in another order, but those of values."""
    if not isinstance(value, dict):
        return value
    keys = list(value)
    chance.shuffle(keys)
    return {
        # The order in a plain value is shown; that of the records and their fields is not.
        key: value[key] if key in {"default", "example"} else shuffled(value[key], chance)
        for key in keys
    }


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", SETS)
def test_the_same_bytes(tmp_path, name, kind):
    command = FORMATS[kind]
    files = inputs(name)

    def build(label, jobs, env, paths=files):
        # In folders of their own: a man page is called after its file.
        target = tmp_path / label / "output"
        target.parent.mkdir(exist_ok=True)
        done = manualgen(*command, *paths, "-j", jobs, "-o", target, "-q", env=env, timeout=600)
        assert b"Traceback" not in done.stderr
        assert done.returncode in {0, 1}
        found = digest(target)
        assert found
        return found

    first = build("first", 1, SURROUNDINGS[0])
    assert build("jobs", 2, SURROUNDINGS[1]) == first
    assert build("elsewhere", 5, SURROUNDINGS[2]) == first

    chance = random.Random(7)
    mixed = [
        written(tmp_path / f"mixed-{path.name}", shuffled(json.loads(path.read_bytes()), chance))
        for path in files
    ]
    build("mixed", 2, SURROUNDINGS[0], mixed[::-1])
    mixed_site = digest(tmp_path / "mixed" / "output", records=False)
    assert mixed_site == {name: found for name, found in first.items() if name != RECORDS}
    # Over what is there already, too.
    assert build("first", 2, SURROUNDINGS[2]) == first


def test_no_day_but_that_of_the_source(tmp_path):
    paths = inputs("sample")

    def man(label, *arguments, **env) -> str:
        path = tmp_path / label / "page.5"
        path.parent.mkdir(exist_ok=True)
        done = manualgen("man", *paths, "-o", path, *arguments, env=env)
        assert done.returncode == 0
        return path.read_text()

    plain = man("plain")
    dated = man("dated", SOURCE_DATE_EPOCH="86399", TZ="Pacific/Kiritimati")
    assert '"1980-01-01"' in plain
    assert '"1970-01-01"' in dated
    assert plain.replace("1980-01-01", "1970-01-01") == dated
    for nonsense in ("", "tomorrow", "9" * 40, "-9" * 20, "nan"):
        assert man("odd", SOURCE_DATE_EPOCH=nonsense) == plain
    assert '"2026-08-01"' in man("own", "--date", "2026-08-01", SOURCE_DATE_EPOCH="0")


@pytest.mark.parametrize("kind", ["split", "single"])
def test_html_holds_no_day_at_all(tmp_path, kind):
    paths = inputs("sample")
    for label, env in [("a", {}), ("b", {"SOURCE_DATE_EPOCH": "1234567890"})]:
        manualgen(*FORMATS[kind], *paths, "-o", tmp_path / label, env=env)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
