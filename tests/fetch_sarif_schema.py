"""Fetch the JSON schema of SARIF 2.1.0, which Microsoft's matchers for Jest have with them.

Run as a script before the tests (``make test`` does); the test that needs it is
skipped, by name, where it is missing.
"""

from __future__ import annotations

from tests.fetch_validator import CACHE, fetch

PACKAGE = "@microsoft/jest-sarif"
VERSION = "1.0.0-beta.0"
FOLDER = CACHE / f"jest-sarif-{VERSION}"
SCHEMA = FOLDER / "node_modules" / PACKAGE / "lib" / "schemas" / "sarif-2.1.0-rtm.5.json"


def main() -> None:
    if not SCHEMA.exists():
        fetch(FOLDER, f"{PACKAGE}@{VERSION}", "reports in SARIF are not validated")


if __name__ == "__main__":
    main()
