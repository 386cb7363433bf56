"""What two texts have in common at most, by bits that stand for their shingles and their runs of letters.

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit
from pipeline.match import verify
from pipeline.match.arrays import letters_of
from pipeline.match.passages import RUN

U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

_compile = njit
_inline = partial(njit, inline=True)

_0, _1, _2, _4, _6, _8, _32, _56, _63 = (np.uint64(number) for number in (0, 1, 2, 4, 6, 8, 32, 56, 63))
_ODD, _PAIRS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
_FOURS, _ONES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
# Of a run the last letter, the letters that it may hold, a bit each; so many letters are looked at before it is asked.
_LAST, _WINDOW, _STEP = np.uint64(RUN - 1), np.uint64((1 << RUN) - 1), np.uint64(256)


@_compile
def bits_of_shingles(shingles: U64, shingles_at: I64, bits_at: I64) -> tuple[U64, I64]:
    """Set a bit for each shingle of texts; gives the bits, and of each text how many are set.

    Args:
        shingles, shingles_at: as in `Ready`.
        bits_at: where the bits of each text begin, a power of two of words for each.
    """
    texts = len(shingles_at) - 1
    bits, bits_set = np.zeros(bits_at[texts], np.uint64), np.zeros(texts, np.int64)
    for text in range(texts):
        its = bits[bits_at[text] : bits_at[text + 1]]
        last = (np.uint64(len(its)) << _6) - _1
        for at in range(shingles_at[text], shingles_at[text + 1]):
            bit = shingles[at] & last
            its[bit >> _6] |= _1 << (bit & _63)
        count = _0
        for at in range(len(its)):
            count += _set_bits(its[at])
        bits_set[text] = np.int64(count)
    return bits, bits_set


@_inline
def _set_bits(word: Any) -> Any:
    """Count the bits that are set: a sum of sums (H. Warren, Hacker's Delight, 2002), which compilers know."""
    word = word - (word >> _1 & _ODD)
    word = (word & _PAIRS) + (word >> _2 & _PAIRS)
    return ((word + (word >> _4)) & _FOURS) * _ONES >> _56


@_compile
def at_most_shared(earlier: int, later: int, texts: Any) -> Any:
    """Give a number of shingles of which two texts do not share more, by their bits.

    Those that are shared set bits in both. Of the shingles of a text as many set no bit of their own as it has more
    shingles than bits; so many of the shared ones may be among them, and no more.
    """
    few, many = earlier, later
    if texts.bits_at[few + 1] - texts.bits_at[few] > texts.bits_at[many + 1] - texts.bits_at[many]:
        few, many = many, few
    one = texts.bits[texts.bits_at[few] : texts.bits_at[few + 1]]
    two = texts.bits[texts.bits_at[many] : texts.bits_at[many + 1]]
    both = _0
    if len(one) == len(two):
        for at in range(len(one)):
            both += _set_bits(one[at] & two[at])
    else:
        # The lower bits of a hash tell the place, so each part of the larger table is laid over the smaller one.
        for at in range(len(one)):
            over = _0
            for place in range(at, len(two), len(one)):
                over |= two[place]
            both += _set_bits(one[at] & over)
    return np.int64(both) + texts.shingles_at[few + 1] - texts.shingles_at[few] - texts.bits_set[few]


@_inline
def _place(total: Any, bits: Any) -> Any:
    """Give which of so many bits stands for a run: the upper half of a hash, times their number (D. Lemire, 2019)."""
    return (total * _MULTIPLIER >> _32) * bits >> _32


@_compile
def bits_of_runs(letters: U32, letters_at: I64, runs_at: I64) -> U64:
    """Set a bit for each run of letters of texts.

    Args:
        letters, letters_at: as in `Ready`.
        runs_at: where the bits of each text begin.
    """
    bits = np.zeros(runs_at[len(runs_at) - 1], np.uint64)
    for text in range(len(letters_at) - 1):
        its = letters[letters_at[text] : letters_at[text + 1]]
        runs, total = bits[runs_at[text] : runs_at[text + 1]], _0
        size = np.uint64(len(runs)) << _6
        for at in range(np.uint64(len(its))):
            total = total << _8 | np.uint64(its[at])
            bit = _place(total, size)
            runs[bit >> _6] |= np.uint64(at >= _LAST) << (bit & _63)
    return bits


@_inline
def _may_reach(letters: Any, head: Any, runs: Any) -> Any:
    """Say whether the share of letters in passages of a text may be as large as in noise, by the bits of its runs."""
    size, begin, places = np.uint64(len(letters)), np.uint64(head) + _LAST, np.uint64(len(runs)) << _6
    # What of the head is in no passage does not count; below it no more than this may be in none.
    most = np.uint64((1 - verify.NOISY_MATCHED) * len(letters)) + _1
    total, met, bare, first = _0, _0, _0, _0
    while first < size and bare <= most:
        last = min(first + _STEP, size)
        for at in range(first, last):
            total = total << _8 | np.uint64(letters[at])
            bit = _place(total, places)
            met = met << _1 | (runs[bit >> _6] >> (bit & _63) & np.uint64(at >= _LAST))
            # The letter that stands so far back is in a run if one of the last so many was met.
            bare += np.uint64(met & _WINDOW == _0) & np.uint64(at >= begin)
        first = last
    for at in range(size, size + _LAST):
        met <<= _1
        bare += np.uint64(met & _WINDOW == _0) & np.uint64(at >= begin)
    return bare <= most


@_compile
def may_match(earlier: int, later: int, texts: Any) -> Any:
    """Say whether so many letters may match that a text may be an altered copy; where not, they do not."""
    one, head_one = letters_of(earlier, texts)
    two, head_two = letters_of(later, texts)
    if min(len(one), len(two)) < RUN:
        return True
    runs_one = texts.runs[texts.runs_at[earlier] : texts.runs_at[earlier + 1]]
    runs_two = texts.runs[texts.runs_at[later] : texts.runs_at[later + 1]]
    return _may_reach(one, head_one, runs_two) or _may_reach(two, head_two, runs_one)
