"""Reports of what has changed: what they say, in every format."""

from __future__ import annotations

import json
import re

import msgspec
import pytest
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser as HTMLParser

import manualgen
from manualgen.comparison.report import DiffReport
from manualgen.errors import Code
from manualgen.options import reading
from manualgen.options.model import Declaration, Markup, Text
from tests import manuals
from tests.browsing import CONTRAST, OVERFLOW
from tests.conftest import ROOT, shared
from tests.rendering import named, option
from tests.site.test_validity import check


def diff(old, new, **settings):
    old, new = (
        manualgen.OptionSet(tuple([side] if isinstance(side, manualgen.Option) else side))
        for side in (old, new)
    )
    return manualgen.diff(old, new, **settings)


def part(old, new):
    ((only,),) = [one.parts for one in diff(old, new).options]
    return only


# ─── what is reported ───


def test_nothing():
    report = diff([option("a", "Text.")], [option("a", "Text.")])
    assert (report.unchanged, report.options, report.is_empty) == (1, (), True)
    assert report.render("text") == "Nothing has changed in 1 option.\n"


def test_descriptions_are_compared_as_readers_see_them():
    changed = part(option("a", "The *old*   name."), option("a", "The\n`new` name."))
    assert (changed.old, changed.new) == ("The old name.", "The new name.")
    assert [(run.kind, run.text) for run in changed.words] == [
        ("equal", "The "),
        ("removed", "old "),
        ("added", "new "),
        ("equal", "name."),
    ]


def test_other_formatting_is_only_said_to_be_other():
    changed = part(option("a", "Set FOO."), option("a", "Set `FOO`."))
    assert (changed.reason, changed.impact, changed.words) == ("formatting", "documentation", ())
    assert "formatting" in diff(option("a", "x"), option("a", "*x*")).render("text")


def test_what_nobody_can_see_is_no_change():
    report = diff(
        [option("a", "Some  *text*\nof two lines."), option("b", "Text.")],
        [option("a", "Some _text_ of\ntwo lines."), option("b", "Other.")],
    )
    assert [one.name for one in report.options] == ["b"]
    assert report.unchanged == 1
    docbook = Text("Set <literal>FOO</literal>.", Markup.DOCBOOK)
    markdown = Text("Set `FOO`.", Markup.MARKDOWN)
    old, new = (
        msgspec.structs.replace(option("a"), description=one) for one in (docbook, markdown)
    )
    assert diff(old, new).is_empty


def test_an_address_that_a_link_leads_to_is_seen():
    changed = part(option("a", "[it](https://a.org)"), option("a", "[it](https://b.org)"))
    assert (changed.reason, changed.new) == ("changed", "it (https://b.org)")


def test_options_are_grouped_by_impact_and_module():
    old = [
        option("a.x", declarations=(Declaration("a.nix"),)),
        option("b.y", declarations=(Declaration("b.nix"),)),
        option("a.z", type="string", declarations=(Declaration("a.nix"),)),
    ]
    new = [option("a.z", type="boolean", declarations=(Declaration("a.nix"),)), option("c.d.e.f")]
    report = diff(old, new)
    assert [
        (impact, [(module, [one.name for one in entries]) for module, entries in modules])
        for impact, modules in report.by_module()
    ] == [
        ("breaking", [("nixpkgs/a.nix", ["a.x", "a.z"]), ("nixpkgs/b.nix", ["b.y"])]),
        ("compatible", [("c.d", ["c.d.e.f"])]),
    ]


def test_a_prefix_stands_for_options_of_which_nothing_else_has_changed():
    def module(prefix, text):
        return [
            option(f"{prefix}.host", "The address to listen on."),
            option(f"{prefix}.port", "The port to listen on."),
            option(f"{prefix}.mode", text),
        ]

    report = diff(module("a.b", "One of the modes."), module("a.c", "A mode of operation."))
    ((_, ((_, entries),)),) = report.by_module()
    assert [(one.old, one.new, one.options) for one in entries[:1]] == [("a.b", "a.c", 2)]
    assert [one.name for one in entries[1:]] == ["a.c.mode"]
    # Programs get every option.
    assert len(report.options) == 3


def test_a_manual_is_not_compared_with_an_option_set(tmp_path):
    made = manualgen.load(manuals.write(tmp_path, {"manual.md": "# M {#m}\n## V\n"}))
    for pair in ((made, manualgen.OptionSet(())), (manualgen.OptionSet(()), made)):
        with pytest.raises(manualgen.ManualError) as caught:
            manualgen.diff(*pair, names=("one", "other"))
        assert caught.value.diagnostic.code is Code.NOT_COMPARABLE


