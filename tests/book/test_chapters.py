"""Every construct of the dialect in a book, one by one, as HTML."""

from __future__ import annotations

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from manualgen.book.catalog import OptionSettings
from manualgen.errors import Severity
from tests.manuals import OPTIONS, build, include, picture

SECOND = """# The `second` {#ch-two}

## Its section {#sec-two}

[a place]{#here}, and []{#there} another

::: {.example #ex-two}
### Of *two*

x
:::

::: {.figure #fig-two}
### A dot

![dot](dot.png "Title")
:::

::: {.table #tab-two}
### Ports

| a |
|---|
| 1 |
:::

## Options {#sec-options}

"""
REST = {
    "manual.md": "# The book {#book}\n\n## For tests\n\n" + include("chapters", "one.md", "two.md"),
    "two.md": SECOND + include("options", "id-prefix: opt-", "source: o.json"),
    "dot.png": picture(),
    "o.json": OPTIONS,
}
SETTINGS = {
    "chunk": "chapter",
    "options": OptionSettings(manpage_urls={"nix.conf(5)": "https://nix.dev/conf"}),
}

CONSTRUCTS = {
    "command": ("{command}`ls -l`", '<p><code class="command">ls -l</code></p>'),
    "variable of the environment": ("{env}`HOME`", '<p><code class="env">HOME</code></p>'),
    "file": ("{file}`/etc`", '<p><code class="file">/etc</code></p>'),
    "variable": ("{var}`x`", '<p><code class="var">x</code></p>'),
    "option": (
        "{option}`a.alice.c`",
        '<p><a class="option-ref" href="ch-two.html#opt-a._name_.c"><code>a.alice.c</code></a></p>',
    ),
    "manual page": (
        "{manpage}`nix.conf(5)`",
        '<p><a class="manpage" href="https://nix.dev/conf">nix.conf(5)</a></p>',
    ),
    "unknown manual page": ("{manpage}`x(1)`", '<p><span class="manpage">x(1)</span></p>'),
    "chapter by its title": (
        "[](#ch-two)",
        (
            '<p><a title="The second" href="ch-two.html#ch-two">'
            "<em>The <code>second</code></em></a></p>"
        ),
    ),
    "section by its title": (
        "[](#sec-two)",
        (
            '<p><a title="Its section" href="ch-two.html#sec-two">'
            "the section called “Its section”</a></p>"
        ),
    ),
    "book by its title": (
        "[](#book)",
        '<p><a title="The book" href="index.html#book">The book</a></p>',
    ),
    "example by its number": (
        "[](#ex-two)",
        '<p><a title="Example\xa01. Of two" href="ch-two.html#ex-two">Example\xa01</a></p>',
    ),
    "figure by its number": (
        "[](#fig-two)",
        '<p><a title="Figure\xa01. A dot" href="ch-two.html#fig-two">Figure\xa01</a></p>',
    ),
    "table by its number": (
        "[](#tab-two)",
        '<p><a title="Table\xa01. Ports" href="ch-two.html#tab-two">Table\xa01</a></p>',
    ),
    "option by its name": (
        "[](#opt-a.b)",
        (
            '<p><a class="option-ref" href="ch-two.html#opt-a.b">'
            '<code class="option">a.b</code></a></p>'
        ),
    ),
    "anchor by its text": ("[](#here)", '<p><a href="ch-two.html#here">a place</a></p>'),
    "anchor without a text": (
        "[](#there)",
        (
            '<p><a title="Its section" href="ch-two.html#there">'
            "the section called “Its section”</a></p>"
        ),
    ),
    "reference with a text": (
        "[as *said*](#sec-two)",
        '<p><a title="Its section" href="ch-two.html#sec-two">as <em>said</em></a></p>',
    ),
    "reference on the page": (
        "[here](#ch-one)",
        '<p><a title="The first" href="#ch-one">here</a></p>',
    ),
    "anchor": ("[]{#p}x", '<p><span id="p"></span>x</p>'),
    "anchor of a text": ("[x *y*]{#q}", '<p><span id="q">x <em>y</em></span></p>'),
    "key": ("[F12]{.keycap}", "<p><kbd>F12</kbd></p>"),
    "address": ("<https://nixos.org>", '<p><a href="https://nixos.org">https://nixos.org</a></p>'),
    "link": ("[a](https://nixos.org)", '<p><a href="https://nixos.org">a</a></p>'),
    "typography": ("\"a\" -- b --- 'c'...", "<p>“a” – b — ‘c’…</p>"),
    "emphasis": ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>"),
    "comment": ("a<!-- b -->c\n\n<!-- d\n\ne -->", "<p>ac</p>"),
    "line break": ("a\\\nb", "<p>a<br>\nb</p>"),
    "admonition": (
        "::: {.tip #t}\nA\n:::",
        '<div class="admonition tip" id="t">\n<p class="admonition-title">Tip</p>\n<p>A</p>\n</div>',
    ),
    "alert": (
        "> [!warning]\n> A",
        (
            '<div class="admonition warning">\n<p class="admonition-title">Warning</p>\n'
            "<p>A</p>\n</div>"
        ),
    ),
    "nested admonitions": (
        ":::: {.note}\n:::{.caution}\nA\n:::\n::::",
        (
            '<div class="admonition note">\n<p class="admonition-title">Note</p>\n'
            '<div class="admonition caution">\n<p class="admonition-title">Caution</p>\n<p>A</p>\n'
            "</div>\n</div>"
        ),
    ),
    "example": (
        "::: {.example #ex}\n# *An* example\nA\n:::",
        (
            '<div class="example" id="ex">\n<p class="example-title">'
            '<span class="number">Example\xa01.</span> <em>An</em> example</p>\n<p>A</p>\n</div>'
        ),
    ),
    "definition list": (
        "T\n: A\n: B",
        "<dl>\n<dt>T</dt><dd>A</dd>\n<dd>B</dd>\n</dl>",
    ),
    "table": (
        "| a | b |\n|---|--:|\n| 1 | 2 |",
        (
            '<div class="table"><table>\n<thead>\n<tr><th>a</th><th class="align-right">b</th></tr>\n'
            '</thead>\n<tbody>\n<tr><td>1</td><td class="align-right">2</td></tr>\n</tbody>\n'
            "</table></div>"
        ),
    ),
    "footnote": (
        "a[^n]\n\n[^n]: Said *so*.",
        (
            '<p>a<sup><a class="footnote-ref" id="ch-one.note-n.back" href="#ch-one.note-n">1</a></sup>'
            '</p>\n<ol class="footnotes">\n<li id="ch-one.note-n"><p>Said <em>so</em>.</p>\n'
            '<a class="footnote-back" href="#ch-one.note-n.back" aria-label="Back to the text">↩</a>'
            "</li>\n</ol>"
        ),
    ),
    "code": (
        "```console\n$ ls\n```",
        '<pre class="highlight"><code><span class="gp">$ </span>ls</code></pre>',
    ),
    "lists": (
        "- a\n- b\n\n3. c\n   1. d",
        (
            '<ul class="tight">\n<li>a</li>\n<li>b</li>\n</ul>\n<ol start="3" class="tight">\n<li>c\n'
            '<ol type="a" class="tight">\n<li>d</li>\n</ol>\n</li>\n</ol>'
        ),
    ),
    "quotation": ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
    "rule": ("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
    "entity": ("a &lt;x> &copy;", "<p>a &lt;x&gt; ©</p>"),
}


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_every_construct_of_the_dialect(construct, tmp_path):
    source, expected = CONSTRUCTS[construct]
    one = f"# The first {{#ch-one}}\n\n{source}\n"
    site = build(tmp_path, {**REST, "one.md": one}, **SETTINGS)
    assert [found.message for found in site.diagnostics] == []
    main = (site.folder / "ch-one.html").read_text()
    shown = main.partition("</h1>\n</div>\n")[2].partition('<nav class="page-nav"')[0]
    assert _parsed(shown) == _parsed(expected)


def _parsed(html):
    parsed = LexborHTMLParser(f"<main>{html.strip()}</main>").css_first("main").html
    # White space between blocks says nothing.
    return re.sub(r">\n+<", "><", parsed)


def test_what_stands_in_numbered_blocks(tmp_path):
    site = build(tmp_path, {**REST, "one.md": "# The first {#ch-one}\n"}, **SETTINGS)
    (figure,) = site.html("figure.figure", "ch-two.html")
    (picture_name,) = [path.name for path in (site.folder / "media").iterdir()]
    assert figure == (
        '<figure class="figure" id="fig-two">'
        f'<p><img src="media/{picture_name}" alt="dot" width="3" height="2" title="Title"></p>'
        '<figcaption><span class="number">Figure&nbsp;1.</span> A dot</figcaption></figure>'
    )
    assert site.text("figure.table > :first-child", "ch-two.html") == ["Table 1. Ports"]
    assert site.html(".example-title", "ch-two.html") == [
        '<p class="example-title"><span class="number">Example&nbsp;1.</span> Of <em>two</em></p>'
    ]
    assert site.text(".option-name", "ch-two.html") == ["a.b", "a.<name>.c"]
    assert site.html("#opt-a\\.b .option-description a", "ch-two.html") == [
        '<a title="The first" href="ch-one.html#ch-one"><em>The first</em></a>'
    ]


def test_everything_of_the_other_files_is_on_pages_too(tmp_path):
    site = build(tmp_path, {**REST, "one.md": "# The first {#ch-one}\n\nText.\n"}, **SETTINGS)
    assert site.text(".toc li") == [
        "1. The first",
        "2. The second Its section Options",
        "Its section",
        "Options",
        "1. A dot",
        "1. Ports",
        "1. Of two",
    ]
    assert site.text("title") == ["The book"]
    assert site.text("title", "ch-two.html") == ["The second – The book"]
    assert site.text(".subtitle") == ["For tests"]
    assert site.text("h1", "ch-two.html") == ["Chapter 2. The second"]
    assert site.html("link[rel]", "ch-two.html")[1:] == [
        '<link rel="prev" href="ch-one.html" title="1. The first">',
        '<link rel="up" href="index.html" title="The book">',
    ]


def test_what_is_included_as_a_chapter_of_a_chapter_is_a_section(tmp_path):
    site = build(
        tmp_path,
        {
            "manual.md": "# B {#book}\n\n## S\n\n" + include("chapters", "a.md"),
            "a.md": "# A {#ch-a}\n\n## In it {#sec-in}\n\n" + include("chapters", "b.md"),
            "b.md": "# Below {#below}\n\nSee [](#below).\n",
        },
    )
    assert site.diagnostics == []
    assert site.text("#below h3, #below > h3", "ch-a.html")[:1] == ["Below"]
    assert "the section called “Below”" in " ".join(site.text("#below p", "ch-a.html"))


def test_options_can_follow_files(tmp_path):
    site = build(
        tmp_path,
        {
            "manual.md": "# B {#book}\n\n## S\n\n" + include("chapters", "a.md"),
            "a.md": "# A {#ch-one}\n\nText.\n\n"
            + include("sections", "b.md")
            + "\n"
            + include("options", "  source: o.json", "list-id: l", "id-prefix: x-")
            + "\n"
            + include("options", "source: p.json", "list-id: l", "id-prefix: y-"),
            "b.md": "# Below {#below}\n",
            "o.json": OPTIONS,
            "p.json": OPTIONS,
        },
    )
    assert [found for found in site.diagnostics if found.severity > Severity.HINT] == []
    ids = [node.attributes["id"] for node in site.page("ch-one.html").css("main [id]")]
    assert ids.index("below") < ids.index("l") < ids.index("x-a.b") < ids.index("y-a.b")
    # A list's identifier may be given to several; the first has it.
    assert ids.count("l") == 1


def test_a_page_that_is_asked_for_wins(tmp_path):
    site = build(
        tmp_path,
        {
            "manual.md": "# B {#book}\n\n## S\n\n"
            + include("chapters", "a.md")
            + "\n"
            + include("appendix", "b.md", arguments="html:into-file=//options.html"),
            "a.md": "# A {#options}\n",
            "b.md": "# B {#ch-b}\n",
        },
        chunk="chapter",
    )
    assert site.diagnostics == []
    assert site.plan.page_paths["options"] == "options-2.html"
    assert site.plan.page_paths["ch-b"] == "options.html"


def test_a_note_in_a_title_has_its_way_back(tmp_path):
    site = build(
        tmp_path,
        {
            "manual.md": "# B {#book}\n\n## S\n\n"
            + include("chapters", "a.md", arguments="html:into-file=//a.html"),
            "a.md": "# A[^1] {#ch-a}\n\nText[^1].\n\n[^1]: Note.\n",
        },
    )
    backs = [node.attributes["href"] for node in site.page("a.html").css(".footnote-back")]
    ids = [f"#{node.attributes['id']}" for node in site.page("a.html").css("a.footnote-ref")]
    assert backs == ids == ["#ch-a.note-1.back", "#ch-a.note-1.back-2"]
