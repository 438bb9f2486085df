"""A part that fails costs itself alone, and nothing is wrong without a diagnostic."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from manualgen.cli.main import program
from manualgen.errors import Code, ManualError, Severity
from manualgen.evaluation import evaluator
from manualgen.evaluation.extracting import extract
from manualgen.evaluation.settings import EvaluationSettings

FIXTURES = Path(__file__).parent / "fixtures"
MODULES = FIXTURES / "isolated"

pytestmark = pytest.mark.skipif(
    shutil.which("nix-instantiate") is None and not os.environ.get("CI"),
    reason="nix-instantiate is not installed",
)


@pytest.fixture
def runs(monkeypatch):
    """The outcomes of all evaluations."""
    kept = []
    run = evaluator.Evaluator.run

    def kept_run(self, request):
        outcome = run(self, request)
        kept.append(outcome)
        return outcome

    monkeypatch.setattr(evaluator.Evaluator, "run", kept_run)
    return kept


def extracted(*names, **changes):
    settings = {"lib": FIXTURES / "lib", "directory": MODULES, "timeout": 60, **changes}
    found = extract([Path(name) for name in names], EvaluationSettings(**settings))
    return {option.name: option for option in found.options}, found.diagnostics


# ─── without a package set ───


def test_types_of_formats(runs):
    options, diagnostics = extracted("formats.nix")
    assert not diagnostics
    assert len(runs) == 1
    assert options["formats.json"].type == "string or JSON value"
    atom = "INI atom (null, bool, int, float or string)"
    section = "attribute set of section of an INI file (attrs of {})"
    assert options["formats.ini"].type == section.format(atom)
    lists = f"{atom} or a list of them for duplicate keys"
    assert options["formats.lists"].type == section.format(lists)
    assert "atom (null, bool, int, float or string)" in options["formats.properties"].type
    assert options["formats.elixir"].type == ("attribute set of attribute set of Elixir value")
    assert options["formats.hocon"].type == "HOCON value"
    assert options["formats.kdl"].type == "KDL document"
    assert options["formats.libconfig"].type == "attribute set of libconfig value"
    assert options["formats.lua"].type == "attribute set of lua value"
    assert "absolute path or package" in options["formats.nix"].type
    assert options["formats.php"].type == "PHP value"
    assert options["formats.python"].type == "attribute set of Python value"
    assert options["formats.file"].default.text.startswith("pkgs.formats.json")


def test_platform_and_packages_by_name():
    options, (found,) = extracted("platform.nix")
    assert options["platform.linux"].default.text == "true"
    assert not options["platform.linux"].read_only
    assert options["platform.script"].default.text == "pkgs.writeShellScript (…)"
    assert options["platform.names"].default.text == "[ pkgs.hello pkgs.cowsay ]"
    assert options["platform.computed"].default.text == "pkgs.hello-computed"
    assert (found.option, found.part, found.code) == (
        "platform.locked",
        "readOnly",
        Code.BROKEN_VALUE,
    )
    assert "`pkgs` is needed" in found.message


def test_a_failure_that_a_module_hides():
    options, diagnostics = extracted("hidden.nix")
    assert options["hidden"].default.text == '"unknown"'
    address = "https://search.nixos.org/packages?show=hello&query=hello"
    assert options["homepage"].description.text == f"See <{address}>."
    assert [found.option for found in diagnostics] == ["again", "hidden", "homepage"]
    for found in diagnostics:
        assert found.code is Code.NEEDS_DEFAULT_TEXT
        assert "another text is shown" in found.message


def test_names_that_only_a_package_set_knows():
    options, diagnostics = extracted("names-of-packages.nix")
    assert options["names.listed"].description.text == "One of …, and no other."
    assert options["names.listed"].default.text == '[ "…" ]'
    assert options["names.values"].default.text == "depends on `pkgs`"
    assert options["names.tested"].default.text == '"there"'
    assert [(found.option, found.code) for found in diagnostics] == [
        ("names.values", Code.NEEDS_DEFAULT_TEXT),
        ("names.listed", Code.NEEDS_DEFAULT_TEXT),
    ]


# ─── options and types ───


def test_options_with_names_that_nix_gives_a_meaning():
    options, diagnostics = extracted("magic-names.nix")
    assert not diagnostics
    assert set(options) == {"magic", "magic.<name>.__toString", "magic.<name>.outPath"}


def test_types_that_contain_themselves(runs):
    options, diagnostics = extracted("recursive.nix")
    assert len(runs) == 1
    assert set(options) == {
        "list",
        "list.items",
        "other",
        "tree",
        "tree.branches",
        "tree.label",
    }
    assert [(found.option, found.severity) for found in diagnostics] == [
        ("list.items", Severity.WARNING),
        ("tree.branches", Severity.WARNING),
    ]


def test_names_that_are_missing_take_no_second_evaluation(runs):
    options, diagnostics = extracted("missing-names.nix")
    assert {found.option for found in diagnostics} == {"missing.b", "missing.c"}
    assert all("`lib.noSuchPart` is not in" in found.message for found in diagnostics)
    assert options["missing.a"].description.text == "Text."
    assert options["missing.d"].default.text == '"none"'
    assert options["missing.e"].default.text == "false"
    assert len(runs) == 1


def test_uncaught_failures_are_limited(runs):
    options, diagnostics = extracted("uncaught.nix")
    assert len(runs) == 9
    assert len(options) == 13
    assert options["uncaught.o9"].default.text == "cannot be evaluated"
    values = [found for found in diagnostics if found.code is Code.BROKEN_VALUE]
    assert len(values) == 7
    (limit,) = (found for found in diagnostics if found.code is Code.EVALUATION_LIMIT)
    assert "`default` of the options after `uncaught.o5`" in limit.message
    assert limit.severity is Severity.ERROR


def test_a_time_limit_keeps_what_is_known():
    options, diagnostics = extracted("endless.nix", timeout=2)
    (found,) = (one for one in diagnostics if one.code is Code.EVALUATION_LIMIT)
    assert "`endless.b`" in found.message
    assert options["endless.a"].default.text == "1"


def test_floats():
    options, _ = extracted("floats.nix")
    assert options["floats"].default.text == "[ 1.0 0.5 1 ]"


# ─── modules ───


def test_an_attribute_beside_options():
    options, (found,) = extracted("beside-options.nix")
    assert "beside.enable" in options
    assert "`services` beside `options`" in found.message


def test_arguments_that_are_not_given(runs):
    options, (found,) = extracted("optional-argument.nix")
    assert options["optional.nested"].default.text == "false"
    assert (found.option, found.part) == ("optional.required", "default")
    assert "`inputs`" in found.message
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("flake.nix", "a flake"),
        ("set-of-modules.nix", "a set of modules"),
        ("overlay.nix", "an overlay"),
        ("list-of-modules.nix", "a list"),
    ],
)
def test_files_that_are_no_modules(name, kind):
    options, (found,) = extracted(name)
    assert not options
    assert (found.code, found.file) == (Code.BROKEN_MODULE, name)
    assert kind in found.message


def test_no_options_at_all():
    options, (found,) = extracted("nothing.nix")
    assert not options
    assert found.code is Code.EVALUATION_FAILED
    assert found.severity is Severity.ERROR


# ─── what modules need ───


def test_a_list_with_special_arguments_and_a_library():
    options, diagnostics = extracted(modules_list=Path("helper.nix"))
    assert not diagnostics
    assert options["helped"].default.text == '"from the extended library, given"'
    assert options["inline"].default.text == '"from the extended library"'


def test_extended_library_and_arguments():
    options, diagnostics = extracted(
        "with-extended-lib.nix",
        lib_extensions=(Path("extended-lib.nix"),),
        arguments={"extra": Path("extra-argument.nix")},
    )
    assert not diagnostics
    assert options["extended"].default.text == '"an argument"'


def test_evaluated_options():
    options, diagnostics = extracted(options_file=Path("options-tree.nix"))
    assert not diagnostics
    assert set(options) == {"evaluated.enable"}


def test_a_library_of_an_old_release():
    options, diagnostics = extracted("for-an-old-library.nix", lib=FIXTURES / "old-lib")
    assert not diagnostics
    assert set(options) == {"old", "old.<name>.name"}
    assert options["old"].type == "attribute set of submodules"
    assert options["old"].example.text == "{ }"
    lines = options["old"].default.text.split("\n")
    assert lines == [
        "{",
        '  "a b" = [',
        "    pkgs.hello",
        "    1.5",
        "    null",
        "  ];",
        "  none = [ ];",
        '  text = "\\${x}\\n";',
        "}",
    ]


@pytest.mark.parametrize("text", ["{ }", "_: { }", "{ types = { }; }"])
def test_what_is_not_the_library_of_nixpkgs(tmp_path, text):
    (tmp_path / "default.nix").write_text(text)
    with pytest.raises(ManualError) as raised:
        extracted("floats.nix", lib=tmp_path)
    assert raised.value.diagnostic.code is Code.NO_LIBRARY
    assert "no `evalModules`" in raised.value.diagnostic.message


def test_the_search_path():
    options, (found,) = extracted("search-path.nix", inputs={"given": Path()})
    assert options["floats"].default.text == "[ 1.0 0.5 1 ]"
    assert options["searched.given"].default.text == '{ value = "an argument"; }'
    assert options["searched.nixpkgs"].default.text == "true"
    assert (found.option, found.code) == ("searched.other", Code.BROKEN_VALUE)
    assert "`<other>` is not on the search path" in found.message
    assert "--input other=PATH" in found.help


# ─── what is shown ───


def test_texts_of_the_author_are_kept():
    options, (found,) = extracted("own-texts.nix")
    path = "/nix/store/0c7c96gikmzv87i7lv3vq5s1cmfjd6zf-hello.drv"
    assert options["own.store"].default.text == f'"{path}"'
    assert options["own.store"].description.text == f"Such as {path}"
    assert options["own.folder"].default.text == "./lib"
    assert found.option == "own.computed"
    assert (found.code, found.line) == (Code.NEEDS_DEFAULT_TEXT, 9)
    assert "computed from `config`" in found.message
    assert options["own.computed"].default.text == "./lib"


def test_declarations_link_nowhere_without_a_source():
    options, _ = extracted("floats.nix")
    (declaration,) = options["floats"].declarations
    assert (declaration.name, declaration.url) == ("floats.nix", "")


def test_declarations_of_nixpkgs(tmp_path):
    shutil.copytree(FIXTURES / "lib", tmp_path / "lib")
    (tmp_path / "pkgs/top-level").mkdir(parents=True)
    module = tmp_path / "nixos/modules/floats.nix"
    module.parent.mkdir(parents=True)
    shutil.copy(MODULES / "floats.nix", module)
    options, _ = extracted(str(module), lib=tmp_path, revision="24.05")
    (declaration,) = options["floats"].declarations
    assert declaration.name == "<nixpkgs/nixos/modules/floats.nix>"
    address = "https://github.com/NixOS/nixpkgs/blob/24.05/nixos/modules/floats.nix"
    assert declaration.url == address


# ─── the command ───


def test_options_of_the_command(tmp_path):
    output = tmp_path / "options.json"
    command = ["extract", str(MODULES / "with-extended-lib.nix"), "-o", str(output)]
    command += ["--lib", str(FIXTURES / "lib"), "--lib", str(MODULES / "extended-lib.nix")]
    command += ["--arg", f"extra={MODULES / 'extra-argument.nix'}"]
    result = CliRunner().invoke(program, command)
    assert result.exit_code == 0
    assert json.loads(output.read_text())["extended"]["default"]["text"] == '"an argument"'


def test_a_limit_is_an_error_of_the_command(tmp_path):
    output = tmp_path / "options.json"
    command = ["extract", str(MODULES / "endless.nix"), "-o", str(output), "--timeout", "2"]
    result = CliRunner().invoke(program, [*command, "--lib", str(FIXTURES / "lib")])
    assert result.exit_code == 1
    assert "endless.a" in json.loads(output.read_text())
