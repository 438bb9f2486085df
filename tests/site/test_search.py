"""The search in a real browser: from disk, and served with a strict content security policy."""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import re
import threading

import pytest

from manualgen import api
from manualgen.options.reading import OptionSet
from manualgen.site import theme
from tests.browsing import CONTRAST, OVERFLOW
from tests.manuals import build, include
from tests.rendering import named, option

pytestmark = pytest.mark.slow

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"
HOSTILE = '</script><img src=x onerror="alert(1)">'


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    options = [
        option("services.nginx.enable", "Whether to enable Nginx Web Server.", type="boolean"),
        option("services.nginx.package", "The package. It has a second sentence.", type="package"),
        named("services", "nginx", "virtualHosts", "<name>", "forceSSL", description="Redirect."),
        named("services", "nginx", "virtualHosts", "<name>", "root", description="The folder."),
        option("services.openssh.enable", "Whether to enable the secure shell.", type="boolean"),
        option("services.openssh.ports", "Where it listens.", type="list of 16 bit integer"),
        option("networking.firewall.allowedTCPPorts", "What is open.", type="list of integer"),
        option("programs.vault.enable", "Keeps passwords and other secrets.", type="boolean"),
        named("odd", HOSTILE, description=f"Odd {HOSTILE} text.", type="strange \\ 'type' \u2028"),
        option("undescribed.thing", None),
        *[option(f"filler.o{number:03}", "Filler.") for number in range(160)],
    ]
    api.build_html(api.from_options([OptionSet(tuple(options))], title="Sample"), folder)
    return folder


class _Strict(http.server.SimpleHTTPRequestHandler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def served(site):
    handler = functools.partial(_Strict, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(params=["disk", "strict policy"])
def address(request, site):
    return site.as_uri() if request.param == "disk" else request.getfixturevalue("served")


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def note(said):
        expected = "favicon.ico" in said.location["url"] or "ERR_FAILED" in said.text
        if said.type == "error" and not expected:
            errors.append(said.text)

    page.on("console", note)
    yield page
    context.close()
    assert errors == []


ANSWERED = "(query) => document.getElementById('search-results').dataset.query === query"
FOCUSED = "() => document.activeElement.dataset.name ?? document.activeElement.id"


def wait(page, query):
    page.wait_for_function(ANSWERED, arg=query, timeout=20_000)


def ask(page, query):
    page.fill("#search-field", query)
    wait(page, query)
    return names(page)


def names(page):
    links = page.locator("#search-results a[data-name]").all()
    return [link.get_attribute("data-name") for link in links]


def test_typing(page, address):
    page.goto(f"{address}/options/filler.html")
    page.keyboard.press("/")
    page.keyboard.type("nginx vhost ssl")
    wait(page, "nginx vhost ssl")
    assert names(page)[0] == "services.nginx.virtualHosts.<name>.forceSSL"
    assert not page.is_visible("main")
    marks = page.locator("#search-results li").first.locator("mark").all_inner_texts()
    assert marks == ["nginx", "v", "Host", "SSL"]
    page.wait_for_url("**/options/filler.html?q=nginx+vhost+ssl")


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("nginx", "services.nginx.enable"),
        ("ngnix", "services.nginx.enable"),
        ("openssh port", "services.openssh.ports"),
        ("port openssh", "services.openssh.ports"),
        ("allowed tcp ports", "networking.firewall.allowedTCPPorts"),
        ("tcpports", "networking.firewall.allowedTCPPorts"),
        ("services.nginx.package", "services.nginx.package"),
        ("secrets", "programs.vault.enable"),
        ("the shell", "services.openssh.enable"),
        ("undescribed", "undescribed.thing"),
    ],
)
def test_answers(page, site, query, best):
    page.goto(f"{site.as_uri()}/index.html")
    assert ask(page, query)[0] == best


def test_a_result_has_type_and_sentence(page, site):
    page.goto(f"{site.as_uri()}/index.html")
    assert ask(page, "nginx package")[0] == "services.nginx.package"
    first = page.locator("#search-results li").first
    first.locator(".search-sentence:not(:empty)").wait_for()
    assert first.locator(".search-type").inner_text() == "package"
    assert first.locator(".search-sentence").inner_text() == "The package."
    count = len(names(page))
    assert page.inner_text("#search-results [role=status]") == f"{count} options"


