"""Two texts laid side by side: what is counted is what plain comparing counts, compiled or not."""

from __future__ import annotations

from difflib import SequenceMatcher

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import compiling
from pipeline.match import passages
from pipeline.match.passages import RUN, Letters, Shared, align, common_letters, count_shared
from pipeline.match.profile import profile

# Few letters, so that runs repeat; any letters; and texts that are made of each other's parts.
_FEW = st.text("ab", max_size=60)
_ANY = st.text(st.characters(exclude_categories=()), max_size=40)
_PARTS = st.lists(
    st.sampled_from(
        ["theferrysailsatnoon", "harbour", "東京大学", "ab" * 20, "x", "überstraße", "theferrysails", "𝔸b"]
    ),
    max_size=8,
).map("".join)
_TEXTS = st.one_of(_FEW, _ANY, _PARTS)


def letters(text: str, head: int = 0) -> Letters:
    codes = np.array(list(map(ord, text)), np.uint32)
    return Letters(codes, min(head, len(codes)))


def ways(patch: pytest.MonkeyPatch, ask):
    pytest.importorskip("numba")
    told = []
    for threshold in (0, float("inf")):
        patch.setattr(compiling, "WORTH_NS", threshold)
        assert (passages.laying(0) is None) == (threshold > 0)
        told.append(ask())
    return told


@settings(max_examples=400, deadline=None)
@given(_TEXTS, _TEXTS, st.integers(0, 40), st.integers(0, 40))
@example("", "", 0, 0)
@example("a", "a", 1, 0)
@example("abcdefg", "abcdefg", 3, 3)
@example("abcdefgh", "abcdefg", 3, 3)
@example("abcdefgh", "abcdefgh", 8, 0)
@example("a" * 50, "a" * 9, 5, 5)
@example("ab" * 30, "ba" * 30 + "abcabcabc", 0, 0)
def test_compiled_code_counts_what_numpy_does(one, two, head_one, head_two):
    def ask():
        a, b = letters(one, head_one), letters(two, head_two)
        shared = count_shared(a, b)
        return (
            shared,
            align(a, b, shared),
            align(b, a, Shared(shared.two, shared.bare_two, shared.one, shared.bare_one)),
        )

    with pytest.MonkeyPatch.context() as patch:
        fast, plain = ways(patch, ask)
    assert fast == plain


def covered(one: str, two: str) -> list[bool]:
    """Which letters of the first text stand in a run of eight that the second has, too: of shorter texts, in all."""
    size = min(RUN, len(one))
    out = [False] * len(one)
    for at in range(len(one) - size + 1 if one else 0):
        # Runs of a text that is shorter than eight are as long as it is: they are found in such a one only.
        if len(two) >= 1 and size == min(RUN, len(two)) and one[at : at + size] in two:
            out[at : at + size] = [True] * size
    return out


@settings(max_examples=300, deadline=None)
@given(_TEXTS, _TEXTS, st.integers(0, 20))
def test_shared_letters_are_those_in_runs_of_eight(one, two, head):
    a, b = letters(one, head), letters(two)
    wanted = covered(one, two)
    assert a.shared(b).tolist() == wanted
    shared = count_shared(a, b)
    assert shared.one == sum(wanted)
    assert shared.two == sum(covered(two, one))
    assert shared.bare_one == wanted[: a.head].count(False)
    assert shared.bare_two == 0


@given(_TEXTS, st.integers(0, 20))
def test_a_text_is_wholly_in_itself(text, head):
    a = letters(text, head)
    shared = count_shared(a, letters(text, head))
    assert shared == Shared(len(text), 0, len(text), 0)
    assert shared.shares(a, a) == ((1.0, 1.0) if text else (0.0, 0.0))


def test_a_head_counts_where_it_is_shared_only():
    body, headline = "thecouncilvotedformorebenchesatthequay", "benchesforall"
    one, two = letters(headline + body, len(headline)), letters(body)
    assert count_shared(one, two).shares(one, two) == (1.0, 1.0)
    same = letters(headline + body, len(headline))
    assert count_shared(one, same) == Shared(len(one), 0, len(one), 0)
    bare = letters(headline + body)
    assert count_shared(bare, two).shares(bare, two)[0] == pytest.approx(len(body) / len(bare))


