"""options.json → options: every form, every flaw, and both ways to the same records."""

from __future__ import annotations

import json
import os
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from manualgen import inputs
from manualgen.errors import Code, ManualError, Severity
from manualgen.options import reading, tolerant, tree
from manualgen.options.model import Declaration, Markup, Option, Text
from manualgen.options.reading import decode, read
from tests.conftest import shared, written

NIX, MARKDOWN, DOCBOOK = Markup.NIX, Markup.MARKDOWN, Markup.DOCBOOK
SETS = [
    "home-manager",
    "home-manager-embedded",
    "nixos-1609",
    "nixos-2014",
    pytest.param("nixvim", marks=pytest.mark.slow),
    pytest.param("nixos-2024-names", marks=pytest.mark.slow),
]


def options(value) -> reading.OptionSet:
    return decode(value if isinstance(value, bytes) else json.dumps(value).encode())


def one(record, name="a.b") -> Option:
    found = options({name: record})
    assert found.diagnostics == ()
    (option,) = found.options
    return option


def flawed(value) -> tuple[list[Option], list[tuple[Code, str | None, str | None]]]:
    """Return the options, and code, option and place of each diagnostic."""
    found = options(value)
    return list(found.options), [(d.code, d.option, d.part) for d in found.diagnostics]


def refused(data: bytes):
    with pytest.raises(ManualError) as raised:
        decode(data, "o.json")
    assert raised.value.diagnostic.file == "o.json"
    assert raised.value.diagnostic.help
    return raised.value.diagnostic


# ─── forms ───

FULL = {
    "loc": ["a", "b"],
    "type": "string",
    "description": "Text.",
    "declarations": ["x.nix", {"name": "<hm/y.nix>", "url": "https://e/y"}],
    "definitions": ["z.nix"],
    "default": {"_type": "literalExpression", "text": "pkgs.x"},
    "example": {"_type": "literalMD", "text": "see *there*"},
    "readOnly": True,
    "relatedPackages": "- `x`",
    "visible": "shallow",
    "internal": True,
}
READ = Option(
    name="a.b",
    loc=("a", "b"),
    type="string",
    description=Text("Text."),
    declarations=(Declaration("x.nix"), Declaration("<hm/y.nix>", "https://e/y")),
    definitions=(Declaration("z.nix"),),
    default=Text("pkgs.x", NIX),
    example=Text("see *there*", MARKDOWN),
    read_only=True,
    related_packages=Text("- `x`"),
    visible="shallow",
    internal=True,
)


def test_every_field_is_read():
    assert one(FULL) == READ


def test_a_list_is_read_as_an_object_is():
    assert options([{"name": "a.b", **FULL}]).options == (READ,)
    assert options([{"name": "a.b", **FULL}]).diagnostics == ()


def test_an_entry_of_a_list_without_a_name_has_that_of_its_path():
    (option,) = options([{"loc": ["a", "b.c", "<name>"], "type": "x"}]).options
    assert option.name == 'a."b.c".<name>'
    assert option.loc == ("a", "b.c", "<name>")


def test_an_empty_set_is_a_set():
    assert options({}).options == options([]).options == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("plain", Text("plain")),
        ({"_type": "mdDoc", "text": "*x*"}, Text("*x*", MARKDOWN)),
        ({"_type": "literalMD", "text": "*x*"}, Text("*x*", MARKDOWN)),
        ({"_type": "literalDocBook", "text": "<para/>"}, Text("<para/>", DOCBOOK)),
    ],
)
def test_forms_of_a_description(value, expected):
    assert one({"description": value}).description == expected
    assert one({"relatedPackages": value}).related_packages == expected


@pytest.mark.parametrize("field", ["default", "example"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"_type": "literalExpression", "text": "a"}, Text("a", NIX)),
        ({"_type": "literalExample", "text": "a"}, Text("a", NIX)),
        ({"_type": "literalMD", "text": "a"}, Text("a", MARKDOWN)),
        ({"_type": "literalDocBook", "text": "a"}, Text("a", DOCBOOK)),
        (False, Text("false", NIX)),
        (0, Text("0", NIX)),
        ("", Text('""', NIX)),
        ([], Text("[ ]", NIX)),
        ({"x": [1]}, Text("{ x = [ 1 ]; }", NIX)),
        ({"text": "no type"}, Text('{ text = "no type"; }', NIX)),
        (12345678901234567890123, Text("12345678901234567890123", NIX)),
    ],
)
def test_forms_of_a_value(field, value, expected):
    assert getattr(one({field: value}), field) == expected


def test_without_a_path_the_name_gives_it():
    assert one({}, 'a."b.c".<n>').loc == ("a", "b.c", "<n>")


