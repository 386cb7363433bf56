"""What the judge knows of the elements round a block: containers, sections, and units that are repeated.

Sums are of whole numbers, which floating point adds exactly, so every machine gives the same bits.
"""

from __future__ import annotations

import numpy as np

from pipeline.judge.page import TAG_NUMBER, TAGS, Page
from pipeline.judge.page_sketch import Array, Sketch, Text, below, is_within, nearest, share, table_of
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


def measure_containers(page: Page, sketch: Sketch, text: Text, columns: Table) -> None:
    """Add what is known of the elements round the blocks of a page."""
    owners, ends = sketch.owners, sketch.ends
    lengths = below(owners, sketch.lengths, ends)
    linked = below(owners, text.linked, ends)
    long = below(owners, text.long, ends)
    blocks = below(owners, np.ones(len(owners)), ends)
    longs = below(owners, text.long > 0, ends)
    ended = below(owners, text.ended, ends)
    paragraphs = np.concatenate([[0], np.cumsum(text.tags == TAG_NUMBER["p"])])
    paragraphs = paragraphs[ends] - paragraphs[:-1]
    # All levels at once: a call costs more than the numbers of a page.
    at = np.stack(sketch.above)
    size, count = lengths[at], blocks[at]
    measured = (
        ("share of the page", size / text.total),
        ("share of links", share(linked[at], size)),
        ("share of the long blocks", long[at] / text.long_total),
        ("share that is long", share(long[at], size)),
        ("blocks", count),
        ("characters a block", share(size, count)),
        ("paragraphs", paragraphs[at]),
        ("long blocks", longs[at]),
        ("share of sentences", share(ended[at], count)),
        ("element", text.tags[at]),
    )
    wider = np.minimum(share(size[1:], size[:-1]), 1000)
    for level in range(len(at)):
        for name, values in measured:
            columns.add(f"container {level}: {name}", values[level])
        if level:
            columns.add(f"container {level}: times the one within", wider[level - 1])
    _main_containers(sketch, text, lengths, linked, long, columns)
    _sections(sketch, text, long, columns)
    _units(page, sketch, text, lengths, linked, long, blocks, columns)


def _main_containers(sketch: Sketch, text: Text, lengths: Array, linked: Array, long: Array, columns: Table) -> None:
    owners, parents, ends = sketch.owners, sketch.parents, sketch.ends
    # As Readability scores: a long block speaks for its parent, and less for those above. In sixths, so sums are exact.
    worth = np.where(text.long > 0, 6 * (1 + np.minimum(sketch.lengths // 100, 3)), 0)
    scores = np.zeros(len(ends))
    at = owners
    for portion in (1, 2, 3):
        at = parents[at]
        scores += np.bincount(at, worth // portion, len(ends))
    scores *= 1 - share(linked, lengths)
    top = int(scores.argmax())
    for name, element in (("main container", top), ("parent of the main container", int(parents[top]))):
        columns.add(f"in the {name}", (owners >= element) & (owners < ends[element]))
    columns.add("main container's share of the long blocks", long[top] / text.long_total)
    # From the longest block upwards: at which of its ancestors a block joins it.
    joins = np.full(len(owners), 99)
    widths = np.ones(len(owners))
    chain = [int(owners[int(text.long.argmax())])]
    while chain[-1]:
        chain.append(int(parents[chain[-1]]))
    for step in range(len(chain) - 1, -1, -1):
        element = chain[step]
        inside = (owners >= element) & (owners < ends[element])
        joins[inside] = step
        widths[inside] = lengths[element] / text.total
    columns.add("steps from the longest block", joins)
    columns.add("share of the container shared with the longest block", widths)
    for part in (0.4, 0.6, 0.8):
        holders = np.flatnonzero(long >= part * text.long_total)
        element = int(holders[-1]) if len(holders) else 0
        name = f"the smallest container of {part:.0%} of the long blocks"
        columns.add(f"in {name}", (owners >= element) & (owners < ends[element]))
        columns.add(f"share that is long in {name}", float(long[element] / max(lengths[element], 1)))
        columns.add(f"share of links in {name}", float(linked[element] / max(lengths[element], 1)))


def _sections(sketch: Sketch, text: Text, long: Array, columns: Table) -> None:
    owners = sketch.owners
    present = np.bincount(text.tags, minlength=len(TAGS)) > 0
    for name, _ in _SECTIONS:
        is_one = _IS_SECTION[name]
        shared = name in _SHARED
        if not (present & is_one).any():
            columns.add(f"in {name}", 0.0)
            if shared:
                columns.add(f"{name}'s share of the long blocks", -1.0)
            continue
        chosen = np.flatnonzero(is_one[text.tags])
        if not shared:
            columns.add(f"in {name}", is_within(chosen, sketch)[owners])
            continue
        near = nearest(chosen, sketch)[owners]
        columns.add(f"in {name}", near >= 0)
        columns.add(f"{name}'s share of the long blocks", np.where(near >= 0, long[near] / text.long_total, -1))


def _units(
    page: Page,
    sketch: Sketch,
    text: Text,
    lengths: Array,
    linked: Array,
    long: Array,
    blocks: Array,
    columns: Table,
) -> None:
    """Measure what is repeated: elements alike under one parent, as cards, list items, comments, posts are."""
    parents = sketch.parents
    alike = (parents * len(TAGS) + text.tags) * len(page.named) + sketch.names
    _, group, count = np.unique(alike, return_inverse=True, return_counts=True)
    siblings = count[group]
    siblings[0] = 1
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
                np.where(many > 1, group_long[at] / text.long_total, -1),
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
