"""Byline and date-line of a page as readers see them: one walk over its body, what is nearest the headline wins."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from pipeline.extract.dates_in_page import read_field, read_visible
from pipeline.extract.declared import in_order, pieces_of, text_of
from pipeline.extract.marks import CHANGED, NEVER, SAID_CHANGED, SAID_OTHER, SAID_PUBLISHED, Mark, has_year, judge
from pipeline.extract.people import is_labelled, read_names
from pipeline.strip.rule import names
from pipeline.words.fold import fold

if TYPE_CHECKING:
    from lxml.etree import _Element

# Elements that may hold a byline or a date, or what is skipped. Others are passed over, but what they hold is not.
_SEEN = in_order(
    "html|body|main|article|section|header|footer|aside|nav|form|figure|svg|select|button|template|iframe|video|audio",
    "object|h1|h2|h3|h4|h5|h6|p|div|span|a|ul|ol|li|dl|dt|dd|td|tr|time|address|small|strong|b|em|i|br|cite|font|center",
    "abbr|figcaption|details|blockquote|label|img|meta|noscript|head|relative-time|time-ago|local-time",
    "faceplate-timeago|shreddit-post",
)
# Elements that hold nothing about the article itself.
_SKIPPED = names("script|style|nav|form|svg|iframe|select|template|button|head|figure|video|audio|object")
# What the whole page is wrapped in may bear any class.
_NEVER_SKIPPED = names("html|body|main|article|h1|time")
_HEADINGS = names("h1|h2|h3")
_FOOT = re.compile("foot|copyright", re.IGNORECASE)
_AND = names("and|und|et|y|e|en|i|и|og|och")
_OPENS_WITH_AND = re.compile(r"(?:[,&;]|(?:and|und|et|y)(?:\s|$))")
_SHORT_YEAR = re.compile(r"(?<![\d./-])(\d\d?)([./-])(\d\d?)\2(\d\d)(?![\d./-])")

_NO_MARK = Mark(False, NEVER, NEVER)
_SKIPPED_MARK = Mark(True, NEVER, NEVER)
# Ranks of authors beside those of marks: a field for them, and a line that begins as a byline does.
_FIELD, _LABELLED = 0, 5
# Ranks of dates beside those of marks: a field or attribute for them, text near the headline, behind an element there,
# and anywhere.
_TIME, _NEAR_TEXT, _NEAR_TAIL, _FAR_TEXT = 2, 4, 5, 6
# One rank counts as much as so many elements farther from the headline.
_STEP = 40.0

# How many elements after the headline may still be of its byline; past how many a sure sign is no longer beaten.
_AFTER = 80
_ENOUGH = 120
_STRIDE = 16
_SURE = 3
# Authors farther off than this are those of something else.
_FARTHEST_BEFORE, _FARTHEST_AFTER = 100, 500
# Nothing is looked for farther off than this.
_FARTHEST = 600
_LONGEST_LINE = 160
_SHORT_LABEL = 12
# A line that is not labelled as a date holds no more characters than this with one.
_LONGEST_DATE_LINE = 60
_MOST_AUTHORS = 60
_MOST_DATES = 240
_MOST_LINES = 2_000
_MOST_READ = 60
_MOST_WORDS_OF_A_LABEL = 6
_MOST_HEADINGS = 5
_MOST_FEET = 10
_MOST_IN_A_FOOT = 50


@dataclass(slots=True)
class Seen:
    """What readers see of a page's authors and dates. Dates are YYYY-MM-DD."""

    authors: tuple[str, ...] = ()
    published: str | None = None
    changed: str | None = None


