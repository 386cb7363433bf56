"""Winnow's own extractor: all the text of a page, line by line, with the judge's word on it.

Nothing is thrown away here: what is not the page's text comes out as well, marked as cut, with its kind where its place
on the page tells it, how sure the judge was and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.others import COMMENT_WORDS, Claim
from pipeline.judge.page import TAG_NUMBER, TAGS, Page
from pipeline.judge.page_sketch import table_of
from pipeline.judge.pages import Judged, PageJudge
from pipeline.values import KINDS, Kind

Structure = Literal["plain", "markdown"]

RULE = "learned.page"
Ints = NDArray[np.int64]
_TABLE_CELLS = 400
"""A table with more characters in one cell is there for the layout."""

_KIND_OF_TAG: dict[str, Kind] = {"nav": "navigation", "button": "navigation", "form": "comment-form"}
_KIND_OF_WORDS: tuple[tuple[Kind, frozenset[str]], ...] = (
    ("comments", COMMENT_WORDS | {"replies"}),
    ("newsletter", frozenset(("newsletter", "newsletters", "mailing", "signup"))),
    ("cookie-notice", frozenset(("cookie", "cookies", "consent", "gdpr", "onetrust"))),
    ("advertisement", frozenset(("ad", "ads", "advert", "advertisement", "sponsored", "sponsor", "adslot", "promo"))),
    ("share", frozenset(("share", "sharing", "social", "addthis", "sharedaddy"))),
    ("related-posts", frozenset(("related", "recommended", "recommendations", "trending", "popular", "readmore"))),
    ("pagination", frozenset(("pagination", "pager", "paging"))),
    ("copyright", frozenset(("copyright", "legal", "colophon"))),
    ("login", frozenset(("login", "signin", "paywall"))),
    ("image-credit", frozenset(("credit", "photocredit"))),
    ("byline", frozenset(("byline", "author", "authors"))),
    (
        "navigation",
        frozenset(("nav", "navigation", "menu", "breadcrumb", "breadcrumbs", "navbar", "footer", "sitemap")),
    ),
)


_CODE: dict[Kind, int] = {kind: code for code, kind in enumerate(KINDS)}
_LEARNED = _CODE["learned"]
_CODE_OF_TAG = np.array([_CODE[_KIND_OF_TAG.get(tag, "learned")] for tag in TAGS])
_PLACE_OF_WORD = {word: place for place, (_, words) in reversed(list(enumerate(_KIND_OF_WORDS))) for word in words}
_IS_CELL = table_of((TAG_NUMBER["td"], TAG_NUMBER["th"]), len(TAGS))
_FOOTER = TAG_NUMBER["footer"]
_HEADING_MARKS = {TAG_NUMBER[f"h{level}"]: "#" * level + " " for level in range(1, 7)}


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of a page that follow each other and share a fate."""

    lines: tuple[str, ...]
    kept: bool
    kind: Kind = "learned"
    """What the lines are that are not kept."""
    score: float | None = None
    """How likely the judge finds it, 0 to 1, that they are no text: of the line that it is least sure of. None where it
    did not decide."""
    why: str = ""
    """What weighed most against the longest of them."""
    rule: str = RULE
    """Who says that they are not kept."""


def doubt(judged: Judged, page: Page) -> float:
    """Say how unsure the judge is of a page: the doubtful text as a share of what it takes for text."""
    weights = np.array([len(text) for text in page.texts], np.float64)
    chances = judged.chances
    return float((np.minimum(chances, 1 - chances) * weights).sum() / max((chances * weights).sum(), 1.0))


def agree(judged: Judged, page: Page, text: str) -> Judged:
    """Replace the judge's choice by that of another extractor: the blocks that its text holds."""
    held = _squeezed(text)
    keys = [_squeezed(block) for block in page.texts]
    kept = np.array([bool(key) and key in held for key in keys])
    # A block of a few characters stands in any text; it stays with its neighbours.
    for block, key in enumerate(keys):
        if len(key) < _TELLING and kept[block]:
            kept[block] = kept[max(block - 1, 0)] or (block + 1 < len(keys) and kept[block + 1])
    return judged._replace(kept=kept)


