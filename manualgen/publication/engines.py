"""What runs the builds: processes of this machine, a cluster of Dask, or any other executor."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
import warnings
from concurrent import futures
from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError, shortened
from manualgen.publication import archives, isolation
from manualgen.publication.building import Job, Outcome, failure, fetched
from manualgen.publication.isolation import BuildStoppedError
from manualgen.publication.model import Record
from manualgen.publication.sources import unreadable_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from distributed import Client

    from manualgen.publication.stores import ObjectStore

_RETRIES = 1
"""How often the build of a manual is tried again after its process or its worker has died."""

_PATIENCE = 5.0
"""The seconds in which a scheduler must answer."""


class Upload(msgspec.Struct, frozen=True):
    """Where whoever builds a manual writes its site.

    Attributes:
        store: the store.
        folder: the folder in it.
        old: the record of the site that is there, as far as an upload needs it.
        built: the time, as records have it.
    """

    store: ObjectStore
    folder: str
    old: Record
    built: str


class Task(msgspec.Struct, frozen=True):
    """A build that an executor runs.

    Attributes:
        index: the number of the manual in the list.
        job: what is built.
        upload: where the site is written; None if it is returned.
        is_timed: whether the outcome says how long the build has taken.
    """

    index: int
    job: Job
    upload: Upload | None = None
    is_timed: bool = False


def run(task: Task) -> Outcome:
    """Build a manual, and write its site if the task says so.

    Args:
        task: the task.

    Raises:
        BuildStoppedError: if the build takes too much, or its process dies.
    """
    start = time.monotonic()
    job = _fetched_in_time(task.job) if task.job.project.is_remote else task.job
    outcome = isolation.run(job) if isinstance(job, Job) else job
    if task.is_timed:
        seconds = round(time.monotonic() - start, 1)
        outcome = msgspec.structs.replace(outcome, seconds=seconds)
    upload = task.upload
    if upload is None or outcome.site is None or not outcome.site.files:
        return outcome
    new = record_of(outcome, upload.old, upload.built)
    files = dict(archives.unpack(outcome.archive))
    try:
        upload.store.replace(upload.folder, files, upload.old, new)
    except ManualError as error:
        return failure([error.diagnostic])
    return msgspec.structs.replace(outcome, archive=b"")


def _fetched_in_time(job: Job) -> Job | Outcome:
    """Return what :func:`fetched` returns; a failure if the address takes longer than a build may."""
    found: queue.SimpleQueue[Job | Outcome] = queue.SimpleQueue()
    # In this process, as libraries that fetch are slow to load. Nothing can stop a thread: one that
    # waits for a server without end is left alone, and ends with the process.
    threading.Thread(target=lambda: found.put(_fetched(job)), daemon=True).start()
    try:
        return found.get(timeout=job.limits.seconds)
    except queue.Empty:
        reason = TimeoutError(f"it takes longer than {job.limits.seconds:g} seconds")
        return failure([unreadable_address(job.project.source, reason)])


def _fetched(job: Job) -> Job | Outcome:
    try:
        return fetched(job)
    except Exception as error:  # noqa: BLE001 - of a library; it costs one manual
        return failure([unreadable_address(job.project.source, error)])


def record_of(outcome: Outcome, old: Record, built: str) -> Record:
    """Return the record of a site that has been built.

    Args:
        outcome: what has become of its job.
        old: the record of the site that was there.
        built: the time, as records have it.
    """
    assert outcome.site is not None
    is_same = old.is_complete and old.site.files == outcome.site.files
    return Record(
        outcome.site,
        old.built if is_same else built,
        findings=outcome.findings,
        seconds=old.seconds if is_same else outcome.seconds,
    )


class Engine:
    """Runs tasks in an executor, a bounded number of them at once."""

    def __init__(
        self,
        executor: futures.Executor,
        capacity: Callable[[], int],
        *,
        retries: int = 0,
        check: Callable[[BaseException], None] = lambda _error: None,
    ) -> None:
        """Make an engine.

        Args:
            executor: runs the tasks.
            capacity: returns how many tasks run at the same time.
            retries: how often a task that has raised an error is given to the executor again; 0
                for one that does so itself.
            check: given what a task has raised, raises an error if the executor cannot go on.
        """
        self._executor = executor
        self._capacity = capacity
        self._retries = retries
        self._check = check

    def results(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Outcome]]:
        """Yield each task with its outcome, as they end.

        As many tasks are taken as keep the executor busy: what is in memory does not grow with
        their number.

        Args:
            tasks: the tasks.

        Raises:
            ManualError: if the executor cannot go on.
        """
        running: dict[futures.Future[Outcome], Task] = {}
        attempts: dict[int, int] = {}
        while True:
            most = 2 * self._capacity() + 1
            while len(running) < most and (task := next(tasks, None)) is not None:
                running[self._executor.submit(run, task)] = task
            if not running:
                return
            done, _ = futures.wait(running, return_when=futures.FIRST_COMPLETED)
            for future in done:
                task = running.pop(future)
                found = self._outcome(future)
                if isinstance(found, Outcome):
                    attempts.pop(task.index, None)
                    yield task, found
                    continue
                attempts[task.index] = attempts.get(task.index, 0) + 1
                if attempts[task.index] <= self._retries:
                    running[self._executor.submit(run, task)] = task
                else:
                    yield task, failure([found])

    def _outcome(self, future: futures.Future[Outcome]) -> Outcome | Diagnostic:
        """Return the outcome of a task, or why there is none."""
        try:
            return future.result()
        except BuildStoppedError as error:
            return error.diagnostic()
        except (Exception, futures.CancelledError) as error:  # noqa: BLE001 - of the executor
            self._check(error)
            name = type(error).__name__
            return Diagnostic(
                code=Code.BUILD_STOPPED,
                message=f"the manual could not be built: {name}: {shortened(str(error), 500)}",
                help="if its worker died, it may need more memory: see the log of the scheduler",
            )


def of_executor(executor: futures.Executor) -> Engine:
    """Return an engine for an executor of somebody else.

    Args:
        executor: the executor.
    """
    # The attribute of Python's own executors; others say it nowhere.
    workers = getattr(executor, "_max_workers", None) or 4
    return Engine(executor, lambda: workers, retries=_RETRIES)


@contextlib.contextmanager
def local(jobs: int) -> Iterator[Engine]:
    """Run tasks on this machine: a context with the engine.

    Args:
        jobs: the number of builds at once.
    """
    # Each thread waits for the process of one build.
    executor = futures.ThreadPoolExecutor(jobs)
    try:
        yield Engine(executor, lambda: jobs, retries=_RETRIES)
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        isolation.stop()
        raise
    executor.shutdown()
    isolation.close_idle()


@contextlib.contextmanager
def cluster(address: str, notice: Callable[[str], None]) -> Iterator[Engine]:
    """Run tasks on a cluster of Dask: a context with the engine.

    Args:
        address: the address of the scheduler, such as ``tcp://scheduler:8786``.
        notice: called with a sentence if there are no workers yet.

    Raises:
        ManualError: if Dask is not installed, or the scheduler does not answer.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise ManualError(_unreachable(address, str(error))) from error
    with _without_tracebacks():
        try:
            client = Client(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            reason = str(error).strip().split("\n")[0]
            raise ManualError(_unreachable(address, reason)) from error
        with client, warnings.catch_warnings():
            yield _of_client(client, address, notice)


def _of_client(client: Client, address: str, notice: Callable[[str], None]) -> Engine:
    def check(error: BaseException) -> None:
        # Nobody else cancels tasks.
        if client.status != "running" or isinstance(error, futures.CancelledError):
            raise ManualError(_unreachable(address, "it has ended"))

    # The files of a manual are as large as they are, and few manuals are sent at once.
    warnings.filterwarnings("ignore", "Sending large graph")
    executor = client.get_executor(pure=False, retries=_RETRIES)
    return Engine(executor, _Workers(client, notice).capacity, check=check)


_LOGGERS = ("distributed", "distributed.client", "tornado", "tornado.application")
"""Those whose levels Dask sets. tornado logs what callbacks raise when a connection has ended."""


@contextlib.contextmanager
def _without_tracebacks() -> Iterator[None]:
    """Let Dask log nothing: what it raises is reported."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


class _Workers:
    """Knows how many tasks the workers of a cluster run at once, which may change."""

    _INTERVAL = 5.0
    """The seconds for which an answer of the scheduler is used."""

    def __init__(self, client: Client, notice: Callable[[str], None]) -> None:
        self._client = client
        self._notice = notice
        self._known = 0
        self._asked = -self._INTERVAL
        self._noticed = False

    def capacity(self) -> int:
        """Return the number of tasks; at least 1, as a cluster may grow when there is work."""
        if time.monotonic() - self._asked >= self._INTERVAL:
            self._known = sum(self._client.nthreads().values())
            self._asked = time.monotonic()
        if not self._known and not self._noticed:
            self._noticed = True
            self._notice("the scheduler has no workers yet: waiting for them")
        return max(1, self._known)


def _unreachable(address: str, reason: str) -> Diagnostic:
    return Diagnostic(
        code=Code.UNREACHABLE,
        message=f"the scheduler cannot be reached: {reason}",
        file=address,
        help="start one with `dask scheduler`, and name its address; the library is installed "
        "with pip install 'manualgen[publish,cluster]'",
    )