@dataclass(slots=True)
class _Walk:
    """What a walk looks for and has met, with the number of the element and a rank: the lower, the surer."""

    authors_wanted: bool
    date_wanted: bool
    has_items: bool
    """The page marks anything with `itemprop`."""
    authors: list[tuple[int, int, list[str]]] = field(default_factory=list)
    """Rank, number, pieces of text."""
    dates: list[tuple[int, int, str]] = field(default_factory=list)
    """Rank, number, text."""
    headline: int | None = None
    lines: int = 0
    """How many elements were read for a date."""
    feet: list[_Element] = field(default_factory=list)
    """Footers, where the day of the last change stands."""

    def has_enough(self, away: int) -> bool:
        """Say whether what stands so far behind the headline, and farther, would not be chosen any more."""
        return away > _FARTHEST or (
            (not self.authors_wanted or away > _FARTHEST_AFTER or any(rank <= _SURE for rank, *_ in self.authors))
            and (not self.date_wanted or any(rank <= _SURE for rank, *_ in self.dates))
        )


def read_visible_head(
    tree: _Element, title: str | None, *, authors: bool, date: bool, day_first: bool, not_authors: Collection[str]
) -> Seen:
    """Walk over a page for its byline and date-line.

    Args:
        tree: the page.
        title: its headline, the place near which both are looked for.
        authors: whether authors are wanted.
        date: whether a date is wanted.
        day_first: how ambiguous dates are read.
        not_authors: folded names that are no authors.

    Returns:
        What was found. Comments, teasers, menus and footers are left out, but for a footer's word on the last change
        where there is no other date. The time is linear in the page.
    """
    walk = _Walk(authors, date, has_items=bool(_any_item()(tree)))
    _walk(tree, fold(title) if title else None, walk)
    head = walk.headline or 0
    seen = Seen()
    if authors:
        seen.authors = _authors(walk, head, not_authors)
    if date:
        _read_dates(walk, head, seen, day_first=day_first)
        if not seen.published and not seen.changed:
            _read_feet(walk.feet, seen, day_first=day_first)
    return seen


@cache
def _any_item() -> Callable[[_Element], Any]:
    from lxml.etree import XPath

    find: Callable[[_Element], Any] = XPath("boolean(//@itemprop)")
    return find


def _walk(tree: _Element, title: str | None, walk: _Walk) -> None:
    from lxml.etree import iterwalk

    # Wherever a first heading stands, the page is about that: no class of what holds it says otherwise.
    holders = {holder for heading in islice(tree.iter("h1"), _MOST_HEADINGS) for holder in heading.iterancestors()}
    number = 0
    first_heading: int | None = None
    walker = iterwalk(tree, events=("start",), tag=_SEEN)
    for _, element in walker:
        tag = element.tag
        number += 1
        mark = _mark_of(element, tag)
        # A button that is never closed holds the rest of its page.
        if mark.skipped and tag not in _NEVER_SKIPPED and element not in holders:
            if tag not in _SKIPPED:
                _meet_foot(element, tag, walk)
            walker.skip_subtree()
            continue
        if walk.headline is None:
            if tag in _HEADINGS and title is not None and fold(text_of(element, 300)) == title:
                walk.headline = number
            elif tag == "h1" and first_heading is None:
                first_heading = number
            elif first_heading is not None and number - first_heading > _ENOUGH:
                walk.headline = first_heading
        elif number % _STRIDE == 0 and number - walk.headline > _ENOUGH and walk.has_enough(number - walk.headline):
            # What a footer says is read all the same.
            walk.feet += islice(tree.iter("footer"), _MOST_FEET)
            break
        near = walk.headline is None or number - walk.headline <= _AFTER
        # Above the headline a menu has many texts and no byline, unless the headline is not marked up as one.
        may_be_labelled = near and (walk.headline is not None or not holders)
        if walk.authors_wanted and (may_be_labelled or mark.author != NEVER or tag == "a" or walk.has_items):
            _meet_author(element, tag, number, mark.author, walk, near=may_be_labelled)
        if walk.date_wanted:
            _meet_date(element, tag, number, mark.date, walk, near=near)
    if walk.headline is None:
        walk.headline = first_heading


