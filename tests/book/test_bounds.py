"""What exceeds a bound of a manual is reported once, and the rest is built."""

from __future__ import annotations

import json

import pytest

from manualgen.book import configuration, sources
from manualgen.book.labels import DEEPEST, LONGEST, MOST_NODES
from manualgen.book.references import MOST_STEPS, OptionIndex
from manualgen.errors import Code, ManualError, Severity
from manualgen.similar_names import SimilarNames
from tests.manuals import build, include, load, only, picture, write


def codes(diagnostics):
    return [diagnostic.code for diagnostic in diagnostics]


# ─── titles ───


def titles(count: int, references: int) -> str:
    """Return headings whose titles refer to the one before."""
    lines = ["# Book {#book}", "", "Text.", "", "## First {#s0}", ""]
    for number in range(count):
        lines += [f"## {f'[](#s{number}) ' * references}{{#s{number + 1}}}", ""]
    return "\n".join(lines)


@pytest.mark.parametrize("references", [1, 2, 5])
def test_titles_that_refer_to_titles_have_a_bound(tmp_path, references):
    site = build(tmp_path, {"manual.md": titles(40, references)})
    assert set(codes(site.diagnostics)) == {Code.TOO_COMPLEX}
    assert site.diagnostics[0].help == (
        f"write a title of at most {LONGEST} characters, without references"
    )
    assert sum(path.stat().st_size for path in site.folder.rglob("*.html")) < 2_000_000
    texts = [site.manual.labels.target(f"s{number}").text for number in range(41)]
    assert all(sum(len(node.astext()) for node in text) < LONGEST + 100 for text in texts)
    assert all(len(text) <= MOST_NODES + 1 for text in texts)
    # The text does not depend on which was asked for first.
    again = load(tmp_path / "source" / "manual.md")
    assert [
        "".join(node.astext() for node in again.labels.target(f"s{number}").text)
        for number in reversed(range(41))
    ] == ["".join(node.astext() for node in text) for text in reversed(texts)]


def test_a_few_titles_that_refer_to_titles_are_shown_in_full(tmp_path):
    site = build(tmp_path, {"manual.md": titles(DEEPEST - 2, 1)})
    assert site.diagnostics == []
    text = "".join(node.astext() for node in site.manual.labels.target(f"s{DEEPEST - 2}").text)
    assert text.count("the section called “") == DEEPEST - 1
    assert "First" in text
    assert "…" not in text


def test_a_long_title_is_cut_where_it_is_referred_to(tmp_path):
    title = "word " * 100
    site = build(tmp_path, {"manual.md": f"# B {{#b}}\n\nSee [](#s).\n\n## {title}{{#s}}\n\nT.\n"})
    assert only(site).code is Code.TOO_COMPLEX
    assert only(site).line == 5
    shown = site.text("p a[href='#s']")[0]
    assert shown.startswith("the section called “word word ")
    assert shown.endswith("…")
    assert len(shown) < LONGEST + 5
    assert title.strip() in site.text("main section")[0]


# ─── includes ───


def test_empty_lines_of_an_include_are_one_diagnostic(tmp_path):
    site = build(
        tmp_path,
        {
            "manual.md": "# B {#b}\n\n" + include("chapters", *[""] * 500, "a.md"),
            "a.md": "# A {#a}\n",
        },
    )
    assert only(site).message == "an empty line in an include, and 499 more"


def test_empty_lines_of_an_include_of_options_are_one_diagnostic(tmp_path):
    files = {"manual.md": "# B {#b}\n\n" + include("options", "", "source: o.json", *[""] * 99)}
    site = build(tmp_path, files | {"o.json": '{"a": {"description": "A."}}'})
    assert only(site).message == "an empty line in an include, and 99 more"
    assert len(site.manual.options) == 1


def test_what_begins_all_identifiers_is_short(tmp_path):
    files = sets(1, 1)
    files["manual.md"] = files["manual.md"].replace("p0-", "p" * 201)
    site = build(tmp_path, files)
    assert only(site).message == "`id-prefix` has 201 characters; 200 are the most"
    assert site.manual.sets[0].catalog.ids == ["opt-a"]


