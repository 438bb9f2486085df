"""What a reader can do with an option, in a real browser: copy, links, touch, the keyboard."""

from __future__ import annotations

import pytest

from manualgen import api
from manualgen.options.model import Declaration, Markup, Text
from manualgen.options.reading import OptionSet
from tests.browsing import listening
from tests.rendering import named, option

pytestmark = pytest.mark.slow

VALUES = ", ".join(f'"value-{number}"' for number in range(90))


@pytest.fixture(scope="module")
def page_of_options(tmp_path_factory):
    declared = Declaration("<" + "very/long/" * 12 + "path.nix>", "https://a.org/x")
    options = [
        option("a.example", "Text.", type="boolean", default="false", example="true"),
        option("a.default", "Text.", default="{\n    b = 1;\n  }", example=Text("prose", Markup.MARKDOWN)),
        option("a.nothing", "Text.", related_packages=Text("`p`", Markup.MARKDOWN)),
        option("a.comment", "Text.", default="1 # one"),
        option("a.readOnly", "Text.", default="1", read_only=True),
        named("a", "<name>", "*", "b", description="Text.", default="1"),
        option("a.code", f"```\n{'x' * 400}\n```", declarations=(declared, declared)),
        option("a.values", "Text.", type=f"list of (one of {VALUES})"),
        *[option(f"a.z{number:03}", "Text. " * 30) for number in range(60)],
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("site")
    api.build_html(api.from_options([OptionSet(tuple(options))], title="T"), folder)
    return (folder / "index.html").as_uri()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    errors = listening(page)
    yield page
    context.close()
    assert errors == []


def section(name: str) -> str:
    return f'[id="opt-{name}"]'


def copied(page, name: str, button: str) -> str:
    """Return what a button of an option copies."""
    # The focus keeps the actions on screen; scrolling to them may take them from under the pointer.
    page.focus(f"{section(name)} .permalink")
    page.click(f"{section(name)} .option-actions >> text={button}")
    page.wait_for_function("document.querySelector('.announced').textContent.startsWith('Copied')")
    return page.evaluate("() => navigator.clipboard.readText()")


def test_name_and_link(page, page_of_options):
    page.goto(page_of_options)
    assert copied(page, "a.readOnly", "Copy name") == "a.readOnly"
    assert copied(page, "a._name_._.b", "Copy name") == "a.<name>.*.b"
    assert copied(page, "a.example", "Copy link") == f"{page_of_options}#opt-a.example"


def test_an_option_under_the_pointer_gets_its_actions_when_the_script_comes(page, page_of_options):
    waiting = []
    page.route("**/options.js", lambda route: waiting.append(route))  # noqa: PLW0108 - it wants a function
    page.goto(page_of_options, wait_until="commit")
    page.hover(f"{section('a.example')} .option-name")
    page.wait_for_timeout(500)
    assert page.locator(".option-actions").count() == 0
    assert len(waiting) == 1
    waiting[0].continue_()
    page.wait_for_selector(f"{section('a.example')} .option-actions", state="attached")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.example", "a.example = true;"),
        # The example is prose; lines are indented as in a file of their own.
        ("a.default", "a.default = {\n  b = 1;\n};"),
        ("a.comment", "a.comment = 1 # one\n;"),
        ("a.nothing", "a.nothing = ;"),
        ("a._name_._.b", "a.<name>.*.b = 1;"),
    ],
)
def test_a_line_that_sets_the_option(page, page_of_options, name, line):
    page.goto(page_of_options)
    assert copied(page, name, "Copy line") == line


def test_a_read_only_option_has_no_line(page, page_of_options):
    page.goto(page_of_options)
    page.hover(f"{section('a.readOnly')} .option-name")
    assert page.locator(f"{section('a.readOnly')} button").all_inner_texts() == [
        "Copy name",
        "Copy link",
    ]


def test_placeholders_are_selected_one_after_the_other(page, page_of_options):
    page.goto(page_of_options)
    copied(page, "a._name_._.b", "Copy line")
    selected = "() => getSelection().toString()"
    page.wait_for_selector(".option-line")
    assert page.evaluate(selected) == "<name>"
    page.keyboard.type("first")
    page.keyboard.press("Enter")
    page.wait_for_function("getSelection().toString() === '*'")
    page.keyboard.type("second")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.announced').textContent.includes('second')")
    line = page.evaluate("() => navigator.clipboard.readText()")
    assert line == "a.first.second.b = 1;"
    page.keyboard.press("Escape")
    assert page.locator(".option-line").count() == 0
    assert page.evaluate("() => document.activeElement.textContent") == "Copy line"


