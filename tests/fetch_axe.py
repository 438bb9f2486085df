"""Fetch axe-core, which finds faults of accessibility in pages.

Run as a script before the tests (``make test`` does); tests that need it are
skipped, by name, where it is missing.
"""

from __future__ import annotations

from tests.fetch_validator import CACHE, fetch

VERSION = "4.14.1"
FOLDER = CACHE / f"axe-core-{VERSION}"
AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"


def main() -> None:
    if not AXE.exists():
        fetch(FOLDER, f"axe-core@{VERSION}", "pages are not searched for faults of accessibility")


if __name__ == "__main__":
    main()