# ─── manuals ───

CHAPTERS = """# Manual {#m}

## Version

```{=include=} chapters
one.md
```
"""


def book(folder, text, **files):
    folder.mkdir()
    path = manuals.write(folder, {"manual.md": CHAPTERS, "one.md": text, **files})
    return manualgen.load(path)


def test_sections_of_chapters(tmp_path):
    old = book(
        tmp_path / "old",
        "# One {#ch-one}\n\nThe first chapter.\n\n## Gone {#gone}\n\nx\n\n"
        "## Same {#same}\n\nEqual.\n\n## Id {#old-id}\n\nStays.\n\n## Outer {#outer}\n\n"
        "### Inner {#inner}\n\ny\n",
    )
    new = book(
        tmp_path / "new",
        "# The first {#ch-one}\n\nThe first *new* chapter.\n\n## Same {#same}\n\nEqual.\n\n"
        "## Id {#new-id}\n\nStays.\n\n## Outer {#outer}\n\n## Inner {#inner}\n\ny\n\n"
        "## New {#new}\n\nz\n",
    )
    report = manualgen.diff(old, new)
    assert [(one.kind, one.id, one.old_id, one.old_title) for one in report.sections] == [
        ("changed", "ch-one", None, "One"),
        ("renamed", "new-id", "old-id", None),
        ("moved", "inner", None, None),
        ("added", "new", None, None),
        ("removed", "gone", None, None),
    ]
    text = report.render("text")
    assert "The first {+new+} chapter." in text
    assert text.startswith("No option has changed; 5 changed sections.\n")


def test_a_reference_shows_the_title_that_it_leads_to(tmp_path):
    text = "# One {#ch-one}\n\nSee [](#sec-b).\n\n## {title} {{#sec-b}}\n\nText.\n"
    old, new = (
        book(tmp_path / name, text.replace("{title}", name).replace("{{", "{").replace("}}", "}"))
        for name in ("old", "new")
    )
    changed = [one.id for one in manualgen.diff(old, new).sections]
    assert changed == ["ch-one", "sec-b"]


def test_all_option_sets_of_a_manual(tmp_path):
    """Two sets of one prefix are compared as one; that of another prefix by itself."""
    toml = """source = "manual.md"
[[options]]
source = "a.json"
[[options]]
source = "b.json"
[[options]]
source = "c.json"
id-prefix = "host-"
"""

    def made(name, **sets):
        files = {"manual.toml": toml, "manual.md": "# M {#m}\n\n## V\n"}
        files |= {
            f"{key}.json": json.dumps({one: {"description": text} for one, text in value.items()})
            for key, value in sets.items()
        }
        manuals.write(tmp_path / name, files)
        return manualgen.load(tmp_path / name / "manual.toml")

    old = made("old", a={"x.a": "A."}, b={"x.b": "B."}, c={"x.a": "Host."})
    new = made("new", a={"x.a": "A."}, b={"x.b": "New."}, c={"x.a": "Guest."})
    report = manualgen.diff(old, new)
    assert [(one.id, one.parts[0].new) for one in report.options] == [
        ("opt-x.b", "New."),
        ("host-x.a", "Guest."),
    ]
    assert (report.old.options, report.unchanged) == (3, 1)


# ─── formats ───

HOSTILE = '`@user` #1 <img src=x onerror=alert(1)> ``` **b** [l](x) "q" \x1b[31m \x07 ##[error]'


@pytest.fixture(scope="module")
def hostile():
    """A report in which every text is a stranger's attempt at something."""
    old = [
        named("a", f"gone {HOSTILE}", type=HOSTILE),
        named("a", "changed", description=f"{HOSTILE} one\n\n```\n{HOSTILE}\n```", type=HOSTILE,
              default=HOSTILE, example=f"{HOSTILE}\n1"),
        named("a", f"old {HOSTILE}", description="The name of this very option."),
    ]  # fmt: skip
    new = [
        named("a", "changed", description=f"{HOSTILE} two\n\n```\n{HOSTILE} x\n```",
              type=f"{HOSTILE} or y", default=f"{HOSTILE} z", example=f"{HOSTILE}\n2"),
        named("a", f"new {HOSTILE}", description="The name of this very option."),
        named("a", f"added {HOSTILE}", description=f"Alias of {{option}}`{HOSTILE[8:]}`",
              type=HOSTILE, declarations=(Declaration(HOSTILE),)),
    ]  # fmt: skip
    return diff(old, new, names=(HOSTILE, HOSTILE), preview_url="https://example.org/p/")


