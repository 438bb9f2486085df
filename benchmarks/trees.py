"""What is extracted from the modules of real projects: ``python -m benchmarks.trees [TREE]…``.

``MANUALGEN_TREES`` names a folder with source trees, called as the projects are. The
commands of ``docs/how-to.md`` are run there. What they write is compared with the
files of the same names in the folder ``MANUALGEN_OPTIONS``, as far as there are any:
the options.json of a project itself, or what ``lib.optionAttrSetToDocList`` returns.

With the argument ``modules``, each module of home-manager is evaluated alone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from manualgen.errors import ManualError, Severity
from manualgen.evaluation.extracting import extract
from manualgen.evaluation.settings import EvaluationSettings

DOCS = Path(__file__).parents[1] / "docs"
_SECTION = re.compile(r"\{#how-to-projects\}(.*?)^## ", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ manualgen (extract .*) -o (.*)\.json$", re.MULTILINE)

FIELDS = ("type", "description", "default", "example", "readOnly")
"""The fields of options that are compared."""


def main(names: list[str]) -> None:
    """Print a table of trees, or of the modules of one.

    Args:
        names: the trees; empty for all. ``modules`` for home-manager's modules.
    """
    folder = Path(os.environ["MANUALGEN_TREES"])
    given = os.environ.get("MANUALGEN_NIXPKGS_LIB")
    lib = Path(given) if given else None
    if names == ["modules"]:
        measure_modules(folder / "home-manager", lib)
        return
    answers = Path(os.environ.get("MANUALGEN_OPTIONS", os.devnull))
    print(
        f"{'tree':15}{'options':>8}{'seconds':>9}{'of CPU':>8}{'MiB':>6}{'errors':>8}{'warnings':>10}"
        "    names   fields  of options  in silence"
    )
    commands = documented_commands()
    for name in names or sorted(commands):
        answer = answers / f"{name}.json"
        print(measure_tree(name, commands[name], folder, lib, answer), flush=True)


def documented_commands() -> dict[str, list[str]]:
    """Return the arguments of the commands that the docs have for projects, by output."""
    section = _SECTION.search((DOCS / "how-to.md").read_text(encoding="utf-8"))
    assert section is not None
    return {
        name: command.replace("docs/examples", str(DOCS / "examples")).split()
        for command, name in _COMMAND.findall(section[1])
    }


def measure_tree(
    name: str, arguments: list[str], folder: Path, lib: Path | None, answers: Path
) -> str:
    """Extract the options of a tree, and return a line of the table.

    Args:
        name: the tree.
        arguments: those of the command.
        folder: holds the trees.
        lib: Nixpkgs' lib; None for that of the search path.
        answers: the options.json to compare with, if it is there.
    """
    with tempfile.TemporaryDirectory() as work:
        file, log = Path(work, "options.json"), Path(work, "log")
        command = [sys.executable, "-m", "manualgen", *arguments, "-o", str(file)]
        command += ["--lib", str(lib)] if lib else []
        start = time.perf_counter()
        with log.open("wb") as errors:
            child = subprocess.Popen(command, cwd=folder, stderr=errors)
            usage = os.wait4(child.pid, 0)[2]
        seconds = time.perf_counter() - start
        found = msgspec.json.decode(file.read_bytes()) if file.is_file() else {}
        reported = log.read_text(encoding="utf-8").splitlines()
    counts = [
        sum(line.startswith(f"{kind}[") for line in reported) for kind in ("error", "warning")
    ]
    line = f"{name:15}{len(found):8,}{seconds:9.1f}{usage.ru_utime + usage.ru_stime:8.1f}{usage.ru_maxrss / 1024:6.0f}"
    line += f"{counts[0]:8}{counts[1]:10}"
    return line + (_compared(found, answers, reported) if answers.is_file() else "")


def _compared(found: dict[str, dict[str, object]], file: Path, log: list[str]) -> str:
    """Return how many options of a file are found, have equal fields, and differ unreported."""
    expected = msgspec.json.decode(file.read_bytes())
    names = [name for name in expected if not name.startswith("_module.")]
    known = [name for name in names if name in found]
    wrong = [
        name
        for name in known
        if not all(_same(found[name].get(field), expected[name].get(field)) for field in FIELDS)
    ]
    places = [line.removeprefix("  --> ") for line in log if line.startswith("  --> ")]
    silent = sum(
        not any(place == name or place.startswith((f"{name} ", f"{name},")) for place in places)
        for name in wrong
    )
    right = len(known) - len(wrong)
    return f"{len(known) / len(names):9.2%}{right / len(names):9.2%}{len(names):12,}{silent:12}"


def _same(one: object, other: object) -> bool:
    """Return whether two values are equal but for their markup and space around them."""
    texts = [value.get("text") if isinstance(value, dict) else value for value in (one, other)]
    first, second = (value.strip() if isinstance(value, str) else value or "" for value in texts)
    return bool(first == second)


def measure_modules(tree: Path, lib: Path | None) -> None:
    """Extract the options of each program and service of home-manager alone, and count.

    Args:
        tree: home-manager.
        lib: Nixpkgs' lib; None for that of the search path.
    """
    settings = EvaluationSettings(
        lib=lib, lib_extensions=(tree / "modules/lib/stdlib-extended.nix",)
    )
    counts = {"modules": 0, "clean": 0, "without errors": 0, "without options": 0}
    start = time.perf_counter()
    for part in ("programs", "services"):
        for module in sorted((tree / "modules" / part).iterdir()):
            try:
                found = extract([module], settings)
                options, diagnostics = found.options, found.diagnostics
            except ManualError as error:
                options, diagnostics = (), (error.diagnostic,)
            severities = {one.severity or one.code.severity for one in diagnostics}
            counts["modules"] += 1
            counts["clean"] += not severities - {Severity.HINT}
            counts["without errors"] += Severity.ERROR not in severities
            counts["without options"] += not options
            for one in diagnostics:
                print(f"{module.name}: {one.code.slug}: {one.message}", file=sys.stderr)
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    print(f"{(time.perf_counter() - start) / counts['modules']:.2f} s for each module")


if __name__ == "__main__":
    main(sys.argv[1:])
