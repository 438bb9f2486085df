"""Serving a site while its sources change, until the user ends it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import time
import webbrowser
from typing import TYPE_CHECKING, Protocol

import uvicorn

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.preview import watching
from manualgen.preview.server import LOOPBACK, Preview, is_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from manualgen.preview.live_site import LiveSite
    from manualgen.preview.watching import Sources

FIRST_PORT = 8000
"""The port that is tried first."""

_PORTS = 100
"""How many ports are tried, one after the other."""

_AT_ONCE = 100
"""The number of options whose texts are checked without a pause, about 10 ms."""

_AGAIN = 0.1
"""The seconds after which a file that could not be read is read again: it may be being saved."""

_IDLE = 5.0
"""The seconds without a change after which garbage is looked for."""

_NOT_OF_MODULES = (
    *(".md", ".html", ".css", ".js"),
    *(".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif"),
)
"""The endings of files for which modules are not evaluated again."""

_NOT_OF_THEMES = (".md", ".json", ".nix")
"""The endings of files for which templates are not read again."""


class Listener(Protocol):
    """Is told what the server does."""

    def started(self, address: str) -> None:
        """Say that the site is served at an address."""

    def updated(self, changed: set[str], problems: list[Diagnostic], seconds: float) -> None:
        """Say that the site has been read, since files have changed, and what is wrong with it."""

    def checked(self, problems: list[Diagnostic]) -> None:
        """Say what is wrong with the texts of options, after all of them have been checked."""


def bound_socket(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens at an address.

    Args:
        host: the name or the address of this machine.
        port: the port; None for the first that is free, from :data:`FIRST_PORT` on.

    Raises:
        ManualError: if that is not possible.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    failure: OSError | None = None
    for number in range(FIRST_PORT, FIRST_PORT + _PORTS) if port is None else (port,):
        try:
            return socket.create_server((host, number), family=family)
        except (OSError, UnicodeError) as error:
            failure = error if isinstance(error, OSError) else OSError(0, "it is no host")
    assert failure is not None
    name = f"[{host}]" if ":" in host else host
    raise ManualError(
        Diagnostic(
            code=Code.PORT_IN_USE,
            message=f"cannot listen at {name}:{port or FIRST_PORT}: {failure.strerror or failure}",
            help="end the other program, or name another port with --port"
            if port is not None
            else "name an address of this machine with --listen",
        )
    ) from failure


def address_of(listening: socket.socket) -> str:
    """Return the address at which a browser on this machine finds a server."""
    host, port = listening.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared
        host = "localhost"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def names_of(host: str) -> frozenset[str] | None:
    """Return the names that a server may be called by, as :meth:`Preview.application` takes them.

    Args:
        host: the host that it listens at.
    """
    if host in LOOPBACK:
        return LOOPBACK
    return None if is_address(host) else LOOPBACK | {host.lower()}


class Serving:
    """A server and what keeps its site up to date."""

    def __init__(
        self,
        site: LiveSite,
        sources: Callable[[], Sources],
        describe: Callable[[Diagnostic], str],
        listener: Listener,
    ) -> None:
        """Prepare to serve.

        Args:
            site: the site, which has been read.
            sources: returns what is watched; called after each time that the site has been read.
            describe: diagnostic → its text.
            listener: is told what is done.
        """
        self._site = site
        self._sources = sources
        self._listener = listener
        self._describe = describe

    def run(self, listening: socket.socket, host: str, *, opens: bool = False) -> None:
        """Serve until a signal ends it.

        Args:
            listening: the socket.
            host: the host that it was made for.
            opens: whether to open the site in a browser.
        """
        # What has been read stays; garbage is looked for in what comes later.
        gc.collect()
        gc.freeze()
        asyncio.run(self._run(listening, host, opens=opens))

    async def _run(self, listening: socket.socket, host: str, *, opens: bool) -> None:
        preview = Preview(self._site, self._describe)
        config = uvicorn.Config(
            preview.application(names_of(host)),
            log_level="error",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        server = _Server(config, preview)
        watcher = asyncio.create_task(self._follow(preview))
        address = address_of(listening)
        self._listener.started(address)
        if opens:
            await asyncio.to_thread(webbrowser.open, address)
        try:
            await server.serve(sockets=[listening])
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)

    async def _follow(self, preview: Preview) -> None:
        sources = self._sources()
        check = asyncio.create_task(self._check())
        try:
            async for changed in watching.changes(sources):
                check.cancel()
                await asyncio.gather(check, return_exceptions=True)
                began = time.monotonic()
                problems = await self._update(changed)
                await preview.announce()
                self._listener.updated(changed, problems, time.monotonic() - began)
                self._sources()
                check = asyncio.create_task(self._check())
        finally:
            check.cancel()
            await asyncio.gather(check, return_exceptions=True)

    async def _update(self, changed: set[str]) -> list[Diagnostic]:
        with_modules = self._site.has_modules and any(
            not path.endswith(_NOT_OF_MODULES) for path in changed
        )
        with_templates = any(not path.endswith(_NOT_OF_THEMES) for path in changed)

        def update() -> list[Diagnostic]:
            return self._site.update(with_modules=with_modules, with_templates=with_templates)

        problems = await asyncio.to_thread(update)
        if any(one.code is Code.UNREADABLE for one in problems):
            await asyncio.sleep(_AGAIN)
            problems = await asyncio.to_thread(update)
        return problems

    async def _check(self) -> None:
        """Look for problems in the texts of all options, with pauses for other work."""
        found: list[Diagnostic] = []
        known = 0
        while True:
            problems, known = await asyncio.to_thread(
                self._site.problems_of_options, known, _AT_ONCE
            )
            found += problems
            if known == 0:
                break
            await asyncio.sleep(0.002)
        self._listener.checked(found)
        # Nothing else runs meanwhile, so whoever saves a file now and then does not wait for it.
        await asyncio.sleep(_IDLE)
        await asyncio.to_thread(gc.collect)


class _Server(uvicorn.Server):
    """A server that ends the connections of waiting pages when it ends itself."""

    def __init__(self, config: uvicorn.Config, preview: Preview) -> None:
        super().__init__(config)
        self._preview = preview

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End all connections."""
        await self._preview.close()
        with contextlib.suppress(asyncio.CancelledError):
            await super().shutdown(sockets=sockets)
