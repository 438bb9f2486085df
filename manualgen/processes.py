"""Child processes that end when this process does, even if it is killed."""

from __future__ import annotations

import functools
import os
import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def ending_with_parent() -> Callable[[], None]:
    """Return a function that a child process calls first, to be killed when its parent ends.

    Only Linux has that; elsewhere the function does nothing. The child must be started by the
    thread that calls this, and it is killed when that thread ends.
    """
    prctl = _prctl()
    parent = os.getpid()

    def set_up() -> None:
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
            # The parent may have ended before.
            if os.getppid() != parent:
                os._exit(1)

    return set_up


@functools.cache
def _prctl() -> Any:
    """Return the function of the C library; None where it has none."""
    try:
        # Before a process is forked, so that the child only has to call it.
        import ctypes  # noqa: PLC0415 - only where processes are started

        return ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return None
