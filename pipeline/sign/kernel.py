"""Hashes of tokens → shingle sets, signatures and fingerprints of many texts, compiled; and what pairs of sets share.

Importing this loads numba (see `pipeline.sign.compiled`). What is made of one text is told by `pipeline.sign.shingles`,
`pipeline.sign.minhash` and `pipeline.sign.fingerprints`, whose results these are.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit

U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_0, _1, _MOST = (np.uint64(number) for number in (0, 1, 0xFFFFFFFFFFFFFFFF))
# Shingles whose mixed hashes stay in the first-level cache while all permutations go over them.
_BLOCK = 2048
# A multiple of how many shingles compilers take at once; a block is one of it.
_LANES = 32
# As many hashes in a bucket are sorted by insertion; more are the same one over and over, or were made to be slow.
_CROWD = 24
_MOST_BITS = 24
# With so many bits for each, one hash in 256 comes where another one was.
_BITS_A_VALUE = 128

# Loops take seconds less to compile than slices that are assigned to.
_compile = njit
# A call that takes an array counts a reference to it, which costs more than this does.
_inline = partial(njit, inline=True)


def _sort_by_digits(values: U64, spare: U64, counts: I64) -> None:
    """Sort any values, byte by byte; `counts` has room for 256."""
    for digit in range(8):
        down = np.uint64(8 * digit)
        for bucket in range(256):
            counts[bucket] = 0
        for i in range(len(values)):
            counts[values[i] >> down & np.uint64(0xFF)] += 1
        total = 0
        for bucket in range(256):
            total += counts[bucket]
            counts[bucket] = total - counts[bucket]
        for i in range(len(values)):
            value = values[i]
            bucket = value >> down & np.uint64(0xFF)
            spare[counts[bucket]] = value
            counts[bucket] += 1
        for i in range(len(values)):
            values[i] = spare[i]


sort_by_digits = _compile(_sort_by_digits)


def _sort(values: U64, spare: U64, places: I64) -> None:
    """Sort hashes in linear time, whatever they are.

    Args:
        values: (n,); sorted in place.
        spare: (n,) at least.
        places: (2 * n + 256,) at least.
    """
    # Hashes are spread evenly: by as many of their upper bits as there are hashes, they are nearly sorted.
    bits = 1
    while bits < _MOST_BITS and (1 << bits) < len(values):
        bits += 1
    shift = np.uint64(64 - bits)
    for bucket in range(1 << bits):
        places[bucket] = 0
    for i in range(len(values)):
        places[values[i] >> shift] += 1
    total = most = 0
    for bucket in range(1 << bits):
        most = max(most, places[bucket])
        total += places[bucket]
        places[bucket] = total - places[bucket]
    if most > _CROWD:
        sort_by_digits(values, spare, places)
        return
    for i in range(len(values)):
        value = values[i]
        bucket = value >> shift
        spare[places[bucket]] = value
        places[bucket] += 1
    for i in range(len(values)):
        value = spare[i]
        at = i
        while at > 0 and values[at - 1] > value:
            values[at] = values[at - 1]
            at -= 1
        values[at] = value


sort = _compile(_sort)


def _distinct(values: U64, out: U64) -> int:
    """Write sorted values to `out` without repeats; give how many they are."""
    count = 0
    for i in range(len(values)):
        out[count] = values[i]
        count += 1 if i + 1 == len(values) or values[i + 1] != values[i] else 0
    return count


distinct = _compile(_distinct)


def _count_distinct(values: U64, bits: U64) -> int:
    """Count different hashes without sorting them; give -1 where too many look the same for that.

    Of hashes only those are compared with all before them whose upper bits were seen: hardly any, if they are not the
    same.

    Args:
        values: (n,)
        bits: (4 * n + 1,) at least; overwritten.
    """
    size = len(values)
    seen_bits = 6
    while (1 << seen_bits) < _BITS_A_VALUE * size:
        seen_bits += 1
    shift = np.uint64(64 - seen_bits)
    for word in range(1 << seen_bits - 6):
        bits[word] = _0
    count, compared = size, 0
    for i in range(size):
        bit = values[i] >> shift
        word, mask = bit >> np.uint64(6), _1 << (bit & np.uint64(63))
        if bits[word] & mask:
            compared += i
            if compared > _CROWD * size:
                return -1
            same = False
            for before in range(i):
                same |= values[before] == values[i]
            count -= int(same)
        bits[word] |= mask
    return count


count_distinct = _compile(_count_distinct)


def _shingle(hashes: U64, n: int, sequence: U64) -> None:
    """Hash every run of n tokens: (tokens,) → (tokens - n + 1,)."""
    # From one run to the next: a token comes and one goes, which has been multiplied n times by then.
    total, gone, passed = _0, _0, _MULTIPLIER
    for i in range(n - 1):
        total = total * _MULTIPLIER + hashes[i]
        passed *= _MULTIPLIER
    coming = hashes[n - 1 :]
    for i in range(len(sequence)):
        total = total * _MULTIPLIER + (coming[i] - gone * passed)
        gone = hashes[i]
        h = total ^ (total >> np.uint64(33))
        h *= np.uint64(0xFF51AFD7ED558CCD)
        h ^= h >> np.uint64(33)
        h *= np.uint64(0xC4CEB9FE1A85EC53)
        sequence[i] = h ^ (h >> np.uint64(33))


shingle = _compile(_shingle)


def _minima(sequence: U64, a: U32, b: U32, mixed: U32, signature: U32) -> None:
    """Take the least of each permutation over the shingles; one that repeats changes nothing."""
    for p in range(len(a)):
        signature[p] = np.uint32(0xFFFFFFFF)
    for start in range(0, len(sequence), _BLOCK):
        size = min(_BLOCK, len(sequence) - start)
        for i in range(size):
            h = np.uint32(sequence[start + i] >> np.uint64(32))
            h ^= h >> np.uint32(16)
            h = np.uint32(h * np.uint32(0x85EBCA6B))
            h ^= h >> np.uint32(13)
            h = np.uint32(h * np.uint32(0xC2B2AE35))
            mixed[i] = h ^ (h >> np.uint32(16))
        # The last one again, until no run of lanes is left unfilled: the rest would go one by one.
        lanes = (size + _LANES - 1) // _LANES * _LANES
        for i in range(size, lanes):
            mixed[i] = mixed[size - 1]
        # Four permutations at once share what is loaded; eight or more shingles go through each at once.
        fours = len(a) // 4 * 4
        for p in range(0, fours, 4):
            a0, a1, a2, a3 = a[p], a[p + 1], a[p + 2], a[p + 3]
            b0, b1, b2, b3 = b[p], b[p + 1], b[p + 2], b[p + 3]
            m0, m1, m2, m3 = signature[p], signature[p + 1], signature[p + 2], signature[p + 3]
            for i in range(lanes):
                h = mixed[i]
                m0 = min(m0, np.uint32(h * a0 + b0))
                m1 = min(m1, np.uint32(h * a1 + b1))
                m2 = min(m2, np.uint32(h * a2 + b2))
                m3 = min(m3, np.uint32(h * a3 + b3))
            signature[p], signature[p + 1], signature[p + 2], signature[p + 3] = m0, m1, m2, m3
        for p in range(fours, len(a)):
            least = signature[p]
            for i in range(size):
                least = min(least, np.uint32(mixed[i] * a[p] + b[p]))
            signature[p] = least


minima = _compile(_minima)


def _least(sequence: U64, begin: np.uint64, end: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Give the least of sequence[begin:end], and its place, the last one of several."""
    lowest, place = _MOST, begin
    for at in range(begin, end):
        value = sequence[at]
        place = np.uint64(at) if value <= lowest else place
        lowest = min(lowest, value)
    return lowest, place


