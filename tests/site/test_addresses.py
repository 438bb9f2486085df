"""Addresses, old and new, in a real browser: from disk, and served with a strict policy."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from manualgen import api
from manualgen.options.reading import OptionSet
from tests.browsing import TARGET, comes_into_view
from tests.manuals import build, include
from tests.rendering import named, option
from tests.site.serving import served

pytestmark = pytest.mark.slow


def entry(*loc, description="Text."):
    return {"loc": list(loc), "type": "string", "description": description}


LARGE = {f"a.o{n}": entry("a", f"o{n}") for n in range(150)}
LARGE["services.nginx.enable"] = entry(
    "services", "nginx", "enable", description="Text.\n\n[]{#in-a-text} Further on."
)
LARGE["users.<name>.shell"] = entry("users", "<name>", "shell")
SMALL = {
    "small.first": entry("small", "first", description="Text, []{#in-a-small-set} more."),
    '"a.b".c': entry("a.b", "c"),
}
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><style>rect { fill: red }
</style><rect width="8" height="8" style="stroke: blue"/></svg>"""
BOOK = {
    "manual.md": "# Book {#book}\n\n## For tests\n\n"
    + include("chapters", "one.md", "two.md")
    + include("parts", "notes.md", arguments="html:into-file=//notes.xhtml")
    + include("appendix", "large.md", "small.md"),
    "one.md": "# One {#ch-one}\n\n## Section {#sec-one}\n\n![drawn](a.svg)\n\n"
    "| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n::: {.note}\nNote.\n:::\n\n```nix\n{ a = 1; }\n```\n",
    "two.md": "# Two {#ch-two}\n\n## Other {#sec-two}\n\nText[^1].\n\n[^1]: Note.\n",
    "notes.md": "# Notes {#ch-notes}\n\n" + include("chapters", "old.md"),
    "old.md": "# Old notes {#ch-old}\n\n## News {#sec-news}\n\nText.\n",
    "large.md": "# All options {#ch-large}\n\n"
    + include("options", "list-id: list", "source: large.json"),
    "small.md": "# Few options {#ch-small}\n\n" + include("options", "source: small.json"),
    "large.json": json.dumps(LARGE),
    "small.json": json.dumps(SMALL),
    "a.svg": DRAWING,
    "redirects.json": json.dumps(
        {
            "book": ["index.html#book"],
            "ch-one": ["ch-one.html#ch-one", "first.html", "deep/first.html#one"],
            "sec-one": ["ch-one.html#sec-one", "first.html#sec", "ch-two.html#was-here"],
            "ch-two": ["ch-two.html#ch-two"],
            "sec-two": ["ch-two.html#sec-two"],
            "ch-notes": ["notes.html#ch-notes"],
            "ch-old": ["ch-old.html#ch-old"],
            "sec-news": ["ch-old.html#sec-news"],
            "ch-large": ["ch-large.html#ch-large"],
            "ch-small": ["ch-small.html#ch-small"],
        }
    ),
}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    site = build(folder, BOOK, redirects=folder / "source/redirects.json", strict=True)
    assert site.diagnostics == []
    with served(site.folder) as address:
        yield {"disk": site.folder.as_uri(), "policy": address, "folder": site.folder}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    options = [
        option("services.nginx.enable", "Whether to enable it."),
        option("services.nginx.package", "The package."),
        named("users", "<name>", "shell", description="The shell."),
        option("top", "Of the top level."),
        *[option(f"filler.o{number:03}", "Filler. " * 20) for number in range(160)],
    ]
    api.build_html(api.from_options([OptionSet(tuple(options))], title="Sample"), folder)
    with served(folder) as address:
        yield {"disk": folder.as_uri(), "policy": address, "folder": folder}


@pytest.fixture(params=["disk", "policy"])
def place(request):
    return request.param


