"""Work in several processes.

Any ``concurrent.futures.Executor`` can do it. Without one, and with more than one job,
processes are forked, so that they inherit the data that they need and it is not copied
(:mod:`manualgen.site.forking`).
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, TypeVar

from manualgen.site import forking
from manualgen.site.signals import deferred

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from concurrent.futures import Executor

Shard = TypeVar("Shard")
Result = TypeVar("Result")


def available() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_shards(
    work: Callable[[Shard], Result],
    shards: Sequence[Shard],
    jobs: int,
    executor: Executor | None = None,
) -> Iterator[Result]:
    """Start the work; return an iterator of its results, in the order of the shards.

    Other processes start to work before this returns, so that the caller can do something
    else before it asks for results.

    Args:
        work: the function to call with each shard. It is pickled where processes cannot be
            forked, and for an executor.
        shards: the shards.
        jobs: the number of processes; with 1, the work is done in this one, whenever a result
            is asked for.
        executor: does the work instead.
    """
    if executor is not None:
        return iter(executor.map(work, shards))
    if jobs <= 1 or len(shards) <= 1:
        return map(work, shards)
    jobs = min(jobs, len(shards))
    if _forks():
        return _started(forking.map_shards(work, shards, jobs))
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - slow to import

    pool = ProcessPoolExecutor(jobs)
    return _started(_drained(pool, pool.map(work, shards)))


def run_in_background(work: Callable[[], Result]) -> Callable[[], Result]:
    """Start work in another process; return a function that waits for its result.

    The result is pickled. If processes cannot be forked, or the process fails, the work is
    done in this process when the result is asked for.

    Args:
        work: the function to call.
    """
    if not _forks():
        return work
    try:
        with deferred():
            worker = forking.Worker(lambda sender: sender.send(work()))
    except OSError:
        return work

    def result() -> Result:
        try:
            value: Result = worker.results.recv()
        except (EOFError, OSError):
            value = work()
        finally:
            worker.end()
        return value

    return result


def _forks() -> bool:
    # Forking a process with one thread is safe, except on macOS, whose libraries start threads.
    return hasattr(os, "fork") and sys.platform != "darwin"


def _started(results: Generator[Result, None, None]) -> Iterator[Result]:
    # Closing a generator that has not started would not run its "finally".
    next(results)
    return results


def _drained(pool: Executor, results: Iterator[Result]) -> Generator[Any, None, None]:
    """Yield None, then the results of a pool; shut it down at the end, or when closed."""
    try:
        yield None
        yield from results
    finally:
        pool.shutdown(cancel_futures=True)


def make_shards(count: int, jobs: int, least: int) -> list[range]:
    """Split a number of items into shards.

    Each shard is a share of the remaining items (guided self-scheduling: Polychronopoulos
    and Kuck, 1987): large shards first, because every shard has a cost of its own, and small
    ones last, so that all jobs end at about the same time.

    Args:
        count: the number of items.
        jobs: the number of jobs that work on the shards; for 1, all items are one shard.
        least: the fewest items of a shard, except the last one.

    Returns:
        Ranges of indices, in order.
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
"""A shard is the share of one job if the remaining items were done in this many rounds."""
