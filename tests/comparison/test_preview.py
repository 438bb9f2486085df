"""Previews: which pages they have, their marks, and where their links lead."""

from __future__ import annotations

import json
import shutil

import pytest
from selectolax.lexbor import LexborHTMLParser

import manualgen
from manualgen.errors import Code, ManualError
from manualgen.options import tree
from tests import manuals
from tests.browsing import CONTRAST, OVERFLOW
from tests.conftest import written
from tests.manuals import include
from tests.rendering import option
from tests.site.test_validity import check

# The parent page has the options of the smallest group, "three".
MANY = {
    f"services.{service}.setting-{number}": f"Setting {number} of {service}."
    for service in ("one", "six", "three", "four")
    for number in range(tree.LARGEST_PAGE - 50 * (service == "three"))
}
MANY["services.one.setting-3"] = "Needs {option}`services.six.setting-5`."
MANY["services.six.setting-0"] = "See {option}`services.one.setting-0` and <https://example.org>."


def option_set(texts):
    return manualgen.OptionSet(tuple(option(*one) for one in sorted(texts.items())))


def preview(folder, changes, **settings):
    """Build a preview of the many options, in which some texts differ; None removes an option."""
    new = {name: text for name, text in {**MANY, **changes}.items() if text is not None}
    return manualgen.build_preview(option_set(MANY), option_set(new), folder, **settings)


def files(folder):
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def parsed(path):
    return LexborHTMLParser(path.read_text("utf-8"))


def texts(path, selector):
    return [" ".join(node.text().split()) for node in parsed(path).css(selector)]


# ─── which pages there are ───


def test_the_preview_is_the_same_with_any_number_of_processes(tmp_path):
    chapters = {f"c{number}": f"Text {number}, see {{option}}`x`." for number in range(45)}

    def book(name, more):
        folder = tmp_path / name
        folder.mkdir()
        for chapter, text in chapters.items():
            (folder / f"{chapter}.md").write_text(f"# {chapter} {{#{chapter}}}\n\n{text}{more}\n")
        names = [f"{chapter}.md" for chapter in chapters]
        book = "# B {#b}\n\n## S\n\n" + include("chapters", *names)
        (folder / "book.md").write_text(book)
        return manualgen.load(folder / "book.md")

    old, new = book("old", ""), book("new", " More.")
    seen = []

    def built(jobs):
        folder = tmp_path / f"out{jobs}"
        options = manualgen.BuildOptions(jobs=jobs, progress=lambda *counts: seen.append(counts))
        result = manualgen.build_preview(old, new, folder, options=options)
        return result.pages, result.diagnostics, files(folder)

    one = built(1)
    assert seen == [(number, 45) for number in range(1, 46)]
    assert (len(one[0]), len(one[1])) == (45, 45)
    assert built(2) == one
    assert seen[-1] == (45, 45)


def test_only_what_has_changed_is_there(tmp_path):
    result = preview(tmp_path / "out", {"services.six.setting-0": "Other."})
    assert result.pages == ("manual/options/services.six.html",)
    assert sorted(files(tmp_path / "out")) == [
        ".manualgen.json",
        "index.html",
        "manual/manual.js",
        "manual/options.js",
        "manual/options/services.six.html",
        "manual/style.css",
    ]


def test_a_page_that_has_moved_is_compared_with_what_it_was(tmp_path):
    def book(name, page, redirects):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "one.md").write_text("# One {#one}\n\nThe same text.\n")
        arguments = f"html:into-file=//{page}.html"
        text = "# B {#b}\n\n## S\n\n" + include("chapters", "one.md", arguments=arguments)
        (folder / "book.md").write_text(text)
        settings = 'source = "book.md"\n'
        if redirects:
            settings += 'redirects = "redirects.json"\n'
            addresses = {"b": ["index.html#b"], "one": ["new.html#one", "old.html#one"]}
            addresses["one"].append("old.html")
            (folder / "redirects.json").write_text(json.dumps(addresses))
        (folder / "manual.toml").write_text(settings)
        return manualgen.load(folder / "manual.toml")

    old = book("before", "old", redirects=False)
    result = manualgen.build_preview(old, book("plain", "new", redirects=False), tmp_path / "a")
    assert "manual/new.html" in result.pages
    assert "old.html" in (tmp_path / "a/index.html").read_text()
    result = manualgen.build_preview(old, book("led", "new", redirects=True), tmp_path / "b")
    assert "manual/new.html" not in result.pages
    assert "old.html" not in (tmp_path / "b/index.html").read_text()


