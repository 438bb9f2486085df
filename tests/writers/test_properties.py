"""Whatever an author writes: pages stay well-formed, and nothing that was written is lost."""

from __future__ import annotations

import re
import string
import unicodedata

import pytest
from docutils import nodes as docutils_nodes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manualgen.markup import chapter, nodes
from manualgen.markup.structure import fold
from manualgen.options.model import Declaration, Markup, Option, Text
from manualgen.writers.asciidoc import AsciidocWriter
from manualgen.writers.html import HtmlWriter
from manualgen.writers.manpage import ManpageWriter
from manualgen.writers.markdown import Admonitions, MarkdownWriter, Style
from tests.rendering import (
    FakeLinks,
    groff_complaints,
    html_sections,
    ids,
    man_page,
    man_sections,
    mandoc_complaints,
    option,
    sections_of,
    shown,
    strict,
    unique,
)

# ─── what authors write ───

PIECES = st.sampled_from(
    [
        "- a", "  - b", "1. c", "   1. d", "> e", "```nix", "```", "::: {.note}", ":::", "# f", "T", ": g",
        "| h | i |", "|---|--:|", "[^1]: j", "k[^1]", "", "", "    l", "[m](#n)", "{option}`o.p`", "> [!TIP]",
        "***", "<!--", "-->", "[]{#q}", "r  ", "s\\", "&amp;", "'t", "<b>u</b>", "\tv", "[w](https://x.y/z)",
        ".br", ".so /etc/passwd", "'\\\" t", ".TE", ".TS", "\\fB", "\\n(.x", "a \\", "`.x`", "`'x`", "{file}`.y`",
        "[.z](.zz)", "![i](.j)", "[![k](l)](m)", "[{manpage}`n(1)`](o)", "T{", "| T{ | .x |", "_", "| = | \\_ |",
        "<script>alert(1)</script>", '"><img src=x onerror=y>', "[a](javascript:b)", '[c](https://d"e)',
        "a.  b", "Mr. Q.", "x" * 90, "https://e.org/" + "f/" * 40, "[F1]{.keycap}", "{env}`'`", "**.x**", "*`y`*",
    ]
)  # fmt: skip
MARKED = st.lists(PIECES, max_size=10).map("\n".join) | st.lists(PIECES, max_size=6).map(" ".join)
CHARACTERS = st.characters() | st.sampled_from(
    string.printable
    + "\\.'\"`^~-<>&{}[]()*_#|:!\n\u00a0\u00ad\u200b\u2028\u202e\ufeff\ud800äéÅKΩ≠가ｱ😀\x00\x1b\x7f\x85"
)
ANY = st.text(CHARACTERS, max_size=40) | MARKED
TEXTS = st.builds(Text, ANY, st.sampled_from(Markup).filter(lambda form: form != Markup.DOCBOOK))
MAYBE = st.none() | TEXTS
DECLARATIONS = st.lists(
    st.builds(Declaration, ANY, st.none() | ANY | ANY.map("https://x.org/{}".format)), max_size=3
).map(tuple)
PARTS = (
    st.sampled_from(["a", "b-c", "<name>", "*", "_x", "a.b", "c d", "é", "-e", ".f", "'g", "1"])
    | ANY
)
PATHS = st.lists(PARTS, min_size=1, max_size=3).map(tuple)


@st.composite
def options(draw):
    loc = draw(PATHS)
    return Option(
        name=draw(st.just(".".join(loc)) | ANY),
        loc=loc,
        description=draw(MAYBE),
        type=draw(ANY),
        default=draw(MAYBE),
        example=draw(MAYBE),
        declarations=draw(DECLARATIONS),
        definitions=draw(DECLARATIONS),
        read_only=draw(st.booleans()),
        related_packages=draw(MAYBE),
    )


SETS = st.lists(options(), max_size=12)
THOROUGHLY = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


# ─── HTML ───

TAGS = {
    "section",
    "h3",
    "a",
    "code",
    "span",
    "wbr",
    "div",
    "p",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "pre",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "blockquote",
    "hr",
    "br",
    "em",
    "strong",
    "kbd",
    "sup",
    "details",
    "summary",
}
ATTRIBUTES = {"class", "id", "href", "type", "start", "colspan", "aria-label"}
HEIGHTS = {"data-height", "data-narrow-height"}


def as_html_has_it(text: str) -> str:
    """Return a text as HTML can hold it: some characters are none, and CR is a new line."""
    return "".join(
        "\ufffd" if _is_forbidden(character) else character
        for character in text.replace("\r\n", "\n").replace("\r", "\n")
    )


def _is_forbidden(character: str) -> bool:
    number = ord(character)
    return (
        (number < 0x20 and character not in "\t\n")
        or 0x7F <= number < 0xA0
        or 0xD800 <= number < 0xE000
        or 0xFDD0 <= number < 0xFDF0
        or number & 0xFFFE == 0xFFFE
    )


@pytest.mark.slow
@given(SETS)
@THOROUGHLY
def test_html_is_well_formed_and_of_our_making(several):
    page = strict("".join(html_sections(*several)))
    for tag, attributes in page.tags:
        assert tag in TAGS
        if attributes.get("class") == "option":
            assert tag == "section"
            assert attributes.keys() == {"class", "id"} | HEIGHTS
            # The style sheet reads them as numbers.
            assert all((attributes[name] or "").isdecimal() for name in HEIGHTS)
        else:
            assert attributes.keys() <= ATTRIBUTES
        assert not re.match(
            r"\s*(javascript|data|vbscript)\s*:", attributes.get("href") or "", re.IGNORECASE
        )
    assert unique(ids(page))
    assert sum(tag == "section" for tag, _ in page.tags) == len(several)
    targets = [
        attributes["href"] for _, attributes in page.tags if attributes.get("class") == "permalink"
    ]
    assert len(targets) == len(several)


