"""Winnow's own extractor: all the text of a page, line by line, with the judge's word on it.

Nothing is thrown away here: what is not the page's text comes out as well, marked as cut, with its kind where its place
on the page tells it, how sure the judge was and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from pipeline.extract.others import COMMENT_WORDS, Claim
from pipeline.judge.page import TAG_NUMBER, TAGS, Page
from pipeline.judge.pages import Judged, PageJudge, name_words
from pipeline.values import Kind

Structure = Literal["plain", "markdown"]

RULE = "learned.page"
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
    chances: list[float] = judged.chances.tolist()
    kept: list[bool] = judged.kept.tolist()
    lengths = list(map(len, page.texts))
    layout = _Layout(page)
    groups = layout.groups()
    layout.keep_tables(groups, kept)
    fates: list[tuple[bool, Kind, str]] = []
    runs: list[list[list[int]]] = []
    for group in groups:
        # The cells of a row go together.
        stays = kept[group[0]]
        if len(group) > 1:
            sizes = [lengths[block] for block in group]
            stays = 2 * sum(size for size, block in zip(sizes, group, strict=True) if kept[block]) >= sum(sizes)
        kind: Kind = "learned"
        rule = RULE
        if not stays:
            kind = layout.kind(group[0])
            stays = comments and kind == "comments"
        elif claim := next((one for one in claims if one.blocks[group[0]]), None):
            stays, kind, rule = comments and claim.kind == "comments", claim.kind, claim.rule
        elif not tables and layout.in_table(group[0]):
            stays = False
        fate = (stays, "learned" if stays else kind, RULE if stays else rule)
        if fates and fates[-1] == fate:
            runs[-1].append(group)
        else:
            fates.append(fate)
            runs.append([group])
    gone = {
        number: max((block for group in run for block in group), key=lengths.__getitem__)
        for number, (run, (stays, _, rule)) in enumerate(zip(runs, fates, strict=True))
        if not stays and rule == RULE
    }
    reasons = dict(zip(gone, judge.reasons(judged, list(gone.values())), strict=True)) if gone else {}
    pieces = []
    for number, (run, (stays, kind, rule)) in enumerate(zip(runs, fates, strict=True)):
        lines = tuple(line for group in run for line in layout.render(group, structure))
        blocks = [block for group in run for block in group]
        score = round(1 - max(chances[block] for block in blocks), 3) if number in gone else None
        pieces.append(Piece(lines, stays, kind, score, "; ".join(reasons.get(number, ())), rule))
    return pieces


@lru_cache(maxsize=20_000)
def _kind_of_name(name: str) -> Kind | None:
    words = set(name_words(name))
    return next((kind for kind, telling in _KIND_OF_WORDS if words & telling), None)


class _Layout:
    """Which blocks make a line, and what stands before it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._tags = [TAGS[number] for number in page.tags]
        self._kinds: dict[int, Kind | None] = {}
        self._nearest: dict[str, list[int]] = {}

    def groups(self) -> list[list[int]]:
        """Put the cells of a row of a table of data into one line; any other block makes a line."""
        page = self._page
        table_of, row_of = self._up("table"), self._up("tr")
        rows = [row_of[owner] for owner in page.owners]
        layout_tables = {
            table_of[page.owners[block]]
            for block, row in enumerate(rows)
            if row >= 0
            and (len(page.texts[block]) > _TABLE_CELLS or self._tags[page.owners[block]] not in ("td", "th"))
        }
        groups: list[list[int]] = []
        for block, row in enumerate(rows):
            together = row >= 0 and groups and rows[groups[-1][-1]] == row
            if together and table_of[page.owners[block]] not in layout_tables:
                groups[-1].append(block)
            else:
                groups.append([block])
        return groups

    def keep_tables(self, groups: list[list[int]], kept: list[bool]) -> None:
        """Keep the rows of a table of data that stands between two blocks of the text, in their container.

        A judge that looks at cells sees short pieces without sentences. Changes `kept`.
        """
        page = self._page
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        for group in groups:
            if len(group) > 1:
                table = self._up("table")[page.owners[group[0]]]
                first.setdefault(table, group[0])
                last[table] = group[-1]
        for table, block in first.items():
            before, after = block - 1, last[table] + 1
            if before < 0 or after >= len(kept) or not (kept[before] and kept[after]):
                continue
            holder = page.parents[table]
            if all(page.parents[page.owners[at]] == holder for at in (before, after)):
                kept[block:after] = [True] * (after - block)

    def in_table(self, block: int) -> bool:
        """Say whether a block is in a row of a table."""
        return self._up("tr")[self._page.owners[block]] >= 0

    def kind(self, block: int) -> Kind:
        """Tell from its place what a block is that is no text."""
        kind = self._kind(self._page.inner[block])
        return kind or "learned"

    def _kind(self, element: int) -> Kind | None:
        page = self._page
        climbed = []
        kind: Kind | None = None
        while element >= 0 and element not in self._kinds:
            climbed.append(element)
            kind = _KIND_OF_TAG.get(self._tags[element])
            if kind is None and page.names[element]:
                kind = _kind_of_name(page.named[page.names[element]])
            if kind is None and self._tags[element] == "footer":
                kind = "navigation"
            if kind is not None:
                break
            element = page.parents[element]
        else:
            kind = self._kinds.get(element)
        for passed in climbed:
            self._kinds[passed] = kind
        return kind

    def _up(self, tag: str) -> list[int]:
        """Give of each element the nearest one of a name at or above it; -1 where there is none."""
        nearest = self._nearest.get(tag)
        if nearest is None:
            page, number = self._page, TAG_NUMBER[tag]
            nearest = self._nearest[tag] = [-1] * len(page.tags)
            # Most pages have no table, so the loop is spared. The root has no parent: what it finds is last, still -1.
            if number in page.tags:
                for element, own in enumerate(page.tags):
                    nearest[element] = element if own == number else nearest[page.parents[element]]
        return nearest

    def render(self, group: list[int], structure: Structure) -> list[str]:
        """Write the lines of a group of blocks."""
        page = self._page
        block = group[0]
        owner = page.owners[block]
        if len(group) > 1:
            cells = [page.texts[cell] for cell in group]
            return [f"| {' | '.join(cells)} |" if structure == "markdown" else " | ".join(cells)]
        if block in page.verbatim:
            lines = [line for line in page.verbatim[block].split("\n") if line.strip()]
            return ["```", *lines, "```"] if structure == "markdown" else lines
        text = page.texts[block]
        tag = self._tags[owner]
        item = self._up("li")[owner]
        marker = "- " if item >= 0 and self._begins(item, block) else ""
        if structure == "plain":
            return [marker + text]
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            return [f"{'#' * int(tag[1])} {text}"]
        quoted = "> " if self._up("blockquote")[owner] >= 0 else ""
        return [quoted + marker + text]

    def _begins(self, item: int, block: int) -> bool:
        """Say whether a block is the first of a list item."""
        owners = self._page.owners
        return block == 0 or not item <= owners[block - 1] < self._page.ends[item]
