"""Fetch the Nu HTML checker, the one that validator.w3.org runs.

Run as a script before the tests (``make test`` does); tests that need it are
skipped, by name, where it is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CACHE = Path(__file__).parent.parent / ".cache"
VERSION = "26.9.27"
VALIDATOR = CACHE / f"vnu-{VERSION}" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def fetch(folder: Path, package: str, without: str) -> None:
    """Install a package of npm into a folder; without npm, say what is left out, and exit.

    Args:
        folder: the folder.
        package: the name and version of the package.
        without: what is not tested without it.
    """
    npm = shutil.which("npm")
    if npm is None:
        sys.stderr.write(f"npm is not installed: {without}\n")
        sys.exit(bool(os.environ.get("CI")))
    folder.mkdir(parents=True, exist_ok=True)
    settings = ["--silent", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run([npm, "install", "--prefix", folder, *settings, package], check=True)


def main() -> None:
    if not VALIDATOR.exists():
        fetch(CACHE / f"vnu-{VERSION}", f"vnu-jar@{VERSION}", "HTML is not validated")


if __name__ == "__main__":
    main()
