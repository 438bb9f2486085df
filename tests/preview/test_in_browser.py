"""A real browser on ``manualgen serve``: the open page changes in place."""

from __future__ import annotations

import pytest

from tests.edits import Edits, option, written
from tests.preview.servers import serving

pytestmark = pytest.mark.slow

PATIENCE = 60_000


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1000, "height": 600})
    page.set_default_timeout(PATIENCE)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert not errors


def chapters(folder) -> Edits:
    """Write a manual whose chapters have pages of their own."""
    edits = Edits(folder / "source", 0)
    edits.values["chunk"] = "chapter"
    edits.write()
    return edits


def opened(page, address):
    """Open a page, and mark it, so that it is known whether it is loaded anew."""
    page.goto(address)
    page.wait_for_function("document.readyState === 'complete'")
    page.evaluate("globalThis.isMarked = true")


def settled_top(page, name):
    """Return where an element is on the screen, once sections have got their heights."""
    return page.evaluate(
        """async (name) => {
          const top = () => document.getElementById(name).getBoundingClientRect().top;
          let last = NaN, frames = 0;
          while (frames < 20) {
            await new Promise(requestAnimationFrame);
            frames = top() === last ? frames + 1 : 0;
            last = top();
          }
          return last;
        }""",
        name,
    )


def wait_for_text(page, text):
    page.wait_for_function(
        "text => document.querySelector('main').innerText.includes(text)", arg=text
    )


def is_the_same(page) -> bool:
    return page.evaluate("globalThis.isMarked === true")


def long_set() -> dict:
    return {
        f"a.part{index:03}": option(f"Text {index}. " + "More words. " * 30) for index in range(120)
    }


def test_a_description_changes_in_place_and_the_scroll_is_kept(page, tmp_path):
    options = long_set()
    with serving(written(tmp_path, options)) as server:
        opened(page, server.address)
        page.evaluate("document.getElementById('opt-a.part060').scrollIntoView()")
        page.wait_for_function("scrollY > 1000")
        before = settled_top(page, "opt-a.part061")
        # One above the screen gets longer, one on the screen another text.
        options["a.part002"]["description"] = "A much longer text.\n\n" * 60
        options["a.part061"]["description"] = "The new text." + " More words." * 30
        written(tmp_path, options)
        wait_for_text(page, "The new text.")
        assert abs(settled_top(page, "opt-a.part061") - before) < 2
        assert is_the_same(page)
        assert page.evaluate("scrollY") > 1000


def test_a_chapter_changes_in_place_and_what_is_unfolded_stays(page, tmp_path):
    edits = chapters(tmp_path)
    with serving(edits.folder / "manual.toml") as server:
        opened(page, f"{server.address}ch-one.html")
        page.evaluate(
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<i id=own></i>')"
        )
        edits.apply(("chapter", "one.md", "A new paragraph."))
        edits.write()
        wait_for_text(page, "A new paragraph.")
        assert is_the_same(page)
        # A title is in the tree of the page too.
        edits.apply(("title", "one.md", "A new title"))
        edits.write()
        page.wait_for_function("document.title.includes('A new title')")
        page.wait_for_function("document.querySelector('h1').innerText.includes('A new title')")
        assert page.evaluate("document.querySelector('nav.tree').innerText").count("A new title")


def problems(page) -> str:
    return page.evaluate(
        "document.querySelector('manualgen-problems')?.shadowRoot.textContent ?? ''"
    )


def wait_for_problem(page, text):
    page.wait_for_function(
        "text => (document.querySelector('manualgen-problems')?.shadowRoot.textContent ?? '')"
        ".includes(text)",
        arg=text,
    )


def wait_for_no_problem(page):
    page.wait_for_function("!document.querySelector('manualgen-problems')")


def test_an_error_is_shown_on_the_last_good_page_and_goes(page, tmp_path):
    edits = chapters(tmp_path)
    with serving(edits.folder / "manual.toml") as server:
        opened(page, f"{server.address}ch-one.html")
        edits.chapters["one.md"] += "\n```{=include=} sections\nmissing.md\n```\n"
        edits.write()
        wait_for_problem(page, "missing.md")
        assert "error[unreadable]" in problems(page)
        assert "the page is that of before" in problems(page)
        wait_for_text(page, "Text of one")
        (edits.folder / "missing.md").write_text("# Here now {#sec-here}\n\nA section.\n")
        wait_for_no_problem(page)
        wait_for_text(page, "A section.")
        (edits.folder / "manual.toml").write_text("title = ")
        wait_for_problem(page, "manual.toml")
        edits.write()
        wait_for_no_problem(page)


