"""Work spread over processes.

Any ``concurrent.futures.Executor`` can do it. Without one, and with more than
one job, processes are forked here, so that they inherit what the work needs
instead of receiving a copy.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import sys
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor
    from multiprocessing.connection import Connection

Shard = TypeVar("Shard")
Result = TypeVar("Result")

_inherited: Any = None


def available() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_shards(
    work: Callable[[Shard], Result],
    shards: Sequence[Shard],
    jobs: int,
    executor: Executor | None = None,
) -> Iterator[Result]:
    """Begin the work; return its result on each shard, in the order of the shards.

    Where processes do it, they are at work when this returns: the caller has
    time for what it alone can do.

    Args:
        work: what is to be done. It is pickled where processes cannot be forked, and
            for an executor that was given.
        shards: what it is to be done with, a call each.
        jobs: how many processes; 1 does the work in this one, as results are asked for.
        executor: does the work instead.
    """
    if executor is not None:
        return iter(executor.map(work, shards))
    if jobs <= 1 or len(shards) <= 1:
        return map(work, shards)
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - slow to import

    jobs = min(jobs, len(shards))
    if not _forks():
        pool = ProcessPoolExecutor(jobs)
        return _drained(pool, pool.map(work, shards))
    global _inherited  # noqa: PLW0603 - how a forked process inherits it
    _inherited = (work, shards)
    # What exists before the fork is not garbage: collecting it would copy its pages.
    gc.freeze()
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"))
    return _drained(pool, pool.map(_run, range(len(shards))))


def run_in_background(work: Callable[[], Result]) -> Callable[[], Result]:
    """Begin work in a process of its own; return what waits for its result.

    The result is pickled. Where processes cannot be forked, or this one comes to
    nothing, the work is done here, when its result is asked for.
    """
    if not _forks():
        return work
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(work, sender), daemon=True)
    process.start()
    sender.close()

    def result() -> Result:
        try:
            found: Result = receiver.recv()
        except EOFError:
            found = work()
        receiver.close()
        process.join()
        return found

    return result


def _send(work: Callable[[], Any], sender: Connection) -> None:
    # Whatever goes wrong here goes wrong again, and in the open, where the result is wanted.
    with contextlib.suppress(BaseException):
        sender.send(work())


def _forks() -> bool:
    # Forking a process of one thread is safe, but not where the system's own libraries
    # start threads (macOS).
    return "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"


def _drained(pool: Executor, results: Iterator[Result]) -> Iterator[Result]:
    """Yield the results of a pool, and close it."""
    global _inherited  # noqa: PLW0603
    try:
        with pool:
            yield from results
    finally:
        _inherited = None
        gc.unfreeze()


def _run(index: int) -> Any:
    work, shards = _inherited
    return work(shards[index])


def make_shards(count: int, jobs: int, least: int) -> list[range]:
    """Return ranges that cut ``count`` things into shards for a number of jobs.

    Each shard takes a share of what is left (guided self-scheduling: Polychronopoulos
    and Kuck, 1987): large ones first, as each costs something by itself, and at the end
    small ones, so that no job is long at work when the others are done. None is smaller
    than ``least``, but where nothing more is left.
    """
    if jobs <= 1:
        return [range(count)] if count else []
    shards: list[range] = []
    start = 0
    while start < count:
        end = min(count, start + max(least, (count - start) // (jobs * _ROUNDS)))
        shards.append(range(start, end))
        start = end
    return shards


_ROUNDS = 3
"""In so many rounds, the jobs would do what is left if no shard were to become smaller."""
