"""A sieve of marks: of an index of old documents most fall away, since no new one has them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.match.marks import Packed
from pipeline.sign.compiled import compiled
from pipeline.sign.shingles import U64

I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

# 2^24 bits (2 MB) say which marks there are: of those of 10,000 documents that others have, 3 in 100 seem to be there.
_BITS = 24
# Hashes that were chosen for being small are spread before their upper bits are looked at.
_MIX = np.uint64(0x9E3779B97F4A7C15)
# What sifting a mark takes longer without compiled code.
_MARK_NS = 50


class Sieve:
    """Says of marks whether they may be among those that it was given: never no of one that is."""

    def __init__(self) -> None:
        """Begin with none."""
        self._flags: Flags | None = np.zeros(1 << _BITS, np.bool_)
        self._packed = np.empty(0, np.uint8)
        self._shift = 64 - _BITS

    def add(self, marks: U64) -> None:
        """Take marks, all of them before any question."""
        if self._flags is None:
            raise ValueError("the sieve was asked already")
        self._flags[self._places(marks)] = True

    def has(self, marks: U64) -> Flags:
        """Say of each mark whether it may be there."""
        places = self._places(marks)
        told: Flags = (self._bits()[places >> np.uint64(3)] >> (places & np.uint64(7)).astype(np.uint8) & 1).view(
            np.bool_
        )
        return told

    def sifted(self, hashes: Packed, down: int = 0, times: int = 1) -> tuple[U64, I64]:
        """Give the marks that may be there, and of each the row of its document.

        Args:
            hashes: of documents.
            down: bits by which a hash is shifted to make a mark of it.
            times: what it is multiplied by then.
        """
        if compiled(_MARK_NS * len(hashes)) is not None:
            from pipeline.match.sieving import sifted

            stepped = hashes.steps is not None
            steps = hashes.steps if hashes.steps is not None else np.empty(0, np.uint8)
            width = hashes.size - 1 if stepped else hashes.size
            return sifted(hashes.lower, steps, hashes.offsets, width, down, times, int(_MIX), self._bits(), self._shift)
        marks = (hashes.hashes() >> np.uint64(down)) * np.uint64(times)
        met = self.has(marks)
        rows = np.repeat(np.arange(len(hashes.offsets) - 1), np.diff(hashes.offsets))
        return marks[met], rows[met]

    def _places(self, marks: U64) -> U64:
        return marks * _MIX >> np.uint64(self._shift)

    def _bits(self) -> NDArray[np.uint8]:
        if self._flags is not None:
            self._packed, self._flags = np.packbits(self._flags, bitorder="little"), None
        return self._packed
