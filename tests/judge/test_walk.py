"""Compiled walks say what the forest says, and are left alone until they pay."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from pipeline.judge import masks, walk
from pipeline.judge.forest import Forest
from tests.judge.test_forest import grown


def rows_of(count: int, forest: Forest) -> masks.Floats:
    rows = np.random.default_rng(3).normal(size=(count, len(forest.features))).astype(np.float32)
    rows[0, :2] = np.nan, np.inf
    # At a threshold a row goes left.
    rows[1:3] = forest.trees.threshold[:2, None]
    return rows


@pytest.mark.parametrize("count", [3, 130, 499, 700])
def test_a_walk_gives_the_same_to_the_bit(monkeypatch, count):
    pytest.importorskip("numba")
    monkeypatch.setattr(walk, "NUMBA_FROM", 0)
    forest = grown(trees=40, depth=5)
    rows = rows_of(count, forest)
    np.testing.assert_array_equal(walk.margins(forest, rows), forest.margins(rows))
    np.testing.assert_array_equal(walk.contributions(forest, rows), forest.contributions(rows))
    assert walk._numba_credit() is not None


def test_trees_too_large_for_masks_are_walked_by_the_forest(monkeypatch):
    pytest.importorskip("numba")
    monkeypatch.setattr(walk, "NUMBA_FROM", 0)
    forest = grown(trees=3, depth=9)
    assert masks.masks_of(forest.trees) is None
    rows = rows_of(20, forest)
    np.testing.assert_array_equal(walk.margins(forest, rows), forest.margins(rows))
    np.testing.assert_array_equal(walk.contributions(forest, rows), forest.contributions(rows))


def test_numba_is_loaded_once_it_has_been_missed(monkeypatch):
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    monkeypatch.setattr(walk, "_asked", [0])
    forest = grown(trees=10)
    monkeypatch.setattr(walk, "NUMBA_FROM", 10 * 60)
    rows = rows_of(30, forest)
    assert [walk._pays(forest, rows) for _ in range(3)] == [False, True, True]


def test_without_numba_the_forest_is_asked(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    for compiled in (masks._numba_ask, walk._numba_credit):
        compiled.cache_clear()
    try:
        forest = grown()
        rows = rows_of(20, forest)
        np.testing.assert_array_equal(walk.margins(forest, rows), forest.margins(rows))
        np.testing.assert_array_equal(walk.contributions(forest, rows), forest.contributions(rows))
    finally:
        for compiled in (masks._numba_ask, walk._numba_credit):
            compiled.cache_clear()