def test_unknown_keys_are_kept_and_ignored():
    option = one({"type": "t", "meta": {"x": [1]}, "_weird": None})
    assert option.other == {"meta": {"x": [1]}, "_weird": None}
    assert option.type == "t"


# ─── one option's flaws ───

NEIGHBOUR = {"type": "boolean", "description": "Fine."}


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("type", 3, "$.type"),
        ("type", ["string"], "$.type"),
        ("loc", "a.b", "$.loc"),
        ("loc", ["a", 1], "$.loc[1]"),
        ("declarations", "x.nix", "$.declarations"),
        ("declarations", ["x.nix", 7], "$.declarations[1]"),
        ("declarations", [{"url": "u"}], "$.declarations[0]"),
        ("definitions", 3, "$.definitions"),
        ("readOnly", "yes", "$.readOnly"),
        ("internal", 1, "$.internal"),
        ("visible", [], "$.visible"),
        ("description", 3, "$.description"),
        ("description", {"text": "x"}, "$.description"),
        ("description", {"_type": ["mdDoc"], "text": "x"}, "$.description"),
        ("description", {"_type": "mdDoc"}, "$.description"),
        ("relatedPackages", [1], "$.relatedPackages"),
        ("default", {"_type": "literalUnknown", "text": "x"}, "$.default"),
        ("default", {"_type": {}, "text": "x"}, "$.default"),
        ("example", {"_type": "literalExpression"}, "$.example"),
        ("example", {"_type": "literalExpression", "text": 3}, "$.example"),
    ],
)
@pytest.mark.parametrize("form", ["object", "list"])
def test_a_wrong_field_costs_only_itself(form, field, value, place):
    record = {"type": "string", "description": "Shown.", "readOnly": True, field: value}
    if form == "object":
        found = options({"ok.first": NEIGHBOUR, "a.b": record, "ok.last": NEIGHBOUR})
    else:
        named = [("ok.first", NEIGHBOUR), ("a.b", record), ("ok.last", NEIGHBOUR)]
        found = options([{"name": name, **fields} for name, fields in named])
        place = place.replace("$", "$[1]", 1)
    (diagnostic,) = found.diagnostics
    assert diagnostic.code is Code.BAD_FIELD
    assert diagnostic.severity is Severity.ERROR
    assert (diagnostic.option, diagnostic.part) == ("a.b", place)
    assert field in diagnostic.message
    assert diagnostic.help
    assert diagnostic.excerpt
    first, flawed, last = found.options
    assert first == one(NEIGHBOUR, "ok.first")
    assert last == one(NEIGHBOUR, "ok.last")
    if field != "type":
        assert flawed.type == "string"
    if field != "description":
        assert flawed.description == Text("Shown.")
    if field != "readOnly":
        assert flawed.read_only


def test_what_a_wrong_field_holds_is_used_where_it_can_be():
    found = options(
        {
            "a": {"description": {"_type": "new", "text": "Text."}},
            "b": {"description": ["One.", "Two."]},
            "c": {"type": {"name": "str", "description": "string"}},
            "d": {"declarations": ["x.nix", 3, {"name": "y", "url": "u"}]},
            "e": {"default": {"_type": "literalNew", "text": "pkgs.x"}},
        }
    )
    a, b, c, d, e = found.options
    assert a.description == Text("Text.", MARKDOWN)
    assert b.description == Text("One.\n\nTwo.", MARKDOWN)
    assert c.type == "string"
    assert d.declarations == (Declaration("x.nix"), Declaration("y", "u"))
    assert e.default == Text("pkgs.x", NIX)
    assert [entry.option for entry in found.diagnostics] == ["a", "b", "c", "d", "e"]


def test_a_diagnostic_names_where_the_option_is_declared():
    found = options({"a": {"declarations": ["x.nix"], "type": 3}})
    assert found.diagnostics[0].location == "a (declared in x.nix), $.type"


@pytest.mark.parametrize("record", [None, 3, "text", [], [{}], True])
def test_a_record_that_is_no_object_is_shown_by_its_name(record):
    found, reported = flawed({"first": NEIGHBOUR, "a.b": record, "last": NEIGHBOUR})
    assert [option.name for option in found] == ["first", "a.b", "last"]
    assert found[1].loc == ("a", "b")
    assert reported == [(Code.BAD_OPTION, "a.b", "$")]


def test_an_entry_without_any_name_is_named_by_its_place():
    found, reported = flawed([{"name": "a"}, {"type": "x"}, 3, {"name": "b"}])
    assert [option.name for option in found] == ["a", "b"]
    assert reported == [(Code.BAD_OPTION, None, "$[1]"), (Code.BAD_OPTION, None, "$[2]")]


