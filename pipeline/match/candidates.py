"""Candidates: kept documents that may be like one at hand. A rumour, to be verified.

Three channels find them, each by sorting marks (`pipeline.match.collisions`): bands of the MinHash signature, for texts
that are alike; fingerprints, for a passage in common; the sketch of letters, for copies with other letters or words all
over. Documents of one page (URL) are candidates, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.config import MatchConfig
from pipeline.match.bands import band_hashes, band_shape
from pipeline.match.collisions import Channel
from pipeline.match.marks import Marks
from pipeline.match.spool import Spool
from pipeline.sign.shingles import U64

I64 = NDArray[np.int64]

Kind = Literal["page", "bands", "fingerprints", "letters"]
_KINDS: tuple[Kind, ...] = ("page", "bands", "fingerprints", "letters")

# Of a crowd with one band so many kept documents are candidates: the first ones. What else is alike shares a passage.
_CROWD = 64
# Sketches of letters must share so many grams, and so large a part of the smaller one: a common phrase gives less.
_LETTERS_FEWEST = 2
_LETTERS_SHARE = 0.1
# What marks of a text are, about: to choose how finely files are parted.
_EXPECTED = {"page": 1, "bands": 17, "fingerprints": 40, "letters": 50}

_NEVER = 1 << 62
_MIX = np.uint64(0x9E3779B97F4A7C15)

Batches = Callable[[], Iterable[Marks]]


class Candidate(NamedTuple):
    """A kept document that may be like the one at hand."""

    number: int
    lettered: bool
    """Whether they have letters in common, so that one may be an altered copy."""


class Rumour(NamedTuple):
    """What is known of a document's candidates before it is known which of them are kept."""

    crowds: list[int]
    likely: set[int]
    lettered: dict[int, int]
    """Documents by the grams of letters that are shared."""
    letters: int
    """Grams of the document's own sketch."""


@dataclass(slots=True)
class _Crowd:
    """The kept documents of a crowd, the first ones."""

    kind: Kind
    most: int
    kept: list[int]


