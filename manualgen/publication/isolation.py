"""Builds in processes of their own: one that hangs, crashes or eats memory costs only itself.

A process that has loaded what builds need, and has no threads, forks one process for each build.
So a build starts at once, and the process that asks for it may have any threads: it is a worker
of Dask, for example.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import queue
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path

import msgspec

from manualgen import resources
from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.publication import archives
from manualgen.publication.building import Job, Outcome, build, failure
from manualgen.publication.project_list import ListedProject
from manualgen.site import theme
from manualgen.site.forking import Worker
from manualgen.site.page_inputs import program
from manualgen.site.signals import deferred

_PROGRAM = f"import sys; from {__name__} import main; main(sys.argv[1:])"

_GRACE = 30.0
"""The seconds that a process has, beside the time limit of a build, before it is given up."""


class BuildStoppedError(Exception):
    """The build of a manual was stopped, or its process has died: another attempt may succeed.

    Attributes:
        reason: why, for readers.
        help: what can be done about it.
    """

    def __init__(self, reason: str, help_text: str) -> None:
        super().__init__(reason, help_text)
        self.reason = reason
        self.help = help_text

    def diagnostic(self) -> Diagnostic:
        """Return the diagnostic for a manual whose build was stopped each time."""
        return Diagnostic(code=Code.BUILD_STOPPED, message=self.reason, help=self.help)


def run(job: Job) -> Outcome:
    """Build a manual in a process of its own.

    Args:
        job: the job.

    Raises:
        BuildStoppedError: if it takes more time or memory than it may, or its process dies.
    """
    try:
        builder = _idle.get_nowait()
    except queue.Empty:
        builder = _Builder()
    _busy.add(builder)
    try:
        outcome = builder.run(job)
    finally:
        _busy.discard(builder)
        if builder.is_alive:
            _idle.put(builder)
        else:
            builder.close()
    if isinstance(outcome, BuildStoppedError):
        raise outcome
    return outcome


class _Builder:
    """The process that forks one for each build, as seen by the process that asks for builds."""

    def __init__(self) -> None:
        requests, self._requests = Pipe(duplex=False)
        self._results, results = Pipe(duplex=False)
        package = Path(resources.__file__).parent.parent
        path = os.pathsep.join(filter(None, (str(package), os.environ.get("PYTHONPATH"))))
        descriptors = (requests.fileno(), results.fileno())
        with requests, results:
            self._process = subprocess.Popen(  # noqa: S603 - this program
                # Not as a module: its classes would be others than those that are pickled here.
                [sys.executable, "-P", "-c", _PROGRAM, *map(str, descriptors)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=descriptors,
                env={**os.environ, "PYTHONPATH": path},
            )

        self.is_alive = True

    def run(self, job: Job) -> Outcome | BuildStoppedError:
        """Build a manual; afterwards, ``is_alive`` says whether another can be built."""
        self.is_alive = False
        try:
            self._requests.send(job)
            if not self._results.poll(job.limits.seconds + _GRACE):
                return _too_long(job)
            found: Outcome | BuildStoppedError = self._results.recv()
        except (EOFError, OSError):
            return _died()
        self.is_alive = True
        return found

    def kill(self) -> None:
        """End the process at once; who waits for a build is told that it has died."""
        self._process.kill()

    def close(self) -> None:
        """End the process, which then kills what it has forked."""
        self._requests.close()
        self._results.close()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


_idle: queue.LifoQueue[_Builder] = queue.LifoQueue()
"""The processes that wait for a job."""

_busy: set[_Builder] = set()
"""The processes that build."""


def stop() -> None:
    """End all builds of this process at once."""
    for builder in list(_busy):
        builder.kill()
    close_idle()


@atexit.register
def close_idle() -> None:
    """End the processes that wait for a job."""
    with contextlib.suppress(queue.Empty):
        while True:
            _idle.get_nowait().close()


def _too_long(job: Job) -> BuildStoppedError:
    return BuildStoppedError(
        f"the build takes longer than {job.limits.seconds:g} seconds",
        "give it more time with --time-limit, or divide the manual",
    )


def _died() -> BuildStoppedError:
    return BuildStoppedError(
        "the process that builds the manual has died; the system may have had no memory left",
        "give the machine more memory, or run fewer builds at once with --jobs",
    )


# ─── the process that forks ───


def main(descriptors: list[str]) -> None:
    """Fork a process for each job, until there are no more.

    Args:
        descriptors: those that jobs are read from and that outcomes are written to.
    """
    # The terminal sends Ctrl-C to all processes; the main process ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, results = (Connection(int(descriptor)) for descriptor in descriptors)
    _warm()
    gc.freeze()
    # As for a build of one manual: trees live until the process ends.
    gc.set_threshold(200_000, 20, 100)
    while True:
        try:
            job = requests.recv()
        except (EOFError, OSError):
            return
        folder = Path(tempfile.mkdtemp(prefix="manualgen-"))
        try:
            results.send(_isolated(job, folder, requests))
        except OSError:
            return
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _warm() -> None:
    """Load what builds need, by building a small manual: forked processes inherit it."""
    theme.warm(None)
    for name in ("page.html", "index.html", "moved.html"):
        theme.templates(None).get_template(name)
    project = ListedProject("warm", "1.0", "options.json")
    text = "A **text** with `code`, {option}`a`:\n\n- one\n- two"
    option = {"description": text, "type": "boolean", "default": _DEFAULT}
    data = msgspec.json.encode({"a.b": option, "a.c": {"description": "Another."}})
    packed = archives.pack({"options.json": data})
    with tempfile.TemporaryDirectory(prefix="manualgen-") as folder:
        build(Job(project, "options.json", packed, program=program()), Path(folder))
        os.chdir("/")


_DEFAULT = {"_type": "literalExpression", "text": "{ a = 1; }"}


def _isolated(job: Job, folder: Path, requests: Connection) -> Outcome | BuildStoppedError:
    """Build a manual in a forked process; end it if nobody waits for it any more."""
    with deferred():
        worker = Worker(lambda sender: sender.send(_limited(job, folder)))
    try:
        ready = wait([worker.results, requests], job.limits.seconds)
        if worker.results in ready:
            found: Outcome | BuildStoppedError = worker.results.recv()
            return found
    except (EOFError, OSError):
        return _died()
    finally:
        worker.end()
    return _too_long(job)


def _limited(job: Job, folder: Path) -> Outcome | BuildStoppedError:
    """Build a manual in this process, which may use so much memory."""
    try:
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        limit = job.limits.memory if most < 0 else min(job.limits.memory, most)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
        return build(job, folder)
    except MemoryError:
        # What the build has allocated is freed by now, but for what the error refers to.
        pass
    except Exception as error:  # noqa: BLE001 - a fault costs one manual, and is named
        return failure([_fault(error)])
    return BuildStoppedError(
        f"the build takes more than {job.limits.memory // 1024**2:,} MiB of memory",
        "give it more memory with --memory-limit, or divide the manual",
    )


def _fault(error: Exception) -> Diagnostic:
    """Return the diagnostic for an error that ended a build."""
    if isinstance(error, ManualError):
        return error.diagnostic
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = (
        ""
        if trace is None
        else f" ({Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno})"
    )
    return Diagnostic(
        code=Code.SYSTEM_FAILURE,
        message=f"the build has failed: {type(error).__name__}: {error}{place}",
        help="if this is none of the machine's limits, report it with the manual's source",
    )
