"""Runs ``nix-instantiate`` with limits.

Evaluation is pure: a clean environment, no store but a dummy one, no network,
no builds, and no files but those below the folders that are named. Time,
memory and output are limited, and a process that exceeds the time limit is
killed with its process group.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import resource
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.evaluation.failures import (
    Event,
    Failure,
    parse_events,
    parse_failure,
    plain_text,
    split_records,
)
from manualgen.evaluation.work_folders import remove_left_overs, work_folder
from manualgen.processes import ending_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

EXPRESSIONS = Path(__file__).with_name("nix")
"""The folder of the Nix expressions that do the work; it ships with the package."""

LARGEST_OUTPUT = 512 * 1024 * 1024
"""The limit of what an evaluation may print, in bytes."""

_STORE = "dummy://"
_SETTINGS = {
    "restrict-eval": "true",
    "allowed-uris": "",
    "allow-import-from-derivation": "false",
    "allow-unsafe-native-code-during-evaluation": "false",
    "substitute": "false",
}


class Outcome(msgspec.Struct, frozen=True):
    """The result of an evaluation.

    Attributes:
        records: the records of options as JSON, in the order in which they were evaluated.
        events: the events that ``extract.nix`` reported, in order.
        failure: why the evaluation ended early; None where it did not.
        limit: the diagnostic of the limit that ended it, if a limit did.
        log: everything else that the evaluator printed.
    """

    records: tuple[bytes, ...]
    events: tuple[Event, ...]
    failure: Failure | None
    limit: Diagnostic | None
    log: str


class Evaluator:
    """Runs the evaluator with one set of limits; the time limit holds for all runs together."""

    def __init__(self, command: str, roots: Iterable[Path], timeout: float, memory: int) -> None:
        """Find the evaluator.

        Args:
            command: its name or path.
            roots: the folders and files that may be read.
            timeout: the time limit in seconds, for all runs together.
            memory: the memory limit of a run in bytes.

        Raises:
            ManualError: if there is no such command.
        """
        found = shutil.which(command)
        if found is None:
            raise ManualError(
                Diagnostic(
                    code=Code.NO_EVALUATOR,
                    message=f"`{command}` is not found, and modules cannot be evaluated without it",
                    help="install Nix: `apt install nix-bin`, or see https://nixos.org/download; or"
                    " give an options.json, which `optionsJSON` of Nixpkgs' `nixosOptionsDoc` holds",
                )
            )
        remove_left_overs()
        self._command = found
        self._roots = tuple(dict.fromkeys(roots))
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout
        self._memory = memory
        self.runs = 0

    def run(self, request: Mapping[str, Any]) -> Outcome:
        """Evaluate ``extract.nix`` for a request.

        Args:
            request: what the comment at the top of ``extract.nix`` describes, without the nonce.

        Raises:
            ManualError: if the evaluator cannot be started or is too old, or the library is.
        """
        self.runs += 1
        nonce = secrets.token_hex(12)
        with work_folder() as folder:
            file = folder / "request.json"
            file.write_text(json.dumps(request), encoding="utf-8")
            status = self._run(folder, self._arguments(file, nonce))
            records, rest = split_records((folder / "log").read_bytes(), nonce)
        log = plain_text(rest)
        events = parse_events(log, nonce)
        if status == 0:
            return Outcome(records, events, None, None, log)
        failure = parse_failure(log, nonce)
        self._raise_for_versions(failure)
        return Outcome(records, events, failure, self._limit(status, failure), log)

    def _arguments(self, request: Path, nonce: str) -> list[str]:
        arguments = [self._command, "--eval", "--strict", "--json", "--show-trace"]
        for setting, value in _SETTINGS.items():
            arguments += ["--option", setting, value]
        for number, root in enumerate((EXPRESSIONS, request, *self._roots)):
            # With a name, so that a `=` in the path is not taken for one.
            arguments += ["-I", f"manualgen{number}={root}"]
        # What marks messages is in no file that a module could read.
        arguments += ["--argstr", "request", str(request), "--argstr", "nonce", nonce]
        return [*arguments, str(EXPRESSIONS / "extract.nix")]

    def _run(self, folder: Path, arguments: list[str]) -> int | None:
        """Return the exit status; None where the time limit was exceeded."""
        # A file, because a pipe would have to be read, and its contents kept, without a limit.
        with (folder / "log").open("wb") as log:
            try:
                child = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
                    arguments,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    env=_environment(folder),
                    cwd=folder,
                    start_new_session=True,
                    # One call of the C library: threads of this process do not matter to it.
                    preexec_fn=ending_with_parent(),  # noqa: PLW1509
                )
            except OSError as error:
                limits = (errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
                raise ManualError(
                    Diagnostic(
                        code=Code.NO_EVALUATOR,
                        message=f"`{self._command}` cannot be started: {error.strerror}",
                        help="raise the limit (`ulimit -a` shows it)"
                        if error.errno in limits
                        else "reinstall Nix",
                    )
                ) from error
            with _group_killed(child):
                self._set_limits(child.pid)
                try:
                    return child.wait(max(0.0, self._deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    return None

    def _set_limits(self, process: int) -> None:
        """Limit memory and output of a process that has just been started."""
        set_limit = getattr(resource, "prlimit", None)  # Linux alone has it.
        if set_limit is None:
            return
        with contextlib.suppress(ProcessLookupError):  # It may have ended already.
            for limit, value in (
                (resource.RLIMIT_AS, self._memory),
                (resource.RLIMIT_FSIZE, LARGEST_OUTPUT),
                (resource.RLIMIT_CORE, 0),
            ):
                most = set_limit(process, limit)[1]
                bound = value if most == resource.RLIM_INFINITY else min(value, most)
                set_limit(process, limit, (bound, bound))

    def _raise_for_versions(self, failure: Failure) -> None:
        """Raise where the evaluator is too old, or the library is none."""
        for kind, *words in failure.contexts:
            if kind == "old":
                raise ManualError(
                    Diagnostic(
                        code=Code.NO_EVALUATOR,
                        message=f"`{self._command}` is of Nix {words[0]}, which is too old",
                        help="install Nix 2.8 or later",
                    )
                )
            if kind == "no-lib":
                raise ManualError(
                    Diagnostic(
                        code=Code.NO_LIBRARY,
                        message="the library has no `evalModules`: it is not Nixpkgs' `lib`, or one"
                        " before Nixpkgs 13.10",
                        file=words[0],
                        help="name the folder `lib` of a Nixpkgs tree: `--lib PATH`",
                    )
                )

    def _limit(self, status: int | None, failure: Failure) -> Diagnostic | None:
        """Return the diagnostic of the limit that an evaluation exceeded; None for other failures.

        Args:
            status: the exit status; None where the time limit was exceeded.
            failure: what the log ends with.
        """
        advice = "evaluate fewer modules at once"
        if status is None:
            message = f"the evaluation takes longer than {self._timeout:g} seconds"
            help_text = f"raise the time limit, or {advice}"
        elif status == -signal.SIGXFSZ or "File too large" in failure.message:
            message = f"the evaluation prints more than {LARGEST_OUTPUT // 1024**2} MiB"
            help_text = advice
        elif failure.out_of_memory:
            message = f"the evaluation needs more than {self._memory // 1024**2} MiB of memory"
            help_text = f"raise the memory limit, or {advice}"
        elif (status < 0 or status > 128) and not failure.stack_overflow:
            number = -status if status < 0 else status - 128
            message = f"the evaluator was killed by signal {number} ({_signal(number)})"
            help_text = f"the system may be short of memory: {advice}"
        else:
            return None
        return Diagnostic(code=Code.EVALUATION_LIMIT, message=message, help=help_text)


@contextlib.contextmanager
def _group_killed(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Kill all processes of the child's group at the end of the block."""
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        # Not child.wait(): if a signal has ended that with an exception, a lock of it may be held.
        if child.returncode is None:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child.pid, 0)
            child.returncode = -signal.SIGKILL


def _environment(folder: Path) -> dict[str, str]:
    # Nothing of the caller's: neither NIX_PATH nor NIX_CONFIG, no home, no proxies.
    return {
        "HOME": str(folder),
        "LC_ALL": "C",
        "NIX_CONF_DIR": str(folder),
        "NIX_REMOTE": _STORE,
        "NIX_USER_CONF_FILES": "",
        "NO_COLOR": "1",
        "PATH": os.environ.get("PATH", os.defpath),
        "TERM": "dumb",
        "TMPDIR": str(folder),
        "XDG_CACHE_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_STATE_HOME": str(folder),
    }


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