def test_a_manual_has_a_bound_of_files(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MOST_FILES", 4)
    names = [f"c{number}.md" for number in range(8)]
    manual = load(
        write(
            tmp_path,
            {
                "manual.md": "# B {#b}\n\n" + include("chapters", *names),
                **{name: f"# C {{#{name[:2]}}}\n" for name in names},
            },
        )
    )
    (diagnostic,) = manual.diagnostics
    assert (diagnostic.code, diagnostic.severity) == (Code.TOO_COMPLEX, Severity.ERROR)
    assert diagnostic.message.startswith("the manual has more than 4 files")
    assert [division.identifier for division in manual.outline.divisions] == ["b", "c0", "c1", "c2"]


def sets(count: int, size: int) -> dict[str, str]:
    return {
        "manual.md": "# B {#b}\n\n"
        + "".join(
            f"## H {{#h{number}}}\n\n"
            + include("options", "source: o.json", f"id-prefix: p{number}-")
            for number in range(count)
        ),
        "o.json": json.dumps({"a": {"description": "x" * size}}),
    }


@pytest.mark.parametrize(
    ("count", "size", "shown"), [(400, 9, 102), (9, 400_000, 4), (2, 3_000_000, 2)]
)
def test_one_set_is_not_included_without_end(tmp_path, count, size, shown):
    manual = load(write(tmp_path, sets(count, size)))
    assert len(manual.sets) == shown
    if shown < count:
        (diagnostic,) = manual.diagnostics
        assert diagnostic.code is Code.TOO_COMPLEX
        assert "the same option sets too often" in diagnostic.message
    # A text is parsed once, however often its set is included.
    parsed = [
        included.sections.parse(included.catalog.options[0].description) for included in manual.sets
    ]
    assert all(one is parsed[0] for one in parsed)


def test_a_manual_has_a_bound_of_sets(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MOST_SETS", 3)
    files = sets(6, 1)
    for number in range(6):
        files["manual.md"] = files["manual.md"].replace("o.json", f"o{number}.json", 1)
        files[f"o{number}.json"] = "{}"
    manual = load(write(tmp_path, files))
    assert len(manual.sets) == 3
    assert codes(manual.diagnostics) == [Code.TOO_COMPLEX]


@pytest.mark.parametrize("name", ["x" * 300 + ".md", "y/" * 3000 + "z.md", "a\x01" + "b" * 300])
def test_a_path_that_no_file_can_have_is_reported(tmp_path, name):
    text = (
        f"![Picture](<{name}>)\n\n"
        + include("options", f"source: {name}")
        + include("chapters", name, "a.md")
    )
    site = build(tmp_path, {"manual.md": f"# B {{#b}}\n\n{text}", "a.md": "# A {#a}\n"})
    assert set(codes(site.diagnostics)) <= {Code.UNREADABLE, Code.MISSING_IMAGE}
    assert len(site.diagnostics) == 3
    assert all("cannot be the path of a file" in one.message for one in site.diagnostics)
    assert [division.identifier for division in site.manual.outline.divisions] == ["b", "a"]


# ─── pictures ───


@pytest.mark.parametrize(
    ("name", "data", "size"),
    [
        ("a.jpg", b"\xff\xd8" + b"\xff" * 20_000_000, None),
        ("a.jpg", b"\xff\xd8\xff" + b"\xd0\xff" * 2_000_000, None),
        ("a.jpg", b"\xff\xd8\xff\xff\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x07\x00\x09" + bytes(9), (9, 7)),
        ("a.svg", b'<svg width="%s" height="%s"></svg>' % (b"9" * 400, b"9" * 400), None),
        ("a.svg", b'<svg viewBox="0 0 %s 1"></svg>' % (b"9" * 5000), None),
        ("a.svg", b'<svg width="30px" height="20.6"></svg>', (30, 21)),
        ("a.svg", b'<svg viewBox="0 0 30 20.6"></svg>', (30, 21)),
        ("a.png", picture(5, 6), (5, 6)),
    ],
)  # fmt: skip
def test_the_size_of_any_picture_is_found_or_unknown(tmp_path, name, data, size):
    site = build(tmp_path, {"manual.md": f"# B {{#b}}\n\n![P]({name})\n", name: data})
    assert [shown.size for shown in site.manual.pictures.values()] == [size]


# ─── references ───


def test_placeholders_are_not_tried_without_end():
    def visits(depth):
        names = []
        for number in range(2**depth):
            loc = (*(f"<{'ab'[number >> bit & 1]}>" for bit in range(depth)), "x")
            names.append((".".join(loc), loc, f"id-{number}"))
        return OptionIndex(names)

    assert visits(5).identifier("q.r.s.t.u.x") == "id-0"
    assert visits(5).identifier("q.r.s.t.u.y") is None
    # More nodes than are visited: what is found soon is found all the same.
    assert MOST_STEPS < 2**11
    assert visits(11).identifier("q.r.s.t.u.v.w.z.q.q.q.x") == "id-0"
    assert visits(11).identifier("q.r.s.t.u.v.w.z.q.q.q.y") is None


def test_names_of_thousands_of_components():
    loc = ("<name>",) * 5000
    index = OptionIndex([(".".join(loc), loc, "id")])
    assert index.identifier(".".join(["x"] * 5000)) == "id"


@pytest.mark.parametrize(
    ("name", "likely"),
    [
        ("sec-instalation", "sec-installation"),
        ("sec_installation", "sec-installation"),
        ("xec-installation", "sec-installation"),
        ("sec-usage-flake", "sec-usage-flakes"),
        ("something else", None),
        ("s" * 5000, None),
    ],
)
def test_similar_names_are_found_among_many(name, likely):
    names = [f"sec-{number}-{number * 7919 % 997}" for number in range(3000)]
    similar = SimilarNames([*names, "sec-installation", "sec-usage-flakes"])
    assert similar.nearest(name, 0.75) == likely


# ─── manual.toml ───


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
        ("a = " + "{a=" * 5000 + "1" + "}" * 5000, "nested too deeply"),
        ("a" + ".a" * 50_000 + " = 1", "nested too deeply"),
        ("[a" + ".a" * 50_000 + "]", "nested too deeply"),
        ("title = {a" + ".a" * 50_000 + " = 1}", "nested too deeply"),
        ("toc-depth = " + "9" * 5000, "not TOML"),
        ("\n" * 30_000 + '"so\\u0075rce" = 3', "`source`: expected"),
        (" " * 100_000 + '"so\\u0075rce" = 3', "`source`: expected"),
        ('source = "a\\u0000b"', "cannot be the path of a file"),
        (f'theme = "{"x" * 300}"', "cannot be the path of a file"),
        (f'redirects = "{"x/" * 5000}"', "cannot be the path of a file"),
        ('[output]\nhtml = "a\\u0000"', "cannot be the path of a file"),
        (f'[manpage]\nheader = "{"x" * 300}"', "cannot be the path of a file"),
        ('[[options]]\nsource = "\\u0000"', "cannot be the path of a file"),
        ('[[options]]\nsource = "o.json"\n' * 301, "length <= 300"),
        ("x" * 100_000 + " = 1", "unknown setting"),
        (f'[[options]]\nsource = "o.json"\nid-prefix = "{"x" * 201}"', "length <= 200"),
        (f'[[declarations]]\nname = "n"\naddress = "{"x" * 1001}"', "length <= 1000"),
        (f'title = "{"x" * 1001}"', "length <= 1000"),
    ],
)  # fmt: skip
def test_any_file_of_settings_is_read_or_refused(tmp_path, text, message):
    path = tmp_path / "manual.toml"
    path.write_text(text)
    with pytest.raises(ManualError, match=message):
        configuration.read(path)
