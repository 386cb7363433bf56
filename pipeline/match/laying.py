"""Two texts laid side by side in compiled code: the same counts as `pipeline.match.passages` makes with NumPy.

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit

I64 = NDArray[np.int64]

_compile = njit
_inline = partial(njit, inline=True)

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_FINISH = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)


@_inline
def _slot(gram: Any, keys: Any, places: Any, mask: Any) -> Any:
    """Find the slot of a gram, or the free one where it belongs."""
    at = np.int64(gram & np.uint64(mask))
    while places[at] >= 0 and keys[at] != gram:
        at = (at + 1) & mask
    return at


@_inline
def _grams(codes: Any, size: Any, out: Any) -> None:
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


@_inline
def _table(grams: Any) -> tuple[Any, Any, Any]:
    """Enter grams -> keys, first places and whether each comes again, by slot; a free slot's place is -1."""
    room = 16
    while room < 2 * len(grams):
        room *= 2
    keys, places, again = np.empty(room, np.uint64), np.full(room, -1, np.int32), np.zeros(room, np.bool_)
    for at in range(len(grams)):
        slot = _slot(grams[at], keys, places, room - 1)
        if places[slot] < 0:
            keys[slot] = grams[at]
            places[slot] = at
        else:
            again[slot] = True
    return keys, places, again


@_inline
def _count(hit: Any, run: Any, letters: Any, head: Any) -> tuple[Any, Any]:
    """Count the letters in runs that were hit -> all of them, and those of the head that are in none."""
    matched, covered_to, in_head = 0, 0, 0
    for at in range(len(hit)):
        if hit[at]:
            begin, end = max(at, covered_to), min(at + run, letters)
            if end > begin:
                matched += end - begin
                if begin < head:
                    in_head += min(end, head) - begin
            covered_to = max(covered_to, end)
    return matched, head - in_head


@_compile
def count_shared(one: Any, two: Any, head_one: int, head_two: int, run: int) -> tuple[int, int, int, int]:
    """Count shared letters -> of each text those in passages of the other, and those of its head in none."""
    if not len(one) or not len(two):
        return 0, head_one, 0, head_two
    # Runs of a text shorter than a run are hashed by its length: they match nothing of a longer one.
    size_one, size_two = min(run, len(one)), min(run, len(two))
    first, second = np.empty(len(one) - size_one + 1, np.uint64), np.empty(len(two) - size_two + 1, np.uint64)
    _grams(one, size_one, first)
    _grams(two, size_two, second)
    keys, places, _ = _table(second)
    met = np.zeros(len(keys), np.bool_)
    hit, theirs = np.zeros(len(first), np.bool_), np.zeros(len(second), np.bool_)
    for at in range(len(first)):
        slot = _slot(first[at], keys, places, len(keys) - 1)
        hit[at] = places[slot] >= 0
        met[slot] |= hit[at]
    for at in range(len(second)):
        theirs[at] = met[_slot(second[at], keys, places, len(keys) - 1)]
    matched_one, bare_one = _count(hit, run, len(one), head_one)
    matched_two, bare_two = _count(theirs, run, len(two), head_two)
    return matched_one, bare_one, matched_two, bare_two


@_compile
def mark_shared(one: Any, two: Any, run: int) -> NDArray[np.bool_]:
    """Say of each letter of a text whether it stands in a passage of the other."""
    covered = np.zeros(len(one), np.bool_)
    if len(one) < run or len(two) < run:
        return covered
    first, second = np.empty(len(one) - run + 1, np.uint64), np.empty(len(two) - run + 1, np.uint64)
    _grams(one, run, first)
    _grams(two, run, second)
    keys, places, _ = _table(second)
    reached = 0
    for at in range(len(first)):
        if places[_slot(first[at], keys, places, len(keys) - 1)] >= 0:
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
def lay_beside(one: Any, two: Any, run: int, longest: int) -> tuple[int, int, int, int]:
    """Lay one text beside another -> passages, short gaps, letters that differ in them, letters of the one in them."""
    if len(one) < run or len(two) < run:
        return 0, 0, 0, 0
    first, second = np.empty(len(one) - run + 1, np.uint64), np.empty(len(two) - run + 1, np.uint64)
    _grams(one, run, first)
    _grams(two, run, second)
    keys, places, again = _table(second)
    # Where each run stands in the other text: -1 nowhere; one that stands there often, beside its neighbours.
    beside = np.full(len(first), -1, np.int64)
    open_ = np.zeros(len(first), np.bool_)
    for at in range(len(first)):
        slot = _slot(first[at], keys, places, len(keys) - 1)
        beside[at] = places[slot]
        open_[at] = places[slot] >= 0 and again[slot]
    settled = open_.copy()
    for step in (1, -1):
        anchor = -1
        at = 0 if step == 1 else len(first) - 1
        while 0 <= at < len(first):
            if beside[at] >= 0 and not open_[at]:
                anchor = at
            elif settled[at] and anchor >= 0:
                wanted = beside[anchor] + at - anchor
                if 0 <= wanted < len(second) and second[wanted] == first[at]:
                    beside[at] = wanted
                    settled[at] = False
            at += step
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
