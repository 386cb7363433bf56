"""What the words of a line say: each by itself, in pairs, the line as a whole, and all together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.glyphs import MIXERS, Words, mix
from pipeline.judge.masks import loaded
from pipeline.judge.spans import Ints, Spans, Table, running, share

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
    hashes: NDArray[np.uint64]
    """Of each line: what `line_hashes` gives."""


def keys_of(words: Words, lines: int) -> Keys:
    """Give the places in a vocabulary of the words, pairs of words and short lines."""
    line, hashes = words.line, words.hashes
    count = np.bincount(line, minlength=lines)
    if fast := loaded():
        word_keys, pair_line, pairs = (np.empty(len(line), np.int64) for _ in range(3))
        whole = np.zeros(lines, np.uint64)
        many = fast.keys(line, hashes, _MIXERS, _SHIFTS, word_keys, pair_line, pairs, whole)
        pair_line, pairs = pair_line[:many].copy(), pairs[:many].copy()
    else:
        together = line[1:] == line[:-1]
        word_keys, pair_line = (hashes >> _SHIFTS[0]).astype(np.int64), line[1:][together]
        pairs = (mix(hashes[:-1][together], hashes[1:][together]) >> _SHIFTS[1]).astype(np.int64)
        whole = line_hashes(words, lines)[0]
    known = (count > 0) & (count <= _WHOLE_WORDS)
    places = np.where(known, (whole >> _U64(64 - WHOLE_BITS)).astype(np.int64), -1)
    return Keys(line, word_keys, pair_line, pairs, places, whole)


def line_hashes(words: Words, lines: int) -> tuple[NDArray[np.uint64], Ints]:
    """Give a hash of each line's words in order (0 where there are none), and how many they are."""
    count = np.bincount(words.line, minlength=lines)
    starts = np.cumsum(count) - count
    place = np.arange(len(words.line)) - starts[words.line]
    placed = mix(words.hashes, place.astype(np.uint64) * _MIXERS[3])
    total = np.zeros(lines + 1, np.uint64)
    some = np.flatnonzero(count)
    if len(some):
        total[some] = np.add.reduceat(placed, starts[some])
    return total[:-1] * _MIXERS[4], count


_MIXERS = np.array([*MIXERS, 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)
_SHIFTS = np.array([64 - UNIGRAM_BITS, 64 - BIGRAM_BITS], np.uint64)


class Said(NamedTuple):
    """What the words of each line say, in sum; see `Vocabulary`."""

    words: Ints
    pairs: Ints
    least: Ints
    most: Ints
    together: Ints

    @classmethod
    def of(cls, keys: Keys, known: Vocabulary, tokens: Ints) -> Said:
        """Sum up what words say of lines that have so many of them."""
        size = len(tokens)
        long = (tokens >= LONG_WORDS).astype(np.int64)
        if fast := loaded():
            said = np.zeros((5, size), np.int64)
            tables = (known.words, known.pairs), (known.weights, known.pair_weights)
            fast.say(keys.line, keys.words, keys.pair_line, keys.pairs, *tables, long, said)
            return cls(*said)
        words = known.words[keys.words].astype(np.int64)
        least, most = np.zeros(size, np.int64), np.zeros(size, np.int64)
        some = np.flatnonzero(tokens)
        if len(some):
            starts = (np.cumsum(tokens) - tokens)[some]
            least[some] = np.minimum.reduceat(words, starts)
            most[some] = np.maximum.reduceat(words, starts)
        weights = known.weights[keys.words + (long << UNIGRAM_BITS)[keys.line]]
        pair_weights = known.pair_weights[keys.pairs + (long << BIGRAM_BITS)[keys.pair_line]]
        together = np.bincount(keys.line, weights, size) + np.bincount(keys.pair_line, pair_weights, size)
        sums = np.bincount(keys.line, words, size), np.bincount(keys.pair_line, known.pairs[keys.pairs], size)
        return cls(*(column.astype(np.int64) for column in (*sums, least, most, together)))


def add_words(table: Table, said: Said, keys: Keys, known: Vocabulary, tokens: Ints) -> Ints:
    """Add what the words of a line say each by itself -> what they and the line as a whole say, in all."""
    whole = np.where(keys.whole >= 0, known.wholes[keys.whole].astype(np.int64), 0)
    table.add("its words, mean", share(said.words, tokens))
    table.add("its words, sum", np.clip(said.words, -800, 800))
    table.add("its words, lowest", said.least)
    table.add("its words, highest", said.most)
    table.add("its pairs of words, mean", share(said.pairs, tokens - 1))
    table.add("its pairs of words, sum", np.clip(said.pairs, -800, 800))
    table.add("the line as a whole", whole)
    valued: Ints = np.clip(said.words, -160, 160) + whole
    return valued


def weigh(said: Said, tokens: Ints) -> Ints:
    """Give what the words and pairs of words of each line weigh for text, in 128ths of log-odds.

    Lines are scaled to one length, as in the regression that the weights come from.
    """
    weighed: Ints = np.round(8 * said.together / np.sqrt(np.maximum(2 * tokens - 1, 1))).astype(np.int64)
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
