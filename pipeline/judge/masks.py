"""Trees of a forest as masks, which find the leaf of a row without a walk.

Source: C. Lucchese et al., "QuickScorer", SIGIR 2015.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.judge import loops, page_loops, word_loops

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Leaves = NDArray[np.uint8]
"""uint8[trees, rows]: the place of each row's leaf in each tree (see `slot`)."""
Masked = NDArray[np.uint64] | NDArray[np.uint32]

# Loading the compiled code costs half a second of a process; it saves 60 to 150 ns a row and tree, the more the fewer
# rows are asked about at once. So it is loaded once a process has lost about as much without it; the results are the
# same to the bit.
NUMBA_FROM = 4_000_000
_asked = [0]
_AT_ONCE = 4096
_MOST_LEAVES = 64
_FEW_LEAVES = 32
_ALL = 2**64 - 1
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
    """float64[features, 64]: whole numbers, at the place that `slot` gives the leaf's bit."""


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
    """float64[trees, 64]: values of leaves, each at the place that `slot` gives its bit."""


def masks_of(trees: Trees) -> tuple[Masks, list[Credits]] | None:
    """Turn trees into masks; None where one has more leaves than a mask has bits."""
    nodes = len(trees.feature)
    left, right = trees.left.tolist(), trees.right.tolist()
    size = [1] * nodes
    for at in range(nodes - 1, -1, -1):
        if left[at] != at:
            size[at] = size[left[at]] + size[right[at]]
    if max(size) > _MOST_LEAVES:
        return None
    begin, tree = [0] * nodes, [0] * nodes
    for number, root in enumerate(trees.roots.tolist()):
        tree[root] = number
    leaves = np.zeros((len(trees.roots), 64), np.float64)
    asks: list[tuple[int, int, int]] = []
    feature, value = trees.feature.tolist(), np.round(trees.value / UNIT).tolist()
    told: list[dict[int, dict[int, float]]] = [{} for _ in trees.roots]
    way: list[dict[int, float]] = [{}] * nodes
    for at in range(nodes):
        if left[at] == at:
            place = slot(1 << begin[at])
            leaves[tree[at], place] = trees.value[at]
            for asked, amount in way[at].items():
                told[tree[at]].setdefault(asked, {})[place] = amount
            continue
        begin[left[at]] = begin[at]
        begin[right[at]] = begin[at] + size[left[at]]
        tree[left[at]] = tree[right[at]] = tree[at]
        asks.append((tree[at], at, ((1 << size[left[at]]) - 1) << begin[at]))
        for child in (left[at], right[at]):
            way[child] = way[at] | {feature[at]: way[at].get(feature[at], 0.0) + value[child] - value[at]}
    asks.sort(key=lambda one: one[0])
    asked_nodes = np.array([at for _, at, _ in asks], np.int64)
    ends = np.cumsum(np.bincount([number for number, _, _ in asks], minlength=len(trees.roots)))
    masks = np.array([mask for _, _, mask in asks], np.uint64)
    whole = Masks(
        np.concatenate([[0], ends]).astype(np.int64),
        trees.feature[asked_nodes],
        trees.threshold[asked_nodes],
        masks.astype(np.uint32) if max(size) <= _FEW_LEAVES else masks,
        leaves,
    )
    return whole, [_credits(one) for one in told]


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


def _credits(told: dict[int, dict[int, float]]) -> Credits:
    amounts = np.zeros((len(told), 64), np.float64)
    for row, places in enumerate(told.values()):
        for place, amount in places.items():
            amounts[row, place] = amount
    return Credits(list(told), amounts)


def slot(lowest: int) -> int:
    """Give the place of a lone bit among 64, by de Bruijn's sequence: what a processor's own instruction would say."""
    return (lowest * loops.DE_BRUIJN & _ALL) >> 58


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
    """Give the compiled code once a process has asked so many trees about so many rows that it is worth loading."""
    _asked[0] += rows * trees
    return loaded()


def loaded() -> Compiled | None:
    """Give the compiled code where it has been worth loading."""
    return _numba() if _asked[0] >= NUMBA_FROM else None


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
    bounds, one = masks.bounds.tolist(), np.uint64(1)
    for first in range(0, len(rows), _AT_ONCE):
        columns = np.ascontiguousarray(rows[first : first + _AT_ONCE].T)
        for tree in range(len(masks.leaves)):
            cleared = np.zeros(columns.shape[1], np.uint64)
            for at in range(bounds[tree], bounds[tree + 1]):
                cleared |= (columns[masks.feature[at]] > masks.threshold[at]) * masks.mask[at]
            lowest = ~cleared & (cleared + one)
            yield slice(first, first + _AT_ONCE), tree, (lowest * np.uint64(loops.DE_BRUIJN)) >> np.uint64(58)


@cache
def _numba() -> Compiled | None:
    """Compile the same; None where numba is not installed."""
    try:
        import numba
    except ImportError:
        return None
    try:
        # Exact IEEE arithmetic (no fastmath), or the two ways would differ.
        make = numba.njit(cache=True, nogil=True)
        written = {**vars(loops), **vars(word_loops), **vars(page_loops)}
        return Compiled(*(make(written[name]) for name in Compiled._fields))
    except RuntimeError:
        # No folder to keep the compiled code in; compiling anew in each process would cost more than it saves.
        return None
