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


def test_an_image_without_an_address_is_its_text():
    rendered = Rendered("See ![the *plan*]() and ![]( ) first.")
    rendered.shows(
        "See the plan and  first.", "See the plan and first.", "See the plan and  first."
    )
    assert rendered.codes == ["empty-link", "empty-link"]


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
        "lib.foldl'",
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
    assert text in plain.replace("\\(dq", '"').replace("\\(aq", "'")
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


@pytest.mark.parametrize("text", ["'a.b' is", "the 'a.b-c', and"])
def test_quotes_around_a_name_are_replaced(text):
    assert text.replace("'", "‘", 1).replace("'", "’") in Rendered(text).text


@given(st.text(alphabet="-ab1. \"'`*()\n", max_size=30))
def test_a_flag_at_a_start_is_never_changed(text):
    (paragraph, *_) = description.parse(f"--flag-x {text}").blocks
    assert paragraph.astext().startswith("--flag-x")


# ─── the form of each text ───

OLD = ["See <literal>x</literal>."] * 8
NEW = ["See `x`."] * 8
PLAIN = ["A text."]
SETS = pytest.mark.parametrize("others", [OLD, NEW, PLAIN], ids=["docbook", "markdown", "plain"])


@SETS
def test_markdown_is_markdown_in_any_set(others):
    rendered = Rendered(
        "Write to the pipe: `echo list > <path>`, or set {option}`a.b`.\n\n```sh\na && b\n```\n",
        others,
    )
    assert "<code>echo list &gt; &lt;path&gt;</code>" in rendered.html
    assert '<a class="option-ref" href="#opt-a.b"><code>a.b</code></a>' in rendered.html
    assert "```sh\na && b\n```" in rendered.markdown
    assert "\\fBecho list > <path>\\fR" in rendered.man
    assert rendered.codes == []


@SETS
@pytest.mark.parametrize(
    "text",
    ["journal & a socket", "a < b && c > d", "the <name> of it", "AT&amp;T & <b", "a &nope; b"],
)
def test_a_plain_text_is_readable_in_any_set(text, others):
    rendered = Rendered(text, others)
    shown = text.replace("&amp;", "&")
    assert shown in rendered.text
    assert "<pre>" not in rendered.html
    assert shown.replace("&nope;", "") in rendered.man or "nope" in shown
    assert not {"not-well-formed"} & {*rendered.codes}


@SETS
def test_docbook_with_a_placeholder_is_readable_in_any_set(others):
    rendered = Rendered("Works as <option>systemd.services.<name>.path</option>.", others)
    assert "Works as systemd.services.<name>.path." in rendered.text
    rendered.shows(
        "systemd.services.&lt;name&gt;.path</code>",
        "\\fBsystemd.services.\\fI<name>\\fB.path\\fR.",
        "`systemd.services.<name>.path`",
    )
    assert "not-well-formed" not in rendered.codes


@SETS
def test_docbook_is_docbook_in_any_set(others):
    rendered = Rendered(
        "See <literal>x</literal>.\n<itemizedlist><listitem><para>a</para></listitem></itemizedlist>",
        others,
    )
    rendered.shows("<li>", "\\fBx\\fR", "`x`")
    assert rendered.codes == []
    broken = Rendered("See <note><para>x</para>.", others)
    assert broken.codes == ["not-well-formed"]


@SETS
@pytest.mark.parametrize(
    ("tag", "html", "man", "markdown", "hint"),
    [
        ("<literal>*</literal>", "<code>*</code>", "\\fB*\\fR", "`*`", "`*`"),
        (
            "<option>a.b</option>",
            '<a class="option-ref" href="#opt-a.b"><code>a.b</code></a>',
            "\\fBa.b\\fR",
            "`a.b`",
            "{option}`a.b`",
        ),
        ("<option>--x</option>", "<code>--x</code>", "\\-\\-x", "`--x`", "`--x`"),
        (
            '<link xlink:href="https://e.org">e</link>',
            '<a href="https://e.org">e</a>',
            "https://e.org",
            "[e](https://e.org)",
            "[e](https://e.org)",
        ),
        (
            '<ulink url="https://e.org"/>',
            '<a href="https://e.org">https://e.org</a>',
            "https://e.org",
            "<https://e.org>",
            "<https://e.org>",
        ),
        (
            "<command>ls\n-l</command>",
            '<code class="command">ls -l</code>',
            "\\fBls ",
            "`ls -l`",
            "{command}`ls -l`",
        ),
        (
            "<filename>/etc/<replaceable>a</replaceable></filename>",
            '<code class="file">/etc/a</code>',
            "/etc/",
            "`/etc/a`",
            "{file}`/etc/a`",
        ),
        ("<emphasis>e</emphasis>", "<em>e</em>", "\\fIe\\fR", "*e*", "*e*"),
        (
            '<emphasis role="strong">e</emphasis>',
            "<strong>e</strong>",
            "\\fBe\\fR",
            "**e**",
            "**e**",
        ),
        ("<replaceable>v</replaceable>", '<code class="var">v</code>', "v", "`v`", "{var}`v`"),
        (
            '<xref linkend="opt-a.b"/>',
            '<a class="option-ref" href="#opt-a.b"><code class="option">a.b</code></a>',
            "\\fBa.b\\fR",
            "`a.b`",
            "[](#opt-a.b)",
        ),
        (
            '<xref linkend="opt-c.d"/>',
            '<code class="option">c.d</code>',
            "\\fBc.d\\fR",
            "`c.d`",
            "[](#opt-c.d)",
        ),
        (
            "<citerefentry><refentrytitle>a</refentrytitle>\n<manvolnum>5</manvolnum></citerefentry>",
            '<span class="manpage">a(5)</span>',
            "\\fBa\\fR(5)",
            "`a(5)`",
            "{manpage}`a(5)`",
        ),
        ("<xref linkend=“opt-a.b”/>", "opt-a.b", "a.b", "`a.b`", "[](#opt-a.b)"),
        ("<code>{}</code>", "<code>{}</code>", "{}", "`{}`", "`{}`"),
        ("<type>int</type>", "<code>int</code>", "int", "`int`", "`int`"),
        ("<guilabel>File</guilabel>", "and File now", "and File now", "and File now", "File "),
        ("<envar>A</envar>", '<code class="env">A</code>', "A", "`A`", "{env}`A`"),
        ("<quote>q</quote>", "“q”", "\\[u201C]q\\[u201D]", "“q”", '"q"'),
        ("<keycap>F1</keycap>", "<kbd>F1</kbd>", "F1", "F1", "[F1]{.keycap}"),
    ],
)
def test_tags_left_over_in_markdown(tag, html, man, markdown, hint, others):
    rendered = Rendered(f"Use `x` and {tag} now.", others)
    rendered.shows(html, man, markdown)
    assert "&lt;" not in rendered.html
    (found,) = [each for each in rendered.diagnostics if each.code.slug == "docbook-tags"]
    assert hint in found.help
    assert (found.line, found.column) == (1, 13)