def test_a_name_given_twice_loses_no_option():
    data = b'{"a": {"type": "x"}, "b": {}, "a": {"type": "y"}}'
    found, reported = flawed(data)
    assert [(option.name, option.type) for option in found] == [("a", "x"), ("b", ""), ("a", "y")]
    assert reported == [(Code.DUPLICATE_OPTION, "a", "$")]


def test_a_name_given_twice_alike_is_shown_once():
    found, reported = flawed(b'[{"name": "a", "type": "x"}, {"name": "a", "type": "x"}]')
    assert [option.name for option in found] == ["a"]
    assert reported == [(Code.DUPLICATE_OPTION, "a", "$[1]")]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_a_number_that_json_does_not_have(number):
    found, reported = flawed(f'{{"a": {{"default": {number}, "type": "t"}}, "b": {{}}}}'.encode())
    assert [option.name for option in found] == ["a", "b"]
    assert found[0].type == "t"
    assert found[0].default is not None
    assert reported == [(Code.NOT_FINITE, "a", "$.default")]


@pytest.mark.parametrize("deep", [150, 900, 5_000, 100_000])
@pytest.mark.parametrize("brackets", [("[", "]"), ('{"x":', "}")])
def test_nesting_costs_only_the_field_that_it_is_in(deep, brackets):
    opening, closing = brackets
    value = opening * deep + "1" + closing * deep
    text = (
        f'{{"first": {{"type": "x"}},'
        f' "a": {{"type": "t", "default": {value}, "description": "Shown."}},'
        f' "last": {{}}}}'
    )
    found, reported = flawed(text.encode())
    assert [option.name for option in found] == ["first", "a", "last"]
    assert found[1].type == "t"
    assert found[1].description == Text("Shown.")
    assert reported == [(Code.BAD_FIELD, "a", "$.default")]


@pytest.mark.parametrize("deep", [900, 100_000])
def test_deep_unknown_keys_and_list_entries(deep):
    value = "[" * deep + "]" * deep
    found, _ = flawed(
        f'[{{"name": "a", "type": "t", "other": {value}}}, {value}, {{"name": "b"}}]'.encode()
    )
    assert [(option.name, option.type) for option in found] == [("a", "t"), ("b", "")]
    # Whatever is kept of it can be compared, sorted and shown.
    twice = f'{{"a": {{"x": {value}}}, "a": {{"x": {value}, "type": "t"}}}}'.encode()
    assert len(tree.ordered(decode(twice).options)) == 2


def test_invalid_utf8_is_replaced_and_reported():
    data = b'{"a": {"type": "caf\xe9", "description": "Text."}, "b": {"type": "x"}}'
    found, reported = flawed(data)
    assert [(option.name, option.type) for option in found] == [("a", "caf\ufffd"), ("b", "x")]
    assert found[0].description == Text("Text.")
    assert reported == [(Code.BAD_ENCODING, "a", "$")]


@pytest.mark.parametrize("escape", [r"\ud800", r"\udfff", r"\udfff\ud800"])
def test_half_a_surrogate_pair_is_replaced_wherever_it_stands(escape):
    text = (
        f'{{"n{escape}": {{"type": "t{escape}", "default": {{"k{escape}": ["v{escape}"]}},'
        f' "other{escape}": "{escape}"}}, "b": {{}}}}'
    )
    found, reported = flawed(text.encode())
    assert len(found) == 2
    assert repr(found).encode("utf-8")
    assert "\ufffd" in found[0].name
    assert reported == [(Code.BAD_ENCODING, found[0].name, "$")]


def test_a_whole_surrogate_pair_is_a_character():
    assert one({"type": "\U0001f600"}).type == "\U0001f600"
    assert decode(rb'{"a": {"type": "\ud83d\ude00"}}').options[0].type == "\U0001f600"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_none_of_the_text(encoding):
    assert decode('{"a": {"type": "é"}}'.encode(encoding)).options[0].type == "é"


@pytest.mark.parametrize(
    "name",
    [
        'a."b.c"."d e"',
        "a b",
        "a/b/../c",
        "../../etc/passwd",
        "<script>alert(1)</script>",
        "a\n.b",
        "\x1b[31m",
        "\x00",
        "",
        ".",
        "...",
        '"',
        '"""',
        "a." * 2000,
        "CON",
        "x" * 100_000,
        "\u202eabc",
    ],
)
def test_any_name_is_an_option(name):
    option = one({"type": "t"}, name)
    assert option.name == name
    assert option.loc
    assert one({"loc": ["p", name]}).loc == ("p", name)


