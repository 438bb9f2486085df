"""Lists of small projects for tests of publishing, and what a store has of them."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from manualgen.publication import engines, project_list
from manualgen.publication.building import Limits
from manualgen.publication.host_pages import HostSettings
from manualgen.publication.publishing import Publication
from manualgen.publication.stores import STATE, open_store


def options(*names: str, text: str = "A text.") -> str:
    """Return an options.json with options of these names, which all have one description."""
    return json.dumps(
        {name: {"loc": name.split("."), "type": "boolean", "description": text} for name in names}
    )


def write(folder: Path, projects: dict[str, str]) -> Path:
    """Write projects, ``NAME VERSION`` → options.json, and a list of them; return its path."""
    entries = []
    for key, content in projects.items():
        name, version = key.split()
        path = folder / "sources" / name / f"{version}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
        source = path.relative_to(folder)
        entries.append(
            f'[[project]]\nname = "{name}"\nversion = "{version}"\nsource = "{source}"\n'
        )
    (folder / "projects.toml").write_text("\n".join(entries), "utf-8")
    return folder / "projects.toml"


def publish(listed: Path, store: object, *, jobs: int = 1, **limits: float):
    """Publish a list by processes of this machine, which are kept for the next test."""
    with ThreadPoolExecutor(jobs) as executor:
        return publish_with(engines.of_executor(executor), listed, store, **limits)


def publish_with(engine: engines.Engine, listed: Path, store: object, **limits):
    """Publish a list by an engine."""
    found = project_list.read(listed)
    assert not found.diagnostics
    opened = open_store(str(store))
    settings = HostSettings(found.title, found.theme)
    return Publication(
        found.projects, opened, engine, settings=settings, limits=Limits(**limits)
    ).publish()


def files_in(folder: Path) -> dict[str, bytes]:
    """Return path → content of all files that are published in a local folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".manualgen.json" and STATE not in path.parts
    }


def index_of(folder: Path) -> dict[str, list[str]]:
    """Return project → its versions, as index.json has them."""
    found = json.loads((folder / "index.json").read_bytes())
    return {
        project["name"]: [version["version"] for version in project["versions"]]
        for project in found["projects"]
    }


def status_of(folder: Path) -> dict[str, dict]:
    """Return ``NAME VERSION`` → its status."""
    found = json.loads((folder / "status.json").read_bytes())
    return {f"{one['project']} {one['version']}": one for one in found["versions"]}


def processes_below(process: int) -> list[int]:
    """Return the processes that a process has started, and those that these have."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = []
    waiting = [process]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return [pid for pid in found if pid != os.getpid()]
