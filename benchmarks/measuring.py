"""Measures programs: wall and CPU time and memory of a process and its children."""

from __future__ import annotations

import contextlib
import resource
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of running a program: medians of wall and CPU seconds, and peak memory.

    Attributes:
        wall, cpu: seconds; CPU is user and system, of all its processes.
        memory: bytes: the peak of the sum of its processes' proportional set
            sizes (pages that processes share count once).
    """

    wall: float
    cpu: float
    memory: int = 0


def cost(command: Sequence[str], runs: int, before: Callable[[], None] = lambda: None) -> Cost:
    """Return the cost of a command.

    Memory is measured in a separate run, so that measuring it does not slow the others down.

    Args:
        command: the command.
        runs: the number of runs.
        before: called before each run.
    """
    walls, cpus = [], []
    for _ in range(runs):
        before()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        walls.append(time.perf_counter() - start)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime)
    before()
    return Cost(statistics.median(walls), statistics.median(cpus), _peak(command))


def cost_of_one_run(command: Sequence[str]) -> Cost:
    """Return the cost of a command that takes minutes: time and memory are of one run.

    Args:
        command: the command.
    """
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    memory = _peak(command, 0.2)
    wall = time.perf_counter() - start
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime, memory)


def _peak(command: Sequence[str], interval: float = 0.02) -> int:
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        done = threading.Event()

        def watch() -> None:
            nonlocal peak
            root = psutil.Process(process.pid)
            while not done.wait(interval):
                with contextlib.suppress(psutil.Error):
                    peak = max(
                        peak, sum(map(_proportional, [root, *root.children(recursive=True)]))
                    )

        watcher = threading.Thread(target=watch)
        watcher.start()
        process.wait()
        done.set()
        watcher.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return peak


def _proportional(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error, AttributeError):
        return int(process.memory_full_info().pss)
    return 0


def seconds(work: Callable[[], object], runs: int) -> float:
    """Return the median of the CPU seconds that a function takes in this process."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as text in columns, the first left, the others right."""
    widths = [max(len(row[index]) for row in [head, *rows]) for index in range(len(head))]
    lines = []
    for row in [head, ["─" * width for width in widths], *rows]:
        first, *others = zip(row, widths, strict=True)
        lines.append(
            "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])
        )
    return "\n".join(lines)


def note(text: str) -> None:
    """Show what is being measured, on standard error."""
    sys.stderr.write(f"\r\x1b[K{text}" if sys.stderr.isatty() else "")