# ─── files that are no option set ───


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (b"", Code.NOT_JSON, "the file is empty"),
        (b" \n\t", Code.NOT_JSON, "the file is empty"),
        (b"\xef\xbb\xbf", Code.NOT_JSON, "the file is empty"),
        (b"hello", Code.NOT_JSON, "the file is not JSON"),
        (b"<html>", Code.NOT_JSON, "the file is not JSON"),
        (b"\x7fELF\x00\x01", Code.NOT_JSON, "the file is not JSON"),
        (b"\x00" * 1000, Code.NOT_JSON, "the file is not JSON"),
        (b"{ a = 1; }", Code.NOT_JSON, "the file is not JSON"),
        (b'{"a" {}}', Code.NOT_JSON, "the file is not JSON"),
        (b'{"a": {} "b": {}}', Code.NOT_JSON, "the file is not JSON"),
        (b'{"a": {}} x', Code.NOT_JSON, "something follows the end of the JSON value"),
        (b"3", Code.NOT_OPTIONS, "the file is neither an object nor a list"),
        (b'"x"', Code.NOT_OPTIONS, "the file is neither an object nor a list"),
        (b"null", Code.NOT_OPTIONS, "the file is neither an object nor a list"),
        (b"[" * 100_000, Code.NOT_JSON, "the file ends in the middle, after 0 options"),
        (b'{"a":' * 100_000, Code.NOT_JSON, "the file ends in the middle, after 0 options"),
        (b'{"a": {}, "b"', Code.NOT_JSON, "the file ends in the middle, after 1 option"),
    ],
)
def test_what_is_no_option_set_is_refused(data, code, message):
    diagnostic = refused(data)
    assert (diagnostic.code, diagnostic.message) == (code, message)


def test_the_place_of_what_is_wrong():
    diagnostic = refused(b'{\n "a": {},\n "b": oops}\n')
    assert (diagnostic.line, diagnostic.column, diagnostic.excerpt) == (3, 7, ' "b": oops}')
    long = b'{"a": {"type": "' + b"x" * 500 + b'"}, "b": oops}'
    diagnostic = refused(long)
    assert diagnostic.excerpt[diagnostic.column - 1 :].startswith("oops")


def test_every_cut_of_a_file_is_said_to_be_cut():
    whole = json.dumps({"a": FULL, "b": {"default": [True, None, -1.5e3], "type": "\x01é\\"}})
    for end in range(1, len(whole)):
        diagnostic = refused(whole[:end].encode())
        assert diagnostic.code is Code.NOT_JSON
        assert diagnostic.message.startswith("the file ends in the middle, after "), whole[:end]


def test_a_file_and_what_cannot_be_read(tmp_path):
    path = written(tmp_path / "o.json", {"a": {}})
    assert [option.name for option in read(str(path)).options] == ["a"]
    for name in (tmp_path, tmp_path / "none.json", tmp_path / "o.json" / "x", "with\0null", ""):
        with pytest.raises(ManualError) as raised:
            read(str(name))
        assert raised.value.diagnostic.code is Code.UNREADABLE
        assert raised.value.diagnostic.file == str(name)
    with pytest.raises(ManualError) as raised:
        read(str(tmp_path))
    assert "directory" in raised.value.diagnostic.message.lower()
    assert "options.json inside" in raised.value.diagnostic.help


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path):  # pragma: no cover - tests may run as root
    path = written(tmp_path / "o.json", {})
    path.chmod(0)
    with pytest.raises(ManualError) as raised:
        read(str(path))
    assert raised.value.diagnostic.code is Code.UNREADABLE


def test_gigabytes_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(inputs, "LARGEST", 1024**2)
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(8 * 1024**3)
    for name in (str(path), "/dev/zero"):
        with pytest.raises(ManualError) as raised:
            read(name)
        assert raised.value.diagnostic.code is Code.TOO_LARGE


def test_the_largest_set_there_is_is_far_below_the_limit():
    assert shared("data/options/nixvim.json").stat().st_size * 5 < inputs.LARGEST


# ─── two ways, one result ───

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
TYPED = st.builds(
    lambda kind, text: {"_type": kind, "text": text},
    st.sampled_from(["mdDoc", "literalMD", "literalExpression", "literalDocBook", "other"]) | PLAIN,
    TEXTS | PLAIN,
)
DECLARED = st.lists(TEXTS | st.fixed_dictionaries({"name": TEXTS}, optional={"url": TEXTS}))
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "loc": st.lists(TEXTS, max_size=4) | PLAIN,
        "type": TEXTS | PLAIN,
        "description": TEXTS | TYPED | PLAIN,
        "default": TYPED | PLAIN,
        "example": TYPED | PLAIN,
        "declarations": DECLARED | PLAIN,
        "definitions": DECLARED,
        "readOnly": st.booleans() | PLAIN,
        "relatedPackages": TEXTS | TYPED | PLAIN,
        "visible": st.booleans() | TEXTS | PLAIN,
        "internal": st.booleans() | PLAIN,
    },
)


