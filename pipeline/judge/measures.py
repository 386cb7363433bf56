"""What the judge knows of a line: numbers on the line itself, its neighbours and its place in the document.

All are computed for the lines of many documents at once, each document by itself: what stands in the others of the
batch changes nothing. Sums are of integers, so that every machine gives the same bits.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.glyphs import CLASSES, Lines, Words, mix
from pipeline.judge.masks import loaded

Array = NDArray[Any]
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

UNIGRAM_BITS = 15
BIGRAM_BITS = 16
WHOLE_BITS = 15
# A line of more words is known by its words, not as a whole.
_WHOLE_WORDS = 8
# A line of so many words or more is long: a paragraph of boilerplate has other words than a label.
LONG_WORDS = 13
# Prose: of some length, and it ends a sentence. As in `pipeline.strip.find`.
_PROSE_CHARS = 90
_PROSE_CHARS_UNSPACED = 30
_SENTENCE_WORDS = 10
_FAR = 99
_RARE = 24
# So many words of prose are the beginning of a text: what it is about is named by then.
_BEGINNING_WORDS = 150
_CLASS = {name: number for number, name in enumerate(CLASSES)}
_U64 = np.uint64


class Vocabulary(NamedTuple):
    """What words say for text (above 0) or boilerplate (below 0), by hash, learned from lines: log-odds in 16ths."""

    words: NDArray[np.int8]
    pairs: NDArray[np.int8]
    wholes: NDArray[np.int8]
    weights: NDArray[np.int8]
    """What words weigh together, by regression: in 16ths of log-odds, first in short lines, then in long ones."""
    pair_weights: NDArray[np.int8]
    rarity: NDArray[np.int8]
    """On how few sites a word stands: the binary logarithm of their share, in 8ths, without its sign."""


class Spans(NamedTuple):
    """Which lines make a document: of each line, the first of its document and one past the last."""

    number: Ints
    first: Ints
    beyond: Ints

    @classmethod
    def of(cls, firsts: Ints, lines: int) -> Spans:
        """Make spans of the number of each document's first line; a document may have none."""
        sizes = np.diff(firsts, append=lines)
        return cls(np.repeat(np.arange(len(firsts)), sizes), np.repeat(firsts, sizes), np.repeat(firsts + sizes, sizes))


class Keys(NamedTuple):
    """Where the words of lines stand in a vocabulary."""

    line: Ints
    words: Ints
    pair_line: Ints
    pairs: Ints
    whole: Ints
    """Of each line; -1 where it has no words or many."""


def keys_of(words: Words, lines: int) -> Keys:
    """Give the places in a vocabulary of the words, pairs of words and short lines."""
    line, hashes = words.line, words.hashes
    together = line[1:] == line[:-1]
    pairs = mix(hashes[:-1][together], hashes[1:][together]) >> _U64(64 - BIGRAM_BITS)
    whole, count = line_hashes(words, lines)
    known = (count > 0) & (count <= _WHOLE_WORDS)
    return Keys(
        line,
        (hashes >> _U64(64 - UNIGRAM_BITS)).astype(np.int64),
        line[1:][together],
        pairs.astype(np.int64),
        np.where(known, (whole >> _U64(64 - WHOLE_BITS)).astype(np.int64), -1),
    )


def line_hashes(words: Words, lines: int) -> tuple[NDArray[np.uint64], Ints]:
    """Give a hash of each line's words in order (0 where there are none), and how many they are."""
    count = np.bincount(words.line, minlength=lines)
    starts = np.cumsum(count) - count
    place = np.arange(len(words.line)) - starts[words.line]
    placed = mix(words.hashes, place.astype(np.uint64) * _U64(0x9E3779B97F4A7C15))
    total = np.zeros(lines + 1, np.uint64)
    some = np.flatnonzero(count)
    if len(some):
        total[some] = np.add.reduceat(placed, starts[some])
    return total[:-1] * _U64(0xC2B2AE3D27D4EB4F), count


