"""Trees of a forest as masks, which find the leaf of a row without a walk.

Source: C. Lucchese et al., "QuickScorer", SIGIR 2015.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.compiling import worth_loading
from pipeline.jit import njit
from pipeline.judge import loops, page_loops, word_loops

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Leaves = NDArray[np.uint8]
"""uint8[trees, rows]: the place of each row's leaf in each tree (see `slots`)."""
Masked = NDArray[np.uint64] | NDArray[np.uint32]

# What compiled code saves of a row and tree, in nanoseconds: 60 to 150, more where fewer rows are asked about at once.
_ROW_TREE_NS = 125
_AT_ONCE = 4096
_MOST_LEAVES = 64
_FEW_LEAVES = 32
_ONE = np.uint64(1)
# Contributions are summed in this part of one, as integers: in any order the sum is the same.
UNIT = 2.0**-32


class Trees(NamedTuple):
    """All nodes of all trees in flat arrays; children are node numbers. A leaf is its own child, on both sides."""

    roots: Ints
    """The first node of each tree."""
    feature: Ints
    """The number of the feature that a node asks for; 0 at a leaf."""
    threshold: Floats
    """A row goes left where its feature is at most this."""
    left: Ints
    right: Ints
    value: Floats
    """At a leaf what the tree adds to the margin; elsewhere its mean over the training rows that came by."""


class Credits(NamedTuple):
    """What the leaves of a tree credit to the features on the way to them, in `UNIT`s."""

    features: list[int]
    """The features that the tree asks for."""
    amounts: Doubles
    """float64[features, 64]: whole numbers, at the place that `slots` gives the leaf's bit."""


class Paths(NamedTuple):
    """The same, leaf by leaf: of tree t and place p from `bounds[64 * t + p]` on."""

    bounds: Longs
    feature: Longs
    amount: Doubles


class Masks(NamedTuple):
    """The trees as masks.

    The leaves of a tree are bits, from left to right. A node that sends a row to its right clears the bits of the
    leaves on its left; the lowest bit that is not cleared once all nodes have been asked, in any order, is its leaf.
    """

    bounds: Longs
    """The first node of each tree, and one past the last."""
    feature: Ints
    threshold: Floats
    mask: Masked
    """The leaves that are cleared where the row goes right. Of 32 bits where that is enough: twice as many at once."""
    leaves: Doubles
    """float64[trees, 64]: values of leaves, each at the place that `slots` gives its bit."""


def masks_of(trees: Trees) -> Masks | None:
    """Turn trees into masks; None where one has more leaves than a mask has bits."""
    nodes = np.arange(len(trees.feature))
    leaf = trees.left == nodes
    size = _leaves_below(trees)
    if size.max() > _MOST_LEAVES:
        return None
    tree, begin = _trees_and_first_leaves(trees, size)
    leaves = np.zeros((len(trees.roots), 64), np.float64)
    leaves[tree[leaf], slots(begin[leaf])] = trees.value[leaf]
    asked = nodes[~leaf]
    asked = asked[np.argsort(tree[asked], kind="stable")]
    # Never by all 64 bits, which would be no shift at all: the right side has a leaf, too.
    cleared = (_ONE << size[trees.left[asked]].astype(np.uint64)) - _ONE
    masks = cleared << begin[asked].astype(np.uint64)
    return Masks(
        np.concatenate([[0], np.cumsum(np.bincount(tree[asked], minlength=len(trees.roots)))]),
        trees.feature[asked],
        trees.threshold[asked],
        masks.astype(np.uint32) if size.max() <= _FEW_LEAVES else masks,
        leaves,
    )


def credits_of(trees: Trees) -> list[Credits]:
    """Give what the leaves of each tree credit to features; of trees that have masks."""
    nodes = np.arange(len(trees.feature))
    inner = np.flatnonzero(trees.left != nodes)
    parent = np.full(len(nodes), -1)
    parent[trees.left[inner]] = parent[trees.right[inner]] = inner
    value = np.round(trees.value / UNIT).astype(np.float64)
    tree, begin = _trees_and_first_leaves(trees, _leaves_below(trees))
    width = int(trees.feature.max()) + 1
    at = leaf = np.flatnonzero(trees.left == nodes)
    keys, amounts = [], []
    while len(at):
        # From all leaves one step up.
        on_way = parent[at] >= 0
        at, leaf = at[on_way], leaf[on_way]
        keys.append((tree[leaf] * width + trees.feature[parent[at]]) * 64 + slots(begin[leaf]))
        amounts.append(value[at] - value[parent[at]])
        at = parent[at]
    places, key = np.unique(np.concatenate(keys), return_inverse=True)
    amount = np.bincount(key, np.concatenate(amounts), len(places)).astype(np.float64)
    bounds = np.searchsorted(places, np.arange(len(trees.roots) + 1) * (64 * width))
    return [_credits(places[first:last] % (64 * width), amount[first:last]) for first, last in pairwise(bounds)]