VIOLATIONS = """addEventListener("securitypolicyviolation", (event) => {
  console.error(`violates ${event.violatedDirective}: ${event.blockedURI}`);
})"""


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    page.add_init_script(VIOLATIONS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def note(said):
        if said.type == "error" and "favicon.ico" not in said.location["url"]:
            errors.append(said.text)

    page.on("console", note)
    yield page
    context.close()
    assert errors == []


def leads(page, base, old, new):
    """Fail unless an old address leads to a new one, without a place in the history of its own."""
    start = f"{base}/index.html?start"
    page.goto(start)
    page.goto(f"{base}/{old}")
    page.wait_for_url(f"{base}/{new}")
    page.wait_for_load_state()
    _, mark, name = new.partition("#")
    if mark and not name.startswith("ch-"):
        assert page.evaluate(TARGET) is not None
    page.go_back()
    page.wait_for_url(start)
    page.go_forward()
    page.wait_for_url(f"{base}/{new}")


OLD = {
    # When the manual was one page.
    "index.html#ch-one": "ch-one.html#ch-one",
    "index.html#sec-two": "ch-two.html#sec-two",
    "index.html#sec-news": "ch-old.html#sec-news",
    "index.html#opt-services.nginx.enable": "ch-large/services.html#opt-services.nginx.enable",
    "index.html#opt-users.<name>.shell": "ch-large/users.html#opt-users._name_.shell",
    "index.html#opt-small.first": "ch-small.html#opt-small.first",
    'index.html#opt-"a.b".c': "ch-small.html#opt-_a.b_.c",
    "index.html#in-a-text": "ch-large/services.html#in-a-text",
    "index.html#in-a-small-set": "ch-small.html#in-a-small-set",
    # When chapters were on the pages that the sources name.
    "notes.html#ch-old": "ch-old.html#ch-old",
    "notes.html#sec-news": "ch-old.html#sec-news",
    "notes.xhtml#sec-news": "ch-old.html#sec-news",
    "notes.xhtml": "notes.html",
    # When the options were on the page that includes them.
    "ch-large.html#opt-a.o7": "ch-large/a.html#opt-a.o7",
    "ch-large.html#in-a-text": "ch-large/services.html#in-a-text",
    "options.html#opt-a.o7": "ch-large/a.html#opt-a.o7",
    "options.html#opt-small.first": "ch-small.html#opt-small.first",
    "options.html#in-a-small-set": "ch-small.html#in-a-small-set",
    "options.html": "index.html",
    # Of redirects.json.
    "first.html": "ch-one.html#ch-one",
    "first.html#sec": "ch-one.html#sec-one",
    "first.html#sec-one": "ch-one.html#sec-one",
    "deep/first.html#one": "ch-one.html#ch-one",
    "ch-two.html#was-here": "ch-one.html#sec-one",
}


def test_old_addresses_of_a_book(page, book, place):
    for old, new in OLD.items():
        path, mark, name = old.partition("#")
        leads(page, book[place], f"{path}{mark}{quote(name)}", new)


def test_addresses_of_today_stay(page, book, place):
    for address in (
        "ch-one.html#sec-one",
        "ch-small.html#opt-small.first",
        "ch-large/a.html#opt-a.o7",
    ):
        page.goto(f"{book[place]}/index.html")
        page.goto(f"{book[place]}/{address}")
        comes_into_view(page, address.partition("#")[2])
        assert page.url == f"{book[place]}/{address}"


def test_old_addresses_without_scripts(browser, book):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for old, new in {"first.html": "ch-one.html#ch-one", "notes.xhtml": "notes.html"}.items():
        page.goto(f"{book['policy']}/{old}")
        page.wait_for_url(f"**/{new}")
    page.goto(f"{book['policy']}/options.html")
    assert page.locator("main li a").first.get_attribute("href") == "ch-large/a.html"
    context.close()


@pytest.mark.parametrize("kind", ["book", "alone"])
def test_a_strict_policy_is_kept(page, request, kind):
    site = request.getfixturevalue(kind)
    paths = sorted(site["folder"].rglob("*.*html"))
    assert len(paths) > 5
    for path in paths:
        name = path.relative_to(site["folder"])
        page.goto(f"{site['policy']}/{name}")
        page.wait_for_load_state()
    # The script of the search, with its data and results.
    page.goto(f"{site['policy']}/index.html?q=nginx")
    page.wait_for_function("() => document.getElementById('search-results').dataset.query")
    assert page.locator("#search-results a[data-name]").count()
    page.click(".theme")


def test_the_policy_of_the_test_is_one(browser, book):
    """What the pages must not do is seen if one of them does it."""
    (book["folder"] / "wrong.html").write_text("<p style='color: red'>x<script>1</script>")
    page = browser.new_page()
    said: list[str] = []
    page.add_init_script(VIOLATIONS)
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{book['policy']}/wrong.html")
    page.wait_for_timeout(200)
    assert any("violates style-src-attr" in text for text in said)
    assert any("violates script-src-elem" in text for text in said)
    (book["folder"] / "wrong.html").unlink()
    page.close()


@pytest.mark.parametrize("kind", ["book", "alone"])
def test_pages_have_no_code_and_no_style_in_them(request, kind):
    for path in request.getfixturevalue(kind)["folder"].rglob("*.*html"):
        text = path.read_text()
        assert " style=" not in text, path
        assert "<style" not in text, path
        for start in text.split("<script")[1:]:
            assert start.startswith((" src=", ' type="application/json"')), path


# ─── what nothing has ───

MESSAGE = "#page-content > div:first-child > .notice[role=alert]"


def said(page):
    page.wait_for_selector(MESSAGE, timeout=10_000)
    return page.inner_text(MESSAGE)


def similar(page):
    links = page.locator("#page-content > div:first-child a[data-name]").all()
    return [link.get_attribute("data-name") for link in links]


UNKNOWN = "opt-services.ngnix.enable"


@pytest.mark.parametrize(
    "path", ["index.html", "options.html", "options/filler.html", "options/services.html"]
)
def test_an_unknown_option_is_said_to_be_unknown(page, alone, place, path):
    page.goto(f"{alone[place]}/{path}#{UNKNOWN}")
    assert said(page) == "Nothing here has the name services.ngnix.enable. Search for it"
    assert similar(page) == ["services.nginx.enable"]
    page.wait_for_selector(f"{MESSAGE} ~ section >> text='Whether to enable it.'")
    page.locator(MESSAGE).get_by_role("link").click()
    page.wait_for_url("**/index.html?q=services.ngnix.enable")
    page.wait_for_selector("#search-results a[data-name='services.nginx.enable']")
    page.go_back()
    page.wait_for_url(f"**#{UNKNOWN}")
    assert "services.ngnix.enable" in said(page)
    page.locator(f"{MESSAGE} ~ section a").first.click()
    page.wait_for_url("**/options/services.html#opt-services.nginx.enable")
    comes_into_view(page, "opt-services.nginx.enable")
    page.wait_for_selector(MESSAGE, state="detached")


SIMILAR = {
    "services.gninx.enable": ["services.nginx.enable"],  # two letters
    "users.alice.shell": ["users.<name>.shell"],
    "users.alice.shel": ["users.<name>.shell"],
    "tpo": ["top"],
    "services.nginx": ["services.nginx.enable", "services.nginx.package"],
    "filler.o0000": ["filler.o000", "filler.o001", "filler.o002", "filler.o003", "filler.o004"],
}


@pytest.mark.parametrize("name", SIMILAR)
def test_options_with_similar_names(page, alone, name):
    page.goto(f"{alone['policy']}/index.html#opt-{name}")
    assert said(page) == f"Nothing here has the name {name}. Search for it"
    assert similar(page)[: len(SIMILAR[name])] == SIMILAR[name]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("index.html#opt-services.nginx.enable", "services.html#opt-services.nginx.enable"),
        ("options/filler.html#opt-top", "top-level.html#opt-top"),
        ("options/filler.html#opt-users.<name>.shell", "users.html#opt-users._name_.shell"),
        ("options/users.html#opt-users.<name>.shell", "users.html#opt-users._name_.shell"),
        ("options/services.html#opt-filler.o100", "filler.html#opt-filler.o100"),
    ],
)
def test_what_is_on_another_page_is_led_to(page, alone, place, old, new):
    path, _, name = old.partition("#")
    leads(page, alone[place], f"{path}#{quote(name)}", f"options/{new}")


