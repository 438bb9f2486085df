"""The program ``manualgen``: its commands, and its exit status."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from manualgen.cli.groups import SuggestingGroup
from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.version import __version__


class _Commands(SuggestingGroup):
    """Imports the module of a command only when it is run, so that the program starts quickly."""

    _commands = (
        *("html", "man", "markdown", "asciidoc", "extract"),
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

    Exit status: 0 success, 1 problems in the input, 2 wrong usage.
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
    if sys.stderr is None:
        # The parent process has closed standard error.
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    try:
        command(standalone_mode=True)
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        _leave(end.code or 0)
    except ManualError as error:
        _end(error.diagnostic)
    except BrokenPipeError:
        # The reader of the output has exited, as in "manualgen … | head".
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        # A path that no file can have, such as one that is longer than the system allows.
        _end(
            Diagnostic(
                code=Code.UNREADABLE,
                message=f"cannot open the file: {error.strerror}",
                file=os.fsdecode(error.filename),
                help="name a file that exists and that you may read",
            )
        )
    except Exception as error:
        # If Jinja is not loaded, the error is not one of a template.
        jinja = sys.modules.get("jinja2")
        if jinja is None or not isinstance(error, jinja.TemplateError):
            raise
        from manualgen.site.theme import template_error  # noqa: PLC0415 - only where needed

        _end(template_error(error))


def _end(diagnostic: Diagnostic) -> NoReturn:
    from manualgen.cli.reporting import report  # noqa: PLC0415 - only where needed

    report([diagnostic])
    sys.exit(1)


def _leave(status: int) -> NoReturn:
    """End the process without freeing objects, which for a large manual takes long."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except BrokenPipeError:
            status = 1
    os._exit(status)