def test_tags_of_paragraphs_left_over_in_markdown():
    rendered = Rendered("Use {option}`a.b`.</para><para>Then <literal>c</literal>.")
    rendered.shows("</p><p>Then <code>c</code>.</p>", ".PP\nThen \\fBc\\fR.", "\n\nThen `c`.")
    assert rendered.codes == ["docbook-tags"]


@SETS
def test_tags_of_blocks_left_over_in_markdown(others):
    rendered = Rendered(
        "Use `a`:\n<itemizedlist>\n  <listitem><para>{option}`a.b`</para></listitem>\n"
        "  <listitem><para>**b** and {var}`c`</para></listitem>\n</itemizedlist>\n"
        "<note><para>\n  See [d](#nowhere) and <literal>e</literal>.\n</para></note>\n"
        "<programlisting>\n  f = `g`;\n</programlisting>",
        others,
    )
    rendered.shows(
        '<li><a class="option-ref" href="#opt-a.b"><code>a.b</code></a></li><li><strong>b</strong>',
        "\\fBb\\fR and \\fIc\\fR",
        "Use `a`:\n\n- `a.b`\n- **b** and `c`\n\n> [!NOTE]\n> See [d](#nowhere) and `e`.",
    )
    assert "<pre><code>  f = `g`;</code></pre>" in rendered.html
    assert rendered.codes == ["docbook-tags", "dangling-reference"]
    hint, dangling = rendered.diagnostics
    assert "- {option}`a.b`\n- **b** and {var}`c`\n\n::: {.note}\n\nSee [d]" in hint.help
    assert "`e`    for <literal>e</literal>" in hint.help
    assert (dangling.line, dangling.column) == (7, 10)


@pytest.mark.parametrize("inner", ["<uri>https://a.b</uri>", '<ulink url="https://a.b"/>'])
@pytest.mark.parametrize("outer", ["[{}](c)", '<link xlink:href="c">{}</link> `d`'])
def test_a_link_inside_a_link_is_its_text(inner, outer):
    rendered = Rendered(outer.format(inner) + " `d`")
    assert rendered.html.count("<a ") == 2
    assert "https://a.b" in rendered.text


def test_many_tags_are_one_hint():
    text = "`a` <literal>b</literal>\n\n- <command>c</command>\n- <literal>b</literal>\n"
    rendered = Rendered(text)
    assert rendered.codes == ["docbook-tags"]
    help_text = rendered.diagnostics[0].help
    assert help_text == (
        "write\n`b`    for <literal>b</literal>\n{command}`c`    for <command>c</command>"
    )


@pytest.mark.parametrize(
    "text",
    ["<literal>a", "the <option> is", "</literal>", "<option> to <literal>", "<tt>a</tt>"],
)
def test_other_tags_in_markdown_are_text(text):
    rendered = Rendered(f"Use `x` and {text} now.")
    assert f"Use x and {text} now." in rendered.text
    assert "docbook-tags" not in rendered.codes


@given(st.lists(st.sampled_from([
    "<literal>", "</literal>", "<option>", "</option>", "<emphasis>", "</emphasis>", "`", "*", "ä",
    " ", "\n", "<quote>", "</quote>", '<link xlink:href="x">', "</link>", '<xref linkend="b"/>',
    "[", "](c)", "&lt;", "<uri>", "</uri>", "<email>", "</email>", "<keycap>", "</keycap>", "\n\n- ",
]), max_size=20).map("".join))  # fmt: skip
def test_any_mixture_is_shown(text):
    assert Rendered(f"`x` {text}").text.count("ä") >= text.count("ä")
