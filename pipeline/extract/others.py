"""What others wrote on the page of an article: readers under it, the paper's other articles after it.

The judge of blocks knows text when it reads it, not whose it is. On a page whose text *is* its posts (a forum,
questions and answers) they stay, and so do the articles of a list.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.page import TAG_NUMBER, TAGS, Page
from pipeline.judge.page_sketch import table_of
from pipeline.judge.pages import Judged
from pipeline.values import Kind

UNDER_ARTICLE = "comments.under-article"
OTHER_ARTICLE = "related-posts.other-article"

COMMENT_WORDS = frozenset(("comment", "comments", "disqus", "commentlist", "commenting"))
"""What a class, id or role of an element that holds comments is made of."""

Blocks = NDArray[np.bool_]

# Words that the judge takes for text and that stand before the first comment: an article. On labelled pages, each
# judged without its site, the rule cuts something on 14, makes 9 better and 3 worse; from 40 words on 24, 12 and 9.
_WORDS_BEFORE_COMMENTS = 200
# The same of the element that holds the headline: the rule cuts something on 6, makes 4 better and 2 worse. From 200
# words on it would be 3 pages, none worse, but one of those that gain most is lost.
_WORDS_OF_ARTICLE = 150
_SURE = 0.5
_POSTS = frozenset(("DiscussionForumPosting", "QAPage", "Question", "Answer", "SocialMediaPosting"))
# Addresses of pages that are made of posts; "comments" alone is how some forums call a thread.
_ADDRESS = re.compile(
    r"(?:^|[/.?&=])(?:forums?|foren|foros?|threads?|topics?|viewtopic|showthread|questions?|discussions?|discuss|"
    r"community|boards?|comments)(?:[/.?&=]|$)",
    re.IGNORECASE,
)
_WHOLE_PAGE = frozenset((TAG_NUMBER["body"], TAG_NUMBER["main"]))
_ARTICLE = TAG_NUMBER["article"]
_IS_HEADING = table_of((TAG_NUMBER[name] for name in ("h1", "h2", "h3")), len(TAGS))
_WORD = re.compile(r"\w+")
_COMMENTS = re.compile("comment|disqus", re.IGNORECASE)
_FEW_WORDS = 3
_LIKE_THE_TITLE = 0.5


class Claim(NamedTuple):
    """Blocks that are others', whatever the judge says of them."""

    rule: str
    kind: Kind
    blocks: Blocks


def of_others(page: Page, judged: Judged, url: str | None) -> list[Claim]:
    """Tell what others wrote on the page of an article.

    Args:
        page: the page.
        judged: what the judge says of its blocks.
        url: where the page comes from.

    Returns:
        Claims, each with bool[blocks]; none where the page is made of posts.
    """
    if page.kinds & _POSTS or (url and _ADDRESS.search(url.partition("#")[0])):
        return []
    comments = _under_article(page, judged)
    others = _other_articles(page, judged)
    claims = []
    if comments is not None:
        claims.append(Claim(UNDER_ARTICLE, "comments", comments))
    if others is not None:
        claims.append(Claim(OTHER_ARTICLE, "related-posts", others))
    return claims


def _under_article(page: Page, judged: Judged) -> Blocks | None:
    # Most names hold none of these letters, in whatever case.
    if not _COMMENTS.search("\0".join(page.named)):
        return None
    named = [number for number, words in enumerate(page.words()) if not COMMENT_WORDS.isdisjoint(words)]
    if not named:
        return None
    holders = np.flatnonzero(np.isin(np.array(page.names), named)).tolist()
    # What the whole page is wrapped in may be named after anything on it.
    inside = _below(page, [holder for holder in holders if page.tags[holder] not in _WHOLE_PAGE])
    if not (inside & judged.kept).any():
        return None
    before = np.arange(len(inside)) < int(inside.argmax())
    return inside if _words(judged, before) >= _WORDS_BEFORE_COMMENTS else None


def _other_articles(page: Page, judged: Judged) -> Blocks | None:
    """Tell the `article` elements that follow the one which bears the page's headline and is long enough to be it."""
    marked = np.flatnonzero(np.asarray(page.tags) == _ARTICLE)
    if len(marked) < 2:
        return None
    articles: list[int] = []
    beyond = 0
    for element in marked.tolist():
        # One within another belongs to it.
        if element >= beyond:
            articles.append(element)
            beyond = page.ends[element]
    if len(articles) < 2:
        return None
    owner = _headline(page)
    main = next((one for one in articles if owner is not None and one <= owner < page.ends[one]), None)
    if main is None or _words(judged, _below(page, [main])) < _WORDS_OF_ARTICLE:
        return None
    others = _below(page, [one for one in articles if one > main])
    return others if (others & judged.kept).any() else None


def _words(judged: Judged, blocks: Blocks) -> int:
    """Count the words of blocks that are surely text."""
    return int(judged.words[blocks & judged.kept & (judged.chances > _SURE)].sum())


def _headline(page: Page) -> int | None:
    """Give the first heading that says about what the page's title says."""
    title = set(_WORD.findall(page.title.lower()))
    owners = np.asarray(page.owners)
    for block in np.flatnonzero(_IS_HEADING[np.asarray(page.tags)[owners]]).tolist():
        own = set(_WORD.findall(page.texts[block].lower()))
        both = len(own & title)
        if len(own) >= _FEW_WORDS and both * both > _LIKE_THE_TITLE * len(own) * len(title):
            return int(owners[block])
    return None


def _below(page: Page, elements: list[int]) -> Blocks:
    """Say of each block whether it stands in one of some elements."""
    opened = np.zeros(len(page.tags) + 1, np.int64)
    for element in elements:
        opened[element] += 1
        opened[page.ends[element]] -= 1
    return np.asarray(np.cumsum(opened)[np.array(page.owners)] > 0)
