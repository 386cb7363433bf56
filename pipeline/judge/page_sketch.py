"""The elements and blocks of a page as arrays, and sums, nearest ones and distances in them.

Sums are of whole numbers, which floating point adds exactly, so every machine gives the same bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.glyphs import CLASSES, Lines, Words
from pipeline.judge.page import TAGS, Page

Array = NDArray[Any]
Ints = NDArray[np.int64]

LEVELS = 7
"""How many ancestors of a block are looked at, not counting those that hold nothing more."""
WORD_BITS = 15
_TAIL = CLASSES.index("tail")


def table_of(numbers: Iterable[int], size: int) -> NDArray[np.bool_]:
    """Make a table that is true at some numbers."""
    table = np.zeros(size, np.bool_)
    table[list(numbers)] = True
    return table


@dataclass(slots=True)
class Sketch:
    """What is known of a page before anything learned comes in."""

    owners: Ints
    parents: Ints
    """Of each element; the root is its own parent."""
    ends: Ints
    inner: Ints
    names: Ints
    lengths: Ints
    """Characters of each block."""
    tokens: Ints
    """Words of each block; for a long one, estimated from its beginning and end."""
    word_line: Ints
    word_slot: Ints
    """The words of the blocks: whose, and where in a vocabulary."""
    above: list[Ints]
    """Of each block, the elements round it, from its owner up, each holding more blocks than the one before."""
    groups: list[Ints]
    """For each way of being alike, the number of the group that a block is in."""


def share(part: Array, whole: Array | float) -> Array:
    """Divide; by less than one, by one."""
    return np.asarray(part) / np.maximum(whole, 1)


@dataclass(slots=True)
class Text:
    """Measures of the blocks' texts that others build on."""

    link: Array
    """Share of links."""
    linked: Ints
    long: Ints
    """Unlinked characters of blocks of running text; 0 for any other."""
    ended: Array
    titled: Array
    total: float
    """Characters of all blocks; of the long ones."""
    long_total: float
    tags: Ints


def sketch_of(page: Page, seen: Lines, words: Words) -> Sketch:
    """Make arrays of a page; of its lines the first are the texts of its blocks."""
    size = len(page.texts)
    owners = np.array(page.owners, np.int64)
    parents = np.maximum(np.array(page.parents, np.int64), 0)
    ends = np.array(page.ends, np.int64)
    names = np.array(page.names, np.int64)
    lengths = seen.chars[:size]
    inside = words.line < size
    counted = np.bincount(words.line[inside], minlength=size)
    looked = np.maximum((seen.counts.sum(axis=1) - seen.counts[:, _TAIL])[:size], 1)
    tokens = np.where(lengths > looked, counted * lengths // looked, counted)
    blocks = below(owners, np.ones(size, np.int64), ends)
    wider = _wider(page.parents, blocks.tolist())
    above = [owners]
    for _ in range(LEVELS - 1):
        above.append(wider[above[-1]])
    parent = parents[owners]
    tags = np.array(page.tags, np.int64)
    width = len(page.named)
    look_alike = ((names[owners] * len(TAGS) + tags[owners]) * width + names[parent]) * len(TAGS) + tags[parent]
    return Sketch(
        owners,
        parents,
        ends,
        np.array(page.inner, np.int64),
        names,
        lengths,
        tokens,
        words.line[inside],
        (words.hashes[inside] >> np.uint64(64 - WORD_BITS)).astype(np.int64),
        above,
        [np.unique(look_alike, return_inverse=True)[1], np.unique(parent, return_inverse=True)[1]],
    )


def below(owners: Ints, values: Array, ends: Ints) -> Array:
    """Give of each element the sum over the blocks that stand below it; values are whole numbers."""
    sums = np.zeros(len(ends) + 1, np.float64)
    sums[1:] = np.cumsum(np.bincount(owners, values, len(ends)))
    return sums[ends] - sums[:-1]


def _wider(parents: list[int], blocks: list[float]) -> Ints:
    """Give of each element the next one round it that holds more blocks; the root for itself."""
    wider = [0] * len(parents)
    for element in range(1, len(parents)):
        parent = parents[element]
        wider[element] = wider[parent] if blocks[parent] == blocks[element] and parent else parent
    return np.array(wider, np.int64)


def is_within(chosen: Array, sketch: Sketch) -> NDArray[np.bool_]:
    """Say of each element whether a chosen one is at or above it."""
    size = len(sketch.ends) + 1
    opened, closed = np.bincount(chosen, minlength=size), np.bincount(sketch.ends[chosen], minlength=size)
    return np.asarray(np.cumsum(opened - closed)[:-1] > 0)


def nearest(chosen: Array, sketch: Sketch) -> Ints:
    """Give of each element the nearest chosen one at or above it; -1 where there is none."""
    found = np.full(len(sketch.ends), -1, np.int64)
    ends = sketch.ends
    for element in chosen.tolist():
        found[element : ends[element]] = element
    return found


def distances(marks: Array, most: int) -> tuple[Ints, Ints]:
    """Give of each row how far the last marked row before it is, and the next one after it; `most` at most."""
    here = np.arange(len(marks))
    before = np.maximum.accumulate(np.where(marks, here, -most))
    before = np.concatenate([[-most], before[:-1]])
    after = np.minimum.accumulate(np.where(marks, here, len(marks) + most)[::-1])[::-1]
    after = np.concatenate([after[1:], [len(marks) + most]])
    return np.minimum(here - before, most), np.minimum(after - here, most)


def shifted(values: Array, steps: Sequence[int], outside: float) -> Array:
    """Give for each step, of each row, the value so many rows further on; `outside` where there is none."""
    at = np.arange(len(values)) + np.array(steps)[:, None]
    return np.where((at >= 0) & (at < len(values)), values.take(at, mode="clip"), outside)


def window(values: Array, reach: int) -> Array:
    """Give of each row the sum over the rows up to `reach` away, itself included; values are whole numbers."""
    size = len(values)
    sums = np.concatenate([[0], np.cumsum(values, dtype=np.float64)])
    here = np.arange(size)
    around: Array = sums[np.minimum(here + reach + 1, size)] - sums[np.maximum(here - reach, 0)]
    return around
