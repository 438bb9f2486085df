"""Sites appear whole or not at all, whenever a build is killed and whatever the system refuses."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import random
import re
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from manualgen.errors import ManualError
from manualgen.site import exchanging, locking, publishing, switching
from manualgen.site.manifest import MANIFEST
from manualgen.site.records import RECORDS
from manualgen.site.staging import Staging, complete_interrupted
from tests.conftest import ROOT, manualgen, program

OLD = {
    "index.html": "old",
    "same.html": "same",
    "options/a.html": "old",
    "options/gone.html": "old",
    "gone/x.html": "old",
}
NEW = {
    "index.html": "new",
    "same.html": "same",
    "options/a.html": "new",
    "options/added.html": "new",
    "added/y.html": "new",
}
THEIRS = {"notes.txt": "theirs", "options/notes.txt": "theirs", "theirs/x/y": "theirs"}


def build(folder, files, **settings) -> None:
    with Staging(folder, **settings) as staging:
        for name, text in files.items():
            staging.add(name, text.encode())


def write_theirs(folder) -> None:
    for name, text in THEIRS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def contents(folder) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text("latin-1")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST and locking.PREFIX not in str(path)
    }


def left_overs(folder) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob(".manualgen-*")]


PROGRAM = f"""
import sys
from pathlib import Path
from manualgen.errors import ManualError
from manualgen.site.staging import Staging
try:
    with Staging(Path(sys.argv[1])) as staging:
        for name, text in {NEW!r}.items():
            staging.add(name, text.encode())
except ManualError as error:
    sys.exit(error.diagnostic.message)
"""


def traced(folder, *inject: str, output="site", **settings):
    """Build the new site below strace, which interferes with system calls."""
    settings.setdefault("cwd", folder)
    strace = [program("strace"), "-q", "-o", f"{folder}/log"]
    for expression in inject:
        strace += ["-e", expression]
    return subprocess.run(
        [*strace, sys.executable, "-c", PROGRAM, str(output)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
        timeout=120,
        **settings,
    )


CHANGING = ("mkdir", "rename", "renameat2", "link", "linkat", "unlink", "rmdir")
"""The system calls that change what folders have."""


@functools.cache
def calls_of(make) -> dict[str, int]:
    """Return how often a build that is not killed makes each of these system calls."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        done = make(folder, f"trace={','.join(CHANGING)}")
        assert done.returncode == 0, done.stderr
        log = (folder / "log").read_text()
    return {call: len(re.findall(rf"^{call}\(", log, re.MULTILINE)) for call in CHANGING}


def exchanged(folder, *inject: str):
    """Build the new site over the old one, which can be exchanged."""
    build(folder / "site", OLD)
    write_theirs(folder / "site")
    return traced(folder, *inject)


def moved(folder, *inject: str):
    """Build the new site over the old one, whose folder is in use: files are moved."""
    build(folder / "site", OLD)
    write_theirs(folder / "site")
    return traced(folder, *inject, output=".", cwd=folder / "site")


def first(folder, *inject: str):
    """Build the new site where there is none."""
    return traced(folder, *inject)


def test_the_three_ways_to_publish_are_those_that_are_killed():
    assert calls_of(exchanged)["renameat2"] == 1
    assert calls_of(moved)["renameat2"] == 0
    assert calls_of(moved)["rename"] >= len(NEW)
    assert calls_of(first)["rename"] == 1


def check_kill(make, call: str, when: int, folder) -> None:
    """Kill a build before a system call; the site is whole, at the latest after a repair."""
    done = make(folder, f"inject={call}:signal=KILL:when={when}")
    assert done.returncode in {-9, 137}, (call, when, done)
    site = folder / "site"
    theirs = {} if make is first else THEIRS
    if make is not moved:
        assert contents(site) in ([{}] if make is first else [{**OLD, **theirs}]) + [
            {**NEW, **theirs}
        ]
    # Whatever comes next, even a build that fails.
    complete_interrupted(site)
    whole = contents(site)
    assert whole in [{}, {**OLD, **theirs}, {**NEW, **theirs}]
    assert whole or make is first
    assert left_overs(folder) == []
    build(site, NEW)
    assert contents(site) == {**NEW, **theirs}
    assert left_overs(folder) == []


