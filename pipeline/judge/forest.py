"""A forest of gradient-boosted trees, read from a file of its own format, that says why it scores as it does.

The file holds arrays and JSON and nothing that could run. Scores are the same to the bit whether NumPy or, for large
inputs and where it is installed, numba walks the trees: both add the trees up in order, in double precision.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import BadWeights

FORMAT = 1
_MAGIC = b"winnow forest\n"
_HEADER_LENGTH = struct.Struct("<I")
_MOST_HEADER = 2**24
# In the order in which they stand in the file, with their type there.
_ARRAYS = (
    ("roots", "<i4"),
    ("feature", "<i4"),
    ("threshold", "<f4"),
    ("left", "<i4"),
    ("right", "<i4"),
    ("value", "<f4"),
)
# Loading the compiled code costs half a second of a process; it saves some 60 ns a row and tree. So it is loaded by
# calls that pay for it alone, or once a process has walked as much; the results are the same to the bit.
_NUMBA_FROM = 12_000_000
_walked = [0]
# Row-trees walked at once: their node numbers stay in the processor's cache.
_CHUNK = 2**17

# Rows that go through a tree together.
_BLOCK = 128
# Fewer are walked down the trees, all trees at once: a call for each node would cost more.
_FEW_ROWS = 500
_AT_ONCE = 4096
_MOST_LEAVES = 64
_ALL = 2**64 - 1
_DE_BRUIJN = 0x03F79D71B4CB0A89

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Masked = NDArray[np.uint64]


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


class Masks(NamedTuple):
    """The same trees as masks, which need no walk (C. Lucchese et al., "QuickScorer", SIGIR 2015).

    The leaves of a tree are bits, from left to right. A node that sends a row to its right clears the bits of the
    leaves on its left; the lowest bit that is not cleared once all nodes have been asked, in any order, is its leaf.
    """

    bounds: Longs
    """The first node of each tree, and one past the last."""
    feature: Ints
    threshold: Floats
    mask: Masked
    """The leaves that are cleared where the row goes right."""
    leaves: Doubles
    """float64[trees, 64]: values of leaves, each at the place that `_slot` gives its bit."""


@dataclass(frozen=True, eq=False)
class Forest:
    """A binary classifier. `score` gives probabilities, `margins` their log-odds, `contributions` the reasons.

    A feature that is NaN counts as 0.0.
    """

    task: str
    """What it judges, such as `lines`."""
    features: tuple[str, ...]
    trees: Trees
    base: float
    """The margin before any tree."""
    trained_on: str
    """Digest of the training data."""
    parameters: dict[str, Any]
    """Whatever JSON holds of how it was trained and of how its scores are to be read, such as thresholds."""

    @classmethod
    def read(cls, path: Path, features: Sequence[str] | None = None) -> Forest:
        """Read a forest from a file.

        Args:
            path: the file.
            features: the names of the features that the caller computes, in order; None takes any.

        Raises:
            BadWeights: there is no such file, or it is no forest, of another format, cut short, changed, or trained
                on other features.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise BadWeights(f"{path}: the weights cannot be read ({error.strerror}). {_AGAIN}") from error
        forest = cls.from_bytes(data, str(path))
        if features is not None and tuple(features) != forest.features:
            odd = [name for name in forest.features if name not in features] or ["the order"]
            new = [name for name in features if name not in forest.features] or ["the order"]
            raise BadWeights(
                f"{path}: the weights were trained on {len(forest.features)} features, this version computes "
                f"{len(features)}. Only in the weights: {', '.join(odd[:5])}; only computed: {', '.join(new[:5])}. "
                f"{_AGAIN}"
            )
        return forest

    @classmethod
    def from_bytes(cls, data: bytes, where: str) -> Forest:
        """Read a forest from the bytes of its file.

        Raises:
            BadWeights: as `read`; `where` is named in it.
        """

        def bad(problem: str) -> BadWeights:
            return BadWeights(f"{where}: {problem}. {_AGAIN}")

        if not data.startswith(_MAGIC):
            raise bad("this is not a file of weights")
        at = len(_MAGIC) + _HEADER_LENGTH.size
        size = int.from_bytes(data[len(_MAGIC) : at], "little")
        if len(data) < at + size or size > _MOST_HEADER:
            raise bad("the weights are cut short")
        try:
            header = json.loads(data[at : at + size])
            if header["format"] != FORMAT:
                raise bad(f"the weights are of format {header['format']!r}, this version reads {FORMAT}")
            body = data[at + size :]
            head = {key: value for key, value in header.items() if key != "digest"}
            expected = 4 * (int(header["trees"]) + 5 * int(header["nodes"]))
            if len(body) != expected:
                raise bad(f"the weights hold {len(body)} bytes, not {expected}: the file is cut short or too long")
            if header["digest"] != _digest(head, body):
                raise bad("the weights are not those that were written: their digest differs")
            sizes = {"roots": int(header["trees"])}
            arrays, start = [], 0
            for name, kind in _ARRAYS:
                count = sizes.get(name, int(header["nodes"]))
                arrays.append(np.frombuffer(body, kind, count, start).astype(kind.replace("<", "="), copy=True))
                start += 4 * count
            forest = cls(
                task=str(header["task"]),
                features=tuple(map(str, header["features"])),
                trees=Trees(*arrays),
                base=float(header["base"]),
                trained_on=str(header["trained_on"]),
                parameters=dict(header["parameters"]),
            )
        except (KeyError, TypeError, ValueError, UnicodeDecodeError) as error:
            raise bad(f"the head of the weights is damaged ({type(error).__name__}: {error})") from error
        if problem := _unsound(forest):
            raise bad(problem)
        return forest

    def to_bytes(self) -> bytes:
        """Give the bytes of the file: the same for the same content."""
        body = b"".join(
            np.ascontiguousarray(array, dtype=kind).tobytes()
            for (_, kind), array in zip(_ARRAYS, self.trees, strict=True)
        )
        head = {
            "format": FORMAT,
            "task": self.task,
            "features": list(self.features),
            "trees": len(self.trees.roots),
            "nodes": len(self.trees.feature),
            "base": self.base,
            "trained_on": self.trained_on,
            "parameters": self.parameters,
        }
        header = _canonical(head | {"digest": _digest(head, body)})
        return _MAGIC + _HEADER_LENGTH.pack(len(header)) + header + body

    def write(self, path: Path) -> None:
        """Write the forest to a file.

        Raises:
            BadWeights: its arrays do not make trees.
        """
        if problem := _unsound(self):
            raise BadWeights(f"{path}: not written: {problem}.")
        path.write_bytes(self.to_bytes())

    def margins(self, features: Floats) -> Doubles:
        """Give the log-odds of each row: the base and what each tree adds, added in the order of the trees.

        Args:
            features: float32[rows, features]. NaN counts as 0.0.
        """
        rows = self._checked(features)
        out = np.full(len(rows), self.base, np.float64)
        masks = self._masks
        if masks is None:
            return self._walk(rows, out)
        _walked[0] += len(rows) * len(self.trees.roots)
        ask = _numba_ask() if _walked[0] >= _NUMBA_FROM else None
        if ask is not None:
            ask(rows, *masks, out)
        elif len(rows) < _FEW_ROWS:
            return self._walk(rows, out)
        else:
            _ask(rows, masks, out)
        return out

    def score(self, features: Floats) -> Doubles:
        """Give the probability of each row, to nine decimals: beyond those, machines differ in the exponential.

        Args:
            features: float32[rows, features]. NaN counts as 0.0.
        """
        return probabilities(self.margins(features))

    def contributions(self, features: Floats) -> Floats:
        """Say what each feature adds to the margin of each row: float32[rows, features].

        Each node has its expected value; the change from node to child on a row's path is credited to the feature that
        the node asks for (A. Saabas, "Interpreting random forests", 2014; the `treeinterpreter` package). A row's
        contributions and `expected` add up to its margin.
        """
        rows = self._checked(features)
        trees, width = self.trees, len(self.features)
        out = np.zeros((len(rows), width), np.float64)
        step = max(1, _CHUNK // max(1, len(trees.roots)))
        for first in range(0, len(rows), step):
            chunk = rows[first : first + step]
            at = np.broadcast_to(trees.roots, (len(chunk), len(trees.roots)))
            numbers = np.arange(len(chunk))[:, None]
            while True:
                child = self._step(chunk, numbers, at)
                if np.array_equal(child, at):
                    break
                # A leaf stays where it is, so it credits feature 0 with nothing.
                change = trees.value[child].astype(np.float64) - trees.value[at]
                place = (numbers * width + trees.feature[at]).ravel()
                credit = np.bincount(place, weights=change.ravel(), minlength=len(chunk) * width)
                out[first : first + step] += credit.reshape(len(chunk), width)
                at = child
        return out.astype(np.float32)

    @property
    def expected(self) -> float:
        """The mean margin of the training rows, from which contributions count."""
        return self.base + float(self.trees.value[self.trees.roots].astype(np.float64).sum())

    def _checked(self, features: Floats) -> Floats:
        if features.ndim != 2 or features.shape[1] != len(self.features):
            raise ValueError(f"features have the shape {features.shape}; expected rows of {len(self.features)}")
        rows = np.ascontiguousarray(features, np.float32)
        return np.nan_to_num(rows, nan=0.0, posinf=np.inf, neginf=-np.inf) if np.isnan(rows).any() else rows

    @cached_property
    def _masks(self) -> Masks | None:
        """The trees as masks; None where one has more leaves than a mask has bits."""
        trees = self.trees
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
        for at in range(nodes):
            if left[at] == at:
                leaves[tree[at], _slot(1 << begin[at])] = trees.value[at]
                continue
            begin[left[at]] = begin[at]
            begin[right[at]] = begin[at] + size[left[at]]
            tree[left[at]] = tree[right[at]] = tree[at]
            asks.append((tree[at], at, ((1 << size[left[at]]) - 1) << begin[at]))
        asks.sort(key=lambda one: one[0])
        nodes_asked = np.array([at for _, at, _ in asks], np.int64)
        ends = np.cumsum(np.bincount([number for number, _, _ in asks], minlength=len(trees.roots)))
        return Masks(
            np.concatenate([[0], ends]).astype(np.int64),
            trees.feature[nodes_asked],
            trees.threshold[nodes_asked],
            np.array([mask for _, _, mask in asks], np.uint64),
            leaves,
        )

    def _walk(self, rows: Floats, out: Doubles) -> Doubles:
        trees = self.trees
        step = max(1, _CHUNK // max(1, len(trees.roots)))
        for first in range(0, len(rows), step):
            chunk = rows[first : first + step]
            at = np.broadcast_to(trees.roots, (len(chunk), len(trees.roots)))
            numbers = np.arange(len(chunk))[:, None]
            while True:
                child = self._step(chunk, numbers, at)
                if np.array_equal(child, at):
                    break
                at = child
            added = np.empty((len(chunk), len(trees.roots) + 1), np.float64)
            added[:, 0] = self.base
            added[:, 1:] = trees.value[at]
            # Unlike a sum, which NumPy takes in pairs, this adds one tree after the other.
            out[first : first + step] = np.add.accumulate(added, axis=1)[:, -1]
        return out

    def _step(self, rows: Floats, numbers: NDArray[np.int64], at: Ints) -> Ints:
        trees = self.trees
        asked = trees.feature.take(at) + numbers * np.int64(rows.shape[1])
        goes_left = rows.reshape(-1).take(asked) <= trees.threshold.take(at)
        return np.where(goes_left, trees.left.take(at), trees.right.take(at))


def probabilities(margins: Doubles) -> Doubles:
    """Turn log-odds into probabilities, to nine decimals."""
    return np.round(1.0 / (1.0 + np.exp(-np.clip(margins, -700, 700))), 9)


_AGAIN = "Install Winnow again, or train the weights anew (see CONTRIBUTING.md)"


def _canonical(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _digest(header: dict[str, Any], body: bytes) -> str:
    return hashlib.sha256(_canonical(header) + body).hexdigest()


def _unsound(forest: Forest) -> str | None:
    """Say what would let a walk run in circles or out of the arrays; None where nothing would."""
    trees = forest.trees
    nodes = len(trees.feature)
    if any(len(array) != nodes for array in trees[1:]):
        return "the arrays of the trees differ in length"
    if not len(trees.roots) or trees.roots.min() < 0 or trees.roots.max() >= nodes:
        return "a tree has no root"
    if not np.isfinite(trees.value).all() or np.isnan(trees.threshold).any() or not np.isfinite(forest.base):
        return "a weight is not a number"
    if trees.feature.min() < 0 or trees.feature.max() >= len(forest.features):
        return "a node asks for a feature that is not there"
    here = np.arange(nodes)
    leaf = (trees.left == here) & (trees.right == here)
    if np.bincount(np.concatenate([trees.roots, trees.left[~leaf], trees.right[~leaf]]), minlength=nodes).max() > 1:
        return "a node has two parents"
    # Children come after their parents, so every walk ends.
    forward = (trees.left > here) & (trees.right > here) & (trees.left < nodes) & (trees.right < nodes)
    return None if bool((leaf | forward).all()) else "a node leads nowhere or backwards"


def _slot(lowest: int) -> int:
    """Give the place of a lone bit among 64, by de Bruijn's sequence: what a processor's own instruction would say."""
    return (lowest * _DE_BRUIJN & _ALL) >> 58


def _ask(rows: Floats, masks: Masks, out: Doubles) -> None:
    """Add what the trees say to `out`, all rows at once."""
    bounds, one = masks.bounds.tolist(), np.uint64(1)
    for first in range(0, len(rows), _AT_ONCE):
        columns = np.ascontiguousarray(rows[first : first + _AT_ONCE].T)
        for tree, leaves in enumerate(masks.leaves):
            cleared = np.zeros(columns.shape[1], np.uint64)
            for at in range(bounds[tree], bounds[tree + 1]):
                cleared |= (columns[masks.feature[at]] > masks.threshold[at]) * masks.mask[at]
            lowest = ~cleared & (cleared + one)
            out[first : first + _AT_ONCE] += leaves[(lowest * np.uint64(_DE_BRUIJN)) >> np.uint64(58)]


@cache
def _numba_ask() -> Callable[..., None] | None:
    """Compile the same; None where numba is not installed."""
    try:
        import numba
    except ImportError:
        return None
    none, one, fold, shift = np.uint64(0), np.uint64(1), np.uint64(_DE_BRUIJN), np.uint64(58)

    def ask(
        rows: Floats, bounds: Longs, feature: Ints, threshold: Floats, mask: Masked, leaves: Doubles, out: Doubles
    ) -> None:
        cleared = np.empty(_BLOCK, np.uint64)
        columns = np.zeros((rows.shape[1], _BLOCK), np.float32)
        for first in range(0, rows.shape[0], _BLOCK):
            count = min(_BLOCK, rows.shape[0] - first)
            for row in range(count):
                for column in range(rows.shape[1]):
                    columns[column, row] = rows[first + row, column]
            for tree in range(leaves.shape[0]):
                cleared[:] = none
                for at in range(bounds[tree], bounds[tree + 1]):
                    values = columns[feature[at]]
                    most, leaves_left = threshold[at], mask[at]
                    # Without a branch, so that the processor does several rows at once.
                    for row in range(_BLOCK):
                        cleared[row] |= leaves_left if values[row] > most else none
                for row in range(count):
                    lowest = ~cleared[row] & (cleared[row] + one)
                    out[first + row] += leaves[tree, (lowest * fold) >> shift]

    try:
        # Exact IEEE arithmetic (no fastmath), or the two ways would differ.
        compiled: Callable[..., None] = numba.njit(cache=True, nogil=True)(ask)
    except RuntimeError:
        # No folder to keep the compiled code in; compiling anew in each process would cost more than it saves.
        return None
    return compiled
