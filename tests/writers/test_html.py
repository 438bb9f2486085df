"""HTML, construct by construct, and the DOM contract to the letter."""

from __future__ import annotations

import re

import pytest

from manualgen.options.model import Declaration, Markup, Text
from manualgen.writers.html import HtmlWriter, escape, fragment, link_to, option_name
from tests.rendering import (
    html,
    html_sections,
    ids,
    manual,
    named,
    option,
    sections_in,
    strict,
    unique,
)


def close(markup: str) -> str:
    """Return HTML without the white space between its tags, which shows nowhere."""
    return re.sub(r">\s+<", "><", markup).strip()


def test_the_dom_contract():
    (made,) = html_sections(
        option(
            "services.nginx.enable",
            "Text.\n\n::: {.note}\nMind.\n:::",
            type="boolean",
            default="false",
            example="true",
            related_packages=Text("`a`", Markup.MARKDOWN),
            declarations=(Declaration("nixos/x.nix"),),
            definitions=(Declaration("<a/b.nix>", "https://a.org/b.nix"),),
        ),
        revision="26.05",
    )
    assert close(_without_heights(made)) == close("""\
<section class="option" id="opt-services.nginx.enable">
<h3 class="option-name"><a class="permalink" href="#opt-services.nginx.enable"><code>\
<span class="path">services.<wbr>nginx.<wbr></span>enable</code></a></h3>
<a class="declaration" href="https://github.com/NixOS/nixpkgs/blob/26.05/nixos/x.nix">\
nixpkgs/nixos/x.nix</a>
<div class="option-description"><p>Text.</p>
<div class="admonition note"><p class="admonition-title">Note</p><p>Mind.</p></div></div>
<dl class="option-facts">
<dt>Type</dt><dd>boolean</dd>
<dt>Default</dt><dd><code>false</code></dd>
<dt>Example</dt><dd><code>true</code></dd>
<dt>Related packages</dt><dd><code>a</code></dd>
<dt>Defined in</dt><dd><a class="declaration" href="https://a.org/b.nix">a/b.nix</a></dd>
</dl>
</section>""")


def _without_heights(made: str) -> str:
    return re.sub(r' data-(?:narrow-)?height="\d+"', "", made)


def test_a_compact_option_has_as_few_elements_as_can_be():
    (section,) = sections_in(
        manual(
            option(
                "services.nginx.enable",
                "Text, *short*.",
                type="boolean",
                default="false",
                example="true",
                declarations=(Declaration("<x.nix>", "https://a.org/x"), Declaration("<y.nix>")),
            )
        )
    )
    assert _without_heights(HtmlWriter(compact=True).section(section)) == (
        '<section class="option" id="opt-services.nginx.enable"><h3 class="option-name">'
        'services.nginx.<a class="permalink" href="#opt-services.nginx.enable">enable</a></h3>'
        '<ul class="declarations"><li><a class="declaration" href="https://a.org/x">x.nix</a></li>'
        '<li><span class="declaration">y.nix</span></li></ul>'
        '<p class="option-description">Text, <em>short</em>.</p><dl class="option-facts">'
        '<dt>Type, default</dt><dd>boolean</dd><dd class="value">false</dd>'
        '<dt>Example</dt><dd class="value">true</dd></dl></section>\n'
    )


def test_an_option_of_nothing_but_a_name():
    (made,) = html_sections(option("a"))
    assert close(_without_heights(made)) == (
        '<section class="option" id="opt-a"><h3 class="option-name">'
        '<a class="permalink" href="#opt-a"><code>a</code></a></h3></section>'
    )


def test_read_only():
    (made,) = html_sections(option("a", "x", read_only=True))
    assert '</a> <span class="read-only">read only</span></h3>' in made


