"""Whole chapters in every format, and each writer's table against the list of nodes."""

from __future__ import annotations

import re
import subprocess

import pytest
from docutils import nodes as docutils_nodes

from manualgen.book import manual as manuals
from manualgen.book.manual import ManualSettings
from manualgen.markup import chapter, description, nodes
from manualgen.markup.links import Target
from manualgen.markup.structure import outline
from manualgen.site.chapters import document_of, with_options
from manualgen.writers import asciidoc, html, manpage, markdown
from manualgen.writers.markdown import Admonitions, Style
from tests.conftest import ROOT, program
from tests.rendering import (
    FakeLinks,
    groff_complaints,
    man_page,
    mandoc_complaints,
    option,
    sections_of,
    shown,
    strict,
)

GFM = Style()
PANDOC = Style(admonitions=Admonitions.PANDOC, anchors=True)
PLAIN = Style(admonitions=Admonitions.PLAIN, anchors=True)

BLOCK_TABLES = {
    "html": html.HANDLERS,
    "manpage": manpage.BLOCKS,
    "markdown": markdown.BLOCKS,
    "asciidoc": asciidoc.BLOCKS,
}
INLINE_TABLES = {
    "html": html.HANDLERS,
    "manpage": manpage.INLINES,
    "markdown": markdown.INLINES,
    "asciidoc": asciidoc.INLINES,
}

# Every construct of chapters; what includes do, the sections below make of it.
CHAPTER = """\
A paragraph with *emphasis*, **strong**, `code`, {file}`/etc/x`, {option}`a.b`, {option}`no.such`,
{manpage}`nix.conf(5)`, [F1]{.keycap}, [a link](https://example.org/x), <https://example.org>,
[an option](#opt-a.b), [](#opt-a.b), [](#ex-one), [a chapter](#ch-one), [nowhere](#nowhere),
[](#nowhere), []{#anchor}an anchor, a break\\
here, ![not a file](https://example.org/p.png), a note[^one].

::: {.example #ex-one}
### An *example* "with" quotes

```nix
{ a = 1; }
```

More.
:::

::: {.figure #fig-one}
### A figure

![A picture](picture.png "Title")
:::

::: {.table #tab-one}
### A table

| a | b |
|:--|--:|
| 1 | `2` |
:::

- tight
- list

1. loose

2. list[^one]

term
: definition

> quote

::: {.note #note-one}
A note.
:::

::: {.warning}
- with a list
:::

***

::: {.unknown}
In a container.
:::

| plain | table |
|---|:-:|
| x | y |

[^one]: The note.
"""


class Picture:
    name = "media/picture.png"
    size = (3, 2)


def section(title, *blocks, level=1, scope=None, ids=(), label="", kind="chapter"):
    made = docutils_nodes.section(
        "",
        docutils_nodes.title("", "", *title),
        *blocks,
        level=level,
        label=label,
        ids=list(ids),
        classes=[kind],
    )
    if scope is not None:
        made["footnote_scope"] = scope
    return made


def blocks_of(source):
    parsed = chapter.parse(source)
    found = [block for segment in parsed.segments for block in segment.blocks]
    assert found
    return found


def generated():
    """A chapter with every construct, in which stands a section of another file, and options."""
    blocks = blocks_of(CHAPTER)
    texts, _, _ = sections_of(option("a.b", "An option[^1].\n\n[^1]: Its note.", type="boolean"))
    inner = section(
        [docutils_nodes.Text('Inner "one" #')],
        *description.parse("Text[^one].\n\n[^one]: Another.").blocks,
        level=2,
        scope="inner",
        ids=["inner"],
    )
    deep = section(
        [docutils_nodes.emphasis("", "Deep")],
        docutils_nodes.paragraph("", "Deep text."),
        section(
            [docutils_nodes.Text("Deeper")], *description.parse("Deeper text.").blocks, level=4
        ),
        level=3,
    )
    inner.append(deep)
    listed = nodes.option_list(ids=["the-options"], index=0, sections=iter(texts), count=1)
    elsewhere = nodes.option_list(ids=["others"], index=1)
    return section(
        [docutils_nodes.Text("One & only")],
        docutils_nodes.subtitle("", "A subtitle"),
        nodes.local_contents(label="Contents", entries=[]),
        *blocks,
        inner,
        listed,
        elsewhere,
        scope="one",
        ids=["ch-one"],
        label="Chapter\u00a01",
    )