class Table:
    """Columns that become the matrix of features."""

    def __init__(self, lines: int) -> None:
        self.names: list[str] = []
        self._columns: list[Array | float] = []
        self._lines = lines

    def add(self, name: str, column: Array | float) -> None:
        """Add a feature: a column, or one value for all lines."""
        self.names.append(name)
        self._columns.append(column)

    def matrix(self) -> Floats:
        """Give float32[lines, features]."""
        # Filled row by row and turned once: to write down a column takes several times as long.
        turned = np.empty((len(self._columns), self._lines), np.float32)
        for number, column in enumerate(self._columns):
            turned[number] = column
        return np.ascontiguousarray(turned.T)


def shifted(values: Array, by: int, spans: Spans, outside: float) -> Array:
    """Give of each line the value of the line `by` further on in its document; `outside` where there is none."""
    at = np.arange(len(values)) + by
    inside = (at >= spans.first) & (at < spans.beyond)
    return np.where(inside, values[np.where(inside, at, 0)], outside)


def windowed(values: Array, before: int, after: int, spans: Spans) -> Array:
    """Give of each line the sum over the lines `before` it to `after` it, itself included, in its document."""
    sums = np.concatenate([[0], np.cumsum(values)])
    here = np.arange(len(values))
    summed: Array = sums[np.minimum(here + after + 1, spans.beyond)] - sums[np.maximum(here - before, spans.first)]
    return summed


def since(marks: NDArray[np.bool_], spans: Spans) -> tuple[Ints, Ints]:
    """Give of each line the last marked line before it and the next after it; -1 where there is none."""
    size = len(marks)
    here = np.arange(size)
    last = np.maximum.accumulate(np.where(marks, here, -1)) if size else here
    last = np.concatenate([[-1], last[:-1]]) if size else here
    following = np.minimum.accumulate(np.where(marks, here, size)[::-1])[::-1] if size else here
    following = np.concatenate([following[1:], [size]]) if size else here
    return np.where(last >= spans.first, last, -1), np.where(following < spans.beyond, following, -1)


class Measured(NamedTuple):
    """The features of a first judgement, and what a second one needs."""

    names: list[str]
    features: Floats
    tokens: Ints
    held: Held
    prose: NDArray[np.bool_]
    sentence: NDArray[np.bool_]
    """Which lines end a sentence and have ten words or more."""


def measure(
    seen: Lines, words: Words, keys: Keys, spans: Spans, ruled: NDArray[np.bool_], known: Vocabulary
) -> Measured:
    """Measure lines.

    Args:
        seen: what was seen of n lines.
        words: their words.
        keys: where those stand in the vocabulary.
        spans: which lines make a document.
        ruled: bool[n], whether a rule or a repeat cuts the line.
        known: the vocabulary.

    Returns:
        Names of the features, float32[n, features], and more.
    """
    size = len(seen.chars)
    table = Table(size)
    tokens = np.bincount(words.line, minlength=size)
    prose, ended = _itself(table, seen, tokens, ruled)
    valued = _vocabulary(table, keys, known, tokens)
    _weighed(table, weigh(keys, known, tokens), tokens, spans)
    _places(table, tokens, prose, ruled, spans)
    _repeats(table, words, tokens, spans)
    held = Held.of(words, keys, spans, known, size)
    found, share = held.overlap(prose)
    table.add("words found in the prose", np.minimum(found, 50))
    table.add("share of words found in the prose", share)
    gain = np.where(prose, np.minimum(tokens, 60), np.where(ruled, -40, -12))
    begin, end = _main(table, "main text", gain, tokens, held, prose, spans)
    _beginning(table, begin, end, tokens, held, prose, spans)
    _neighbours(table, seen, tokens, prose, ruled, valued, spans)
    _pattern(table, seen, tokens, spans)
    return Measured(table.names, table.matrix(), tokens, held, prose, ended & (tokens >= _SENTENCE_WORDS))


def _share(part: Array, whole: Array) -> Array:
    return part.astype(np.float32) / np.maximum(whole, 1).astype(np.float32)


