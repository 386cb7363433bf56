"""What a line is by itself: its characters, its ends, and how often it stands in its document."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.glyphs import CLASSES, Lines, mix
from pipeline.judge.masks import loaded
from pipeline.judge.spans import Ints, Spans, Table, share

# Prose: of some length, and it ends a sentence. As in `pipeline.strip.find`.
_PROSE_CHARS = 90
_PROSE_CHARS_UNSPACED = 30
CLASS = {name: number for number, name in enumerate(CLASSES)}
# Trees split by order, so alike classes stand side by side.
_ORDER = (
    "stop", "call", "quote", "bracket", "comma", "colon", "lower", "tail", "two", "three", "unspaced", "upper", "digit",
    "space", "dash", "bullet", "bar", "slash", "at", "money", "sign", "other", "four",
)  # fmt: skip
RANK = np.array([_ORDER.index(name) for name in CLASSES], np.int64)
"""The place of each class in an order of likeness."""
_COUNTED = {
    "stop": "stops", "comma": "commas", "colon": "colons", "call": "question and exclamation marks",
    "bar": "bars and arrows", "bullet": "bullets", "dash": "dashes", "quote": "quotes", "bracket": "brackets",
    "sign": "copyright signs", "money": "currency signs", "at": "at signs", "slash": "slashes",
    "other": "other signs", "four": "pictures",
}  # fmt: skip


def add_itself(
    table: Table, seen: Lines, tokens: Ints, ruled: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Add what a line is by itself -> which lines read like prose, which end a sentence."""
    turned = np.ascontiguousarray(seen.counts.T)
    counts = {name: turned[number] for name, number in CLASS.items()}
    looked = turned.sum(axis=0) - counts["tail"]
    wide = counts["unspaced"] + counts["three"]
    letters = counts["lower"] + counts["upper"] + counts["two"] + wide
    unspaced = 2 * wide > letters
    ended = (seen.final == CLASS["stop"]) | (seen.final == CLASS["call"])
    close = unspaced & (counts["space"] * 12 < seen.chars)
    prose = ended & (seen.chars >= np.where(close, _PROSE_CHARS_UNSPACED, _PROSE_CHARS))
    table.add("characters", np.minimum(seen.chars, 2000))
    table.add("words", np.minimum(tokens, 400))
    table.add("characters a word", share(letters, tokens))
    table.add("share of capitals", share(counts["upper"], letters))
    table.add("capitals a word", share(counts["upper"], tokens))
    table.add("share of digits", share(counts["digit"], looked))
    table.add("digits", np.minimum(counts["digit"], 50))
    table.add("share of letters", share(letters, looked))
    table.add("share of unspaced letters", share(wide, letters))
    for name, called in _COUNTED.items():
        table.add(called, np.minimum(counts[name], 20))
    table.add("share of commas and stops", share(counts["stop"] + counts["comma"], tokens))
    table.add("first character", RANK[seen.first])
    table.add("last character", RANK[seen.last])
    table.add("what ends it", RANK[seen.final])
    table.add("reads like prose", prose)
    table.add("a rule matches", ruled)
    return prose, ended


def add_repeats(table: Table, hashes: NDArray[np.uint64], tokens: Ints, spans: Spans) -> None:
    """Add how often a line stands in its document."""
    mixed = mix(hashes, spans.number.astype(np.uint64))
    first, times = _firsts(mixed)
    empty = tokens == 0
    table.add("times in the text", np.where(empty, 0, np.minimum(times[first], 20)))
    table.add("has stood before", ~empty & (first < spans.here))


def _firsts(hashes: NDArray[np.uint64]) -> tuple[Ints, Ints]:
    """Give of each hash where its like stands first, and at such a place how often."""
    size = len(hashes)
    if fast := loaded():
        first, times = np.empty(size, np.int64), np.zeros(size, np.int64)
        fast.repeats(hashes, np.full(2 << size.bit_length(), -1, np.int64), first, times)
        return first, times
    _, first_at, place = np.unique(hashes, return_index=True, return_inverse=True)
    first = first_at[place]
    return first, np.bincount(first, minlength=size)
