"""The words that one text lacks and another adds."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manualgen.comparison import words


def marked(runs):
    marks = {"equal": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[run.kind].format(run.text) for run in runs)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", ""),
        ("a b c", "a b c", "a b c"),
        ("a b c", "a x c", "a [-b -]{+x +}c"),
        ("a c", "a b c", "a {+b +}c"),
        ("a b", "", "[-a b-]"),
        ("", "a b", "{+a b+}"),
        # White space is none of the words.
        ("a  b\nc", "a b c", "a b c"),
        # Punctuation is not part of a word.
        ("to the host", "to the host.", "to the host{+.+}"),
        ("one, two", "one; two", "one[-, -]{+; +}two"),
    ],
)
def test_words(old, new, expected):
    assert marked(words.compare(old, new)) == expected


def test_lines():
    runs = words.compare_lines("{\n  a = 1;\n}", "{\n  a = 2;\n}")
    assert marked(runs) == "{\n[-  a = 1;\n-]{+  a = 2;\n+}}\n"


def test_what_is_equal_is_abridged_between_changes():
    runs = words.compare("a b c d e f g", "x b c d e f y")
    assert marked(words.abridged(runs, "word", 1)) == "[-a -]{+x +}b … f [-g-]{+y+}"
    assert marked(words.abridged(runs, "word", 2)) == marked(runs)
    lines = words.compare_lines("1\n2\n3\n4", "1\n2\n3\n5")
    assert marked(words.abridged(lines, "line", 1)) == "…\n3\n[-4\n-]{+5\n+}"


@given(st.text("ab. \n", max_size=40), st.text("ab. \n", max_size=40))
def test_both_texts_are_in_the_comparison(old, new):
    for runs in (words.compare(old, new), words.compare_lines(old, new)):
        before = "".join(run.text for run in runs if run.kind != "added")
        after = "".join(run.text for run in runs if run.kind != "removed")
        assert before.split() == old.split() or "".join(before.split()) == "".join(old.split())
        assert "".join(after.split()) == "".join(new.split())
        assert all(one.kind != other.kind for one, other in itertools.pairwise(runs))


def test_long_texts_without_anything_in_common_are_not_compared_word_by_word(monkeypatch):
    pairs = []
    matcher = words.difflib.SequenceMatcher

    def counted(junk, old, new, **settings):
        pairs.append(len(old) * len(new))
        return matcher(junk, old, new, **settings)

    monkeypatch.setattr(words.difflib, "SequenceMatcher", counted)
    old, new = "a " * 50_000, "b " * 50_000
    runs = words.compare(old, new)
    assert [run.kind for run in runs] == ["removed", "added"]
    assert sum(pairs) <= words._MOST_PAIRS
