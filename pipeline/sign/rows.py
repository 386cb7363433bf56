"""Rows of different lengths, one after the other in one array."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.sign.sets import I64


class Rows(NamedTuple):
    """Some numbers for each text."""

    values: NDArray[Any]
    offsets: I64
    """(rows + 1,): row i is values[offsets[i]:offsets[i + 1]]."""


def rows_of(arrays: Sequence[NDArray[Any]], kind: type[np.generic]) -> Rows:
    """Put arrays one after the other, each as a row of numbers of one kind."""
    return Rows(np.concatenate([np.zeros(0, kind), *arrays]), _offsets([len(array) for array in arrays]))


def joined(parts: Sequence[Rows]) -> Rows:
    """Put the rows of one or more parts one after the other."""
    if len(parts) == 1:
        return parts[0]
    sizes = np.concatenate([np.diff(part.offsets) for part in parts])
    return Rows(np.concatenate([part.values for part in parts]), _offsets(sizes))


def filled(rows: Rows, empty: Sequence[int], theirs: Rows) -> Rows:
    """Put rows in where others, named by their numbers in order, are empty.

    >>> some = Rows(np.array([1, 2, 3]), np.array([0, 2, 2, 3]))
    >>> [one.tolist() for one in filled(some, [1], Rows(np.array([8, 9]), np.array([0, 2])))]
    [[1, 2, 8, 9, 3], [0, 2, 4, 5]]
    """
    pieces: list[NDArray[Any]] = []
    start = 0
    for number, place in enumerate(rows.offsets[list(empty)].tolist()):
        pieces += [rows.values[start:place], theirs.values[theirs.offsets[number] : theirs.offsets[number + 1]]]
        start = place
    sizes = np.diff(rows.offsets)
    sizes[list(empty)] = np.diff(theirs.offsets)
    return Rows(np.concatenate([*pieces, rows.values[start:]]), _offsets(sizes))


def _offsets(sizes: Iterable[int] | I64) -> I64:
    return np.concatenate([[0], np.cumsum(np.asarray(sizes, np.int64))]).astype(np.int64)
