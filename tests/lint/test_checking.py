"""A check finds what outputs would report, without a writer."""

from __future__ import annotations

import json
import subprocess
import sys

from manualgen import api
from manualgen.errors import Code
from manualgen.lint.pages import EXPLAINED
from tests.conftest import ROOT
from tests.rendering import manual, option

TEXTS = ["See {option}`x.y`.", "{rool}`x`", "The port.", "a\n  b - c\n  d - e\n", "```\na\tb\n```"]


def many(count: int):
    return manual(
        *(
            option(f"a.o{number}.port", TEXTS[number % len(TEXTS)], type="int")
            for number in range(count)
        )
    )


def test_any_number_of_processes_finds_the_same():
    alone = api.check(many(1_000))
    assert len(alone) >= 800
    assert api.check(many(1_000), jobs=3) == alone


def test_progress_is_told():
    from manualgen.lint import checking  # noqa: PLC0415

    calls = []
    checking.check(many(1_000), progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (1_000, 1_000)
    assert len(calls) > 1


def test_all_that_a_site_would_report(tmp_path):
    """Sites report links to files, names that Sphinx cannot read, redirects, templates."""
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme" / "page.html").write_text("{% if %}")
    (tmp_path / "redirects.json").write_text('{"gone": ["manual.html#gone"]}')
    (tmp_path / "o.json").write_text(
        json.dumps({"a std:label 1 b": {"description": "What it is for.", "type": "int"}})
    )
    (tmp_path / "manual.md").write_text(
        "# T {#t}\n\n## S\n\nSee [this](none.html).\n\n"
        "```{=include=} options\nid-prefix: opt-\nlist-id: list\nsource: o.json\n```\n"
    )
    (tmp_path / "manual.toml").write_text('source = "manual.md"\ntheme = "theme"\n')
    found = {diagnostic.code.slug for diagnostic in api.check(api.load(tmp_path / "manual.toml"))}
    assert {"dangling-reference", "not-in-inventory", "bad-redirect", "bad-template"} <= found


def test_every_diagnostic_of_an_output_is_found(tmp_path):
    """What building the sample manual in every format reports, a check reports too."""
    source = ROOT / "sample-options" / "manual.toml"
    checked = set(api.check(api.load(source)))
    explained = {code for code in EXPLAINED if code.slug == "unknown-option"}
    made = api.load(source)
    built = [
        *api.build_html(made, tmp_path / "site").diagnostics,
        *api.build_single_page(made, tmp_path / "one.html").diagnostics,
        *api.build_manpage(made, tmp_path / "x.5").diagnostics,
    ]
    missing = {one for one in built if one.code not in explained} - checked
    assert missing == set()


def test_no_writer_runs():
    code = (
        "import sys, manualgen; "
        f"manualgen.check(manualgen.load({str(ROOT / 'sample-options' / 'container.json')!r})); "
        "print(*sorted(name for name in sys.modules if name.startswith('manualgen.writers.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    # The plan of a site asks how fragments of addresses are written.
    assert not {"manualgen.writers.manpage", "manualgen.writers.markdown"} & set(
        done.stdout.split()
    )


def test_a_set_that_is_included_twice_is_reported_once(tmp_path):
    (tmp_path / "o.json").write_text('{"a.port": {"description": "Port.", "type": "int"}}')
    include = "```{=include=} options\nid-prefix: %s-\nlist-id: %s\nsource: o.json\n```\n"
    (tmp_path / "manual.md").write_text(
        f"# T {{#t}}\n\n## S\n\n{include % ('one', 'l1')}\n{include % ('two', 'l2')}"
    )
    found = api.check(api.load(tmp_path / "manual.md"))
    assert [diagnostic.code.slug for diagnostic in found] == ["repeats-name"]


def test_code_in_chapters(tmp_path):
    (tmp_path / "manual.md").write_text(
        "# T {#t}\n\n## S\n\nText.\n\n- ```\n  x\n  ```\n\n- ```\n  a\tb\n  c \n  d\n  ```\n"
    )
    found = api.check(api.load(tmp_path / "manual.md"))
    assert [(one.code.slug, one.line, one.column) for one in found] == [
        ("tab-in-code", 12, 4),
        ("trailing-blanks", 13, 4),
    ]


def test_blocks_of_docbook_in_a_chapter(tmp_path):
    path = tmp_path / "manual.md"
    path.write_text(
        "# T {#t}\n\nSee `<note></note>`, <literal>x</literal>.\n\n<note>\nA.\n</note>\n"
    )
    made = api.load(path)
    diagnostics = [one for one in api.check(made) if one.code is Code.DOCBOOK_TAGS]
    assert [(one.line, one.message.rpartition(", ")[2]) for one in diagnostics] == [
        (3, "shown as what they mean"),
        (5, "shown as text"),
    ]
    # Only what is understood is put right.
    plan = api.find_fixes(made, diagnostics)
    assert plan.fixed == {diagnostics[0]}
    assert b"\n<note>\nA.\n</note>\n" in plan.changes[0].new
