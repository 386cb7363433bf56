"""Marks and pairs as numbers, parted by their upper bits, compiled: a third of what sorting takes.

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit

U8 = NDArray[np.uint8]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]


@njit
def parted(numbers: U64, shift: int, parts: int) -> tuple[U64, I64]:
    """Order numbers by their bits from `shift` on, which are below `parts`; gives them, and where each part begins."""
    down = np.uint64(shift)
    bounds = np.zeros(parts + 1, np.int64)
    for at in range(len(numbers)):
        bounds[(numbers[at] >> down) + np.uint64(1)] += 1
    for part in range(parts):
        bounds[part + 1] += bounds[part]
    to, out = bounds.copy(), np.empty_like(numbers)
    for at in range(len(numbers)):
        part_of = numbers[at] >> down
        out[to[part_of]] = numbers[at]
        to[part_of] += 1
    return out, bounds


@njit
def numbered(
    lower: U8, steps: U8, offsets: I64, width: int, first: int, down: np.uint64, times: np.uint64, bits: int
) -> U64:
    """Give the marks of documents, each with the number of its document in its `bits` lowest ones.

    Args:
        lower, steps, offsets: as `pipeline.match.marks.Packed` has them; no steps where there are none.
        width: bytes of a hash in `lower`, 3 to 5, and no more than 4 with steps.
        first: number of the first document.
        down, times: of a hash to make a mark of it (see `pipeline.match.sieve.Sieve`).
        bits: of a number of a document.
    """
    stepped = len(steps) > 0
    up, above = np.uint64(64 - 8 * width - 8 * stepped), ~np.uint64((1 << bits) - 1)
    out, byte = np.empty(len(lower) // width, np.uint64), np.uint64(0)
    for row in range(len(offsets) - 1):
        upper = np.uint8(0)
        for at in range(offsets[row], offsets[row + 1]):
            value = np.uint64(lower[byte]) | np.uint64(lower[byte + np.uint64(1)]) << np.uint64(8)
            value |= np.uint64(lower[byte + np.uint64(2)]) << np.uint64(16)
            if width > 3:
                value |= np.uint64(lower[byte + np.uint64(3)]) << np.uint64(24)
            if width > 4:
                value |= np.uint64(lower[byte + np.uint64(4)]) << np.uint64(32)
            if stepped:
                upper = np.uint8(upper + steps[at])
                value |= np.uint64(upper) << np.uint64(8 * width)
            byte += np.uint64(width)
            out[at] = (value << up >> down) * times & above | np.uint64(first + row)
    return out


@njit
def rows_of(numbers: U64, first: int, last: int) -> tuple[I64, NDArray[np.int32]]:
    """Give the lower halves of numbers, those of each upper half from `first` on and below `last` together.

    Gives where those of each begin, too.
    """
    at = np.zeros(last - first + 2, np.int64)
    for number in numbers:
        at[(number >> np.uint64(32)) - np.uint64(first) + np.uint64(2)] += 1
    for row in range(2, last - first + 2):
        at[row] += at[row - 1]
    lower = np.empty(len(numbers), np.int32)
    for number in numbers:
        row_of = (number >> np.uint64(32)) - np.uint64(first) + np.uint64(1)
        lower[at[row_of]] = number & np.uint64(0xFFFFFFFF)
        at[row_of] += 1
    return at[:-1], lower
