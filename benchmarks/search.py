"""``python -m benchmarks.search``: how well and how fast the search answers real questions.

The questions are those of ``data/search/queries.json`` in the shared data, asked of
``nixos-2024-names.json``; relevant options that this set does not have are left out. Each
question has tiers of relevant options, best first. The first relevant option of any tier
counts: *Success@10* is the share of questions with one among the first ten, *MRR* the mean of
one divided by its place (0 after the tenth). Both are printed for all questions, by category, and
for questions with even and with odd numbers: what suits a few questions only makes the halves
differ. The places of the first tier alone are printed too.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from benchmarks.measuring import table
from manualgen import api
from manualgen.site import search_index
from manualgen.site.plan import SitePlan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
LAST = 10
"""The last place that counts."""


class Place(msgspec.Struct, frozen=True):
    """Where the answer to a question has the first relevant option.

    Attributes:
        id, q, category: the question.
        any: the place, from 1, of the first relevant option of any tier; 0 if there is none.
        first: the same of the first tier.
        best: the option in the first place.
    """

    id: str
    q: str
    category: str
    any: int
    first: int
    best: str


class Report(msgspec.Struct, frozen=True):
    """What was measured.

    Attributes:
        places: the place of each question.
        prepared: milliseconds to read the data.
        keystrokes: how many letters were typed.
        median, most, worst: milliseconds until the answer to a letter: the median, the 99th
            percentile and the maximum.
    """

    places: list[Place]
    prepared: float
    keystrokes: int
    median: float
    most: float
    worst: float


def write_data(options: Path, folder: Path) -> None:
    """Write the data of the search, as a site has it.

    Args:
        options: the option set.
        folder: the folder of the site.
    """
    plan = SitePlan(api.load(options))
    for path, data in search_index.SearchIndex(plan).files(entries_of(plan)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def entries_of(plan: SitePlan) -> dict[str, tuple[str, str]]:
    """Return identifier of an option → what the search knows of it.

    Args:
        plan: the plan of a site.
    """
    entries = {}
    for placement in plan.placements:
        catalog, sections = placement.included.catalog, placement.included.sections
        for option, name in zip(catalog.options, catalog.ids, strict=True):
            node = sections.section(option, name).children[0]
            description = search_index.description_of(node)
            entries[name] = search_index.entry_of(option.name, description)
    return entries


def measure(node: str, site: Path, queries: Path) -> Report:
    """Return how well and how fast the search of a site answers.

    Args:
        node: the path of Node.
        site: the folder of the site.
        queries: the file of questions.
    """
    script = Path(__file__).with_suffix(".js")
    done = subprocess.run(
        [node, script, ROOT / "templates", site / search_index.FOLDER, queries],
        check=True,
        capture_output=True,
        timeout=600,
    )
    return msgspec.json.decode(done.stdout, type=Report)


def success(places: Sequence[int]) -> float:
    """Return the share of places that count."""
    return sum(0 < place <= LAST for place in places) / len(places)


def reciprocal_rank(places: Sequence[int]) -> float:
    """Return the mean of the reciprocals of places that count."""
    return sum(1 / place for place in places if 0 < place <= LAST) / len(places)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    arguments.add_argument("--misses", action="store_true", help="list questions without success")
    chosen = arguments.parse_args()
    node = shutil.which("node")
    options, queries = DATA / "options/nixos-2024-names.json", DATA / "search/queries.json"
    for missing in (path for path in (options, queries) if not path.is_file()):
        sys.exit(f"the shared data is missing, so nothing is measured: expected {missing}")
    if node is None:
        sys.exit("Node is missing, so nothing is measured")
    with tempfile.TemporaryDirectory() as name:
        site = Path(name)
        write_data(options, site)
        report = measure(node, site, queries)
        _print(report, sorted((site / search_index.FOLDER).iterdir()), misses=chosen.misses)


def _print(report: Report, files: Sequence[Path], *, misses: bool) -> None:
    groups: dict[str, list[Place]] = {"all": report.places}
    groups["even numbers"] = [place for place in report.places if int(place.id[1:]) % 2 == 0]
    groups["odd numbers"] = [place for place in report.places if int(place.id[1:]) % 2 == 1]
    categories: dict[str, list[Place]] = defaultdict(list)
    for place in report.places:
        categories[place.category].append(place)
    rows = []
    for name, places in {**groups, **categories}.items():
        tiers: tuple[Callable[[Place], int], ...] = (lambda p: p.any, lambda p: p.first)
        row = [name, str(len(places))]
        for tier in tiers:
            found = [tier(place) for place in places]
            row += [f"{success(found):.3f}", f"{reciprocal_rank(found):.3f}"]
        rows.append(row)
    head = ("questions", "number", "Success@10", "MRR", "tier 1: Success@10", "MRR")
    print(table(head, rows))
    print(
        f"\n{report.keystrokes:,} keystrokes, milliseconds: median {report.median:.1f} (target 16), "
        f"99 % {report.most:.1f}, worst {report.worst:.1f} (target 50); "
        f"reading the data {report.prepared:.0f}\n"
    )
    sizes = {file.stem: len(gzip.compress(file.read_bytes())) / 1000 for file in files}
    sentences = [size for name, size in sizes.items() if name.isdigit()]
    print(
        f"KB, gzipped: names and types {sizes['names']:.0f} (target 125), "
        f"words of descriptions {sizes['words']:.0f}, "
        f"sentences {len(sentences)} files of up to {max(sentences):.0f}"
    )
    if misses:
        print("\nNo relevant option among the first ten:\n")
        for place in report.places:
            if not 0 < place.any <= LAST:
                print(f"{place.id}  {place.q}  (first: {place.best})")


if __name__ == "__main__":
    main()
