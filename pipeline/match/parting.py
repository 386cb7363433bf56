"""Numbers parted by their upper bits, compiled: a third of what sorting takes.

Importing this loads numba (see `pipeline.sign.compiled`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.jit import njit

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