def test_nothing_moves_when_sentences_arrive(page, site):
    held = []

    def hold(route):
        held.append(route)

    page.route(re.compile(r"/search/\d+\.js"), hold)
    page.goto(f"{site.as_uri()}/index.html?q=enable", wait_until="commit")
    wait(page, "enable")
    tops = "() => [...document.querySelectorAll('#search-results li')].map((e) => e.offsetTop)"
    before = page.evaluate(tops)
    assert page.locator(".search-sentence:not(:empty)").count() == 0
    for route in held:
        route.continue_()
    page.locator(".search-sentence:not(:empty)").first.wait_for()
    assert page.evaluate(tops) == before


def test_keys(page, site):
    page.goto(f"{site.as_uri()}/index.html")
    best = ask(page, "services")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED) == best[0]
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED) == best[1]
    page.keyboard.press("End")
    assert page.evaluate(FOCUSED) == best[-1]
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(FOCUSED) == "search-field"
    page.keyboard.press("Escape")
    assert page.input_value("#search-field") == ""
    assert page.is_visible("main")
    assert page.url.endswith("/index.html")


def test_enter_follows_the_best_and_back_returns_to_the_results(page, address):
    page.goto(f"{address}/options/filler.html")
    page.keyboard.press("/")
    page.keyboard.type("services enable")
    wait(page, "services enable")
    best = names(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/options/services.html#opt-{best[1]}")
    page.go_back()
    wait(page, "services enable")
    assert page.url.endswith("/options/filler.html?q=services+enable")
    page.wait_for_function("(name) => document.activeElement.dataset.name === name", arg=best[1])
    page.go_back()
    page.wait_for_function("() => document.getElementById('search-results').hidden")
    assert page.is_visible("main")
    ask(page, "openssh ports")
    page.press("#search-field", "Enter")
    page.wait_for_url("**/options/services.html#opt-services.openssh.ports")


def test_a_query_can_be_shared(page, address):
    page.goto(f"{address}/options/services.html?q=tcp%20ports")
    wait(page, "tcp ports")
    assert page.input_value("#search-field") == "tcp ports"
    assert names(page)[0] == "networking.firewall.allowedTCPPorts"


def test_every_result_leads_to_its_option(page, site):
    page.goto(f"{site.as_uri()}/options/filler.html")
    for query in ("services", "odd", "filler.o0"):
        assert ask(page, query)
        links = page.locator("#search-results a[data-name]").all()
        for href in [link.get_attribute("href") for link in links]:
            path, _, identifier = href.removeprefix(f"{site.as_uri()}/").partition("#")
            page.goto(f"{site.as_uri()}/{path}#{identifier}")
            assert page.evaluate("() => document.querySelector(':target')?.className") == "option"
        page.goto(f"{site.as_uri()}/options/filler.html")


def test_whatever_a_name_holds_is_text(page, address):
    page.goto(f"{address}/index.html")
    found = ask(page, "odd")
    assert "</script><img src=x onerror=" in found[0]
    first = page.locator("#search-results li").first
    first.locator(".search-sentence:not(:empty)").wait_for()
    assert HOSTILE in first.locator(".search-sentence").inner_text()
    assert page.locator("#search-results img").count() == 0
    assert ask(page, HOSTILE)[0] == found[0]


def test_nothing_found(page, site):
    page.goto(f"{site.as_uri()}/index.html")
    similar = ask(page, "zzzopensshqq")
    assert page.inner_text("#search-results [role=status]") == "Nothing found."
    assert "services.openssh.enable" in similar
    assert page.is_visible("text=Options with similar names")


def test_few_results_stand_under_the_field(page, site):
    for path in ("index.html", "options/filler.html"):
        page.goto(f"{site.as_uri()}/{path}")
        ask(page, "zzzqqq")
        header = page.locator(".page-header").bounding_box()
        status = page.locator("#search-results [role=status]").bounding_box()
        footer = page.locator(".page-footer").bounding_box()
        assert status["y"] - header["y"] - header["height"] < 30
        assert footer["x"] == status["x"]


def test_only_the_last_query_is_answered(page, site):
    page.goto(f"{site.as_uri()}/index.html")
    ask(page, "x")
    page.evaluate(
        """() => {
          const field = document.getElementById("search-field");
          for (const query of ["nginx", "openssh", "filler", "vault"]) {
            field.value = query;
            field.dispatchEvent(new Event("input", { bubbles: true }));
          }
        }"""
    )
    wait(page, "vault")
    assert names(page) == ["programs.vault.enable"]


def test_nothing_is_loaded_before_the_first_use(page, site):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.as_uri()}/options/services.html")
    assert [url for url in asked if "search" in url] == []
    page.focus("#search-field")
    page.wait_for_event("requestfinished", lambda request: "words.js" in request.url)
    assert not [url for url in asked if url.endswith("search/0.js")]


