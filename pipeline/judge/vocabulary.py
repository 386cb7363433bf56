"""What the words of a line say: each by itself, in pairs, the line as a whole, and all together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.glyphs import Words, mix
from pipeline.judge.spans import Array, Ints, Spans, Table, running, share

UNIGRAM_BITS = 15
BIGRAM_BITS = 16
WHOLE_BITS = 15
# A line of more words is known by its words, not as a whole.
_WHOLE_WORDS = 8
# A line of so many words or more is long: a paragraph of boilerplate has other words than a label.
LONG_WORDS = 13
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


def add_words(table: Table, keys: Keys, known: Vocabulary, tokens: Ints) -> Array:
    """Add what the words of a line say each by itself -> what they and the line as a whole say, in all."""
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
    table.add("its words, mean", share(total, tokens))
    table.add("its words, sum", np.clip(total, -800, 800))
    table.add("its words, lowest", lowest)
    table.add("its words, highest", highest)
    table.add("its pairs of words, mean", share(pair_total, tokens - 1))
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


def add_weighed(table: Table, weighed: Ints, tokens: Ints, spans: Spans) -> None:
    """Add what the words of a line and of those round it weigh together."""
    table.add("its words together", weighed)
    for by in (-1, 1, -2, 2):
        side = f"{abs(by)} before" if by < 0 else f"{by} after"
        table.add(f"words together of the line {side}", spans.shifted(weighed, by, 0))
    weight = np.minimum(tokens, 60)
    told, weights = running(weighed * weight), running(weight)
    for back, forth in ((3, 3), (8, 8), (20, 20), (6, -1), (-1, 6)):
        place = f"{back} round it" if back == forth else f"the 6 {'before' if forth < 0 else 'after'}"
        mean = share(spans.windowed(told, back, forth), spans.windowed(weights, back, forth))
        table.add(f"words together of {place}", mean)
    table.add("words together of all", share(spans.whole(told), spans.whole(weights)))