def test_references():
    (made, _) = html_sections(
        option(
            "a.b", "{option}`a.x.c` {option}`no` [t](#opt-a._name_.c) [](#opt-a._name_.c) [t](#no)"
        ),
        option("a.<name>.c", "x"),
    )
    assert '<a class="option-ref" href="#opt-a._name_.c"><code>a.x.c</code></a>' in made
    assert '<code class="option-ref unresolved">no</code>' in made
    assert '<a class="option-ref" href="#opt-a._name_.c">t</a>' in made
    assert (
        '<a class="option-ref" href="#opt-a._name_.c"><code class="option">a.&lt;name&gt;.c</code></a>'
        in made
    )
    assert '<span class="unresolved">t</span>' in made


def test_manual_pages():
    (made,) = html_sections(
        option("a", "{manpage}`b(1)` {manpage}`c(2)` {manpage}`d(3)`"),
        manpage_urls={"b(1)": "https://x.org/b", "d(3)": "javascript:x"},
    )
    assert '<a class="manpage" href="https://x.org/b">b(1)</a>' in made
    assert '<span class="manpage">c(2)</span> <span class="manpage">d(3)</span>' in made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb", "<p>a\nb</p>"),
        ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>"),
        ("{file}`<a>`", '<p><code class="file">&lt;a&gt;</code></p>'),
        ("[F1]{.keycap}", "<p><kbd>F1</kbd></p>"),
        ("a\\\nb", "<p>a<br>\nb</p>"),
        ("[]{#x}a", '<p><span id="x"></span>a</p>'),
        ("[a](https://b.org/?c&d)", '<p><a href="https://b.org/?c&amp;d">a</a></p>'),
        ("[a](javascript:b)", '<p><span class="unsafe-link">a (javascript:b)</span></p>'),
        ("![a](b.png)", '<p><a class="image" href="b.png">a</a></p>'),
        ("![a](<b c.png>)", '<p><a class="image" href="b%20c.png">a</a></p>'),
        ("# a {#b}", '<p class="heading" id="b"><strong>a</strong></p>'),
        ("> a", "<blockquote><p>a</p></blockquote>"),
        ("a\n\n***", "<p>a</p><hr>"),
        ("- a\n- b", '<ul class="tight"><li>a</li><li>b</li></ul>'),
        ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        (
            "- a\n  - b\n\n    c\n- d",
            '<ul class="tight"><li>a\n<ul><li><p>b</p><p>c</p></li></ul></li><li>d</li></ul>',
        ),
        ("3. a", '<ol start="3" class="tight"><li>a</li></ol>'),
        ("0. a", '<ol start="0" class="tight"><li>a</li></ol>'),
        ("a\n: b", "<dl><dt>a</dt><dd>b</dd></dl>"),
        ("a\n: b\n: c\n\n  d", "<dl><dt>a</dt><dd>b</dd><dd><p>c</p><p>d</p></dd></dl>"),
        ("```\n<a>\n```", "<pre><code>&lt;a&gt;</code></pre>"),
        ("```\n\n\na\n```", "<pre>\n<code>\n\na</code></pre>"),
        ("::: {.tip #t}\na\n:::",
         '<div class="admonition tip" id="t"><p class="admonition-title">Tip</p><p>a</p></div>'),
        ("::: {.x}\na\n:::", '<div class="x"><p>a</p></div>'),
        ("| a | b |\n|--|:-:|\n| `1` | |",
         ('<div class="table"><table><thead><tr><th>a</th><th class="align-center">b</th></tr></thead>'
         '<tbody><tr><td><code>1</code></td><td class="align-center"></td></tr></tbody></table></div>')),
        ("{x}`y`", "<p>{x}<code>y</code></p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
    ],
)  # fmt: skip
def test_construct(text, expected):
    assert close(html(text)) == close(expected)
    strict(html(text))


def test_numbering_of_nested_lists():
    text = "\n".join("   " * depth + f"{1}. x" for depth in range(6))
    assert re.findall("<ol[^>]*>", html(text)) == [
        '<ol class="tight">',
        *(f'<ol type="{kind}" class="tight">' for kind in "aiAI"),
        '<ol class="tight">',
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[a {option}`b` c](d)",
        "[{manpage}`b(1)`](d)",
        "[![b](c)](d)",
        "[![b](c) ![e](f)](#opt-b)",
        "[[](#opt-b)](c)",
    ],
)
def test_no_link_stands_in_another(text):
    made = html_sections(
        option("a", text), option("b", "x"), manpage_urls={"b(1)": "https://b.org"}
    )
    strict("".join(made))


