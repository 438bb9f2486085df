"""Inputs that are no option set, to the commands that read several: each ends with a diagnostic."""

from __future__ import annotations

import json
import os
import re

import pytest

from tests.conftest import manualgen, written

GOOD = {"a.b": {"description": "Fine.", "type": "string"}}
CONTROL = "a.\x1b[31mred\x07\n::error::x"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unusual")
    written(folder / "good.json", GOOD)
    (folder / "folder.json").mkdir()
    (folder / "empty.json").write_bytes(b"")
    written(folder / "list.json", b"[1, 2]")
    written(folder / "broken.json", {**GOOD, "x.y": {"description": ["no"], "type": 7}, "z": 3})
    written(folder / "control.json", {**GOOD, CONTROL: {"description": "See {option}`\x1b[2J`"}})
    (folder / "loop.json").symlink_to("loop.json")
    with (folder / "huge.json").open("wb") as file:
        os.truncate(file.fileno(), 2 * 1024**3)
    (folder / "deep.json").write_text('{"a": {"default": ' + "[" * 50_000 + "]" * 50_000 + "}}")
    return folder


# Whether something is left of the set, so that there is a result beside the diagnostic.
KINDS = {
    "folder": False,
    "empty": False,
    "loop": False,
    "huge": False,
    "list": True,
    "broken": True,
    "control": True,
    "deep": True,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "command",
    [
        "check {} --quiet",
        "diff {} good.json",
        "diff good.json {} --json",
        "preview good.json {} -o out-{}",
        "html good.json -o site-{} --title T --history 1={}",
    ],
)
def test_what_is_wrong_is_said(folder, command, kind):
    done = manualgen(*command.format(f"{kind}.json", f"{kind}.json").split(), cwd=folder)
    errors = done.stderr.decode()
    assert "Traceback" not in errors
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]|\n::", errors)
    if not KINDS[kind]:
        assert done.returncode == 1
        assert re.search(r"^error\[(unreadable|not-json|not-options|too-large)\]", errors), errors
    elif kind in {"list", "broken"}:
        assert re.search(r"^(error|warning)\[(bad-field|bad-option)\]", errors, re.MULTILINE), (
            errors
        )
    if command.endswith("--json") and KINDS[kind]:
        json.loads(done.stdout)
