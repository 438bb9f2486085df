"""``python -m manualgen``, and where the installed programs begin."""

from __future__ import annotations

import importlib
import os
import signal
import sys


def main() -> None:
    """Run the program ``manualgen`` and end the process with its status."""
    _run("manualgen.cli.main")


def nixos_render_docs() -> None:
    """Run the program ``nixos-render-docs`` and end the process with its status."""
    _run("manualgen.cli.nrd")


def _run(name: str) -> None:
    """Run the function ``main`` of a module.

    Args:
        name: the module. To import it takes longer than some commands.
    """
    # The program then has a handler of its own.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda *_: os._exit(128 + signal.SIGINT))
    try:
        module = importlib.import_module(name)
    except (ImportError, MemoryError) as error:
        # With little memory, libraries cannot be loaded.
        reason = str(error) or "there is not enough memory"
        sys.stderr.write(f"error[system-failure]: {reason}\n")
        os._exit(1)
    module.main()


if __name__ == "__main__":
    main()
