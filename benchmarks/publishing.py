"""What it costs to publish many manuals, and how much of that is the engine.

``python -m benchmarks.publishing`` prints it; it takes many minutes, and one part of it less
(``python -m benchmarks.publishing overhead``). All option sets of a folder are published in several
versions, and projects that are made of parts of them. Manuals
and options a second are measured with 1 and 2 processes, and with 1 and 2 workers of Dask. What the
engine adds is measured in CPU seconds of all processes, beside the same builds in plain processes, so
that other work of the machine does not matter.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import multiprocessing
import os
import resource
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks.measuring import note, table
from manualgen.publication import archives, building, engines, project_list, sources
from manualgen.publication.building import Job
from manualgen.publication.publishing import Publication
from manualgen.publication.stores import STATE, open_store
from manualgen.site.page_inputs import program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from manualgen.publication.engines import Engine, Task
    from manualgen.publication.publishing import PublishResult

LARGEST_OVERHEAD = 0.15
"""The most that the engine may add to the time of plain processes, for manuals of one second."""

_VERSIONS = 2

Row = tuple[str, ...]


# ─── what is published ───


def real_sets(folder: Path, work: Path) -> Path:
    """Write versions of all option sets of a folder: each lacks a part of the one before.

    Args:
        folder: the folder.
        work: where they are written.
    """
    for path in sorted(folder.glob("*.json")):
        options = json.loads(path.read_bytes())
        if not isinstance(options, dict) or len(options) < 2:
            continue
        for version in range(_VERSIONS):
            names = list(options)[: len(options) * (20 - version) // 20]
            _write(work / path.stem / f"{3 - version}.0.json", {n: options[n] for n in names})
    return work


def generated(folder: Path, work: Path, projects: int, size: int) -> Path:
    """Write projects of parts of the largest option set of a folder.

    Args:
        folder: the folder.
        work: where they are written.
        projects: the number of projects.
        size: the number of options of each.
    """
    largest = max(folder.glob("*.json"), key=lambda path: path.stat().st_size)
    options = list(json.loads(largest.read_bytes()).items())
    for number in range(projects):
        start = number * size % max(1, len(options) - size)
        _write(work / f"project{number:05}" / "1.0.json", dict(options[start : start + size]))
    return work


def _write(path: Path, options: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(options), "utf-8")


# ─── how it is published ───


def publish(listed: Path, public: Path, engine: Engine) -> PublishResult:
    """Publish a folder of projects in another folder."""
    found = project_list.read(listed)
    return Publication(found.projects, open_store(str(public)), engine).publish()


@contextlib.contextmanager
def cluster(workers: int) -> Iterator[Engine]:
    """Start a cluster of separate processes; a context with an engine for it."""
    from distributed import LocalCluster  # noqa: PLC0415 - of an extra

    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as started,
        engines.cluster(started.scheduler_address, note) as engine,
    ):
        yield engine


def content(public: Path) -> dict[str, bytes]:
    """Return path → content of all that is published."""
    return {
        str(path.relative_to(public)): path.read_bytes()
        for path in public.rglob("*")
        if path.is_file() and STATE not in path.parts and path.name != ".manualgen.json"
    }


def options_in(public: Path) -> int:
    """Return the number of options of all manuals."""
    index = json.loads((public / "index.json").read_bytes())
    return sum(version["options"] for one in index["projects"] for version in one["versions"])


def measured(listed: Path, public: Path, counts: tuple[int, ...]) -> list[Row]:
    """Publish with each engine; return the rows of a table.

    Args:
        listed: the folder of projects.
        public: where they are published.
        counts: the numbers of processes or workers.
    """
    rows: list[Row] = []
    expected: dict[str, bytes] = {}
    started = [(f"processes: {count}", engines.local(count)) for count in counts]
    started += [(f"workers of Dask: {count}", cluster(count)) for count in counts]
    for name, context in started:
        shutil.rmtree(public, ignore_errors=True)
        with context as engine:
            start, cpu = time.monotonic(), _cpu()
            result = publish(listed, public, engine)
            seconds, spent = time.monotonic() - start, _cpu() - cpu
        found = content(public)
        expected = expected or found
        rows.append(
            (
                name,
                f"{result.built:,}",
                f"{seconds:.1f}",
                f"{spent:.1f}",
                f"{result.built / seconds:.2f}",
                f"{options_in(public) / seconds:,.0f}",
                "same" if found == expected else "DIFFERENT",
            )
        )
        note(f"  {' | '.join(rows[-1])}")
    return rows


def again(listed: Path, public: Path) -> float:
    """Return the CPU seconds of a publication of which nothing has changed."""
    cpu = _cpu()
    with engines.local(1) as engine:
        result = publish(listed, public, engine)
    assert not result.built, "something has changed"
    return _cpu() - cpu


def killed(listed: Path, public: Path) -> bool:
    """Return whether a cluster that loses a worker on the way writes what is there already."""
    expected = content(public)
    shutil.rmtree(public)
    from distributed import Client, LocalCluster  # noqa: PLC0415

    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as started,
        engines.cluster(started.scheduler_address, note) as engine,
        Client(started.scheduler_address) as client,
    ):
        results = engine.results

        def with_a_death(tasks: Iterator[Task]) -> Iterator[tuple[Task, building.Outcome]]:
            for number, result in enumerate(results(tasks)):
                if number == 1:
                    os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
                yield result

        engine.results = with_a_death  # type: ignore[method-assign]
        publish(listed, public, engine)
    return content(public) == expected


# ─── what the engine adds ───


def overhead(folder: Path, work: Path, count: int) -> list[tuple[float, float]]:
    """Return wall and CPU seconds of builds of about a second each, two at once.

    Args:
        folder: the folder of option sets.
        work: an empty folder.
        count: the number of manuals.

    Returns:
        The seconds in plain processes, in processes of the engine and on a cluster of Dask.
    """
    listed = generated(folder, work / "second", count, _OPTIONS_OF_A_SECOND)
    projects = project_list.read(listed).projects
    collected = [sources.collect(project) for project in projects]
    jobs = [
        Job(project, files.main, archives.pack(files.files), program=program())
        for project, files in zip(projects, collected, strict=True)
    ]
    del collected
    rounds = [_costs(jobs, work / f"round{number}") for number in range(_ROUNDS)]
    # Other programs only make builds slower.
    return [min(costs, key=lambda cost: cost[1]) for costs in zip(*rounds, strict=True)]


_ROUNDS = 3


def _costs(jobs: list[Job], work: Path) -> list[tuple[float, float]]:
    """Return wall and CPU seconds of jobs in plain processes, by the engine and by Dask."""
    found = [_plain_processes(jobs, work)]
    for started in (engines.local(2), cluster(2)):
        with started as engine:
            # So that all processes have begun.
            list(engine.results(iter(_tasks(jobs[:4]))))
            start, cpu = time.monotonic(), _cpu()
            time.sleep(_IDLE)
            idle = (_cpu() - cpu) / (time.monotonic() - start)
            start, cpu = time.monotonic(), _cpu()
            for _, outcome in engine.results(iter(_tasks(jobs))):
                assert outcome.site is not None
            wall, spent = time.monotonic() - start, _cpu() - cpu
            # What a cluster does every second, whether it builds or not, counts for as many seconds
            # as a machine needs that does nothing else.
            found.append((wall, spent - idle * max(0.0, wall - found[0][1] / 2)))
    return found


_IDLE = 5.0
"""The seconds in which it is measured what an engine costs that does nothing."""

_OPTIONS_OF_A_SECOND = 2_800


def _cpu() -> float:
    """Return the CPU seconds of this process and of all that it has started."""
    process = psutil.Process()
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += sum(one.cpu_times()[:4])
    return total


def _tasks(jobs: list[Job]) -> list[Task]:
    return [engines.Task(index, job) for index, job in enumerate(jobs)]


def _plain_processes(jobs: list[Job], work: Path) -> tuple[float, float]:
    """Return wall and CPU seconds of two processes which build one manual after another."""
    work_of = [(job, work / f"plain{index}") for index, job in enumerate(jobs)]
    context = multiprocessing.get_context("fork")
    start, cpu = time.monotonic(), _cpu()
    processes = [
        context.Process(target=_build_all, args=(share,)) for share in (work_of[::2], work_of[1::2])
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return time.monotonic() - start, _cpu() - cpu


def _build_all(share: list[tuple[Job, Path]]) -> None:
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    for job, folder in share:
        folder.mkdir(parents=True)
        building.build(job, folder)


# ─── memory ───


def memory(folder: Path, work: Path, counts: tuple[int, ...]) -> list[Row]:
    """Return rows: the number of manuals, and the largest memory of the coordinator, in MB.

    Args:
        folder: the folder of option sets.
        work: an empty folder.
        counts: the numbers of manuals.
    """
    rows: list[Row] = []
    for count in counts:
        listed = generated(folder, work / f"sources{count}", count, 20)
        context = multiprocessing.get_context("spawn")
        reader, writer = context.Pipe(duplex=False)
        process = context.Process(target=_coordinate, args=(listed, work / f"p{count}", writer))
        process.start()
        rows.append((f"{count:,}", f"{reader.recv() / 1e6:.1f}"))
        process.join()
        note(f"  {' | '.join(rows[-1])}")
    return rows


def _coordinate(listed: Path, public: Path, writer: Any) -> None:
    with engines.local(2) as engine:
        publish(listed, public, engine)
    writer.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


# ─── the report ───

_HEAD = ("engine", "manuals", "seconds", "CPU seconds", "manuals/s", "options/s", "result")


def report_overhead(folder: Path, work: Path, manuals: int) -> None:
    """Print what the engine adds to builds."""
    found = overhead(folder, work, manuals)
    plain = found[0][1]
    print(
        f"\n{manuals} manuals of {plain / manuals:.2f} s, 2 at once; at most {LARGEST_OVERHEAD:.0%}\n"
    )
    rows = [
        (kind, f"{wall:.1f}", f"{cpu:.1f}", f"{cpu / plain - 1:+.1%}")
        for kind, (wall, cpu) in zip(("plain processes", "processes", "Dask"), found, strict=True)
    ]
    print(table(("engine", "seconds", "CPU seconds", "overhead"), rows))


def report_sets(folder: Path, work: Path, _manuals: int) -> None:
    """Print what all sets cost, with nothing changed too, and when a worker is killed."""
    listed = real_sets(folder, work / "real")
    rows = measured(listed, work / "public", (2,))
    print(f"\nAll sets of {folder.name}/, {_VERSIONS} versions of each\n")
    print(table(_HEAD, rows))
    print(f"\nAgain, with nothing changed: {again(listed, work / 'public'):.1f} CPU seconds")
    same = "the same" if killed(listed, work / "public") else "DIFFERENT"
    print(f"A worker is killed on the way: the result is {same}")


def report_generated(folder: Path, work: Path, manuals: int) -> None:
    """Print what many small projects cost, with nothing changed too."""
    listed = generated(folder, work / "generated", manuals, 20)
    rows = measured(listed, work / "many", (1, 2))
    print(f"\n{manuals:,} projects of 20 options\n")
    print(table(_HEAD, rows))
    print(f"\nAgain, with nothing changed: {again(listed, work / 'many'):.1f} CPU seconds")


def report_memory(folder: Path, work: Path, manuals: int) -> None:
    """Print the memory of the coordinator."""
    rows = memory(folder, work, (manuals // 10, manuals // 3, manuals))
    print("\nThe largest memory of the coordinator\n")
    print(table(("manuals", "MB"), rows))


_PARTS = {
    "overhead": (report_overhead, 10),
    "sets": (report_sets, 0),
    "generated": (report_generated, 1000),
    "memory": (report_memory, 1000),
}
"""The parts of the report, and the number of manuals of each."""


def main() -> None:
    """Read the arguments, and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(__file__).parents[2] / "shared/data/options"
    parser.add_argument("--options", type=Path, default=default, help="a folder of option sets")
    parser.add_argument("--manuals", type=int, default=0, help="how many; each part has a default")
    parser.add_argument("parts", nargs="*", choices=[*_PARTS, []], help="by default all")
    given = parser.parse_args()
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    for name in given.parts or _PARTS:
        report, manuals = _PARTS[name]
        note(name)
        print(f"\n{psutil.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
        with tempfile.TemporaryDirectory() as work:
            report(given.options, Path(work), given.manuals or manuals)


if __name__ == "__main__":
    main()
