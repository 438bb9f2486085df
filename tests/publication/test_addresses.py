"""Addresses of published manuals, in a real browser: from disk, and served with a strict policy."""

from __future__ import annotations

import pytest

from tests.browsing import comes_into_view, listening
from tests.publication.listing import options, publish, write
from tests.site.serving import served

# More options than a page has.
LARGE = [f"{first}.part{number}.enable" for first in "abc" for number in range(100)]


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    projects = {
        "large 1.0": options(*LARGE, "gone.enable"),
        "large 2.0": options(*LARGE),
        "small 5.0": options("small.enable", text="See {option}`b.part7.enable`."),
    }
    publish(write(folder, projects), folder / "public")
    return folder / "public"


@pytest.fixture(scope="module", params=["file", "http"])
def address(request, public):
    if request.param == "file":
        yield public.as_uri()
        return
    with served(public) as found:
        yield found


@pytest.fixture
def page(browser):
    page = browser.new_page()
    yield page
    page.close()


def test_a_reference_leads_to_the_option_of_another_project(page, address):
    errors = listening(page)
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page.goto(f"{address}/small/5.0/index.html")
    page.get_by_text("b.part7.enable").click()
    page.wait_for_url("**/large/2.0/options/*.html#opt-b.part7.enable")
    comes_into_view(page, "opt-b.part7.enable")
    assert errors == []


def test_latest_keeps_the_option(page, address):
    errors = listening(page)
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page.goto(f"{address}/large/latest/options/b.html#opt-b.part7.enable")
    page.wait_for_url("**/large/2.0/options/b.html#opt-b.part7.enable")
    page.goto(f"{address}/large/latest/index.html#opt-c.part7.enable")
    page.wait_for_url("**/large/2.0/options/c.html#opt-c.part7.enable")
    # A page that the newest version no longer has.
    page.goto(f"{address}/large/latest/options/gone.html")
    page.wait_for_url("**/large/2.0/index.html")
    assert errors == []


def test_latest_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/large/latest/options/b.html")
    page.wait_for_url("**/large/2.0/options/b.html")
    context.close()


def test_latest_looks_like_the_newest_version(browser, address, public):
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    text = (public / "large/latest/options/b.html").read_text().replace('"refresh"', '"x"')
    (public / "large/latest/options/stays.html").write_text(text)
    page.goto(f"{address}/large/latest/options/stays.html")
    look = "[getComputedStyle(document.body).color, getComputedStyle(document.body).fontFamily]"
    colour, font = page.evaluate(look)
    page.goto(f"{address}/large/2.0/options/b.html")
    assert [colour, font] == page.evaluate(look)
    assert "Times" not in font
    context.close()