def _itself(
    table: Table, seen: Lines, tokens: Ints, ruled: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Add what a line is by itself -> which lines read like prose, which end a sentence."""
    counts = {name: seen.counts[:, number] for name, number in _CLASS.items()}
    looked = seen.counts.sum(axis=1) - counts["tail"]
    letters = sum((counts[name] for name in ("lower", "upper", "two", "three", "unspaced")), np.zeros_like(looked))
    unspaced = 2 * (counts["unspaced"] + counts["three"]) > letters
    ended = np.isin(seen.final, [_CLASS["stop"], _CLASS["call"]])
    close = unspaced & (counts["space"] * 12 < seen.chars)
    prose = ended & (seen.chars >= np.where(close, _PROSE_CHARS_UNSPACED, _PROSE_CHARS))
    table.add("characters", np.minimum(seen.chars, 2000))
    table.add("words", np.minimum(tokens, 400))
    table.add("characters a word", _share(letters, tokens))
    table.add("share of capitals", _share(counts["upper"], letters))
    table.add("capitals a word", _share(counts["upper"], tokens))
    table.add("share of digits", _share(counts["digit"], looked))
    table.add("digits", np.minimum(counts["digit"], 50))
    table.add("share of letters", _share(letters, looked))
    table.add("share of unspaced letters", _share(counts["unspaced"] + counts["three"], letters))
    for name in ("stop", "comma", "colon", "call", "bar", "bullet", "dash", "quote", "bracket", "sign", "money", "at",
                 "slash", "other", "four"):  # fmt: skip
        table.add(_COUNTED[name], np.minimum(counts[name], 20))
    table.add("share of commas and stops", _share(counts["stop"] + counts["comma"], tokens))
    table.add("first character", _RANK[seen.first])
    table.add("last character", _RANK[seen.last])
    table.add("what ends it", _RANK[seen.final])
    table.add("reads like prose", prose)
    table.add("a rule matches", ruled)
    return prose, ended


_COUNTED = {
    "stop": "stops", "comma": "commas", "colon": "colons", "call": "question and exclamation marks",
    "bar": "bars and arrows", "bullet": "bullets", "dash": "dashes", "quote": "quotes", "bracket": "brackets",
    "sign": "copyright signs", "money": "currency signs", "at": "at signs", "slash": "slashes",
    "other": "other signs", "four": "pictures",
}  # fmt: skip
# Trees split by order, so alike classes stand side by side.
_ORDER = (
    "stop", "call", "quote", "bracket", "comma", "colon", "lower", "tail", "two", "three", "unspaced", "upper", "digit",
    "space", "dash", "bullet", "bar", "slash", "at", "money", "sign", "other", "four",
)  # fmt: skip
_RANK = np.array([_ORDER.index(name) for name in CLASSES], np.int64)


def _vocabulary(table: Table, keys: Keys, known: Vocabulary, tokens: Ints) -> Array:
    size = len(tokens)
    word_values = known.words[keys.words].astype(np.int64)
    pair_values = known.pairs[keys.pairs].astype(np.int64)
    total = np.bincount(keys.line, word_values, size)
    pair_total = np.bincount(keys.pair_line, pair_values, size)
    lowest, highest = np.zeros(size, np.int64), np.zeros(size, np.int64)
    some = np.flatnonzero(tokens)
    if len(some):
        starts = (np.cumsum(tokens) - tokens)[some]
        lowest[some] = np.minimum.reduceat(word_values, starts)
        highest[some] = np.maximum.reduceat(word_values, starts)
    whole = np.where(keys.whole >= 0, known.wholes[keys.whole].astype(np.int64), 0)
    mean = _share(total, tokens)
    table.add("its words, mean", mean)
    table.add("its words, sum", np.clip(total, -800, 800))
    table.add("its words, lowest", lowest)
    table.add("its words, highest", highest)
    table.add("its pairs of words, mean", _share(pair_total, tokens - 1))
    table.add("its pairs of words, sum", np.clip(pair_total, -800, 800))
    table.add("the line as a whole", whole)
    return np.clip(total, -160, 160).astype(np.int64) + whole


def weigh(keys: Keys, known: Vocabulary, tokens: Ints) -> Ints:
    """Give what the words and pairs of words of each line weigh for text, in 128ths of log-odds.

    Lines are scaled to one length, as in the regression that the weights come from.
    """
    size = len(tokens)
    long = (tokens >= LONG_WORDS).astype(np.int64)
    words = known.weights[keys.words + (long << UNIGRAM_BITS)[keys.line]].astype(np.int64)
    pairs = known.pair_weights[keys.pairs + (long << BIGRAM_BITS)[keys.pair_line]].astype(np.int64)
    total = np.bincount(keys.line, words, size) + np.bincount(keys.pair_line, pairs, size)
    weighed: Ints = np.round(8 * total / np.sqrt(np.maximum(2 * tokens - 1, 1))).astype(np.int64)
    return weighed


def _weighed(table: Table, weighed: Ints, tokens: Ints, spans: Spans) -> None:
    table.add("its words together", weighed)
    for by in (-1, 1, -2, 2):
        side = f"{abs(by)} before" if by < 0 else f"{by} after"
        table.add(f"words together of the line {side}", shifted(weighed, by, spans, 0))
    weight = np.minimum(tokens, 60)
    told = weighed * weight
    for back, forth in ((3, 3), (8, 8), (20, 20), (6, -1), (-1, 6)):
        place = f"{back} round it" if back == forth else f"the 6 {'before' if forth < 0 else 'after'}"
        mean = _share(windowed(told, back, forth, spans), windowed(weight, back, forth, spans))
        table.add(f"words together of {place}", mean)
    table.add("words together of all", _share(_document(told, spans), _document(weight, spans)))


def _places(table: Table, tokens: Ints, prose: NDArray[np.bool_], ruled: NDArray[np.bool_], spans: Spans) -> None:
    here = np.arange(len(tokens))
    lines = spans.beyond - spans.first
    table.add("lines before", np.minimum(here - spans.first, 500))
    table.add("lines after", np.minimum(spans.beyond - 1 - here, 500))
    table.add("place among the lines", _share(here - spans.first, lines))
    table.add("lines in all", np.minimum(lines, 2000))
    for name, values in (("words", tokens), ("prose", np.where(prose, tokens, 0)), ("rules", ruled.astype(np.int64))):
        sums = np.concatenate([[0], np.cumsum(values)])
        before, whole = sums[here] - sums[spans.first], sums[spans.beyond] - sums[spans.first]
        table.add(f"{name} before", np.minimum(before, 5000))
        table.add(f"{name} after", np.minimum(whole - before - values, 5000))
        table.add(f"share of {name} before", _share(before, whole))
        table.add(f"{name} in all", np.minimum(whole, 20000))
        if name == "prose":
            table.add("share of prose in all", _share(whole, _document(tokens, spans)))
    table.add("words a line in all", _share(_document(tokens, spans), lines))


def _document(values: Ints, spans: Spans) -> Ints:
    sums = np.concatenate([[0], np.cumsum(values)])
    whole: Ints = sums[spans.beyond] - sums[spans.first]
    return whole


def _repeats(table: Table, words: Words, tokens: Ints, spans: Spans) -> None:
    size = len(tokens)
    hashes, _ = line_hashes(words, size)
    mixed = mix(hashes, spans.number.astype(np.uint64))
    _, first_at, place, count = np.unique(mixed, return_index=True, return_inverse=True, return_counts=True)
    empty = tokens == 0
    table.add("times in the text", np.where(empty, 0, np.minimum(count[place], 20)))
    table.add("has stood before", ~empty & (first_at[place] < np.arange(size)))


class Held(NamedTuple):
    """The words of four bytes and more of each line, and where each stands in a table of its own document."""

    line: Ints
    slot: Ints
    slots: int
    rarity: Ints
    whole: Ints
    """Of each line, the rarity of its words together."""

    @classmethod
    def of(cls, words: Words, keys: Keys, spans: Spans, known: Vocabulary, lines: int) -> Held:
        """Give each document a table that is a quarter full at most, so that few words share a slot."""
        content = np.flatnonzero(words.size >= 4)
        line = words.line[content]
        number = spans.number[line]
        documents = int(spans.number[-1]) + 1 if lines else 0
        many = np.bincount(number, minlength=documents)
        room = np.left_shift(1, np.frexp(np.maximum(4 * many, 16).astype(np.float64))[1]).astype(np.int64)
        offset = np.cumsum(room) - room
        slot = offset[number] + (words.hashes[content] & (room[number] - 1).astype(np.uint64)).astype(np.int64)
        rarity = known.rarity[keys.words[content]].astype(np.int64)
        whole = np.bincount(line, rarity, lines).astype(np.int64)
        return cls(line, slot, int(room.sum()), rarity, whole)

    def rare(self) -> Held:
        """Give the words alone that stand on an eighth of the sites or fewer."""
        some = self.rarity >= _RARE
        line, rarity = self.line[some], self.rarity[some]
        whole = np.bincount(line, rarity, len(self.whole)).astype(np.int64)
        return Held(line, self.slot[some], self.slots, rarity, whole)

    def overlap(self, chosen: NDArray[np.bool_]) -> tuple[Ints, Floats]:
        """Say how many words of each line stand in other lines that are chosen, and their share, weighed by rarity."""
        lines = len(self.whole)
        if fast := loaded():
            count, weight = np.zeros(lines, np.int64), np.zeros(lines, np.int64)
            seen = np.zeros(self.slots, np.int32)
            fast.overlap(chosen.view(np.uint8), self.line, self.slot, self.rarity, seen, count, weight)
            return count, _share(weight, self.whole)
        held = chosen[self.line]
        times = np.bincount(self.slot[held], minlength=self.slots)
        found = times[self.slot] > held
        count = np.bincount(self.line[found], minlength=lines)
        return count, _share(np.bincount(self.line[found], self.rarity[found], lines), self.whole)


def best_run(gain: Ints, spans: Spans) -> tuple[Ints, Ints]:
    """Give of each line the best run of lines of its document: where it begins, and one past its end.

    The run whose gains sum up to the most (J. Bentley, "Programming Pearls", 1984, column 8), of all documents at once.
    """
    size = len(gain)
    if not size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    sums = np.cumsum(gain)
    before = sums - gain
    # Each document lies far below the one before it, so that the lowest so far is always one of its own.
    below = spans.number * (4 * int(np.abs(gain).sum()) + 4)
    lowest = np.minimum.accumulate(before - below)
    height = sums - below - lowest
    starts = np.flatnonzero(np.arange(size) == spans.first)
    best = np.repeat(np.maximum.reduceat(height, starts), np.diff(starts, append=size))
    ends = np.flatnonzero(height == best)
    _, one = np.unique(spans.number[ends], return_index=True)
    end = ends[one]
    # Where the run that ends there began: the last line whose sum before it was the lowest.
    places = np.maximum.accumulate(np.where(before - below == lowest, np.arange(size), 0))
    sizes = np.diff(starts, append=size)
    return np.repeat(places[end], sizes), np.repeat(end + 1, sizes)


def _main(
    table: Table, name: str, gain: Ints, tokens: Ints, held: Held, prose: NDArray[np.bool_], spans: Spans
) -> tuple[Ints, Ints]:
    here = np.arange(len(tokens))
    begin, end = best_run(gain, spans)
    inside = (here >= begin) & (here < end)
    table.add(f"lines to the beginning of the {name}", np.clip(here - begin, -_FAR, _FAR))
    table.add(f"lines to the end of the {name}", np.clip(end - 1 - here, -_FAR, _FAR))
    sums = np.concatenate([[0], np.cumsum(tokens)])
    table.add(f"share of words in the {name}", _share(sums[end] - sums[begin], _document(tokens, spans)))
    table.add(f"words in the {name}", np.minimum(sums[end] - sums[begin], 5000))
    found, share = held.overlap(inside & prose)
    table.add(f"words found in the {name}", np.minimum(found, 50))
    table.add(f"share of words found in the {name}", share)
    near = windowed(np.where(inside, 0, held.whole), 4, 4, spans)
    table.add(f"share of words round it found in the {name}", _share(
        windowed(np.round(share * held.whole).astype(np.int64) * ~inside, 4, 4, spans), near))  # fmt: skip
    return begin, end


def _beginning(
    table: Table, begin: Ints, end: Ints, tokens: Ints, held: Held, prose: NDArray[np.bool_], spans: Spans
) -> None:
    """Add how a line takes up what the text begins with: other articles and offers do not, however alike they are."""
    here = np.arange(len(tokens))
    inside = (here >= begin) & (here < end)
    sums = np.concatenate([[0], np.cumsum(np.where(inside & prose, tokens, 0))])
    rare = held.rare()
    _, share = rare.overlap(inside & (sums[here] - sums[begin] < _BEGINNING_WORDS))
    table.add("rare words", np.minimum(np.bincount(rare.line, minlength=len(tokens)), 60))
    table.add("share of rare words found in the beginning", share)
    found = np.round(share * rare.whole).astype(np.int64)
    table.add("share of rare words to the 8 after found in the beginning", _share(
        windowed(found, 0, 8, spans), windowed(rare.whole, 0, 8, spans)))  # fmt: skip


def _pattern(table: Table, seen: Lines, tokens: Ints, spans: Spans) -> None:
    """Add whether lines of one kind come back at a distance, as in lists of articles or posts, and what is near."""
    kind = np.searchsorted(_LENGTHS, tokens, side="right") * len(CLASSES) + _RANK[seen.final]
    lines = windowed(np.ones_like(tokens), 16, 12, spans)
    best = np.zeros(len(tokens), np.float32)
    for by in range(2, 8):
        alike = (shifted(kind, by, spans, -1) == kind).astype(np.int64)
        best = np.maximum(best, _share(windowed(alike, 16, 12, spans), lines))
    table.add("comes back in turn", best)
    for name, most, reach in (("digit", 12, 3), ("call", 3, 4), ("quote", 4, 6)):
        near = windowed(np.minimum(seen.counts[:, _CLASS[name]], most), reach, reach, spans)
        table.add(f"{_NEAR[name]}, {reach} round it", near)


_NEAR = {"digit": "digits", "call": "question and exclamation marks", "quote": "quotes"}
# Lines of a kind have as many words, about: labels, headings, sentences, paragraphs.
_LENGTHS = (3, 6, 13, 25, 46, 80)


def _neighbours(
    table: Table,
    seen: Lines,
    tokens: Ints,
    prose: NDArray[np.bool_],
    ruled: NDArray[np.bool_],
    valued: Array,
    spans: Spans,
) -> None:
    here = np.arange(len(tokens))
    short = np.minimum(seen.chars, 1000)
    final = _RANK[seen.final]
    for by in (-1, 1, -2, 2):
        side = f"{abs(by)} before" if by < 0 else f"{by} after"
        table.add(f"characters of the line {side}", shifted(short, by, spans, -1))
        table.add(f"end of the line {side}", shifted(final, by, spans, -1))
        table.add(f"words of the line {side}, value", shifted(valued, by, spans, 0))
    for by in (-1, 1):
        side = "before" if by < 0 else "after"
        table.add(f"a rule matches the line {side}", shifted(ruled, by, spans, 0))
        table.add(f"first character of the line {side}", shifted(_RANK[seen.first], by, spans, -1))
    before, after = since(prose, spans)
    for name, at in (("before", before), ("after", after)):
        table.add(f"lines to the prose {name}", np.where(at < 0, _FAR, np.minimum(np.abs(here - at), _FAR)))
        table.add(f"words of the prose {name}", np.where(at < 0, 0, np.minimum(tokens[at], 400)))
    before, after = since(ruled, spans)
    for name, at in (("before", before), ("after", after)):
        table.add(f"lines to a rule {name}", np.where(at < 0, _FAR, np.minimum(np.abs(here - at), _FAR)))
    before, after = since(short > 60, spans)
    table.add("short lines before", np.where(before < 0, here - spans.first, here - before - 1).clip(0, 200))
    table.add("short lines after", np.where(after < 0, spans.beyond - 1 - here, after - here - 1).clip(0, 200))
    told = np.minimum(tokens, 100)
    for reach in (3, 8, 20):
        lines = windowed(np.ones_like(tokens), reach, reach, spans)
        table.add(f"words a line, {reach} round it", _share(windowed(told, reach, reach, spans), lines))
        table.add(f"prose, {reach} round it", _share(windowed(prose.astype(np.int64), reach, reach, spans), lines))
        table.add(f"value of words, {reach} round it", _share(windowed(valued, reach, reach, spans), lines))
        table.add(f"rules, {reach} round it", _share(windowed(ruled.astype(np.int64), reach, reach, spans), lines))
    for name, back, forth in (("before", 6, -1), ("after", -1, 6)):
        table.add(f"words in the 6 {name}", windowed(told, back, forth, spans))
        table.add(f"value of words in the 6 {name}", windowed(valued, back, forth, spans))


def measure_again(
    margins: NDArray[np.float64], tokens: Ints, held: Held, prose: NDArray[np.bool_], spans: Spans
) -> tuple[list[str], Floats]:
    """Measure what a first judgement says of lines: of each, of its neighbours and of the whole document.

    Args:
        margins: float64[n], the log-odds of each line.
        tokens: the words of each line.
        held: their words of some length.
        prose: which lines read like prose.
        spans: which lines make a document.

    Returns:
        Names of the features, and float32[n, features].
    """
    size = len(margins)
    # In 16ths, as integers: their sums are the same on every machine.
    steps = np.round(np.clip(margins, -6, 6) * 16).astype(np.int64)
    table = Table(size)
    table.add("first judgement", steps)
    for by in (-1, 1, -2, 2, -3, 3):
        table.add(f"first judgement of {abs(by)} {'before' if by < 0 else 'after'}", shifted(steps, by, spans, 0))
    weight = np.minimum(tokens, 60)
    told = steps * weight
    for back, forth in ((2, 2), (5, 5), (15, 15), (4, -1), (-1, 4), (12, -1), (-1, 12)):
        mean = _share(windowed(told, back, forth, spans), windowed(weight, back, forth, spans))
        side = "before" if forth < 0 else "after"
        place = f"{back} round it" if back == forth else f"the {max(back, forth)} {side}"
        table.add(f"first judgement of {place}", mean)
    table.add("first judgement of all", _share(_document(told, spans), _document(weight, spans)))
    good = steps > 0
    for name, values in (("lines", good.astype(np.int64)), ("words", np.where(good, tokens, 0))):
        whole = _document(values, spans)
        sums = np.concatenate([[0], np.cumsum(values)])
        table.add(f"{name} judged text", np.minimum(whole, 20000))
        table.add(f"share of {name} judged text before", _share(sums[:-1] - sums[spans.first], whole))
    table.add(
        "share of words judged text", _share(_document(np.where(good, tokens, 0), spans), _document(tokens, spans))
    )
    starts = np.flatnonzero(np.arange(size) == spans.first)
    if size:
        best = np.repeat(np.maximum.reduceat(steps, starts), np.diff(starts, append=size))
        table.add("below the best", best - steps)
    else:
        table.add("below the best", steps)
    before, after = since(good, spans)
    here = np.arange(size)
    table.add("lines to text before", np.where(before < 0, _FAR, np.minimum(here - before, _FAR)))
    table.add("lines to text after", np.where(after < 0, _FAR, np.minimum(after - here, _FAR)))
    _main(table, "judged text", np.clip(steps, -48, 48) * np.minimum(tokens + 2, 40), tokens, held, prose | good, spans)
    return table.names, table.matrix()
