"""What the server of a preview answers, and to whom."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys

import pytest

from manualgen.preview.server import with_script
from manualgen.preview.serving import address_of, bound_socket, names_of
from tests.conftest import ROOT, manualgen, program
from tests.edits import Edits, option, written
from tests.preview.servers import PATIENCE, serving


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    edits = Edits(tmp_path_factory.mktemp("served") / "source", 155)
    edits.write()
    return edits.folder


@pytest.fixture(scope="module")
def server(folder):
    with serving(folder / "manual.toml") as server:
        yield server


def get(server, path="/", host=None, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port(), timeout=PATIENCE)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    name = f"127.0.0.1:{server.port()}" if host is None else host
    for one in name if isinstance(name, list) else [name]:
        connection.putheader("Host", one.format(port=server.port()))
    for key, value in headers.items():
        connection.putheader(key.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer, data


def test_the_pages_and_files_of_the_site(server):
    answer, data = get(server)
    assert (answer.status, answer.headers.get_content_type()) == (200, "text/html")
    assert b"An introduction" in data
    for path, kind in [
        ("/style.css", "text/css"),
        ("/manual.js", "text/javascript"),
        ("/search/names.js", "text/javascript"),
        ("/search/words.js", "text/javascript"),
        ("/search/0.js", "text/javascript"),
        ("/options/a.html", "text/html"),
        ("/.manualgen/reload.js", "text/javascript"),
        ("/objects.inv", "application/octet-stream"),
    ]:
        answer, data = get(server, path)
        assert (answer.status, answer.headers.get_content_type()) == (200, kind), path
        assert data
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_only_pages_have_the_script(server):
    assert get(server)[1].count(b"/.manualgen/reload.js") == 1
    assert get(server, "/options/a.html")[1].count(b"/.manualgen/reload.js") == 1
    assert b"reload.js" not in get(server, "/style.css")[1]


@pytest.mark.parametrize(
    "path",
    [
        *("/manual.toml", "/manual.md", "/options.json", "/theme/style.css", "/link", "/nowhere/"),
        *("/../manual.toml", "/%2e%2e/manual.toml", "/..%2fmanual.toml", "/%2e%2e%2fmanual.toml"),
        *("//etc/passwd", "/etc/passwd", "/%2fetc%2fpasswd", "/file:///etc/passwd"),
        *("/.manualgen.json", "/.manualgen-records", "/.git/config", "/.manualgen/server.py"),
        *("/.manualgen/../manual.toml", "/.manualgen/%2e%2e/server.py", "/index.html%00"),
        *("/options/../../manual.toml", "/%ff", "/\\..\\manual.toml"),
    ],
)
def test_what_is_no_file_of_the_site_is_not_found(server, folder, path):
    link = folder / "link"
    if not link.is_symlink():
        link.symlink_to("/etc/passwd")
    answer, data = get(server, path)
    assert answer.status == 404
    assert b"No such page" in data
    assert b"root:" not in data


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1:{port}", "localhost:{port}", "[::1]:{port}", "LOCALHOST:{port}", "localhost"),
        "127.0.0.1",
    ],
)
def test_a_name_of_this_machine_is_answered(server, host):
    assert get(server, host=host)[0].status == 200


@pytest.mark.parametrize(
    "host",
    [
        *("example.org", "example.org:{port}", "127.0.0.1.example.org:{port}", "", ":{port}"),
        *("localhost.example.org", "localhost.:{port}", "192.168.1.1:{port}", "[::2]:{port}"),
        *("example.org@127.0.0.1", "127.0.0.1 example.org", "2130706433", "0.0.0.0"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/.manualgen/events", "/.manualgen/reload.js"])
def test_another_name_is_refused(server, host, path):
    answer, data = get(server, path, host=host)
    assert answer.status in {400, 421}
    assert b"introduction" not in data


def test_two_names_or_none_are_refused(server):
    assert get(server, host=["127.0.0.1:{port}", "example.org"])[0].status in {400, 421}
    assert get(server, host=[])[0].status in {400, 421}


def test_other_methods_are_refused(server):
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert get(server, method=method)[0].status == 405
    answer, data = get(server, method="HEAD")
    assert (answer.status, data) == (200, b"")


def test_names_that_a_server_may_be_called_by():
    assert names_of("127.0.0.1") == names_of("localhost") == {"localhost", "127.0.0.1", "::1"}
    assert "docs.example" in names_of("docs.example")
    assert "example.org" not in names_of("docs.example")
    assert names_of("0.0.0.0") is None
    with bound_socket("0.0.0.0", None) as listening:
        assert address_of(listening).startswith("http://localhost:")


def test_at_all_addresses_names_are_refused_still(folder):
    with serving(folder / "manual.toml", "--listen", "0.0.0.0") as server:
        for host in ("127.0.0.1:{port}", "192.168.1.7:{port}", "[fe80::1]:{port}", "localhost"):
            assert get(server, host=host)[0].status == 200
        for host in ("example.org", "127.0.0.1.example.org"):
            assert get(server, host=host)[0].status == 421


def test_events_tell_of_changes(tmp_path):
    path = written(tmp_path, {"a.b": option("A text.")})
    with serving(path) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port(), timeout=PATIENCE)
        connection.request("GET", "/.manualgen/events")
        answer = connection.getresponse()
        assert answer.headers.get_content_type() == "text/event-stream"
        first = answer.readline()
        assert first.startswith(b"data: ")
        assert answer.readline() == b"\n"
        written(tmp_path, {"a.b": option("Another text.")})
        second = answer.readline()
        while second.startswith((b":", b"\n")):
            second = answer.readline()
        assert second.startswith(b"data: ")
        assert second != first
        assert b"Another text." in get(server)[1]
        connection.close()
        assert server.wait_for(r"options.json changed")


def test_problems_are_printed_when_they_come(tmp_path):
    options = {"a.b": option("A text."), "a.c": option("[broken](`x`)")}
    path = written(tmp_path, options)
    with serving(path) as server:
        server.wait_for(r"unsafe-link")
        options["a.c"]["description"] = "A text."
        written(tmp_path, options)
        server.wait_for(r"no problems in options any more")
        path.write_text("{")
        server.wait_for(r"error\[not-json\]")
        answer, data = get(server)
        assert answer.status == 200
        assert b"not-json" in data
        written(tmp_path, options)
        server.wait_for(r"no problems any more")
        assert b"not-json" not in get(server)[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_though_pages_are_open(folder, number):
    with serving(folder / "manual.toml", ends=number) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port(), timeout=PATIENCE)
        connection.request("GET", "/.manualgen/events")
        assert connection.getresponse().readline().startswith(b"data:")
    assert server.process.returncode == 128 + number
    assert "Traceback" not in "".join(server.lines)
    connection.close()


def test_a_port_in_use_is_a_message_or_the_next_is_used(folder):
    with socket.create_server(("127.0.0.1", 0)) as used:
        port = used.getsockname()[1]
        done = manualgen("serve", folder / "manual.toml", "--port", port)
        assert done.returncode == 1
        assert b"error[port-in-use]" in done.stderr
        assert b"--port" in done.stderr
    done = manualgen("serve", folder / "manual.toml", "--listen", "192.0.2.1", "--port", "8000")
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False)
    assert b"error[port-in-use]" in done.stderr
    with bound_socket("127.0.0.1", None) as one, bound_socket("127.0.0.1", None) as other:
        assert one.getsockname() != other.getsockname()


def test_wrong_arguments_are_messages(folder, tmp_path):
    for arguments, status in [
        ([], 2),
        (["-"], 2),
        ([tmp_path / "missing.json"], 1),
        ([folder / "manual.toml", folder / "options.json"], 2),
        ([folder / "manual.toml", "--port", "0"], 2),
    ]:
        done = manualgen("serve", *arguments)
        assert done.returncode == status, arguments
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["starlette", "uvicorn", "watchfiles"])
def test_without_the_extra_the_command_says_what_to_install(folder, name):
    code = (
        f"import sys; sys.modules[{name!r}] = None; "
        f"sys.argv = ['manualgen', 'serve', {str(folder / 'manual.toml')!r}]; "
        "from manualgen.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        cwd=ROOT,
        timeout=PATIENCE,
    )
    assert done.returncode == 1
    assert b"pip install 'manualgen[serve]'" in done.stderr
    assert name.encode() in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<html><head><title>x</title></head><body></body></html>", b"</title><script"),
        (b"<title>x</title><body>text</body>", b"</title><script"),
        (b"text", b"text<script"),
    ],
)
def test_the_script_is_added_to_any_page(page, expected):
    state = {"problems": ['</script><b onload="x">&amp;']}
    found = with_script(page, state)
    assert expected in found
    assert b"<b" not in found.replace(b"<body", b"")
    attribute = found.partition(b'data-state="')[2].partition(b'"')[0].decode()
    import html  # noqa: PLC0415

    assert json.loads(html.unescape(attribute)) == state


@pytest.mark.slow
def test_modules_outside_of_the_folder_of_the_first_are_watched(tmp_path):
    program("nix-instantiate")
    for name in ("one", "two/deep"):
        (tmp_path / name).mkdir(parents=True)
    module = "{{ lib, ... }}: {{ options.{} = lib.mkOption {{ description = ''{}''; }}; }}"
    (tmp_path / "one/m.nix").write_text(module.format("a", "The first."))
    (tmp_path / "two/list.nix").write_text("[ ./deep/other.nix ]")
    other = tmp_path / "two/deep/other.nix"
    other.write_text(module.format("b", "The second."))
    library = ROOT / "tests" / "evaluation" / "fixtures" / "lib"
    arguments = ("--modules", tmp_path / "two/list.nix", "--lib", library)
    with serving(tmp_path / "one/m.nix", *arguments) as server:
        assert b"The second." in get(server)[1]
        other.write_text(module.format("b", "Another text."))
        server.wait_for(r"other\.nix changed")
        assert b"Another text." in get(server)[1]
