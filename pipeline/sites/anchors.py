"""The ends of many blocks hashed at once: XXH32, seed 0, of their last forty bytes, as `xxhash.xxh32_intdigest` does.

Source: Y. Collet, "XXH32", the specification in the xxHash repository.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.strip.rows import Ints, Rows

U32 = NDArray[np.uint32]

ANCHOR_BYTES = 40
"""The end of a block survives an edit elsewhere in it; 40 bytes are some six words."""

_P1, _P2, _P3, _P4 = (np.uint32(prime) for prime in (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F))
_BEGIN = np.array([[0x9E3779B1 + 0x85EBCA77 & 0xFFFFFFFF], [0x85EBCA77], [0], [-0x9E3779B1 & 0xFFFFFFFF]], np.uint32)


def anchors(rows: Rows, ends: Ints) -> U32:
    """Hash the forty bytes before each of some ends of blocks of that many bytes or more."""
    read = np.empty((ANCHOR_BYTES // 8, len(ends)), np.uint64)
    for at in range(len(read)):
        read[at] = rows.windows(ends - ANCHOR_BYTES + 8 * at)
    lanes = np.empty((2 * len(read), len(ends)), np.uint32)
    lanes[0::2], lanes[1::2] = read & np.uint64(0xFFFFFFFF), read >> np.uint64(32)
    # Two stripes of sixteen bytes, then what is left by fours.
    stripes = _round(_round(np.repeat(_BEGIN, len(ends), axis=1), lanes[:4]), lanes[4:8])
    total = _turned(stripes[0], 1) + _turned(stripes[1], 7) + _turned(stripes[2], 12) + _turned(stripes[3], 18)
    total += np.uint32(ANCHOR_BYTES)
    for lane in lanes[8:]:
        total = _turned(total + lane * _P3, 17) * _P4
    for by, factor in ((15, _P2), (13, _P3)):
        total = (total ^ (total >> np.uint32(by))) * factor
    return total ^ (total >> np.uint32(16))


def _round(sums: U32, lanes: U32) -> U32:
    return _turned(sums + lanes * _P2, 13) * _P1


def _turned(value: U32, by: int) -> U32:
    return (value << np.uint32(by)) | (value >> np.uint32(32 - by))
