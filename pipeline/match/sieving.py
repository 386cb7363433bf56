"""Which marks of old documents new ones may have, compiled: in a tenth of what it takes to unpack all of them.

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
def sifted(
    lower: U8, steps: U8, offsets: I64, width: int, down: int, times: int, mix: int, sieve: U8, shift: int
) -> tuple[U64, I64]:
    """Give the marks that may be in a sieve, each with the row of its document.

    Args:
        lower, steps, offsets: as `pipeline.match.marks.Packed` has them; no steps where there are none.
        width: bytes of a hash in `lower`, 3 to 5.
        down, times: of a hash to make a mark of it (see `pipeline.match.sieve.Sieve.sifted`).
        mix, sieve, shift: the bit of a mark is number `mark * mix >> shift`.
    """
    marks, rows = np.empty(len(lower) // width, np.uint64), np.empty(len(lower) // width, np.int64)
    count, stepped = 0, len(steps) > 0
    multiplier, spread = np.uint64(times), np.uint64(mix)
    for row in range(len(offsets) - 1):
        upper = np.uint8(0)
        for at in range(offsets[row], offsets[row + 1]):
            byte = at * width
            value = np.uint64(lower[byte])
            value |= np.uint64(lower[byte + 1]) << np.uint64(8) | np.uint64(lower[byte + 2]) << np.uint64(16)
            if width > 3:
                value |= np.uint64(lower[byte + 3]) << np.uint64(24)
            if width > 4:
                value |= np.uint64(lower[byte + 4]) << np.uint64(32)
            if stepped:
                upper = np.uint8(upper + steps[at])
                value = value << np.uint64(56 - 8 * width) | np.uint64(upper) << np.uint64(56)
            else:
                value <<= np.uint64(64 - 8 * width)
            mark = (value >> np.uint64(down)) * multiplier
            place = mark * spread >> np.uint64(shift)
            if sieve[place >> np.uint64(3)] >> np.uint8(place & np.uint64(7)) & 1:
                marks[count] = mark
                rows[count] = row
                count += 1
    return marks[:count].copy(), rows[:count].copy()
