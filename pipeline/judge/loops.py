"""Loops over single numbers and bytes, written to be compiled (`pipeline.judge.masks.compiled`).

What each does, arrays do elsewhere too, more slowly and to the same bit. As Python they would be slower by far.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# Rows that go through a tree together.
BLOCK = 128
DE_BRUIJN = 0x03F79D71B4CB0A89
_ONE, _FOLD, _SHIFT = np.uint64(1), np.uint64(DE_BRUIJN), np.uint64(58)


def places(turned: Array, bounds: Array, feature: Array, threshold: Array, mask: Array, out: Array) -> None:
    """Fill uint8[trees, rows] with the place of each row's leaf in each tree, by the masks of the trees.

    The rows are given turned: float32[features, rows].
    """
    cleared = np.empty(BLOCK, mask.dtype)
    columns = np.zeros((turned.shape[0], BLOCK), np.float32)
    for first in range(0, turned.shape[1], BLOCK):
        count = min(BLOCK, turned.shape[1] - first)
        for column in range(turned.shape[0]):
            for row in range(count):
                columns[column, row] = turned[column, first + row]
        for tree in range(out.shape[0]):
            cleared[:] = 0
            for at in range(bounds[tree], bounds[tree + 1]):
                values = columns[feature[at]]
                most, leaves_left = threshold[at], mask[at]
                none = leaves_left ^ leaves_left
                # Without a branch, so that the processor does several rows at once.
                for row in range(BLOCK):
                    cleared[row] |= leaves_left if values[row] > most else none
            for row in range(count):
                wide = np.uint64(cleared[row])
                out[tree, first + row] = ((~wide & (wide + _ONE)) * _FOLD) >> _SHIFT


def margins(places: Array, leaves: Array, out: Array) -> None:
    """Add to float64[rows] what trees say, one after the other, by the places of the leaves."""
    for first in range(0, len(out), BLOCK):
        for tree in range(places.shape[0]):
            for row in range(first, min(first + BLOCK, len(out))):
                out[row] += leaves[tree, places[tree, row]]


def credit(places: Array, bounds: Array, feature: Array, amount: Array, out: Array) -> None:
    """Add to float64[rows, features] what trees credit, by the places of the leaves and what each leaf credits."""
    for first in range(0, out.shape[0], BLOCK):
        for tree in range(places.shape[0]):
            for row in range(first, min(first + BLOCK, out.shape[0])):
                path = 64 * tree + places[tree, row]
                for at in range(bounds[path], bounds[path + 1]):
                    out[row, feature[at]] += amount[at]