class Candidates:
    """The documents of a corpus, numbered in order of arrival, by what they can be found with.

    Asked in that order: what is known `ahead`, the candidates `of` a document, then `keep` it or not. What a document
    is compared with depends on the kept documents before it alone: neither on how the corpus was cut into runs, nor on
    how many copies a story has.
    """

    def __init__(
        self,
        old: Batches,
        new: Batches,
        old_count: int,
        new_count: int,
        config: MatchConfig,
        folder: Path | None = None,
    ) -> None:
        """Sort the marks of all documents.

        Args:
            old: gives the marks of kept documents of earlier runs, in order; may be asked once.
            new: gives those of the documents to be decided on, in order.
            old_count: how many kept documents there are.
            new_count: how many there are to decide on.
            config: which channels to use, and their parameters.
            folder: where files may be made, so that memory does not grow; None holds all in memory.
        """
        self._config = config
        self._first_new = old_count
        self._count = old_count + new_count
        self._bands, self._rows = band_shape(config.jaccard, config.recall, config.permutations)
        self._kept = np.zeros(self._count, np.bool_)
        self._kept[:old_count] = True
        self._sketched = np.zeros(self._count, np.uint32)
        self._pages = np.zeros(self._count if config.updates else 0, np.uint64)
        channels = {
            kind: Channel(
                kind,
                self._count,
                old_count,
                few=config.common_fingerprint,
                folder=folder,
                expected=_EXPECTED[kind] * self._count,
            )
            for kind in _KINDS
        }
        keys = np.zeros((self._count, 2), np.uint64)
        for batches, begin, are_old in ((new, old_count, False), (old, 0, True)):
            first = begin
            for marks in batches() if not are_old or old_count else ():
                self._take(marks, first, channels, are_old)
                keys[first : first + len(marks)] = marks.exact_keys
                first += len(marks)
        self._same = _first_with_the_key(keys)
        """Of each document the first one, kept or not, with the same text."""
        del keys
        self._of_text = np.full(self._count, -1, np.int32)
        """By the first document with a text: the kept one with it, or -1."""
        self._of_text[self._same[:old_count][::-1]] = np.arange(old_count)[::-1]
        self._crowds: list[_Crowd] = []
        bits = 32 + max(1, self._count.bit_length())
        members = Spool(folder, "members", bits, 4 * new_count)
        likely = Spool(folder, "likely", bits, 8 * new_count)
        lettered = Spool(folder, "lettered", bits, 64 * new_count)
        for kind, channel in channels.items():
            most = _CROWD if kind in ("bands", "page") else config.common_fingerprint
            for found in channel.found():
                (lettered if kind == "letters" else likely).add(found.pairs)
                members.add(found.members + np.uint64(len(self._crowds)))
                self._crowds += [_Crowd(kind, most, one[:most].tolist()) for one in found.old]
        self._members = _Ahead(members.sorted_parts())
        self._likely = _Ahead(map(np.unique, likely.sorted_parts()))
        self._lettered = _Ahead(lettered.sorted_parts())
        self._now: list[_Crowd] = []

    def same(self, number: int) -> int | None:
        """Give the kept document before a new one that has the same folded text."""
        found = int(self._of_text[self._same[number]])
        return found if found >= 0 else None

    def __len__(self) -> int:
        return self._count

    def same_page(self, one: int, two: int) -> bool:
        """Say whether two documents are versions of one page: whether they have one URL."""
        return len(self._pages) > 0 and self._pages[one] != 0 and bool(self._pages[one] == self._pages[two])

    def ahead(self, number: int) -> Rumour:
        """Give the documents before a new one that may be like it, kept or not; in rising order of the new ones."""
        counted = Counter(self._lettered.take(number))
        mine = int(self._sketched[number])
        lettered = {
            earlier: shared for earlier, shared in counted.items() if self._kept[earlier] or earlier >= self._first_new
        }
        return Rumour(self._members.take(number), set(self._likely.take(number)), lettered, mine)

    def of(self, rumour: Rumour) -> list[Candidate]:
        """Give the kept documents before a new one that may be like it, in order."""
        self._now = [self._crowds[crowd] for crowd in rumour.crowds]
        likely, counted = set(rumour.likely), Counter(rumour.lettered)
        for crowd in self._now:
            if crowd.kind == "letters" and len(crowd.kept) < crowd.most:
                counted.update(crowd.kept)
            elif crowd.kind in ("bands", "page") or (crowd.kind == "fingerprints" and len(crowd.kept) < crowd.most):
                likely.update(crowd.kept)
        lettered = {earlier for earlier, shared in counted.items() if self.telling(earlier, shared, rumour.letters)}
        return [Candidate(one, one in lettered) for one in sorted(likely | lettered) if self._kept[one]]

    def telling(self, earlier: int, shared: int, letters: int) -> bool:
        """Say whether so many grams of letters in common are more than a phrase of the trade."""
        return shared >= _LETTERS_FEWEST and shared >= _LETTERS_SHARE * min(letters, int(self._sketched[earlier]))

    def may_stand(self, number: int) -> bool:
        """Say whether a document is kept, as far as is known."""
        return number >= self._first_new or bool(self._kept[number])

    def keep(self, number: int) -> None:
        """Say that the document whose candidates were asked for last is kept."""
        self._kept[number] = True
        if self._of_text[self._same[number]] < 0:
            self._of_text[self._same[number]] = number
        for crowd in self._now:
            if len(crowd.kept) < crowd.most:
                crowd.kept.append(number)

    def _take(self, marks: Marks, first: int, channels: dict[Kind, Channel], old: bool) -> None:
        numbers = np.arange(first, first + len(marks))
        self._sketched[first : first + len(marks)] = np.diff(marks.letter_offsets)
        if self._config.updates:
            self._pages[first : first + len(marks)] = marks.pages
        for kind, hashes, documents in self._marked(marks, numbers):
            (channels[kind].add_old if old else channels[kind].add_new)(hashes, documents)

    def _marked(self, marks: Marks, numbers: I64) -> Iterator[tuple[Kind, U64, I64]]:
        has_page = marks.pages != 0
        if self._config.updates and has_page.any():
            yield "page", marks.pages[has_page] * _MIX, numbers[has_page]
        # Every text without tokens has the same empty signature: such texts are compared whole only.
        told = np.flatnonzero((marks.signatures != np.uint32(0xFFFFFFFF)).any(axis=1))
        if self._config.bands and len(told):
            hashes = band_hashes(marks.signatures[told], self._bands, self._rows)
            yield "bands", hashes.ravel(), np.repeat(numbers[told], self._bands)
        if self._config.fingerprints:
            yield "fingerprints", marks.fingerprints, np.repeat(numbers, np.diff(marks.fingerprint_offsets))
        if self._config.altered:
            spread = marks.letters.astype(np.uint64) * _MIX
            yield "letters", spread, np.repeat(numbers, np.diff(marks.letter_offsets))


def _first_with_the_key(keys: U64) -> NDArray[np.int32]:
    """Say of each key at which place it stands first: shape (n, 2) → (n,)."""
    order = np.lexsort((keys[:, 1], keys[:, 0]))
    ordered = keys[order]
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    # The sort is stable: of equal keys the first document stands first.
    firsts = order[begins][np.cumsum(begins) - 1]
    out = np.empty(len(order), np.int32)
    out[order] = firsts
    return out


class _Ahead:
    """Sorted numbers of which the upper half is asked for in rising order; the lower halves are given."""

    def __init__(self, parts: Iterator[U64]) -> None:
        self._parts = parts
        self._part = np.empty(0, np.uint64)
        self._upper: I64 = np.empty(0, np.int64)
        self._at = 0
        self._next = -1

    def take(self, wanted: int) -> list[int]:
        """Give what belongs to a number, and pass over what belongs to smaller ones."""
        out: list[int] = []
        while self._next <= wanted:
            start = self._at + int(np.searchsorted(self._upper[self._at :], wanted))
            end = start + int(np.searchsorted(self._upper[start:], wanted, "right"))
            if end > start:
                out += (self._part[start:end] & np.uint64(0xFFFFFFFF)).tolist()
            self._at = end
            if end < len(self._upper):
                self._next = int(self._upper[end])
                break
            part = next(self._parts, None)
            if part is None:
                self._next = _NEVER
                break
            self._part, self._upper, self._at = part, (part >> np.uint64(32)).astype(np.int64), 0
        return out
