"""Doctree → AsciiDoc, checked with Asciidoctor itself."""

from __future__ import annotations

import random
import re
import subprocess

import pytest
from docutils import nodes as docutils_nodes
from lxml import html

from manualgen.markup import description, nodes
from manualgen.options.model import name_of
from manualgen.options.reading import read
from manualgen.writers.asciidoc import AsciidocWriter, escape, listing
from tests.conftest import program, shared


def written(source):
    return AsciidocWriter().blocks(description.parse(source).blocks)


def squashed(text):
    return re.sub(r"[\s\u200b]+", "", text)


def seen(node):
    """The text of a node as a reader of the rendered page sees it."""
    if isinstance(node, docutils_nodes.Text):
        return str(node)
    if isinstance(node, (docutils_nodes.image, docutils_nodes.footnote_reference, nodes.footnotes)):
        return ""
    if isinstance(node, docutils_nodes.reference) and not node.astext():
        return node["refuri"]
    if isinstance(node, nodes.cross_reference) and not node.children:
        target = node["target"]
        return name_of(target) if target.startswith("opt-") else f"#{target}"
    label = node.__class__.__name__.title() if isinstance(node, docutils_nodes.Admonition) else ""
    return label + "".join(seen(child) for child in node.children)


def rendered(trees, folder):
    """Render each tree as a section by Asciidoctor; return the pages and what it said."""
    writer = AsciidocWriter()
    source = folder / "a.adoc"
    source.write_text(
        "".join(
            f'[id="s{index}"]\n== S\n\n{writer.blocks(tree)}\n\n'
            for index, tree in enumerate(trees)
        ),
        encoding="utf-8",
    )
    page = folder / "a.html"
    done = subprocess.run(
        [program("asciidoctor"), "-v", "-s", "-o", page, source],
        capture_output=True,
        text=True,
        check=True,
    )
    root = html.fromstring(f"<div>{page.read_text(encoding='utf-8')}</div>")
    for mark in root.xpath("//sup[contains(@class, 'footnote')]"):
        mark.drop_tree()
    found = [
        squashed("".join(title.getparent().itertext()))[1:]
        for title in root.iter("h2")
        if title.get("id")
    ]
    return found, done.stdout + done.stderr


def check(trees, folder):
    found, said = rendered(trees, folder)
    expected = [squashed("".join(map(seen, tree))) for tree in trees]
    assert len(found) == len(expected)
    assert [pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]] == []
    return said


@pytest.mark.slow
@pytest.mark.parametrize("name", ["home-manager", "nixvim"])
def test_every_real_description_is_shown_whole_and_without_a_warning(name, tmp_path):
    options = read(str(shared(f"data/options/{name}.json"))).options
    texts = {option.description.text for option in options if option.description}
    assert check([description.parse(text).blocks for text in sorted(texts)], tmp_path) == ""


PIECES = (
    *"*_`[]{}()<>!|~:-+=#.\\\"'&;^$@/1a bA\n“’–…",
    *("\n", "foo", "1. ", "- ", "# ", "--", "---", "...", "(C)", "(TM)", "->", "=>", "<1>"),
    *("NOTE: ", "include::x[]", "ifdef::y[]", "term:: ", "{empty}", "{sp}", "__", "``", "##"),
    *("++", "+++", "$$", "pass:[x]", "link:a[b]", "a@b.cd", "https://x.y", "((x))", "[[x]]"),
    *("<<x>>", "'s", "....", "====", "----", "++++", "|===", "****", "•", "i) ", ". ", "A. "),
    *("//x", "\\*", "'''", "''", '"`', '`"', ":a: b", " +\n", "&amp;", "&#35;", "kbd:[x]"),
)


def soups(count, seed):
    source = random.Random(seed)  # the same texts on each run: one run of a program for them all
    for _ in range(count):
        text = "".join(source.choice(PIECES) for _ in range(source.randint(1, 12)))
        yield re.sub(r"\n\s*\n", "\n", text).strip() or "x"


@pytest.mark.parametrize("seed", [1, 2])
def test_any_text_stays_text(seed, tmp_path):
    check([[docutils_nodes.paragraph("", text)] for text in soups(1000, seed)], tmp_path)


