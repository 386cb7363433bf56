"""Pairs measured together are what each pair is measured alone."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.config import MatchConfig
from pipeline.match.bulk import Sets, measure_pairs
from pipeline.match.verify import likeness, profile, unlike
from pipeline.select.select import judge
from tests.match.articles import FERRY, MUSEUM
from tests.run.stories import records

CONFIG = MatchConfig(min_tokens=8)
_PIECES = ["12", "12", "7.5", "may7", "3rd", "10:30", "gate", "tide", "bridge", "-", "東京", "é2", "٣"]
texts = st.lists(st.sampled_from(_PIECES), max_size=40).map(" ".join)
WAYS = (0, float("inf"))


def alone(one: str, two: str) -> Sets:
    a, b = profile(one, 5), profile(two, 5)
    first, second = Counter(a.figures), Counter(b.figures)
    return Sets(
        shared=len(set(a.shingles.tolist()) & set(b.shingles.tolist())),
        shingles=(len(a.shingles), len(b.shingles)),
        tokens=(a.tokens, b.tokens),
        figures_gone=(first - second).total(),
        figures_come=(second - first).total(),
    )


def measured(some: list[str], pairs: list[tuple[int, int]], way: float) -> dict[tuple[int, int], Sets]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "WORTH_NS", way)
        return measure_pairs(pairs, some.__getitem__, CONFIG)


@settings(max_examples=100, deadline=None)
@given(st.lists(texts, min_size=2, max_size=6), st.sampled_from(WAYS))
def test_pairs_are_measured_as_alone(some, way):
    pairs = [(one, two) for two in range(len(some)) for one in range(two)]
    assert measured(some, pairs, way) == {(one, two): alone(some[one], some[two]) for one, two in pairs}


def test_a_figure_counts_as_often_as_it_stands():
    some = ["at 12 and 12 and 12", "at 12 and 13", ""]
    told = measured(some, [(0, 1), (1, 0), (0, 2), (2, 1)], float("inf"))
    assert [(one.figures_gone, one.figures_come) for one in told.values()] == [(2, 1), (1, 2), (3, 0), (0, 2)]


def test_no_pairs():
    assert measure_pairs([], [].__getitem__, CONFIG) == {}


def test_each_text_is_asked_for_once():
    asked: list[int] = []

    def text(number: int) -> str:
        asked.append(number)
        return f"text {number}"

    measure_pairs([(5, 9), (2, 9), (5, 7)], text, CONFIG)
    assert sorted(asked) == [2, 5, 7, 9]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.booleans(), st.sampled_from(WAYS))
def test_what_was_measured_before_changes_no_likeness(seed, same_page, by_letters, way):
    some = [record["text"] for record in records(seed, 12)]
    pairs = [(one, two) for two in range(len(some)) for one in range(two)]
    told = measured(some, pairs, way)
    profiles = [profile(text, CONFIG.shingle_tokens) for text in some]
    for one, two in pairs:
        a, b = profiles[one], profiles[two]
        plain = likeness(a, b, CONFIG, same_page, by_letters)
        assert likeness(a, b, CONFIG, same_page, by_letters, told[one, two]) == plain
        if unlike(told[one, two], CONFIG):
            # Such a pair is passed over: nothing may come of it.
            passed = likeness(a, b, CONFIG, same_page=False, by_letters=False)
            assert judge(passed, CONFIG) is None
            assert passed.refused in {None, "too-short"}


def edits(seed: int) -> list[str]:
    """One notice, with words and figures replaced, cut and added: what guards look at."""
    chance = random.Random(seed)
    base = [f"word{chance.randrange(60)}" if chance.random() < 0.85 else str(chance.randrange(40)) for _ in range(60)]
    out = [base]
    for _ in range(7):
        words = list(base)
        for _ in range(chance.randrange(8)):
            words[chance.randrange(len(words))] = chance.choice(["13", "41", "tide", "7.5"])
        cut = chance.choice([0, 0, 10, 30])
        out.append(words[cut:] + chance.choice([[], ["more"] * 12]))
    return [" ".join(words) for words in out]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_nor_does_it_change_what_guards_say(seed):
    some = edits(seed)
    pairs = [(one, two) for two in range(len(some)) for one in range(two)]
    told = measured(some, pairs, float("inf"))
    profiles = [profile(text, CONFIG.shingle_tokens) for text in some]
    for one, two in pairs:
        plain = likeness(profiles[one], profiles[two], CONFIG)
        assert likeness(profiles[one], profiles[two], CONFIG, sets=told[one, two]) == plain


def test_near_copies_without_a_question_are_not_looked_at():
    """Their texts need not be read again."""
    text = " ".join(f"word{number}" for number in range(80))
    pair = [text, text.replace("word70", "other")]
    sets = measured(pair, [(0, 1)], float("inf"))[0, 1]

    class Unread:
        def __getattr__(self, name):
            raise AssertionError(name)

    told = likeness(Unread(), Unread(), CONFIG, sets=sets)
    assert told == likeness(profile(pair[0], 5), profile(pair[1], 5), CONFIG)
    assert np.isclose(told.jaccard, 71 / 81)


def test_a_near_copy_that_is_a_composite_is_looked_at():
    some = [FERRY, f"{FERRY}\n\nLost painting found\n\n{MUSEUM[:420]}"]
    told = measured(some, [(0, 1)], float("inf"))
    one, two = (profile(text, CONFIG.shingle_tokens) for text in some)
    pair = likeness(one, two, CONFIG, sets=told[0, 1])
    assert pair.jaccard >= CONFIG.jaccard
    assert pair.refused == "composite"
