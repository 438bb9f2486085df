"""Modules → options, with the real evaluator and a small library of fixtures."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import time
from pathlib import Path

import pytest

from manualgen.errors import Code, ManualError
from manualgen.evaluation import evaluator
from manualgen.evaluation.extracting import extract
from manualgen.evaluation.settings import EvaluationSettings
from manualgen.options.declarations import Source
from manualgen.options.model import Markup
from manualgen.options.reading import decode
from manualgen.options.writing import to_json
from tests.conftest import nixpkgs_lib

FIXTURES = Path(__file__).parent / "fixtures"
MODULES = FIXTURES / "modules"
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    shutil.which("nix-instantiate") is None and not os.environ.get("CI"),
    reason="nix-instantiate is not installed",
)


@pytest.fixture
def logs(monkeypatch):
    """The logs of the evaluator, one a run."""
    kept = []
    run = evaluator.Evaluator.run

    def kept_run(self, request):
        outcome = run(self, request)
        kept.append(outcome.log)
        return outcome

    monkeypatch.setattr(evaluator.Evaluator, "run", kept_run)
    return kept


def settings(**changes) -> EvaluationSettings:
    return EvaluationSettings(
        **{"lib": FIXTURES / "lib", "directory": MODULES, "timeout": 60, **changes}
    )


def extracted(*names, **changes):
    found = extract([Path(f"{name}.nix") for name in names], settings(**changes))
    return {option.name: option for option in found.options}, found.diagnostics


def codes(diagnostics) -> list[Code]:
    return [found.code for found in diagnostics]


# ─── one evaluation ───


def test_evaluates_once(logs):
    options, diagnostics = extracted("simple", "submodules")
    assert "simple.enable" in options
    assert not diagnostics
    assert len(logs) == 1
    assert logs[0].count("fixture: evaluation") == 1


def test_evaluates_once_with_packages_too(logs):
    options, diagnostics = extracted("with-pkgs-lib", "pkgs-in-imports", pkgs=FIXTURES / "pkgs")
    assert {"withLib.enable", "importing.enable", "simple.enable"} <= options.keys()
    assert not diagnostics
    assert len(logs) == 1
    assert logs[0].count("fixture: evaluation") == 1
    assert logs[0].count("fixture: packages") == 1


def test_values_that_need_packages_take_no_second_evaluation(logs):
    extracted("pkgs-in-default")
    assert len(logs) == 1


# ─── the spine ───


@pytest.mark.parametrize(
    ("name", "line", "column", "message", "help_text"),
    [
        ("pkgs-in-imports", 3, 27, "to decide what to import", "lib.mkIf"),
        ("pkgs-in-options", 3, 32, "to decide which options there are", "lib.mkIf"),
        ("pkgs-in-config", 4, 31, "to decide what it sets", "`config = lib.mkIf"),
    ],
)
def test_packages_on_the_spine(name, line, column, message, help_text):
    options, (found,) = extracted("simple", name)
    assert found.code is Code.PKGS_ON_SPINE
    assert (found.file, found.line, found.column) == (f"{name}.nix", line, column)
    assert message in found.message
    assert "`pkgs` itself depends on" in found.message
    assert help_text in found.help
    assert "pkgs" in found.excerpt
    assert "simple.enable" in options


def test_what_does_not_need_packages_stays():
    options, _ = extracted("pkgs-in-imports", "pkgs-in-config")
    assert {"importing.enable", "configured.enable"} <= options.keys()


# ─── values ───


def test_a_value_that_needs_something_costs_that_value():
    options, diagnostics = extracted("needs", "simple")
    by_value = {(found.option, found.part): found for found in diagnostics}
    needing = {
        ("needs.version", "default"): "pkgs",
        ("needs.version", "example"): "pkgs",
        ("needs.version", "description"): "pkgs",
        ("needs.unset", "default"): "config",
        ("needs.undeclared", "default"): "config",
        ("needs.undeclaredToo", "default"): "config",
        ("needs.argument", "default"): "inputs",
    }
    computed = by_value.pop(("needs.fine", "default"))
    assert "computed from `config`" in computed.message
    broken = {("needs.noSuchType", "type"), ("needs.type", "type")}
    assert by_value.keys() == {*needing, *broken}
    for key, name in needing.items():
        assert by_value[key].code is Code.NEEDS_DEFAULT_TEXT
        assert f"depends on `{name}`" in by_value[key].message
        assert "defaultText" in by_value[key].help
    assert "`lib.types.noSuchType` is not in" in by_value["needs.noSuchType", "type"].message
    assert "'noSuchFormat' missing" in by_value["needs.type", "type"].message
    default = options["needs.version"].default
    assert (default.markup, default.text) == (Markup.MARKDOWN, "depends on `pkgs`")
    assert options["needs.fine"].default.text == '"known"'
    assert options["needs.asked"].default.text == "false"
    assert options["needs.type"].description.text == "Still here."
    assert options["needs.noSuchType"].description.text == "Here too."
    assert "simple.enable" in options


def test_the_line_to_write_instead():
    _, (found,) = extracted("pkgs-in-default")
    assert found.line == 5
    assert '`defaultText = lib.literalExpression "pkgs.hello.version";`' in found.help
    assert found.declarations == ("tests/evaluation/fixtures/modules/pkgs-in-default.nix",)


@pytest.mark.parametrize("pkgs", [None, FIXTURES / "pkgs"])
def test_packages_print_as_their_names(pkgs):
    options, _ = extracted("needs", pkgs=pkgs)
    assert options["needs.package"].default.text == "pkgs.hello"
    assert options["needs.string"].default.text == '"${pkgs.hello}/bin/hello"'
    assert options["needs.string"].example.text == "pkgs.tools.hammer"
    assert options["needs.string"].description.text == "Runs `pkgs.hello`."
    assert options["needs.overridden"].default.text == "pkgs.hello.override (…)"
    assert options["needs.linked"].default.text == '"yes"'


def test_values_that_are_broken():
    options, diagnostics = extracted("broken-values")
    assert set(codes(diagnostics)) == {Code.BROKEN_VALUE}
    by_value = {found.option: found.message for found in diagnostics}
    assert 'not "today"' in by_value["values.thrown"]
    assert "cannot add a string to an integer" in by_value["values.typed"]
    assert "no options here" in by_value["values.sub.below"]
    assert options["values.good"].default.text == "1"
    assert {"values.thrown", "values.typed", "values.described", "values.sub"} <= options.keys()


def test_evaluation_is_pure():
    options, diagnostics = extracted("impure")
    assert options["impure.clock"].default.text == "false"
    assert options["impure.machine"].default.text == "false"
    assert options["impure.home"].default.text == '""'
    assert options["impure.copied"].default.text == '"<simple.nix>"'
    by_value = {found.option: found.help for found in diagnostics}
    assert "--source" in by_value["impure.files"]
    assert "without network" in by_value["impure.network"]
    assert "nothing is built" in by_value["impure.derived"]


@pytest.mark.parametrize(
    "value",
    [
        "builtins.nixPath",
        "builtins.builtins.nixPath",
        "__nixPath",
        "scopedImport { } ./inner.nix",
        "builtins.scopedImport { builtins = builtins; } ./inner.nix",
        "import ./inner.nix",
        "(builtins.builtins.scopedImport { } ./inner.nix)",
    ],
)
def test_no_file_reaches_the_search_path(value, tmp_path):
    (tmp_path / "inner.nix").write_text("builtins.nixPath ++ __nixPath")
    (tmp_path / "m.nix").write_text(
        "{ lib, ... }: { options.x = lib.mkOption { description = builtins.toJSON ("
        f"{value}); type = lib.types.str; }}; }}"
    )
    (found,) = extract([tmp_path / "m.nix"], settings(directory=tmp_path)).options
    assert found.description.text == "[]"


@pytest.mark.parametrize("value", ["builtins.currentTime", "builtins.builtins.currentSystem"])
def test_no_file_reaches_the_clock_or_the_machine(value, tmp_path):
    (tmp_path / "inner.nix").write_text(value)
    (tmp_path / "m.nix").write_text(
        "{ lib, ... }: { options.x = lib.mkOption { "
        "default = scopedImport { } ./inner.nix; type = lib.types.str; }; }"
    )
    (found,) = extract([tmp_path / "m.nix"], settings(directory=tmp_path)).options
    assert found.default.text == "cannot be evaluated"


def test_what_marks_messages_is_in_no_file(monkeypatch, tmp_path):
    """A module that knows it could write records and failures of its own."""
    seen = []
    run = evaluator.Evaluator._run

    def inspected(self, folder, arguments):
        (nonce,) = [one for one in arguments if re.fullmatch("[0-9a-f]{24}", one)]
        roots = [one.partition("=")[2] for one in arguments if one.startswith("manualgen")]
        files = [path for root in roots for path in (Path(root), *Path(root).rglob("*"))]
        seen.extend(nonce.encode() in path.read_bytes() for path in files if path.is_file())
        assert not any(folder == Path(root) for root in roots)
        return run(self, folder, arguments)

    monkeypatch.setattr(evaluator.Evaluator, "_run", inspected)
    assert extracted("simple")[0]
    assert seen
    assert not any(seen)


# ─── broken modules ───


@pytest.mark.parametrize(
    ("name", "lines", "message"),
    [
        ("syntax-error", {3}, "syntax error"),
        ("undefined", {3}, "undefined variable 'undefinedName'"),
        ("missing-function", {3}, "`lib.mkNothing` is not in the library"),
        ("recursion", {3}, "infinite recursion"),
        # Nix 2.8 does not say where a `throw` stands; 2.26 does.
        ("thrown", {1, 3}, "this module wants more"),
        ("argument-in-imports", {3}, "the argument `inputs` is not given"),
    ],
)
def test_a_broken_module_is_left_out(name, lines, message):
    options, (found,) = extracted("simple", name, "submodules")
    assert found.code is Code.BROKEN_MODULE
    assert found.file == f"{name}.nix"
    assert found.line in lines
    assert message in found.message
    assert "\n" not in found.message
    assert {"simple.enable", "sub.named"} <= options.keys()


def test_a_stack_overflow_costs_only_what_it_is_in(tmp_path):
    endless = "let f = n: 1 + f n; in"
    texts = {
        "module": f"{{ lib, ... }}: {endless} if f 0 > 1 then {{ }} else {{ }}",
        "value": f"{{ lib, ... }}: {endless} {{ options.v.bad = lib.mkOption {{ default = f 0; }};"
        " options.v.good = lib.mkOption { default = 1; }; }",
        "fine": "{ lib, ... }: { options.fine = lib.mkOption { default = 2; }; }",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.nix").write_text(text)
    options, diagnostics = extracted(*texts, directory=tmp_path)
    assert sorted(options) == ["fine", "v.bad", "v.good"]
    assert options["v.good"].default.text == "1"
    assert {(found.file, found.option) for found in diagnostics} == {
        ("module.nix", None),
        (None, "v.bad"),
    }
    assert all("calls itself" in found.help for found in diagnostics)


def test_many_broken_modules():
    names = ("syntax-error", "undefined", "missing-function", "recursion", "thrown")
    options, diagnostics = extracted("simple", *names)
    assert sorted(found.file for found in diagnostics) == sorted(f"{name}.nix" for name in names)
    assert "simple.enable" in options


def test_a_module_that_imports_broken_ones_stays():
    options, diagnostics = extracted("importer")
    assert [found.file for found in diagnostics] == ["missing-function.nix", "nowhere.nix"]
    assert "simple.enable" in options


# ─── records ───


def test_submodules():
    options, _ = extracted("submodules")
    assert set(options) == {
        "sub.deep",
        "sub.deep.<name>.*.inner",
        "sub.either",
        "sub.either.inner",
        "sub.json",
        "sub.listed",
        "sub.listed.*.inner",
        "sub.named",
        "sub.named.<name>.inner",
        "sub.nullOr",
        "sub.nullOr.inner",
        "sub.shallow",
        "sub.transparent.<name>.inner",
    }
    assert options["sub.named.<name>.inner"].loc == ("sub", "named", "<name>", "inner")
    assert options["sub.either.inner"].declared_in == (
        "tests/evaluation/fixtures/modules/submodules.nix",
    )


def test_record():
    options, _ = extracted("simple")
    assert set(options) == {f"simple.{name}" for name in ("enable", "file", "text", '"odd name"')}
    record = json.loads(to_json(options.values()))["simple.text"]
    assert record == {
        "declarations": [{"name": "tests/evaluation/fixtures/modules/simple.nix"}],
        "default": {"_type": "literalMD", "text": "*some* text"},
        "description": "Text.",
        "loc": ["simple", "text"],
        "readOnly": True,
        "type": "string",
    }
    assert options["simple.file"].default.text == "./tests/evaluation/fixtures/modules/simple.nix"
    address = "https://search.nixos.org/packages?show={0}&sort=relevance&query={0}"
    assert options['simple."odd name"'].related_packages.text == (
        f"- [`pkgs.hello`](\n    {address.format('hello')}\n  )\n"
        f"- [Hammer aka `pkgs.hammer`](\n    {address.format('hammer')}\n  )\n\n  Hits.\n"
        f"- [`pkgs.tools.saw`](\n    {address.format('tools.saw')}\n  )\n"
    )


def test_order_of_modules_does_not_matter():
    one = extract([Path("simple.nix"), Path("submodules.nix")], settings())
    other = extract([Path("submodules.nix"), Path("simple.nix")], settings())
    assert to_json(one.options) == to_json(other.options)
    assert [option.name for option in one.options] == sorted(o.name for o in one.options)


def test_sources():
    source = Source("mine", str(FIXTURES), "https://example.org/{path}")
    options, _ = extracted("simple", sources=(source,))
    (declaration,) = options["simple.enable"].declarations
    assert declaration.name == "<mine/modules/simple.nix>"
    assert declaration.url == "https://example.org/modules/simple.nix"
    assert options["simple.file"].default.text == "<mine/modules/simple.nix>"


def test_no_path_of_the_machine(tmp_path):
    shutil.copytree(FIXTURES, tmp_path / "f")
    found = extract(
        [tmp_path / "f/modules/simple.nix", tmp_path / "f/modules/needs.nix"],
        settings(directory=Path("/"), lib=tmp_path / "f/lib"),
    )
    assert str(tmp_path).encode() not in to_json(found.options)


def test_prefixes():
    options, _ = extracted("simple", "submodules", prefixes=("sub.named.", "simple.enable"))
    assert set(options) == {"sub.named", "sub.named.<name>.inner", "simple.enable"}


def test_list_of_modules():
    found = extract([], settings(modules_list=Path("list.nix")))
    assert {"simple.enable", "sub.named"} <= {option.name for option in found.options}


def test_written_options_are_read_again():
    found = extract([Path("simple.nix"), Path("needs.nix")], settings())
    assert decode(to_json(found.options)).options == found.options


# ─── limits ───


def failing(*names, **changes):
    with pytest.raises(ManualError) as raised:
        extracted(*names, **changes)
    return raised.value.diagnostic


def test_no_evaluator():
    found = failing("simple", evaluator="no-such-evaluator")
    assert found.code is Code.NO_EVALUATOR
    assert "nix-bin" in found.help


def stand_in(folder, script) -> str:
    path = folder / "nix-instantiate"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_evaluator_that_is_too_old(tmp_path):
    # What 2.3 says, with the nonce of the command line.
    command = stand_in(
        tmp_path,
        'while [ "$1" != nonce ]; do shift; done; n="$2"\n'
        'printf \'error: Nix 2.3.7 is too old\\n\\n       … %s["old","2.3.7"]\\n\' "$n" >&2; exit 1',
    )
    found = failing("simple", evaluator=command)
    assert found.code is Code.NO_EVALUATOR
    assert "2.3.7" in found.message


def test_evaluator_that_is_killed(tmp_path):
    found = failing("simple", evaluator=stand_in(tmp_path, "kill -9 $$"))
    assert found.code is Code.EVALUATION_LIMIT
    assert "SIGKILL" in found.message


def test_time_limit_kills_the_group(tmp_path):
    mark = tmp_path / "alive"
    command = stand_in(tmp_path, f"(sleep 1; touch {mark}) & sleep 60")
    start = time.monotonic()
    found = failing("simple", evaluator=command, timeout=0.3)
    assert found.code is Code.EVALUATION_LIMIT
    assert "0.3 seconds" in found.message
    assert time.monotonic() - start < 10
    time.sleep(1.2)
    assert not mark.exists()


def test_memory_limit():
    options, diagnostics = extracted("hungry", "simple", memory=1024**3)
    (found,) = (one for one in diagnostics if one.code is Code.EVALUATION_LIMIT)
    assert "1024 MiB of memory, at " in found.message
    assert "`list`" in found.message
    assert {"list", "simple.enable"} <= options.keys()


def test_missing_module():
    found = failing("nothing-here")
    assert found.code is Code.UNREADABLE


def test_no_library(monkeypatch):
    monkeypatch.delenv("NIX_PATH", raising=False)
    found = failing("simple", lib=None)
    assert found.code is Code.NO_LIBRARY
    assert "--lib" in found.help


def test_library_of_the_nix_path(monkeypatch, tmp_path):
    (tmp_path / "nixpkgs").symlink_to(FIXTURES)
    monkeypatch.setenv("NIX_PATH", f"other=/x:nixpkgs={tmp_path}/nixpkgs")
    assert extracted("simple", lib=None)[0]


# ─── with Nixpkgs' own library ───


needs_nixpkgs = pytest.mark.skipif(
    nixpkgs_lib() is None,
    reason="Nixpkgs' lib is not found: set MANUALGEN_NIXPKGS_LIB, or nixpkgs in NIX_PATH",
)


@needs_nixpkgs
def test_samples():
    folder = ROOT / "sample-options"
    found = extract(
        [folder / "container.nix", folder / "grub.nix"],
        EvaluationSettings(lib=nixpkgs_lib(), directory=ROOT),
    )
    expected = {}
    for name in ("container.json", "grub.json"):
        expected.update(json.loads((folder / name).read_bytes()))
    for record in expected.values():  # Evaluated modules link nowhere without a source tree.
        record["declarations"] = [{"name": name} for name in record["declarations"]]
    assert not found.diagnostics
    assert json.loads(to_json(found.options)) == expected


@needs_nixpkgs
@pytest.mark.parametrize(
    "name",
    ["pkgs-in-imports", "pkgs-in-options", "pkgs-in-config"],
)
def test_spine_with_nixpkgs(name):
    options, (found,) = extracted("simple", name, lib=nixpkgs_lib())
    assert found.code is Code.PKGS_ON_SPINE
    assert found.file == f"{name}.nix"
    assert "simple.enable" in options


@needs_nixpkgs
def test_values_with_nixpkgs(logs):
    options, diagnostics = extracted("needs", "submodules", "broken-values", lib=nixpkgs_lib())
    assert "sub.either.inner" in options
    assert "sub.deep.<name>.*.inner" in options
    assert options["needs.fine"].default.text == '"known"'
    assert {found.option for found in diagnostics} >= {"needs.version", "needs.undeclared"}


@needs_nixpkgs
def test_a_single_module_is_quick():
    def once() -> float:
        start = time.perf_counter()
        extract([MODULES / "simple.nix"], EvaluationSettings(lib=nixpkgs_lib(), directory=MODULES))
        return time.perf_counter() - start

    assert min(once() for _ in range(3)) < 0.5
