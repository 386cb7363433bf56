"""What the judge knows of a block of a page: its text, its place, what is alike on the page, and its neighbours.

Sums are of whole numbers, which floating point adds exactly, so every machine gives the same bits.
"""

from __future__ import annotations

import re

import numpy as np

from pipeline.judge.glyphs import CLASSES, Lines, Words, look, words_of
from pipeline.judge.page import TAG_NUMBER, TAGS, Page
from pipeline.judge.page_containers import measure_containers
from pipeline.judge.page_sketch import (
    WORD_BITS,
    Array,
    Sketch,
    Text,
    below,
    distances,
    is_within,
    share,
    shifted,
    sketch_of,
    table_of,
    window,
)
from pipeline.judge.spans import Table

__all__ = ["WORD_BITS", "Sketch", "below", "measure"]

_LONG_WORDS = 12
_LONGER_WORDS = 30
_FAR = 300
_CLASS = {name: number for number, name in enumerate(CLASSES)}
_STOPS = [_CLASS["stop"], _CLASS["call"]]
_HEADINGS = tuple(TAG_NUMBER[name] for name in ("h1", "h2", "h3", "h4", "h5", "h6"))
_H1 = TAG_NUMBER["h1"]
_KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("news", frozenset(("NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "og:article"))),
    ("an article", frozenset(("Article", "BlogPosting", "TechArticle"))),
    ("a product", frozenset(("Product", "Offer", "og:product"))),
    ("a discussion", frozenset(("DiscussionForumPosting", "QAPage", "Question", "Answer"))),
    ("a list", frozenset(("ItemList", "CollectionPage"))),
    ("an organisation", frozenset(("Organization", "LocalBusiness"))),
    ("a web page", frozenset(("WebPage", "og:website"))),
)


_IS_STOP = table_of(_STOPS, 256)
_IS_HEADING = table_of(_HEADINGS, len(TAGS))
_LETTERS = re.compile(r"\W+")


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
    sketch = sketch_of(page, seen, words)
    text = _text(page, seen, words, sketch, columns)
    _page(page, sketch, text, columns)
    _place(page, sketch, text, columns)
    measure_containers(page, sketch, text, columns)
    _alike(sketch, text, columns)
    _neighbours(sketch, text, columns)
    return sketch, columns


def _text(page: Page, seen: Lines, words: Words, sketch: Sketch, columns: Table) -> Text:
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
    return Text(
        link, linked, long, ended, titled, max(float(lengths.sum()), 1), max(float(long.sum()), 1), np.array(page.tags)
    )


def _overlaps(words: Words, sketch: Sketch, long: Array, size: int, columns: Table) -> Array:
    line, hashes = words.line, words.hashes
    inside = line < size
    mine, own = line[inside], hashes[inside]
    count = np.maximum(np.bincount(mine, minlength=size), 1)
    # One sort of all words; what follows compares their numbers.
    distinct, kind = np.unique(own, return_inverse=True)
    many = max(len(distinct), 1)
    covered = np.zeros(size)
    overlap = np.zeros(size)
    titled: Array = np.zeros(size, np.bool_)
    for name, extra in (("title", size), ("summary", size + 1)):
        told = np.unique(hashes[line == extra])
        is_told = np.zeros(len(distinct) + 1, np.bool_)
        at = np.searchsorted(distinct, told)
        is_told[at[distinct.take(at, mode="clip") == told] if len(distinct) else []] = True
        hit = is_told[kind]
        overlap = np.bincount(mine[hit], minlength=size) / count
        columns.add(f"share of words in the page's {name}", overlap)
        if name == "title":
            once = np.unique(mine[hit] * many + kind[hit])
            covered = np.bincount(once // many, minlength=size) / max(len(told), 1)
            columns.add("share of the page's title", covered)
            titled = (covered * overlap > 0.5) & (sketch.tokens >= 3)
    # In how many long blocks each word stands, the block itself left out.
    is_long = long[mine]
    held = np.bincount(np.unique(mine[is_long] * many + kind[is_long]) % many, minlength=many)
    known = held[kind] > is_long
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


def _page(page: Page, sketch: Sketch, text: Text, columns: Table) -> None:
    size = len(sketch.lengths)
    columns.add("blocks of the page", float(size))
    columns.add("characters of the page", text.total)
    columns.add("share of links of the page", float(text.linked.sum()) / text.total)
    columns.add("share of long blocks of the page", text.long_total / text.total)
    columns.add("long blocks of the page", float((text.long > 0).sum()))
    columns.add("articles of the page", float((text.tags == TAG_NUMBER["article"]).sum()))
    for name, kinds in _KINDS:
        columns.add(f"the page is {name}", float(bool(kinds & page.kinds)))


def _place(page: Page, sketch: Sketch, text: Text, columns: Table) -> None:
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
    hidden = is_within(np.flatnonzero(np.array(page.hidden)), sketch)
    columns.add("hidden", hidden[sketch.owners] | hidden[sketch.inner])


def _alike(sketch: Sketch, text: Text, columns: Table) -> None:
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


def _neighbours(sketch: Sketch, text: Text, columns: Table) -> None:
    steps = (-3, -2, -1, 1, 2, 3)
    tokens, links, tags = (
        shifted(values, steps, -1) for values in (sketch.tokens, text.link, text.tags[sketch.owners])
    )
    for number, by in enumerate(steps):
        side = f"{abs(by)} {'before' if by < 0 else 'after'}"
        columns.add(f"words of the block {side}", tokens[number])
        columns.add(f"share of links of the block {side}", links[number])
        columns.add(f"element of the block {side}", tags[number])
    for reach in (3, 8):
        lengths = window(sketch.lengths, reach)
        columns.add(f"characters, {reach} round it", lengths / (2 * reach + 1))
        columns.add(f"share of links, {reach} round it", share(window(text.linked, reach), lengths))
        columns.add(f"share of long blocks, {reach} round it", share(window(text.long, reach), lengths))
