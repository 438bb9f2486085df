"""The processes of a command: they end with it, and nothing is lost if one of them ends early."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from manualgen.site import workers
from tests.conftest import ROOT, program

HERE = os.getpid()

SLOW_PAGE = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}"

SLOW_MODULE = """
{ lib, ... }:
let
  numbers = builtins.genList (number: number) 40000;
  sum = start: builtins.foldl' (all: number: all + number) start numbers;
in
{ options.a = lib.mkOption { default = builtins.foldl' (all: _: sum all) 0 numbers; }; }
"""


def started(folder, *arguments):
    """Start the program in a session of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "manualgen", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(number) for number in text.split()]


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(condition, seconds: float = 60.0):
    """Wait until a condition holds; return what it returned."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, "it does not come about"
        time.sleep(0.02)


@pytest.fixture
def slow_site(tmp_path):
    """A site whose pages take very long to render, being built by two processes."""
    theme = tmp_path / "theme"
    theme.mkdir()
    (theme / "page.html").write_text(SLOW_PAGE)
    options = {f"a{number}.b": {"loc": [f"a{number}", "b"], "type": "x"} for number in range(400)}
    (tmp_path / "o.json").write_text(json.dumps(options))
    build = started(tmp_path, "html", "o.json", "-o", "site", "--theme", "theme", "-j", "2")
    yield build, eventually(lambda: children(build.pid) if len(children(build.pid)) > 1 else None)
    build.kill()
    build.communicate()


@pytest.fixture
def slow_evaluation(tmp_path):
    """A module whose evaluation takes very long."""
    program("nix-instantiate")
    (tmp_path / "m.nix").write_text(SLOW_MODULE)
    lib = ROOT / "tests" / "evaluation" / "fixtures" / "lib"
    build = started(tmp_path, "extract", "m.nix", "--lib", lib, "-o", "o.json")
    yield build, eventually(lambda: children(build.pid))
    build.kill()
    build.communicate()


SIGNALS = {
    signal.SIGINT: 130,
    signal.SIGTERM: 143,
    signal.SIGHUP: 129,
    signal.SIGKILL: -signal.SIGKILL,
}


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("case", ["slow_site", "slow_evaluation"])
def test_a_signal_ends_a_command_and_all_its_processes(case, number, request, tmp_path):
    build, others = request.getfixturevalue(case)
    build.send_signal(number)
    output, errors = build.communicate(timeout=60)
    assert build.returncode == SIGNALS[number]
    assert (output, errors) == (b"", b"")
    eventually(lambda: not any(map(is_running, others)))
    assert not (tmp_path / "site").exists()
    assert not (tmp_path / "o.json").exists() or case == "slow_site"
    if number is not signal.SIGKILL:
        assert not list(tmp_path.glob(".manualgen-*"))


def test_ctrl_c_of_a_terminal_ends_a_command_without_a_traceback(slow_site):
    build, others = slow_site
    os.killpg(build.pid, signal.SIGINT)  # A terminal sends it to all processes.
    output, errors = build.communicate(timeout=60)
    assert (build.returncode, output, errors) == (130, b"", b"")
    eventually(lambda: not any(map(is_running, others)))


def test_a_signal_that_is_ignored_stays_ignored(tmp_path):
    code = (
        "import signal, click; from manualgen.cli.main import run\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "command = click.Command('x', callback=lambda: print(signal.getsignal(signal.SIGHUP)))\n"
        "run(command)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"1\n"


def test_a_signal_ends_a_command_also_in_a_destructor():
    """Python ignores exceptions in destructors."""
    code = (
        "import os, signal, click; from manualgen.cli.main import run\n"
        "class Value:\n"
        "    def __del__(self):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "def work():\n"
        "    value = Value()\n"
        "    del value\n"
        "    print('goes on')\n"
        "run(click.Command('x', callback=work))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (143, b"", b"")


# ─── processes that end early ───


def killed_elsewhere(number: int) -> int:
    if os.getpid() != HERE and number % 5 == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def test_the_work_of_a_process_that_is_killed_is_done_again():
    assert list(workers.map_shards(killed_elsewhere, range(40), 3)) == [n * n for n in range(40)]


def test_work_is_done_here_if_every_process_is_killed():
    def work(number: int) -> int:
        if os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return -number

    assert list(workers.map_shards(work, range(20), 2)) == [-n for n in range(20)]


def test_more_shards_than_a_pipe_has_room_for():
    count = 20_000
    assert list(workers.map_shards(abs, range(count), 2)) == list(range(count))


def test_results_larger_than_a_pipe():
    def work(number: int) -> bytes:
        return bytes([number]) * 3_000_000

    found = list(workers.map_shards(work, range(6), 2))
    assert [(data[0], len(data)) for data in found] == [(n, 3_000_000) for n in range(6)]


def test_processes_end_when_results_are_not_wanted():
    before = children(HERE)
    results = workers.map_shards(time.sleep, [0, 1000, 1000], 3)
    assert next(results) is None
    assert len(children(HERE)) > len(before)
    results.close()
    assert children(HERE) == before


def test_a_process_ends_when_its_result_is_not_wanted():
    before = children(HERE)
    result = workers.run_in_background(lambda: time.sleep(1000))
    assert len(children(HERE)) == len(before) + 1
    del result
    gc.collect()
    assert children(HERE) == before


# ─── an environment that refuses what is needed ───

OPTIONS = {
    f"services.s{number % 20}.o{number}": {
        "loc": ["services", f"s{number % 20}", f"o{number}"],
        "type": "string",
        "description": f"Number {number}.",
    }
    for number in range(400)
}


def built(folder, *before: str, output="site", jobs="2"):
    """Build a site, with words before the command."""
    (folder / "o.json").write_text(json.dumps(OPTIONS))
    return subprocess.run(
        [*before, sys.executable, "-m", "manualgen", "html", "o.json", "-o", output, "-j", jobs],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
        timeout=300,
    )


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


LIMITS = ["ulimit -n 5", "ulimit -n 10", "ulimit -v 120000", "ulimit -n 10; ulimit -v 200000"]


@pytest.mark.parametrize("limit", LIMITS)
def test_few_files_and_little_memory_are_enough(tmp_path, limit):
    done = built(tmp_path, "bash", "-c", f'{limit}; exec "$@"', "bash")
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert built(tmp_path, output="reference", jobs="1").returncode == 0
    assert contents(tmp_path / "site") == contents(tmp_path / "reference")


@pytest.mark.parametrize("size", [28_000, 30_000, 32_000])
def test_too_little_memory_is_a_message(tmp_path, size):
    """With even less, Python itself cannot start."""
    done = built(tmp_path, "bash", "-c", f'ulimit -v {size}; exec "$@"', "bash")
    assert done.returncode == 1
    assert done.stderr.startswith(b"error[system-failure]: ")
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "site").exists()


def test_a_file_is_read_with_the_memory_that_it_needs(tmp_path):
    """The largest file that is read may have 256 MiB."""
    done = built(tmp_path, "bash", "-c", 'ulimit -v 120000; exec "$@"', "bash")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("when", ["1+", "2+"])
def test_without_further_processes_one_does_all_the_work(tmp_path, when):
    refuse = f"inject=fork,vfork,clone,clone3:error=EAGAIN:when={when}"
    strace = [program("strace"), "-f", "-q", "-o", "log", "-e", refuse]
    done = built(tmp_path, *strace)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(b"\n") == 1
    assert "EAGAIN" in (tmp_path / "log").read_text()
    assert built(tmp_path, output="reference", jobs="1").returncode == 0
    assert contents(tmp_path / "site") == contents(tmp_path / "reference")


def test_without_pipes_one_process_does_all_the_work(tmp_path):
    strace = [program("strace"), "-f", "-q", "-o", "log", "-e", "inject=pipe,pipe2:error=EMFILE"]
    done = built(tmp_path, *strace)
    assert done.returncode == 0, done.stderr
    assert "EMFILE" in (tmp_path / "log").read_text()


def test_processes_need_no_shared_memory(tmp_path):
    """Semaphores, which need /dev/shm, are not even asked for."""
    strace = [program("strace"), "-f", "-q", "-o", "log", "-e", "trace=openat,open,shmget,semget"]
    done = built(tmp_path, *strace)
    assert done.returncode == 0, done.stderr
    log = (tmp_path / "log").read_text()
    assert "o.json" in log
    assert "/dev/shm" not in log
    assert "shmget" not in log
