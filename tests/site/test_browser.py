"""A real browser on the built pages, from disk: old addresses, phones, dark, without scripts."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from manualgen import api
from manualgen.options.model import identifier
from manualgen.options.reading import OptionSet
from tests.browsing import CONTRAST, OVERFLOW, TARGET, comes_into_view, listening
from tests.conftest import ROOT, shared
from tests.manuals import build, include
from tests.rendering import manual_of, named, option

pytestmark = pytest.mark.slow

LONG = "a-very-long-name-that-somebody-gave-to-one-of-the-many-options-of-a-module"
WIDE = f"""\
Code: `{"x" * 90}` and <https://example.org/{"y" * 90}> and {{option}}`{LONG}.{LONG}`.

```
{"long " * 60}
```

| {" | ".join(f"column {n}" for n in range(12))} |
|{"---|" * 12}
| {" | ".join(f"value-{n}" for n in range(12))} |

- {"z" * 80}

{LONG}{LONG}
: text
"""


VALUES = ", ".join(f'"{LONG}{number}"' for number in range(12))


@pytest.fixture(scope="module")
def made():
    sample = manual_of(*sorted((ROOT / "sample-options").glob("*.json")))
    extra = [
        option("alone", "An option of the top level."),
        named("services", "x", "a.b c", "enable", description="A quoted name."),
        named("services", "x", "<name>", "enable", description="A placeholder."),
        option(f"wide.{LONG}.{LONG}", WIDE, type=f"one of {VALUES}"),
        option("wide.default", "x", default=f'"{"x" * 200}"', example="{\n  " + "y " * 100 + "\n}"),
        *[option(f"zzz.o{n:03}", "Text. " * 20) for n in range(120)],
    ]  # fmt: skip
    (included,) = sample.sets
    return api.from_options(
        [OptionSet((*included.catalog.options, *extra))], title="Sample options", version="26.05"
    )


@pytest.fixture(scope="module")
def site(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    api.build_html(made, folder)
    return folder


@pytest.fixture(scope="module")
def single(made, tmp_path_factory):
    path = tmp_path_factory.mktemp("single") / "options.html"
    api.build_single_page(made, path)
    return path


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    errors = listening(page)
    yield page
    context.close()
    assert errors == []


@pytest.mark.parametrize(
    ("name", "leads_to"),
    [
        ("boot.enableContainers", "boot.html"),
        ("containers", "containers.html"),
        ("containers.<name>.privateNetwork", "containers.html"),
        ("containers._name_.privateNetwork", "containers.html"),
        ("alone", "top-level.html"),
        ('services.x."a.b c".enable', "services.html"),
        ("services.x.<name>.enable", "services.html"),
        ("zzz.o000", "zzz.html"),
        ("zzz.o060", "zzz.html"),
    ],
)
def test_an_old_address_leads_to_the_option(page, site, name, leads_to):
    page.goto(f"file://{site}/options.html#opt-{quote(name)}")
    page.wait_for_url(f"**/options/{leads_to}#*")
    page.wait_for_load_state()
    assert page.evaluate(TARGET) == identifier(name)
    comes_into_view(page, identifier(name))


def test_the_last_option_is_in_view(page, site):
    page.goto(f"file://{site}/options.html#opt-zzz.o119")
    page.wait_for_url("**/options/zzz.html#opt-zzz.o119")
    page.wait_for_load_state()
    assert page.evaluate(TARGET) == "opt-zzz.o119"
    page.wait_for_function(
        "() => { const box = document.querySelector(':target').getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight }",
        timeout=10_000,
    )


def test_an_anchor_of_a_text_keeps_its_old_address(page, site):
    page.goto(f"file://{site}/options.html#imperative-containers")
    page.wait_for_url("**/options/containers.html#imperative-containers")
    assert page.evaluate(TARGET) == "imperative-containers"


def test_the_old_address_alone_leads_to_the_front_page(page, site):
    page.goto(f"file://{site}/options.html")
    page.wait_for_url("**/index.html")


def test_an_unknown_name_is_said_to_be_unknown(page, site):
    page.goto(f"file://{site}/options.html#opt-never.was")
    page.wait_for_selector("main .notice")
    assert page.inner_text("main .notice").startswith("Nothing here has the name never.was.")
    assert page.url.endswith("index.html#opt-never.was")


def test_the_target_is_marked(page, site):
    page.goto(f"file://{site}/options/boot.html#opt-boot.isContainer")
    colours = page.evaluate(
        "() => ['#opt-boot\\\\.isContainer', '#opt-boot\\\\.enableContainers'].map("
        "  (found) => getComputedStyle(document.querySelector(found)).backgroundColor)"
    )
    assert colours[0] != colours[1]


KINDS = ["index.html", "options/boot.html", "options/containers.html", "options/wide.html",
         "options/top-level.html", "options/services.html"]  # fmt: skip
READABLE = "() => document.body.innerText"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_on_a_phone(browser, site, single, scheme):
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, color_scheme=scheme, is_mobile=True, has_touch=True
    )
    page = context.new_page()
    for address in [*(site / kind for kind in KINDS), single]:
        page.goto(f"file://{address}")
        assert page.evaluate(OVERFLOW) <= 0, address
        assert page.evaluate("() => innerWidth") == 360, address
    context.close()


def test_nothing_sticks_out_on_any_screen(page, site):
    for width in (320, 600, 768, 1024, 1600, 2560):
        page.set_viewport_size({"width": width, "height": 800})
        for kind in KINDS:
            page.goto(f"file://{site / kind}")
            assert page.evaluate(OVERFLOW) <= 0, (kind, width)


def test_the_name_of_an_option_in_a_text_stands_in_its_line(page, tmp_path):
    """``code.option`` has the class of sections, and nothing else in common with them."""
    texts = [option("a.b", "Text with [](#opt-a.c) in it."), option("a.c", "Text.")]
    api.build_html(api.from_options([OptionSet(tuple(texts))]), tmp_path / "site")
    page.goto((tmp_path / "site" / "index.html").as_uri())
    assert page.locator("code.option").evaluate("(e) => getComputedStyle(e).display") == "inline"


def test_old_page_without_scripts_on_a_phone(browser, site):
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"file://{site}/options.html#opt-alone")
    assert page.is_visible("text=The options have moved")
    assert page.evaluate(OVERFLOW) <= 0
    links = [link.get_attribute("href") for link in page.locator("main li a").all()]
    assert "options/boot.html" in links
    page.click("main li a >> text=boot")
    assert page.is_visible("text=Whether this machine can run NixOS containers")
    context.close()


def test_pages_are_readable_without_scripts(browser, site, single):
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1200, "height": 800}
    )
    page = context.new_page()
    for address in (site / "options/boot.html", single):
        page.goto(f"file://{address}#opt-boot.isContainer")
        assert page.is_visible("#opt-boot\\.isContainer .option-description")
        comes_into_view(page, "opt-boot.isContainer")
        assert not page.is_visible(".theme")
    page.goto(f"file://{site}/index.html")
    page.click(".small-groups span a >> text=containers")
    assert page.url.endswith("/options/containers.html")
    page.click("nav.tree a >> text=boot")
    assert page.url.endswith("/options/boot.html")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser, site, scheme):
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1200, "height": 800})
    page = context.new_page()
    backgrounds = set()
    for kind in KINDS:
        page.goto(f"file://{site / kind}")
        assert page.evaluate(CONTRAST) == [], kind
        backgrounds.add(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
    context.close()


def test_light_and_dark_differ_and_can_be_chosen(browser, site):
    context = browser.new_context(color_scheme="dark", viewport={"width": 1200, "height": 800})
    page = context.new_page()
    shade = (
        "() => { const c = document.createElement('canvas').getContext('2d');"
        " c.fillStyle = getComputedStyle(document.documentElement).backgroundColor;"
        " c.fillRect(0, 0, 1, 1); return c.getImageData(0, 0, 1, 1).data[0] }"
    )
    page.goto(f"file://{site}/options/boot.html")
    dark = page.evaluate(shade)
    page.click(".theme")
    light = page.evaluate(shade)
    assert dark < 80
    assert light > 200
    page.reload()
    assert page.evaluate(shade) == light
    page.click(".theme")
    assert page.evaluate(shade) == dark
    context.close()


def test_single_page(page, single):
    page.goto(f"file://{single}#opt-zzz.o100")
    assert page.evaluate(TARGET) == "opt-zzz.o100"
    comes_into_view(page, "opt-zzz.o100")
    page.click("nav.tree a >> text=boot")
    assert page.evaluate(TARGET) == "opt-boot.enableContainers"
    comes_into_view(page, "opt-boot.enableContainers")


def test_nothing_is_fetched_from_elsewhere(browser, site, single):
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in [*(site / kind for kind in KINDS), site / "options.html", single]:
        page.goto(f"file://{address}")
    assert [address for address in asked if not address.startswith(("file:", "data:"))] == []
    context.close()


@pytest.mark.parametrize(
    ("chunk", "page_of_chapter"), [("file", "index.html"), ("chapter", "opt-a.html")]
)
def test_a_chapter_is_found_where_it_stands(page, tmp_path, chunk, page_of_chapter):
    """Its identifier may look like that of an option."""
    options = {
        f"a.o{number}": {"loc": ["a", f"o{number}"], "type": "string", "description": "D."}
        for number in range(160)
    }
    made = build(
        tmp_path,
        {
            "manual.md": "# B {#book}\n\n## S\n\n"
            + include("chapters", "c.md")
            + include("appendix", "o.md", arguments="html:into-file=//o.html"),
            "c.md": "# C {#opt-a}\n",
            "o.md": "# O {#ch-o}\n\n" + include("options", "source: o.json"),
            "o.json": json.dumps(options),
        },
        chunk=chunk,
    )
    front = (made.folder / "index.html").as_uri()
    page.goto(f"{front}#opt-a")
    page.wait_for_url(f"**/{page_of_chapter}#opt-a")
    page.wait_for_load_state()
    assert page.evaluate(TARGET) == "opt-a"
    page.goto(f"{front}?#opt-a.o7")
    page.wait_for_url("**/o/a.html#opt-a.o7")


@pytest.mark.parametrize("name", ["nixos-2024-names", "nixvim", "home-manager"])
def test_the_names_of_large_groups_are_folded_on_a_phone(browser, tmp_path, name):
    folder = tmp_path / name
    api.build_html(manual_of(shared(f"data/options/{name}.json")), folder)
    # Without scripts, so that the style sheet alone has to do it.
    phone = browser.new_context(
        viewport={"width": 360, "height": 740}, is_mobile=True, java_script_enabled=False
    )
    page = phone.new_page()
    page.goto(f"file://{folder}/index.html")
    large = page.locator(".index > section").first
    assert page.evaluate("() => document.documentElement.scrollHeight") <= 4_000
    assert not large.locator("ul a").first.is_visible()
    large.locator("summary").click()
    assert large.locator("ul a").first.is_visible()
    assert page.evaluate(OVERFLOW) <= 0
    phone.close()
    desktop = browser.new_context(viewport={"width": 1200, "height": 800})
    page = desktop.new_page()
    page.goto(f"file://{folder}/index.html")
    large = page.locator(".index > section").first
    assert not large.locator("summary").is_visible()
    assert large.locator("ul a").last.is_visible()
    assert page.evaluate(SMALL_LINKS) == []
    large.locator("ul a").last.click()
    assert page.url != f"file://{folder}/index.html"
    desktop.close()


SMALL_LINKS = """() => [...document.querySelectorAll('.index a')]
  .filter((link) => link.getClientRects()[0].height < 24).map((link) => link.textContent)"""


MARKED = "() => document.querySelector('.on-this-page [aria-current]')?.textContent"


def is_marked(page, name):
    """Fail unless an entry of "On this page" is marked: the frame after the page has moved."""
    page.wait_for_function(f"(name) => ({MARKED})() === name", arg=name, timeout=10_000)


@pytest.mark.parametrize("size", [(1400, 900), (1000, 700)])
def test_the_entry_of_what_is_read_is_marked(browser, site, size):
    context = browser.new_context(viewport=dict(zip(("width", "height"), size, strict=True)))
    page = context.new_page()
    page.goto(f"file://{site}/options/zzz.html")
    is_marked(page, "o000")
    page.evaluate("document.getElementById('opt-zzz.o060').scrollIntoView()")
    is_marked(page, "o060")
    seen = """() => {
      const list = document.querySelector('.on-this-page').getBoundingClientRect();
      const box = document.querySelector('.on-this-page [aria-current]').getBoundingClientRect();
      return box.top >= list.top && box.bottom <= list.bottom && box.bottom <= innerHeight;
    }"""
    assert page.evaluate(seen)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    is_marked(page, "o119")
    page.evaluate("scrollTo(0, 0)")
    is_marked(page, "o000")
    # What cannot come to the top of the screen is marked too, once a link has led to it.
    page.locator(".on-this-page a", has_text="o118").click()
    is_marked(page, "o118")
    page.locator(".on-this-page a", has_text="o117").click()
    is_marked(page, "o117")
    page.go_back()
    is_marked(page, "o118")
    assert len(page.query_selector_all(".on-this-page [aria-current]")) == 1
    context.close()


SCROLLABLE = """() => [...document.querySelectorAll('body *')].filter((node) =>
  node.checkVisibility() && node.scrollHeight > node.clientHeight + 1
  && /auto|scroll/.test(getComputedStyle(node).overflowY)
).map((node) => [node.className, getComputedStyle(node).scrollbarWidth])"""


@pytest.mark.parametrize("width", [1400, 1200, 1000])
def test_no_scrollbar_stands_in_the_middle_of_a_page(browser, site, width):
    context = browser.new_context(viewport={"width": width, "height": 500})
    page = context.new_page()
    for kind in ("options/zzz.html", "options/boot.html"):
        page.goto(f"file://{site}/{kind}")
        assert page.is_visible(".tree")
        assert page.is_visible(".on-this-page")
        # Headless browsers show no scrollbars at all: the style tells.
        found = page.evaluate(SCROLLABLE)
        assert ["on-this-page", "none"] in found
        assert {width for _, width in found} == {"none"}
        assert page.evaluate(OVERFLOW) <= 0
    context.close()


SHORT_TARGETS = """(least) => [...document.querySelectorAll('.drawer :is(a, button), .drawer-button, .theme')]
  .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < least)
  .map((node) => node.textContent)"""


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (320, "dark")])
def test_the_drawer_of_a_phone(browser, site, width, scheme):
    context = browser.new_context(
        viewport={"width": width, "height": 700},
        is_mobile=True,
        has_touch=True,
        color_scheme=scheme,
    )
    page = context.new_page()
    page.goto(f"file://{site}/options/zzz.html")
    drawer, button = page.locator(".drawer"), page.locator(".drawer-button")
    assert not drawer.is_visible()
    button.tap()
    assert page.is_visible(".drawer-title >> text=Contents")
    assert page.is_visible(".tree [aria-current]")
    assert page.is_visible(".on-this-page [aria-current]")
    assert page.evaluate(SHORT_TARGETS, 44) == []
    assert page.evaluate(OVERFLOW) <= 0
    assert page.evaluate(CONTRAST) == []
    page.locator(".on-this-page a", has_text="o070").tap()
    page.wait_for_function("() => !document.querySelector('.drawer').checkVisibility()")
    comes_into_view(page, "opt-zzz.o070")
    is_marked(page, "o070")
    context.close()


def test_the_drawer_by_keyboard(browser, site):
    context = browser.new_context(viewport={"width": 700, "height": 700})
    page = context.new_page()
    page.goto(f"file://{site}/options/zzz.html")
    focused = "() => document.activeElement.className || document.activeElement.ariaLabel"
    page.focus(".drawer-button")
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "Close"
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('nav').className") == "tree"
    page.keyboard.press("Escape")
    assert not page.is_visible(".drawer")
    assert page.evaluate(focused) == "drawer-button"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert not page.is_visible(".drawer")
    assert page.evaluate(focused) == "drawer-button"
    context.close()


def test_on_this_page_without_scripts(browser, site):
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 700}, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"file://{site}/options/zzz.html")
    page.click(".drawer-button")
    page.locator(".on-this-page a", has_text="o070").click()
    assert page.url.endswith("#opt-zzz.o070")
    page.click(".drawer-title button")
    assert not page.is_visible(".drawer")
    comes_into_view(page, "opt-zzz.o070")
    page.set_viewport_size({"width": 1400, "height": 800})
    page.locator(".on-this-page a", has_text="o010").click()
    # The browser remembers how high the option before it was in the narrow window, and finds
    # out after it has scrolled: the edge of the section may be off the screen, its name not.
    comes_into_view(page, "opt-zzz.o010", ".option-name")
    wide = browser.new_context(java_script_enabled=False, viewport={"width": 1400, "height": 800})
    page = wide.new_page()
    page.goto(f"file://{site}/options/zzz.html")
    page.locator(".on-this-page a", has_text="o010").click()
    comes_into_view(page, "opt-zzz.o010")
    wide.close()
    context.close()


def test_twice_as_large_nothing_sticks_out(browser, site):
    """At 200 % a screen of 1280 pixels has 640, and 320 at 400 %."""
    for width in (640, 320):
        context = browser.new_context(
            viewport={"width": width, "height": 400}, device_scale_factor=2
        )
        page = context.new_page()
        for kind in KINDS:
            page.goto(f"file://{site}/{kind}")
            assert page.evaluate(OVERFLOW) <= 0, kind
            if page.is_visible(".drawer-button"):
                page.click(".drawer-button")
                assert page.evaluate(OVERFLOW) <= 0, kind
        context.close()


@pytest.fixture(scope="module")
def nested(tmp_path_factory):
    """A page with submodules in submodules, whose sections are long enough to be left for later."""
    names = ["s.a", "s.a.<name>.b", "s.a.<name>.b.*.c", "s.a.<name>.b.*.c.<name>.d"]
    below = [f"{names[-1]}.o{number:03}" for number in range(90)]
    made = manual_of_options(
        [option(name, "Text. " * 30, type="submodule") for name in [*names, *below]]
    )
    folder = tmp_path_factory.mktemp("nested")
    api.build_html(made, folder)
    return folder


def manual_of_options(options):
    return api.from_options([OptionSet(tuple(options))], title="T")


@pytest.mark.parametrize("width", [320, 1400])
def test_an_option_of_a_submodule_is_found_by_its_address(browser, nested, width):
    context = browser.new_context(viewport={"width": width, "height": 700})
    page = context.new_page()
    for number in ("080", "045"):
        page.goto(f"file://{nested}/index.html?{number}#opt-s.a._name_.b._.c._name_.d.o{number}")
        comes_into_view(page, f"opt-s.a._name_.b._.c._name_.d.o{number}")
    assert page.evaluate(OVERFLOW) <= 0
    deepest = page.locator(".submodule .submodule .submodule .submodule .option").first
    assert deepest.bounding_box()["width"] > width * 0.4
    # Sections far from the screen are not laid out.
    assert (
        page.evaluate("() => getComputedStyle(document.querySelector('.option')).contentVisibility")
        == "auto"
    )
    page.click("#opt-s\\.a .option-facts a")
    comes_into_view(page, "opt-s.a._name_.b")
    page.locator(".submodule-title a").first.click()
    comes_into_view(page, "opt-s.a")
    context.close()