def test_nothing_has_changed(tmp_path):
    result = preview(tmp_path / "out", {})
    assert (result.pages, result.report.is_empty) == ((), True)
    assert sorted(files(tmp_path / "out")) == [".manualgen.json", "index.html"]
    count = f"{len(MANY):,}"
    assert f"Nothing has changed in {count} options." in texts(tmp_path / "out/index.html", "p")


def test_a_page_whose_reference_leads_nowhere_now_has_changed(tmp_path):
    result = preview(tmp_path / "out", {"services.six.setting-5": None})
    assert result.pages == (
        "manual/options/services.one.html",
        "manual/options/services.six.html",
    )
    assert [one.code for one in result.diagnostics] == [Code.UNKNOWN_OPTION]


def test_what_is_wrong_on_pages_that_have_not_changed_is_not_reported(tmp_path):
    old = {**MANY, "services.one.setting-1": "See {option}`services.nothing`."}
    new = {**old, "services.six.setting-1": "See {option}`services.nowhere`."}
    result = manualgen.build_preview(option_set(old), option_set(new), tmp_path / "out")
    assert [one.option for one in result.diagnostics] == ["services.six.setting-1"]


CHAPTERS = {
    "manual.md": "# M {#m}\n\n## S\n\n" + include("chapters", "a.md", "b.md", "c.md"),
    "a.md": "# A {#ch-a}\n\nText. See [](#ch-c).\n\n## Part {#sec-part}\n\nMore.\n",
    "b.md": "# B {#ch-b}\n\nText.\n\n![Picture](p.png)\n",
    "c.md": "# C {#ch-c}\n\nText. See [](#ch-b).\n",
    "p.png": manuals.picture(),
}


def chapters(folder, changes, **settings):
    old = manuals.load(manuals.write(folder / "old", CHAPTERS))
    new = manuals.load(manuals.write(folder / "new", {**CHAPTERS, **changes}))
    return manualgen.build_preview(old, new, folder / "out", **settings)


def test_a_chapter_that_has_changed(tmp_path):
    result = chapters(
        tmp_path, {"a.md": CHAPTERS["a.md"].replace("More.", "Less.").replace("Text", "Word")}
    )
    assert result.pages == ("manual/ch-a.html",)
    page = tmp_path / "out/manual/ch-a.html"
    assert texts(page, ".change-mark") == ["Changed", "Changed"]
    assert parsed(page).css_first("#sec-part").attributes["data-change"] == "changed"
    # No picture is on it.
    assert "manual/p.png" not in files(tmp_path / "out")


def test_pictures_of_changed_chapters_are_there(tmp_path):
    result = chapters(tmp_path, {"b.md": CHAPTERS["b.md"].replace("Text", "Word")})
    assert result.pages == ("manual/ch-b.html",)
    (address,) = [
        node.attributes["src"] for node in parsed(tmp_path / "out/manual/ch-b.html").css("img")
    ]
    assert (tmp_path / "out/manual" / address).read_bytes() == CHAPTERS["p.png"]


def test_chapters_whose_numbers_alone_have_changed_are_not_there(tmp_path):
    changed = {
        "manual.md": CHAPTERS["manual.md"].replace("b.md", "new.md\nb.md"),
        "new.md": "# New {#ch-new}\n\nText.\n",
    }
    assert "manual/ch-b.html" not in chapters(tmp_path, changed).pages


