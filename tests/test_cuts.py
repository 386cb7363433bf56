from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cuts import Cut, apply_cuts, restore
from pipeline.values import Removal


def cut(start: int, end: int, rule: str = "r") -> Cut:
    return Cut(start, end, rule, "navigation")


def cut_out(before: str, *spans: str) -> str:
    cuts = [cut(before.index(span), before.index(span) + len(span)) for span in spans]
    text, removals = apply_cuts(before, cuts)
    assert restore(text, removals) == before
    return text


TEXTS = st.text(st.sampled_from("ab \n\t\u00a0é東"), max_size=60)
CUTS = st.lists(st.tuples(st.integers(-3, 65), st.integers(-3, 65), st.sampled_from("xyz")), max_size=8).map(
    lambda spans: [cut(start, end, rule) for start, end, rule in spans]
)


@settings(deadline=None)
@given(TEXTS, CUTS)
def test_restoring_gives_the_text_before_cutting(before: str, cuts: list[Cut]) -> None:
    text, removals = apply_cuts(before, cuts)
    assert restore(text, removals) == before
    assert restore(text, reversed(removals)) == before


@settings(deadline=None)
@given(st.text(), st.lists(st.tuples(st.integers(), st.integers()), max_size=5))
def test_any_text_and_any_offsets_restore(before: str, spans: list[tuple[int, int]]) -> None:
    text, removals = apply_cuts(before, [cut(start, end) for start, end in spans])
    assert restore(text, removals) == before


@settings(deadline=None)
@given(TEXTS, CUTS)
def test_exactly_the_claimed_content_is_cut(before: str, cuts: list[Cut]) -> None:
    text, _ = apply_cuts(before, cuts)
    claimed = {at for one in cuts for at in range(max(0, one.start), max(0, min(one.end, len(before))))}
    kept = [char for at, char in enumerate(before) if at not in claimed and not char.isspace()]
    assert [char for char in text if not char.isspace()] == kept


@settings(deadline=None)
@given(TEXTS, CUTS)
def test_removals_are_sorted_disjoint_and_hold_their_text(before: str, cuts: list[Cut]) -> None:
    _, removals = apply_cuts(before, cuts)
    at = 0
    for removal in removals:
        assert at <= removal.start < removal.end <= len(before)
        assert removal.text == before[removal.start : removal.end]
        assert removal.text.strip()
        at = removal.end


@settings(deadline=None)
@given(TEXTS, CUTS)
def test_the_first_claim_has_the_span(before: str, cuts: list[Cut]) -> None:
    _, removals = apply_cuts(before, cuts)
    for removal in removals:
        content = next(at for at in range(removal.start, removal.end) if not before[at].isspace())
        assert removal.rule == next(one.rule for one in cuts if one.start <= content < one.end)


@settings(deadline=None)
@given(TEXTS.map(str.strip), CUTS)
def test_what_is_kept_is_as_tidy_as_it_was(before: str, cuts: list[Cut]) -> None:
    text, removals = apply_cuts(before, cuts)
    if removals:
        assert text == text.strip()
    deepest = max((run.count("\n") for run in _spaces(before)), default=0)
    assert max((run.count("\n") for run in _spaces(text)), default=0) <= deepest


def _spaces(text: str) -> list[str]:
    return "".join(char if char.isspace() else "x" for char in text).strip("x").split("x")


@pytest.mark.parametrize(
    ("before", "spans", "after"),
    [
        ("A.\n\nAd\n\nB.", ["Ad"], "A.\n\nB."),
        ("A.\nAd\nB.", ["Ad"], "A.\nB."),
        ("A.\n\nAd\nB.", ["Ad"], "A.\n\nB."),
        ("A.\nAd\n\nB.", ["Ad"], "A.\n\nB."),
        ("Ad\n\nB.", ["Ad"], "B."),
        ("A.\n\nAd", ["Ad"], "A."),
        ("A.\n\nAd\n\nMore ad\n\nB.", ["Ad", "More ad"], "A.\n\nB."),
        ("A:\n  1. One\n  Ad\n  2. Two", ["Ad"], "A:\n  1. One\n  2. Two"),
        ("A:\n\nAd\n  1. One", ["Ad"], "A:\n\n  1. One"),
        ("date 2025-04-16 China is open", ["date 2025-04-16"], "China is open"),
        ("A.\ndate 2025 B.", ["date 2025"], "A.\nB."),
        ("A. (ad) B.", ["(ad)"], "A. B."),
        ("A.\n\nB (ad)\n\nC.", ["(ad)"], "A.\n\nB\n\nC."),
        ("Ad", ["Ad"], ""),
    ],
)
def test_the_larger_separator_stays(before: str, spans: list[str], after: str) -> None:
    assert cut_out(before, *spans) == after


def test_a_claim_in_the_middle_of_a_later_one_splits_it() -> None:
    _, removals = apply_cuts("one two three", [cut(4, 7, "first"), cut(0, 13, "second")])
    assert [(removal.rule, removal.text) for removal in removals] == [
        ("second", "one "),
        ("first", "two "),
        ("second", "three"),
    ]


def test_white_space_alone_is_no_claim() -> None:
    assert apply_cuts("a \n b", [cut(1, 4)]) == ("a \n b", ())


def test_the_score_of_a_model_is_kept() -> None:
    _, removals = apply_cuts("a b", [Cut(2, 3, "model", "newsletter", 0.9)])
    assert removals == (Removal("model", "newsletter", 1, 3, " b", 0.9),)


@pytest.mark.parametrize(
    "removals",
    [
        [Removal("r", "title", 9, 10, "x")],
        [Removal("r", "title", 0, 2, "xy"), Removal("r", "title", 1, 2, "y")],
        [Removal("r", "title", 0, 2, "x")],
    ],
)
def test_removals_of_another_text_are_refused(removals: list[Removal]) -> None:
    with pytest.raises(ValueError, match="not the removals of this text"):
        restore("abc", removals)


def test_cutting_is_linear() -> None:
    before = "keep\ncut\n\n" * 100_000
    cuts = [cut(at, at + 3) for at in range(5, len(before), 10)]
    began = time.process_time()
    text, removals = apply_cuts(before, cuts)
    assert restore(text, removals) == before
    assert len(removals) == 100_000
    assert time.process_time() - began < 10
