"""Manuals that are broken: one clear diagnostic each, and the old site stays."""

from __future__ import annotations

import pytest

from manualgen.errors import Code, ManualError, Severity
from tests.manuals import OPTIONS, build, include, only, picture, write

ONE = include("chapters", "one.md")
BOOK = "# The book {#book}\n\n## Sub\n\n" + ONE
GOOD = "# One {#ch-one}\n\nText.\n"

# name: (files beside manual.md, code, line, what the message says, what the help says)
BROKEN = {
    "missing file": ({}, Code.UNREADABLE, 6, "`one.md` does not exist", "there is no one.md in"),
    "nearly the name": (
        {"ones.md": GOOD},
        Code.UNREADABLE,
        6,
        "`one.md` does not exist",
        "did you mean ones.md?",
    ),
    "folder": ({"one.md/x": ""}, Code.UNREADABLE, None, "it is a folder", "name another file"),
    "circle": (
        {"one.md": GOOD + include("sections", "manual.md")},
        Code.INCLUDE_CIRCLE,
        5,
        "`manual.md` includes itself",
        "remove the line",
    ),
    "twice": (
        {"one.md": GOOD + include("sections", "two.md", "two.md"), "two.md": "# Two {#two}\n"},
        Code.BAD_INCLUDE,
        6,
        "`two.md` is included already, at",
        "a link leads",
    ),
    "above the folder": (
        {"one.md": GOOD + include("sections", "../../x.md")},
        Code.OUTSIDE_ROOT,
        5,
        "`../../x.md` lies outside",
        "--root",
    ),
    "absolute path": (
        {"one.md": GOOD + include("sections", "/etc/passwd")},
        Code.OUTSIDE_ROOT,
        5,
        "`/etc/passwd` lies outside",
        "--root",
    ),
    "options outside": (
        {"one.md": GOOD + include("options", "source: /etc/passwd")},
        Code.OUTSIDE_ROOT,
        5,
        "`/etc/passwd` lies outside",
        "--root",
    ),
    "image outside": (
        {"one.md": GOOD + "\n![x](../../x.png)\n"},
        Code.OUTSIDE_ROOT,
        5,
        "the image `../../x.png` lies outside",
        "--root",
    ),
    "duplicate id": (
        {"one.md": GOOD + "\n## A {#a}\n\n## B {#a}\n"},
        Code.DUPLICATE_ID,
        7,
        "the identifier `a` exists already, at {one}:5",
        "another",
    ),
    "id of the page": (
        {"one.md": GOOD + "\n## A {#page-tree}\n"},
        Code.DUPLICATE_ID,
        5,
        "the shell of every page",
        "another",
    ),
    "ids of two option sets": (
        {
            "one.md": GOOD + include("options", "source: o.json"),
            "manual.md": BOOK + include("appendix", "two.md"),
            "two.md": "# Two {#two}\n\n" + include("options", "source: o.json"),
            "o.json": OPTIONS,
        },
        Code.DUPLICATE_ID,
        3,
        "the identifier `opt-a.b` exists already",
        "id-prefix",
    ),
    "heading jump": (
        {"one.md": GOOD + "\n### A {#a}\n"},
        Code.HEADING_LEVEL,
        5,
        "a heading of level 3 right below one of level 1",
        "write ## A",
    ),
    "second title": (
        {"one.md": GOOD + "\n# A {#a}\n"},
        Code.HEADING_LEVEL,
        5,
        "a second title",
        "write ##",
    ),
    "begins too deep": (
        {"one.md": "## A {#a}\n"},
        Code.HEADING_LEVEL,
        1,
        "begins with a heading of level 2",
        "write # A",
    ),
    "no id": (
        {"one.md": GOOD + "\n## A *b* c!\n"},
        Code.MISSING_ID,
        5,
        "no identifier",
        "write ## A b c! {#sec-a-b-c}",
    ),
    "unclosed fence": (
        {"one.md": GOOD + "\n```nix\na\n"},
        Code.UNCLOSED_FENCE,
        5,
        "the block that \x60\x60\x60 opens is not closed",
        "on a line of its own",
    ),
    "unclosed colons": (
        {"one.md": GOOD + "\n::: {.note}\na\n"},
        Code.UNCLOSED_FENCE,
        5,
        "`:::` opens is not closed",
        "on a line of its own",
    ),
    "colons that close nothing": (
        {"one.md": GOOD + "\n:::\n\na\n"},
        Code.UNCLOSED_FENCE,
        5,
        "close no block",
        "remove",
    ),
    "binary file": ({"one.md": b"# A\0\x01"}, Code.NOT_TEXT, 1, "binary", "UTF-8"),
    "other encoding": (
        {"one.md": "# Ä {#a}\n".encode("latin-1")},
        Code.NOT_TEXT,
        1,
        "not UTF-8: byte 0xc4",
        "UTF-8",
    ),
    "empty file": ({"one.md": ""}, Code.BAD_STRUCTURE, None, "the file is empty", "# Title"),
    "text before the title": (
        {"one.md": "A\n\n# B {#b}\n"},
        Code.BAD_STRUCTURE,
        1,
        "text before the title",
        "first line",
    ),
    "text after an include": (
        {"one.md": GOOD + include("sections", "two.md") + "More.\n", "two.md": "# Two {#two}\n"},
        Code.BAD_STRUCTURE,
        8,
        "text after an include",
        "move it",
    ),
    "part in a chapter": (
        {"one.md": GOOD + include("parts", "two.md"), "two.md": "# Two {#two}\n"},
        Code.BAD_STRUCTURE,
        4,
        "parts cannot stand in a chapter",
        "include them in one of: book",
    ),
    "page of options": (
        {
            "one.md": GOOD
            + include("options", "source: o.json", arguments="html:into-file=//z.html"),
            "o.json": "{}",
        },
        Code.BAD_INCLUDE,
        4,
        "options have no title",
        "put this include into a file with a title",
    ),
    "colons within colons": (
        {"one.md": GOOD + ":::: {.note}\n::: {.warning}\ny\n::::\n"},
        Code.UNCLOSED_FENCE,
        5,
        "the block that `:::` opens is not closed",
        "write ::: on a line",
    ),
    "empty title of an example": (
        {"one.md": GOOD + "::: {.example}\n###\n\nx\n:::\n"},
        Code.BAD_STRUCTURE,
        4,
        "the example has no title",
        "write a heading as its first line",
    ),
    "folder of options": (
        {"one.md": GOOD + include("options", "source: .")},
        Code.UNREADABLE,
        None,
        "it is a folder",
        "name another file",
    ),
    "two footnotes of one label": (
        {"one.md": GOOD + "A[^a].\n\n[^a]: One.\n\n[^a]: Two.\n"},
        Code.DUPLICATE_ID,
        8,
        "a second footnote `a`",
        "[^a-2]",
    ),
    "empty title": (
        {"one.md": GOOD + "\n##  {#empty}\n"},
        Code.BAD_STRUCTURE,
        5,
        "a heading without a text",
        "write what it is about",
    ),
    "no kind of include": (
        {"one.md": GOOD + include("section", "two.md")},
        Code.BAD_INCLUDE,
        4,
        "unknown kind of include `section`",
        "sections",
    ),
    "unknown argument": (
        {
            "one.md": GOOD + include("sections", "two.md", arguments="html:into=//a.html"),
            "two.md": "# Two {#two}\n",
        },
        Code.BAD_INCLUDE,
        4,
        "unknown argument `html:into=//a.html`",
        "html:into-file=//name.html",
    ),
    "page in a folder": (
        {
            "one.md": GOOD + include("sections", "two.md", arguments="html:into-file=//a/b.html"),
            "two.md": "# Two {#two}\n",
        },
        Code.BAD_INCLUDE,
        4,
        "is not the name of a page",
        "without any folder",
    ),
    "one page for two": (
        {
            "one.md": GOOD + include("sections", "two.md", arguments="html:into-file=//index.html"),
            "two.md": "# Two {#two}\n",
        },
        Code.BAD_INCLUDE,
        1,
        "two includes name the page `index.html`",
        "another",
    ),
    "empty line in an include": (
        {"one.md": GOOD + include("sections", "two.md", ""), "two.md": "# Two {#two}\n"},
        Code.BAD_INCLUDE,
        6,
        "an empty line",
        "remove",
    ),
    "options without a file": (
        {"one.md": GOOD + include("options", "id-prefix: a-")},
        Code.BAD_INCLUDE,
        4,
        "names no option set",
        "source:",
    ),
    "unknown key of options": (
        {
            "one.md": GOOD + include("options", "sources: o.json", "source: o.json"),
            "o.json": OPTIONS,
        },
        Code.BAD_INCLUDE,
        5,
        "unknown setting `sources: o.json`",
        "`source: …`",
    ),
    "include in a list": (
        {"one.md": GOOD + "\n- a\n\n  ```{=include=} sections\n  two.md\n  ```\n"},
        Code.BAD_INCLUDE,
        7,
        "inside another block",
        "margin",
    ),
    "heading in a list": (
        {"one.md": GOOD + "\n- # A {#a}\n"},
        Code.HEADING,
        5,
        "inside another block",
        "bold",
    ),
    "example without a title": (
        {"one.md": GOOD + "\n::: {.example #e}\nA\n:::\n"},
        Code.BAD_STRUCTURE,
        5,
        "the example has no title",
        "### ",
    ),
    "figure without an image": (
        {"one.md": GOOD + "\n::: {.figure #e}\n# A\n\nB\n:::\n"},
        Code.BAD_STRUCTURE,
        5,
        "the figure has no image",
        "![",
    ),
    "missing image": (
        {"one.md": GOOD + "\nSee ![x](x.png).\n"},
        Code.MISSING_IMAGE,
        5,
        "the image `x.png`: cannot read",
        "put the file at",
    ),
    "no image at all": (
        {"one.md": GOOD + "\n![x](x.png)\n", "x.png": "text"},
        Code.MISSING_IMAGE,
        5,
        "not an image format that browsers show",
        "PNG",
    ),
    "reference to nowhere": (
        {"one.md": GOOD + "\nSee\n[](#ch-on).\n"},
        Code.DANGLING_REFERENCE,
        6,
        "nothing has the identifier `ch-on`",
        "write (#ch-one)",
    ),
    "unknown role": (
        {"one.md": GOOD + "\n{path}`x`\n"},
        Code.UNKNOWN_ROLE,
        5,
        "`{path}` is not a role",
        "{file}",
    ),
    "10 MB": ({"one.md": GOOD + "a " * 5_000_000}, Code.TOO_COMPLEX, 1, "characters", "divide"),
    "endless paragraph": (
        {"one.md": GOOD + "\n" + "[" * 30_000 + "\n"},
        Code.TOO_COMPLEX,
        5,
        "a paragraph too long",
        "divide",
    ),
    "deep nesting": (
        {"one.md": GOOD + "\n" + "> " * 500 + "a\n"},
        Code.TOO_COMPLEX,
        1,
        "nested",
        "",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_is_reported_once_with_its_place(name, tmp_path):
    files, code, line, message, help_text = BROKEN[name]
    site = build(tmp_path, {"manual.md": BOOK, **files})
    found = only(site)
    assert found.code is code
    assert found.severity is Severity.ERROR
    assert found.line == line
    assert message.replace("{one}", str(tmp_path / "source/one.md")) in found.message
    assert help_text in found.help
    if line is not None and code is not Code.TOO_COMPLEX and "empty" not in message:
        assert found.excerpt
    inside = found.file is not None and found.file.endswith("one.md")
    if inside:
        assert found.included_from == (f"{tmp_path}/source/manual.md:6",)
    assert not site.folder.exists()


@pytest.mark.parametrize("name", ["missing file", "reference to nowhere", "missing image"])
def test_the_site_that_was_there_stays(name, tmp_path):
    site = build(tmp_path, {"manual.md": BOOK, "one.md": GOOD})
    assert site.diagnostics == []
    before = {path: path.read_bytes() for path in site.folder.rglob("*") if path.is_file()}
    files = BROKEN[name][0]
    (tmp_path / "source/one.md").unlink()
    broken = build(tmp_path, {"manual.md": BOOK, **files})
    assert broken.built.pages == 0
    after = {path: path.read_bytes() for path in site.folder.rglob("*") if path.is_file()}
    assert after == before


def test_a_link_that_leaves_the_folder(tmp_path):
    (tmp_path / "secret.md").write_text(GOOD)
    write(tmp_path / "source", {"manual.md": BOOK})
    (tmp_path / "source/one.md").symlink_to(tmp_path / "secret.md")
    found = only(build(tmp_path, {}))
    assert found.code is Code.OUTSIDE_ROOT
    assert build(tmp_path, {}, roots=(tmp_path,)).diagnostics == []


def test_what_is_read_all_the_same_but_reported(tmp_path):
    site = build(tmp_path, {"manual.md": BOOK, "one.md": "\ufeff# One {#ch-one}\r\n\r\nText.\r\n"})
    assert [(found.code, found.severity) for found in site.diagnostics] == [
        (Code.BAD_ENCODING, Severity.WARNING)
    ] * 2
    assert site.text("main > p", "ch-one.html") == ["Text."]


def test_a_reference_to_nowhere_can_be_a_warning(tmp_path):
    files = {"manual.md": BOOK, "one.md": GOOD + "\n[text](#x) [](#y)\n"}
    site = build(tmp_path, files, dangling=Severity.WARNING)
    assert [found.severity for found in site.diagnostics] == [Severity.WARNING] * 2
    assert site.text(".unresolved", "ch-one.html") == ["text", "#y"]
    assert build(tmp_path, files, dangling=Severity.WARNING, strict=True).built.pages == 0


def test_all_errors_are_reported_at_once_with_the_chain(tmp_path):
    site = build(
        tmp_path,
        {
            "manual.md": BOOK,
            "one.md": GOOD + include("sections", "deep/two.md"),
            "deep/two.md": "# Two {#two}\n\n## A\n\n[](#x) ![y](y.png)\n",
        },
    )
    assert [found.code for found in site.diagnostics] == [
        Code.MISSING_ID,
        Code.MISSING_IMAGE,
        Code.DANGLING_REFERENCE,
    ]
    source = f"{tmp_path}/source"
    for found in site.diagnostics:
        assert found.file == f"{source}/deep/two.md"
        assert found.included_from == (f"{source}/one.md:5", f"{source}/manual.md:6")


def test_no_first_file(tmp_path):
    with pytest.raises(ManualError, match="cannot read"):
        build(tmp_path, {})


def test_a_picture_is_copied_once_under_its_content(tmp_path):
    one = GOOD + "\n![a](p.png) ![b](deep/p.png) ![c](q.png)\n"
    files = {"p.png": picture(), "deep/p.png": picture(), "q.png": picture(5, 7)}
    site = build(tmp_path, {"manual.md": BOOK, "one.md": one, **files})
    sources = [node.attributes["src"] for node in site.page("ch-one.html").css("img")]
    assert sources[0] == sources[1] != sources[2]
    assert [node.attributes["width"] for node in site.page("ch-one.html").css("img")] == [
        "3",
        "3",
        "5",
    ]
    assert len(list((site.folder / "media").iterdir())) == 2


def test_a_reference_to_no_footnote_is_reported_and_nothing_else_is(tmp_path):
    text = (
        "A[^none] and \\[^a], [\\^b], [^c\\], `[^d]`, &#91;^e], <https://x.y/[^f]>, "
        "[^a-z], [^0-9a-f], [^my-note].\n"
    )
    site = build(tmp_path, {"manual.md": BOOK, "one.md": "# One {#ch-one}\n\n" + text})
    assert [(found.message, found.severity, found.line) for found in site.diagnostics] == [
        ("the file has no footnote `none`", Severity.WARNING, 3),
        ("the file has no footnote `my-note`", Severity.WARNING, 3),
    ]
    assert "A[^none]" in site.page("ch-one.html").body.text()