def test_a_manual_with_errors_changes_nothing(tmp_path):
    chapters(tmp_path, {"a.md": "# A {#ch-a}\n"})
    before = files(tmp_path / "out")
    result = chapters(tmp_path, {"b.md": "# B {#ch-b}\n\nSee [](#nothing).\n"})
    assert (result.pages, result.size) == ((), 0)
    assert Code.DANGLING_REFERENCE in {one.code for one in result.diagnostics}
    assert files(tmp_path / "out") == before


# ─── what is on them ───


def test_marks_say_what_has_changed_and_lead_to_the_start_page(tmp_path):
    preview(tmp_path / "out", {"services.six.setting-0": "Other.", "services.six.new": "New."})
    page = tmp_path / "out/manual/options/services.six.html"
    assert sorted(texts(page, ".change-mark")) == ["Added", "Changed: description"]
    start = parsed(tmp_path / "out/index.html")
    for link in parsed(page).css(".change-mark a"):
        path, _, name = link.attributes["href"].partition("#")
        assert path == "../../index.html"
        assert start.css_first(f'[id="{name}"]') is not None
    for link in start.css(".change h4 a"):
        path, _, name = link.attributes["href"].partition("#")
        assert parsed(tmp_path / "out" / path).css_first(f'[id="{name}"]') is not None


def test_names_and_texts_stay_text(tmp_path):
    old = option_set({'a.<b>."c&d"': "Text.", "x": "X."})
    new = option_set(
        {'a.<b>."c&d"': '`<section class="option" id="opt-x"><a href="y">`', "x": "X."}
    )
    manualgen.build_preview(old, new, tmp_path / "out")
    page = parsed(tmp_path / "out/manual/index.html")
    assert len(page.css("section.option")) == 2
    assert len(page.css("[data-change]")) == len(page.css(".change-mark")) == 1
    code = '<section class="option" id="opt-x"><a href="y">'
    assert page.css_first(".option-description code").text() == code


def links(page):
    return [(node.text(), node.attributes.get("href")) for node in parsed(page).css("main a")]


def test_links_to_pages_that_have_not_changed(tmp_path):
    changes = {"services.six.setting-1": "Other."}
    preview(tmp_path / "out", changes)
    page = tmp_path / "out/manual/options/services.six.html"
    assert ("services.one.setting-0", None) in links(page)
    assert ("https://example.org", "https://example.org") in links(page)
    preview(tmp_path / "out", changes, base_url="https://example.org/manual")
    base = "https://example.org/manual/options"
    name = "services.one.setting-0"
    assert (name, f"{base}/services.one.html#opt-{name}") in links(page)


def test_every_link_leads_to_what_is_there(tmp_path):
    preview(tmp_path / "out", {"services.six.setting-1": "Other.", "services.four.x": "New."})
    for path in (tmp_path / "out").rglob("*.html"):
        page = parsed(path)
        found = [node.attributes.get("href") for node in page.css("a, link")]
        found += [node.attributes.get("src") for node in page.css("script, img")]
        for address in filter(None, found):
            file, _, name = address.partition("#")
            if "//" not in address:
                target = (path.parent / file).resolve() if file else path
                assert target.is_file(), (path, address)
                assert not name or parsed(target).css_first(f'[id="{name}"]') is not None, address


def test_there_is_no_search(tmp_path):
    preview(tmp_path / "out", {"services.six.setting-1": "Other."})
    page = parsed(tmp_path / "out/manual/options/services.six.html")
    assert page.css("[role=search], .search-results, #routes") == []


# ─── how it is built ───


def test_the_same_bytes_each_time(tmp_path):
    changes = {"services.six.setting-1": "Other.", "services.three.setting-1": None}
    for name in ("one", "two"):
        preview(tmp_path / name, changes)
    preview(tmp_path / "two", {"services.four.setting-1": "Other."})
    preview(tmp_path / "two", changes)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_progress(tmp_path):
    calls = []
    options = manualgen.BuildOptions(progress=lambda done, total: calls.append((done, total)))
    changes = {"services.six.setting-1": "Other.", "services.one.setting-1": "Other."}
    preview(tmp_path / "out", changes, options=options)
    assert calls == [(1, 2), (2, 2)]


