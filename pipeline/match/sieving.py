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
I64 = NDArray[np.int64]

_compile = njit


@_compile
def table_of(marks: U64, places: int, mix: int) -> U64:
    """Make a table of marks, whose lowest bits are 0: there each has a count, so far 1.

    Args:
        marks: the same one may come more than once.
        places: how many the table has: a power of two, more than there are marks.
        mix: spreads them.
    """
    table = np.zeros(places, np.uint64)
    last = np.uint64(places - 1)
    for mark in marks:
        entry = mark | np.uint64(1)
        at = mark * np.uint64(mix) >> np.uint64(32) & last
        while table[at] != np.uint64(0) and table[at] != entry:
            at = at + np.uint64(1) & last
        table[at] = entry
    return table


@_compile
def refill(sieve: U8, table: U64, mix: int, shift: int, low: int, most: int) -> None:
    """Leave in a sieve those marks alone of which more are wanted; all as in `sifted`."""
    sieve[:] = 0
    for entry in table:
        if entry != np.uint64(0) and entry & np.uint64(low) <= np.uint64(most):
            place = (entry & ~np.uint64(low)) * np.uint64(mix) >> np.uint64(shift)
            sieve[place >> np.uint64(3)] |= np.uint8(1 << (place & np.uint64(7)))


def _counts(mark: Any, table: Any, mix: int, counter: Any, most: int) -> bool:
    """Say whether a mark is in a table and was given less than `most` times; counts it there."""
    last = np.uint64(len(table) - 1)
    mark &= ~counter
    at = mark * np.uint64(mix) >> np.uint64(32) & last
    while table[at] != np.uint64(0):
        if table[at] & ~counter == mark:
            if table[at] & counter > np.uint64(most):
                return False
            table[at] += np.uint64(1)
            return True
        at = at + np.uint64(1) & last
    return False


_counts_of = _compile(_counts, inline=True)


def _sifted(
    lower: Any, steps: Any, offsets: Any, width: int, stepped: bool, down: int, times: int, mix: int, sieve: Any,
    shift: int, table: Any, low: int, most: int,
) -> tuple[U64, I64]:  # fmt: skip
    """Do what `sifted` does, for a width that is known when it is compiled."""
    longest = 0
    for row in range(len(offsets) - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    # One document at a time, in steps so small that a processor looks up many marks at once: the sieve is larger than
    # what it reaches fast.
    its, places, told = np.empty(longest, np.uint64), np.empty(longest, np.uint64), np.empty(longest, np.uint8)
    passing = np.empty(longest + 1, np.uint64)
    marks, rows = np.empty(len(lower) // width, np.uint64), np.empty(len(lower) // width, np.int64)
    count, byte = 0, np.uint64(0)
    up, above = np.uint64(64 - 8 * width - 8 * stepped), ~np.uint64(low)
    for row in range(len(offsets) - 1):
        upper, first = np.uint8(0), offsets[row]
        size = offsets[row + 1] - first
        for at in range(size):
            value = np.uint64(lower[byte]) | np.uint64(lower[byte + np.uint64(1)]) << np.uint64(8)
            value |= np.uint64(lower[byte + np.uint64(2)]) << np.uint64(16)
            if width > 3:
                value |= np.uint64(lower[byte + np.uint64(3)]) << np.uint64(24)
            if width > 4:
                value |= np.uint64(lower[byte + np.uint64(4)]) << np.uint64(32)
            if stepped:
                upper = np.uint8(upper + steps[first + at])
                value |= np.uint64(upper) << np.uint64(8 * width)
            byte += np.uint64(width)
            mark = (value << up >> np.uint64(down)) * np.uint64(times)
            its[at] = mark
            places[at] = (mark & above) * np.uint64(mix) >> np.uint64(shift)
        for at in range(size):
            told[at] = sieve[places[at] >> np.uint64(3)] >> np.uint8(places[at] & np.uint64(7)) & 1
        passed = 0
        for at in range(size):
            passing[passed] = its[at]
            passed += told[at]
        for at in range(passed):
            if len(table) == 0 or _counts_of(passing[at], table, mix, np.uint64(low), most):
                marks[count] = passing[at]
                rows[count] = row
                count += 1
    return marks[:count].copy(), rows[:count].copy()


_sifted_of = _compile(_sifted, inline=True)


@_compile
def sifted(
    lower: U8, steps: U8, offsets: I64, width: int, down: int, times: int, mix: int, sieve: U8, shift: int,
    table: U64, low: int, most: int,
) -> tuple[U64, I64]:  # fmt: skip
    """Give the marks that may be in a sieve, each with the row of its document.

    Args:
        lower, steps, offsets: as `pipeline.match.marks.Packed` has them; no steps where there are none.
        width: bytes of a hash in `lower`, 3 to 5, and no more than 4 with steps.
        down, times: of a hash to make a mark of it (see `pipeline.match.sieve.Sieve.sifted`).
        mix, sieve, shift: the bit of a mark, without its lowest ones, is number `mark * mix >> shift`.
        table: of `table_of`: of each mark that is in it the first ones are given, and none that is not; or empty.
        low: the lowest bits, which do not tell marks apart.
        most: how many are given of each.
    """
    if len(steps) > 0:
        if width == 3:
            return _sifted_of(lower, steps, offsets, 3, True, down, times, mix, sieve, shift, table, low, most)
        return _sifted_of(lower, steps, offsets, 4, True, down, times, mix, sieve, shift, table, low, most)
    if width == 5:
        return _sifted_of(lower, steps, offsets, 5, False, down, times, mix, sieve, shift, table, low, most)
    return _sifted_of(lower, steps, offsets, width, False, down, times, mix, sieve, shift, table, low, most)
