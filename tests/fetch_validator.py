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


def main() -> None:
    if VALIDATOR.exists():
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.stderr.write("npm is not installed: HTML is not validated\n")
        sys.exit(bool(os.environ.get("CI")))
    folder = CACHE / f"vnu-{VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            npm,
            "install",
            "--prefix",
            folder,
            "--silent",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            f"vnu-jar@{VERSION}",
        ],
        check=True,
    )


if __name__ == "__main__":
    main()
