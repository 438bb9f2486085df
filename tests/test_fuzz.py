"""Any input: a manual, options, settings or redirects that a fuzzer has made up.

No input ends in a traceback, takes long, or makes an output out of proportion. By itself a short
form runs; ``make fuzz`` searches for ten minutes.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manualgen.cli.main import program

pytestmark = [pytest.mark.slow, pytest.mark.fuzz]

MINUTES = float(os.environ.get("MANUALGEN_FUZZ_MINUTES", "0"))
"""How long all tests of this file search together; 0 for the short form."""
TESTS = 4
EXAMPLES = 30 if not MINUTES else 500

GUARD = 30
"""Seconds of processor time after which an input counts as one that takes too long."""
LARGEST = 30_000_000
"""How many bytes an output may have; no input here has more than some kB."""

PIECES = [
    "# A {#a}\n\n", "## B {#b}\n\n", "### C\n\n", "## [](#a) [](#b) {#c}\n\n", "text ", "\n\n", "\n",
    "[](#a)", "[x](#b)", "[](#opt-a.b)", "{option}`a.b`", "{manpage}`a(1)`", "{foo}`x`", "[a](b.md)",
    "![x](p.png)", "![](p.svg)", "[^1]", "[^1]: note\n\n", "[]{#d}", "- ", "1. ", "> ", "    ", "\t",
    "::: {.note}\n", ":::\n", "::: {.example #e}\n### E\n", "| a | b |\n|---|---|\n| c |\n", "term\n: def\n",
    "```nix\n", "```\n", "~~~~c\n", "\n" * 30, "<b>", "<!--", "-->", "<literal>x</literal>", "<note>", "<para>",
    "&amp;", "&#0;", "\\", "`", "**", "*", "[", "](", ")", "![", "]", "{", "}", "{#x}", '"', "'", "--", "...",
    "\x00", "\x1b[31m", "\u202e", "\ud7ff", "é", "日本", "a -- b\n", "a = b\n", "x: y\n", "• z\n",
    "```{=include=} chapters\nb.md\n```\n", "```{=include=} sections html:into-file=//p.html\nc.md\n```\n",
    "```{=include=} options\nsource: o.json\nid-prefix: x-\nlist-id: l\n```\n", "```{=include=} parts\n\n\nnone.md\n```\n",
    "```{=include=} chapters\nmanual.md\n" + "y" * 300 + "\n../x\n```\n",
]  # fmt: skip
MARKDOWN = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=25).map("".join)
REPEATED = st.builds(
    lambda before, unit, count, after: before + unit * count + after,
    MARKDOWN,
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join),
    st.integers(2, 60),
    MARKDOWN,
)
TEXTS = MARKDOWN | REPEATED
NAMES = st.sampled_from(
    ["a", "a.b", "a.<name>.c", "a.*.d", "", ".", "x" * 300, "a." * 200, '"', "é"]
) | st.text(max_size=9)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)
VALUES = (
    st.builds(lambda text: {"_type": "literalExpression", "text": text}, TEXTS)
    | st.builds(lambda text: {"_type": "literalMD", "text": text}, TEXTS)
    | JSON
)
OPTIONS = st.dictionaries(
    NAMES,
    st.fixed_dictionaries(
        {},
        optional={
            "description": TEXTS | VALUES,
            "type": st.text(max_size=20) | JSON,
            "default": VALUES,
            "example": VALUES,
            "loc": st.lists(NAMES, max_size=4) | JSON,
            "declarations": st.lists(st.text(max_size=12) | JSON, max_size=3) | JSON,
            "relatedPackages": TEXTS,
            "readOnly": st.booleans() | JSON,
        },
    )
    | JSON,
    max_size=6,
)
ADDRESSES = st.sampled_from(
    [
        "index.html",
        "index.html#a",
        "p.html#b",
        "old.html",
        "../x.html",
        "a/b.html",
        "",
        "#",
        "y" * 300 + ".html",
    ]
) | st.text(max_size=9)
REDIRECTS = st.dictionaries(
    st.sampled_from(["a", "b", "c", "opt-a.b"]) | st.text(max_size=6), st.lists(ADDRESSES, max_size=4), max_size=6
).map(json.dumps) | JSON.map(json.dumps) | st.text(max_size=40)  # fmt: skip
SETTINGS = st.lists(
    st.sampled_from(
        [
            'source = "manual.md"', 'title = "T"', 'title = ""', 'version = "\\u0000"', 'chunk = "chapter"', "toc-depth = 6",
            'redirects = "r.json"', 'theme = "none"', 'roots = [".."]', 'dangling = "warn"', "[output]", 'html = "s"', "[manpage]",
            'header = "manual.md"', "[[options]]", 'source = "o.json"', 'id-prefix = "p-"', "[[declarations]]", 'name = "n"',
            "toc-depth = " + "9" * 5000, "a = " + "[" * 3000, "a" + ".a" * 300 + " = 1", '"so\\u0075rce" = 3', "\n" * 200, "x = 1",
            'manpage-urls = "u\\u0000"', 'theme = "' + "z" * 300 + '"', "title = 2020-01-01", "[check]", 'ignore = ["raw-html:a", "x"]', 'severity = { raw-html = "off" }', "[[output]]", 'options = "o.json"',
        ]
    )
    | st.text(max_size=12),
    max_size=12,
).map("\n".join)  # fmt: skip


class TooSlowError(Exception):
    """An input takes too long."""


def _interrupt(*_):
    raise TooSlowError


def check(files: dict[str, str], *commands: list[str]) -> None:
    """Run the program on files; no command may end in a traceback, or do too much."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in files.items():
            (folder / file).write_bytes(text.encode("utf-8", "surrogatepass"))
        (folder / "p.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(16))
        (folder / "p.svg").write_text('<svg width="' + "9" * 400 + '"></svg>')
        for command in commands:
            arguments = [f"{name}/{word[1:]}" if word.startswith("@") else word for word in command]
            before = signal.signal(signal.SIGVTALRM, _interrupt)
            signal.setitimer(signal.ITIMER_VIRTUAL, GUARD)
            try:
                result = CliRunner().invoke(program, arguments)
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
                signal.signal(signal.SIGVTALRM, before)
            if result.exception is not None and not isinstance(result.exception, SystemExit):
                # What the program itself turns into a message is no traceback.
                from manualgen.errors import ManualError  # noqa: PLC0415

                assert isinstance(result.exception, ManualError), result.exception
            assert result.exit_code in {0, 1, 2}
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        assert size < LARGEST


def search(test) -> None:
    """Run a test of Hypothesis once, or again and again for its part of the minutes."""
    end = time.monotonic() + 60 * MINUTES / TESTS
    bounded = settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=not MINUTES,
        suppress_health_check=list(HealthCheck),
    )(test)
    bounded()
    while time.monotonic() < end:
        bounded()