_TELLING = 8


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def read_pieces(
    page: Page,
    judge: PageJudge,
    judged: Judged,
    claims: Sequence[Claim],
    structure: Structure,
    comments: bool,
    tables: bool,
) -> list[Piece]:
    """Read the text of a page.

    Args:
        page: the page.
        judge: who judged its blocks.
        judged: the judgement.
        claims: what goes whatever the judge says.
        structure: `markdown` marks headings, lists, quotes, code and tables; `plain` marks list items only.
        comments: whether readers' comments that stand in an element named so are kept.
        tables: whether the text of tables is kept.

    Returns:
        All lines of the page in order, kept and not.
    """
    reading = Reading(page, judged, claims, structure, comments=comments, tables=tables)
    return reading.pieces(judge.reasons(judged, reading.asked) if reading.asked else [])


class Reading:
    """The reading of a page, up to the question why what goes does: it is asked of many pages at once."""

    def __init__(
        self,
        page: Page,
        judged: Judged,
        claims: Sequence[Claim],
        structure: Structure,
        *,
        comments: bool,
        tables: bool,
    ) -> None:
        """Read a page; see `read_pieces`."""
        self._page = page
        self._structure: Structure = structure
        self._chances: list[float] = judged.chances.tolist()
        self._layout = layout = _Layout(page)
        lengths = np.array(list(map(len, page.texts)), np.int64)
        starts = layout.groups(lengths)
        kept = layout.with_tables(starts, judged.kept)
        # The cells of a row go together.
        stays = 2 * np.add.reduceat(np.where(kept, lengths, 0), starts) >= np.add.reduceat(lengths, starts)
        kind, rule = np.where(stays, _LEARNED, layout.kinds()[starts]), np.zeros(len(starts), np.int64)
        told = stays.copy()
        for number, claim in reversed(list(enumerate(claims, 1))):
            claimed = told & claim.blocks[starts]
            kind[claimed], rule[claimed], stays[claimed] = _CODE[claim.kind], number, False
        if not tables:
            stays[(layout.row_of[starts] >= 0) & (rule == 0)] = False
        if comments:
            stays |= kind == _CODE["comments"]
        fate = np.where(stays, -1, kind * (len(claims) + 1) + rule)
        runs = np.flatnonzero(np.diff(fate, prepend=-2)).tolist()
        self._starts = [*starts.tolist(), len(lengths)]
        rules = (RULE, *(claim.rule for claim in claims))
        self._runs = [
            (first, end, stays[first], KINDS[kind[first]], rules[rule[first]])
            for first, end in zip(runs, [*runs[1:], len(starts)], strict=True)
        ]
        size = lengths.tolist()
        self.asked = [
            max(range(self._starts[first], self._starts[end]), key=size.__getitem__)
            for first, end, stay, _, rule in self._runs
            if not stay and rule == RULE
        ]
        """The longest block of each run of lines that the judge says are no text."""

    def pieces(self, reasons: Sequence[tuple[str, ...]]) -> list[Piece]:
        """Give the pieces.

        Args:
            reasons: for each block of `asked`, what weighed most against it.
        """
        told = iter(reasons)
        lines, begins = self._layout.render(self._starts, self._structure)
        pieces = []
        for first, end, stays, kind, rule in self._runs:
            shown = tuple(lines[begins[first] : begins[end]])
            if stays:
                pieces.append(Piece(shown, kept=True))
            elif rule == RULE:
                best = max(self._chances[self._starts[first] : self._starts[end]])
                pieces.append(Piece(shown, False, kind, round(1 - best, 3), "; ".join(next(told)), rule))
            else:
                pieces.append(Piece(shown, False, kind, rule=rule))
        return pieces


def _code_of_words(words: set[str]) -> int:
    """Give the kind that the words of a class, id or role tell; of several the first in `_KIND_OF_WORDS`."""
    told = _PLACE_OF_WORD.keys() & words
    return _CODE[_KIND_OF_WORDS[min(map(_PLACE_OF_WORD.__getitem__, told))][0]] if told else _LEARNED


