"""What tests share: where the shared data lies, and which programs are there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import sync_playwright

from tests.browsing import FLAGS
from tests.fetch_axe import AXE

# How long an example takes says how busy the machine is: no example is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


def shared(path: str) -> Path:
    """Return a file of the shared data; skip the test, and say so, where it is missing."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"the shared data has no {path}: expected at {found}")
    return found


@cache
def shared_json(path: str):
    """Return a JSON file of the shared data, decoded once for all tests of a process."""
    return json.loads(shared(path).read_bytes())


def program(name: str) -> str:
    """Return the path of an installed program; skip without it, but fail in CI."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed; .ci/run is to install it")
        pytest.skip(f"{name} is not installed")
    return found


def nixpkgs_lib() -> Path | None:
    """Return the folder of Nixpkgs' own library; None where there is none."""
    given = os.environ.get("MANUALGEN_NIXPKGS_LIB")
    if given:
        return Path(given)
    for entry in os.environ.get("NIX_PATH", "").split(":"):
        name, _, path = entry.rpartition("=")
        if name == "nixpkgs" and Path(path, "lib/default.nix").is_file():
            return Path(path, "lib")
    return None


@pytest.fixture(scope="module")
def browser():
    """A real Chromium, for the tests of one file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program("chromium"), args=FLAGS, chromium_sandbox=False
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def axe():
    if not AXE.exists():
        reason = "axe-core is missing: run python -m tests.fetch_axe"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return AXE.read_text(encoding="utf-8")


@pytest.fixture
def sample() -> list[str]:
    """The sample option sets."""
    return [str(path) for path in sorted((ROOT / "sample-options").glob("*.json"))]


def manualgen(*arguments, env=None, timeout=60, **settings) -> subprocess.CompletedProcess[bytes]:
    """Run the program in a process of its own, as a user does; colourless unless asked for."""
    surroundings = {
        name: value
        for name, value in os.environ.items()
        if name not in {"NO_COLOR", "FORCE_COLOR", "SOURCE_DATE_EPOCH", "COLUMNS"}
    }
    return subprocess.run(
        [sys.executable, "-m", "manualgen", *map(str, arguments)],
        capture_output=True,
        check=False,
        timeout=timeout,
        env={**surroundings, "PYTHONPATH": str(ROOT), **(env or {})},
        **settings,
    )


def written(path: Path, options) -> Path:
    """Write options as JSON (or bytes as they are) to a file; return its path."""
    data = options if isinstance(options, bytes) else json.dumps(options).encode()
    path.write_bytes(data)
    return path
