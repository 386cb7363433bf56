"""Copies with other letters, words and sentences are found and merged; what only sounds alike is not."""

from __future__ import annotations

import random

import pytest

from tests.match.articles import FERRY, MUSEUM, OTHER_FERRY, STRIKE, replaced, scanned, sentences
from tests.run.stories import story
from tests.select.test_arrivals import arriving

ARTICLES = {"ferry": FERRY, "museum": MUSEUM, "strike": STRIKE}
FILLED = [" ".join(story(random.Random(seed), 12)) for seed in range(20)]


def fates(*texts: str, pages: list[int] | None = None) -> list[str]:
    """What becomes of texts that arrive in order, between others."""
    all_texts = [*FILLED, *texts]
    arrivals = arriving(all_texts, pages=None if pages is None else [0] * len(FILLED) + pages)
    chosen = [arrivals.choose() for _ in all_texts]
    assert all(one.duplicate_of is None for one in chosen[: len(FILLED)])
    out = []
    for one in chosen[len(FILLED) :]:
        if one.duplicate_of is not None:
            out.append(f"{one.relation} of {one.duplicate_of - len(FILLED)}")
        elif one.supersedes:
            out.append(", ".join(f"{verdict.relation} over {at - len(FILLED)}" for at, verdict in one.supersedes))
        else:
            out.append("kept")
    return out


@pytest.fixture(params=ARTICLES)
def article(request) -> str:
    return ARTICLES[request.param]


@pytest.mark.parametrize("share", [0.05, 0.1])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_scan_with_wrong_letters_is_an_altered_copy(article, share, seed):
    assert fates(article, scanned(article, share, seed)) == ["kept", "altered of 0"]
    assert fates(scanned(article, share, seed), article) == ["kept", "altered of 0"]


def test_a_scan_that_nobody_can_read_is_kept(article):
    assert fates(article, scanned(article, 0.5)) == ["kept", "kept"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_copy_with_a_word_in_ten_replaced_is_an_altered_copy(article, seed):
    assert fates(article, replaced(article, 0.1, seed)) == ["kept", "altered of 0"]


def test_a_copy_without_some_sentences_is_a_copy(article):
    told = sentences(article)
    short = " ".join([*told[:2], *told[3:6], *told[7:]])
    assert fates(article, short)[1] in {"near of 0", "contained of 0"}


def test_a_copy_with_sentences_of_its_own_is_merged(article):
    told, own = sentences(article), story(random.Random(99), 2)
    longer = " ".join([*told[:3], own[0], *told[3:6], own[1], *told[6:]])
    assert fates(article, longer)[1] in {"near of 0", "contained over 0"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_copy_with_its_sentences_in_another_order_is_a_copy(article, seed):
    told = sentences(article)
    random.Random(seed).shuffle(told)
    assert fates(article, " ".join(told))[1] in {"near of 0", "altered of 0"}


def test_a_lead_under_an_own_headline_and_byline_is_a_copy(article):
    lead = "Told otherwise, and shorter\nBy Ann Lee and Tom Oak\n\n" + " ".join(sentences(article)[:4])
    assert fates(article, lead) == ["kept", "contained of 0"]
    assert fates(lead, article) == ["kept", "contained over 0"]


def test_a_badly_scanned_lead_under_an_own_headline_is_a_copy(article):
    lead = "Told otherwise, and shorter\nBy Ann Lee and Tom Oak\n\n"
    lead += scanned(" ".join(sentences(article)[:5]), 0.06)
    assert fates(article, lead) == ["kept", "altered of 0"]
    assert fates(lead, article) == ["kept", "altered over 0"]


def test_two_reports_of_one_event_are_two_stories():
    assert fates(FERRY, OTHER_FERRY) == ["kept", "kept"]
    assert fates(scanned(FERRY, 0.05), OTHER_FERRY) == ["kept", "kept"]


NOTICE = (
    "{who} of {where} died on {day} at the age of {age}. Friends are asked to come to the chapel of {where} at {hour} "
    "on the day before the funeral. Instead of flowers, gifts to the hospice are welcome. The family thanks everybody."
)


def test_two_notices_of_one_template_are_two_notices():
    one = NOTICE.format(who="Ilse Varga", where="Alder", day="3 May", age=91, hour="10.30")
    two = NOTICE.format(who="Tom Oak", where="Birchfield", day="9 June", age=64, hour="16.15")
    assert fates(one, two) == ["kept", "kept"]
    assert fates(one, scanned(two, 0.05)) == ["kept", "kept"]


def test_short_notices_in_the_words_of_their_trade_are_apart():
    one = (
        "The company said it expects net income for the current quarter to be below that of the year before, citing "
        "weak demand for its pumps, and that it will give further details at the meeting of its shareholders in Alder."
    )
    two = (
        "Northern Looms said it expects net income for the current quarter to be in line with forecasts despite the "
        "fire at its dye works, and it named the head of sales, Tom Oak, to lead the firm from the first of next month."
    )
    assert fates(one, two) == ["kept", "kept"]


def half_rewritten(article: str, seed: int = 107) -> str:
    told = sentences(article)
    half = len(told) * 13 // 20
    return " ".join([*told[:half], *story(random.Random(seed), (len(told) - half) * 2)])


def test_a_page_that_was_half_rewritten_supersedes_what_stood_there(article):
    assert fates(article, half_rewritten(article), pages=[5, 5]) == ["kept", "update over 0"]


def test_the_same_text_on_another_page_does_not(article):
    assert fates(article, half_rewritten(article), pages=[5, 6]) == ["kept", "kept"]
    assert fates(article, half_rewritten(article), pages=[0, 0]) == ["kept", "kept"]


def test_another_article_on_the_same_page_is_kept_beside_the_first():
    assert fates(FERRY, MUSEUM, pages=[5, 5]) == ["kept", "kept"]


def test_a_page_that_was_updated_twice_ends_with_its_last_version(article):
    second = half_rewritten(article)
    third = half_rewritten(second, seed=108)
    # The first version was superseded already.
    assert fates(article, second, third, pages=[5, 5, 5]) == ["kept", "update over 0", "update over 1"]


def test_the_same_text_on_the_same_page_is_a_copy(article):
    assert fates(article, article, pages=[5, 5]) == ["kept", "exact of 0"]
