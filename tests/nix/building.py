"""Nix with a store of its own, and without Nixpkgs' packages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, nixpkgs_lib, program

HERE = Path(__file__).parent
LIB = nixpkgs_lib() or ROOT / "tests" / "evaluation" / "fixtures" / "lib"
BASIC = ("bash", "cat", "cp", "mkdir")
SETTINGS = {
    "sandbox": "false",
    "build-users-group": "",
    "substitute": "false",
    # The programs are those of this machine, whatever it is.
    "extra-platforms": "x86_64-linux",
}


class Nix:
    """Nix with a store of its own, and programs to build with."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        for name in ("store", "state", "log"):
            monkeypatch.setenv(f"NIX_{name.upper()}_DIR", str(folder / name))
        monkeypatch.setenv("NIX_REMOTE", "local")
        monkeypatch.setenv("HOME", str(folder))
        monkeypatch.delenv("NIX_PATH", raising=False)
        programs = {"jq": ("jq",), "brotli": ("brotli",), "basic": BASIC}
        for package, names in programs.items():
            (folder / "programs" / package / "bin").mkdir(parents=True)
            for name in names:
                link = folder / "programs" / package / "bin" / name
                link.symlink_to(program(name))
        command = folder / "programs" / "manualgen" / "bin" / "manualgen"
        command.parent.mkdir(parents=True)
        command.write_text(
            f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m manualgen "$@"\n'
        )
        command.chmod(0o755)

    def expression(self, text):
        """Return an expression in which `ours`, `options` and others can be used."""
        return f"""
          let
            lib = import {LIB};
            pkgs = import {HERE}/pkgs.nix {{
              lib = {LIB};
              programs = "{self.folder}/programs";
            }};
            ours = import {ROOT}/nix {{ inherit pkgs; }};
            optionsOf = module: builtins.removeAttrs
              (lib.evalModules {{ modules = [ module ]; }}).options [ "_module" ];
            options = optionsOf {HERE}/greeter.nix;
          in {text}
        """

    def _run(self, name, *arguments):
        command = [program(name), *arguments]
        for setting, value in SETTINGS.items():
            command += ["--option", setting, value]
        return subprocess.run(command, capture_output=True, check=False, text=True, timeout=300)

    def build(self, text):
        """Build a derivation; return the path of its output."""
        done = self._run("nix-build", "--no-out-link", "--expr", self.expression(text))
        assert done.returncode == 0, done.stderr
        return Path(done.stdout.strip())

    def failure(self, text):
        """Return what Nix says of a derivation that cannot be built."""
        done = self._run("nix-build", "--no-out-link", "--expr", self.expression(text))
        assert done.returncode != 0
        return done.stderr

    def value(self, text):
        arguments = ("--eval", "--strict", "--json", "--read-write-mode", "--expr")
        done = self._run("nix-instantiate", *arguments, self.expression(text))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