least = _inline(_least)


def _winnow(sequence: U64, window: int, chosen: U64) -> np.int64 | int:
    """Write the least of every window to `chosen`, those of neighbours once; give how many they are.

    The least of a window stays until a lower one comes or it is passed, and only then its window is looked at: for one
    value in eight or so where a window has 16, for all of them where hashes rise from one to the next.

    Args:
        sequence: (n,)
        window: how many values are in one.
        chosen: (n + 1,) at least.
    """
    size, width = np.uint64(len(sequence)), np.uint64(window)
    if size == _0:
        return 0
    lowest, place = least(sequence, _0, min(width, size))
    chosen[0] = lowest
    written, at = _1, width
    while at < size:
        before = lowest
        passed = min(place + width, size)
        while at < passed and sequence[at] > lowest:
            at += _1
        if at < passed:
            lowest, place = sequence[at], at
        elif at < size:
            lowest, place = least(sequence, at + _1 - width, at + _1)
        at += _1
        chosen[written] = lowest
        written += np.uint64(lowest != before)
    return np.int64(written)


winnow = _compile(_winnow)


def _sign_hashes(
    hashes: U64, offsets: I64, n: int, a: U32, b: U32, window: int, keep: bool
) -> tuple[U64, I64, I64, U32, U64, I64]:
    """Make of the token hashes of texts what they are compared by.

    Args:
        hashes, offsets: those of text i are hashes[offsets[i]:offsets[i + 1]].
        n: tokens in a shingle.
        a, b: (permutations,): multipliers and addends.
        window: shingles in a winnowing window.
        keep: give the shingle sets; without, only where each would begin.

    Gives the shingle sets and where they begin, how many shingles each text has with repeats, the signatures of shape
    (texts, permutations), and the fingerprints and where they begin.
    """
    texts = len(offsets) - 1
    most = 0
    for text in range(texts):
        most = max(most, offsets[text + 1] - offsets[text])
    sequence = np.empty(most + 1, np.uint64)
    ordered = np.empty(most + 1, np.uint64)
    spare = np.empty(most + 1, np.uint64)
    places = np.empty(2 * most + 256, np.int64)
    bits = np.empty(0 if keep else 4 * most + 1, np.uint64)
    mixed = np.empty(_BLOCK, np.uint32)
    sets = np.empty(len(hashes) if keep else most + 1, np.uint64)
    set_offsets = np.zeros(texts + 1, np.int64)
    counts = np.zeros(texts, np.int64)
    signatures = np.empty((texts, len(a)), np.uint32)
    chosen = np.empty(len(hashes), np.uint64)
    chosen_offsets = np.zeros(texts + 1, np.int64)
    done = chosen_done = 0
    for text in range(texts):
        tokens = hashes[offsets[text] : offsets[text + 1]]
        size = min(n, len(tokens))
        count = len(tokens) - size + 1 if size else 0
        counts[text] = count
        here = sequence[:count]
        shingle(tokens, size, here)
        minima(here, a, b, mixed, signatures[text])
        if count:
            # How many differ is all that is asked of most texts.
            different = -1 if keep else count_distinct(here, bits)
            if different < 0:
                for i in range(count):
                    ordered[i] = here[i]
                sort(ordered[:count], spare, places)
                different = distinct(ordered[:count], sets[done if keep else 0 :])
            done += different
            found = winnow(here, window, ordered)
            sort(ordered[:found], spare, places)
            chosen_done += distinct(ordered[:found], chosen[chosen_done:])
        set_offsets[text + 1] = done
        chosen_offsets[text + 1] = chosen_done
    return sets[: done if keep else 0], set_offsets, counts, signatures, chosen[:chosen_done], chosen_offsets


