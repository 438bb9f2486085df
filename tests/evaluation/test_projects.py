"""The commands that the docs have for the modules of well-known projects."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.trees import DOCS, documented_commands
from manualgen.options.reading import decode

COMMANDS = documented_commands()
TREES = os.environ.get("MANUALGEN_TREES")
LIB = os.environ.get("MANUALGEN_NIXPKGS_LIB")


def test_every_example_has_a_command():
    named = {argument for command in COMMANDS.values() for argument in command}
    assert set(map(str, (DOCS / "examples").glob("*.nix"))) <= named


@pytest.mark.skipif(shutil.which("nix-instantiate") is None, reason="needs nix-instantiate")
def test_examples_are_nix():
    files = sorted((DOCS / "examples").glob("*.nix"))
    subprocess.run(["nix-instantiate", "--parse", *files], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.slow
@pytest.mark.skipif(
    TREES is None or LIB is None, reason="set MANUALGEN_TREES and MANUALGEN_NIXPKGS_LIB"
)
@pytest.mark.parametrize("name", COMMANDS)
def test_commands_for_projects(name, tmp_path):
    output = tmp_path / "options.json"
    command = [sys.executable, "-m", "manualgen", *COMMANDS[name], "--lib", LIB, "-o", output]
    result = subprocess.run(command, cwd=Path(TREES), capture_output=True, text=True, check=False)
    assert result.returncode in {0, 1}, result.stderr
    assert len(decode(output.read_bytes()).options) > 10