# In the middle, before and after the moment that counts.
POINTS = [
    (exchanged, "linkat", 3),
    (exchanged, "renameat2", 1),
    (exchanged, "unlink", 5),
    (exchanged, "rmdir", 1),
    (moved, "rename", 1),
    (moved, "rename", 3),
    (moved, "rename", 6),
    (moved, "unlink", 1),
    (moved, "unlink", 3),
    (first, "rename", 1),
    (first, "rmdir", 1),
]


@pytest.mark.parametrize(("make", "call", "when"), POINTS)
def test_a_build_that_is_killed_while_it_publishes_leaves_a_whole_site(make, call, when, tmp_path):
    assert when <= calls_of(make)[call]
    check_kill(make, call, when, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("make", [exchanged, moved, first])
@pytest.mark.parametrize("call", CHANGING)
def test_a_build_that_is_killed_at_any_call_leaves_a_whole_site(make, call, tmp_path):
    for when in range(1, calls_of(make)[call] + 1):
        folder = tmp_path / str(when)
        folder.mkdir()
        check_kill(make, call, when, folder)


@pytest.mark.slow
@pytest.mark.parametrize("call", ["rename", "unlink"])
def test_a_repair_that_is_killed_is_repaired(call, tmp_path):
    for when in range(1, calls_of(moved)[call] + 1):
        folder = tmp_path / str(when)
        folder.mkdir()
        moved(folder, "inject=rename:signal=KILL:when=4")
        traced(folder, f"inject={call}:signal=KILL:when={when}", output=".", cwd=folder / "site")
        complete_interrupted(folder / "site")
        assert contents(folder / "site") in [{**OLD, **THEIRS}, {**NEW, **THEIRS}]
        assert left_overs(folder) == []


# ─── what the system refuses ───


@pytest.mark.parametrize("error", ["ENOSYS", "EINVAL", "EPERM"])
def test_without_an_exchange_files_are_moved(error, tmp_path):
    done = exchanged(tmp_path, f"inject=renameat2:error={error}")
    assert (done.returncode, done.stderr) == (0, b"")
    assert error in (tmp_path / "log").read_text()
    assert contents(tmp_path / "site") == {**NEW, **THEIRS}
    assert left_overs(tmp_path) == []


def test_without_hard_links_files_are_copied(tmp_path):
    done = exchanged(tmp_path, "inject=link,linkat:error=EPERM")
    assert (done.returncode, done.stderr) == (0, b"")
    assert contents(tmp_path / "site") == {**NEW, **THEIRS}
    assert left_overs(tmp_path) == []


@pytest.mark.parametrize("when", range(2, 9))
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_an_error_while_files_are_moved_undoes_all(error, when, tmp_path):
    done = moved(tmp_path, f"inject=rename:error={error}:when={when}")
    site = contents(tmp_path / "site")
    if done.returncode == 0:
        assert site == {**NEW, **THEIRS}
    else:
        assert b"cannot write the output: " in done.stderr
        assert b"Traceback" not in done.stderr
        assert site == {**OLD, **THEIRS}
    assert left_overs(tmp_path) == []


def test_an_error_while_files_are_removed_undoes_all(tmp_path):
    done = moved(tmp_path, "inject=unlink:error=EIO:when=1")
    assert b"cannot write the output: " in done.stderr
    assert contents(tmp_path / "site") == {**OLD, **THEIRS}


def change_attributes(flag: str, path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a file immutable")
    done = subprocess.run([program("chattr"), flag, path], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("the file system has no immutable files")


@pytest.mark.parametrize("name", ["index.html", "options/gone.html", "options", "same.html"])
def test_what_cannot_be_replaced_keeps_the_old_site(name, tmp_path):
    site = tmp_path / "site"
    build(site, OLD)
    change_attributes("+i", site / name)
    try:
        if name == "same.html":
            build(site, NEW)
            assert contents(site) == NEW
        else:
            with pytest.raises(ManualError, match="cannot write the output"):
                build(site, NEW)
            assert contents(site) == OLD
    finally:
        change_attributes("-i", site / name)
    build(site, NEW)
    assert contents(site) == NEW
    assert left_overs(tmp_path) == []


def as_another_user(folder, make) -> None:
    """Call a function as an ordinary user in a process of its own; it must not fail."""
    if os.geteuid() != 0:
        make()
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 65534, 65534)
    for parent in folder.parents:
        if not parent.stat().st_mode & stat.S_IXOTH:
            parent.chmod(0o711)
    process = os.fork()
    if process == 0:
        status = 1
        try:
            os.setgid(65534)
            os.setuid(65534)
            make()
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0


def test_a_folder_of_ours_that_cannot_be_written_to_is_replaced(tmp_path):
    site = tmp_path / "site"
    build(site, OLD)
    (site / "options").chmod(0o555)
    as_another_user(tmp_path, lambda: build(site, NEW))
    assert contents(site) == NEW
    assert stat.S_IMODE((site / "options").stat().st_mode) == 0o555
    assert left_overs(tmp_path) == []


def test_a_site_below_a_folder_that_cannot_be_written_to(tmp_path):
    site = tmp_path / "site"
    build(site, OLD)
    write_theirs(site)

    def make() -> None:
        tmp_path.chmod(0o555)
        try:
            assert not os.access(tmp_path, os.W_OK)
            build(site, NEW)
        finally:
            tmp_path.chmod(0o755)

    as_another_user(tmp_path, make)
    assert contents(site) == {**NEW, **THEIRS}
    assert left_overs(tmp_path) == []


MOUNTED = """
set -e
mount -t tmpfs none "$1"
mkdir -p keep
"$2" -c "$3" site
"$2" -c "$4" site
cp -a site keep
umount "$1" || true
"""


@pytest.mark.parametrize("place", ["site", "site/options"])
def test_a_site_on_a_mount_or_with_one_in_it(place, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    (tmp_path / place).mkdir(parents=True)
    arguments = [sys.executable, PROGRAM.replace(repr(NEW), repr(OLD)), PROGRAM]
    done = subprocess.run(
        [program("unshare"), "-m", "bash", "-c", MOUNTED, "bash", place, *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=120,
    )
    if b"permission denied" in done.stderr or b"Operation not permitted" in done.stderr:
        pytest.skip("file systems cannot be mounted here")
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "keep" / "site") == NEW
    assert left_overs(tmp_path) == []


# ─── the files of others ───


def test_the_files_of_others_stay_the_same_files(tmp_path):
    site = tmp_path / "site"
    build(site, OLD)
    write_theirs(site)
    (site / "link").symlink_to("nowhere")
    (site / "empty").mkdir()
    os.mkfifo(site / "pipe")
    (site / "theirs").chmod(0o500)
    site.chmod(0o2751)
    paths = [site / name for name in (*THEIRS, "same.html", "link", "pipe")]
    inodes = [path.lstat().st_ino for path in paths]
    os.utime(site / "theirs", (5, 5))
    folder = site.stat().st_ino
    with (site / "notes.txt").open("a") as notes:
        build(site, NEW)
        notes.write(", written to meanwhile")
    assert site.stat().st_ino != folder, "the folders have not been exchanged"
    assert contents(site) == {**NEW, **THEIRS, "notes.txt": "theirs, written to meanwhile"}
    assert [path.lstat().st_ino for path in paths] == inodes
    assert (site / "link").readlink().name == "nowhere"
    assert list((site / "empty").iterdir()) == []
    assert stat.S_IMODE(site.stat().st_mode) == 0o2751
    assert stat.S_IMODE((site / "theirs").stat().st_mode) == 0o500
    assert (site / "theirs").stat().st_mtime == 5
    assert left_overs(tmp_path) == []


def test_what_others_do_while_folders_are_exchanged_is_kept(tmp_path, monkeypatch):
    site = tmp_path / "site"
    build(site, OLD)
    write_theirs(site)

    def late(one, other):
        (site / "late.txt").write_text("late")
        (site / "later").mkdir()
        (site / "later" / "late.txt").write_text("late")
        (site / "added").mkdir()
        (site / "added" / "y.html").write_text("late")
        (site / "replacement").write_text("replaced")
        (site / "replacement").replace(site / "notes.txt")
        exchanging.exchange(one, other)

    monkeypatch.setattr(switching, "exchange", late)
    build(site, NEW)
    assert contents(site) == {
        **NEW,
        **THEIRS,
        "notes.txt": "replaced",
        "late.txt": "late",
        "later/late.txt": "late",
        "added/y.html.orig": "late",
    }
    assert left_overs(tmp_path) == []


@pytest.mark.parametrize("name", ["index.html", "options/added.html"])
def test_a_file_that_is_not_ours_is_not_replaced(name, tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    (site / name).parent.mkdir(exist_ok=True)
    (site / name).write_text("theirs")
    with pytest.raises(ManualError, match="has not written") as raised:
        build(site, NEW)
    assert raised.value.diagnostic.file == str(site / name)
    assert contents(site) == {name: "theirs"}
    assert left_overs(tmp_path) == []
    build(site, NEW, replaceable=[name])
    assert contents(site) == NEW


def test_a_file_that_is_as_ours_would_be_is_taken_for_ours(tmp_path):
    site = tmp_path / "site"
    build(site, NEW)
    (site / MANIFEST).unlink()
    build(site, NEW)
    assert contents(site) == NEW
    build(site, OLD)
    assert contents(site) == OLD
    assert left_overs(tmp_path) == []


def test_a_symbolic_link_where_a_folder_of_ours_belongs_is_not_followed(tmp_path):
    site, other = tmp_path / "site", tmp_path / "other"
    site.mkdir()
    other.mkdir()
    (site / "options").symlink_to(other)
    with pytest.raises(ManualError, match="symbolic link"):
        build(site, NEW)
    assert list(other.iterdir()) == []


def test_a_pipe_where_a_page_belongs_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "index.html")
    with pytest.raises(ManualError, match="has not written"):
        build(tmp_path, NEW)
    assert stat.S_ISFIFO((tmp_path / "index.html").stat().st_mode)


# ─── readers and other builds ───


def test_readers_see_one_build_or_the_other(tmp_path):
    """Versions never return. So if the first and the last page are of one, all between are."""
    site = tmp_path / "site"
    pages = [f"options/{number}.html" for number in range(40)]
    builds = [dict.fromkeys(pages, f"version {version}") for version in range(40)]
    build(site, builds[0])
    passes, mixed, errors = 0, [], []
    ended = threading.Event()

    def read() -> None:
        nonlocal passes
        while not ended.is_set():
            try:
                found = [(site / name).read_text() for name in pages]
            except OSError as error:
                errors.append(error)
                continue
            passes += 1
            if found[0] == found[-1] and len(set(found)) > 1:
                mixed.append(found)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for files in builds:
            build(site, files)
    finally:
        ended.set()
        reader.join()
    assert passes
    assert (mixed, errors) == ([], [])


def test_two_builds_at_once_leave_the_site_of_one_of_them(tmp_path):
    for output in ("site", "page"):
        arguments = [sys.executable, "-c", PROGRAM, "site"]
        if output == "page":
            code = "import sys; from pathlib import Path; from manualgen.site.files import write; "
            code += "[write(Path('page'), sys.argv[1].encode() * 100_000) for _ in range(50)]"
            arguments = [sys.executable, "-c", code]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        old = PROGRAM.replace(repr(NEW), repr(OLD))
        for _ in range(4):
            variants = (
                ([*arguments, "x"], [*arguments, "y"])
                if output == "page"
                else (arguments, [sys.executable, "-c", old, "site"])
            )
            running = [
                subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE)
                for command in variants
            ]
            ended = [
                (process.communicate(timeout=120)[1], process.returncode) for process in running
            ]
            assert ended == [(b"", 0)] * 2
            if output == "page":
                assert (tmp_path / "page").read_text() in ("x" * 100_000, "y" * 100_000)
            else:
                assert contents(tmp_path / "site") in (OLD, NEW)
            assert left_overs(tmp_path) == []


def test_a_build_waits_for_another_one_and_says_so(tmp_path):
    site = tmp_path / "site"
    said = []
    with Staging(site) as staging:
        staging.add("index.html", b"one")

        def second() -> None:
            build(site, {"index.html": "two"}, waiting=said.append)

        other = threading.Thread(target=second)
        other.start()
        end = time.monotonic() + 60
        while not said and time.monotonic() < end:
            time.sleep(0.05)
        assert said == [site]
        assert not site.exists()
    other.join()
    assert contents(site) == {"index.html": "two"}
    assert left_overs(tmp_path) == []


def test_the_lock_of_a_build_that_was_killed_is_no_lock(tmp_path):
    first(tmp_path, "inject=rename:signal=KILL:when=1")
    assert left_overs(tmp_path) == [".manualgen-site"]
    build(tmp_path / "site", OLD, waiting=lambda _: pytest.fail("there is nobody to wait for"))
    assert contents(tmp_path / "site") == OLD
    assert left_overs(tmp_path) == []


def test_a_work_folder_of_somebody_else_is_refused(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to somebody else")
    work = publishing.work_folders(tmp_path / "site")[0]
    work.mkdir()
    os.chown(work, 65534, 65534)
    with pytest.raises(ManualError, match="another user"):
        build(tmp_path / "site", OLD)
    work.rmdir()
    work.symlink_to(tmp_path)
    with pytest.raises(ManualError, match="not a directory"):
        build(tmp_path / "site", OLD)


def test_an_output_with_the_longest_name(tmp_path):
    site = tmp_path / ("s" * 255)
    build(site, OLD)
    build(site, NEW)
    assert contents(site) == NEW
    assert left_overs(tmp_path) == []
    with pytest.raises(ManualError, match="File name too long"):
        build(tmp_path / ("s" * 256), OLD)
    with pytest.raises(ManualError, match="File name too long"):
        build(tmp_path / ("s" * 256) / "site", OLD)
    assert list(tmp_path.iterdir()) == [site]


def test_a_build_that_fails_leaves_no_folder(tmp_path):
    def fail() -> None:
        with Staging(tmp_path / "a" / "b" / "site") as staging:
            staging.add("index.html", b"x")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


# ─── kills at any moment ───


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_the_program_can_be_killed_at_any_moment(seed, tmp_path):
    numbers = random.Random(seed)
    site = tmp_path / "site"
    versions = {}
    for version in ("old", "new"):
        options = {
            f"s{number % 40}.o{number}": {
                "loc": [f"s{number % 40}", f"o{number}"],
                "type": "string",
                "description": f"The {version} text.",
            }
            for number in range(800)
        }
        (tmp_path / f"{version}.json").write_text(json.dumps(options))
        (tmp_path / version).mkdir()
        assert manualgen("html", f"{version}.json", "-o", version, cwd=tmp_path).returncode == 0
        versions[version] = contents(tmp_path / version)
    began = time.monotonic()
    assert manualgen("html", "old.json", "-o", "site", "-j2", cwd=tmp_path).returncode == 0
    duration = time.monotonic() - began
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGINT):
        # Any moment will do; more of them are near the end, where sites are published.
        moment = duration * (1 - numbers.random() ** 2)
        for _ in range(2):
            # What is there already would be left as it is.
            version = "new" if contents(site) == versions["old"] else "old"
            process = subprocess.Popen(
                [sys.executable, "-m", "manualgen", "html", f"{version}.json", "-o", "site", "-j2"],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(moment)
            process.send_signal(number)
            errors = process.communicate()[1]
            # What Python prints when it is interrupted before it has begun is not ours.
            assert b"Traceback" not in errors or not re.search(rb"manualgen/[^_]", errors)
            assert contents(site) in versions.values()
    assert manualgen("html", "new.json", "-o", "site", cwd=tmp_path).returncode == 0
    assert contents(site) == versions["new"]
    assert sorted(left_overs(tmp_path)) == [
        f"{folder}/{RECORDS}" for folder in ("new", "old", "site")
    ]
