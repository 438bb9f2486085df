"""What option sets cost in Sphinx: HTML with the theme furo, a document for each module, two jobs.

``python -m benchmarks`` prints it, beside what sphinxcontrib-nixdomain takes for the largest set
on one page. Targets: home-manager in 25 s and 500 MB; all of NixOS in 70 s, and in at most 0.4 of
the time of sphinxcontrib-nixdomain.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from typing import TYPE_CHECKING

from benchmarks.measuring import Cost, cost_of_one_run, note, table

if TYPE_CHECKING:
    from pathlib import Path

TARGETS = {"home-manager": 25, "nixos-2024-names": 70}
"""Option set → seconds on the reference machine."""

LARGEST = "nixos-2024-names"

_TITLE = "Options\n=======\n\n"

_FIELDS: dict[str, object] = {
    "name": "",
    "loc": [],
    "typ": None,
    "related_packages": None,
    "internal": False,
}


def report(shared: Path, folder: Path, scale: float) -> None:
    """Print the cost of builds by Sphinx.

    Args:
        shared: the folder of the option sets.
        folder: a folder to work in.
        scale: how many times slower than the reference machine this one is.
    """
    if importlib.util.find_spec("furo") is None:
        print("\nSphinx is left out: the theme furo is not installed")
        return
    rows = []
    ours: Cost | None = None
    for name, target in TARGETS.items():
        file = shared / f"{name}.json"
        if not file.is_file():
            print(f"skipped, as it is missing: {file}")
            continue
        note(f"Sphinx, {name}")
        settings = (
            f"extensions = ['manualgen.sphinxext']\nmanualgen_options = {{'o': {str(file)!r}}}\n"
        )
        ours = _build(folder, settings, ".. nix:options::\n   :split:\n")
        rows.append(_row(name, ours, f"{target * scale:.0f}"))
    if ours is not None and importlib.util.find_spec("sphinxcontrib_nixdomain") is not None:
        note("Sphinx, sphinxcontrib-nixdomain")
        objects = folder / "objects.json"
        objects.write_text(json.dumps({"options": _objects(shared / f"{LARGEST}.json")}))
        settings = (
            f"extensions = ['sphinxcontrib_nixdomain']\nnixdomain_objects = [{str(objects)!r}]\n"
        )
        theirs = _build(folder, settings, ".. nix:automodule::\n")
        rows.append(_row(f"{LARGEST}, sphinxcontrib-nixdomain", theirs, ""))
        rows.append(("of its time (target 0.4)", f"{ours.wall / theirs.wall:.2f}", "", "", ""))
    note("")
    print("\nSphinx: HTML, furo, two jobs\n")
    print(table(("set", "wall s", "target s", "CPU s", "MB"), rows))


def _row(name: str, taken: Cost, target: str) -> tuple[str, ...]:
    memory = f"{taken.memory / 1e6:.0f}"
    return name, f"{taken.wall:.1f}", target, f"{taken.cpu:.1f}", memory


def _build(folder: Path, settings: str, text: str) -> Cost:
    source, out = folder / "sphinx", folder / "out-sphinx"
    source.mkdir(exist_ok=True)
    (source / "conf.py").write_text(f"{settings}html_theme = 'furo'\n")
    (source / "index.rst").write_text(_TITLE + text)
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-j", "2", str(source), str(out)]
    taken = cost_of_one_run(command)
    shutil.rmtree(out, ignore_errors=True)
    return taken


def _objects(file: Path) -> dict[str, object]:
    """Return an option set in the form of sphinxcontrib-nixdomain."""
    return {
        name: {
            **_FIELDS,
            "name": name,
            "loc": record["loc"],
            "typ": record.get("type"),
            "description": _text(record.get("description")),
            "default": _text(record.get("default")),
            "example": _text(record.get("example")),
            "declarations": [
                entry if isinstance(entry, str) else entry["name"]
                for entry in record.get("declarations", ())
            ],
            "visible": True,
            "read_only": bool(record.get("readOnly")),
        }
        for name, record in json.loads(file.read_bytes()).items()
    }


def _text(value: object) -> str | None:
    if isinstance(value, dict):
        return str(value.get("text"))
    return None if value is None else str(value)