def test_a_terminal_is_not_controlled(hostile):
    text = hostile.render("text")
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "##[" not in text


def test_markdown_is_inert(hostile):
    """Strangers' texts stand in code only: GitHub looks for mentions in what is no code."""
    text = hostile.render("markdown")
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    kept = [child for token in tokens for child in (token.children or [])]
    outside = " ".join(token.content for token in kept if token.type == "text")
    assert "@" not in outside
    assert "#1" not in outside
    html = [token.content for token in (*tokens, *kept) if token.type.startswith("html")]
    assert set(re.findall(r"</?\w+", "".join(html))) <= {
        "<details",
        "</details",
        "<summary",
        "</summary",
    }
    assert not any(token.type in {"image", "em_open"} for token in kept)
    links = [token.attrGet("href") for token in kept if token.type == "link_open"]
    assert links
    assert all(link.startswith("https://example.org/p/") for link in links)


def test_html_has_no_markup_of_strangers(hostile):
    html = hostile.render("html")
    tree = HTMLParser(html)
    assert tree.css("img, script, em, iframe") == []
    assert all(
        node.attributes["href"].startswith(("#", "https://example.org/p/"))
        for node in tree.css("a")
    )
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", html.replace("\n", ""))
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//(?!example\.org/p/)", html)


def test_json_is_what_it_is_documented_to_be(hostile):
    """Read again with the types of the report, strictly, it is the same report."""
    text = hostile.render("json")
    again = msgspec.json.decode(text, type=DiffReport, strict=True)
    assert again.to_dict() == json.loads(text)
    assert again == hostile
    documented = set(re.findall(r"`([\w-]+)`", (ROOT / "docs" / "diff.md").read_text("utf-8")))
    keys = set(keys_of(json.loads(text)))
    assert keys - documented - {"text"} == set()


def keys_of(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner)


def test_json_schema_of_the_report():
    jsonschema = pytest.importorskip("jsonschema")
    schema = msgspec.json.schema(DiffReport)
    report = diff([option("a", "One.", type="string")], [option("a", "Two.", type="boolean")])
    jsonschema.validate(report.to_dict(), schema)


def test_lone_surrogates_are_written_as_what_utf8_can_hold():
    report = diff([option("a", "x")], [option("a", "\ud800 y"), option("b\udc00")])
    for name in ("text", "markdown", "json", "html"):
        report.render(name).encode()


def test_an_unknown_format():
    with pytest.raises(ValueError, match="unknown format 'xml'"):
        diff([], []).render("xml")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "example.org", "ftp://a/", "//a/"])
def test_previews_are_on_the_web(url):
    with pytest.raises(ValueError, match="https://"):
        diff([option("a")], [option("b")], preview_url=url)


def test_addresses_in_a_preview(tmp_path):
    """They are those of a site of the new options."""
    many = [option(f"a.b{number}.c", "Text.") for number in range(200)]
    new = [*many, option("a.b7.new", "Text.")]
    (added,) = diff(many, new, preview_url="https://x.org/p/").options
    page, _, fragment = (added.url or "").removeprefix("https://x.org/p/").partition("#")
    manualgen.build_html(manualgen.from_options(manualgen.OptionSet(tuple(new))), tmp_path / "s")
    assert HTMLParser((tmp_path / "s" / page).read_text()).css(f'[id="{fragment}"]')
    assert fragment == "opt-a.b7.new"
    (added,) = diff([], [option("a.b")], preview_url="https://x.org/one.html").options
    assert added.url == "https://x.org/one.html#opt-a.b"
    (gone,) = diff([option("a.b")], [], preview_url="https://x.org/p/").options
    assert gone.url is None


# ─── real sets ───


@pytest.fixture(scope="module")
def nixos():
    old, new = (
        reading.read(str(shared(f"data/options/{name}.json")))
        for name in ("nixos-2014", "nixos-1609")
    )
    return manualgen.diff(old, new, names=("14.03", "16.09"))