def _shingle_sets(hashes: U64, offsets: I64, n: int) -> tuple[U64, I64]:
    """Make of the token hashes of texts the shingle sets alone, and where they begin: as `_sign_hashes` gives them."""
    texts = len(offsets) - 1
    most = 0
    for text in range(texts):
        most = max(most, offsets[text + 1] - offsets[text])
    ordered = np.empty(most + 1, np.uint64)
    spare = np.empty(most + 1, np.uint64)
    places = np.empty(2 * most + 256, np.int64)
    sets = np.empty(len(hashes), np.uint64)
    set_offsets = np.zeros(texts + 1, np.int64)
    done = 0
    for text in range(texts):
        tokens = hashes[offsets[text] : offsets[text + 1]]
        size = min(n, len(tokens))
        count = len(tokens) - size + 1 if size else 0
        if count:
            shingle(tokens, size, ordered[:count])
            sort(ordered[:count], spare, places)
            done += distinct(ordered[:count], sets[done:])
        set_offsets[text + 1] = done
    return sets[:done], set_offsets


def _shared(offsets: I64, values: U64, left: I64, right: I64) -> I64:
    """Count what pairs of sorted sets share, by merging: as `pipeline.sign.sets.intersections`."""
    out = np.zeros(len(left), np.int64)
    for pair in range(len(left)):
        # Without branches, which here go either way as often, and without signs, which would be looked at.
        one, one_end = np.uint64(offsets[left[pair]]), np.uint64(offsets[left[pair] + 1])
        two, two_end = np.uint64(offsets[right[pair]]), np.uint64(offsets[right[pair] + 1])
        count = np.uint64(0)
        while one < one_end and two < two_end:
            x, y = values[one], values[two]
            count += np.uint64(x == y)
            one += np.uint64(x <= y)
            two += np.uint64(y <= x)
        out[pair] = count
    return out


sign_hashes = _compile(_sign_hashes)
shingle_sets = _compile(_shingle_sets)
shared = _compile(_shared)
