"""What is seen of lines: in every script, and of each line by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.judge.glyphs import CLASSES, look, words_of

LINE = st.text(st.characters(exclude_characters="\n"), max_size=40)


def ends(line: str) -> tuple[str, str, str]:
    seen = look([line])
    return tuple(CLASSES[int(which[0])] for which in (seen.first, seen.last, seen.final))


@pytest.mark.parametrize(
    ("line", "first", "last", "final"),
    [
        ("Hello, world.", "upper", "stop", "stop"),
        ("“We go,” he said. [3]", "quote", "bracket", "stop"),
        ("他说：“我们走。”", "unspaced", "quote", "stop"),
        ("次の駅は東京です。", "unspaced", "stop", "stop"),
        ("هل هذا صحيح؟", "two", "call", "call"),
        ("यह समाचार है।", "three", "stop", "stop"),
        ("• Sign up »", "bullet", "quote", "lower"),
        ("Home ›", "upper", "bar", "bar"),
        ("© 2024", "sign", "digit", "sign"),
        ("", "other", "other", "other"),
    ],
)
def test_the_ends_of_a_line(line, first, last, final):
    assert ends(line) == (first, last, final)


def test_counts_are_those_of_the_characters():
    seen = look(["Über 3 Ärzte, „gut“!", "新闻，", "Привет"])
    counts = [dict(zip(CLASSES, row, strict=True)) for row in seen.counts.tolist()]
    assert (counts[0]["two"], counts[0]["lower"], counts[0]["digit"]) == (2, 10, 1)
    assert (counts[0]["quote"], counts[0]["call"], counts[0]["comma"], counts[0]["space"]) == (2, 1, 1, 3)
    assert (counts[1]["unspaced"], counts[1]["comma"]) == (2, 1)
    assert counts[2]["two"] == 6
    assert seen.chars.tolist() == [20, 3, 6]


def test_words_are_folded_and_figures_alike():
    words = words_of(look(["The END, 12:30", "the end 45 07"]))
    assert np.array_equal(words.hashes[words.line == 0], words.hashes[words.line == 1])


def test_words_of_the_same_beginning_differ():
    words = words_of(look(["internationalisation internationalisations international a b ab ba"]))
    assert len(set(words.hashes.tolist())) == 7


def test_scripts_without_spaces_give_pairs_of_characters():
    words = words_of(look(["東京都で", "京都 ข่าว", "東京 it"]))
    assert np.bincount(words.line).tolist() == [4, 2 + 4, 2 + 1]
    first, other = (words.hashes[words.line == line].tolist() for line in (0, 2))
    assert first[0] == other[0]


@given(st.lists(LINE, max_size=12))
def test_a_line_is_seen_the_same_in_any_company(lines):
    seen = look(lines)
    words = words_of(seen)
    assert len(seen.starts) == len(seen.counts) == len(seen.chars) == len(lines)
    for number, line in enumerate(lines):
        alone = look([line])
        assert np.array_equal(seen.counts[number], alone.counts[0])
        assert (seen.first[number], seen.last[number], seen.final[number]) == (
            alone.first[0],
            alone.last[0],
            alone.final[0],
        )
        assert np.array_equal(words.hashes[words.line == number], words_of(alone).hashes)


@given(LINE)
def test_the_bytes_of_a_line_are_all_counted(line):
    seen = look([line])
    assert seen.counts.sum() == seen.ends[0] - seen.starts[0]


def test_a_long_line_is_looked_at_in_part():
    seen = look(["word " * 2_000_000 + "end."])
    assert seen.chars.tolist() == [10_000_004]
    assert len(seen.data) < 1000
    assert CLASSES[int(seen.final[0])] == "stop"


def test_a_lone_surrogate_is_no_reason_to_stop():
    assert len(words_of(look(["\ud800 word", "\udfff"])).line) == 3
