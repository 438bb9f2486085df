"""Options as one text."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from manualgen import api
from manualgen.errors import Code, ManualError
from manualgen.markup.links import NoLinks, Target
from manualgen.options.model import Option, Text
from manualgen.site import text
from manualgen.site.building import BuildOptions
from tests import manuals
from tests.rendering import manual


class Names:
    """A writer of nothing but identifiers."""

    links = NoLinks()

    def section(self, section):
        return f"{section['ids'][0]}\n\n"


def named(*loc, **fields):
    return Option(name=".".join(loc), loc=loc, **fields)


def test_sections_stand_in_order_and_end_in_one_newline(tmp_path):
    built = text.build(
        manual(named("b"), named("a", "x"), named("a", "enable")), tmp_path / "o", Names()
    )
    expected = "opt-a.enable\n\nopt-a.x\n\nopt-b\n"
    assert (tmp_path / "o").read_text() == expected
    assert built.size == len(expected)


def test_the_writer_knows_how_identifiers_are_written_here(tmp_path):
    writer = Names()
    option = Option(name='a."b.c"', loc=("a", "b.c"))
    text.build(manual(option), tmp_path / "o", writer, prefix="p-")
    assert (tmp_path / "o").read_text() == "p-a.b.c\n"
    assert writer.links.href(Target("opt-a._b.c_", "option")) == "#p-a.b.c"


def test_paths_that_read_alike_get_different_identifiers():
    options = (Option(name='a."b.c"', loc=("a", "b.c")), Option(name="a.b.c", loc=("a", "b", "c")))
    assert sorted(text.anchors(manual(*options), "")) == ["a.b.c", "a.b.c-2"]


def test_diagnostics_and_progress_are_reported(tmp_path):
    seen = []
    bad = named("a", description=Text("{nope}`x`"))
    with ThreadPoolExecutor(1) as executor:
        built = text.build(
            manual(bad),
            tmp_path / "o",
            Names(),
            options=BuildOptions(
                executor=executor, progress=lambda done, total: seen.append((done, total))
            ),
        )
    assert [found.code for found in built.diagnostics] == [Code.UNKNOWN_ROLE]
    assert seen == [(1, 1)]


def test_a_file_that_cannot_be_written_is_reported(tmp_path):
    with pytest.raises(ManualError) as caught:
        text.build(manual(named("a")), tmp_path, Names())
    assert caught.value.diagnostic.code is Code.WRITE_FAILED


def test_a_footnote_at_the_end_of_a_file_serves_all_its_sections_in_asciidoc(tmp_path):
    files = {
        "manual.md": "# M {#m}\n## V\n\n"
        + manuals.include("chapters", "one.md", "two.md")
        + manuals.include("appendix", "last.md"),
        "one.md": "# One[^n] {#one}\n\nA[^n].\n\n## Sub {#sub}\n\nB[^n].\n\n[^n]: Of one.\n",
        "two.md": "# Two {#two}\n\nC[^n].\n\n"
        + manuals.include("options", "list-id: l", "id-prefix: opt-", "source: o.json")
        + "\n## End {#end}\n\nD[^n].\n\n[^n]: Of two.\n",
        "last.md": "# Last {#last}\n\nE[^n].\n\n[^n]: Of the last.\n",
        "o.json": manuals.OPTIONS.replace("#ch-one", "#one"),
    }
    whole = manuals.load(manuals.write(tmp_path, files))
    assert not whole.diagnostics
    api.build_asciidoc(whole, tmp_path / "manual.adoc")
    document = (tmp_path / "manual.adoc").read_text()
    assert document.count("footnote:[Of one.]") == 3
    assert document.count("footnote:[Of two.]") == 2
    assert document.count("footnote:[Of the last.]") == 1