def tables_of(*roots):
    """The numbers of numbered blocks and the files of images, as a manual has them."""
    blocks = [node for root in roots for node in root.findall(nodes.numbered_block)]
    images = [node for root in roots for node in root.findall(docutils_nodes.image)]
    numbers = {node: number for number, node in enumerate(blocks, 1)}
    pictures = {node: Picture() for node in images if node["uri"] == "picture.png"}
    return {"numbers": numbers, "pictures": pictures}


def links():
    return FakeLinks(
        [option("a.b")],
        {"nix.conf(5)": "https://example.org/nix.conf"},
        ["inner"],
        {
            "ch-one": Target("ch-one", "chapter", (docutils_nodes.emphasis("", "One"),), "One"),
            "ex-one": Target("ex-one", "example", (docutils_nodes.Text("Example 1"),), "Hint"),
        },
    )


def writer_of(name, *roots):
    made = {
        "html": lambda **tables: html.HtmlWriter(links(), **tables),
        "manpage": lambda **tables: manpage.ManpageWriter(links(), **tables),
        "gfm": lambda **tables: markdown.MarkdownWriter(GFM, links(), **tables),
        "pandoc": lambda **tables: markdown.MarkdownWriter(PANDOC, links(), **tables),
        "plain": lambda **tables: markdown.MarkdownWriter(PLAIN, links(), **tables),
        "asciidoc": lambda **tables: asciidoc.AsciidocWriter(links(), **tables),
    }
    return made[name](**tables_of(*roots))


FORMATS = ["html", "manpage", "gfm", "pandoc", "plain", "asciidoc"]


def written(name):
    made = generated()
    return writer_of(name, made).chapter([made])


# ─── the tables ───


@pytest.mark.parametrize("name", BLOCK_TABLES)
def test_every_writer_has_a_handler_for_every_node(name):
    assert [node.__name__ for node in nodes.BLOCK_NODES if node not in BLOCK_TABLES[name]] == []
    assert [node.__name__ for node in nodes.INLINE_NODES if node not in INLINE_TABLES[name]] == []


def sample_manual():
    return manuals.load(ManualSettings(source=ROOT / "sample-options" / "manual.md"))


def test_the_lists_of_nodes_are_complete():
    listed = {*nodes.BLOCK_NODES, *nodes.INLINE_NODES, *nodes.INNER_NODES}
    manual = sample_manual()
    roots = [
        generated(),
        document_of(manual, 1, with_options(manual, str, str)),
        *(
            entry.sections.section(entry.option, entry.id)
            for entry in manual.options
        ),
    ]  # fmt: skip
    found = {node.__class__ for root in roots for node in root.findall()}
    assert {node.__name__ for node in found - listed} == set()


# ─── chapters in every format ───


@pytest.mark.parametrize("name", FORMATS)
def test_a_chapter_loses_nothing(name):
    text = re.sub(r"<[^<>]*>|\\[fe&:][BIR]?|[\\_*`+{}]", "", written(name))
    for expected in (
        "One", "only", "A subtitle", "emphasis", "strong", "code", "/etc/x", "a.b", "no.such",
        "nix.conf", "F1", "an option", "a chapter", "nowhere", "an anchor", "here", "a note",
        "example", "with", "More.", "A figure", "A table", "tight", "loose", "term", "definition",
        "quote", "with a list", "In a container.", "plain", "The note", "Inner", "Deep text.",
        "Deeper text.", "An option", "Its note", "Another", "boolean",
    ):  # fmt: skip
        assert expected in text, expected


@pytest.mark.parametrize("name", FORMATS)
def test_the_sample_manual_is_written_in_every_format(name):
    manual = sample_manual()
    root = document_of(manual, 1, with_options(manual, lambda found: f"#{found}", str))
    writer = writer_of(name, root)
    writer.links = manual.links(lambda found: f"#{found}")
    text = writer.chapter([root])
    assert "NixOS containers and GRUB" in text
    assert text.count("boot.loader.grub.memtest86.params") >= 1


def test_no_writer_changes_a_tree():
    made = generated()
    before = made.pformat()
    for name in FORMATS:
        writer_of(name, made).chapter([made])
    assert made.pformat() == before


# ─── HTML ───


