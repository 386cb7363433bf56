"""How a line stands to the main text of its document: the run of lines that is most like text, and its words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.judge.glyphs import Words
from pipeline.judge.masks import loaded
from pipeline.judge.spans import Floats, Ints, Spans, Table, running, share
from pipeline.judge.vocabulary import Keys, Vocabulary

FAR = 99
"""A distance in lines from which on all are alike."""
# Words of fewer bytes are mostly those that every text holds.
_LETTERS = 4
_RARE = 24
# So many words of prose are the beginning of a text: what it is about is named by then.
_BEGINNING_WORDS = 150


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
        long = words.size >= _LETTERS
        number = spans.number[words.line]
        documents = int(spans.number[-1]) + 1 if lines else 0
        many = np.bincount(number[long], minlength=documents)
        room = np.left_shift(1, np.frexp(np.maximum(4 * many, 16).astype(np.float64))[1]).astype(np.int64)
        offset, fold = np.cumsum(room) - room, (room - 1).astype(np.uint64)
        if fast := loaded():
            held, whole = np.empty((3, int(many.sum())), np.int64), np.zeros(lines, np.int64)
            fast.held(
                words.line, words.hashes, long, keys.words, spans.number, (offset, fold), known.rarity, held, whole
            )
            return cls(held[0], held[1], int(room.sum()), held[2], whole)
        line, number = words.line[long], number[long]
        slot = offset[number] + (words.hashes[long] & fold[number]).astype(np.int64)
        rarity = known.rarity[keys.words[long]].astype(np.int64)
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
            return count, share(weight, self.whole)
        held = chosen[self.line]
        times = np.bincount(self.slot[held], minlength=self.slots)
        found = times[self.slot] > held
        count = np.bincount(self.line[found], minlength=lines)
        return count, share(np.bincount(self.line[found], self.rarity[found], lines), self.whole)


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
    best = np.repeat(np.maximum.reduceat(height, spans.starts), spans.sizes)
    ends = np.flatnonzero(height == best)
    _, one = np.unique(spans.number[ends], return_index=True)
    end = ends[one]
    # Where the run that ends there began: the last line whose sum before it was the lowest.
    places = np.maximum.accumulate(np.where(before - below == lowest, spans.here, 0))
    return np.repeat(places[end], spans.sizes), np.repeat(end + 1, spans.sizes)


def add_main(
    table: Table, name: str, gain: Ints, tokens: Ints, held: Held, prose: NDArray[np.bool_], spans: Spans
) -> tuple[Ints, Ints]:
    """Add how a line stands to the best run, and how its words do -> where that begins, and one past its end."""
    here = spans.here
    begin, end = best_run(gain, spans)
    inside = (here >= begin) & (here < end)
    table.add(f"lines to the beginning of the {name}", np.clip(here - begin, -FAR, FAR))
    table.add(f"lines to the end of the {name}", np.clip(end - 1 - here, -FAR, FAR))
    sums = running(tokens)
    words = sums[end] - sums[begin]
    table.add(f"share of words in the {name}", share(words, spans.whole(sums)))
    table.add(f"words in the {name}", np.minimum(words, 5000))
    found, part = held.overlap(inside & prose)
    table.add(f"words found in the {name}", np.minimum(found, 50))
    table.add(f"share of words found in the {name}", part)
    near = running(np.where(inside, 0, held.whole))
    told = running(np.round(part * held.whole).astype(np.int64) * ~inside)
    table.add(
        f"share of words round it found in the {name}", share(spans.windowed(told, 4, 4), spans.windowed(near, 4, 4))
    )
    return begin, end


def add_beginning(
    table: Table, begin: Ints, end: Ints, tokens: Ints, held: Held, prose: NDArray[np.bool_], spans: Spans
) -> None:
    """Add how a line takes up what the text begins with: other articles and offers do not, however alike they are."""
    inside = (spans.here >= begin) & (spans.here < end)
    sums = running(np.where(inside & prose, tokens, 0))
    rare = held.rare()
    _, part = rare.overlap(inside & (sums[:-1] - sums[begin] < _BEGINNING_WORDS))
    table.add("rare words", np.minimum(np.bincount(rare.line, minlength=len(tokens)), 60))
    table.add("share of rare words found in the beginning", part)
    found, whole = running(np.round(part * rare.whole).astype(np.int64)), running(rare.whole)
    table.add(
        "share of rare words to the 8 after found in the beginning",
        share(spans.windowed(found, 0, 8), spans.windowed(whole, 0, 8)),
    )
