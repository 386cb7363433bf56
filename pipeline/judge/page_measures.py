"""What the judge knows of a block of a page: its text, its place, what is alike on the page, and its neighbours.

Sums are of whole numbers, which floating point adds exactly, so every machine gives the same bits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from pipeline.judge.glyphs import CLASSES, HEAD_CHARS, TAIL_CHARS, Lines, Words, look, words_of
from pipeline.judge.page import TAG_NUMBER, TAGS, Page
from pipeline.judge.page_containers import measure_containers
from pipeline.judge.page_sketch import (
    WORD_BITS,
    Array,
    Sketch,
    Text,
    before,
    below,
    distances,
    is_within,
    share,
    shifted,
    sketch_of,
    sum_of_pages,
    table_of,
    window,
)
from pipeline.judge.spans import Table

__all__ = ["WORD_BITS", "Sketch", "below", "measure"]

_LONG_WORDS = 12
_LONGER_WORDS = 30
_FAR = 300
# So much of a text tells whether it stands on the page twice.
_SEEN = 400
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


def measure(pages: Sequence[Page]) -> tuple[Sketch, Table]:
    """Measure the blocks of pages.

    Args:
        pages: pages with at least one block each.

    Returns:
        What later measures need, and the features: one row a block, those of one page after the other.
    """
    texts = [text for page in pages for text in page.texts]
    seen = look([*texts, *(line for page in pages for line in _told(page))])
    words = words_of(seen)
    columns = Table(len(texts))
    sketch = sketch_of(pages, seen, words)
    text = _text(pages, seen, words, sketch, columns)
    _page(pages, sketch, text, columns)
    _place(pages, sketch, text, columns)
    measure_containers(sketch, text, columns)
    _alike(sketch, text, columns)
    _neighbours(sketch, text, columns)
    return sketch, columns


def _told(page: Page) -> list[str]:
    """Give what a page calls itself and how it describes itself; the lines that follow the first two go."""
    told = (
        one if len(one) <= HEAD_CHARS + TAIL_CHARS else one[:HEAD_CHARS] + one[-TAIL_CHARS:]
        for one in (page.title, page.summary)
    )
    return "\n".join(told).split("\n")[:2]


def _text(pages: Sequence[Page], seen: Lines, words: Words, sketch: Sketch, columns: Table) -> Text:
    size = len(sketch.lengths)
    lengths, tokens = sketch.lengths, sketch.tokens
    counts = seen.counts[:size]
    looked = np.maximum(counts.sum(axis=1) - counts[:, _CLASS["tail"]], 1)
    letters = counts[:, [_CLASS[name] for name in ("lower", "upper", "two", "three", "unspaced")]].sum(axis=1)
    linked = np.minimum(_numbers(pages, "linked"), lengths)
    link = share(linked, lengths)
    ended = _IS_STOP[seen.final[:size]]
    commas, stops = counts[:, _CLASS["comma"]], counts[:, _STOPS].sum(axis=1)
    long = np.where((tokens >= _LONG_WORDS) & (link < 0.5), lengths - linked, 0)
    columns.add("characters", lengths)
    columns.add("words", tokens)
    columns.add("share of links", link)
    columns.add("links", _numbers(pages, "links"))
    columns.add("share of bold", share(np.minimum(_numbers(pages, "emphasised"), lengths), lengths))
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
    titled = _overlaps(words, sketch, long > 0, columns)
    columns.add("times on the page", np.array([times for page in pages for times in _times(page.texts)]))
    columns.add("stands in the linked data's text", np.concatenate([_in_body(page) for page in pages]))
    total, long_total = (np.maximum(sum_of_pages(values, sketch), 1) for values in (lengths, long))
    return Text(link, linked, long, ended, titled, total, long_total)


def _numbers(pages: Sequence[Page], column: str) -> Array:
    return np.concatenate([np.asarray(getattr(page, column), np.int64) for page in pages])


def _times(texts: Sequence[str]) -> Iterable[int]:
    """Say of each text how often it stands on its page."""
    # One call for all; a line end parts words as the end of a text does.
    low = "\n".join([text if len(text) <= _SEEN else text[:_SEEN] for text in texts]).lower().split("\n")
    return map(Counter(low).__getitem__, low)


def _overlaps(words: Words, sketch: Sketch, long: Array, columns: Table) -> Array:
    size, pages = len(long), len(sketch.roots)
    kind, kinds = _kinds_of(words, sketch)
    of_blocks = int(np.searchsorted(words.line, size))
    mine, own = words.line[:of_blocks], kind[:of_blocks]
    told_by, told = np.divmod(words.line[of_blocks:] - size, 2)
    count = np.maximum(np.bincount(mine, minlength=size), 1)
    covered = np.zeros(size)
    titled: Array = np.zeros(size, np.bool_)
    for place, name in enumerate(("title", "summary")):
        is_told = np.zeros(kinds, np.bool_)
        is_told[kind[of_blocks:][told == place]] = True
        hit = is_told[own]
        overlap = np.bincount(mine[hit], minlength=size) / count
        columns.add(f"share of words in the page's {name}", overlap)
        if name == "title":
            # Of which page each word is, each once.
            page_of = np.zeros(kinds, np.int64)
            page_of[kind[of_blocks:]] = told_by
            tells = np.bincount(page_of[is_told], minlength=pages)[sketch.blocks.number]
            once = np.unique(mine[hit] * kinds + own[hit])
            covered = share(np.bincount(once // max(kinds, 1), minlength=size), tells)
            columns.add("share of the page's title", covered)
            titled = (covered * overlap > 0.5) & (sketch.tokens >= 3)
    # Whether each word stands in a long block, the block itself left out: in the first or the last that holds it.
    is_long = long[mine]
    first, last = np.full(kinds, size), np.full(kinds, size)
    last[own[is_long]] = mine[is_long]
    first[own[is_long][::-1]] = mine[is_long][::-1]
    known = (first[own] < size) & ((first[own] != mine) | (last[own] != mine))
    columns.add("share of words in the long blocks", np.bincount(mine[known], minlength=size) / count)
    return titled


def _kinds_of(words: Words, sketch: Sketch) -> tuple[Array, int]:
    """Number the distinct words of each page -> of each word its number, and how many there are."""
    blocks = sketch.blocks
    size, pages = len(blocks.number), len(sketch.roots)
    ends = np.searchsorted(words.line, np.concatenate([blocks.starts[1:], size + 2 * np.arange(pages + 1)])).tolist()
    kind = np.empty(len(words.line), np.int64)
    kinds = 0
    for page in range(pages):
        here, told = slice(ends[page - 1] if page else 0, ends[page]), slice(ends[pages - 1 + page], ends[pages + page])
        one, numbers = np.unique(np.concatenate([words.hashes[here], words.hashes[told]]), return_inverse=True)
        numbers += kinds
        kind[here], kind[told] = np.split(numbers, [here.stop - here.start])
        kinds += len(one)
    return kind, kinds


def _in_body(page: Page) -> Array:
    """Say of each block whether it stands in the text that linked data gives: 1 or 0; -1 where they give none."""
    if len(page.body) < 200:
        return np.full(len(page.texts), -1.0)
    body = _LETTERS.sub("", page.body).lower()
    out = np.zeros(len(page.texts))
    for number, text in enumerate(page.texts):
        squeezed = _LETTERS.sub("", text[:_SEEN]).lower()
        out[number] = len(squeezed) >= 8 and squeezed[:120] in body
    return out


def _page(pages: Sequence[Page], sketch: Sketch, text: Text, columns: Table) -> None:
    of = sketch.blocks.number
    columns.add("blocks of the page", sketch.blocks.sizes[of])
    columns.add("characters of the page", text.total[of])
    columns.add("share of links of the page", (sum_of_pages(text.linked, sketch) / text.total)[of])
    columns.add("share of long blocks of the page", (text.long_total / text.total)[of])
    columns.add("long blocks of the page", sum_of_pages(text.long > 0, sketch)[of])
    articles = np.bincount(sketch.page_of[sketch.tags == TAG_NUMBER["article"]], minlength=len(pages))
    columns.add("articles of the page", articles[of])
    for name, kinds in _KINDS:
        columns.add(f"the page is {name}", np.array([bool(kinds & page.kinds) for page in pages])[of])


def _place(pages: Sequence[Page], sketch: Sketch, text: Text, columns: Table) -> None:
    blocks = sketch.blocks
    of = blocks.number
    here, last = blocks.here - blocks.first, blocks.beyond - blocks.first - 1
    columns.add("place on the page", here / np.maximum(1, last))
    columns.add("blocks before", here)
    columns.add("blocks after", last - here)
    columns.add("share of text before", before(sketch.lengths, blocks) / text.total[of])
    columns.add("share of long blocks before", before(text.long, blocks) / text.long_total[of])
    tags = sketch.tags[sketch.owners]
    marks = (
        ("long block", text.long > 0),
        ("longer block", (sketch.tokens >= _LONGER_WORDS) & (text.link < 0.3)),
        ("heading", _IS_HEADING[tags]),
        ("first-level heading", tags == _H1),
        ("headline", text.titled),
    )
    for name, marked in marks:
        since, to = distances(marked, _FAR, blocks)
        columns.add(f"blocks since the last {name}", since)
        columns.add(f"blocks to the next {name}", to)
    columns.add("element", tags)
    columns.add("inner element", sketch.tags[sketch.inner])
    columns.add("depth", _numbers(pages, "depths")[sketch.owners])
    hidden = is_within(np.flatnonzero(_numbers(pages, "hidden")), sketch)
    columns.add("hidden", hidden[sketch.owners] | hidden[sketch.inner])


def _alike(sketch: Sketch, text: Text, columns: Table) -> None:
    blocks = sketch.blocks
    here, of = blocks.here, blocks.number
    for name, group in zip(("blocks of the same look", "blocks of the same parent"), sketch.groups, strict=True):
        count = np.bincount(group)
        lengths = np.bincount(group, sketch.lengths)
        columns.add(f"{name}", count[group])
        columns.add(f"{name}: characters", (lengths / count)[group])
        columns.add(f"{name}: share of links", share(np.bincount(group, text.linked), lengths)[group])
        columns.add(f"{name}: share of the page", lengths[group] / text.total[of])
        columns.add(f"{name}: share of the long blocks", np.bincount(group, text.long)[group] / text.long_total[of])
        columns.add(f"{name}: share of sentences", (np.bincount(group, text.ended) / count)[group])
        # Of what is written to one place twice, the last stays.
        first, last = np.empty(len(count), np.int64), np.empty(len(count), np.int64)
        first[group[::-1]], last[group] = here[::-1], here
        columns.add(f"{name}: span", (last - first)[group] / blocks.sizes[of])


def _neighbours(sketch: Sketch, text: Text, columns: Table) -> None:
    blocks = sketch.blocks
    steps = (-3, -2, -1, 1, 2, 3)
    tokens, links, tags = (
        shifted(values, steps, -1, blocks) for values in (sketch.tokens, text.link, sketch.tags[sketch.owners])
    )
    for number, by in enumerate(steps):
        side = f"{abs(by)} {'before' if by < 0 else 'after'}"
        columns.add(f"words of the block {side}", tokens[number])
        columns.add(f"share of links of the block {side}", links[number])
        columns.add(f"element of the block {side}", tags[number])
    for reach in (3, 8):
        lengths = window(sketch.lengths, reach, blocks)
        columns.add(f"characters, {reach} round it", lengths / (2 * reach + 1))
        columns.add(f"share of links, {reach} round it", share(window(text.linked, reach, blocks), lengths))
        columns.add(f"share of long blocks, {reach} round it", share(window(text.long, reach, blocks), lengths))
