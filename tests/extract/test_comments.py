"""Readers' comments under an article go, posts that are the page stay."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.extract.comments import RULE, under_article
from pipeline.extract.page import read_pieces
from pipeline.extract.tree import load_tree
from pipeline.extract.walk import walk
from pipeline.judge.page import Page
from pipeline.judge.pages import Judged, page_judge

_PARAGRAPH = (
    "<p>The harbour board met on Tuesday and spoke for most of the evening about the state of the old crane.</p>"
)
_COMMENT = "<p>I worked on that crane for thirty years and nobody ever asked me what I thought of it.</p>"


def _page(paragraphs: int, comments: str, head: str = "") -> Page:
    article = f"<article>{_PARAGRAPH * paragraphs}</article>"
    tree = load_tree(f"<html><head>{head}</head><body class='single comments-open'>{article}{comments}</body></html>")
    assert tree is not None
    return walk(tree)


def _told(page: Page, url: str | None = None, chance: float = 0.9) -> list[bool]:
    told: list[bool] = under_article(page, _judged(page, chance), url).tolist()
    return told


def _judged(page: Page, chance: float = 0.9) -> Judged:
    size = len(page.texts)
    words = np.array([len(text.split()) for text in page.texts], np.int64)
    return Judged(np.full(size, chance), np.ones(size, bool), np.zeros((size, 0), np.float32), words)


@pytest.mark.parametrize("name", ["comments", "commentlist", "entry-comments", "disqus_thread", "CommentList"])
def test_comments_under_an_article_are_told(name: str) -> None:
    page = _page(12, f"<ol class='{name}'><li>{_COMMENT}</li><li>{_COMMENT}</li></ol><p>Imprint</p>")
    assert _told(page) == [False] * 12 + [True] * 2 + [False]


def test_a_remark_under_a_few_words_may_be_what_the_page_is_about() -> None:
    assert not any(_told(_page(3, f"<div class='comments'>{_COMMENT * 4}</div>")))


def test_what_the_judge_does_not_take_for_text_is_no_article() -> None:
    assert not any(_told(_page(12, f"<div class='comments'>{_COMMENT * 4}</div>"), chance=0.4))


@pytest.mark.parametrize(
    "url",
    [
        "https://forum.example/viewtopic.php?t=3",
        "https://example.org/forums/crane/",
        "https://example.org/questions/12/crane",
        "https://example.org/r/harbour/comments/4x/crane",
    ],
)
def test_posts_stay_where_the_address_says_that_they_are_the_page(url: str) -> None:
    page = _page(12, f"<div class='comments'>{_COMMENT * 4}</div>")
    assert not any(_told(page, url))
    assert any(_told(page, "https://example.org/2026/forum-on-cranes-opens#comments"))


def test_posts_stay_where_the_page_declares_them() -> None:
    data = '<script type="application/ld+json">{"@type": "DiscussionForumPosting"}</script>'
    assert not any(_told(_page(12, f"<div class='comments'>{_COMMENT * 4}</div>", data)))


def test_a_class_of_the_whole_page_says_nothing_of_its_text() -> None:
    assert not any(_told(_page(24, "<footer>Imprint</footer>")))


@pytest.mark.parametrize("wanted", [False, True])
def test_they_are_told_as_comments_and_stay_where_they_are_wanted(wanted: bool) -> None:
    page = _page(12, f"<div class='comments'>{_COMMENT * 4}</div><p>Imprint</p>")
    judged = _judged(page)
    pieces = read_pieces(
        page, page_judge(), judged, under_article(page, judged, None), "plain", comments=wanted, tables=True
    )
    gone = [piece for piece in pieces if not piece.kept]
    assert [len(piece.lines) for piece in gone] == ([] if wanted else [4])
    assert all((piece.kind, piece.rule, piece.score) == ("comments", RULE, None) for piece in gone)
    assert [line for piece in pieces for line in piece.lines] == page.texts
