"""Documents with a mark in common, found in buckets that a processor holds close by: compiled, instead of sorting.

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit

U64 = NDArray[np.uint64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

_compile = njit

# Marks of a bucket, about: with its table they fit into what a processor reaches fast.
_BUCKET = 1024


@_compile
def _bucketed(numbers: U64, up: int, fine: int) -> tuple[U64, I64]:
    """Order numbers by the `fine` bits below their `up` uppermost ones alone; gives where each bucket begins, too."""
    bounds = np.zeros((1 << fine) + 1, np.int64)
    if fine == 0:
        bounds[1] = len(numbers)
        return numbers, bounds
    down, mask = np.uint64(64 - up - fine), np.uint64((1 << fine) - 1)
    for number in numbers:
        bounds[(number >> down & mask) + np.uint64(1)] += 1
    for bucket in range(1 << fine):
        bounds[bucket + 1] += bounds[bucket]
    to, out = bounds.copy(), np.empty_like(numbers)
    for number in numbers:
        bucket_of = number >> down & mask
        out[to[bucket_of]] = number
        to[bucket_of] += 1
    return out, bounds


def _roomier(values: Any, count: int, more: int) -> Any:
    if count + more <= len(values):
        return values
    out = np.empty(2 * (count + more), values.dtype)
    out[:count] = values[:count]
    return out


_with_room: Any = _compile(_roomier)


@_compile
def grouped(  # noqa: PLR0912, PLR0915 - one loop after the other, which a compiler takes as a whole
    numbers: U64, bits: int, up: int, first_new: int, few: int, most: int
) -> tuple[U64, U64, I64, I64, I64]:
    """Find the collisions of marks.

    Args:
        numbers: a mark each, without its `bits` lowest ones, and there the number of its document; those of old
            documents, and those of new ones, in the order of documents.
        up: how many of the uppermost bits all of them share, or more of them than others.
        first_new: number of the first new document.
        few, most: as `pipeline.match.collisions.Channel` takes them.

    Gives the columns of `pipeline.match.collisions.Found`.
    """
    low, fine = np.uint64((1 << bits) - 1), 0
    while len(numbers) >> fine > _BUCKET and up + fine + bits < 60:
        fine += 1
    ordered, bounds = _bucketed(numbers, up, fine)
    longest = 0
    for bucket in range(1 << fine):
        longest = max(longest, bounds[bucket + 1] - bounds[bucket])
    # Of each mark the last place in the bucket; of each place the one before it with the same mark, and how many
    # there are up to it.
    room = 2
    while room < 2 * longest:
        room *= 2
    lasts, before, sizes = np.empty(room, np.int32), np.empty(longest, np.int32), np.empty(longest, np.int32)
    shared = np.empty(longest, np.int32)
    pairs, paired = np.empty(max(1024, len(numbers)), np.uint64), 0
    members, joined = np.empty(1024, np.uint64), 0
    crowds, old_sizes, crowded = np.empty(64, np.int64), np.empty(64, np.int64), 0
    old, olds = np.empty(64, np.int64), 0
    for bucket in range(1 << fine):
        begin, size = bounds[bucket], bounds[bucket + 1] - bounds[bucket]
        its, places = ordered[begin : begin + size], 1
        room = 2
        while room < 2 * size:
            room *= 2
            places += 1
        lasts[:room] = -1
        mask, met = np.uint64(room - 1), 0
        left, down = np.uint64(up + fine), np.uint64(64 - places)
        for at in range(size):
            number = its[at]
            slot = (number & ~low) << left >> down
            while True:
                last = lasts[slot]
                if last < 0:
                    before[at], sizes[at] = -1, 1
                    lasts[slot] = at
                    break
                if its[last] ^ number <= low:
                    before[at], sizes[at] = last, sizes[last] + 1
                    lasts[slot] = at
                    if sizes[at] == 2:
                        shared[met] = slot
                        met += 1
                    break
                slot = slot + np.uint64(1) & mask
        for one in range(met):
            last = lasts[shared[one]]
            size = sizes[last]
            if size <= few:
                pairs = _with_room(pairs, paired, size * (size - 1) // 2)
                while before[last] >= 0:
                    document, at = its[last] & low, before[last]
                    while at >= 0:
                        other = its[at] & low
                        later, earlier = max(document, other), min(document, other)
                        pairs[paired] = later << np.uint64(32) | earlier
                        paired += later >= np.uint64(first_new) and later != earlier
                        at = before[at]
                    last = before[last]
                continue
            new, at = 0, last
            while at >= 0:
                new += its[at] & low >= np.uint64(first_new)
                at = before[at]
            if new == 0:
                continue
            if crowded == len(crowds):
                crowds, old_sizes = _with_room(crowds, crowded, 1), _with_room(old_sizes, crowded, 1)
            members = _with_room(members, joined, new)
            old = _with_room(old, olds, size - new)
            to = olds + size - new
            while last >= 0:
                document = its[last] & low
                if document >= np.uint64(first_new):
                    members[joined] = document << np.uint64(32) | np.uint64(crowded)
                    joined += 1
                else:
                    to -= 1
                    old[to] = document
                last = before[last]
            crowds[crowded], old_sizes[crowded] = size, min(size - new, most)
            olds += old_sizes[crowded]
            crowded += 1
    return pairs[:paired], members[:joined], crowds[:crowded], old[:olds], old_sizes[:crowded]