@pytest.mark.parametrize(
    "language", ["nix", "console", "ShellSession", "json", "toml", "yaml", "bash", "lua", "no-such"]
)
@pytest.mark.parametrize(
    "code", ["$ ls -l", '{ a = "<b>"; }\n', "\n\n a", "\tx\n", "$ a\n> b\nc\n\n", "'", "a: b"]
)
def test_highlighting_loses_nothing(language, code):
    made = html(f"`````{language}\n{code}\n`````")
    assert "".join(strict(made).text).strip("\n") == code.strip("\n")


# ─── footnotes ───

NOTES = "One[^a], two[^b], one[^a].\n\n[^a]: A, see [^c].\n[^b]: B.\n[^c]: C, see [^a]."


def check_notes(made: str) -> None:
    page = strict(made)
    found = ids(page)
    assert unique(found)
    links = [attributes["href"][1:] for tag, attributes in page.tags if tag == "a"]
    assert set(links) <= set(found)


def test_footnotes_are_numbered_by_page_with_links_both_ways():
    first, second = html_sections(option("a", NOTES), option("b", NOTES))
    check_notes(first + second)
    assert re.findall(r"<sup><a[^>]*>(\d+)<", first) == ["1", "2", "1", "3", "1"]
    assert re.findall(r"<sup><a[^>]*>(\d+)<", second) == ["4", "5", "4", "6", "4"]
    assert re.findall(r'<ol class="footnotes"[^>]*>', first + second) == [
        '<ol class="footnotes">',
        '<ol class="footnotes" start="4">',
    ]
    assert re.findall(r"<li id=\"opt-a.note-(\w)\"><p>(\w)", first) == [
        ("a", "A"),
        ("b", "B"),
        ("c", "C"),
    ]
    assert 'id="opt-a.note-a.back" href="#opt-a.note-a"' in first
    # Each reference to a note has its own way back.
    assert re.findall(
        r'href="#opt-a.note-a.(back[-\d]*)" aria-label="Back to the text( \d)"', first
    ) == [
        ("back", " 1"),
        ("back-2", " 2"),
        ("back-3", " 3"),
    ]
    assert 'href="#opt-a.note-b.back" aria-label="Back to the text">↩</a>' in first


def test_footnotes_of_two_parts_of_an_option():
    (made,) = html_sections(
        option("a", "x[^1]\n\n[^1]: y", related_packages=Text("z[^1]\n\n[^1]: w"))
    )
    check_notes(made)
    assert re.findall(r"<sup><a[^>]*>(\d+)<", made) == ["1", "2"]


def test_notes_follow_the_text_whatever_their_order():
    (made,) = html_sections(
        option("a", "[^b]: B, see [^c].\n\nOne[^a], two[^b].\n\n[^a]: A.\n[^c]: C.")
    )
    check_notes(made)
    marks = dict(re.findall(r'href="#opt-a.note-(\w)">(\d)', made))
    notes = re.findall(r'<li id="opt-a.note-(\w)">', made)
    assert [marks[label] for label in notes] == ["1", "2", "3"]


# ─── identifiers ───


def test_an_anchor_stands_on_a_page_once():
    several = [option("a", "[]{#x}[]{#opt-b}"), option("b", "[]{#x}"), option("c", "[]{#x}[]{#y}")]
    assert sorted(ids(strict("".join(html_sections(*several))))) == [
        "opt-a",
        "opt-b",
        "opt-c",
        "x",
        "y",
    ]


