"""A page as the judge sees it: its elements and its blocks of text, in flat lists, without a tree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

TAGS = (
    "", "a", "address", "article", "aside", "b", "blockquote", "body", "button", "caption", "center", "dd", "details",
    "div", "dl", "dt", "em", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "i", "label", "li", "main", "nav", "ol", "p", "pre", "section", "small", "span", "strong", "summary",
    "table", "tbody", "td", "th", "thead", "time", "tr", "ul",
)  # fmt: skip
"""Names of elements that are told apart; any other is "". The weights know them by number: only ever append."""
TAG_NUMBER = {tag: number for number, tag in enumerate(TAGS)}

# The classic words of a class or id: in camel case, with dashes, underscores, numbers.
_WORD = r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])"
_NAME = re.compile(_WORD)
_NAMES = re.compile(rf"{_WORD}|\0")


def name_words(name: str) -> tuple[str, ...]:
    """Give the words of a class, id or role, each once, sorted.

    >>> name_words("article-body__text postContent")
    ('article', 'body', 'content', 'post', 'text')
    """
    return tuple(sorted({word.lower() for word in _NAME.findall(name) if len(word) > 1}))


def words_of_names(names: Sequence[str]) -> list[set[str]]:
    """Give the words of many names at once, those of one letter too: a call for each name costs more than its words."""
    return list(map(set, map(str.split, " ".join(_NAMES.findall("\0".join(names))).lower().split("\0"))))


@dataclass(slots=True)
class Page:
    """Elements in document order, parents first, and the blocks of text between them.

    What stands below element `e` are the elements `e` to `ends[e] - 1`, so sums over it are differences of prefix sums.
    """

    tags: list[int] = field(default_factory=list)
    """Of each element, its place in `TAGS`."""
    parents: list[int] = field(default_factory=list)
    """-1 for the root."""
    depths: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    names: list[int] = field(default_factory=list)
    """Of each element, its place in `named`; 0 where it has neither class nor id nor role."""
    hidden: list[int] = field(default_factory=list)
    """1 for an element that says itself that it is not shown."""
    named: list[str] = field(default_factory=lambda: [""])
    """Class, id, role and itemprop of elements, as written, each set once."""

    said: list[set[str]] | None = None
    """The words of `named`, where somebody has asked for them."""

    texts: list[str] = field(default_factory=list)
    """The blocks: runs of text that no block-level element or line break divides; white space is single spaces."""
    owners: list[int] = field(default_factory=list)
    """Of each block, the nearest block-level element."""
    inner: list[int] = field(default_factory=list)
    """Of each block, the element in which its first text stands."""
    linked: list[int] = field(default_factory=list)
    """Characters of each block that are links."""
    links: list[int] = field(default_factory=list)
    emphasised: list[int] = field(default_factory=list)
    """Characters of each block that are bold or italic."""
    verbatim: dict[int, str] = field(default_factory=dict)
    """The lines of those blocks that are preformatted, as written."""

    title: str = ""
    """What the page calls itself, in its head."""
    summary: str = ""
    """How it describes itself there."""
    kinds: frozenset[str] = frozenset()
    """Types of schema.org that it declares, and `og:` with its Open Graph type."""
    body: str = ""
    """The text of the article as its linked data gives it."""

    def words(self) -> list[set[str]]:
        """Give the words of `named`."""
        if self.said is None:
            self.said = words_of_names(self.named)
        return self.said
