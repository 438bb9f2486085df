"""Each rule has a page, whose bad example has exactly this finding and whose good one has none."""

from __future__ import annotations

import http.server
import re
import threading

import pytest

from manualgen import api
from manualgen.errors import Severity
from manualgen.lint.pages import EXPLAINED
from tests.conftest import ROOT, program

PAGES = ROOT / "docs" / "rules"
LIBRARY = ROOT / "tests" / "evaluation" / "fixtures"
MODULE = """{ lib, ... }: let
  inherit (lib) mkOption types literalExpression literalMD;
in { options = {
%s
}; }
"""


def test_every_rule_has_a_page_and_nothing_else_has():
    assert {path.stem for path in PAGES.iterdir()} == {code.slug for code in EXPLAINED}


def page(code) -> str:
    return (PAGES / f"{code.slug}.md").read_text("utf-8")


@pytest.mark.parametrize("code", EXPLAINED, ids=lambda code: code.slug)
def test_a_page_says_the_severity_of_its_rule(code):
    match = re.match(r"# ([\w-]+) \{#rule-\1\}\n\n(\w+)\. ", page(code))
    assert match is not None
    assert match[1] == code.slug
    assert Severity[match[2].upper()] is code.severity


class _Server(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.send_response(404 if self.path == "/no-such-page" else 200)
        self.end_headers()

    def do_GET(self):
        self.do_HEAD()

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def address():
    """The address of a server that has any page but one."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def findings(address, tmp_path_factory) -> dict[str, dict[str, list[str]]]:
    """Kind of example → rule → what is found in its example; each has options of its own."""
    program("nix-instantiate")
    folder = tmp_path_factory.mktemp("examples")
    found: dict[str, dict[str, list[str]]] = {}
    for kind in ("Bad", "Good"):
        modules = []
        for code in EXPLAINED:
            match = re.search(
                rf"^{kind}:\n\n````nix\n(.*?)^````$", page(code), re.MULTILINE | re.DOTALL
            )
            assert match is not None, code.slug
            source = match[1].replace("https://example.com", address)
            source = source.replace("services.example", f"services.{code.slug}")
            modules.append(folder / f"{kind}-{code.slug}.nix")
            modules[-1].write_text(MODULE % source, "utf-8")
        manual = api.from_options([api.extract(modules, lib=LIBRARY)])
        found[kind] = {code.slug: [] for code in EXPLAINED}
        for diagnostic in api.check(manual, external=True):
            assert diagnostic.option is not None
            found[kind][diagnostic.option.split(".")[1]].append(diagnostic.code.slug)
    return found


@pytest.mark.parametrize("code", EXPLAINED, ids=lambda code: code.slug)
def test_the_bad_example_has_this_finding_and_the_good_one_none(code, findings):
    assert findings["Bad"][code.slug] == [code.slug]
    assert findings["Good"][code.slug] == []
