"""Letters are what is left of a text when white space and punctuation are gone."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sign.letters import GRAM, grams_of, letters_of, sketch
from pipeline.words.fold import fold
from tests.run.stories import story

_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
_SPACE = st.text(" \n\t.,;:!?-–—'\"“”()[]…*/", max_size=3)


def letters(text: str) -> list[int]:
    return letters_of(fold(text)).tolist()


@settings(max_examples=300)
@given(st.lists(st.tuples(st.text("abcXYZ19éß東京", max_size=4), _SPACE), max_size=12))
def test_white_space_and_punctuation_change_nothing(parts):
    bare = "".join(word for word, _ in parts)
    apart = "".join(word + space for word, space in parts)
    assert letters(apart) == letters(bare)
    assert sketch(letters_of(fold(apart))).tolist() == sketch(letters_of(fold(bare))).tolist()


@settings(max_examples=300)
@given(_TEXTS)
def test_letters_are_the_letters_and_digits_of_a_text(text):
    told = [ord(char) for char in fold(text) if char.isalnum()]
    assert list(dict.fromkeys(letters(text))) == list(dict.fromkeys(told))
    # Those that are no Chinese, Japanese or Korean stand for one each.
    assert [code for code in letters(text) if code < 0x2E80] == [code for code in told if code < 0x2E80]


@given(_TEXTS)
def test_case_and_width_change_nothing(text):
    assert letters(text.upper().lower()) == letters(text.upper())


def test_a_han_character_a_kana_and_a_syllable_stand_for_three():
    assert all(len(letters(char)) == 3 for char in "東カの각𠀀")
    assert all(len(letters(char)) == 1 for char in "aéжع1ก")


@settings(max_examples=200)
@given(st.text("abcd", max_size=40), st.integers(1, 12))
def test_equal_runs_have_equal_hashes_and_others_others(text, size):
    codes = letters_of(text)
    found = grams_of(codes, size)
    runs = [text[at : at + size] for at in range(max(1, len(text) - size + 1))] if text else []
    assert len(found) == len(runs)
    of_run = dict(zip(runs, found.tolist(), strict=True))
    assert [of_run[run] for run in runs] == found.tolist()
    assert len(set(of_run.values())) == len(of_run)


@given(_TEXTS)
def test_a_sketch_is_sorted_distinct_and_of_the_grams(text):
    codes = letters_of(fold(text))
    found = sketch(codes).tolist()
    assert found == sorted(set(found))
    assert set(found) <= {gram & 0xFFFFFFFF for gram in grams_of(codes, GRAM).tolist()}
    assert len(found) == min(16, len(set(grams_of(codes, GRAM).tolist()))) or len(found) > 16


def test_a_sketch_of_a_long_text_is_a_thirty_second_of_its_grams():
    codes = letters_of(" ".join(story(random.Random(1), 600)).lower())
    grams = len(np.unique(grams_of(codes, GRAM)))
    assert 0.9 < 32 * len(sketch(codes)) / grams < 1.1


def test_long_texts_share_as_much_of_their_sketches_as_of_their_grams():
    lines = story(random.Random(2), 300)
    half = sketch(letters_of(" ".join(lines[:150]).lower())).tolist()
    whole = sketch(letters_of(" ".join(lines).lower())).tolist()
    share = len(set(half) & set(whole)) / len(whole)
    assert 0.4 < share < 0.6
    # All of a part but the grams at its end.
    assert len(set(half) - set(whole)) <= 2


def test_other_stories_share_no_gram():
    one, two = (sketch(letters_of(" ".join(story(random.Random(seed), 100)).lower())) for seed in (3, 4))
    assert not set(one.tolist()) & set(two.tolist())


def test_symbols_of_every_kind_are_left_out():
    text = "é " + "".join(map(chr, range(0x2190, 0x2200))) + "b\U0001f600c"
    assert letters_of(text).tolist() == [ord("é"), ord("b"), ord("c")]
