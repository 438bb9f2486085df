"""What diagnostics say is so, and what they say to write helps."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from manualgen.errors import Code
from manualgen.evaluation.extracting import extract
from manualgen.evaluation.settings import EvaluationSettings

FIXTURES = Path(__file__).parent / "fixtures"
MODULES = FIXTURES / "told"

pytestmark = pytest.mark.skipif(
    shutil.which("nix-instantiate") is None and not os.environ.get("CI"),
    reason="nix-instantiate is not installed",
)


def extracted(*names, **changes):
    settings = {"lib": FIXTURES / "lib", "directory": MODULES, "timeout": 60, **changes}
    found = extract([Path(name) for name in names], EvaluationSettings(**settings))
    return {option.name: option for option in found.options}, found.diagnostics


def test_names_of_options_that_no_given_module_declares():
    options, (found,) = extracted("option-names.nix")
    assert options["named.one"].default.text == "config.services.elsewhere.folder"
    assert options["named.one"].description.text == "See services.elsewhere.file."
    assert (found.option, found.part) == ("named.two", "default")
    assert "depends on `config`" in found.message


def test_arguments_that_are_not_given():
    _, diagnostics = extracted("arguments.nix")
    by_part = {found.part: found for found in diagnostics}
    assert by_part["type"].message.startswith("the type depends on `self`")
    assert by_part["type"].help == "give it: `--arg self=FILE`"
    assert by_part["default"].help.endswith(
        '`defaultText = lib.literalExpression "self.name";`, or give it: `--arg self=FILE`'
    )


def test_the_place_where_an_argument_is_used():
    options, (found,) = extracted("argument-in-imports.nix")
    assert "imported" in options
    assert "the argument `inputs` is not given" in found.message
    assert (found.line, found.column) == (4, 15)


def test_texts_that_are_there_are_not_asked_for():
    _, diagnostics = extracted("texts.nix")
    by_option = {found.option: found for found in diagnostics}
    default = by_option["texts.default"]
    assert default.line == 7
    assert default.help.startswith("write it without `pkgs`: `defaultText = ")
    assert "depends on `pkgs`" in by_option["texts.type"].message
    assert "`pkgs.formats`" in by_option["texts.type"].help


def test_files_of_nixpkgs(tmp_path):
    shutil.copytree(FIXTURES / "lib", tmp_path / "nixpkgs/lib")
    shutil.copytree(MODULES, tmp_path / "told")
    _, diagnostics = extracted(
        "of-nixpkgs.nix", lib=tmp_path / "nixpkgs/lib", directory=tmp_path / "told"
    )
    assert [found.code for found in diagnostics] == [Code.BROKEN_MODULE, Code.BROKEN_VALUE]
    for found in diagnostics:
        assert found.help == "it is part of Nixpkgs: name a whole Nixpkgs tree with `--lib PATH`"


def test_internal_modules_of_nixpkgs_are_not_missed():
    options, diagnostics = extracted("internal-modules.nix")
    assert set(options) == {"beside"}
    assert not diagnostics


def test_arguments_that_only_modules_set():
    _, (found,) = extracted("argument-of-modules.nix")
    assert "the argument `folder` is not given" in found.message
    assert "infinite recursion" not in found.message
    assert found.line == 5
    assert found.help == "give it: `--arg folder=FILE`"


def test_why_types_fail():
    _, diagnostics = extracted("thrown-types.nix")
    by_part = {(found.option, found.part): found.message for found in diagnostics}
    assert by_part["thrown.type", "type"] == "the type cannot be evaluated: no such release"
    assert "no such options" in by_part["thrown.submodule", "submodule"]


def test_packages_of_overlays_and_unknown_functions():
    options, (found,) = extracted("overlays.nix")
    assert options["overlays.package"].default.text == "pkgs.brandNew"
    assert (found.option, found.part) == ("overlays.call", "default")
    assert "depends on `pkgs`" in found.message


def test_a_function_that_is_no_module():
    _, (found,) = extracted("no-module.nix")
    assert "unexpected argument" in found.message
    assert "`{ lib, ... }:`" in found.help


def test_an_input_of_a_file():
    _, (found,) = extracted(modules_list=Path("input-of-file.nix"))
    assert "the flake input `other` is not given" in found.message
    assert found.help.startswith("give its folder: `--input other=PATH`; ")


@pytest.mark.parametrize(("text", "readable"), [("{ }", True), ("{ outputs = _: { }; }", False)])
def test_a_flake_is_the_root_of_its_tree(tmp_path, text, readable):
    (tmp_path / ".git").mkdir()
    (tmp_path / "names.nix").write_text('"a name"')
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules/flake.nix").write_text(text)
    (tmp_path / "modules/one.nix").write_text(
        "{ lib, ... }: { options.one = lib.mkOption { default = import ../names.nix; }; }"
    )
    options, diagnostics = extracted(str(tmp_path / "modules/one.nix"))
    assert (options["one"].default.text == '"a name"') is readable
    assert bool(diagnostics) is not readable
