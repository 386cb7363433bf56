"""Spools: more 64-bit numbers than memory should hold, taken in any order and given back a range of them at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.sign.compiled import compiled
from pipeline.sign.shingles import U64

# So many numbers are held before some go to disk (64 MB), which takes longer than all else that is done to them: those
# of 50,000 documents stay. About so many are given back at a time (8 MB; who compares them takes some ten times that),
# and so many are parted at once.
_HELD = 1 << 23
_PART = 1 << 20
# Files open at once for each spool, at most.
_MOST_PARTS = 256
# Parts are of about one size, and only where there should have been more of them are they larger than this.
_MOST_TIMES = 4
# What parting a number takes longer without compiled code.
_NUMBER_NS = 10

I64 = NDArray[np.int64]


class Part(NamedTuple):
    """The numbers of a range, from `begin` on and below `end`, in any order; those that are taken stay in theirs
    where compiled code parts them."""

    begin: int
    end: int
    numbers: U64


class Memory:
    """What spools hold together."""

    def __init__(self) -> None:
        """Begin with no spool."""
        self.spools: list[Spool] = []

    @property
    def in_files(self) -> bool:
        """Whether some of it did not fit, and lies on disk."""
        return any(spool.in_files for spool in self.spools)

    def make_room(self) -> None:
        """Let those that hold most, and may, put it on disk where all hold too much."""
        while sum(spool.held for spool in self.spools) >= _HELD:
            largest = max(self.spools, key=lambda spool: spool.held if spool.has_files else 0)
            if not largest.has_files or not largest.held:
                return
            largest.spill()


class Spool:
    """Numbers, parted by their highest bits into files."""

    def __init__(
        self,
        folder: Path | None,
        name: str,
        bits: int,
        expected: int,
        together: int = 0,
        memory: Memory | None = None,
    ) -> None:
        """Begin with none.

        Args:
            folder: where files may be made; None holds all in memory.
            name: of the files.
            bits: every number is below 2 to this.
            expected: about how many numbers will come.
            together: numbers that differ in so many lowest bits alone come in one part.
            memory: what it shares with others; None for one of its own.
        """
        parts = 1
        while parts < _MOST_PARTS and expected > parts * _PART:
            parts *= 2
        self._bits = bits
        self._shift = max(together, bits - (parts.bit_length() - 1))
        self._together = together
        self._files = parts
        self._paths = [folder / f"{name}-{part:03d}" for part in range(parts)] if folder else []
        self._held: list[U64] = []
        self.held = 0
        """How many numbers it holds."""
        self.has_files = bool(self._paths)
        self.in_files = False
        """Whether some numbers are on disk."""
        self._memory = memory or Memory()
        self._memory.spools.append(self)

    def add(self, numbers: U64) -> None:
        """Take numbers."""
        self._held.append(numbers)
        self.held += len(numbers)
        self._memory.make_room()

    def parts(self) -> Iterator[Part]:
        """Give all numbers, range after range, and forget them. Of a range without numbers nothing may come."""
        if not self.in_files:
            yield from self._parts_held()
            return
        self.spill()
        for part, path in enumerate(self._paths):
            if path.exists():
                yield from self._parts_of(part, path)

    def _parts_of(self, part: int, path: Path) -> Iterator[Part]:
        """Give what a file holds; one that is too large for memory is parted once more."""
        begin, end = part << self._shift, (part + 1) << self._shift
        size = path.stat().st_size // 8
        if size <= _MOST_TIMES * _PART or self._shift <= self._together:
            numbers = np.fromfile(path, np.uint64)
            path.unlink()
            yield Part(begin, end, numbers)
            return
        finer = Spool(path.parent, path.name, self._shift, size, self._together)
        for at in range(0, size, _PART):
            numbers = np.fromfile(path, np.uint64, _PART, offset=8 * at)
            numbers -= np.uint64(begin)
            finer.add(numbers)
        path.unlink()
        for its in finer.parts():
            yield Part(its.begin + begin, its.end + begin, its.numbers + np.uint64(begin))

    def _parts_held(self) -> Iterator[Part]:
        """Give what was never on disk: few numbers together, more in the parts that files would hold."""
        if self.held <= _PART or self._files == 1:
            yield Part(0, 1 << self._bits, np.concatenate([np.empty(0, np.uint64), *self._taken()]))
            return
        pieces = list(self._pieces())
        for part in range(self._files):
            numbers = np.concatenate([piece[bounds[part] : bounds[part + 1]] for piece, bounds in pieces])
            yield Part(part << self._shift, (part + 1) << self._shift, numbers)

    def _pieces(self) -> Iterator[tuple[U64, I64]]:
        """Give what is held, some at a time, with where each part begins, and forget it."""
        held = self._taken()[::-1]
        while held:
            some = [held.pop()]
            while held and sum(map(len, some)) < _PART:
                some.append(held.pop())
            yield _parted(np.concatenate(some), self._shift, self._files)

    def _taken(self) -> list[U64]:
        held, self._held, self.held = self._held, [], 0
        return held

    def spill(self) -> None:
        """Put what is held on disk."""
        self.in_files = True
        for numbers, bounds in self._pieces():
            for part, path in enumerate(self._paths):
                if bounds[part] < bounds[part + 1]:
                    with path.open("ab") as file:
                        # Not by `tofile`, which says nothing of a disk that is full.
                        file.write(np.ascontiguousarray(numbers[bounds[part] : bounds[part + 1]]).data)


def _parted(numbers: U64, shift: int, parts: int) -> tuple[U64, I64]:
    """Put numbers in order by their bits from `shift` on alone, or wholly; and say where each part begins."""
    if parts == 1:
        # No bit is left to part by, and compiled code that shifts a number by all its bits gives anything.
        return numbers, np.array([0, len(numbers)])
    if compiled(_NUMBER_NS * len(numbers)) is not None:
        from pipeline.match.parting import parted

        return parted(numbers, shift, parts)
    numbers.sort()
    bounds = np.searchsorted(numbers >> np.uint64(shift), np.arange(parts + 1, dtype=np.uint64))
    return numbers, bounds.astype(np.int64)