def test_a_theme(tmp_path):
    theme = tmp_path / "theme"
    theme.mkdir()
    (theme / "page.html").write_text("<title>{{ title }}</title>{{ content|safe }}")
    (theme / "preview.css").write_text("p { color: red }")
    old, new = (
        manualgen.from_options(option_set(some), theme=theme)
        for some in (MANY, {**MANY, "services.six.setting-1": "Other."})
    )
    result = manualgen.build_preview(old, new, tmp_path / "out")
    assert result.pages == ("manual/options/services.six.html",)
    page = tmp_path / "out" / result.pages[0]
    assert page.read_text("utf-8").startswith("<title>services.six</title>")
    assert texts(page, ".change-mark") == ["Changed: description"]
    assert (tmp_path / "out/manual/style.css").read_text("utf-8").endswith("p { color: red }")


def test_files_of_others_are_not_replaced(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/index.html").write_text("theirs")
    with pytest.raises(ManualError):
        preview(tmp_path / "out", {})
    assert files(tmp_path / "out") == {"index.html": b"theirs"}


def test_an_address_that_is_none(tmp_path):
    with pytest.raises(ValueError, match="not an address that begins with https"):
        preview(tmp_path / "out", {}, base_url="javascript:alert(1)")
    assert not (tmp_path / "out").exists()


def test_the_command(tmp_path):
    old = written(tmp_path / "old.json", {"a.b": {"description": "B."}, "a.c": {"type": "string"}})
    new = written(tmp_path / "new.json", {"a.b": {"description": "C."}})
    result = manuals.run("preview", old, new, "-o", tmp_path / "out", "--exit-code", status=1)
    assert f"1 breaking, 1 documentation → 1 page in {tmp_path / 'out'}/" in result.output
    manuals.run("preview", old, new, "-o", tmp_path / "out")
    manuals.run("preview", old, new, "-o", "-", status=2)
    manuals.run("preview", old, new, "-o", tmp_path / "x", "--base-url", "ftp://x", status=2)


# ─── in a browser ───


@pytest.mark.slow
def test_a_reviewer_goes_from_change_to_change(browser, tmp_path):
    changes = {
        "services.six.setting-1": "Other.",
        "services.six.<b>.new": "New.",
        "services.four.setting-1": None,
    }
    preview(tmp_path / "out", changes)
    chapters(tmp_path / "manual", {"a.md": CHAPTERS["a.md"].replace("More.", "Less.")})
    shutil.copytree(tmp_path / "manual/out", tmp_path / "out/chapters")
    for width, scheme in [(1200, "light"), (390, "dark")]:
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        failed = []
        page.on("requestfailed", lambda request, failed=failed: failed.append(request.url))
        page.on("pageerror", lambda error, failed=failed: failed.append(str(error)))
        for path in sorted((tmp_path / "out").rglob("*.html")):
            page.goto(path.as_uri())
            assert page.evaluate(OVERFLOW) <= 0
            assert page.evaluate(CONTRAST) == []
        page.goto((tmp_path / "out/index.html").as_uri())
        page.get_by_role("link", name="services.six.<b>.new").click()
        mark = page.locator("section.option:target .change-mark")
        assert mark.is_visible()
        assert mark.inner_text() == "Added"
        mark.get_by_role("link").click()
        assert page.locator(".change:target h4").inner_text().startswith("services.six.<b>.new")
        assert failed == []
        page.close()


@pytest.mark.slow
def test_the_pages_are_valid(tmp_path):
    preview(tmp_path / "out", {"services.six.setting-1": "Other.", "services.six.<b>.new": "New."})
    chapters(
        tmp_path, {"a.md": CHAPTERS["a.md"].replace("More.", "Less.")}, base_url="http://x.org"
    )
    check(*sorted(str(path) for path in (tmp_path / "out").rglob("*.html")))
