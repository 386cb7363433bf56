"""Small numbers as the pages of a Parquet file hold them: runs of one, or many packed bit by bit.

Source: apache/parquet-format, Encodings.md, "RLE / Bit-Packing Hybrid".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.read.thrift import NotThrift, uleb128

WIDEST = 32
"""Bits of a number, at most."""

_MOST = 2**20  # runs of a page that are gone through


def runs(encoded: memoryview, width: int, left: int) -> Iterator[tuple[int, Any]]:
    """Give so many numbers as they stand in runs: how many, and the one that is repeated, or the bits of each.

    Args:
        encoded: the runs.
        width: bits of a number, one at least.
        left: numbers that are wanted.

    Raises, when iterated:
        IndexError, NotThrift: they are not there.
    """
    at = 0
    for _ in range(_MOST):
        if left <= 0:
            return
        head, at = uleb128(encoded, at)
        if head & 1:
            size = (head >> 1) * width
            packed = np.frombuffer(encoded[at : at + min(size, -(-left * width // 8))], np.uint8)
            bits: Any = np.unpackbits(packed, bitorder="little")
            told = bits[: len(bits) // width * width].reshape(-1, width)[:left]
            count = len(told)
        else:
            size = (width + 7) // 8
            count, told = min(left, head >> 1), int.from_bytes(encoded[at : at + size], "little")
        if not count or at + size > len(encoded):
            raise NotThrift("a run is empty, or not whole")
        at += size
        left -= count
        yield count, told
    raise NotThrift("there are too many runs")


def numbers_of(bits: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Make numbers of bits: a row each, the lowest first."""
    count, width = bits.shape
    padded = np.zeros((count, WIDEST), np.uint8)
    padded[:, :width] = bits
    return np.packbits(padded, axis=1, bitorder="little").view("<u4")[:, 0]
