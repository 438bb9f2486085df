"""The program ``manualgen``: its commands, and its exit status."""

from __future__ import annotations

import contextlib
import errno
import gc
import importlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from manualgen.cli import results
from manualgen.cli.groups import SuggestingGroup
from manualgen.cli.results import Session
from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.site.signals import ENDING
from manualgen.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Commands(SuggestingGroup):
    """Imports the module of a command only when it is run, so that the program starts quickly."""

    _commands = (
        *("html", "man", "markdown", "asciidoc", "epub", "pdf", "serve", "extract", "check"),
        *("diff", "preview", "publish"),
        *("nrd", "init", "redirects", "sample", "theme"),
    )

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self._commands:
            return None
        command = importlib.import_module(f"manualgen.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="manualgen", message="%(prog)s %(version)s")
def program() -> None:
    """Build manuals from Nix-style module options.

    Exit status: 0 success, 1 problems in the input or with the output, 2 wrong usage, 130 Ctrl-C.
    """


def main() -> None:
    """Run the program and end the process with its status."""
    run(program)


def run(command: click.Command) -> None:
    """Run a command and end the process with its status.

    Args:
        command: the command.
    """
    # Garbage collection would take a third of the time of a build, whose trees live until it
    # ends. It runs rarely instead.
    gc.set_threshold(200_000, 20, 100)
    _open_standard_streams()
    try:
        with _ended_by_signals():
            status = _status(command)
    except _Ended as end:
        _leave(128 + end.number)
    _leave(status)


def _status(command: click.Command) -> int:
    """Run a command; return its status."""
    session = Session()
    try:
        command(standalone_mode=True, obj=session)
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
            return 1
        return end.code or 0
    except ManualError as error:
        diagnostic = error.diagnostic
    except BrokenPipeError:
        # The reader of the output has exited, as in "manualgen … | head".
        return 1
    except (OSError, MemoryError, ImportError, SystemError) as error:
        # What the build has needed is needed for the message.
        diagnostic = _system_failure(error.with_traceback(None))
    except Exception as error:
        # If Jinja is not loaded, the error is not one of a template.
        jinja = sys.modules.get("jinja2")
        if jinja is None or not isinstance(error, jinja.TemplateError):
            raise
        from manualgen.site.theme import template_error  # noqa: PLC0415 - only where needed

        diagnostic = template_error(error)
    else:
        return 0
    return _report(diagnostic, session)


class _Ended(BaseException):
    """A signal asks the program to end.

    It is no ``KeyboardInterrupt``, for which click prints a line of its own.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Turn signals that end the program into an exception, so that it leaves nothing behind."""

    def end(number: int, _frame: object) -> NoReturn:
        # Who asks again does not want to wait for what is removed now.
        for other in handled:
            signal.signal(other, lambda *_: os._exit(128 + number))
        raise _Ended(number)

    def lost(unraisable: sys.UnraisableHookArgs) -> None:
        # Python cannot raise an exception where it has interrupted a destructor.
        if isinstance(unraisable.exc_value, _Ended):
            os._exit(128 + unraisable.exc_value.number)
        sys.__unraisablehook__(unraisable)

    sys.unraisablehook = lost
    # A signal that is ignored, as by nohup, stays ignored.
    handled = [number for number in ENDING if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in handled}
    try:
        yield
    finally:
        if sys.exc_info()[0] is not _Ended:
            for number, handler in before.items():
                signal.signal(number, handler)


def _open_standard_streams() -> None:
    """Give the standard streams that the parent process has closed something to read or write.

    Otherwise a file that is opened later would get the number of one.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


def _system_failure(error: Exception) -> Diagnostic:
    limit = "raise the limit (`ulimit -a` shows it), or build with `--jobs 1`"
    if not isinstance(error, OSError):
        # With little memory, libraries cannot be loaded, and parts of Python fail in odd ways.
        message = str(error) or "there is not enough memory"
        return Diagnostic(code=Code.SYSTEM_FAILURE, message=message, help=limit)
    if error.errno in _NO_FILE and error.filename is not None:
        # A path that no file can have, such as one that is longer than the system allows.
        return Diagnostic(
            code=Code.UNREADABLE,
            message=f"cannot open the file: {error.strerror}",
            file=os.fsdecode(error.filename),
            help="name a file that exists and that you may read",
        )
    limits = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM)
    return Diagnostic(
        code=Code.SYSTEM_FAILURE,
        message=f"the system refuses what is needed: {error.strerror or error}",
        file=str(error.filename) if error.filename else None,
        help=limit if error.errno in limits else "put that right, and run the command again",
    )


_NO_FILE = (errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR)


def _report(diagnostic: Diagnostic, session: Session) -> int:
    """Print why nothing is built; return the status of that."""
    try:
        from manualgen.cli.reporting import report  # noqa: PLC0415 - only where needed

        report([diagnostic])
        if session.expects_json:
            with contextlib.suppress(ManualError):
                results.write([diagnostic], [], ok=False, hints=True)
    except MemoryError:
        sys.stderr.write(f"error[{diagnostic.code.slug}]: {diagnostic.message}\n")
    return 1


def _leave(status: int) -> NoReturn:
    """End the process without freeing objects, which for a large manual takes long."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            # What could not be written has been reported where it was written.
            status = status or 1
    os._exit(status)