class _Layout:
    """Which blocks make a line, and what stands before it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._tags = np.asarray(page.tags, np.int64)
        self._ends = np.asarray(page.ends, np.int64)
        self._owners = np.asarray(page.owners, np.int64)
        self.row_of = self._up("tr")
        """Of each block, the nearest row of a table round it; -1 where there is none."""

    def groups(self, lengths: Ints) -> Ints:
        """Give the first blocks of lines: the cells of a row of a table of data are one, any other block is one."""
        in_row = self.row_of >= 0
        if not in_row.any():
            return np.arange(len(lengths))
        table_of = self._up("table")
        is_layout = np.zeros(len(self._tags) + 1, np.bool_)
        is_layout[table_of[in_row & ((lengths > _TABLE_CELLS) | ~_IS_CELL[self._tags[self._owners]])]] = True
        together = in_row & ~is_layout[table_of]
        together[1:] &= self.row_of[1:] == self.row_of[:-1]
        together[0] = False
        return np.flatnonzero(~together)

    def with_tables(self, starts: Ints, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Keep the rows of a table of data that stands between two blocks of the text, in their container.

        A judge that looks at cells sees short pieces without sentences.
        """
        if len(starts) == len(kept):
            return kept
        kept = kept.copy()
        page, parents, owners = self._page, self._page.parents, self._owners
        table_of = self._up("table")[starts].tolist()
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        for table, block, end in zip(table_of, starts.tolist(), [*starts[1:].tolist(), len(kept)], strict=True):
            if end - block > 1:
                first.setdefault(table, block)
                last[table] = end - 1
        for table, block in first.items():
            before, after = block - 1, last[table] + 1
            if before < 0 or after >= len(kept) or not (kept[before] and kept[after]):
                continue
            holder = page.parents[table]
            if all(parents[owners[at]] == holder for at in (before, after)):
                kept[block:after] = True
        return kept

    def kinds(self) -> Ints:
        """Tell from its place what each block is if it is no text."""
        page = self._page
        named = np.fromiter(map(_code_of_words, page.words()), np.int64, len(page.named))
        named[0] = _LEARNED
        own = _CODE_OF_TAG[self._tags]
        own = np.where(own == _LEARNED, named[page.names], own)
        own[(own == _LEARNED) & (self._tags == _FOOTER)] = _CODE["navigation"]
        telling = np.flatnonzero(own != _LEARNED)
        found = np.full(len(own), _LEARNED)
        for element, end, kind in zip(
            telling.tolist(), self._ends[telling].tolist(), own[telling].tolist(), strict=True
        ):
            found[element:end] = kind
        return found[page.inner]

    def _up(self, tag: str) -> Ints:
        """Give of each block the nearest element of a name at or above its owner; -1 where there is none."""
        chosen = np.flatnonzero(self._tags == TAG_NUMBER[tag])
        if not len(chosen):
            return np.full(len(self._owners), -1)
        # An element is written over as often as it has such elements round it, and no deeper than the tree.
        nearest = np.full(len(self._tags), -1)
        for element, end in zip(chosen.tolist(), self._ends[chosen].tolist(), strict=True):
            nearest[element:end] = element
        return nearest[self._owners]

    def render(self, starts: list[int], structure: Structure) -> tuple[list[str], Sequence[int]]:
        """Write the lines of groups of blocks -> the lines, and which is the first of each group, and past the last."""
        page = self._page
        owners = self._owners
        items = self._up("li")
        # The first block of a list item.
        begins = items >= 0
        begins[1:] &= (owners[:-1] < items[1:]) | (owners[:-1] >= self._ends[items[1:]])
        markers = ["- " if one else "" for one in begins.tolist()]
        texts = page.texts
        if structure == "markdown":
            quoted = self._up("blockquote").tolist()
            markers = [
                _HEADING_MARKS.get(tag) or ("> " if quote >= 0 else "") + marker
                for tag, quote, marker in zip(self._tags[owners].tolist(), quoted, markers, strict=True)
            ]
        lines = [marker + text for marker, text in zip(markers, texts, strict=True)] if any(markers) else texts
        if len(starts) == len(texts) + 1 and not page.verbatim:
            return lines, range(len(starts))
        told: list[str] = []
        firsts = [0]
        for block, end in pairwise(starts):
            if end - block > 1:
                row = " | ".join(texts[block:end])
                told.append(f"| {row} |" if structure == "markdown" else row)
            elif block in page.verbatim:
                code = [line for line in page.verbatim[block].split("\n") if line.strip()]
                told += ["```", *code, "```"] if structure == "markdown" else code
            else:
                told.append(lines[block])
            firsts.append(len(told))
        return told, firsts
