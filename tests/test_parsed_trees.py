"""One parse serves every output: each text is parsed once, and no output changes a parsed tree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from manualgen import api
from manualgen.markup import chapter, description, docbook
from manualgen.site.building import BuildOptions
from tests.conftest import ROOT
from tests.manuals import include, picture, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docutils import nodes as docutils_nodes

    from manualgen.book.manual import Manual

SAMPLE = ROOT / "sample-options" / "manual.toml"


def build_all(manual: Manual, folder: Path, jobs: int = 1) -> None:
    """Build every output of a manual."""
    options = BuildOptions(jobs=jobs)
    assert api.build_html(manual, folder / "site", options=options).pages
    assert api.build_single_page(manual, folder / "page.html", options=options).pages
    for chapters in (False, True):
        api.build_manpage(manual, folder / "page.5", chapters=chapters, options=options)
    api.build_markdown(manual, folder / "markdown" / "page.md", options=options)
    api.build_asciidoc(manual, folder / "asciidoc" / "page.adoc", options=options)


# ─── each text is parsed once ───

OPTIONS = """{
  "a.b": {"loc": ["a", "b"], "type": "t", "description": "See [](#anchor) and [](#ch-one).",
    "example": {"_type": "literalMD", "text": "An *example*."}},
  "a.c": {"loc": ["a", "c"], "type": "t", "description": "An []{#anchor}anchor[^n].\\n\\n[^n]: N.",
    "relatedPackages": "- `p`"},
  "a.d": {"loc": ["a", "d"], "type": "t", "description": "See [](#anchor) and [](#ch-one)."},
  "a.e": {"loc": ["a", "e"], "type": "t", "description": "See [](#anchor) and [](#ch-one).",
    "example": {"_type": "literalDocBook", "text": "<para>By <option>a.b</option>.</para>"}}
}"""
FILES = {
    "manual.toml": 'source = "manual.md"\nchunk = "chapter"\n[output]\nhtml = "out/site"\n'
    'single-page = "out/page.html"\n',
    "manual.md": "# B {#book}\n\n## S\n\n" + include("chapters", "one.md", "two.md"),
    "one.md": "# One {#ch-one}\n\n![p](p.png) {option}`a.b`[^1] [](#ch-two)\n\n[^1]: Note.\n\n"
    "::: {.example #ex}\n### Of *it*\n\nx\n:::\n\n" + include("sections", "deep.md"),
    "two.md": "# Two {#ch-two}\n\n" + include("options", "source: o.json"),
    "deep.md": "# Deep {#deep}\n\n[](#ex), [](#opt-a.b), [](#nowhere)\n",
    "p.png": picture(),
    "o.json": OPTIONS,
}
TEXTS = {
    ("chapter", FILES["manual.md"]): 1,
    ("chapter", FILES["one.md"]): 1,
    ("chapter", FILES["two.md"]): 1,
    ("chapter", FILES["deep.md"]): 1,
    ("description", "See [](#anchor) and [](#ch-one)."): 1,
    ("description", "An *example*."): 1,
    ("description", "An []{#anchor}anchor[^n].\n\n[^n]: N."): 1,
    ("description", "- `p`"): 1,
    ("docbook", "<para>By <option>a.b</option>.</para>"): 1,
}
PARSERS = {"chapter": chapter, "description": description, "docbook": docbook}


@pytest.fixture
def parsed(monkeypatch) -> Counter[tuple[str, str]]:
    """How often each text has been parsed, by each parser."""
    counts: Counter[tuple[str, str]] = Counter()

    def counting(name, parse):
        def count(text, *arguments, **settings):
            counts[name, text] += 1
            return parse(text, *arguments, **settings)

        return count

    for name, module in PARSERS.items():
        monkeypatch.setattr(module, "parse", counting(name, module.parse))
    return counts


def test_all_outputs_of_a_manual_need_one_parse(tmp_path, parsed):
    write(tmp_path, FILES)
    manual = api.load(tmp_path / "manual.toml", dangling="warn")
    build_all(manual, tmp_path / "out")
    assert parsed == TEXTS


def test_all_outputs_of_the_sample_manual_need_one_parse(tmp_path, parsed):
    manual = api.load(SAMPLE)
    build_all(manual, tmp_path)
    api.check(manual)
    for entry in manual.options[:3]:
        api.render_option(manual, entry.option.name)
    assert len(parsed) > 50
    # Each set decides by itself how its texts are read.
    shared = Counter(
        text
        for included in manual.sets
        for text in {
            text.text
            for option in included.catalog.options
            for text in (
                option.description,
                option.default,
                option.example,
                option.related_packages,
            )
            if text is not None
        }
    )
    for (name, text), count in parsed.items():
        # What check looks for, hidden lists, it writes into trees of its own.
        assert count <= (2 if name == "chapter" else shared[text]), text


COUNTING = """
import json, os, sys
from manualgen.markup import chapter, description, docbook
log = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def counting(name, parse):
    def count(text, *arguments, **settings):
        os.write(log, (json.dumps([name, text]) + "\\n").encode())
        return parse(text, *arguments, **settings)
    return count