def _mark_of(element: _Element, tag: str) -> Mark:
    """Give what tag, class and id tell of an element."""
    if tag in _SKIPPED:
        return _SKIPPED_MARK
    named = element.get("class")
    if identity := element.get("id"):
        named = f"{named} {identity}" if named else identity
    if named:
        return judge(named)
    return _SKIPPED_MARK if tag == "footer" else _NO_MARK


def _meet_foot(element: _Element, tag: str, walk: _Walk) -> None:
    named = f"{element.get('class') or ''} {element.get('id') or ''}"[:200]
    if len(walk.feet) < _MOST_FEET and (tag == "footer" or _FOOT.search(named)):
        walk.feet.append(element)


def _meet_author(element: _Element, tag: str, number: int, rank: int, walk: _Walk, *, near: bool) -> None:
    if len(walk.authors) >= _MOST_AUTHORS:
        return
    if (tag == "a" and "author" in (element.get("rel") or "")[:50]) or (
        walk.has_items and "author" in (element.get("itemprop") or "")[:50]
    ):
        rank = _FIELD
    if rank == NEVER and near and (text := element.text) and len(text) < _LONGEST_LINE:
        text = text.strip()
        # "By" alone comes before a name that is marked up as a link.
        if text and is_labelled(f"{text} X" if len(text) < _SHORT_LABEL else text):
            rank = _LABELLED
    if rank != NEVER:
        walk.authors.append((rank, number, pieces_of(element, 300)))


def _meet_date(element: _Element, tag: str, number: int, rank: int, walk: _Walk, *, near: bool) -> None:
    if len(walk.dates) >= _MOST_DATES:
        return
    item = (element.get("itemprop") or "")[:50] if walk.has_items else ""
    text, tail = element.text, element.tail
    if tag == "time":
        rank = _time_rank(element, item, rank)
        written = (element.get("datetime") or "")[:_LONGEST_LINE]
        walk.dates.append((rank, number, written if has_year(written) else text_of(element, _LONGEST_LINE)))
    elif "datePublished" in item or "dateCreated" in item:
        written = element.get("content") or element.get("datetime") or text_of(element, _LONGEST_LINE)
        walk.dates.append((_FIELD, number, written[:_LONGEST_LINE]))
    elif "-" in tag and (stamp := element.get("ts") or element.get("created-timestamp") or element.get("datetime")):
        walk.dates.append((_TIME, number, stamp[:_LONGEST_LINE]))
    elif rank != NEVER and walk.lines < _MOST_LINES:
        walk.lines += 1
        line = text_of(element, 2 * _LONGEST_LINE)
        if len(line) < 1.5 * _LONGEST_LINE and has_year(line):
            walk.dates.append((rank, number, line))
        elif (shown := (element.get("title") or "")[:_LONGEST_LINE]) and has_year(shown):
            walk.dates.append((rank, number, shown))
    elif text and len(text) < _LONGEST_LINE and has_year(text):
        walk.dates.append((_NEAR_TEXT if near else _FAR_TEXT, number, text))
    if tail and len(tail) < _LONGEST_LINE and has_year(tail):
        walk.dates.append((_NEAR_TAIL if near else _FAR_TEXT, number, tail))


def _time_rank(element: _Element, item: str, rank: int) -> int:
    if "date" in item.lower():
        return CHANGED if "modif" in item.lower() else _FIELD
    if element.get("pubdate") is not None:
        return _FIELD
    return rank if rank >= CHANGED else _TIME if rank == NEVER else min(rank, _TIME)


def _cost(rank: int, at: int, head: int) -> float:
    """Weigh how a candidate is marked against how far from the headline it stands; before it is worse than after it."""
    away = at - head
    return rank * _STEP + (away if away >= 0 else 15 - 1.5 * away)


def _authors(walk: _Walk, head: int, not_authors: Collection[str]) -> tuple[str, ...]:
    weighed = [
        (_cost(rank, at, head), rank, pieces)
        for rank, at, pieces in walk.authors
        if rank == _FIELD or -_FARTHEST_BEFORE <= at - head <= _FARTHEST_AFTER
    ]
    weighed.sort(key=lambda one: one[0])
    found = (_names(pieces, rank, not_authors) for _, rank, pieces in weighed[:_MOST_READ])
    return next(filter(None, found), ())


