"""What is measured of a line in its document, and that other documents do not show in it."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.judge import masks
from pipeline.judge.choose import keep
from pipeline.judge.glyphs import look, words_of
from pipeline.judge.lines import _BITS
from pipeline.judge.main_text import best_run
from pipeline.judge.measures import measure, measure_again
from pipeline.judge.spans import Spans
from pipeline.judge.vocabulary import BIGRAM_BITS, UNIGRAM_BITS, Said, Vocabulary, keys_of, weigh

RANDOM = np.random.default_rng(7)
KNOWN = Vocabulary(*(RANDOM.integers(-90, 90, 1 << bits).astype(np.int8) for bits in _BITS[:-1]),
                   RANDOM.integers(0, 90, 1 << _BITS[-1]).astype(np.int8))  # fmt: skip
PROSE = (
    "The council voted on Tuesday to rebuild the old harbour bridge, which has been closed since the storm in March."
)
LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [PROSE, "Home", "Sign up", "Home", "• 3 min read", "The bridge", "", "新しい橋は来年に開通する。"]
        ),
        st.text(st.characters(exclude_characters="\n"), max_size=30),
    ),
    min_size=1,
    max_size=8,
)


def spans_of(documents):
    sizes = np.array([len(document) for document in documents], np.int64)
    return Spans.of(np.cumsum(sizes) - sizes, int(sizes.sum()))


def measured(documents, ruled=None, known=KNOWN):
    lines = [line for document in documents for line in document]
    spans = spans_of(documents)
    seen = look(lines)
    words = words_of(seen)
    marks = np.zeros(len(lines), bool) if ruled is None else np.array(ruled, bool)
    told = measure(seen, words, keys_of(words, len(lines)), spans, marks, known)
    first = (told.features[:, 5] - told.features[:, 0] / 50).astype(np.float64)
    names, again = measure_again(first, told.tokens, told.held, told.prose, spans)
    return told.names + names, np.concatenate([told.features, again], axis=1)


def feature(documents, name, ruled=None):
    names, values = measured(documents, ruled)
    return values[:, names.index(name)].tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=5))
def test_a_document_is_measured_the_same_in_any_company(documents):
    _, together = measured(documents)
    alone = [measured([document])[1] for document in documents]
    assert np.array_equal(together, np.concatenate(alone), equal_nan=True)
    assert np.isfinite(together).all()


def test_names_are_many_and_none_stands_twice():
    names, _ = measured([["One", "Two"]])
    assert len(set(names)) == len(names) > 100


def test_a_line_knows_its_neighbours_but_not_those_of_another_document():
    documents = [["Home", PROSE], ["Sign up now", "No"]]
    assert feature(documents, "characters of the line 1 after") == [len(PROSE), -1, 2, -1]
    assert feature(documents, "characters of the line 1 before") == [-1, 4, -1, 11]
    assert feature(documents, "lines to the prose after") == [1, 99, 99, 99]
    assert feature(documents, "lines to the prose before") == [99, 99, 99, 99]
    assert feature(documents, "lines to a rule before", [True, False, False, False]) == [99, 1, 99, 99]
    assert feature(documents, "lines before") == [0, 1, 0, 1]


def test_repeats_count_in_their_document_only():
    documents = [["Share", "Next", "share!"], ["Share"]]
    assert feature(documents, "times in the text") == [2, 1, 2, 1]
    assert feature(documents, "has stood before") == [0, 0, 1, 0]


def test_words_are_found_in_the_prose_of_other_lines():
    documents = [["Harbour bridge vote", PROSE, "Cheap flights today"]]
    assert feature(documents, "words found in the prose") == [2, 0, 0]
    assert feature(documents, "share of words found in the prose")[2] == 0


def test_the_words_before_and_after_add_up():
    documents = [["one two three", "four five", "six"]]
    assert feature(documents, "words before") == [0, 3, 5]
    assert feature(documents, "words after") == [3, 1, 0]


def test_words_weigh_otherwise_in_a_short_line_than_in_a_long_one():
    label, paragraph = "Accept cookies", " ".join(["Accept cookies"] * 8)
    words = words_of(look([label, paragraph]))
    keys = keys_of(words, 2)
    weights = np.zeros(2 << UNIGRAM_BITS, np.int8)
    weights[keys.words[:2]] = -16
    weights[keys.words[:2] + (1 << UNIGRAM_BITS)] = 32
    known = KNOWN._replace(weights=weights, pair_weights=np.zeros(2 << BIGRAM_BITS, np.int8))
    tokens = np.array([2, 16])
    # Two words of -1, then sixteen of 2: 128ths, by the root of how many words and pairs there are.
    assert weigh(Said.of(keys, known, tokens), tokens).tolist() == [round(-2 * 128 / 3**0.5), round(32 * 128 / 31**0.5)]


def test_lines_that_come_back_in_turn_are_seen():
    teasers = ["A headline of some words", "3 min read", PROSE] * 6
    article = [PROSE, "A headline of some words", PROSE, PROSE, PROSE, PROSE[:60], "No.", PROSE, PROSE[:30], PROSE]
    values = feature([teasers, article], "comes back in turn")
    assert min(values[6:12]) > max(values[len(teasers) :])


def test_what_a_text_begins_with_is_found_where_it_is_taken_up():
    known = KNOWN._replace(rarity=np.full(1 << UNIGRAM_BITS, 40, np.int8))
    documents = [[PROSE, "The harbour bridge stays closed.", "Cheap flights to distant islands."]]
    names, values = measured(documents, known=known)
    name = "share of rare words found in the beginning"
    assert values[1:, names.index(name)].tolist() == [pytest.approx(3 / 4), 0.0]


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(-5, 5), min_size=1, max_size=9), min_size=1, max_size=6))
def test_the_best_run_has_the_greatest_sum(documents):
    begin, end = best_run(np.array([gain for document in documents for gain in document]), spans_of(documents))
    at = 0
    for document in documents:
        size = len(document)
        best = max(sum(document[a:b]) for a in range(size) for b in range(a + 1, size + 1))
        assert sum(document[begin[at] - at : end[at] - at]) == best
        assert len(set(begin[at : at + size].tolist())) == 1
        at += size


def test_no_lines_no_measures():
    names, values = measured([])
    assert values.shape == (0, len(names))


@settings(deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.floats(-9, 9), st.integers(0, 50)), min_size=1, max_size=6), min_size=1, max_size=4)
)
def test_what_stays_has_the_highest_expected_f1(documents):
    margins = np.array([margin for document in documents for margin, _ in document])
    tokens = np.array([size for document in documents for _, size in document])
    stays = keep(margins, tokens, np.zeros(len(margins), bool), spans_of(documents), 0.0)
    at = 0
    for document in documents:
        here = slice(at, at + len(document))
        at += len(document)
        chance = 1 / (1 + np.exp(-np.clip(margins[here], -8, 8)))
        weight = tokens[here] + 1
        order = np.argsort(-chance, kind="stable")

        def expected(chosen, chance=chance, weight=weight):
            return 2 * (chance * weight)[chosen].sum() / (weight[chosen].sum() + (chance * weight).sum())

        best = max(expected(order[:count]) for count in range(1, len(order) + 1))
        assert stays[here].any()
        assert expected(np.flatnonzero(stays[here])) == pytest.approx(best, rel=2e-3)


def test_lines_that_are_gone_neither_stay_nor_count():
    margins, tokens = np.array([9.0, -1.0, -1.0]), np.array([5000, 5, 5])
    gone = np.array([True, False, False])
    assert keep(margins, tokens, gone, spans_of([[1, 2, 3]]), 0.0).tolist() == [False, True, True]
    assert keep(margins, tokens, ~gone | True, spans_of([[1, 2, 3]]), 0.0).tolist() == [False, False, False]


def test_a_shift_keeps_more_or_less():
    source = random.Random(3)
    margins = np.array([source.gauss(0, 2) for _ in range(400)])
    tokens = np.array([source.randrange(30) for _ in range(400)])
    none = np.zeros(400, bool)
    purer, usual, fuller = (keep(margins, tokens, none, spans_of([[0] * 400]), shift) for shift in (-0.8, 0.0, 1.0))
    assert purer.sum() < usual.sum() < fuller.sum()
    assert (usual | ~purer).all()
    assert (fuller | ~usual).all()


def in_two_ways(monkeypatch, work):
    """Do a thing with arrays, then with compiled code."""
    pytest.importorskip("numba")
    done = []
    for worth in (float("inf"), 0):
        monkeypatch.setattr(compiling, "WORTH_NS", worth)
        assert (masks.loaded() is None) == (worth > 0)
        done.append(work())
    return done


def test_compiled_code_sees_the_same_words_and_measures_the_same(monkeypatch):
    pieces = [
        "Über",
        "«Haus»",
        "新闻",
        "图片新闻 3D",
        "ภาษาไทย",
        "한국어 뉴스",
        "→ more",
        "\ud800",
        "a" * 30,
        "😀x",
        "",
        "  ",
        "it's 5",
    ]
    chosen = random.Random(3)
    documents = [
        ["".join(chosen.choices([*pieces, " ", "."], k=chosen.randrange(9))) for _ in range(12)] for _ in range(40)
    ]
    lines = [PROSE, *(line for document in documents for line in document)]
    # The last holds line feeds, as what a page says of itself may.
    for work in (lambda: words_of(look(lines)), lambda: look([*lines, "one\ntwo\n" * 50])):
        slow, fast = in_two_ways(monkeypatch, work)
        assert all(
            np.array_equal(one, other) and getattr(one, "dtype", None) == getattr(other, "dtype", None)
            for one, other in zip(slow, fast, strict=True)
        )
    slow, fast = in_two_ways(monkeypatch, lambda: measured([*documents, [PROSE, *lines]])[1])
    assert np.array_equal(slow, fast)
