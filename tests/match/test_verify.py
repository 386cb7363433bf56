from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import MatchConfig
from pipeline.match.verify import figures_differ, likeness, profile
from pipeline.words.tokens import tokens

CONFIG = MatchConfig(min_tokens=5)
texts = st.lists(
    st.sampled_from(["harbour", "bridge", "council", "vote", "tide", "12", "gate", "7", "mayor"]), max_size=60
).map(" ".join)


def shingles(text: str) -> set[tuple[str, ...]]:
    words = tokens(text)
    n = min(5, len(words))
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)} if words else set()


@given(texts, texts)
def test_likeness_is_exact(one, two):
    a, b = shingles(one), shingles(two)
    pair = likeness(profile(one, 5), profile(two, 5), CONFIG)
    assert pair.jaccard == pytest.approx(len(a & b) / len(a | b) if a | b else 1.0)
    if a:
        assert pair.earlier_in_later == pytest.approx(len(a & b) / len(a))
    if b:
        assert pair.later_in_earlier == pytest.approx(len(a & b) / len(b))


@given(st.text(alphabet="ab 12²٣é.-Ⅳ東"))
def test_words_hold_no_digit_and_figures_hold_one(text):
    measured = profile(text, 5)
    assert measured.words == Counter(token for token in tokens(text) if not any(map(str.isdigit, token)))
    assert all(any(map(str.isdecimal, figure)) for figure in measured.figures)


def test_a_text_below_the_least_length_is_compared_whole_only():
    pair = likeness(profile("gates open at noon", 5), profile("gates open at noon", 5), MatchConfig())
    assert pair.refused == "too-short"


NOTICE = (
    "The Port of Alder reports water levels for {day}. At the north gauge the level stood at {a} metres, at the south "
    "gauge at {b} metres. The flow was {c} cubic metres a second. Skippers are asked to keep to the marked channel and "
    "to listen on channel 16 for further notices from the harbour office."
)


def differ(one: str, two: str) -> bool:
    return figures_differ(profile(one, 5), profile(two, 5))


def test_a_template_with_other_figures_is_another_notice():
    one = NOTICE.format(day="Monday", a="2.41", b="3.07", c="180")
    two = NOTICE.format(day="Tuesday", a="2.63", b="3.22", c="194")
    assert differ(one, two)


def test_a_short_notice_with_one_other_figure_is_another_notice():
    one = NOTICE.split(" Skippers", maxsplit=1)[0].format(day="Monday", a="2.41", b="3.07", c="180")
    assert differ(one, one.replace("180", "181"))


def test_a_figure_put_into_words_is_another_figure():
    one = "Funds were trading at 6-3/16 when the bank began to supply reserves, dealers on the floor of the market said"
    assert differ(one, one.replace("6-3/16", "six"))
    assert differ(one, one.replace("6-3/16", "6-5/16"))


TOLD = " ".join(f"Witness {name} spoke of the night in the valley at 10 or 11." for name in "abcdefghijklmnopqrstuvw")


def test_a_long_report_with_an_updated_toll_is_a_copy():
    one = f"The flood took 12 lives and left 340 homes empty. {TOLD}"
    assert not differ(one, one.replace("took 12", "took 14").replace("340", "355"))


def test_a_long_notice_in_which_many_figures_changed_is_another():
    one, two = (
        " ".join(
            f"At gauge {name} the river stood {at + shift} inches high." for at, name in enumerate("abcdefghijklm")
        )
        for shift in (20, 50)
    )
    assert differ(one, two)


def test_readings_that_change_places_are_other_figures():
    told = "Skippers are asked to keep to the marked channel. " * 12
    one, two = (
        f"At the bridge the water stood at {level} m at six of {day} March, a change of {change} cm. {told}"
        for level, day, change in (("3.12", 3, 4), ("3.47", 4, 35))
    )
    assert differ(one, two)


def test_a_shortened_copy_that_lacks_figures_is_a_copy():
    one = NOTICE.format(day="Monday", a="2.41", b="3.07", c="180")
    assert not differ(one, one.split(". The flow")[0])


def test_an_article_edited_in_words_and_figures_is_a_copy():
    one = "Police said 12 people were hurt when a bus left the road near Alder on Monday and hit 3 parked cars there"
    two = (
        "Officers reported 14 injured after a coach skidded off the road by Alder on Monday, striking 4 parked vehicles"
    )
    assert not differ(one, two)
