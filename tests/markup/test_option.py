"""An option becomes its section: the description, then the facts in the order readers know."""

from __future__ import annotations

import re

import pytest
from docutils import nodes as docutils_nodes

from manualgen.errors import Code
from manualgen.markup import nodes
from manualgen.markup.option import Sections, enumerated
from manualgen.markup.reader import Reader
from manualgen.options.declarations import Declarations
from manualgen.options.model import Declaration, Markup, Text
from tests.conftest import shared, shared_json
from tests.rendering import option


def sections(**arguments) -> Sections:
    return Sections(Reader(Markup.MARKDOWN), Declarations(**arguments), lambda _: None)


def section(each, **arguments) -> nodes.option:
    return sections(**arguments).section(each, "opt-x")


def fact(each, kind: str, **arguments) -> nodes.option_fact:
    (found,) = [
        node
        for node in section(each, **arguments).children
        if isinstance(node, nodes.option_fact) and node["fact"] == kind
    ]
    return found


def test_facts_stand_in_their_order():
    made = section(
        option(
            "a.b",
            "x",
            definitions=(Declaration("<d>"),),
            declarations=(Declaration("<c>"),),
            related_packages="p",
            example="e",
            default="d",
            type="t",
        )
    )
    description, *facts = made.children
    assert isinstance(description, nodes.option_description)
    assert [found["fact"] for found in facts] == [
        "type",
        "default",
        "example",
        "related-packages",
        "declared-in",
        "defined-in",
    ]
    assert (made["name"], made["ids"], made["read_only"]) == ("a.b", ["opt-x"], False)


def test_what_is_missing_has_no_node():
    assert section(option("a")).children == []
    assert len(section(option("a", "x")).children) == 1


def test_a_missing_description_is_a_hint():
    made = sections()
    made.section(option("a", declarations=(Declaration("<x>"),)), "opt-a")
    (found,) = made.diagnostics
    assert (found.code, found.option, found.declarations) == (Code.NO_DESCRIPTION, "a", ("<x>",))
    assert "description" in found.help


def test_read_only():
    assert section(option("a", read_only=True))["read_only"] is True


@pytest.mark.parametrize("kind", ["default", "example"])
def test_values_are_code_unless_they_are_markdown(kind):
    (value,) = fact(option("a", **{kind: Text("{ a = 1; }\n", Markup.NIX)}), kind).children
    assert isinstance(value, nodes.option_value)
    assert (value.rawsource, value["language"]) == ("{ a = 1; }", "nix")
    (prose,) = fact(option("a", **{kind: Text("*x*", Markup.MARKDOWN)}), kind).children
    assert isinstance(prose, docutils_nodes.paragraph)
    assert isinstance(prose[0], docutils_nodes.emphasis)


def test_markup_in_a_value_is_not_read():
    (value,) = fact(option("a", default="*x* <b>"), "default").children
    assert value.astext() == "*x* <b>"


def test_type_is_text():
    (value,) = fact(option("a", type="null or *x*"), "type").children
    assert (value.rawsource, value["language"]) == ("null or *x*", "text")


def test_related_packages_are_markdown():
    (found,) = fact(option("a", related_packages="- `a`\n- `b`"), "related-packages").children
    assert isinstance(found, docutils_nodes.bullet_list)


def test_every_declaration_is_shown():
    places = (
        Declaration("nixos/a.nix"),
        Declaration("/nix/store/00000000000000000000000000000000-source/b.nix"),
        Declaration("<c/d.nix>", "https://example.org/d.nix"),
    )
    made = fact(option("a", declarations=places), "declared-in", revision="26.05")
    assert [(node.astext(), node["refuri"]) for node in made.children] == [
        ("<nixpkgs/nixos/a.nix>", "https://github.com/NixOS/nixpkgs/blob/26.05/nixos/a.nix"),
        ("<source/b.nix>", None),
        ("<c/d.nix>", "https://example.org/d.nix"),
    ]


def test_equal_parts_are_made_once():
    made = sections()
    first, second = (
        made.section(option(name, "Same `text`.", type="boolean", default="null"), f"opt-{name}")
        for name in ("a", "b")
    )
    assert [one is other for one, other in zip(first.children, second.children, strict=True)] == [
        True,
        True,
        True,
    ]
    assert first is not second


