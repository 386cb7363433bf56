"""Words that are looked for before a cue is, and blocks of few tokens, are found as plainly as by Python."""

from __future__ import annotations

import numpy as np
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.strip.blocks import split_blocks
from pipeline.strip.cue_loops import hold_words, of_few
from pipeline.strip.cues import FEWEST_BYTES, Words, shortest, words_of
from pipeline.strip.find import match_rows
from pipeline.strip.rows import Rows
from pipeline.strip.rules import RULES
from pipeline.words.tokens import count_tokens

CUES = [rule.cue for rule in RULES if rule.cue]
EXAMPLES = [text for rule in RULES if rule.cue for text in (*rule.drops, *rule.keeps, *rule.misses)]
EXAMPLES += ["The shop may earn a fee of its affiliate links.", "홍길동 기자"]


def rows_of(blocks: list[str]) -> Rows:
    ones = [1] * len(blocks)
    return Rows.joined([block.encode("utf-8", "surrogatepass") for block in blocks], ones, ones)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("a (?:big )?harbour", {"a harbour", "a big harbour"}),
        ("(?:left|right)s? .*", {"left ", "lefts ", "right ", "rights "}),
        ("harbours (?:open|clos)ed", {"harbours opened", "harbours closed"}),
        ("(?:harbour.{2,9}|ships) sail", {"harbour", "ships"}),
        ("(?:harbour)+ x", {"harbour"}),
        ("(?:harbour)* x", {" x"}),
        (r"\bapp\b.*", {"app"}),
        ("[ab]c", {"ac", "bc"}),
        (".{3,40}", set()),
        ("harbour$", set()),
    ],
)
def test_words_of_a_pattern(pattern: str, words: set[str]) -> None:
    assert words_of(pattern) == words


@pytest.mark.parametrize("cue", CUES)
def test_a_block_that_holds_a_cue_holds_one_of_its_words(cue: str) -> None:
    words = words_of(cue)
    blocks = [block.folded for text in EXAMPLES for block in split_blocks(text)]
    held = [block for block in blocks if re2.search(f"(?m){cue}", block)]
    assert held
    assert not words or all(any(word in block for word in words) for block in held)


def test_most_cues_are_looked_for_by_words() -> None:
    assert sum(shortest(words_of(cue)) >= FEWEST_BYTES for cue in CUES) >= 5


WORDS = ["cookies", "cookier", "registration", "쿠키", "affiliate", "无断转载"]
PARTS = st.one_of(
    st.sampled_from(WORDS), st.sampled_from(WORDS).map(lambda word: word[1:]), st.text("cokies \u0001é쿠", max_size=5)
)


@settings(deadline=None)
@given(st.lists(st.lists(PARTS, max_size=4).map("".join), max_size=6))
def test_words_are_found_wherever_they_stand(blocks: list[str]) -> None:
    rows, words = rows_of(blocks), Words.of(WORDS)
    held = hold_words(rows.octets, rows.starts, rows.sizes, words.data, words.bounds, words.entries, words.others)
    assert held.tolist() == [any(word in block for word in WORDS) for block in blocks]


TOKENS = st.sampled_from(["a", "it's", "the ", "12", " ", "-", "é", "港口", "x\u0301", "word-", "\ud800", "b c ", "."])


@settings(deadline=None)
@given(st.lists(st.lists(TOKENS, max_size=40).map("".join), max_size=6), st.integers(0, 16))
def test_no_block_of_few_tokens_is_missed(blocks: list[str], most: int) -> None:
    rows = rows_of(blocks)
    numbers, data, starts = of_few(rows.octets, rows.starts, rows.sizes, most)
    assert {at for at, block in enumerate(blocks) if count_tokens(block) <= most} <= set(numbers.tolist())
    few = Rows(data.tobytes(), starts, rows.sizes[numbers], np.ones(len(numbers), np.int64))
    assert [few.block(at) for at in range(len(numbers))] == [rows.block(at) for at in numbers.tolist()]
    other = rows_of([blocks[at] for at in numbers.tolist()])
    assert few.whole == other.whole


def test_a_block_of_many_tokens_is_passed_over() -> None:
    rows = rows_of(["one two three four five", "one two", "one two three four"])
    assert of_few(rows.octets, rows.starts, rows.sizes, 2)[0].tolist() == [1]


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            "{}{}{}".format,
            st.sampled_from(["", "Read on: ", "The board said ", "港口"]),
            st.sampled_from(EXAMPLES),
            st.sampled_from(["", ".", " again", "\ud800", "\nPhoto: Jane / AP"]),
        ),
        max_size=5,
    )
)
def test_the_same_rules_fit_with_compiled_code_and_without(texts: list[str]) -> None:
    told = []
    for worth in (0, float("inf")):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(compiling, "WORTH_NS", worth)
            told.append(match_rows(Rows.of([split_blocks(text) for text in texts]))[0])
    assert told[0] == told[1]