def _names(pieces: list[str], rank: int, not_authors: Collection[str]) -> tuple[str, ...]:
    """Read names from the pieces of a byline: of the first that holds some, and of those joined to it."""
    found: list[str] = []
    joined = True
    is_byline = rank != _LABELLED
    for piece in pieces:
        text = " ".join(piece.split())
        if not text:
            continue
        if is_labelled(f"{text} X") and not is_labelled(text):
            is_byline = True
            continue
        if found and not joined and not _OPENS_WITH_AND.match(text):
            break
        bare = fold(text.strip(" ,&;"))
        read = read_names(text, trusted=rank <= 1, not_these=not_authors)
        if read and (is_byline or is_labelled(text)):
            found += [name for name in read if name not in found]
        elif (found and bare and bare not in _AND) or (not found and _is_told(text)):
            break
        joined = not found or bare in _AND or text.endswith((",", "&", ";", " and", " und"))
    return tuple(found)


def _is_told(text: str) -> bool:
    """Say whether a piece of a byline is a sentence: names after it are others'. "Posted on Monday by" is none."""
    words = text.split()
    return len(words) > _MOST_WORDS_OF_A_LABEL and not is_labelled(f"{words[-1]} X")


def _read_dates(walk: _Walk, head: int, seen: Seen, *, day_first: bool) -> None:
    weighed = [(_cost(rank, at, head), rank, text) for rank, at, text in _said_dates(walk)]
    weighed.sort(key=lambda one: one[0])
    for _, rank, text in weighed[:_MOST_READ]:
        day = read_field(text, day_first=day_first) if rank % CHANGED in (_FIELD, _TIME) else None
        day = day or read_visible(text, day_first=day_first) or _read_short(text, day_first=day_first)
        if day and rank >= CHANGED:
            seen.changed = seen.changed or day
        elif day:
            seen.published = day
            return


def _said_dates(walk: _Walk) -> Iterator[tuple[int, int, str]]:
    """Give the dates that may count, ranked by what is said beside them."""
    for rank, at, text in walk.dates:
        if SAID_OTHER.search(text):
            continue
        if rank == _FIELD or rank >= CHANGED:
            yield rank, at, text
        elif SAID_PUBLISHED.search(text):
            yield max(1, rank - 2), at, text
        elif SAID_CHANGED.search(text):
            yield rank + CHANGED, at, text
        elif rank < _NEAR_TEXT or (rank < _FAR_TEXT and len(text) <= _LONGEST_DATE_LINE):
            yield rank, at, text


def _read_feet(feet: Collection[_Element], seen: Seen, *, day_first: bool) -> None:
    """Read from the feet of page and article what is marked as the day of publication, or told as that of a change."""
    for foot in feet:
        for element in islice(foot.iter("time", "span", "meta"), _MOST_IN_A_FOOT):
            if "datePublished" in (element.get("itemprop") or ""):
                written = element.get("datetime") or element.get("content") or text_of(element, _LONGEST_LINE)
                seen.published = seen.published or read_field(written, day_first=day_first)
        text = text_of(foot, 2_000)
        match = SAID_CHANGED.search(text)
        if match and not seen.changed:
            seen.changed = read_visible(text[match.end() : match.end() + 60], day_first=day_first)


def _read_short(text: str, *, day_first: bool) -> str | None:
    """Read a date whose year has two figures; where stops part them, the day comes first."""
    match = _SHORT_YEAR.search(text[:_LONGEST_LINE])
    if match is None:
        return None
    year = int(match[4])
    full = f"{match[1]}/{match[3]}/{2000 + year if year < 90 else 1900 + year}"
    return read_visible(full, day_first=day_first or match[2] == ".")
