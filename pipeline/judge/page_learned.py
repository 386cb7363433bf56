"""What learned tables and a first judgement say of the blocks of a page.

Sums are of whole numbers, which floating point adds exactly, so every machine gives the same bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.page_sketch import (
    Ints,
    Sketch,
    before,
    below,
    distances,
    nearest,
    share,
    shifted,
    sum_of_pages,
    window,
)
from pipeline.judge.spans import Table


def measure_names(scores: Ints, sketch: Sketch, columns: Table) -> None:
    """Add what the names (class, id, role) of elements say of blocks.

    Args:
        scores: of each element what its names say, for text above 0, in 16ths.
        sketch: the pages.
        columns: where to add.
    """
    parents, roots = sketch.parents, sketch.roots
    sums = scores.copy()
    lowest, highest = np.minimum(scores, 0), np.maximum(scores, 0)
    for level, above in sketch.levels:
        sums[level] += sums[above]
        lowest[level] = np.minimum(lowest[level], lowest[above])
        highest[level] = np.maximum(highest[level], highest[above])
    telling = nearest(scores != 0, sketch)
    owners = sketch.owners
    parent = parents[owners]
    columns.add("names: of the element", scores[owners])
    columns.add("names: of the inner element", scores[sketch.inner])
    columns.add("names: of the parent", scores[parent])
    columns.add("names: of the grandparent", scores[parents[parent]])
    columns.add("names: sum", sums[owners])
    columns.add("names: lowest", lowest[owners])
    columns.add("names: highest", highest[owners])
    columns.add("names: nearest", np.where(telling < 0, 0, scores[telling])[owners])
    columns.add("names: highest of the page", np.maximum.reduceat(highest, roots)[sketch.blocks.number])


def measure_words(vocabulary: NDArray[np.int8], sketch: Sketch, columns: Table) -> None:
    """Add what the words of blocks say: log-odds in 16ths by place in the vocabulary; 0 is a word that says nothing."""
    size = len(sketch.tokens)
    values = vocabulary[sketch.word_slot].astype(np.int64)
    line = sketch.word_line
    count = np.bincount(line, minlength=size)
    total = np.bincount(line, values, size)
    known = np.bincount(line, values != 0, size)
    lowest, highest = np.zeros(size, np.int64), np.zeros(size, np.int64)
    some = np.flatnonzero(count)
    if len(some):
        starts = (np.cumsum(count) - count)[some]
        lowest[some] = np.minimum.reduceat(values, starts)
        highest[some] = np.maximum.reduceat(values, starts)
    columns.add("its words: mean", share(total, known))
    columns.add("its words: sum", np.clip(total, -1000, 1000))
    columns.add("its words: lowest", lowest)
    columns.add("its words: highest", highest)
    columns.add("its words: share known", share(known, count))


def measure_again(chances: NDArray[np.float64], sketch: Sketch) -> Table:
    """Measure what a first judgement says of a block's neighbours, its containers and the whole page.

    Args:
        chances: float64[blocks], the first judgement's probabilities.
        sketch: the page.
    """
    size = len(chances)
    columns = Table(size)
    blocks = sketch.blocks
    of = blocks.number
    # In thousandths: whole numbers, whose sums are exact.
    chance = np.round(chances * 1000)
    weight = np.maximum(sketch.tokens, 1).astype(np.float64)
    mass = chance * weight
    whole, heavy = sum_of_pages(mass, sketch), sum_of_pages(weight, sketch)
    whole = np.maximum(whole, 1.0)
    total = whole[of]
    owners, ends = sketch.owners, sketch.ends
    masses, weights = below(owners, mass, ends), below(owners, weight, ends)
    sums, held = below(owners, chance, ends), below(owners, np.ones(size), ends)
    columns.add("first judgement", chance)
    steps = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)
    for by, values in zip(steps, shifted(chance, steps, 0, blocks), strict=True):
        columns.add(f"first judgement {abs(by)} {'before' if by < 0 else 'after'}", values)
    for level, at in enumerate(sketch.above[:6]):
        name = f"first judgement of container {level}"
        inside = masses[at]
        columns.add(f"{name} without it", share(inside - mass, weights[at] - weight))
        columns.add(f"{name}, share of the page's text", inside / total)
        columns.add(f"{name} by block", sums[at] / held[at])
    earlier = before(mass, blocks)
    columns.add("text before", earlier / total)
    columns.add("text after", (total - (earlier + mass)) / total)
    good = chance > 500
    since, to = distances(good, 100, blocks)
    columns.add("blocks since the last text", since)
    columns.add("blocks to the next text", to)
    for reach in (2, 5, 12):
        columns.add(
            f"first judgement of {reach} round it",
            share(window(mass, reach, blocks) - mass, window(weight, reach, blocks) - weight),
        )
        columns.add(
            f"first judgement of {reach} round it by block",
            share(window(chance, reach, blocks) - chance, blocks.within(reach, reach) - 1),
        )
    for name, group in zip(("of the same look", "of the same parent"), sketch.groups, strict=True):
        alike, of_them = np.bincount(group, mass)[group], np.bincount(group, weight)[group]
        columns.add(f"first judgement {name} without it", share(alike - mass, of_them - weight))
        columns.add(f"first judgement {name}, share of the page's text", alike / total)
    columns.add("first judgement of the page", (whole / heavy)[of])
    columns.add("words judged text on the page", (whole / 1000)[of])
    columns.add("best first judgement of the page", np.maximum.reduceat(chance, blocks.starts)[of])
    doubt = sum_of_pages(np.minimum(chance, 1000 - chance) * weight, sketch)
    columns.add("doubt on the page", (doubt / heavy)[of])
    columns.add("blocks judged text on the page", sum_of_pages(good, sketch)[of])
    return columns
