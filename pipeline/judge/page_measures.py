"""What the judge knows of a block of a page: its text, its elements, what is alike on the page, and its neighbours.

Sums are of whole numbers, which floating point adds exactly, so every machine gives the same bits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.glyphs import CLASSES, Lines, Words, look, words_of
from pipeline.judge.measures import Table
from pipeline.judge.page import TAG_NUMBER, TAGS, Page

Array = NDArray[Any]
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

LEVELS = 7
"""How many ancestors of a block are looked at, not counting those that hold nothing more."""
WORD_BITS = 15
_LONG_WORDS = 12
_LONGER_WORDS = 30
_FAR = 300
_CLASS = {name: number for number, name in enumerate(CLASSES)}
_STOPS = [_CLASS["stop"], _CLASS["call"]]
_HEADINGS = tuple(TAG_NUMBER[name] for name in ("h1", "h2", "h3", "h4", "h5", "h6"))
_H1 = TAG_NUMBER["h1"]
_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("nav", ("nav",)), ("header", ("header", "thead")), ("footer", ("footer",)), ("aside", ("aside",)),
    ("main", ("main",)), ("article", ("article",)), ("form", ("form", "fieldset", "button", "label")),
    ("list", ("ul", "ol", "dl")), ("table", ("table",)), ("figure", ("figure", "figcaption")),
    ("section", ("section",)),
    ("a", ("a",)), ("heading", ("h1", "h2", "h3", "h4", "h5", "h6")), ("li", ("li",)), ("blockquote", ("blockquote",)),
)  # fmt: skip
_SHARED = ("main", "article", "section", "list", "table", "aside")
_KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("news", frozenset(("NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "og:article"))),
    ("an article", frozenset(("Article", "BlogPosting", "TechArticle"))),
    ("a product", frozenset(("Product", "Offer", "og:product"))),
    ("a discussion", frozenset(("DiscussionForumPosting", "QAPage", "Question", "Answer"))),
    ("a list", frozenset(("ItemList", "CollectionPage"))),
    ("an organisation", frozenset(("Organization", "LocalBusiness"))),
    ("a web page", frozenset(("WebPage", "og:website"))),
)


def _table(numbers: Iterable[int], size: int) -> NDArray[np.bool_]:
    table = np.zeros(size, np.bool_)
    table[list(numbers)] = True
    return table


_IS_STOP = _table(_STOPS, 256)
_IS_HEADING = _table(_HEADINGS, len(TAGS))
_IS_SECTION = {name: _table((TAG_NUMBER[tag] for tag in tags), len(TAGS)) for name, tags in _SECTIONS}
_LETTERS = re.compile(r"\W+")


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


def measure(page: Page) -> tuple[Sketch, Table]:
    """Measure the blocks of a page.

    Args:
        page: a page with at least one block.

    Returns:
        What later measures need, and the features: one row a block.
    """
    size = len(page.texts)
    seen = look([*page.texts, page.title, page.summary])
    words = words_of(seen)
    columns = Table(size)
    sketch = _sketch(page, seen, words)
    text = _text(page, seen, words, sketch, columns)
    _page(page, sketch, text, columns)
    _place(page, sketch, text, columns)
    _ancestors(page, sketch, text, columns)
    _alike(sketch, text, columns)
    _neighbours(sketch, text, columns)
    return sketch, columns


def _sketch(page: Page, seen: Lines, words: Words) -> Sketch:
    size = len(page.texts)
    owners = np.array(page.owners, np.int64)
    parents = np.maximum(np.array(page.parents, np.int64), 0)
    ends = np.array(page.ends, np.int64)
    names = np.array(page.names, np.int64)
    lengths = seen.chars[:size]
    inside = words.line < size
    counted = np.bincount(words.line[inside], minlength=size)
    looked = np.maximum((seen.counts.sum(axis=1) - seen.counts[:, _CLASS["tail"]])[:size], 1)
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


@dataclass(slots=True)
class _Text:
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


def _text(page: Page, seen: Lines, words: Words, sketch: Sketch, columns: Table) -> _Text:
    size = len(page.texts)
    lengths, tokens = sketch.lengths, sketch.tokens
    counts = seen.counts[:size]
    looked = np.maximum(counts.sum(axis=1) - counts[:, _CLASS["tail"]], 1)
    letters = counts[:, [_CLASS[name] for name in ("lower", "upper", "two", "three", "unspaced")]].sum(axis=1)
    linked = np.minimum(np.array(page.linked, np.int64), lengths)
    link = share(linked, lengths)
    ended = _IS_STOP[seen.final[:size]]
    commas, stops = counts[:, _CLASS["comma"]], counts[:, _STOPS].sum(axis=1)
    long = np.where((tokens >= _LONG_WORDS) & (link < 0.5), lengths - linked, 0)
    columns.add("characters", lengths)
    columns.add("words", tokens)
    columns.add("share of links", link)
    columns.add("links", np.array(page.links))
    columns.add("share of bold", share(np.minimum(np.array(page.emphasised), lengths), lengths))
    columns.add("characters a word", share(lengths, tokens))
    columns.add("stops", stops)
    columns.add("commas", commas)
    columns.add("stops a word", share(stops, tokens))
    columns.add("commas a word", share(commas, tokens))
    columns.add("ends a sentence", ended)
    columns.add("share of capitals", share(counts[:, _CLASS["upper"]], letters))
    columns.add("capitals a word", share(counts[:, _CLASS["upper"]], tokens))
    columns.add("share of digits", share(counts[:, _CLASS["digit"]], looked))
    columns.add("share of letters", share(letters, looked))
    columns.add("bars, bullets and signs", counts[:, [_CLASS[n] for n in ("bar", "bullet", "sign", "at")]].sum(axis=1))
    columns.add("first character", seen.first[:size])
    columns.add("last character", seen.last[:size])
    titled = _overlaps(words, sketch, long > 0, size, columns)
    low = [text[:400].lower() for text in page.texts]
    times: dict[str, int] = {}
    for text in low:
        times[text] = times.get(text, 0) + 1
    columns.add("times on the page", np.array([times[text] for text in low]))
    columns.add("stands in the linked data's text", _in_body(page))
    return _Text(
        link, linked, long, ended, titled, max(float(lengths.sum()), 1), max(float(long.sum()), 1), np.array(page.tags)
    )


def _overlaps(words: Words, sketch: Sketch, long: Array, size: int, columns: Table) -> Array:
    line, hashes = words.line, words.hashes
    inside = line < size
    mine, own = line[inside], hashes[inside]
    count = np.maximum(np.bincount(mine, minlength=size), 1)
    covered = np.zeros(size)
    overlap = np.zeros(size)
    for name, extra in (("title", size), ("summary", size + 1)):
        told = np.unique(hashes[line == extra])
        hit = np.isin(own, told)
        overlap = np.bincount(mine[hit], minlength=size) / count
        columns.add(f"share of words in the page's {name}", overlap)
        if name == "title":
            pairs = np.unique(own[hit] ^ mine[hit].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15), return_index=True)
            covered = np.bincount(mine[hit][pairs[1]], minlength=size) / max(len(told), 1)
            columns.add("share of the page's title", covered)
            titled = (covered * overlap > 0.5) & (sketch.tokens >= 3)
    # In how many long blocks each word stands, the block itself left out.
    distinct, kind = np.unique(own, return_inverse=True)
    many = max(len(distinct), 1)
    holders, kinds = np.divmod(np.unique(mine * many + kind), many)
    held = np.bincount(kinds[long[holders]], minlength=many)
    known = held[kind] > long[mine]
    columns.add("share of words in the long blocks", np.bincount(mine[known], minlength=size) / count)
    return titled


def _in_body(page: Page) -> Array:
    """Say of each block whether it stands in the text that linked data gives: 1 or 0; -1 where they give none."""
    if len(page.body) < 200:
        return np.full(len(page.texts), -1.0)
    body = _LETTERS.sub("", page.body).lower()
    out = np.zeros(len(page.texts))
    for number, text in enumerate(page.texts):
        squeezed = _LETTERS.sub("", text[:400]).lower()
        out[number] = len(squeezed) >= 8 and squeezed[:120] in body
    return out


def _page(page: Page, sketch: Sketch, text: _Text, columns: Table) -> None:
    size = len(sketch.lengths)
    columns.add("blocks of the page", float(size))
    columns.add("characters of the page", text.total)
    columns.add("share of links of the page", float(text.linked.sum()) / text.total)
    columns.add("share of long blocks of the page", text.long_total / text.total)
    columns.add("long blocks of the page", float((text.long > 0).sum()))
    columns.add("articles of the page", float((text.tags == TAG_NUMBER["article"]).sum()))
    for name, kinds in _KINDS:
        columns.add(f"the page is {name}", float(bool(kinds & page.kinds)))


def distances(marks: Array, most: int) -> tuple[Ints, Ints]:
    """Give of each row how far the last marked row before it is, and the next one after it; `most` at most."""
    here = np.arange(len(marks))
    before = np.maximum.accumulate(np.where(marks, here, -most))
    before = np.concatenate([[-most], before[:-1]])
    after = np.minimum.accumulate(np.where(marks, here, len(marks) + most)[::-1])[::-1]
    after = np.concatenate([after[1:], [len(marks) + most]])
    return np.minimum(here - before, most), np.minimum(after - here, most)


def _place(page: Page, sketch: Sketch, text: _Text, columns: Table) -> None:
    size = len(sketch.lengths)
    here = np.arange(size)
    columns.add("place on the page", here / max(1, size - 1))
    columns.add("blocks before", here)
    columns.add("blocks after", size - 1 - here)
    columns.add("share of text before", (np.cumsum(sketch.lengths) - sketch.lengths) / text.total)
    columns.add("share of long blocks before", (np.cumsum(text.long) - text.long) / text.long_total)
    tags = text.tags[sketch.owners]
    marks = (
        ("long block", text.long > 0),
        ("longer block", (sketch.tokens >= _LONGER_WORDS) & (text.link < 0.3)),
        ("heading", _IS_HEADING[tags]),
        ("first-level heading", tags == _H1),
        ("headline", text.titled),
    )
    for name, marked in marks:
        before, after = distances(marked, _FAR)
        columns.add(f"blocks since the last {name}", before)
        columns.add(f"blocks to the next {name}", after)
    columns.add("element", tags)
    columns.add("inner element", text.tags[sketch.inner])
    columns.add("depth", np.array(page.depths)[sketch.owners])
    hidden = _nearest(np.flatnonzero(np.array(page.hidden)), sketch) >= 0
    columns.add("hidden", hidden[sketch.owners] | hidden[sketch.inner])


def _nearest(chosen: Array, sketch: Sketch) -> Ints:
    """Give of each element the nearest chosen one at or above it; -1 where there is none."""
    found = np.full(len(sketch.ends), -1, np.int64)
    ends = sketch.ends
    for element in chosen.tolist():
        found[element : ends[element]] = element
    return found


def _ancestors(page: Page, sketch: Sketch, text: _Text, columns: Table) -> None:
    owners, ends = sketch.owners, sketch.ends
    lengths = below(owners, sketch.lengths, ends)
    linked = below(owners, text.linked, ends)
    long = below(owners, text.long, ends)
    blocks = below(owners, np.ones(len(owners)), ends)
    longs = below(owners, text.long > 0, ends)
    ended = below(owners, text.ended, ends)
    paragraphs = np.concatenate([[0], np.cumsum(text.tags == TAG_NUMBER["p"])])
    paragraphs = paragraphs[ends] - paragraphs[:-1]
    last: Array = np.zeros(0)
    for level, at in enumerate(sketch.above):
        size, count = lengths[at], blocks[at]
        name = f"container {level}"
        columns.add(f"{name}: share of the page", size / text.total)
        columns.add(f"{name}: share of links", share(linked[at], size))
        columns.add(f"{name}: share of the long blocks", long[at] / text.long_total)
        columns.add(f"{name}: share that is long", share(long[at], size))
        columns.add(f"{name}: blocks", count)
        columns.add(f"{name}: characters a block", share(size, count))
        columns.add(f"{name}: paragraphs", paragraphs[at])
        columns.add(f"{name}: long blocks", longs[at])
        columns.add(f"{name}: share of sentences", share(ended[at], count))
        columns.add(f"{name}: element", text.tags[at])
        if level:
            columns.add(f"{name}: times the one within", np.minimum(share(size, last), 1000))
        last = size
    _main_containers(sketch, text, lengths, linked, long, columns)
    _sections(sketch, text, long, columns)
    _units(page, sketch, text, lengths, linked, long, blocks, columns)


def _main_containers(sketch: Sketch, text: _Text, lengths: Array, linked: Array, long: Array, columns: Table) -> None:
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


def _sections(sketch: Sketch, text: _Text, long: Array, columns: Table) -> None:
    owners = sketch.owners
    for name, _ in _SECTIONS:
        chosen = np.flatnonzero(_IS_SECTION[name][text.tags])
        if not len(chosen):
            columns.add(f"in {name}", 0.0)
            if name in _SHARED:
                columns.add(f"{name}'s share of the long blocks", -1.0)
            continue
        near = _nearest(chosen, sketch)[owners]
        columns.add(f"in {name}", near >= 0)
        if name in _SHARED:
            columns.add(f"{name}'s share of the long blocks", np.where(near >= 0, long[near] / text.long_total, -1))


def _units(
    page: Page,
    sketch: Sketch,
    text: _Text,
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


def _alike(sketch: Sketch, text: _Text, columns: Table) -> None:
    here = np.arange(len(sketch.lengths))
    for name, group in zip(("blocks of the same look", "blocks of the same parent"), sketch.groups, strict=True):
        count = np.bincount(group)
        lengths = np.bincount(group, sketch.lengths)
        columns.add(f"{name}", count[group])
        columns.add(f"{name}: characters", (lengths / count)[group])
        columns.add(f"{name}: share of links", share(np.bincount(group, text.linked), lengths)[group])
        columns.add(f"{name}: share of the page", lengths[group] / text.total)
        columns.add(f"{name}: share of the long blocks", np.bincount(group, text.long)[group] / text.long_total)
        columns.add(f"{name}: share of sentences", (np.bincount(group, text.ended) / count)[group])
        first = np.full(len(count), len(here))
        np.minimum.at(first, group, here)
        last = np.zeros(len(count), np.int64)
        np.maximum.at(last, group, here)
        columns.add(f"{name}: span", ((last - first) / len(here))[group])


def _neighbours(sketch: Sketch, text: _Text, columns: Table) -> None:
    size = len(sketch.lengths)
    tags = text.tags[sketch.owners]
    here = np.arange(size)
    for by in (-3, -2, -1, 1, 2, 3):
        at = np.clip(here + by, 0, size - 1)
        inside = (here + by >= 0) & (here + by < size)
        side = f"{abs(by)} {'before' if by < 0 else 'after'}"
        columns.add(f"words of the block {side}", np.where(inside, sketch.tokens[at], -1))
        columns.add(f"share of links of the block {side}", np.where(inside, text.link[at], -1))
        columns.add(f"element of the block {side}", np.where(inside, tags[at], -1))
    for reach in (3, 8):
        lengths = window(sketch.lengths, reach)
        columns.add(f"characters, {reach} round it", lengths / (2 * reach + 1))
        columns.add(f"share of links, {reach} round it", share(window(text.linked, reach), lengths))
        columns.add(f"share of long blocks, {reach} round it", share(window(text.long, reach), lengths))


def window(values: Array, reach: int) -> Array:
    """Give of each row the sum over the rows up to `reach` away, itself included; values are whole numbers."""
    size = len(values)
    sums = np.concatenate([[0], np.cumsum(values, dtype=np.float64)])
    here = np.arange(size)
    around: Array = sums[np.minimum(here + reach + 1, size)] - sums[np.maximum(here - reach, 0)]
    return around
