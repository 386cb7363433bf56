"""Two texts laid side by side in compiled code: the same counts as `pipeline.match.passages` makes with NumPy.

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit

_compile = njit
_inline = partial(njit, inline=True)

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_FINISH = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
# Eight letters below this, none of them 0, are told apart by their bytes alone.
_NARROW, _BYTE = 256, np.uint64(8)
_1 = np.uint64(1)


@_inline
def _fits(codes: Any) -> Any:
    least, most = np.uint32(_NARROW), np.uint32(0)
    for at in range(len(codes)):
        least, most = min(least, codes[at]), max(most, codes[at])
    return least > 0 and most < _NARROW


@_inline
def _packed(codes: Any, size: Any, out: Any) -> None:
    """Give every run of `size` letters, at most eight, as its bytes: those before it are shifted out."""
    total = np.uint64(0)
    for at in range(size - 1):
        total = total << _BYTE | np.uint64(codes[at])
    for at in range(len(out)):
        total = total << _BYTE | np.uint64(codes[at + size - 1])
        out[at] = total


@_inline
def _hashed(codes: Any, size: Any, out: Any) -> None:
    """Hash every run of `size` letters, each from the one before (M. Rabin, R. Karp, 1987)."""
    top = np.uint64(1)
    for _ in range(size - 1):
        top *= _MULTIPLIER
    total = np.uint64(0)
    for at in range(size):
        total = total * _MULTIPLIER + np.uint64(codes[at])
    for at in range(len(out)):
        gram = total ^ (total >> _HALF)
        gram *= _FINISH
        out[at] = gram ^ (gram >> _HALF)
        if at + size < len(codes):
            total = (total - np.uint64(codes[at]) * top) * _MULTIPLIER + np.uint64(codes[at + size])


@_compile
def runs(one: Any, two: Any, run: int) -> tuple[Any, Any]:
    """Name every run of letters of two texts, neither empty: the same runs alike.

    Runs of a text shorter than a run are as long as it is: they match nothing of a longer one.
    """
    size_one, size_two = min(run, len(one)), min(run, len(two))
    first, second = np.empty(len(one) - size_one + 1, np.uint64), np.empty(len(two) - size_two + 1, np.uint64)
    if run <= 8 and _fits(one) and _fits(two):
        _packed(one, size_one, first)
        _packed(two, size_two, second)
    else:
        _hashed(one, size_one, first)
        _hashed(two, size_two, second)
    return first, second


@_compile
def places(first: Any, second: Any) -> tuple[Any, Any, Any]:
    """Find runs of one text in the other.

    Gives of each run of the first where the second has it first, or -1; of each run of the second where that has it
    first; and of such a place whether the run comes again.
    """
    # Sparse: a slot that is taken is what a processor guesses worst. Places without a sign are not asked for it.
    room, bits = 16, 4
    while room < 4 * len(second):
        room *= 2
        bits += 1
    mask, shift, end = np.uint64(room - 1), np.uint64(64 - bits), np.uint64(len(second))
    slots = np.full(room, -1, np.int32)
    first_of, again = np.empty(len(second), np.int32), np.zeros(len(second), np.bool_)
    for at in range(end):
        slot = second[at] * _MULTIPLIER >> shift
        place = slots[slot]
        while place >= 0 and second[np.uint64(place)] != second[at]:
            slot = (slot + _1) & mask
            place = slots[slot]
        if place < 0:
            slots[slot] = np.int32(at)
            first_of[at] = np.int32(at)
        else:
            first_of[at] = place
            again[np.uint64(place)] = True
    beside = np.empty(len(first), np.int32)
    ahead = end
    for at in range(np.uint64(len(first))):
        # What follows a run that was found follows it there, too, mostly.
        if ahead < end and second[ahead] == first[at]:
            beside[at] = first_of[ahead]
            ahead += _1
            continue
        slot = first[at] * _MULTIPLIER >> shift
        place = slots[slot]
        while place >= 0 and second[np.uint64(place)] != first[at]:
            slot = (slot + _1) & mask
            place = slots[slot]
        beside[at] = place
        ahead = np.uint64(place) + _1 if place >= 0 else end
    return beside, first_of, again


@_inline
def _count(hit: Any, letters: Any, head: Any) -> tuple[Any, Any]:
    """Count the letters in runs that were hit -> all of them, and those of the head that are in none."""
    size = letters - len(hit) + 1
    matched, covered_to = 0, 0
    for at in range(len(hit)):
        fresh = at + size - max(at, covered_to)
        matched += fresh if hit[at] else 0
        covered_to = at + size if hit[at] else covered_to
    in_head, covered_to = 0, 0
    for at in range(min(head, len(hit))):
        if hit[at]:
            in_head += max(0, min(at + size, head) - max(at, covered_to))
            covered_to = at + size
    return matched, head - in_head


@_compile
def counted(
    beside: Any, first_of: Any, letters_one: int, letters_two: int, head_one: int, head_two: int
) -> tuple[int, int, int, int]:
    """Count shared letters of what `places` found -> what `count_shared` gives."""
    ours, theirs = np.empty(len(beside), np.bool_), np.empty(len(first_of), np.bool_)
    # One place more stands for nowhere.
    met, nowhere = np.zeros(len(first_of) + 1, np.bool_), np.uint64(len(first_of))
    for at in range(len(beside)):
        ours[at] = beside[at] >= 0
        met[np.uint64(beside[at]) if ours[at] else nowhere] = True
    for at in range(len(first_of)):
        theirs[at] = met[np.uint64(first_of[at])]
    matched_one, bare_one = _count(ours, letters_one, head_one)
    matched_two, bare_two = _count(theirs, letters_two, head_two)
    return matched_one, bare_one, matched_two, bare_two


@_compile
def count_shared(one: Any, two: Any, head_one: int, head_two: int, run: int) -> tuple[int, int, int, int]:
    """Count shared letters -> of each text those in passages of the other, and those of its head in none."""
    if not len(one) or not len(two):
        return 0, head_one, 0, head_two
    first, second = runs(one, two, run)
    beside, first_of, _ = places(first, second)
    return counted(beside, first_of, len(one), len(two), head_one, head_two)


@_compile
def mark_shared(one: Any, two: Any, run: int) -> NDArray[np.bool_]:
    """Say of each letter of a text whether it stands in a passage of the other."""
    covered = np.zeros(len(one), np.bool_)
    if len(one) < run or len(two) < run:
        return covered
    first, second = runs(one, two, run)
    beside, _, _ = places(first, second)
    reached = 0
    for at in range(len(beside)):
        if beside[at] >= 0:
            for place in range(max(at, reached), at + run):
                covered[place] = True
            reached = at + run
    return covered


@_inline
def _common(one: Any, a: Any, a_end: Any, two: Any, b: Any, b_end: Any) -> Any:
    """Count the letters of a longest common subsequence of at most 64 letters (Hyyrö, 2004)."""
    size = a_end - a
    row = np.uint64(0xFFFFFFFFFFFFFFFF)
    for at in range(b, b_end):
        hit = np.uint64(0)
        for place in range(size):
            if one[a + place] == two[at]:
                hit |= np.uint64(1) << np.uint64(place)
        both = row & hit
        row = (row + both) | (row - both)
    common = 0
    for place in range(size):
        if not (row >> np.uint64(place)) & np.uint64(1):
            common += 1
    return common


@_compile
def _beside_neighbours(first: Any, second: Any, beside: Any, again: Any) -> None:
    """Lay each run that stands often in the other text beside its neighbours."""
    often = np.zeros(len(first), np.bool_)
    for at in range(len(first)):
        often[at] = beside[at] >= 0 and again[beside[at]]
    left = often.copy()
    for step in (1, -1):
        anchor = -1
        at = 0 if step == 1 else len(first) - 1
        while 0 <= at < len(first):
            if beside[at] >= 0 and not often[at]:
                anchor = at
            elif left[at] and anchor >= 0:
                wanted = beside[anchor] + at - anchor
                if 0 <= wanted < len(second) and second[wanted] == first[at]:
                    beside[at] = wanted
                    left[at] = False
            at += step


@_compile
def lay_beside(one: Any, two: Any, run: int, longest: int) -> tuple[int, int, int, int]:
    """Lay one text beside another -> passages, short gaps, letters that differ in them, letters of the one in them."""
    if len(one) < run or len(two) < run:
        return 0, 0, 0, 0
    first, second = runs(one, two, run)
    beside, _, again = places(first, second)
    return laid(one, two, first, second, beside, again, run, longest)


@_compile
def laid(
    one: Any, two: Any, first: Any, second: Any, beside: Any, again: Any, run: int, longest: int
) -> tuple[int, int, int, int]:
    """Lay one text beside another by what `places` found, which is changed -> what `lay_beside` gives."""
    often = False
    for at in range(len(first)):
        often |= beside[at] >= 0 and again[max(0, beside[at])]
    if often:
        _beside_neighbours(first, second, beside, again)
    passages, gaps, unlike, inside = 0, 0, 0, 0
    reached, last_end = 0, 0
    for at in range(len(first)):
        if beside[at] < 0:
            continue
        if at == 0 or beside[at - 1] < 0 or beside[at] != beside[at - 1] + 1:
            if passages:
                here, there = at - reached, beside[at] - last_end
                if 0 <= here <= longest and 0 <= there <= longest:
                    gaps += 1
                    inside += here
                    unlike += max(here, there) - _common(one, reached, at, two, last_end, beside[at])
            passages += 1
        reached = max(reached, at + run)
        last_end = beside[at] + run
    return passages, gaps, unlike, inside
