"""Learn: the sketches of a site's pages → the blocks that are template.

What counts is how many distinct stories have a block, never how many pages: a story run forty times is one story. To
tell stories apart, the blocks that many pages share are left out, and pages that share the ends of most of their own
blocks tell one story, as edited copies do. Which shared blocks are template follows from the count and from where they
stand (`_judge`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.config import SitesConfig
from pipeline.sites.pages import Page, Pages
from pipeline.sites.sketch import FIGURES_SHIFT, FIXED, KEY_SHIFT, LABEL, PROSE, SIZE_SHIFT, TELLING
from pipeline.sites.template import PLACES, Evidence, Place, Template

_I64 = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]

# Less of its own than this, in bytes and as a share of the page, and a page shows no story that counts: it may be a
# copy with a word changed, or hold nothing.
_OWN_BYTES, _OWN_SHARE = 40, 0.15
# Copies of a story, edited or abridged, share the ends of at least half of its blocks.
_SAME_STORY = 0.5
# More shared prose than this before the first that is the page's own, and outweighing that, is more likely a story run
# again with other comments under it than template: what stands above a text is short.
_LONGEST_ABOVE = 1500
# Two blocks belong together if, of the stories that have one, so many have the other right beside it.
_TOGETHER = 0.5
# A place where a block stands on fewer of its stories is none of its places: the article that discusses a disclaimer.
_PLACE_SHARE = 0.2
# Without a neighbour that is the same each time, a block must be so long, in bytes as a bit length (32, and 64 between
# paragraphs), and its place so stable.
_ALONE_SIZE, _ALONE_SIZE_BETWEEN = 6, 7
_ALONE_STABLE = 0.8

# Copies of a story are compared with so many of the pages that share a block's end with them.
_COMPARED = 64
# Of so many at once.
_COMPARED_AT_ONCE = 1 << 18

_START, _END = -1, -2

# A number of 48 bits and one below this make one of 64.
_PLACES = 1 << 16


def learn(pages: Sequence[Page], config: SitesConfig) -> tuple[int, list[Template]]:
    """Learn the templates of a site.

    Args:
        pages: of one site, in order of arrival.
        config: how many stories must have a block.

    Returns:
        How many distinct stories the pages tell, and the templates, in order of their keys. Nothing where no block
        stands on enough pages. Time is n log n in the blocks, but for copies of stories: each is compared with at most
        `_COMPARED` pages for each of its blocks.
    """
    if len(pages) < config.min_stories:
        return 0, []
    pages = Pages.of(pages)
    if not _may_share(pages, config.min_stories):
        return 0, []
    whole = _Blocks(pages)
    shared = whole.pages_with() >= config.min_stories
    if not shared.any():
        return 0, []
    # At first every block that several pages share may be template, so that no story is seen but in what is its own.
    # Stories run several times show only once it is known which of the shared blocks are template indeed.
    stories = _tell_stories(whole, shared)
    found = _judge(whole, shared, stories, config)
    if (stories < 0).any():
        template = np.isin(whole.keys, np.array([one.key for one in found], np.int64))
        stories = _tell_the_rest(stories, _tell_stories(whole, template))
        found = _judge(whole, shared, stories, config)
    return _count(stories), found


def _may_share(pages: Pages, times: int) -> bool:
    """Say whether some block stands on the pages so many times: on most sites none does, and no more need be asked."""
    keys = np.sort(pages.keys)
    return bool((keys[times - 1 :] == keys[: len(keys) - times + 1]).any())


def count_stories(pages: Sequence[Page], config: SitesConfig) -> int:
    """Count the distinct stories that the pages of a site tell."""
    if not pages:
        return 0
    whole = _Blocks(Pages.of(pages))
    shared = whole.pages_with() >= config.min_stories
    return learn(pages, config)[0] if shared.any() else _count(_tell_stories(whole, shared))


class _Blocks:
    """The blocks of all pages in one row: arrays of shape (blocks,) but for `keys`."""

    def __init__(self, pages: Pages) -> None:
        self.pages = len(pages)
        packed = pages.blocks.astype(np.int64)
        self.page: _I64 = np.repeat(np.arange(self.pages), pages.sizes)
        hashes = packed >> KEY_SHIFT & ((1 << 48) - 1)
        self.figures: _I64 = packed >> FIGURES_SHIFT & 0xFF
        self.prose: _Flags = (packed & PROSE) > 0
        self.fixed: _Flags = (packed & FIXED) > 0
        self.label: _Flags = (packed & LABEL) > 0
        self.telling: _Flags = (packed & TELLING) > 0
        self.size: _I64 = packed >> SIZE_SHIFT & 0xF
        # In the middle of what its bit length allows.
        self.bytes: _I64 = 3 << self.size >> 2
        self.anchor: _I64 = np.zeros(len(packed), np.int64)
        self.anchor[self.telling] = pages.anchors
        self.keys, self.key, self._order, self._starts = _grouped(hashes)
        """The distinct keys, sorted; of each block, the place of its key among them."""

    def pages_with(self) -> _I64:
        """Say on how many pages each distinct key stands; 0 for what is never cut."""
        # Of one key, blocks stand in the order of their pages.
        there = self._order[~self.fixed[self._order]]
        keys = self.key[there]
        return np.bincount(keys[_changes(keys) | _changes(self.page[there])], minlength=len(self.keys))

    def places_of(self, key: int) -> _I64:
        """Give the places of the blocks with a key."""
        return self._order[self._starts[key] : self._starts[key + 1]]

    def count(self, of: _I64, where: _Flags) -> _I64:
        """Count, for each distinct key, the distinct values of `of` that its blocks chosen by `where` have."""
        bits = int(of.max(initial=0)).bit_length()
        pairs = _distinct(self.key[where] << bits | of[where])
        return np.bincount(pairs >> bits, minlength=len(self.keys))


def _distinct(numbers: _I64) -> _I64:
    """Give the distinct ones of some numbers, sorted: what `numpy.unique` does, which is ten times as slow."""
    ordered = np.sort(numbers)
    return ordered[_changes(ordered)]


def _changes(ordered: _I64) -> _Flags:
    """Say of each of some numbers whether it is the first, or another one than that before it."""
    changes = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=changes[1:])
    return changes


def _grouped(numbers: _I64) -> tuple[_I64, _I64, _I64, _I64]:
    """Group numbers of at most 48 bits by their value.

    Returns:
        The distinct ones, sorted; of each number, its place among them; the places of all numbers, group by group and
        in their order within each; where each group begins there, and where the last ends.
    """
    if len(numbers) <= _PLACES:
        # Sorted with its place in one number, which is several times as fast as to sort places by what stands there.
        packed = np.sort(numbers.astype(np.uint64) << np.uint64(16) | np.arange(len(numbers), dtype=np.uint64))
        order = (packed & np.uint64(_PLACES - 1)).astype(np.int64)
    else:
        order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    changes = _changes(ordered)
    begins = np.flatnonzero(changes)
    place = np.empty(len(numbers), np.int64)
    place[order] = np.cumsum(changes) - 1
    return ordered[begins], place, order, np.append(begins, len(numbers))


def _count(stories: _I64) -> int:
    return int(np.count_nonzero(np.bincount(stories[stories >= 0])))


def _tell_stories(whole: _Blocks, shared: _Flags) -> _I64:
    """Say which story each page tells, by a number; -1 where a page has too little of its own to tell one.

    Args:
        whole: the blocks.
        shared: which of the distinct keys are not a page's own.
    """
    own = ~shared[whole.key] & (whole.size > 0)
    # Bytes of each page: shared, shared prose, own, own prose.
    sums = np.bincount(whole.page * 4 + own * 2 + whole.prose, whole.bytes, whole.pages * 4).reshape(-1, 4)
    shared_prose, own_prose = sums[:, 1], sums[:, 3]
    in_prose = own_prose + shared_prose > 0
    # Lists and menus do not speak against a story, nor for one where there is prose.
    of_own = np.where(in_prose, own_prose, sums[:, 2] + own_prose)
    of_shared = np.where(in_prose, shared_prose, sums[:, 0] + shared_prose)
    tells = (of_own >= _OWN_BYTES) & (of_own >= _OWN_SHARE * (of_own + of_shared))
    first, last = _ends(whole, own & whole.prose)
    above = np.flatnonzero(~own & whole.prose)
    above = above[above < first[whole.page[above]]]
    of_above = np.bincount(whole.page[above], whole.bytes[above], whole.pages)
    tells &= (of_above <= _LONGEST_ABOVE) | (of_above <= own_prose)
    stories: _I64 = np.where(tells, np.arange(whole.pages), -1)
    # A page is told by its own prose; without any by its longer lines, else by any line.
    of_prose, of_telling = (last >= 0)[whole.page], (_ends(whole, own & whole.telling)[1] >= 0)[whole.page]
    mark = np.where(whole.telling & of_telling, whole.anchor, -1 - whole.key)
    there = tells[whole.page]
    mine = there & own & np.where(of_prose, whole.prose, whole.telling | ~of_telling)
    for page, other in _alike(mark, whole.page, mine, there, whole.pages):
        _unite(stories, page, other)
    while not np.array_equal(upper := np.where(stories >= 0, stories[stories], -1), stories):
        stories = upper
    return stories


def _ends(whole: _Blocks, chosen: _Flags) -> tuple[_I64, _I64]:
    """Give where the first and the last of some blocks of each page stand: beyond all, and -1, where it has none."""
    places = np.flatnonzero(chosen)
    pages = whole.page[places]
    first, last = np.full(whole.pages, len(chosen)), np.full(whole.pages, -1)
    # What is assigned last stays.
    first[pages[::-1]] = places[::-1]
    last[pages] = places
    return first, last


def _alike(mark: _I64, page: _I64, mine: _Flags, there: _Flags, pages: int) -> Iterator[tuple[int, int]]:
    """Find pages that share the marks of most of their own blocks with another one.

    Args:
        mark: of each block; anchors and keys both fit into 33 bits, with a bit for which of them it is.
        page: of each block.
        mine: the blocks that tell the page's story.
        there: the blocks of pages that tell one.
        pages: how many there are.
    """
    # Each mark with each page that has it, and whether it tells that page's story: in one number, sorted.
    bits = pages.bit_length()
    marked = np.sort(((mark[there] - mark.min(initial=0)) << bits | page[there]) << 1 | ~mine[there])
    begins = _changes(marked >> 1)
    marked = marked[begins]
    holder, tells = marked >> 1 & ((1 << bits) - 1), marked & 1 == 0
    marks = np.flatnonzero(_changes(marked >> 1 + bits))
    holders = np.diff(marks, append=len(marked))
    own = np.flatnonzero(tells)
    mark_of = np.searchsorted(marks, own, "right") - 1
    # Most pages share no mark with any other, and are done with here.
    elsewhere = holders[mark_of] > 1
    marks_of = np.bincount(holder[own], minlength=pages)
    marks_elsewhere = np.bincount(holder[own[elsewhere]], minlength=pages)
    alike = (marks_elsewhere > 0) & (marks_elsewhere >= _SAME_STORY * marks_of)
    looked_at = elsewhere & alike[holder[own]]
    order = np.argsort(holder[own[looked_at]], kind="stable")
    own, mark_of = own[looked_at][order], mark_of[looked_at][order]
    compared = np.minimum(holders[mark_of], _COMPARED)
    # Some at a time, the marks of a page together.
    ends = np.append(0, np.cumsum(compared))
    start = 0
    while start < len(own):
        stop = np.searchsorted(ends, ends[start] + _COMPARED_AT_ONCE, "right") - 1
        stop = int(np.searchsorted(holder[own], holder[own[max(stop, start + 1) - 1]], "right"))
        counts = compared[start:stop]
        theirs = np.repeat(marks[mark_of[start:stop]] - ends[start:stop] + ends[start], counts)
        pairs = np.sort(np.repeat(holder[own[start:stop]], counts) << bits | holder[theirs + np.arange(len(theirs))])
        first = np.flatnonzero(_changes(pairs))
        hits = np.diff(first, append=len(pairs))
        one, other = pairs[first] >> bits, pairs[first] & ((1 << bits) - 1)
        same = (one != other) & (hits >= _SAME_STORY * marks_of[one])
        yield from zip(one[same].tolist(), other[same].tolist(), strict=True)
        start = stop


def _tell_the_rest(stories: _I64, anew: _I64) -> _I64:
    """Give pages that told no story the one they tell now, if no other page told it.

    What was told apart stays so: template that is not found makes stories look alike.
    """
    told = anew[(stories >= 0) & (anew >= 0)]
    return np.where((stories >= 0) | np.isin(anew, told), stories, anew)


def _root(stories: _I64, page: int) -> int:
    while stories[page] != page:
        stories[page] = stories[stories[page]]
        page = int(stories[page])
    return page


def _unite(stories: _I64, one: int, other: int) -> None:
    first, second = sorted((_root(stories, one), _root(stories, other)))
    stories[second] = first


def _judge(whole: _Blocks, shared: _Flags, stories: _I64, config: SitesConfig) -> list[Template]:
    """Say which shared blocks are template: on enough stories, in a stable place, and in the company of others.

    Short lines need company: the beginning or end of the text, or a neighbour that is the same on each story. A
    recurring heading has none, for what follows it is another text each time. Prose needs a share of the site's stories
    beside: background paragraphs recur too. Between paragraphs of the page's own more is needed of both.
    """
    of = stories[whole.page]
    seen = _count(stories)
    counts = whole.count(np.maximum(of, 0), (of >= 0) & ~whole.fixed)
    may_be = shared & (counts >= config.min_stories)
    if not may_be.any():
        return []
    company = _company(whole, of, may_be, counts, seen, config)
    share = counts / max(1, seen)
    known = np.zeros_like(may_be)
    known[list(company)] = True
    known |= may_be & (share >= config.min_share)
    if not known.any():
        # Nothing would speak for any of them.
        return []
    places = _places(whole, of, known)

    found: dict[int, _Case] = {}
    for key in np.flatnonzero(may_be).tolist():
        case = _case(whole, key, of, places[key], int(counts[key]), float(share[key]), config)
        if case is not None:
            case.evidence.update(kind for kind, _ in company.get(key, ()))
            found[key] = case
    _drop_the_lonely(found, company)
    return [
        Template(
            key=int(whole.keys[key]),
            stories=int(counts[key]),
            stories_seen=seen,
            places=frozenset(case.places),
            evidence=frozenset(case.evidence),
            neighbours=frozenset(int(whole.keys[other]) for _, other in company.get(key, ()) if other in found),
        )
        for key, case in sorted(found.items())
    ]


@dataclass(slots=True)
class _Case:
    """What speaks for a block."""

    places: set[Place]
    evidence: set[Evidence]


def _case(
    whole: _Blocks, key: int, of: _I64, stood: _I64, count: int, share: float, config: SitesConfig
) -> _Case | None:
    """Hold a block against what needs no company. None: it is not template, whatever stands beside it."""
    here = whole.places_of(key)
    first = here[0]
    if whole.prose[first] and share < config.min_share:
        return None
    part = stood / max(1, stood.sum())
    places = {place for place, one in zip(PLACES, part.tolist(), strict=True) if one >= _PLACE_SHARE}
    if count < config.min_stories_between or share < config.min_share_between:
        places.discard("between")
    if not places:
        return None
    figures = whole.figures[here[of[here] >= 0]]
    same_figures = len(figures) > 0 and bool((figures == figures[0]).all())
    size = _ALONE_SIZE_BETWEEN if "between" in places else _ALONE_SIZE
    stands_alone = (
        not whole.label[first]
        and same_figures
        and whole.size[first] >= size
        and share >= config.min_share
        and part.max() >= _ALONE_STABLE
    )
    return _Case(places, {"alone"} if stands_alone else set())


def _company(
    whole: _Blocks, of: _I64, may_be: _Flags, counts: _I64, seen: int, config: SitesConfig
) -> dict[int, list[tuple[Evidence, int]]]:
    """Say which blocks stand, again and again, beside the same block or at an end of the text.

    Returns:
        For each such key its evidence, each with the key of the neighbour (`_START` and `_END` for the ends).
    """
    starts = np.flatnonzero(np.diff(whole.page, prepend=-1))
    left = np.roll(whole.key, 1)
    left[starts] = _START
    ends = np.append(starts[1:], len(whole.key)) - 1
    before = np.concatenate([left, whole.key[ends]])
    after = np.concatenate([whole.key, np.full(len(ends), _END)])
    story = np.concatenate([of, of[ends]])
    # One more place at the end of each array stands for an end of the text: keys below 0 index it.
    able = np.append(may_be, [True, True])
    chosen = able[before] & able[after] & (story >= 0) & (before != after)
    # Ends of the text come after all keys, so that three numbers make one that sorts as fast as it goes.
    kinds, of_stories = len(whole.keys) + 2, whole.pages
    pair = (before[chosen] % kinds) * kinds + after[chosen] % kinds
    distinct, place, _, _ = _grouped(pair)
    together = np.bincount(_distinct(place * of_stories + story[chosen]) // of_stories, minlength=len(distinct))
    often = together >= config.min_stories
    company: dict[int, list[tuple[Evidence, int]]] = {}
    for code, count in zip(distinct[often].tolist(), together[often].tolist(), strict=True):
        one, other = (at - kinds if at >= kinds - 2 else at for at in divmod(code, kinds))
        if other >= 0:
            if one == _START:
                if count >= config.min_share * seen:
                    company.setdefault(other, []).append(("start", _START))
            elif count >= _TOGETHER * counts[one]:
                company.setdefault(other, []).append(("neighbour", one))
        if one >= 0:
            if other == _END:
                if count >= config.min_share * seen:
                    company.setdefault(one, []).append(("end", _END))
            elif count >= _TOGETHER * counts[other]:
                company.setdefault(one, []).append(("neighbour", other))
    return company


def _places(whole: _Blocks, of: _I64, known: _Flags) -> _I64:
    """Count where each key stands: shape (keys, places), over pages that tell a story."""
    own = ~known[whole.key] & ~whole.fixed
    index = np.arange(len(whole.key))
    first = np.full(whole.pages, len(index))
    last = np.full(whole.pages, -1)
    # A page without prose of its own has its longer lines for it, or any.
    for chosen in (own & whole.prose, own & whole.telling, own):
        low, high = _ends(whole, (last < 0)[whole.page] & chosen)
        first, last = np.minimum(first, low), np.maximum(last, high)
    place = np.where(index < first[whole.page], 0, np.where(index > last[whole.page], 2, 1))
    told = of >= 0
    flat = np.bincount(whole.key[told] * len(PLACES) + place[told], minlength=len(known) * len(PLACES))
    return flat.reshape(len(known), len(PLACES))


def _drop_the_lonely(found: dict[int, _Case], company: dict[int, list[tuple[Evidence, int]]]) -> None:
    """Take out, until all is settled, what has only neighbours for evidence that are no template themselves."""
    waiting = list(found)
    while waiting:
        gone = []
        for key in waiting:
            case = found.get(key)
            if case is None:
                continue
            if not any(kind == "neighbour" and other in found for kind, other in company.get(key, ())):
                case.evidence.discard("neighbour")
            if not case.evidence:
                del found[key]
                gone.append(key)
        waiting = list(found) if gone else []