for module in (chapter, description, docbook):
    module.parse = counting(module.__name__.rpartition(".")[2], module.parse)
if "--background" in sys.argv:
    sys.argv.remove("--background")
    from manualgen.book import sources
    sources.LARGE_LEVEL = -1
from manualgen.cli.main import main
main()
"""


@pytest.mark.parametrize("arguments", [["-j1"], ["-j2"], ["-j2", "--background"]])
def test_two_outputs_of_one_command_need_one_parse(tmp_path, arguments):
    """Whatever the number of processes: all of them are counted."""
    write(tmp_path, FILES)
    # So many options that several processes have a share of them.
    options = json.loads(OPTIONS) | {
        f"z.o{number}": {
            "loc": ["z", f"o{number}"],
            "type": "t",
            "description": "Common." if number % 2 else f"Number *{number}*.",
        }
        for number in range(400)
    }
    (tmp_path / "o.json").write_text(json.dumps(options))
    log = tmp_path / "log"
    command = [sys.executable, "-c", COUNTING, log, "html", tmp_path / "manual.toml"]
    done = subprocess.run(
        [*command, "--dangling", "warn", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "page.html").is_file()
    counts = Counter(tuple(json.loads(line)) for line in log.read_text().splitlines())
    assert TEXTS.items() <= counts.items()
    assert len(counts) == len(TEXTS) + 201
    assert set(counts.values()) == {1}


# ─── no output changes what was parsed ───


def chapters_of(manual: Manual) -> Iterator[docutils_nodes.Node]:
    """Yield what has been parsed of the files of a manual: headings and blocks."""
    assert manual.outline is not None
    documents = {id(each.document): each.document for each in manual.outline.divisions}
    for document in documents.values():
        for segment in document.chapter.segments:
            if segment.heading is not None:
                yield segment.heading
            yield from segment.blocks


def descriptions_of(manual: Manual) -> Iterator[docutils_nodes.Node]:
    """Yield what has been parsed of the texts of options."""
    for included in manual.sets:
        for option in included.catalog.options:
            for text in (option.description, option.related_packages):
                if text is not None:
                    yield from included.sections.parse(text).blocks


def state(manual: Manual) -> tuple[list[str], list[tuple[int, int]]]:
    """Return all trees as text, and each node with its parent."""
    blocks = [*chapters_of(manual), *descriptions_of(manual)]
    return (
        [block.pformat() for block in blocks],
        [(id(node), id(node.parent)) for block in blocks for node in block.findall()],
    )


@pytest.mark.parametrize("source", ["sample", "small"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_no_output_changes_a_parsed_tree(tmp_path, source, jobs):
    write(tmp_path, FILES)
    path = SAMPLE if source == "sample" else tmp_path / "manual.toml"
    manual = api.load(path, dangling="warn")
    # Parts of options are put into their sections once, when they are first asked for.
    manual.parse_options()
    trees, _ = state(manual)
    for entry in manual.options:
        entry.sections.section(entry.option, entry.id)
    before = state(manual)
    assert before[0] == trees
    assert len(before[1]) > 50
    build_all(manual, tmp_path / "out", jobs)
    assert state(manual) == before


@pytest.mark.parametrize("source", ["sample", "small"])
def test_outputs_do_not_depend_on_those_made_before(tmp_path, source):
    write(tmp_path, FILES)
    path = SAMPLE if source == "sample" else tmp_path / "manual.toml"
    manual = api.load(path, dangling="warn")
    for number in (1, 2):
        build_all(manual, tmp_path / str(number))
    first, second = (
        {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        for folder in (tmp_path / "1", tmp_path / "2")
    )
    assert len(first) > 8
    assert first == second