def test_where_the_clipboard_is_refused_the_old_command_copies(page, page_of_options):
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.add_init_script("addEventListener('copy', () => { window.seen = getSelection() + '' })")
    page.goto(page_of_options)
    page.focus(f"{section('a.example')} .permalink")
    page.click(f"{section('a.example')} .option-actions >> text=Copy name")
    page.wait_for_function("window.seen === 'a.example'")
    assert page.inner_text(".announced[role=status]") == "Copied a.example"


def test_actions_are_shown_on_hover_focus_and_target_without_moving_anything(page, page_of_options):
    page.goto(f"{page_of_options}#opt-a.example")
    bar = page.locator(f"{section('a.example')} .option-actions")
    assert bar.is_visible()
    other = page.locator(f"{section('a.default')}")
    other.scroll_into_view_if_needed()
    before = other.bounding_box()
    other.hover()
    assert other.locator(".option-actions").is_visible()
    assert other.bounding_box()["height"] == before["height"]
    page.mouse.move(0, 0)
    assert not other.locator(".option-actions").is_visible()
    # By keyboard: the name's link, then the actions.
    page.focus(f"{section('a.comment')} .permalink")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Copy name"
    page.keyboard.press("Enter")
    page.wait_for_function(
        "document.querySelector('.announced').textContent === 'Copied a.comment'"
    )


def test_on_touch_actions_are_always_there_and_large(browser, page_of_options):
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True
    )
    page = context.new_page()
    page.goto(page_of_options)
    page.wait_for_selector(".option-actions button")
    boxes = [button.bounding_box() for button in page.locator(".option-actions button").all()]
    assert all(box["height"] >= 44 and box["width"] >= 44 for box in boxes)
    # Only for options on the screen.
    assert page.locator(".option-actions").count() < 20
    context.close()


def test_code_that_is_cut_is_reached_by_keyboard(page, page_of_options):
    page.goto(page_of_options)
    code = page.locator(f"{section('a.code')} pre")
    code.scroll_into_view_if_needed()
    page.wait_for_selector(f"{section('a.code')} pre[tabindex='0'][role=group]")
    assert code.evaluate("(pre) => getComputedStyle(pre).maskImage") != "none"
    page.focus(f"{section('a.code')} pre")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('pre[tabindex]').scrollLeft > 0")


def test_the_target_is_marked_in_forced_colours(page, page_of_options):
    page.emulate_media(forced_colors="active")
    page.goto(f"{page_of_options}#opt-a.example")
    outline = "(name) => getComputedStyle(document.querySelector(name)).outlineStyle"
    assert page.evaluate(outline, section("a.example")) == "solid"
    assert page.evaluate(outline, section("a.default")) == "none"


def test_the_name_is_the_largest_and_a_long_path_is_cut(page, page_of_options):
    page.goto(page_of_options)
    sizes = page.evaluate(
        """(name) => [...document.querySelectorAll(`${name} *`)].map(
          (node) => [parseFloat(getComputedStyle(node).fontSize), !!node.closest('.option-name')])""",
        section("a.example"),
    )
    assert max(size for size, is_name in sizes if not is_name) < max(size for size, _ in sizes)
    path = page.locator(f"{section('a.code')} .declaration").first
    assert path.bounding_box()["height"] < 30
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")


def test_long_lists_of_values_are_folded_after_three_rows(page, page_of_options):
    page.goto(page_of_options)
    values = page.locator(f"{section('a.values')} .values")
    items = values.locator("li")
    box = values.locator("xpath=..").bounding_box()
    shown = [
        item for item in items.all() if item.bounding_box()["y"] < box["y"] + box["height"] - 30
    ]
    rows = {item.bounding_box()["y"] for item in shown}
    assert len(rows) == 3
    assert page.inner_text(f"{section('a.values')} summary").startswith("90 values")
    page.click(f"{section('a.values')} summary")
    assert items.last.is_visible()


def test_the_height_of_a_page_hardly_changes_while_it_is_scrolled(page, page_of_options):
    page.goto(page_of_options)
    heights = page.evaluate(
        """async () => {
          const frame = () => new Promise(requestAnimationFrame), root = document.documentElement;
          const heights = [root.scrollHeight];
          for (let y = 0; y < root.scrollHeight; y += 600) {
            scrollTo(0, y); await frame(); await frame();
            heights.push(root.scrollHeight);
          }
          return heights;
        }"""
    )
    assert max(heights) - min(heights) <= 0.05 * heights[-1]
