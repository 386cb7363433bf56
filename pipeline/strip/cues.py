"""What stands in every text that a pattern matches: letters that are looked for before the pattern is tried."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.compiling import worth_loading
from pipeline.jit import can_compile
from pipeline.strip.heads import Item, Node, parsed
from pipeline.strip.rows import Rows

GRAM_BYTES = 4
STRIDE = 3
"""Of a block each third gram is looked at: a word of six bytes holds three grams, one of which is among them."""
FEWEST_BYTES = GRAM_BYTES + STRIDE - 1
"""A shorter word may be missed."""

PLACE_BITS = 13
MIX = 0x9E3779B185EBCA87
"""An odd factor without pattern (of xxHash)."""

_MOST_WORDS = 32
# What RE2 takes of a byte longer than compiled code does, in nanoseconds.
_BYTE_NS = 1


class _Told(NamedTuple):
    whole: frozenset[str] | None
    """All that is matched, where that is little."""
    words: frozenset[str]
    """Words one of which stands in whatever is matched; none where that is not known."""


def words_of(pattern: str) -> frozenset[str]:
    """Give words one of which stands in every text that holds a pattern (RE2 syntax); none where that is not known.

    >>> sorted(words_of("a (?:big )?boat|.{2,9}cranes?"))
    ['a big boat', 'a boat', 'crane']
    """
    node = parsed(pattern)
    words = _of_node(node).words if node is not None else frozenset()
    return frozenset(word for word in words if not any(other in word for other in words - {word}))


class Words(NamedTuple):
    """Words as compiled code looks for them: by the first `STRIDE` grams of each, of which it meets one."""

    data: NDArray[np.uint8]
    """Their bytes, one word after the other."""
    bounds: NDArray[np.uint64]
    """(words + 1,): where each begins, and the last one ends."""
    entries: NDArray[np.int16]
    """Of each place the number of a gram that has it, -1 where none has: gram g is at g % `STRIDE` of word g // it."""
    others: NDArray[np.int16]
    """Of each gram the next one of the same place."""

    @classmethod
    def of(cls, words: Iterable[str]) -> Words:
        """Lay out words of `FEWEST_BYTES` or more."""
        data = [word.encode() for word in sorted(words)]
        entries = np.full(1 << PLACE_BITS, -1, np.int16)
        others = np.full(STRIDE * len(data), -1, np.int16)
        for gram in range(len(others)):
            first = gram % STRIDE
            number = int.from_bytes(data[gram // STRIDE][first : first + GRAM_BYTES], "little")
            place = (number * MIX % (1 << 64)) >> (64 - PLACE_BITS)
            others[gram], entries[place] = entries[place], gram
        bounds = np.cumsum([0, *map(len, data)]).astype(np.uint64)
        return cls(np.frombuffer(b"".join(data), np.uint8), bounds, entries, others)


def can_look(rows: Rows) -> bool:
    """Say whether compiled code is there to look with, and worth loading."""
    return worth_loading(_BYTE_NS * len(rows.whole)) and can_compile()


def _of_node(node: Node) -> _Told:
    words: frozenset[str] = frozenset()
    begun, is_whole = frozenset([""]), True
    for item in node:
        told = _of_item(item)
        if told.whole is not None and len(told.whole) * len(begun) <= _MOST_WORDS:
            begun = frozenset(map("".join, product(begun, told.whole)))
            continue
        words = max(words, begun, told.words, key=shortest)
        begun, is_whole = frozenset([""]), False
    return _Told(begun if is_whole else None, max(words, begun, key=shortest))


def _of_item(item: Item) -> _Told:
    if item.letters:
        return _Told(frozenset([item.letters]), frozenset([item.letters]))
    if item.chars is not None:
        return _Told(item.chars, item.chars) if len(item.chars) <= _MOST_WORDS else _Told(None, frozenset())
    if not item.branches:
        return _Told(None, frozenset())
    branches = list(map(_of_node, item.branches))
    wholes = [one.whole for one in branches]
    every = [one.words for one in branches]
    words = frozenset().union(*every) if all(every) and item.fewest else frozenset()
    if item.most != 1 or None in wholes:
        return _Told(None, words)
    whole = frozenset(text for one in wholes if one is not None for text in one)
    return _Told(whole if item.fewest else whole | {""}, words)


def shortest(words: frozenset[str]) -> int:
    """Give the bytes of the shortest of some words."""
    return min((len(word.encode()) for word in words), default=0)
