"""Fetch the JSON schema of SARIF 2.1.0, which Microsoft's matchers for Jest have with them.

Run as a script before the tests (``make test`` does); the test that needs it is skipped, by
name, where it is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CACHE = Path(__file__).parent.parent / ".cache"
PACKAGE = "@microsoft/jest-sarif"
VERSION = "1.0.0-beta.0"
FOLDER = CACHE / f"jest-sarif-{VERSION}"
SCHEMA = FOLDER / "node_modules" / PACKAGE / "lib" / "schemas" / "sarif-2.1.0-rtm.5.json"


def main() -> None:
    if SCHEMA.exists():
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.stderr.write("npm is not installed: SARIF is not validated\n")
        sys.exit(bool(os.environ.get("CI")))
    FOLDER.mkdir(parents=True, exist_ok=True)
    options = ["--silent", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(
        [npm, "install", "--prefix", FOLDER, *options, "--omit=peer", f"{PACKAGE}@{VERSION}"],
        check=True,
    )


if __name__ == "__main__":
    main()
