"""The pages of a host in a real browser: from disk, and served with a strict policy."""

from __future__ import annotations

import pytest

from tests.browsing import FAULTS, OF_COLOURS, OVERFLOW, SMALL, TAGS, WINDOWS, listening
from tests.publication.listing import options, publish, write
from tests.site.serving import served

pytestmark = pytest.mark.slow


def many(first, *names):
    """Return an options.json of two pages, services and another."""
    filled = [f"{start}.filler.o{number}" for start in ("services", first) for number in range(80)]
    return options(*names, *filled)


PROJECTS = {
    "web 2.0": many("programs", "services.nginx.enable", "services.nginx.ports"),
    "web 1.0": many("networking", "services.nginx.enable", "services.apache.ports"),
    "ssh 1.0": options("services.openssh.enable", "services.openssh.ports"),
    **{f"other{number} 1.0": options(f"other{number}.enable") for number in range(20)},
}


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    folder = tmp_path_factory.mktemp("host")
    with pytest.MonkeyPatch.context() as context:
        context.setenv("SOURCE_DATE_EPOCH", "1750000000")
        publish(write(folder, PROJECTS), folder / "public", jobs=2)
        (folder / "sources/other3/1.0.json").write_text('{"<b>": ', "utf-8")
        publish(folder / "projects.toml", folder / "public")
    return folder / "public"


@pytest.fixture(scope="module")
def server(public):
    with served(public) as address:
        yield address


@pytest.fixture(params=["disk", "strict policy"])
def address(request, public):
    return public.as_uri() if request.param == "disk" else request.getfixturevalue("server")


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    page.route("**/favicon.ico", lambda route: route.fulfill(body=b""))
    errors = listening(page)
    yield page
    context.close()
    assert errors == []


def wait(page, query):
    page.wait_for_function(
        "(query) => document.getElementById('search-results').dataset.query === query",
        arg=query,
        timeout=20_000,
    )


def ask(page, query):
    page.fill("#search-field", query)
    wait(page, query)
    return names(page)


def names(page):
    return page.eval_on_selector_all(
        "#search-results a[data-name]", "(links) => links.map((link) => link.dataset.name)"
    )


def headings(page):
    return page.locator("#search-results h2").all_inner_texts()


def scopes(page):
    return page.locator(".search-scopes button").all_inner_texts()


def test_one_search_over_all_projects(page, address):
    page.goto(f"{address}/index.html")
    page.keyboard.press("/")
    page.keyboard.type("ports")
    wait(page, "ports")
    assert sorted(names(page)) == ["services.nginx.ports", "services.openssh.ports"]
    assert sorted(headings(page)) == ["ssh 1.0", "web 2.0"]
    assert "2 options in 2 projects" in page.inner_text("#search-results [role=status]")
    page.wait_for_url("**/index.html?q=ports")
    page.locator(".search-sentence:has-text('A text.')").first.wait_for()
    page.click("[data-name='services.openssh.ports']")
    page.wait_for_url("**/ssh/1.0/index.html#opt-services.openssh.ports")
    page.go_back()
    wait(page, "ports")
    assert len(names(page)) == 2


def test_a_project_and_a_version_alone(page, address):
    page.goto(f"{address}/index.html")
    ask(page, "ports")
    page.click(".search-scopes >> text=web")
    page.wait_for_function("() => document.querySelectorAll('#search-results h2').length === 1")
    assert scopes(page) == ["All projects", "web 2.0", "1.0"]
    assert names(page) == ["services.nginx.ports"]
    page.click(".search-scopes >> text=1.0")
    page.wait_for_selector("[data-name='services.apache.ports']")
    assert names(page) == ["services.apache.ports"]
    page.wait_for_url("**/index.html?q=ports&in=web&version=1.0")
    page.reload()
    wait(page, "ports")
    assert names(page) == ["services.apache.ports"]
    page.click(".search-scopes >> text=All projects")
    page.wait_for_selector("[data-name='services.openssh.ports']")
    page.wait_for_url("**/index.html?q=ports")


def test_projects_are_found(page, address):
    page.goto(f"{address}/index.html?q=other7")
    wait(page, "other7")
    assert headings(page)[0] == "Projects"
    page.click("#search-results section:first-child a >> text=other7")
    page.wait_for_url("**/other7/index.html")


