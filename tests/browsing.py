"""What tests of pages in a real browser share; the fixture ``browser`` is in ``conftest.py``."""

from __future__ import annotations

FLAGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
"""How Chromium is started: nothing that it does on its own account."""

IN_VIEW = """([id, part]) => {
  const section = document.getElementById(id);
  const box = (part ? section?.querySelector(part) : section)?.getBoundingClientRect();
  return box && box.top >= 0 && box.top < innerHeight / 2;
}"""
TARGET = "() => document.querySelector(':target')?.id"
OVERFLOW = "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"

WINDOWS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
"""The windows that pages are looked at in."""

TAGS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
"""What axe-core is asked for."""

OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""What it is asked for in other colours: all else is the same in these."""

FAULTS = """async ([options, ignored]) => {
  const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"] });
  return violations.filter(({ id }) => !ignored.includes(id)).map(({ id, nodes }) =>
    `${id}: ${nodes.slice(0, 3).map(({ target, failureSummary }) =>
      `${target} (${failureSummary.split("\\n").at(-1).trim()})`).join("; ")}`);
}"""
"""What axe-core finds on a page, as it is asked, but for some rules."""

SMALL = """() => [...document.querySelectorAll("button, input, select, textarea, summary")]
  .filter((control) => control.checkVisibility({ visibilityProperty: true }))
  .map((control) => [control.outerHTML.slice(0, 90), control.getBoundingClientRect()])
  .filter(([, { width, height }]) => width && (height < 44 || width < 44))
  .map(([text, { width, height }]) => `${text} ${width} × ${height}`)"""
"""The controls that are too small for a finger."""

CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const read = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map(
    (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  ).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = read(getComputedStyle(node).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return read(getComputedStyle(document.documentElement).colorScheme === 'dark' ? '#000' : '#fff');
  };
  const found = [];
  for (const node of document.querySelectorAll('main *, header *, nav *, footer *')) {
    const own = [...node.childNodes].some((c) => c.nodeType === 3 && c.textContent.trim());
    if (!own || !node.checkVisibility()) continue;
    const [a, b] = [light(read(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const least = node.matches('.option-description > p') ? 7 : 4.5;
    if (ratio < least) found.push(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`);
  }
  return [...new Set(found)];
}"""


def comes_into_view(page, name, part=""):
    """Fail unless a section is on screen: the browser scrolls there some frames after it loads.

    Where a selector of a part of it is given, the beginning of that part has to be.
    """
    page.wait_for_function(IN_VIEW, arg=[name, part], timeout=30_000)


def listening(page) -> list[str]:
    """Return a list to which the errors of a page's scripts, and those that it logs, are added."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    return errors
