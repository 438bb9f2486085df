"""``python -m manualgen``, and the program ``manualgen``."""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Run the program and end the process with its status."""
    # While modules are imported; the program then has a handler of its own.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda *_: os._exit(128 + signal.SIGINT))
    try:
        from manualgen.cli.main import main as run  # noqa: PLC0415 - only with the handler
    except (ImportError, MemoryError) as error:
        # With little memory, libraries cannot be loaded.
        reason = str(error) or "there is not enough memory"
        sys.stderr.write(f"error[system-failure]: {reason}\n")
        os._exit(1)
    run()


if __name__ == "__main__":
    main()
