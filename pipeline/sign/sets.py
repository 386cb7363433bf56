"""Sets of shingles, many in one array: what pairs of them share."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.sign.compiled import compiled
from pipeline.sign.shingles import U64

I64 = NDArray[np.int64]
_Kind = TypeVar("_Kind", bound=np.generic)

# What merging two sets takes longer in NumPy: for a pair, and for a value of its sets.
_PAIR_NS, _VALUE_NS = 10_000, 20


def intersections(offsets: I64, values: U64, left: I64, right: I64) -> I64:
    """Count what pairs of sets have in common.

    Args:
        offsets: (sets + 1,): set i is values[offsets[i]:offsets[i + 1]].
        values: hashes; those of a set are distinct and sorted.
        left, right: (pairs,): the numbers of the sets of each pair.

    Gives shape (pairs,). Takes time linear in the sizes of the sets of all pairs, and no memory but the counts.

    Raises:
        IndexError: a pair names a set that is not there, or a set reaches past the values.
        ValueError: `left` and `right` differ in length.

    >>> intersections(np.array([0, 2, 5]), np.array([1, 4, 1, 3, 4], np.uint64), np.array([0]), np.array([1])).tolist()
    [2]
    """
    offsets, left, right = (np.array(one, np.int64) for one in (offsets, left, right))
    values = np.ascontiguousarray(values, np.uint64)
    _check(offsets, len(values), left, right)
    sizes = np.diff(offsets)
    touched = int(sizes[left].sum() + sizes[right].sum())
    if fast := compiled(_PAIR_NS * len(left) + _VALUE_NS * touched):
        return np.asarray(fast.shared(offsets, read_only(values), left, right), np.int64)
    out = np.zeros(len(left), np.int64)
    for pair, (one, two) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        first, second = (values[offsets[at] : offsets[at + 1]] for at in (one, two))
        out[pair] = len(np.intersect1d(first, second, assume_unique=True))
    return out


def _check(offsets: I64, size: int, left: I64, right: I64) -> None:
    """Refuse what compiled code would read beyond."""
    if len(left) != len(right):
        raise ValueError(f"left names {len(left)} sets, right {len(right)}; a pair needs one of each")
    check_offsets(offsets, size)
    sets = len(offsets) - 1
    for side in (left, right):
        if len(side) and (side.min() < 0 or side.max() >= sets):
            raise IndexError(f"a pair names set {int(side.max())}, or one below 0; there are {sets}")


def check_offsets(offsets: I64, size: int) -> None:
    """Refuse offsets that lead out of an array of some size.

    Raises:
        IndexError: they do.
    """
    if not len(offsets) or offsets[0] < 0 or offsets[-1] > size or (np.diff(offsets) < 0).any():
        raise IndexError(f"offsets do not rise from 0 or more to at most {size}, the size of what they are of")


def read_only(array: NDArray[_Kind]) -> NDArray[_Kind]:
    """Give a view that cannot be written to, so that compiled code is compiled for one kind of array only."""
    view = array.view()
    view.flags.writeable = False
    return view
