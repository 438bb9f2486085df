"""The program ``manualgen serve`` as a process."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 90
"""The seconds after which a test fails, so that it does not hang."""


class Server:
    """A running server.

    Attributes:
        process: its process.
        address: the address of its site.
        lines: what it has printed so far.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._queue: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        found = self.wait_for(r"serving at (http://\S+/)")
        self.address = found[1]

    def _read(self) -> None:
        for line in self.process.stderr:
            self._queue.put(line)
        self._queue.put("")

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until a line is printed that a pattern matches."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(queue.Empty):
                line = self._queue.get(timeout=0.1)
                self.lines.append(line)
                if found := re.search(pattern, line):
                    return found
                if not line:
                    break
        raise AssertionError("".join(self.lines))

    def port(self) -> int:
        return int(self.address.rstrip("/").rpartition(":")[2])


@contextlib.contextmanager
def serving(*arguments: object, ends: int = signal.SIGTERM, **env: str) -> Iterator[Server]:
    """Run the program; end it by a signal at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "manualgen", "serve", *map(str, arguments)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
    )
    try:
        yield Server(process)
    finally:
        if process.poll() is None:
            process.send_signal(ends)
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()
            process.wait()
            process.stderr.close()
