"""What the descriptions of types say about the values that are accepted."""

import pytest

from manualgen.options.type_changes import TypeChange, change_of, has_empty_value

NARROWED, WIDENED, REPLACED = TypeChange.NARROWED, TypeChange.WIDENED, TypeChange.REPLACED
REWORDED, UNKNOWN = TypeChange.REWORDED, TypeChange.UNKNOWN

PORT = "16 bit unsigned integer; between 0 and 65535 (both inclusive)"


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("string", "null or string"),
        ("string", "string or list of string"),
        ("null or path", "null or path or boolean"),
        ('one of "a", "b"', 'one of "b", "c", "a"'),
        ('one of "a", "b"', "string"),
        ('value "a" (singular enum)', 'one of "a", "b"'),
        ('null or one of "a", "b, or c"', 'null or one of "a", "b, or c", 1'),
        (PORT, "signed integer"),
        ("positive integer, meaning >0", "unsigned integer, meaning >=0"),
        ("integer between 1 and 5 (both inclusive)", "integer between 0 and 5 (both inclusive)"),
        ("signed integer", "signed integer or floating point number"),
        (
            "integer or floating point number between 0.0 and 1.0 (both inclusive)",
            "integer or floating point number",
        ),
        ("string", 'strings concatenated with "\\n"'),
        ("non-empty string", "string"),
        ("string matching the pattern [a-z]+", "string"),
        ("non-empty (list of string)", "list of string"),
        ("list of string", "list of (string or path)"),
        ("list of string", "list or attribute set of strings"),
        ("attribute set of list of string", "attribute set of (list of (null or string))"),
        ("submodule", "attribute set"),
        ("attribute set of string", "attribute set"),
        ("package", "path"),
        ("boolean", "anything"),
        ("list of string", "(list of string) or string convertible to it"),
        # Newer descriptions have a comma before the last `or`.
        ("unsigned integer, meaning >=0", "unsigned integer, meaning >=0, or boolean"),
    ],
)
def test_one_type_accepts_more_than_another(narrow, wide):
    assert change_of(narrow, wide) is WIDENED
    assert change_of(wide, narrow) is NARROWED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("string", "signed integer"),
        ("boolean", "string"),
        ('one of "a", "b"', 'one of "b", "c"'),
        ("list of string", "attribute set of string"),
        ("list of string", "list of signed integer"),
        ("path", "string"),
        ("null or string", "string or boolean"),
        ("integer between 0 and 5 (both inclusive)", "integer between 3 and 9 (both inclusive)"),
    ],
)
def test_some_values_are_no_longer_accepted_and_others_are(old, new):
    assert change_of(old, new) is REPLACED
    assert change_of(new, old) is REPLACED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("integer", "signed integer"),
        ("list of strings", "list of string"),
        ("attribute set of submodules", "attribute set of (submodule)"),
        ("path", "absolute path"),
        ("string or null", "null or string"),
        ("attribute set of string", "lazy attribute set of string"),
        ("strings concatenated with “\\n”", 'strings concatenated with "\\n"'),
    ],
)
def test_the_same_values_in_other_words(old, new):
    assert change_of(old, new) is REWORDED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("unspecified", "string"),
        ("JSON value", "TOML value"),
        ("string", "JSON value"),
        # What is in a submodule, its own options say.
        ("attribute set of string", "submodule"),
        # An old description may mean a list of either.
        ("list of string or integer", "list of string"),
        ("null or (string", "null or string"),
        ("string matching the pattern a", "string matching the pattern b"),
    ],
)
def test_descriptions_that_do_not_say_enough(old, new):
    assert change_of(old, new) is UNKNOWN


def test_a_type_is_not_narrowed_by_what_is_not_understood():
    assert change_of("string or JSON value", "JSON value") is UNKNOWN
    assert change_of("JSON value", "string or JSON value") is WIDENED


def test_a_description_may_be_nested_as_deeply_as_it_likes():
    deep = "list of " * 5_000 + "string"
    assert change_of(deep, "null or " + deep) is UNKNOWN
    assert change_of("(" * 5_000 + "string" + ")" * 5_000, "string") is UNKNOWN
    assert change_of(" or " * 20_000, "string") is not None


@pytest.mark.parametrize(
    ("description", "has"),
    [
        ("list of string", True),
        ("attribute set of (submodule)", True),
        ("null or string", True),
        ("submodule", True),
        ("non-empty (list of string)", False),
        ("string", False),
        ("boolean", False),
        ('one of "a"', False),
    ],
)
def test_types_whose_options_have_a_value_without_a_default(description, has):
    assert has_empty_value(description) is has
