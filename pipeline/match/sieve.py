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
# Of 2^21 more (256 kB), which stand closer to a processor, most marks that are not there are told by already.
_NEAR_BITS = 21
# Hashes that were chosen for being small are spread before their upper bits are looked at. A number of Python's that is
# so large takes as long to hand to compiled code as a thousand marks.
_MIX = np.uint64(0x9E3779B97F4A7C15)
# What sifting a mark takes longer without compiled code.
_MARK_NS = 50
# So many marks are counted at most: in a table of twice to four times as many numbers (32 MB).
_COUNTED = 1 << 20
# When those that came often enough are left out: it takes as long as sifting a million marks.
_REFILLED = frozenset(4**power for power in range(16))


class Sieve:
    """Says of hashes whether they may be among those that it was given, and wanted: never no of one that is."""

    def __init__(self, bits: int = 0, most: int = 0, size: int = 5, down: int = 0, times: int = 1) -> None:
        """Begin with none.

        Args:
            bits: the lowest ones of a mark, which do not tell marks apart.
            most: how often a hash that it was given need come; 0 for always.
            size: bytes that are kept of a hash: its uppermost ones.
            down: bits by which a hash is shifted to make a mark of it.
            times: odd number that it is multiplied by then.
        """
        self._down, self._times = np.uint64(down), np.uint64(times)
        self._bits, self._shift = np.zeros(-(-(1 << _BITS) // 8), np.uint8), 64 - _BITS
        self._near, self._spare = np.zeros(1 << (_NEAR_BITS - 3), np.uint8), 64 - 8 * size
        self._above = np.uint64(2**64 - (1 << bits))
        self._most = most
        # Counts stand in the lowest bits of hashes, where each of them is a mark of its own.
        self._counts = 0 < most < (1 << self._spare) - 1
        if max(down, bits) <= self._spare:
            self._down, self._times, self._above = np.uint64(0), np.uint64(1), np.uint64(2**64 - 1)
        else:
            self._counts = False
            self._near[:] = 0xFF
        self._hashes: list[U64] = []
        self._added = 0
        self._table: U64 | None = None
        self._asked = 0

    def add(self, hashes: U64) -> None:
        """Take hashes, all of them before any that is sifted."""
        if self._asked:
            raise ValueError("the sieve was asked already")
        _set(self._bits, self._places(hashes))
        _set(self._near, hashes >> np.uint64(self._spare) & np.uint64(8 * len(self._near) - 1))
        self._added += len(hashes)
        self._counts &= self._added <= _COUNTED
        self._hashes = [*self._hashes, hashes] if self._counts else []

    def has(self, hashes: U64) -> Flags:
        """Say of each hash whether it may be there."""
        self._asked += 1
        places = self._places(hashes)
        bit = (places & np.uint64(7)).astype(np.uint8)
        told: Flags = (self._bits[places >> np.uint64(3)] >> bit & 1).view(np.bool_)
        return told

    def sifted(self, hashes: Packed) -> tuple[U64, I64]:
        """Give the hashes that may be there, and of each the row of its document.

        Where it may be that others of a hash are left out, those that came first are there, `most` of them.
        """
        if compiled(_MARK_NS * len(hashes)) is None:
            every = hashes.hashes()
            met = self.has(every)
            rows = np.repeat(np.arange(len(hashes.offsets) - 1), np.diff(hashes.offsets))
            return every[met], rows[met]
        from pipeline.match.sieving import refill, sifted, table_of

        if self._counts and self._table is None:
            every = np.concatenate([np.empty(0, np.uint64), *self._hashes])
            self._table = table_of(every, 2 << self._added.bit_length(), _MIX)
            self._hashes = []
        self._asked += 1
        # Most of what passes is of a few hashes that very many documents have: soon no more of them are wanted.
        if self._table is not None and self._asked in _REFILLED:
            refill(self._near, self._bits, self._table, _MIX, self._shift, self._spare, self._most)
        return sifted(
            hashes.lower,
            np.empty(0, np.uint8) if hashes.steps is None else hashes.steps,
            hashes.offsets,
            hashes.size - (hashes.steps is not None),
            self._near,
            self._down,
            self._times,
            self._above,
            _MIX,
            self._bits,
            self._shift,
            np.empty(0, np.uint64) if self._table is None else self._table,
            self._spare,
            self._most,
        )

    def _places(self, hashes: U64) -> U64:
        return ((hashes >> self._down) * self._times & self._above) * _MIX >> np.uint64(self._shift)


def _set(bits: NDArray[np.uint8], places: U64) -> None:
    """Set bits by their numbers."""
    if compiled(_MARK_NS * len(places)) is not None:
        from pipeline.match.sieving import set_bits

        set_bits(bits, places)
        return
    np.bitwise_or.at(bits, places >> np.uint64(3), np.uint8(1) << (places & np.uint64(7)).astype(np.uint8))