def test_the_search_works_without_the_words(page, site):
    page.route("**/search/words.js*", lambda route: route.abort())
    page.goto(f"{site.as_uri()}/index.html")
    page.fill("#search-field", "nginx")
    wait(page, "nginx")
    assert names(page)[0] == "services.nginx.enable"


def test_without_scripts_there_is_no_field(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.as_uri()}/options/services.html")
    assert not page.is_visible("#search-field")
    assert not page.is_visible("#search-results")
    assert page.is_visible("main")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1200])
def test_it_fits_and_can_be_read(browser, site, width, scheme):
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, has_touch=width < 600
    )
    page = context.new_page()
    page.goto(f"{site.as_uri()}/options/services.html")
    closed = page.evaluate("() => document.querySelector('.page-header').offsetHeight")
    ask(page, "nginx")
    page.locator(".search-sentence:not(:empty)").first.wait_for()
    assert page.evaluate("() => document.querySelector('.page-header').offsetHeight") == closed
    assert page.evaluate(OVERFLOW) <= 0
    assert page.evaluate(CONTRAST) == []
    if width < 600:
        heights = "() => [...document.querySelectorAll('.search li, .search input')].map((e) => e.offsetHeight)"
        assert all(height >= 44 for height in page.evaluate(heights))
    context.close()


def option_file(*paths):
    return json.dumps(
        {
            path: {"loc": path.split("."), "type": "string", "description": f"About {path}."}
            for path in paths
        }
    )


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    made = build(
        folder,
        {
            "manual.md": "# Book {#book}\n\n## About\n\n"
            + include("chapters", "c.md")
            + include("appendix", "o.md", "p.md"),
            "c.md": "# Setting up {#ch-setup}\n\n## Wireless networks {#sec-wireless}\n\nText.\n",
            "o.md": "# System options {#ch-o}\n\n" + include("options", "source: o.json"),
            "p.md": "# Home options {#ch-p}\n\n"
            + include("options", "source: p.json", "id-prefix: home-"),
            "o.json": option_file("networking.wireless", "shared.name", "system.only"),
            "p.json": option_file("programs.editor", "shared.name"),
        },
    )
    return made.folder


def test_chapters_and_sections_are_found(page, book):
    page.goto(f"{book.as_uri()}/index.html")
    page.fill("#search-field", "wireless networks")
    wait(page, "wireless networks")
    assert page.locator("#search-results h2").all_inner_texts() == ["Chapters", "Options"]
    link = page.locator("#search-results a:not([data-name])").first
    assert "Wireless networks" in link.inner_text()
    link.click()
    page.wait_for_url("**#sec-wireless")


def test_sets_can_be_searched_alone(page, book):
    page.goto(f"{book.as_uri()}/index.html")
    assert ask(page, "shared name")[:2] == ["shared.name", "shared.name"]
    page.click(".search-scopes >> text=Home options")
    assert names(page) == ["shared.name"]
    href = page.locator("#search-results a[data-name]").first.get_attribute("href")
    assert href.endswith("#home-shared.name")
    page.reload()
    wait(page, "shared name")
    assert names(page) == ["shared.name"]
    page.click(".search-scopes >> text=All options")
    assert len(names(page)) == 2
    page.click(".search-scopes >> text=Home options")
    ask(page, "zzzqqq")
    status = page.inner_text("#search-results [role=status]")
    assert status == "Nothing found in Home options."


# Work for which the browser waits until nothing else is to be done is done at once; `isRehearsed`
# tells that all of it has been.
IDLE = """(() => {
  let waiting = 0;
  globalThis.requestIdleCallback = (work) => {
    waiting += 1;
    setTimeout(() => {
      waiting -= 1;
      work({ timeRemaining: () => 50 });
      globalThis.isRehearsed = waiting === 0;
    });
  };
})()"""


def test_the_answers_to_single_letters_are_kept_for_all_sets_only(page, book):
    page.add_init_script(IDLE)
    page.goto(f"{book.as_uri()}/index.html")
    page.focus("#search-field")
    page.wait_for_function("() => globalThis.isRehearsed")
    assert sorted(ask(page, "s")) == ["shared.name", "shared.name", "system.only"]
    page.locator(".search-sentence:has-text('About system.only.')").wait_for()
    page.click(".search-scopes >> text=Home options")
    assert names(page) == ["shared.name"]
    page.click(".search-scopes >> text=All options")
    assert len(names(page)) == 3


def test_scripts_and_styles_are_small():
    sizes = {name: len(gzip.compress(theme.asset(name, None).encode())) for name in theme.ASSETS}
    assert sum(sizes.values()) <= 25_000, sizes
