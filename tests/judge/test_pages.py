"""The judge of a page's blocks: strictness, reasons, weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from pipeline.errors import BadWeights
from pipeline.extract.walk import walk
from pipeline.judge.forest import Forest
from pipeline.judge.page import Page
from pipeline.judge.pages import FIRST, SECOND, PageJudge, choose, feature_names, page_judge, score_names

_PARAGRAPH = "The bridge over the Sallow opens again on Friday, two weeks before the day that the builders had named. "
_PAGE = (
    "<html><body><nav><a href='/'>Home</a> <a href='/b'>Bridges</a></nav><article><h1>Bridge opens again</h1>"
    + f"<p>{_PARAGRAPH}{_PARAGRAPH}</p>" * 4
    + "</article><div class='related'><h3>Related</h3><ul><li><a href='/c'>Ferry is late</a></li></ul></div>"
    + "</body></html>"
)


def page_of(text: str) -> Page:
    return walk(document_fromstring(text))


def test_paragraphs_are_likelier_text_than_links() -> None:
    page = page_of(_PAGE)
    judged = page_judge().judge(page)
    chances = dict(zip(page.texts, judged.chances.tolist(), strict=True))
    assert min(chances[text] for text in chances if text.startswith("The bridge")) > chances["Ferry is late"]
    assert judged.kept[[text.startswith("The bridge") for text in page.texts]].all()


def test_pages_judged_together_are_judged_as_each_alone() -> None:
    pages = [
        page_of(_PAGE),
        page_of("<p>One</p>"),
        page_of(f"<table><tr><td>{_PARAGRAPH}<td>A</table>"),
        page_of(_PAGE),
    ]
    for alone, judged in zip(map(page_judge().judge, pages), page_judge().judge_all(pages), strict=True):
        assert all(np.array_equal(one, other) for one, other in zip(alone, judged, strict=True))


def test_reasons_are_names_of_features() -> None:
    page = page_of(_PAGE)
    judged = page_judge().judge(page)
    gone = np.flatnonzero(~judged.kept).tolist()
    reasons = page_judge().reasons(judged, gone)
    assert len(reasons) == len(gone)
    assert all(reason in feature_names(again=True) for told in reasons for reason in told)
    assert any(reasons)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 500)), min_size=1, max_size=40))
def test_the_stricter_keeps_no_more(blocks: list[tuple[float, int]]) -> None:
    chances = np.array([chance for chance, _ in blocks])
    tokens = np.array([count for _, count in blocks])
    precision, balanced, recall = (choose(chances, tokens, leaning) for leaning in ("precision", "balanced", "recall"))
    assert precision.any()
    assert not (precision & ~balanced).any()
    assert not (balanced & ~recall).any()


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 500)), min_size=1, max_size=40))
def test_a_likelier_block_never_goes_before_one_that_stays(blocks: list[tuple[float, int]]) -> None:
    chances = np.array([chance for chance, _ in blocks])
    kept = choose(chances, np.array([count for _, count in blocks]), "balanced")
    assert chances[kept].min(initial=1) >= chances[~kept].max(initial=0)


def test_names_say_together_what_their_words_say() -> None:
    known = {"article": 32, "sidebar": -32}
    assert score_names("Article-body", known) == 32
    assert score_names("left-sidebar", known) == -32
    assert score_names("article sidebar", known) == 0
    assert score_names("unheard-of", known) == 0


def test_the_weights_are_small_and_name_their_data() -> None:
    assert FIRST.stat().st_size + SECOND.stat().st_size < 1_500_000
    assert len(page_judge().first.trained_on) == 64
    assert page_judge().first.trained_on == page_judge().second.trained_on


@pytest.mark.parametrize("tables", [{}, {"names": {}, "words": "%%%"}, {"names": {}, "words": "AAAA"}])
def test_damaged_tables_are_refused(tables: dict[str, object]) -> None:
    first, second = Forest.read(FIRST), Forest.read(SECOND)
    with pytest.raises(BadWeights, match="words"):
        PageJudge(replace(first, parameters=tables), second)


def test_time_is_linear_in_blocks() -> None:
    page = page_of("<html><body>" + "<p>one</p>" * 20_000 + "</body></html>")
    assert len(page_judge().judge(page).chances) == 20_000