def tolerantly(data: bytes) -> reading.OptionSet:
    return reading.OptionSet(*tolerant.decode(data, "o.json"))


@given(st.dictionaries(TEXTS, RECORDS, max_size=3), st.booleans())
@example({"a": {"default": 2**64, "example": -(2**64), "loc": []}}, False)
@example({"a": {"default": 1e-320, "example": -0.0, "type": None}}, False)
@settings(max_examples=120, deadline=None)
def test_the_fast_path_gives_what_the_tolerant_decoder_gives(records, as_list):
    value = [{**r, "name": n} for n, r in records.items()] if as_list else records
    data = json.dumps(value, ensure_ascii=False).encode()
    expected = tolerantly(data)
    assert {option.name for option in expected.options} >= set(records)
    fast = reading.fast_path(data)
    if fast is not None:
        assert repr(fast) == repr(expected)
        assert expected.diagnostics == ()
    assert all(entry.part for entry in expected.diagnostics)


@pytest.mark.parametrize("name", SETS)
def test_both_decoders_read_every_real_set(name):
    data = shared(f"data/options/{name}.json").read_bytes()
    expected = tolerantly(data)
    assert expected.diagnostics == ()
    assert {option.name for option in expected.options} == set(json.loads(data))
    assert decode(data) == expected
    fast = reading.fast_path(data)
    assert fast is not None
    assert fast == expected


@given(st.binary(max_size=60) | st.text(st.sampled_from('{}[]":,\\ual0e-. tn'), max_size=30))
@settings(max_examples=200, deadline=None)
def test_no_file_ends_in_anything_but_a_set_or_a_message(data):
    try:
        decode(data.encode() if isinstance(data, str) else data)
    except ManualError as error:
        assert error.diagnostic.message  # noqa: PT017 - either way out is right


def test_the_recursion_limit_is_left_alone():
    limit = sys.getrecursionlimit()
    options({"a": {"default": [[[1]]]}})
    assert sys.getrecursionlimit() == limit


# ─── nested trees ───

FILE = {"type": "path", "description": "A file."}


def names(value) -> list[str]:
    found = options(value)
    assert found.diagnostics == ()
    return [option.name for option in found.options]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"bar": {"configFile": FILE}}, ["bar.configFile"]),
        ({"bar": {"a": {"b": FILE}, "c": FILE}, "d": FILE}, ["bar.a.b", "bar.c", "d"]),
        ({"x": {"type": FILE, "description": FILE}}, ["x.type", "x.description"]),
        ({"x": {"default": FILE, "y": FILE}}, ["x.default", "x.y"]),
        ({"a.b": {"c.d": FILE}}, ['a.b."c.d"']),
        ({"options": {"a": FILE | {"loc": ["a", "b"]}}}, ["a.b"]),
        ({"x": {"a": FILE | {"b": FILE}}}, ["x.a", "x.a.b"]),
        ({"x": {"a": {"_type": "option", "type": {"_type": "option-type", "name": "s"}}}}, None),
    ],
)
def test_a_tree_of_objects_is_the_options_that_it_leads_to(value, expected):
    if expected is None:
        found = options(value)
        assert [option.name for option in found.options] == ["x.a"]
        return
    assert names(value) == expected
    assert options(value).options[0].type == "path"


def test_an_object_that_holds_no_option_is_reported():
    found, diagnostics = flawed({"a": {"x": {"y": 1}}, "b": FILE})
    assert [option.name for option in found] == ["a", "b"]
    assert diagnostics == [(Code.BAD_OPTION, "a", "$")]


@pytest.mark.parametrize("value", [{"a": {"x": 1}}, {"a": {"b": {"c": {}}}, "d": {"e": None}}])
def test_a_file_of_objects_without_options_is_refused(value):
    assert refused(json.dumps(value).encode()).code is Code.NOT_OPTIONS


def test_a_module_in_place_of_an_option_set_is_named(tmp_path):
    (tmp_path / "module.nix").write_text("{ lib, ... }: { }")
    with pytest.raises(ManualError) as caught:
        reading.read(str(tmp_path / "module.nix"))
    assert "`manualgen extract`" in caught.value.diagnostic.help
