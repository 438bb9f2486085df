"""``python -m benchmarks``: the time and memory of builds of the shared data.

Prints, for each set and format, with one job and with two: wall and CPU seconds
(medians), peak memory over all processes, output bytes, options per second, and
the target scaled to this machine. The targets are for a machine on which plain
markdown-it-py parses every description of home-manager.json in 0.22 s; that is
measured between the builds, so that the scale fits the load of the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import manualgen
from benchmarks import browser, diff, incremental, sphinx
from benchmarks.measuring import Cost, cost, note, seconds, table

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
SHARED = DATA / "options"
MANUAL = "home-manager's manual"
YARDSTICK = 0.22
"""Seconds of the reference machine for :func:`yardstick`."""

# set, format → seconds that the build may take with two jobs, on the reference machine.
TARGETS = {
    ("home-manager", "man"): 0.9,
    ("nixvim", "man"): 2.0,
    ("nixos-2024-names", "man"): 1.6,
    ("home-manager", "html"): None,
    ("nixvim", "html"): 2.4,
    ("nixos-2024-names", "html"): 2.2,
    (MANUAL, "html"): 1.0,
}
DEPENDENCIES = (
    "click",
    "docutils.nodes",
    "jinja2",
    "markdown_it",
    "mdit_py_plugins.footnote",
    "msgspec",
    "pygments.lexers.nix",
)


def yardstick() -> float:
    """Return the seconds that plain markdown-it-py takes for home-manager's descriptions."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only needed here

    records = json.loads((SHARED / "home-manager.json").read_bytes())
    texts = [record["description"] for record in records.values()]
    parser = MarkdownIt()
    return seconds(lambda: [parser.parse(text) for text in texts], 1)


