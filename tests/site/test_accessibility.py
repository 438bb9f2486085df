"""Every kind of page, in every state, as axe-core, a keyboard and a finger find it."""

from __future__ import annotations

import json

import pytest

from manualgen import api
from manualgen.options.reading import OptionSet
from tests.browsing import FAULTS, OF_COLOURS, OVERFLOW, SMALL, TAGS, WINDOWS
from tests.conftest import ROOT
from tests.manuals import build, include, picture
from tests.rendering import manual_of, named, option

pytestmark = pytest.mark.slow

CHAPTER = """\
# Setting up {#ch-setup}

## Wireless networks {#sec-wireless}

Text with `code`, {file}`/etc`, [F12]{.keycap}, *emphasis*, a [link](https://example.org), a
reference to [](#sec-tables) and to {option}`networking.wireless`, and a footnote[^1].

::: {.note}
A note with `code`.
:::

::: {.tip}
A tip.
:::

::: {.important}
Important.
:::

::: {.caution}
Careful.
:::

::: {.warning}
A warning with a [link](https://example.org/warning).
:::

::: {.example #ex-one}
# An example

```nix
{ services.nginx.enable = true; # comment
  text = "string"; number = 3; }
```
:::

::: {.figure #fig-one}
# A figure

![What the figure shows](picture.png)
:::

### Tables {#sec-tables}

| a | b |
|---|---|
| 1 | 2 |

```console
$ a-command with --many-arguments that-are-so-long-that-the-line-has-to-be-scrolled --on-every-screen /and/more/of/it
```

Term
: Definition.

> A quotation.

1. One
2. Two

[^1]: The footnote.
"""


def option_file(*paths):
    return json.dumps(
        {
            path: {
                "loc": path.split("."),
                "type": 'one of "one", "two", "three", "four", "five", "six"',
                "description": f"About {path}.",
                "default": {"_type": "literalExpression", "text": '"one"'},
                "declarations": [],
            }
            for path in paths
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A site of options, one of few options, a book, and a single page."""
    folder = tmp_path_factory.mktemp("pages")
    (included,) = manual_of(*sorted((ROOT / "sample-options").glob("*.json"))).sets
    extra = [
        option("services.nginx.enable", "Whether to enable it.", type="boolean", example="true"),
        named("services", "nginx", "virtualHosts", description="Hosts.", type="attribute set of (submodule)"),
        named("services", "nginx", "virtualHosts", "<name>", "root", description="A\n\n```nix\n{ a = 1; }\n```"),
        option("services.openssh.ports", "Where it listens.", type="list of 16 bit integer", read_only=True),
        option("wide.default", "x", default=f'"{"x" * 200}"', example="{\n  " + "y " * 100 + "\n}"),
        *[option(f"many.group{n % 7}.o{n:03}", "Text. " * 9, type="string") for n in range(180)],
    ]  # fmt: skip
    options = api.from_options([OptionSet((*included.catalog.options, *extra))], title="Sample")
    api.build_html(options, folder / "options")
    api.build_single_page(options, folder / "single.html")
    api.build_html(api.from_options([OptionSet(tuple(extra[:4]))], title="Small"), folder / "small")
    build(
        folder / "book",
        {
            "manual.md": "# Book {#book}\n\n## A book for tests\n\n"
            + include("chapters", "c.md")
            + include("appendix", "o.md"),
            "c.md": CHAPTER,
            "picture.png": picture(300, 200),
            "o.md": "# Options {#ch-o}\n\n" + include("options", "source: o.json"),
            "o.json": option_file("networking.wireless", "programs.editor", "programs.shell"),
        },
        chunk="chapter",
    )
    return folder


def nothing(_page):
    """A page as it opens."""


def results(query):
    def ask(page):
        page.fill("#search-field", query)
        page.wait_for_function(
            "(query) => document.getElementById('search-results').dataset.query === query",
            arg=query,
            timeout=20_000,
        )

    return ask


def drawer(page):
    if page.is_visible(".tree-button"):
        page.click(".tree-button")


KINDS = {
    "front page": ("options/index.html", nothing),
    "page of options": ("options/options/services.html", nothing),
    "options with code": ("options/options/wide.html", nothing),
    "parent page": ("options/options/many.html", nothing),
    "option that is linked to": ("options/options/services.html#opt-services.nginx.enable", nothing),
    "old address": ("options/options.html#opt-never.was", nothing),
    "few options": ("small/index.html", nothing),
    "single page": ("single.html", nothing),
    "front page of a book": ("book/site/index.html", nothing),
    "chapter": ("book/site/ch-setup.html", nothing),
    "options of a book": ("book/site/ch-o.html", nothing),
    "results": ("options/index.html", results("services")),
    "results in a book": ("book/site/index.html", results("wireless")),
    "nothing found": ("options/index.html", results("zzzopensshqq")),
    "drawer": ("options/options/services.html", drawer),
    "drawer of a book": ("book/site/ch-setup.html", drawer),
}  # fmt: skip


# Else a browser leaves out what is not on screen, and so does axe.
SHOW_ALL = """() => {
  for (const element of document.querySelectorAll("main *, .search-results *")) {
    if (getComputedStyle(element).contentVisibility === "auto") {
      element.style.contentVisibility = "visible";
    }
  }
}"""

# Browsers other than Safari focus what can be scrolled; a single page has no script to do it there.
IGNORED = {"single page": ["scrollable-region-focusable"]}


def opened(context, folder, kind):
    address, prepare = KINDS[kind]
    page = context.new_page()
    page.goto(f"{folder.as_uri()}/{address}")
    prepare(page)
    page.evaluate(SHOW_ALL)
    return page


@pytest.mark.parametrize("window", WINDOWS)
def test_axe_finds_nothing(browser, folder, axe, window):
    context = browser.new_context(color_scheme="light", **WINDOWS[window])
    found: list[str] = []
    for kind in KINDS:
        page = opened(context, folder, kind)
        page.evaluate(axe)
        faults = page.evaluate(FAULTS, [TAGS, IGNORED.get(kind, [])])
        page.emulate_media(color_scheme="dark")
        faults += page.evaluate(FAULTS, [OF_COLOURS, []])
        found += [f"{kind}: {fault}" for fault in faults]
        page.close()
    context.close()
    assert not found, "\n".join(found)


def test_axe_finds_nothing_without_scripts(browser, folder, axe):
    # Only the page's own scripts are missing: axe is one too. One of them makes what can be
    # scrolled reachable by keyboard where the browser doesn't.
    context = browser.new_context(**WINDOWS["phone"])
    context.route("**/*.js", lambda route: route.abort())
    found: list[str] = []
    for kind in ("front page", "page of options", "old address", "single page", "chapter"):
        page = opened(context, folder, kind)
        assert page.is_visible("main")
        page.evaluate(axe)
        faults = page.evaluate(FAULTS, [TAGS, ["scrollable-region-focusable"]])
        found += [f"{kind}: {fault}" for fault in faults]
        page.close()
    context.close()
    assert not found, "\n".join(found)


def test_controls_are_large_enough_for_a_finger(browser, folder):
    context = browser.new_context(**WINDOWS["phone"])
    found: list[str] = []
    for kind in KINDS:
        page = opened(context, folder, kind)
        found += [f"{kind}: {control}" for control in page.evaluate(SMALL)]
        page.close()
    context.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("width", "text"), [(320, 100), (1280, 200)], ids=str)
def test_nothing_has_to_be_scrolled_sideways(browser, folder, width, text):
    context = browser.new_context(viewport={"width": width, "height": 600})
    found: list[str] = []
    for kind in KINDS:
        page = opened(context, folder, kind)
        page.add_style_tag(content=f"html {{ font-size: {text}% !important }}")
        excess = page.evaluate(OVERFLOW)
        if excess > 0:
            found.append(f"{kind}: {excess} px")
        page.close()
    context.close()
    assert not found, "\n".join(found)


FOCUSABLE = """() => [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }))
  .forEach((element, i) => { element.dataset.place = i; })"""

FOCUSED = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const isMarked = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const styles = [getComputedStyle(element), getComputedStyle(element, "::after")];
  const name = element.dataset.place
    ? Number(element.dataset.place)
    : `${element.textContent} of ${element.closest("section.option")?.id}`;
  return [name, styles.some(isMarked), element.outerHTML.slice(0, 90)];
}"""