def test_a_warning_is_shown_on_its_page(page, tmp_path):
    options = long_set()
    options["a.part000"]["description"] = "[broken](`x`)"
    with serving(written(tmp_path, options)) as server:
        opened(page, server.address)
        wait_for_problem(page, "unsafe-link")
        assert "1 problem" in problems(page)
        assert not page.evaluate(
            "document.querySelector('manualgen-problems').shadowRoot.querySelector('details').open"
        )
        options["a.part000"]["description"] = "A text."
        written(tmp_path, options)
        wait_for_no_problem(page)
        wait_for_text(page, "A text.")
        assert is_the_same(page)


def test_the_style_of_a_theme_changes_in_place(page, tmp_path):
    edits = chapters(tmp_path)
    edits.theme = "rgb(1, 2, 3)"
    edits.write()
    colour = "getComputedStyle(document.body).color"
    with serving(edits.folder / "manual.toml") as server:
        opened(page, server.address)
        assert page.evaluate(colour) == "rgb(1, 2, 3)"
        edits.theme = "rgb(4, 5, 6)"
        edits.write()
        page.wait_for_function(f"{colour} === 'rgb(4, 5, 6)'")
        assert is_the_same(page)


def test_a_page_of_a_theme_without_content_of_its_own_is_loaded_anew(page, tmp_path):
    edits = chapters(tmp_path)
    edits.theme = "red"
    edits.write()
    (edits.folder / "theme/page.html").write_text(
        "<!DOCTYPE html><title>{{ title }}</title><body><article>{{ content|safe }}</article>"
    )
    (edits.folder / "theme/book.html").write_text('{% extends "page.html" %}')
    with serving(edits.folder / "manual.toml") as server:
        opened(page, f"{server.address}ch-one.html")
        edits.apply(("chapter", "one.md", "A new paragraph."))
        edits.write()
        page.wait_for_function(
            "document.querySelector('article').innerText.includes('A new paragraph.')"
        )
        assert not is_the_same(page)


def test_a_page_that_comes_to_be_is_shown(page, tmp_path):
    options = long_set()
    with serving(written(tmp_path, options)) as server:
        page.goto(f"{server.address}options/b.html")
        wait_for_text(page, "No such page")
        written(tmp_path, options | {f"b.o{n}": option("Of b.") for n in range(160)})
        wait_for_text(page, "Of b.")


def test_a_page_that_was_hidden_is_brought_up_to_date(browser, page, tmp_path):
    options = long_set()
    with serving(written(tmp_path, options)) as server:
        opened(page, server.address)
        page.evaluate(
            "Object.defineProperty(document, 'hidden', { get: () => true, configurable: true });"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
        options["a.part000"]["description"] = "Seen later."
        written(tmp_path, options)
        server.wait_for("options.json changed")
        assert "Seen later." not in page.evaluate("document.querySelector('main').innerText")
        page.evaluate(
            "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))"
        )
        wait_for_text(page, "Seen later.")
        assert is_the_same(page)


def test_the_search_works_and_follows(page, tmp_path):
    options = long_set()
    with serving(written(tmp_path, options)) as server:
        opened(page, server.address)
        page.fill("#search-field", "part007")
        page.wait_for_function(
            "document.querySelector('#search-results').innerText.includes('part007')"
        )


def test_it_works_under_a_strict_policy(page, tmp_path):
    edits = chapters(tmp_path)
    edits.theme = "red"
    edits.write()
    (edits.folder / "theme/book.html").write_text(
        "<!DOCTYPE html><html><head><title>{{ title }}</title>"
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "script-src 'self'; style-src 'self'; connect-src 'self'\"></head>"
        "<body><main>{{ content|safe }}</main></body></html>"
    )
    with serving(edits.folder / "manual.toml") as server:
        opened(page, f"{server.address}ch-one.html")
        edits.apply(("chapter", "one.md", "[broken](`x`), a new paragraph."))
        edits.write()
        wait_for_text(page, "a new paragraph.")
        assert is_the_same(page)
        wait_for_problem(page, "unsafe-link")
