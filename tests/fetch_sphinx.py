"""Fetch the lowest version of Sphinx that is supported, with the docutils that it takes.

Run as a script before the tests (``make test`` does); tests that need it are
skipped, by name, where it is missing.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.fetch_validator import CACHE

VERSION = "8.2.0"
DOCUTILS = "0.21.2"
FOLDER = CACHE / f"sphinx-{VERSION}"


def main() -> None:
    if FOLDER.is_dir():
        return
    part = FOLDER.with_suffix(".part")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]
    packages = [f"sphinx=={VERSION}", f"docutils=={DOCUTILS}"]
    if subprocess.run([*command, "--target", part, *packages], check=False).returncode:
        sys.stderr.write(f"Sphinx {VERSION} cannot be installed: it is not tested\n")
        sys.exit(bool(os.environ.get("CI")))
    part.rename(FOLDER)


if __name__ == "__main__":
    main()
