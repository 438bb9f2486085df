"""The heights that are estimated for options, in tenths of a rem."""

from __future__ import annotations

import re

import pytest

from tests.rendering import html_sections, option


def heights(**fields) -> tuple[int, int]:
    (made,) = html_sections(option(fields.pop("name", "a.b"), **fields))
    found = re.search(r' data-height="(\d+)" data-narrow-height="(\d+)"', made)
    return int(found[1]), int(found[2])


def test_a_name_alone_is_one_line():
    assert heights() == (16, 16)


def test_a_long_name_breaks_sooner_on_a_phone():
    assert heights(name="a." * 20) == (16, 32)


@pytest.mark.parametrize(
    ("text", "wide", "narrow"),
    [
        ("short", 1, 1),
        ("x " * 30, 1, 2),
        # Two paragraphs of a line: two lines of 16 and the space of 8 between them.
        ("a\n\nb", 2.5, 2.5),
        ("- a\n- b\n- c", 3, 3),
    ],
)
def test_a_description_is_as_high_as_its_lines(text, wide, narrow):
    assert heights(description=text) == (24 + 16 * wide, 24 + 16 * narrow)


def test_short_facts_share_a_line_and_code_has_lines_of_its_own():
    line = heights(type="boolean", default="false")
    assert heights(type="boolean", default="false", example="true") == (39, 39 + 15)
    assert line == (16 + 8 + 15, 16 + 8 + 15)
    # One line for the labels, three for the code, and 5 around it.
    assert heights(type="a", default="{\n  a = 1;\n}") == (39 + 45 + 5, 39 + 45 + 5)


def test_folded_values_are_three_rows_and_their_number():
    many = ", ".join(f'"{number:06}"' for number in range(300))
    more = ", ".join(f'"{number:06}"' for number in range(900))
    assert heights(type=f"one of {many}") == heights(type=f"one of {more}")
