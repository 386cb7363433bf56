"""The elements and blocks of pages as arrays, and sums, nearest ones and distances in them.

Pages are put behind one another and measured at once: a call costs more than the numbers of a page. Each is measured
as it would be alone.

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
from pipeline.judge.spans import Spans

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
    """What is known of pages before anything learned comes in. Elements are numbered through all pages."""

    blocks: Spans
    """Which blocks make a page."""
    roots: Ints
    """The first element of each page."""
    page_of: Ints
    """Of each element, the number of its page."""
    levels: list[tuple[Ints, Ints]]
    """The elements below the roots, those nearer to them first: elements of one depth, and their parents."""
    tags: Ints
    owners: Ints
    parents: Ints
    """Of each element; a root is its own parent."""
    ends: Ints
    inner: Ints
    names: Ints
    """Of each element; names too are numbered through all pages."""
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
    total: Array
    """Of each page, the characters of all blocks, and of the long ones; never less than one."""
    long_total: Array


def sketch_of(pages: Sequence[Page], seen: Lines, words: Words) -> Sketch:
    """Make arrays of pages; of the lines the first are the texts of their blocks, those of one page after the other."""
    sizes = np.array([len(page.tags) for page in pages], np.int64)
    roots = np.cumsum(sizes) - sizes
    held = np.array([len(page.texts) for page in pages], np.int64)
    blocks = Spans.of(np.cumsum(held) - held, int(held.sum()))
    named = np.array([len(page.named) for page in pages], np.int64)
    page_of = np.repeat(np.arange(len(pages)), sizes)

    def numbers(column: str) -> Ints:
        return np.concatenate([np.asarray(getattr(page, column), np.int64) for page in pages])

    first, first_of_block = roots[page_of], roots[blocks.number]
    parents = np.maximum(numbers("parents"), 0) + first
    ends = numbers("ends") + first
    owners = numbers("owners") + first_of_block
    tags = numbers("tags")
    names = numbers("names") + (np.cumsum(named) - named)[page_of]
    levels = _levels(numbers("depths"), parents)
    size = len(owners)
    lengths = seen.chars[:size]
    inside = words.line < size
    counted = np.bincount(words.line[inside], minlength=size)
    looked = np.maximum((seen.counts.sum(axis=1) - seen.counts[:, _TAIL])[:size], 1)
    tokens = np.where(lengths > looked, counted * lengths // looked, counted)
    wider = _wider(below(owners, np.ones(size, np.int64), ends), levels, parents)
    above = [owners]
    for _ in range(LEVELS - 1):
        above.append(wider[above[-1]])
    parent = parents[owners]
    look_alike = ((names[owners] * len(TAGS) + tags[owners]) * int(named.sum()) + names[parent]) * len(TAGS)
    return Sketch(
        blocks,
        roots,
        page_of,
        levels,
        tags,
        owners,
        parents,
        ends,
        numbers("inner") + first_of_block,
        names,
        lengths,
        tokens,
        words.line[inside],
        (words.hashes[inside] >> np.uint64(64 - WORD_BITS)).astype(np.int64),
        above,
        [np.unique(alike, return_inverse=True)[1] for alike in (look_alike + tags[parent], parent)],
    )


def _levels(depths: Ints, parents: Ints) -> list[tuple[Ints, Ints]]:
    order = np.argsort(depths.astype(np.min_scalar_type(int(depths.max()))), kind="stable")
    levels = np.split(order, np.cumsum(np.bincount(depths))[:-1])
    return [(level, parents[level]) for level in levels[1:]]


def below(owners: Ints, values: Array, ends: Ints) -> Array:
    """Give of each element the sum over the blocks that stand below it; values are whole numbers."""
    sums = sums_of(np.bincount(owners, values, len(ends)))
    return sums[ends] - sums[:-1]


def _wider(blocks: Array, levels: Sequence[tuple[Ints, Ints]], parents: Ints) -> Ints:
    """Give of each element the next one round it that holds more blocks; the root for itself."""
    wider = parents.copy()
    as_wide = (blocks == blocks[parents]) & (parents != parents[parents])
    for level, above in levels:
        wider[level] = np.where(as_wide[level], wider[above], above)
    return wider


def is_within(chosen: Array, sketch: Sketch) -> NDArray[np.bool_]:
    """Say of each element whether a chosen one is at or above it."""
    size = len(sketch.ends) + 1
    opened, closed = np.bincount(chosen, minlength=size), np.bincount(sketch.ends[chosen], minlength=size)
    return np.asarray(np.cumsum(opened - closed)[:-1] > 0)


def nearest(marks: NDArray[np.bool_], sketch: Sketch) -> Ints:
    """Give of each element the nearest marked one at or above it; -1 where there is none."""
    found = np.where(marks, np.arange(len(marks)), -1)
    for level, above in sketch.levels:
        found[level] = np.where(marks[level], level, found[above])
    return found


def distances(marks: Array, most: int, blocks: Spans) -> tuple[Ints, Ints]:
    """Give of each block how far the last marked one before it is, and the next one after it; `most` at most."""
    before, after = blocks.since(marks)
    here = blocks.here
    before = np.where(before < 0, most, np.minimum(here - before, most))
    return before, np.where(after < 0, most, np.minimum(after - here, most))


def shifted(values: Array, steps: Sequence[int], outside: int, blocks: Spans) -> list[Array]:
    """Give for each step, of each block, the value so many blocks further on; `outside` where there is none."""
    return [blocks.shifted(values, by, outside) for by in steps]


def window(values: Array, reach: int, blocks: Spans) -> Array:
    """Give of each block the sum over the blocks up to `reach` away, itself included; values are whole numbers."""
    return blocks.windowed(sums_of(values), reach, reach)


def sums_of(values: Array) -> Array:
    """Give the sums of whole numbers up to each place, and of all, in double precision."""
    sums = np.zeros(len(values) + 1, np.float64)
    np.cumsum(values, out=sums[1:])
    return sums


def before(values: Array, blocks: Spans) -> Array:
    """Give of each block the sum over the blocks of its page that stand before it; values are whole numbers."""
    sums = sums_of(values)
    return sums[:-1] - sums[blocks.first]


def sum_of_pages(values: Array, sketch: Sketch) -> Array:
    """Give of each page the sum over its blocks; values are whole numbers."""
    sums, blocks = sums_of(values), sketch.blocks
    whole: Array = sums[blocks.starts + blocks.sizes] - sums[blocks.starts]
    return whole