@pytest.mark.parametrize("largest", [1_000, 5_000, 65_000, 200_000])
def test_markdown_is_cut_to_a_size_and_says_what_is_left_out(nixos, largest):
    text = nixos.render("markdown", largest=largest)
    assert len(text.encode()) <= largest
    left_out = text.rstrip().split("\n")[-1]
    assert left_out.startswith("Not shown, for want of space: ")
    missing = {
        name: int(count.replace(",", ""))
        for count, name in re.findall(r"(\d[\d,]*) (\w+)", left_out)
    }
    # What is shown, and what is not, are all changes; the worst are left out last.
    shown = len(re.findall(r"^- ", text, re.MULTILINE)) + sum(
        int(count) - 1 for count in re.findall(r": (\d+) options renamed", text)
    )
    assert shown + sum(missing.values()) == len(nixos.options)
    if nixos.counts["breaking"] > missing.get("breaking", 0) > 0:
        assert missing["notable"] == nixos.counts["notable"]
    assert text.count("<details>") == text.count("</details>")


def test_markdown_without_a_limit_has_all_changes(nixos):
    text = nixos.render("markdown")
    assert "Not shown" not in text
    for one in nixos.options:
        if one.kind == "removed":
            assert f"`{one.name}`" in text


def test_text_fits_a_terminal(nixos):
    for width in (60, 80, 120):
        text = nixos.render("text", width=width)
        prose = re.findall(r"^ {8}(?![-+ ]).*$", text, re.MULTILINE)
        # Names and values are not wrapped, nor long words of a text; the rest is.
        too_wide = [line for line in prose if len(line) > width and " " in line[8:].strip()]
        assert [line for line in too_wide if "│" in line] == []
        assert len([line for line in too_wide if len(max(line.split(), key=len)) < 30]) == 0


def test_the_page_lists_every_change_once(nixos):
    tree = HTMLParser(nixos.render("html"))
    names = [node.text() for node in tree.css(".change h4 code:last-of-type")]
    prefixes = [name for name in names if name.endswith(".…")]
    assert len(set(names)) > 3_000
    assert {one.name for one in nixos.options if one.kind == "removed"} <= set(names)
    assert prefixes
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids))


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_in_a_browser(browser, nixos, hostile, tmp_path, width, scheme):
    """Nothing sticks out, and every text stands out from what is behind it."""
    size = {"width": width, "height": 800}
    page = browser.new_page(viewport=size, color_scheme=scheme)
    for report in (hostile, cut(nixos)):
        (tmp_path / "page.html").write_text(report.render("html"))
        page.goto((tmp_path / "page.html").as_uri())
        assert page.evaluate(OVERFLOW) <= 0
        assert page.evaluate(CONTRAST) == []


def cut(report):
    """Return a report with one of ten of its options: enough for a browser."""
    return msgspec.structs.replace(report, options=report.options[::10])


@pytest.mark.slow
def test_the_page_is_valid(hostile, tmp_path):
    (tmp_path / "page.html").write_text(hostile.render("html"))
    check(str(tmp_path / "page.html"))


def test_home_manager_against_an_edited_copy():
    old = reading.read(str(shared("data/options/home-manager.json")))
    by_name = {one.name: one for one in old.options}

    def edited(name, **fields):
        by_name[name] = msgspec.structs.replace(by_name[name], **fields)

    text = by_name["programs.git.enable"].description
    assert text is not None
    edited("programs.git.enable", description=Text(text.text + " And more."))
    edited("programs.git.package", read_only=True)
    edited("programs.fzf.enable", default=Text("true", Markup.NIX))
    del by_name["programs.bash.enable"]
    by_name["programs.new.enable"] = option("programs.new.enable", "New.", type="boolean")
    report = manualgen.diff(old, manualgen.OptionSet(tuple(reversed(by_name.values()))))
    found = {(one.kind, one.name, one.impact) for one in report.options}
    assert found == {
        ("removed", "programs.bash.enable", "breaking"),
        ("changed", "programs.git.package", "breaking"),
        ("changed", "programs.fzf.enable", "notable"),
        ("added", "programs.new.enable", "compatible"),
        ("changed", "programs.git.enable", "documentation"),
    }
    assert report.unchanged == len(old.options) - 4


def test_a_prefix_of_many_options_takes_no_time_out_of_proportion():
    """Twenty thousand options below a thousand prefixes: each is looked at a few times."""
    prefixes = [f"a.m{number}" for number in range(500)]
    old = [
        option(f"{prefix}.{name}", f"What {name} of {prefix} is meant to say here.")
        for prefix in prefixes
        for name in ("one", "two", "three")
    ]
    new = [msgspec.structs.replace(one, name=f"z.{one.name}", loc=("z", *one.loc)) for one in old]
    report = diff(old, new)
    ((_, modules),) = report.by_module()
    entries = [entry for _, entries in modules for entry in entries]
    assert sum(getattr(entry, "options", 1) for entry in entries) == len(old)
    assert len(entries) <= len(prefixes)