def size(path: Path) -> int:
    """Return the bytes of a file, or of all files of a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def build(
    file: Path, kind: str, jobs: int, folder: Path, runs: int, *more: str
) -> tuple[Cost, int]:
    """Return the cost of a cold build, and the bytes that it writes.

    Args:
        file: the input.
        kind: the command.
        jobs: the number of jobs.
        folder: a folder for the output, which is removed.
        runs: the number of builds.
        *more: further arguments of the command.
    """
    out = folder / f"out-{kind}"

    def clean() -> None:
        shutil.rmtree(out, ignore_errors=True)
        out.unlink(missing_ok=True)

    command = [sys.executable, "-m", "manualgen", kind, str(file), "-o", str(out), f"-j{jobs}"]
    measured = cost([*command, *more, "--quiet"], runs, clean)
    written = size(out)
    clean()
    return measured, written


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("--runs", type=int, default=5, help="runs of each build")
    arguments.add_argument("--set", dest="sets", action="append", help="only this set")
    arguments.add_argument("--no-browser", action="store_true", help="leave Chromium out")
    arguments.add_argument("--no-growth", action="store_true", help="leave 1x, 2x, 5x out")
    arguments.add_argument("--no-sphinx", action="store_true", help="leave Sphinx out")
    chosen = arguments.parse_args()
    if not SHARED.is_dir():
        sys.exit(f"the shared data is missing, so nothing is measured: expected {SHARED}")
    print(
        f"manualgen {manualgen.__version__}, "
        f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, "
        f"medians of {chosen.runs} runs"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _builds(folder, chosen.runs, chosen.sets)
        _hidden_lists(folder, chosen.runs)
        diff.report(SHARED / "nixos-2024-names.json", chosen.runs)
        if not chosen.no_growth:
            _growth(folder, chosen.runs)
        if not chosen.no_sphinx:
            sphinx.report(SHARED, folder, yardstick() / YARDSTICK)
        options, manual = SHARED / "nixos-2024-names.json", DATA / "manual/home-manager"
        if options.is_file() and manual.is_dir():
            in_browser = not chosen.no_browser and shutil.which("chromium") is not None
            incremental.report(options, manual, folder, chosen.runs, in_browser=in_browser)
        if not chosen.no_browser:
            browser.report(SHARED / "nixos-2024-names.json", folder, chosen.runs)


def _builds(folder: Path, runs: int, sets: list[str] | None) -> None:
    imports = "import " + ", ".join(DEPENDENCIES)
    rows = []
    sticks = []
    measured = []
    for (name, kind), target in TARGETS.items():
        if sets and name not in sets:
            continue
        file, more = SHARED / f"{name}.json", list[str]()
        if name == MANUAL:
            file, more = DATA / "manual/home-manager/manual.md", ["--root", str(DATA)]
        if not file.is_file():
            print(f"skipped, as it is missing: {file}")
            continue
        count = 0 if name == MANUAL else len(json.loads(file.read_bytes()))
        sticks.append(yardstick())
        for jobs in (1, 2):
            note(f"{kind} {name}, {jobs} job(s)")
            measured.append(
                (name, kind, jobs, count, target, *build(file, kind, jobs, folder, runs, *more))
            )
    baseline = cost([sys.executable, "-c", imports], runs)
    sticks.append(yardstick())
    note("")
    stick = statistics.median(sticks)
    scale = stick / YARDSTICK
    for name, kind, jobs, count, target, taken, written in measured:
        scaled = f"{target * scale:.2f}" if target and jobs == 2 else ""
        rows.append(
            (
                f"{kind} {name}",
                str(jobs),
                f"{taken.wall:.2f}",
                scaled,
                f"{taken.cpu:.2f}",
                f"{taken.memory / 1e6:.0f}",
                f"{written / 1e6:.1f}",
                f"{count / taken.wall:,.0f}" if count else "",
            )
        )
    rows.append(
        ("imports only", "", f"{baseline.wall:.2f}", "", f"{baseline.cpu:.2f}",
         f"{baseline.memory / 1e6:.0f}", "", "")
    )  # fmt: skip
    print(
        f"markdown-it-py alone on home-manager's descriptions: {stick:.3f} s "
        f"(reference {YARDSTICK} s; targets are scaled by {scale:.2f})\n"
    )
    head = ("build", "jobs", "wall s", "target s", "CPU s", "MB", "output MB", "options/s")
    print(table(head, rows))


def _hidden_lists(folder: Path, runs: int) -> None:
    """Print how much of a cold build is spent on hidden lists; the target is 5 % at most."""
    rows = []
    for name in ("home-manager", "nixvim", "nixos-1609"):
        file = SHARED / f"{name}.json"
        note(f"hidden lists, {name}")
        # Alternating, so that the load of the machine is the same for both.
        times: dict[str, list[float]] = {"": [], "--no-hidden-lists": []}
        for _ in range(runs):
            for flag, taken in times.items():
                command = [sys.executable, "-m", "manualgen", "man", str(file), "-q", "-j1"]
                command += ["-o", str(folder / "page"), *([flag] if flag else [])]
                taken.append(cost(command, 1).cpu)
        with_them, without = (statistics.median(taken) for taken in times.values())
        rows.append(
            (f"man {name}", f"{with_them:.2f}", f"{without:.2f}",
             f"{(with_them / without - 1) * 100:.1f} %")
        )  # fmt: skip
    note("")
    print("\nHidden lists, CPU seconds of a cold build at one job\n")
    print(table(("build", "with", "without", "costs"), rows))


def _growth(folder: Path, runs: int) -> None:
    """Print the time of 1, 2 and 5 times nixvim's options: it must grow linearly."""
    records = json.loads((SHARED / "nixvim.json").read_bytes())
    rows = []
    first: dict[str, float] = {}
    for times in (1, 2, 5):
        grown = {
            f"copy{number}.{name}": {**record, "loc": [f"copy{number}", *record["loc"]]}
            for number in range(times)
            for name, record in records.items()
        }
        # The texts of copies differ, so that they cost as much as other options.
        for number in range(1, times):
            for name in records:
                record = grown[f"copy{number}.{name}"]
                text = record["description"]
                record["description"] = f"{text.rstrip()} Copy {number}.\n" if text else text
        file = folder / "grown.json"
        file.write_text(json.dumps(grown), encoding="utf-8")
        for kind in ("man", "html"):
            note(f"{kind}, nixvim {times} times")
            taken, _ = build(file, kind, 2, folder, max(1, runs // 2))
            each = taken.wall / len(grown) * 1e6
            first.setdefault(kind, each)
            rows.append(
                (f"{kind} nixvim × {times}", f"{len(grown):,}", f"{taken.wall:.2f}",
                 f"{each:.0f}", f"{each / first[kind]:.2f}", f"{taken.memory / 1e6:.0f}")
            )  # fmt: skip
    note("")
    print("\nGrowth, two jobs\n")
    print(table(("build", "options", "wall s", "µs an option", "of the first", "MB"), rows))


if __name__ == "__main__":
    main()