@pytest.mark.parametrize(
    "path",
    [
        *("index.html", "ch-one.html", "ch-small.html", "ch-large.html", "ch-large/a.html"),
        *("notes.html", "options.html", "first.html"),
    ],
)
def test_an_unknown_option_in_a_book(page, book, place, path):
    page.goto(f"{book[place]}/{path}#{UNKNOWN}")
    assert said(page) == "Nothing here has the name services.ngnix.enable. Search for it"
    assert similar(page)[0] == "services.nginx.enable"


def test_a_section_on_another_page_is_led_to(page, book, place):
    leads(page, book[place], "ch-large/a.html#sec-one", "ch-one.html#sec-one")
    leads(page, book[place], "ch-one.html#ch-two", "ch-two.html")
    page.goto(f"{book[place]}/ch-one.html#sec-nowhere")
    assert said(page) == "Nothing here has the name sec-nowhere. Search for it"


TOP = "() => document.getElementById('opt-filler.o100').getBoundingClientRect().top"


def test_back_and_forward_past_an_unknown_name(page, alone, place):
    first = f"{alone[place]}/options/filler.html#opt-filler.o100"
    page.goto(first)
    comes_into_view(page, "opt-filler.o100")
    page.wait_for_load_state()
    page.wait_for_timeout(300)  # the page looks for its target some frames longer
    # Heights are guessed until something is seen, so what counts is where the option is on screen.
    where = page.evaluate(TOP)
    assert page.evaluate("scrollY") > 1000
    page.evaluate(f"location.hash = '#{UNKNOWN}'")
    assert "services.ngnix.enable" in said(page)
    assert page.evaluate("scrollY") == 0
    page.go_back()
    page.wait_for_selector(MESSAGE, state="detached")
    assert page.url == first
    page.wait_for_function(f"(where) => Math.abs(({TOP})() - where) < 5", arg=where, timeout=10_000)
    page.go_forward()
    assert "services.ngnix.enable" in said(page)
    page.go_back()
    page.wait_for_url(first)


