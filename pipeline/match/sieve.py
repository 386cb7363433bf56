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
_MIX = 0x9E3779B97F4A7C15
# What sifting a mark takes longer without compiled code.
_MARK_NS = 50
# So many marks are counted at most: in a table of twice to four times as many numbers (32 MB).
_COUNTED = 1 << 20


class Sieve:
    """Says of marks whether they may be among those that it was given, and wanted: never no of one that is."""

    def __init__(self, bits: int = 0, most: int = 0) -> None:
        """Begin with none.

        Args:
            bits: the lowest ones, which do not tell marks apart.
            most: how often a mark that it was given need come; 0 for always.
        """
        self._flags: Flags | None = np.zeros(1 << _BITS, np.bool_)
        self._packed = np.empty(0, np.uint8)
        self._shift = 64 - _BITS
        self._low, self._most = (1 << bits) - 1, most
        # Counts stand in the lowest bits.
        self._counts = 0 < most < self._low
        self._marks: list[U64] = []
        self._added = 0
        self._table: U64 | None = None
        self._asked = 0

    def add(self, marks: U64) -> None:
        """Take marks, all of them before any question."""
        if self._flags is None:
            raise ValueError("the sieve was asked already")
        self._flags[self._places(marks)] = True
        self._added += len(marks)
        self._counts &= self._added <= _COUNTED
        self._marks = [*self._marks, marks & ~np.uint64(self._low)] if self._counts else []

    def has(self, marks: U64) -> Flags:
        """Say of each mark whether it may be there."""
        bits = self._bits()
        places = self._places(marks)
        bit = (places & np.uint64(7)).astype(np.uint8)
        told: Flags = (bits[places >> np.uint64(3)] >> bit & 1).view(np.bool_)
        return told

    def sifted(self, hashes: Packed, down: int = 0, times: int = 1) -> tuple[U64, I64]:
        """Give the marks that may be there, and of each the row of its document.

        Where it may be that others of a mark are left out, those that came first are there, `most` of them.

        Args:
            hashes: of documents.
            down: bits by which a hash is shifted to make a mark of it.
            times: what it is multiplied by then.
        """
        if compiled(_MARK_NS * len(hashes)) is None:
            marks = (hashes.hashes() >> np.uint64(down)) * np.uint64(times)
            met = self.has(marks)
            rows = np.repeat(np.arange(len(hashes.offsets) - 1), np.diff(hashes.offsets))
            return marks[met], rows[met]
        from pipeline.match.sieving import refill, sifted, table_of

        bits = self._bits()
        if self._counts and self._table is None:
            self._table = table_of(
                np.concatenate([np.empty(0, np.uint64), *self._marks]), 2 << self._added.bit_length(), _MIX
            )
            self._marks = []
        self._asked += 1
        # Most of what passes is of a few marks that very many documents have: soon no more of them are wanted.
        if self._table is not None and self._asked.bit_count() == 1:
            refill(bits, self._table, _MIX, self._shift, self._low, self._most)
        return sifted(
            hashes.lower,
            np.empty(0, np.uint8) if hashes.steps is None else hashes.steps,
            hashes.offsets,
            hashes.size - (hashes.steps is not None),
            down,
            times,
            _MIX,
            bits,
            self._shift,
            np.empty(0, np.uint64) if self._table is None else self._table,
            self._low,
            self._most,
        )

    def _places(self, marks: U64) -> U64:
        return (marks & ~np.uint64(self._low)) * np.uint64(_MIX) >> np.uint64(self._shift)

    def _bits(self) -> NDArray[np.uint8]:
        if self._flags is not None:
            self._packed, self._flags = np.packbits(self._flags, bitorder="little"), None
        return self._packed
