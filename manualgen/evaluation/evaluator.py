"""Runs ``nix-instantiate`` with limits.

Evaluation is pure: a clean environment, no store but a dummy one, no network,
no builds, and no files but those below the folders that are named. Time,
memory and output are limited, and a process that exceeds the time limit is
killed with its process group.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.evaluation.failures import Event, Failure, parse_events, parse_failure, plain_text

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
        output: what was printed, as JSON; empty where it failed.
        events: the events that ``extract.nix`` reported, in order.
        failure: why there is no output; None where there is one.
        log: everything that the evaluator printed beside the output.
    """

    output: bytes
    events: tuple[Event, ...]
    failure: Failure | None
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
                    help="install Nix: `apt install nix-bin`, or see https://nixos.org/download;"
                    " or give an options.json",
                )
            )
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
            ManualError: if the evaluator cannot be started, is too old, or exceeds a limit.
        """
        self.runs += 1
        nonce = secrets.token_hex(12)
        with tempfile.TemporaryDirectory(prefix="manualgen-") as name:
            folder = Path(name)
            file = folder / "request.json"
            file.write_text(json.dumps({**request, "nonce": nonce}), encoding="utf-8")
            status = self._run(folder, self._arguments(folder, file))
            output = (folder / "output").read_bytes()
            log = plain_text((folder / "log").read_bytes())
        if status == 0:
            return Outcome(output, parse_events(log, nonce), None, log)
        failure = parse_failure(log, nonce)
        self._raise_for_limits(status, failure)
        return Outcome(b"", parse_events(log, nonce), failure, log)

    def _arguments(self, folder: Path, request: Path) -> list[str]:
        arguments = [self._command, "--eval", "--strict", "--json", "--show-trace"]
        for setting, value in _SETTINGS.items():
            arguments += ["--option", setting, value]
        for number, root in enumerate((EXPRESSIONS, folder, *self._roots)):
            # With a name, so that a `=` in the path is not taken for one.
            arguments += ["-I", f"manualgen{number}={root}"]
        return [*arguments, "--argstr", "request", str(request), str(EXPRESSIONS / "extract.nix")]

    def _run(self, folder: Path, arguments: list[str]) -> int:
        # Files, because pipes would have to be read, and their contents kept, without a limit.
        with (folder / "output").open("wb") as output, (folder / "log").open("wb") as log:
            try:
                child = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
                    arguments,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=log,
                    env=_environment(folder),
                    cwd=folder,
                    start_new_session=True,
                )
            except OSError as error:
                raise ManualError(
                    Diagnostic(
                        code=Code.NO_EVALUATOR,
                        message=f"`{self._command}` cannot be started: {error.strerror}",
                        help="reinstall Nix",
                    )
                ) from error
            with _group_killed(child):
                self._set_limits(child.pid)
                try:
                    return child.wait(max(0.0, self._deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    message = f"the evaluation takes longer than {self._timeout:g} seconds"
                    help_text = "raise the time limit, or evaluate fewer modules at once"
                    raise _limit(message, help_text) from None

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

    def _raise_for_limits(self, status: int, failure: Failure) -> None:
        """Raise for failures that leaving out a module or a value would not remedy."""
        for context in failure.contexts:
            if context[0] == "old":
                raise ManualError(
                    Diagnostic(
                        code=Code.NO_EVALUATOR,
                        message=f"`{self._command}` is of Nix {context[1]}, which is too old",
                        help="install Nix 2.8 or later",
                    )
                )
        help_text = "evaluate fewer modules at once"
        if status == -signal.SIGXFSZ or "File too large" in failure.message:
            message = f"the evaluation prints more than {LARGEST_OUTPUT // 1024**2} MiB"
            raise _limit(message, help_text)
        if failure.out_of_memory:
            most = f"{self._memory // 1024**2} MiB of memory"
            message = f"the evaluation needs more than {most}{_during(failure)}"
            raise _limit(message, f"raise the memory limit, or {help_text}")
        if status < 0 or status > 128:
            number = -status if status < 0 else status - 128
            message = f"the evaluator was killed by signal {number} ({_signal(number)})"
            raise _limit(message, f"the system may be short of memory: {help_text}")


@contextlib.contextmanager
def _group_killed(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Kill all processes of the child's group at the end of the block."""
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


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


def _during(failure: Failure) -> str:
    kind, *names = failure.contexts[0] if failure.contexts else ("",)
    if kind == "value":
        return f", for the {names[1]} of `{names[0]}`"
    return f", for `{names[0]}`" if kind == "module" else ""


def _limit(message: str, help_text: str) -> ManualError:
    return ManualError(Diagnostic(code=Code.EVALUATION_LIMIT, message=message, help=help_text))


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