def longest_common(one: str, two: str) -> int:
    row = [0] * (len(two) + 1)
    for a in one:
        before = row
        row = [0]
        for at, b in enumerate(two):
            row.append(before[at] + 1 if a == b else max(before[at + 1], row[at]))
    return row[-1]


@settings(max_examples=300)
@given(st.text("abc", max_size=90), st.text("abc", max_size=90))
def test_common_letters_are_a_longest_common_subsequence(one, two):
    found = common_letters(list(map(ord, one)), list(map(ord, two)))
    assert found == longest_common(one, two)
    # What difflib finds is a common subsequence, too, if not always a longest one.
    assert found >= sum(block.size for block in SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks())


WHOLE = "the ferry to the outer island will not sail before the storm has passed the harbour master said on monday"
SAID = WHOLE.replace(" ", "")


def laid(one: str, two: str):
    a, b = letters(one), letters(two)
    return align(a, b, count_shared(a, b))


def test_a_copy_is_one_passage():
    assert laid(SAID, SAID) == (len(SAID), 0.0, 0.0, 0.0)


def test_unlike_texts_have_none():
    assert laid(SAID, "bakersaskedformoreovensintown") == (0.0, 0.0, 0.0, 1.0)


def test_a_wrong_letter_is_a_short_gap_of_one():
    noisy = SAID[:40] + "~" + SAID[41:]
    told = laid(noisy, SAID)
    assert (told.gaps, told.unlike, told.beyond) == (0.5, 1.0, 0.0)
    assert told.passage == (len(SAID) - 1) / 2


def test_a_long_gap_is_no_alteration():
    inserted = "q" * 41
    told = laid(SAID[:40] + inserted + SAID[40:], SAID)
    assert told.gaps == 0
    assert told.beyond == pytest.approx(41 / (len(SAID) + 41))
    short = laid(SAID[:40] + inserted[:40] + SAID[40:], SAID)
    assert short.gaps == 0.5
    assert short.beyond == 0.0
    assert short.unlike == 40.0


def test_passages_in_another_order_have_no_gap_between_them():
    told = laid(SAID[40:] + SAID[:40], SAID)
    assert told.gaps == 0
    assert told.passage == len(SAID) / 2


def test_a_run_that_stands_often_is_laid_beside_its_neighbours():
    """A formula that comes again and again does not break a copy into pieces."""
    text = "".join(f"{name}saidinastatement{name[::-1]}tellingevery{name}" for name in ("almost", "before", "nobody"))
    assert laid(text, text) == (len(text), 0.0, 0.0, 0.0)


_LINES = st.lists(st.text("ab c.é1東\u0301", max_size=120), max_size=8).map("\n".join)


@settings(max_examples=200, deadline=None)
@given(_LINES)
def test_lines_stand_where_their_letters_do(text):
    measured = profile(text, 5)
    assert 0 <= measured.letters.head <= max(0, len(measured.letters) - 64)
    starts = [start for start, _ in measured.lines]
    assert starts == sorted(set(starts))
    assert all(start < max(1, len(measured.letters)) for start in starts)


PROSE = "The ferry to the outer island will not sail before the storm has passed, the harbour master said on Monday. "


def test_a_head_is_what_stands_above_the_prose():
    head = "Storm stops the ferry\nBy Ann Lee\n\n"
    assert profile(head + PROSE * 3, 5).letters.head == len("StormstopstheferryByAnnLee")
    assert profile(PROSE * 3, 5).letters.head == 0


def test_a_list_of_short_lines_is_no_head():
    assert profile("Alder 3\nBirch 1\nElm 2\nOak 0\nAsh 4", 5).letters.head == 0


def test_at_most_four_lines_are_a_head():
    head = "".join(f"{line}\n" for line in ("One", "Two", "Three", "Four", "Five"))
    assert profile(head + PROSE * 3, 5).letters.head == len("OneTwoThreeFour")


def test_a_sentence_above_the_prose_is_no_head():
    lead = "The ferry to the outer island will not sail before Tuesday noon."
    assert profile(f"{lead}\n{PROSE * 3}", 5).letters.head == 0
    assert profile(f"{lead[:-1]}\n{PROSE * 3}", 5).letters.head == len(lead.replace(" ", "")) - 1