def test_any_text_stays_text_in_every_place(tmp_path):
    trees = []
    for text in soups(700, 3):
        paragraph = docutils_nodes.paragraph("", "a")
        paragraph += docutils_nodes.literal("", text, classes=["file"])
        paragraph += docutils_nodes.strong("", text)
        paragraph += docutils_nodes.reference("", text, refuri="https://x.y/__a__+b?c=[d]")
        item = docutils_nodes.list_item("", docutils_nodes.paragraph("", text), paragraph)
        trees.append([docutils_nodes.bullet_list("", item)])
    check(trees, tmp_path)


def test_any_code_stays_code(tmp_path):
    trees = [[docutils_nodes.literal_block(text, text)] for text in soups(1000, 4)]
    check(trees, tmp_path)


BLOCKS = """\
- a

  b

  - c
    1. d
       - e

         f
  - ```
    g
    ```

- h

  > i

  term
  : j

    - k

<!-- -->

- other list

::: {.note}
:::: {.tip}
l
::::

> > m

::: {.warning}
n
:::
:::

3. o
4. p

one
: q

two
: r
: s

| t | u |
|:-:|--:|
| `v|w` | **x** |

y\\
z[^1] *a **b `c` d** e*

***

[^1]: note with {file}`a` and [link](https://x.y)
"""


def test_blocks_stand_in_each_other(tmp_path):
    assert check([description.parse(BLOCKS).blocks], tmp_path) == ""
    root = html.parse(tmp_path / "a.html").getroot()
    # Where they stand, too: a list's item holds what belongs to it.
    inner = root.xpath("//li[p[text()='a']]")[0]
    for text in ("b", "c", "d", "e", "f"):
        assert inner.xpath(f".//p[normalize-space()='{text}']"), text
    assert inner.xpath(".//pre[normalize-space()='g']")
    assert not inner.xpath(".//p[normalize-space()='h']")
    assert [found.get("start") for found in root.iter("ol")][-1] == "3"
    assert root.xpath("//div[contains(@class, 'note')]//div[contains(@class, 'tip')]")
    assert len(root.xpath("//dl")) == 2


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a.b, c-d: e_f (g) h/i = j!", "a.b, c-d: e_f (g) h/i = j!"),
        ("`a`", "``a``"),
        ("{file}`/etc`", "[.file]``/etc``"),
        ("*a* **b**", "__a__ **b**"),
        ("[a](https://x.y)", "link:++https://x.y++[a]"),
        ("```nix\na\n```", "[source,nix]\n----\na\n----"),
        ("- a\n- b\n  - c", "* a\n* b\n** c"),
        ("1. a\n   - b", ". a\n** b"),
        ("> a", "[quote]\n____\na\n____"),
        ("::: {.note}\na\n:::", "[NOTE]\n====\na\n===="),
        ("a\n: b", "a:: b"),
        ("\\# a", "&#35; a"),
        ("\\- a", "{empty}- a"),
    ],
)
def test_it_is_written_as_an_author_would(source, expected):
    assert written(source) == expected


def test_what_would_be_replaced_is_a_reference():
    assert escape("{a} *b* <c> d--e f...") == (
        "&#123;a&#125; &#42;b&#42; &#60;c&#62; d&#45;&#45;e f.&#46;&#46;"
    )


def test_a_listing_with_callouts_shows_them_as_they_are():
    assert listing("a <1>", "nix") == "[source,nix,subs=normal]\n----\na &#60;1&#62;\n----"


def test_an_option_is_a_section_with_its_identifier():
    section = nodes.option(name="a.<b>", ids=["opt-a._b_"], read_only=True)
    section += nodes.option_fact("", nodes.option_value("1", "", language="nix"), fact="default")
    section += nodes.option_fact(
        "", nodes.option_declaration("", "<x/y.nix>", refuri="https://x.y"), fact="declared-in"
    )
    assert AsciidocWriter().section(section) == (
        '[id="opt-a._b_"]\n== a.&#60;b&#62;\n\n__Default:__ ``1``\n\n'
        "__Declared by:__\n\n* link:++https://x.y++[``&#60;x/y.nix&#62;``]\n\n"
        "__This option is read only.__\n\n"
    )