def test_known_names_load_no_data(page, alone):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("options/services.html#opt-services.nginx.enable", "index.html", "index.html#top"):
        page.goto(f"{alone['policy']}/{path}")
        page.wait_for_load_state("networkidle")
    assert [url for url in asked if "search" in url] == []


def test_without_the_data_it_is_said_all_the_same(browser, alone):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/search/names.js", lambda route: route.abort())
    page.goto(f"{alone['policy']}/options/filler.html#{UNKNOWN}")
    assert said(page) == "Nothing here has the name opt-services.ngnix.enable. Search for it"
    context.close()


def test_an_unknown_option_of_a_single_page(page, tmp_path):
    options = [
        option("services.nginx.enable", "Whether to enable it."),
        named("users", "<name>", "shell", description="The shell."),
        *[option(f"filler.o{number:03}", "Filler. " * 20) for number in range(50)],
    ]
    path = tmp_path / "all.html"
    api.build_single_page(api.from_options([OptionSet(tuple(options))]), path)
    page.goto(f"{path.as_uri()}#{UNKNOWN}")
    assert said(page) == "Nothing here has the name opt-services.ngnix.enable."
    near = page.locator(f"{MESSAGE} ~ ul a").first
    assert near.inner_text() == "services.nginx.enable"
    near.click()
    page.wait_for_selector(MESSAGE, state="detached")
    assert page.evaluate(TARGET) == "opt-services.nginx.enable"
    page.goto(f"{path.as_uri()}#opt-users.%3Cname%3E.shell")
    page.wait_for_url("**#opt-users._name_.shell")
    assert page.evaluate(TARGET) == "opt-users._name_.shell"
