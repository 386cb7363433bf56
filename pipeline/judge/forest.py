"""A forest of gradient-boosted trees, read from a file of its own format, that says why it scores as it does.

The file holds arrays and JSON and nothing that could run. Scores are the same to the bit whether NumPy or, once
there is much to do and where it works, numba walks the trees: both add the trees up in order, in double precision.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import BadWeights
from pipeline.judge.masks import (
    UNIT,
    Compiled,
    Credits,
    Doubles,
    Floats,
    Ints,
    Leaves,
    Masks,
    Paths,
    Trees,
    add_credits,
    add_margins,
    compiled,
    credits_of,
    masks_of,
    paths_of,
)

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
# Fewer rows are walked down the trees, all trees at once: a call for each node would cost more.
_FEW_ROWS = 500
# Row-trees walked at once: their node numbers stay in the processor's cache.
_CHUNK = 2**17

__all__ = ["AGAIN", "Forest", "Trees", "probabilities"]


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
            raise BadWeights(f"{path}: the weights cannot be read ({error.strerror}). {AGAIN}") from error
        forest = cls.from_bytes(data, str(path))
        if features is not None and tuple(features) != forest.features:
            odd = [name for name in forest.features if name not in features] or ["the order"]
            new = [name for name in features if name not in forest.features] or ["the order"]
            raise BadWeights(
                f"{path}: the weights were trained on {len(forest.features)} features, this version computes "
                f"{len(features)}. Only in the weights: {', '.join(odd[:5])}; only computed: {', '.join(new[:5])}. "
                f"{AGAIN}"
            )
        return forest

    @classmethod
    def from_bytes(cls, data: bytes, where: str) -> Forest:
        """Read a forest from the bytes of its file.

        Raises:
            BadWeights: as `read`; `where` is named in it.
        """

        def bad(problem: str) -> BadWeights:
            return BadWeights(f"{where}: {problem}. {AGAIN}")

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
        return self.margins_and_leaves(features)[0]

    def margins_and_leaves(self, features: Floats) -> tuple[Doubles, Leaves | None]:
        """Give the log-odds of each row, and the leaves that they come from, where compiled code has found them."""
        rows = self._checked(features)
        out = np.full(len(rows), self.base, np.float64)
        if self._masks is None:
            return self._walk(rows, out), None
        if fast := compiled(len(rows), len(self.trees.roots)):
            leaves = self._places(rows, fast)
            fast.margins(leaves, self._masks.leaves, out)
            return out, leaves
        if len(rows) < _FEW_ROWS:
            return self._walk(rows, out), None
        add_margins(rows, self._masks, out)
        return out, None

    def score(self, features: Floats) -> Doubles:
        """Give the probability of each row, to nine decimals: beyond those, machines differ in the exponential.

        Args:
            features: float32[rows, features]. NaN counts as 0.0.
        """
        return probabilities(self.margins(features))

    def contributions(self, features: Floats, leaves: Leaves | None = None) -> Floats:
        """Say what each feature adds to the margin of each row: float32[rows, features].

        Each node has its expected value; the change from node to child on a row's path is credited to the feature that
        the node asks for (A. Saabas, "Interpreting random forests", 2014; the `treeinterpreter` package). A row's
        contributions and `expected` add up to its margin. They are summed as integers, so that the way they are found
        does not show.

        Args:
            features: float32[rows, features].
            leaves: those of the rows, where `margins_and_leaves` gave them: to find them is a third of the work.
        """
        rows = self._checked(features)
        trees, width = self.trees, len(self.features)
        value = self._amounts
        if self._masks is not None and (fast := compiled(len(rows), len(trees.roots))):
            out = np.zeros((len(rows), width), np.float64)
            fast.credit(self._places(rows, fast) if leaves is None else leaves, *self._paths, out)
            return (out * UNIT).astype(np.float32)
        if len(rows) >= _FEW_ROWS // 4 and self._masks is not None:
            turned = np.zeros((width, len(rows)), np.float64)
            add_credits(rows, self._masks, self._credits, turned)
            return np.ascontiguousarray((turned.T * UNIT).astype(np.float32))
        out = np.zeros((len(rows), width), np.float64)
        step = max(1, _CHUNK // max(1, len(trees.roots)))
        for first in range(0, len(rows), step):
            chunk = np.ascontiguousarray(rows[first : first + step])
            at = np.broadcast_to(trees.roots, (len(chunk), len(trees.roots)))
            numbers = np.arange(len(chunk))[:, None]
            while True:
                child = self._step(chunk, numbers, at)
                if np.array_equal(child, at):
                    break
                # A leaf stays where it is, so it credits feature 0 with nothing.
                place = (numbers * width + trees.feature[at]).ravel()
                credit = np.bincount(place, weights=(value[child] - value[at]).ravel(), minlength=len(chunk) * width)
                out[first : first + step] += credit.reshape(len(chunk), width)
                at = child
        return (out * UNIT).astype(np.float32)

    @property
    def expected(self) -> float:
        """The mean margin of the training rows, from which contributions count."""
        return self.base + float(self.trees.value[self.trees.roots].astype(np.float64).sum())

    def _checked(self, features: Floats) -> Floats:
        if features.ndim != 2 or features.shape[1] != len(self.features):
            raise ValueError(f"features have the shape {features.shape}; expected rows of {len(self.features)}")
        # The compiled loops look at one column after the other.
        rows = np.asfortranarray(features, np.float32)
        return np.nan_to_num(rows, nan=0.0, posinf=np.inf, neginf=-np.inf) if np.isnan(rows).any() else rows

    @cached_property
    def _masks(self) -> Masks | None:
        return masks_of(self.trees)

    @cached_property
    def _credits(self) -> list[Credits]:
        return credits_of(self.trees)

    @cached_property
    def _paths(self) -> Paths:
        return paths_of(self._credits)

    def _places(self, rows: Floats, fast: Compiled) -> Leaves:
        places = np.zeros((len(self.trees.roots), len(rows)), np.uint8)
        if self._masks:
            fast.places(rows.T, *self._masks[:-1], places)
        return places

    @cached_property
    def _amounts(self) -> Doubles:
        """The values of the nodes in `UNIT`s."""
        return np.round(self.trees.value / UNIT).astype(np.float64)

    def _walk(self, rows: Floats, out: Doubles) -> Doubles:
        trees = self.trees
        step = max(1, _CHUNK // max(1, len(trees.roots)))
        for first in range(0, len(rows), step):
            chunk = np.ascontiguousarray(rows[first : first + step])
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


AGAIN = "Install Winnow again, or train the weights anew (see CONTRIBUTING.md)."
"""What to do about weights that cannot be used."""


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
