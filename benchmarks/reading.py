"""``python -m benchmarks.reading``: what a reader waits for, in Chromium, from disk.

Builds a site and a single page of one option set, opens them, and prints each figure beside its
target, and, in brackets, what the page of nixos-render-docs for the same options takes.

*On screen* is the time from the start of the navigation until two frames with the option on
screen have been painted. A *keystroke* is typed into a page whose search has been loaded, 150 ms
after the last answer was painted. It is *answered* when the first results for what is typed are in
the document, and *painted* when a frame with them has been; both count from the browser's `input`
event. The targets are for the answer. Each keystroke is measured in several runs, whose medians are
what is compared. Beside the worst of them stands the worst of the quickest runs: on a machine that
does other work as well, that says more about the search.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from benchmarks.measuring import cost, note, table
from manualgen.site.theme import ASSETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
LAUNCH = ["--no-sandbox", "--disable-gpu"]
PAUSE = 150
"""Milliseconds between two letters."""
OTHER_QUERIES = ("services nginx", "firewall ports", "enable")


Targets = tuple[float | None, float | None]
"""The most that a median and a worst time may be."""


class Row(NamedTuple):
    """A line of the report.

    Attributes:
        name: what is measured.
        before: the figure of nixos-render-docs; "" where there is none.
        figures: what was measured, the first of which is to reach the target.
        target: the most that it may be; None where there is none.
        unit: the unit, and how many digits follow the point.
    """

    name: str
    before: str
    figures: Sequence[float]
    target: float | None
    unit: tuple[str, int] = ("", 0)


class Output(NamedTuple):
    """What is read.

    Attributes:
        site: the folder of the site.
        single: the single page.
        last: the page and identifier of the last option.
        large: the page that has most elements.
        long: the page whose height is measured.
    """

    site: Path
    single: Path
    last: tuple[Path, str]
    large: Path
    long: Path


class Times(NamedTuple):
    """How long keystrokes take, in milliseconds.

    Attributes:
        median: the median of the medians of each keystroke's runs.
        worst: the worst of these medians.
        quickest: the worst of the quickest runs.
    """

    median: float
    worst: float
    quickest: float

    @classmethod
    def of(cls, taken: Sequence[Sequence[float]]) -> Times:
        """Return the times of keystrokes, of each of which the times of its runs are given."""
        medians = [statistics.median(runs) for runs in taken]
        return cls(statistics.median(medians), max(medians), max(map(min, taken)))


_WATCH = """(() => {
  globalThis.moved = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) moved += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  const look = () => {
    const section = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const box = section?.getBoundingClientRect();
    if (box && box.top < innerHeight && box.bottom > 0) {
      const shown = () => { globalThis.shownAt = performance.timeOrigin + performance.now(); };
      requestAnimationFrame(() => requestAnimationFrame(shown));
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""

_SCROLL = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const height = () => document.documentElement.scrollHeight;
  await frame();
  const before = height();
  for (let y = 0; y < height(); y += innerHeight / 2) { scrollTo(0, y); await frame(); await frame(); }
  return [before, height()];
}"""

_LISTEN = """() => {
  const results = document.getElementById("search-results");
  const field = document.getElementById("search-field");
  let start = 0;
  let query = null;
  globalThis.painted = null;
  addEventListener("input", (event) => { start = event.timeStamp; query = field.value; }, true);
  new MutationObserver(() => {
    if (query === null || results.dataset.query !== query) return;
    query = null;
    const taken = performance.now() - start;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      globalThis.painted = [field.value, taken, performance.now() - start];
    };
    requestAnimationFrame(() => port2.postMessage(null));   // it arrives after the frame
  }).observe(results, { subtree: true, childList: true, attributes: true });
}"""


def _build(options: Path, folder: Path, checkout: Path = ROOT) -> list[str]:
    """Return the command that builds a site of an option set in a folder."""
    program = (
        f"import sys; sys.path.insert(0, {str(checkout)!r}); "
        "from manualgen.__main__ import main; main()"
    )
    return [sys.executable, "-c", program, "html", str(options), "-o", str(folder), "--quiet"]


def outputs(options: Path, folder: Path) -> Output:
    """Build a site and a single page.

    Args:
        options: the option set.
        folder: where both are written.
    """
    from manualgen.options import reading, tree  # noqa: PLC0415 - only where it is measured

    site, single = folder / "site", folder / "single.html"
    cost(_build(options, site), 1)
    cost([*_build(options, single), "--single-page"], 1)
    last = tree.identifiers(tree.ordered(reading.read(str(options)).options))[-1]
    pages = sorted(site.rglob("*.html"))
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    holder = next(page for page in pages if f'id="{last}"' in texts[page])
    large = max(pages, key=lambda page: len(re.findall("<[a-z]", texts[page])))
    nginx = site / "options" / "services.nginx.html"
    return Output(site, single, (holder, last), large, nginx if nginx.exists() else holder)


@contextlib.contextmanager
def _opened(browser: Browser, slowed: float = 1, width: int = 1280) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.add_init_script(_WATCH)
    yield page
    context.close()


def on_screen(browser: Browser, file: Path, identifier: str, slowed: float, runs: int) -> float:
    """Return the median of the seconds until an option is on screen."""
    taken: list[float] = []
    for _ in range(runs):
        with _opened(browser, slowed) as page:
            start = time.time()
            page.goto(f"{file.as_uri()}#{identifier}", wait_until="commit")
            page.wait_for_function("globalThis.shownAt", polling=50, timeout=120_000)
            taken.append(float(page.evaluate("shownAt")) / 1000 - start)
    return statistics.median(taken)


def first_visit(browser: Browser, file: Path, identifier: str) -> int:
    """Return the bytes, compressed, of all files that a first visit to an option loads."""
    with _opened(browser) as page:
        asked: set[str] = set()
        page.on("request", lambda request: asked.add(unquote(urlsplit(request.url).path)))
        page.goto(f"{file.as_uri()}#{identifier}", wait_until="networkidle")
        return sum(_compressed(Path(path)) for path in asked if Path(path).is_file())


def _compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))


def elements(browser: Browser, file: Path) -> int:
    """Return how many elements a page has."""
    with _opened(browser) as page:
        page.goto(file.as_uri())
        return int(page.evaluate("document.querySelectorAll('*').length"))


def scrolled(browser: Browser, file: Path, width: int) -> tuple[float, float]:
    """Return how much of a page moved without being asked to, and by how many % its height changed.

    Args:
        browser: the browser.
        file: the page.
        width: the width of the window, in pixels.
    """
    with _opened(browser, width=width) as page:
        page.goto(file.as_uri())
        before, after = page.evaluate(_SCROLL)
        return float(page.evaluate("moved")), abs(after / before - 1) * 100


def keystrokes(
    browser: Browser, file: Path, queries: Sequence[str], slowed: float, runs: int
) -> tuple[Times, Times]:
    """Type queries letter by letter; return how long letters take to be answered, and painted."""
    times: dict[str, list[tuple[float, float]]] = {}
    for query in [query for query in queries for _ in range(runs)]:
        with _opened(browser, slowed) as page:
            page.goto(file.as_uri())
            with page.expect_event("requestfinished", lambda request: "words.js" in request.url):
                page.keyboard.press("/")
            page.wait_for_timeout(1000)
            page.evaluate(_LISTEN)
            for length in range(1, len(query) + 1):
                page.keyboard.type(query[length - 1])
                typed = query[:length]
                if typed.isspace():
                    continue
                page.wait_for_function(
                    "(typed) => globalThis.painted?.[0] === typed", arg=typed, polling=50
                )
                _, answered, painted = page.evaluate("painted")
                times.setdefault(typed, []).append((answered, painted))
                page.wait_for_timeout(PAUSE)
    answers, frames = zip(*(zip(*runs_of, strict=True) for runs_of in times.values()), strict=True)
    return Times.of(answers), Times.of(frames)


def build_time(options: Path, folder: Path, before: Path, runs: int) -> tuple[float, float, float]:
    """Build turn by turn; return CPU seconds now divided by those before, and both.

    Args:
        options: the option set.
        folder: a folder for the sites.
        before: a checkout of the version to compare with.
        runs: the number of builds of each.
    """
    times: list[tuple[Path, list[float]]] = [(ROOT, []), (before, [])]
    for _ in range(runs):
        for checkout, taken in times:
            site = folder / "built"
            shutil.rmtree(site, ignore_errors=True)
            taken.append(cost([*_build(options, site, checkout), "-j1"], 1).cpu)
    now, then = (statistics.median(taken) for _, taken in times)
    return now / then, now, then


def rows(browser: Browser, made: Output, queries: Sequence[str], runs: int) -> Iterator[Row]:
    """Yield what is measured in the browser."""
    page, last = made.last
    seconds, milliseconds = ("s", 2), ("ms", 0)
    note("links to the last option")
    yield Row(
        "last option on screen", "11.3 s", [on_screen(browser, page, last, 1, runs)], 0.3, seconds
    )
    yield Row(
        "  processor slowed 4 times",
        "47.8 s",
        [on_screen(browser, page, last, 4, runs)],
        1,
        seconds,
    )
    single = on_screen(browser, made.single, last, 1, runs)
    yield Row("  single page", "11.3 s", [single], 1.5, seconds)
    note("sizes")
    yield Row("elements of the single page", "", [elements(browser, made.single)], 200_000)
    yield Row("elements of the largest page", "986,000", [elements(browser, made.large)], 8_000)
    visit = first_visit(browser, page, last) / 1000
    yield Row("first visit to an option, gzipped", "1.6 MB", [visit], 60, ("KB", 1))
    assets = sum(_compressed(made.site / name) for name in ASSETS) / 1000
    yield Row("scripts and styles, gzipped", "", [assets], 25, ("KB", 1))
    for width in (1280, 390):
        note(f"scrolling, {width} px wide")
        moved, drift = scrolled(browser, made.long, width)
        yield Row(f"layout shift, {width} px wide", "", [moved], 0, ("", 3))
        yield Row("  change of height by scrolling", "", [drift], 5, ("%", 1))
    no_targets: Targets = (None, None)
    speeds: list[tuple[str, int, Targets]] = [
        ("", 1, (16, 50)),
        (", slowed 4 times", 4, (None, 60)),
    ]
    for name, slowed, targets in speeds:
        note(f"search{name}")
        answered, painted = keystrokes(browser, made.long, queries, slowed, runs)
        for what, times, (median, worst) in (
            ("answered", answered, targets),
            ("painted", painted, no_targets),
        ):
            yield Row(f"keystroke{name}, {what}: median", "", [times.median], median, milliseconds)
            shown = [times.worst, times.quickest]
            yield Row("  worst; of quickest runs", "", shown, worst, milliseconds)


def report(found: Sequence[Row]) -> str:
    """Return rows as a table."""
    lines = []
    for name, before, figures, target, (unit, digits) in found:
        shown = [f"{figure:,.{digits}f}" for figure in figures]
        is_reached = "" if target is None else "yes" if figures[0] <= target else "no"
        aim = "" if target is None else f"{target:,g} {unit}".strip()
        lines.append((name, f"({before})" if before else "", "; ".join(shown), aim, is_reached))
    return table(("", "nixos-render-docs", "measured", "target", "reached"), lines)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    arguments.add_argument("--options", type=Path, default=DATA / "options/nixos-2024-names.json")
    arguments.add_argument("--before", type=Path, help="a checkout to compare build times with")
    arguments.add_argument("--runs", type=int, default=5, help="runs of each measurement")
    arguments.add_argument("--queries", type=int, default=8, help="how many queries are typed")
    chosen = arguments.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None or not chosen.options.is_file():
        missing = "Chromium" if chromium is None else chosen.options
        sys.exit(f"nothing is measured, as this is missing: {missing}")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is there

    questions = DATA / "search/queries.json"
    queries = list(OTHER_QUERIES)
    if questions.is_file():
        asked = [question["q"] for question in json.loads(questions.read_bytes())]
        queries = asked[:: max(1, len(asked) // chosen.queries)]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        note("building")
        made = outputs(chosen.options, folder)
        browser = playwright.chromium.launch(executable_path=chromium, args=LAUNCH)
        found = list(rows(browser, made, queries[: chosen.queries], chosen.runs))
        browser.close()
        if chosen.before is not None:
            note("build time")
            times = build_time(chosen.options, folder, chosen.before.resolve(), chosen.runs)
            found.append(Row("build time of the site; now, before (s)", "", times, 1.1, ("", 2)))
        note("")
    print(report(found))


if __name__ == "__main__":
    main()
