"""Collisions: documents that have a mark in common.

A mark and the number of its document are packed into 64 bits, and those of a range brought together, by sorting or in
buckets where compiled code does it (`pipeline.match.grouping`). Documents with one mark are
either few, and then every two of them are a pair; or they are a crowd, of which only the kept ones matter, and which of
them are kept shows when their turn comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.match.marks import Packed
from pipeline.match.sieve import Sieve
from pipeline.match.spool import Memory, Part, Spool
from pipeline.sign.compiled import compiled
from pipeline.sign.shingles import U64

I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

# What sorting a mark and looking at it takes longer than compiled code.
_MARK_NS = 25
# What unpacking one takes longer.
_NUMBER_NS = 20


@dataclass(frozen=True, slots=True)
class Found:
    """What a part of the marks came to."""

    pairs: U64
    """Later document in the upper half, earlier one in the lower; a pair for each mark that it shares."""
    members: U64
    """New documents in crowds: document in the upper half, number of the crowd in the lower."""
    sizes: I64
    """Documents in each crowd, or a smaller number that is above `most`."""
    old: I64
    """The first old documents of each crowd, in order, one crowd after the other."""
    old_sizes: I64
    """How many each has."""


class Channel:
    """Marks of one kind."""

    def __init__(
        self,
        name: str,
        documents: int,
        first_new: int,
        few: int,
        most: int,
        folder: Path | None,
        expected: int,
        size: int = 5,
        down: int = 0,
        times: int = 1,
        memory: Memory | None = None,
    ) -> None:
        """Begin with none.

        Args:
            name: of the kind.
            documents: how many there are, old and new.
            first_new: number of the first new one; the old ones before it are kept ones.
            few: of so many documents with a mark in common every two are a pair; more are a crowd.
            most: of a crowd so many old documents matter: the first ones; as many as `few` at least.
            folder: where files may be made.
            expected: about how many marks will come.
            size, down, times: of hashes to make marks of them (see `pipeline.match.sieve.Sieve`).
            memory: see `pipeline.match.spool.Spool`.
        """
        self._bits = max(1, documents.bit_length())
        self._first_new = first_new
        self._few = few
        self._spool = Spool(folder, name, 64, expected, self._bits, memory)
        self._most = most
        self._sieve = Sieve(self._bits, most, size, down, times) if first_new else None
        self._down, self._times = np.uint64(down), np.uint64(times)

    def add_new(self, hashes: U64, documents: I64) -> None:
        """Take hashes of new documents, all of them before any of an old one: shapes (n,)."""
        if self._sieve is not None:
            self._sieve.add(hashes)
        self._add(hashes, documents)

    def add_packed(self, hashes: Packed, first: int) -> None:
        """Take hashes of new documents as `add_new` does; `first` is the number of the first document."""
        if self._sieve is not None or compiled(_NUMBER_NS * len(hashes)) is None:
            documents = np.arange(first, first + len(hashes.offsets) - 1)
            self.add_new(hashes.hashes(), np.repeat(documents, np.diff(hashes.offsets)))
            return
        from pipeline.match.parting import numbered

        steps = np.empty(0, np.uint8) if hashes.steps is None else hashes.steps
        width = hashes.size - (hashes.steps is not None)
        self._spool.add(
            numbered(hashes.lower, steps, hashes.offsets, width, first, self._down, self._times, self._bits)
        )

    def add_old(self, hashes: U64, documents: I64) -> None:
        """Take hashes of old documents. What no new document has is passed over."""
        met = self._of_new.has(hashes)
        self._add(hashes[met], documents[met])

    def sift_old(self, hashes: Packed, first: int) -> None:
        """Take hashes of old documents as `add_old` does; `first` is the number of the first document."""
        its, rows = self._of_new.sifted(hashes)
        self._add(its, rows + first)

    @property
    def _of_new(self) -> Sieve:
        if self._sieve is None:
            raise ValueError("there are no old documents")
        return self._sieve

    def parts(self) -> Iterator[Part]:
        """Give the marks, a range after another, and forget them."""
        self._sieve = None
        return self._spool.parts()

    def found(self, part: Part) -> Found:
        """Give the collisions of a part."""
        if compiled(_MARK_NS * len(part.numbers)) is None:
            part.numbers.sort()
            return self._found(part.numbers)
        from pipeline.match.grouping import grouped

        up = 64 - (part.end - part.begin - 1).bit_length()
        return Found(*grouped(part.numbers, self._bits, up, self._first_new, self._few, self._most))

    def _add(self, hashes: U64, documents: I64) -> None:
        self._spool.add(self._packed((hashes >> self._down) * self._times, documents))

    def _packed(self, marks: U64, documents: I64) -> U64:
        low = np.uint64((1 << self._bits) - 1)
        return (marks & ~low) | documents.astype(np.uint64)

    def _found(self, packed: U64) -> Found:
        # Most marks are of one document: they are passed over first, in two steps a number.
        same = np.flatnonzero(packed[1:] ^ packed[:-1] < np.uint64(1 << self._bits))
        begins = np.flatnonzero(np.diff(same, prepend=-2) > 1)
        sizes = np.diff(begins, append=len(same)) + 1
        places = ranges(same[begins], sizes)
        documents = (packed[places] & np.uint64((1 << self._bits) - 1)).astype(np.int64)
        starts = np.cumsum(sizes) - sizes
        # Within a mark documents are sorted, so the last one tells whether any is new.
        wanted = documents[starts + sizes - 1] >= self._first_new
        few = wanted & (sizes <= self._few)
        many = wanted & ~few
        return Found(
            _pairs(documents, starts[few], sizes[few], self._first_new),
            *self._crowds(documents, starts[many], sizes[many]),
        )

    def _crowds(self, documents: I64, starts: I64, sizes: I64) -> tuple[U64, I64, I64, I64]:
        of_crowds = documents[ranges(starts, sizes)]
        crowds = np.repeat(np.arange(len(sizes)), sizes)
        new = of_crowds >= self._first_new
        members = of_crowds[new].astype(np.uint64) << np.uint64(32) | crowds[new].astype(np.uint64)
        # Within a crowd old documents stand first.
        old_sizes = np.minimum(np.bincount(crowds[~new], minlength=len(sizes)), self._most)
        old = of_crowds[ranges(np.cumsum(sizes) - sizes, old_sizes)]
        return members, sizes, old, old_sizes


def _pairs(documents: I64, starts: I64, sizes: I64, first_new: int) -> U64:
    """Give every two documents of each group: those that stand 1, 2, ... places apart."""
    out = [np.empty(0, np.uint64)]
    places = ranges(starts, sizes)
    left = np.repeat(starts + sizes, sizes) - places
    for apart in range(1, int(sizes.max(initial=1))):
        places, left = places[left > apart], left[left > apart]
        later, earlier = documents[places + apart], documents[places]
        told = (later >= first_new) & (later != earlier)
        out.append(later[told].astype(np.uint64) << np.uint64(32) | earlier[told].astype(np.uint64))
    return np.concatenate(out)


def ranges(starts: I64, sizes: I64) -> I64:
    """Give start, start + 1, ... of every group, one after the other."""
    out: I64 = np.arange(int(sizes.sum())) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    return out
