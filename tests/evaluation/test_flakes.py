"""Modules of flakes, without network."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from manualgen.errors import Code, ManualError
from manualgen.evaluation.extracting import extract
from manualgen.evaluation.settings import EvaluationSettings

FIXTURES = Path(__file__).parent / "fixtures"
FLAKES = FIXTURES / "flakes"

pytestmark = pytest.mark.skipif(
    shutil.which("nix-instantiate") is None and not os.environ.get("CI"),
    reason="nix-instantiate is not installed",
)


def extracted(*names, **changes):
    settings = {"lib": FIXTURES / "lib", "directory": FLAKES, "timeout": 60, **changes}
    found = extract([Path(name) for name in names], EvaluationSettings(**settings))
    return {option.name: option for option in found.options}, found.diagnostics


@pytest.mark.parametrize("attribute", ["nixosModules.default", "homeModule"])
def test_a_module_that_is_a_file(attribute):
    options, diagnostics = extracted(f"greeter#{attribute}")
    assert not diagnostics
    assert options["greeter.enable"].declared_in == ("module.nix",)


def test_the_flake_of_the_current_folder():
    options, _ = extracted(".#nixosModules.default", directory=FLAKES / "greeter")
    assert options["greeter.enable"].declared_in == ("module.nix",)


def test_a_module_in_the_flake_itself():
    options, diagnostics = extracted("greeter#nixosModules.inline")
    assert not diagnostics
    assert set(options) == {"inline.package"}
    assert options["inline.package"].default.text == "pkgs.hello"
    assert options["inline.package"].declared_in == ("flake.nix",)


def test_an_input_that_is_not_given():
    options, (found,) = extracted("greeter#nixosModules.needs")
    assert "needs.word" in options
    assert "the flake input `helper` is not given" in found.message
    assert "--input helper=PATH" in found.help


def test_an_input_that_is_given():
    inputs = {"helper": Path("helper")}
    names = ("greeter#nixosModules.needs", "greeter#nixosModules.inline")
    options, diagnostics = extracted(*names, inputs=inputs)
    assert not diagnostics
    assert options["needs.word"].default.text == '"help"'
    assert "helper.base" in options


@pytest.mark.parametrize("name", ["greeter", "greeter#nixosModules.other", "greeter#"])
def test_what_there_is_to_choose(name):
    with pytest.raises(ManualError) as raised:
        extracted(name)
    found = raised.value.diagnostic
    assert found.code is Code.EVALUATION_FAILED
    assert found.file == "greeter/flake.nix"
    for choice in ("darwinModules.borrowed", "homeModule", "nixosModules.default"):
        assert f"`{choice}`" in found.help


def test_modules_of_an_input_that_is_not_given():
    options, diagnostics = extracted("greeter#darwinModules.borrowed")
    assert set(options) == {"borrowed"}
    assert not diagnostics


def test_a_set_of_modules():
    with pytest.raises(ManualError) as raised:
        extracted("sets#nixosModules")
    assert "`nixosModules.one`, `nixosModules.two`" in raised.value.diagnostic.help


def test_outputs_that_need_an_input():
    with pytest.raises(ManualError) as raised:
        extracted("parts#flakeModules.default")
    assert "--input flake-parts=PATH" in raised.value.diagnostic.message