def test_option_sets():
    @given(OPTIONS)
    def run(options):
        check(
            {"o.json": json.dumps(options)},
            ["html", "@o.json", "-o", "@s", "-j1"],
            ["html", "@o.json", "-o", "@p.html", "--single-page", "-j1"],
            ["man", "@o.json", "-o", "@o.5", "-j1"],
            ["markdown", "@o.json", "-o", "@o.md", "-j1"],
            ["asciidoc", "@o.json", "-o", "@o.adoc", "-j1"],
            ["check", "@o.json", "--diff", "--json", "-o", "@report.json", "-j1"],
            ["check", "@o.json", "--format", "sarif", "-o", "@report.sarif", "-j1"],
            ["check", "@o.json", "--format", "github", "-o", "@report.txt", "-j1"],
        )

    search(run)


def test_chapters():
    @given(TEXTS, TEXTS, TEXTS, OPTIONS, st.sampled_from(["file", "chapter", "one"]))
    def run(manual, second, third, options, chunk):
        check(
            {
                "manual.md": f"# M {{#m}}\n\n{manual}",
                "b.md": second,
                "c.md": third,
                "o.json": json.dumps(options),
            },
            ["html", "@manual.md", "-o", "@s", "-j1", "--chunk", chunk],
            ["html", "@manual.md", "-o", "@p.html", "--single-page", "-j1"],
            ["man", "@manual.md", "--chapters", "-o", "@m.5", "-j1"],
            ["markdown", "@manual.md", "-o", "@m.txt", "-j1"],
            ["asciidoc", "@manual.md", "-o", "@m.adoc", "-j1"],
            ["check", "@manual.md", "--baseline", "@known.json", "--write-baseline", "-j1"],
            ["check", "@manual.md", "--fix", "-j1"],
        )

    search(run)


def test_settings():
    @given(SETTINGS, TEXTS)
    def run(toml, manual):
        check(
            {
                "manual.toml": toml,
                "manual.md": f"# M {{#m}}\n\n{manual}",
                "o.json": '{"a.b": {}}',
                "r.json": "{}",
            },
            ["html", "@manual.toml", "-o", "@s", "-j1"],
            ["man", "@manual.toml", "-o", "@m.5", "-j1"],
            ["check", "@manual.toml", "-j1"],
        )

    search(run)


def test_redirects():
    @given(REDIRECTS, TEXTS)
    def run(redirects, manual):
        check(
            {"manual.md": f"# M {{#m}}\n\n{manual}", "redirects.json": redirects, "o.json": "{}"},
            ["html", "@manual.md", "-o", "@s", "-j1"],
            ["redirects", "check", "@manual.md"],
            ["redirects", "add", "@manual.md", "a"],
            ["redirects", "move", "@manual.md", "b", "a"],
        )

    search(run)
