"""The time that Chromium takes to show the last option of a large set."""

from __future__ import annotations

import functools
import http.server
import shutil
import statistics
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from benchmarks.measuring import note, table

if TYPE_CHECKING:
    from pathlib import Path

TARGETS = {"split, by its old address": 0.5, "single page": 2.5}

# The section is on screen, and two frames with it have been painted.
_ON_SCREEN = """async (id) => {
  const frame = () => new Promise(requestAnimationFrame);
  for (;;) {
    const section = document.getElementById(id);
    if (section) {
      const box = section.getBoundingClientRect();
      if (box.top < innerHeight && box.bottom > 0) { await frame(); await frame(); return box.top; }
    }
    await frame();
  }
}"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Print nothing."""


def report(options: Path, folder: Path, runs: int) -> None:
    """Build a set both ways and print the seconds to its last option; skip without a browser."""
    chromium = shutil.which("chromium")
    if chromium is None or not options.is_file():
        print(f"\nskipped, as it is missing: {'chromium' if chromium is None else options}")
        return
    for output in (["-o", "split"], ["-o", "one.html", "--single-page"]):
        subprocess.run(
            [sys.executable, "-m", "manualgen", "html", str(options), *output, "--quiet"],
            check=True,
            cwd=folder,
            stderr=subprocess.DEVNULL,
        )
    from manualgen.options import reading, tree  # noqa: PLC0415 - only where it is measured

    last = tree.identifiers(tree.ordered(reading.read(str(options)).options))[-1]
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}"
        addresses = (f"{root}/split/options.html#{last}", f"{root}/one.html#{last}")
        rows = []
        for (name, target), address in zip(TARGETS.items(), addresses, strict=True):
            note(f"Chromium, {name}")
            taken = statistics.median(_seconds(chromium, address, last) for _ in range(runs))
            rows.append((name, f"{taken:.2f}", f"{target:.2f}"))
        server.shutdown()
    note("")
    print(f"\nChromium, until {last} is on screen\n")
    print(table(("page", "seconds", "target s"), rows))


def _seconds(chromium: str, address: str, identifier: str) -> float:
    """Return the seconds from asking for an address to the section on screen, in a new browser."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is measured

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto("about:blank")
        start = time.perf_counter()
        page.goto(address, wait_until="commit")
        while True:
            try:
                page.evaluate(_ON_SCREEN, identifier)
                break
            except Exception as error:
                if "context" not in str(error) and "navigation" not in str(error):
                    raise
        taken = time.perf_counter() - start
        browser.close()
    return taken
