"""Passages: which parts of one text stand in another, letter by letter, and what stands between them.

Both texts are laid side by side where eight letters in a row agree. What differs between two such places tells an
altered copy from a formula that two stories share: noise and edits leave short gaps, or long passages without one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.sign.compiled import compiled
from pipeline.sign.letters import U32, grams_of
from pipeline.sign.shingles import U64

I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

RUN = 8
"""So many letters in a row agree by more than chance: of two stories in one language a tenth of the letters do."""
# What comparing takes longer without compiled code, a letter.
_LETTER_NS = 60
# A gap of more letters than this, on either side, is no alteration of what stood there.
SHORT_GAP = 40


class Letters:
    """The letters of a text, made ready for comparison as far as it is asked for."""

    def __init__(self, codes: U32, head: int) -> None:
        """Take them; `head` is how many of them stand above the prose: a headline, a byline."""
        self.codes = codes.view()
        # Compiled code is compiled for one kind of array only.
        self.codes.flags.writeable = False
        self.head = head

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def grams(self) -> U64:
        """Hash of the run of `RUN` letters that begins at each letter."""
        return grams_of(self.codes, RUN)

    @cached_property
    def order(self) -> I64:
        """Places of the grams, by hash, then by place."""
        return np.argsort(self.grams, kind="stable")

    @cached_property
    def ordered(self) -> U64:
        """The grams, sorted."""
        return self.grams[self.order]

    def shared(self, other: Letters) -> Flags:
        """Say of each letter whether it stands in a run that the other text has too."""
        if (fast := laying(_LETTER_NS * (len(self) + len(other)))) and min(len(self), len(other)) >= RUN:
            return np.asarray(fast.mark_shared(self.codes, other.codes, RUN))
        return _cover(_found(self.grams, other.ordered)[1], len(self.codes))


class Alignment(NamedTuple):
    """How the letters of one text lie in another."""

    passage: float
    """Mean length of the passages that agree, in letters."""
    gaps: float
    """Short gaps between passages, by the passages."""
    unlike: float
    """Letters that differ in a short gap, on the average."""
    beyond: float
    """Share of the letters that are neither in a passage nor in a short gap; the head is left out."""


class Shared(NamedTuple):
    """How many letters of two texts stand in passages of the other."""

    one: int
    bare_one: int
    """Letters of the first one's head that are in none. Carriers put their own headlines over a story."""
    two: int
    bare_two: int

    def shares(self, one: Letters, two: Letters) -> tuple[float, float]:
        """Give the shares of the letters; what stands above the prose counts where it is shared only."""
        return _share(self.one, len(one) - self.bare_one), _share(self.two, len(two) - self.bare_two)


def count_shared(one: Letters, two: Letters) -> Shared:
    """Count the letters that stand in passages of the other text."""
    if fast := laying(_LETTER_NS * (len(one) + len(two))):
        return Shared(*fast.count_shared(one.codes, two.codes, one.head, two.head, RUN))
    counted = []
    for mine, other in ((one, two), (two, one)):
        flags = mine.shared(other)
        counted += [int(np.count_nonzero(flags)), int(np.count_nonzero(~flags[: mine.head]))]
    return Shared(*counted)


def align(one: Letters, two: Letters, shared: Shared) -> Alignment:
    """Lay one text beside another, passage after passage in the order of the first."""
    if fast := laying(_LETTER_NS * (len(one) + len(two))):
        passages, gaps, unlike, inside = fast.lay_beside(one.codes, two.codes, RUN, SHORT_GAP)
    else:
        passages, gaps, unlike, inside = _lay_beside(one, two)
    if not passages:
        return Alignment(0.0, 0.0, 0.0, 1.0)
    counted = len(one) - shared.bare_one
    return Alignment(
        passage=shared.one / passages,
        gaps=gaps / passages,
        unlike=unlike / gaps if gaps else 0.0,
        beyond=max(0, counted - shared.one - inside) / max(1, counted),
    )


