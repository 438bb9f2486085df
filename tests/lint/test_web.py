"""Links to the web, tried at a server of our own."""

from __future__ import annotations

import collections
import http.server
import socket
import threading

import pytest

from manualgen import api
from manualgen.lint import checking
from manualgen.lint.settings import CheckSettings
from tests.rendering import manual, option


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.answer("HEAD")

    def do_GET(self):
        self.answer("GET")

    def answer(self, method):
        asked: collections.Counter = self.server.asked
        asked[method, self.path] += 1
        name, _, rest = self.path.strip("/").partition("/")
        if name == "moved":
            self.send_response(302)
            self.send_header("Location", f"/{rest}")
        elif name == "get-only":
            self.send_response(405 if method == "HEAD" else 200)
        elif name == "ended":
            self.close_connection = True
            return
        else:
            self.send_response(int(name or 200))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        running.asked = collections.Counter()
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def messages(*links: str, external=True) -> list[str]:
    one = option("a.b", "What it is for: " + ", ".join(links), type="int")
    found = api.check(manual(one), external=external)
    assert {diagnostic.code.slug for diagnostic in found} <= {"broken-link"}
    return [diagnostic.message for diagnostic in found]


def address(server, path: str) -> str:
    return f"http://127.0.0.1:{server.server_port}/{path}"


@pytest.mark.parametrize(("path", "status"), [("404", 404), ("410", 410), ("moved/404", 404)])
def test_a_page_that_is_not_there(server, path, status):
    link = address(server, path)
    assert messages(f"<{link}>") == [f"`{link}` leads to nothing: the server answers {status}"]


@pytest.mark.parametrize("path", ["", "moved/200", "get-only", "403", "429", "500", "503", "ended"])
def test_a_page_that_is_there_or_may_be(server, path):
    assert messages(f"<{address(server, path)}>") == []


def test_each_address_is_asked_for_once(server):
    link = address(server, "404")
    assert len(messages(f"<{link}#one>", f"[two]({link}#two)", f"<{link}>")) == 3
    assert server.asked == {("HEAD", "/404"): 1, ("GET", "/404"): 1}


def test_nothing_is_asked_unless_told_so(server):
    assert messages(f"<{address(server, '404')}>", external=False) == []
    assert not server.asked


def test_a_server_that_does_not_answer_is_asked_once():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
    # Nothing listens at that port any more.
    assert messages(*(f"<http://127.0.0.1:{port}/{number}>" for number in range(50))) == []


def test_addresses_that_are_none():
    for address in ("http://[::1/", "https://127.0.0.1:99999/", "http://x%00y/", "http:///a"):
        messages(f"<{address}>")  # No traceback.


def unknown(*arguments):
    raise socket.gaierror(socket.EAI_NONAME, "unknown")


def test_a_server_that_does_not_exist(server, monkeypatch):
    """Where another one answers, so that there is a network."""
    original = socket.getaddrinfo

    def resolved(host, *arguments, **settings):
        return (unknown if host == "none.invalid" else original)(host, *arguments, **settings)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    assert messages("<https://none.invalid/x>", f"<{address(server, '200')}>") == [
        "`https://none.invalid/x` leads to nothing: there is no server of that name"
    ]


def test_without_a_network_the_report_says_so(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert messages("<https://a.invalid/>", "<https://b.invalid/>") == [
        "no server answers: links to the web are not checked"
    ]


def test_where_a_link_is(server, tmp_path):
    link = address(server, "404")
    (tmp_path / "manual.md").write_text(f"# T {{#t}}\n\n## S\n\nSee [this]({link}).\n")
    (found,) = api.check(api.load(tmp_path / "manual.md"), external=True)
    assert (found.file, found.line, found.column) == (str(tmp_path / "manual.md"), 5, 12)
    one = option("a.b", f"What it is for.\n\nSee <{link}>.", type="int")
    (found,) = api.check(manual(one), external=True)
    assert (found.option, found.part, found.line, found.column) == ("a.b", "description", 3, 6)


def test_progress_counts_addresses_after_options(server):
    links = f"<{address(server, '404')}> <{address(server, '200')}> <{address(server, '200')}>"
    one = option("a.b", f"What it is for: {links}", type="int")
    seen = []
    settings = CheckSettings(external=True)
    checking.check(manual(one), settings, progress=lambda *counts: seen.append(counts))
    assert seen == [(1, 1), (2, 3), (3, 3)]
