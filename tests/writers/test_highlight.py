"""Highlighting takes little time for any code, in every language that is highlighted."""

from __future__ import annotations

import itertools
import os
import time

import pytest
from pygments.lexers import get_all_lexers, get_lexer_by_name

from manualgen.writers import highlight

LISTED = sorted(highlight._LINEAR | highlight._OTHERS)
UNITS = [
    "x", "1", "\\", "/", "/*", "//", "#", "# ", "--", "-- ", "<!--", "<", "<a ", "</", "<?", "<%", "{%", "{{",
    "{", "}", "(", ")", "[", "]", "[[", "--[[", "'", '"', "''", '"""', "`", "```", "$", "${", "$(", "@", "%", "&",
    "|", ";", ":", "::", ",", ".", "=", "=>", "<<", "<<E", "*", "(*", "{-", "+", "-", "~", "^", "!", "?", "if ",
    "def ", "class ", "enum ", "a.", "a:", "a=", "a(", "a{", "x y ", "1.", "é", "\u2028", "_", "A", "$ a", "> a",
]  # fmt: skip
PUMPS = [unit + end for unit, end in itertools.product(UNITS, ("", "\n"))] + [
    "\n",
    " \n",
    "\t",
    "\r",
    "\f\n",
]

SECONDS = 10
"""Processor time that no code may take: many times as much as any takes."""


MEASURED = pytest.mark.skipif(
    "MANUALGEN_FUZZ_MINUTES" not in os.environ,
    reason="it measures seconds of the processor: make fuzz",
)


def as_long_as_is_read(unit: str, length: int, line: int) -> str:
    """Return code that repeats a unit up to the bounds of its length and of its lines."""
    code = (unit * length)[: length - 2]
    lines = [
        row[start : start + line]
        for row in code.split("\n")
        for start in range(0, max(1, len(row)), line)
    ]
    return "\n".join(lines)[: length - 2] + "x"


def test_what_is_listed_exists():
    for name in LISTED:
        assert get_lexer_by_name(name)


def test_other_languages_are_shown_plainly():
    known = {alias for _, aliases, _, _ in get_all_lexers() for alias in aliases}
    assert {"csharp", "java", "groovy"} <= known
    assert highlight.html("class A {}", "java") is None
    assert highlight.html("{ }", "nix") is not None
    assert highlight.html("a {}", "CSS") is not None


@pytest.mark.parametrize(
    ("language", "code", "is_shown"),
    [
        ("nix", "{ }\n" * 4_000, True),
        ("nix", "{ }\n" * 6_000, False),
        ("lua", "f()\n" * 400, True),
        ("lua", "f()\n" * 600, False),
        ("c", "int x;" + "\n" * 18 + "int y;", True),
        ("c", "int x;" + "\n" * 30 + "int y;", False),
        ("c", "\n" * 19_900 + "x", False),
        ("bash", "echo " + "x" * 900, True),
        ("bash", "echo " + "x" * 1_000, False),
        ("nix", "x" * 400, True),
        ("nix", "x" * 600, False),
    ],
)
def test_the_bounds_of_code(language, code, is_shown):
    assert (highlight.html(code.rstrip(), language) is not None) == is_shown


@MEASURED
@pytest.mark.slow
@pytest.mark.fuzz
@pytest.mark.parametrize("language", LISTED)
def test_no_code_takes_long(language):
    is_linear = language in highlight._LINEAR
    length = highlight.LONGEST if is_linear else highlight.LONGEST_OF_OTHERS
    line = 990 if is_linear and language != "nix" else 490
    total = longest = 0.0
    for unit in PUMPS:
        code = as_long_as_is_read(unit, length, line)
        before = time.process_time()
        highlight.html(code, language)
        spent = time.process_time() - before
        total += spent
        longest = max(longest, spent)
        # As many such blocks as make 200 kB.
        assert spent * 200_000 / length < 3 * SECONDS, (unit, spent)
