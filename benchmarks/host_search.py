"""``python -m benchmarks.host_search``: how well one search over many projects answers, and what it loads.

The options of ``nixos-2024-names.json`` are divided into projects by their modules, and the
questions of ``data/search/queries.json`` are asked of all of them (see :mod:`benchmarks.search` for
the measures). With the options in one project, the search answers as that of its manual. Projects of
1,000 options that are drawn from the set, some of them several times, say what a host of a hundred loads.
"""

from __future__ import annotations

import gzip
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from benchmarks.measuring import table
from benchmarks.search import DATA, ROOT, Place, entries_of, reciprocal_rank, success
from manualgen import api
from manualgen.options.reading import OptionSet
from manualgen.publication.host_pages import FOLDER
from manualgen.publication.host_search import HostSearch
from manualgen.publication.host_words import words_of
from manualgen.publication.host_writing import ASSETS
from manualgen.publication.model import PublishedProject, PublishedVersion, Site
from manualgen.site import records, theme
from manualgen.site.plan import SitePlan
from manualgen.site.search_index import SearchIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from manualgen.options.model import Option

VERSION = "1.0"
OPTIONS = 1_000


class Report(msgspec.Struct, frozen=True):
    """What was measured.

    Attributes:
        places: the place of each question.
        loads: for each question, the bytes that its answer has loaded, compressed, without scripts.
    """

    places: list[Place]
    loads: list[int]


def write(
    folder: Path, projects: Iterable[Sequence[Option]], entries: Mapping[str, tuple[str, str]]
) -> None:
    """Write the data of the search of a host, and of its projects.

    Args:
        folder: the folder of the host.
        projects: the options of each project.
        entries: identifier of an option → what the search knows of it.
    """
    search = HostSearch()
    for number, options in enumerate(projects):
        plan = SitePlan(api.from_options([OptionSet(tuple(options))]))
        name = f"project-{number:03}"
        files = dict(SearchIndex(plan).files(entries))
        _write(folder / name / VERSION, files.items())
        site = Site(
            files={path: records.record_of(data) for path, data in files.items()},
            words=words_of(plan, entries),
        )
        published = PublishedVersion(
            VERSION, name, len(options), len(plan.pages), f"{name}/{VERSION}/", ""
        )
        search.add(PublishedProject(name, name, VERSION, f"{name}/latest/", (published,)), [site])
    _write(folder / FOLDER, search.files())
    search.close()


def _write(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    for path, data in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def divided(options: Sequence[Option], count: int) -> list[list[Option]]:
    """Return options divided into projects; a module is in one of them."""
    projects: list[list[Option]] = [[] for _ in range(count)]
    for option in options:
        projects[zlib.crc32(_module(option).encode()) % count].append(option)
    return projects


def drawn(options: Sequence[Option], count: int) -> list[list[Option]]:
    """Return projects of 1,000 options each, drawn by modules; a module can be in several."""
    modules: dict[str, list[Option]] = {}
    for option in options:
        modules.setdefault(_module(option), []).append(option)
    projects = []
    for number in range(count):
        names = sorted(modules)
        random.Random(number).shuffle(names)  # noqa: S311 - the same each time
        project: list[Option] = []
        while len(project) < OPTIONS:
            project += modules[names.pop()]
        projects.append(project[:OPTIONS])
    return projects


def _module(option: Option) -> str:
    return ".".join(option.name.split(".")[:2])


def measure(node: str, folder: Path, queries: Path) -> Report:
    """Return how well the search of a host answers, and what it loads.

    Args:
        node: the path of Node.
        folder: the folder of the host.
        queries: the file of questions.
    """
    script = Path(__file__).with_suffix(".js")
    done = subprocess.run(
        [node, script, ROOT / "templates", folder, queries],
        check=True,
        capture_output=True,
        timeout=600,
    )
    return msgspec.json.decode(done.stdout, type=Report)


def main() -> None:
    """Measure and print."""
    node = shutil.which("node")
    source, queries = DATA / "options/nixos-2024-names.json", DATA / "search/queries.json"
    for missing in (path for path in (source, queries) if not path.is_file()):
        sys.exit(f"the shared data is missing, so nothing is measured: expected {missing}")
    if node is None:
        sys.exit("Node is missing, so nothing is measured")
    plan = SitePlan(api.load(source))
    options = plan.placements[0].included.catalog.options
    entries = entries_of(plan)
    rows = []
    for title, projects in {
        "the set as one project": [options],
        "divided into 20": divided(options, 20),
        f"100 of {OPTIONS:,} options": drawn(options, 100),
    }.items():
        with tempfile.TemporaryDirectory() as name:
            write(Path(name), projects, entries)
            report = measure(node, Path(name), queries)
        places = [place.any for place in report.places]
        loads = [load / 1000 for load in report.loads]
        rows.append(
            [
                title,
                f"{success(places):.3f}",
                f"{reciprocal_rank(places):.3f}",
                f"{statistics.median(loads):.0f}",
                f"{max(loads):.0f}",
            ]
        )
    print(table(("projects", "Success@10", "MRR", "KB of an answer: median", "most"), rows))
    scripts = sum(len(gzip.compress(theme.asset(name, None).encode())) for name in ASSETS)
    print(f"\nScripts and styles: {scripts / 1000:.0f} KB. All compressed.")


if __name__ == "__main__":
    main()