OPTIONS = """() => [...document.querySelectorAll("section.option")].map((option) =>
  [option.id, Math.max(...[...option.querySelectorAll("[data-place]")].map((e) => e.dataset.place)),
   Boolean(option.querySelector(".read-only"))])"""


def with_actions(places, options):
    """Return what Tab reaches: the actions of each option come after its last link."""
    last = {place: (name, read_only) for name, place, read_only in options}
    for place in places:
        yield place
        if place in last:
            name, read_only = last[place]
            labels = (
                ("Copy name", "Copy link") if read_only else ("Copy name", "Copy line", "Copy link")
            )
            yield from (f"{label} of {name}" for label in labels)


@pytest.mark.parametrize("kind", ["front page", "page of options", "chapter", "results"])
def test_tab_reaches_everything_in_order(browser, folder, kind):
    context = browser.new_context(**WINDOWS["desktop"])
    page = opened(context, folder, kind)
    if kind != "results":
        page.evaluate("() => document.activeElement.blur()")
    page.evaluate(FOCUSABLE)
    count = page.evaluate("() => document.querySelectorAll('[data-place]').length")
    options = page.evaluate(OPTIONS) if kind != "results" else []
    walk = []
    for _ in range(count + 3 * len(options) + 5):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at is None or at[0] in [name for name, *_ in walk]:
            break
        walk.append(at)
    context.close()
    names = [name for name, *_ in walk]
    first = names[0] if kind == "results" else 0
    assert names == list(with_actions(range(first, count), options))
    assert [text for _, is_marked, text in walk if not is_marked] == []


def test_nothing_moves_for_those_who_want_none_to(browser, folder):
    context = browser.new_context(reduced_motion="reduce", **WINDOWS["desktop"])
    for kind in KINDS:
        page = opened(context, folder, kind)
        assert page.evaluate("() => document.getAnimations().length") == 0, kind
        assert (
            page.evaluate("() => getComputedStyle(document.documentElement).scrollBehavior")
            == "auto"
        )
        page.close()
    context.close()