def test_equal_texts_of_different_parts_are_apart():
    each = option("a", default="null", example="null", type="null")
    kinds = [node["fact"] for node in section(each).children]
    assert kinds == ["type", "default", "example"]


def test_what_is_wrong_is_reported_for_each_option_and_part():
    made = sections()
    for name in ("a", "b"):
        made.section(
            option(name, "{zzz}`x`", example=Text("y<br>", Markup.MARKDOWN),
                   related_packages="# z", declarations=(Declaration("<f>"),)),
            f"opt-{name}",
        )  # fmt: skip
    assert [(found.option, found.part, found.code) for found in made.diagnostics if found.line] == [
        (name, part, code)
        for name in ("a", "b")
        for part, code in [
            ("description", Code.UNKNOWN_ROLE),
            ("example", Code.RAW_HTML),
            ("related-packages", Code.HEADING),
        ]
    ]
    assert {found.declarations for found in made.diagnostics} == {("<f>",)}


VALUES = [f'"value-{number}"' for number in range(9)]


LISTED = ", ".join(VALUES)
FIVE = ['"1"', '"2"', '"3"', '"4"', '"5"']


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (f"one of {LISTED}", ["one of ", VALUES, ""]),
        (f"null or one of {LISTED}", ["null or one of ", VALUES, ""]),
        (f"list of (one of {LISTED})", ["list of (one of ", VALUES, ")"]),
        # As Nixpkgs wrote it before 22.11.
        (f"list of one of {LISTED}s", ["list of one of ", VALUES, "s"]),
        (f"one of {LISTED} or string", ["one of ", VALUES, " or string"]),
        (
            f"attribute set of (null or (list of (one of {LISTED} or raw lua code))) or path",
            ["attribute set of (null or (list of (one of ", VALUES, " or raw lua code))) or path"],
        ),
        (
            f"one of or non-empty list of {LISTED} convertible to it",
            ["one of or non-empty list of ", VALUES, " convertible to it"],
        ),
        (
            'one of "a", "b", "c" or list of (one of "d", "e")',
            ["one of ", ['"a"', '"b"', '"c"'], " or list of (one of ", ['"d"', '"e"'], ")"],
        ),
        (f"one of {', '.join(FIVE)}", ["one of ", FIVE, ""]),
        ("one of 1, 2, 3, 4, <path>", ["one of ", ["1", "2", "3", "4", "<path>"], ""]),
        ('one of "a", "b", "c", "d"', None),
        ('one of "a", "b"', None),
        ('value "all" (singular enum)', None),
        ("one of those", None),
        ("boolean", None),
        ("string matching the pattern " + "x" * 60, None),
        # Cut by whoever wrote the file.
        ("one of “a”, “b”, “c”, “d”, “e”, “f", ["one of ", ["“a”", "“b”", "“c”", "“d”", "“e”"],
                                               ", “f"]),
    ],
)  # fmt: skip
def test_types_that_list_values(shown, expected):
    assert enumerated(shown) == expected


@pytest.mark.parametrize(
    "value",
    [
        "", ",", "with, comma", "a or b", "a)", "a) or b", "(", "one of", "'", "$", "\\", "a\nb",
        'say "x" twice', '"', "“", "curly “quotes”", '\\"', 'a\\" or b', "x\\", "1", "null", "é 日本",
    ],
)  # fmt: skip
def test_values_hold_any_character(value):
    values = [f'"{value}"', '"b"', "1", "-2.5", "null", "true", "false", f'"{value}"']
    shown = f"list of (one of {', '.join(values)} or path)"
    assert enumerated(shown) == ["list of (one of ", values, " or path)"]


def test_nearly_all_real_types_that_name_values_are_taken_apart():
    named, missed = 0, []
    for path in sorted(shared("data/options").glob("*.json")):
        for record in shared_json(f"data/options/{path.name}").values():
            shown = record.get("type") or ""
            if len(re.findall(r'"[^"]*"|“[^”]*”', shown)) >= 5:
                named += 1
                if enumerated(shown) is None:
                    missed.append(shown)
    assert named >= 400
    # A hand-written text, whose values are the cases of a list of its own.
    assert {shown[:20] for shown in missed} == {"Depends on `expect`:"}
    assert len(missed) < 0.05 * named
