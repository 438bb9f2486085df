"""A reference as one text."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from manualgen.errors import Code, ManualError
from manualgen.options.model import Option, Text
from manualgen.options.reading import OptionSet
from manualgen.site import textual
from manualgen.site.reference import Reference, Settings


class Names:
    """A writer of nothing but identifiers."""

    def __init__(self, anchors):
        self.anchors = anchors

    def section(self, section):
        return f"{section['ids'][0]}\n\n"


def reference(*options):
    return Reference([OptionSet(options)], Settings())


def named(*loc, **fields):
    return Option(name=".".join(loc), loc=loc, **fields)


def test_sections_stand_in_order_and_end_in_one_newline(tmp_path):
    built = textual.build(
        reference(named("b"), named("a", "x"), named("a", "enable")), tmp_path / "o", Names
    )
    text = "opt-a.enable\n\nopt-a.x\n\nopt-b\n"
    assert (tmp_path / "o").read_text() == text
    assert built.size == len(text)


def test_the_writer_knows_how_identifiers_are_written_here(tmp_path):
    writers = []

    def writer(anchors):
        writers.append(Names(anchors))
        return writers[-1]

    option = Option(name='a."b.c"', loc=("a", "b.c"))
    textual.build(reference(option), tmp_path / "o", writer, prefix="p-")
    assert writers[0].anchors == {"opt-a._b.c_": "p-a.b.c"}


def test_paths_that_read_alike_are_told_apart():
    options = (Option(name='a."b.c"', loc=("a", "b.c")), Option(name="a.b.c", loc=("a", "b", "c")))
    assert sorted(textual.anchors(reference(*options), "")) == ["a.b.c", "a.b.c-2"]


def test_problems_and_progress_are_told(tmp_path):
    seen = []
    bad = named("a", description=Text("{nope}`x`"))
    with ThreadPoolExecutor(1) as executor:
        built = textual.build(
            reference(bad),
            tmp_path / "o",
            Names,
            executor=executor,
            progress=lambda done, total: seen.append((done, total)),
        )
    assert [found.code for found in built.diagnostics] == [Code.UNKNOWN_ROLE]
    assert seen == [(1, 1)]


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(ManualError) as caught:
        textual.build(reference(named("a")), tmp_path, Names)
    assert caught.value.diagnostic.code is Code.WRITE_FAILED
