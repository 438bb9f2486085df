"""How long it takes to extract options from modules: ``python -m benchmarks.extract``.

Writes modules with about as many options as home-manager has into a temporary
folder, evaluates them, and prints wall time, processor time and the largest
resident set of the evaluator. Nixpkgs' ``lib`` is found through
``MANUALGEN_NIXPKGS_LIB`` or ``NIX_PATH``; without it, nothing is measured.

:mod:`benchmarks.trees` does the same with the modules of real projects.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from pathlib import Path

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


def _processor() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    main()
