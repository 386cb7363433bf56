"""Lines in their documents: sums, neighbours and distances, of all documents at once and of each by itself.

What is the same for every measure, such as which lines stand within eight of a line, is found once and kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Spans:
    """Which lines make a document: of each line, the first of its document and one past the last."""

    number: Ints
    first: Ints
    beyond: Ints
    _outside: dict[int, Ints] = field(default_factory=dict, repr=False)
    _windows: dict[tuple[int, int], tuple[Ints, Ints]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, firsts: Ints, lines: int) -> Spans:
        """Make spans of the number of each document's first line; a document may have none."""
        sizes = np.diff(firsts, append=lines)
        return cls(np.repeat(np.arange(len(firsts)), sizes), np.repeat(firsts, sizes), np.repeat(firsts + sizes, sizes))

    @cached_property
    def here(self) -> Ints:
        """The number of each line."""
        return np.arange(len(self.number))

    @cached_property
    def starts(self) -> Ints:
        """The first line of each document that has lines."""
        return np.flatnonzero(self.here == self.first)

    @cached_property
    def sizes(self) -> Ints:
        """The lines of each document that has some."""
        return np.diff(self.starts, append=len(self.number))

    def shifted(self, values: Array, by: int, outside: int) -> Array:
        """Give of each line the value of the line `by` further on in its document; `outside` where there is none."""
        beyond = self._outside.get(by)
        if beyond is None:
            at = self.here + by
            beyond = self._outside[by] = np.flatnonzero((at < self.first) | (at >= self.beyond))
        moved = np.empty_like(values)
        if by > 0:
            moved[:-by] = values[by:]
        else:
            moved[-by:] = values[:by]
        moved[beyond] = outside
        return moved

    def window(self, before: int, after: int) -> tuple[Ints, Ints]:
        """Give of each line which of its document stand from `before` it to `after` it: the first, and one past."""
        window = self._windows.get((before, after))
        if window is None:
            low, high = np.maximum(self.here - before, self.first), np.minimum(self.here + after + 1, self.beyond)
            window = self._windows[before, after] = (low, high)
        return window

    def windowed(self, sums: Ints, before: int, after: int) -> Ints:
        """Give of each line the sum over the lines `before` it to `after` it, itself included, in its document.

        Args:
            sums: `running` sums of what is summed.
            before, after: how many lines; -1 leaves out the line itself.
        """
        low, high = self.window(before, after)
        summed: Ints = sums[high] - sums[low]
        return summed

    def within(self, before: int, after: int) -> Ints:
        """Give of each line how many lines stand there."""
        low, high = self.window(before, after)
        return high - low

    def whole(self, sums: Ints) -> Ints:
        """Give of each line the sum over all lines of its document."""
        whole: Ints = sums[self.beyond] - sums[self.first]
        return whole

    def since(self, marks: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Give of each line the last marked line before it and the next after it; -1 where there is none."""
        marked = np.concatenate([_NONE, np.flatnonzero(marks), np.array([len(marks)])])
        upto = np.cumsum(marks)
        last, following = marked[upto - marks], marked[upto + 1]
        return np.where(last >= self.first, last, -1), np.where(following < self.beyond, following, -1)


_NONE = np.full(1, -1)


def running(values: Array) -> Ints:
    """Give the sums of whole numbers up to each place, and of all: int64[n + 1].

    >>> running(np.array([3, 4])).tolist()
    [0, 3, 7]
    """
    sums = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def share(part: Array, whole: Array) -> Array:
    """Give how much of a whole parts are, in float32; of nothing, the part itself."""
    return part.astype(np.float32) / np.maximum(whole, 1).astype(np.float32)


class Table:
    """Columns that become the matrix of features."""

    def __init__(self, lines: int) -> None:
        self.names: list[str] = []
        self._columns: list[Array | float] = []
        self._lines = lines

    def add(self, name: str, column: Array | float) -> None:
        """Add a feature: a column, or one value for all lines."""
        self.names.append(name)
        self._columns.append(column)

    def matrix(self, room: int = 0) -> Floats:
        """Give float32[lines, features], the columns one after the other in memory, as they are made and looked at.

        Args:
            room: so many columns more, to be filled.
        """
        columns = np.empty((len(self._columns) + room, self._lines), np.float32)
        for row, column in zip(columns, self._columns, strict=False):
            row[:] = column
        return columns.T

    def fill(self, matrix: Floats) -> None:
        """Fill the last columns of a matrix that has room for them."""
        for row, column in zip(matrix.T[-len(self._columns) :], self._columns, strict=True):
            row[:] = column
