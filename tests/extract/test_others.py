"""Readers' comments under an article and other articles after it go, posts that are the page stay."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.extract.others import OTHER_ARTICLE, UNDER_ARTICLE, of_others
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
    told = np.zeros(len(page.texts), bool)
    for claim in of_others(page, _judged(page, chance), url):
        told |= claim.blocks
    marks: list[bool] = told.tolist()
    return marks


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
        page, page_judge(), judged, of_others(page, judged, None), "plain", comments=wanted, tables=True
    )
    gone = [piece for piece in pieces if not piece.kept]
    assert [len(piece.lines) for piece in gone] == ([] if wanted else [4])
    assert all((piece.kind, piece.rule, piece.score) == ("comments", UNDER_ARTICLE, None) for piece in gone)
    assert [line for piece in pieces for line in piece.lines] == page.texts


_TITLE = "<title>Harbour crane painted green again - The Gazette</title>"
_CARD = f"<article class='card'><h2>Ferry returns</h2>{_PARAGRAPH}</article>"


def _with_headline(paragraphs: int, after: str, headline: str = "Harbour crane painted green again") -> Page:
    html = f"<html><head>{_TITLE}</head><body><article><h1>{headline}</h1>{_PARAGRAPH * paragraphs}</article>{after}"
    tree = load_tree(html)
    assert tree is not None
    return walk(tree)


def test_articles_after_the_one_with_the_headline_are_told() -> None:
    page = _with_headline(10, f"<section>{_CARD * 3}</section><p>Imprint</p>")
    assert _told(page) == [False] * 11 + [True] * 6 + [False]
    assert [claim.rule for claim in of_others(page, _judged(page), None)] == [OTHER_ARTICLE]


def test_the_articles_of_a_list_are_its_text() -> None:
    assert not any(_told(_with_headline(1, _CARD * 12)))
    assert not any(_told(_with_headline(10, _CARD * 12, headline="Latest from the harbour")))


def test_articles_within_the_article_are_its_parts() -> None:
    tree = load_tree(
        f"<html><head>{_TITLE}</head><body><article><h1>Harbour crane painted green again</h1>{_PARAGRAPH * 10}"
        f"<article>{_PARAGRAPH}</article></article></body></html>"
    )
    assert tree is not None
    assert not any(_told(walk(tree)))
