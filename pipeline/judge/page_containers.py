"""What the judge knows of the elements round a block: containers, sections, and units that are repeated.

Sums are of whole numbers, which floating point adds exactly, so every machine gives the same bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.page import TAG_NUMBER, TAGS
from pipeline.judge.page_sketch import Array, Ints, Sketch, Text, below, is_within, nearest, share, table_of
from pipeline.judge.spans import Table

_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("nav", ("nav",)), ("header", ("header", "thead")), ("footer", ("footer",)), ("aside", ("aside",)),
    ("main", ("main",)), ("article", ("article",)), ("form", ("form", "fieldset", "button", "label")),
    ("list", ("ul", "ol", "dl")), ("table", ("table",)), ("figure", ("figure", "figcaption")),
    ("section", ("section",)),
    ("a", ("a",)), ("heading", ("h1", "h2", "h3", "h4", "h5", "h6")), ("li", ("li",)), ("blockquote", ("blockquote",)),
)  # fmt: skip
_SHARED = ("main", "article", "section", "list", "table", "aside")
_IS_SECTION = {name: table_of((TAG_NUMBER[tag] for tag in tags), len(TAGS)) for name, tags in _SECTIONS}


def measure_containers(sketch: Sketch, text: Text, columns: Table) -> None:
    """Add what is known of the elements round the blocks of pages."""
    owners, ends, of = sketch.owners, sketch.ends, sketch.blocks.number
    lengths = below(owners, sketch.lengths, ends)
    linked = below(owners, text.linked, ends)
    long = below(owners, text.long, ends)
    blocks = below(owners, np.ones(len(owners)), ends)
    longs = below(owners, text.long > 0, ends)
    ended = below(owners, text.ended, ends)
    paragraphs = np.concatenate([[0], np.cumsum(sketch.tags == TAG_NUMBER["p"])])
    paragraphs = paragraphs[ends] - paragraphs[:-1]
    total, long_total = text.total[of], text.long_total[of]
    within: Array | None = None
    for level, at in enumerate(sketch.above):
        size, count, held = lengths[at], blocks[at], long[at]
        measured = (
            ("share of the page", size / total),
            ("share of links", share(linked[at], size)),
            ("share of the long blocks", held / long_total),
            ("share that is long", share(held, size)),
            ("blocks", count),
            ("characters a block", share(size, count)),
            ("paragraphs", paragraphs[at]),
            ("long blocks", longs[at]),
            ("share of sentences", share(ended[at], count)),
            ("element", sketch.tags[at]),
        )
        for name, values in measured:
            columns.add(f"container {level}: {name}", values)
        if within is not None:
            columns.add(f"container {level}: times the one within", np.minimum(share(size, within), 1000))
        within = size
    _main_containers(sketch, text, lengths, linked, long, columns)
    _sections(sketch, text, long, columns)
    _units(sketch, text, lengths, linked, long, blocks, columns)


def _main_containers(sketch: Sketch, text: Text, lengths: Array, linked: Array, long: Array, columns: Table) -> None:
    owners, parents, ends, roots = sketch.owners, sketch.parents, sketch.ends, sketch.roots
    of = sketch.blocks.number

    def is_in(elements: Ints) -> NDArray[np.bool_]:
        begin, end = elements[of], ends[elements][of]
        return np.asarray((owners >= begin) & (owners < end))

    # As Readability scores: a long block speaks for its parent, and less for those above. In sixths, so sums are exact.
    worth = np.where(text.long > 0, 6 * (1 + np.minimum(sketch.lengths // 100, 3)), 0)
    scores = np.zeros(len(ends))
    at = owners
    for portion in (1, 2, 3):
        at = parents[at]
        scores += np.bincount(at, worth // portion, len(ends))
    scores *= 1 - share(linked, lengths)
    top = _first_highest(scores, roots)
    for name, elements in (("main container", top), ("parent of the main container", parents[top])):
        columns.add(f"in the {name}", is_in(elements))
    columns.add("main container's share of the long blocks", (long[top] / text.long_total)[of])
    # From the longest block upwards: at which of its ancestors a block joins it.
    steps = np.full(len(ends), -1, np.int64)
    here, step = owners[_first_highest(text.long, sketch.blocks.starts)], 0
    while len(here):
        steps[here] = step
        here = parents[here[here != parents[here]]]
        step += 1
    joined = nearest(steps >= 0, sketch)[owners]
    columns.add("steps from the longest block", steps[joined])
    columns.add("share of the container shared with the longest block", lengths[joined] / text.total[of])
    here = np.arange(len(ends))
    for part in (0.4, 0.6, 0.8):
        holding = np.where(long >= (part * text.long_total)[sketch.page_of], here, 0)
        holders = np.maximum(np.maximum.reduceat(holding, roots), roots)
        name = f"the smallest container of {part:.0%} of the long blocks"
        columns.add(f"in {name}", is_in(holders))
        columns.add(f"share that is long in {name}", share(long[holders], lengths[holders])[of])
        columns.add(f"share of links in {name}", share(linked[holders], lengths[holders])[of])


def _first_highest(values: Array, starts: Ints) -> Ints:
    """Give of each run of values the place of the first that is the highest."""
    highest = np.repeat(np.maximum.reduceat(values, starts), np.diff(starts, append=len(values)))
    places = np.flatnonzero(values == highest)
    return places[np.searchsorted(places, starts)]


def _sections(sketch: Sketch, text: Text, long: Array, columns: Table) -> None:
    owners, long_total = sketch.owners, text.long_total[sketch.blocks.number]
    present = np.bincount(sketch.tags, minlength=len(TAGS)) > 0
    for name, _ in _SECTIONS:
        is_one = _IS_SECTION[name]
        shared = name in _SHARED
        if not (present & is_one).any():
            columns.add(f"in {name}", 0.0)
            if shared:
                columns.add(f"{name}'s share of the long blocks", -1.0)
            continue
        chosen = is_one[sketch.tags]
        if not shared:
            columns.add(f"in {name}", is_within(np.flatnonzero(chosen), sketch)[owners])
            continue
        near = nearest(chosen, sketch)[owners]
        columns.add(f"in {name}", near >= 0)
        columns.add(f"{name}'s share of the long blocks", np.where(near >= 0, long[near] / long_total, -1))


def _units(
    sketch: Sketch, text: Text, lengths: Array, linked: Array, long: Array, blocks: Array, columns: Table
) -> None:
    """Measure what is repeated: elements alike under one parent, as cards, list items, comments, posts are."""
    parents, long_total = sketch.parents, text.long_total[sketch.blocks.number]
    alike = (parents * len(TAGS) + sketch.tags) * (int(sketch.names.max()) + 1) + sketch.names
    _, group, count = np.unique(alike, return_inverse=True, return_counts=True)
    siblings = count[group]
    siblings[sketch.roots] = 1
    group_long = np.bincount(group, long)[group]
    group_length = np.bincount(group, lengths)[group]
    group_linked = np.bincount(group, linked)[group]
    size = len(sketch.owners)
    times, links, mean = np.zeros(size), np.zeros(size), np.zeros(size)
    at = sketch.owners
    for level in range(5):
        many = siblings[at]
        columns.add(f"ancestor {level}: siblings alike", many)
        if 1 <= level <= 3:
            columns.add(
                f"ancestor {level}: share of the long blocks in them",
                np.where(many > 1, group_long[at] / long_total, -1),
            )
            columns.add(f"ancestor {level}: blocks", blocks[at])
        new = (many >= 3) & (times == 0)
        times = np.where(new, many, times)
        links = np.where(new, share(group_linked[at], group_length[at]), links)
        mean = np.where(new, group_length[at] / many, mean)
        at = parents[at]
    columns.add("repeated unit: times", times)
    columns.add("repeated unit: share of links", links)
    columns.add("repeated unit: characters", mean)
