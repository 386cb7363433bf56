"""What learned tables and a first judgement say of the blocks of a page.

Sums are of whole numbers, which floating point adds exactly, so every machine gives the same bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.page_sketch import Ints, Sketch, below, distances, share, shifted, window
from pipeline.judge.spans import Table


def measure_names(scores: Ints, sketch: Sketch, columns: Table) -> None:
    """Add what the names (class, id, role) of elements say of blocks.

    Args:
        scores: of each element what its names say, for text above 0, in 16ths.
        sketch: the page.
        columns: where to add.
    """
    parents = sketch.parents
    own = scores.tolist()
    sums, lowest, highest, nearest = [own[0]], [min(0, own[0])], [max(0, own[0])], [own[0]]
    for score, parent in zip(own[1:], parents.tolist()[1:], strict=True):
        if not score:
            sums.append(sums[parent])
            lowest.append(lowest[parent])
            highest.append(highest[parent])
            nearest.append(nearest[parent])
            continue
        sums.append(sums[parent] + score)
        least, most = lowest[parent], highest[parent]
        lowest.append(score if score < least else least)
        highest.append(score if score > most else most)
        nearest.append(score)
    owners = sketch.owners
    parent = parents[owners]
    columns.add("names: of the element", scores[owners])
    columns.add("names: of the inner element", scores[sketch.inner])
    columns.add("names: of the parent", scores[parent])
    columns.add("names: of the grandparent", scores[parents[parent]])
    columns.add("names: sum", np.array(sums)[owners])
    columns.add("names: lowest", np.array(lowest)[owners])
    columns.add("names: highest", np.array(highest)[owners])
    columns.add("names: nearest", np.array(nearest)[owners])
    columns.add("names: highest of the page", float(max(highest)))


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
    # In thousandths: whole numbers, whose sums are exact.
    chance = np.round(chances * 1000)
    weight = np.maximum(sketch.tokens, 1).astype(np.float64)
    mass = chance * weight
    total = max(float(mass.sum()), 1.0)
    owners, ends = sketch.owners, sketch.ends
    masses, weights = below(owners, mass, ends), below(owners, weight, ends)
    sums, blocks = below(owners, chance, ends), below(owners, np.ones(size), ends)
    columns.add("first judgement", chance)
    steps = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)
    for by, values in zip(steps, shifted(chance, steps, 0), strict=True):
        columns.add(f"first judgement {abs(by)} {'before' if by < 0 else 'after'}", values)
    at = np.stack(sketch.above[:6])
    without, portion, mean = share(masses[at] - mass, weights[at] - weight), masses[at] / total, sums[at] / blocks[at]
    for level in range(len(at)):
        name = f"first judgement of container {level}"
        columns.add(f"{name} without it", without[level])
        columns.add(f"{name}, share of the page's text", portion[level])
        columns.add(f"{name} by block", mean[level])
    columns.add("text before", (np.cumsum(mass) - mass) / total)
    columns.add("text after", (total - np.cumsum(mass)) / total)
    good = chance > 500
    before, after = distances(good, 100)
    columns.add("blocks since the last text", before)
    columns.add("blocks to the next text", after)
    for reach in (2, 5, 12):
        columns.add(
            f"first judgement of {reach} round it", share(window(mass, reach) - mass, window(weight, reach) - weight)
        )
        columns.add(
            f"first judgement of {reach} round it by block",
            share(window(chance, reach) - chance, window(np.ones(size), reach) - 1),
        )
    for name, group in zip(("of the same look", "of the same parent"), sketch.groups, strict=True):
        alike, heavy = np.bincount(group, mass)[group], np.bincount(group, weight)[group]
        columns.add(f"first judgement {name} without it", share(alike - mass, heavy - weight))
        columns.add(f"first judgement {name}, share of the page's text", alike / total)
    columns.add("first judgement of the page", total / float(weight.sum()))
    columns.add("words judged text on the page", total / 1000)
    columns.add("best first judgement of the page", float(chance.max()))
    columns.add("doubt on the page", float((np.minimum(chance, 1000 - chance) * weight).sum() / weight.sum()))
    columns.add("blocks judged text on the page", float(good.sum()))
    return columns
