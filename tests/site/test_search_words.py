"""The words of the search, brought up to date from those of an earlier build."""

from __future__ import annotations

import random

import pytest

from manualgen.site import search_index, search_words

LETTERS = ["a", "b", "ab", "é", "\U00010400", "\uff01x"]


def _texts(generator: random.Random, count: int) -> list[set[str]]:
    """Return words for each option: some that many have, and some that begin alike."""
    words = ["".join(generator.choices(LETTERS, k=generator.randint(1, 5))) for _ in range(30)]
    return [set(generator.sample(words, generator.randint(0, 9))) for _ in range(count)]


@pytest.mark.parametrize("seed", range(20))
def test_updated_words_are_those_of_a_whole_build(seed):
    generator = random.Random(seed)
    # With 300 options, words of more than 50 are too common: some become so, some cease to be.
    before = _texts(generator, 300 if seed % 2 else 3)
    after = [set(words) for words in before]
    for words in generator.sample(after, min(len(after), 10)):
        words.symmetric_difference_update(*generator.sample(before, 1))
    affected = set().union(*(old ^ new for old, new in zip(before, after, strict=True)))
    texts = [" ".join(sorted(words)) for words in after]
    earlier = search_words.columns([" ".join(sorted(words)) for words in before])
    assert search_words.updated(earlier, texts, affected) == search_words.columns(texts)


def test_the_first_and_the_last_word():
    nothing = search_words.columns(["", ""])
    one = search_words.columns(["", "word"])
    assert nothing == {"words": "", "options": ""}
    assert search_words.updated(nothing, ["", "word"], {"word"}) == one
    assert search_words.updated(one, ["", ""], {"word"}) == nothing


@pytest.mark.parametrize(
    "value", [{"words": "0don\x7f2e", "options": "1"}, {"a": 'it\'s \\ "quoted" \\u0041'}]
)
def test_a_script_is_read_as_it_was_written(value):
    script = search_index.script("words", value)
    assert search_index._value_in(script) == value


def test_a_script_with_line_separators_is_not_read():
    assert search_index._value_in(search_index.script("words", {"a": "\u2028"})) is None
