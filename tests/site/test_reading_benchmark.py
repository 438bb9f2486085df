"""`python -m benchmarks.reading` measures a small set; what it says of a large one is its report."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.reading import Row, report
from tests.conftest import ROOT, program
from tests.site.test_accessibility import option_file


@pytest.mark.slow
def test_it_measures_a_small_set(tmp_path):
    program("chromium")
    options = tmp_path / "options.json"
    options.write_text(option_file(*[f"services.nginx.o{number:03}" for number in range(200)]))
    settings = ["--runs", "1", "--queries", "1", "--before", ROOT]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reading", "--options", options, *settings],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=600,
    )
    assert "scripts and styles, gzipped" in done.stdout
    assert "elements of the largest page" in done.stdout
    assert "keystroke, slowed 4 times, answered: median" in done.stdout
    assert "keystroke, slowed 4 times, painted: median" in done.stdout
    assert "build time of the site" in done.stdout


def test_a_row_says_whether_its_target_is_reached():
    rows = [
        Row("fast", "11.3 s", [0.2], 0.3, ("s", 2)),
        Row("slow", "", [61, 12], 60, ("ms", 0)),
        Row("median", "", [1234], None),
    ]
    lines = [line.split() for line in report(rows).splitlines()[2:]]
    assert lines == [
        ["fast", "(11.3", "s)", "0.20", "0.3", "s", "yes"],
        ["slow", "61;", "12", "60", "ms", "no"],
        ["median", "1,234"],
    ]
