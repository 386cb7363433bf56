"""Candidates: kept documents that may be like one at hand. A rumour, to be verified.

Three channels find them, each by bringing marks together (`pipeline.match.collisions`): bands of the MinHash signature,
for texts that are alike; fingerprints, for a passage in common; the sketch of letters, for copies with other letters or
words all over. Documents of one page (URL) are candidates, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import starmap
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.config import MatchConfig
from pipeline.match.collisions import Channel, Found, ranges
from pipeline.match.marks import HASH_BYTES, LETTER_BYTES, Marks, PackedMarks
from pipeline.match.sieve import Sieve
from pipeline.match.spool import Memory, Part, Spool
from pipeline.match.turns import BANDS, FINGERPRINTS, LETTERS, PAGE, Ahead, Crowds, Known, advancing
from pipeline.match.verify import SAME_PAGE, SAME_SITE, STRANGERS
from pipeline.sign.compiled import compiled
from pipeline.sign.letters import U32
from pipeline.sign.shingles import U64
from pipeline.threads import NONE, Threads

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

_NAMES = ("page", "bands", "fingerprints", "letters")
# Bytes of their hashes, and how marks are made of these: letters are few bits, and what is short is spread.
_MIX = 0x9E3779B97F4A7C15
_MADE = ((8, 0, _MIX), (HASH_BYTES, 0, 1), (HASH_BYTES, 0, 1), (LETTER_BYTES, 32, _MIX))

# Of a crowd with one band so many kept documents are candidates: the first ones. What else is alike shares a passage.
_CROWD = 64
# Sketches of letters must share so many grams, and so large a part of the smaller one: a common phrase gives less.
_LETTERS_FEWEST = 2
_LETTERS_SHARE = 0.1
# What marks of a text are, about: to choose how finely files are parted.
_EXPECTED = {"page": 1, "bands": 17, "fingerprints": 40, "letters": 50}

# So many documents are looked at ahead.
_TOGETHER = 8192
# Of so many documents what is shared is at hand.
_SPAN = 1 << 17
# So many keys are compared at a time.
_COMPARED = 1 << 20
# What sorting a number takes longer than bringing it together with those of its document.
_NUMBER_NS = 10

Batches = Callable[[], Iterable[Marks | PackedMarks]]
PackedBatches = Callable[[], Iterable[PackedMarks]]


class Candidate(NamedTuple):
    """A kept document that may be like the one at hand."""

    number: int
    lettered: bool
    """Whether they have letters in common, so that one may be an altered copy."""


class Turn(NamedTuple):
    """A document that may be like kept ones."""

    number: int
    same: int | None
    """The kept document with the same folded text."""
    candidates: list[Candidate]
    """The others, in order."""


class Wanted(NamedTuple):
    """Documents whose texts are needed, in the order in which they are."""

    documents: I64
    needed_by: I64
    """Of each the first document on which nothing can be decided without it."""
    last: int
    """One past the last document on which they are enough to decide."""


class Candidates:
    """The documents of a corpus, numbered in order of arrival, by what they can be found with.

    Asked for the `next` one that may be like a kept one, over and over; a document is kept if it is passed over, or if
    `keep` says so before the next question. What a document is compared with depends on the kept documents before it
    alone: neither on how the corpus was cut into runs, nor on how many copies a story has.
    """

    def __init__(
        self,
        old: PackedBatches,
        new: Batches,
        old_count: int,
        new_count: int,
        config: MatchConfig,
        folder: Path | None = None,
        threads: Threads = NONE,
    ) -> None:
        """Sort the marks of all documents.

        Args:
            old: gives the marks of kept documents of earlier runs, in order; may be asked once.
            new: gives those of the documents to be decided on, in order.
            old_count: how many kept documents there are.
            new_count: how many there are to decide on.
            config: which channels to use, and their parameters.
            folder: where files may be made, so that memory does not grow; None holds all in memory.
            threads: to look at parts of the marks at once.
        """
        self._config = config
        self._first_new = old_count
        self._count = old_count + new_count
        self._pages = np.zeros(self._count if config.updates else 0, np.uint64)
        self._domains = np.zeros(self._count if config.templates else 0, np.uint32)
        self._sketched = np.zeros(self._count, np.int32)
        self._uses = {
            PAGE: config.updates,
            BANDS: config.bands,
            FINGERPRINTS: config.fingerprints,
            LETTERS: config.altered,
        }
        # Of a larger group it matters who is kept, so a pair must not hang on how many come later.
        few = min(config.common_fingerprint, _CROWD)
        memory = Memory()
        channels = [
            Channel(
                name,
                self._count,
                old_count,
                few,
                self._most(kind),
                folder,
                _EXPECTED[name] * self._count,
                *_MADE[kind],
                memory,
            )
            for kind, name in enumerate(_NAMES)
        ]
        same = self._take(old, new, channels)
        of_text = np.full(self._count, -1, np.int32)
        of_text[same[:old_count][::-1]] = np.arange(old_count, dtype=np.int32)[::-1]
        kept = np.zeros(self._count, np.bool_)
        kept[:old_count] = True
        counts, touched, out = (np.zeros(self._count + 1, np.int32) for _ in range(3))
        by_letters = np.zeros(self._count + 1, np.bool_)
        self._known = Known(same, of_text, kept, self._sketched, counts, touched, out, by_letters)
        self._sort(channels, new_count, folder, memory, threads)
        self.filed = memory.in_files
        """Whether there were more marks than memory holds at a time."""
        self._turning = advancing(new_count)
        self._next = self._upto = old_count
        self._keeps = False
        self._look_ahead()

    def kin(self, one: int, two: int) -> int:
        """Say whether two documents are of one site, or versions of one page: whether they have one host, one URL."""
        return kin_of(one, two, self._pages, self._domains)

    @property
    def number(self) -> int:
        """Number of the document whose turn is next."""
        return self._next

    def next(self) -> Turn | None:
        """Give the next document that may be like a kept one; None once there is none."""
        while self._next < self._count:
            number, found = self._go_on(self._turning.advance, self._count)
            if number < self._upto:
                return self._turn(number, found)
        return None

    def keep(self) -> None:
        """Say that the document that was given last is kept."""
        self._next -= 1
        self._keeps = True

    def decide(self, loop: Callable[..., Any], last: int, *more: Any) -> tuple[Turn | None, Any]:
        """Let compiled code decide on the documents whose turn it is, before number `last`.

        Args:
            loop: takes what `pipeline.match.turns.advance` takes, then `pages`, `domains` and what follows; gives what
                that gives, then anything. It decides on documents with candidates itself; one on which it cannot is
                given here.
            last: where to end.
            more: for the loop.

        Gives the document on which it cannot decide, None where all are decided on, and what the loop told besides.
        """
        number, found, told = self._go_on(loop, last, self._pages, self._domains, *more)
        return self._turn(number, found) if number < min(last, self._upto) else None, told

    def foresee(self, loop: Callable[..., Any], last: int, *more: Any) -> Any:
        """Let compiled code look at the candidates that the next documents, before number `last`, have by now.

        Args:
            loop: takes the number of the next document, that of the last, what `pipeline.match.turns.gather` takes but
                its number, then `pages`, `domains` and what follows.
            last: where to end.
            more: for the loop.
        """
        if self._next >= self._upto:
            self._look_ahead()
        return loop(
            self._next, min(last, self._upto), self._ahead, self._crowds, self._known, _LETTERS_FEWEST, _LETTERS_SHARE,
            self._pages, self._domains, *more,
        )  # fmt: skip

    def _go_on(self, loop: Callable[..., Any], last: int, *more: Any) -> Any:
        if self._next >= self._upto:
            self._look_ahead()
        keeps, self._keeps = self._keeps, False
        out = loop(
            self._next, min(last, self._upto), keeps, self._ahead, self._crowds, self._known, _LETTERS_FEWEST,
            _LETTERS_SHARE, *more,
        )  # fmt: skip
        self._next = out[0]
        return out

    def _turn(self, number: int, found: int) -> Turn:
        self._next = number + 1
        same = int(self._known.of_text[self._known.same[number]])
        told = zip(self._known.out[:found].tolist(), self._known.by_letters[:found].tolist(), strict=True)
        return Turn(number, same if same >= 0 else None, sorted(starmap(Candidate, told)))

    def wanted(self, most: int) -> Wanted:
        """Say which documents must be looked at to decide on the next ones, of about `most` likely pairs at least.

        No more is missing than what comes of documents that share grams of letters with many.
        """
        if self._next >= self._upto:
            self._look_ahead()
        # One that is kept, as was said last, joins its crowds before the next one's turn.
        last, documents, needed_by = self._turning.want(
            self._next, self._upto, most, self._ahead, self._crowds, self._known, _LETTERS_FEWEST, _LETTERS_SHARE
        )
        return Wanted(documents, needed_by, last)

    def _look_ahead(self) -> None:
        first = self._next
        streams = (self._likely, self._lettered, self._members)
        last = min(first + _TOGETHER, *(stream.reach(first) for stream in streams))
        likely, lettered, members = (stream.rows(first, last) for stream in streams)
        self._ahead = Ahead(first, *likely, *lettered, *members)
        self._upto = last

    def _sort(
        self, channels: list[Channel], new_count: int, folder: Path | None, memory: Memory, threads: Threads
    ) -> None:
        """Find what documents share."""
        bits = 32 + max(1, self._count.bit_length())
        members, likely, lettered = (
            Spool(folder, name, bits, expected * new_count, 32, memory)
            for name, expected in (("members", 32), ("likely", 8), ("lettered", 64))
        )
        kinds, rooms = [np.empty(0, np.int8)], [np.empty(0, np.int64)]
        old, filled = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        crowds = 0
        parts = ((kind, channel, part) for kind, channel in enumerate(channels) for part in channel.parts())
        for kind, found in threads.each(_found, parts):
            (lettered if kind == LETTERS else likely).add(found.pairs)
            members.add(found.members + np.uint64(crowds))
            crowds += len(found.sizes)
            kinds.append(np.full(len(found.sizes), kind, np.int8))
            rooms.append(np.minimum(found.sizes, self._most(kind)))
            filled.append(found.old_sizes)
            old.append(found.old)
        kind_of, room, of_old = np.concatenate(kinds), np.concatenate(rooms), np.concatenate(filled)
        start = np.cumsum(room) - room
        inside = np.zeros(int(room.sum()), np.int32)
        inside[ranges(start, of_old)] = np.concatenate(old)
        most_of = np.array([self._most(kind) for kind in range(len(channels))])[kind_of]
        self._crowds = Crowds(kind_of, most_of.astype(np.int32), start, of_old.astype(np.int32), inside)
        self._members, self._likely, self._lettered = (
            _Rows(spool.parts(), self._count) for spool in (members, likely, lettered)
        )

    def _most(self, kind: int) -> int:
        """Say how many documents of a crowd matter: the first ones."""
        return _CROWD if kind in (PAGE, BANDS) else self._config.common_fingerprint

    def _take(self, old: PackedBatches, new: Batches, channels: list[Channel]) -> I32:
        """Take the marks of all documents; gives of each the first one with the same text, if any of them is new."""
        keys = np.zeros((self._count - self._first_new, 2), np.uint64)
        first = 0
        for marks in new():
            self._take_new(marks, self._first_new + first, channels)
            keys[first : first + len(marks)] = marks.exact_keys
            first += len(marks)
        if not self._first_new:
            return _first_with_the_key(keys)
        sieve, numbers, met, first = Sieve(), [np.empty(0, np.int64)], [np.empty((0, 2), np.uint64)], 0
        sieve.add(keys[:, 0])
        for packed in old():
            self._take_old(packed, first, channels)
            has = sieve.has(packed.exact_keys[:, 0])
            met.append(packed.exact_keys[has])
            numbers.append(np.flatnonzero(has) + first)
            first += len(packed)
        same = np.arange(self._count, dtype=np.int32)
        some = np.concatenate([*numbers, np.arange(self._first_new, self._count)])
        same[some] = some[_first_with_the_key(np.concatenate([*met, keys]))]
        return same

    def _take_new(self, marks: Marks | PackedMarks, first: int, channels: list[Channel]) -> None:
        numbers = np.arange(first, first + len(marks))
        if self._uses[PAGE]:
            channels[PAGE].add_new(*_paged(marks, numbers))
        if isinstance(marks, PackedMarks):
            self._enter(marks, first, marks.letters.offsets)
            for kind, packed in ((BANDS, marks.bands), (FINGERPRINTS, marks.fingerprints), (LETTERS, marks.letters)):
                if self._uses[kind]:
                    channels[kind].add_packed(packed, first)
            return
        self._enter(marks, first, marks.letter_offsets)
        letters = marks.letters.astype(np.uint64) << np.uint64(32)
        for kind, hashes, offsets in (
            (BANDS, marks.bands, marks.band_offsets),
            (FINGERPRINTS, marks.fingerprints, marks.fingerprint_offsets),
            (LETTERS, letters, marks.letter_offsets),
        ):
            if self._uses[kind]:
                channels[kind].add_new(hashes, np.repeat(numbers, np.diff(offsets)))

    def _take_old(self, marks: PackedMarks, first: int, channels: list[Channel]) -> None:
        self._enter(marks, first, marks.letters.offsets)
        if self._uses[PAGE]:
            channels[PAGE].add_old(*_paged(marks, np.arange(first, first + len(marks))))
        if self._uses[BANDS]:
            channels[BANDS].sift_old(marks.bands, first)
        if self._uses[FINGERPRINTS]:
            channels[FINGERPRINTS].sift_old(marks.fingerprints, first)
        if self._uses[LETTERS]:
            channels[LETTERS].sift_old(marks.letters, first)

    def _enter(self, marks: Marks | PackedMarks, first: int, letter_offsets: I64) -> None:
        its = slice(first, first + len(marks))
        self._sketched[its] = np.diff(letter_offsets)
        if self._config.updates:
            self._pages[its] = marks.pages
        if self._config.templates:
            self._domains[its] = marks.domains


def _found(what: tuple[int, Channel, Part]) -> tuple[int, Found]:
    kind, channel, part = what
    return kind, channel.found(part)


def _paged(marks: Marks | PackedMarks, numbers: I64) -> tuple[U64, I64]:
    """Give marks of the pages that documents are of, and the numbers of those that are of any."""
    has_page = marks.pages != 0
    return marks.pages[has_page], numbers[has_page]


def kin_of(one: int, two: int, pages: U64, domains: U32) -> int:
    """Say where two documents come from, as `pipeline.match.verify` has it; to be compiled, too.

    Args:
        one, two: their numbers.
        pages: hashes of URLs by document, 0 without one; none at all where pages do not count.
        domains: the same of their hosts.
    """
    if len(pages) > 0 and pages[one] != 0 and pages[one] == pages[two]:
        return SAME_PAGE
    if len(domains) > 0 and domains[one] != 0 and domains[one] == domains[two]:
        return SAME_SITE
    return STRANGERS


def _first_with_the_key(keys: U64) -> NDArray[np.int32]:
    """Say of each key at which place it stands first: shape (n, 2) → (n,)."""
    low = np.uint64((1 << len(keys).bit_length()) - 1)
    # Most keys are like no other one already by what is told of them beside their places in 64 bits.
    packed = keys[:, 0] & ~low
    packed |= np.arange(len(keys), dtype=np.uint32)
    packed.sort()
    alike = np.zeros(len(keys), np.bool_)
    for begin in range(0, len(packed) - 1, _COMPARED):
        some = packed[begin : begin + _COMPARED + 1]
        same = np.flatnonzero(some[1:] ^ some[:-1] <= low)
        for one in (same, same + 1):
            alike[(some[one] & low).astype(np.int64)] = True
    del packed
    places = np.flatnonzero(alike)
    its = keys[places]
    order = np.lexsort((its[:, 1], its[:, 0]))
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (its[order[1:]] != its[order[:-1]]).any(axis=1)
    out = np.arange(len(keys), dtype=np.int32)
    # The sort is stable: of equal keys the first document stands first.
    out[places[order]] = places[order[begins][np.cumsum(begins) - 1]]
    return out


class _Rows:
    """Numbers by their upper halves, which are numbers of documents, a range of these after the other."""

    def __init__(self, parts: Iterator[Part], count: int) -> None:
        self._parts, self._count = parts, count
        self._left: Part | None = None
        self._begin = self._end = 0
        self._at, self._lower = np.zeros(1, np.int64), np.empty(0, np.int32)

    def reach(self, first: int) -> int:
        """Say up to which document, from one on, the numbers are at hand."""
        while self._end <= first < self._count:
            part = self._left or next(self._parts, Part(0, self._count << 32, np.empty(0, np.uint64)))
            numbers, self._left = part.numbers, None
            # Before it there are none.
            self._begin, self._end = first, min(part.end >> 32, self._count)
            if self._end - first > _SPAN:
                # Each document takes room, whether it has any or not.
                self._end = first + _SPAN
                here = numbers < np.uint64(self._end << 32)
                numbers, self._left = numbers[here], part._replace(numbers=numbers[~here])
            self._at, self._lower = _rows_of(numbers, self._begin, self._end)
        return self._end

    def rows(self, first: int, last: int) -> tuple[I64, I32]:
        """Give where those of some documents begin, and the lower halves of them and others."""
        return self._at[first - self._begin : last - self._begin + 1], self._lower


def _rows_of(numbers: U64, first: int, last: int) -> tuple[I64, I32]:
    """Give what `pipeline.match.parting.rows_of` does."""
    if compiled(_NUMBER_NS * len(numbers)) is not None:
        from pipeline.match.parting import rows_of

        return rows_of(numbers, first, last)
    numbers.sort()
    at = np.searchsorted(numbers, np.arange(first, last + 1, dtype=np.uint64) << np.uint64(32))
    return at, (numbers & np.uint64(0xFFFFFFFF)).astype(np.int32)
