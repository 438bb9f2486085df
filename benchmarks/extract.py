"""How long it takes to extract options from modules: ``python -m benchmarks.extract``.

Writes modules with about as many options as home-manager has into a temporary
folder, evaluates them, and prints wall time, processor time and the largest
resident set of the evaluator. Nixpkgs' ``lib`` is found through
``MANUALGEN_NIXPKGS_LIB`` or ``NIX_PATH``; without it, nothing is measured.

``MANUALGEN_TREES`` may name a folder with source trees, called as the files in
``benchmarks/trees``: then these are evaluated as well. Their options are
compared with the files of ``MANUALGEN_OPTIONS``, called ``home-manager.json``
and so on, as far as there are any.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from manualgen.errors import ManualError
from manualgen.evaluation.extracting import extract
from manualgen.evaluation.settings import EvaluationSettings

MODULES = 290
"""How many modules are written; each declares 19 options."""

_DESCRIPTION = """
          Whether number {number} is what you want. It concerns {{file}}`/etc/tool{number}.conf`,
          which {{manpage}}`tool(5)` describes, and works together with
          [](#opt-programs.tool{number}.enable).

          - The first thing to know is that it takes effect at the next start.
          - The second one is that `{number}` stands for itself.
"""

_MODULE = """{{ config, lib, pkgs, ... }}:
let
  inherit (lib) mkEnableOption mkIf mkOption types literalExpression;
  cfg = config.programs.tool{number};
in
{{
  options.programs.tool{number} = {{
    enable = mkEnableOption "tool number {number}";
    package = mkOption {{
      type = types.package;
      default = pkgs.tool{number};
      defaultText = literalExpression "pkgs.tool{number}";
      description = "The package of tool number {number}.";
    }};
    accounts = mkOption {{
      type = types.attrsOf (types.submodule ({{ name, config, ... }}: {{
        options = {{
          user = mkOption {{ type = types.str; default = name;
            defaultText = lib.literalMD "the attribute's name"; description = "Its user."; }};
          mail = mkOption {{ type = types.nullOr types.str; default = null;
            example = "a@example.org"; description = ''{description}''; }};
          port = mkOption {{ type = types.port; default = 25; description = "Its port."; }};
          rules = mkOption {{
            type = types.listOf (types.either types.str (types.submodule {{
              options.match = mkOption {{ type = types.str; description = "What it matches."; }};
            }}));
            default = [ ];
            description = "Rules.";
          }};
        }};
      }}));
      default = {{ }};
      description = ''{description}'';
    }};
    settings = mkOption {{
      type = with types; attrsOf (oneOf [ bool int str (listOf str) ]);
      default = {{ }};
      example = literalExpression ''
        {{
          colour = "blue";
          size = {number};
        }}
      '';
      description = ''{description}'';
    }};
{plain}
  }};
  config = mkIf cfg.enable {{ home.packages = [ cfg.package ]; }};
}}
"""

_PLAIN = """    option{index} = mkOption {{
      type = {type};
      default = {default};
      example = {example};
      description = ''{description}'';
    }};
"""

_KINDS = (
    ("types.bool", "true", "false"),
    ("types.nullOr types.path", "null", '"/var/lib/tool"'),
    ('types.enum [ "one" "two" "three" ]', '"one"', '"two"'),
    ("types.lines", '""', '"first\\nsecond"'),
    ("types.listOf types.str", "[ ]", '[ "a" "b" ]'),
)


def write_modules(folder: Path, count: int = MODULES) -> list[Path]:
    """Write modules into a folder and return their paths."""
    paths = []
    for number in range(count):
        description = _DESCRIPTION.format(number=number)
        plain = "".join(
            _PLAIN.format(
                index=index, type=kind, default=default, example=example, description=description
            )
            for index, (kind, default, example) in enumerate(_KINDS * 2)
        )
        path = folder / f"tool{number}.nix"
        path.write_text(
            _MODULE.format(number=number, description=description, plain=plain), encoding="utf-8"
        )
        paths.append(path)
    return paths


def main() -> None:
    """Measure, and print what was measured."""
    given = os.environ.get("MANUALGEN_NIXPKGS_LIB")
    settings = EvaluationSettings(lib=Path(given) if given else None)
    trees, answers = os.environ.get("MANUALGEN_TREES"), os.environ.get("MANUALGEN_OPTIONS")
    if trees:
        measure_trees(Path(trees), settings.lib, Path(answers) if answers else None)
    with tempfile.TemporaryDirectory() as name:
        modules = write_modules(Path(name))
        for label, chosen in (("one module", modules[:1]), ("all modules", modules)):
            start, processor = time.perf_counter(), _processor()
            try:
                options = extract(chosen, settings)
            except ManualError as error:
                print(f"skipped: {error.diagnostic.message}")
                return
            wall, used = time.perf_counter() - start, _processor() - processor
            most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(
                f"{label}: {len(options.options):,} options in {wall:.2f} s"
                f" (processor {used:.2f} s, evaluator at most {most:.0f} MiB),"
                f" {len(options.diagnostics)} diagnostics"
            )


FIELDS = ("type", "description", "default", "example", "readOnly")
"""The fields of options that are compared."""


def measure_trees(folder: Path, lib: Path | None, answers: Path | None) -> None:
    """Extract the options of real trees, and print a table.

    Args:
        folder: holds the trees.
        lib: Nixpkgs' lib; None for that of the search path.
        answers: holds the options.json files to compare with; None for no comparison.
    """
    print(
        f"{'tree':15}{'options':>9}{'seconds':>9}{'MiB':>7}{'diagnostics':>13}  names, fields right"
    )
    for helper in sorted(Path(__file__).with_name("trees").glob("*.nix")):
        tree = folder / helper.stem
        if tree.is_dir():
            with tempfile.TemporaryDirectory() as name:
                _measure_tree(helper, tree, lib, answers, Path(name))


def _measure_tree(
    helper: Path, tree: Path, lib: Path | None, answers: Path | None, output: Path
) -> None:
    file, log = output / "options.json", output / "log"
    command = [sys.executable, "-m", "manualgen", "extract", "--modules", str(helper), "--hints"]
    command += ["--input", f"{tree.name}={tree}", "--source", f"{tree.name}={tree}="]
    command += [*(["--lib", str(lib)] if lib else []), "-o", str(file)]
    start = time.perf_counter()
    with log.open("wb") as errors:
        child = subprocess.Popen(command, stderr=errors)
        usage = os.wait4(child.pid, 0)[2]
    seconds = time.perf_counter() - start
    found = msgspec.json.decode(file.read_bytes()) if file.is_file() else {}
    problems = log.read_text(encoding="utf-8").count("  --> ")
    expected = answers / f"{tree.name}.json" if answers else None
    right = _right(found, expected) if expected and expected.is_file() else ""
    print(
        f"{tree.name:15}{len(found):9,}{seconds:9.1f}{usage.ru_maxrss / 1024:7.0f}"
        f"{problems:13}  {right}"
    )


def _right(found: dict[str, dict[str, object]], file: Path) -> str:
    """Return how many options of a file are found, and of how many all fields are equal."""
    expected = msgspec.json.decode(file.read_bytes())
    names = [name for name in expected if not name.startswith("_module.")]
    equal = sum(
        name in found and all(_same(found[name].get(f), expected[name].get(f)) for f in FIELDS)
        for name in names
    )
    known = sum(name in found for name in names)
    return f"{known / len(names):.2%}, {equal / len(names):.2%} of {len(names):,}"


def _same(one: object, other: object) -> bool:
    """Return whether two values are equal but for their markup and space around them."""
    texts = [value.get("text") if isinstance(value, dict) else value for value in (one, other)]
    first, second = (value.strip() if isinstance(value, str) else value or "" for value in texts)
    return bool(first == second)


def _processor() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    main()