def test_html_of_a_chapter():
    text = written("html")
    strict(text)
    assert (
        '<section class="chapter" id="ch-one"><h1><span class="number">Chapter\u00a01.</span>'
        in text
    )
    assert '<p class="example-title"><span class="number">Example\u00a01.</span> An <em>' in text
    assert (
        '<img src="media/picture.png" alt="A picture" width="3" height="2" title="Title">' in text
    )
    assert '<a class="image" href="https://example.org/p.png">not a file</a>' in text
    assert '<a href="#ex-one">Example 1</a>' not in text
    assert '<a title="Hint" href="#ex-one">Example 1</a>' in text
    assert '<a title="One" href="#ch-one">a chapter</a>' in text
    assert '<span class="unresolved"><code>#nowhere</code></span>' in text
    assert '<h2 class="option-count">1 option</h2>\n<section class="option" id="opt-a.b" ' in text


def test_footnotes_are_numbered_through_the_page_and_named_by_their_file():
    text = written("html")
    assert re.findall(r'<li id="([^"]*)">', text) == [
        "one.note-one",
        "inner.note-one",
        "opt-a.b.note-1",
    ]
    assert re.findall(r'<a class="footnote-ref" id="([^"]*)" href="[^"]*">(\d)', text) == [
        ("one.note-one.back", "1"),
        ("one.note-one.back-2", "1"),
        ("inner.note-one.back", "2"),
        ("opt-a.b.note-1.back", "3"),
    ]


def test_the_scope_of_what_stands_in_no_section():
    blocks = description.parse("a[^1]\n\n[^1]: b").blocks
    assert '<li id="ch.note-1">' in html.HtmlWriter().chapter(blocks, "ch")
    assert '<li id="1">' in html.HtmlWriter().chapter(blocks)
    # The scope around is there again after a section of another file.
    other = section([], *blocks, scope="other")
    parts = html.HtmlWriter().parts([*blocks[:1], other, *blocks[1:]], "ch")
    assert re.findall(r'<li id="([^"]*)">', "".join(parts)) == ["other.note-1", "ch.note-1"]


def test_parts_are_cut_where_the_page_has_something_to_put_in():
    made = generated()
    parts = writer_of("html", made).parts([made])
    assert [part.__class__ for part in parts] == [
        str, nodes.local_contents, str, nodes.option_list, str,
    ]  # fmt: skip
    assert parts[0].endswith('<p class="subtitle">A subtitle</p>')
    assert parts[1]["label"] == "Contents"
    assert parts[2].endswith('<div class="option-list" id="others"></div>')
    assert parts[3]["index"] == 1
    assert parts[4] == "</section>"


# ─── what a page asked for ───


def test_what_a_page_asked_for_is_recorded():
    writer = html.HtmlWriter(links())
    writer.chapter(description.parse("{option}`a.b` [x](#ch-one) [](#no) {option}`not`").blocks)
    assert writer.asked == {"a.b", "opt-a.b", "ch-one", "no", "not"}
    writer.start_page()
    assert writer.asked == set()


class Page(FakeLinks):
    """The links of a page of its own."""

    def __init__(self, name, options):
        super().__init__(options)
        self.name = name

    def href(self, target):
        return f"{self.name}.html{super().href(target)}"


def test_shared_parts_are_linked_for_each_page():
    options = [option("a", "See {option}`b`."), option("b", "See {option}`b`."), option("c", "x")]
    (first, second, _), names, _ = sections_of(*options)
    writer = html.HtmlWriter()
    one, two = Page("one", options), Page("two", options)
    for page in (one, two, one):
        writer.start_page(names, page)
        texts = [writer.section(first), writer.section(second)]
        assert all(f'href="{page.name}.html#opt-b"' in text for text in texts)
        # What was written for another option of the page was asked for by the page all the same.
        assert writer.asked == {"b", "opt-b"}
    writer.start_page(names, one)
    assert writer.asked == set()
    writer.section(second)
    assert writer.asked == {"b", "opt-b"}


def test_options_on_a_page_have_links_of_their_own():
    options = [option("a", "See {option}`a`.")]
    sections, _, _ = sections_of(*options)
    listed = nodes.option_list(
        ids=[], index=0, sections=iter(sections), count=1, links=Page("set", options)
    )
    paragraphs = description.parse("{option}`a`").blocks
    writer = html.HtmlWriter(Page("page", options))
    text = writer.chapter([*paragraphs, listed, *paragraphs])
    assert re.findall(r'href="([a-z]+)\.html', text) == ["page", "set", "page"]


