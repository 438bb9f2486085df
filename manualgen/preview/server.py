"""The server of a preview: an ASGI application, for the reader's own machine.

It has the files of a :class:`~manualgen.preview.live_site.LiveSite` and nothing else. What it
adds to pages when it serves them is a script, which shows problems and the new page in place of
the old one.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import mimetypes
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from manualgen.preview.live_site import shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from manualgen.errors import Diagnostic
    from manualgen.preview.live_site import LiveSite

_OWN = "/.manualgen"
"""What the addresses of the server's own files begin with. No page of a site has such a name."""

_SCRIPT = f"{_OWN}/reload.js"
_EVENTS = f"{_OWN}/events"

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names that a browser on this machine calls the server by."""

_HEADERS = {
    "cache-control": "no-store",
    # No page of another site may load the files, as scripts for example.
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}

_ALIVE = 15.0
"""The seconds after which a connection that waits for changes gets a comment."""

_MOST_PROBLEMS = 50
"""The most problems that a page shows."""


class Preview:
    """Serves a site, and tells open pages when it has changed."""

    def __init__(self, site: LiveSite, describe: Callable[[Diagnostic], str]) -> None:
        """Prepare to serve.

        Args:
            site: the site.
            describe: diagnostic → its text, as it is printed.
        """
        self._site = site
        self._describe = describe
        self._changed = asyncio.Condition()
        self._closed = False

    def application(self, names: Iterable[str] | None = LOOPBACK) -> ASGIApp:
        """Return the ASGI application.

        Args:
            names: the names that the server may be called by, without ports; other requests
                are refused, so that no page of another site can read this one by a name of its
                own (DNS rebinding). None for these and all addresses in numbers.
        """
        routes = [
            Route(_SCRIPT, self._script),
            Route(_EVENTS, self._events),
            Route("/{path:path}", self._file),
        ]
        return _OnlyNames(Starlette(routes=routes), names)

    async def announce(self) -> None:
        """Tell open pages that the site has changed."""
        async with self._changed:
            self._changed.notify_all()

    async def close(self) -> None:
        """End the connections of open pages."""
        self._closed = True
        await self.announce()

    async def _script(self, _: Request) -> Response:
        script = files("manualgen.preview").joinpath("reload.js").read_bytes()
        return Response(script, media_type="text/javascript", headers=_HEADERS)

    async def _events(self, _: Request) -> Response:
        return StreamingResponse(self._versions(), media_type="text/event-stream", headers=_HEADERS)

    async def _versions(self) -> AsyncIterator[str]:
        """Yield the version of the site as server-sent events: the present one, then each."""
        version = None
        while not self._closed:
            if self._site.version != version:
                version = self._site.version
                yield f"data: {version}\n\n"
            try:
                async with asyncio.timeout(_ALIVE), self._changed:
                    if self._site.version == version and not self._closed:
                        await self._changed.wait()
            except TimeoutError:
                yield ":\n\n"

    async def _file(self, request: Request) -> Response:
        path = request.path_params["path"]
        version = self._site.version
        # A page takes some milliseconds, the data of the search takes seconds.
        found = await asyncio.to_thread(self._site.file, path)
        if found is None:
            return await self._page(_missing(), version, tuple(self._site.problems), 404)
        if found.is_page:
            status = 200 if found.data else 500
            return await self._page(found.data or _missing(), version, found.problems, status)
        media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return Response(found.data, media_type=media_type, headers=_HEADERS)

    async def _page(
        self, data: bytes, version: int, problems: tuple[Diagnostic, ...], status: int
    ) -> Response:
        style, scripts = await asyncio.to_thread(lambda: self._site.assets)
        texts = [self._describe(one) for one in shown(problems)]
        if len(texts) > _MOST_PROBLEMS:
            texts[_MOST_PROBLEMS:] = [f"… and {len(texts) - _MOST_PROBLEMS:,} more"]
        state = {
            "version": version,
            "style": style,
            "scripts": scripts,
            "problems": texts,
            "is-stale": self._site.is_stale,
        }
        return Response(with_script(data, state), status, media_type="text/html", headers=_HEADERS)


def with_script(page: bytes, state: object) -> bytes:
    """Return a page with the script of the preview in its head.

    Args:
        page: the page.
        state: what the script has to know, as JSON.
    """
    text = json.dumps(state)
    for character in '&<>"':
        text = text.replace(character, f"&#{ord(character)};")
    script = f'<script src="{_SCRIPT}" data-state="{text}" defer></script>\n'.encode()
    for mark in (b"</head>", b"<body"):
        before, found, after = page.partition(mark)
        if found:
            return b"".join([before, script, found, after])
    return page + script


def _missing() -> bytes:
    return (
        b'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        b"<title>No such page</title>\n</head>\n<body>\n<main>\n<h1>No such page</h1>\n"
        b'<p>The manual has no page with this address. <a href="/">To the first page</a></p>\n'
        b"</main>\n</body>\n</html>\n"
    )


class _OnlyNames:
    """Refuses requests that call the server by a name that is not its own."""

    def __init__(self, application: ASGIApp, names: Iterable[str] | None) -> None:
        self._application = application
        self._names = None if names is None else frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_own(_host_of(scope)):
            refusal = PlainTextResponse(
                "This server answers only to names of this machine, such as localhost.\n", 421
            )
            await refusal(scope, receive, send)
            return
        await self._application(scope, receive, send)

    def _is_own(self, host: str) -> bool:
        if self._names is not None:
            return host in self._names
        return host in LOOPBACK or is_address(host)


def _host_of(scope: Scope) -> str:
    """Return the name in the header ``Host``, without its port; "" unless there is just one."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1:
        return ""
    host: str = hosts[0].decode("latin-1").lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host


def is_address(host: str) -> bool:
    """Return whether a host is an address in numbers, which no name server can give away."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