def _lay_beside(one: Letters, two: Letters) -> tuple[int, int, int, int]:
    """Count passages, short gaps, letters that differ in these, and letters of the first text in them."""
    if min(len(one), len(two)) < RUN:
        return 0, 0, 0, 0
    first, found = _found(one.grams, two.ordered)
    places = np.flatnonzero(found)
    if not len(places):
        return 0, 0, 0, 0
    beside = _beside(one, two, places, first[places])
    begins = np.ones(len(places), np.bool_)
    begins[1:] = (places[1:] != places[:-1] + 1) | (beside[1:] != beside[:-1] + 1)
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(places)) - 1
    a, a_end = places[starts], places[ends] + RUN
    b, b_end = beside[starts], beside[ends] + RUN
    here, there = a[1:] - a_end[:-1], b[1:] - b_end[:-1]
    short = (here >= 0) & (here <= SHORT_GAP) & (there >= 0) & (there <= SHORT_GAP)
    unlike = 0
    for gap in np.flatnonzero(short).tolist():
        mine = one.codes[a_end[gap] : a[gap + 1]].tolist()
        theirs = two.codes[b_end[gap] : b[gap + 1]].tolist()
        unlike += max(len(mine), len(theirs)) - common_letters(mine, theirs)
    return len(starts), int(np.count_nonzero(short)), unlike, int(here[short].sum())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


class Laying(NamedTuple):
    """What is worth compiling (see `pipeline.match.laying`)."""

    count_shared: Callable[..., Any]
    mark_shared: Callable[..., Any]
    lay_beside: Callable[..., Any]


def laying(nanoseconds: int) -> Laying | None:
    """Give the compiled code once it is worth loading; None before, and where there is no numba."""
    return _numba() if compiled(nanoseconds) else None


@cache
def _numba() -> Laying:
    from pipeline.match import laying as made

    return Laying(made.count_shared, made.mark_shared, made.lay_beside)


def common_letters(one: list[int], two: list[int]) -> int:
    """Count the letters of a longest common subsequence, a row of bits for each letter.

    Source: H. Hyyrö, "Bit-parallel LCS-length computation revisited" (2004).

    >>> common_letters([1, 2, 3, 4], [1, 3, 4, 5])
    3
    """
    places: dict[int, int] = {}
    for at, letter in enumerate(one):
        places[letter] = places.get(letter, 0) | 1 << at
    whole = (1 << len(one)) - 1
    row = whole
    for letter in two:
        hit = row & places.get(letter, 0)
        row = (row + hit | row - hit) & whole
    return len(one) - row.bit_count()


def _found(grams: U64, ordered: U64) -> tuple[I64, Flags]:
    """Look grams up -> of each the first place in the sorted ones that is not less, and whether it is the same."""
    at = np.searchsorted(ordered, grams)
    if not len(ordered):
        return at, np.zeros(len(grams), np.bool_)
    return at, ordered[np.minimum(at, len(ordered) - 1)] == grams


def _cover(found: Flags, letters: int) -> Flags:
    """Say of each letter whether it stands in a run that was found."""
    edges = np.zeros(letters + 1, np.int64)
    places = np.flatnonzero(found)
    edges[places] += 1
    np.subtract.at(edges, np.minimum(places + RUN, letters), 1)
    covered: Flags = np.cumsum(edges)[:letters] > 0
    return covered


def _beside(one: Letters, two: Letters, places: I64, first: I64) -> I64:
    """Say of grams of one text where they stand in the other; one that stands there often, beside its neighbours."""
    beside = two.order[first]
    next_one = np.minimum(first + 1, len(two.ordered) - 1)
    often = (two.ordered[next_one] == one.grams[places]) & (next_one != first)
    if often.all() or not often.any():
        return beside
    numbers = np.arange(len(places))
    before = np.maximum.accumulate(np.where(often, -1, numbers))
    after = np.minimum.accumulate(np.where(often, len(places), numbers)[::-1])[::-1]
    settled = ~often
    for near in (before, after):
        there = (near >= 0) & (near < len(places)) & ~settled
        anchor = np.where(there, near, 0)
        wanted = beside[anchor] + places - places[anchor]
        there &= (wanted >= 0) & (wanted < len(two.grams))
        there &= two.grams[np.where(there, wanted, 0)] == one.grams[places]
        beside = np.where(there, wanted, beside)
        settled |= there
    return beside
