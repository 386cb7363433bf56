"""Readers' comments under an article: the judge of blocks knows text when it reads it, not whose it is.

On a page whose text *is* its posts (a forum, questions and answers) they stay.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.page import TAG_NUMBER, Page
from pipeline.judge.pages import Judged, name_words

RULE = "comments.under-article"

WORDS = frozenset(("comment", "comments", "disqus", "commentlist", "commenting"))
"""What a class, id or role of an element that holds comments is made of."""

# Words that the judge takes for text and that stand before the first comment: an article. Of the labelled pages, out of
# fold, the rule cut comments on 15 and was wrong on one; from 40 words on it was wrong on 7 of 22.
_ARTICLE_WORDS = 200
_SURE = 0.5
_POSTS = frozenset(("DiscussionForumPosting", "QAPage", "Question", "Answer", "SocialMediaPosting"))
# Addresses of pages that are made of posts; "comments" alone is how some forums call a thread.
_ADDRESS = re.compile(
    r"(?:^|[/.?&=])(?:forums?|foren|foros?|threads?|topics?|viewtopic|showthread|questions?|discussions?|discuss|"
    r"community|boards?|comments)(?:[/.?&=]|$)",
    re.IGNORECASE,
)
_WHOLE_PAGE = frozenset((TAG_NUMBER["body"], TAG_NUMBER["main"]))


def under_article(page: Page, judged: Judged, url: str | None) -> NDArray[np.bool_]:
    """Say which blocks are readers' comments that stand under an article.

    Args:
        page: the page.
        judged: what the judge says of its blocks.
        url: where the page comes from.

    Returns:
        bool[blocks]; none where the page is made of posts, or no article stands before them.
    """
    none = np.zeros(len(page.texts), np.bool_)
    if page.kinds & _POSTS or (url and _ADDRESS.search(url.partition("#")[0])):
        return none
    named = [number for number, name in enumerate(page.named) if _is_of_comments(name)]
    if not named:
        return none
    inside = _below(page, np.isin(np.array(page.names), named))
    if not (inside & judged.kept).any():
        return none
    first = int(inside.argmax())
    sure = judged.kept[:first] & (judged.chances[:first] > _SURE)
    return inside if int(judged.words[:first][sure].sum()) >= _ARTICLE_WORDS else none


@lru_cache(maxsize=20_000)
def _is_of_comments(name: str) -> bool:
    return not WORDS.isdisjoint(name_words(name))


def _below(page: Page, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say of each block whether it stands in a chosen element; what the whole page is wrapped in does not count."""
    opened = np.zeros(len(page.tags) + 1, np.int64)
    for element in np.flatnonzero(chosen).tolist():
        if page.tags[element] not in _WHOLE_PAGE:
            opened[element] += 1
            opened[page.ends[element]] -= 1
    return np.asarray(np.cumsum(opened)[np.array(page.owners)] > 0)
