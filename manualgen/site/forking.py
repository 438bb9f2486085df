"""Forked processes that share work: they inherit what they need, and end with this process.

They need pipes alone. Where the system refuses processes or pipes, or a process is killed,
this process does what is left of the work itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import signal
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from manualgen.processes import ending_with_parent
from manualgen.site.signals import ENDING, deferred

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from multiprocessing.connection import Connection

Shard = TypeVar("Shard")
Result = TypeVar("Result")

_NUMBER = 4
"""The bytes of a shard's number in the pipe that numbers are taken from."""

_MOST_SHARDS = 16 * 1024 // _NUMBER
"""The most numbers that a pipe takes at once, on every system."""

_LARGE_PIPE = 1024 * 1024
"""The bytes that a pipe for results should take before its reader comes to it."""


class Worker:
    """A forked process, and the results that it sends.

    Attributes:
        results: receives the results; it is at its end when the process ends.
    """

    def __init__(self, run: Callable[[Connection], None]) -> None:
        """Start the process. Signals that end the program must be deferred meanwhile.

        Args:
            run: what it does, given where it sends its results to. If it raises an exception,
                the process ends.

        Raises:
            OSError: if the system refuses a process or a pipe.
        """
        from multiprocessing import connection  # noqa: PLC0415 - slow to import

        self._process, self._parent = 0, os.getpid()
        set_up = ending_with_parent()
        self.results, sender = connection.Pipe(duplex=False)
        # Linux alone has this, and a user has only so much of it.
        with contextlib.suppress(OSError, AttributeError):
            fcntl.fcntl(sender.fileno(), fcntl.F_SETPIPE_SZ, _LARGE_PIPE)
        try:
            self._process = os.fork()
            if self._process == 0:
                _work(run, self.results, sender, set_up)
        except OSError:
            self.results.close()
            raise
        finally:
            sender.close()

    def end(self) -> None:
        """Kill the process, if it has not ended."""
        self.results.close()
        process, self._process = self._process, 0
        # Processes that were forked later have this object too, and are not the parent.
        if process and self._parent == os.getpid():
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)

    def __del__(self) -> None:
        """End a process whose result nobody wants any more, after an error for example."""
        if self._process:
            self.end()


def _work(
    run: Callable[[Connection], None],
    results: Connection,
    sender: Connection,
    set_up: Callable[[], None],
) -> NoReturn:
    """Do the work of a new process, and end it."""
    try:
        set_up()
        # The terminal sends Ctrl-C to all processes; the main process ends the others.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        # Without a reader, to send a result is an error.
        results.close()
        run(sender)
    finally:
        # Nothing that the main process has prepared for its end, nor a traceback: what is
        # missing, the main process does again.
        os._exit(0)


def map_shards(
    work: Callable[[Shard], Result], shards: Sequence[Shard], jobs: int
) -> Generator[Any, None, None]:
    """Start the work; yield None, then the results in the order of the shards.

    Args:
        work: the function to call with each shard.
        shards: the shards.
        jobs: the number of processes.
    """
    workers: list[Worker] = []
    # Garbage collection in a forked process would copy the memory pages of what it inherits.
    gc.freeze()
    try:
        with contextlib.suppress(OSError):
            _start(workers, work, shards, jobs)
        yield None
        yield from _ordered(workers, work, shards)
    finally:
        for worker in workers:
            worker.end()
        gc.unfreeze()


def _start(
    workers: list[Worker], work: Callable[[Shard], object], shards: Sequence[Shard], jobs: int
) -> None:
    """Start processes, as many as the system allows."""
    # Each process takes the number of its next shard from this pipe, until it is empty.
    numbers, entrance = os.pipe()
    try:
        taken = range(min(len(shards), _MOST_SHARDS))
        os.write(entrance, b"".join(number.to_bytes(_NUMBER, "little") for number in taken))
    finally:
        os.close(entrance)

    def run(sender: Connection) -> None:
        while number := os.read(numbers, _NUMBER):
            index = int.from_bytes(number, "little")
            try:
                found = [work(shards[index])]
            except Exception:  # noqa: BLE001 - the main process does it again, and gets the error
                found = []
            sender.send((index, found))

    try:
        while len(workers) < jobs:
            # No process is forgotten, and none has the handlers of this one.
            with deferred():
                workers.append(Worker(run))
    finally:
        os.close(numbers)


def _ordered(
    workers: list[Worker], work: Callable[[Shard], Result], shards: Sequence[Shard]
) -> Generator[Result, None, None]:
    from multiprocessing import connection  # noqa: PLC0415

    running = [worker.results for worker in workers]
    # Number of a shard → a list of its result; an empty one if there was an error.
    found: dict[int, list[Result]] = {}
    for index, shard in enumerate(shards):
        while index not in found and running:
            for ready in connection.wait(running):
                assert isinstance(ready, connection.Connection)
                try:
                    number, results = ready.recv()
                    found[number] = results
                except (EOFError, OSError):
                    running.remove(ready)
        yield from found.pop(index, []) or [work(shard)]
