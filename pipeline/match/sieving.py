"""Which marks of old documents new ones have, compiled: in a tenth of what it takes to unpack and sort all of them.

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit

U8 = NDArray[np.uint8]
U64 = NDArray[np.uint64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

_compile = njit

# So many marks are looked up at a time, about.
_TOGETHER = 4096


@_compile
def table_of(hashes: U64, places: int, mix: np.uint64) -> U64:
    """Make a table of hashes, whose lowest bits are 0: there each has a count, so far 1.

    Args:
        hashes: the same one may come more than once.
        places: how many the table has: a power of two, more than there are hashes.
        mix: spreads them.
    """
    table = np.zeros(places, np.uint64)
    last = np.uint64(places - 1)
    for one in hashes:
        entry = one | np.uint64(1)
        at = one * mix >> np.uint64(32) & last
        while table[at] != np.uint64(0) and table[at] != entry:
            at = at + np.uint64(1) & last
        table[at] = entry
    return table


@_compile
def set_bits(bits: U8, places: U64) -> None:
    """Set bits by their numbers."""
    for place in places:
        bits[place >> np.uint64(3)] |= np.uint8(1 << (place & np.uint64(7)))


@_compile
def refill(near: U8, sieve: U8, table: U64, mix: np.uint64, shift: int, spare: int, most: int) -> None:
    """Leave in a sieve those hashes alone of which more are wanted; all as in `sifted`."""
    near[:], sieve[:] = 0, 0
    low, mask = np.uint64((1 << spare) - 1), np.uint64(8 * len(near) - 1)
    for entry in table:
        if entry != np.uint64(0) and entry & low <= np.uint64(most):
            place = (entry & ~low) * mix >> np.uint64(shift)
            sieve[place >> np.uint64(3)] |= np.uint8(1 << (place & np.uint64(7)))
            place = entry >> np.uint64(spare) & mask
            near[place >> np.uint64(3)] |= np.uint8(1 << (place & np.uint64(7)))


# Each loop is a function of its own: together they need more registers than a processor has, and take thrice as long.
@_compile
def _near(lower: U8, byte: int, width: int, size: int, near: U8, passing: I32) -> int:
    """Look up marks by their lowest bits; writes the places of those that may be there, and gives how many."""
    passed, at_byte, mask = 0, np.uint64(byte), np.uint32(8 * len(near) - 1)
    for at in range(size):
        place = np.uint32(lower[at_byte]) | np.uint32(lower[at_byte + np.uint64(1)]) << np.uint32(8)
        place = (place | np.uint32(lower[at_byte + np.uint64(2)]) << np.uint32(16)) & mask
        at_byte += np.uint64(width)
        passing[passed] = at
        passed += near[place >> np.uint32(3)] >> np.uint8(place & np.uint32(7)) & 1
    return passed


@_compile
def _sum(steps: U8, first: int, size: int, uppers: U8) -> None:
    """Write the sums of steps up to each."""
    upper = np.uint8(0)
    for at in range(size):
        upper = np.uint8(upper + steps[first + at])
        uppers[at] = upper


@_compile
def _joined(
    lower: U8, byte: int, width: int, uppers: U8, stepped: bool, offsets: I64, row: int, passing: I32, passed: int,
    its: U64, its_rows: I32,
) -> None:  # fmt: skip
    """Write the hashes of places, and the rows of their documents."""
    first, before, up = offsets[row], np.uint8(0), np.uint64(64 - 8 * width - 8 * stepped)
    end = offsets[row + 1] - first
    for one in range(passed):
        at = np.int64(passing[one])
        while at >= end:
            row += 1
            before = uppers[end - 1] if end > 0 else np.uint8(0)
            end = offsets[row + 1] - first
        at_byte = np.uint64(byte + at * width)
        value = np.uint64(lower[at_byte]) | np.uint64(lower[at_byte + np.uint64(1)]) << np.uint64(8)
        value |= np.uint64(lower[at_byte + np.uint64(2)]) << np.uint64(16)
        if width > 3:
            value |= np.uint64(lower[at_byte + np.uint64(3)]) << np.uint64(24)
        if width > 4:
            value |= np.uint64(lower[at_byte + np.uint64(4)]) << np.uint64(32)
        if stepped:
            value |= np.uint64(np.uint8(uppers[at] - before)) << np.uint64(8 * width)
        its[one], its_rows[one] = value << up, row


@_compile
def _far(
    its: U64, its_rows: I32, count: int, down: np.uint64, times: np.uint64, above: np.uint64, mix: np.uint64,
    sieve: U8, shift: int,
) -> int:  # fmt: skip
    """Leave those hashes alone, and their rows, that may be in a sieve; gives how many."""
    left = 0
    for one in range(count):
        its_hash = its[one]
        its[left], its_rows[left] = its_hash, its_rows[one]
        place = ((its_hash >> down) * times & above) * mix >> np.uint64(shift)
        left += sieve[place >> np.uint64(3)] >> np.uint8(place & np.uint64(7)) & 1
    return left


@_compile
def _wanted(
    its: U64, its_rows: I32, count: int, table: U64, mix: np.uint64, spare: int, most: int, entries: U64
) -> int:  # fmt: skip
    """Leave those hashes alone, and their rows, of which more are wanted; gives how many."""
    low, last, left = np.uint64((1 << spare) - 1), np.uint64(len(table) - 1), 0
    # They stand far from the processor, and are fetched together.
    for one in range(count):
        entries[one] = table[its[one] * mix >> np.uint64(32) & last]
    for one in range(count):
        its_hash = its[one]
        at = its_hash * mix >> np.uint64(32) & last
        entry = table[at]
        while entry != np.uint64(0) and entry & ~low != its_hash:
            at = at + np.uint64(1) & last
            entry = table[at]
        if entry != np.uint64(0) and entry & low <= np.uint64(most):
            table[at] = entry + np.uint64(1)
            its[left], its_rows[left] = its_hash, its_rows[one]
            left += 1
    return left


@_compile
def sifted(
    lower: U8, steps: U8, offsets: I64, width: int, near: U8, down: np.uint64, times: np.uint64, above: np.uint64,
    mix: np.uint64, sieve: U8, shift: int, table: U64, spare: int, most: int,
) -> tuple[U64, I64]:  # fmt: skip
    """Give the hashes that may be in a sieve, each with the row of its document.

    Args:
        lower, steps, offsets: as `pipeline.match.marks.Packed` has them; no steps where there are none.
        width: bytes of a hash in `lower`, 3 to 5, and no more than 4 with steps.
        near: bits, a power of two of them up to 2^24, small enough to stand close to the processor: that of a hash is
            found by its lowest bits in `lower`, and of most that are not in the sieve is 0.
        down, times, above: what is looked up of a hash is `(hash >> down) * times & above`.
        mix, sieve, shift: the bit of that is number `that * mix >> shift`.
        table: of `table_of`: of each hash that is in it the first ones are given, and none that is not; or empty.
        spare: how many of the lowest bits of a hash are 0.
        most: how many are given of each.
    """
    longest, documents = 0, len(offsets) - 1
    for row in range(documents):
        longest = max(longest, offsets[row + 1] - offsets[row])
    # Some documents at a time, in steps so small that a processor looks up many hashes at once.
    passing, uppers = np.empty(_TOGETHER + longest + 1, np.int32), np.empty(_TOGETHER + longest + 1, np.uint8)
    its, its_rows = np.empty(len(passing), np.uint64), np.empty(len(passing), np.int32)
    entries = np.empty(len(passing), np.uint64)
    hashes, rows, count = np.empty(1024, np.uint64), np.empty(1024, np.int64), 0
    done, stepped = 0, len(steps) > 0
    while done < documents:
        row, first = done, offsets[done]
        while done < documents and offsets[done] - first < _TOGETHER:
            done += 1
        size, byte = offsets[done] - first, first * width
        passed = _near(lower, byte, width, size, near, passing)
        if passed == 0:
            continue
        if stepped:
            _sum(steps, first, size, uppers)
        _joined(lower, byte, width, uppers, stepped, offsets, row, passing, passed, its, its_rows)
        passed = _far(its, its_rows, passed, down, times, above, mix, sieve, shift)
        if len(table) > 0:
            passed = _wanted(its, its_rows, passed, table, mix, spare, most, entries)
        if count + passed > len(hashes):
            hashes, rows = _roomier(hashes, count, passed), _roomier(rows, count, passed)
        hashes[count : count + passed], rows[count : count + passed] = its[:passed], its_rows[:passed]
        count += passed
    return hashes[:count].copy(), rows[:count].copy()


@_compile
def _roomier(values: Any, count: int, more: int) -> Any:
    out = np.empty(2 * (count + more), values.dtype)
    out[:count] = values[:count]
    return out
