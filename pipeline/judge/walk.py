"""Compiled walks down the trees of a forest, for the few lines that most batches ask of it, and for reasons.

What comes out is what `Forest.margins` and `Forest.contributions` give, to the bit: margins are added up in the order
of the trees, credits as whole numbers. Without numba, and until it pays to load it, these are asked instead.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from pipeline.judge import masks
from pipeline.judge.forest import Forest
from pipeline.judge.masks import Doubles, Floats, Ints

# Loading numba costs half a second of a process; a walk by it saves some 150 to 300 ns a row and tree. Loaded once as
# much has been lost without it, it costs at most twice what was needed.
NUMBA_FROM = 2_000_000
_asked = [0]
# From so many rows on the masks of a forest are faster than any walk.
_MANY_ROWS = 500


class _Laid(NamedTuple):
    """A forest laid out for the compiled walks."""

    masks: masks.Masks | None
    children: Ints
    """The child on the left of each node and, next to it, the one on its right."""
    units: Doubles
    """Mean of each node in whole `UNIT`s."""


def margins(forest: Forest, rows: Floats) -> Doubles:
    """Give the log-odds of each row, as `Forest.margins` does."""
    if len(rows) < _MANY_ROWS and _pays(forest, rows):
        ask, laid = masks._numba_ask(), _laid(forest)
        if ask is not None and laid.masks is not None:
            out = np.full(len(rows), forest.base, np.float64)
            ask(_without_nan(rows), *laid.masks, out)
            return out
    return forest.margins(rows)


def contributions(forest: Forest, rows: Floats) -> Floats:
    """Say what each feature adds to the margin of each row, as `Forest.contributions` does."""
    credit = _numba_credit() if _pays(forest, rows) else None
    if credit is None:
        return forest.contributions(rows)
    out = np.zeros(rows.shape, np.float64)
    trees, laid = forest.trees, _laid(forest)
    credit(_without_nan(rows), trees.roots, trees.feature, trees.threshold, laid.children, laid.units, out)
    return (out * masks.UNIT).astype(np.float32)


@lru_cache(maxsize=4)
def _laid(forest: Forest) -> _Laid:
    trees = forest.trees
    found = masks.masks_of(trees)
    return _Laid(
        found[0] if found else None,
        np.stack([trees.left, trees.right], axis=1).reshape(-1),
        np.round(trees.value / masks.UNIT).astype(np.float64),
    )


def _without_nan(rows: Floats) -> Floats:
    rows = np.ascontiguousarray(rows, np.float32)
    return np.nan_to_num(rows, nan=0.0, posinf=np.inf, neginf=-np.inf) if np.isnan(rows).any() else rows


def _pays(forest: Forest, rows: Floats) -> bool:
    """Say whether compiled code is there, or is worth loading by now."""
    _asked[0] += len(rows) * len(forest.trees.roots)
    return _asked[0] >= NUMBA_FROM or "numba" in sys.modules


@cache
def _numba_credit() -> Callable[..., None] | None:
    """Compile the walk that credits features; None where numba is not installed."""
    try:
        import numba
    except ImportError:
        return None

    def credit(
        rows: Floats, roots: Ints, feature: Ints, threshold: Floats, children: Ints, units: Doubles, out: Doubles
    ) -> None:
        for row in range(len(rows)):
            for root in roots:
                at = root
                while children[2 * at] != at:
                    child = children[2 * at + (rows[row, feature[at]] > threshold[at])]
                    out[row, feature[at]] += units[child] - units[at]
                    at = child

    try:
        # Exact IEEE arithmetic (no fastmath), or the ways would differ.
        compiled: Callable[..., None] = numba.njit(cache=True, nogil=True)(credit)
    except RuntimeError:
        # No folder to keep the compiled code in; compiling anew in each process would cost more than it saves.
        return None
    return compiled