def test_nothing_is_found(page, public):
    page.goto(f"{public.as_uri()}/index.html")
    assert ask(page, "zzzzqq") == []
    assert page.inner_text("#search-results [role=status]") == "Nothing found."
    page.keyboard.press("Escape")
    assert page.is_visible("main")
    assert page.input_value("#search-field") == ""


def test_what_is_loaded(page, public):
    """A query loads the data of the projects that have its words, and of no others."""
    loaded = []
    page.on("request", lambda request: loaded.append(request.url.partition("/public/")[2]))
    page.goto(f"{public.as_uri()}/index.html")
    assert not [name for name in loaded if "/search/" in name]
    ask(page, "openssh")
    found = {name.partition("?")[0] for name in loaded if name.endswith(".js") or ".js?" in name}
    assert {name for name in found if not name.startswith("_host/")} >= {
        "ssh/1.0/search/names.js",
        "ssh/1.0/search/words.js",
    }
    assert not [name for name in found if name.startswith(("web/", "other"))]


def menu(page):
    page.click("button.versions")
    page.wait_for_function("() => document.querySelector('script[src$=\"places.js\"]')")
    page.wait_for_function("() => window.manualgenPlaces")
    page.locator(".version-menu li").first.wait_for()
    return [" ".join(text.split()) for text in page.locator(".version-menu li").all_inner_texts()]


def test_the_same_place_in_another_version(page, address):
    page.goto(f"{address}/web/2.0/options/services.html#opt-services.nginx.enable")
    page.locator("button.versions").wait_for()
    assert menu(page) == ["2.0 newest", "1.0"]
    page.click(".version-menu >> text=1.0")
    page.wait_for_url("**/web/1.0/options/services.html#opt-services.nginx.enable")
    page.locator("button.versions").wait_for()
    assert page.inner_text("button.versions").startswith("1.0 (newest: 2.0)")


def test_a_place_that_a_version_lacks(page, address):
    page.goto(f"{address}/web/2.0/options/services.html#opt-services.nginx.ports")
    page.locator("button.versions").wait_for()
    menu(page)
    page.wait_for_selector(".version-menu small:has-text('does not have it')")
    page.click(".version-menu >> text=1.0")
    page.wait_for_url("**/web/1.0/options/services.html")
    page.goto(f"{address}/web/2.0/options/programs.html")
    page.locator("button.versions").wait_for()
    menu(page)
    page.wait_for_selector(".version-menu small:has-text('has no such page')")
    page.keyboard.press("Escape")
    assert not page.is_visible(".version-menu")
    menu(page)
    page.click(".version-menu >> text=1.0")
    page.wait_for_url("**/web/1.0/index.html")


def test_versions_without_a_script(browser, public):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{public.as_uri()}/index.html")
    page.click(".projects a >> text=web")
    page.click("a.versions")
    page.click("main >> text=1.0")
    assert page.url.endswith("/web/1.0/index.html")
    context.close()


def nothing(_page):
    """A page as it opens."""


def open_menu(page):
    page.locator("button.versions").wait_for()
    menu(page)


KINDS = {
    "front page": ("index.html", nothing),
    "results": ("index.html", lambda page: ask(page, "ports")),
    "nothing found": ("index.html", lambda page: ask(page, "zzzzqq")),
    "status": ("status.html", nothing),
    "project": ("web/index.html", nothing),
    "versions": ("web/1.0/options/services.html", open_menu),
}


@pytest.mark.parametrize("window", WINDOWS)
def test_axe_finds_nothing(browser, public, axe, window):
    context = browser.new_context(color_scheme="light", **WINDOWS[window])
    found: list[str] = []
    for kind, (path, prepare) in KINDS.items():
        page = context.new_page()
        page.goto(f"{public.as_uri()}/{path}")
        prepare(page)
        page.evaluate(axe)
        faults = page.evaluate(FAULTS, [TAGS, []])
        page.emulate_media(color_scheme="dark")
        faults += page.evaluate(FAULTS, [OF_COLOURS, []])
        found += [f"{kind}: {fault}" for fault in faults]
        if page.evaluate(OVERFLOW) > 0:
            found.append(f"{kind}: wider than the screen")
        if window == "phone":
            found += [f"{kind}: {control}" for control in page.evaluate(SMALL)]
        page.close()
    context.close()
    assert not found, "\n".join(found)