# ─── man ───


def test_man_of_a_chapter():
    text = written("manpage")
    page = man_page(text)
    assert mandoc_complaints(page) == ""
    assert groff_complaints(page) == ""
    assert ".SH Chapter\\ 1. One & only" in text
    assert ".SS Inner \\(dqone\\(dq #" in text
    assert "\\fBExample\\ 1. An \\fIexample\\fB" in text
    seen = shown(page)
    assert "Links:\n       [1]  https://example.org/x" in seen
    assert "the option a.b" in seen
    assert seen.index("the option a.b") < seen.index("Inner")


def test_man_goes_on_after_a_paragraph():
    blocks = description.parse("a").blocks
    assert manpage.ManpageWriter().chapter(blocks) == "a\n"
    assert manpage.ManpageWriter().chapter(blocks, after_heading=False) == ".PP\na\n"


# ─── CommonMark ───


def test_markdown_of_a_chapter():
    text = written("gfm")
    assert text.startswith("# Chapter\u00a01. One & only\n\n*A subtitle*\n")
    assert "**Example\u00a01. An *example* “with” quotes**\n\n```nix\n" in text
    assert "![A picture](media/picture.png)" in text
    assert "[^one.one]: The note." in text
    assert "[^inner.one]: Another." in text
    assert '\n## Inner \\"one\\" \\#\n' in text
    assert "\n#### Deeper\n" in text
    assert "\n## a.b\n" in text


def test_markdown_with_anchors():
    text = written("pandoc")
    assert "# Chapter\u00a01. One & only {#ch-one}\n" in text
    assert "::: {.example #ex-one}\n## An *example*" in text
    assert "[](#ex-one)" not in text
    assert "[Example 1](#ex-one)" in text
    assert "[]{#the-options}" in text
    assert "[]{#ex-one}**Example\u00a01. An *example*" in written("plain")


def test_markdown_comes_back():
    made = generated()
    text = writer_of("pandoc", made).chapter([made])
    again = chapter.parse(text)
    kinds = [block.__class__ for segment in again.segments for block in segment.blocks]
    assert kinds.count(nodes.numbered_block) == 3
    headings = [segment.heading.astext() for segment in again.segments if segment.heading]
    assert headings[:4] == ["Chapter\u00a01. One & only", 'Inner "one" #', "Deep", "Deeper"]
    before = blocks_of("- tight\n- list\n\n> quote\n\n::: {.note #note-one}\nA note.\n:::\n")
    shown_again = markdown.MarkdownWriter(PANDOC).chapter(before)
    assert outline(blocks_of(shown_again)) == outline(before)
    assert [found.code for found in again.diagnostics] == []


# ─── AsciiDoc ───


def rendered(text, folder):
    source = folder / "a.adoc"
    source.write_text(text, encoding="utf-8")
    page = folder / "a.html"
    done = subprocess.run(
        [program("asciidoctor"), "-v", "-o", page, source],
        capture_output=True,
        text=True,
        check=True,
    )
    return page.read_text(encoding="utf-8"), done.stdout + done.stderr


def test_asciidoc_of_a_chapter(tmp_path):
    text = written("asciidoc")
    page, complaints = rendered(text, tmp_path)
    assert complaints == ""
    assert '[id="ch-one"]\n== Chapter\u00a01. One &#38; only\n' in text
    assert '<h2 id="ch-one">Chapter\u00a01. One &#38; only</h2>' in page
    assert '<div class="title">Example\u00a01. An <em>example</em>' in page
    assert '<img src="media/picture.png" alt="A picture"' in page
    assert '<div class="title">Figure\u00a02. A figure</div>' in page
    assert '<caption class="title">Table\u00a03. A table</caption>' in page
    assert '<h3 id="inner">' in page
    assert "<h5" in page
    assert '<a href="#ex-one">Example 1</a>' in page


def test_a_book_in_asciidoc_is_a_document_with_a_title(tmp_path):
    inner = section([docutils_nodes.Text("In")], docutils_nodes.paragraph("", "x"), level=2)
    made = section([docutils_nodes.Text("Whole")], inner, kind="book", ids=["whole"])
    text = asciidoc.AsciidocWriter().chapter([made])
    assert text == '[id="whole"]\n= Whole\n\n== In\n\nx\n'
    page, complaints = rendered(text, tmp_path)
    assert complaints == ""
    assert "<h1>Whole</h1>" in page