@given(options())
@THOROUGHLY
def test_html_says_what_the_record_says(each):
    (made,) = html_sections(each)
    page = strict(made)
    text = "".join(page.text)
    name = as_html_has_it(each.name)
    assert text.startswith((name, f"\n{name}"))
    for value in (each.default, each.example):
        if value is not None and value.markup in {Markup.NIX, Markup.AUTO}:
            assert as_html_has_it(value.text.rstrip()) in text
    if each.description is not None:
        for part in leaves(each):
            assert fold(as_html_has_it(part)) in fold(text)


def leaves(each: Option) -> list[str]:
    """Return what a description's paragraphs and code blocks say."""
    (section,), _, _ = sections_of(each)
    (description, *_) = section.children
    kinds = (
        docutils_nodes.paragraph,
        docutils_nodes.literal_block,
        docutils_nodes.term,
        nodes.notice,
    )
    return [
        run
        for leaf in description.findall(lambda node: isinstance(node, kinds))
        for run in runs(leaf)
    ]


def runs(node) -> list[str]:
    """Return the texts of a leaf, cut where marks (numbers of notes and links) may stand."""
    if isinstance(node, docutils_nodes.Text):
        return [str(node)]
    return [run for child in node.children for run in runs(child)]


# ─── man ───


@pytest.mark.slow
@given(SETS)
@THOROUGHLY
def test_mandoc_and_groff_have_nothing_to_say(several):
    sections = man_sections(*several)
    page = man_page("".join(sections))
    assert mandoc_complaints(page) == ""
    assert groff_complaints(page) == ""
    assert len(re.findall(r"^\.TP$", page, re.MULTILINE)) == len(several)


# The only requests that a page of ours has.
REQUESTS = re.compile(r"[.'](TP|B|option-name|RS|RE|PP|PD|IP|EX|EE|TS|TE|br|sp)( |$)")


@pytest.mark.slow
@given(SETS)
@THOROUGHLY
def test_man_has_no_requests_but_ours(several):
    for line in "".join(man_sections(*several)).splitlines():
        assert not line.startswith((".", "'")) or REQUESTS.match(line), line


def printed(text: str) -> str:
    """Return what can be looked for in a terminal's text: letters and digits of ASCII, in order."""
    return re.sub(r"[^A-Za-z0-9]", "", text)


@pytest.mark.slow
@given(options())
@THOROUGHLY
def test_man_loses_nothing(each):
    if each.description is None:
        return
    (section,) = man_sections(each)
    text = printed(shown(man_page(section), 1_000))
    for part in leaves(each):
        # A letter that is another name for one of ASCII (the Kelvin sign) is shown as that.
        same = "".join(
            character if unicodedata.normalize("NFD", character).isascii() is False else
            unicodedata.normalize("NFD", character) for character in part
        )  # fmt: skip
        assert printed(same) in text


# ─── chapters ───

CHAPTER_PIECES = PIECES | st.sampled_from(
    [
        "# a {#b}", "## c", "### *d* `e`", "::: {.example #f}", "### g", "::: {.figure}", "::: {.table #h}",
        "![i](picture.png)", "[](#f)", "[](#opt-a)", "[](#no)", "[j](#f)[^1]", "[^1]", "## k #", "### .l", "### 1. m",
    ]
)  # fmt: skip
CHAPTERS = st.lists(CHAPTER_PIECES, max_size=14).map("\n".join)


def chapter_of(text: str) -> docutils_nodes.section:
    """Return a chapter as a section, its headings as sections below each other."""
    root = docutils_nodes.section(
        "", docutils_nodes.title("", "T"), level=1, label="", classes=["chapter"], ids=["t"]
    )
    root["footnote_scope"] = "t"
    inner = root
    for segment in chapter.parse(text).segments:
        if segment.heading is not None:
            title = docutils_nodes.title("", "", *segment.heading.children)
            level = min(inner["level"] + 1, segment.heading["level"] + 1)
            while inner["level"] >= level:
                inner = inner.parent
            below = docutils_nodes.section(
                "", title, level=level, label="", classes=["section"], ids=segment.heading["ids"]
            )
            inner.append(below)
            inner = below
        inner.extend(block for block in segment.blocks if not isinstance(block, nodes.include))
    return root


@pytest.mark.slow
@given(CHAPTERS)
@THOROUGHLY
def test_any_chapter_is_written_in_every_format(text):
    root = chapter_of(text)
    links = FakeLinks([option("a")], anchors=["f"])
    numbers = dict.fromkeys(root.findall(nodes.numbered_block), 1)
    strict(HtmlWriter(links, numbers=numbers).chapter([root]))
    page = man_page(ManpageWriter(links, numbers=numbers).chapter([root]))
    assert mandoc_complaints(page) == ""
    assert groff_complaints(page) == ""
    for style in (Style(), Style(admonitions=Admonitions.PANDOC, anchors=True)):
        assert MarkdownWriter(style, links, numbers=numbers).chapter([root]).startswith("# T")
    assert AsciidocWriter(links, numbers=numbers).chapter([root]).startswith('[id="t"]\n== T')
