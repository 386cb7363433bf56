"""What the judge knows of a line: numbers on the line itself, its neighbours and its place in the document.

All are computed for the lines of many documents at once, each document by itself: what stands in the others of the
batch changes nothing. Sums are of integers, so that every machine gives the same bits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.around import add_neighbours, add_pattern, add_places
from pipeline.judge.glyphs import Lines, Words
from pipeline.judge.itself import add_itself, add_repeats
from pipeline.judge.main_text import FAR, Held, add_beginning, add_main
from pipeline.judge.spans import Floats, Ints, Spans, Table, running, share
from pipeline.judge.vocabulary import Keys, Said, Vocabulary, add_weighed, add_words, weigh

_SENTENCE_WORDS = 10


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
    prose, ended = add_itself(table, seen, tokens, ruled)
    said = Said.of(keys, known, tokens)
    valued = add_words(table, said, keys, known, tokens)
    add_weighed(table, weigh(said, tokens), tokens, spans)
    add_places(table, tokens, prose, ruled, spans)
    add_repeats(table, keys.hashes, tokens, spans)
    held = Held.of(words, keys, spans, known, size)
    found, part = held.overlap(prose)
    table.add("words found in the prose", np.minimum(found, 50))
    table.add("share of words found in the prose", part)
    gain = np.where(prose, np.minimum(tokens, 60), np.where(ruled, -40, -12))
    begin, end = add_main(table, "main text", gain, tokens, held, prose, spans)
    add_beginning(table, begin, end, tokens, held, prose, spans)
    add_neighbours(table, seen, tokens, prose, ruled, valued, spans)
    add_pattern(table, seen, tokens, spans)
    return Measured(table.names, table.matrix(), tokens, held, prose, ended & (tokens >= _SENTENCE_WORDS))


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
    # In 16ths, as integers: their sums are the same on every machine.
    steps = np.round(np.clip(margins, -6, 6) * 16).astype(np.int64)
    table = Table(len(margins))
    table.add("first judgement", steps)
    for by in (-1, 1, -2, 2, -3, 3):
        name = f"first judgement of {abs(by)} {'before' if by < 0 else 'after'}"
        table.add(name, spans.shifted(steps, by, 0))
    weight = np.minimum(tokens, 60)
    told, weights = running(steps * weight), running(weight)
    for back, forth in ((2, 2), (5, 5), (15, 15), (4, -1), (-1, 4), (12, -1), (-1, 12)):
        mean = share(spans.windowed(told, back, forth), spans.windowed(weights, back, forth))
        side = "before" if forth < 0 else "after"
        place = f"{back} round it" if back == forth else f"the {max(back, forth)} {side}"
        table.add(f"first judgement of {place}", mean)
    table.add("first judgement of all", share(spans.whole(told), spans.whole(weights)))
    good = steps > 0
    good_lines, good_words = running(good), running(np.where(good, tokens, 0))
    for name, sums in (("lines", good_lines), ("words", good_words)):
        whole = spans.whole(sums)
        table.add(f"{name} judged text", np.minimum(whole, 20000))
        table.add(f"share of {name} judged text before", share(sums[:-1] - sums[spans.first], whole))
    table.add("share of words judged text", share(spans.whole(good_words), spans.whole(running(tokens))))
    best = np.repeat(np.maximum.reduceat(steps, spans.starts), spans.sizes) if len(steps) else steps
    table.add("below the best", best - steps)
    before, after = spans.since(good)
    table.add("lines to text before", np.where(before < 0, FAR, np.minimum(spans.here - before, FAR)))
    table.add("lines to text after", np.where(after < 0, FAR, np.minimum(after - spans.here, FAR)))
    gain = np.clip(steps, -48, 48) * np.minimum(tokens + 2, 40)
    add_main(table, "judged text", gain, tokens, held, prose | good, spans)
    return table.names, table.matrix()
