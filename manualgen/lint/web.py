"""Links to the web that lead to nothing.

Each address is asked for once, at first without its content (HEAD). Only what is certain is
reported: an answer that the page is not there, or no server of that name. A server that is
slow, refuses programs or has an error of its own may be all right again in an hour.
"""

from __future__ import annotations

import collections
import http.client
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import quote, urldefrag, urlsplit

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.errors import Code, Diagnostic
from manualgen.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from manualgen.book.documents import Document
    from manualgen.lint.rules import Subject


class Link(msgspec.Struct, frozen=True):
    """A link to the web.

    Attributes:
        address: its address, without a fragment.
        place: the diagnostic to report if it leads to nothing.
    """

    address: str
    place: Diagnostic


def links_of_option(subject: Subject) -> Iterator[Link]:
    """Yield the links of the texts of an option."""
    option = subject.option
    for part, text in subject.texts():
        if "http" in text.text:
            for link in _links(subject.parse(text).blocks, text.text.split("\n")):
                place = link.place.within(option.name, option.declared_in, part)
                yield Link(link.address, place)


def links_of_document(document: Document) -> Iterator[Link]:
    """Yield the links of a file of a manual."""
    blocks = [block for segment in document.chapter.segments for block in segment.blocks]
    for link in _links(blocks, document.lines):
        place = msgspec.structs.replace(
            link.place, file=document.name, included_from=document.chain
        )
        yield Link(link.address, place)


def _links(blocks: Iterable[docutils_nodes.Node], lines: Sequence[str]) -> Iterator[Link]:
    for block in blocks:
        for reference in block.findall(docutils_nodes.reference):
            written = str(reference.get("refuri", ""))
            if written.lower().startswith(("http://", "https://")):
                yield Link(urldefrag(written).url, _place(written, lines))


def _place(address: str, lines: Sequence[str]) -> Diagnostic:
    line = next((number for number, line in enumerate(lines, 1) if address in line), None)
    excerpt = address if line is None else lines[line - 1]
    return Diagnostic(
        code=Code.BROKEN_LINK,
        message="",
        line=line,
        column=None if line is None else excerpt.index(address) + 1,
        excerpt=excerpt,
        width=len(address),
        help="write the address of the page as it is now, or leave the link out",
    )


def broken(
    links: Iterable[Link],
    timeout: float,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Diagnostic]:
    """Return a diagnostic for each link that leads to nothing.

    Args:
        links: the links.
        timeout: the most seconds to wait for a server.
        progress: called with the number of addresses that have been tried, and of all.
    """
    links = list(links)
    addresses = list(dict.fromkeys(link.address for link in links))
    if not addresses:
        return []
    asking = _Asking(timeout)
    with ThreadPoolExecutor(_MOST_AT_ONCE) as pool:
        reasons: dict[str, str] = {}
        for address, reason in zip(addresses, pool.map(asking.reason, addresses), strict=True):
            reasons[address] = reason
            progress(len(reasons), len(addresses))
    if not asking.has_answer and any(reasons.values()):
        return [_NO_NETWORK]
    return [
        msgspec.structs.replace(
            link.place, message=f"`{link.address}` leads to nothing: {reasons[link.address]}"
        )
        for link in links
        if reasons[link.address]
    ]


_NO_NETWORK = Diagnostic(
    code=Code.BROKEN_LINK,
    message="no server answers: links to the web are not checked",
    help="run the command where the web can be reached",
)

_MOST_AT_ONCE = 16
_MOST_OF_SERVER = 2
_PAUSE = 0.1
"""The seconds between two questions to one server."""

_GONE = frozenset({http.client.NOT_FOUND, http.client.GONE})
_NO_HEAD = 400
"""Servers that do not answer HEAD answer it with this status or a larger one."""


class _Asking:
    """Asks servers for addresses: few at a time of each, and none of one that does not answer.

    Attributes:
        has_answer: whether any server has answered.
    """

    def __init__(self, timeout: float) -> None:
        self.has_answer = False
        self._timeout = timeout
        # One context for all: to read the certificates takes long.
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=ssl.create_default_context())
        )
        self._opener.addheaders = [("User-Agent", f"manualgen/{__version__} (check of links)")]
        self._servers: dict[str, threading.Semaphore] = collections.defaultdict(
            lambda: threading.Semaphore(_MOST_OF_SERVER)
        )
        self._lock = threading.Lock()
        self._silent: set[str] = set()

    def reason(self, address: str) -> str:
        """Return why an address leads to nothing; "" if it does not, or that is not certain."""
        try:
            server = urlsplit(address).netloc
        except ValueError:
            return "it is no address"
        with self._lock:
            semaphore = self._servers[server]
        with semaphore:
            if server in self._silent:
                return ""
            status = self._status(address, "HEAD")
            if isinstance(status, int) and status >= _NO_HEAD:
                time.sleep(_PAUSE)
                status = self._status(address, "GET")
            time.sleep(_PAUSE)
        if isinstance(status, str):
            return status
        self.has_answer = True
        return f"the server answers {status}" if status in _GONE else ""

    def _status(self, address: str, method: str) -> int | str:
        """Return the status of an answer; or, where there is none, the reason or ""."""
        # Letters of other languages are written in addresses as they are.
        request = urllib.request.Request(  # noqa: S310 - only http and https get here
            quote(address, safe="%/:=&?~#+!$,;'@()*[]"), method=method
        )
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except urllib.error.URLError as error:
            if isinstance(error.reason, socket.gaierror) and error.reason.errno in _NO_NAME:
                return "there is no server of that name"
        except (OSError, ValueError, http.client.HTTPException):
            pass
        self._silent.add(urlsplit(address).netloc)
        return ""


_NO_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
"""The errors of a name that does not exist, as opposed to a network that does not work."""