def _levels(trees: Trees) -> list[Longs]:
    """Give the nodes that have children, the roots first, then level by level."""
    levels = []
    at = trees.roots.astype(np.int64)
    while len(at := at[trees.left[at] != at]):
        levels.append(at)
        at = np.concatenate([trees.left[at], trees.right[at]]).astype(np.int64)
    return levels


def _leaves_below(trees: Trees) -> Longs:
    """Count the leaves at and below each node."""
    size = np.ones(len(trees.feature), np.int64)
    for level in reversed(_levels(trees)):
        size[level] = size[trees.left[level]] + size[trees.right[level]]
    return size


def _trees_and_first_leaves(trees: Trees, size: Longs) -> tuple[Longs, Longs]:
    """Give the tree of each node, and how many leaves of it stand on its left."""
    tree, begin = np.zeros(len(size), np.int64), np.zeros(len(size), np.int64)
    tree[trees.roots] = np.arange(len(trees.roots))
    for level in _levels(trees):
        left, right = trees.left[level], trees.right[level]
        begin[left], begin[right] = begin[level], begin[level] + size[left]
        tree[left] = tree[right] = tree[level]
    return tree, begin


def paths_of(told: Sequence[Credits]) -> Paths:
    """Give what each leaf credits as one list: most leaves ask for few of the features of their tree."""
    held = [(tree, np.nonzero(one.amounts.T)) for tree, one in enumerate(told)]
    counts = np.zeros((len(told), 64), np.int64)
    for tree, (place, _) in held:
        counts[tree] = np.bincount(place, minlength=64)
    return Paths(
        np.concatenate([[0], np.cumsum(counts)]),
        np.concatenate([np.array(told[tree].features, np.int64)[row] for tree, (_, row) in held]),
        np.concatenate([told[tree].amounts.T[places] for tree, places in held]),
    )


def _credits(places: Longs, amount: Doubles) -> Credits:
    features, row = np.unique(places // 64, return_inverse=True)
    amounts = np.zeros((len(features), 64), np.float64)
    amounts[row, places % 64] = amount
    return Credits(features.tolist(), amounts)


def slots(bits: Longs) -> Longs:
    """Give places for lone bits of 64, of the numbers given: from the bit itself, de Bruijn's sequence tells it."""
    return ((_ONE << bits.astype(np.uint64)) * np.uint64(loops.DE_BRUIJN) >> np.uint64(58)).astype(np.int64)


class Compiled(NamedTuple):
    """What is worth compiling: the functions of `loops`, `word_loops` and `page_loops` that have these names."""

    places: Callable[..., None]
    margins: Callable[..., None]
    credit: Callable[..., None]
    overlap: Callable[..., None]
    words: Callable[..., int]
    look: Callable[..., int]
    repeats: Callable[..., None]
    keys: Callable[..., int]
    say: Callable[..., None]
    held: Callable[..., None]
    walk_bytes: Callable[..., bool]


def compiled(rows: int, trees: int) -> Compiled | None:
    """Give the compiled code to ask so many trees about so many rows, where it is worth loading."""
    return _numba() if worth_loading(rows * trees * _ROW_TREE_NS) else None


def loaded() -> Compiled | None:
    """Give the compiled code where it has been worth loading."""
    return _numba() if worth_loading() else None


def add_margins(rows: Floats, masks: Masks, out: Doubles) -> None:
    """Add what the trees say of rows to `out`, one tree after the other."""
    for here, tree, place in _leaves(rows, masks):
        out[here] += masks.leaves[tree][place]


def add_credits(rows: Floats, masks: Masks, told: list[Credits], out: Doubles) -> None:
    """Add what the trees credit to features to `out`, float64[features, rows], in `UNIT`s."""
    for here, tree, place in _leaves(rows, masks):
        for feature, amounts in zip(told[tree].features, told[tree].amounts, strict=True):
            out[feature, here] += amounts[place]


def _leaves(rows: Floats, masks: Masks) -> Iterator[tuple[slice, int, Masked]]:
    """Give, for some rows and one tree at a time, the places of the rows' leaves."""
    bounds = masks.bounds.tolist()
    for first in range(0, len(rows), _AT_ONCE):
        columns = np.ascontiguousarray(rows[first : first + _AT_ONCE].T)
        for tree in range(len(masks.leaves)):
            cleared = np.zeros(columns.shape[1], np.uint64)
            for at in range(bounds[tree], bounds[tree + 1]):
                cleared |= (columns[masks.feature[at]] > masks.threshold[at]) * masks.mask[at]
            lowest = ~cleared & (cleared + _ONE)
            yield slice(first, first + _AT_ONCE), tree, (lowest * np.uint64(loops.DE_BRUIJN)) >> np.uint64(58)


@cache
def _numba() -> Compiled | None:
    """Compile the same; None where numba is not installed."""
    try:
        # Exact IEEE arithmetic (no fastmath), or the two ways would differ.
        written = {**vars(loops), **vars(word_loops), **vars(page_loops)}
        return Compiled(*(njit(written[name]) for name in Compiled._fields))
    except (ImportError, RuntimeError):
        # No numba, or no folder to keep the compiled code in; compiling anew in each process would cost more than it
        # saves.
        return None
