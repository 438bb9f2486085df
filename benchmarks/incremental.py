"""Second builds of a site, and the time from saving a file to its new text on the screen."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil

from benchmarks.measuring import cost, note, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OPTION = "services.nginx.enable"
CHAPTER = "usage/configuration.md"

SAME, DESCRIPTION, ONE_CHAPTER = 0.12, 0.2, 0.3
"""The most of the CPU time of a cold build that a second build may take."""

ON_SCREEN = 0.3
"""The most seconds from saving a file to its new text on the screen."""

_LOOK = """async (text) => {
  const main = document.querySelector("main");
  while (!main.textContent.includes(text)) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.timeOrigin + performance.now();
}"""


def report(options: Path, manual: Path, folder: Path, runs: int, *, in_browser: bool) -> None:
    """Print what second builds cost beside cold ones, and how fast a preview follows.

    Args:
        options: a set that has the option :data:`OPTION`.
        manual: the folder of home-manager's manual, beside that of its options.
        folder: a folder for inputs and outputs.
        runs: the number of builds of each kind.
        in_browser: whether to measure the preview, in Chromium.
    """
    folder = folder / "incremental"
    folder.mkdir()
    records = json.loads(options.read_bytes())
    data = folder / "options.json"

    def describe(number: int) -> str:
        text = f"Whether to run edition {number} of Nginx."
        records[OPTION]["description"] = text
        data.write_text(json.dumps(records), encoding="utf-8")
        return text

    describe(0)
    root = folder / "data"
    for name in ("manual/home-manager", "options"):
        shutil.copytree(manual.parent.parent / name, root / name, copy_function=shutil.copyfile)
    chapter = root / "manual/home-manager" / CHAPTER
    written = chapter.read_text(encoding="utf-8")

    def extend(number: int) -> str:
        text = f"Edition {number} of this chapter."
        chapter.write_text(f"{written}\n\n{text}\n", encoding="utf-8")
        return text

    book = [str(root / "manual/home-manager/manual.md"), "--root", str(root)]
    rows = [
        *_rows(
            "nixos-2024-names", [str(data)], folder, runs, ("a description", DESCRIPTION), describe
        ),
        *_rows("home-manager's manual", book, folder, runs, ("a chapter", ONE_CHAPTER), extend),
    ]
    note("")
    print("\nSecond builds of a site, CPU seconds\n")
    print(table(("site", "changed", "CPU s", "of a cold build", "at most"), rows))
    if not in_browser:
        return
    seen = [
        (
            "a description of 20,362",
            _followed([str(data)], "options/services.nginx.html", describe, runs),
        ),
        ("a chapter", _followed(book, "ch-usage.html", extend, runs)),
    ]
    note("")
    print("\nFrom saving a file to its new text in Chromium\n")
    print(
        table(
            ("saved", "seconds", "at most", "CPU s of the server"),
            [
                (name, f"{taken:.2f}", f"{ON_SCREEN:.2f}", f"{cpu:.2f}")
                for name, (taken, cpu) in seen
            ],
        )
    )


def _rows(
    name: str,
    inputs: list[str],
    folder: Path,
    runs: int,
    change: tuple[str, float],
    edit: Callable[[int], object],
) -> list[tuple[str, ...]]:
    """Return the rows of a site: a cold build, one without a change, and one with a change."""
    out = folder / "site"
    command = [sys.executable, "-m", "manualgen", "html", *inputs, "-o", str(out), "--quiet"]
    shutil.rmtree(out, ignore_errors=True)
    number = 0

    def clean() -> None:
        shutil.rmtree(out, ignore_errors=True)

    def prepare() -> None:
        nonlocal number
        number += 1
        edit(number)

    note(f"second builds, {name}")
    cold = cost(command, runs, clean).cpu
    same = cost(command, runs).cpu
    changed = cost(command, runs, prepare).cpu
    what, most = change
    return [
        (name, "everything", f"{cold:.2f}", "", ""),
        (name, "nothing", f"{same:.2f}", f"{same / cold:.3f}", f"{SAME:.2f}"),
        (name, what, f"{changed:.2f}", f"{changed / cold:.3f}", f"{most:.2f}"),
    ]


def _followed(
    inputs: list[str], page: str, edit: Callable[[int], str], runs: int
) -> tuple[float, float]:
    """Return the median of the seconds from saving a file to its new text on the screen.

    Returns:
        It, and that of the CPU seconds that the server takes meanwhile.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is measured

    chromium = shutil.which("chromium")
    note(f"preview of {page}")
    process = subprocess.Popen(
        [sys.executable, "-m", "manualgen", "serve", *inputs], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    line = process.stderr.readline()
    while "serving at " not in line:
        line = process.stderr.readline()
    address = line.split()[2]
    server = psutil.Process(process.pid)
    taken: list[float] = []
    used: list[float] = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=False)
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.goto(f"{address}{page}")
            # The texts of all options are checked first.
            time.sleep(5)
            for number in range(runs + 1):
                began, before = time.time(), _cpu(server)
                text = edit(1000 + number)
                saved = time.time()
                shown = tab.evaluate(_LOOK, text) / 1000
                # The first change is not as fast as those that follow.
                if number:
                    taken.append(shown - saved)
                    used.append(_cpu(server) - before)
                assert shown > began
                time.sleep(1)
            browser.close()
    finally:
        process.terminate()
        process.wait()
        process.stderr.close()
    return statistics.median(taken), statistics.median(used)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