def test_names_that_need_escapes():
    (made,) = html_sections(named("a", '<b> "c', description="x"))
    page = strict(made)
    assert ids(page) == ["opt-a.__b__\\_c_"]
    assert 'a."<b> \\"c"' in "".join(page.text)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a", "a"),
        ("a.b.c", '<span class="path">a.<wbr>b.<wbr></span>c'),
        ('a."b.c"', '<span class="path">a.<wbr></span>&quot;b.c&quot;'),
        ('"b.c"', "&quot;b.c&quot;"),
        ("a.<name>", '<span class="path">a.<wbr></span>&lt;name&gt;'),
        ("", ""),
    ],
)
def test_option_name(name, shown):
    assert option_name(name) == shown


def test_escape():
    assert escape("a & <b> \"c\" 'd'") == "a &amp; &lt;b&gt; &quot;c&quot; 'd'"
    assert escape("é & ü") == "é &amp; ü"
    assert escape("\x00\x1b\x7f\x85\ud800\ufdd0\U0001ffff") == "\ufffd" * 7
    assert escape("a\r\nb\rc\td") == "a\nb\nc\td"


def test_fragment():
    assert fragment("opt-a._name_.b") == "opt-a._name_.b"
    assert fragment("opt-ü%") == "opt-%C3%BC%25"


@pytest.mark.parametrize(
    ("identifier", "address"),
    [
        ("opt-a._name_.b", "opt-a._name_.b"),
        ("opt-a'b", "opt-a'b"),
        ("opt-a&b", "opt-a&amp;b"),
        ("opt-ü%", "opt-%C3%BC%25"),
        ('opt-"<\n', "opt-%22%3C%0A"),
    ],
)
def test_links_to_identifiers(identifier, address):
    assert link_to(identifier) == address


def test_unsafe_declaration_is_no_link():
    (made,) = html_sections(option("a", declarations=(Declaration("<x>", "javascript:y"),)))
    assert '</h3><span class="declaration">x</span></section>' in made


# ─── types ───


def _type(text: str) -> str:
    (made,) = html_sections(option("a", type=text))
    (shown,) = re.findall(r"<dt>Type</dt><dd>(.*?)</dd></dl>", made, re.DOTALL)
    strict(shown)
    return shown


def test_values_of_a_type_stand_in_columns_as_wide_as_the_longest():
    assert _type('null or (list of (one of "a", "b", "c", "<d>", "five")) or path') == (
        'null or (list of (one of <ul class="values width-8"><li>&quot;a&quot;</li>'
        "<li>&quot;b&quot;</li><li>&quot;c&quot;</li><li>&quot;&lt;d&gt;&quot;</li>"
        "<li>&quot;five&quot;</li></ul>)) or path"
    )
    wide = ", ".join(f'"{"x" * 50}{number}"' for number in range(2))
    assert _type(f"one of {wide}").startswith('one of <details class="folded narrow">')
    assert '<ul class="values">' in _type(f"one of {wide}")


@pytest.mark.parametrize(
    ("count", "folded"),
    [
        # Of 9 characters each: two columns of 12 on a phone, four on wider screens.
        (6, None),
        (7, "folded narrow"),
        (12, "folded narrow"),
        (13, "folded"),
    ],
)
def test_more_than_three_rows_of_values_are_folded(count, folded):
    shown = _type("one of " + ", ".join(f'"value {number % 10}"' for number in range(count)))
    assert shown.count("<li>") == count
    if folded is None:
        assert "<details" not in shown
    else:
        assert f'<details class="{folded}"><summary>{count} values</summary>' in shown


def test_a_type_with_few_values_stays_on_the_line():
    assert _type('one of "a", "b" or string') == "one of &quot;a&quot;, &quot;b&quot; or string"


def test_values_stay_on_the_line_or_are_blocks():
    (made,) = html_sections(option("a", default="[ ]", example='{\n  a = "b";\n}'))
    assert "<dt>Default</dt><dd><code>[ ]</code></dd>" in made
    assert '<dt>Example</dt><dd><pre class="highlight"><code>' in made


def test_shared_parts_are_the_same_everywhere():
    several = [option(name, "`x`", default="null") for name in ("a", "b")]
    first, second = html_sections(*several)
    assert second == first.replace("opt-a", "opt-b").replace("<code>a<", "<code>b<")
    assert HtmlWriter().blocks([]) == ""
