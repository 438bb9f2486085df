"""Texts as authors write them, in the three formats that readers get."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manualgen.book.catalog import OptionCatalog, OptionSettings
from manualgen.markup import description
from manualgen.options.reading import decode
from manualgen.writers.html import HtmlWriter
from manualgen.writers.manpage import ManpageWriter
from manualgen.writers.markdown import MarkdownWriter
from tests.rendering import FakeLinks, man_page, mandoc_complaints, resolver_of, strict


class Rendered:
    """One option of a set, in every format, with its diagnostics."""

    def __init__(self, description=None, others=(), **fields) -> None:
        records = {"a.b": {"description": description, "type": "string", **fields}}
        for number, other in enumerate(others):
            records[f"z.other{number}"] = {"description": other, "type": "string"}
        options = decode(json.dumps(records).encode())
        catalog = OptionCatalog([options], OptionSettings())
        sections = catalog.sections(resolver_of(catalog))
        number = [option.name for option in catalog.options].index("a.b")
        section = sections.section(catalog.options[number], catalog.ids[number])
        links = FakeLinks(catalog.options, None, catalog.anchors)
        html = HtmlWriter(links)
        html.start_page(catalog.ids)
        self.html = html.section(section)
        self.text = "".join(strict(self.html).text)
        self.man = ManpageWriter(links).section(section)
        assert mandoc_complaints(man_page(self.man)) == ""
        self.markdown = MarkdownWriter().blocks(section.children)
        self.diagnostics = [*options.diagnostics, *sections.diagnostics]

    @property
    def codes(self):
        return [diagnostic.code.slug for diagnostic in self.diagnostics]

    def shows(self, html, man, markdown):
        assert html in self.html
        assert man in self.man
        assert markdown in self.markdown


# ─── line ends and values ───


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_line_ends_make_no_difference(end):
    text = "T.\n\n# H\n\n```sh\na\n\nb\n```\n\n::: {.note}\nc\n:::\n\n| a |\n|---|\n| b |\n"
    expected = Rendered(text)
    rendered = Rendered(text.replace("\n", end))
    assert rendered.codes == expected.codes == ["heading-in-description"]
    assert (rendered.html, rendered.man) == (expected.html, expected.man)
    assert rendered.markdown == expected.markdown


@pytest.mark.parametrize("part", ["default", "example", "relatedPackages"])
@pytest.mark.parametrize("kind", ["literalMD", "literalExpression", "literalDocBook", "mdDoc"])
def test_line_ends_of_facts_make_no_difference(part, kind):
    text = {"_type": kind, "text": "T.\n\nModes:\na: b\nc: d\n"}
    returns = {"_type": kind, "text": text["text"].replace("\n", "\r")}
    expected, rendered = Rendered("D.", **{part: text}), Rendered("D.", **{part: returns})
    assert rendered.codes == expected.codes
    assert (rendered.html, rendered.man) == (expected.html, expected.man)


@pytest.mark.parametrize("part", ["default", "example"])
def test_a_plain_value_of_several_lines_is_an_indented_string(part):
    rendered = Rendered("D.", **{part: "#!/bin/sh\nset -e\n"})
    assert "''\n  #!/bin/sh\n  set -e\n''" in rendered.text
    assert "\\(aq\\(aq\n  #!/bin/sh\n  set -e\n\\(aq\\(aq" in rendered.man
    assert "''\n  #!/bin/sh\n  set -e\n''" in rendered.markdown


# ─── links, images, fences, definitions ───


def test_a_link_without_an_address_is_its_text():
    rendered = Rendered("Read [the *plan*]() first.")
    rendered.shows(
        '<span class="unresolved">the <em>plan</em></span>',
        "Read the \\fIplan\\fR first.",
        "Read the *plan* first.",
    )
    assert rendered.codes == ["empty-link"]


@pytest.mark.parametrize("text", ["", " ", "<!-- x -->"])
def test_a_link_without_a_text_shows_its_address(text):
    rendered = Rendered(f"See [{text}](https://example.org/a%20b).")
    rendered.shows(
        '<a href="https://example.org/a%20b">https://example.org/a b</a>',
        "https://example.org/",
        "(https://example.org/a%20b)",
    )
    assert rendered.codes == ["empty-link"]


@pytest.mark.parametrize("text", ["`a`", "*a*", "&amp;", "![a](b.png)"])
def test_a_link_has_a_text(text):
    assert "empty-link" not in Rendered(f"[{text}](https://example.org)").codes


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("[](#opt-systemd.services._name_.path)", "systemd.services.<name>.path"),
        ("[](#opt-a.b_c._.d)", "a.b_c.*.d"),
        ('<xref linkend="opt-programs.x.enable"/>', "programs.x.enable"),
    ],
)
def test_a_reference_to_nowhere_shows_the_name_as_code(source, name):
    rendered = Rendered(f"See {source}.")
    assert f"See {name}." in rendered.text
    html_name = name.replace("<", "&lt;").replace(">", "&gt;")
    man = f"\\fB{name}\\fR".replace("<name>", "\\fI<name>\\fB")
    rendered.shows(f'<code class="option">{html_name}</code>', man, f"`{name}`")
    assert "dangling-reference" in rendered.codes


@pytest.mark.parametrize(
    "attributes", ["{width=50%}", "{.right}", '{ #a .b c="d e" }', "{width=10 height=20}"]
)
@pytest.mark.parametrize("before", ["![a](p.png)", "[a](p.png)", "`a`"])
def test_attributes_that_the_dialect_lacks_are_left_out(before, attributes):
    if "#a" in attributes and before == "[a](p.png)":
        attributes = "{.b}"
    expected, rendered = Rendered(f"x {before} y"), Rendered(f"x {before}{attributes} y")
    assert rendered.html == expected.html
    assert rendered.man == expected.man
    assert rendered.markdown == expected.markdown
    assert rendered.codes == [*expected.codes, "unknown-attributes"]


@pytest.mark.parametrize("after", ["{}", "{a}", "{ pkgs, ... }", "{a=b"])
def test_other_braces_stay(after):
    rendered = Rendered(f"x `a`{after} y")
    assert f"a{after}".replace("...", "…") in rendered.text.replace("...", "…")
    assert "unknown-attributes" not in rendered.codes


@pytest.mark.parametrize(
    "info", ["nix", "{.nix}", "{#a .nix .numberLines}", "nix {.x}", "nix{1,3}", "{code-block} nix"]
)
def test_the_language_of_a_fence(info):
    rendered = Rendered(f"```{info}\n{{ a = 1; }}\n```")
    rendered.shows('<pre class="highlight">', "{ a = 1; }", "```nix\n{ a = 1; }\n```")
    assert rendered.codes == []


@pytest.mark.parametrize("before", ["Wait about", "Wait about\n", "Wait\n: until\n"])
def test_a_tilde_starts_no_definition(before):
    rendered = Rendered(f"{before}\n~ 5 seconds\n")
    assert "~ 5 seconds" in rendered.text
    assert "\\(ti 5 seconds" in rendered.man
    assert "~ 5 seconds" in rendered.markdown
    assert rendered.html.count("<dd>") == 1 + before.count(":")


# ─── typographic replacement ───


@pytest.mark.parametrize(
    "text",
    [
        "--verbose",
        "foo_bar--baz",
        "x1--rc2",
        "1.0--beta",
        "https://example.org/a--b...",
        "/nix/store/a--b",
        "../a",
        "1..5",
        "a.b...",
        "--a--b=--c",
        "{ pkgs, ... }:",
        "main...feature",
        "a[+-]b",
        "(a) (b) (c)",
        "read (r), write (w)",
        'environment.etc."a".source',
        'KEY="value"',
        "run a -- --b",
    ],
)
@pytest.mark.parametrize(
    "around",
    ["{}", "a ({}) b", "- {}: more", "x\n: {}", "| {} |\n|---|\n| {} |", "**{}** a", "> {}"],
)
def test_what_is_no_prose_stays_as_typed(text, around):
    rendered = Rendered(around.format(text, text))
    assert text in rendered.text
    plain = rendered.man.replace("\\-", "-").replace("\\&", "").replace("\\:", "")
    assert text.replace('"', "\\(dq") in plain or text in plain
    written = rendered.markdown.replace("\\", "").replace("<", "").replace(">", "")
    assert text in written


def test_a_flag_in_quotes_stays_as_typed():
    rendered = Rendered('The "--profile $NAME" flag.\n\nModes:\n--fast: quick\n--slow: careful\n')
    assert "“--profile $NAME” flag" in rendered.text
    assert "--fast" in rendered.text
    assert "–" not in rendered.html + rendered.markdown
    assert "2013" not in rendered.man


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a -- b", "a – b"),
        ("10--20", "10–20"),
        ("1.5--2.5", "1.5–2.5"),
        ("`a` -- b", "a – b"),
        ("`a`--`b`", "a–b"),
        ("**a**--b", "a–b"),
        ("word---\nword", "word—\nword"),
        ("a\n-- b", "a\n– b"),
        ("well-known---so", "well-known—so"),
        ("wait...", "wait…"),
        ("1, 2, 3, ...", "1, 2, 3, …"),
        ("[...]", "[…]"),
        ("...and more", "…and more"),
        ("(c) 2020 A", "© 2020 A"),
        ("A(r) B(tm)", "A® B™"),
        ("5 +- 2", "5 ± 2"),
    ],
)
def test_prose_is_replaced(source, shown):
    rendered = Rendered(source)
    assert shown in rendered.text
    assert shown in rendered.markdown.replace("`", "").replace("*", "").replace("\\", "")


@given(st.text(alphabet="-ab1. \"'`*()\n", max_size=30))
def test_a_flag_at_a_start_is_never_changed(text):
    (paragraph, *_) = description.parse(f"--flag-x {text}").blocks
    assert paragraph.astext().startswith("--flag-x")
