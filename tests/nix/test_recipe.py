"""docs/flakes.md: its files and commands, in order, by Nix without network.

What Nix would fetch is given to it: flakes in the places of Nixpkgs and manualgen.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from tests.conftest import ROOT
from tests.nix.building import HERE, LIB, SETTINGS, Nix

TEXT = (ROOT / "docs" / "flakes.md").read_text(encoding="utf-8")
_BLOCK = re.compile(
    r"(?:\{file\}`(?P<file>[\w./-]+)`:\n\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
_COMMAND = re.compile(r"^\$ (?P<command>.*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)
_MEASURED = re.compile(r"(?:, [\d.]+ MB)? \([\d.]+ s\)")


class Project:
    """The folder of a reader who follows the recipe."""

    def __init__(self, folder, monkeypatch):
        nix = Nix(folder, monkeypatch)
        self.folder = folder / "greeter"
        self.folder.mkdir()
        nixpkgs = folder / "nixpkgs"
        nixpkgs.mkdir()
        shutil.copytree(LIB, nixpkgs / "lib")
        shutil.copy(HERE / "pkgs.nix", nixpkgs)
        (nixpkgs / "flake.nix").write_text(f"""{{
          outputs = _: rec {{
            lib = import ./lib // {{
              genAttrs = names: value:
                builtins.listToAttrs (map (name: {{ inherit name; value = value name; }}) names);
            }};
            legacyPackages = lib.genAttrs
              [ "aarch64-darwin" "aarch64-linux" "x86_64-darwin" "x86_64-linux" ]
              (_: import ./pkgs.nix {{ lib = ./lib; programs = "{nix.folder}/programs"; }});
          }};
        }}""")
        ours = folder / "manualgen"
        ours.mkdir()
        shutil.copytree(ROOT / "nix", ours / "nix")
        self._places = {
            "github:NixOS/nixpkgs/nixos-unstable": f"path:{nixpkgs}",
            "git+file:///srv/manualgen": f"path:{ours}",
            "/srv/manualgen": str(ours),
        }
        for name in ("flake.nix", "pyproject.toml", "manualgen/version.py"):
            (ours / name).parent.mkdir(exist_ok=True)
            (ours / name).write_text(self.here((ROOT / name).read_text()))
        paths = [nix.folder / "programs" / "manualgen" / "bin", os.environ["PATH"]]
        monkeypatch.setenv("PATH", ":".join(map(str, paths)))
        monkeypatch.setenv("MANPAGER", "cat")
        settings = [f"{name} = {value}\n" for name, value in SETTINGS.items()]
        features = "experimental-features = nix-command flakes\n"
        monkeypatch.setenv("NIX_CONFIG", "".join([features, *settings]))

    def here(self, text):
        """Return a text with the places of flakes that are on this machine."""
        for place, here in self._places.items():
            text = text.replace(place, here)
        return text

    def run(self, command):
        """Run a command in the folder; return its status and all that it prints."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.here(command)],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
            timeout=300,
        )
        return done.returncode, done.stdout


@pytest.fixture
def project(tmp_path, monkeypatch):
    return Project(tmp_path, monkeypatch)


def scripts(file, text):
    """Return the commands of a configuration of CI."""
    pattern = r"^ *- run: (.*)$" if file.startswith(".github") else r"^    - (.*)$"
    return re.findall(pattern, text, re.MULTILINE)


@pytest.mark.slow
def test_every_step(project):
    commands = 0
    for block in _BLOCK.finditer(TEXT):
        if block["file"]:
            file = project.folder / block["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(project.here(block["text"]))
            for command in scripts(block["file"], block["text"]) if file.suffix == ".yml" else ():
                status, printed = project.run(command)
                assert status == 0, printed
                commands += 1
        for found in _COMMAND.finditer(block["text"]) if block["language"] == "console" else ():
            status, printed = project.run(found["command"])
            assert (status != 0) == found["output"].startswith("error"), printed
            if found["output"]:
                shown = _MEASURED.sub("", printed)
                assert _MEASURED.sub("", found["output"]) in f"{shown}\n", found["command"]
            commands += 1
    assert commands > 12
    published = project.folder / "public" / "index.html"
    assert "The greeter" in published.read_text()
    assert "git.example.org/greeter/blob/main/greeter.nix" in "".join(
        page.read_text() for page in (project.folder / "site").rglob("*.html")
    )


def test_no_file_is_written_that_is_not_named():
    """Each block but those of commands is a file of the recipe."""
    for block in _BLOCK.finditer(TEXT):
        assert block["file"] or block["language"] == "console", block["text"]
