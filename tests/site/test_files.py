"""Files on disk: written whole or not at all, and nobody else's touched."""

from __future__ import annotations

import json
import os
import resource
import stat
from pathlib import Path

import pytest

from manualgen.errors import Code, ManualError
from manualgen.site.files import write
from manualgen.site.manifest import MANIFEST
from manualgen.site.staging import Staging


def snapshot(folder) -> dict[str, tuple[bytes | str, int]]:
    """Return content and time of everything below a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = (f"-> {path.readlink()}", path.lstat().st_mtime_ns)
        elif path.is_file():
            found[name] = (path.read_bytes(), path.stat().st_mtime_ns)
    return found


def build(folder, files: dict[str, str]) -> None:
    with Staging(folder) as staging:
        for name, text in files.items():
            staging.add(name, text.encode())


def contents(folder) -> dict[str, str]:
    return {
        name: data if isinstance(data, str) else data.decode()
        for name, (data, _) in snapshot(folder).items()
        if name != MANIFEST
    }


def failure(action, *arguments):
    with pytest.raises(ManualError) as raised:
        action(*arguments)
    diagnostic = raised.value.diagnostic
    assert diagnostic.code is Code.WRITE_FAILED
    assert diagnostic.message.startswith("cannot write the output: ")
    assert diagnostic.file
    assert diagnostic.help
    return diagnostic


FIRST = {"index.html": "1", "options/a.html": "a", "options/b.html": "b"}


# ─── one file ───


def test_a_file_is_written_with_its_folders(tmp_path):
    path = tmp_path / "x" / "y" / "page.5"
    assert write(path, b"one") is True
    assert path.read_bytes() == b"one"
    assert [entry.name for entry in path.parent.iterdir()] == ["page.5"]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_an_unchanged_file_is_not_touched(tmp_path):
    path = tmp_path / "page"
    write(path, b"one")
    os.utime(path, ns=(1, 1))
    assert write(path, b"one") is False
    assert path.stat().st_mtime_ns == 1
    assert write(path, b"two") is True
    assert path.read_bytes() == b"two"


def test_a_file_never_takes_a_folders_place(tmp_path):
    (tmp_path / "folder").mkdir()
    assert "directory" in failure(write, tmp_path / "folder", b"x").message
    (tmp_path / "file").write_text("mine")
    failure(write, tmp_path / "file" / "page", b"x")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_device_is_written_to_and_not_replaced(tmp_path):
    write(Path("/dev/null"), b"x")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert write(pipe, b"through") is True
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_file_that_cannot_be_written_to_its_end_leaves_the_old_one(tmp_path):
    path = tmp_path / "page"
    write(path, b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2, limits[1]))
    try:
        diagnostic = failure(write, path, b"new")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert diagnostic.message.endswith("File too large")
    assert diagnostic.file == str(path)
    assert snapshot(tmp_path).keys() == {"page"}
    assert path.read_bytes() == b"old"


# ─── a folder ───


def test_a_folder_is_filled_and_nothing_else_is_left(tmp_path):
    build(tmp_path / "a" / "site", FIRST)
    assert contents(tmp_path / "a" / "site") == FIRST
    assert {p.name for p in (tmp_path / "a" / "site").iterdir()} == {
        "index.html",
        "options",
        MANIFEST,
    }


def test_what_is_gone_is_removed_what_is_new_is_added_what_is_equal_stays(tmp_path):
    build(tmp_path, FIRST)
    for path in tmp_path.rglob("*"):
        os.utime(path, ns=(5, 5))
    build(tmp_path, {"index.html": "1", "options/a.html": "A", "new/c.html": "c"})
    assert contents(tmp_path) == {"index.html": "1", "options/a.html": "A", "new/c.html": "c"}
    times = {name: time for name, (_, time) in snapshot(tmp_path).items()}
    assert times["index.html"] == 5
    assert times["options/a.html"] != 5
    build(tmp_path, {"index.html": "1"})
    assert [path.name for path in tmp_path.iterdir() if path.name != MANIFEST] == ["index.html"]


def test_the_same_again_touches_nothing(tmp_path):
    build(tmp_path, FIRST)
    for path in tmp_path.rglob("*"):
        os.utime(path, ns=(5, 5))
    before = snapshot(tmp_path)
    build(tmp_path, FIRST)
    assert snapshot(tmp_path) == before


def test_files_of_others_are_untouched(tmp_path):
    (tmp_path / "options").mkdir()
    mine = ["notes.txt", "options/notes.txt", ".hidden", "options/b.html.bak"]
    for name in mine:
        (tmp_path / name).write_text("mine")
    build(tmp_path, FIRST)
    build(tmp_path, {"index.html": "1"})
    assert contents(tmp_path) == {"index.html": "1", **dict.fromkeys(mine, "mine")}


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_build_that_fails_changes_nothing(tmp_path, error):
    build(tmp_path, FIRST)
    before = snapshot(tmp_path)

    def fail():
        with Staging(tmp_path) as staging:
            staging.add("index.html", b"2")
            staging.add("options/new.html", b"n")
            raise error

    with pytest.raises(error):
        fail()
    assert snapshot(tmp_path) == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".manualgen-")]


def test_a_folder_where_a_page_belongs_is_reported(tmp_path):
    build(tmp_path, FIRST)
    (tmp_path / "index.html").unlink()
    (tmp_path / "index.html").mkdir()
    (tmp_path / "index.html" / "mine").write_text("mine")
    failure(build, tmp_path, {**FIRST, "index.html": "2"})
    assert (tmp_path / "index.html" / "mine").read_text() == "mine"
    assert (tmp_path / "options" / "a.html").read_text() == "a"


@pytest.mark.parametrize("way", ["b.html/of/others.txt", "c"])
def test_what_is_in_the_way_is_found_before_anything_is_moved(tmp_path, way):
    folder = tmp_path / "site"
    build(folder, {"a.html": "old"})
    (folder / way).parent.mkdir(parents=True, exist_ok=True)
    (folder / way).write_text("others")
    before = snapshot(folder)
    with pytest.raises(ManualError):
        build(folder, {"a.html": "new", "b.html": "new", "c/d.html": "new"})
    assert snapshot(folder) == before


def test_a_file_where_a_folder_belongs_is_reported(tmp_path):
    (tmp_path / "options").write_text("mine")
    failure(build, tmp_path, FIRST)
    assert (tmp_path / "options").read_text() == "mine"
    (tmp_path / "file").write_text("mine")
    failure(build, tmp_path / "file", FIRST)
    failure(build, tmp_path / "file" / "below", FIRST)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_link_to_a_folder_is_that_folder(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    build(tmp_path / "link", FIRST)
    assert contents(tmp_path / "real") == FIRST
    build(tmp_path / "link", {"index.html": "1"})
    assert contents(tmp_path / "real") == {"index.html": "1"}
    (tmp_path / "dangling").symlink_to("nowhere")
    failure(build, tmp_path / "dangling", FIRST)


# ─── a manifest that lies ───

HOSTILE = [
    "../victim",
    "../../victim",
    "options/../../victim",
    "/etc/hostname",
    "link/victim",
    "",
    ".",
    "..",
    "folder",
    "notes.txt/x",
    "a\0b",
    "\ud800",
    "x" * 5000,
    3,
    None,
    ["a"],
    {"a": 1},
]


def test_nothing_outside_the_folder_is_ever_removed(tmp_path):
    site = tmp_path / "site"
    outside = tmp_path / "outside"
    outside.mkdir()
    for path in (tmp_path / "victim", outside / "victim"):
        path.write_text("mine")
    build(site, FIRST)
    (site / "folder").mkdir()
    (site / "folder" / "mine").write_text("mine")
    (site / "notes.txt").write_text("mine")
    (site / "link").symlink_to(outside)
    victim = str(tmp_path / "victim")
    (site / MANIFEST).write_text(json.dumps({"files": [*HOSTILE, victim]}))
    build(site, FIRST)
    assert (tmp_path / "victim").read_text() == "mine"
    assert (outside / "victim").read_text() == "mine"
    assert contents(site) == {
        **FIRST,
        "folder/mine": "mine",
        "notes.txt": "mine",
        "link": f"-> {outside}",
    }
    assert json.loads((site / MANIFEST).read_text()) == {"files": sorted(FIRST)}


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"nonsense",
        b"\xff\xfe",
        b"3",
        b"[]",
        b'{"files": "ab"}',
        b'{"files": 3}',
        b'{"files": {"a": 1, "b": 2}}',
        b'{"files": null}',
        b"[" * 100_000,
    ],
)
def test_a_manifest_that_is_none_removes_nothing(tmp_path, manifest):
    for name in ("a", "b"):
        (tmp_path / name).write_text("mine")
    (tmp_path / MANIFEST).write_bytes(manifest)
    build(tmp_path, FIRST)
    assert contents(tmp_path) == {**FIRST, "a": "mine", "b": "mine"}


def test_a_manifest_that_is_a_link_leads_to_no_others_file(tmp_path):
    (tmp_path / "victim").write_text("mine")
    site = tmp_path / "site"
    site.mkdir()
    (site / MANIFEST).symlink_to(tmp_path / "victim")
    build(site, FIRST)
    assert (tmp_path / "victim").read_text() == "mine"
    assert contents(site) == FIRST
