"""``nix-instantiate``, held on a short leash.

Evaluation is pure: a clean environment, no store but a dummy one, no network,
no builds, and no files but those below the folders that are named. Time,
memory and output are limited, and a child that outlives its time is killed
with all of its own.
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
from manualgen.evaluation.failures import Event, Failure, events, failure, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

EXPRESSION = Path(__file__).with_name("options.nix")
"""The Nix expression that does the work; it ships with the package."""

LARGEST_OUTPUT = 512 * 1024 * 1024
"""The most that an evaluation may print, in bytes."""

_STORE = "dummy://"
_SETTINGS = {
    "restrict-eval": "true",
    "allowed-uris": "",
    "allow-import-from-derivation": "false",
    "allow-unsafe-native-code-during-evaluation": "false",
    "substitute": "false",
}


class Outcome(msgspec.Struct, frozen=True):
    """What an evaluation came to.

    Attributes:
        output: what was printed, as JSON; empty where it failed.
        events: what ``options.nix`` said on the way, in order.
        failure: why there is no output; None where there is.
        log: everything that the evaluator said.
    """

    output: bytes
    events: tuple[Event, ...]
    failure: Failure | None
    log: str


class Evaluator:
    """Runs the evaluator with one set of limits; the time limit is for all runs together."""

    def __init__(self, command: str, roots: Iterable[Path], timeout: float, memory: int) -> None:
        """Look for the evaluator.

        Args:
            command: its name or path.
            roots: the folders and files that may be read.
            timeout: how many seconds all runs together may take.
            memory: how many bytes of memory a run may have.

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
        """Evaluate ``options.nix`` for a request, as its head comment describes it.

        Raises:
            ManualError: if the evaluator cannot be started, is too old, or meets a limit.
        """
        self.runs += 1
        nonce = secrets.token_hex(12)
        with tempfile.TemporaryDirectory(prefix="manualgen-") as name:
            folder = Path(name)
            asked = folder / "request.json"
            asked.write_text(json.dumps({**request, "nonce": nonce}), encoding="utf-8")
            status = self._started(folder, self._arguments(folder, asked))
            output = (folder / "output").read_bytes()
            log = plain((folder / "log").read_bytes())
        if status == 0:
            return Outcome(output, events(log, nonce), None, log)
        found = failure(log, nonce)
        self._limits(status, found)
        return Outcome(b"", events(log, nonce), found, log)

    def _arguments(self, folder: Path, request: Path) -> list[str]:
        arguments = [self._command, "--eval", "--strict", "--json", "--show-trace"]
        for setting, value in _SETTINGS.items():
            arguments += ["--option", setting, value]
        for number, root in enumerate((EXPRESSION, folder, *self._roots)):
            # With a name, so that a `=` in the path is not taken for one.
            arguments += ["-I", f"manualgen{number}={root}"]
        return [*arguments, "--argstr", "request", str(request), str(EXPRESSION)]

    def _started(self, folder: Path, arguments: list[str]) -> int:
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
                        help="install Nix anew, or name another one",
                    )
                ) from error
            with _ended(child):
                self._limit(child.pid)
                try:
                    return child.wait(max(0.0, self._deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    message = f"the evaluation takes longer than {self._timeout:g} seconds"
                    cure = "raise the time limit, or evaluate fewer modules at once"
                    raise _limit(message, cure) from None

    def _limit(self, process: int) -> None:
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

    def _limits(self, status: int, found: Failure) -> None:
        """Raise for failures that leaving out a module or a value would not cure."""
        for context in found.contexts:
            if context[0] == "old":
                raise ManualError(
                    Diagnostic(
                        code=Code.NO_EVALUATOR,
                        message=f"`{self._command}` is of Nix {context[1]}, which is too old",
                        help="install Nix 2.8 or later",
                    )
                )
        cure = "evaluate fewer modules at once"
        if status == -signal.SIGXFSZ or "File too large" in found.message:
            message = f"the evaluation prints more than {LARGEST_OUTPUT // 1024**2} MiB"
            raise _limit(message, cure)
        if found.out_of_memory:
            most = f"{self._memory // 1024**2} MiB of memory"
            message = f"the evaluation needs more than {most}{_during(found)}"
            raise _limit(message, f"raise the memory limit, or {cure}")
        if status < 0 or status > 128:
            number = -status if status < 0 else status - 128
            message = f"the evaluator was killed by signal {number} ({_signal(number)})"
            raise _limit(message, f"the system may be short of memory: {cure}")


@contextlib.contextmanager
def _ended(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let no process of the child's group outlive the block."""
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


def _during(found: Failure) -> str:
    kind, *names = found.contexts[0] if found.contexts else ("",)
    if kind == "value":
        return f", for the {names[1]} of `{names[0]}`"
    return f", for `{names[0]}`" if kind == "module" else ""


def _limit(message: str, cure: str) -> ManualError:
    return ManualError(Diagnostic(code=Code.EVALUATION_LIMIT, message=message, help=cure))


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
